package arrivals_test

import (
	"encoding/binary"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/gateway/arrivals"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func hash(n int) arrivals.Hash {
	var h arrivals.Hash
	binary.BigEndian.PutUint64(h[:], uint64(n))
	return h
}

func TestATransactionIsKnownFromItsArrivalToItsBlock(t *testing.T) {
	book := arrivals.NewBook()
	_, known := book.Find(hash(1))
	require.False(t, known)

	book.Admitted(hash(1), noon)
	book.Admitted(hash(1), noon.Add(time.Hour))
	arrival, known := book.Find(hash(1))
	require.True(t, known)
	require.Equal(t, arrivals.Arrival{At: noon}, arrival, "the first arrival counts")

	since, known := book.Decided(hash(1))
	require.True(t, known)
	require.Equal(t, noon, since)
	_, known = book.Decided(hash(1))
	require.False(t, known, "a block is counted once")
	_, known = book.Find(hash(1))
	require.False(t, known)
}

func TestARefusedTransactionMayComeAgain(t *testing.T) {
	book := arrivals.NewBook()
	book.Refused(hash(1), arrivals.Refusal{Codespace: "access", Code: 36, Log: strings.Repeat("x", 10_000)}, noon)
	arrival, known := book.Find(hash(1))
	require.True(t, known)
	require.Equal(t, uint32(36), arrival.Refusal.Code)
	require.Len(t, arrival.Refusal.Log, arrivals.MaxLogBytes)
	_, known = book.Decided(hash(2))
	require.False(t, known)

	book.Admitted(hash(1), noon.Add(time.Second))
	arrival, _ = book.Find(hash(1))
	require.Nil(t, arrival.Refusal)
	book.Refused(hash(1), arrivals.Refusal{Code: 1}, noon.Add(2*time.Second))
	arrival, _ = book.Find(hash(1))
	require.NotNil(t, arrival.Refusal, "thrown out of the mempool")
	_, known = book.Decided(hash(1))
	require.False(t, known, "the wait of a transaction that was thrown out is not measured")
}

func TestTheMemoryIsBoundedAndForgetsTheOldest(t *testing.T) {
	book := arrivals.NewBook()
	for n := range arrivals.MaxWaiting + 10 {
		book.Admitted(hash(n), noon)
		book.Refused(hash(1_000_000+n), arrivals.Refusal{}, noon)
	}
	_, known := book.Find(hash(9))
	require.False(t, known)
	_, known = book.Find(hash(10))
	require.True(t, known)
	_, known = book.Find(hash(1_000_000 + arrivals.MaxWaiting + 9 - arrivals.MaxRefused))
	require.False(t, known)
	_, known = book.Find(hash(1_000_000 + arrivals.MaxWaiting + 9))
	require.True(t, known)
}
