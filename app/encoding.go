package app

import (
	"cosmossdk.io/core/address"
	"github.com/cosmos/cosmos-sdk/x/tx/signing"
	"github.com/cosmos/gogoproto/proto"

	"github.com/cosmos/cosmos-sdk/client"
	"github.com/cosmos/cosmos-sdk/codec"
	addresscodec "github.com/cosmos/cosmos-sdk/codec/address"
	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	"github.com/cosmos/cosmos-sdk/std"
	authtx "github.com/cosmos/cosmos-sdk/x/auth/tx"

	"github.com/zhilian-network/zhilian/crypto/accountkey"
)

// Encoding is how messages and addresses are written and read.
type Encoding struct {
	Registry           codectypes.InterfaceRegistry
	Codec              codec.Codec
	Amino              *codec.LegacyAmino
	TxConfig           client.TxConfig
	Addresses          address.Codec
	ValidatorAddresses address.Codec
	ConsensusAddresses address.Codec
}

// NewEncoding registers the types of every module.
func NewEncoding() Encoding {
	SetAddressPrefixes()
	encoding := Encoding{
		Addresses:          newAddressCodec(Bech32Prefix),
		ValidatorAddresses: addresscodec.NewBech32Codec(validatorPrefix),
		ConsensusAddresses: addresscodec.NewBech32Codec(consensusPrefix),
		Amino:              codec.NewLegacyAmino(),
	}
	registry, err := codectypes.NewInterfaceRegistryWithOptions(codectypes.InterfaceRegistryOptions{
		ProtoFiles: proto.HybridResolver,
		SigningOptions: signing.Options{
			AddressCodec:          encoding.Addresses,
			ValidatorAddressCodec: encoding.ValidatorAddresses,
		},
	})
	if err != nil {
		panic(err)
	}
	encoding.Registry = registry
	encoding.Codec = codec.NewProtoCodec(registry)
	encoding.TxConfig = authtx.NewTxConfig(encoding.Codec, authtx.DefaultSignModes)

	std.RegisterInterfaces(registry)
	std.RegisterLegacyAminoCodec(encoding.Amino)
	accountkey.RegisterInterfaces(registry)
	accountkey.RegisterLegacyAminoCodec(encoding.Amino)
	for _, basic := range basics() {
		basic.RegisterInterfaces(registry)
		basic.RegisterLegacyAminoCodec(encoding.Amino)
	}
	return encoding
}
