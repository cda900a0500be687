package types_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/crypto/seal"
	"github.com/zhilian-network/zhilian/x/settlement/types"
)

const (
	network  = "zhilian-1"
	someUETR = "8a562c67-ca16-48ba-b074-65581be6f001"
)

func readers(t *testing.T, suite seal.Suite, count int) []seal.PublicKey {
	t.Helper()
	keys := make([]seal.PublicKey, count)
	for i := range keys {
		key, err := seal.GenerateKey(suite)
		require.NoError(t, err)
		keys[i] = key.Public()
	}
	return keys
}

func sealed(t *testing.T, size int, to []seal.PublicKey) *seal.Envelope {
	t.Helper()
	details, err := seal.Seal(make([]byte, size), types.DetailsBinding(network, someUETR), seal.AES256GCM, to)
	require.NoError(t, err)
	return &details
}

func TestDetailsAreTakenUpToTheirBounds(t *testing.T) {
	t.Parallel()
	batch := soundBatch()
	group, err := seal.NewGroup(readers(t, seal.MLKEM768X25519, 8), types.DetailsGroupBinding(network, alice, digest))
	require.NoError(t, err)
	item, err := group.Seal([]byte("{}"), types.DetailsBinding(network, someUETR), seal.AES256GCM, nil)
	require.NoError(t, err)
	keys := group.Keys()
	batch.DetailsGroup, batch.Transfers[1].Details = &keys, &item
	require.NoError(t, batch.Validate(), "a batch in which one transfer has details, for the group only")

	pay := soundPay()
	pay.Details = sealed(t, 8_192-5*1_206-120, readers(t, seal.MLKEM768X25519, 5))
	require.NoError(t, pay.Validate(), "five readers and 2 KiB: %d bytes", pay.Details.Size())
	pay.Details = sealed(t, 100, readers(t, seal.SM2, 8))
	require.NoError(t, pay.Validate(), "eight readers of the other suite")
}

func TestMisshapenDetailsAreRefused(t *testing.T) {
	t.Parallel()
	one := readers(t, seal.SM2, 1)
	group, err := seal.NewGroup(one, types.DetailsGroupBinding(network, alice, digest))
	require.NoError(t, err)
	for story, row := range map[string]struct {
		change func(*types.MsgPayBatch)
		err    error
	}{
		"nothing in it":           {func(m *types.MsgPayBatch) { m.Transfers[0].Details = &seal.Envelope{} }, types.ErrDetailsInvalid},
		"no reader":               {func(m *types.MsgPayBatch) { m.Transfers[0].Details.Keys = nil }, types.ErrDetailsInvalid},
		"nine keys":               {func(m *types.MsgPayBatch) { m.Transfers[0].Details = sealed(t, 1, readers(t, seal.SM2, 9)) }, types.ErrDetailsInvalid},
		"a reader twice":          {func(m *types.MsgPayBatch) { d := m.Transfers[0].Details; d.Keys = append(d.Keys, d.Keys[0]) }, types.ErrDetailsInvalid},
		"a key in clear":          {func(m *types.MsgPayBatch) { m.Transfers[0].Details.Keys[0].Sealed = []byte("Alice Wang") }, types.ErrDetailsInvalid},
		"a digest of 31 bytes":    {func(m *types.MsgPayBatch) { d := m.Transfers[0].Details; d.Digest = d.Digest[1:] }, types.ErrDetailsInvalid},
		"ciphertext left outside": {func(m *types.MsgPayBatch) { m.Transfers[0].Details.Ciphertext = nil }, types.ErrDetailsInvalid},
		"a cipher of none":        {func(m *types.MsgPayBatch) { m.Transfers[0].Details.Cipher = 7 }, types.ErrDetailsInvalid},
		"one byte over 8 KiB":     {func(m *types.MsgPayBatch) { m.Transfers[0].Details = overBy(t, one, 1) }, types.ErrDetailsTooLarge},
		"a group of nobody":       {func(m *types.MsgPayBatch) { m.DetailsGroup = &seal.GroupKeys{Commitment: digest} }, types.ErrDetailsInvalid},
		"a group for nothing": {func(m *types.MsgPayBatch) {
			keys := group.Keys()
			m.DetailsGroup, m.Transfers[0].Details = &keys, nil
		}, types.ErrDetailsInvalid},
	} {
		batch := soundBatch()
		batch.Transfers[0].Details = sealed(t, 100, one)
		require.NoError(t, batch.Validate())
		row.change(batch)
		require.ErrorIs(t, batch.Validate(), row.err, story)
		require.Equal(t, "NARR", types.ISOReason(batch.Validate()), story)
		if batch.DetailsGroup == nil {
			pay := soundPay()
			pay.Details = batch.Transfers[0].Details
			require.ErrorIs(t, pay.Validate(), row.err, story)
		}
	}
	require.NoError(t, (&types.Transfer{Creditor: bob, Amount: oneMinor, EndToEndDigest: digest, Details: overBy(t, one, 0)}).Validate(), "8 KiB")
}

// overBy is details of 8 KiB and some bytes.
func overBy(t *testing.T, to []seal.PublicKey, bytes int) *seal.Envelope {
	t.Helper()
	size := types.DetailsBytesMax - 300
	for range 3 {
		size += types.DetailsBytesMax + bytes - sealed(t, size, to).Size()
	}
	details := sealed(t, size, to)
	require.Equal(t, types.DetailsBytesMax+bytes, details.Size())
	return details
}

func TestBindingsKeepPaymentsNetworksAndGroupsApart(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, binding := range [][]byte{
		types.DetailsBinding("a", "bc"), types.DetailsBinding("ab", "c"), types.DetailsBinding("a", "b"), types.DetailsBinding("b", "a"),
		types.DetailsGroupBinding("a", "bc", nil), types.DetailsGroupBinding("ab", "c", nil), types.DetailsGroupBinding("a", "b", []byte("c")),
	} {
		require.False(t, seen[string(binding)], "%q", binding)
		seen[string(binding)] = true
	}
}

// keysSize is the bytes of an envelope that its keys take.
func keysSize(details *seal.Envelope) int {
	without := *details
	without.Keys = nil
	return details.Size() - without.Size()
}

func TestAnEventGivesBackWhatWasSealed(t *testing.T) {
	t.Parallel()
	one := readers(t, seal.SM2, 1)
	group, err := seal.NewGroup(one, types.DetailsGroupBinding(network, alice, digest))
	require.NoError(t, err)
	keys, details := group.Keys(), sealed(t, 10, one)
	event := types.EventPaymentDetails{Uetr: someUETR, GroupCommitment: keys.Commitment}
	event.Details, err = details.Marshal()
	require.NoError(t, err)
	event.Group, err = keys.Marshal()
	require.NoError(t, err)
	read, err := event.Envelope()
	require.NoError(t, err)
	require.Equal(t, *details, read)
	readKeys, err := event.GroupKeys()
	require.NoError(t, err)
	require.Equal(t, keys, *readKeys)

	other := event
	other.GroupCommitment = bytes.Repeat([]byte{9}, 32)
	_, err = other.GroupKeys()
	require.ErrorIs(t, err, types.ErrDetailsInvalid)
	for cut := range len(event.Details) {
		broken := event
		broken.Details = event.Details[:cut]
		read, err := broken.Envelope()
		if cut == len(event.Details)-keysSize(details) {
			require.Empty(t, read.Keys, "what is left is well formed: details for a group's readers")
			continue
		}
		require.ErrorIs(t, err, types.ErrDetailsInvalid, "%d bytes", cut)
	}
}
