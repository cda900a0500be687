package keeper

import (
	"context"
	"time"

	"cosmossdk.io/collections"
	"cosmossdk.io/math"

	"github.com/zhilian-network/zhilian/internal/number"
	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/financing/domain"
	"github.com/zhilian-network/zhilian/x/financing/types"
	settlementtypes "github.com/zhilian-network/zhilian/x/settlement/types"
)

func tick(last types.Clock, calendar domain.Calendar, at time.Time) types.Clock {
	return domain.Tick(last, int64(calendar.Day(at)), calendar.SecondsPerDay)
}

func ownerOf(account settlementtypes.Account) accesstypes.Member {
	return accesstypes.Member{InstitutionId: account.InstitutionId, PartyId: account.PartyId}
}

// openLoan opens a loan of today. It moves no money: the caller has moved it, or does so in the same transaction.
// The caller has the consent of lender and borrower, the borrower's to be collected from included.
func (k *Keeper) openLoan(ctx context.Context, terms domain.LoanTerms) (uint64, error) {
	parties, err := k.partiesOf(ctx, terms)
	if err != nil {
		return 0, err
	}
	clock, err := k.clockNow(ctx)
	if err != nil {
		return 0, err
	}
	if terms.FacilityID != 0 {
		if err := k.checkFacility(ctx, terms, parties, clock); err != nil {
			return 0, err
		}
	}
	loan, err := domain.Open(terms, parties, clock)
	if err != nil {
		return 0, err
	}
	if loan.Id, err = number.Next(ctx, k.nextLoan); err != nil {
		return 0, err
	}
	if err := k.insertLoan(ctx, loan); err != nil {
		return 0, err
	}
	if err := k.enqueueDay(ctx, loan.NextDay, types.DueLoan, loan.Id); err != nil {
		return 0, err
	}
	if err := k.countLoan(ctx, types.Loan{Drawn: math.ZeroInt(), Repaid: math.ZeroInt(), WrittenOff: math.ZeroInt()}, loan); err != nil {
		return 0, err
	}
	if err := emit(ctx, &types.EventLoanOpened{
		LoanId: loan.Id, Lender: loan.Lender, Borrower: loan.Borrower, LenderAccount: loan.LenderAccount, BorrowerAccount: loan.BorrowerAccount,
		Currency: loan.Currency, Principal: loan.Drawn, Terms: loan.Terms, FacilityId: loan.FacilityId, OpenedDay: loan.OpenedDay, NewStatus: loan.Status,
	}); err != nil {
		return 0, err
	}
	return loan.Id, k.noteDraw(ctx, loan, terms.Principal, terms.DrawUETR)
}

func (k *Keeper) partiesOf(ctx context.Context, terms domain.LoanTerms) (domain.Parties, error) {
	lender, err := k.Settlement.Account(ctx, terms.LenderAccount)
	if err != nil {
		return domain.Parties{}, err
	}
	borrower, err := k.Settlement.Account(ctx, terms.BorrowerAccount)
	return domain.Parties{Lender: ownerOf(lender), Borrower: ownerOf(borrower)}, err
}

// loanToday is a loan brought to today. What that changed is not stored: changeLoan does that.
func (k *Keeper) loanToday(ctx context.Context, id uint64) (stored, today types.Loan, err error) {
	if stored, err = k.Loan(ctx, id); err != nil {
		return stored, stored, err
	}
	clock, err := k.clockNow(ctx)
	if err != nil {
		return stored, stored, err
	}
	return stored, domain.Advance(stored, clock), nil
}

// owed is what would settle a loan today.
func (k *Keeper) owed(ctx context.Context, id uint64) (math.Int, error) {
	_, loan, err := k.loanToday(ctx, id)
	if err != nil {
		return math.Int{}, err
	}
	return domain.Owed(loan), nil
}

// applyRepayment splits money that has arrived at the lender for a loan, and returns what was more than the debt.
// source says where it came from: "payment/" and a UETR, or "receivable/" and a number. It moves no money.
func (k *Keeper) applyRepayment(ctx context.Context, id uint64, amount math.Int, source string) (surplus math.Int, err error) {
	stored, loan, err := k.loanToday(ctx, id)
	if err != nil {
		return math.Int{}, err
	}
	after, surplus, err := k.receive(ctx, loan, amount, source)
	if err != nil {
		return math.Int{}, err
	}
	return surplus, k.changeLoan(ctx, stored, after, "")
}

// receive enters a payment into the books of a loan that is at today; the caller stores the loan.
func (k *Keeper) receive(ctx context.Context, loan types.Loan, amount math.Int, source string) (after types.Loan, surplus math.Int, err error) {
	after, parts, surplus, err := domain.Allocate(loan, amount)
	if err != nil || len(parts) == 0 {
		return after, surplus, err
	}
	after.Repayments++
	return after, surplus, k.noteRepayment(ctx, loan, after, types.Repayment{Source: source, Amount: amount.Sub(surplus), Parts: parts})
}

// noteRepayment stores a payment, the newest of a loan, and tells of it.
func (k *Keeper) noteRepayment(ctx context.Context, before, after types.Loan, repayment types.Repayment) error {
	repayment.LoanId, repayment.Number, repayment.Day = after.Id, after.Repayments, after.AdvancedToDay
	repayment.StatusBefore = before.Status
	if err := k.repayments.Set(ctx, collections.Join(after.Id, repayment.Number), repayment); err != nil {
		return err
	}
	return emit(ctx, &types.EventRepaymentReceived{Repayment: repayment, Outstanding: after.Outstanding(), Owed: domain.Owed(after)})
}

