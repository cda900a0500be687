package nodeconfig

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestGarbageTakesNoMoreThanItsRoomBesideALargeHeap(t *testing.T) {
	const gigabyte = 1 << 30
	for _, c := range []struct {
		name       string
		live, room int64
		percent    int
	}{
		{"nothing was collected yet", 0, 3 * gigabyte, 400},
		{"a small heap has all it wants", gigabyte / 2, 3 * gigabyte, 400},
		{"a heap as large as the room doubles", 3 * gigabyte, 3 * gigabyte, 100},
		{"in steps of ten", gigabyte, 2*gigabyte + gigabyte/4, 220},
		{"a heap too large for the room still grows by half", 20 * gigabyte, 3 * gigabyte, 50},
		{"no room", gigabyte, 0, 50},
		{"the largest numbers do not overflow", math.MaxInt64, math.MaxInt64, 100},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.percent, gcPercent(c.live, c.room))
		})
	}
}
