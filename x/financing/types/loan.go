package types

import (
	stdmath "math"
	"slices"

	"cosmossdk.io/math"
)

// Bounds of loans.
const (
	// MaxInstalments is the most instalments of a loan: ten years of months.
	MaxInstalments = 120
	// MaxPeriodDays and MaxPeriodMonths are the longest time between two instalments: ten years.
	MaxPeriodDays   = 3_660
	MaxPeriodMonths = 120
	// MaxRatePpm is the highest interest, and the highest penalty, a year.
	MaxRatePpm = 1_000_000
	// MaxEarlyFeePpm is the highest fee for early repayment.
	MaxEarlyFeePpm = 100_000
	// MaxGraceDays is the most days of grace.
	MaxGraceDays = 90
	// MaxDefaultDays is the latest day after which an unpaid instalment makes a loan default.
	MaxDefaultDays = 720
	// RepaymentsDroppedPerBlock is how many payments on a closed loan a block forgets at once.
	RepaymentsDroppedPerBlock = 100
	// LoanUnits is the work of changing a loan of the most instalments, in units of app/work.go.
	LoanUnits = 3
	// Ppm is the whole in millionths.
	Ppm = 1_000_000
)

// MaxPrincipal is the most that is lent at once, in minor units: the most that one payment moves.
func MaxPrincipal() math.Int { return math.NewInt(stdmath.MaxInt64) }

// What generated names are called in this module.
const (
	EqualInstalment = ScheduleKind_SCHEDULE_KIND_EQUAL_INSTALMENT
	EqualPrincipal  = ScheduleKind_SCHEDULE_KIND_EQUAL_PRINCIPAL
	Bullet          = ScheduleKind_SCHEDULE_KIND_BULLET
	Revolving       = ScheduleKind_SCHEDULE_KIND_REVOLVING

	Act360    = DayCount_DAY_COUNT_ACT_360
	Act365    = DayCount_DAY_COUNT_ACT_365
	Thirty360 = DayCount_DAY_COUNT_THIRTY_360

	UnitDay   = PeriodUnit_PERIOD_UNIT_DAY
	UnitMonth = PeriodUnit_PERIOD_UNIT_MONTH

	BucketPenalty          = Bucket_BUCKET_PENALTY
	BucketOverdueInterest  = Bucket_BUCKET_OVERDUE_INTEREST
	BucketOverduePrincipal = Bucket_BUCKET_OVERDUE_PRINCIPAL
	BucketDueInterest      = Bucket_BUCKET_DUE_INTEREST
	BucketDuePrincipal     = Bucket_BUCKET_DUE_PRINCIPAL
	BucketAccruedInterest  = Bucket_BUCKET_ACCRUED_INTEREST
	BucketEarlyPrincipal   = Bucket_BUCKET_EARLY_PRINCIPAL
	BucketRecovery         = Bucket_BUCKET_RECOVERY

	LoanActive     = LoanStatus_LOAN_STATUS_ACTIVE
	LoanOverdue    = LoanStatus_LOAN_STATUS_OVERDUE
	LoanDefaulted  = LoanStatus_LOAN_STATUS_DEFAULTED
	LoanRepaid     = LoanStatus_LOAN_STATUS_REPAID
	LoanWrittenOff = LoanStatus_LOAN_STATUS_WRITTEN_OFF
	LoanRecovered  = LoanStatus_LOAN_STATUS_RECOVERED

	ClassNormal         = LoanClass_LOAN_CLASS_NORMAL
	ClassSpecialMention = LoanClass_LOAN_CLASS_SPECIAL_MENTION
	ClassSubstandard    = LoanClass_LOAN_CLASS_SUBSTANDARD
	ClassDoubtful       = LoanClass_LOAN_CLASS_DOUBTFUL
	ClassLoss           = LoanClass_LOAN_CLASS_LOSS
)

// buckets are those of a waterfall. The first dueBuckets hold what is due.
var buckets = []Bucket{
	BucketPenalty, BucketOverdueInterest, BucketOverduePrincipal, BucketDueInterest, BucketDuePrincipal,
	BucketAccruedInterest, BucketEarlyPrincipal,
}

const dueBuckets = 5

