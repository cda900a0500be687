package keeper_test

import (
	"fmt"
	"math/big"
	"testing"

	errorsmod "cosmossdk.io/errors"
	"cosmossdk.io/math"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/zhilian-network/zhilian/x/ledger/types"
)

func ref(account sdk.AccAddress, denom, id string) types.HoldKey {
	return types.HoldKey{Account: account, Denom: denom, Module: "m", ID: id}
}

func take(key types.HoldKey, amount int64) types.Capture {
	return types.Capture{Hold: key, Amount: math.NewInt(amount)}
}

func (f fixture) available(tb testing.TB, account sdk.AccAddress, denom string) string {
	tb.Helper()
	amount, err := f.keeper.Available(f.ctx, account, denom)
	require.NoError(tb, err)
	return amount.String()
}

func TestHeldMoneyStaysAndIsSpentByItsModuleOnly(t *testing.T) {
	f := fundedFixture(t)
	require.NoError(t, f.keeper.Hold(f.ctx, ref(alice, deposit, "a"), math.NewInt(60)))
	require.Equal(t, "100", f.balance(t, alice, deposit))
	require.Equal(t, "105", f.supply(t, deposit))
	require.Equal(t, "40", f.available(t, alice, deposit))
	require.ErrorIs(t, f.keeper.Post(f.ctx, transfer(alice, bob, deposit, 41)), types.ErrInsufficientBalance)
	require.ErrorIs(t, f.keeper.Hold(f.ctx, ref(alice, deposit, "b"), math.NewInt(41)), types.ErrInsufficientBalance)
	require.NoError(t, f.keeper.Post(f.ctx, transfer(alice, bob, deposit, 40)))
	f.requireSound(t)

	require.NoError(t, f.keeper.Capture(f.ctx, transfer(alice, bob, deposit, 25), take(ref(alice, deposit, "a"), 25)))
	require.Equal(t, "35", f.balance(t, alice, deposit))
	require.Equal(t, "0", f.available(t, alice, deposit))
	left, err := f.keeper.Release(f.ctx, ref(alice, deposit, "a"))
	require.NoError(t, err)
	require.Equal(t, "35", left.String())
	require.Equal(t, "35", f.available(t, alice, deposit))
	f.requireSound(t)
}

// Nothing is left of holds that are over, not a byte: the balance of an account without holds is stored as
// if there were none, and a payment costs what it cost.
func TestHoldsLeaveNothingBehind(t *testing.T) {
	f := fundedFixture(t)
	before := f.contents(t)
	require.NoError(t, f.keeper.Hold(f.ctx, ref(alice, deposit, "a"), math.NewInt(60)))
	require.NotEqual(t, before, f.contents(t))
	_, err := f.keeper.Release(f.ctx, ref(alice, deposit, "a"))
	require.NoError(t, err)
	require.Equal(t, before, f.contents(t))
	for _, pair := range before {
		if pair[0][0] == types.BalancesPrefix.Bytes()[0] {
			require.Equal(t, "\x0a", pair[1][:1])
			require.Len(t, pair[1], 2+int(pair[1][1]), "a record of an amount alone")
		}
	}
}

func TestHoldsCostTwoWritesAndACaptureOneMoreThanItsPosting(t *testing.T) {
	f := fundedFixture(t)
	f.store.reset()
	require.NoError(t, f.keeper.Hold(f.ctx, ref(alice, deposit, "a"), math.NewInt(60)))
	require.Equal(t, 2, f.store.sets)
	f.store.reset()
	require.NoError(t, f.keeper.Capture(f.ctx, transfer(alice, bob, deposit, 25), take(ref(alice, deposit, "a"), 25)))
	require.Equal(t, 3, f.store.sets)
	f.store.reset()
	_, err := f.keeper.Release(f.ctx, ref(alice, deposit, "a"))
	require.NoError(t, err)
	require.Equal(t, 2, f.store.sets+f.store.removals)
}

