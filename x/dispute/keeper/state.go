package keeper

import (
	"context"
	"errors"
	"strconv"
	"time"

	"cosmossdk.io/collections"
	errorsmod "cosmossdk.io/errors"

	sdk "github.com/cosmos/cosmos-sdk/types"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/dispute/domain"
	"github.com/zhilian-network/zhilian/x/dispute/types"
)

func numberOf(member accesstypes.Member, number uint64) numberOfMemberKey {
	return collections.Join3(member.InstitutionId, member.PartyId, number)
}

// found turns "not found" into false.
func found[V any](value V, err error) (V, bool, error) {
	if errors.Is(err, collections.ErrNotFound) {
		return value, false, nil
	}
	return value, err == nil, err
}

// Case returns a case, or ErrCaseNotFound.
func (k *Keeper) Case(ctx context.Context, number uint64) (types.Case, error) {
	c, exists, err := found(k.cases.Get(ctx, number))
	if err == nil && !exists {
		err = types.ErrCaseNotFound.Wrapf("%d", number)
	}
	return c, err
}

// Claim returns a claim, or ErrClaimNotFound.
func (k *Keeper) Claim(ctx context.Context, number uint64) (types.Claim, error) {
	claim, exists, err := found(k.claims.Get(ctx, number))
	if err == nil && !exists {
		err = types.ErrClaimNotFound.Wrapf("%d", number)
	}
	return claim, err
}

// panel is the panel that a case is before or was last.
func (k *Keeper) panel(ctx context.Context, c types.Case) (types.Panel, error) {
	return k.panels.Get(ctx, panelKey(c))
}

func panelKey(c types.Case) pairKey { return collections.Join(c.Id, uint64(c.Instance)) }

func (k *Keeper) setPanel(ctx context.Context, panel types.Panel) error {
	return k.panels.Set(ctx, collections.Join(panel.CaseId, uint64(panel.Instance)), panel)
}

// clock is the clock of cases as it was noted last.
func (k *Keeper) clock(ctx context.Context) (domain.Clock, error) {
	halted, _, err := found(k.halted.Get(ctx))
	if err != nil {
		return domain.Clock{}, err
	}
	tick, ticked, err := found(k.lastTick.Get(ctx))
	clock := domain.Clock{Halted: time.Duration(halted)}
	if ticked {
		clock.LastTick = time.Unix(0, tick).UTC()
	}
	return clock, err
}

// moment is what a decision about a case rests on.
type moment struct {
	params types.Params
	clock  domain.Clock
	now    time.Time // on the clock of cases
	block  time.Time
	height int64
}

// moment reads the settings and the clock. A halt that this block ends is counted already: otherwise it would be too
// late in it for what the halt has prolonged.
func (k *Keeper) moment(ctx context.Context) (moment, error) {
	params, err := k.params.Get(ctx)
	if err != nil {
		return moment{}, err
	}
	clock, err := k.clock(ctx)
	if err != nil {
		return moment{}, err
	}
	header := sdk.UnwrapSDKContext(ctx)
	m := moment{params: params, clock: clock, block: header.BlockTime().UTC(), height: header.BlockHeight()}
	if !clock.LastTick.IsZero() {
		m.clock, _, _ = clock.Tick(m.block, params.HaltGap)
	}
	m.now = m.clock.Now(m.block)
	return m, nil
}

// insertCase stores a case that is new, with its indexes.
func (k *Keeper) insertCase(ctx context.Context, c types.Case) error {
	if err := k.casesOf.Set(ctx, numberOf(c.Respondent, c.Id)); err != nil {
		return err
	}
	for _, claimant := range c.Claimants {
		if err := k.insertClaimant(ctx, c, claimant); err != nil {
			return err
		}
	}
	if c.IsOpen() {
		if err := k.due.Set(ctx, collections.Join(c.DueOnClock, c.Id)); err != nil {
			return err
		}
	}
	return k.storeCase(ctx, c)
}

// insertClaimant lists a case under one of its claimants and its facts.
func (k *Keeper) insertClaimant(ctx context.Context, c types.Case, claimant types.Claimant) error {
	if err := k.casesOf.Set(ctx, numberOf(claimant.Member, c.Id)); err != nil {
		return err
	}
	if c.Outcome != types.OutcomeUndecided {
		if err := k.caseOfFacts.Set(ctx, claimant.FactsKey(), c.Id); err != nil {
			return err
		}
	}
	if !c.IsOpen() || claimant.Left {
		return nil
	}
	return k.openCases.Set(ctx, collections.Join(claimant.Member.Text(), c.Id))
}

// setCase stores a case after a change, and lists it anew where its time changed.
func (k *Keeper) setCase(ctx context.Context, before, after types.Case) error {
	if !before.DueOnClock.Equal(after.DueOnClock) {
		if err := k.due.Remove(ctx, collections.Join(before.DueOnClock, before.Id)); err != nil {
			return err
		}
		if after.IsOpen() {
			if err := k.due.Set(ctx, collections.Join(after.DueOnClock, after.Id)); err != nil {
				return err
			}
		}
	}
	return k.storeCase(ctx, after)
}

// move takes a case one event further, stores it and tells.
func (k *Keeper) move(ctx context.Context, c types.Case, event domain.Event, m moment, operator string) (types.Case, error) {
	after, err := domain.Move(c, event, m.now, m.block, m.params)
	if err != nil {
		return c, err
	}
	if err := k.setCase(ctx, c, after); err != nil {
		return c, err
	}
	return after, emit(ctx, &types.EventCaseStatusChanged{
		CaseId: c.Id, Respondent: c.Respondent, From: c.Status, To: after.Status, Event: event.String(),
		DueOnClock: after.DueOnClock, Operator: operator,
	})
}

// save stores a case whose status and time are as they were.
func (k *Keeper) save(ctx context.Context, c types.Case) error { return k.storeCase(ctx, c) }

// codeOf is the code of a refusal, such as credit/112. What has none is told to be internal: its text may differ
// from node to node.
func codeOf(err error) string {
	var registered *errorsmod.Error
	if !errors.As(err, &registered) {
		return "internal"
	}
	return registered.Codespace() + "/" + strconv.FormatUint(uint64(registered.ABCICode()), 10)
}

// try runs a step in a branch of the state: what fails leaves nothing behind.
func try(ctx context.Context, step func(context.Context) error) error {
	branch, write := sdk.UnwrapSDKContext(ctx).CacheContext()
	if err := step(branch); err != nil {
		return err
	}
	write()
	return nil
}
