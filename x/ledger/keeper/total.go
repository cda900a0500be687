package keeper

import (
	"encoding/binary"
	"math/big"
	"math/bits"

	"cosmossdk.io/math"
)

// total is a sum of amounts of at most 128 bits. It has a word more than they: fewer than 2^64
// amounts, which is more than there can be, do not overflow it.
type total struct{ top, high, low uint64 }

func (t *total) add(amount words) {
	var carry uint64
	t.low, carry = bits.Add64(t.low, amount.low, 0)
	t.high, carry = bits.Add64(t.high, amount.high, carry)
	t.top += carry
}

func (t *total) amount() math.Int {
	var sum [24]byte
	binary.BigEndian.PutUint64(sum[0:], t.top)
	binary.BigEndian.PutUint64(sum[8:], t.high)
	binary.BigEndian.PutUint64(sum[16:], t.low)
	return math.NewIntFromBigInt(new(big.Int).SetBytes(sum[:]))
}
