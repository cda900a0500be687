package keeper_test

import (
	"testing"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"
	"github.com/stretchr/testify/require"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/zhilian-network/zhilian/crypto/seal"
	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/settlement/types"
)

const network = "zhilian-test"

// reader is somebody with an encryption key.
func reader(t *testing.T) seal.PrivateKey {
	t.Helper()
	key, err := seal.GenerateKey(seal.MLKEM768X25519)
	require.NoError(t, err)
	return key
}

func uetrOf(party, endToEnd string) string {
	return types.DeriveUETR(types.AccountAddress(party, 0), digest(endToEnd))
}

func sealedFor(t *testing.T, text, uetr string, to ...seal.PublicKey) *seal.Envelope {
	t.Helper()
	details, err := seal.Seal([]byte(text), types.DetailsBinding(network, uetr), seal.AES256GCM, to)
	require.NoError(t, err)
	return &details
}

// settledDetails are the digests of details of the payments that settled in the block so far, by UETR.
func (f *fixture) settledDetails() map[string][]byte {
	found := map[string][]byte{}
	for _, event := range f.ctx.EventManager().Events() {
		if read, ok := types.ParsePaymentEvent(abci.Event(event)); ok {
			if settled, ok := read.(*types.EventPaymentSettled); ok {
				found[settled.Uetr] = settled.DetailsDigest
			}
		}
	}
	return found
}

// published are the events that carry details, of the block so far.
func (f *fixture) published() []types.EventPaymentDetails {
	var found []types.EventPaymentDetails
	for _, event := range f.ctx.EventManager().Events() {
		if event.Type != "zhilian.settlement.v1.EventPaymentDetails" {
			continue
		}
		read, err := sdk.ParseTypedEvent(abci.Event(event))
		require.NoError(f.t, err)
		found = append(found, *read.(*types.EventPaymentDetails))
	}
	return found
}

// approved has the rest of the block run as messages of an action that others approved.
func (f *fixture) approved() {
	f.ctx = accesstypes.WithApprovals(f.ctx, &accesstypes.Approvals{})
}

func (f *fixture) record(uetr string) types.Payment {
	f.t.Helper()
	answer, err := f.query.Payment(f.ctx, &types.QueryPaymentRequest{Uetr: uetr})
	require.NoError(f.t, err)
	return answer.Payment
}

func TestAPaymentKeepsTheDigestOfItsDetailsAndLeavesTheRestInItsTransaction(t *testing.T) {
	f, payee := newFixture(t), reader(t)
	uetr := uetrOf("acme", "rent")
	msg := pay("acme", "bob", 120, "rent")
	msg.Details = sealedFor(t, "rent of May", uetr, payee.Public())
	f.must(f.msg.Pay(f.ctx, msg))
	require.Equal(t, msg.Details.Digest, f.record(uetr).DetailsDigest)
	require.Equal(t, map[string][]byte{uetr: msg.Details.Digest}, f.settledDetails())
	require.Empty(t, f.published(), "results of transactions do not hold the same bytes again")
	require.Len(t, f.writes, 1, "details cost no further key in this module")
	f.next(time.Second)
	require.NoError(t, f.export().Validate())
}

func TestAPaymentThatOthersApprovedPublishesItsDetails(t *testing.T) {
	f, payee := newFixture(t), reader(t)
	f.approved()
	uetr := uetrOf("acme", "rent")
	msg := pay("acme", "bob", 120, "rent")
	msg.Details = sealedFor(t, "rent of May", uetr, payee.Public())
	f.must(f.msg.Pay(f.ctx, msg))
	require.Equal(t, map[string][]byte{uetr: msg.Details.Digest}, f.settledDetails())
	events := f.published()
	require.Len(t, events, 1)
	require.Equal(t, uetr, events[0].Uetr)
	require.Empty(t, events[0].Groups)
	read, err := events[0].Envelope()
	require.NoError(t, err)
	content, err := seal.Open(payee, read, types.DetailsBinding(network, uetr))
	require.NoError(t, err)
	require.Equal(t, "rent of May", string(content))
}

func TestARetryThatIsSealedAgainIsTheSameInstructionAndTheFirstDetailsStay(t *testing.T) {
	f, payee := newFixture(t), reader(t)
	uetr := uetrOf("acme", "rent")
	first := sealedFor(t, "rent of May", uetr, payee.Public())
	send := func(details *seal.Envelope) types.TransferResult {
		msg := pay("acme", "bob", 120, "rent")
		msg.Details = details
		response, err := f.msg.Pay(f.ctx, msg)
		require.NoError(t, err)
		return response.Result
	}
	require.False(t, send(first).Replayed)
	for story, other := range map[string]*seal.Envelope{
		"sealed again": sealedFor(t, "rent of May", uetr, payee.Public()), "another text": sealedFor(t, "June", uetr, payee.Public()), "none": nil,
	} {
		f.next(time.Second)
		require.True(t, send(other).Replayed, story)
		require.Equal(t, first.Digest, f.record(uetr).DetailsDigest, story)
		require.Empty(t, f.settledDetails(), story)
		require.Equal(t, int64(880), f.balance("acme"), story)
	}
}

