package domain_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"

	"cosmossdk.io/math"

	"github.com/zhilian-network/zhilian/x/settlement/domain"
	"github.com/zhilian-network/zhilian/x/settlement/types"
)

// keptTree is the slow, obvious log: every hash of the tree is kept, and read again for each answer.
type keptTree struct{ hashes []tlog.Hash }

func (r *keptTree) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, at := range indexes {
		out[i] = r.hashes[at]
	}
	return out, nil
}

func (r *keptTree) append(t require.TestingT, n int64, leaf []byte) {
	hashes, err := tlog.StoredHashes(n, leaf, r)
	require.NoError(t, err)
	r.hashes = append(r.hashes, hashes...)
}

func (r *keptTree) root(t require.TestingT, size int64) []byte {
	root, err := tlog.TreeHash(size, r)
	require.NoError(t, err)
	return root[:]
}

func leaf(n int64) []byte { return fmt.Appendf(nil, "payment %d", n) }

func TestTheLogIsTheTreeOfRFC6962(t *testing.T) {
	all, log := &keptTree{}, types.PaymentLog{}
	require.Equal(t, all.root(t, 0), log.Root())
	for n := range int64(300) {
		all.append(t, n, leaf(n))
		log = domain.AppendToLog(log, [][]byte{types.LeafHash(leaf(n))})
		require.NoError(t, log.Validate())
		require.Equal(t, all.root(t, n+1), log.Root(), "size %d", n+1)
	}
}

// TestBlocksOfAnySizesMakeTheSameLog appends as blocks do: some at once, from any size on.
func TestBlocksOfAnySizesMakeTheSameLog(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all, log := &keptTree{}, types.PaymentLog{}
		for _, payments := range rapid.SliceOfN(rapid.IntRange(0, 700), 1, 5).Draw(t, "blocks") {
			var leaves [][]byte
			for range payments {
				n := int64(log.Size_) + int64(len(leaves))
				all.append(t, n, leaf(n))
				leaves = append(leaves, types.LeafHash(leaf(n)))
			}
			log = domain.AppendToLog(log, leaves)
			require.NoError(t, log.Validate())
			require.Equal(t, all.root(t, int64(log.Size_)), log.Root())
		}
	})
}

func TestAppendingLeavesTheGivenHeadAsItWas(t *testing.T) {
	var leaves [][]byte
	for n := range int64(8) {
		leaves = append(leaves, types.LeafHash(leaf(n)))
	}
	// Eight leaves are one subtree, in a slice that had room for three.
	eight := domain.AppendToLog(types.PaymentLog{}, leaves)
	root := eight.Root()
	one, other := domain.AppendToLog(eight, leaves[:1]), domain.AppendToLog(eight, leaves[1:2])
	require.Equal(t, root, eight.Root())
	require.NotEqual(t, one.Root(), other.Root())
	require.Equal(t, one, domain.AppendToLog(eight, leaves[:1]))
}

// BenchmarkLogPayment is what the log costs a payment in the block: encode, hash, append.
func BenchmarkLogPayment(b *testing.B) {
	const payments = 1_000
	payment := types.Payment{
		Uetr: "8a562c67-ca16-48ba-b074-65581be6f001", Debtor: "zhilian12zewj8s2krep7z6ypdlzy6339307k3j4y8vuku",
		Creditor: "zhilian149s3rkz0vtlvhzkfs2049z050d9sk96lepq83v", Currency: "CNY", Amount: math.NewInt(1_234_500),
		EndToEndDigest: make([]byte, types.DigestLength), InstructionDigest: make([]byte, types.DigestLength),
		Status: types.PaymentSettled, Height: 1_000_000, DecidedAt: time.Unix(1_793_581_200, 123_456_789),
	}
	log := types.PaymentLog{}
	for b.Loop() {
		leaves := make([][]byte, payments)
		for i := range leaves {
			stored, err := payment.Marshal()
			require.NoError(b, err)
			leaves[i] = types.LeafHash(stored)
		}
		log = domain.AppendToLog(log, leaves)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/payments, "ns/payment")
}
