package seal_test

import (
	"bytes"
	"fmt"
	"testing"

	errorsmod "cosmossdk.io/errors"
	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/crypto/seal"
)

const payerOf = "account of the payer"

// groupOf is a group and its published keys.
func groupOf(t testing.TB, readers ...seal.PrivateKey) (seal.Group, seal.GroupKeys) {
	t.Helper()
	group, err := seal.NewRoot().Group(publics(readers...), []byte(payerOf), 1)
	require.NoError(t, err)
	keys, err := group.Keys()
	require.NoError(t, err)
	require.NoError(t, keys.ValidateBasic(len(readers)))
	return group, keys
}

func TestEnvelopesOpenForTheReadersOfTheirGroupsAndForNobodyElse(t *testing.T) {
	payer, regulator := newKey(t, seal.MLKEM768X25519), newKey(t, seal.SM2)
	payerSide, payerKeys := groupOf(t, payer, regulator)
	payees := []seal.PrivateKey{newKey(t, seal.SM2), newKey(t, seal.MLKEM768X25519), newKey(t, seal.SM2)}
	var items []seal.Envelope
	var payeeKeys []seal.GroupKeys
	for i, payee := range payees {
		group, keys := groupOf(t, payee)
		item, err := seal.Seal([]byte(fmt.Sprint("to payee ", i)), []byte(fmt.Sprint("uetr ", i)), ciphers[i%2], nil, payerSide, group)
		require.NoError(t, err)
		require.NoError(t, item.ValidateBasic(seal.Limits{MaxContent: 20, MinKeys: 2, MaxKeys: 2, Groups: true}))
		requireRefused(t, seal.ErrInvalidEnvelope, item.ValidateBasic(seal.Limits{MaxContent: 20, MaxKeys: 2}), "where no groups are allowed")
		require.ElementsMatch(t, [][]byte{payerKeys.Commitment, keys.Commitment}, item.Groups())
		for _, key := range item.Keys {
			want := seal.GroupSealedSize
			if bytes.Equal(key.KeyId, payerKeys.Commitment) {
				want = 0 // its readers make the content key
			}
			require.Len(t, key.Sealed, want)
		}
		items, payeeKeys = append(items, item), append(payeeKeys, keys)
	}
	for _, reader := range []seal.PrivateKey{payer, regulator} {
		opened, err := seal.OpenGroup(reader, payerKeys, []byte(payerOf))
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
		_, err = opened.Keys()
		requireRefused(t, seal.ErrInvalidReaders, err, "who has opened a group does not know its readers")
	}
	for i, payee := range payees {
		opened, err := seal.OpenGroup(payee, payeeKeys[i], []byte(payerOf))
		require.NoError(t, err)
		content, err := opened.Open(items[i], []byte(fmt.Sprint("uetr ", i)))
		require.NoError(t, err)
		require.Equal(t, fmt.Sprint("to payee ", i), string(content))
		_, err = opened.Open(items[(i+1)%3], []byte(fmt.Sprint("uetr ", (i+1)%3)))
		requireRefused(t, seal.ErrNotReader, err)
		_, err = seal.OpenGroup(payee, payerKeys, []byte(payerOf))
		requireRefused(t, seal.ErrNotReader, err)
		// The payee's key put into another payment opens nothing.
		other := copyOf(t, items[(i+1)%3])
		other.Keys = items[i].Keys
		_, err = opened.Open(other, []byte(fmt.Sprint("uetr ", (i+1)%3)))
		requireRefused(t, seal.ErrBroken, err)
	}
}

