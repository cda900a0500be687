package domain_test

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"

	sdkmath "cosmossdk.io/math"

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
		Creditor: "zhilian149s3rkz0vtlvhzkfs2049z050d9sk96lepq83v", Currency: "CNY", Amount: sdkmath.NewInt(1_234_500),
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

// proofOf is what a receipt has of a payment in a log of a size.
func (r *keptTree) proofOf(t require.TestingT, index, size int64) types.PaymentProof {
	path, err := tlog.ProveRecord(size, index, r)
	require.NoError(t, err)
	proof := types.PaymentProof{Payment: leaf(index), LogIndex: uint64(index), LogSize: uint64(size)}
	for _, hash := range path {
		proof.Path = append(proof.Path, hash[:])
	}
	return proof
}

// grown is a tree of a size and its head.
func grown(t require.TestingT, size int64) (*keptTree, types.PaymentLog) {
	all, log := &keptTree{}, types.PaymentLog{}
	for n := range size {
		all.append(t, n, leaf(n))
		log = domain.AppendToLog(log, [][]byte{types.LeafHash(leaf(n))})
	}
	return all, log
}

// subtreeOf is the perfect subtree of a log that holds a payment, found by cutting the largest ones off the left.
func subtreeOf(index, size int64) (first, width int64) {
	for {
		width = 1
		for 2*width <= size {
			width *= 2
		}
		if index < first+width {
			return first, width
		}
		first, size = first+width, size-width
	}
}

func TestAPaymentIsProvenInEveryLargerLogUntilItsSubtreeIsMergedAndThenANewerProofIsAskedFor(t *testing.T) {
	const most = 70
	all, _ := grown(t, most)
	log := types.PaymentLog{}
	outdated, proven := 0, 0
	for size := int64(1); size <= most; size++ {
		log = domain.AppendToLog(log, [][]byte{types.LeafHash(leaf(size - 1))})
		for then := int64(1); then <= size; then++ {
			for index := range then {
				err := log.CheckProof(all.proofOf(t, index, then))
				_, widthThen := subtreeOf(index, then)
				_, width := subtreeOf(index, size)
				if width == widthThen {
					require.NoError(t, err, "payment %d of %d in a log of %d", index, then, size)
					proven++
					continue
				}
				require.ErrorIs(t, err, types.ErrProofOutdated, "payment %d of %d in a log of %d", index, then, size)
				outdated++
			}
		}
	}
	require.Positive(t, outdated)
	require.Positive(t, proven)
}

func TestNothingIsProvenThatIsNotInTheLog(t *testing.T) {
	const size, index = 300, 77
	all, log := grown(t, size)
	sound := all.proofOf(t, index, size)
	require.NoError(t, log.CheckProof(sound))
	_, width := subtreeOf(index, size)
	needed := 0
	for 1<<needed < width {
		needed++
	}
	require.Less(t, needed, len(sound.Path), "the way goes on beyond the subtree")
	altered := func(change func(*types.PaymentProof)) types.PaymentProof {
		proof := types.PaymentProof{Payment: slices.Clone(sound.Payment), LogIndex: sound.LogIndex, LogSize: sound.LogSize}
		for _, hash := range sound.Path {
			proof.Path = append(proof.Path, slices.Clone(hash))
		}
		change(&proof)
		return proof
	}
	_, shorter := grown(t, size-1)
	for name, row := range map[string]struct {
		log    types.PaymentLog
		change func(*types.PaymentProof)
		err    error
	}{
		"another payment":             {log, func(p *types.PaymentProof) { p.Payment = leaf(index + 1) }, types.ErrNotLogged},
		"a byte of the payment":       {log, func(p *types.PaymentProof) { p.Payment[3] ^= 1 }, types.ErrNotLogged},
		"its neighbour's number":      {log, func(p *types.PaymentProof) { p.LogIndex ^= 1 }, types.ErrNotLogged},
		"a number far away":           {log, func(p *types.PaymentProof) { p.LogIndex += 100 }, types.ErrNotLogged},
		"the first hash":              {log, func(p *types.PaymentProof) { p.Path[0][31] ^= 0x80 }, types.ErrNotLogged},
		"the last hash that counts":   {log, func(p *types.PaymentProof) { p.Path[needed-1][0] ^= 1 }, types.ErrNotLogged},
		"hashes in another order":     {log, func(p *types.PaymentProof) { p.Path[0], p.Path[1] = p.Path[1], p.Path[0] }, types.ErrNotLogged},
		"a node taken for a payment":  {log, func(p *types.PaymentProof) { p.Payment = append(slices.Clone(p.Path[0]), p.Path[1]...) }, types.ErrNotLogged},
		"a log that is not so long":   {shorter, func(*types.PaymentProof) {}, types.ErrNotLogged},
		"an empty log":                {types.PaymentLog{}, func(*types.PaymentProof) {}, types.ErrNotLogged},
		"a path that is too long":     {log, func(p *types.PaymentProof) { p.Path = append(p.Path, p.Path[0]) }, types.ErrProofInvalid},
		"a path that is too short":    {log, func(p *types.PaymentProof) { p.Path = p.Path[:len(p.Path)-1] }, types.ErrProofInvalid},
		"no path":                     {log, func(p *types.PaymentProof) { p.Path = nil }, types.ErrProofInvalid},
		"a hash that is too short":    {log, func(p *types.PaymentProof) { p.Path[2] = p.Path[2][:31] }, types.ErrProofInvalid},
		"no payment":                  {log, func(p *types.PaymentProof) { p.Payment = nil }, types.ErrProofInvalid},
		"a payment that is too long":  {log, func(p *types.PaymentProof) { p.Payment = make([]byte, types.StoredPaymentBytesMax+1) }, types.ErrProofInvalid},
		"a number beyond the log":     {log, func(p *types.PaymentProof) { p.LogIndex = p.LogSize }, types.ErrProofInvalid},
		"a size that no log can have": {log, func(p *types.PaymentProof) { p.LogSize = math.MaxUint64 }, types.ErrProofInvalid},
	} {
		require.ErrorIs(t, row.log.CheckProof(altered(row.change)), row.err, name)
	}
	require.NoError(t, log.CheckProof(altered(func(p *types.PaymentProof) { p.Path[needed][0] ^= 1 })), "what leads beyond the subtree is not needed")
}

func TestTheLongestWayThatAProofMayHaveIsBounded(t *testing.T) {
	proof := types.PaymentProof{Payment: []byte("x"), LogSize: math.MaxInt64}
	for range types.ProofPathMax {
		require.ErrorIs(t, proof.Validate(), types.ErrProofInvalid)
		proof.Path = append(proof.Path, make([]byte, types.DigestLength))
	}
	require.NoError(t, proof.Validate())
	proof.LogIndex = math.MaxInt64 - 1
	proof.Path = proof.Path[:62]
	require.NoError(t, proof.Validate(), "the last payment's way is the way over all subtrees")
}
