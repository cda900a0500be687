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

// FuzzPaymentEvents: a follower reads events of a node that it may not run itself. What is read of them without the SDK
// is what is written.
func FuzzPaymentEvents(f *testing.F) {
	f.Add("zhilian.settlement.v1.EventPaymentSettled", "amount", `"1"`, "old_status", `"PAYMENT_STATUS_SETTLED"`)
	f.Fuzz(func(t *testing.T, kind, key1, value1, key2, value2 string) {
		settled := &types.EventPaymentSettled{Amount: oneMinor}
		event := abci.Event(settled.ToEvent())
		event.Type = kind
		for i := range event.Attributes {
			switch event.Attributes[i].Key {
			case key1:
				event.Attributes[i].Value = value1
			case key2:
				event.Attributes[i].Value = value2
			}
		}
		message, whole := types.ParsePaymentEvent(event)
		if !whole {
			return
		}
		read, isSettled := message.(*types.EventPaymentSettled)
		require.True(t, isSettled)
		require.Equal(t, event, abci.Event(read.ToEvent()))
	})
}

// FuzzDetailsEvents: sealed details and groups that are read of events have the form that the chain takes.
func FuzzDetailsEvents(f *testing.F) {
	f.Add([]byte{}, []byte{})
	f.Fuzz(func(t *testing.T, details, group []byte) {
		event := types.EventPaymentDetails{Details: details, Groups: [][]byte{group}}
		if envelope, err := event.Envelope(); err == nil {
			require.LessOrEqual(t, envelope.Size(), types.DetailsBytesMax)
		}
		if groups, err := event.GroupKeys(); err == nil {
			require.Len(t, groups, 1)
			require.LessOrEqual(t, len(groups[0].Keys), types.DetailsKeysMax)
		}
	})
}

// FuzzPaymentProof: a proof comes from outside. What is read of it is a payment that the chain writes in these very bytes,
// and no proof is longer than its bounds.
func FuzzPaymentProof(f *testing.F) {
	stored, err := (&types.Payment{Uetr: "8a562c67-ca16-48ba-b074-65581be6f001", Amount: oneMinor, Status: types.PaymentSettled}).Marshal()
	require.NoError(f, err)
	sound, err := (&types.PaymentProof{Payment: stored, LogIndex: 1, LogSize: 2, Path: [][]byte{make([]byte, 32)}}).Marshal()
	require.NoError(f, err)
	f.Add(sound)
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, raw []byte) {
		var proof types.PaymentProof
		if proof.Unmarshal(raw) != nil || proof.Validate() != nil {
			return
		}
		require.LessOrEqual(t, len(proof.Path), types.ProofPathMax)
		require.LessOrEqual(t, proof.Size(), 4*types.StoredPaymentBytesMax)
		payment, err := proof.Decode()
		if err != nil {
			require.ErrorIs(t, err, types.ErrProofInvalid)
			return
		}
		again, err := payment.Marshal()
		require.NoError(t, err)
		require.Equal(t, proof.Payment, again)
		require.False(t, payment.Amount.IsNil())
	})
}
