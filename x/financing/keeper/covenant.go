package keeper

import (
	"context"
	"errors"
	"strconv"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	credittypes "github.com/zhilian-network/zhilian/x/credit/types"
	"github.com/zhilian-network/zhilian/x/financing/domain"
	"github.com/zhilian-network/zhilian/x/financing/types"
)

// covenantLevel is the level of grades and of open attested figures.
const covenantLevel = 2

// covenantsDue tests the covenants of a facility, and takes the actions of those that it finds broken.
func (k *Keeper) covenantsDue(ctx context.Context, id uint64) (work int, err error) {
	facility, err := k.Facility(ctx, id)
	if err != nil {
		return 1, err
	}
	clock, err := k.clockNow(ctx)
	if err != nil {
		return 1, err
	}
	before := domain.MarginPpm(facility)
	broken, err := k.testCovenants(ctx, &facility, clock.Day)
	if err != nil {
		return 1, err
	}
	facility.NextTestDay = domain.NextTestDay(facility, clock.Day)
	if err := k.enqueueDay(ctx, facility.NextTestDay, types.DueCovenant, id); err != nil {
		return 1, err
	}
	if err := k.facilities.Set(ctx, id, facility); err != nil {
		return 1, err
	}
	work = 1 + len(facility.Covenants)
	if margin := domain.MarginPpm(facility); margin != before {
		work += int(facility.OpenLoans)
		if err := k.chargeMargins(ctx, facility.Id, margin); err != nil {
			return work, err
		}
	}
	if broken[types.ActionAccelerate] {
		work += int(facility.OpenLoans)
		return work, k.accelerateAll(ctx, facility.Id)
	}
	if broken[types.ActionCut] {
		return work, k.cutFacility(ctx, facility.Id)
	}
	return work, nil
}

// testCovenants tests all of them, and tells which actions are to be taken.
func (k *Keeper) testCovenants(ctx context.Context, facility *types.Facility, today int64) (map[types.CovenantAction]bool, error) {
	broken := map[types.CovenantAction]bool{}
	covenants := make([]types.Covenant, len(facility.Covenants))
	for i, covenant := range facility.Covenants {
		kept, observed, err := k.observe(ctx, *facility, covenant.Terms)
		if err != nil {
			return nil, err
		}
		after, breaks := domain.TestCovenant(covenant, kept, today)
		event := &types.EventCovenantTested{
			FacilityId: facility.Id, Covenant: uint32(i + 1), Kept: kept, Observed: observed, OldStatus: covenant.Status, NewStatus: after.Status,
		}
		if breaks {
			event.Action, broken[covenant.Terms.Action] = covenant.Terms.Action, true
		}
		if err := emit(ctx, event); err != nil {
			return nil, err
		}
		covenants[i] = after
	}
	facility.Covenants = covenants
	return broken, nil
}

// observe says whether a covenant is kept now, and what was found. What the lender may not be told, and what
// nobody attests, is not kept: the borrower undertook that it can be seen.
func (k *Keeper) observe(ctx context.Context, facility types.Facility, terms types.CovenantTerms) (kept bool, observed string, err error) {
	_, err = k.Access.CheckSharing(ctx, accesstypes.Sharing{
		Subject: facility.Borrower.Scope(), Reader: facility.Lender.Scope(), Purpose: accesstypes.Purpose_PURPOSE_FINANCING, Level: covenantLevel,
	})
	if errors.Is(err, accesstypes.ErrConsentMissing) {
		return false, "no consent", nil
	}
	if err != nil {
		return false, "", err
	}
	if terms.Kind == types.CovenantGrade {
		return k.observeGrade(ctx, facility.Borrower, terms)
	}
	return k.observeFigure(ctx, facility.Borrower, terms)
}

func (k *Keeper) observeGrade(ctx context.Context, borrower accesstypes.Member, terms types.CovenantTerms) (bool, string, error) {
	grade, err := k.Ratings.GradeInForce(ctx, borrower, terms.Product)
	if errors.Is(err, credittypes.ErrRatingNotFound) {
		return false, "no valid rating", nil
	}
	return err == nil && grade.AtLeast(terms.Grade), grade.Grade, err
}

func (k *Keeper) observeFigure(ctx context.Context, borrower accesstypes.Member, terms types.CovenantTerms) (bool, string, error) {
	figure, err := k.Ratings.FigureInForce(ctx, borrower, terms.Input)
	switch {
	case errors.Is(err, credittypes.ErrNoInputs):
		return false, "not attested", nil
	case errors.Is(err, credittypes.ErrInputConflict):
		return false, "attested differently", nil
	case err != nil:
		return false, "", err
	case figure.Code != "":
		return false, "not a number", nil
	}
	return domain.KeepsFigure(terms, figure.Value, figure.Decimals), strconv.FormatInt(figure.Value, 10) + "e-" + strconv.Itoa(int(figure.Decimals)), nil
}

// chargeMargins adds to the interest of all loans of a facility what its broken covenants say, from today.
func (k *Keeper) chargeMargins(ctx context.Context, facility uint64, margin uint32) error {
	ids, err := k.loansOf(ctx, facility)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := k.chargeMargin(ctx, id, margin); err != nil {
			return err
		}
	}
	return nil
}

func (k *Keeper) chargeMargin(ctx context.Context, id uint64, margin uint32) error {
	stored, loan, err := k.loanToday(ctx, id)
	if err != nil || loan.MarginPpm == margin {
		return err
	}
	loan.MarginPpm = margin
	return k.changeLoan(ctx, stored, loan, "")
}

// accelerateAll has all loans of a facility default, and closes it.
func (k *Keeper) accelerateAll(ctx context.Context, id uint64) error {
	ids, err := k.loansOf(ctx, id)
	if err != nil {
		return err
	}
	for _, loanID := range ids {
		stored, loan, err := k.loanToday(ctx, loanID)
		if err != nil {
			return err
		}
		if loan.Status != types.LoanActive && loan.Status != types.LoanOverdue {
			continue // it has defaulted already
		}
		after, err := domain.Accelerate(loan)
		if err != nil {
			return err
		}
		if err := k.changeLoan(ctx, stored, after, ""); err != nil {
			return err
		}
	}
	facility, err := k.Facility(ctx, id)
	if err != nil || facility.Status == types.FacilityClosed {
		return err
	}
	return k.turnFacility(ctx, facility, domain.Close, "")
}

// cutFacility leaves a facility what is drawn of it.
func (k *Keeper) cutFacility(ctx context.Context, id uint64) error {
	facility, err := k.Facility(ctx, id)
	if err != nil || facility.Status == types.FacilityClosed {
		return err
	}
	after := facility
	after.Limit = facility.Drawn
	return k.changeFacility(ctx, facility, after, "")
}
