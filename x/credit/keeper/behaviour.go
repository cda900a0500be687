package keeper

import (
	"context"
	"errors"

	"cosmossdk.io/collections"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/credit/domain"
	"github.com/zhilian-network/zhilian/x/credit/engine"
	"github.com/zhilian-network/zhilian/x/credit/types"
)

// Enrolment is a subject's enrolment that holds, or ErrNotEnrolled.
func (k *Keeper) Enrolment(ctx context.Context, subject accesstypes.Member) (types.Enrolment, error) {
	enrolment, err := k.enrolments.Get(ctx, subject.Text())
	if errors.Is(err, collections.ErrNotFound) || err == nil && !enrolment.IsActive(blockTime(ctx)) {
		return types.Enrolment{}, types.ErrNotEnrolled.Wrap(subject.Text())
	}
	return enrolment, err
}

// enrol begins to keep a subject's behaviour, or goes on for longer.
func (k *Keeper) enrol(ctx context.Context, asked types.Enrolment) (types.Enrolment, error) {
	text := asked.Subject.Text()
	before, err := k.enrolments.Get(ctx, text)
	if err != nil && !errors.Is(err, collections.ErrNotFound) {
		return types.Enrolment{}, err
	}
	known := err == nil
	if known && !before.IsActive(blockTime(ctx)) {
		// Its time is over, and no block has noticed yet: nothing of it goes on.
		if err := k.endEnrolment(ctx, before, ""); err != nil {
			return types.Enrolment{}, err
		}
		known = false
	}
	var enrolled types.Enrolment
	if known {
		enrolled, err = domain.Enrol(&before, asked)
	} else {
		enrolled, err = domain.Enrol(nil, asked)
	}
	if err != nil {
		return types.Enrolment{}, err
	}
	if known {
		if err := k.enrolmentQueue.Remove(ctx, collections.Join(before.EndsAt, text)); err != nil {
			return types.Enrolment{}, err
		}
	}
	if err := k.insertEnrolment(ctx, enrolled); err != nil {
		return types.Enrolment{}, err
	}
	return enrolled, emit(ctx, &types.EventBehaviourEnrolled{Enrolment: enrolled})
}

func (k *Keeper) insertEnrolment(ctx context.Context, enrolment types.Enrolment) error {
	text := enrolment.Subject.Text()
	if err := k.enrolmentQueue.Set(ctx, collections.Join(enrolment.EndsAt, text)); err != nil {
		return err
	}
	return k.enrolments.Set(ctx, text, enrolment)
}

// endEnrolment erases what was kept, and ends the ratings that read it. It removes BehaviourMonths and
// one for each currency, and reads the subject's ratings.
func (k *Keeper) endEnrolment(ctx context.Context, enrolment types.Enrolment, operator string) error {
	text := enrolment.Subject.Text()
	if err := k.enrolmentQueue.Remove(ctx, collections.Join(enrolment.EndsAt, text)); err != nil {
		return err
	}
	if err := k.enrolments.Remove(ctx, text); err != nil {
		return err
	}
	months := keptMonths(ctx)
	// The month before them may wait to be swept.
	for _, month := range append(months, types.AddMonths(months[0], -1)) {
		for _, currency := range enrolment.Currencies {
			if err := k.flows.Remove(ctx, collections.Join3(month, text, currency)); err != nil {
				return err
			}
		}
		if err := k.disputes.Remove(ctx, collections.Join(month, text)); err != nil {
			return err
		}
	}
	if err := k.endRatings(ctx, enrolment.Subject, 0, types.Rating.ReadsBehaviour); err != nil {
		return err
	}
	return emit(ctx, &types.EventBehaviourEnded{Subject: enrolment.Subject, Operator: operator})
}

// keptMonths are those that figures read, the oldest first.
func keptMonths(ctx context.Context) []uint32 {
	current := types.MonthOf(blockTime(ctx))
	months := make([]uint32, types.BehaviourMonths)
	for i := range months {
		months[i] = types.AddMonths(current, i+1-types.BehaviourMonths)
	}
	return months
}

