package sm2

import (
	"bytes"

	"github.com/cosmos/cosmos-sdk/codec"
	"github.com/cosmos/cosmos-sdk/codec/legacy"
	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	"github.com/cosmos/cosmos-sdk/crypto/keys/multisig"
	cryptotypes "github.com/cosmos/cosmos-sdk/crypto/types"
)

const (
	pubKeyAminoName  = "zhilian/PubKeySm2"
	privKeyAminoName = "zhilian/PrivKeySm2"
)

// The SDK has two codecs of its own: one writes exported keys, the other the keys of a multisig, from
// which its address follows. Both can be reached in no other way.
func init() {
	RegisterLegacyAminoCodec(legacy.Cdc)
	multisig.AminoCdc.RegisterConcrete(&PubKey{}, pubKeyAminoName, nil)
}

// RegisterInterfaces makes the keys known to transactions, accounts and keyrings.
func RegisterInterfaces(registry codectypes.InterfaceRegistry) {
	registry.RegisterImplementations((*cryptotypes.PubKey)(nil), &PubKey{})
	registry.RegisterImplementations((*cryptotypes.PrivKey)(nil), &PrivKey{})
}

// RegisterLegacyAminoCodec makes the keys known to amino, which armoured keys are written in.
func RegisterLegacyAminoCodec(cdc *codec.LegacyAmino) {
	cdc.RegisterConcrete(&PubKey{}, pubKeyAminoName, nil)
	cdc.RegisterConcrete(&PrivKey{}, privKeyAminoName, nil)
}

// MarshalAmino gives the key's bytes alone. It has no pointer as its receiver: amino looks for that one.
func (m PubKey) MarshalAmino() ([]byte, error) { return m.Key, nil }

// UnmarshalAmino refuses what is no key.
func (m *PubKey) UnmarshalAmino(raw []byte) error {
	read := PubKey{Key: bytes.Clone(raw)}
	if err := read.Validate(); err != nil {
		return err
	}
	m.Key = read.Key
	return nil
}

// MarshalAminoJSON gives the key's bytes alone.
func (m PubKey) MarshalAminoJSON() ([]byte, error) { return m.MarshalAmino() }

// UnmarshalAminoJSON refuses what is no key.
func (m *PubKey) UnmarshalAminoJSON(raw []byte) error { return m.UnmarshalAmino(raw) }

// MarshalAmino gives the key's bytes alone.
func (m PrivKey) MarshalAmino() ([]byte, error) { return m.Key, nil }

// UnmarshalAmino refuses what is no key.
func (m *PrivKey) UnmarshalAmino(raw []byte) error {
	read, err := NewPrivKey(raw)
	if err != nil {
		return err
	}
	m.Key = read.Key
	return nil
}

// MarshalAminoJSON gives the key's bytes alone.
func (m PrivKey) MarshalAminoJSON() ([]byte, error) { return m.MarshalAmino() }

// UnmarshalAminoJSON refuses what is no key.
func (m *PrivKey) UnmarshalAminoJSON(raw []byte) error { return m.UnmarshalAmino(raw) }
