package types_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	errorsmod "cosmossdk.io/errors"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/settlement/types"
)

func TestAWrappedErrorKeepsItsISOReason(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		err    error
		reason string
	}{
		{types.ErrInsufficientReserve.Wrapf("BQDQ"), "AM04"},
		{errorsmod.Wrap(types.ErrDuplicateFile, "MSG-1"), "DU01"},
		{accesstypes.ErrInstitutionInactive.Wrap("BQDQ"), "AG10"},
		{accesstypes.ErrPartyInactive, "AG01"},
		{accesstypes.ErrPermissionDenied, "DS0H"},
		{accesstypes.ErrQuotaExceeded, ""},
		{types.ErrNotAuthority, ""},
		{fmt.Errorf("connection reset"), ""},
		{nil, ""},
	} {
		require.Equal(t, row.reason, types.ISOReason(row.err), "%v", row.err)
	}
	require.Equal(t, "AC03", types.ISOReasonByCode("settlement", 9))
	require.Empty(t, types.ISOReasonByCode("settlement", 10_000))
	require.Empty(t, types.ISOReasonByCode("bank", 9))
}

func TestAStoredReasonLeadsBackToItsRefusal(t *testing.T) {
	t.Parallel()
	for _, err := range []*errorsmod.Error{
		types.ErrCurrencyNotSettled, types.ErrDebtorClosed, types.ErrSameAccount, types.ErrCreditorUnknown,
		types.ErrCreditorClosed, types.ErrAccountBlocked, types.ErrAccountCurrency, types.ErrInsufficientBalance, types.ErrBatchRefused,
	} {
		require.ErrorIs(t, types.Refusal(types.ISOReason(err)), err)
	}
	require.Nil(t, types.Refusal("XX99"))
}
