package domain_test

import (
	"testing"
	"time"

	"cosmossdk.io/math"
	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/x/dispute/domain"
	"github.com/zhilian-network/zhilian/x/dispute/types"
)

func TestEveryMatterIsOfferedReasonsAndRemediesThatItTakes(t *testing.T) {
	for number := range types.MatterKind_name {
		kind := types.MatterKind(number)
		if number == 0 {
			continue
		}
		subject := domain.Subject{Disputed: math.NewInt(500)}
		require.NotEmpty(t, domain.ReasonsOf(kind), kind)
		require.NotEmpty(t, domain.Attached(kind), kind)
		for _, choice := range domain.Choices(kind, subject) {
			remedies := []types.Remedy{{Kind: choice.Kind, Amount: choice.Most}}
			if choice.Kind == types.RemedyInterest {
				remedies = append([]types.Remedy{{Kind: types.RemedyRefund, Amount: math.NewInt(500)}}, remedies...)
			}
			err := domain.CheckRemedies(kind, subject, remedies)
			if choice.Needs == "" || choice.Kind.HasAmount() {
				require.NoError(t, err, "%s of %s", choice.Kind, kind)
				continue
			}
			require.ErrorIs(t, err, types.ErrRemedy, "%s is not whole without %s", choice.Kind, choice.Needs)
		}
	}
}

func TestADeadlineIsSaidInWords(t *testing.T) {
	params := types.DefaultParams()
	clock := domain.Clock{Halted: time.Hour}
	c := types.Case{Status: types.Answering, DueOnClock: start.Add(72*time.Hour + time.Minute)}
	for _, row := range []struct {
		now  time.Duration
		day  uint32
		want string
	}{
		{0, 86_400, "3 business days left"},
		{30 * time.Hour, 86_400, "1 business day left"},
		{50 * time.Hour, 86_400, "22 hours left"},
		{71*time.Hour + time.Minute, 86_400, "1 hour left"},
		{72 * time.Hour, 86_400, "less than an hour left"},
		{73 * time.Hour, 86_400, "over"},
		{72*time.Hour + 57*time.Second, 1, "3 business days left"},
		{72*time.Hour + 59*time.Second + time.Second/2, 1, "less than a business day left"},
	} {
		params.BusinessDaySeconds = row.day
		text := domain.Deadline(c, clock, start.Add(row.now), params)
		require.Contains(t, text, "Time: "+row.want+", until 2026-11-05 02:01:00 UTC.", "the hour for which the chain stood still is given back")
		require.Contains(t, text, "silence leads to a panel")
	}
	require.Empty(t, domain.Deadline(types.Case{Status: types.Closed}, clock, start, params), "nobody is waited for")
}
