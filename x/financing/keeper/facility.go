package keeper

import (
	"context"

	"cosmossdk.io/collections"
	"cosmossdk.io/math"

	"github.com/zhilian-network/zhilian/internal/number"
	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/financing/domain"
	"github.com/zhilian-network/zhilian/x/financing/types"
	settlementtypes "github.com/zhilian-network/zhilian/x/settlement/types"
)

// offerFacility promises loans: what is promised counts against the lender's limits from now on.
func (k *Keeper) offerFacility(ctx context.Context, msg *types.MsgOfferFacility, lender accesstypes.Member, operator string) (uint64, error) {
	if _, err := k.fitAccount(ctx, msg.LenderAccount, msg.Currency); err != nil {
		return 0, err
	}
	account, err := k.fitAccount(ctx, msg.BorrowerAccount, msg.Currency)
	if err != nil {
		return 0, err
	}
	clock, err := k.clockNow(ctx)
	if err != nil {
		return 0, err
	}
	facility := types.Facility{
		Lender: lender, Borrower: ownerOf(account), LenderAccount: msg.LenderAccount, BorrowerAccount: msg.BorrowerAccount,
		Currency: msg.Currency, Limit: msg.Limit, Drawn: math.ZeroInt(), Terms: msg.Terms, LastDay: clock.Day + int64(msg.OpenDays), TestDays: msg.TestDays,
	}
	if facility.Lender == facility.Borrower {
		return 0, types.ErrInvalidFacility.Wrap("nobody lends to oneself")
	}
	for _, terms := range msg.Covenants {
		facility.Covenants = append(facility.Covenants, types.Covenant{Terms: terms, Status: types.CovenantMet})
	}
	before := facility
	if facility.Status, err = domain.NextFacilityStatus(types.FacilityNone, domain.Promise); err != nil {
		return 0, err
	}
	facility.NextDay = facility.LastDay + 1
	if facility.Id, err = number.Next(ctx, k.nextFacility); err != nil {
		return 0, err
	}
	if err := k.insertFacility(ctx, facility); err != nil {
		return 0, err
	}
	if err := k.countPromise(ctx, before, facility, math.ZeroInt()); err != nil {
		return 0, err
	}
	if err := k.enqueueDay(ctx, facility.NextDay, types.DueFacility, facility.Id); err != nil {
		return 0, err
	}
	return facility.Id, emit(ctx, &types.EventFacilityOffered{Facility: facility, Operator: operator})
}

// countPromise counts against the lender's limits what has become of a facility, drawn meaning its loans.
func (k *Keeper) countPromise(ctx context.Context, before, after types.Facility, drawn math.Int) error {
	return k.count(ctx, after.Lender, after.Borrower, after.Currency,
		domain.Exposure{Drawn: drawn, Reserved: domain.Promised(after).Sub(domain.Promised(before))})
}

// countLoan counts what has become of a loan against its facility and its lender's limits.
func (k *Keeper) countLoan(ctx context.Context, before, after types.Loan) error {
	drawn := after.Outstanding().Sub(before.Outstanding())
	wasOpen, isOpen := before.IsOwed(), after.IsOwed()
	if after.FacilityId == 0 {
		return k.count(ctx, after.Lender, after.Borrower, after.Currency, domain.Exposure{Drawn: drawn, Reserved: math.ZeroInt()})
	}
	if drawn.IsZero() && wasOpen == isOpen {
		return nil
	}
	facility, err := k.Facility(ctx, after.FacilityId)
	if err != nil {
		return err
	}
	changed := domain.FollowLoan(facility, before, after)
	key := collections.Join(facility.Id, after.Id)
	switch {
	case isOpen && !wasOpen:
		changed.OpenLoans++
		err = k.loansOfFacility.Set(ctx, key)
	case wasOpen && !isOpen:
		changed.OpenLoans--
		err = k.loansOfFacility.Remove(ctx, key)
	}
	if err != nil {
		return err
	}
	if err := k.facilities.Set(ctx, changed.Id, changed); err != nil {
		return err
	}
	return k.countPromise(ctx, facility, changed, drawn)
}

