package keeper_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"cosmossdk.io/math"

	"github.com/zhilian-network/zhilian/x/settlement/types"
)

func TestARulingReturnsAPaymentOnceByItsName(t *testing.T) {
	f := newFixture(t)
	f.must(f.msg.Pay(f.ctx, pay("acme", "carol", 300, "invoice")))
	uetr := uetrOf("acme", "invoice")
	result, err := f.keeper.RefundByRuling(f.ctx, uetr, math.NewInt(120), "DUPL", digest("case 1"))
	require.NoError(t, err)
	refund, err := f.keeper.SettledPayment(f.ctx, result.Uetr)
	require.NoError(t, err)
	require.Equal(t, uetr, refund.ReturnOf)
	require.Equal(t, int64(820), f.balance("acme"))
	_, err = f.keeper.RefundByRuling(f.ctx, uetr, math.NewInt(120), "DUPL", digest("case 1"))
	require.ErrorIs(t, err, types.ErrDuplicateEndToEnd, "a repetition is no second refund")
	_, err = f.keeper.RefundByRuling(f.ctx, uetr, math.NewInt(181), "DUPL", digest("case 1, again"))
	require.ErrorIs(t, err, types.ErrReturnTooLarge, "nor is more returned than was paid")
	_, err = f.keeper.RefundByRuling(f.ctx, uetrOf("acme", "no such"), math.NewInt(1), "DUPL", digest("case 2"))
	require.ErrorIs(t, err, types.ErrPaymentNotFound)
	returned, err := f.keeper.Returned(f.ctx, uetr)
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
