package run

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/bench/target"
)

func TestTheKindsFollowEachOtherInEachRound(t *testing.T) {
	steps := Options{}.plan()
	kinds := target.Kinds()
	const rounds, roundsOfFour = 3, 2
	for i := range rounds * len(kinds) {
		require.Equal(t, kinds[i%len(kinds)], steps[i].settings.Kind)
		require.Equal(t, 1, steps[i].settings.Validators)
		require.Equal(t, 1+i/len(kinds), steps[i].round)
	}
	ofFour := steps[rounds*len(kinds):][:roundsOfFour*len(kinds)]
	for i, step := range ofFour {
		require.Equal(t, kinds[i%len(kinds)], step.settings.Kind)
		require.Equal(t, 4, step.settings.Validators)
	}
	growth := steps[(rounds+roundsOfFour)*len(kinds):]
	require.Len(t, growth, 6)
	require.Equal(t, 1_000_000, growth[5].settings.Accounts)
	require.Empty(t, Options{}.leftOut())
	for _, step := range steps {
		require.GreaterOrEqual(t, step.settings.Window, 30*time.Second)
		require.Zero(t, step.settings.Accounts%step.settings.Payers)
		require.LessOrEqual(t, step.settings.Accounts/step.settings.Payers, 1000, "of one party")
	}
}

func TestTheShortRunSaysWhatItLeavesOut(t *testing.T) {
	short := Options{Short: true}
	require.Len(t, short.plan(), 2*len(target.Kinds()))
	require.Len(t, short.leftOut(), 1)
	require.Less(t, short.limit(), 3*time.Minute)
	require.LessOrEqual(t, short.Estimate(), short.limit())
}

func TestAMeasurementThatWouldEndTooLateIsLeftOut(t *testing.T) {
	ofFour := Settings{Kind: target.PayInside, Validators: 4}
	past := newPastLengths()
	require.False(t, past.tooLate(time.Minute, 59*time.Second, ofFour), "nobody knows")
	past.add(Settings{Kind: target.PayInside, Validators: 1}, 20*time.Second)
	past.add(Settings{Kind: target.Plain, Validators: 4}, 40*time.Second)
	require.False(t, past.tooLate(0, time.Hour, ofFour), "no limit")
	require.False(t, past.tooLate(time.Minute, 39*time.Second, ofFour))
	require.True(t, past.tooLate(time.Minute, 41*time.Second, ofFour), "as long as with one validator at least")
	past.add(Settings{Kind: target.Batch, Validators: 4}, 30*time.Second)
	require.True(t, past.tooLate(time.Minute, 39*time.Second, ofFour), "as long as another kind with as many")
	require.True(t, past.tooLate(time.Minute, 21*time.Second, Settings{Kind: target.Plain, Validators: 4}))
}
