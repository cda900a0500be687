package registry

import "errors"

// walletFile is the chain info that Keplr and wallets like it take, in the shape of ChainInfo.
type walletFile struct {
	RPC           string        `json:"rpc"`
	REST          string        `json:"rest"`
	ChainID       string        `json:"chainId"`
	ChainName     string        `json:"chainName"`
	BIP44         bip44         `json:"bip44"`
	Bech32Config  bech32Config  `json:"bech32Config"`
	Currencies    []currency    `json:"currencies"`
	FeeCurrencies []feeCurrency `json:"feeCurrencies"`
	Features      []string      `json:"features"`
	IsTestnet     *bool         `json:"isTestnet,omitempty"`
}

type bip44 struct {
	CoinType int `json:"coinType"`
}

type currency struct {
	Denom        string `json:"coinDenom"`
	MinimalDenom string `json:"coinMinimalDenom"`
	Decimals     uint32 `json:"coinDecimals"`
}

type feeCurrency struct {
	currency
	GasPriceStep gasPriceStep `json:"gasPriceStep"`
}

// gasPriceStep is zero on a network without fees. It must be there all the same: a wallet without it
// takes prices of its own.
type gasPriceStep struct {
	Low     int `json:"low"`
	Average int `json:"average"`
	High    int `json:"high"`
}

// spendableBalances is the one optional query of wallets that the ledger answers.
const spendableBalances = "query:/cosmos/bank/v1beta1/spendable_balances"

// longestWalletName is Keplr's bound.
const longestWalletName = 36

// ErrNoDoor says that no node with both RPC and REST is known.
var ErrNoDoor = errors.New("a wallet needs a node's RPC and REST address")

func walletOf(facts Facts, shown Presentation) (*walletFile, error) {
	node, err := door(shown.Nodes)
	if err != nil {
		return nil, err
	}
	info := &walletFile{
		RPC: node.RPC, REST: node.REST,
		ChainID: facts.ChainID, ChainName: cut(prettyName(facts), longestWalletName),
		BIP44: bip44{CoinType}, Bech32Config: prefixes(),
		FeeCurrencies: []feeCurrency{{currency: currencyOf(facts.feeDenom())}},
		Features:      []string{spendableBalances},
	}
	for _, denom := range facts.Denoms {
		info.Currencies = append(info.Currencies, currencyOf(denom))
	}
	if shown.NetworkType != "" {
		testnet := shown.NetworkType != NetworkMain
		info.IsTestnet = &testnet
	}
	return info, nil
}

func currencyOf(denom Denom) currency {
	return currency{Denom: denom.symbol(), MinimalDenom: denom.Name, Decimals: denom.decimals()}
}

// door is the first node that a wallet can use.
func door(nodes []Node) (Node, error) {
	for _, node := range nodes {
		if node.RPC == "" || node.REST == "" {
			continue
		}
		for _, address := range []string{node.RPC, node.REST} {
			if _, err := webAddress(address); err != nil {
				return Node{}, err
			}
		}
		return node, nil
	}
	return Node{}, ErrNoDoor
}
