package seal_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/crypto/seal"
)

// FuzzGroupKeys: the keys of a batch's group come from whoever sent the batch. They open to the group that was sealed,
// or to an error that says why not.
func FuzzGroupKeys(f *testing.F) {
	hybrid, sm2 := newKey(f, seal.MLKEM768X25519), newKey(f, seal.SM2)
	group, err := seal.NewRoot().Group(publics(hybrid, sm2), []byte("batch"), 1)
	require.NoError(f, err)
	sealed, err := group.Keys()
	require.NoError(f, err)
	raw, err := sealed.Marshal()
	require.NoError(f, err)
	f.Add(raw)
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, raw []byte) {
		var keys seal.GroupKeys
		if keys.Unmarshal(raw) != nil {
			return
		}
		if err := keys.ValidateBasic(seal.MaxReaders); err != nil && !isOneOf(err, seal.ErrInvalidEnvelope) {
			t.Fatal(err)
		}
		for _, key := range []seal.PrivateKey{hybrid, sm2} {
			opened, err := seal.OpenGroup(key, keys, []byte("batch"))
			if err == nil {
				require.Equal(t, sealed.Commitment, opened.Commitment())
			} else if !isOneOf(err, seal.ErrInvalidEnvelope, seal.ErrNotReader, seal.ErrBroken, seal.ErrDigest) {
				t.Fatal(err)
			}
		}
	})
}