// changeFacility stores a facility that was accepted, suspended, resumed, cut or closed, and tells of it.
func (k *Keeper) changeFacility(ctx context.Context, before, after types.Facility, operator string) error {
	if err := k.facilities.Set(ctx, after.Id, after); err != nil {
		return err
	}
	if err := k.countPromise(ctx, before, after, math.ZeroInt()); err != nil {
		return err
	}
	return emit(ctx, &types.EventFacilityChanged{
		FacilityId: after.Id, OldStatus: before.Status, NewStatus: after.Status, OldLimit: before.Limit, NewLimit: after.Limit,
		Drawn: after.Drawn, Operator: operator,
	})
}

// turnFacility has an event happen to a facility.
func (k *Keeper) turnFacility(ctx context.Context, facility types.Facility, event domain.FacilityEvent, operator string) error {
	status, err := domain.NextFacilityStatus(facility.Status, event)
	if err != nil {
		return err
	}
	after := facility
	after.Status = status
	clock, err := k.clockNow(ctx)
	if err != nil {
		return err
	}
	switch event {
	case domain.TakeUp:
		if clock.Day > facility.LastDay {
			return types.ErrNotDrawable.Wrapf("until day %d", facility.LastDay)
		}
		after.NextTestDay = domain.NextTestDay(after, clock.Day)
		if err := k.enqueueDay(ctx, after.NextTestDay, types.DueCovenant, after.Id); err != nil {
			return err
		}
	case domain.Close:
		if after.NextDay, err = k.forgetDay(ctx, clock); err != nil {
			return err
		}
		if err := k.moveDay(ctx, facility.NextDay, after.NextDay, types.DueFacility, after.Id); err != nil {
			return err
		}
	}
	return k.changeFacility(ctx, facility, after, operator)
}

// drawFacility has the lender pay out a loan of today, or more of the one that revolves.
func (k *Keeper) drawFacility(ctx context.Context, facility types.Facility, amount math.Int, operator string) (uint64, string, error) {
	clock, err := k.clockNow(ctx)
	if err != nil {
		return 0, "", err
	}
	revolving, err := k.drawable(ctx, facility, amount, clock)
	if err != nil {
		return 0, "", err
	}
	facility.Draws++
	if err := k.facilities.Set(ctx, facility.Id, facility); err != nil {
		return 0, "", err
	}
	result, err := k.Settlement.Pay(ctx, settlementtypes.Order{
		Operator: operator, Debtor: facility.LenderAccount, Creditor: facility.BorrowerAccount, Currency: facility.Currency, Amount: amount,
		EndToEndDigest: types.PayDraw.Digest(facility.Id, facility.Draws),
	})
	if err != nil {
		return 0, "", err
	}
	if revolving != 0 {
		return revolving, result.Uetr, k.redraw(ctx, revolving, amount, result.Uetr, operator)
	}
	id, err := k.openLoan(ctx, domain.LoanTerms{
		LenderAccount: facility.LenderAccount, BorrowerAccount: facility.BorrowerAccount, Currency: facility.Currency, Principal: amount,
		Repayment: facility.Terms, FacilityID: facility.Id, DrawUETR: result.Uetr,
	})
	if err != nil {
		return 0, "", err
	}
	return id, result.Uetr, k.chargeMargin(ctx, id, domain.MarginPpm(facility))
}

// checkFacility refuses a loan that is not for its facility, or cannot be drawn from it today.
func (k *Keeper) checkFacility(ctx context.Context, terms domain.LoanTerms, parties domain.Parties, clock types.Clock) error {
	facility, err := k.Facility(ctx, terms.FacilityID)
	if err != nil {
		return err
	}
	if facility.Lender != parties.Lender || facility.Borrower != parties.Borrower || facility.Currency != terms.Currency {
		return types.ErrNotDrawable.Wrapf("%d is another one's, or in another currency", facility.Id)
	}
	_, err = k.drawable(ctx, facility, terms.Principal, clock)
	return err
}

