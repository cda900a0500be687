package types_test

import (
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

// groupOf is a group of readers and its keys.
func groupOf(t *testing.T, to []seal.PublicKey) (seal.Group, seal.GroupKeys) {
	t.Helper()
	group, err := seal.NewRoot().Group(to, types.DetailsGroupBinding(network, alice), 1)
	require.NoError(t, err)
	keys, err := group.Keys()
	require.NoError(t, err)
	return group, keys
}

func sealedForGroups(t *testing.T, groups ...seal.Group) *seal.Envelope {
	t.Helper()
	details, err := seal.Seal([]byte("{}"), types.DetailsBinding(network, someUETR), seal.AES256GCM, nil, groups...)
	require.NoError(t, err)
	return &details
}

func TestDetailsAreTakenUpToTheirBounds(t *testing.T) {
	t.Parallel()
	batch := soundBatch()
	payer, payerKeys := groupOf(t, readers(t, seal.MLKEM768X25519, 8))
	payee, payeeKeys := groupOf(t, readers(t, seal.SM2, 8))
	batch.Transfers[1].Details = sealedForGroups(t, payer, payee)
	require.NoError(t, batch.Validate(), "groups that the network knows")
	batch.DetailsGroups = []seal.GroupKeys{payeeKeys}
	require.NoError(t, batch.Validate(), "a group that it does not know")
	batch.DetailsGroups = []seal.GroupKeys{payeeKeys, payerKeys}
	require.NoError(t, batch.Validate())

	pay := soundPay()
	pay.Details, pay.DetailsGroups = sealedForGroups(t, payer, payee), batch.DetailsGroups
	require.NoError(t, pay.Validate())
	third, thirdKeys := groupOf(t, readers(t, seal.SM2, 1))
	pay.Details, pay.DetailsGroups = sealedForGroups(t, payer, payee, third), []seal.GroupKeys{payerKeys, payeeKeys, thirdKeys}
	require.NoError(t, pay.Validate(), "a regulator's besides")
	pay.DetailsGroups = nil
	pay.Details = sealed(t, 8_192-5*1_206-120, readers(t, seal.MLKEM768X25519, 5))
	require.NoError(t, pay.Validate(), "five readers and 2 KiB: %d bytes", pay.Details.Size())
	pay.Details = sealed(t, 100, readers(t, seal.SM2, 8))
	require.NoError(t, pay.Validate(), "eight readers of the other suite")
}

func TestMisshapenDetailsAreRefused(t *testing.T) {
	t.Parallel()
	one := readers(t, seal.SM2, 1)
	group, keys := groupOf(t, one)
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
		"a group of nobody": {func(m *types.MsgPayBatch) {
			m.DetailsGroups = []seal.GroupKeys{{Commitment: group.Commitment()}}
			m.Transfers[0].Details = sealedForGroups(t, group)
		}, types.ErrDetailsInvalid},
		"a group for nothing": {func(m *types.MsgPayBatch) { m.DetailsGroups = []seal.GroupKeys{keys} }, types.ErrDetailsInvalid},
		"a group twice": {func(m *types.MsgPayBatch) {
			m.DetailsGroups = []seal.GroupKeys{keys, keys}
			m.Transfers[0].Details = sealedForGroups(t, group)
		}, types.ErrDetailsInvalid},
		"more groups than anything is sealed for": {func(m *types.MsgPayBatch) {
			m.DetailsGroups = make([]seal.GroupKeys, len(m.Transfers)+types.DetailsGroupsMax+1)
		}, types.ErrDetailsInvalid},
	} {
		batch := soundBatch()
		batch.Transfers[0].Details = sealed(t, 100, one)
		require.NoError(t, batch.Validate())
		row.change(batch)
		require.ErrorIs(t, batch.Validate(), row.err, story)
		require.Equal(t, "NARR", types.ISOReason(batch.Validate()), story)
		pay := soundPay()
		pay.Details, pay.DetailsGroups = batch.Transfers[0].Details, batch.DetailsGroups
		require.ErrorIs(t, pay.Validate(), row.err, story)
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
		types.DetailsGroupBinding("a", "bc"), types.DetailsGroupBinding("ab", "c"), types.DetailsGroupBinding("a", "b"),
	} {
		require.False(t, seen[string(binding)], "%q", binding)
		seen[string(binding)] = true
	}
}

func TestAnEventGivesBackWhatWasSealed(t *testing.T) {
	t.Parallel()
	one := readers(t, seal.SM2, 1)
	_, keys := groupOf(t, one)
	details := sealed(t, 10, one)
	var event types.EventPaymentDetails
	var err error
	event.Details, err = details.Marshal()
	require.NoError(t, err)
	encoded, err := keys.Marshal()
	require.NoError(t, err)
	event.Groups = [][]byte{encoded}
	read, err := event.Envelope()
	require.NoError(t, err)
	require.Equal(t, *details, read)
	readKeys, err := event.GroupKeys()
	require.NoError(t, err)
	require.Equal(t, []seal.GroupKeys{keys}, readKeys)

	for cut := range len(encoded) {
		broken := types.EventPaymentDetails{Groups: [][]byte{encoded[:cut]}}
		_, err = broken.GroupKeys()
		require.ErrorIs(t, err, types.ErrDetailsInvalid, "%d bytes of a group", cut)
	}
	for cut := range len(event.Details) {
		broken := event
		broken.Details = event.Details[:cut]
		_, err := broken.Envelope()
		require.ErrorIs(t, err, types.ErrDetailsInvalid, "%d bytes", cut)
	}
}
