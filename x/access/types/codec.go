package types

import (
	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	cryptotypes "github.com/cosmos/cosmos-sdk/crypto/types"
	"github.com/cosmos/cosmos-sdk/types/msgservice"
	sdktx "github.com/cosmos/cosmos-sdk/types/tx"
)

var (
	_ codectypes.UnpackInterfacesMessage = MsgProposeAction{}
	_ codectypes.UnpackInterfacesMessage = MsgApproveActionResponse{}
	_ codectypes.UnpackInterfacesMessage = MsgRotateKey{}
	_ codectypes.UnpackInterfacesMessage = MsgRecoverOperator{}
	_ codectypes.UnpackInterfacesMessage = Action{}
	_ codectypes.UnpackInterfacesMessage = QueryActionResponse{}
	_ codectypes.UnpackInterfacesMessage = GenesisState{}
)

// RegisterInterfaces makes the module's messages known to transactions and proposals.
func RegisterInterfaces(registry codectypes.InterfaceRegistry) {
	msgservice.RegisterMsgServiceDesc(registry, &Msg_serviceDesc)
}

// UnpackInterfaces resolves the proposed messages.
func (m MsgProposeAction) UnpackInterfaces(unpacker codectypes.AnyUnpacker) error {
	return sdktx.UnpackInterfaces(unpacker, m.Messages)
}

// UnpackInterfaces resolves the messages. A stored ActionContent has no such method on purpose: it must stay
// readable, and able to expire, after an upgrade took one of its message types away.
func (a Action) UnpackInterfaces(unpacker codectypes.AnyUnpacker) error {
	return sdktx.UnpackInterfaces(unpacker, a.Messages)
}

// UnpackInterfaces resolves the messages: who cannot read them cannot approve them either.
func (r QueryActionResponse) UnpackInterfaces(unpacker codectypes.AnyUnpacker) error {
	return r.Action.UnpackInterfaces(unpacker)
}

// UnpackInterfaces resolves the pending actions' messages.
func (gs GenesisState) UnpackInterfaces(unpacker codectypes.AnyUnpacker) error {
	for _, action := range gs.Actions {
		if err := action.UnpackInterfaces(unpacker); err != nil {
			return err
		}
	}
	return nil
}

// UnpackInterfaces resolves the messages' responses.
func (r MsgApproveActionResponse) UnpackInterfaces(unpacker codectypes.AnyUnpacker) error {
	for _, packed := range r.Responses {
		var response sdktx.MsgResponse
		if err := unpacker.UnpackAny(packed, &response); err != nil {
			return err
		}
	}
	return nil
}

// UnpackInterfaces resolves the new key.
func (m MsgRotateKey) UnpackInterfaces(unpacker codectypes.AnyUnpacker) error {
	return unpackKey(unpacker, m.PublicKey)
}

// UnpackInterfaces resolves the new key.
func (m MsgRecoverOperator) UnpackInterfaces(unpacker codectypes.AnyUnpacker) error {
	return unpackKey(unpacker, m.PublicKey)
}

func unpackKey(unpacker codectypes.AnyUnpacker, packed *codectypes.Any) error {
	var key cryptotypes.PubKey
	return unpacker.UnpackAny(packed, &key)
}
