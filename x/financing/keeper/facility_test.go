package keeper_test

import (
	"maps"
	"testing"
	"time"

	"cosmossdk.io/math"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	credittypes "github.com/zhilian-network/zhilian/x/credit/types"
	"github.com/zhilian-network/zhilian/x/financing/keeper"
	"github.com/zhilian-network/zhilian/x/financing/types"
	settlementtypes "github.com/zhilian-network/zhilian/x/settlement/types"
)

// facilityMsg is 1,000,000 for a year, drawn in advances.
func facilityMsg(covenants ...types.CovenantTerms) *types.MsgOfferFacility {
	msg := &types.MsgOfferFacility{
		Operator: "lena", LenderAccount: "lender", BorrowerAccount: "borrower", Currency: "CNY", Limit: math.NewInt(1_000_000),
		Terms: advance(), OpenDays: 365, Covenants: covenants,
	}
	if len(covenants) > 0 {
		msg.TestDays = 10
	}
	return msg
}

// facility is offered and accepted.
func (l *loans) facility(msg *types.MsgOfferFacility) uint64 {
	l.t.Helper()
	offered, err := l.msg.OfferFacility(l.ctx, msg)
	require.NoError(l.t, err)
	_, err = l.msg.AcceptFacility(l.ctx, &types.MsgAcceptFacility{Operator: "ann", FacilityId: offered.FacilityId})
	require.NoError(l.t, err)
	l.requireSound()
	return offered.FacilityId
}

// try runs a message on the side, and keeps what it did if it is not refused.
func (l *loans) try(do func() error) error {
	before, balances, paid := l.ctx, maps.Clone(l.bank.balances), maps.Clone(l.bank.paid)
	tried, keep := l.ctx.CacheContext()
	l.ctx = tried
	err := do()
	l.ctx = before
	if err == nil {
		keep()
	} else {
		l.bank.balances, l.bank.paid = balances, paid
	}
	l.requireSound()
	return err
}

func (l *loans) draw(facility uint64, amount int64) (answer *types.MsgDrawFacilityResponse, err error) {
	err = l.try(func() error {
		answer, err = l.msg.DrawFacility(l.ctx, &types.MsgDrawFacility{Operator: "ann", FacilityId: facility, Amount: math.NewInt(amount)})
		return err
	})
	return answer, err
}

func (l *loans) reverse(loan uint64, number uint32) error {
	return l.try(func() error {
		_, err := l.msg.ReverseRepayment(l.ctx, &types.MsgReverseRepayment{Operator: "lena", LoanId: loan, Number: number})
		return err
	})
}

func (l *loans) ofFacility(id uint64) *types.QueryFacilityResponse {
	l.t.Helper()
	answer, err := l.query.Facility(l.ctx, &types.QueryFacilityRequest{FacilityId: id})
	require.NoError(l.t, err)
	return answer
}

func (l *loans) setLimit(kind types.LimitKind, group string, amount int64) error {
	msg := &types.MsgSetLimit{Operator: "lena", Lender: lending, Kind: kind, Group: group, Currency: "CNY", Bounded: true, Amount: math.NewInt(amount)}
	if kind == types.LimitBorrower {
		msg.Borrower = acme
	}
	return l.try(func() error {
		_, err := l.msg.SetLimit(l.ctx, msg)
		return err
	})
}

// used is what is lent and promised under the limits of the lender, by what they count.
func (l *loans) used() map[string][2]int64 {
	l.t.Helper()
	answer, err := l.query.Limits(l.ctx, &types.QueryLimitsRequest{InstitutionId: "BQDQ", PartyId: "lending"})
	require.NoError(l.t, err)
	used := map[string][2]int64{}
	for _, limit := range answer.Limits {
		used[limit.Subject()] = [2]int64{limit.Drawn.Int64(), limit.Reserved.Int64()}
	}
	return used
}

