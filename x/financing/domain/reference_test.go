package domain_test

import (
	"fmt"
	"math/big"
	"slices"
	"testing"
	"time"

	"cosmossdk.io/math"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/financing/domain"
	"github.com/zhilian-network/zhilian/x/financing/types"
)

// reference keeps a loan the slow and obvious way: it lives through every day, in fractions, and splits a payment
// unit by unit. It shares no rule with package domain; only the schedule of principal is given to it.
type reference struct {
	terms      types.RepaymentTerms
	day        int64
	rows       []*referenceRow
	accrued    *big.Rat // interest that belongs to no instalment yet
	penalty    *big.Rat
	defaulted  bool
	writtenOff bool
	recovered  int64
	// penaltyPaid is what payments paid of it.
	penaltyPaid int64
}

type referenceRow struct {
	due                 int64
	principal, interest int64 // unpaid
	called              bool
	calledToday         bool
	age                 int64 // days with a block since it was called
}

func newReference(loan types.Loan) *reference {
	r := &reference{terms: loan.Terms, day: loan.OpenedDay, accrued: new(big.Rat), penalty: new(big.Rat)}
	for _, instalment := range loan.Instalments {
		r.rows = append(r.rows, &referenceRow{due: instalment.DueDay, principal: instalment.Principal.Int64()})
	}
	return r
}

func (r *reference) isOver() bool { return r.writtenOff || r.owed() == 0 }

// live is one more day, with a block or without.
func (r *reference) live(hasBlock bool) {
	r.day++
	if r.isOver() {
		return
	}
	r.accrued.Add(r.accrued, r.share(r.outstanding(), r.terms.RatePpm, r.dayOfInterest()))
	for _, row := range r.rows {
		row.calledToday = false
		if row.due == r.day && !row.called {
			whole := floor(r.accrued)
			row.interest = whole
			r.accrued.Sub(r.accrued, big.NewRat(whole, 1))
		}
	}
	if hasBlock {
		r.block()
	}
}

func (r *reference) block() {
	for _, row := range r.rows {
		if row.called && row.principal+row.interest > 0 {
			if row.age++; row.age > int64(r.terms.GraceDays) {
				r.penalty.Add(r.penalty, r.share(row.principal+row.interest, r.terms.PenaltyPpm, 1))
			}
		}
		if !row.called && row.due <= r.day {
			row.called, row.calledToday = true, true
		}
	}
	if !r.defaulted && r.oldest() > int64(r.terms.DefaultDays) {
		r.accelerate()
	}
}

func (r *reference) accelerate() {
	r.defaulted = true
	for _, row := range r.rows {
		row.calledToday = row.calledToday || !row.called
		row.called = true
	}
}

func (r *reference) outstanding() (sum int64) {
	for _, row := range r.rows {
		sum += row.principal
	}
	return sum
}

func (r *reference) oldest() (age int64) {
	for _, row := range r.rows {
		if row.called && row.principal+row.interest > 0 {
			age = max(age, row.age)
		}
	}
	return age
}

// dayOfInterest is what the day counts as: under 30/360 a 31st counts for nothing and the last day of February
// counts for what the month lacks, on the first of March.
func (r *reference) dayOfInterest() int64 {
	if r.terms.DayCount != types.Thirty360 {
		return 1
	}
	today := time.Unix(r.day*86_400, 0).UTC()
	if today.Day() == 31 {
		return 0
	}
	if yesterday := today.AddDate(0, 0, -1); today.Day() == 1 && yesterday.Day() < 30 {
		return 31 - int64(yesterday.Day())
	}
	return 1
}

func (r *reference) share(amount int64, ppm uint32, days int64) *big.Rat {
	year := int64(360)
	if r.terms.DayCount == types.Act365 {
		year = 365
	}
	share := big.NewRat(int64(ppm), 1_000_000)
	share.Mul(share, big.NewRat(days, year))
	return share.Mul(share, big.NewRat(amount, 1))
}

func floor(value *big.Rat) int64 { return new(big.Int).Div(value.Num(), value.Denom()).Int64() }

func (r *reference) fee(principal int64) int64 {
	return principal * int64(r.terms.EarlyFeePpm) / 1_000_000
}

func (r *reference) owed() int64 {
	owed := floor(r.penalty) + floor(r.accrued) - r.recovered
	for _, row := range r.rows {
		owed += row.principal + row.interest
		if !row.called {
			owed += r.fee(row.principal)
		}
	}
	return owed
}

