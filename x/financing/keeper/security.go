package keeper

import (
	"context"

	"cosmossdk.io/collections"
	"cosmossdk.io/math"

	"github.com/zhilian-network/zhilian/internal/number"
	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/financing/domain"
	"github.com/zhilian-network/zhilian/x/financing/types"
)

// secure binds units of a borrower to a loan: security names receivable, creditor (the borrower's account),
// secured (the lender's), units, loan, and its registration. When the debtor pays, the loan is served first from
// these units' money. It asks nobody for permission.
func (k *Keeper) secure(ctx context.Context, operator string, security types.Security) (uint64, error) {
	receivable, err := k.Receivable(ctx, security.ReceivableId)
	if err != nil {
		return 0, err
	}
	if security, err = k.named(ctx, security); err != nil {
		return 0, err
	}
	bound, err := k.bindable(ctx, receivable, security)
	if err != nil {
		return 0, err
	}
	if err := k.useRegistration(ctx, receivable.Id, security.RegistrationNumber); err != nil {
		return 0, err
	}
	security.NoticedAt = blockTime(ctx)
	if security.Id, err = number.Next(ctx, k.nextSecurity); err != nil {
		return 0, err
	}
	if err := k.insertSecurity(ctx, security); err != nil {
		return 0, err
	}
	account, err := k.bytesOf(security.Creditor)
	if err != nil {
		return 0, err
	}
	if err := k.bindUnits(ctx, receivable.Id, account, append(bound, security)); err != nil {
		return 0, err
	}
	return security.Id, emit(ctx, &types.EventUnitsBound{
		SecurityId: security.Id, ReceivableId: receivable.Id, Creditor: security.Creditor, Secured: security.Secured,
		Units: security.Units, LoanId: security.LoanId, RegistrationNumber: security.RegistrationNumber,
		Debtor: receivable.Debtor, Operator: operator,
	})
}

// named is a security with its accounts as settlement writes them.
func (k *Keeper) named(ctx context.Context, security types.Security) (types.Security, error) {
	creditor, err := k.Settlement.Account(ctx, security.Creditor)
	if err != nil {
		return security, err
	}
	secured, err := k.Settlement.Account(ctx, security.Secured)
	if err != nil {
		return security, err
	}
	security.Creditor, security.Secured = creditor.Address, secured.Address
	if creditor.Address == secured.Address {
		return security, types.ErrTransferTarget.Wrap("nobody secures what they owe themselves")
	}
	return security, nil
}

// bindable refuses a security for which there are not the units. It returns those that bind the holder's units
// already.
func (k *Keeper) bindable(ctx context.Context, receivable types.Receivable, security types.Security) ([]types.Security, error) {
	if receivable.Status != types.ReceivableConfirmed {
		return nil, types.ErrReceivableTransition.Wrapf("units of one that is %s are not bound", receivable.Status)
	}
	if err := types.CheckUnits(security.Units); err != nil {
		return nil, err
	}
	if _, err := k.fitAccount(ctx, security.Secured, receivable.Currency); err != nil {
		return nil, err
	}
	if security.Secured == receivable.Debtor {
		return nil, types.ErrTransferTarget.Wrap("the debtor owes the receivable")
	}
	all, err := k.securitiesOf(ctx, receivable.Id)
	if err != nil {
		return nil, err
	}
	if len(all) >= types.MaxSecurities {
		return nil, types.ErrTooManySecurities.Wrapf("%d", types.MaxSecurities)
	}
	bound := ofHolder(all, security.Creditor)
	account, err := k.bytesOf(security.Creditor)
	if err != nil {
		return nil, err
	}
	holding, err := k.holdingOf(ctx, receivable.Id, account)
	if err != nil {
		return nil, err
	}
	if needed := domain.BoundUnits(append(bound, security)); needed.GT(holding.Units) {
		return nil, types.ErrNotHolder.Wrapf("%s has %s, and %s would be bound", holding.Account, holding.Units, needed)
	}
	return bound, nil
}

// release frees what secures a loan that is closed.
func (k *Keeper) release(ctx context.Context, loan uint64) error {
	numbers, err := secondNumbers(ctx, k.securitiesOfLoan, loan)
	if err != nil {
		return err
	}
	for _, id := range numbers {
		security, err := k.Security(ctx, id)
		if err != nil {
			return err
		}
		if err := k.freeUnits(ctx, "", security); err != nil {
			return err
		}
	}
	return nil
}

// Security returns a security, or ErrSecurityNotFound.
func (k *Keeper) Security(ctx context.Context, id uint64) (types.Security, error) {
	return load(ctx, k.securities, id, types.ErrSecurityNotFound.Wrapf("%d", id))
}