func TestAFacilityIsDrawnUpToItsLimit(t *testing.T) {
	l := newLoans(t)
	id := l.facility(facilityMsg())
	require.Equal(t, [2]int64{0, 1_000_000}, l.used()["lender"], "what is promised counts")
	first, err := l.draw(id, 600_000)
	require.NoError(t, err)
	require.Equal(t, int64(600_000), l.bank.balances["borrower"], "the money comes at once")
	require.Equal(t, [2]int64{600_000, 400_000}, l.used()["borrower/HXNB/acme"])
	_, err = l.draw(id, 400_001)
	require.ErrorIs(t, err, types.ErrFacilityLimit)
	second, err := l.draw(id, 400_000)
	require.NoError(t, err)
	require.NotEqual(t, first.LoanId, second.LoanId, "each draw is a loan")
	require.Zero(t, l.ofFacility(id).Available.Int64())

	paid, err := l.repay(first.LoanId, 600_000)
	require.NoError(t, err)
	require.NoError(t, l.reverse(first.LoanId, paid.Number))
	require.Equal(t, [2]int64{1_000_000, 0}, l.used()["lender"], "what is given back counts again, and is no other draw")
	_, err = l.repay(first.LoanId, 600_000)
	require.NoError(t, err)
	_, err = l.draw(id, 1)
	require.ErrorIs(t, err, types.ErrFacilityLimit, "what was drawn once is used up")
	require.Equal(t, [2]int64{400_000, 0}, l.used()["lender"], "but it counts no more against the lender's limits")
	require.Equal(t, []uint64{second.LoanId}, l.ofFacility(id).LoanIds)
}

func TestARevolvingFacilityIsDrawnAgain(t *testing.T) {
	l := newLoans(t)
	msg := facilityMsg()
	msg.Terms.Schedule, msg.Terms.Instalments = types.Revolving, 3
	id := l.facility(msg)
	first, err := l.draw(id, 700_000)
	require.NoError(t, err)
	_, err = l.repay(first.LoanId, 500_000)
	require.NoError(t, err)
	require.Equal(t, [2]int64{200_000, 800_000}, l.used()["lender"])
	second, err := l.draw(id, 800_000)
	require.NoError(t, err)
	require.Equal(t, first.LoanId, second.LoanId, "it is one loan")
	require.Equal(t, "1000000", l.loan(first.LoanId).Loan.Outstanding().String())
	traced, err := l.query.Trace(l.ctx, &types.QueryTraceRequest{LoanId: first.LoanId})
	require.NoError(t, err)
	require.Len(t, traced.Draws, 2)

	l.bank.balances["borrower"] = 5_000_000
	l.days(90)
	require.Equal(t, types.LoanRepaid, l.loan(first.LoanId).Loan.Status, "its last instalment was due")
	third, err := l.draw(id, 1_000_000)
	require.NoError(t, err)
	require.NotEqual(t, first.LoanId, third.LoanId, "then another loan begins")
}

func TestLimitsOfBorrowerGroupAndLenderAreNeverExceeded(t *testing.T) {
	l := newLoans(t)
	require.NoError(t, l.setLimit(types.LimitLender, "", 3_000_000))
	require.NoError(t, l.setLimit(types.LimitGroup, "acme-group", 2_000_000))
	require.NoError(t, l.setLimit(types.LimitBorrower, "acme-group", 1_500_000))
	offer := func() error {
		return l.try(func() error {
			_, err := l.msg.OfferFacility(l.ctx, facilityMsg())
			return err
		})
	}
	require.NoError(t, offer())
	require.ErrorIs(t, offer(), types.ErrBorrowerLimit)
	require.NoError(t, l.setLimit(types.LimitBorrower, "acme-group", 9_000_000))
	require.NoError(t, offer())
	require.ErrorIs(t, offer(), types.ErrGroupLimit)
	require.NoError(t, l.setLimit(types.LimitBorrower, "", 9_000_000), "it leaves its group, and takes what it has along")
	require.Equal(t, [2]int64{0, 0}, l.used()["group/acme-group"])
	require.NoError(t, offer())
	require.ErrorIs(t, offer(), types.ErrLenderLimit)
	require.ErrorIs(t, l.setLimit(types.LimitBorrower, "acme-group", 9_000_000), types.ErrGroupLimit, "nor into a group that has no room")
	require.ErrorIs(t, l.setLimit(types.LimitLender, "", 2_999_999), types.ErrLimitBelowUse)
	require.NoError(t, l.setLimit(types.LimitLender, "", 3_000_000))
}

