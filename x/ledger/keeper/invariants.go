package keeper

import (
	"context"
	"fmt"
	"math/big"

	"cosmossdk.io/math"

	"github.com/zhilian-network/zhilian/internal/scan"
	"github.com/zhilian-network/zhilian/x/ledger/types"
)

// MaxViolations bounds the report of CheckInvariants: with more than this something systematic is
// wrong and the rest of the list says nothing new.
const MaxViolations = 100

// CheckInvariants reads the whole ledger and returns its violations in words, none if all is well:
// each supply is the sum of its balances, what is held of a balance is the sum of its holds and no more
// than the balance, no amount is zero, negative or above 2^128-1, and every denom is registered. It costs a walk over all accounts, so it runs on demand and in tests, not
// in blocks. It ends with the error of ctx when ctx is done.
func (k *Keeper) CheckInvariants(ctx context.Context) ([]string, error) {
	found, _, err := k.CheckHoldings(ctx,
		func([]byte, string) (bool, error) { return false, nil },
		func(types.HoldKey, math.Int) error { return nil })
	return found, err
}

// CheckHoldings is CheckInvariants, and adds up in the same walk, by denom, the balances that counted
// says yes to. counted is asked for each balance with its holder's address and its denom: the shorter
// addresses first, those of one length in the order of their bytes. It must not keep the address. holds is
// told of each hold, in the order of the balances.
// The memory it takes is that of the denoms, some 200 bytes each; accounts take none.
func (k *Keeper) CheckHoldings(
	ctx context.Context, counted func(holder []byte, denom string) (bool, error),
	holds func(key types.HoldKey, left math.Int) error,
) (found []string, held map[string]math.Int, err error) {
	report := &violations{}
	names, sums, err := k.startSums(ctx)
	if err != nil {
		return nil, nil, err
	}
	roll, err := k.openHolds(ctx, report, holds)
	if err != nil {
		return nil, nil, err
	}
	defer roll.scan.Close()
	if err := k.sumBalances(ctx, report, sums, roll, counted); err != nil {
		return nil, nil, err
	}
	if err := roll.finish(); err != nil {
		return nil, nil, err
	}
	held = make(map[string]math.Int, len(names))
	for _, name := range names {
		supply, err := k.Supply(ctx, name)
		if err != nil {
			return nil, nil, err
		}
		if sum := sums[name].all.amount(); !supply.Equal(sum) {
			report.add("supply of %s is %s, its balances add up to %s", name, supply, sum)
		}
		held[name] = sums[name].counted.amount()
	}
	if err := k.checkSupplies(ctx, report, sums); err != nil {
		return nil, nil, err
	}
	return report.found, held, nil
}

// sumsOf are the sums of a denom's balances.
type sumsOf struct {
	denom        string
	all, counted total
}

// startSums has a place for each registered denom. names are in order.
func (k *Keeper) startSums(ctx context.Context) (names []string, sums map[string]*sumsOf, err error) {
	sums = map[string]*sumsOf{}
	err = k.denoms.Walk(ctx, nil, func(name string, _ types.Denom) (bool, error) {
		names = append(names, name)
		sums[name] = &sumsOf{denom: name}
		return false, nil
	})
	return names, sums, err
}

// sumBalances reads keys and values as they are stored: decoding a million of them as the collection
// does would take longer than reading them.
func (k *Keeper) sumBalances(
	ctx context.Context, report *violations, sums map[string]*sumsOf, holds *holdRoll,
	counted func([]byte, string) (bool, error),
) error {
	balances, err := scan.Open(ctx, k.store, types.BalancesPrefix.Bytes())
	if err != nil {
		return err
	}
	defer balances.Close()
	for balances.Next() {
		holder, denom, err := splitBalanceKey(balances.Key())
		if err != nil {
			return err
		}
		amount, stored, err := k.readAmount(report, holder, denom, balances.Value())
		if err != nil {
			return err
		}
		if err := holds.compare(balances.Key(), holder, denom, stored); err != nil {
			return err
		}
		if amount.isZero() {
			continue
		}
		of := sums[string(denom)]
		if of == nil {
			report.add("%s: denom is not registered", balanceName(holder, denom))
			continue
		}
		of.all.add(amount)
		counts, err := counted(holder, of.denom)
		if err != nil {
			return err
		}
		if counts {
			of.counted.add(amount)
		}
	}
	return balances.Err()
}

// splitBalanceKey takes apart what balanceKey is stored as: the address behind a byte with its
// length, and the denom.
func splitBalanceKey(key []byte) (holder, denom []byte, err error) {
	if len(key) == 0 || len(key) <= int(key[0]) {
		return nil, nil, fmt.Errorf("key %X is none of a balance", key)
	}
	length := int(key[0])
	return key[1 : 1+length], key[1+length:], nil
}

// readAmount reads a stored balance, whole if something is held of it. The amount is zero for one that must
// not be counted, which is reported.
func (k *Keeper) readAmount(report *violations, holder, denom, value []byte) (words, *types.Balance, error) {
	if amount := plainAmount(value); amount > 0 {
		return words{low: amount}, nil, nil
	}
	balance, err := k.balances.ValueCodec().Decode(value)
	if err != nil {
		return words{}, nil, fmt.Errorf("%s: %w", balanceName(holder, denom), err)
	}
	if !report.checkAmount(balanceName(holder, denom), balance.Amount) || types.ExceedsMaxAmount(balance.Amount) {
		return words{}, &balance, nil
	}
	return wordsOf(balance.Amount), &balance, nil
}

// plainAmount reads a balance below 10^19 off its record: field 1, its length, and the digits. It is 0
// for any other record, such as one of which something is held, which has to be looked at closely.
func plainAmount(value []byte) uint64 {
	const head, digitsMax = 2, 19
	if len(value) <= head || len(value) > head+digitsMax || value[0] != 1<<3|2 || int(value[1]) != len(value)-head || value[head] == '0' {
		return 0
	}
	var amount uint64
	for _, digit := range value[head:] {
		if digit < '0' || digit > '9' {
			return 0
		}
		amount = amount*10 + uint64(digit-'0')
	}
	return amount
}

func balanceName(holder, denom []byte) string {
	return fmt.Sprintf("balance of %X in %s", holder, denom)
}

func (k *Keeper) checkSupplies(ctx context.Context, report *violations, registered map[string]*sumsOf) error {
	return k.supplies.Walk(ctx, nil, func(denom string, supply math.Int) (bool, error) {
		name := "supply of " + denom
		if report.checkAmount(name, supply) && registered[denom] == nil {
			report.add("%s: denom is not registered", name)
		}
		return false, nil
	})
}

type violations struct{ found []string }

func (v *violations) add(format string, args ...any) {
	if len(v.found) < MaxViolations {
		v.found = append(v.found, fmt.Sprintf(format, args...))
	}
}

// checkAmount reports whether a stored amount is above zero.
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

// words are an amount of at most 128 bits.
type words struct{ high, low uint64 }

func (w words) isZero() bool { return w.high|w.low == 0 }

// wordsOf takes an amount from 0 to 2^128-1.
func wordsOf(amount math.Int) words {
	const wordBits = 64
	low, high := amount.BigInt(), new(big.Int)
	high.Rsh(low, wordBits)
	low.And(low, new(big.Int).SetUint64(^uint64(0)))
	return words{high.Uint64(), low.Uint64()}
}
