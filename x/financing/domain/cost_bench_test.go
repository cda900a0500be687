package domain_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/x/financing/domain"
	"github.com/zhilian-network/zhilian/x/financing/types"
)

// The dearest loan: the most equal instalments, all of them called at once after a halt.
func BenchmarkLoan(b *testing.B) {
	terms := types.RepaymentTerms{
		Schedule: types.EqualInstalment, DayCount: types.Thirty360, RatePpm: 43_500, PenaltyPpm: 20_000, Instalments: types.MaxInstalments,
		Period: types.Period{Unit: types.UnitMonth, Count: 1}, DefaultDays: types.MaxDefaultDays,
	}
	open := func() types.Loan {
		loan, err := domain.Open(termsOf(types.MaxPrincipal().Int64(), terms), parties, domain.Clock{Day: 20_000})
		require.NoError(b, err)
		return loan
	}
	loan := open()
	b.Run("open", func(b *testing.B) {
		for b.Loop() {
			open()
		}
	})
	late := domain.Advance(loan, domain.Clock{Day: 24_000})
	b.Run("advance", func(b *testing.B) {
		for b.Loop() {
			domain.Advance(loan, domain.Clock{Day: 24_000})
		}
	})
	b.Run("allocate", func(b *testing.B) {
		for b.Loop() {
			_, _, _, err := domain.Allocate(late, domain.Owed(late))
			require.NoError(b, err)
		}
	})
}
