package seal_test

import (
	"fmt"
	"testing"

	errorsmod "cosmossdk.io/errors"
	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/crypto/seal"
)

func TestABatchOpensForThoseWhoShareIt(t *testing.T) {
	payer, regulator := newKey(t, seal.MLKEM768X25519), newKey(t, seal.SM2)
	payees := []seal.PrivateKey{newKey(t, seal.SM2), newKey(t, seal.MLKEM768X25519), newKey(t, seal.SM2)}
	group, err := seal.NewGroup(publics(payer, regulator), []byte("batch 7"))
	require.NoError(t, err)
	keys := group.Keys()
	require.NoError(t, keys.ValidateBasic(2))

	items := make([]seal.Envelope, len(payees))
	for i, payee := range payees {
		items[i], err = group.Seal([]byte(fmt.Sprint("to payee ", i)), []byte(fmt.Sprint("uetr ", i)), ciphers[i%2], publics(payee))
		require.NoError(t, err)
	}
	for _, reader := range []seal.PrivateKey{payer, regulator} {
		opened, err := seal.OpenGroup(reader, keys, []byte("batch 7"))
		require.NoError(t, err)
		for i, item := range items {
			content, err := opened.Open(item, []byte(fmt.Sprint("uetr ", i)))
			require.NoError(t, err)
			require.Equal(t, fmt.Sprint("to payee ", i), string(content))
			_, err = opened.Open(item, []byte("uetr 9"))
			requireRefused(t, seal.ErrBroken, err)
			_, err = seal.Open(reader, item, []byte(fmt.Sprint("uetr ", i)))
			requireRefused(t, seal.ErrNotReader, err)
		}
	}
	for i, payee := range payees {
		content, err := seal.Open(payee, items[i], []byte(fmt.Sprint("uetr ", i)))
		require.NoError(t, err)
		require.Equal(t, fmt.Sprint("to payee ", i), string(content))
		_, err = seal.OpenGroup(payee, keys, []byte("batch 7"))
		requireRefused(t, seal.ErrNotReader, err)
		// The payee's key put into another item of the batch opens nothing.
		other := copyOf(t, items[(i+1)%3])
		other.Keys = items[i].Keys
		_, err = seal.Open(payee, other, []byte(fmt.Sprint("uetr ", (i+1)%3)))
		requireRefused(t, seal.ErrBroken, err)
	}
}

func TestAnItemMayHaveNoReadersOfItsOwn(t *testing.T) {
	payer := newKey(t, seal.SM2)
	group, err := seal.NewGroup(publics(payer), nil)
	require.NoError(t, err)
	item, err := group.Seal([]byte("x"), []byte("item"), seal.SM4GCM, nil)
	require.NoError(t, err)
	require.NoError(t, item.ValidateBasic(seal.Limits{MaxContent: 1, MaxKeys: 2}))
	opening, err := group.Disclose(item, []byte("item"))
	require.NoError(t, err)
	require.NoError(t, seal.CheckOpening(item.Digest, opening))

	late := newKey(t, seal.MLKEM768X25519)
	key, err := group.Reseal(item, []byte("item"), late.Public())
	require.NoError(t, err)
	item.Keys = []seal.SealedKey{key}
	content, err := seal.Open(late, item, []byte("item"))
	require.NoError(t, err)
	require.Equal(t, "x", string(content))
}

func TestAlteredGroupsAreRefused(t *testing.T) {
	for _, suite := range suites {
		reader := newKey(t, suite)
		binding := []byte("batch 7")
		group, err := seal.NewGroup(publics(reader), binding)
		require.NoError(t, err)
		other, err := seal.NewGroup(publics(reader), binding)
		require.NoError(t, err)
		item, err := group.Seal([]byte("content"), []byte("item"), seal.AES256GCM, nil)
		require.NoError(t, err)
		_, err = other.Open(item, []byte("item"))
		requireRefused(t, seal.ErrBroken, err, "an item of another group")
		_, err = seal.OpenGroup(reader, group.Keys(), []byte("batch 8"))
		requireRefused(t, seal.ErrBroken, err, "another batch")

		for _, i := range []int{0, 13, 31} {
			broken := group.Keys()
			broken.Commitment[i] ^= 1
			_, err = seal.OpenGroup(reader, broken, binding)
			requireRefused(t, seal.ErrBroken, err, "commitment")
			altered := copyOf(t, item)
			altered.Digest[i] ^= 1
			_, err = group.Open(altered, []byte("item"))
			requireRefused(t, seal.ErrBroken, err, "the digest of an item; its sealer is not to blame")
		}
		moved := group.Keys()
		moved.Keys = other.Keys().Keys
		_, err = seal.OpenGroup(reader, moved, binding)
		requireRefused(t, seal.ErrBroken, err, "keys of another group")
	}
}

func TestGroupForm(t *testing.T) {
	group, err := seal.NewGroup(publics(newKey(t, seal.SM2), newKey(t, seal.SM2)), nil)
	require.NoError(t, err)
	tests := []struct {
		name  string
		max   int
		alter func(*seal.GroupKeys)
		want  *errorsmod.Error
	}{
		{"as it was made", 2, func(*seal.GroupKeys) {}, nil},
		{"too many keys", 1, func(*seal.GroupKeys) {}, seal.ErrInvalidEnvelope},
		{"no keys", 2, func(g *seal.GroupKeys) { g.Keys = nil }, seal.ErrInvalidEnvelope},
		{"no commitment", 2, func(g *seal.GroupKeys) { g.Commitment = nil }, seal.ErrInvalidEnvelope},
		{"out of order", 2, func(g *seal.GroupKeys) { g.Keys[0], g.Keys[1] = g.Keys[1], g.Keys[0] }, seal.ErrInvalidEnvelope},
	}
	for _, test := range tests {
		keys := group.Keys()
		test.alter(&keys)
		if err := keys.ValidateBasic(test.max); test.want == nil {
			require.NoError(t, err, test.name)
		} else {
			requireRefused(t, test.want, err, test.name)
		}
	}
	_, err = seal.Group{}.Seal(nil, nil, seal.AES256GCM, nil)
	requireRefused(t, seal.ErrInvalidKey, err)
	group.Wipe()
	_, err = group.Open(seal.Envelope{}, nil)
	requireRefused(t, seal.ErrInvalidCipher, err)
}
