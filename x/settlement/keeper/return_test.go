package keeper_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	errorsmod "cosmossdk.io/errors"
	"cosmossdk.io/math"

	"github.com/zhilian-network/zhilian/x/settlement/types"
)

// returnOf pays a part of a party's payment back.
func returnOf(debtor, endToEnd string, amount int64, as string) *types.MsgReturnPayment {
	return &types.MsgReturnPayment{
		Operator: as, OriginalUetr: uetrOf(debtor, endToEnd), Amount: math.NewInt(amount), Reason: "MD06",
		EndToEndDigest: digest(fmt.Sprintf("return of %s, %d", endToEnd, amount)),
	}
}

func TestAReturnIsAPaymentThatNamesTheOriginal(t *testing.T) {
	f := newFixture(t)
	f.must(f.msg.Pay(f.ctx, pay("acme", "carol", 300, "invoice")))
	f.next(time.Second)
	response, err := f.msg.ReturnPayment(f.ctx, returnOf("acme", "invoice", 120, signer("carol")))
	require.NoError(t, err)
	require.Equal(t, "120", response.Returned.String())
	require.Equal(t, types.PaymentSettled, response.Result.Status)
	require.Equal(t, int64(820), f.balance("acme"))
	require.Equal(t, int64(1_180), f.balance("carol"))
	require.Equal(t, 1, f.events("EventPaymentReturned"))
	require.Equal(t, 1, f.events("EventPaymentSettled"))

	stored, err := f.query.Payment(f.ctx, &types.QueryPaymentRequest{Uetr: response.Result.Uetr})
	require.NoError(t, err)
	require.Equal(t, uetrOf("acme", "invoice"), stored.Payment.ReturnOf)
	require.Equal(t, "MD06", stored.Payment.ReturnReason)
	require.Equal(t, "0", stored.Returned.String())
	original, err := f.query.Payment(f.ctx, &types.QueryPaymentRequest{Uetr: uetrOf("acme", "invoice")})
	require.NoError(t, err)
	require.Equal(t, "120", original.Returned.String())
	require.Empty(t, original.Payment.ReturnOf)
	require.Equal(t, int64(120), f.access.spent[len(f.access.spent)-1].Total.Int64(), "a return counts against the day's limit")
	f.soundBooks()
	f.next(time.Second)
	require.EqualValues(t, 2, f.export().PaymentLog.Size_, "the return is logged as every payment is")
}

func TestARetriedReturnMovesNothing(t *testing.T) {
	f := newFixture(t)
	f.must(f.msg.Pay(f.ctx, pay("acme", "bob", 300, "invoice")))
	msg := returnOf("acme", "invoice", 300, signer("bqdq"))
	first, err := f.msg.ReturnPayment(f.ctx, msg)
	require.NoError(t, err)
	f.next(time.Second)
	again, err := f.msg.ReturnPayment(f.ctx, msg)
	require.NoError(t, err)
	require.True(t, again.Result.Replayed)
	require.Equal(t, first.Result.Uetr, again.Result.Uetr)
	require.Equal(t, "300", again.Returned.String())
	require.Empty(t, f.ledger.writes)
	require.Equal(t, int64(1_000), f.balance("acme"))
}

