package keeper

import (
	"context"

	"cosmossdk.io/collections"

	"github.com/cosmos/cosmos-sdk/codec"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/financing/types"
)

type (
	// repaymentKey is (loan, number of the payment), of repayments and draws.
	repaymentKey = collections.Pair[uint64, uint32]
	// useKey is (loan, UETR).
	useKey = collections.Pair[uint64, string]
)

// loanState is the part of the store that knows loans.
type loanState struct {
	clock    collections.Item[types.Clock]
	loans    collections.Map[uint64, types.Loan]
	nextLoan collections.Sequence
	// loansOfMember lists those of a borrower and of a lender.
	loansOfMember collections.KeySet[numberOfMemberKey]
	repayments    collections.Map[repaymentKey, types.Repayment]
	draws         collections.Map[repaymentKey, types.Draw]
	uses          collections.Map[useKey, types.Use]
	// usesCounted says of which loan a payment is a use, by UETR.
	usesCounted collections.Map[string, uint64]
}

func newLoanState(cdc codec.BinaryCodec, sb *collections.SchemaBuilder) loanState {
	return loanState{
		clock:    collections.NewItem(sb, types.ClockPrefix, "clock", codec.CollValue[types.Clock](cdc)),
		loans:    collections.NewMap(sb, types.LoansPrefix, "loans", collections.Uint64Key, codec.CollValue[types.Loan](cdc)),
		nextLoan: collections.NewSequence(sb, types.NextLoanPrefix, "next_loan"),
		loansOfMember: collections.NewKeySet(sb, types.LoansOfMemberPrefix, "loans_of_member",
			collections.TripleKeyCodec(collections.StringKey, collections.StringKey, collections.Uint64Key)),
		repayments: collections.NewMap(sb, types.RepaymentsPrefix, "repayments",
			collections.PairKeyCodec(collections.Uint64Key, collections.Uint32Key), codec.CollValue[types.Repayment](cdc)),
		draws: collections.NewMap(sb, types.DrawsPrefix, "draws",
			collections.PairKeyCodec(collections.Uint64Key, collections.Uint32Key), codec.CollValue[types.Draw](cdc)),
		uses: collections.NewMap(sb, types.UsesPrefix, "uses",
			collections.PairKeyCodec(collections.Uint64Key, collections.StringKey), codec.CollValue[types.Use](cdc)),
		usesCounted: collections.NewMap(sb, types.UsesCountedPrefix, "uses_counted", collections.StringKey, collections.Uint64Value),
	}
}

// Loan returns a loan as it was last brought to a day, or ErrLoanNotFound.
func (k *Keeper) Loan(ctx context.Context, id uint64) (types.Loan, error) {
	return load(ctx, k.loans, id, types.ErrLoanNotFound.Wrapf("%d", id))
}

func (k *Keeper) insertLoan(ctx context.Context, loan types.Loan) error {
	for _, member := range []accesstypes.Member{loan.Lender, loan.Borrower} {
		if err := k.loansOfMember.Set(ctx, numberOf(member, loan.Id)); err != nil {
			return err
		}
	}
	return k.loans.Set(ctx, loan.Id, loan)
}

// dropLoan forgets a loan whose payments have been forgotten.
func (k *Keeper) dropLoan(ctx context.Context, loan types.Loan) error {
	for _, member := range []accesstypes.Member{loan.Lender, loan.Borrower} {
		if err := k.loansOfMember.Remove(ctx, numberOf(member, loan.Id)); err != nil {
			return err
		}
	}
	return k.loans.Remove(ctx, loan.Id)
}

// dropRepayments forgets payments on a loan, the earliest first, at most RepaymentsDroppedPerBlock, and tells
// how many.
func (k *Keeper) dropRepayments(ctx context.Context, loan uint64) (int, error) {
	var keys []repaymentKey
	err := k.repayments.Walk(ctx, collections.NewPrefixedPairRange[uint64, uint32](loan), func(key repaymentKey, _ types.Repayment) (bool, error) {
		keys = append(keys, key)
		return len(keys) == types.RepaymentsDroppedPerBlock, nil
	})
	if err != nil {
		return 0, err
	}
	for _, key := range keys {
		if err := k.repayments.Remove(ctx, key); err != nil {
			return 0, err
		}
	}
	return len(keys), nil
}

// clockNow is the clock of this block, whether or not its end has come yet.
func (k *Keeper) clockNow(ctx context.Context) (types.Clock, error) {
	last, _, err := found(k.clock.Get(ctx))
	if err != nil {
		return types.Clock{}, err
	}
	calendar, err := k.calendar(ctx)
	if err != nil {
		return types.Clock{}, err
	}
	return tick(last, calendar, blockTime(ctx)), nil
}

// keepClock writes once a day.
func (k *Keeper) keepClock(ctx context.Context) error {
	last, _, err := found(k.clock.Get(ctx))
	if err != nil {
		return err
	}
	now, err := k.clockNow(ctx)
	if err != nil || now == last {
		return err
	}
	return k.clock.Set(ctx, now)
}