func TestAReaderOfAGroupGivesOneEnvelopeToAnother(t *testing.T) {
	group, _ := groupOf(t, newKey(t, seal.SM2))
	item, err := seal.Seal([]byte("x"), []byte("item"), seal.SM4GCM, nil, group)
	require.NoError(t, err)
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

func TestARootMakesTheSameGroupAgainAndOthersForAllElse(t *testing.T) {
	a, b := newKey(t, seal.SM2).Public(), newKey(t, seal.MLKEM768X25519).Public()
	root := seal.NewRoot()
	group := func(root seal.Root, binding string, epoch uint64, readers ...seal.PublicKey) string {
		made, err := root.Group(readers, []byte(binding), epoch)
		require.NoError(t, err)
		return string(made.Commitment())
	}
	same := group(root, "payer", 7, a, b)
	require.Equal(t, same, group(root, "payer", 7, b, a), "readers have no order")
	seen := map[string]bool{same: true}
	for story, other := range map[string]string{
		"another binding": group(root, "payee", 7, a, b), "another epoch": group(root, "payer", 8, a, b), "a reader less": group(root, "payer", 7, a),
		"another root": group(seal.NewRoot(), "payer", 7, a, b),
	} {
		require.False(t, seen[other], story)
		seen[other] = true
	}
	_, err := seal.Root{}.Group([]seal.PublicKey{a}, nil, 0)
	requireRefused(t, seal.ErrInvalidKey, err, "a root that was never drawn")
}

func TestGroupsAreCountedAmongTheReaders(t *testing.T) {
	group, _ := groupOf(t, newKey(t, seal.SM2))
	_, err := seal.Seal(nil, nil, seal.AES256GCM, nil)
	requireRefused(t, seal.ErrInvalidReaders, err, "neither readers nor groups")
	_, err = seal.Seal(nil, nil, seal.AES256GCM, nil, group, group)
	requireRefused(t, seal.ErrInvalidReaders, err, "a group twice")
	many := make([]seal.PublicKey, seal.MaxReaders)
	for i := range many {
		many[i] = newKey(t, seal.SM2).Public()
	}
	_, err = seal.Seal(nil, nil, seal.AES256GCM, many, group)
	requireRefused(t, seal.ErrInvalidReaders, err, "33")
	_, err = seal.Seal(nil, nil, seal.AES256GCM, nil, seal.Group{})
	requireRefused(t, seal.ErrInvalidKey, err, "an empty group")
}

func TestAlteredGroupsAreRefused(t *testing.T) {
	for _, suite := range suites {
		reader := newKey(t, suite)
		group, keys := groupOf(t, reader)
		other, otherKeys := groupOf(t, reader)
		item, err := seal.Seal([]byte("content"), []byte("item"), seal.AES256GCM, nil, group)
		require.NoError(t, err)
		_, err = other.Open(item, []byte("item"))
		requireRefused(t, seal.ErrNotReader, err, "an item of another group")
		renamed := copyOf(t, item)
		renamed.Keys[0].KeyId = otherKeys.Commitment
		_, err = other.Open(renamed, []byte("item"))
		requireRefused(t, seal.ErrBroken, err, "an item that says it is another group's")
		_, err = seal.OpenGroup(reader, keys, []byte("another payer"))
		requireRefused(t, seal.ErrBroken, err, "another payer's")

		for _, i := range []int{0, 13, 31} {
			broken := keys
			broken.Commitment = bytes.Clone(keys.Commitment)
			broken.Commitment[i] ^= 1
			_, err = seal.OpenGroup(reader, broken, []byte(payerOf))
			requireRefused(t, seal.ErrBroken, err, "commitment")
			altered := copyOf(t, item)
			altered.Digest[i] ^= 1
			_, err = group.Open(altered, []byte("item"))
			requireRefused(t, seal.ErrBroken, err, "the digest of an item; its sealer is not to blame")
			second, err := seal.Seal([]byte("content"), []byte("item"), seal.AES256GCM, nil, other, group)
			require.NoError(t, err)
			for k := range second.Keys {
				if len(second.Keys[k].Sealed) > 0 {
					second.Keys[k].Sealed[i] ^= 1
				}
			}
			_, err = group.Open(second, []byte("item"))
			requireRefused(t, seal.ErrBroken, err, "the key of an item")
			_, err = other.Open(second, []byte("item"))
			require.NoError(t, err, "another's key")
		}
		moved := keys
		moved.Keys = otherKeys.Keys
		_, err = seal.OpenGroup(reader, moved, []byte(payerOf))
		requireRefused(t, seal.ErrBroken, err, "keys of another group")
	}
}

func TestGroupForm(t *testing.T) {
	first, second := newKey(t, seal.SM2), newKey(t, seal.SM2)
	group, _ := groupOf(t, first, second)
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
		{"a group in a group", 2, func(g *seal.GroupKeys) { g.Keys[0].Sealed = make([]byte, seal.GroupSealedSize) }, seal.ErrInvalidEnvelope},
	}
	for _, test := range tests {
		keys, err := group.Keys()
		require.NoError(t, err)
		test.alter(&keys)
		if err := keys.ValidateBasic(test.max); test.want == nil {
			require.NoError(t, err, test.name)
		} else {
			requireRefused(t, test.want, err, test.name)
		}
	}
	group.Wipe()
	_, err := group.Open(seal.Envelope{}, nil)
	requireRefused(t, seal.ErrInvalidCipher, err)
}
