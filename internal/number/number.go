// Package number gives stored things their numbers.
package number

import (
	"context"

	"cosmossdk.io/collections"
)

// Next is the next number of a sequence. It counts from 1: number 0 says "none" in records that point to
// what is numbered.
func Next(ctx context.Context, sequence collections.Sequence) (uint64, error) {
	next, err := sequence.Peek(ctx)
	if err != nil {
		return 0, err
	}
	next = max(next, 1)
	return next, sequence.Set(ctx, next+1)
}
