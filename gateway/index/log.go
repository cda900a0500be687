package index

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	gatewaytypes "github.com/zhilian-network/zhilian/gateway/types"
	settlement "github.com/zhilian-network/zhilian/x/settlement/types"
)

// hashesPerRow bounds a row of log_hashes: some rows go into a page of SQLite's, and little of it is lost.
const hashesPerRow = 30

// Why there is no proof of a payment.
var (
	ErrPaymentUnknown = errors.New("payment not found")
	// ErrPaymentEarlier says that the node may lack the payment because it lacks its block.
	ErrPaymentEarlier = errors.New("payment not found, and the node does not know all of the network's blocks")
	ErrNotIndexedYet  = errors.New("the log is not indexed up to that size yet")
	ErrNotInLog       = errors.New("payment is not in the log of that size")
	// ErrHashesMissing says that the node lacks blocks in the middle, and so parts of the tree.
	ErrHashesMissing = errors.New("the node lacks a part of the log that the proof needs")
	ErrLogBroken     = errors.New("the index disagrees with the chain about the log of payments, so it proves nothing: delete the index file to build it anew")
)

const (
	logSQL = `SELECT size, height, known_from, problem FROM log WHERE id = 1`

	setLogSQL = `
INSERT INTO log (id, size, height, known_from, problem) VALUES (1, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET size = excluded.size, height = excluded.height, known_from = excluded.known_from, problem = excluded.problem`

	insertHashesSQL = `INSERT INTO log_hashes (first, hashes) VALUES (?, ?)`

	// The row that can hold a hash is the last one that does not begin after it.
	hashSQL = `
SELECT substr(hashes, (?1 - first) * 32 + 1, 32) FROM log_hashes WHERE first <= ?1 ORDER BY first DESC LIMIT 1`

	gapSinceSQL = `SELECT COUNT(*) FROM gaps WHERE to_height > ?`

	storedColumns = `uetr, debtor, creditor, currency, amount, status, reason, height, decided_at, end_to_end_digest, instruction_digest, details_digest, log_index`

	// Without a height the row of payments is asked for: the newest settlement, or else the newest rejection.
	storedPaymentSQL = `
SELECT ?1 AS uetr, d.address, c.address, p.currency, p.amount, p.status, p.reason, b.height, b.time, p.end_to_end_digest, p.instruction_digest, p.details_digest, p.log_index, ` + returnColumns + `
` + paymentTables + `WHERE p.uetr = ?3 AND (?2 = 0 OR b.height = ?2) AND p.log_index IS NOT NULL
UNION ALL
SELECT ` + storedColumns + `, '', '' FROM replaced_payments WHERE uetr = ?1 AND height = ?2
ORDER BY log_index DESC LIMIT 1`

	insertReplacedSQL = `INSERT INTO replaced_payments (` + storedColumns + `) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
)

// logState is how far the index knows the log. Of the payments from knownFrom on it has all hashes.
type logState struct {
	size, height, knownFrom int64
	problem                 string
}

func scanLog(row *sql.Row) (logState, error) {
	var state logState
	err := row.Scan(&state.size, &state.height, &state.knownFrom, &state.problem)
	if errors.Is(err, sql.ErrNoRows) {
		return logState{}, nil
	}
	return state, err
}

// storedPayment is what the chain stored, and hashed: the same message, encoded in the same way.
func storedPayment(p gatewaytypes.PaymentRow) ([]byte, error) {
	status := settlement.PaymentSettled
	if p.Status == StatusRejected {
		status = settlement.PaymentRejected
	}
	payment := settlement.Payment{
		Uetr: p.Uetr, Debtor: p.Debtor, Creditor: p.Creditor, Currency: p.Currency, Amount: p.Amount,
		EndToEndDigest: p.EndToEndDigest, InstructionDigest: p.InstructionDigest,
		Status: status, Reason: p.Reason, Height: p.Height, DecidedAt: p.DecidedAt, DetailsDigest: p.DetailsDigest,
		ReturnOf: p.ReturnOf, ReturnReason: p.ReturnReason,
	}
	return payment.Marshal()
}

// LogProblem says why proofs are refused; empty if they are given.
func (s *Store) LogProblem(ctx context.Context) (string, error) {
	state, err := scanLog(s.reader.QueryRowContext(ctx, logSQL))
	return state.problem, err
}

// appendLog adds a block's payments to the copy of the tree, and returns the number of the first of
// them: NULL if the log cannot be followed. It compares the root with that of the chain: where they
// differ, all rows are written as ever, and no more proofs are given.
func (s *Store) appendLog(ctx context.Context, tx *sql.Tx, block Block) (sql.NullInt64, error) {
	if len(block.Payments) == 0 && block.Logged == nil {
		return sql.NullInt64{}, nil
	}
	state, err := scanLog(tx.QueryRowContext(ctx, logSQL))
	if err != nil || state.problem != "" {
		return sql.NullInt64{}, err
	}
	problem, err := s.growLog(ctx, tx, block, &state)
	if err != nil {
		return sql.NullInt64{}, fmt.Errorf("log of payments: %w", err)
	}
	if problem != "" {
		state.problem = fmt.Sprintf("block %d: %s", block.Height, problem)
	}
	_, err = tx.ExecContext(ctx, setLogSQL, state.size, state.height, state.knownFrom, state.problem)
	return sql.NullInt64{Int64: state.size - int64(len(block.Payments)), Valid: problem == ""}, err
}

// growLog returns in words what does not fit, and then leaves the state as it was.
func (s *Store) growLog(ctx context.Context, tx *sql.Tx, block Block, state *logState) (problem string, err error) {
	logged := block.Logged
	if logged == nil {
		return fmt.Sprintf("it decided %d payments and does not tell of the log", len(block.Payments)), nil
	}
	before := settlement.PaymentLog{Size_: logged.FirstIndex, Subtrees: logged.SubtreesBefore}
	if err := before.Validate(); err != nil {
		return err.Error(), nil
	}
	if int(logged.Payments) != len(block.Payments) {
		return fmt.Sprintf("it logged %d payments, and %d can be read", logged.Payments, len(block.Payments)), nil
	}
	tree := &tree{lookup: lookupBy(ctx, tx.StmtContext(ctx, s.writerHash))}
	grown := *state
	if first := int64(logged.FirstIndex); first != state.size {
		if admitted, err := mayBeginAnew(ctx, tx, *state, first); err != nil || !admitted {
			return fmt.Sprintf("its first payment has number %d, expected was %d", first, state.size), err
		}
		if err := beginAt(ctx, tx, tree, before); err != nil {
			return "", err
		}
		grown.size, grown.knownFrom = first, first
	}
	leaves, err := leavesOf(block)
	if err != nil {
		return "", err
	}
	root, err := tree.grow(grown.size, leaves)
	if err != nil {
		return "", err
	}
	if string(root[:]) != string(logged.Root) {
		return fmt.Sprintf("its root is %X, expected was %X", logged.Root, root[:]), nil
	}
	grown.size, grown.height = grown.size+int64(len(leaves)), block.Height
	*state = grown
	return "", writeHashes(ctx, tx, tree.first, tree.fresh)
}

// mayBeginAnew admits a hole in the log where the index missed blocks, and before its first payment.
func mayBeginAnew(ctx context.Context, tx *sql.Tx, state logState, first int64) (bool, error) {
	if state.size == 0 {
		return true, nil
	}
	var gaps int
	err := tx.QueryRowContext(ctx, gapSinceSQL, state.height).Scan(&gaps)
	return gaps > 0 && first > state.size, err
}

// beginAt stores the perfect subtrees before a number. They are all of the tree to the left that the
// proofs of later payments can need: a left sibling either lies wholly before the number, and is then
// one of them, or it is completed after it.
func beginAt(ctx context.Context, tx *sql.Tx, tree *tree, before settlement.PaymentLog) error {
	left := uint64(0)
	subtree := 0
	for level := 63; level >= 0; level-- {
		if before.Size_&(1<<level) == 0 {
			continue
		}
		at := tlog.StoredHashIndex(level, int64(left>>level))
		known, err := tree.lookup(at)
		if err != nil {
			return err
		}
		if known == nil {
			if _, err := tx.ExecContext(ctx, insertHashesSQL, at, before.Subtrees[subtree]); err != nil {
				return err
			}
		}
		left += 1 << level
		subtree++
	}
	return nil
}

func leavesOf(block Block) ([]tlog.Hash, error) {
	leaves := make([]tlog.Hash, len(block.Payments))
	for i, p := range block.Payments {
		p.Height, p.DecidedAt = block.Height, block.Time
		stored, err := storedPayment(p.PaymentRow)
		if err != nil {
			return nil, err
		}
		leaves[i] = tlog.RecordHash(stored)
	}
	return leaves, nil
}

func writeHashes(ctx context.Context, tx *sql.Tx, first int64, hashes []tlog.Hash) error {
	for len(hashes) > 0 {
		some := min(len(hashes), hashesPerRow)
		row := make([]byte, 0, some*tlog.HashSize)
		for _, hash := range hashes[:some] {
			row = append(row, hash[:]...)
		}
		if _, err := tx.ExecContext(ctx, insertHashesSQL, first, row); err != nil {
			return err
		}
		first, hashes = first+int64(some), hashes[some:]
	}
	return nil
}

// tree reads the stored hashes, and those that a block adds.
type tree struct {
	// lookup returns nil for a hash that is not stored.
	lookup func(at int64) ([]byte, error)
	first  int64 // place of the first fresh hash
	fresh  []tlog.Hash
}

// ReadHashes makes it a tlog.HashReader.
func (t *tree) ReadHashes(places []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(places))
	for i, at := range places {
		if fresh := at - t.first; fresh >= 0 && fresh < int64(len(t.fresh)) {
			hashes[i] = t.fresh[fresh]
			continue
		}
		stored, err := t.lookup(at)
		if err != nil {
			return nil, err
		}
		if stored == nil {
			return nil, ErrHashesMissing
		}
		hashes[i] = tlog.Hash(stored)
	}
	return hashes, nil
}

// grow appends leaves behind a number of others, and returns the new root.
func (t *tree) grow(size int64, leaves []tlog.Hash) (tlog.Hash, error) {
	t.first = tlog.StoredHashCount(size)
	for i, leaf := range leaves {
		added, err := tlog.StoredHashesForRecordHash(size+int64(i), leaf, t)
		if err != nil {
			return tlog.Hash{}, err
		}
		t.fresh = append(t.fresh, added...)
	}
	return tlog.TreeHash(size+int64(len(leaves)), t)
}

func lookupBy(ctx context.Context, statement *sql.Stmt) func(at int64) ([]byte, error) {
	return func(at int64) ([]byte, error) {
		var hash []byte
		err := statement.QueryRowContext(ctx, at).Scan(&hash)
		if errors.Is(err, sql.ErrNoRows) || err == nil && len(hash) == 0 {
			return nil, nil
		}
		if err == nil && len(hash) != tlog.HashSize {
			err = fmt.Errorf("hash %d of the log has %d bytes", at, len(hash))
		}
		return hash, err
	}
}

// PaymentProof is a payment as the chain stored it, and its inclusion proof (RFC 6962, section 2.1.1).
type PaymentProof struct {
	Payment  []byte
	Index    int64
	Size     int64
	Path     [][]byte // hashes of 32 bytes, from the leaf's sibling up
	Position Position
}

// PaymentProof proves that the log of a size (0: the newest) holds the payment with a UETR that was
// decided at a height (0: the newest settlement, or else the newest rejection).
func (s *Store) PaymentProof(ctx context.Context, uetr string, height int64, size uint64) (PaymentProof, error) {
	var proof PaymentProof
	err := s.snapshot(ctx, func(tx *sql.Tx) error {
		var err error
		if proof.Position, err = s.positionIn(ctx, tx); err != nil {
			return err
		}
		state, err := scanLog(tx.QueryRowContext(ctx, logSQL))
		if err != nil {
			return err
		}
		if proof.Size, err = state.sizeFor(size); err != nil {
			return err
		}
		if proof.Payment, proof.Index, err = findStored(ctx, tx, uetr, height); err != nil {
			return err
		}
		if proof.Payment == nil {
			return state.unknown(proof.Position)
		}
		if proof.Index >= proof.Size {
			return fmt.Errorf("%w: it has number %d, counted from 0, and the log has %d payments", ErrNotInLog, proof.Index, proof.Size)
		}
		return proof.prove(&tree{lookup: lookupBy(ctx, tx.StmtContext(ctx, s.hash))})
	})
	return proof, err
}

func (l logState) sizeFor(asked uint64) (int64, error) {
	switch {
	case l.problem != "":
		return 0, fmt.Errorf("%w: %s", ErrLogBroken, l.problem)
	case asked == 0:
		return l.size, nil
	case asked > math.MaxInt64 || int64(asked) > l.size:
		return 0, fmt.Errorf("%w: asked for %d payments, known are %d", ErrNotIndexedYet, asked, l.size)
	}
	return int64(asked), nil
}

// unknown says whether a payment that the index does not have can exist.
func (l logState) unknown(position Position) error {
	if l.knownFrom == 0 && position.CompleteFrom <= 1 {
		return ErrPaymentUnknown
	}
	return fmt.Errorf("%w: it knows the payments from number %d and block %d on; ask a node that has been there since before",
		ErrPaymentEarlier, l.knownFrom, position.CompleteFrom)
}

func findStored(ctx context.Context, tx *sql.Tx, uetr string, height int64) ([]byte, int64, error) {
	var p gatewaytypes.PaymentRow
	var amount string
	var decidedAt, number int64
	err := tx.QueryRowContext(ctx, storedPaymentSQL, uetr, height, storedUETR(uetr)).Scan(&p.Uetr, &p.Debtor, &p.Creditor, &p.Currency, &amount,
		&p.Status, &p.Reason, &p.Height, &decidedAt, &p.EndToEndDigest, &p.InstructionDigest, &p.DetailsDigest, &number,
		(*uetrColumn)(&p.ReturnOf), &p.ReturnReason)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, 0, nil
	}
	if err != nil {
		return nil, 0, err
	}
	if p.Amount, err = parseAmount(amount); err != nil {
		return nil, 0, err
	}
	p.DecidedAt = time.Unix(0, decidedAt).UTC()
	stored, err := storedPayment(p)
	return stored, number, err
}

// prove makes the path and checks it: a row that was damaged on the disk must not become a proof.
func (p *PaymentProof) prove(tree *tree) error {
	path, err := tlog.ProveRecord(p.Size, p.Index, tree)
	if err != nil {
		return err
	}
	root, err := tlog.TreeHash(p.Size, tree)
	if err != nil {
		return err
	}
	if err := tlog.CheckRecord(path, p.Size, root, p.Index, tlog.RecordHash(p.Payment)); err != nil {
		return fmt.Errorf("%w: payment %d is not what was logged", ErrLogBroken, p.Index)
	}
	for _, hash := range path {
		p.Path = append(p.Path, hash[:])
	}
	return nil
}
