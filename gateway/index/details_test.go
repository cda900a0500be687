package index_test

import (
	"bytes"
	"database/sql"
	"path/filepath"
	"testing"

	abci "github.com/cometbft/cometbft/abci/types"
	cmttypes "github.com/cometbft/cometbft/types"
	"github.com/cosmos/gogoproto/proto"
	"github.com/stretchr/testify/require"

	"cosmossdk.io/math"

	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	txtypes "github.com/cosmos/cosmos-sdk/types/tx"

	"github.com/zhilian-network/zhilian/crypto/seal"
	"github.com/zhilian-network/zhilian/gateway/index"
	settlement "github.com/zhilian-network/zhilian/x/settlement/types"
)

// sealedDetails are details for the readers of two groups, and the groups' keys.
func sealedDetails(t *testing.T, text string) (seal.Envelope, []seal.GroupKeys) {
	t.Helper()
	var groups []seal.Group
	var keys []seal.GroupKeys
	for range 2 {
		key, err := seal.GenerateKey(seal.SM2)
		require.NoError(t, err)
		group, err := seal.NewRoot().Group([]seal.PublicKey{key.Public()}, []byte("debtor"), 1)
		require.NoError(t, err)
		told, err := group.Keys()
		require.NoError(t, err)
		groups, keys = append(groups, group), append(keys, told)
	}
	envelope, err := seal.Seal([]byte(text), []byte(text), seal.AES256GCM, nil, groups...)
	require.NoError(t, err)
	return envelope, keys
}

func settledWith(uetr string, details seal.Envelope) *settlement.EventPaymentSettled {
	event := settledEvent(uetr, "BQDQ", "BQDQ")
	event.DetailsDigest = details.Digest
	return event
}

// detailsEvent is what the chain tells of a payment that others approved.
func detailsEvent(t *testing.T, uetr string, envelope seal.Envelope, groups ...seal.GroupKeys) *settlement.EventPaymentDetails {
	t.Helper()
	details, err := envelope.Marshal()
	require.NoError(t, err)
	event := &settlement.EventPaymentDetails{Uetr: uetr, Details: details}
	for _, group := range groups {
		encoded, err := group.Marshal()
		require.NoError(t, err)
		event.Groups = append(event.Groups, encoded)
	}
	return event
}

// carrying is a transaction with messages.
func carrying(t *testing.T, messages ...proto.Message) cmttypes.Tx {
	t.Helper()
	var body txtypes.TxBody
	for _, message := range messages {
		packed, err := codectypes.NewAnyWithValue(message)
		require.NoError(t, err)
		body.Messages = append(body.Messages, packed)
	}
	encoded, err := body.Marshal()
	require.NoError(t, err)
	raw, err := (&txtypes.TxRaw{BodyBytes: encoded}).Marshal()
	require.NoError(t, err)
	return raw
}

// decodeWith decodes a block whose transactions are given too.
func decodeWith(t *testing.T, txs []cmttypes.Tx, results []*abci.ExecTxResult) index.Block {
	t.Helper()
	block, blockResults := chainBlock(results)
	copy(block.Block.Txs, txs)
	got, err := index.Decode(withAddresses(block, blockResults))
	require.NoError(t, err)
	return got
}

func encodedGroups(t *testing.T, details *index.Details) []seal.GroupKeys {
	t.Helper()
	var groups []seal.GroupKeys
	for _, group := range details.Groups {
		var keys seal.GroupKeys
		require.NoError(t, keys.Unmarshal(group.Keys))
		require.Equal(t, keys.Commitment, group.Commitment)
		groups = append(groups, keys)
	}
	return groups
}

