package domain

import (
	"cosmossdk.io/math"

	"github.com/zhilian-network/zhilian/x/ledger/types"
)

// Balance is what an account holds of a denom, and how much of it is held by modules; minor units.
type Balance struct {
	Amount math.Int
	Held   math.Int
}

// Available is what can be spent.
func (b Balance) Available() math.Int { return b.Amount.Sub(b.Held) }

// Amounts are the stored amounts that a NetPosting touches, in minor units: Balances[i] belongs
// to Changes[i], Supplies[i] to Supply[i].
type Amounts struct {
	Balances []Balance
	Supplies []math.Int
}

// Apply returns the amounts after the posting. What is held of a balance stays in it. All debits are looked at before any credit, so an
// account without cover is always the reason given, whatever else is wrong.
func Apply(net NetPosting, before Amounts) (Amounts, error) {
	if len(before.Balances) != len(net.Changes) || len(before.Supplies) != len(net.Supply) {
		return Amounts{}, types.ErrInvalidEntry.Wrap("one amount per change is needed")
	}
	balances, err := applyChanges(net, before.Balances)
	if err != nil {
		return Amounts{}, err
	}
	supplies, err := applySupply(net.Supply, before.Supplies)
	if err != nil {
		return Amounts{}, err
	}
	return Amounts{Balances: balances, Supplies: supplies}, nil
}

func applyChanges(net NetPosting, before []Balance) ([]Balance, error) {
	after := make([]Balance, len(net.Changes))
	for i, change := range net.Changes {
		sum, err := add(before[i].Amount, change.Delta)
		if err != nil {
			return nil, err
		}
		freed, err := net.free(i, before[i])
		if err != nil {
			return nil, err
		}
		if sum.LT(freed.Held) {
			return nil, &types.Shortfall{
				Account:   change.Account,
				Denom:     change.Denom,
				Available: freed.Available(),
				Needed:    change.Delta.Neg(),
			}
		}
		after[i] = Balance{sum, freed.Held}
	}
	for i, change := range net.Changes {
		if types.ExceedsMaxAmount(after[i].Amount) {
			return nil, types.ErrAmountOverflow.Wrapf("balance of %s", change.Denom)
		}
	}
	return after, nil
}

// applySupply cannot go below zero while supplies are the sums of balances: some account would
// have been short. It is checked all the same, so that a broken record stops the posting instead
// of spreading.
func applySupply(changes []types.SupplyChange, before []math.Int) ([]math.Int, error) {
	after := make([]math.Int, len(changes))
	for i, change := range changes {
		sum, err := add(before[i], change.Delta)
		if err != nil {
			return nil, err
		}
		if sum.IsNegative() {
			return nil, types.ErrInsufficientSupply.Wrapf("%s: supply %s, change %s", change.Denom, before[i], change.Delta)
		}
		if types.ExceedsMaxAmount(sum) {
			return nil, types.ErrAmountOverflow.Wrapf("supply of %s", change.Denom)
		}
		after[i] = sum
	}
	return after, nil
}
