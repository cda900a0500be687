package keeper

import (
	"bytes"
	"context"
	"fmt"

	"cosmossdk.io/math"

	"github.com/zhilian-network/zhilian/internal/scan"
	"github.com/zhilian-network/zhilian/x/ledger/types"
)

// holdRoll goes through the holds beside the balances: both are in the order of address and denom, so that
// each is read once and none takes memory.
type holdRoll struct {
	keeper *Keeper
	scan   *scan.Scan
	report *violations
	told   func(types.HoldKey, math.Int) error

	ended   bool
	balance []byte // key of the current hold's balance
	key     types.HoldKey
	left    math.Int
}

func (k *Keeper) openHolds(ctx context.Context, report *violations, told func(types.HoldKey, math.Int) error) (*holdRoll, error) {
	records, err := scan.Open(ctx, k.store, types.HoldsPrefix.Bytes())
	if err != nil {
		return nil, err
	}
	roll := &holdRoll{keeper: k, scan: records, report: report, told: told}
	if err := roll.next(); err != nil {
		records.Close()
		return nil, err
	}
	return roll, nil
}

// next goes to the next hold, tells of it, and reports one that is not above zero.
func (r *holdRoll) next() error {
	if !r.scan.Next() {
		r.ended = true
		return r.scan.Err()
	}
	_, key, err := r.keeper.holds.KeyCodec().Decode(r.scan.Key())
	if err != nil {
		return fmt.Errorf("key %X is none of a hold: %w", r.scan.Key(), err)
	}
	if r.left, err = r.keeper.holds.ValueCodec().Decode(r.scan.Value()); err != nil {
		return fmt.Errorf("hold %s: %w", key.K4(), err)
	}
	r.key = types.HoldKey{Account: key.K1(), Denom: key.K2(), Module: key.K3(), ID: key.K4()}
	// The key begins as that of its balance, and goes on with a zero byte.
	r.balance = append(r.balance[:0], r.scan.Key()[:1+len(key.K1())+len(key.K2())]...)
	r.report.checkAmount("hold "+r.name(), r.left)
	return r.told(r.key, r.left)
}

func (r *holdRoll) name() string {
	return fmt.Sprintf("%s %s of %X in %s", r.key.Module, r.key.ID, []byte(r.key.Account), r.key.Denom)
}

// compare adds up the holds of a balance and compares them with what its record says. stored is nil if the
// record says that nothing is held.
func (r *holdRoll) compare(key, holder, denom []byte, stored *types.Balance) error {
	if err := r.skipTo(key); err != nil {
		return err
	}
	held, sum := math.ZeroInt(), math.ZeroInt()
	if stored != nil {
		held = stored.HeldAmount()
	}
	for !r.ended && bytes.Equal(r.balance, key) {
		var err error
		if sum, err = sum.SafeAdd(r.left); err != nil {
			return err
		}
		if err := r.next(); err != nil {
			return err
		}
	}
	if !held.Equal(sum) {
		r.report.add("%s: %s are held, its holds add up to %s", balanceName(holder, denom), held, sum)
	}
	if stored != nil && stored.Held != nil && held.IsZero() {
		r.report.add("%s: it says that nothing is held, and should say nothing", balanceName(holder, denom))
	}
	if stored != nil && !stored.Amount.IsNil() && held.GT(stored.Amount) {
		r.report.add("%s: %s are held of %s", balanceName(holder, denom), held, stored.Amount)
	}
	return nil
}

// skipTo reports the holds that lie before a balance: there is none for them.
func (r *holdRoll) skipTo(key []byte) error {
	for !r.ended && bytes.Compare(r.balance, key) < 0 {
		r.report.add("hold %s has no balance", r.name())
		if err := r.next(); err != nil {
			return err
		}
	}
	return nil
}

// finish reports the holds behind the last balance.
func (r *holdRoll) finish() error {
	for !r.ended {
		r.report.add("hold %s has no balance", r.name())
		if err := r.next(); err != nil {
			return err
		}
	}
	return nil
}
