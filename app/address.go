package app

import (
	"sync"

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

var setPrefixes sync.Once

// SetAddressPrefixes tells the SDK's global configuration our prefixes. Our own code takes an
// address codec instead, but the SDK's String methods still ask the global one.
func SetAddressPrefixes() {
	setPrefixes.Do(func() {
		config := sdk.GetConfig()
		config.SetBech32PrefixForAccount(Bech32Prefix, Bech32Prefix+sdk.PrefixPublic)
		config.SetBech32PrefixForValidator(validatorPrefix, validatorPrefix+sdk.PrefixPublic)
		config.SetBech32PrefixForConsensusNode(consensusPrefix, consensusPrefix+sdk.PrefixPublic)
		config.SetCoinType(CoinType)
		config.Seal()
	})
}