func TestAFacilityIsDrawnOnlyWhileItIsOpen(t *testing.T) {
	l := newLoans(t)
	offered, err := l.msg.OfferFacility(l.ctx, facilityMsg())
	require.NoError(t, err)
	id := offered.FacilityId
	_, err = l.draw(id, 1)
	require.ErrorIs(t, err, types.ErrNotDrawable, "nobody has accepted it")
	turn := func(operator string, suspend, resume, end bool) error {
		return l.try(func() error {
			var err error
			switch {
			case suspend || resume:
				_, err = l.msg.SuspendFacility(l.ctx, &types.MsgSuspendFacility{Operator: operator, FacilityId: id, Resume: resume})
			case end:
				_, err = l.msg.CloseFacility(l.ctx, &types.MsgCloseFacility{Operator: operator, FacilityId: id})
			default:
				_, err = l.msg.AcceptFacility(l.ctx, &types.MsgAcceptFacility{Operator: operator, FacilityId: id})
			}
			return err
		})
	}
	require.ErrorIs(t, turn("lena", false, false, false), accesstypes.ErrScopeDenied, "the lender does not accept for the borrower")
	require.NoError(t, turn("ann", false, false, false))
	require.ErrorIs(t, turn("ann", true, false, false), accesstypes.ErrScopeDenied)
	require.NoError(t, turn("lena", true, false, false))
	_, err = l.draw(id, 1)
	require.ErrorIs(t, err, types.ErrNotDrawable)
	require.ErrorIs(t, turn("lena", true, false, false), types.ErrFacilityTransition)
	require.NoError(t, turn("lena", false, true, false))
	drawn, err := l.draw(id, 10_000)
	require.NoError(t, err)
	require.NoError(t, turn("lena", false, false, true))
	_, err = l.draw(id, 1)
	require.ErrorIs(t, err, types.ErrNotDrawable)
	require.Equal(t, [2]int64{10_000, 0}, l.used()["lender"], "its loans go on")
	_, err = l.repay(drawn.LoanId, 10_000)
	require.NoError(t, err)
	l.days(366)
	_, err = l.query.Facility(l.ctx, &types.QueryFacilityRequest{FacilityId: id})
	require.ErrorIs(t, err, types.ErrFacilityNotFound, "it is forgotten after its retention")
}

func TestAFacilityEndsByItselfAfterItsLastDay(t *testing.T) {
	l := newLoans(t)
	msg := facilityMsg()
	msg.OpenDays = 5
	id := l.facility(msg)
	l.days(5)
	_, err := l.draw(id, 100)
	require.NoError(t, err)
	l.days(1)
	require.Equal(t, types.FacilityClosed, l.ofFacility(id).Facility.Status)
	require.Len(t, l.told(&types.EventFacilityChanged{}), 1)
	require.Equal(t, [2]int64{100, 0}, l.used()["lender"])
}

func TestNothingIsDrawnBesideAnOverdueLoan(t *testing.T) {
	l := newLoans(t)
	id := l.facility(facilityMsg())
	_, err := l.draw(id, 10_000)
	require.NoError(t, err)
	l.bank.balances["borrower"] = 0
	l.days(34)
	_, err = l.draw(id, 10_000)
	require.ErrorIs(t, err, types.ErrNotDrawable)
}

func grade(action types.CovenantAction, cure uint32) types.CovenantTerms {
	terms := types.CovenantTerms{Kind: types.CovenantGrade, Product: "sme-1y", Grade: "B", CureDays: cure, Action: action}
	if action == types.ActionMargin {
		terms.MarginPpm = 10_000
	}
	return terms
}

