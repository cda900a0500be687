package domain_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/x/dispute/domain"
	"github.com/zhilian-network/zhilian/x/dispute/types"
)

const gap = 10 * time.Minute

func TestAHaltCountsForNoDeadline(t *testing.T) {
	clock, stood, changed := domain.Clock{}.Tick(start, gap)
	require.True(t, changed, "the first block is noted")
	require.Zero(t, stood)

	due := clock.Now(start).Add(time.Hour)
	block := start
	for range 30 { // half an hour of blocks, a minute apart
		block = block.Add(time.Minute)
		clock, _, _ = clock.Tick(block, gap)
	}
	require.False(t, domain.IsOver(due, clock.Now(block)))

	block = block.Add(40 * time.Minute) // the chain stands still across the deadline
	clock, stood, changed = clock.Tick(block, gap)
	require.True(t, changed)
	require.Equal(t, 40*time.Minute, stood)
	require.False(t, domain.IsOver(due, clock.Now(block)), "half an hour is left")
	require.Equal(t, block.Add(30*time.Minute), clock.At(due), "which the new time says")

	block = block.Add(30*time.Minute - time.Nanosecond)
	require.False(t, domain.IsOver(due, clock.Now(block)))
	require.True(t, domain.IsOver(due, clock.Now(block.Add(time.Nanosecond))), "the end is over")
}

func TestAGapOfTheBoundIsNoHaltYetAndLongerOnesAre(t *testing.T) {
	for _, row := range []struct {
		gap  time.Duration
		halt bool
	}{{gap, false}, {gap + time.Nanosecond, true}} {
		clock, _, _ := domain.Clock{}.Tick(start, gap)
		_, stood, _ := clock.Tick(start.Add(row.gap), gap)
		require.Equal(t, row.halt, stood > 0, row.gap)
	}
}

func TestAnIdleNetworkWritesItsClockOnceAMinute(t *testing.T) {
	clock, _, _ := domain.Clock{}.Tick(start, gap)
	writes := 0
	for second := 1; second <= 600; second++ {
		next, stood, changed := clock.Tick(start.Add(time.Duration(second)*time.Second), gap)
		require.Zero(t, stood)
		if changed {
			writes++
		}
		clock = next
	}
	require.Equal(t, 10, writes)
}

// However blocks come, the clock never runs backwards and never faster than block time; and what it leaves out is at
// most what was no block for, to TickEvery.
func TestTheClockNeitherRunsBackNorSkips(t *testing.T) {
	clock, block := domain.Clock{}, start
	gaps := []time.Duration{time.Second, 59 * time.Second, 61 * time.Second, gap, gap + 1, time.Hour, time.Second, 2 * time.Minute}
	var halts time.Duration
	for i := range 1000 {
		step := gaps[(i*i+i)%len(gaps)]
		before := clock.Now(block)
		block = block.Add(step)
		next, stood, _ := clock.Tick(block, gap)
		now := next.Now(block)
		require.LessOrEqual(t, stood, step+types.TickEvery)
		require.LessOrEqual(t, now.Sub(before), step)
		require.GreaterOrEqual(t, now.Sub(before), -types.TickEvery, "a tick that was not written is at most this old")
		halts += stood
		clock = next
	}
	require.Equal(t, halts, clock.Halted)
}
