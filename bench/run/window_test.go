package run

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/bench/node"
)

func TestAWindowBeginsAndEndsWithABlockOfPayments(t *testing.T) {
	var samples []int64
	w := newWindow(0, 10*time.Second, 3, func(block node.Block) (sample, error) {
		samples = append(samples, block.Height)
		return sample{block: block}, nil
	})
	start := time.Now().Add(time.Second)
	w.notBefore = start
	see := func(height int64, second int, txs int) {
		w.see(node.Block{Height: height, Txs: txs, Seen: start.Add(time.Duration(second) * time.Second)})
	}
	see(1, -1, 9) // warming up
	see(2, 0, 0)  // empty
	see(3, 1, 9)  // begins
	see(4, 12, 9) // long enough, and too few blocks
	see(5, 13, 0)
	_, _, ready, err := w.result()
	require.NoError(t, err)
	require.False(t, ready)
	see(6, 14, 9) // ends
	see(7, 15, 9)
	begin, end, ready, err := w.result()
	require.NoError(t, err)
	require.True(t, ready)
	require.EqualValues(t, 3, begin.block.Height)
	require.EqualValues(t, 6, end.block.Height)
	require.Equal(t, []int64{3, 6}, samples)
}

func TestAWindowWhoseNodeIsGoneIsAnError(t *testing.T) {
	w := newWindow(0, 0, 1, func(node.Block) (sample, error) { return sample{}, errors.New("no such process") })
	w.see(node.Block{Height: 1, Txs: 1, Seen: time.Now().Add(time.Hour)})
	_, _, ready, err := w.result()
	require.False(t, ready)
	require.ErrorContains(t, err, "no such process")
}
