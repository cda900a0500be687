package types

import (
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
