package run

import (
	"fmt"
	"testing"

	abci "github.com/cometbft/cometbft/abci/types"
	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/bench/load"
)

const opening = 1000

func send(i int, fee int64, moves ...load.Move) *load.Tx {
	return &load.Tx{Raw: fmt.Appendf(nil, "tx %d", i), Moves: moves, Payer: moves[0].From, Fee: fee}
}

// allSettled answers for a chain that settles whatever it does not refuse.
func allSettled(_ []byte, moves int) ([]bool, error) {
	settled := make([]bool, moves)
	for i := range settled {
		settled[i] = true
	}
	return settled, nil
}

func TestTheBookKnowsWhatBlocksHold(t *testing.T) {
	first := send(1, 5, load.Move{From: 1, To: 2, Amount: 10})
	failed := send(2, 5, load.Move{From: 1, To: 2, Amount: 100})
	batch := send(3, 0, load.Move{From: 3, To: 1, Amount: 1}, load.Move{From: 3, To: 2, Amount: 2}, load.Move{From: 3, To: 2, Amount: 4})
	book := NewBook(opening, []*load.Tx{first, failed, batch})
	ok := &abci.ExecTxResult{}
	require.NoError(t, book.Enter(7, first.Hash(), ok, allSettled))
	require.NoError(t, book.Enter(7, failed.Hash(), &abci.ExecTxResult{Code: 5}, allSettled))
	require.ErrorContains(t, book.Complete(), "1 of 3")
	require.NoError(t, book.Enter(9, batch.Hash(), ok, func([]byte, int) ([]bool, error) { return []bool{true, false, true}, nil }))
	require.NoError(t, book.Complete())

	require.EqualValues(t, 3, book.Settled)
	require.EqualValues(t, 2, book.NotSettled, "one whose transaction failed, one that a batch refused")
	require.Equal(t, map[int64]int64{7: 1, 9: 2}, book.SettledAt)
	height, found := book.Height(batch)
	require.True(t, found)
	require.EqualValues(t, 9, height)
	require.NoError(t, book.Compare(map[uint32]int64{1: opening - 10 - 5 - 5 + 1, 2: opening + 10 + 4, 3: opening - 5, 4: opening}))
}

func TestTheBookNoticesWhatIsWrong(t *testing.T) {
	tx := send(1, 0, load.Move{From: 1, To: 2, Amount: 10})
	book := NewBook(opening, []*load.Tx{tx})
	ok := &abci.ExecTxResult{}
	require.ErrorContains(t, book.Complete(), "in no block", "lost")
	require.NoError(t, book.Enter(1, tx.Hash(), ok, allSettled))
	require.ErrorContains(t, book.Enter(2, tx.Hash(), ok, allSettled), "again in block 2", "doubled")
	require.ErrorContains(t, book.Enter(2, send(2, 0, load.Move{}).Hash(), ok, allSettled), "nobody has sent", "foreign")
	require.ErrorContains(t, book.Compare(map[uint32]int64{1: opening - 10, 2: opening + 11}),
		"1 of 2 balances differ from the generator's book: account 2 holds 1011 and should hold 1010")
}
