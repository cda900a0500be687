package observer

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"
	coretypes "github.com/cometbft/cometbft/rpc/core/types"
	cmttypes "github.com/cometbft/cometbft/types"
	"github.com/stretchr/testify/require"

	"cosmossdk.io/math"

	sdk "github.com/cosmos/cosmos-sdk/types"

	settlement "github.com/zhilian-network/zhilian/x/settlement/types"
)

const (
	ann, bob, eve    = "acc-ann", "acc-bob", "acc-eve" // ann and eve are served by NORTH, bob by SOUTH
	north, south     = "res-north", "res-south"
	inNorth          = "NORTH/CNY"
	inSouth          = "SOUTH/CNY"
	reserve          = "reserve/CNY"
	uetrOne, uetrTwo = "uetr-1", "uetr-2"
)

func opening() Opening {
	return Opening{
		Balances: map[Holding]int64{{ann, inNorth}: 1000, {bob, inSouth}: 500, {north, reserve}: 300, {south, reserve}: 200},
		Banks:    map[string]string{ann: "NORTH", eve: "NORTH", bob: "SOUTH"},
		Reserves: map[string]string{"NORTH": north, "SOUTH": south},
	}
}

func payment(uetr, debtor, creditor string, amount int64) Payment {
	return Payment{UETR: uetr, EndToEnd: "e2e-" + uetr, Debtor: debtor, Creditor: creditor, Currency: "CNY", Amount: amount}
}

func settledAs(p Payment) Decision { return Decision{Payment: p, Status: Settled, TxHash: "TX"} }

func block(height int64, decisions ...Decision) Block {
	return Block{Height: height, Hash: fmt.Sprintf("hash-%d", height), AppHash: fmt.Sprintf("app-%d", height), Decisions: decisions}
}

var (
	between = payment(uetrOne, ann, bob, 100) // from bank to bank
	inside  = payment(uetrTwo, ann, eve, 30)  // inside a bank
)

// honest is a book of two payments that both nodes settled in block 2, told to the client as it is.
func honest() *Book {
	book := NewBook(opening())
	book.Ask(between)
	book.Ask(inside)
	for _, node := range []string{"node0", "node1"} {
		book.Read(node, block(1))
		book.Read(node, block(2, settledAs(between), settledAs(inside)))
		book.Read(node, block(3))
	}
	book.Hear(uetrOne, Answer{Node: "node0", Kind: Unknown})
	book.Hear(uetrOne, Answer{Node: "node1", Kind: Decided, Status: Settled, Height: 2, Replayed: true})
	book.Hear(uetrTwo, Answer{Node: "node0", Kind: Decided, Status: Settled, Height: 2})
	return book
}

// honestView is what a node says that agrees with the honest book.
func honestView() View {
	one, two := Row{settledAs(between), 2}, Row{settledAs(inside), 2}
	return View{
		Node: "node1", Height: 3,
		Balances: map[Holding]int64{
			{ann, inNorth}: 870, {eve, inNorth}: 30, {bob, inSouth}: 600, {north, reserve}: 200, {south, reserve}: 300,
		},
		Supplies:      map[string]int64{inNorth: 900, inSouth: 600, reserve: 500},
		IndexedHeight: 3, CompleteFrom: 1,
		Index: map[string][]Row{ann: {two, one}, bob: {one}, eve: {two}},
	}
}

func TestAnHonestNetworkGivesNoProblem(t *testing.T) {
	book := honest()
	require.Empty(t, book.Problems())
	require.Empty(t, book.Undecided())
	require.Empty(t, book.Compare(honestView()))
	decision, height, decided := book.Decision(uetrOne)
	require.True(t, decided)
	require.Equal(t, Settled, decision.Status)
	require.EqualValues(t, 2, height)
}