// Order is the order in which a payment is split.
func (t RepaymentTerms) Order() []Bucket {
	if len(t.Waterfall) == 0 {
		return buckets
	}
	return t.Waterfall
}

// Validate checks the terms alone. ErrInvalidTerms.
func (t RepaymentTerms) Validate() error {
	switch {
	case t.Schedule < EqualInstalment || t.Schedule > Revolving:
		return ErrInvalidTerms.Wrapf("schedule %s", t.Schedule)
	case t.DayCount < Act360 || t.DayCount > Thirty360:
		return ErrInvalidTerms.Wrapf("day count %s", t.DayCount)
	case t.RatePpm > MaxRatePpm || t.PenaltyPpm > MaxRatePpm:
		return ErrInvalidTerms.Wrapf("interest of %d and penalty of %d ppm, at most %d each", t.RatePpm, t.PenaltyPpm, MaxRatePpm)
	case t.Instalments == 0 || t.Instalments > MaxInstalments:
		return ErrInvalidTerms.Wrapf("%d instalments: 1 to %d are needed", t.Instalments, MaxInstalments)
	case t.GraceDays > MaxGraceDays:
		return ErrInvalidTerms.Wrapf("%d days of grace, at most %d", t.GraceDays, MaxGraceDays)
	case t.DefaultDays <= t.GraceDays || t.DefaultDays > MaxDefaultDays:
		return ErrInvalidTerms.Wrapf("default after %d days: more than the %d of grace and at most %d are needed", t.DefaultDays, t.GraceDays, MaxDefaultDays)
	case t.EarlyFeePpm > MaxEarlyFeePpm:
		return ErrInvalidTerms.Wrapf("fee of %d ppm, at most %d", t.EarlyFeePpm, MaxEarlyFeePpm)
	case t.EarlyFeePpm > 0 && t.Schedule == Revolving:
		return ErrInvalidTerms.Wrap("a revolving loan is repaid early without a fee")
	}
	if err := t.Period.validate(); err != nil {
		return err
	}
	return t.validateWaterfall()
}

func (p Period) validate() error {
	longest := map[PeriodUnit]uint32{UnitDay: MaxPeriodDays, UnitMonth: MaxPeriodMonths}[p.Unit]
	if p.Count == 0 || p.Count > longest {
		return ErrInvalidTerms.Wrapf("period of %d %s: up to %d days or %d months are needed", p.Count, p.Unit, MaxPeriodDays, MaxPeriodMonths)
	}
	return nil
}

// validateWaterfall wants what is due before what is not: else money that was collected for an instalment could
// leave the instalment overdue.
func (t RepaymentTerms) validateWaterfall() error {
	if len(t.Waterfall) == 0 {
		return nil
	}
	if len(t.Waterfall) == len(buckets) {
		due, rest := slices.Clone(t.Waterfall[:dueBuckets]), slices.Clone(t.Waterfall[dueBuckets:])
		slices.Sort(due)
		slices.Sort(rest)
		if slices.Equal(append(due, rest...), buckets) {
			return nil
		}
	}
	return ErrInvalidTerms.Wrap("waterfall must hold the five buckets of what is due in any order, then accrued interest and early principal in any order")
}

// Outstanding is the principal that is lent.
func (l Loan) Outstanding() math.Int { return l.Drawn.Sub(l.Repaid).Sub(l.WrittenOff) }

// Due reports whether the network has called for the instalment.
func (i Instalment) Due() bool { return i.CountedFromDay != 0 }

// UnpaidPrincipal is the principal of the instalment that was not paid.
func (i Instalment) UnpaidPrincipal() math.Int { return i.Principal.Sub(i.PrincipalPaid) }

// UnpaidInterest is the interest that was charged with the instalment and not paid.
func (i Instalment) UnpaidInterest() math.Int { return i.Interest.Sub(i.InterestPaid) }

// Unpaid is what the instalment still asks for.
func (i Instalment) Unpaid() math.Int { return i.UnpaidPrincipal().Add(i.UnpaidInterest()) }

// IsOwed reports whether a loan takes payments.
func (l Loan) IsOwed() bool {
	return l.Status == LoanActive || l.Status == LoanOverdue || l.Status == LoanDefaulted || l.Status == LoanWrittenOff
}
