package receipt_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"
	"github.com/stretchr/testify/require"

	pruningtypes "github.com/cosmos/cosmos-sdk/store/v2/pruning/types"

	"github.com/cosmos/cosmos-sdk/baseapp"

	"github.com/zhilian-network/zhilian/localnet/network"
	"github.com/zhilian-network/zhilian/receipt"
	"github.com/zhilian-network/zhilian/testutil/chain"
	settlement "github.com/zhilian-network/zhilian/x/settlement/types"
)

// forgetful is a network that keeps payments for seconds, on a node that keeps the last states only.
func forgetful(t *testing.T, eras ...era) *node {
	file := network.Default()
	file.Settings.RetentionPeriod = network.Duration(5 * time.Second)
	return newNodeOf(t, file, eras, baseapp.SetPruning(pruningtypes.NewPruningOptions(pruningtypes.PruningEverything)))
}

// retire waits until a payment has left the state.
func (n *node) retire(t *testing.T, uetr string) {
	t.Helper()
	for range 20 {
		n.c.Block()
		if !n.inState(t, uetr) {
			return
		}
	}
	t.Fatal("the payment did not leave the state")
}

// isPruned tells that the node has no state of a height any more.
func (n *node) isPruned(t *testing.T, height int64) bool {
	t.Helper()
	answer, err := n.c.App.Query(context.Background(), &abci.RequestQuery{
		Path: "/store/settlement/key", Data: settlement.PaymentLogPrefix.Bytes(), Height: height,
	})
	require.NoError(t, err)
	return len(answer.Value) == 0
}

func (n *node) inState(t *testing.T, uetr string) bool {
	t.Helper()
	state, err := n.c.App.Keepers.Settlement.ExportGenesis(n.c.Context())
	require.NoError(t, err)
	for _, payment := range state.Payments {
		if payment.Uetr == uetr {
			return true
		}
	}
	return false
}

// requireReceipt gets a receipt for a trust, and verifies it.
func (n *node) requireReceipt(t *testing.T, uetr string, trust receipt.Trust) *receipt.Verified {
	t.Helper()
	verified, err := receipt.Verify(n.receiptFor(t, uetr, trust), trust, now())
	require.NoError(t, err)
	require.Equal(t, uetr, verified.Payment.UETR)
	return verified
}

func TestAReceiptOutlivesThePaymentInStateThePrunedHeightAndARestart(t *testing.T) {
	n := forgetful(t, fourBanks(), members(9, "c", "d", "e", "f"), members(50, "w", "x", "y", "z"))
	trust, err := receipt.TrustFromRPC(context.Background(), n, 1)
	require.NoError(t, err)
	n.paid(t, pay("invoice 0", 1))
	uetr, refused := n.paid(t, pay("invoice 1", 12345)), n.rejected(t)
	decided := n.c.Height()
	young := n.requireReceipt(t, uetr, trust)
	n.retire(t, uetr)
	n.retire(t, refused)
	n.until(decided + 20) // a node prunes every tenth block
	require.Eventually(t, func() bool { return n.isPruned(t, decided) }, 5*time.Second, 10*time.Millisecond)

	for _, after := range []struct {
		what string
		is   func()
	}{
		{"retention", func() {}},
		{"a restart", func() { n.restart(t) }},
		{"more payments", func() { n.paid(t, pay("invoice 2", 2)) }},
		{"the validators left", func() { n.until(60) }},
		{"all of it, and again", func() { n.restart(t); n.paid(t, pay("invoice 3", 3)); n.restart(t) }},
	} {
		after.is()
		old := n.requireReceipt(t, uetr, trust)
		require.Equal(t, young.Payment, old.Payment, after.what)
		require.Greater(t, old.Height, decided+5, after.what)
		require.Equal(t, "AM04", n.requireReceipt(t, refused, trust).Payment.Reason, after.what)
	}
	require.Positive(t, n.requireReceipt(t, uetr, trust).Links)
}

func (n *node) until(height int64) {
	for n.c.Height() < height {
		n.c.Block()
	}
}

func TestAReceiptOutlivesAnExport(t *testing.T) {
	n := newNode(t, fourBanks())
	first := n.paid(t, pay("invoice 1", 1))
	n.paid(t, pay("invoice 2", 2))
	exported, err := n.c.App.Export(nil)
	require.NoError(t, err)

	// A node that keeps its index goes on with it.
	again := func(indexFile string) (*node, string, receipt.Trust) {
		file := network.Default()
		next := &node{c: chain.NewFrom(t, file, exported.AppState, exported.Height), id: file.ChainID, eras: n.eras, first: exported.Height}
		next.begin(t, indexFile)
		uetr := next.paid(t, pay("invoice 3", 3))
		trust, err := receipt.TrustFromRPC(context.Background(), next, next.c.Height())
		require.NoError(t, err)
		return next, uetr, trust
	}
	require.NoError(t, n.index.Close())
	kept, third, trust := again(n.indexFile)
	require.EqualValues(t, 0, kept.requireReceipt(t, first, trust).LogIndex)
	require.EqualValues(t, 2, kept.requireReceipt(t, third, trust).LogIndex)

	// A node with a new index proves what it has seen, and says what it has not.
	fresh, third, trust := again(filepath.Join(t.TempDir(), "index.sqlite"))
	require.EqualValues(t, 2, fresh.requireReceipt(t, third, trust).LogIndex)
	_, err = receipt.Get(context.Background(), fresh, receipt.Request{UETR: first})
	require.ErrorContains(t, err, "ask a node that has been there since before")
}