// behaviourOf loads what is kept of a subject in some of its currencies, at most BehaviourMonths of each.
func (k *Keeper) behaviourOf(ctx context.Context, enrolment types.Enrolment, currencies []string) (domain.Behaviour, error) {
	behaviour := domain.Behaviour{Enrolment: enrolment, Currencies: currencies}
	text := enrolment.Subject.Text()
	for _, month := range keptMonths(ctx) {
		for _, currency := range currencies {
			flow, err := k.flows.Get(ctx, collections.Join3(month, text, currency))
			if errors.Is(err, collections.ErrNotFound) {
				continue
			}
			if err != nil {
				return domain.Behaviour{}, err
			}
			behaviour.Flows = append(behaviour.Flows, flow)
		}
		count, err := k.disputes.Get(ctx, collections.Join(month, text))
		if errors.Is(err, collections.ErrNotFound) {
			continue
		}
		if err != nil {
			return domain.Behaviour{}, err
		}
		behaviour.Disputes = append(behaviour.Disputes, count)
	}
	return behaviour, nil
}

// fill gives the inputs of a model that the chain fills, all of them missing if the subject is not enrolled.
func (k *Keeper) fill(ctx context.Context, model *engine.Model, subject accesstypes.Member) ([]types.RatedInput, error) {
	read, reads := domain.BehaviourCurrencies(model)
	if !reads {
		return nil, nil
	}
	enrolment, err := k.Enrolment(ctx, subject)
	if errors.Is(err, types.ErrNotEnrolled) {
		return domain.Fill(model, nil)
	}
	if err != nil {
		return nil, err
	}
	var currencies []string
	for _, currency := range read {
		if enrolment.Covers(currency) {
			currencies = append(currencies, currency)
		}
	}
	behaviour, err := k.behaviourOf(ctx, enrolment, currencies)
	if err != nil {
		return nil, err
	}
	return domain.Fill(model, domain.Figures(behaviour, blockTime(ctx)))
}

// EndBlock ends attestations and enrolments that are over, and forgets months that are.
func (k *Keeper) EndBlock(ctx context.Context) error {
	for _, work := range []func(context.Context) error{k.endAttestations, k.endEnrolments, k.sweepFlows, k.sweepDisputes} {
		if err := work(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (k *Keeper) endEnrolments(ctx context.Context) error {
	now := blockTime(ctx)
	var due []enrolmentDueKey
	err := k.enrolmentQueue.Walk(ctx, nil, func(key enrolmentDueKey) (bool, error) {
		if key.K1().After(now) || len(due) == types.MaxEnrolmentEndsPerBlock {
			return true, nil
		}
		due = append(due, key)
		return false, nil
	})
	if err != nil {
		return err
	}
	for _, key := range due {
		enrolment, err := k.enrolments.Get(ctx, key.K2())
		if err != nil {
			return err
		}
		if err := k.endEnrolment(ctx, enrolment, ""); err != nil {
			return err
		}
	}
	return nil
}

func (k *Keeper) sweepFlows(ctx context.Context) error {
	return sweep(ctx, k.flows, func(key flowKey) uint32 { return key.K1() })
}

func (k *Keeper) sweepDisputes(ctx context.Context) error {
	return sweep(ctx, k.disputes, func(key disputeKey) uint32 { return key.K1() })
}

// sweep forgets records of months that no figure reads any more, at most MaxSweptPerBlock.
func sweep[K, V any](ctx context.Context, records collections.Map[K, V], monthOf func(K) uint32) error {
	oldest := keptMonths(ctx)[0]
	var over []K
	err := records.Walk(ctx, nil, func(key K, _ V) (bool, error) {
		if monthOf(key) >= oldest || len(over) == types.MaxSweptPerBlock {
			return true, nil
		}
		over = append(over, key)
		return false, nil
	})
	if err != nil {
		return err
	}
	for _, key := range over {
		if err := records.Remove(ctx, key); err != nil {
			return err
		}
	}
	return nil
}

func (k *Keeper) initBehaviour(ctx context.Context, state *types.GenesisState) error {
	for _, enrolment := range state.Enrolments {
		if err := k.insertEnrolment(ctx, enrolment); err != nil {
			return err
		}
	}
	for _, flow := range state.Flows {
		if err := k.flows.Set(ctx, collections.Join3(flow.Month, flow.Subject.Text(), flow.Currency), flow); err != nil {
			return err
		}
	}
	for _, count := range state.Disputes {
		if err := k.disputes.Set(ctx, collections.Join(count.Month, count.Subject.Text()), count); err != nil {
			return err
		}
	}
	return nil
}

func (k *Keeper) exportBehaviour(ctx context.Context, state *types.GenesisState) (err error) {
	if state.Enrolments, err = values(ctx, k.enrolments); err != nil {
		return err
	}
	if state.Flows, err = values(ctx, k.flows); err != nil {
		return err
	}
	state.Disputes, err = values(ctx, k.disputes)
	return err
}
