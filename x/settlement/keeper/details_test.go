package keeper_test

import (
	"testing"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"
	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/crypto/seal"
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

// published are the events with details of the block so far.
func (f *fixture) published() []types.EventPaymentDetails {
	var found []types.EventPaymentDetails
	for _, event := range f.ctx.EventManager().Events() {
		if read, ok := types.ParsePaymentEvent(abci.Event(event)); ok {
			if details, ok := read.(*types.EventPaymentDetails); ok {
				found = append(found, *details)
			}
		}
	}
	return found
}

func (f *fixture) record(uetr string) types.Payment {
	f.t.Helper()
	answer, err := f.query.Payment(f.ctx, &types.QueryPaymentRequest{Uetr: uetr})
	require.NoError(f.t, err)
	return answer.Payment
}

func TestAPaymentKeepsTheDigestOfItsDetailsAndPublishesTheRest(t *testing.T) {
	f, payee := newFixture(t), reader(t)
	uetr := uetrOf("acme", "rent")
	msg := pay("acme", "bob", 120, "rent")
	msg.Details = sealedFor(t, "rent of May", uetr, payee.Public())
	f.must(f.msg.Pay(f.ctx, msg))
	require.Equal(t, msg.Details.Digest, f.record(uetr).DetailsDigest)
	events := f.published()
	require.Len(t, events, 1)
	require.Equal(t, uetr, events[0].Uetr)
	require.Empty(t, events[0].GroupCommitment)
	read, err := events[0].Envelope()
	require.NoError(t, err)
	content, err := seal.Open(payee, read, types.DetailsBinding(network, uetr))
	require.NoError(t, err)
	require.Equal(t, "rent of May", string(content))
	require.Len(t, f.writes, 1, "details cost no further key in this module")
	f.next(time.Second)
	require.NoError(t, f.export().Validate())
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
		require.Empty(t, f.published(), story)
		require.Equal(t, int64(880), f.balance("acme"), story)
	}
}

func TestABatchPublishesItsGroupOnceAndOnlyWhatSettles(t *testing.T) {
	f, bank, payee := newFixture(t), reader(t), reader(t)
	msg := batch("salaries", transfer("bob", openingBalance+1, "too much"), transfer("bob", 10, "one"), transfer("carol", 10, "plain"), transfer("bob", 10, "two"))
	group, err := seal.NewGroup([]seal.PublicKey{bank.Public()}, types.DetailsGroupBinding(network, msg.Debtor, msg.InstructionDigest))
	require.NoError(t, err)
	keys := group.Keys()
	msg.DetailsGroup = &keys
	for i, id := range map[int]string{0: "too much", 1: "one", 3: "two"} {
		details, err := group.Seal([]byte(id), types.DetailsBinding(network, uetrOf("acme", id)), seal.AES256GCM, []seal.PublicKey{payee.Public()})
		require.NoError(t, err)
		msg.Transfers[i].Details = &details
	}
	f.must(f.msg.PayBatch(f.ctx, msg))
	require.Empty(t, f.record(uetrOf("acme", "too much")).DetailsDigest, "what is rejected keeps none")
	require.Empty(t, f.record(uetrOf("acme", "plain")).DetailsDigest)

	events := f.published()
	require.Len(t, events, 2)
	for i, id := range []string{"one", "two"} {
		require.Equal(t, uetrOf("acme", id), events[i].Uetr)
		require.Equal(t, msg.Transfers[[]int{1, 3}[i]].Details.Digest, f.record(events[i].Uetr).DetailsDigest)
		require.Equal(t, keys.Commitment, events[i].GroupCommitment)
		require.Equal(t, i == 0, len(events[i].Group) > 0, "the group's keys are published once")
	}
	published, err := events[0].GroupKeys()
	require.NoError(t, err)
	opened, err := seal.OpenGroup(bank, *published, types.DetailsGroupBinding(network, msg.Debtor, msg.InstructionDigest))
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
	require.Empty(t, f.published())
	again := batch("second", transfer("bob", 5, "rent"))
	again.Transfers[0].Details = sealedFor(t, "second", uetr, payee.Public())
	f.must(f.msg.PayBatch(f.ctx, again))
	require.Equal(t, again.Transfers[0].Details.Digest, f.record(uetr).DetailsDigest)
	require.Len(t, f.published(), 1)
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
