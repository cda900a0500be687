package domain

import (
	"bytes"
	"cmp"
	"slices"
	"strings"

	"cosmossdk.io/math"

	"github.com/zhilian-network/zhilian/x/ledger/types"
)

// Hold sets an amount of a balance aside, or refuses what is not available.
func Hold(key types.HoldKey, before Balance, amount math.Int) (Balance, error) {
	if err := types.CheckHoldAmount(amount); err != nil {
		return before, err
	}
	if before.Available().LT(amount) {
		return before, &types.Shortfall{
			Account: key.Account, Denom: key.Denom, Available: before.Available(), Needed: amount,
		}
	}
	return Balance{before.Amount, before.Held.Add(amount)}, nil
}

// Release gives back what is left of a hold. More than is held of the balance would mean a broken record:
// it stops here instead of spreading.
func Release(before Balance, hold math.Int) (Balance, error) {
	if before.Held.LT(hold) {
		return before, types.ErrHoldTooSmall.Wrapf("%s of the balance is held, the hold is %s", before.Held, hold)
	}
	return Balance{before.Amount, before.Held.Sub(hold)}, nil
}

// TakeFromHold is what is left of a hold after a capture.
func TakeFromHold(hold, amount math.Int) (math.Int, error) {
	if hold.LT(amount) {
		return hold, types.ErrHoldTooSmall.Wrapf("%s are left, %s are taken", hold, amount)
	}
	return hold.Sub(amount), nil
}

// Capture lets a posting spend from holds. Whatever is taken from an account's holds, the posting must
// debit at least as much from that account in that denom: money leaves a hold to be paid, or by Release.
func Capture(net NetPosting, captures []types.Capture) (NetPosting, error) {
	if len(captures) == 0 {
		return net, nil
	}
	if err := requireCaptures(captures); err != nil {
		return net, err
	}
	net.Captured = slices.Repeat([]math.Int{math.ZeroInt()}, len(net.Changes))
	for _, capture := range captures {
		change := types.Entry{Account: capture.Hold.Account, Denom: capture.Hold.Denom}
		i, debited := slices.BinarySearchFunc(net.Changes, change, compareEntries)
		if !debited {
			return net, types.ErrCaptureUnspent.Wrapf("hold %s of %s", capture.Hold.ID, capture.Hold.Denom)
		}
		net.Captured[i] = net.Captured[i].Add(capture.Amount)
	}
	for i, change := range net.Changes {
		if debit := change.Delta.Neg(); net.Captured[i].IsPositive() && debit.LT(net.Captured[i]) {
			return net, types.ErrCaptureUnspent.Wrapf("%s: %s are taken from holds, %s debited", change.Denom, net.Captured[i], debit)
		}
	}
	return net, nil
}

func requireCaptures(captures []types.Capture) error {
	if len(captures) > types.MaxCaptures {
		return types.ErrTooManyEntries.Wrapf("%d captures, at most %d", len(captures), types.MaxCaptures)
	}
	sorted := slices.SortedFunc(slices.Values(captures), func(a, b types.Capture) int { return compareHolds(a.Hold, b.Hold) })
	for i, capture := range sorted {
		if err := capture.Hold.Validate(); err != nil {
			return err
		}
		if err := types.CheckHoldAmount(capture.Amount); err != nil {
			return err
		}
		if i > 0 && compareHolds(sorted[i-1].Hold, capture.Hold) == 0 {
			return types.ErrInvalidHold.Wrapf("hold %s is captured twice", capture.Hold.ID)
		}
	}
	return nil
}

func compareHolds(a, b types.HoldKey) int {
	return cmp.Or(bytes.Compare(a.Account, b.Account), strings.Compare(a.Denom, b.Denom),
		strings.Compare(a.Module, b.Module), strings.Compare(a.ID, b.ID))
}

// free is a balance without what the posting spends from its holds.
func (n NetPosting) free(i int, balance Balance) (Balance, error) {
	if n.Captured == nil {
		return balance, nil
	}
	return Release(balance, n.Captured[i])
}
