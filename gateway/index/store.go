package index

import (
	"bytes"
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	// The driver is pure Go: a node builds without a C compiler.
	_ "modernc.org/sqlite"
)

//go:embed migrations/*.sql
var migrations embed.FS

const (
	busyTimeoutMillis = 5_000
	readConnections   = 4
	writerCacheBytes  = 64 << 20
	// checkpointPages is how long the write-ahead log grows, in pages, before it is written into the file:
	// a page that many blocks change is then written there once.
	checkpointPages = 8_000
)

// Refusals of the store. None of them changes a row.
var (
	ErrOtherChain  = errors.New("index belongs to another chain: delete the index file to build it anew")
	ErrOtherBlocks = errors.New("index was built from other blocks (the node's data was reset): delete the index file to build it anew")
	ErrNotNext     = errors.New("block does not follow the newest indexed block")
	ErrNewerIndex  = errors.New("index file was written by a newer version of the program")
)

// Store is the SQLite file. One connection writes, a few read; readers see whole blocks only.
type Store struct {
	writer *sql.DB
	reader *sql.DB

	insertPayments     table
	insertTransactions table
	insertEntry        *sql.Stmt
	insertUnread       *sql.Stmt
	insertDetails      *sql.Stmt
	insertGroup        *sql.Stmt
	findAccount        *sql.Stmt
	insertAccount      *sql.Stmt
	payments           *sql.Stmt
	entries            *sql.Stmt
	blockAt            *sql.Stmt
	position           *sql.Stmt
	complete           *sql.Stmt
	hash               *sql.Stmt // for readers
	writerHash         *sql.Stmt // for the writer, in its own transaction

	// appending is held by the one that writes; accounts is its own.
	appending sync.Mutex
	accounts  accounts
}

// Position is where an index stands. The zero value is an index without blocks.
type Position struct {
	ChainID   string
	Height    int64
	BlockHash []byte
	// CompleteFrom is the lowest height from which on no block is missing; 1 without gaps.
	CompleteFrom int64
}

// Open opens or creates the index file, readable by its owner only.
func Open(ctx context.Context, path string) (*Store, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("index: %w", err)
	}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("index: %w", err)
	}
	if err := file.Close(); err != nil {
		return nil, fmt.Errorf("index: %w", err)
	}

	s := &Store{accounts: accounts{most: recentAccounts}}
	if err := s.open(ctx, path); err != nil {
		return nil, errors.Join(fmt.Errorf("index %s: %w", path, err), s.Close())
	}
	return s, nil
}

func (s *Store) open(ctx context.Context, path string) error {
	var err error
	if s.writer, err = sql.Open("sqlite", source(path, false)); err != nil {
		return err
	}
	// SQLite has one writer; a second connection would only wait for it.
	s.writer.SetMaxOpenConns(1)
	if err := migrate(ctx, s.writer); err != nil {
		return err
	}
	if s.reader, err = sql.Open("sqlite", source(path, true)); err != nil {
		return err
	}
	s.reader.SetMaxOpenConns(readConnections)
	return s.prepare(ctx)
}

func source(path string, readOnly bool) string {
	pragmas := url.Values{}
	pragmas.Add("_pragma", "busy_timeout("+strconv.Itoa(busyTimeoutMillis)+")")
	pragmas.Add("_pragma", "journal_mode(WAL)")
	// With a write-ahead log NORMAL cannot corrupt the file; the last blocks may be lost when the
	// power fails, and are then simply indexed again.
	pragmas.Add("_pragma", "synchronous(NORMAL)")
	if readOnly {
		pragmas.Add("_pragma", "query_only(1)")
	} else {
		pragmas.Add("_txlock", "immediate")
		// Each row is undone by itself if it is refused; what that needs is kept in memory, not in a file.
		pragmas.Add("_pragma", "temp_store(MEMORY)")
		pragmas.Add("_pragma", "wal_autocheckpoint("+strconv.Itoa(checkpointPages)+")")
		// A negative size is in KiB. Payments are found by random ids: with a small cache each block
		// writes and reads the same pages again and again.
		pragmas.Add("_pragma", "cache_size(-"+strconv.Itoa(writerCacheBytes>>10)+")")
	}
	return (&url.URL{Scheme: "file", OmitHost: true, Path: path, RawQuery: pragmas.Encode()}).String()
}

func (s *Store) prepare(ctx context.Context) error {
	for _, p := range []struct {
		statement **sql.Stmt
		db        *sql.DB
		text      string
	}{
		{&s.insertEntry, s.writer, insertEntrySQL},
		{&s.insertUnread, s.writer, insertUnreadSQL},
		{&s.insertDetails, s.writer, insertDetailsSQL},
		{&s.insertGroup, s.writer, insertGroupSQL},
		{&s.findAccount, s.writer, findAccountSQL},
		{&s.insertAccount, s.writer, insertAccountSQL},
		{&s.payments, s.reader, paymentsSQL},
		{&s.entries, s.reader, entriesSQL},
		{&s.blockAt, s.reader, blockAtSQL},
		{&s.position, s.reader, positionSQL},
		{&s.complete, s.reader, completeSQL},
		{&s.hash, s.reader, hashSQL},
		{&s.writerHash, s.writer, hashSQL},
	} {
		statement, err := p.db.PrepareContext(ctx, p.text)
		if err != nil {
			return err
		}
		*p.statement = statement
	}
	if err := s.insertPayments.prepare(ctx, s.writer, paymentInto, ` ON CONFLICT (uetr) DO NOTHING`); err != nil {
		return err
	}
	return s.insertTransactions.prepare(ctx, s.writer, transactionInto, "")
}

// Close releases the file.
func (s *Store) Close() error {
	var err error
	for _, db := range []*sql.DB{s.reader, s.writer} {
		if db != nil {
			err = errors.Join(err, db.Close())
		}
	}
	return err
}

