package payments

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cosmossdk.io/math"

	gatewaytypes "github.com/zhilian-network/zhilian/gateway/types"
	"github.com/zhilian-network/zhilian/iso20022/report"
)

func TestAStatementTellsWhatTheFileTold(t *testing.T) {
	noon := time.Date(2026, 11, 2, 4, 0, 0, 0, time.UTC)
	payment := func(uetr string, fen int64, at time.Time) gatewaytypes.Entry {
		return gatewaytypes.Entry{Uetr: uetr, Currency: "CNY", Amount: math.NewInt(fen), BookedAt: at, Kind: "payment"}
	}
	wages := &report.Batch{MessageID: "M", PaymentInfoID: "WAGES"}
	known := map[string]KnownPayment{
		"a": {Detail: report.EntryDetail{UETR: "a", EndToEndID: "INV-1", Amount: math.NewInt(100)}},
		"b": {Detail: report.EntryDetail{UETR: "b", EndToEndID: "W-1", Amount: math.NewInt(200)}, Batch: wages},
		"c": {Detail: report.EntryDetail{UETR: "c", EndToEndID: "W-2", Amount: math.NewInt(300)}, Batch: wages},
		"d": {Detail: report.EntryDetail{UETR: "d", EndToEndID: "W-3", Amount: math.NewInt(400)}, Batch: wages},
	}
	entries := reportEntries([]gatewaytypes.Entry{
		payment("a", 100, noon), payment("b", 200, noon), payment("stranger", 50, noon),
		payment("c", 300, noon), payment("d", 400, noon.Add(24*time.Hour)),
	}, known)

	require.Len(t, entries, 4, "a batch is one entry a day")
	require.Equal(t, "INV-1", entries[0].Details[0].EndToEndID)
	require.Equal(t, math.NewInt(500), entries[1].Amount.Minor)
	require.Equal(t, wages, entries[1].Batch)
	require.Len(t, entries[1].Details, 2)
	require.Equal(t, "stranger", entries[2].Details[0].UETR)
	require.Empty(t, entries[2].Details[0].EndToEndID)
	require.Equal(t, math.NewInt(400), entries[3].Amount.Minor)
}
