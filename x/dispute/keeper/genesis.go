package keeper

import (
	"context"
	"strings"
	"time"

	"cosmossdk.io/collections"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/dispute/types"
)

// InitGenesis fills an empty store, with indexes and queues. What is held lies with the ledger, which comes first.
func (k *Keeper) InitGenesis(ctx context.Context, state *types.GenesisState) error {
	if err := state.Validate(); err != nil {
		return err
	}
	if err := k.params.Set(ctx, state.Params); err != nil {
		return err
	}
	cases := make(map[uint64]types.Case, len(state.Cases))
	for _, c := range state.Cases {
		cases[c.Id] = c
		if err := k.insertCase(ctx, c); err != nil {
			return err
		}
		if !c.DepositDueOnClock.IsZero() {
			if err := k.depositsDue.Set(ctx, collections.Join(c.DepositDueOnClock, c.Id)); err != nil {
				return err
			}
		}
	}
	for _, facts := range state.Facts {
		if err := k.facts.Set(ctx, collections.Join(facts.CaseId, uint64(facts.Claimant)), facts); err != nil {
			return err
		}
	}
	for _, panel := range state.Panels {
		if err := k.insertPanel(ctx, panel, cases[panel.CaseId]); err != nil {
			return err
		}
	}
	for _, claim := range state.Claims {
		if err := k.insertClaim(ctx, claim); err != nil {
			return err
		}
	}
	if err := k.initArbitrators(ctx, state); err != nil {
		return err
	}
	if err := k.initClock(ctx, state); err != nil {
		return err
	}
	if err := k.initFeedback(ctx, state); err != nil {
		return err
	}
	if err := k.nextCase.Set(ctx, state.NextCaseId); err != nil {
		return err
	}
	return k.nextClaim.Set(ctx, state.NextClaimId)
}

// insertPanel lists a panel for its draw, or its members' seats, if it is at work.
func (k *Keeper) insertPanel(ctx context.Context, panel types.Panel, c types.Case) error {
	atWork := panel.Instance == c.Instance
	if atWork && c.Status == types.Drawing && len(panel.BlockHash) == 0 {
		if err := k.draws.Set(ctx, collections.Join(panel.DrawHeight, c.Id)); err != nil {
			return err
		}
	}
	if atWork && (c.Status == types.Committing || c.Status == types.Revealing) {
		for _, seat := range panel.Seats {
			if seat.Status != types.Seated {
				continue
			}
			if err := k.seats.Set(ctx, collections.Join(seat.Arbitrator, c.Id)); err != nil {
				return err
			}
		}
	}
	return k.setPanel(ctx, panel)
}

func (k *Keeper) initArbitrators(ctx context.Context, state *types.GenesisState) error {
	for _, arbitrator := range state.Arbitrators {
		if err := k.insertArbitrator(ctx, arbitrator); err != nil {
			return err
		}
	}
	for _, interest := range state.Interests {
		key := collections.Join(interest.Arbitrator, interest.Member.Text())
		var err error
		if interest.Until.IsZero() {
			err = k.interests.Set(ctx, key)
		} else {
			err = k.sat.Set(ctx, key, interest.Until.UnixNano())
		}
		if err != nil {
			return err
		}
	}
	for _, record := range state.Frivolous {
		if err := k.frivolous.Set(ctx, record.Member.Text(), uint64(record.Count)); err != nil {
			return err
		}
	}
	return nil
}

func (k *Keeper) initClock(ctx context.Context, state *types.GenesisState) error {
	if state.Halted > 0 {
		if err := k.halted.Set(ctx, int64(state.Halted)); err != nil {
			return err
		}
	}
	if !state.LastTick.IsZero() {
		if err := k.lastTick.Set(ctx, state.LastTick.UnixNano()); err != nil {
			return err
		}
	}
	return k.setCursor(ctx, state.ClaimCursor)
}

// ExportGenesis reads the whole store: each list in the order of its keys.
func (k *Keeper) ExportGenesis(ctx context.Context) (*types.GenesisState, error) {
	params, err := k.params.Get(ctx)
	if err != nil {
		return nil, err
	}
	state := &types.GenesisState{Params: params}
	if state.Cases, err = values(ctx, k.cases); err != nil {
		return nil, err
	}
	if state.NextCaseId, err = k.nextCase.Peek(ctx); err != nil {
		return nil, err
	}
	if state.Facts, err = values(ctx, k.facts); err != nil {
		return nil, err
	}
	if state.Panels, err = values(ctx, k.panels); err != nil {
		return nil, err
	}
	if state.Claims, err = values(ctx, k.claims); err != nil {
		return nil, err
	}
	if state.NextClaimId, err = k.nextClaim.Peek(ctx); err != nil {
		return nil, err
	}
	if state.Arbitrators, err = values(ctx, k.arbitrators); err != nil {
		return nil, err
	}
	if err := k.exportInterests(ctx, state); err != nil {
		return nil, err
	}
	if err := k.exportFeedback(ctx, state); err != nil {
		return nil, err
	}
	clock, err := k.clock(ctx)
	if err != nil {
		return nil, err
	}
	state.Halted, state.LastTick = clock.Halted, clock.LastTick
	state.ClaimCursor, _, err = found(k.claimCursor.Get(ctx))
	return state, err
}

func (k *Keeper) exportInterests(ctx context.Context, state *types.GenesisState) error {
	err := k.interests.Walk(ctx, nil, func(key textKey) (bool, error) {
		state.Interests = append(state.Interests, types.Interest{Arbitrator: key.K1(), Member: memberOf(key.K2())})
		return false, nil
	})
	if err != nil {
		return err
	}
	err = k.sat.Walk(ctx, nil, func(key textKey, until int64) (bool, error) {
		state.Interests = append(state.Interests, types.Interest{
			Arbitrator: key.K1(), Member: memberOf(key.K2()), Until: time.Unix(0, until).UTC(),
		})
		return false, nil
	})
	if err != nil {
		return err
	}
	return k.frivolous.Walk(ctx, nil, func(member string, count uint64) (bool, error) {
		state.Frivolous = append(state.Frivolous, types.FrivolousRecord{Member: memberOf(member), Count: uint32(count)})
		return false, nil
	})
}

// memberOf reads memberText.
func memberOf(text string) accesstypes.Member {
	institution, party, _ := strings.Cut(text, "/")
	return accesstypes.Member{InstitutionId: institution, PartyId: party}
}

func values[K, V any](ctx context.Context, collection collections.Map[K, V]) ([]V, error) {
	var all []V
	err := collection.Walk(ctx, nil, func(_ K, value V) (bool, error) {
		all = append(all, value)
		return false, nil
	})
	return all, err
}
