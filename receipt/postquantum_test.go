package receipt_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/cometbft/cometbft/crypto/mldsa65"
	"github.com/cometbft/cometbft/crypto/secp256k1"
	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/receipt"
)

func TestReceiptsUnderMLDSAValidatorsAreVerifiedOffline(t *testing.T) {
	for name, set := range map[string]era{
		"all of them":        members(1, "pq a", "pq b", "pq c", "pq d"),
		"half of them":       members(1, "pq a", "pq b", "c", "d"),
		"one, and alone":     members(1, "pq a"),
		"one that is silent": members(1, "a", "b", "c", "pq d"),
	} {
		t.Run(name, func(t *testing.T) {
			n := newNode(t, set)
			if name == "one that is silent" {
				for i, key := range set.keys {
					n.silent[i] = key.Type() == mldsa65.KeyType
				}
			}
			file, trust := n.receipt(t, n.paid(t, pay("invoice 1", 5)), 1)
			written, err := trust.Encode()
			require.NoError(t, err)
			read, err := receipt.ReadTrust(written)
			require.NoError(t, err)
			verified, err := receipt.Verify(file, read, now())
			require.NoError(t, err)
			require.Equal(t, "ACSC", verified.Payment.Status)
			require.Contains(t, string(file), `"type": "ml_dsa_65"`)
		})
	}
}

func TestLinksLeadFromEd25519ToMLDSAValidators(t *testing.T) {
	n := newNode(t, fourBanks(), members(4, "a", "b", "c", "pq d"), members(8, "a", "pq b", "pq c", "pq d"), members(12, "pq a", "pq b", "pq c", "pq d"))
	trust, err := receipt.TrustFromRPC(context.Background(), n, 1)
	require.NoError(t, err)
	for n.c.Height() < 14 {
		n.c.Block()
	}
	verified, err := receipt.Verify(n.receiptFor(t, n.paid(t, pay("invoice 1", 5)), trust), trust, now())
	require.NoError(t, err)
	require.Positive(t, verified.Links)
}

func TestASpoiledMLDSASignatureIsFound(t *testing.T) {
	n := newNode(t, members(1, "pq a", "pq b", "pq c", "pq d"))
	file, trust := n.receipt(t, n.paid(t, pay("invoice 1", 5)), 1)
	r, err := receipt.Decode(file)
	require.NoError(t, err)
	for _, at := range []int{0, mldsa65.SignatureSize / 2, mldsa65.SignatureSize - 1} {
		for i := range r.Commit.Signatures { // every one is looked at, though three of four suffice
			r.Commit.Signatures[i].Signature[at] ^= 1
			spoiled, err := r.Encode()
			require.NoError(t, err)
			_, err = receipt.Verify(spoiled, trust, now())
			requireWrong(t, receipt.PartCommit, err)
			r.Commit.Signatures[i].Signature[at] ^= 1
		}
	}
	short := bytes.Clone(r.Commit.Signatures[0].Signature)
	r.Commit.Signatures[0].Signature = short[:64]
	spoiled, err := r.Encode()
	require.NoError(t, err)
	_, err = receipt.Verify(spoiled, trust, now())
	requireWrong(t, receipt.PartCommit, err)
}

func TestAConsensusKeyIsWhatItSaysItIs(t *testing.T) {
	n := newNode(t, members(1, "pq a", "b", "c", "d"))
	file, trust := n.receipt(t, n.paid(t, pay("invoice 1", 5)), 1)
	foreign := base64.StdEncoding.EncodeToString(secp256k1.GenPrivKeySecp256k1([]byte("x")).PubKey().Bytes())
	for name, spoiled := range map[string]string{
		"ML-DSA called ed25519": strings.Replace(string(file), `"type": "ml_dsa_65"`, `"type": "ed25519"`, 1),
		"ed25519 called ML-DSA": strings.Replace(string(file), `"type": "ed25519"`, `"type": "ml_dsa_65"`, 1),
		"a type of CometBFT's that no network here has": strings.Replace(string(file), `"type": "ed25519",`+"\n"+`        "value": "`,
			`"type": "secp256k1",`+"\n"+`        "value": "`+foreign, 1),
		"no type": strings.Replace(string(file), `"type": "ed25519"`, `"type": ""`, 1),
	} {
		require.NotEqual(t, string(file), spoiled, name)
		_, err := receipt.Verify([]byte(spoiled), trust, now())
		require.Error(t, err, name)
		var wrong *receipt.Error
		require.ErrorAs(t, err, &wrong)
		require.Contains(t, []receipt.Part{receipt.PartValidators, receipt.PartForm}, wrong.Part, name)
	}
}
