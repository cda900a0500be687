package keeper

import (
	"context"
	"fmt"

	"cosmossdk.io/collections"
	"cosmossdk.io/math"

	"github.com/zhilian-network/zhilian/x/dispute/types"
)

// MaxViolations bounds the report of CheckInvariants.
const MaxViolations = 100

// CheckInvariants reads the whole state and returns its violations in words, none if all is well: what is stored is
// a valid genesis, so that what is granted is within what is in dispute, and is paid or owed, and nothing else; the
// ledger holds exactly what cases say that they hold; each open case has one place in the queue of time, and each
// open claim one in that of its payer; statistics and scores are those of the cases and the feedback. It runs on demand and in tests, not in blocks.
func (k *Keeper) CheckInvariants(ctx context.Context) ([]string, error) {
	state, err := k.ExportGenesis(ctx)
	if err != nil {
		return nil, err
	}
	var violations []string
	if err := state.Validate(); err != nil {
		violations = append(violations, err.Error())
	}
	for _, check := range []func(context.Context, *types.GenesisState) ([]string, error){k.checkHeld, k.checkQueues, k.checkOpen, k.checkCounted} {
		more, err := check(ctx, state)
		if err != nil {
			return nil, err
		}
		violations = append(violations, more...)
	}
	return violations[:min(len(violations), MaxViolations)], nil
}

func (k *Keeper) checkHeld(ctx context.Context, state *types.GenesisState) ([]string, error) {
	var violations []string
	compare := func(account, currency, id string, want math.Int) error {
		if account == "" {
			return nil
		}
		at, err := k.deps.Payments.Account(ctx, account)
		if err != nil {
			return err
		}
		key, err := k.holdKey(at, currency, id)
		if err != nil {
			return err
		}
		held, err := k.deps.Holds.Held(ctx, key)
		if err == nil && !held.Equal(want) {
			violations = append(violations, fmt.Sprintf("the ledger holds %s as %s, the case says %s", held, id, want))
		}
		return err
	}
	for _, c := range state.Cases {
		for place, claimant := range c.Claimants {
			if err := compare(claimant.Payer, claimant.Currency, holdID(c.Id, uint32(place)), claimant.Held); err != nil {
				return nil, err
			}
		}
		if err := compare(c.DepositAccount, c.DepositCurrency, depositID(c.Id), c.Deposit); err != nil {
			return nil, err
		}
	}
	return violations, nil
}

func (k *Keeper) checkQueues(ctx context.Context, state *types.GenesisState) ([]string, error) {
	var violations []string
	open := 0
	for _, c := range state.Cases {
		if !c.IsOpen() {
			continue
		}
		open++
		listed, err := k.due.Has(ctx, collections.Join(c.DueOnClock, c.Id))
		if err != nil {
			return nil, err
		}
		if !listed {
			violations = append(violations, fmt.Sprintf("nobody waits for case %d", c.Id))
		}
	}
	due := 0
	err := k.due.Walk(ctx, nil, func(dueKey) (bool, error) { due++; return false, nil })
	if err != nil {
		return nil, err
	}
	if due != open {
		violations = append(violations, fmt.Sprintf("%d cases are open, %d are waited for", open, due))
	}
	owed := 0
	for _, claim := range state.Claims {
		if !claim.IsOpen() {
			continue
		}
		owed++
		listed, err := k.claimsOfPayer.Has(ctx, claimKeyOf(claim))
		if err != nil {
			return nil, err
		}
		if !listed {
			violations = append(violations, fmt.Sprintf("nobody serves claim %d", claim.Id))
		}
	}
	served := 0
	err = k.claimsOfPayer.Walk(ctx, nil, func(claimKey) (bool, error) { served++; return false, nil })
	if served != owed {
		violations = append(violations, fmt.Sprintf("%d claims are open, %d are served", owed, served))
	}
	return violations, err
}

// checkOpen compares the list of open cases, which bounds claimants, with the cases.
func (k *Keeper) checkOpen(ctx context.Context, state *types.GenesisState) ([]string, error) {
	var violations []string
	want := map[string]bool{}
	for _, c := range state.Cases {
		for _, claimant := range c.Claimants {
			if c.IsOpen() && !claimant.Left {
				want[fmt.Sprint(claimant.Member.Text(), " ", c.Id)] = true
			}
		}
	}
	listed := 0
	err := k.openCases.Walk(ctx, nil, func(key memberKey) (bool, error) {
		listed++
		if !want[fmt.Sprint(key.K1(), " ", key.K2())] {
			violations = append(violations, fmt.Sprintf("case %d counts as open for %s wrongly", key.K2(), key.K1()))
		}
		return false, nil
	})
	if listed != len(want) {
		violations = append(violations, fmt.Sprintf("%d cases of claimants are open, %d are listed", len(want), listed))
	}
	return violations, err
}