// changeLoan stores what has become of a stored loan, and tells: instalments that were called, where it stands.
// The books are checked once more: what is wrong with them stops here.
func (k *Keeper) changeLoan(ctx context.Context, stored, after types.Loan, operator string) error {
	if err := domain.CheckBooks(after); err != nil {
		return err
	}
	after, err := k.keepClosed(ctx, noteDefault(stored, after, blockTime(ctx)))
	if err != nil {
		return err
	}
	if err := k.moveDay(ctx, stored.NextDay, after.NextDay, types.DueLoan, after.Id); err != nil {
		return err
	}
	if err := k.loans.Set(ctx, after.Id, after); err != nil {
		return err
	}
	if err := k.countLoan(ctx, stored, after); err != nil {
		return err
	}
	if err := tellCalled(ctx, stored, after); err != nil {
		return err
	}
	if err := k.tellInstalments(ctx, stored, after); err != nil {
		return err
	}
	if stored.Status == after.Status && stored.Class == after.Class {
		return nil
	}
	return emit(ctx, &types.EventLoanStatusChanged{
		LoanId: after.Id, OldStatus: stored.Status, NewStatus: after.Status, OldClass: stored.Class, NewClass: after.Class,
		Day: after.AdvancedToDay, Outstanding: after.Outstanding(), WrittenOff: after.WrittenOff, Operator: operator,
	})
}

// noteDefault notes when a loan defaulted, and with how much: who lifts the default must know.
func noteDefault(stored, after types.Loan, now time.Time) types.Loan {
	switch {
	case after.Status == types.LoanDefaulted && (stored.Status == types.LoanActive || stored.Status == types.LoanOverdue):
		after.DefaultedAt, after.Defaulted = now.UTC(), after.Outstanding()
	case after.Status == types.LoanActive:
		after.DefaultedAt, after.Defaulted = time.Time{}, math.ZeroInt()
	}
	return after
}

// keepClosed frees what secures a loan on which nothing can happen any more, and has it forgotten when its
// retention is over.
func (k *Keeper) keepClosed(ctx context.Context, loan types.Loan) (types.Loan, error) {
	if loan.IsOwed() {
		return loan, nil
	}
	if err := k.release(ctx, loan.Id); err != nil {
		return loan, err
	}
	params, err := k.params.Get(ctx)
	loan.NextDay = loan.AdvancedToDay + int64(params.RetentionDays)
	return loan, err
}

func tellCalled(ctx context.Context, stored, after types.Loan) error {
	for i, instalment := range after.Instalments {
		if !instalment.Due() || stored.Instalments[i].Due() {
			continue
		}
		err := emit(ctx, &types.EventInstalmentCalled{
			LoanId: after.Id, Instalment: uint32(i + 1), DueDay: instalment.DueDay, CalledDay: instalment.CountedFromDay,
			Principal: instalment.UnpaidPrincipal(), Interest: instalment.Interest,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// repayLoan pays on a loan that is at today, from its borrower's account.
func (k *Keeper) repayLoan(ctx context.Context, stored, loan types.Loan, amount math.Int, operator string) (types.Loan, string, error) {
	if owed := domain.Owed(loan); amount.GT(owed) {
		return loan, "", types.ErrPaymentAboveDebt.Wrapf("%s are owed", owed)
	}
	after, uetr, err := k.collect(ctx, loan, amount, operator)
	if err != nil {
		return loan, "", err
	}
	return after, uetr, k.changeLoan(ctx, stored, after, operator)
}

// collect moves money from borrower to lender and enters it into the loan's books. The names of its payments can be
// foreseen: after a try that failed the next one has another.
func (k *Keeper) collect(ctx context.Context, loan types.Loan, amount math.Int, operator string) (types.Loan, string, error) {
	result, err := k.Settlement.Pay(ctx, settlementtypes.Order{
		Operator: operator, Debtor: loan.BorrowerAccount, Creditor: loan.LenderAccount, Currency: loan.Currency, Amount: amount,
		EndToEndDigest: types.PayLoan.Digest(loan.Id, loan.Payments),
	})
	if err != nil {
		return loan, "", err
	}
	loan.Payments++
	after, surplus, err := k.receive(ctx, loan, amount, "payment/"+result.Uetr)
	if err == nil && surplus.IsPositive() {
		err = types.ErrPaymentAboveDebt.Wrapf("by %s", surplus)
	}
	return after, result.Uetr, err
}

// Repayment returns a payment on a loan, or ErrRepaymentNotFound.
func (k *Keeper) Repayment(ctx context.Context, loan uint64, which uint32) (types.Repayment, error) {
	return load(ctx, k.repayments, collections.Join(loan, which), types.ErrRepaymentNotFound.Wrapf("%d of loan %d", which, loan))
}

// reverseRepayment has the lender give a payment back as if it had not come.
func (k *Keeper) reverseRepayment(ctx context.Context, stored, loan types.Loan, repayment types.Repayment, operator string) (string, error) {
	after, err := domain.Reverse(loan, repayment)
	if err != nil {
		return "", err
	}
	result, err := k.Settlement.Pay(ctx, settlementtypes.Order{
		Operator: operator, Debtor: loan.LenderAccount, Creditor: loan.BorrowerAccount, Currency: loan.Currency, Amount: repayment.Amount,
		EndToEndDigest: types.PayReversal.Digest(loan.Id, repayment.Number),
	})
	if err != nil {
		return "", err
	}
	repayment.Reversed = true
	if err := k.repayments.Set(ctx, collections.Join(loan.Id, repayment.Number), repayment); err != nil {
		return "", err
	}
	if err := k.changeLoan(ctx, stored, after, operator); err != nil {
		return "", err
	}
	return result.Uetr, emit(ctx, &types.EventRepaymentReversed{
		LoanId: loan.Id, Number: repayment.Number, Amount: repayment.Amount, ReturnUetr: result.Uetr, Operator: operator,
	})
}