func groupFor(t *testing.T, debtor string, to ...seal.PrivateKey) (seal.Group, seal.GroupKeys) {
	t.Helper()
	var public []seal.PublicKey
	for _, key := range to {
		public = append(public, key.Public())
	}
	group, err := seal.NewRoot().Group(public, types.DetailsGroupBinding(network, debtor), 1)
	require.NoError(t, err)
	keys, err := group.Keys()
	require.NoError(t, err)
	return group, keys
}

func TestAnApprovedBatchPublishesEachGroupOnceAndOnlyWhatSettles(t *testing.T) {
	f, bank, payee := newFixture(t), reader(t), reader(t)
	msg := batch("salaries", transfer("bob", openingBalance+1, "too much"), transfer("bob", 10, "one"), transfer("carol", 10, "plain"), transfer("bob", 10, "two"))
	payerSide, payerKeys := groupFor(t, msg.Debtor, bank)
	bobs, bobsKeys := groupFor(t, msg.Debtor, payee)
	known, _ := groupFor(t, msg.Debtor, reader(t))
	msg.DetailsGroups = []seal.GroupKeys{payerKeys, bobsKeys}
	for i, groups := range map[int][]seal.Group{0: {payerSide}, 1: {payerSide, known}, 3: {payerSide, bobs}} {
		id := []string{"too much", "one", "plain", "two"}[i]
		details, err := seal.Seal([]byte(id), types.DetailsBinding(network, uetrOf("acme", id)), seal.AES256GCM, nil, groups...)
		require.NoError(t, err)
		msg.Transfers[i].Details = &details
	}
	f.approved()
	f.must(f.msg.PayBatch(f.ctx, msg))
	require.Empty(t, f.record(uetrOf("acme", "too much")).DetailsDigest, "what is rejected keeps none")
	require.Empty(t, f.record(uetrOf("acme", "plain")).DetailsDigest)

	events := f.published()
	require.Len(t, events, 2)
	var published []seal.GroupKeys
	for i, id := range []string{"one", "two"} {
		require.Equal(t, uetrOf("acme", id), events[i].Uetr)
		require.Equal(t, msg.Transfers[[]int{1, 3}[i]].Details.Digest, f.record(events[i].Uetr).DetailsDigest)
		groups, err := events[i].GroupKeys()
		require.NoError(t, err)
		published = append(published, groups...)
	}
	require.Equal(t, []seal.GroupKeys{payerKeys, bobsKeys}, published, "keys are told once, with the first that needs them")
	opened, err := seal.OpenGroup(bank, published[0], types.DetailsGroupBinding(network, msg.Debtor))
	require.NoError(t, err)
	second, err := events[1].Envelope()
	require.NoError(t, err)
	content, err := opened.Open(second, types.DetailsBinding(network, events[1].Uetr))
	require.NoError(t, err)
	require.Equal(t, "two", string(content))
	f.next(time.Second)
	require.NoError(t, f.export().Validate())
}

func TestARejectedTransferThatIsTriedAgainSettlesWithItsNewDetails(t *testing.T) {
	f, payee := newFixture(t), reader(t)
	uetr := uetrOf("acme", "rent")
	rejected := batch("first", transfer("bob", openingBalance+1, "rent"))
	rejected.Transfers[0].Details = sealedFor(t, "first", uetr, payee.Public())
	f.must(f.msg.PayBatch(f.ctx, rejected))
	require.Empty(t, f.settledDetails())
	again := batch("second", transfer("bob", 5, "rent"))
	again.Transfers[0].Details = sealedFor(t, "second", uetr, payee.Public())
	f.must(f.msg.PayBatch(f.ctx, again))
	require.Equal(t, again.Transfers[0].Details.Digest, f.record(uetr).DetailsDigest)
	require.Equal(t, map[string][]byte{uetr: again.Transfers[0].Details.Digest}, f.settledDetails())
}

func TestAGenesisWithAHalfDigestOfDetailsIsRefused(t *testing.T) {
	f, payee := newFixture(t), reader(t)
	msg := pay("acme", "bob", 120, "rent")
	msg.Details = sealedFor(t, "rent", uetrOf("acme", "rent"), payee.Public())
	f.must(f.msg.Pay(f.ctx, msg))
	f.next(time.Second)
	state := f.export()
	require.NoError(t, state.Validate())
	state.Payments[0].DetailsDigest = state.Payments[0].DetailsDigest[1:]
	require.ErrorIs(t, state.Validate(), types.ErrGenesisInvalid)
}