// pay returns what was too much.
func (r *reference) pay(amount int64) int64 {
	if r.writtenOff {
		taken := min(amount, r.owed())
		r.recovered += taken
		return amount - taken
	}
	order := r.terms.Waterfall
	if len(order) == 0 {
		order = []types.Bucket{1, 2, 3, 4, 5, 6, 7}
	}
	for _, bucket := range order {
		amount = r.payBucket(bucket, amount)
	}
	return amount
}

func (r *reference) payBucket(bucket types.Bucket, amount int64) int64 {
	rows := slices.Clone(r.rows)
	switch bucket {
	case types.BucketPenalty:
		left := payFraction(r.penalty, amount)
		r.penaltyPaid += amount - left
		return left
	case types.BucketAccruedInterest:
		return payFraction(r.accrued, amount)
	case types.BucketEarlyPrincipal:
		slices.Reverse(rows)
		for _, row := range rows {
			if row.called {
				continue
			}
			paid := row.principal
			for paid+r.fee(paid) > amount {
				paid--
			}
			row.principal, amount = row.principal-paid, amount-paid-r.fee(paid)
		}
		return amount
	}
	for _, row := range rows {
		isOfDay := row.called && row.calledToday == (bucket == types.BucketDueInterest || bucket == types.BucketDuePrincipal)
		if !isOfDay {
			continue
		}
		unpaid := &row.principal
		if bucket == types.BucketOverdueInterest || bucket == types.BucketDueInterest {
			unpaid = &row.interest
		}
		for amount > 0 && *unpaid > 0 {
			*unpaid--
			amount--
		}
	}
	return amount
}

// waive withdraws penalty unit by unit, and pays with what had been paid of it unit by unit as long as something is due
// by the schedule. It returns what goes back.
func (r *reference) waive(amount int64) (back int64) {
	paid := int64(0)
	for ; amount > 0 && floor(r.penalty) > 0; amount-- {
		r.penalty.Sub(r.penalty, big.NewRat(1, 1))
		if r.owed() < 0 { // it was recovered already
			r.recovered--
			paid++
		}
	}
	taken := min(amount, r.penaltyPaid)
	r.penaltyPaid -= taken
	paid += taken
	early := r.uncall()
	for paid > 0 && r.due() > 0 {
		if left := r.pay(1); left > 0 {
			break
		}
		paid--
	}
	for _, row := range early {
		row.called = true
	}
	return paid
}

// uncall takes back that a default made instalments due before their day.
func (r *reference) uncall() (early []*referenceRow) {
	for _, row := range r.rows {
		if r.defaulted && !r.writtenOff && row.called && row.due > r.day {
			row.called, early = false, append(early, row)
		}
	}
	return early
}

// due is what has been called for.
func (r *reference) due() int64 {
	due, all := floor(r.penalty)-r.recovered, true
	for _, row := range r.rows {
		if all = all && row.called; row.called {
			due += row.principal + row.interest
		}
	}
	if all {
		due += floor(r.accrued)
	}
	return due
}

// lift takes a default back, if nothing is due by the schedule.
func (r *reference) lift() bool {
	early := r.uncall()
	if r.due()-floor(r.penalty) > 0 {
		for _, row := range early {
			row.called = true
		}
		return false
	}
	for _, row := range early {
		row.age = 0
	}
	r.defaulted = false
	return true
}

func payFraction(debt *big.Rat, amount int64) int64 {
	for amount > 0 && floor(debt) > 0 {
		debt.Sub(debt, big.NewRat(1, 1))
		amount--
	}
	return amount
}

func (r *reference) class() types.LoanClass {
	oldest := r.oldest()
	switch {
	case r.writtenOff && r.owed() > 0:
		return types.ClassLoss
	case r.owed() == 0:
		return types.ClassNormal
	case oldest > 360:
		return types.ClassLoss
	case oldest > 270:
		return types.ClassDoubtful
	case oldest > 90 || r.defaulted:
		return types.ClassSubstandard
	case oldest > int64(r.terms.GraceDays):
		return types.ClassSpecialMention
	}
	return types.ClassNormal
}

var parties = domain.Parties{
	Lender:   accesstypes.Member{InstitutionId: "BQDQ", PartyId: "lending"},
	Borrower: accesstypes.Member{InstitutionId: "HXNB", PartyId: "acme"},
}

func termsOf(principal int64, repayment types.RepaymentTerms) domain.LoanTerms {
	return domain.LoanTerms{
		LenderAccount: "lender", BorrowerAccount: "borrower", Currency: "CNY",
		Principal: math.NewInt(principal), Repayment: repayment,
	}
}

