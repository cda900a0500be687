package domain

import (
	"slices"

	"github.com/zhilian-network/zhilian/x/settlement/types"
)

// AppendToLog is the head of the log after the leaves with these hashes, 32 bytes each. It works like
// counting in binary: a leaf is a tree of one, and two trees of one size become one of twice the size.
// The given head stays as it is.
func AppendToLog(log types.PaymentLog, leaves [][]byte) types.PaymentLog {
	subtrees := slices.Clone(log.Subtrees)
	for _, hash := range leaves {
		for carry := log.Size_; carry&1 == 1; carry >>= 1 {
			last := len(subtrees) - 1
			hash, subtrees = types.NodeHash(subtrees[last], hash), subtrees[:last]
		}
		subtrees = append(subtrees, hash)
		log.Size_++
	}
	log.Subtrees = subtrees
	return log
}