// migrate runs the numbered migrations that the file has not seen, each with its number in one transaction.
func migrate(ctx context.Context, db *sql.DB) error {
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return err
	}
	var done int
	if err := db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&done); err != nil {
		return err
	}
	if done > len(names) {
		return fmt.Errorf("%w: schema %d, known is %d", ErrNewerIndex, done, len(names))
	}
	for i, name := range names[done:] {
		text, err := migrations.ReadFile(name)
		if err != nil {
			return err
		}
		// A pragma takes no parameters; the number is ours.
		step := string(text) + ";\nPRAGMA user_version = " + strconv.Itoa(done+i+1)
		if err := inTransaction(ctx, db, func(tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, step)
			return err
		}); err != nil {
			return fmt.Errorf("%s: %w", strings.TrimPrefix(name, "migrations/"), err)
		}
	}
	return nil
}

func inTransaction(ctx context.Context, db *sql.DB, work func(*sql.Tx) error) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := work(tx); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

const (
	insertUnreadSQL = `INSERT INTO unread_events (height, tx_index, event_index, type, problem) VALUES (?, ?, ?, ?, ?)`

	insertGapSQL = `INSERT INTO gaps (from_height, to_height) VALUES (?, ?)`

	positionSQL = `SELECT chain_id, height, block_hash FROM position WHERE id = 1`

	completeSQL = `SELECT COALESCE(MAX(to_height), 0) + 1 FROM gaps`

	setPositionSQL = `
INSERT INTO position (id, chain_id, height, block_hash) VALUES (1, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET chain_id = excluded.chain_id, height = excluded.height, block_hash = excluded.block_hash`
)

// Position returns where the index stands.
func (s *Store) Position(ctx context.Context) (Position, error) {
	var position Position
	err := s.snapshot(ctx, func(tx *sql.Tx) error {
		var err error
		position, err = s.positionIn(ctx, tx)
		return err
	})
	return position, err
}

func (s *Store) positionIn(ctx context.Context, tx *sql.Tx) (Position, error) {
	position, err := scanPosition(tx.StmtContext(ctx, s.position).QueryRowContext(ctx))
	if err != nil {
		return Position{}, err
	}
	err = tx.StmtContext(ctx, s.complete).QueryRowContext(ctx).Scan(&position.CompleteFrom)
	return position, err
}

func scanPosition(row *sql.Row) (Position, error) {
	var position Position
	err := row.Scan(&position.ChainID, &position.Height, &position.BlockHash)
	if errors.Is(err, sql.ErrNoRows) {
		return Position{}, nil
	}
	return position, err
}

// UnreadEvents counts the events that the index should hold and could not read.
func (s *Store) UnreadEvents(ctx context.Context) (int64, error) {
	var count int64
	err := s.reader.QueryRowContext(ctx, "SELECT COUNT(*) FROM unread_events").Scan(&count)
	return count, err
}

// Append writes a block and the new position in one transaction. A block that is indexed already
// is left alone. earliest is the lowest height that the node has: blocks below it that the index
// lacks are recorded as a gap; any other hole is refused.
func (s *Store) Append(ctx context.Context, block Block, earliest int64) error {
	s.appending.Lock()
	defer s.appending.Unlock()
	err := inTransaction(ctx, s.writer, func(tx *sql.Tx) error {
		position, err := scanPosition(tx.QueryRowContext(ctx, positionSQL))
		if err != nil {
			return err
		}
		if position.Height >= block.Height && position.ChainID == block.ChainID {
			return nil
		}
		if err := follows(position, block, earliest); err != nil {
			return err
		}
		if err := recordGap(ctx, tx, position, block); err != nil {
			return err
		}
		if err := s.insertRows(ctx, tx, block); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, setPositionSQL, block.ChainID, block.Height, block.Hash)
		return err
	})
	if err != nil {
		s.accounts.forget()
	}
	return err
}

func follows(position Position, block Block, earliest int64) error {
	switch {
	case position.ChainID != "" && position.ChainID != block.ChainID:
		return fmt.Errorf("%w: index of %q, block of %q", ErrOtherChain, position.ChainID, block.ChainID)
	case position.Height+1 == block.Height && position.Height > 0 && !block.isFirst() && !bytes.Equal(position.BlockHash, block.PreviousHash):
		return fmt.Errorf("%w: block %d does not name the indexed block %d", ErrOtherBlocks, block.Height, position.Height)
	case position.Height+1 < block.Height && block.Height != earliest:
		return fmt.Errorf("%w: indexed %d, got %d", ErrNotNext, position.Height, block.Height)
	}
	return nil
}

func recordGap(ctx context.Context, tx *sql.Tx, position Position, block Block) error {
	if position.Height+1 == block.Height || position.Height == 0 && block.isFirst() {
		return nil
	}
	_, err := tx.ExecContext(ctx, insertGapSQL, position.Height+1, block.Height-1)
	return err
}

func (s *Store) insertRows(ctx context.Context, tx *sql.Tx, block Block) error {
	logged, err := s.appendLog(ctx, tx, block)
	if err != nil {
		return err
	}
	w := blockWriter{
		Store: s, tx: tx, find: tx.StmtContext(ctx, s.findAccount), insert: tx.StmtContext(ctx, s.insertAccount), block: block,
	}
	if err := w.write(ctx, logged); err != nil {
		return err
	}
	unread := tx.StmtContext(ctx, s.insertUnread)
	for _, u := range block.Unread {
		if _, err := unread.ExecContext(ctx, block.Height, u.TxIndex, u.EventIndex, u.Type, u.Problem); err != nil {
			return err
		}
	}
	return insertRefused(ctx, tx, block.Refused)
}