func TestTheBookNotices(t *testing.T) {
	late := payment("uetr-9", ann, bob, 7)
	changed := between
	changed.Amount = 101
	cases := []struct {
		name  string
		spoil func(*Book)
		want  string
	}{
		{"a payment that was lost after the client was told that it settled", func(b *Book) {
			b.Ask(late)
			b.Hear(late.UETR, Answer{Node: "node0", Kind: Decided, Status: Settled, Height: 3})
		}, "payment uetr-9: lost or changed: node0 said ACSC in block 3, the blocks say nothing"},
		{"a payment that settled twice", func(b *Book) {
			for _, node := range []string{"node0", "node1"} {
				b.Read(node, block(4, settledAs(between)))
			}
		}, "payment uetr-1: settled 2 times, in blocks [2 4]"},
		{"a payment that settled again under another UETR", func(b *Book) {
			twin := between
			twin.UETR = "uetr-1b"
			b.Read("node0", block(4, settledAs(twin)))
		}, "payment uetr-1b (ACSC) stands in block 4, and nobody asked for it, with the end-to-end id of payment uetr-1"},
		{"a payment that nobody asked for", func(b *Book) {
			b.Read("node0", block(4, settledAs(late)))
		}, "payment uetr-9 (ACSC) stands in block 4, and nobody asked for it"},
		{"a payment that settled with another amount", func(b *Book) {
			b.blocks[2] = block(2, settledAs(changed), settledAs(inside))
		}, "payment uetr-1: block 2 decides about"},
		{"a forked block", func(b *Book) {
			other := block(3)
			other.Hash = "hash-other"
			b.Read("node2", other)
		}, "fork: block 3 is hash-3 at node0, and hash-other at node2"},
		{"a forked block that is seen in a header", func(b *Book) {
			b.ReadHeader("node1", 2, "hash-other", "app-2")
		}, "fork: block 2 is hash-2 at node0, and hash-other at node1"},
		{"another state under the same block", func(b *Book) {
			other := block(3)
			other.AppHash = "app-other"
			b.Read("node1", other)
		}, "fork: the state before block 3 is app-3 at node0, and app-other at node1"},
		{"a node that tells other results of a block", func(b *Book) {
			b.Read("node2", block(2, settledAs(between)))
		}, "results of block 2 differ: node0 has 2 decisions"},
		{"a header of a block that was never read", func(b *Book) {
			b.ReadHeader("node1", 8, "hash-8", "app-8")
		}, "node1 has a block 8 that was read from no node"},
		{"a gap in the blocks", func(b *Book) {
			b.Read("node0", block(5))
		}, "block 4 was read from no node"},
		{"a client that was told the wrong block", func(b *Book) {
			b.Hear(uetrTwo, Answer{Node: "node1", Kind: Decided, Status: Settled, Height: 3, Replayed: true})
		}, "payment uetr-2: lost or changed: node1 said ACSC in block 3, the blocks say ACSC in block 2"},
		{"a client that was told of a rejection although it settled", func(b *Book) {
			b.Hear(uetrTwo, Answer{Node: "node1", Kind: Decided, Status: Rejected, Height: 2})
		}, "payment uetr-2: lost or changed: node1 said RJCT in block 2"},
		{"a payment that settled although it was refused", func(b *Book) {
			b.Ask(late)
			b.Hear(late.UETR, Answer{Node: "node0", Kind: Refused})
			b.Read("node0", block(4, settledAs(late)))
		}, "payment uetr-9: node0 said that nothing took effect, the blocks say ACSC in block 4"},
		{"money that was issued", func(b *Book) {
			issued := block(4)
			issued.Supplies = []string{"NORTH issued CNY 5"}
			b.Read("node0", issued)
		}, "block 4: NORTH issued CNY 5, and nobody asked for it"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			book := honest()
			c.spoil(book)
			require.Len(t, book.Problems(), 1)
			require.Contains(t, book.Problems()[0], c.want)
		})
	}
}

func TestTheBookNoticesAPaymentThatNobodyDecided(t *testing.T) {
	book := honest()
	late := payment("uetr-9", ann, bob, 7)
	book.Ask(late)
	require.Equal(t, []string{"uetr-9"}, book.Undecided())
	book.Hear("uetr-9", Answer{Node: "node0", Kind: Unknown})
	require.Equal(t, []string{"uetr-9"}, book.Undecided())
	book.Hear("uetr-9", Answer{Node: "node1", Kind: Refused})
	require.Equal(t, []string{"uetr-9"}, book.Undecided(), "the first attempt may still be on its way")

	book.Ask(payment("uetr-8", ann, bob, 7))
	book.Hear("uetr-8", Answer{Node: "node1", Kind: Refused})
	require.Equal(t, []string{"uetr-9"}, book.Undecided(), "a refusal before any doubt is an end")
}

