package run

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"

	abci "github.com/cometbft/cometbft/abci/types"

	"github.com/zhilian-network/zhilian/bench/load"
)

// Book is what the generator knows about the money: what it has sent, and what came of it according
// to the blocks. It asks no node for a balance.
type Book struct {
	opening int64
	sent    map[[sha256.Size]byte]*load.Tx
	found   map[[sha256.Size]byte]int64 // height
	change  map[uint32]int64

	// Settled and NotSettled count payments in blocks; SettledAt those of each height.
	Settled, NotSettled int64
	SettledAt           map[int64]int64
}

// NewBook starts with what every account holds and with the transactions that nodes have accepted.
func NewBook(opening int64, accepted []*load.Tx) *Book {
	b := &Book{
		opening: opening, sent: make(map[[sha256.Size]byte]*load.Tx, len(accepted)),
		found: make(map[[sha256.Size]byte]int64, len(accepted)), change: map[uint32]int64{}, SettledAt: map[int64]int64{},
	}
	for _, tx := range accepted {
		b.sent[tx.Hash()] = tx
	}
	return b
}

// Enter takes a transaction from a block. It refuses one that was not sent, and one that was there
// before.
func (b *Book) Enter(height int64, hash [sha256.Size]byte, result *abci.ExecTxResult, settled func(data []byte, moves int) ([]bool, error)) error {
	tx, known := b.sent[hash]
	if !known {
		return fmt.Errorf("block %d holds a transaction that nobody has sent: %X", height, hash)
	}
	if before, twice := b.found[hash]; twice {
		return fmt.Errorf("a transaction is in block %d and again in block %d: %X", before, height, hash)
	}
	b.found[hash] = height
	b.change[tx.Payer] -= tx.Fee
	if result.Code != abci.CodeTypeOK {
		b.NotSettled += int64(len(tx.Moves))
		return nil
	}
	outcomes, err := settled(result.Data, len(tx.Moves))
	if err != nil {
		return fmt.Errorf("block %d: %w", height, err)
	}
	for i, move := range tx.Moves {
		if !outcomes[i] {
			b.NotSettled++
			continue
		}
		b.Apply(move)
		b.Settled++
		b.SettledAt[height]++
	}
	return nil
}

// Apply books one move.
func (b *Book) Apply(move load.Move) {
	b.change[move.From] -= move.Amount
	b.change[move.To] += move.Amount
}

// Height says in which block a transaction is.
func (b *Book) Height(tx *load.Tx) (int64, bool) {
	height, found := b.found[tx.Hash()]
	return height, found
}

// Complete is an error if a node has accepted a transaction and no block holds it.
func (b *Book) Complete() error {
	if missing := len(b.sent) - len(b.found); missing > 0 {
		return fmt.Errorf("%d of %d transactions that a node had accepted are in no block", missing, len(b.sent))
	}
	return nil
}

// Compare compares balances that a node gave with the book.
func (b *Book) Compare(balances map[uint32]int64) error {
	const shown = 5
	var wrong []string
	accounts := make([]uint32, 0, len(balances))
	for account := range balances {
		accounts = append(accounts, account)
	}
	slices.Sort(accounts)
	for _, account := range accounts {
		if want := b.opening + b.change[account]; balances[account] != want {
			wrong = append(wrong, fmt.Sprintf("account %d holds %d and should hold %d", account, balances[account], want))
		}
	}
	if len(wrong) == 0 {
		return nil
	}
	return fmt.Errorf("%d of %d balances differ from the generator's book: %s",
		len(wrong), len(balances), strings.Join(wrong[:min(len(wrong), shown)], "; "))
}
