package keeper_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/mod/sumdb/tlog"

	"cosmossdk.io/math"

	"github.com/zhilian-network/zhilian/x/settlement/types"
)

func TestARulingReturnsAPaymentOnceByItsName(t *testing.T) {
	f := newFixture(t)
	f.must(f.msg.Pay(f.ctx, pay("acme", "carol", 300, "invoice")))
	uetr := uetrOf("acme", "invoice")
	paid, err := f.keeper.SettledPayment(f.ctx, uetr)
	require.NoError(t, err)
	leaf, err := f.keeper.LogLeaf(paid)
	require.NoError(t, err)
	result, err := f.keeper.RefundByRuling(f.ctx, uetr, leaf, math.NewInt(120), "DUPL", digest("case 1"))
	require.NoError(t, err)
	refund, err := f.keeper.SettledPayment(f.ctx, result.Uetr)
	require.NoError(t, err)
	require.Equal(t, uetr, refund.ReturnOf)
	require.Equal(t, int64(820), f.balance("acme"))
	_, err = f.keeper.RefundByRuling(f.ctx, uetr, leaf, math.NewInt(120), "DUPL", digest("case 1"))
	require.ErrorIs(t, err, types.ErrDuplicateEndToEnd, "a repetition is no second refund")
	_, err = f.keeper.RefundByRuling(f.ctx, uetr, leaf, math.NewInt(181), "DUPL", digest("case 1, again"))
	require.ErrorIs(t, err, types.ErrReturnTooLarge, "nor is more returned than was paid")
	_, err = f.keeper.RefundByRuling(f.ctx, uetrOf("acme", "no such"), leaf, math.NewInt(1), "DUPL", digest("case 2"))
	require.ErrorIs(t, err, types.ErrPaymentNotFound)
	_, err = f.keeper.RefundByRuling(f.ctx, uetr, digest("another payment"), math.NewInt(1), "DUPL", digest("case 3"))
	require.ErrorIs(t, err, types.ErrPaymentNotFound, "the UETR alone names no payment for ever")
	returned, err := f.keeper.ReturnedOf(f.ctx, paid)
	require.NoError(t, err)
	require.Equal(t, "120", returned.String())
	f.soundBooks()
}

func TestARulingOpensAnAccountThatIsBlockedAndNoOther(t *testing.T) {
	f := newFixture(t)
	require.ErrorIs(t, f.keeper.UnblockByRuling(f.ctx, account("acme")), types.ErrAccountTransition)
	f.must(f.msg.SetAccountStatus(f.ctx, &types.MsgSetAccountStatus{Operator: signer("bqdq"), Account: account("acme"), Status: types.AccountBlocked}))
	require.NoError(t, f.keeper.UnblockByRuling(f.ctx, account("acme")))
	opened, err := f.keeper.Account(f.ctx, account("acme"))
	require.NoError(t, err)
	require.Equal(t, types.AccountOpen, opened.Status)
}

// proofOf is what a receipt has of the payment with a number, in a log of these stored payments.
func proofOf(t *testing.T, stored [][]byte, number int) types.PaymentProof {
	t.Helper()
	var tree hashes
	for n, bytes := range stored {
		added, err := tlog.StoredHashes(int64(n), bytes, &tree)
		require.NoError(t, err)
		tree = append(tree, added...)
	}
	path, err := tlog.ProveRecord(int64(len(stored)), int64(number), &tree)
	require.NoError(t, err)
	proof := types.PaymentProof{Payment: stored[number], LogIndex: uint64(number), LogSize: uint64(len(stored))}
	for _, hash := range path {
		proof.Path = append(proof.Path, hash[:])
	}
	return proof
}

type hashes []tlog.Hash

func (h *hashes) ReadHashes(places []int64) ([]tlog.Hash, error) {
	read := make([]tlog.Hash, len(places))
	for i, at := range places {
		read[i] = (*h)[at]
	}
	return read, nil
}