func TestABrokenCovenantStopsDrawsUntilItIsKeptAgain(t *testing.T) {
	l := newLoans(t)
	id := l.facility(facilityMsg(grade(types.ActionSuspend, 4)))
	status := func() types.CovenantStatus { return l.ofFacility(id).Facility.Covenants[0].Status }
	l.days(10)
	require.Equal(t, types.CovenantMet, status())
	l.files.grade = "C"
	l.days(10)
	require.Equal(t, types.CovenantCuring, status())
	_, err := l.draw(id, 1_000)
	require.NoError(t, err, "there are days to cure it")
	l.days(3)
	require.Equal(t, types.CovenantCuring, status())
	l.days(1)
	require.Equal(t, types.CovenantBroken, status())
	tested := l.told(&types.EventCovenantTested{})[0].(*types.EventCovenantTested)
	require.Equal(t, types.ActionSuspend, tested.Action)
	require.Equal(t, "C", tested.Observed)
	_, err = l.draw(id, 1_000)
	require.ErrorIs(t, err, types.ErrCovenantBroken)
	require.Zero(t, l.ofFacility(id).Available.Int64())
	l.files.grade = "A"
	l.days(10)
	require.Equal(t, types.CovenantMet, status())
	_, err = l.draw(id, 1_000)
	require.NoError(t, err)
}

func TestWhatCannotBeTestedIsNotKept(t *testing.T) {
	l := newLoans(t)
	figure := types.CovenantTerms{Kind: types.CovenantFigureAtLeast, Input: "current_ratio", Decimals: 2, Threshold: 150, Action: types.ActionNotice}
	id := l.facility(facilityMsg(figure))
	observed := func() string {
		l.days(10)
		tested := l.told(&types.EventCovenantTested{})
		require.Len(t, tested, 1)
		return tested[0].(*types.EventCovenantTested).Observed
	}
	require.Equal(t, "not attested", observed())
	require.Equal(t, types.CovenantBroken, l.ofFacility(id).Facility.Covenants[0].Status)
	l.files.err = credittypes.ErrInputConflict
	require.Equal(t, "attested differently", observed())
	l.files.figure = &credittypes.InputValue{Name: "current_ratio", Decimals: 1, Value: 15}
	require.Equal(t, "15e-1", observed())
	require.Equal(t, types.CovenantMet, l.ofFacility(id).Facility.Covenants[0].Status, "1.5 is 1.50")
	l.files.figure = &credittypes.InputValue{Name: "current_ratio", Decimals: 3, Value: 1499}
	observed()
	require.Equal(t, types.CovenantBroken, l.ofFacility(id).Facility.Covenants[0].Status)
	l.files.figure = &credittypes.InputValue{Name: "current_ratio", Code: "good"}
	require.Equal(t, "not a number", observed())
	l.desk.withdrawn = true
	require.Equal(t, "no consent", observed())
}

func TestABrokenCovenantRaisesInterestAsLongAsItIsBroken(t *testing.T) {
	l := newLoans(t)
	msg := facilityMsg(grade(types.ActionMargin, 0))
	msg.Terms.Period.Count = 100
	id := l.facility(msg)
	drawn, err := l.draw(id, 900_000)
	require.NoError(t, err)
	l.days(9)
	l.files.grade = ""
	l.days(1)
	require.Equal(t, uint32(10_000), l.loan(drawn.LoanId).Loan.MarginPpm)
	late, err := l.draw(id, 100_000)
	require.NoError(t, err)
	require.Equal(t, uint32(10_000), l.loan(late.LoanId).Loan.MarginPpm, "a new loan bears it too")
	l.days(9)
	l.files.grade = "B"
	l.days(1)
	require.Zero(t, l.loan(drawn.LoanId).Loan.MarginPpm)
	l.days(10)
	// 900,000 for ten days at 7.2 %, ten at 8.2 % and ten at 7.2 %: 1,800 + 2,050 + 1,800.
	require.Equal(t, "905650", l.loan(drawn.LoanId).Owed.String())
}

