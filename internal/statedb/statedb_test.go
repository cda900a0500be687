package statedb_test

import (
	"bytes"
	"fmt"
	"testing"

	dbm "github.com/cosmos/cosmos-db"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/zhilian-network/zhilian/internal/statedb"
)

const cacheBytes = 1 << 20

func open(t require.TestingT, folder string) dbm.DB {
	db, err := statedb.Open("application", folder, cacheBytes)
	require.NoError(t, err)
	return db
}

// Few and short keys meet each other; some are the beginning of others.
var (
	keys   = rapid.SliceOfN(rapid.ByteRange(0, 3), 1, 3)
	values = rapid.SliceOfN(rapid.Byte(), 0, 4)
	bounds = rapid.OneOf(rapid.Just([]byte(nil)), keys)
)

// TestItAnswersAsASortedMapInMemoryDoes does random writes, reads, walks and restarts on the database and
// on the plain one in memory beside it.
func TestItAnswersAsASortedMapInMemoryDoes(t *testing.T) {
	root := t.TempDir()
	run := 0
	rapid.Check(t, func(t *rapid.T) {
		run++
		folder := fmt.Sprintf("%s/%d", root, run)
		tested, model := open(t, folder), dbm.NewMemDB()
		defer func() { require.NoError(t, tested.Close()) }()
		t.Repeat(map[string]func(*rapid.T){
			"set": func(t *rapid.T) {
				key, value, sync := keys.Draw(t, "key"), values.Draw(t, "value"), rapid.Bool().Draw(t, "sync")
				for _, db := range []dbm.DB{tested, model} {
					if sync {
						require.NoError(t, db.SetSync(key, value))
					} else {
						require.NoError(t, db.Set(key, value))
					}
				}
			},
			"delete": func(t *rapid.T) {
				key := keys.Draw(t, "key")
				for _, db := range []dbm.DB{tested, model} {
					require.NoError(t, db.Delete(key))
				}
			},
			"batch": func(t *rapid.T) {
				batches := []dbm.Batch{tested.NewBatch(), model.NewBatch()}
				for range rapid.IntRange(0, 6).Draw(t, "writes") {
					key, value, remove := keys.Draw(t, "key"), values.Draw(t, "value"), rapid.Bool().Draw(t, "remove")
					for _, batch := range batches {
						if remove {
							require.NoError(t, batch.Delete(key))
						} else {
							require.NoError(t, batch.Set(key, value))
						}
					}
				}
				dropped := rapid.Bool().Draw(t, "dropped")
				for _, batch := range batches {
					if !dropped {
						require.NoError(t, batch.Write())
					}
					require.NoError(t, batch.Close())
				}
			},
			"restart": func(t *rapid.T) {
				require.NoError(t, tested.Close())
				tested = open(t, folder)
			},
			"": func(t *rapid.T) {
				key := keys.Draw(t, "asked")
				want, err := model.Get(key)
				require.NoError(t, err)
				got, err := tested.Get(key)
				require.NoError(t, err)
				require.Equal(t, want == nil, got == nil, "an empty value is not an absent one")
				require.True(t, bytes.Equal(want, got))
				has, err := tested.Has(key)
				require.NoError(t, err)
				require.Equal(t, want != nil, has)

				start, end := bounds.Draw(t, "start"), bounds.Draw(t, "end")
				if start != nil && end != nil && bytes.Compare(start, end) > 0 {
					start, end = end, start
				}
				require.Equal(t, walk(t, model.Iterator, start, end), walk(t, tested.Iterator, start, end))
				require.Equal(t, walk(t, model.ReverseIterator, start, end), walk(t, tested.ReverseIterator, start, end))
			},
		})
	})
}

func walk(t require.TestingT, iterate func(start, end []byte) (dbm.Iterator, error), start, end []byte) []string {
	iterator, err := iterate(start, end)
	require.NoError(t, err)
	defer func() { require.NoError(t, iterator.Close()) }()
	var seen []string
	for ; iterator.Valid(); iterator.Next() {
		seen = append(seen, fmt.Sprintf("%x=%x", iterator.Key(), iterator.Value()))
	}
	require.NoError(t, iterator.Error())
	require.Panics(t, func() { iterator.Next() }, "there is nothing behind the end")
	return seen
}

func TestTheSDKsOwnOpenerReadsTheSameFiles(t *testing.T) {
	folder := t.TempDir()
	ours := open(t, folder)
	require.NoError(t, ours.Set([]byte("a"), []byte("ours")))
	require.NoError(t, ours.Close())

	theirs, err := dbm.NewDB("application", dbm.PebbleDBBackend, folder)
	require.NoError(t, err)
	value, err := theirs.Get([]byte("a"))
	require.NoError(t, err)
	require.Equal(t, "ours", string(value))
	require.NoError(t, theirs.Set([]byte("b"), []byte("theirs")))
	require.NoError(t, theirs.Close())

	ours = open(t, folder)
	value, err = ours.Get([]byte("b"))
	require.NoError(t, err)
	require.Equal(t, "theirs", string(value))
	require.NoError(t, ours.Close())
}

func TestMisuseIsRefused(t *testing.T) {
	db := open(t, t.TempDir())
	defer func() { require.NoError(t, db.Close()) }()
	_, err := db.Get(nil)
	require.ErrorContains(t, err, "key cannot be empty")
	require.ErrorContains(t, db.Set(nil, []byte{1}), "key cannot be empty")
	require.ErrorContains(t, db.Set([]byte{1}, nil), "value cannot be nil")
	require.ErrorContains(t, db.Delete([]byte{}), "key cannot be empty")
	_, err = db.Iterator([]byte{}, nil)
	require.ErrorContains(t, err, "key cannot be empty")

	batch := db.NewBatchWithSize(100)
	require.ErrorContains(t, batch.Set([]byte{1}, nil), "value cannot be nil")
	require.NoError(t, batch.Set([]byte{1}, []byte{2}))
	require.NoError(t, batch.WriteSync())
	require.ErrorContains(t, batch.Set([]byte{1}, []byte{2}), "written or closed")
	require.ErrorContains(t, batch.Write(), "written or closed")
	_, err = batch.GetByteSize()
	require.ErrorContains(t, err, "written or closed")
	require.NoError(t, batch.Close(), "closing twice is no mistake")

	_, err = statedb.Open("application", "/dev/null", cacheBytes)
	require.Error(t, err)
}

func TestADatabaseIsOpenOnce(t *testing.T) {
	folder := t.TempDir()
	db := open(t, folder)
	_, err := statedb.Open("application", folder, cacheBytes)
	require.Error(t, err, "a second node on the same home would ruin it")
	require.NoError(t, db.Close())
}