// drawable refuses what the facility does not allow today, a draw beside a loan of it that is overdue, and one loan
// too many. It is the loan that a draw is added to, if the facility revolves and one is open; 0 if a draw is a loan of
// its own.
func (k *Keeper) drawable(ctx context.Context, facility types.Facility, amount math.Int, clock types.Clock) (uint64, error) {
	if err := domain.CheckDraw(facility, amount, clock.Day); err != nil {
		return 0, err
	}
	ids, err := k.loansOf(ctx, facility.Id)
	if err != nil {
		return 0, err
	}
	revolving := uint64(0)
	for _, id := range ids {
		_, loan, err := k.loanToday(ctx, id)
		if err != nil {
			return 0, err
		}
		if loan.Status != types.LoanActive {
			return 0, types.ErrNotDrawable.Wrapf("loan %d is %s", id, loan.Status)
		}
		if domain.IsRedrawable(loan) {
			revolving = id
		}
	}
	if revolving == 0 && len(ids) >= types.MaxOpenLoans {
		return 0, types.ErrTooManyLoans.Wrapf("%d", len(ids))
	}
	return revolving, nil
}

func (k *Keeper) redraw(ctx context.Context, id uint64, amount math.Int, uetr, operator string) error {
	stored, loan, err := k.loanToday(ctx, id)
	if err != nil {
		return err
	}
	if loan.Draws >= types.MaxTraced {
		return types.ErrTooManyUses.Wrapf("%d draws", loan.Draws)
	}
	after, err := domain.Redraw(loan, amount)
	if err != nil {
		return err
	}
	if err := k.changeLoan(ctx, stored, after, operator); err != nil {
		return err
	}
	return k.noteDraw(ctx, after, amount, uetr)
}

// noteDraw enters the payment that a loan's newest draw is.
func (k *Keeper) noteDraw(ctx context.Context, loan types.Loan, amount math.Int, uetr string) error {
	draw := types.Draw{LoanId: loan.Id, Number: loan.Draws, PaymentUetr: uetr, Amount: amount, Day: loan.AdvancedToDay}
	if err := k.draws.Set(ctx, collections.Join(loan.Id, draw.Number), draw); err != nil {
		return err
	}
	return emit(ctx, &types.EventLoanDrawn{Draw: draw, FacilityId: loan.FacilityId, Outstanding: loan.Outstanding()})
}

// facilityDue ends a facility whose last day is over, and forgets it when it has been closed long enough and all
// its loans are repaid.
func (k *Keeper) facilityDue(ctx context.Context, id uint64) (work int, err error) {
	facility, err := k.Facility(ctx, id)
	if err != nil {
		return 1, err
	}
	if facility.Status != types.FacilityClosed {
		return 2, k.turnFacility(ctx, facility, domain.Close, "")
	}
	if facility.OpenLoans == 0 && facility.NextTestDay == 0 {
		return 2, k.dropFacility(ctx, facility)
	}
	clock, err := k.clockNow(ctx)
	if err != nil {
		return 1, err
	}
	if facility.NextDay, err = k.forgetDay(ctx, clock); err != nil {
		return 1, err
	}
	if err := k.enqueueDay(ctx, facility.NextDay, types.DueFacility, id); err != nil {
		return 1, err
	}
	return 2, k.facilities.Set(ctx, id, facility)
}

// forgetDay is when what ends today is forgotten.
func (k *Keeper) forgetDay(ctx context.Context, clock types.Clock) (int64, error) {
	params, err := k.params.Get(ctx)
	return clock.Day + int64(params.RetentionDays), err
}