func TestAReceiptProvesAPaymentThatHasLeftStateAndWhatWasReturnedOfItIsKnown(t *testing.T) {
	f := newFixture(t)
	f.keepFor(100)
	var stored [][]byte
	for n := range 5 {
		f.must(f.msg.Pay(f.ctx, pay("acme", "carol", 50, fmt.Sprint("invoice ", n))))
		stored = append(stored, f.stored(uetrOf("acme", fmt.Sprint("invoice ", n))))
	}
	f.next(time.Second)
	proof := proofOf(t, stored, 2)
	proven, err := f.keeper.ProvenPayment(f.ctx, proof)
	require.NoError(t, err)
	inState, err := f.keeper.SettledPayment(f.ctx, proven.Uetr)
	require.NoError(t, err)
	require.Equal(t, inState, proven)
	f.must(f.msg.ReturnPayment(f.ctx, returnOf("acme", "invoice 2", 20, signer("carol"))))
	f.next(time.Second)
	require.Equal(t, "20", f.returnedOf(proven))

	f.next(retention)
	f.next(time.Second)
	_, err = f.keeper.SettledPayment(f.ctx, proven.Uetr)
	require.ErrorIs(t, err, types.ErrPaymentNotFound)
	again, err := f.keeper.ProvenPayment(f.ctx, proof)
	require.NoError(t, err, "the log has grown by one, and proves it as before")
	require.Equal(t, proven, again)
	require.Equal(t, "20", f.returnedOf(proven), "what was returned outlasts the record")
	other, err := f.keeper.ProvenPayment(f.ctx, proofOf(t, stored, 3))
	require.NoError(t, err)
	require.Equal(t, "0", f.returnedOf(other))
	require.Len(t, f.export().KeptReturns, 1, "and of the four that nothing was returned of, nothing is kept")
	f.soundBooks()
	g, err := imported(t, f, f.export())
	require.NoError(t, err)
	require.Equal(t, f.export(), g.export())
	require.Equal(t, "20", g.returnedOf(proven), "on a chain that begins anew, too")
	for name, change := range map[string]func(*types.KeptReturned){
		"nothing":          func(r *types.KeptReturned) { r.Amount = math.ZeroInt() },
		"of no payment":    func(r *types.KeptReturned) { r.Leaf = r.Leaf[1:] },
		"at no time":       func(r *types.KeptReturned) { r.DecidedAt = time.Time{} },
		"more than can be": func(r *types.KeptReturned) { r.Amount = types.AmountMax().AddRaw(1) },
	} {
		state := f.export()
		change(&state.KeptReturns[0])
		require.Error(t, state.Validate(), name)
	}

	f.must(f.msg.Pay(f.ctx, pay("acme", "bob", 7, "invoice 2"))) // the name is free again
	renamed, err := f.keeper.SettledPayment(f.ctx, proven.Uetr)
	require.NoError(t, err)
	require.Equal(t, "0", f.returnedOf(renamed), "another payment under the name has returns of its own")
	require.Equal(t, "20", f.returnedOf(proven))
	leaf, err := f.keeper.LogLeaf(proven)
	require.NoError(t, err)
	_, err = f.keeper.RefundByRuling(f.ctx, proven.Uetr, leaf, math.NewInt(1), "DUPL", digest("case 1"))
	require.ErrorIs(t, err, types.ErrPaymentNotFound, "what is ruled about the old one is not returned of the new one")
	require.Equal(t, int64(1_007), f.balance("bob"))
}

func (f *fixture) returnedOf(payment types.Payment) string {
	f.t.Helper()
	returned, err := f.keeper.ReturnedOf(f.ctx, payment)
	require.NoError(f.t, err)
	return returned.String()
}

func TestWhatWasReturnedIsForgottenAfterItsTimeABlocksWorkAtATime(t *testing.T) {
	f := newFixture(t)
	f.keepFor(10_000)
	const payments = types.KeptReturnsPerBlockMax + 3
	for n := range payments {
		f.must(f.msg.Pay(f.ctx, pay("acme", "bob", 1, fmt.Sprint("invoice ", n))))
		f.must(f.msg.ReturnPayment(f.ctx, returnOf("acme", fmt.Sprint("invoice ", n), 1, signer("bqdq"))))
	}
	f.next(2 * retention)
	f.next(types.ReturnsKeptFor - 2*retention - time.Nanosecond)
	f.next(time.Nanosecond)
	require.Len(t, f.export().KeptReturns, payments, "a nanosecond early")
	f.next(time.Second)
	require.Len(t, f.export().KeptReturns, 3)
	f.next(time.Second)
	require.Empty(t, f.export().KeptReturns)
}