// freeUnits ends a security; its units are free if nothing else binds them.
func (k *Keeper) freeUnits(ctx context.Context, operator string, security types.Security) error {
	if err := k.endSecurity(ctx, operator, security); err != nil {
		return err
	}
	left, err := k.securitiesOf(ctx, security.ReceivableId)
	if err != nil {
		return err
	}
	account, err := k.bytesOf(security.Creditor)
	if err != nil {
		return err
	}
	return k.bindUnits(ctx, security.ReceivableId, account, ofHolder(left, security.Creditor))
}

func (k *Keeper) insertSecurity(ctx context.Context, security types.Security) error {
	if err := k.securities.Set(ctx, security.Id, security); err != nil {
		return err
	}
	if err := k.securitiesOfReceivable.Set(ctx, collections.Join(security.ReceivableId, security.Id)); err != nil {
		return err
	}
	if security.LoanId == 0 {
		return nil
	}
	return k.securitiesOfLoan.Set(ctx, collections.Join(security.LoanId, security.Id))
}

func (k *Keeper) endSecurity(ctx context.Context, operator string, security types.Security) error {
	if err := k.securities.Remove(ctx, security.Id); err != nil {
		return err
	}
	if err := k.securitiesOfReceivable.Remove(ctx, collections.Join(security.ReceivableId, security.Id)); err != nil {
		return err
	}
	if err := k.securitiesOfLoan.Remove(ctx, collections.Join(security.LoanId, security.Id)); err != nil {
		return err
	}
	return emit(ctx, &types.EventUnitsReleased{
		SecurityId: security.Id, ReceivableId: security.ReceivableId, Creditor: security.Creditor, Secured: security.Secured,
		LoanId: security.LoanId, Operator: operator,
	})
}

// securitiesOf are those of a receivable by number, at most MaxSecurities.
func (k *Keeper) securitiesOf(ctx context.Context, receivable uint64) ([]types.Security, error) {
	numbers, err := secondNumbers(ctx, k.securitiesOfReceivable, receivable)
	if err != nil {
		return nil, err
	}
	securities := make([]types.Security, len(numbers))
	for i, id := range numbers {
		if securities[i], err = k.Security(ctx, id); err != nil {
			return nil, err
		}
	}
	return securities, nil
}

func secondNumbers(ctx context.Context, pairs collections.KeySet[numbersKey], first uint64) ([]uint64, error) {
	var numbers []uint64
	err := pairs.Walk(ctx, collections.NewPrefixedPairRange[uint64, uint64](first), func(key numbersKey) (bool, error) {
		numbers = append(numbers, key.K2())
		return false, nil
	})
	return numbers, err
}

func ofHolder(securities []types.Security, creditor string) []types.Security {
	var own []types.Security
	for _, security := range securities {
		if security.Creditor == creditor {
			own = append(own, security)
		}
	}
	return own
}

// releasePledge ends a pledge by its pledgee's will.
func (k *Keeper) releasePledge(ctx context.Context, actor accesstypes.Actor, security types.Security) error {
	if security.LoanId != 0 {
		return types.ErrNotPledge.Wrapf("%d", security.LoanId)
	}
	return k.freeUnits(ctx, actor.Address, security)
}

// promiseRecourse notes that a seller takes back what it sells.
func (k *Keeper) promiseRecourse(ctx context.Context, receivable types.Receivable, move unitMove) error {
	all, err := k.recoursesOf(ctx, receivable.Id)
	if err != nil {
		return err
	}
	recourse := types.Recourse{ReceivableId: receivable.Id, Creditor: move.to.Address, Seller: move.from.Address, Units: math.ZeroInt()}
	isNew := true
	for _, known := range all {
		if known.Creditor == recourse.Creditor && known.Seller == recourse.Seller {
			recourse, isNew = known, false
		}
	}
	if isNew && len(all) >= types.MaxSecurities {
		return types.ErrTooManySecurities.Wrapf("%d promises of recourse", types.MaxSecurities)
	}
	return k.setRecourse(ctx, recourse, math.MinInt(recourse.Units.Add(move.units), receivable.Amount))
}

func (k *Keeper) recoursesOf(ctx context.Context, receivable uint64) ([]types.Recourse, error) {
	var recourses []types.Recourse
	err := k.recourses.Walk(ctx, collections.NewPrefixedTripleRange[uint64, []byte, []byte](receivable),
		func(_ recourseKey, recourse types.Recourse) (bool, error) {
			recourses = append(recourses, recourse)
			return false, nil
		})
	return recourses, err
}

// setRecourse stores how many units a seller takes back; none ends the promise.
func (k *Keeper) setRecourse(ctx context.Context, recourse types.Recourse, units math.Int) error {
	creditor, err := k.bytesOf(recourse.Creditor)
	if err != nil {
		return err
	}
	seller, err := k.bytesOf(recourse.Seller)
	if err != nil {
		return err
	}
	key := collections.Join3(recourse.ReceivableId, []byte(creditor), []byte(seller))
	if units.IsZero() {
		return k.recourses.Remove(ctx, key)
	}
	recourse.Units = units
	return k.recourses.Set(ctx, key, recourse)
}
