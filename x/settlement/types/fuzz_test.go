package types_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	abci "github.com/cometbft/cometbft/abci/types"

	"github.com/zhilian-network/zhilian/x/settlement/types"
)

// FuzzMessages: whatever bytes come in, validation answers, and what it lets through keeps its bounds.
func FuzzMessages(f *testing.F) {
	pay, err := soundPay().Marshal()
	require.NoError(f, err)
	batch, err := soundBatch().Marshal()
	require.NoError(f, err)
	f.Add(pay)
	f.Add(batch)
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, raw []byte) {
		var pay types.MsgPay
		if pay.Unmarshal(raw) == nil && pay.Validate() == nil {
			require.True(t, pay.Amount.IsPositive())
			if pay.Details != nil {
				require.LessOrEqual(t, pay.Details.Size(), types.DetailsBytesMax)
			}
		}
		var batch types.MsgPayBatch
		if batch.Unmarshal(raw) == nil && batch.Validate() == nil {
			require.NotEmpty(t, batch.Transfers)
			require.LessOrEqual(t, len(batch.Transfers), types.TransfersPerBatchMax)
			for _, transfer := range batch.Transfers {
				require.True(t, transfer.Amount.IsPositive())
			}
		}
		var state types.GenesisState
		if state.Unmarshal(raw) == nil {
			_ = state.Validate()
		}
	})
}

// FuzzPaymentEvents: a follower reads events of a node that it may not run itself. What is read of them is whole, and
// sealed details of the form that the chain takes.
func FuzzPaymentEvents(f *testing.F) {
	f.Add("zhilian.settlement.v1.EventPaymentDetails", "uetr", `"u"`, "details", `"AAAA"`)
	f.Add("zhilian.settlement.v1.EventPaymentSettled", "amount", `"1"`, "old_status", `"PAYMENT_STATUS_SETTLED"`)
	f.Fuzz(func(t *testing.T, kind, key1, value1, key2, value2 string) {
		event := abci.Event{Type: kind, Attributes: []abci.EventAttribute{
			{Key: key1, Value: value1}, {Key: key2, Value: value2},
			{Key: "group_commitment", Value: value1}, {Key: "group", Value: value2},
		}}
		message, whole := types.ParsePaymentEvent(event)
		details, isDetails := message.(*types.EventPaymentDetails)
		if !whole || !isDetails {
			return
		}
		if envelope, err := details.Envelope(); err == nil {
			require.LessOrEqual(t, envelope.Size(), types.DetailsBytesMax)
		}
		if group, err := details.GroupKeys(); err == nil && group != nil {
			require.LessOrEqual(t, len(group.Keys), types.DetailsKeysMax)
		}
	})
}