func TestTheBookNoticesWrongFigures(t *testing.T) {
	cases := []struct {
		name  string
		spoil func(*View)
		want  string
	}{
		{"a wrong balance", func(v *View) { v.Balances[Holding{bob, inSouth}]++ },
			"balance of acc-bob in SOUTH/CNY is 601, the book says 600"},
		{"a balance that is missing", func(v *View) { delete(v.Balances, Holding{eve, inNorth}) },
			"balance of acc-eve in NORTH/CNY is 0, the book says 30"},
		{"money in an account that should have none", func(v *View) { v.Balances[Holding{eve, reserve}] = 1 },
			"balance of acc-eve in reserve/CNY is 1, the book says 0"},
		{"reserves that did not move", func(v *View) { v.Balances[Holding{north, reserve}] = 300 },
			"balance of res-north in reserve/CNY is 300, the book says 200"},
		{"a supply that is not the sum of the balances", func(v *View) { v.Supplies[inNorth] = 1000 },
			"supply of NORTH/CNY is 1000, the balances sum to 900"},
		{"a denom from nowhere", func(v *View) { v.Supplies["X/CNY"] = 1 },
			"supply of X/CNY is 1, the balances sum to 0"},
		{"a violated invariant", func(v *View) { v.Violations = []string{"books"} },
			"invariant violated: books"},
		{"an index that is behind", func(v *View) { v.IndexedHeight = 2 },
			"the index ends at block 2"},
		{"an index with a gap", func(v *View) { v.CompleteFrom = 3 },
			"the index is complete from block 3 only"},
		{"a payment that the index lacks", func(v *View) { v.Index[eve] = nil },
			"the index does not list payment uetr-2 of acc-eve"},
		{"a payment that the index has twice", func(v *View) { v.Index[eve] = append(v.Index[eve], v.Index[eve][0]) },
			"the index lists payment uetr-2 of acc-eve twice"},
		{"a payment that only the index has", func(v *View) {
			v.Index[bob] = append(v.Index[bob], Row{settledAs(payment("uetr-9", ann, bob, 7)), 3})
		}, "the index lists payment uetr-9 of acc-bob, which stands in no block"},
		{"a payment that the index has at another height", func(v *View) { v.Index[bob][0].Height = 3 },
			"the index says of payment uetr-1"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			view := honestView()
			c.spoil(&view)
			problems := honest().Compare(view)
			require.Len(t, problems, 1)
			require.True(t, strings.HasPrefix(problems[0], "node1 at block 3: "+c.want), problems[0])
		})
	}
}

func TestADoubledPaymentMovesTheBooksMoneyOnce(t *testing.T) {
	book := honest()
	book.Read("node0", block(4, settledAs(inside)))
	require.Empty(t, book.Compare(honestView()), "block 4 comes after the view")
	paidTwice := honestView()
	paidTwice.Height = 4
	paidTwice.Balances[Holding{ann, inNorth}] -= 30
	paidTwice.Balances[Holding{eve, inNorth}] += 30
	problems := strings.Join(book.Compare(paidTwice), "\n")
	require.Contains(t, problems, "balance of acc-ann in NORTH/CNY is 840, the book says 870")
	require.Contains(t, problems, "balance of acc-eve in NORTH/CNY is 60, the book says 30")
}

func TestTheLongestPauseIsThatBetweenTwoBlocksOrToTheEnds(t *testing.T) {
	begin := time.Now()
	book := NewBook(opening())
	at := func(seconds int) time.Time { return begin.Add(time.Duration(seconds) * time.Second) }
	book.advances = []time.Time{at(1), at(2), at(7), at(8)}
	require.Equal(t, 5*time.Second, book.LongestPause(at(0), at(10)))
	require.Equal(t, 12*time.Second, book.LongestPause(at(0), at(20)), "the end counts too")
	require.Equal(t, 2*time.Second, book.LongestPause(at(5), at(10)), "what lies before does not")
}

