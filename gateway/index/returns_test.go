package index_test

import (
	"testing"

	abci "github.com/cometbft/cometbft/abci/types"
	"github.com/stretchr/testify/require"

	"cosmossdk.io/math"

	"github.com/zhilian-network/zhilian/gateway/index"
	settlement "github.com/zhilian-network/zhilian/x/settlement/types"
)

func returnEvent(uetr, original string) *settlement.EventPaymentReturned {
	one := math.OneInt()
	return &settlement.EventPaymentReturned{
		Uetr: uetr, OriginalUetr: original, Reason: "MD06", Currency: "CNY", Amount: one, Returned: one, OriginalAmount: one,
	}
}

func TestAReturnNamesWhatItPaysBack(t *testing.T) {
	got, err := index.Decode(withAddresses(chainBlock([]*abci.ExecTxResult{{Events: []abci.Event{
		inTx(t, settledEvent("u1", "BQDQ", "BQDQ")),
		inTx(t, settledEvent("u2", "BQDQ", "BQDQ")), inTx(t, returnEvent("u2", "u1")),
	}}})))
	require.NoError(t, err)
	require.Empty(t, got.Unread)
	require.Empty(t, got.Payments[0].ReturnOf)
	require.Equal(t, "u1", got.Payments[1].ReturnOf)
	require.Equal(t, "MD06", got.Payments[1].ReturnReason)
}

func TestAReturnThatBelongsNowhereIsKeptAsUnread(t *testing.T) {
	for story, events := range map[string][]abci.Event{
		"before all":            {inTx(t, returnEvent("u2", "u1"))},
		"after another payment": {inTx(t, settledEvent("u1", "BQDQ", "BQDQ")), inTx(t, returnEvent("u2", "u1"))},
		"after a rejection":     {inTx(t, rejectedEvent("u2", true)), inTx(t, returnEvent("u2", "u1"))},
		"of nothing":            {inTx(t, settledEvent("u2", "BQDQ", "BQDQ")), inTx(t, returnEvent("u2", ""))},
	} {
		got, err := index.Decode(withAddresses(chainBlock([]*abci.ExecTxResult{{Events: events}})))
		require.NoError(t, err, story)
		require.Len(t, got.Unread, 1, story)
	}
}

// What a return names is part of what the chain logged: without it the index could not prove the payment.
func TestTheIndexProvesWhatAReturnPaysBack(t *testing.T) {
	store, l := openNew(t), newLedger()
	rows := numbered(0, 20)
	for i := 10; i < 20; i += 3 {
		rows[i].ReturnOf, rows[i].ReturnReason = uetrOf(i-10), "MD06"
	}
	appendTo(t, store, l.block(rows...))
	requireNoProblem(t, store)
	for i := range 20 {
		l.requireProven(t, store, i, 20)
	}
	page, err := store.Payments(t.Context(), rows[10].Debtor, 50, "")
	require.NoError(t, err)
	returns := 0
	for _, row := range page.Payments {
		if row.ReturnOf != "" {
			returns++
			require.Equal(t, "MD06", row.ReturnReason)
		}
	}
	require.Positive(t, returns)
}
