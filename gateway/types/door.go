package types

import (
	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	cryptotypes "github.com/cosmos/cosmos-sdk/crypto/types"
)

var _ codectypes.UnpackInterfacesMessage = &EnterRequest{}

// UnpackInterfaces makes the public key readable.
func (r *EnterRequest) UnpackInterfaces(unpacker codectypes.AnyUnpacker) error {
	var key cryptotypes.PubKey
	return unpacker.UnpackAny(r.PublicKey, &key)
}
