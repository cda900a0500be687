package keeper

import (
	"context"

	"cosmossdk.io/math"

	ledgertypes "github.com/zhilian-network/zhilian/x/ledger/types"
	"github.com/zhilian-network/zhilian/x/settlement/types"
)

// heldRoll compares what the ledger holds for this module with the module's own records of it.
type heldRoll struct {
	keeper *Keeper
	ctx    context.Context
	report *roll
	seen   int
}

// compare looks at one hold of the ledger's. Those of other modules are theirs to check.
func (r *heldRoll) compare(key ledgertypes.HoldKey, left math.Int) error {
	if key.Module != types.ModuleName {
		return nil
	}
	r.seen++
	id, err := types.ParseUETR(key.ID)
	if err != nil {
		r.report.report("the ledger holds %s of %s under %q, which is no UETR", left, key.Denom, key.ID)
		return nil
	}
	hold, exists, err := found(r.keeper.holds.Get(r.ctx, id[:]))
	if err != nil {
		return err
	}
	if !exists || !hold.Left().Equal(left) {
		r.report.report("the ledger holds %s for hold %s, which has status %s", left, key.ID, hold.Status)
	}
	return nil
}

// finish finds pending holds for which the ledger holds nothing.
func (r *heldRoll) finish() error {
	pending := 0
	err := r.keeper.holds.Walk(r.ctx, nil, func(_ []byte, hold types.Hold) (bool, error) {
		if hold.Status == types.HoldPending {
			pending++
		}
		return false, nil
	})
	if err == nil && pending != r.seen {
		r.report.report("%d holds are pending, the ledger has %d", pending, r.seen)
	}
	return err
}
