package keeper_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/x/settlement/types"
)

const retention = time.Hour

// keepFor makes payments leave after an hour, at most some in a block.
func (f *fixture) keepFor(max uint32) {
	f.t.Helper()
	f.must(f.msg.UpdateParams(f.ctx, &types.MsgUpdateParams{
		Authority: signer("consortium"), Params: types.Params{RetentionPeriod: retention, RetirementsPerBlockMax: max},
	}))
}

func (f *fixture) payMany(count int, prefix string) {
	f.t.Helper()
	for i := range count {
		f.must(f.msg.Pay(f.ctx, pay("acme", "bob", 1, fmt.Sprint(prefix, i))))
	}
}

func TestAPaymentLeavesStateWhenItsTimeIsOverAndNotBefore(t *testing.T) {
	f := newFixture(t)
	f.keepFor(100)
	f.must(f.msg.PayBatch(f.ctx, batch("file", transfer("bob", 1, "1"), transfer("nobody", 1, "2"))))
	msg := pay("acme", "bob", 1, "3")
	msg.Uetr = someUETR
	f.must(f.msg.Pay(f.ctx, msg))

	f.next(retention - time.Nanosecond)
	f.next(time.Nanosecond)
	require.Len(t, f.export().Payments, 3, "a nanosecond early")
	require.NoError(t, f.keeper.EndBlock(f.ctx))
	require.Equal(t, 1, f.events("EventPaymentsRetired"))
	state := f.export()
	require.Empty(t, state.Payments)
	require.Empty(t, state.Instructions)
	require.Empty(t, state.Retirements)
	_, err := f.query.PaymentByEndToEnd(f.ctx, &types.QueryPaymentByEndToEndRequest{Debtor: account("acme"), EndToEndDigest: digest("3")})
	require.Error(t, err)

	f.must(f.msg.PayBatch(f.ctx, batch("file", transfer("bob", 1, "1"))))
	msg.Uetr = ""
	again, err := f.msg.Pay(f.ctx, msg)
	require.NoError(t, err)
	require.NotEqual(t, someUETR, again.Result.Uetr)
	require.Equal(t, int64(996), f.balance("acme"), "the names are free again")
}

func TestRetirementDoesABlocksWorkAtATime(t *testing.T) {
	f := newFixture(t)
	f.keepFor(4)
	f.payMany(3, "first block ")
	f.next(time.Second)
	f.payMany(7, "second block ")
	f.next(2 * retention)
	var left []int
	for range 4 {
		f.next(time.Second)
		left = append(left, len(f.export().Payments))
	}
	require.Equal(t, []int{6, 2, 0, 0}, left)
	require.Empty(t, f.export().Retirements)
}

func TestABlockDoesNotLookAtMoreListsThanItHasWorkFor(t *testing.T) {
	f := newFixture(t)
	f.keepFor(2)
	for i := range 20 {
		f.payMany(1, fmt.Sprint("block ", i, " "))
		f.next(time.Second)
	}
	f.next(2 * retention)
	f.walked = 0
	require.NoError(t, f.keeper.EndBlock(f.ctx))
	require.LessOrEqual(t, f.walked, 3)
	require.Len(t, f.export().Payments, 18)
}

func TestRetirementTellsWhetherMoreIsDue(t *testing.T) {
	f := newFixture(t)
	f.keepFor(3)
	f.payMany(3, "first block ")
	f.next(time.Second)
	f.payMany(3, "second block ")
	f.next(2 * retention)
	for _, want := range []types.EventPaymentsRetired{{Payments: 3, More: true}, {Payments: 3, More: false}} {
		require.NoError(t, f.keeper.EndBlock(f.ctx))
		last := f.ctx.EventManager().Events()[len(f.ctx.EventManager().Events())-1]
		require.Equal(t, "zhilian.settlement.v1.EventPaymentsRetired", last.Type)
		require.Contains(t, last.Attributes[0].Value+last.Attributes[1].Value, fmt.Sprint(want.More))
		f.begin()
	}
	require.NoError(t, f.keeper.EndBlock(f.ctx))
	require.Zero(t, f.events("EventPaymentsRetired"), "nothing is due")
}

