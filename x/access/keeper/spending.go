package keeper

import (
	"context"
	"errors"

	"cosmossdk.io/collections"
	"cosmossdk.io/math"

	"github.com/zhilian-network/zhilian/x/access/domain"
	"github.com/zhilian-network/zhilian/x/access/types"
)

// What a key of spending begins with.
const (
	dayOfKey    byte = 0 // the bytes of an address follow
	dayOfHolder byte = 1 // institution, party and holder follow, with slashes, which none of them contains
)

// Spend charges what the operator has moved to the day of its holder, or to its own if nobody holds it, if a
// limit bounds the day: the actor, as it came from Require, says so. Who moves money calls it once, with the
// total that has moved.
func (k *Keeper) Spend(ctx context.Context, actor types.Actor, money types.Money) error {
	if actor.DailyCurrency == "" || actor.DailyCurrency != money.Currency {
		return nil
	}
	if err := domain.CheckMoney(money); err != nil || money.Total.IsZero() {
		return err
	}
	key, err := k.dayKey(actor.Spender(), money.Currency)
	if err != nil {
		return err
	}
	spent, err := k.spentOn(ctx, key, actor.Day)
	if err != nil {
		return err
	}
	amount, err := spent.SafeAdd(money.Total)
	if err != nil {
		return types.ErrInvalidMoney.Wrap(err.Error())
	}
	return k.spending.Set(ctx, key, types.DailySpending{
		Operator: actor.Address, Currency: money.Currency, Day: actor.Day, Amount: amount,
	})
}

// dayKey is where the spending of a day stands.
func (k *Keeper) dayKey(spender types.Spender, currency string) (spendingKey, error) {
	if spender.Holder == "" {
		address, err := k.decode(spender.Address)
		return collections.Join(append([]byte{dayOfKey}, address...), currency), err
	}
	who := append([]byte{dayOfHolder}, spender.Scope.InstitutionID...)
	who = append(append(who, '/'), spender.Scope.PartyID...)
	return collections.Join(append(append(who, '/'), spender.Holder...), currency), nil
}

// spentOn is what was moved on a day; what stands for another day is over.
func (k *Keeper) spentOn(ctx context.Context, key spendingKey, day int64) (math.Int, error) {
	spending, err := k.spending.Get(ctx, key)
	if errors.Is(err, collections.ErrNotFound) || err == nil && spending.Day != day {
		return math.ZeroInt(), nil
	}
	return spending.Amount, err
}

// moveSpending gives what an operator has moved to the one that took its place, with another key or with a
// holder now: one record for each currency. A day that stays the holder's is left alone.
func (k *Keeper) moveSpending(ctx context.Context, before, after types.Operator) error {
	if before.Spender() == after.Spender() {
		return nil
	}
	from, err := k.dayKey(before.Spender(), "")
	if err != nil {
		return err
	}
	var all []types.DailySpending
	err = k.spending.Walk(ctx, collections.NewPrefixedPairRange[[]byte, string](from.K1()), func(_ spendingKey, spending types.DailySpending) (bool, error) {
		all = append(all, spending)
		return false, nil
	})
	if err != nil {
		return err
	}
	for _, spending := range all {
		if err := k.spending.Remove(ctx, collections.Join(from.K1(), spending.Currency)); err != nil {
			return err
		}
		spending.Operator = after.Address
		if err := k.joinSpending(ctx, after.Spender(), spending); err != nil {
			return err
		}
	}
	return nil
}

// joinSpending adds to what stands for a day already, if something does.
func (k *Keeper) joinSpending(ctx context.Context, spender types.Spender, spending types.DailySpending) error {
	key, err := k.dayKey(spender, spending.Currency)
	if err != nil {
		return err
	}
	known, err := k.spending.Get(ctx, key)
	if err == nil {
		spending, err = domain.JoinSpending(known, spending)
	}
	if err != nil && !errors.Is(err, collections.ErrNotFound) {
		return err
	}
	return k.spending.Set(ctx, key, spending)
}
