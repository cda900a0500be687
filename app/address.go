package app

import (
	"bytes"
	"os"
	"sync"

	"cosmossdk.io/core/address"
	lru "github.com/hashicorp/golang-lru/v2"

	addresscodec "github.com/cosmos/cosmos-sdk/codec/address"
	sdk "github.com/cosmos/cosmos-sdk/types"
)

const (
	// Name is the name of the binary and of its home folder.
	Name = "zhiliand"
	// Bech32Prefix begins every address. It is not close to that of another chain.
	Bech32Prefix = "zhilian"
	// CoinType is the SLIP-44 number shared by Cosmos chains, so that wallets find their keys.
	CoinType = 118

	validatorPrefix = Bech32Prefix + sdk.PrefixValidator + sdk.PrefixOperator
	consensusPrefix = Bech32Prefix + sdk.PrefixValidator + sdk.PrefixConsensus
)

// addressesMax bounds the addresses that are remembered in both forms: some 4 MB.
const addressesMax = 16_384

// addressCodec is a bech32 codec that remembers what it has converted. A payment has its addresses
// converted some ten times on its way through the modules.
type addressCodec struct {
	address.Codec
	bytes *lru.Cache[string, []byte]
	texts *lru.Cache[string, string]
}

func newAddressCodec(prefix string) address.Codec {
	bytes, err := lru.New[string, []byte](addressesMax)
	if err != nil {
		panic(err) // only a size below 1 is refused
	}
	texts, err := lru.New[string, string](addressesMax)
	if err != nil {
		panic(err)
	}
	return addressCodec{Codec: addresscodec.NewBech32Codec(prefix), bytes: bytes, texts: texts}
}

// StringToBytes returns a copy: a caller may keep and change it.
func (c addressCodec) StringToBytes(text string) ([]byte, error) {
	if known, ok := c.bytes.Get(text); ok {
		return bytes.Clone(known), nil
	}
	converted, err := c.Codec.StringToBytes(text)
	if err == nil {
		c.bytes.Add(text, bytes.Clone(converted))
	}
	return converted, err
}

// BytesToString of no bytes is an empty text.
func (c addressCodec) BytesToString(raw []byte) (string, error) {
	if known, ok := c.texts.Get(string(raw)); ok {
		return known, nil
	}
	converted, err := c.Codec.BytesToString(raw)
	if err == nil {
		c.texts.Add(string(raw), converted)
	}
	return converted, err
}

var setPrefixes sync.Once

// SetAddressPrefixes tells the SDK's global configuration our prefixes. Our own code takes an
// address codec instead, but the SDK's String methods still ask the global one.
func SetAddressPrefixes() {
	setPrefixes.Do(func() {
		// Without a name for its scope the SDK asks the operating system for the path of the binary
		// whenever an address is checked: a fifth of what a payment cost.
		if err := os.Setenv(sdk.EnvConfigScope, Name); err != nil {
			panic(err)
		}
		config := sdk.GetConfig()
		config.SetBech32PrefixForAccount(Bech32Prefix, Bech32Prefix+sdk.PrefixPublic)
		config.SetBech32PrefixForValidator(validatorPrefix, validatorPrefix+sdk.PrefixPublic)
		config.SetBech32PrefixForConsensusNode(consensusPrefix, consensusPrefix+sdk.PrefixPublic)
		config.SetCoinType(CoinType)
		config.Seal()
	})
}