func TestDetailsAreThoseOfTheTransactionsMessages(t *testing.T) {
	single, singleKeys := sealedDetails(t, "single")
	refused, _ := sealedDetails(t, "refused")
	first, firstKeys := sealedDetails(t, "first")
	second, secondKeys := sealedDetails(t, "second")
	back, _ := sealedDetails(t, "back")
	amount := math.OneInt()
	tx := carrying(t,
		&settlement.MsgPay{Amount: amount, Details: &single, DetailsGroups: singleKeys},
		&settlement.MsgPlaceHold{Amount: amount},
		&settlement.MsgPayBatch{Transfers: []settlement.Transfer{
			{Amount: amount, Details: &refused}, {Amount: amount}, {Amount: amount, Details: &first}, {Amount: amount, Details: &second},
		}, DetailsGroups: []seal.GroupKeys{secondKeys[1], firstKeys[0]}},
		&settlement.MsgReturnPayment{Amount: amount, Details: &back},
	)
	got := decodeWith(t, []cmttypes.Tx{tx}, []*abci.ExecTxResult{{Events: []abci.Event{
		inTx(t, settledWith("u1", single)), inTx(t, rejectedEvent("u2", true)), inTx(t, settledEvent("u3", "BQDQ", "BQDQ")),
		inTx(t, settledWith("u4", first)), inTx(t, settledWith("u5", second)), inTx(t, settledWith("u6", back)),
	}}})
	require.Empty(t, got.Unread)
	want := map[string]struct {
		envelope seal.Envelope
		groups   []seal.GroupKeys
	}{"u1": {single, singleKeys}, "u4": {first, firstKeys[:1]}, "u5": {second, secondKeys[1:]}, "u6": {back, nil}}
	for _, p := range got.Payments {
		row, has := want[p.Uetr]
		require.Equal(t, has, p.Details != nil, p.Uetr)
		if !has {
			require.Empty(t, p.DetailsDigest)
			continue
		}
		require.Equal(t, row.envelope.Digest, p.DetailsDigest)
		var envelope seal.Envelope
		require.NoError(t, envelope.Unmarshal(p.Details.Envelope))
		require.Equal(t, row.envelope, envelope)
		require.ElementsMatch(t, row.groups, encodedGroups(t, p.Details), p.Uetr)
	}
}

func TestDetailsOfApprovedPaymentsAreThoseOfTheirEvents(t *testing.T) {
	first, keys := sealedDetails(t, "one")
	second, _ := sealedDetails(t, "two")
	got, err := index.Decode(withAddresses(chainBlock([]*abci.ExecTxResult{
		{Events: []abci.Event{
			inTx(t, settledWith("u1", first)), inTx(t, detailsEvent(t, "u1", first, keys...)),
			inTx(t, rejectedEvent("u2", true)),
			inTx(t, settledWith("u3", second)), inTx(t, detailsEvent(t, "u3", second)),
			inTx(t, settledEvent("u4", "BQDQ", "BQDQ")),
		}},
	})))
	require.NoError(t, err)
	require.Empty(t, got.Unread)
	digests := map[string][]byte{}
	for _, p := range got.Payments {
		digests[p.Uetr] = p.DetailsDigest
		require.Equal(t, p.DetailsDigest != nil, p.Details != nil, p.Uetr)
	}
	require.Equal(t, map[string][]byte{"u1": first.Digest, "u2": nil, "u3": second.Digest, "u4": nil}, digests)
	require.Equal(t, keys, encodedGroups(t, got.Payments[0].Details))
	require.Empty(t, got.Payments[2].Details.Groups)
}

func TestDetailsThatBelongNowhereAreKeptAsUnread(t *testing.T) {
	details, keys := sealedDetails(t, "one")
	other, _ := sealedDetails(t, "other")
	settled := inTx(t, settledWith("u1", details))
	told := inTx(t, detailsEvent(t, "u1", details, keys...))
	broken := detailsEvent(t, "u1", details)
	broken.Details = broken.Details[:50]
	brokenGroup := detailsEvent(t, "u1", details, keys...)
	brokenGroup.Groups[1] = brokenGroup.Groups[1][:50]
	pay := carrying(t, &settlement.MsgPay{Amount: math.OneInt(), Details: &details})
	for story, row := range map[string]struct {
		txs     []cmttypes.Tx
		results []*abci.ExecTxResult
		unread  int
	}{
		"before all":                 {nil, []*abci.ExecTxResult{{Events: []abci.Event{told}}}, 1},
		"after another payment":      {nil, []*abci.ExecTxResult{{Events: []abci.Event{settled, told, inTx(t, detailsEvent(t, "u2", details))}}}, 1},
		"after a rejection":          {nil, []*abci.ExecTxResult{{Events: []abci.Event{inTx(t, rejectedEvent("u1", true)), told}}}, 1},
		"in another transaction":     {nil, []*abci.ExecTxResult{{Events: []abci.Event{settled}}, {Events: []abci.Event{told}}}, 2},
		"broken":                     {nil, []*abci.ExecTxResult{{Events: []abci.Event{settled, inTx(t, broken)}}}, 2},
		"a broken group":             {nil, []*abci.ExecTxResult{{Events: []abci.Event{settled, inTx(t, brokenGroup)}}}, 2},
		"of another digest":          {nil, []*abci.ExecTxResult{{Events: []abci.Event{settled, inTx(t, detailsEvent(t, "u1", other))}}}, 2},
		"nowhere":                    {nil, []*abci.ExecTxResult{{Events: []abci.Event{settled}}}, 1},
		"in no readable transaction": {[]cmttypes.Tx{pay[:len(pay)/2]}, []*abci.ExecTxResult{{Events: []abci.Event{settled}}}, 1},
		"in the transaction before":  {[]cmttypes.Tx{pay}, []*abci.ExecTxResult{{Events: nil}, {Events: []abci.Event{settled}}}, 1},
		"once for two payments":      {[]cmttypes.Tx{pay}, []*abci.ExecTxResult{{Events: []abci.Event{settled, inTx(t, settledWith("u2", details))}}}, 1},
	} {
		got := decodeWith(t, row.txs, row.results)
		require.Len(t, got.Unread, row.unread, story)
		for _, p := range got.Payments {
			require.Equal(t, p.Status == index.StatusSettled, len(p.DetailsDigest) > 0, "the chain logged the digest: %s", story)
		}
	}
}