func TestARefusedHoldChangesNothing(t *testing.T) {
	f := fundedFixture(t)
	require.NoError(t, f.keeper.Hold(f.ctx, ref(alice, deposit, "a"), math.NewInt(60)))
	before := f.contents(t)
	long := ref(alice, deposit, string(make([]byte, types.MaxHoldIDBytes+1)))
	elsewhere := ref(alice, deposit, "a")
	elsewhere.Module = "n"
	for _, c := range []struct {
		name string
		act  func() error
		want *errorsmod.Error
	}{
		{"a name that is taken", func() error { return f.keeper.Hold(f.ctx, ref(alice, deposit, "a"), math.OneInt()) }, types.ErrHoldExists},
		{"no account", func() error { return f.keeper.Hold(f.ctx, ref(nil, deposit, "b"), math.OneInt()) }, types.ErrInvalidHold},
		{"no denom", func() error { return f.keeper.Hold(f.ctx, ref(alice, "", "b"), math.OneInt()) }, types.ErrInvalidHold},
		{"an id that is too long", func() error { return f.keeper.Hold(f.ctx, long, math.OneInt()) }, types.ErrInvalidHold},
		{"an unknown denom", func() error { return f.keeper.Hold(f.ctx, ref(alice, "XXXX/CNY", "b"), math.OneInt()) }, types.ErrUnknownDenom},
		{"nothing", func() error { return f.keeper.Hold(f.ctx, ref(alice, deposit, "b"), math.ZeroInt()) }, types.ErrInvalidHold},
		{"more than is available", func() error { return f.keeper.Hold(f.ctx, ref(alice, deposit, "b"), math.NewInt(41)) }, types.ErrInsufficientBalance},
		{"the release of no hold", func() error { _, err := f.keeper.Release(f.ctx, ref(alice, deposit, "b")); return err }, types.ErrHoldNotFound},
		{"the release of another module's hold", func() error { _, err := f.keeper.Release(f.ctx, elsewhere); return err }, types.ErrHoldNotFound},
		{"the capture of another module's hold", func() error {
			return f.keeper.Capture(f.ctx, transfer(alice, bob, deposit, 1), take(elsewhere, 1))
		}, types.ErrHoldNotFound},
		{"a capture of more than the hold", func() error {
			return f.keeper.Capture(f.ctx, transfer(alice, bob, deposit, 61), take(ref(alice, deposit, "a"), 61))
		}, types.ErrHoldTooSmall},
		{"a capture without amount", func() error {
			return f.keeper.Capture(f.ctx, transfer(alice, bob, deposit, 1), types.Capture{Hold: ref(alice, deposit, "a")})
		}, types.ErrInvalidHold},
		{"a capture that is not spent", func() error {
			return f.keeper.Capture(f.ctx, transfer(bob, alice, deposit, 1), take(ref(alice, deposit, "a"), 1))
		}, types.ErrCaptureUnspent},
		{"a capture beside a debit without cover", func() error {
			return f.keeper.Capture(f.ctx, transfer(alice, bob, deposit, 42), take(ref(alice, deposit, "a"), 1))
		}, types.ErrInsufficientBalance},
	} {
		err := c.act()
		require.ErrorIs(t, err, c.want, c.name)
		_, code, _ := errorsmod.ABCIInfo(err, false)
		require.Equal(t, c.want.ABCICode(), code, c.name)
		require.Equal(t, before, f.contents(t), c.name)
	}
}

