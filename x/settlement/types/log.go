package types

import (
	"bytes"
	"crypto/sha256"
	"math"
	"math/bits"
)

// The log of payments is a Merkle tree as in RFC 6962, section 2.1: a leaf's hash begins with another
// byte than a node's, so that neither can be taken for the other.
const (
	leafMark = 0x00
	nodeMark = 0x01
)

// LeafHash is the hash of a stored payment's bytes in the log; 32 bytes.
func LeafHash(stored []byte) []byte {
	sum := sha256.Sum256(append([]byte{leafMark}, stored...))
	return sum[:]
}

// NodeHash is the hash of two subtrees; 32 bytes.
func NodeHash(left, right []byte) []byte {
	node := make([]byte, 0, 1+2*DigestLength)
	node = append(node, nodeMark)
	node = append(node, left...)
	sum := sha256.Sum256(append(node, right...))
	return sum[:]
}

// Root is the root hash of the whole tree; 32 bytes. That of the empty tree is SHA-256 of nothing.
func (l PaymentLog) Root() []byte {
	if len(l.Subtrees) == 0 {
		sum := sha256.Sum256(nil)
		return sum[:]
	}
	last := len(l.Subtrees) - 1
	root := l.Subtrees[last]
	for i := last - 1; i >= 0; i-- {
		root = NodeHash(l.Subtrees[i], root)
	}
	return root
}

// Validate checks that a head has one subtree of 32 bytes for each bit of its size.
func (l PaymentLog) Validate() error {
	if l.Size_ > math.MaxInt64 {
		return ErrLogInvalid.Wrapf("size %d is too large", l.Size_)
	}
	if want := bits.OnesCount64(l.Size_); len(l.Subtrees) != want {
		return ErrLogInvalid.Wrapf("%d payments make %d subtrees, not %d", l.Size_, want, len(l.Subtrees))
	}
	for i, hash := range l.Subtrees {
		if len(hash) != DigestLength {
			return ErrLogInvalid.Wrapf("subtree %d has %d bytes, want %d", i, len(hash), DigestLength)
		}
	}
	return nil
}

// Validate checks the form of a proof; ErrProofInvalid. What it proves is decided against the log in state.
func (p *PaymentProof) Validate() error {
	if n := len(p.Payment); n == 0 || n > StoredPaymentBytesMax {
		return ErrProofInvalid.Wrapf("payment of %d bytes, 1 to %d are needed", n, StoredPaymentBytesMax)
	}
	if p.LogSize > math.MaxInt64 || p.LogIndex >= p.LogSize {
		return ErrProofInvalid.Wrapf("payment %d, counted from 0, of %d", p.LogIndex, p.LogSize)
	}
	if want := pathLength(p.LogIndex, p.LogSize); len(p.Path) != want {
		return ErrProofInvalid.Wrapf("path of %d hashes: from payment %d of %d it has %d", len(p.Path), p.LogIndex, p.LogSize, want)
	}
	for i, hash := range p.Path {
		if len(hash) != DigestLength {
			return ErrProofInvalid.Wrapf("hash %d of the path has %d bytes, want %d", i, len(hash), DigestLength)
		}
	}
	return nil
}

// pathLength is how many hashes lead from a leaf of a log to its root (RFC 6962, section 2.1.1): at most ProofPathMax.
func pathLength(index, size uint64) int {
	length := 0
	for size > 1 {
		half := uint64(1) << (bits.Len64(size-1) - 1)
		if index < half {
			size = half
		} else {
			index, size = index-half, size-half
		}
		length++
	}
	return length
}

// Decode reads the stored payment. Bytes that are not what the chain writes are refused, though they may mean the same:
// ErrProofInvalid.
func (p *PaymentProof) Decode() (Payment, error) {
	var payment Payment
	if err := payment.Unmarshal(p.Payment); err != nil {
		return Payment{}, ErrProofInvalid.Wrap("its bytes are no payment")
	}
	if payment.Amount.IsNil() {
		return Payment{}, ErrProofInvalid.Wrap("the payment has no amount")
	}
	again, err := payment.Marshal()
	if err != nil || !bytes.Equal(again, p.Payment) {
		return Payment{}, ErrProofInvalid.Wrap("its bytes are not those of a stored payment")
	}
	return payment, nil
}

// Covering is the perfect subtree of a log that holds a leaf: its place among the subtrees, and how many hashes lead
// from the leaf to its root. False if the log is shorter.
func (l PaymentLog) Covering(index uint64) (place, height int, covered bool) {
	left := uint64(0)
	for level := bits.Len64(l.Size_) - 1; level >= 0; level-- {
		width := uint64(1) << level
		if l.Size_&width == 0 {
			continue
		}
		if left += width; index < left {
			return place, level, true
		}
		place++
	}
	return 0, 0, false
}

// CheckProof refuses a payment that is not in the log as its proof says. The log may have grown since the proof was made:
// the perfect subtree of that time that holds the payment must still stand in the head. Of the path the hashes below its
// root are needed, and no others are looked at. Where it has become a part of a larger subtree, only a newer proof leads
// to that: ErrProofOutdated. That happens once for each
// doubling of what has followed a payment: the older it is, the longer a proof keeps.
func (l PaymentLog) CheckProof(proof PaymentProof) error {
	if err := proof.Validate(); err != nil {
		return err
	}
	place, height, covered := l.Covering(proof.LogIndex)
	if !covered || proof.LogSize > l.Size_ {
		return ErrNotLogged.Wrapf("payment %d of %d; the log has %d", proof.LogIndex, proof.LogSize, l.Size_)
	}
	if _, then, _ := (PaymentLog{Size_: proof.LogSize}).Covering(proof.LogIndex); then < height {
		return ErrProofOutdated.Wrapf("it is for a log of %d payments, there are %d", proof.LogSize, l.Size_)
	}
	hash := LeafHash(proof.Payment)
	for level := range height {
		if proof.LogIndex>>level&1 == 0 {
			hash = NodeHash(hash, proof.Path[level])
		} else {
			hash = NodeHash(proof.Path[level], hash)
		}
	}
	if !bytes.Equal(hash, l.Subtrees[place]) {
		return ErrNotLogged.Wrapf("payment %d is another one", proof.LogIndex)
	}
	return nil
}
