package types

import (
	"strings"

	"cosmossdk.io/math"

	"github.com/cosmos/cosmos-sdk/types/bech32"
)

// DefaultGenesis is an empty ledger.
func DefaultGenesis() *GenesisState { return &GenesisState{} }

// Validate checks denoms, balances and their sums. The bech32 prefix of addresses is checked by
// the keeper, which knows it.
func (gs GenesisState) Validate() error {
	_, err := gs.Supplies()
	return err
}

// Supplies validates the state and returns the supply of each denom, in the order of Denoms:
// the sum of its balances, so a genesis file cannot contradict itself.
func (gs GenesisState) Supplies() ([]math.Int, error) {
	position, err := denomPositions(gs.Denoms)
	if err != nil {
		return nil, err
	}
	supplies := make([]math.Int, len(gs.Denoms))
	for i := range supplies {
		supplies[i] = math.ZeroInt()
	}
	seen := make(map[string]struct{}, len(gs.Balances))
	for _, balance := range gs.Balances {
		i, known := position[balance.Denom]
		if !known {
			return nil, ErrInvalidGenesis.Wrapf("balance of %s: denom %.40q is not in the list of denoms", balance.Address, balance.Denom)
		}
		key, err := balance.key()
		if err != nil {
			return nil, err
		}
		if _, twice := seen[key]; twice {
			return nil, ErrInvalidGenesis.Wrapf("two balances of %s in %s", balance.Address, balance.Denom)
		}
		seen[key] = struct{}{}
		if supplies[i], err = addToSupply(supplies[i], balance); err != nil {
			return nil, err
		}
	}
	return supplies, nil
}

func denomPositions(denoms []Denom) (map[string]int, error) {
	position := make(map[string]int, len(denoms))
	for i, denom := range denoms {
		if err := denom.Validate(); err != nil {
			return nil, err
		}
		if _, twice := position[denom.Denom]; twice {
			return nil, ErrInvalidGenesis.Wrapf("denom %s is listed twice", denom.Denom)
		}
		position[denom.Denom] = i
	}
	return position, nil
}

func addToSupply(supply math.Int, balance AccountBalance) (math.Int, error) {
	if balance.Amount.IsNil() || !balance.Amount.IsPositive() {
		return supply, ErrInvalidGenesis.Wrapf("balance of %s in %s must be above zero", balance.Address, balance.Denom)
	}
	sum, err := supply.SafeAdd(balance.Amount)
	if err != nil || ExceedsMaxAmount(sum) {
		return supply, ErrAmountOverflow.Wrapf("genesis supply of %s", balance.Denom)
	}
	return sum, nil
}

// key identifies a balance by the bytes of its address: bech32 has two spellings, lower and
// upper case, of each.
func (b AccountBalance) key() (string, error) {
	_, account, err := bech32.DecodeAndConvert(b.Address)
	if err != nil || len(account) == 0 || len(account) > MaxAccountBytes {
		return "", ErrInvalidGenesis.Wrapf("%.100q is not a bech32 address of 1 to %d bytes", b.Address, MaxAccountBytes)
	}
	return strings.Join([]string{string(account), b.Denom}, "\x00"), nil
}
