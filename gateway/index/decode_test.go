package index_test

import (
	"testing"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"
	coretypes "github.com/cometbft/cometbft/rpc/core/types"
	cmttypes "github.com/cometbft/cometbft/types"
	"github.com/cosmos/gogoproto/proto"
	"github.com/stretchr/testify/require"

	"cosmossdk.io/core/address"
	"cosmossdk.io/math"

	addresscodec "github.com/cosmos/cosmos-sdk/codec/address"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/zhilian-network/zhilian/gateway/index"
	settlement "github.com/zhilian-network/zhilian/x/settlement/types"
)

var addresses = addresscodec.NewBech32Codec("zhilian")

// inTx is an event as baseapp hands it out: with an attribute more than the event has fields.
func inTx(t *testing.T, message proto.Message) abci.Event {
	t.Helper()
	event, err := sdk.TypedEventToEvent(message)
	require.NoError(t, err)
	event.Attributes = append(event.Attributes, abci.EventAttribute{Key: "msg_index", Value: "0"})
	return abci.Event(event)
}

func inEndBlock(t *testing.T, message proto.Message) abci.Event {
	t.Helper()
	event := inTx(t, message)
	event.Attributes[len(event.Attributes)-1] = abci.EventAttribute{Key: "mode", Value: "EndBlock"}
	return event
}

func chainBlock(txs []*abci.ExecTxResult, end ...abci.Event) (*coretypes.ResultBlock, *coretypes.ResultBlockResults) {
	var raw cmttypes.Txs
	for i := range txs {
		raw = append(raw, cmttypes.Tx{byte(i)})
	}
	header := cmttypes.Header{ChainID: "zhilian-test", Height: 7, Time: time.Unix(99, 0)}
	header.LastBlockID.Hash = []byte("six")
	return &coretypes.ResultBlock{
			BlockID: cmttypes.BlockID{Hash: []byte("seven")},
			Block:   &cmttypes.Block{Header: header, Data: cmttypes.Data{Txs: raw}},
		},
		&coretypes.ResultBlockResults{Height: 7, TxsResults: txs, FinalizeBlockEvents: end}
}

func settledEvent(uetr, debtorBank, creditorBank string) *settlement.EventPaymentSettled {
	return &settlement.EventPaymentSettled{
		Uetr: uetr, Debtor: "debtor", DebtorInstitution: debtorBank, Creditor: "creditor", CreditorInstitution: creditorBank,
		Currency: "CNY", Amount: math.NewInt(1234), EndToEndDigest: []byte{9, 8, 7}, NewStatus: settlement.PaymentSettled,
	}
}

func rejectedEvent(uetr string, stored bool) *settlement.EventPaymentRejected {
	return &settlement.EventPaymentRejected{
		Uetr: uetr, Debtor: "debtor", Creditor: "creditor", Currency: "CNY", Amount: math.NewInt(5), Reason: "AM04",
		NewStatus: settlement.PaymentRejected, Stored: stored,
	}
}

func TestAPaymentInsideABankMovesTwoAccounts(t *testing.T) {
	got, err := index.Decode(withAddresses(chainBlock([]*abci.ExecTxResult{{Events: []abci.Event{
		{Type: "message", Attributes: []abci.EventAttribute{{Key: "action", Value: "no json"}}},
		inTx(t, settledEvent("u1", "BQDQ", "BQDQ")),
	}}})))
	require.NoError(t, err)
	require.Empty(t, got.Unread)
	require.Len(t, got.Payments, 1)
	p := got.Payments[0]
	require.Equal(t, "u1", p.Uetr)
	require.Equal(t, math.NewInt(1234), p.Amount)
	require.Equal(t, []byte{9, 8, 7}, p.EndToEndDigest)
	require.Equal(t, int64(7), p.Height)
	require.Equal(t, 1, p.EventIndex)
	require.Len(t, p.TxHash, 64)
	require.Len(t, got.Entries, 2)
	require.Equal(t, []any{"debtor", false, "creditor", uint32(0)}, []any{got.Entries[0].Account, got.Entries[0].Credit, got.Entries[0].Counterparty, got.Entries[0].Sequence})
	require.Equal(t, []any{"creditor", true, "debtor", uint32(1)}, []any{got.Entries[1].Account, got.Entries[1].Credit, got.Entries[1].Counterparty, got.Entries[1].Sequence})
}

func withAddresses(block *coretypes.ResultBlock, results *coretypes.ResultBlockResults) (*coretypes.ResultBlock, *coretypes.ResultBlockResults, address.Codec) {
	return block, results, addresses
}

