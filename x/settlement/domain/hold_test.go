package domain_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cosmossdk.io/math"

	"github.com/zhilian-network/zhilian/x/settlement/domain"
	"github.com/zhilian-network/zhilian/x/settlement/types"
)

func TestEveryHoldStatusTakesExactlyTheEventsOfTheTable(t *testing.T) {
	t.Parallel()
	const illegal = types.HoldStatus(-1)
	events := append([]domain.HoldEvent{}, domain.HoldEvents...)
	events = append(events, domain.HoldEvent(99))
	matrix := []struct {
		from types.HoldStatus
		to   []types.HoldStatus // in the order of events
	}{
		{types.HoldNone, []types.HoldStatus{types.HoldPending, illegal, illegal, illegal, illegal, illegal}},
		{types.HoldPending, []types.HoldStatus{illegal, types.HoldPending, types.HoldCaptured, types.HoldReleased, types.HoldReleased, illegal}},
		{types.HoldCaptured, []types.HoldStatus{illegal, illegal, illegal, illegal, illegal, illegal}},
		{types.HoldReleased, []types.HoldStatus{illegal, illegal, illegal, illegal, illegal, illegal}},
		{types.HoldStatus(99), []types.HoldStatus{illegal, illegal, illegal, illegal, illegal, illegal}},
	}
	require.Len(t, matrix, len(types.HoldStatus_name)+1, "a status is missing from the matrix")
	for _, row := range matrix {
		for i, event := range events {
			to, err := domain.NextHoldStatus(row.from, event)
			if row.to[i] == illegal {
				require.ErrorIs(t, err, types.ErrHoldTransition, "%s takes %s", row.from, event)
				require.Equal(t, row.from, to)
				continue
			}
			require.NoError(t, err)
			require.Equal(t, row.to[i], to, "%s after %s", row.from, event)
		}
	}
}

func TestAHoldIsCapturedToTheLastUnitAndUntilItsTimeIsOver(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 5, 8, 0, 0, 0, time.UTC)
	hold := types.Hold{
		Amount: math.NewInt(10), Captured: math.NewInt(4), Status: types.HoldPending, ExpiresAt: now.Add(time.Hour), DueAt: now.Add(time.Hour),
	}
	part, err := domain.CaptureHold(hold, math.NewInt(5), now, time.Minute)
	require.NoError(t, err)
	require.Equal(t, types.HoldPending, part.Status)
	require.Equal(t, hold.DueAt, part.DueAt)
	require.Equal(t, "1", part.Left().String())
	rest, err := domain.CaptureHold(part, math.NewInt(1), now, time.Minute)
	require.NoError(t, err)
	require.Equal(t, types.HoldCaptured, rest.Status)
	require.Equal(t, now.Add(time.Minute), rest.DueAt, "it leaves state after its retention")
	require.Equal(t, "0", rest.Left().String())

	_, err = domain.CaptureHold(hold, math.NewInt(7), now, time.Minute)
	require.ErrorIs(t, err, types.ErrHoldExceeded)
	_, err = domain.CaptureHold(hold, math.NewInt(1), now.Add(time.Hour-1), time.Minute)
	require.NoError(t, err)
	_, err = domain.CaptureHold(hold, math.NewInt(1), now.Add(time.Hour), time.Minute)
	require.ErrorIs(t, err, types.ErrHoldExpired, "also while it waits for a block that has room to release it")
	_, err = domain.ReleaseHold(hold, domain.CapturePart, now, time.Minute)
	require.ErrorIs(t, err, types.ErrHoldTransition)
}
