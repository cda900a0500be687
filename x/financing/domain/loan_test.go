package domain_test

import (
	"math/big"
	"testing"

	"cosmossdk.io/math"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/zhilian-network/zhilian/x/financing/domain"
	"github.com/zhilian-network/zhilian/x/financing/types"
)

func TestALoanChangesAsTheTableSays(t *testing.T) {
	legal := map[types.LoanStatus]map[domain.LoanEvent]types.LoanStatus{
		types.LoanActive:     {domain.Miss: types.LoanOverdue, domain.Default: types.LoanDefaulted, domain.Settle: types.LoanRepaid},
		types.LoanOverdue:    {domain.Cure: types.LoanActive, domain.Default: types.LoanDefaulted, domain.Settle: types.LoanRepaid},
		types.LoanDefaulted:  {domain.Settle: types.LoanRepaid, domain.WriteOff: types.LoanWrittenOff, domain.Lift: types.LoanActive},
		types.LoanWrittenOff: {domain.Settle: types.LoanRecovered},
	}
	for from := range types.LoanStatus_name {
		for event := domain.Miss; event <= domain.Lift; event++ {
			status := types.LoanStatus(from)
			to, err := domain.NextLoanStatus(status, event)
			if want, isLegal := legal[status][event]; isLegal {
				require.NoError(t, err, "%s takes %s", status, event)
				require.Equal(t, want, to)
				continue
			}
			require.ErrorIs(t, err, types.ErrLoanTransition, "%s does not take %s", status, event)
			require.Equal(t, status, to)
		}
	}
}

// The days are those of the examples that ISDA publishes for 30E/360, and of the calendar.
func TestDayCountsAgreeWithTheTextbook(t *testing.T) {
	for _, row := range []struct{ from, to, days360 string }{
		{"2007-01-15", "2007-01-30", "15"}, {"2007-01-15", "2007-02-15", "30"}, {"2007-01-15", "2007-07-15", "180"},
		{"2007-09-30", "2008-03-31", "180"}, {"2007-09-30", "2007-10-31", "30"}, {"2007-09-30", "2008-09-30", "360"},
		{"2007-01-15", "2007-01-31", "15"}, {"2007-01-31", "2007-02-28", "28"}, {"2007-02-28", "2007-03-31", "32"},
		{"2006-08-31", "2007-02-28", "178"}, {"2007-02-28", "2007-08-31", "182"}, {"2008-02-29", "2008-08-31", "181"},
	} {
		from, err := dayOf(row.from)
		require.NoError(t, err)
		to, err := dayOf(row.to)
		require.NoError(t, err)
		// At 36 % a hundred bear a tenth of a unit a day under 30/360: interest tells the days.
		terms := types.RepaymentTerms{
			Schedule: types.Bullet, DayCount: types.Thirty360, RatePpm: 360_000, Instalments: 1, DefaultDays: 90,
			Period: types.Period{Unit: types.UnitDay, Count: uint32(to - from)},
		}
		loan, err := domain.Open(termsOf(1_000, terms), parties, domain.Clock{Day: from})
		require.NoError(t, err)
		loan = domain.Advance(loan, domain.Clock{Day: to})
		require.Equal(t, row.days360, loan.Instalments[0].Interest.String(), "%s to %s", row.from, row.to)
	}
}

// Interest and penalty that are counted day by day are what is counted at once: nothing is rounded but the charge.
// An instalment has to be called on its day; apart from that a loan may be left alone.
func TestWhatAccruesByDayIsWhatAccruesAtOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		terms := drawTerms(t)
		terms.Instalments = rapid.Uint32Range(1, 2).Draw(t, "few instalments")
		terms.DefaultDays = types.MaxDefaultDays
		opened := rapid.Int64Range(20_000, 21_500).Draw(t, "opened")
		loan, err := domain.Open(termsOf(rapid.Int64Range(6, 1_000_000_000).Draw(t, "principal"), terms), parties, domain.Clock{Day: opened})
		require.NoError(t, err)
		until := rapid.Int64Range(opened, opened+600).Draw(t, "until")
		daily, once := loan, loan
		for day := opened; day <= until; day++ {
			daily = domain.Advance(daily, domain.Clock{Day: day})
		}
		for _, instalment := range loan.Instalments {
			once = domain.Advance(once, domain.Clock{Day: min(instalment.DueDay, until)})
		}
		require.Equal(t, daily, domain.Advance(once, domain.Clock{Day: until}))
	})
}

