package domain_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/x/financing/domain"
)

func TestDaysAreCountedFrom1970InTheLengthThatTheNetworkHas(t *testing.T) {
	usual, quick := domain.NewCalendar(86_400), domain.NewCalendar(1)
	noon := time.Date(2026, 11, 2, 12, 0, 0, 999, time.UTC)
	require.Equal(t, uint64(20_759), usual.Day(noon))
	require.Equal(t, time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC), usual.Start(20_759))
	require.Equal(t, uint64(noon.Unix()), quick.Day(noon))
	require.Zero(t, usual.Day(time.Date(1960, 1, 1, 0, 0, 0, 0, time.UTC)))
}

func TestADayHasItsFirstSecondAndNotItsLast(t *testing.T) {
	calendar := domain.NewCalendar(86_400)
	start := calendar.Start(20_759)
	require.Equal(t, uint64(20_759), calendar.Day(start))
	require.Equal(t, uint64(20_758), calendar.Day(start.Add(-time.Nanosecond)))
	require.Equal(t, calendar.Start(20_760), calendar.AfterDays(start.Add(time.Hour), 1), "the next day, not 24 hours later")
}