// An asset: a module issues a denom for a thing of its own, splits it, holds it, and retires it.
func TestADenomPerThingIsIssuedSplitHeldAndRetired(t *testing.T) {
	f := fundedFixture(t)
	const receivable = "receivable/7d1f0e"
	before := f.contents(t)
	require.NoError(t, f.keeper.RegisterDenom(f.ctx, types.Denom{Denom: receivable, Exponent: 2, Currency: "CNY"}))
	require.NoError(t, f.keeper.Post(f.ctx, issue(alice, receivable, math.NewInt(100))))
	require.NoError(t, f.keeper.Post(f.ctx, transfer(alice, bob, receivable, 40)))
	require.NoError(t, f.keeper.Hold(f.ctx, ref(bob, receivable, "pledge"), math.NewInt(40)))
	require.ErrorIs(t, f.keeper.Post(f.ctx, transfer(bob, alice, receivable, 1)), types.ErrInsufficientBalance)
	// Delivery against payment: both in one posting, or neither.
	exchange := with(transfer(bob, carol, receivable, 40), transfer(alice, bob, deposit, 35))
	require.NoError(t, f.keeper.Capture(f.ctx, exchange, take(ref(bob, receivable, "pledge"), 40)))
	f.requireSound(t)

	require.ErrorIs(t, f.keeper.RetireDenom(f.ctx, receivable), types.ErrDenomInUse)
	require.ErrorIs(t, f.keeper.RetireDenom(f.ctx, "receivable/none"), types.ErrUnknownDenom)
	require.NoError(t, f.keeper.Post(f.ctx, issue(alice, receivable, math.NewInt(-60))))
	require.NoError(t, f.keeper.Post(f.ctx, issue(carol, receivable, math.NewInt(-40))))
	require.NoError(t, f.keeper.RetireDenom(f.ctx, receivable))
	require.NoError(t, f.keeper.Post(f.ctx, transfer(bob, alice, deposit, 35)))
	require.Equal(t, before, f.contents(t))
}

// holdModel is the ledger with holds done the slow and obvious way.
type holdModel struct {
	model
	holds map[string]types.Capture // by name; the amount is what is left
}

func holdName(key types.HoldKey) string {
	return fmt.Sprintf("%X %s %s", []byte(key.Account), key.Denom, key.ID)
}

// heldOf adds up the holds of a balance.
func (m holdModel) heldOf(account, denom string) *big.Int {
	sum := new(big.Int)
	for _, hold := range m.holds {
		if string(hold.Hold.Account) == account && hold.Hold.Denom == denom {
			sum.Add(sum, hold.Amount.BigInt())
		}
	}
	return sum
}

func (m holdModel) without(captures []types.Capture) map[string]types.Capture {
	left := map[string]types.Capture{}
	for name, hold := range m.holds {
		left[name] = hold
	}
	for _, capture := range captures {
		name := holdName(capture.Hold)
		hold := left[name]
		if hold.Amount = hold.Amount.Sub(capture.Amount); hold.Amount.IsZero() {
			delete(left, name)
			continue
		}
		left[name] = hold
	}
	return left
}

// covered tells that no account has less than its holds.
func (m holdModel) covered() bool {
	for denom, accounts := range m.balances {
		for account, amount := range accounts {
			if amount.Cmp(m.heldOf(account, denom)) < 0 {
				return false
			}
		}
	}
	return true
}

// action is a hold, a release, or a posting that may spend from holds.
type action struct {
	hold, release bool
	key           types.HoldKey
	amount        math.Int
	posting       types.Posting
	captures      []types.Capture
}

func (f fixture) act(a action) error {
	switch {
	case a.hold:
		return f.keeper.Hold(f.ctx, a.key, a.amount)
	case a.release:
		_, err := f.keeper.Release(f.ctx, a.key)
		return err
	}
	return f.keeper.Capture(f.ctx, a.posting, a.captures...)
}