// The payment of equal instalments is the smallest that leaves the last one not larger, and it is the textbook's
// within a minor unit where months are equally long.
func TestEqualInstalmentsAreEqual(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		terms := types.RepaymentTerms{
			Schedule: types.EqualInstalment, DayCount: types.Thirty360, RatePpm: rapid.Uint32Range(1, 400_000).Draw(t, "rate"),
			Instalments: rapid.Uint32Range(1, types.MaxInstalments).Draw(t, "instalments"), Period: types.Period{Unit: types.UnitMonth, Count: 1}, DefaultDays: 90,
		}
		opened, err := dayOf("2026-03-15")
		require.NoError(t, err)
		loan, err := domain.Open(termsOf(rapid.Int64Range(100_000, 1_000_000_000).Draw(t, "principal"), terms), parties, domain.Clock{Day: opened})
		require.NoError(t, err)
		plan := domain.Plan(loan)
		payment := plan[0].Principal.Add(plan[0].Interest)
		sum := math.ZeroInt()
		for i, row := range plan {
			sum = sum.Add(row.Principal)
			if i < len(plan)-1 {
				require.Equal(t, payment.String(), row.Principal.Add(row.Interest).String(), "instalment %d", i+1)
				continue
			}
			require.True(t, row.Principal.Add(row.Interest).LTE(payment), "the last one is not larger")
		}
		require.Equal(t, loan.Drawn.String(), sum.String(), "instalments are the principal")
		gap := new(big.Rat).Sub(new(big.Rat).SetInt(payment.BigInt()), annuity(loan.Drawn, terms))
		require.True(t, gap.Cmp(big.NewRat(1, 1)) <= 0 && gap.Cmp(big.NewRat(-1, 1)) >= 0, "payment %s, textbook differs by %s", payment, gap.FloatString(3))
	})
}

// annuity is P·r / (1 - (1+r)^-n), exactly.
func annuity(principal math.Int, terms types.RepaymentTerms) *big.Rat {
	rate := big.NewRat(int64(terms.RatePpm), 12_000_000)
	growth := big.NewRat(1, 1)
	for range terms.Instalments {
		growth.Mul(growth, new(big.Rat).Add(rate, big.NewRat(1, 1)))
	}
	share := new(big.Rat).Sub(big.NewRat(1, 1), new(big.Rat).Inv(growth))
	return new(big.Rat).Quo(new(big.Rat).Mul(new(big.Rat).SetInt(principal.BigInt()), rate), share)
}

func TestInstalmentsAreThePrincipalWhateverTheSchedule(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		terms := drawTerms(t)
		principal := math.NewInt(rapid.Int64Range(6, 1<<62).Draw(t, "principal"))
		instalments, err := domain.Schedule(terms, principal, rapid.Int64Range(0, 1<<31).Draw(t, "opened"))
		require.NoError(t, err)
		sum, before := math.ZeroInt(), int64(-1)
		for _, instalment := range instalments {
			require.False(t, instalment.Principal.IsNegative())
			require.Greater(t, instalment.DueDay, before, "they fall due one after the other")
			sum, before = sum.Add(instalment.Principal), instalment.DueDay
		}
		require.Equal(t, principal.String(), sum.String())
	})
}