func drawTerms(t *rapid.T) types.RepaymentTerms {
	due := rapid.Permutation([]types.Bucket{1, 2, 3, 4, 5}).Draw(t, "due buckets")
	rest := rapid.Permutation([]types.Bucket{6, 7}).Draw(t, "other buckets")
	terms := types.RepaymentTerms{
		Schedule:    rapid.SampledFrom([]types.ScheduleKind{types.EqualInstalment, types.EqualPrincipal, types.Bullet}).Draw(t, "schedule"),
		DayCount:    rapid.SampledFrom([]types.DayCount{types.Act360, types.Act365, types.Thirty360}).Draw(t, "day count"),
		RatePpm:     rapid.Uint32Range(0, types.MaxRatePpm).Draw(t, "rate"),
		PenaltyPpm:  rapid.Uint32Range(0, types.MaxRatePpm).Draw(t, "penalty"),
		Instalments: rapid.Uint32Range(1, 6).Draw(t, "instalments"),
		Period:      types.Period{Unit: types.UnitDay, Count: rapid.Uint32Range(1, 40).Draw(t, "period")},
		GraceDays:   rapid.Uint32Range(0, 5).Draw(t, "grace"),
		EarlyFeePpm: rapid.SampledFrom([]uint32{0, 0, 1, 333_333 / 10, types.MaxEarlyFeePpm}).Draw(t, "fee"),
		Waterfall:   append(due, rest...),
	}
	if rapid.Bool().Draw(t, "months") {
		terms.Period = types.Period{Unit: types.UnitMonth, Count: rapid.Uint32Range(1, 2).Draw(t, "months of a period")}
	}
	if rapid.Bool().Draw(t, "default order") {
		terms.Waterfall = nil
	}
	terms.DefaultDays = terms.GraceDays + rapid.SampledFrom([]uint32{1, 20, 100, 400}).Draw(t, "default")
	return terms
}

// story is a loan beside its reference.
type lived struct {
	loan      types.Loan
	reference *reference
	clock     domain.Clock
	// Minor units that came, that rulings sent back, and that they set off.
	came, back, setOff int64
}

func drawLoan(t *rapid.T) *lived {
	opened := rapid.Int64Range(20_000, 21_500).Draw(t, "opened")
	l := &lived{clock: domain.Clock{Day: opened, HaltedDays: rapid.Int64Range(0, 9).Draw(t, "halted before")}}
	loan, err := domain.Open(termsOf(rapid.Int64Range(6, 20_000).Draw(t, "principal"), drawTerms(t)), parties, l.clock)
	require.NoError(t, err)
	l.loan, l.reference = loan, newReference(loan)
	return l
}

// pass lives through days, the last of which has a block, and looks at the loan on each day with a block.
func (l *lived) pass(t *rapid.T) {
	halted := int64(0)
	if rapid.IntRange(0, 3).Draw(t, "halt") == 0 {
		halted = rapid.Int64Range(1, 45).Draw(t, "halted days")
	}
	for range halted {
		l.clock.Day++
		l.clock.HaltedDays++
		l.reference.live(false)
	}
	for range rapid.SampledFrom([]int{1, 1, 5, 30, 130}).Draw(t, "days") {
		l.clock.Day++
		l.reference.live(true)
		// As in a block: on the day that the loan asks for, or whenever somebody pays.
		if l.loan.NextDay != 0 && l.loan.NextDay <= l.clock.Day {
			l.loan = domain.Collected(domain.Advance(l.loan, l.clock))
		}
	}
	l.loan = domain.Advance(l.loan, l.clock)
}

func (l *lived) pay(t *rapid.T) {
	owed := domain.Owed(l.loan)
	if !l.loan.IsOwed() {
		return
	}
	amount := rapid.OneOf(rapid.Int64Range(1, 3_000), rapid.Just(owed.Int64()), rapid.Just(max(1, domain.DueNow(l.loan).Int64())), rapid.Just(owed.Int64()+7)).Draw(t, "amount")
	after, parts, surplus, err := domain.Allocate(l.loan, math.NewInt(amount))
	require.NoError(t, err)
	sum := surplus
	for _, part := range parts {
		require.True(t, part.Amount.IsPositive())
		sum = sum.Add(part.Amount).Add(part.Fee)
	}
	require.Equal(t, amount, sum.Int64(), "parts and surplus are the payment")
	require.Equal(t, l.reference.pay(amount), surplus.Int64())
	after.Repayments++
	requireReversible(t, l.loan, after, parts, amount-surplus.Int64())
	l.loan = after
	l.came += amount - surplus.Int64()
}