// withDetails gives a payment details as Decode does, and tells some of its groups.
func withDetails(t *testing.T, p index.Payment, told int) (index.Payment, seal.Envelope, []seal.GroupKeys) {
	t.Helper()
	envelope, keys := sealedDetails(t, p.Uetr)
	encoded, err := envelope.Marshal()
	require.NoError(t, err)
	p.DetailsDigest, p.Details = envelope.Digest, &index.Details{Envelope: encoded}
	for _, group := range keys[:told] {
		raw, err := group.Marshal()
		require.NoError(t, err)
		p.Details.Groups = append(p.Details.Groups, index.DetailsGroup{Commitment: group.Commitment, Keys: raw})
	}
	return p, envelope, keys
}

func TestTheIndexGivesBackDetailsAndProvesTheirDigest(t *testing.T) {
	store, l := openNew(t), newLedger()
	rows := numbered(0, 40)
	want, groups := map[string]seal.Envelope{}, map[string][]seal.GroupKeys{}
	for i := 3; i < 40; i += 2 {
		uetr := rows[i].Uetr
		rows[i], want[uetr], groups[uetr] = withDetails(t, rows[i], i%3)
	}
	rows[5].Details = nil // the block did not have it
	delete(want, rows[5].Uetr)
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
		require.ElementsMatch(t, groups[uetrOf(i)][:i%3], found.Groups)
	}
	page, err := store.Payments(t.Context(), "debtor", 200, "")
	require.NoError(t, err)
	for _, row := range page.Payments {
		if row.Uetr != rows[5].Uetr {
			require.True(t, bytes.Equal(want[row.Uetr].Digest, row.DetailsDigest), row.Uetr)
		}
	}
	_, err = store.PaymentDetails(t.Context(), "unknown")
	require.ErrorIs(t, err, index.ErrNoDetails)
}

// Envelopes of several rows: the last place of one, the first of the next, and payments without between them.
func TestDetailsOfManyPaymentsLieInSeveralRows(t *testing.T) {
	store, l := openNew(t), newLedger()
	rows, want := numbered(0, 90), map[string][]byte{}
	for i := range rows {
		if i%7 == 3 {
			continue
		}
		envelope := seal.Envelope{Cipher: seal.AES256GCM, Digest: bytes.Repeat([]byte{byte(i)}, 32), Ciphertext: bytes.Repeat([]byte{byte(i)}, index.DetailsTogether/20)}
		encoded, err := envelope.Marshal()
		require.NoError(t, err)
		rows[i].DetailsDigest, rows[i].Details = envelope.Digest, &index.Details{Envelope: encoded}
		want[rows[i].Uetr] = envelope.Ciphertext
	}
	appendTo(t, store, l.block(rows[:25]...), l.block(rows[25:26]...), l.block(rows[26:]...))
	for _, row := range rows {
		found, err := store.PaymentDetails(t.Context(), row.Uetr)
		if want[row.Uetr] == nil {
			require.ErrorIs(t, err, index.ErrNoDetails)
			continue
		}
		require.NoError(t, err)
		require.Equal(t, want[row.Uetr], found.Envelope.Ciphertext, row.Uetr)
	}
}

