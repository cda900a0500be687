package index_test

import (
	"bytes"
	"testing"

	abci "github.com/cometbft/cometbft/abci/types"
	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/crypto/seal"
	"github.com/zhilian-network/zhilian/gateway/index"
	settlement "github.com/zhilian-network/zhilian/x/settlement/types"
)

// sealedDetails are details for one reader, and the group's keys.
func sealedDetails(t *testing.T, text string) (seal.Envelope, seal.GroupKeys) {
	t.Helper()
	key, err := seal.GenerateKey(seal.SM2)
	require.NoError(t, err)
	group, err := seal.NewGroup([]seal.PublicKey{key.Public()}, []byte("batch"))
	require.NoError(t, err)
	envelope, err := group.Seal([]byte(text), []byte(text), seal.AES256GCM, nil)
	require.NoError(t, err)
	envelope.Keys = nil // as it is read back
	return envelope, group.Keys()
}

func detailsEvent(t *testing.T, uetr string, envelope seal.Envelope, group *seal.GroupKeys, withKeys bool) *settlement.EventPaymentDetails {
	t.Helper()
	details, err := envelope.Marshal()
	require.NoError(t, err)
	event := &settlement.EventPaymentDetails{Uetr: uetr, Details: details}
	if group != nil {
		event.GroupCommitment = group.Commitment
		if withKeys {
			event.Group, err = group.Marshal()
			require.NoError(t, err)
		}
	}
	return event
}

func TestDetailsBelongToTheSettlementBeforeThem(t *testing.T) {
	first, group := sealedDetails(t, "one")
	second, _ := sealedDetails(t, "two")
	got, err := index.Decode(withAddresses(chainBlock([]*abci.ExecTxResult{
		{Events: []abci.Event{
			inTx(t, settledEvent("u1", "BQDQ", "BQDQ")), inTx(t, detailsEvent(t, "u1", first, &group, true)),
			inTx(t, rejectedEvent("u2", true)),
			inTx(t, settledEvent("u3", "BQDQ", "BQDQ")), inTx(t, detailsEvent(t, "u3", second, &group, false)),
			inTx(t, settledEvent("u4", "BQDQ", "BQDQ")),
		}},
		{Events: []abci.Event{inTx(t, settledEvent("u5", "BQDQ", "BQDQ")), inTx(t, detailsEvent(t, "u5", first, nil, false))}},
	})))
	require.NoError(t, err)
	require.Empty(t, got.Unread)
	digests := map[string][]byte{}
	for _, p := range got.Payments {
		digests[p.Uetr] = p.DetailsDigest
		require.Equal(t, p.DetailsDigest != nil, p.Details != nil, p.Uetr)
	}
	require.Equal(t, map[string][]byte{"u1": first.Digest, "u2": nil, "u3": second.Digest, "u4": nil, "u5": first.Digest}, digests)
	keys, err := group.Marshal()
	require.NoError(t, err)
	require.Equal(t, keys, got.Payments[0].Details.Group)
	require.Equal(t, keys, got.Payments[2].Details.Group, "keys that came once serve the batch")
	require.Nil(t, got.Payments[4].Details.Group)
}

