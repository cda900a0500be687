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
	if _, err := gs.Supplies(); err != nil {
		return err
	}
	return gs.validateHolds()
}

// validateHolds wants each hold to be there once, in a balance that covers it and those before it.
func (gs GenesisState) validateHolds() error {
	left := make(map[string]math.Int, len(gs.Balances))
	for _, balance := range gs.Balances {
		key, err := balance.key()
		if err != nil {
			return err
		}
		left[key] = balance.Amount
	}
	seen := make(map[string]struct{}, len(gs.Holds))
	for _, hold := range gs.Holds {
		key, err := AccountBalance{Address: hold.Address, Denom: hold.Denom}.key()
		if err != nil {
			return err
		}
		if err := hold.validate(); err != nil {
			return ErrInvalidGenesis.Wrapf("hold %s of %s: %s", hold.Id, hold.Address, err)
		}
		name := strings.Join([]string{key, hold.Module, hold.Id}, "\x00")
		if _, twice := seen[name]; twice {
			return ErrInvalidGenesis.Wrapf("two holds %s of %s in %s", hold.Id, hold.Address, hold.Denom)
		}
		seen[name] = struct{}{}
		if balance, known := left[key]; !known || balance.LT(hold.Amount) {
			return ErrInvalidGenesis.Wrapf("hold %s of %s in %s is not covered by the balance", hold.Id, hold.Address, hold.Denom)
		}
		left[key] = left[key].Sub(hold.Amount)
	}
	return nil
}

// validate checks a hold by itself; its address is checked by the balance's key.
func (h AccountHold) validate() error {
	key := HoldKey{Account: []byte{0}, Denom: h.Denom, Module: h.Module, ID: h.Id}
	if err := key.Validate(); err != nil {
		return err
	}
	return CheckHoldAmount(h.Amount)
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
