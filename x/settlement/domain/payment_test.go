package domain_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/x/settlement/domain"
	"github.com/zhilian-network/zhilian/x/settlement/types"
)

func TestEveryPaymentStatusTakesExactlyTheEventsOfTheTable(t *testing.T) {
	t.Parallel()
	const illegal = types.PaymentStatus(-1)
	events := []domain.PaymentEvent{domain.Receive, domain.Settle, domain.Reject, domain.PaymentEvent(99)}
	matrix := []struct {
		from types.PaymentStatus
		to   []types.PaymentStatus // in the order of events
	}{
		{types.PaymentNone, []types.PaymentStatus{types.PaymentReceived, illegal, illegal, illegal}},
		{types.PaymentReceived, []types.PaymentStatus{illegal, types.PaymentSettled, types.PaymentRejected, illegal}},
		{types.PaymentSettled, []types.PaymentStatus{illegal, illegal, illegal, illegal}},
		{types.PaymentRejected, []types.PaymentStatus{types.PaymentReceived, illegal, illegal, illegal}},
		{types.PaymentStatus(99), []types.PaymentStatus{illegal, illegal, illegal, illegal}},
	}
	require.Len(t, matrix, len(types.PaymentStatus_name)+1, "a status is missing from the matrix")
	for _, row := range matrix {
		for i, event := range events {
			to, err := domain.NextPaymentStatus(row.from, event)
			if row.to[i] == illegal {
				require.ErrorIs(t, err, types.ErrPaymentTransition, "%s takes %s", row.from, event)
				require.Equal(t, row.from, to)
				continue
			}
			require.NoError(t, err)
			require.Equal(t, row.to[i], to, "%s after %s", row.from, event)
		}
	}
}

func TestEveryAccountStatusTakesExactlyTheChangesOfTheTable(t *testing.T) {
	t.Parallel()
	const illegal = types.AccountStatus(-1)
	asked := []types.AccountStatus{types.AccountNone, types.AccountOpen, types.AccountBlocked, types.AccountClosed}
	matrix := []struct {
		from types.AccountStatus
		to   []types.AccountStatus // in the order of asked
	}{
		{types.AccountNone, []types.AccountStatus{illegal, types.AccountOpen, illegal, illegal}},
		{types.AccountOpen, []types.AccountStatus{illegal, illegal, types.AccountBlocked, types.AccountClosed}},
		{types.AccountBlocked, []types.AccountStatus{illegal, types.AccountOpen, illegal, types.AccountClosed}},
		{types.AccountClosed, []types.AccountStatus{illegal, illegal, illegal, illegal}},
	}
	require.Len(t, matrix, len(types.AccountStatus_name), "a status is missing from the matrix")
	for _, row := range matrix {
		for i, to := range asked {
			account, err := domain.ChangeAccountStatus(types.Account{Status: row.from}, to, true)
			if row.to[i] == illegal {
				require.ErrorIs(t, err, types.ErrAccountTransition, "%s to %s", row.from, to)
				require.Equal(t, row.from, account.Status)
				continue
			}
			require.NoError(t, err)
			require.Equal(t, row.to[i], account.Status)
		}
	}
}

func TestAnAccountThatHoldsMoneyIsBlockedButNotClosed(t *testing.T) {
	t.Parallel()
	account := types.Account{Status: types.AccountOpen}
	_, err := domain.ChangeAccountStatus(account, types.AccountClosed, false)
	require.ErrorIs(t, err, types.ErrAccountNotEmpty)
	blocked, err := domain.ChangeAccountStatus(account, types.AccountBlocked, false)
	require.NoError(t, err)
	require.Equal(t, types.AccountBlocked, blocked.Status)
}