func TestDetailsThatBelongNowhereAreKeptAsUnread(t *testing.T) {
	details, group := sealedDetails(t, "one")
	_, other := sealedDetails(t, "other")
	settled := inTx(t, settledEvent("u1", "BQDQ", "BQDQ"))
	broken := detailsEvent(t, "u1", details, nil, false)
	broken.Details = broken.Details[:50]
	swapped := detailsEvent(t, "u1", details, &group, true)
	swapped.GroupCommitment = other.Commitment
	for story, txs := range map[string][]*abci.ExecTxResult{
		"before all":            {{Events: []abci.Event{inTx(t, detailsEvent(t, "u1", details, nil, false))}}},
		"after another payment": {{Events: []abci.Event{settled, inTx(t, detailsEvent(t, "u2", details, nil, false))}}},
		"after a rejection":     {{Events: []abci.Event{inTx(t, rejectedEvent("u1", true)), inTx(t, detailsEvent(t, "u1", details, nil, false))}}},
		"in another transaction": {{Events: []abci.Event{settled}}, {Events: []abci.Event{
			inTx(t, detailsEvent(t, "u1", details, nil, false))}}},
		"broken":                    {{Events: []abci.Event{settled, inTx(t, broken)}}},
		"a group that did not come": {{Events: []abci.Event{settled, inTx(t, detailsEvent(t, "u1", details, &group, false))}}},
		"a group of another's name": {{Events: []abci.Event{settled, inTx(t, swapped)}}},
		"keys of the transaction before": {{Events: []abci.Event{settled, inTx(t, detailsEvent(t, "u1", details, &group, true))}},
			{Events: []abci.Event{inTx(t, settledEvent("u2", "BQDQ", "BQDQ")), inTx(t, detailsEvent(t, "u2", details, &group, false))}}},
	} {
		got, err := index.Decode(withAddresses(chainBlock(txs)))
		require.NoError(t, err, story)
		require.Len(t, got.Unread, 1, story)
	}
}

// withDetails gives a payment details as Decode does.
func withDetails(t *testing.T, p index.Payment, group *seal.GroupKeys, keys []byte) (index.Payment, seal.Envelope) {
	t.Helper()
	envelope, _ := sealedDetails(t, p.Uetr)
	event := detailsEvent(t, p.Uetr, envelope, group, false)
	p.DetailsDigest, p.Details = envelope.Digest, &index.Details{Envelope: event.Details, Group: keys}
	return p, envelope
}

func TestTheIndexGivesBackDetailsAndProvesTheirDigest(t *testing.T) {
	store, l := openNew(t), newLedger()
	_, group := sealedDetails(t, "group")
	keys, err := group.Marshal()
	require.NoError(t, err)
	rows := numbered(0, 40)
	want := map[string]seal.Envelope{}
	for i := 3; i < 40; i += 2 {
		shared := keys
		if i > 30 {
			shared = nil
		}
		rows[i], want[rows[i].Uetr] = withDetails(t, rows[i], &group, shared)
	}
	appendTo(t, store, l.block(rows...))
	requireNoProblem(t, store)
	for i := range 40 {
		l.requireProven(t, store, i, 40)
		found, err := store.PaymentDetails(t.Context(), uetrOf(i))
		sealedOne, has := want[uetrOf(i)]
		if !has {
			require.ErrorIs(t, err, index.ErrNoDetails)
			continue
		}
		require.NoError(t, err)
		require.Equal(t, sealedOne, found.Envelope)
		require.Equal(t, "debtor", found.Debtor)
		if i > 30 {
			require.Nil(t, found.Group)
		} else {
			require.Equal(t, group, *found.Group)
		}
	}
	page, err := store.Payments(t.Context(), "debtor", 200, "")
	require.NoError(t, err)
	for _, row := range page.Payments {
		require.True(t, bytes.Equal(want[row.Uetr].Digest, row.DetailsDigest), row.Uetr)
	}
	_, err = store.PaymentDetails(t.Context(), "unknown")
	require.ErrorIs(t, err, index.ErrNoDetails)
}

func TestAPaymentThatIsDecidedAgainHasItsNewDetailsAndBothReceipts(t *testing.T) {
	store, l := openNew(t), newLedger()
	first, _ := withDetails(t, numbered(0, 1)[0], nil, nil)
	second, newer := withDetails(t, numbered(0, 1)[0], nil, nil)
	appendTo(t, store, l.block(first), l.block(second))
	requireNoProblem(t, store)
	found, err := store.PaymentDetails(t.Context(), uetrOf(0))
	require.NoError(t, err)
	require.Equal(t, newer, found.Envelope)
	for i, height := range []int64{1, 2} {
		proof, err := store.PaymentProof(t.Context(), uetrOf(0), height, 2)
		require.NoError(t, err)
		l.requireSound(t, proof, i, 2)
	}
}
