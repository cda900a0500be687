package domain_test

import (
	"slices"
	"testing"

	errorsmod "cosmossdk.io/errors"
	"cosmossdk.io/math"
	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/x/ledger/domain"
	"github.com/zhilian-network/zhilian/x/ledger/types"
)

func heldBalance(amount, held int64) domain.Balance {
	return domain.Balance{Amount: math.NewInt(amount), Held: math.NewInt(held)}
}

func named(id string) types.HoldKey {
	return types.HoldKey{Account: alice, Denom: deposit, Module: "m", ID: id}
}

func TestAHoldTakesWhatIsAvailableAndNoMore(t *testing.T) {
	after, err := domain.Hold(named("a"), heldBalance(10, 4), math.NewInt(6))
	require.NoError(t, err)
	require.Equal(t, "10", after.Amount.String(), "a hold moves nothing")
	require.Equal(t, "0", after.Available().String())

	_, err = domain.Hold(named("a"), heldBalance(10, 4), math.NewInt(7))
	var shortfall *types.Shortfall
	require.ErrorAs(t, err, &shortfall)
	require.Equal(t, "6", shortfall.Available.String())
	for _, amount := range []math.Int{{}, math.ZeroInt(), math.NewInt(-1)} {
		_, err = domain.Hold(named("a"), heldBalance(10, 4), amount)
		require.ErrorIs(t, err, types.ErrInvalidHold)
	}
	_, err = domain.Hold(named("a"), heldBalance(10, 4), ceiling.AddRaw(1))
	require.ErrorIs(t, err, types.ErrAmountOverflow)
}

func TestABrokenRecordReleasesNothing(t *testing.T) {
	_, err := domain.Release(heldBalance(10, 4), math.NewInt(5))
	require.ErrorIs(t, err, types.ErrHoldTooSmall)
}

func TestADebitSpendsNoneOfWhatIsHeld(t *testing.T) {
	net, err := domain.Net(types.Posting{Entries: []types.Entry{entry(alice, deposit, -7), entry(bob, deposit, 7)}})
	require.NoError(t, err)
	_, err = domain.Apply(net, domain.Amounts{Balances: []domain.Balance{heldBalance(10, 4), heldBalance(0, 0)}})
	var shortfall *types.Shortfall
	require.ErrorAs(t, err, &shortfall)
	require.Equal(t, "6", shortfall.Available.String())

	captured, err := domain.Capture(net, []types.Capture{{Hold: named("a"), Amount: math.NewInt(1)}})
	require.NoError(t, err)
	after, err := domain.Apply(captured, domain.Amounts{Balances: []domain.Balance{heldBalance(10, 4), heldBalance(0, 0)}})
	require.NoError(t, err)
	require.Equal(t, "3", after.Balances[0].Amount.String())
	require.Equal(t, "3", after.Balances[0].Held.String())
}

func TestCapturesAreRefusedUnlessThePostingSpendsThem(t *testing.T) {
	pays := types.Posting{Entries: []types.Entry{entry(alice, deposit, -7), entry(bob, deposit, 7)}}
	take := func(key types.HoldKey, amount int64) types.Capture {
		return types.Capture{Hold: key, Amount: math.NewInt(amount)}
	}
	atBobs, otherDenom := named("a"), named("a")
	atBobs.Account, otherDenom.Denom = bob, other
	for _, c := range []struct {
		name     string
		captures []types.Capture
		want     *errorsmod.Error
	}{
		{"more than the bound", slices.Repeat([]types.Capture{take(named("a"), 1)}, types.MaxCaptures+1), types.ErrTooManyEntries},
		{"a hold without id", []types.Capture{take(named(""), 1)}, types.ErrInvalidHold},
		{"a hold whose id has a space", []types.Capture{take(named("a b"), 1)}, types.ErrInvalidHold},
		{"nothing is taken", []types.Capture{take(named("a"), 0)}, types.ErrInvalidHold},
		{"the same hold twice", []types.Capture{take(named("a"), 1), take(named("b"), 1), take(named("a"), 1)}, types.ErrInvalidHold},
		{"more than the posting debits", []types.Capture{take(named("a"), 8)}, types.ErrCaptureUnspent},
		{"two holds, together more than the posting debits", []types.Capture{take(named("a"), 4), take(named("b"), 4)}, types.ErrCaptureUnspent},
		{"a hold of an account that is credited", []types.Capture{take(atBobs, 1)}, types.ErrCaptureUnspent},
		{"a hold in a denom that does not move", []types.Capture{take(otherDenom, 1)}, types.ErrCaptureUnspent},
	} {
		net, err := domain.Net(pays)
		require.NoError(t, err)
		_, err = domain.Capture(net, c.captures)
		require.ErrorIs(t, err, c.want, c.name)
	}
}
