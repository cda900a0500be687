package keeper

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"cosmossdk.io/collections"
	"cosmossdk.io/math"

	"github.com/zhilian-network/zhilian/x/financing/types"
	settlementtypes "github.com/zhilian-network/zhilian/x/settlement/types"
)

// traceUse counts a payment as the use of a loan, as far as the loan is not accounted for yet. A payment is the use
// of one loan.
func (k *Keeper) traceUse(ctx context.Context, loan types.Loan, uetr, operator string) (types.Loan, error) {
	payment, err := k.Settlement.SettledPayment(ctx, uetr)
	if err != nil {
		return loan, err
	}
	calendar, err := k.calendar(ctx)
	if err != nil {
		return loan, err
	}
	use := types.Use{
		LoanId: loan.Id, PaymentUetr: payment.Uetr, Creditor: payment.Creditor, Day: int64(calendar.Day(payment.DecidedAt)),
		Amount: math.MinInt(payment.Amount, loan.Drawn.Sub(loan.Traced)),
	}
	if err := k.checkUse(ctx, loan, payment, use); err != nil {
		return loan, err
	}
	if err := k.usesCounted.Set(ctx, use.PaymentUetr, loan.Id); err != nil {
		return loan, err
	}
	if err := k.uses.Set(ctx, collections.Join(loan.Id, use.PaymentUetr), use); err != nil {
		return loan, err
	}
	loan.Traced = loan.Traced.Add(use.Amount)
	if err := k.loans.Set(ctx, loan.Id, loan); err != nil {
		return loan, err
	}
	return loan, emit(ctx, &types.EventUseTraced{Use: use, Traced: loan.Traced, Operator: operator})
}

func (k *Keeper) checkUse(ctx context.Context, loan types.Loan, payment settlementtypes.Payment, use types.Use) error {
	isOf := payment.Status == settlementtypes.PaymentSettled && payment.Debtor == loan.BorrowerAccount &&
		payment.Creditor != loan.LenderAccount && payment.Currency == loan.Currency && use.Day >= loan.OpenedDay
	if !isOf {
		return types.ErrNotUse.Wrap(use.PaymentUetr)
	}
	other, isCounted, err := found(k.usesCounted.Get(ctx, use.PaymentUetr))
	if err != nil {
		return err
	}
	if isCounted {
		return types.ErrUsedAlready.Wrapf("%s, of loan %d", use.PaymentUetr, other)
	}
	if !use.Amount.IsPositive() {
		return types.ErrAllTraced.Wrapf("%d", loan.Id)
	}
	uses, err := k.usesOf(ctx, loan.Id)
	if err == nil && len(uses) >= types.MaxTraced {
		err = types.ErrTooManyUses.Wrapf("%d uses", len(uses))
	}
	return err
}

// firstOf reads the first MaxTraced records of a loan.
func firstOf[K, V any](ctx context.Context, records collections.Map[collections.Pair[uint64, K], V], loan uint64) (values []V, err error) {
	err = records.Walk(ctx, collections.NewPrefixedPairRange[uint64, K](loan), func(_ collections.Pair[uint64, K], value V) (bool, error) {
		values = append(values, value)
		return len(values) == types.MaxTraced, nil
	})
	return values, err
}

func (k *Keeper) usesOf(ctx context.Context, loan uint64) ([]types.Use, error) {
	return firstOf(ctx, k.uses, loan)
}

// trace follows a loan's money out and back.
func (k *Keeper) trace(ctx context.Context, loan types.Loan) (*types.QueryTraceResponse, error) {
	answer := &types.QueryTraceResponse{Untraced: loan.Drawn.Sub(loan.Traced)}
	var err error
	if answer.Draws, err = firstOf(ctx, k.draws, loan.Id); err != nil {
		return nil, err
	}
	if answer.Uses, err = k.usesOf(ctx, loan.Id); err != nil {
		return nil, err
	}
	if answer.Repayments, err = firstOf(ctx, k.repayments, loan.Id); err != nil {
		return nil, err
	}
	answer.ReceivableIds, err = k.receivablesBehind(ctx, loan.Id, answer.Repayments)
	return answer, err
}

// receivableSource is the number of the receivable that a payment came from; 0 if from none.
func receivableSource(source string) uint64 {
	text, isReceivable := strings.CutPrefix(source, "receivable/")
	if !isReceivable {
		return 0
	}
	id, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return 0
	}
	return id
}

// receivablesBehind are the receivables that secure a loan or have repaid it, by number.
func (k *Keeper) receivablesBehind(ctx context.Context, loan uint64, repayments []types.Repayment) ([]uint64, error) {
	var ids []uint64
	for _, repayment := range repayments {
		if id := receivableSource(repayment.Source); id != 0 {
			ids = append(ids, id)
		}
	}
	securities, err := secondNumbers(ctx, k.securitiesOfLoan, loan)
	if err != nil {
		return nil, err
	}
	for _, number := range securities {
		security, err := k.Security(ctx, number)
		if err != nil {
			return nil, err
		}
		ids = append(ids, security.ReceivableId)
	}
	slices.Sort(ids)
	return slices.Compact(ids), nil
}

// dropTrace forgets a loan's draws and uses, MaxTraced of each at most, and tells how many.
func (k *Keeper) dropTrace(ctx context.Context, loan uint64) (int, error) {
	draws, err := firstOf(ctx, k.draws, loan)
	if err != nil {
		return 0, err
	}
	for _, draw := range draws {
		if err := k.draws.Remove(ctx, collections.Join(loan, draw.Number)); err != nil {
			return 0, err
		}
	}
	uses, err := k.usesOf(ctx, loan)
	if err != nil {
		return 0, err
	}
	for _, use := range uses {
		if err := k.uses.Remove(ctx, collections.Join(loan, use.PaymentUetr)); err != nil {
			return 0, err
		}
		if err := k.usesCounted.Remove(ctx, use.PaymentUetr); err != nil {
			return 0, err
		}
	}
	return len(draws) + len(uses), nil
}