// after is the model after an action, or false if it must be refused.
func (m holdModel) after(a action) (holdModel, bool) {
	existing, exists := m.holds[holdName(a.key)]
	switch {
	case a.hold:
		if exists || !a.amount.IsPositive() || m.balances[a.key.Denom] == nil {
			return m, false
		}
		after := holdModel{m.clone(), m.without(nil)}
		after.holds[holdName(a.key)] = types.Capture{Hold: a.key, Amount: a.amount}
		balance := after.balances[a.key.Denom][string(a.key.Account)]
		if balance == nil || balance.Cmp(after.heldOf(string(a.key.Account), a.key.Denom)) < 0 {
			return m, false
		}
		return after, true
	case a.release:
		if !exists {
			return m, false
		}
		return holdModel{m.clone(), m.without([]types.Capture{existing})}, true
	}
	posted, refusal := m.post(a.posting)
	if refusal != nil {
		return m, false
	}
	after := holdModel{posted, m.holds}
	for _, capture := range a.captures {
		hold, exists := m.holds[holdName(capture.Hold)]
		if !exists || hold.Amount.LT(capture.Amount) {
			return m, false
		}
		after.holds = after.without([]types.Capture{capture})
		before, now := m.balances[capture.Hold.Denom][string(capture.Hold.Account)], posted.balances[capture.Hold.Denom][string(capture.Hold.Account)]
		if new(big.Int).Sub(before, now).Cmp(capture.Amount.BigInt()) < 0 {
			return m, false
		}
	}
	return after, after.covered()
}

func drawAction(rt *rapid.T) action {
	key := ref(rapid.SampledFrom([]sdk.AccAddress{alice, bob, carol}).Draw(rt, "holder"),
		rapid.SampledFrom([]string{deposit, other, reserve}).Draw(rt, "held denom"), rapid.StringMatching("[ab]").Draw(rt, "id"))
	amount := rapid.Int64Range(0, 40).Draw(rt, "held")
	a := action{key: key, amount: math.NewInt(amount)}
	switch rapid.IntRange(0, 7).Draw(rt, "action") {
	case 0, 1:
		a.hold = true
	case 2:
		a.release = true
	case 3, 4:
		to := rapid.SampledFrom([]sdk.AccAddress{alice, bob, carol}).Draw(rt, "to")
		a.posting = transfer(key.Account, to, key.Denom, amount+rapid.Int64Range(0, 3).Draw(rt, "more"))
		a.captures = []types.Capture{take(key, max(1, amount))}
	default:
		a.posting = drawPosting(rt)
	}
	return a
}

func TestRandomHoldsEqualTheSlowModel(t *testing.T) {
	f := newFixture(t)
	refused, done := 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		run := f
		run.ctx, _ = f.ctx.CacheContext()
		m := holdModel{newModel(), map[string]types.Capture{}}
		for range rapid.IntRange(1, 40).Draw(rt, "steps") {
			a := drawAction(rt)
			after, want := m.after(a)
			err := run.act(a)
			require.Equal(rt, want, err == nil, "%+v: %v", a, err)
			if m = after; want {
				done++
			} else {
				refused++
			}
			run.requireEqual(rt, m)
		}
	})
	t.Logf("%d done, %d refused", done, refused)
}

// requireEqual compares every amount with the model, and checks conservation.
func (f fixture) requireEqual(t require.TestingT, m holdModel) {
	for denom, accounts := range m.balances {
		for account, amount := range accounts {
			stored, err := f.keeper.Balance(f.ctx, sdk.AccAddress(account), denom)
			require.NoError(t, err)
			require.Equal(t, amount.String(), stored.String())
			available, err := f.keeper.Available(f.ctx, sdk.AccAddress(account), denom)
			require.NoError(t, err)
			require.Equal(t, new(big.Int).Sub(amount, m.heldOf(account, denom)).String(), available.String())
			require.False(t, available.IsNegative())
		}
		supply, err := f.keeper.Supply(f.ctx, denom)
		require.NoError(t, err)
		require.Equal(t, m.supplies[denom].String(), supply.String())
	}
	for _, hold := range m.holds {
		left, err := f.keeper.Held(f.ctx, hold.Hold)
		require.NoError(t, err)
		require.Equal(t, hold.Amount.String(), left.String())
	}
	f.requireSound(t)
}