// requireReversible takes the payment back on a copy.
func requireReversible(t require.TestingT, before, after types.Loan, parts []types.AllocationPart, amount int64) {
	taken := types.Repayment{Number: after.Repayments, Day: after.AdvancedToDay, Amount: math.NewInt(amount), Parts: parts, StatusBefore: before.Status}
	back, err := domain.Reverse(after, taken)
	require.NoError(t, err)
	back.Repayments-- // the number was used
	require.Equal(t, before.String(), back.String(), "a payment that is taken back leaves no trace")
}

// rule has a ruling withdraw penalty, or take back a default.
func (l *lived) rule(t *rapid.T) {
	if l.loan.Status == types.LoanDefaulted && rapid.Bool().Draw(t, "lift") {
		lifted, err := domain.LiftDefault(l.loan)
		if !l.reference.lift() {
			require.ErrorIs(t, err, types.ErrStillDue)
			return
		}
		require.NoError(t, err)
		l.loan = lifted
		return
	}
	waivable := domain.Waivable(l.loan).Int64()
	amount := rapid.OneOf(rapid.Int64Range(1, 50), rapid.Just(waivable+1)).Draw(t, "waive")
	after, waiver, err := domain.Waive(l.loan, math.NewInt(amount))
	if waivable == 0 {
		require.ErrorIs(t, err, types.ErrNothingToWaive)
		return
	}
	require.NoError(t, err)
	require.Equal(t, min(amount, waivable), waiver.All().Int64(), "no more than there is, and all that was asked for")
	require.Equal(t, l.reference.waive(amount), waiver.Back.Int64())
	if l.loan.Repayments > 0 {
		taken := types.Repayment{Number: after.RuledRepayments, Day: after.AdvancedToDay, StatusBefore: l.loan.Status}
		_, err = domain.Reverse(after, taken)
		require.ErrorIs(t, err, types.ErrNotReversible, "what a ruling rests on stays")
	}
	l.loan, l.back, l.setOff = after, l.back+waiver.Back.Int64(), l.setOff+waiver.SetOff.Int64()
}

func (l *lived) compare(t require.TestingT) {
	loan, r := l.loan, l.reference
	require.Equal(t, r.owed(), domain.Owed(loan).Int64(), "owed on day %d", l.clock.Day)
	require.Equal(t, r.class(), loan.Class, "class on day %d, %s", l.clock.Day, loan.Status)
	if bears := loan.Status == types.LoanActive || loan.Status == types.LoanOverdue || loan.Status == types.LoanDefaulted; bears {
		require.Equal(t, r.outstanding(), loan.Outstanding().Int64())
		require.Equal(t, r.defaulted, loan.Status == types.LoanDefaulted)
		for i, row := range r.rows {
			require.Equal(t, fmt.Sprint(row.called, row.principal), fmt.Sprint(loan.Instalments[i].Due(), loan.Instalments[i].UnpaidPrincipal()), "instalment %d", i+1)
		}
	}
	require.NoError(t, domain.CheckBooks(loan))
	has := loan.Repaid.Add(loan.InterestPaid).Add(loan.PenaltyPaid).Add(loan.FeesPaid).Add(loan.Recovered)
	require.Equal(t, l.came-l.back, has.Int64(), "what came and did not go back has paid for something")
	require.Equal(t, l.back+l.setOff, loan.PenaltyReturned.Int64())
}

func theSameAsTheReference(t *rapid.T) {
	l := drawLoan(t)
	for range rapid.IntRange(1, 12).Draw(t, "steps") {
		l.pass(t)
		l.compare(t)
		if rapid.Bool().Draw(t, "pays") {
			l.pay(t)
			l.compare(t)
		}
		if l.loan.IsOwed() && l.loan.Status != types.LoanDefaulted && !l.reference.writtenOff && rapid.IntRange(0, 4).Draw(t, "breaks a covenant") == 0 {
			accelerated, err := domain.Accelerate(l.loan)
			require.NoError(t, err)
			l.loan = accelerated
			l.reference.accelerate()
			l.compare(t)
		}
		if rapid.IntRange(0, 2).Draw(t, "ruling") == 0 {
			l.rule(t)
			l.compare(t)
		}
		if l.loan.Status == types.LoanDefaulted && rapid.IntRange(0, 3).Draw(t, "give up") == 0 {
			given, err := domain.GiveUp(l.loan)
			require.NoError(t, err)
			l.loan, l.reference.writtenOff = given, true
			l.compare(t)
		}
	}
}

func TestALoanIsWhatItsReferenceSays(t *testing.T) {
	t.Parallel()
	rapid.Check(t, theSameAsTheReference)
}

func FuzzLoan(f *testing.F) { f.Fuzz(rapid.MakeFuzz(theSameAsTheReference)) }
