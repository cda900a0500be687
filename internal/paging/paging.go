package paging

import (
	"bytes"
	"context"

	"cosmossdk.io/collections"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	storetypes "github.com/cosmos/cosmos-sdk/store/v2/types"
	"github.com/cosmos/cosmos-sdk/types/query"
)

const (
	// RowsMax is the most rows of one page, and what a caller gets that names no limit.
	RowsMax = 200
	// WalletRowsMax is the most rows of one page of the bank-compatible queries: wallets ask for
	// 1,000 balances as a matter of course, and show no balance at all when they are refused.
	WalletRowsMax = 1000
	// CursorBytesMax bounds a cursor. The longest stored key has some 150 bytes.
	CursorBytesMax = 512
)

// Page is what a caller asked for, and the most rows that the list gives.
type Page struct {
	asked   query.PageRequest
	rowsMax uint64
}

// Of is a page of at most RowsMax rows. Without a request it is the first one.
func Of(asked *query.PageRequest) Page { return newPage(asked, RowsMax) }

// OfWallet is a page of at most WalletRowsMax rows.
func OfWallet(asked *query.PageRequest) Page { return newPage(asked, WalletRowsMax) }

// NewestFirst turns the page of a list around whose keys grow with time: it begins with what came last, and
// reverse asks for the first.
func (p Page) NewestFirst() Page {
	p.asked.Reverse = !p.asked.Reverse
	return p
}

func newPage(asked *query.PageRequest, rowsMax uint64) Page {
	page := Page{rowsMax: rowsMax}
	if asked != nil {
		page.asked = *asked
	}
	if page.asked.Limit == 0 {
		page.asked.Limit = RowsMax
	}
	return page
}

// check refuses what is not served, rather than to answer something else than was asked.
func (p Page) check() error {
	switch {
	case p.asked.Offset > 0:
		return refuse("pagination.offset is not served: rows that come and go would shift the pages; pass next_key of the page before as pagination.key")
	case p.asked.CountTotal:
		return refuse("pagination.count_total is not served: it would read the whole list for each page; follow next_key until it is empty")
	case p.asked.Limit > p.rowsMax:
		return refuse("pagination.limit %d is above %d; ask for less and follow next_key", p.asked.Limit, p.rowsMax)
	case len(p.asked.Key) > CursorBytesMax:
		return refuse("pagination.key has %d bytes, at most %d; pass next_key of the page before", len(p.asked.Key), CursorBytesMax)
	}
	return nil
}

func refuse(format string, args ...any) error {
	return status.Errorf(codes.InvalidArgument, format, args...)
}

// List reads a page of a whole collection, in the order of its keys. row makes a row of the answer;
// its errors are returned as they are, other refusals as InvalidArgument.
func List[K, V any, C query.Collection[K, V], T any](
	ctx context.Context, collection C, page Page, row func(key K, value V) (T, error),
) ([]T, *query.PageResponse, error) {
	return read[K, V](ctx, collection, nil, page, row)
}

// ListBelow is List of the rows whose key begins with prefix, a partial key. The cursor is the
// rest of the key: it cannot lead out of the prefix.
func ListBelow[K, V any, C query.Collection[K, V], T any](
	ctx context.Context, collection C, prefix K, page Page, row func(key K, value V) (T, error),
) ([]T, *query.PageResponse, error) {
	encoded, err := encodeKey(collection, prefix)
	if err != nil {
		return nil, nil, err
	}
	return read[K, V](ctx, collection, encoded, page, row)
}

func read[K, V any, C query.Collection[K, V], T any](
	ctx context.Context, collection C, prefix []byte, page Page, row func(key K, value V) (T, error),
) ([]T, *query.PageResponse, error) {
	if err := page.check(); err != nil {
		return nil, nil, err
	}
	if err := checkCursor(collection, prefix, page.asked.Key); err != nil {
		return nil, nil, err
	}
	iterator, err := iterate[K, V](ctx, collection, prefix, page)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = iterator.Close() }()

	var rows []T
	for ; iterator.Valid(); iterator.Next() {
		entry, err := iterator.KeyValue()
		if err != nil {
			return nil, nil, err
		}
		if uint64(len(rows)) == page.asked.Limit {
			next, err := encodeKey(collection, entry.Key)
			return rows, &query.PageResponse{NextKey: bytes.TrimPrefix(next, prefix)}, err
		}
		made, err := row(entry.Key, entry.Value)
		if err != nil {
			return nil, nil, err
		}
		rows = append(rows, made)
	}
	return rows, &query.PageResponse{}, nil
}

// iterate starts at the cursor, with the row that it names. Backwards the end is exclusive: one zero
// byte more lets the cursor's row in, and no longer key that begins with it, which the page before
// has shown. (The SDK's own pagination shows such a row twice.)
func iterate[K, V any, C query.Collection[K, V]](
	ctx context.Context, collection C, prefix []byte, page Page,
) (collections.Iterator[K, V], error) {
	start, end := bytes.Clone(prefix), storetypes.PrefixEndBytes(prefix)
	cursor := append(bytes.Clone(prefix), page.asked.Key...)
	if !page.asked.Reverse {
		return collection.IterateRaw(ctx, cursor, end, collections.OrderAscending)
	}
	if len(page.asked.Key) > 0 {
		end = append(cursor, 0)
	}
	return collection.IterateRaw(ctx, start, end, collections.OrderDescending)
}

// checkCursor refuses a cursor that is no whole key of the collection. The row itself may be gone.
func checkCursor[K, V any, C query.Collection[K, V]](collection C, prefix, cursor []byte) error {
	if len(cursor) == 0 {
		return nil
	}
	whole := append(bytes.Clone(prefix), cursor...)
	if _, key, err := collection.KeyCodec().Decode(whole); err == nil {
		if again, err := encodeKey[K, V](collection, key); err == nil && bytes.Equal(again, whole) {
			return nil
		}
	}
	return refuse("pagination.key is no cursor of this list; pass next_key of the page before")
}

func encodeKey[K, V any, C query.Collection[K, V]](collection C, key K) ([]byte, error) {
	buffer := make([]byte, collection.KeyCodec().Size(key))
	_, err := collection.KeyCodec().Encode(buffer, key)
	return buffer, err
}