func TestTermsThatCannotBeAreRefused(t *testing.T) {
	sound := types.RepaymentTerms{
		Schedule: types.Bullet, DayCount: types.Act360, RatePpm: 43_500, Instalments: 1, DefaultDays: 90,
		Period: types.Period{Unit: types.UnitDay, Count: 30},
	}
	require.NoError(t, sound.Validate())
	for name, spoil := range map[string]func(*types.RepaymentTerms){
		"no schedule":                       func(t *types.RepaymentTerms) { t.Schedule = 0 },
		"unknown schedule":                  func(t *types.RepaymentTerms) { t.Schedule = 9 },
		"no day count":                      func(t *types.RepaymentTerms) { t.DayCount = 0 },
		"rate above a hundred percent":      func(t *types.RepaymentTerms) { t.RatePpm = types.MaxRatePpm + 1 },
		"penalty above a hundred percent":   func(t *types.RepaymentTerms) { t.PenaltyPpm = types.MaxRatePpm + 1 },
		"no instalment":                     func(t *types.RepaymentTerms) { t.Instalments = 0 },
		"too many instalments":              func(t *types.RepaymentTerms) { t.Instalments = types.MaxInstalments + 1 },
		"no period":                         func(t *types.RepaymentTerms) { t.Period.Count = 0 },
		"period without a unit":             func(t *types.RepaymentTerms) { t.Period.Unit = 0 },
		"period beyond ten years":           func(t *types.RepaymentTerms) { t.Period = types.Period{Unit: types.UnitMonth, Count: 121} },
		"default within the days of grace":  func(t *types.RepaymentTerms) { t.GraceDays, t.DefaultDays = 5, 5 },
		"more grace than a quarter":         func(t *types.RepaymentTerms) { t.GraceDays = types.MaxGraceDays + 1 },
		"default after more than two years": func(t *types.RepaymentTerms) { t.DefaultDays = types.MaxDefaultDays + 1 },
		"fee above ten percent":             func(t *types.RepaymentTerms) { t.EarlyFeePpm = types.MaxEarlyFeePpm + 1 },
		"fee of a revolving loan":           func(t *types.RepaymentTerms) { t.Schedule, t.EarlyFeePpm = types.Revolving, 1 },
		"waterfall that lacks a bucket":     func(t *types.RepaymentTerms) { t.Waterfall = []types.Bucket{1, 2, 3, 4, 5, 6} },
		"waterfall with a bucket twice":     func(t *types.RepaymentTerms) { t.Waterfall = []types.Bucket{1, 1, 3, 4, 5, 6, 7} },
		"early principal before what is due": func(t *types.RepaymentTerms) {
			t.Waterfall = []types.Bucket{1, 2, 3, 7, 5, 6, 4}
		},
	} {
		t.Run(name, func(t *testing.T) {
			terms := sound
			spoil(&terms)
			require.ErrorIs(t, terms.Validate(), types.ErrInvalidTerms)
			_, err := domain.Open(termsOf(1_000, terms), parties, domain.Clock{Day: 20_000})
			require.ErrorIs(t, err, types.ErrInvalidTerms)
		})
	}
}

func TestPrincipalThatCannotBeLentIsRefused(t *testing.T) {
	terms := types.RepaymentTerms{
		Schedule: types.EqualPrincipal, DayCount: types.Act360, Instalments: 3, DefaultDays: 90, Period: types.Period{Unit: types.UnitDay, Count: 30},
	}
	for _, principal := range []int64{-1, 0, 2} {
		_, err := domain.Open(termsOf(principal, terms), parties, domain.Clock{Day: 20_000})
		require.ErrorIs(t, err, types.ErrInvalidLoan, "%d in three instalments", principal)
	}
	_, err := domain.Open(termsOf(1_000, terms), domain.Parties{Lender: parties.Lender, Borrower: parties.Lender}, domain.Clock{Day: 20_000})
	require.ErrorIs(t, err, types.ErrInvalidLoan)
}