func TestAPaymentThatWasTriedAgainStaysForItsOwnTime(t *testing.T) {
	f := newFixture(t)
	f.keepFor(100)
	f.must(f.msg.PayBatch(f.ctx, batch("first", transfer("nobody", 1, "1"))))
	f.next(retention / 2)
	f.must(f.msg.PayBatch(f.ctx, batch("second", transfer("bob", 1, "1"))))
	f.next(retention / 2)
	require.NoError(t, f.keeper.EndBlock(f.ctx))
	require.Zero(t, f.events("EventPaymentsRetired"), "no payment left")
	f.next(time.Second)
	state := f.export()
	require.Len(t, state.Payments, 1, "only the first decision's time is over")
	require.Equal(t, types.PaymentSettled, state.Payments[0].Status)
	require.Len(t, state.Instructions, 1)
	f.next(retention)
	f.next(time.Second)
	require.Empty(t, f.export().Payments)
}

func TestAPaymentThatChangedItsUETRLeavesNothingBehind(t *testing.T) {
	f := newFixture(t)
	f.keepFor(100)
	renamed := transfer("nobody", 1, "1")
	renamed.Uetr = someUETR
	f.must(f.msg.PayBatch(f.ctx, batch("first", renamed)))
	renamed.Uetr, renamed.Creditor = "22222222-2222-4222-8222-222222222222", account("bob")
	f.must(f.msg.PayBatch(f.ctx, batch("second", renamed)))
	require.Len(t, f.export().Payments, 1)
	found, err := f.query.PaymentByEndToEnd(f.ctx, &types.QueryPaymentByEndToEndRequest{Debtor: account("acme"), EndToEndDigest: digest("1")})
	require.NoError(t, err)
	require.Equal(t, renamed.Uetr, found.Payment.Uetr)
	f.next(2 * retention)
	f.next(time.Second)
	require.Empty(t, f.export().Payments)
	require.Empty(t, f.export().Retirements)
}

// TestANodeThatRestartsFromAnExportRetiresLikeTheOthers stops in the middle of a list.
func TestANodeThatRestartsFromAnExportRetiresLikeTheOthers(t *testing.T) {
	f := newFixture(t)
	f.keepFor(3)
	f.payMany(8, "x")
	f.next(2 * retention)
	f.next(time.Second)
	require.Len(t, f.export().Payments, 5, "partial progress")

	g := emptyFixture(t)
	g.access, g.height, g.now = f.access, f.height, f.now
	*g.ledger = *f.ledger
	g.begin()
	require.NoError(t, g.keeper.InitGenesis(g.ctx, f.export()))
	f.begin()
	for range 3 {
		f.next(time.Second)
		g.next(time.Second)
		require.Equal(t, f.export(), g.export())
	}
	require.Empty(t, g.export().Payments)
}

func TestAListOfAHeightThatComesAgainIsKeptAndLeavesWithTheNewOne(t *testing.T) {
	f := newFixture(t)
	f.keepFor(100)
	f.payMany(1, "old chain ")
	height := f.height
	f.next(retention / 2)
	f.height = height - 1
	f.begin()
	f.must(f.msg.Pay(f.ctx, pay("acme", "bob", 1, "new chain")))
	f.next(retention / 2)
	f.next(time.Second)
	require.Len(t, f.export().Payments, 2, "later than due, never earlier")
	f.next(retention)
	f.next(time.Second)
	require.Empty(t, f.export().Payments)
}

func TestRetirementNeverTouchesMoney(t *testing.T) {
	f := newFixture(t)
	f.keepFor(100)
	f.must(f.msg.Pay(f.ctx, pay("acme", "carol", 7, "x")))
	f.next(2 * retention)
	f.next(time.Second)
	require.Empty(t, f.ledger.writes)
	require.Equal(t, int64(993), f.balance("acme"))
	f.soundBooks()
}
