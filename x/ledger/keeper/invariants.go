package keeper

import (
	"context"
	"fmt"

	"cosmossdk.io/math"

	"github.com/zhilian-network/zhilian/x/ledger/types"
)

// MaxViolations bounds the report of CheckInvariants: with more than this something systematic is
// wrong and the rest of the list says nothing new.
const MaxViolations = 100

// CheckInvariants reads the whole ledger and returns its violations in words, none if all is well:
// each supply is the sum of its balances, no amount is zero, negative or above 2^128-1, and every
// denom is registered. It costs a walk over all accounts, so it runs on demand and in tests, not
// in blocks.
func (k *Keeper) CheckInvariants(ctx context.Context) ([]string, error) {
	report := &violations{}
	sums, err := k.sumBalances(ctx, report)
	if err != nil {
		return nil, err
	}
	err = k.denoms.Walk(ctx, nil, func(name string, _ types.Denom) (bool, error) {
		supply, err := k.Supply(ctx, name)
		if err != nil {
			return true, err
		}
		sum, held := sums[name]
		if !held {
			sum = math.ZeroInt()
		}
		if !supply.Equal(sum) {
			report.add("supply of %s is %s, its balances add up to %s", name, supply, sum)
		}
		return false, nil
	})
	if err != nil {
		return nil, err
	}
	if err := k.checkSupplies(ctx, report); err != nil {
		return nil, err
	}
	return report.found, nil
}

func (k *Keeper) sumBalances(ctx context.Context, report *violations) (map[string]math.Int, error) {
	sums := map[string]math.Int{}
	err := k.balances.Walk(ctx, nil, func(key balanceKey, balance types.Balance) (bool, error) {
		name := fmt.Sprintf("balance of %X in %s", key.K1(), key.K2())
		if !report.checkAmount(name, balance.Amount) {
			return false, nil
		}
		if known, err := k.denoms.Has(ctx, key.K2()); err != nil || !known {
			report.add("%s: denom is not registered", name)
			return false, err
		}
		sum, seen := sums[key.K2()]
		if !seen {
			sum = math.ZeroInt()
		}
		sum, err := sum.SafeAdd(balance.Amount)
		if err != nil {
			return true, types.ErrAmountOverflow.Wrapf("sum of balances in %s", key.K2())
		}
		sums[key.K2()] = sum
		return false, nil
	})
	return sums, err
}

func (k *Keeper) checkSupplies(ctx context.Context, report *violations) error {
	return k.supplies.Walk(ctx, nil, func(denom string, supply math.Int) (bool, error) {
		name := "supply of " + denom
		if !report.checkAmount(name, supply) {
			return false, nil
		}
		known, err := k.denoms.Has(ctx, denom)
		if err == nil && !known {
			report.add("%s: denom is not registered", name)
		}
		return false, err
	})
}

type violations struct{ found []string }

func (v *violations) add(format string, args ...any) {
	if len(v.found) < MaxViolations {
		v.found = append(v.found, fmt.Sprintf(format, args...))
	}
}

// checkAmount reports whether a stored amount may be counted.
func (v *violations) checkAmount(name string, amount math.Int) bool {
	switch {
	case amount.IsNil() || !amount.IsPositive():
		v.add("%s is not above zero", name)
		return false
	case types.ExceedsMaxAmount(amount):
		v.add("%s is above 2^128-1", name)
	}
	return true
}
