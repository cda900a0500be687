package receipt_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/crypto/seal"
	"github.com/zhilian-network/zhilian/receipt"
)

// FuzzTrust: a trust file comes from a friend of a friend. One that is read has a set whose hash can be told, and
// says the same when it is written again.
func FuzzTrust(f *testing.F) {
	n := newNode(f, fourBanks(), members(3, "w", "x", "y", "z"))
	_, trust := n.receipt(f, n.paid(f, pay("invoice 1", 12345)), 1)
	seed, err := trust.Encode()
	require.NoError(f, err)
	f.Add(seed)
	f.Add([]byte(`{"format":"zhilian-validators-2","validators":[{}]}`))
	f.Fuzz(func(t *testing.T, file []byte) {
		read, err := receipt.ReadTrust(file)
		if err != nil {
			var wrong *receipt.Error
			require.ErrorAs(t, err, &wrong)
			return
		}
		hash, err := read.Hash()
		require.NoError(t, err)
		again, err := read.Encode()
		require.NoError(t, err)
		second, err := receipt.ReadTrust(again)
		require.NoError(t, err)
		same, err := second.Hash()
		require.NoError(t, err)
		require.Equal(t, hash, same)
	})
}

// FuzzOpening: disclosed details come from one party of a dispute. Whatever the file says, only what was sealed passes
// for it, and what is shown of it cannot steer a terminal.
func FuzzOpening(f *testing.F) {
	key, err := seal.GenerateKey(seal.SM2)
	require.NoError(f, err)
	sealed, err := seal.Seal([]byte(`{"RmtInf":"rent"}`), []byte("b"), seal.SM4GCM, []seal.PublicKey{key.Public()})
	require.NoError(f, err)
	opened, err := seal.Disclose(key, sealed, []byte("b"))
	require.NoError(f, err)
	seed, err := receipt.NewOpening("u", opened).Encode()
	require.NoError(f, err)
	f.Add(seed)
	f.Add([]byte(`{"format":"` + receipt.OpeningFormat + `","content":"GzEA"}`))
	verified := &receipt.Verified{}
	verified.Payment.UETR, verified.Payment.DetailsDigest = "u", sealed.Digest
	f.Fuzz(func(t *testing.T, file []byte) {
		read, err := receipt.ReadOpening(file)
		if err == nil {
			require.NotContains(t, read.Words(), "\x1b")
			err = verified.CheckOpening(read)
		}
		if err == nil {
			require.JSONEq(t, string(opened.Content), string(read.Content))
			return
		}
		var wrong *receipt.Error
		require.ErrorAs(t, err, &wrong)
		_, jsonErr := json.Marshal(read)
		require.NoError(t, jsonErr)
	})
}