func TestABrokenCovenantCutsTheLimit(t *testing.T) {
	l := newLoans(t)
	id := l.facility(facilityMsg(grade(types.ActionCut, 0)))
	_, err := l.draw(id, 300_000)
	require.NoError(t, err)
	l.files.grade = "C"
	l.days(10)
	require.Equal(t, "300000", l.ofFacility(id).Facility.Limit.String())
	require.Equal(t, [2]int64{300_000, 0}, l.used()["lender"])
	_, err = l.draw(id, 1)
	require.ErrorIs(t, err, types.ErrFacilityLimit)
}

func TestABrokenCovenantMakesAllLoansOfTheFacilityFallDue(t *testing.T) {
	l := newLoans(t)
	id := l.facility(facilityMsg(grade(types.ActionAccelerate, 0)))
	first, err := l.draw(id, 300_000)
	require.NoError(t, err)
	second, err := l.draw(id, 200_000)
	require.NoError(t, err)
	other := l.lend(50_000, advance())
	l.files.grade = "C"
	l.bank.balances["borrower"] = 0
	l.days(10)
	for _, loan := range []uint64{first.LoanId, second.LoanId} {
		require.Equal(t, types.LoanDefaulted, l.loan(loan).Loan.Status)
		require.Equal(t, l.loan(loan).Owed, l.loan(loan).Due)
	}
	require.Equal(t, types.LoanActive, l.loan(other).Loan.Status)
	require.Equal(t, types.FacilityClosed, l.ofFacility(id).Facility.Status)
	l.bank.balances["borrower"] = 600_000
	l.days(1)
	require.Equal(t, types.LoanRepaid, l.loan(first.LoanId).Loan.Status, "it is collected the next day")
}

func TestALoanIsTracedToThePaymentsThatUsedIt(t *testing.T) {
	l := newLoans(t)
	l.bank.owners["supplier"] = accesstypes.Member{InstitutionId: "BQDQ", PartyId: "supplier"}
	id := l.facility(facilityMsg())
	l.days(1)
	drawn, err := l.draw(id, 100_000)
	require.NoError(t, err)
	pay := func(debtor, creditor string, amount int64, name byte) string {
		result, err := l.bank.Pay(l.ctx, settlementtypes.Order{
			Debtor: debtor, Creditor: creditor, Currency: "CNY", Amount: math.NewInt(amount), EndToEndDigest: append([]byte{name}, make([]byte, 31)...),
		})
		require.NoError(t, err)
		return result.Uetr
	}
	trace := func(operator, uetr string) error {
		return l.try(func() error {
			_, err := l.msg.TraceUse(l.ctx, &types.MsgTraceUse{Operator: operator, LoanId: drawn.LoanId, PaymentUetr: uetr})
			return err
		})
	}
	small, large := pay("borrower", "supplier", 30_000, 1), pay("borrower", "supplier", 70_000, 2)
	l.bank.balances["borrower"] += 500_000
	more, back := pay("borrower", "supplier", 5, 3), pay("borrower", "lender", 5, 4)
	foreign := pay("lender", "supplier", 5, 5)
	require.ErrorIs(t, trace("ann", "no-such"), settlementtypes.ErrPaymentNotFound)
	require.ErrorIs(t, trace("ann", foreign), types.ErrNotUse, "the borrower did not pay it")
	require.ErrorIs(t, trace("ann", back), types.ErrNotUse, "it went back to the lender")
	require.ErrorIs(t, trace("lena", small), accesstypes.ErrScopeDenied)
	l.bank.now = func() time.Time { return morning }
	require.ErrorIs(t, trace("ann", small), types.ErrNotUse, "it was made before the loan")
	l.bank.now = func() time.Time { return l.ctx.BlockTime() }
	require.NoError(t, trace("ann", small))
	require.ErrorIs(t, trace("ann", small), types.ErrUsedAlready)
	require.NoError(t, trace("ann", large))
	require.ErrorIs(t, trace("ann", more), types.ErrAllTraced)

	surplus, err := keeper.ApplyRepayment(l.keeper, l.ctx, drawn.LoanId, math.NewInt(40_000), "receivable/12")
	require.NoError(t, err)
	require.True(t, surplus.IsZero())
	traced, err := l.query.Trace(l.ctx, &types.QueryTraceRequest{LoanId: drawn.LoanId})
	require.NoError(t, err)
	require.Equal(t, drawn.PaymentUetr, traced.Draws[0].PaymentUetr)
	require.Len(t, traced.Uses, 2)
	require.Zero(t, traced.Untraced.Int64())
	require.Equal(t, []uint64{12}, traced.ReceivableIds)
	require.Len(t, traced.Repayments, 1)
}