// TestAFailedTransactionLeavesNoLeaf has two payments in one transaction, of which the second fails.
func TestAFailedTransactionLeavesNoLeaf(t *testing.T) {
	n := newNode(t, fourBanks())
	good, bad := pay("invoice 1", 1), pay("invoice 2", 1<<62)
	require.NotZero(t, n.c.Send(payerKey, good, bad).Code)
	uetr := n.paid(t, good)
	file, trust := n.receipt(t, uetr, 1)
	verified, err := receipt.Verify(file, trust, now())
	require.NoError(t, err)
	require.Equal(t, []uint64{0, 1}, []uint64{verified.LogIndex, verified.LogSize})
}

func TestEveryPaymentOfABatchHasItsReceiptAndManyShareOneHead(t *testing.T) {
	n := newNode(t, fourBanks())
	trust, err := receipt.TrustFromRPC(context.Background(), n, 1)
	require.NoError(t, err)
	var uetrs []string
	for file := range 3 {
		message := pay("", 1)
		batch := &settlement.MsgPayBatch{
			Operator: message.Operator, Debtor: message.Debtor, Currency: "CNY", Mode: settlement.BestEffort,
			InstructionDigest: fill("file", int64(file)), ContentDigest: fill("content", int64(file)),
		}
		for i := range 20 {
			digest := sha256.Sum256(fmt.Appendf(nil, "wage %d %d", file, i))
			batch.Transfers = append(batch.Transfers, settlement.Transfer{
				Creditor: message.Creditor, Amount: message.Amount, EndToEndDigest: digest[:],
			})
		}
		response := chain.Response[settlement.MsgPayBatchResponse](t, n.c.MustSend(payerKey, batch))
		for _, result := range response.Results {
			uetrs = append(uetrs, result.Uetr)
		}
	}
	head, err := receipt.TakeHead(context.Background(), n, trust)
	require.NoError(t, err)
	for number, uetr := range uetrs {
		r, err := head.Receipt(context.Background(), n, uetr, 0)
		require.NoError(t, err)
		require.Equal(t, []uint64{uint64(number), 60}, []uint64{r.Log.Index, r.Log.Size})
		file, err := r.Encode()
		require.NoError(t, err)
		_, err = receipt.Verify(file, trust, now())
		require.NoError(t, err)
	}
	n.paid(t, pay("too late", 1))
	_, err = head.Receipt(context.Background(), n, n.paid(t, pay("later", 1)), 0)
	require.ErrorContains(t, err, "is not in the log of that size")
}

func TestAnEarlierDecisionAboutAUETRHasItsReceipt(t *testing.T) {
	n := newNode(t, fourBanks())
	uetr := n.rejected(t)
	refusedAt := n.c.Height()
	require.Equal(t, uetr, n.paid(t, pay("too much", 1)))
	trust, err := receipt.TrustFromRPC(context.Background(), n, 1)
	require.NoError(t, err)
	require.Equal(t, "ACSC", n.requireReceipt(t, uetr, trust).Payment.Status)

	r, err := receipt.Get(context.Background(), n, receipt.Request{UETR: uetr, DecidedHeight: refusedAt})
	require.NoError(t, err)
	require.Equal(t, "RJCT", r.Payment.Status)
	_, err = receipt.Get(context.Background(), n, receipt.Request{UETR: uetr, DecidedHeight: refusedAt - 1})
	require.ErrorContains(t, err, fmt.Sprintf("no decision of block %d about it", refusedAt-1))
}

func TestANodeThatPrunedTheStateInTheMeantimeIsAskedAgain(t *testing.T) {
	n := newNode(t, fourBanks())
	uetr := n.paid(t, pay("invoice 1", 5))
	for ahead := range int64(3) {
		n.pruned[n.c.Height()+ahead] = true
	}
	_, err := receipt.Get(context.Background(), n, receipt.Request{UETR: uetr})
	require.NoError(t, err)
	for ahead := range int64(20) {
		n.pruned[n.c.Height()+ahead] = true
	}
	_, err = receipt.Get(context.Background(), n, receipt.Request{UETR: uetr})
	require.ErrorContains(t, err, "does not prove the log of payments")
}

func TestAnIndexThatLagsIsWaitedForAndThenNamed(t *testing.T) {
	n := newNode(t, fourBanks())
	n.lags = stopped
	uetr := n.paid(t, pay("invoice 1", 5))
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_, err := receipt.Get(ctx, n, receipt.Request{UETR: uetr})
	require.ErrorContains(t, err, "the node's index stands at block 1, wanted is block 3")
	require.ErrorIs(t, err, context.DeadlineExceeded)
}

func TestAReceiptWaitsForTheIndexAndForTheNextBlock(t *testing.T) {
	n := newNode(t, fourBanks())
	n.lags, n.idle = oneByOne, 2
	trust, err := receipt.TrustFromRPC(context.Background(), n, 1)
	require.NoError(t, err)
	for i := range 3 {
		verified := n.requireReceipt(t, n.paid(t, pay(fmt.Sprint("invoice ", i), 5)), trust)
		require.EqualValues(t, i+1, verified.LogSize)
	}
	uetr := n.paid(t, pay("invoice 3", 5))
	head, err := receipt.TakeHead(context.Background(), n, trust)
	require.NoError(t, err)
	_, err = head.Receipt(context.Background(), n, uetr, 0)
	require.NoError(t, err)
}

func TestANodeWithoutAnIndexIsNamed(t *testing.T) {
	n := newNode(t, fourBanks())
	uetr := n.paid(t, pay("invoice 1", 5))
	n.c.Restart()
	_, err := receipt.Get(context.Background(), n, receipt.Request{UETR: uetr})
	require.ErrorContains(t, err, "the node has no index that could prove payments")
}
