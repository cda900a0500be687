package keeper

import (
	"context"
	"errors"
	"time"

	"cosmossdk.io/collections"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/credit/domain"
	"github.com/zhilian-network/zhilian/x/credit/types"
	settlementtypes "github.com/zhilian-network/zhilian/x/settlement/types"
)

// PaymentsSettled adds what one message of settlement has settled to the flows of those who are enrolled. It looks up
// each party once, and writes each flow once. Of a party that is not enrolled nothing is kept.
func (k *Keeper) PaymentsSettled(ctx context.Context, settled []settlementtypes.SettledPayment) error {
	open := openFlows{keeper: k, month: types.MonthOf(blockTime(ctx)), places: map[flowOwner]int{}}
	for _, payment := range settled {
		if !domain.Counts(payment.Debtor, payment.Creditor) {
			continue
		}
		amount := domain.Minor(payment.Amount)
		payer, err := open.of(ctx, payment.Debtor, payment.Currency)
		if err != nil {
			return err
		}
		payee, err := open.of(ctx, payment.Creditor, payment.Currency)
		if err != nil {
			return err
		}
		switch {
		case payment.Return:
			if payer >= 0 {
				domain.ReturnOut(&open.flows[payer], amount)
			}
			if payee >= 0 {
				domain.ReturnIn(&open.flows[payee], amount)
			}
		default:
			if payer >= 0 {
				domain.Pay(&open.flows[payer], types.CounterpartyDigest(payment.Debtor, payment.Creditor), amount)
			}
			if payee >= 0 {
				domain.Receive(&open.flows[payee], types.CounterpartyDigest(payment.Creditor, payment.Debtor), amount)
			}
		}
	}
	return open.write(ctx)
}

// flowOwner is a subject and a currency.
type flowOwner struct {
	subject  accesstypes.Member
	currency string
}

// openFlows are the flows that a message changes, each loaded once. The map leads to places and is never walked.
type openFlows struct {
	keeper *Keeper
	month  uint32
	flows  []types.Flow
	places map[flowOwner]int
}

// of is the place of a flow, below zero for who is not enrolled, or not for this currency.
func (o *openFlows) of(ctx context.Context, subject accesstypes.Member, currency string) (int, error) {
	owner := flowOwner{subject, currency}
	if at, known := o.places[owner]; known {
		return at, nil
	}
	flow, enrolled, err := o.keeper.flowOf(ctx, subject, currency, o.month)
	if err != nil {
		return 0, err
	}
	o.places[owner] = -1
	if enrolled {
		o.places[owner] = len(o.flows)
		o.flows = append(o.flows, flow)
	}
	return o.places[owner], nil
}

func (o *openFlows) write(ctx context.Context) error {
	for _, flow := range o.flows {
		if err := o.keeper.setFlow(ctx, flow); err != nil {
			return err
		}
	}
	return nil
}

// flowOf is a subject's flow of a month, an empty one if there is none yet, and whether it is enrolled for it.
func (k *Keeper) flowOf(ctx context.Context, subject accesstypes.Member, currency string, month uint32) (types.Flow, bool, error) {
	text := subject.Text()
	enrolment, err := k.enrolments.Get(ctx, text)
	switch {
	case errors.Is(err, collections.ErrNotFound):
		return types.Flow{}, false, nil
	case err != nil:
		return types.Flow{}, false, err
	case !enrolment.IsActive(blockTime(ctx)) || !enrolment.Covers(currency):
		return types.Flow{}, false, nil
	}
	flow, err := k.flows.Get(ctx, collections.Join3(month, text, currency))
	if errors.Is(err, collections.ErrNotFound) {
		return types.Flow{Month: month, Subject: subject, Currency: currency}, true, nil
	}
	return flow, true, err
}

func (k *Keeper) setFlow(ctx context.Context, flow types.Flow) error {
	return k.flows.Set(ctx, collections.Join3(flow.Month, flow.Subject.Text(), flow.Currency), flow)
}

// RecordPunctuality tells that something a party owed has come to its end: a receivable that it had confirmed as debtor
// was paid, or an instalment of its loan, or it was given up. Each is told once, by the module that keeps it. Of a
// party that is not enrolled for the currency, and of what it owes to itself, nothing is kept. It asks nobody for
// permission.
func (k *Keeper) RecordPunctuality(ctx context.Context, party accesstypes.Member, obligation types.Obligation) error {
	if err := obligation.Validate(); err != nil {
		return err
	}
	if !domain.Counts(party, obligation.Creditor) {
		return nil
	}
	flow, enrolled, err := k.flowOf(ctx, party, obligation.Currency, types.MonthOf(blockTime(ctx)))
	if err != nil || !enrolled {
		return err
	}
	domain.Settle(&flow, obligation)
	return k.setFlow(ctx, flow)
}

// TakeBackDefault tells that an obligation that was told as given up at a time was none: a ruling has said so. What was
// kept of it then is taken back, if the party was enrolled; ratings that have read it stay as they are. It asks nobody for
// permission.
func (k *Keeper) TakeBackDefault(ctx context.Context, party accesstypes.Member, obligation types.Obligation, at time.Time) error {
	if err := obligation.Validate(); err != nil {
		return err
	}
	enrolment, err := k.Enrolment(ctx, party)
	switch {
	case errors.Is(err, types.ErrNotEnrolled):
		return nil
	case err != nil:
		return err
	case !enrolment.Since.Before(at) || !domain.Counts(party, obligation.Creditor):
		return nil
	}
	flow, enrolled, err := k.flowOf(ctx, party, obligation.Currency, types.MonthOf(at))
	if err != nil || !enrolled || flow.Loans.Count+flow.Receivables.Count == 0 {
		return err
	}
	domain.Unsettle(&flow, obligation)
	return k.setFlow(ctx, flow)
}

// RecordDisputeLost tells that a ruling went against a party, once for each. Of a party that is not enrolled nothing is
// kept. It asks nobody for permission.
func (k *Keeper) RecordDisputeLost(ctx context.Context, party accesstypes.Member) error {
	if _, err := k.Enrolment(ctx, party); errors.Is(err, types.ErrNotEnrolled) {
		return nil
	} else if err != nil {
		return err
	}
	key := collections.Join(types.MonthOf(blockTime(ctx)), party.Text())
	count, err := k.disputes.Get(ctx, key)
	if errors.Is(err, collections.ErrNotFound) {
		count, err = types.DisputeCount{Month: key.K1(), Subject: party}, nil
	}
	if err != nil {
		return err
	}
	count.Lost = domain.AddCount(count.Lost, 1)
	return k.disputes.Set(ctx, key, count)
}
