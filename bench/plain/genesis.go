package plain

import (
	"encoding/json"
	"fmt"
	"time"

	cmttypes "github.com/cometbft/cometbft/types"

	"cosmossdk.io/math"

	addresscodec "github.com/cosmos/cosmos-sdk/codec/address"
	cryptotypes "github.com/cosmos/cosmos-sdk/crypto/types"
	sdk "github.com/cosmos/cosmos-sdk/types"
	authtypes "github.com/cosmos/cosmos-sdk/x/auth/types"
	banktypes "github.com/cosmos/cosmos-sdk/x/bank/types"
	genutiltypes "github.com/cosmos/cosmos-sdk/x/genutil/types"

	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
)

// Account is an account of the genesis.
type Account struct {
	Address sdk.AccAddress
	// PubKey is nil for an account that never signs.
	PubKey cryptotypes.PubKey
}

// Genesis makes the first state: each account holds the same amount of Denom, and the account's number
// is its place in the list.
func Genesis(accounts []Account, amount int64, set []Validator) (*genutiltypes.AppGenesis, error) {
	encoding := newEncoding()
	addresses := addresscodec.NewBech32Codec(Prefix)
	auth := authtypes.DefaultGenesisState()
	bank := banktypes.DefaultGenesisState()
	auth.Accounts = make([]*codectypes.Any, len(accounts))
	bank.Balances = make([]banktypes.Balance, len(accounts))
	coins := sdk.NewCoins(sdk.NewInt64Coin(Denom, amount))
	for i, account := range accounts {
		text, err := addresses.BytesToString(account.Address)
		if err != nil {
			return nil, err
		}
		base := &authtypes.BaseAccount{Address: text, AccountNumber: uint64(i)}
		if account.PubKey != nil {
			if err := base.SetPubKey(account.PubKey); err != nil {
				return nil, err
			}
		}
		if auth.Accounts[i], err = codectypes.NewAnyWithValue(base); err != nil {
			return nil, err
		}
		bank.Balances[i] = banktypes.Balance{Address: text, Coins: coins}
	}
	total := math.NewInt(amount).MulRaw(int64(len(accounts)))
	bank.Supply = sdk.NewCoins(sdk.NewCoin(Denom, total))

	state, err := marshal(encoding, auth, bank, set)
	if err != nil {
		return nil, err
	}
	document := genutiltypes.NewAppGenesisWithVersion(ChainID, state)
	document.GenesisTime = time.Now().UTC().Truncate(time.Second)
	document.Consensus.Params = cmttypes.DefaultConsensusParams()
	return document, document.ValidateAndComplete()
}

func marshal(encoding encoding, auth *authtypes.GenesisState, bank *banktypes.GenesisState, set []Validator) (json.RawMessage, error) {
	authText, err := encoding.codec.MarshalJSON(auth)
	if err != nil {
		return nil, fmt.Errorf("genesis of auth: %w", err)
	}
	bankText, err := encoding.codec.MarshalJSON(bank)
	if err != nil {
		return nil, fmt.Errorf("genesis of bank: %w", err)
	}
	setText, err := json.Marshal(set)
	if err != nil {
		return nil, fmt.Errorf("genesis of validators: %w", err)
	}
	return json.Marshal(map[string]json.RawMessage{
		authtypes.ModuleName: authText,
		banktypes.ModuleName: bankText,
		validatorsModule:     setText,
	})
}
