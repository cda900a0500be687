package statedb

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/cockroachdb/pebble"
	dbm "github.com/cosmos/cosmos-db"
)

// Errors of misuse. They are those that other databases of this interface give.
var (
	errKeyEmpty    = errors.New("key cannot be empty")
	errValueNil    = errors.New("value cannot be nil")
	errBatchClosed = errors.New("batch has been written or closed")
)

// database is a dbm.DB over Pebble.
type database struct{ pebble *pebble.DB }

func (d database) Get(key []byte) ([]byte, error) {
	if len(key) == 0 {
		return nil, errKeyEmpty
	}
	value, closer, err := d.pebble.Get(key)
	if errors.Is(err, pebble.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	held := copied(value)
	return held, closer.Close()
}

func (d database) Has(key []byte) (bool, error) {
	value, err := d.Get(key)
	return value != nil, err
}

func (d database) Set(key, value []byte) error     { return d.set(key, value, pebble.NoSync) }
func (d database) SetSync(key, value []byte) error { return d.set(key, value, pebble.Sync) }

func (d database) set(key, value []byte, options *pebble.WriteOptions) error {
	if err := checkPair(key, value); err != nil {
		return err
	}
	return d.pebble.Set(key, value, options)
}

func (d database) Delete(key []byte) error     { return d.delete(key, pebble.NoSync) }
func (d database) DeleteSync(key []byte) error { return d.delete(key, pebble.Sync) }

func (d database) delete(key []byte, options *pebble.WriteOptions) error {
	if len(key) == 0 {
		return errKeyEmpty
	}
	return d.pebble.Delete(key, options)
}

func (d database) Iterator(start, end []byte) (dbm.Iterator, error) {
	walk, err := d.walk(start, end)
	if err != nil {
		return nil, err
	}
	walk.source.First()
	walk.advance = walk.source.Next
	return walk, nil
}

func (d database) ReverseIterator(start, end []byte) (dbm.Iterator, error) {
	walk, err := d.walk(start, end)
	if err != nil {
		return nil, err
	}
	walk.source.Last()
	walk.advance = walk.source.Prev
	return walk, nil
}

func (d database) walk(start, end []byte) (*iterator, error) {
	if start != nil && len(start) == 0 || end != nil && len(end) == 0 {
		return nil, errKeyEmpty
	}
	if start != nil && end != nil && bytes.Compare(start, end) > 0 {
		end = start // nothing lies between them; Pebble wants bounds in order
	}
	source, err := d.pebble.NewIter(&pebble.IterOptions{LowerBound: start, UpperBound: end})
	if err != nil {
		return nil, err
	}
	return &iterator{source: source, start: start, end: end}, nil
}

func (d database) NewBatch() dbm.Batch { return &batch{d.pebble.NewBatch()} }

func (d database) NewBatchWithSize(size int) dbm.Batch {
	return &batch{d.pebble.NewBatchWithSize(size)}
}

func (d database) Close() error { return d.pebble.Close() }

// Print writes the metrics of the database to its log: its content is too much to print.
func (d database) Print() error {
	pebble.DefaultLogger.Infof("%s", d.pebble.Metrics())
	return nil
}

func (d database) Stats() map[string]string {
	metrics := d.pebble.Metrics()
	return map[string]string{
		"cache.hits":     fmt.Sprint(metrics.BlockCache.Hits),
		"cache.misses":   fmt.Sprint(metrics.BlockCache.Misses),
		"filter.hits":    fmt.Sprint(metrics.Filter.Hits),
		"filter.misses":  fmt.Sprint(metrics.Filter.Misses),
		"disk.bytes":     fmt.Sprint(metrics.DiskSpaceUsage()),
		"compact.debt":   fmt.Sprint(metrics.Compact.EstimatedDebt),
		"memtable.bytes": fmt.Sprint(metrics.MemTable.Size),
	}
}

func checkPair(key, value []byte) error {
	if len(key) == 0 {
		return errKeyEmpty
	}
	if value == nil {
		return errValueNil
	}
	return nil
}

// copied never gives nil: an empty value is there, an absent one is not.
func copied(b []byte) []byte { return append(make([]byte, 0, len(b)), b...) }

// batch is a dbm.Batch: all of it or nothing.
type batch struct{ pebble *pebble.Batch }

func (b *batch) Set(key, value []byte) error {
	if err := checkPair(key, value); err != nil {
		return err
	}
	if b.pebble == nil {
		return errBatchClosed
	}
	return b.pebble.Set(key, value, nil)
}

func (b *batch) Delete(key []byte) error {
	if len(key) == 0 {
		return errKeyEmpty
	}
	if b.pebble == nil {
		return errBatchClosed
	}
	return b.pebble.Delete(key, nil)
}

func (b *batch) Write() error     { return b.commit(pebble.NoSync) }
func (b *batch) WriteSync() error { return b.commit(pebble.Sync) }

func (b *batch) commit(options *pebble.WriteOptions) error {
	if b.pebble == nil {
		return errBatchClosed
	}
	if err := b.pebble.Commit(options); err != nil {
		return err
	}
	return b.Close()
}

func (b *batch) Close() error {
	if b.pebble == nil {
		return nil
	}
	closing := b.pebble
	b.pebble = nil
	return closing.Close()
}

func (b *batch) GetByteSize() (int, error) {
	if b.pebble == nil {
		return 0, errBatchClosed
	}
	return b.pebble.Len(), nil
}

// iterator is a dbm.Iterator within bounds that Pebble keeps.
type iterator struct {
	source     *pebble.Iterator
	start, end []byte
	advance    func() bool
}

func (i *iterator) Domain() (start, end []byte) { return i.start, i.end }

func (i *iterator) Valid() bool { return i.source.Error() == nil && i.source.Valid() }

func (i *iterator) Next() {
	i.mustBeValid()
	i.advance()
}

func (i *iterator) Key() []byte {
	i.mustBeValid()
	return copied(i.source.Key())
}

func (i *iterator) Value() []byte {
	i.mustBeValid()
	return copied(i.source.Value())
}

func (i *iterator) Error() error { return i.source.Error() }

func (i *iterator) Close() error { return i.source.Close() }

// mustBeValid panics as the interface demands of an iterator that is read behind its end.
func (i *iterator) mustBeValid() {
	if !i.Valid() {
		panic("iterator is invalid")
	}
}