func TestAPaymentBetweenBanksMovesTheirReservesToo(t *testing.T) {
	got, err := index.Decode(withAddresses(chainBlock([]*abci.ExecTxResult{{Events: []abci.Event{inTx(t, settledEvent("u1", "BQDQ", "HKBK"))}}})))
	require.NoError(t, err)
	require.Len(t, got.Entries, 4)
	from, _ := addresses.BytesToString(settlement.ReserveAddress("BQDQ"))
	to, _ := addresses.BytesToString(settlement.ReserveAddress("HKBK"))
	require.Equal(t, from, got.Entries[2].Account)
	require.False(t, got.Entries[2].Credit)
	require.Equal(t, to, got.Entries[3].Account)
	require.True(t, got.Entries[3].Credit)
}

func TestIssuesAndRedemptionsAreEntries(t *testing.T) {
	amount := math.NewInt(10)
	got, err := index.Decode(withAddresses(chainBlock([]*abci.ExecTxResult{{Events: []abci.Event{
		inTx(t, &settlement.EventDepositIssued{Account: "x", InstitutionId: "BQDQ", Currency: "CNY", Amount: amount}),
		inTx(t, &settlement.EventDepositRedeemed{Account: "x", InstitutionId: "BQDQ", Currency: "CNY", Amount: amount}),
		inTx(t, &settlement.EventReserveIssued{InstitutionId: "BQDQ", Currency: "CNY", Amount: amount}),
		inTx(t, &settlement.EventReserveRedeemed{InstitutionId: "BQDQ", Currency: "CNY", Amount: amount}),
	}}})))
	require.NoError(t, err)
	require.Empty(t, got.Payments)
	reserve, _ := addresses.BytesToString(settlement.ReserveAddress("BQDQ"))
	var kinds []string
	for _, e := range got.Entries {
		kinds = append(kinds, e.Account+" "+e.Kind)
	}
	require.Equal(t, []string{"x issue", "x redeem", reserve + " issue", reserve + " redeem"}, kinds)
	require.True(t, got.Entries[2].Credit)
	require.False(t, got.Entries[3].Credit)
}

func TestOnlyWhatTookEffectIsIndexed(t *testing.T) {
	got, err := index.Decode(withAddresses(chainBlock([]*abci.ExecTxResult{
		{Code: 5, Events: []abci.Event{inTx(t, settledEvent("failed", "BQDQ", "BQDQ"))}},
		{Events: []abci.Event{inTx(t, rejectedEvent("not stored", false)), inTx(t, rejectedEvent("stored", true))}},
	}, inEndBlock(t, settledEvent("end of block", "BQDQ", "BQDQ")))))
	require.NoError(t, err)
	require.Empty(t, got.Unread)
	require.Len(t, got.Payments, 2)
	require.Equal(t, "stored", got.Payments[0].Uetr)
	require.Equal(t, "AM04", got.Payments[0].Reason)
	require.Equal(t, "end of block", got.Payments[1].Uetr)
	require.Empty(t, got.Payments[1].TxHash)
	require.Equal(t, 2, got.Payments[1].TxIndex)
}

func TestAnEventThatCannotBeReadIsKeptAsSuchAndTheOthersGoOn(t *testing.T) {
	bad := inTx(t, settledEvent("bad", "BQDQ", "BQDQ"))
	for i := range bad.Attributes {
		if bad.Attributes[i].Key == "amount" {
			bad.Attributes[i].Value = `"not a number"`
		}
	}
	noJSON := inTx(t, settledEvent("bad", "BQDQ", "BQDQ"))
	noJSON.Attributes[0].Value = "{"
	got, err := index.Decode(withAddresses(chainBlock([]*abci.ExecTxResult{{Events: []abci.Event{
		bad, noJSON, inTx(t, settledEvent("", "BQDQ", "BQDQ")), inTx(t, settledEvent("good", "BQDQ", "BQDQ")),
	}}})))
	require.NoError(t, err)
	require.Len(t, got.Unread, 3)
	require.Len(t, got.Payments, 1)
	require.Equal(t, "good", got.Payments[0].Uetr)

	store := openNew(t)
	require.NoError(t, store.Append(t.Context(), got, got.Height))
	count, err := store.UnreadEvents(t.Context())
	require.NoError(t, err)
	require.Equal(t, int64(3), count)
}

func TestABlockWithoutItsResultsIsNotIndexed(t *testing.T) {
	block, results := chainBlock([]*abci.ExecTxResult{{}})
	results.TxsResults = nil
	_, err := index.Decode(block, results, addresses)
	require.ErrorIs(t, err, index.ErrIncompleteBlock)
	results.Height = 8
	_, err = index.Decode(block, results, addresses)
	require.ErrorIs(t, err, index.ErrIncompleteBlock)
	_, err = index.Decode(nil, nil, addresses)
	require.ErrorIs(t, err, index.ErrIncompleteBlock)
}