func TestABlockIsReadFromItsEvents(t *testing.T) {
	settled := typedEvent(t, &settlement.EventPaymentSettled{
		Uetr: uetrOne, Debtor: ann, Creditor: bob, Currency: "CNY", Amount: math.NewInt(100), EndToEndDigest: []byte{0xab},
	})
	settled.Attributes = append(settled.Attributes, abci.EventAttribute{Key: "msg_index", Value: "0"})
	rejected := typedEvent(t, &settlement.EventPaymentRejected{
		Uetr: uetrTwo, Debtor: ann, Creditor: eve, Currency: "CNY", Amount: math.NewInt(9), Reason: "AM04", Stored: true,
	})
	turnedAway := typedEvent(t, &settlement.EventPaymentRejected{Uetr: uetrOne, Debtor: ann, Amount: math.NewInt(9), Reason: "DU03"})
	issued := typedEvent(t, &settlement.EventDepositIssued{InstitutionId: "NORTH", Currency: "CNY", Amount: math.NewInt(5)})
	failed := &abci.ExecTxResult{Code: 5, Events: []abci.Event{settled}}
	raw := &coretypes.ResultBlock{
		BlockID: cmttypes.BlockID{Hash: []byte{1}},
		Block:   &cmttypes.Block{Header: cmttypes.Header{Height: 7, AppHash: []byte{2}}, Data: cmttypes.Data{Txs: cmttypes.Txs{{1}, {2}}}},
	}
	results := &coretypes.ResultBlockResults{
		Height:     7,
		TxsResults: []*abci.ExecTxResult{failed, {Events: []abci.Event{{Type: "tx"}, settled, rejected, turnedAway, issued}}},
	}
	read, err := newBlock(raw, results)
	require.NoError(t, err)
	txHash := fmt.Sprintf("%X", cmttypes.Tx{2}.Hash())
	require.Equal(t, Block{
		Height: 7, Hash: "01", AppHash: "02",
		Decisions: []Decision{
			{Payment: Payment{UETR: uetrOne, EndToEnd: "ab", Debtor: ann, Creditor: bob, Currency: "CNY", Amount: 100}, Status: Settled, TxHash: txHash},
			{Payment: Payment{UETR: uetrTwo, Debtor: ann, Creditor: eve, Currency: "CNY", Amount: 9}, Status: Rejected, Reason: "AM04", TxHash: txHash},
		},
		Supplies: []string{"NORTH issued CNY 5"},
	}, read)

	results.TxsResults = results.TxsResults[:1]
	_, err = newBlock(raw, results)
	require.ErrorContains(t, err, "do not fit together")
}

func typedEvent(t *testing.T, message interface {
	Reset()
	String() string
	ProtoMessage()
},
) abci.Event {
	t.Helper()
	event, err := sdk.TypedEventToEvent(message)
	require.NoError(t, err)
	return abci.Event(event)
}

func TestAnOpeningIsReadFromAGenesisFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "genesis.json")
	require.NoError(t, os.WriteFile(path, []byte(`{"app_state": {
		"ledger": {"balances": [{"address": "acc-ann", "denom": "NORTH/CNY", "amount": "1000"}]},
		"settlement": {
			"accounts": [{"address": "acc-ann", "institution_id": "NORTH"}],
			"participants": [{"institution_id": "NORTH", "reserve_address": "res-north"}]
		}}}`), 0o600))
	read, err := ReadOpening(path)
	require.NoError(t, err)
	require.Equal(t, Opening{
		Balances: map[Holding]int64{{ann, inNorth}: 1000}, Banks: map[string]string{ann: "NORTH"}, Reserves: map[string]string{"NORTH": north},
	}, read)

	require.NoError(t, os.WriteFile(path, []byte(`{"app_state": {}}`), 0o600))
	_, err = ReadOpening(path)
	require.ErrorContains(t, err, "names no balances")
}
