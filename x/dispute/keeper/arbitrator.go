package keeper

import (
	"context"

	"cosmossdk.io/collections"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/dispute/domain"
	"github.com/zhilian-network/zhilian/x/dispute/types"
)

// enrol has an operator of an institution drawn for panels.
func (k *Keeper) enrol(ctx context.Context, actor accesstypes.Actor, arbitrator string) error {
	scope, err := k.deps.Access.ScopeOf(ctx, arbitrator)
	if err != nil {
		return err
	}
	if actor.PartyID != "" || scope != (accesstypes.Scope{InstitutionID: actor.InstitutionID}) {
		return types.ErrNotArbitrator.Wrapf("%s is no operator of %s itself", arbitrator, actor.InstitutionID)
	}
	known, err := k.arbitrators.Has(ctx, arbitrator)
	if err != nil {
		return err
	}
	if known {
		return types.ErrEnrolledAlready.Wrap(arbitrator)
	}
	if err := k.mayEnrol(ctx, actor.InstitutionID); err != nil {
		return err
	}
	if err := k.insertArbitrator(ctx, types.Arbitrator{
		Arbitrator: arbitrator, InstitutionId: actor.InstitutionID, EnrolledAt: blockTime(ctx).UTC(),
	}); err != nil {
		return err
	}
	return emit(ctx, &types.EventArbitratorEnrolled{Arbitrator: arbitrator, InstitutionId: actor.InstitutionID, Operator: actor.Address})
}

// mayEnrol walks at most MaxArbitrators keys.
func (k *Keeper) mayEnrol(ctx context.Context, institution string) error {
	all, own := 0, 0
	err := k.arbitratorsOf.Walk(ctx, nil, func(key textKey) (bool, error) {
		all++
		if key.K1() == institution {
			own++
		}
		return false, nil
	})
	if err != nil {
		return err
	}
	if all >= types.MaxArbitrators || own >= types.MaxArbitratorsPerInstitution {
		return types.ErrTooManyArbitrators.Wrapf("%s has %d, the network %d", institution, own, all)
	}
	return nil
}

func (k *Keeper) insertArbitrator(ctx context.Context, arbitrator types.Arbitrator) error {
	if err := k.arbitratorsOf.Set(ctx, collections.Join(arbitrator.InstitutionId, arbitrator.Arbitrator)); err != nil {
		return err
	}
	return k.arbitrators.Set(ctx, arbitrator.Arbitrator, arbitrator)
}

// strike has an arbitrator drawn no more. It finishes what it has begun: an institution cannot take back a panel that
// it does not like.
func (k *Keeper) strike(ctx context.Context, actor accesstypes.Actor, address string) error {
	arbitrator, exists, err := found(k.arbitrators.Get(ctx, address))
	if err != nil {
		return err
	}
	if !exists || arbitrator.InstitutionId != actor.InstitutionID || actor.PartyID != "" {
		return types.ErrNotArbitrator.Wrapf("%s of %s", address, actor.InstitutionID)
	}
	if err := k.arbitratorsOf.Remove(ctx, collections.Join(arbitrator.InstitutionId, address)); err != nil {
		return err
	}
	if err := k.arbitrators.Remove(ctx, address); err != nil {
		return err
	}
	return emit(ctx, &types.EventArbitratorStruck{Arbitrator: address, InstitutionId: arbitrator.InstitutionId, Operator: actor.Address})
}

// declareInterest keeps an arbitrator off cases of a member, and takes it off those panels that it is on.
func (k *Keeper) declareInterest(ctx context.Context, actor accesstypes.Actor, member accesstypes.Member) error {
	known, err := k.arbitrators.Has(ctx, actor.Address)
	if err != nil {
		return err
	}
	if !known {
		return types.ErrNotArbitrator.Wrap(actor.Address)
	}
	count, repeated := 0, false
	err = k.interests.Walk(ctx, collections.NewPrefixedPairRange[string, string](actor.Address), func(key textKey) (bool, error) {
		count++
		repeated = repeated || key.K2() == member.Text()
		return false, nil
	})
	if err != nil {
		return err
	}
	if repeated || count >= types.MaxInterestsPerArbitrator {
		return types.ErrTooManyInterests.Wrapf("%d are declared", count)
	}
	if err := k.interests.Set(ctx, collections.Join(actor.Address, member.Text())); err != nil {
		return err
	}
	if err := emit(ctx, &types.EventInterestDeclared{Arbitrator: actor.Address, Member: member}); err != nil {
		return err
	}
	return k.recuse(ctx, actor.Address, member)
}

// recuse takes an arbitrator off the panels whose sides a member is, or serves.
func (k *Keeper) recuse(ctx context.Context, arbitrator string, member accesstypes.Member) error {
	var cases []uint64
	err := k.seats.Walk(ctx, collections.NewPrefixedPairRange[string, uint64](arbitrator), func(key memberKey) (bool, error) {
		cases = append(cases, key.K2())
		return false, nil
	})
	if err != nil {
		return err
	}
	m, err := k.moment(ctx)
	if err != nil {
		return err
	}
	for _, id := range cases {
		c, err := k.Case(ctx, id)
		if err != nil {
			return err
		}
		if !domain.IsInterested(member, c.Sides()) || c.Status != types.Committing && c.Status != types.Revealing {
			continue
		}
		panel, err := k.panel(ctx, c)
		if err != nil {
			return err
		}
		if place := panel.Seat(arbitrator); place >= 0 {
			if err := k.unseat(ctx, c, panel, place, types.Recused, m); err != nil {
				return err
			}
		}
	}
	return nil
}

// unseat takes a member off a panel; a reserve takes its seat while votes are still committed to.
func (k *Keeper) unseat(ctx context.Context, c types.Case, panel types.Panel, place int, status types.SeatStatus, m moment) error {
	before := len(panel.Seats)
	panel = domain.Unseat(panel, place, status, c.Status == types.Committing)
	panel, err := k.changeSeats(ctx, c, panel, before, []int{place}, m)
	if err != nil {
		return err
	}
	return k.advance(ctx, c, panel, m)
}

// changeSeats notes who left a panel and who came to it, from a place on.
func (k *Keeper) changeSeats(ctx context.Context, c types.Case, panel types.Panel, from int, left []int, m moment) (types.Panel, error) {
	for _, place := range left {
		seat := panel.Seats[place]
		if err := k.seats.Remove(ctx, collections.Join(seat.Arbitrator, c.Id)); err != nil {
			return panel, err
		}
		if err := k.closeEvidence(ctx, c, seat); err != nil {
			return panel, err
		}
		if err := emit(ctx, &types.EventSeatChanged{CaseId: c.Id, Arbitrator: seat.Arbitrator, Status: seat.Status}); err != nil {
			return panel, err
		}
	}
	for _, seat := range panel.Seats[from:] {
		var err error
		if panel, err = k.takeSeat(ctx, c, panel, seat, m); err != nil {
			return panel, err
		}
	}
	return panel, nil
}