func TestAnOlderFileKeepsItsDetails(t *testing.T) {
	path := filepath.Join(t.TempDir(), "index.sqlite")
	store, err := index.Open(t.Context(), path)
	require.NoError(t, err)
	l := newLedger()
	first, envelope, _ := withDetails(t, numbered(0, 1)[0], 0)
	lost, _, _ := withDetails(t, numbered(1, 1)[0], 0)
	lost.Details = nil
	appendTo(t, store, l.block(first, lost, numbered(2, 1)[0]))
	require.NoError(t, store.Close())

	// The file as it was before details lay together.
	file, err := sql.Open("sqlite", path)
	require.NoError(t, err)
	encoded, err := envelope.Marshal()
	require.NoError(t, err)
	for _, step := range []string{
		`CREATE TABLE payment_details (payment INTEGER PRIMARY KEY, digest BLOB NOT NULL, envelope BLOB NOT NULL) STRICT`,
		`INSERT INTO payment_details SELECT id, details_digest, x'' FROM payments WHERE details_digest <> x''`,
		`DROP TABLE details`, `ALTER TABLE payments DROP COLUMN details_digest`, `ALTER TABLE payments DROP COLUMN details_at`,
		`PRAGMA user_version = 8`,
	} {
		_, err := file.ExecContext(t.Context(), step)
		require.NoError(t, err, step)
	}
	_, err = file.ExecContext(t.Context(), `UPDATE payment_details SET envelope = ? WHERE payment = 1`, encoded)
	require.NoError(t, err)
	require.NoError(t, file.Close())

	store, err = index.Open(t.Context(), path)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	found, err := store.PaymentDetails(t.Context(), uetrOf(0))
	require.NoError(t, err)
	require.Equal(t, envelope, found.Envelope)
	_, err = store.PaymentDetails(t.Context(), uetrOf(1))
	require.ErrorIs(t, err, index.ErrNoDetails)
	for i := range 3 {
		l.requireProven(t, store, i, 3)
	}
	later, newer, _ := withDetails(t, numbered(3, 1)[0], 0)
	appendTo(t, store, l.block(later))
	found, err = store.PaymentDetails(t.Context(), uetrOf(3))
	require.NoError(t, err)
	require.Equal(t, newer, found.Envelope)
}

func TestGroupsServeLaterPaymentsOfTheirDebtorAndTheFirstKeysStay(t *testing.T) {
	store, l := openNew(t), newLedger()
	rows := numbered(0, 3)
	first, envelope, keys := withDetails(t, rows[0], 2)
	later := rows[1]
	later.DetailsDigest, later.Details = envelope.Digest, &index.Details{Envelope: first.Details.Envelope}
	// The same name with other keys, told later by the debtor and by somebody else.
	_, others := sealedDetails(t, "other keys")
	forged, err := others[0].Marshal()
	require.NoError(t, err)
	again := rows[2]
	again.DetailsDigest, again.Details = envelope.Digest, &index.Details{
		Envelope: first.Details.Envelope, Groups: []index.DetailsGroup{{Commitment: keys[0].Commitment, Keys: forged}},
	}
	appendTo(t, store, l.block(first), l.block(later), l.block(again))
	for i := range 3 {
		found, err := store.PaymentDetails(t.Context(), uetrOf(i))
		require.NoError(t, err)
		require.ElementsMatch(t, keys, found.Groups)
	}
	asked := [][]byte{others[0].Commitment, keys[1].Commitment, keys[0].Commitment}
	known, position, err := store.KnownGroups(t.Context(), "debtor", asked)
	require.NoError(t, err)
	require.Equal(t, asked[1:], known)
	require.Equal(t, int64(3), position.Height)
	known, _, err = store.KnownGroups(t.Context(), "creditor", asked)
	require.NoError(t, err)
	require.Empty(t, known, "another's groups are nobody's business")
}

func TestAPaymentThatIsDecidedAgainHasItsNewDetailsAndBothReceipts(t *testing.T) {
	store, l := openNew(t), newLedger()
	first, _, _ := withDetails(t, numbered(0, 1)[0], 0)
	second, newer, _ := withDetails(t, numbered(0, 1)[0], 0)
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
