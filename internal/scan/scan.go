// Package scan reads all records below a prefix, for checks of a whole state that take long: it stops
// when nobody waits any more, and notices when the store ended before its records did.
package scan

import (
	"bytes"
	"context"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	corestore "cosmossdk.io/core/store"
)

// between is the number of records after which the context is looked at.
const between = 1024

// ErrCutShort is a store that ended too early. The iterators of IAVL keep it to themselves when a
// node is gone, such as one of a height that was pruned meanwhile, and look as if all was read.
var ErrCutShort = status.Error(codes.Unavailable, "the state of this height went away while it was read; ask for a newer height")

// Scan goes over the records below a prefix, in the order of their keys.
type Scan struct {
	ctx      context.Context
	store    corestore.KVStore
	prefix   []byte
	end      []byte
	iterator corestore.Iterator
	begun    bool
	read     int
	last     []byte // the last key that was read, whole
	err      error
}

// Open starts a scan of a store as ctx has it. prefix is one byte at least, and not all 0xFF. The
// state is taken hold of now: at the newest height IAVL then reads its records in one go, from a
// snapshot, whatever is committed later.
func Open(ctx context.Context, service corestore.KVStoreService, prefix []byte) (*Scan, error) {
	end := bytes.Clone(prefix)
	end[len(end)-1]++
	s := &Scan{ctx: ctx, store: service.OpenKVStore(ctx), prefix: prefix, end: end}
	var err error
	s.iterator, err = s.store.Iterator(prefix, end)
	return s, err
}

// Next goes to the first record, or the next one. It is false at the end and after an error.
func (s *Scan) Next() bool {
	if s.err != nil {
		return false
	}
	if s.begun {
		s.iterator.Next()
	}
	s.begun = true
	if s.read%between == 0 {
		if s.err = s.ctx.Err(); s.err != nil {
			return false
		}
	}
	if !s.iterator.Valid() {
		s.err = s.checkEnd()
		return false
	}
	s.read++
	s.last = append(s.last[:0], s.iterator.Key()...)
	return true
}

// Key is the record's key without the prefix. It holds until Next.
func (s *Scan) Key() []byte { return s.last[len(s.prefix):] }

// Value is the record's value, which must not be changed.
func (s *Scan) Value() []byte { return s.iterator.Value() }

// Err is why Next was false: nil at the end of the records.
func (s *Scan) Err() error { return s.err }

// Close ends the scan.
func (s *Scan) Close() { _ = s.iterator.Close() }

// checkEnd looks whether the last record from the other side is the last that was read. What the
// iterator says of its errors is of no use: those of the SDK's caches have one at every end.
func (s *Scan) checkEnd() error {
	back, err := s.store.ReverseIterator(s.prefix, s.end)
	if err != nil {
		return err
	}
	defer func() { _ = back.Close() }()
	if !back.Valid() && s.read == 0 || back.Valid() && bytes.Equal(back.Key(), s.last) {
		return nil
	}
	return ErrCutShort
}