// Whatever happens: no limit is exceeded, no money is made, every loan's books are right, and what is exported is
// what is imported. requireSound runs after each step.
func TestLimitsAndBooksHoldWhateverHappens(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		l := newLoans(t)
		require.NoError(t, l.setLimit(types.LimitLender, "", 2_500_000))
		require.NoError(t, l.setLimit(types.LimitBorrower, "acme-group", 2_000_000))
		require.NoError(t, l.setLimit(types.LimitGroup, "acme-group", 2_200_000))
		total := l.bank.balances["lender"] + l.bank.balances["borrower"]
		var facilities, ids []uint64
		for range rapid.IntRange(5, 25).Draw(r, "steps") {
			switch rapid.IntRange(0, 9).Draw(r, "what") {
			case 0, 1:
				msg := facilityMsg(grade(rapid.SampledFrom([]types.CovenantAction{
					types.ActionNotice, types.ActionSuspend, types.ActionMargin, types.ActionCut, types.ActionAccelerate,
				}).Draw(r, "action"), rapid.Uint32Range(0, 5).Draw(r, "cure")))
				msg.Limit = math.NewInt(rapid.Int64Range(1_000, 1_500_000).Draw(r, "limit"))
				msg.Terms.Schedule = rapid.SampledFrom([]types.ScheduleKind{types.EqualInstalment, types.EqualPrincipal, types.Bullet, types.Revolving}).Draw(r, "schedule")
				msg.Terms.Instalments = rapid.Uint32Range(1, 4).Draw(r, "instalments")
				msg.OpenDays = rapid.Uint32Range(1, 60).Draw(r, "open")
				if err := l.try(func() error { _, err := l.msg.OfferFacility(l.ctx, msg); return err }); err != nil {
					break
				}
				facilities = append(facilities, uint64(len(facilities)+1))
				_, err := l.msg.AcceptFacility(l.ctx, &types.MsgAcceptFacility{Operator: "ann", FacilityId: facilities[len(facilities)-1]})
				require.NoError(t, err)
			case 2, 3, 4:
				if len(facilities) == 0 {
					break
				}
				drawn, err := l.draw(rapid.SampledFrom(facilities).Draw(r, "facility"), rapid.Int64Range(4, 800_000).Draw(r, "draw"))
				if err == nil {
					ids = append(ids, drawn.LoanId)
				}
			case 5, 6:
				if len(ids) == 0 {
					break
				}
				id, amount := rapid.SampledFrom(ids).Draw(r, "loan"), rapid.Int64Range(1, 500_000).Draw(r, "repay")
				paid := &types.MsgRepayLoanResponse{}
				if l.try(func() (err error) { paid, err = l.repay(id, amount); return err }) == nil && rapid.Bool().Draw(r, "reverse") {
					_ = l.reverse(id, paid.Number)
				}
			case 7:
				l.files.grade = rapid.SampledFrom([]string{"A", "B", "C", ""}).Draw(r, "grade")
			case 8:
				if len(ids) > 0 {
					id := rapid.SampledFrom(ids).Draw(r, "loan")
					_ = l.try(func() error {
						_, err := l.msg.WriteOffLoan(l.ctx, &types.MsgWriteOffLoan{Operator: "lena", LoanId: id})
						return err
					})
				}
			case 9:
				l.block(time.Duration(rapid.IntRange(1, 40).Draw(r, "halted days")) * 24 * time.Hour)
			}
			l.days(rapid.IntRange(0, 12).Draw(r, "days"))
			require.Equal(t, total, l.bank.balances["lender"]+l.bank.balances["borrower"], "no money is made or lost")
		}
		l.requireSameAfterGenesis()
	})
}