func TestReturnsAreRefusedWithTheirReasons(t *testing.T) {
	f := newFixture(t)
	f.must(f.msg.Pay(f.ctx, pay("acme", "bob", 300, "invoice")))
	f.must(f.msg.PayBatch(f.ctx, batch("", transfer("bob", 5_000, "too much"))))
	f.must(f.msg.ReturnPayment(f.ctx, returnOf("acme", "invoice", 200, signer("bqdq"))))
	change := func(change func(*types.MsgReturnPayment)) *types.MsgReturnPayment {
		msg := returnOf("acme", "invoice", 100, signer("bqdq"))
		change(msg)
		return msg
	}
	for _, c := range []struct {
		name    string
		msg     *types.MsgReturnPayment
		prepare func()
		want    *errorsmod.Error
		reason  string
	}{
		{"more than is left of it", returnOf("acme", "invoice", 101, signer("bqdq")), nil, types.ErrReturnTooLarge, "AM09"},
		{"a payment that nobody knows", returnOf("acme", "nothing", 1, signer("bqdq")), nil, types.ErrPaymentNotFound, "NOOR"},
		{"a payment that was rejected", returnOf("acme", "too much", 1, signer("bqdq")), nil, types.ErrNotReturnable, "NARR"},
		{"a return", returnOf("bob", "return of invoice, 200", 1, signer("bqdq")), nil, types.ErrNotReturnable, "NARR"},
		{"a reason that is none", change(func(m *types.MsgReturnPayment) { m.Reason = "md06" }), nil, types.ErrReasonInvalid, "NARR"},
		{"the names of another return", change(func(m *types.MsgReturnPayment) {
			m.EndToEndDigest = digest("return of invoice, 200")
		}), nil, types.ErrDuplicateEndToEnd, "DU04"},
		{"nothing", change(func(m *types.MsgReturnPayment) { m.Amount = math.ZeroInt() }), nil, types.ErrAmountZero, "AM01"},
		{"by the payer's side", change(func(m *types.MsgReturnPayment) { m.Operator = signer("acme treasurer") }), nil, nil, "DS0H"},
		{"an account without money", returnOf("acme", "invoice", 100, signer("bqdq")), func() { f.drain("bob") }, types.ErrInsufficientBalance, "AM04"},
		{"to an account that was closed", returnOf("acme", "invoice", 100, signer("bqdq")), func() {
			f.drain("acme")
			f.setStatus("acme", types.AccountClosed)
		}, types.ErrCreditorClosed, "AC07"},
	} {
		if c.prepare != nil {
			c.prepare()
		}
		before := f.export()
		_, err := f.msg.ReturnPayment(f.ctx, c.msg)
		require.Error(t, err, c.name)
		if c.want != nil {
			require.ErrorIs(t, err, c.want, c.name)
		}
		require.Equal(t, c.reason, types.ISOReason(err), "%s: %s", c.name, err)
		require.Equal(t, before, f.export(), c.name)
	}
}

func TestAReturnWithTheNamesOfAPaymentIsNoRetryOfIt(t *testing.T) {
	f := newFixture(t)
	f.must(f.msg.Pay(f.ctx, pay("acme", "bob", 100, "invoice")))
	msg := returnOf("acme", "invoice", 100, signer("bqdq"))
	plain := pay("bob", "acme", 100, "unused")
	plain.EndToEndDigest = msg.EndToEndDigest
	f.must(f.msg.Pay(f.ctx, plain))
	_, err := f.msg.ReturnPayment(f.ctx, msg)
	require.ErrorIs(t, err, types.ErrDuplicateEndToEnd)
}

// However returns come, no payment gives back more than it paid, and money is conserved.
func TestRandomReturnsNeverExceedTheirPayment(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		f := newFixture(t)
		f.must(f.msg.Pay(f.ctx, pay("acme", "carol", 100, "invoice")))
		returned := int64(0)
		for i := range rapid.IntRange(1, 12).Draw(rt, "returns") {
			amount := rapid.Int64Range(1, 60).Draw(rt, "amount")
			msg := returnOf("acme", "invoice", amount, signer("carol"))
			msg.EndToEndDigest = digest(fmt.Sprint("return ", i))
			_, err := f.msg.ReturnPayment(f.ctx, msg)
			require.Equal(rt, returned+amount <= 100, err == nil)
			if err == nil {
				returned += amount
			}
		}
		require.Equal(rt, 900+returned, f.balance("acme"))
		f.soundBooks()
	})
}

func TestWhatWasReturnedLeavesStateWithThePayment(t *testing.T) {
	f := newFixture(t)
	f.must(f.msg.Pay(f.ctx, pay("acme", "bob", 100, "invoice")))
	f.must(f.msg.ReturnPayment(f.ctx, returnOf("acme", "invoice", 40, signer("bqdq"))))
	require.Len(t, f.export().Returns, 1)
	f.next(types.DefaultParams().RetentionPeriod)
	f.next(time.Second)
	require.Empty(t, f.export().Returns)
	_, err := f.msg.ReturnPayment(f.ctx, returnOf("acme", "invoice", 60, signer("bqdq")))
	require.ErrorIs(t, err, types.ErrPaymentNotFound)
}
