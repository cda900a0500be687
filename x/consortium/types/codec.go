package types

import (
	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	cryptotypes "github.com/cosmos/cosmos-sdk/crypto/types"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/types/msgservice"
	sdktx "github.com/cosmos/cosmos-sdk/types/tx"
)

var (
	_ codectypes.UnpackInterfacesMessage = Validator{}
	_ codectypes.UnpackInterfacesMessage = ConsensusKey{}
	_ codectypes.UnpackInterfacesMessage = GenesisState{}
	_ codectypes.UnpackInterfacesMessage = QueryValidatorResponse{}
	_ codectypes.UnpackInterfacesMessage = QueryValidatorsResponse{}
	_ codectypes.UnpackInterfacesMessage = MsgSubmitProposal{}
	_ codectypes.UnpackInterfacesMessage = MsgAdmitValidator{}
)

// RegisterInterfaces makes the messages known to the transaction decoder.
func RegisterInterfaces(registry codectypes.InterfaceRegistry) {
	registry.RegisterImplementations((*sdk.Msg)(nil),
		&MsgSubmitProposal{},
		&MsgCastVote{},
		&MsgUnjailValidator{},
		&MsgAdmitValidator{},
		&MsgRemoveValidator{},
		&MsgUpdateParams{},
	)
	msgservice.RegisterMsgServiceDesc(registry, &_Msg_serviceDesc)
}

func unpackKey(unpacker codectypes.AnyUnpacker, packed *codectypes.Any) error {
	var key cryptotypes.PubKey
	return unpacker.UnpackAny(packed, &key)
}

// UnpackInterfaces resolves the consensus key.
func (v Validator) UnpackInterfaces(unpacker codectypes.AnyUnpacker) error {
	return unpackKey(unpacker, v.ConsensusPubkey)
}

// UnpackInterfaces resolves the consensus key.
func (k ConsensusKey) UnpackInterfaces(unpacker codectypes.AnyUnpacker) error {
	return unpackKey(unpacker, k.ConsensusPubkey)
}

// UnpackInterfaces resolves the consensus key.
func (m MsgAdmitValidator) UnpackInterfaces(unpacker codectypes.AnyUnpacker) error {
	return unpackKey(unpacker, m.ConsensusPubkey)
}

// UnpackInterfaces resolves the proposed messages. A stored Proposal has no such method on purpose:
// it must stay readable, and able to expire, after an upgrade took one of its message types away.
func (m MsgSubmitProposal) UnpackInterfaces(unpacker codectypes.AnyUnpacker) error {
	return sdktx.UnpackInterfaces(unpacker, m.Messages)
}

// UnpackInterfaces resolves the consensus keys.
func (g GenesisState) UnpackInterfaces(unpacker codectypes.AnyUnpacker) error {
	for _, validator := range g.Validators {
		if err := validator.UnpackInterfaces(unpacker); err != nil {
			return err
		}
	}
	for _, key := range g.RetiredKeys {
		if err := key.UnpackInterfaces(unpacker); err != nil {
			return err
		}
	}
	return nil
}

// UnpackInterfaces resolves the consensus key.
func (r QueryValidatorResponse) UnpackInterfaces(unpacker codectypes.AnyUnpacker) error {
	return r.Validator.UnpackInterfaces(unpacker)
}

// UnpackInterfaces resolves the consensus keys.
func (r QueryValidatorsResponse) UnpackInterfaces(unpacker codectypes.AnyUnpacker) error {
	for _, validator := range r.Validators {
		if err := validator.UnpackInterfaces(unpacker); err != nil {
			return err
		}
	}
	return nil
}
