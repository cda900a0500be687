package domain_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/x/access/domain"
	"github.com/zhilian-network/zhilian/x/access/types"
)

func TestOnlyAPendingActionIsDecidedAndOnlyOnce(t *testing.T) {
	const pending, expired = types.ActionStatus_ACTION_STATUS_PENDING, types.ActionStatus_ACTION_STATUS_EXPIRED
	for from := types.ActionStatus(0); from <= expired+1; from++ {
		for to := types.ActionStatus(0); to <= expired+1; to++ {
			legal := from == pending && to > pending && to <= expired
			decided, err := domain.DecideAction(types.Action{Id: 1, Status: from}, to, 9, "why")
			if !legal {
				require.ErrorIs(t, err, types.ErrActionDecided, "%s to %s", from, to)
				continue
			}
			require.NoError(t, err)
			require.Equal(t, types.Action{Id: 1, Status: to, DecidedHeight: 9, Reason: "why"}, decided)
		}
	}
}

func TestAReasonIsCutToWholeCharacters(t *testing.T) {
	decided, err := domain.DecideAction(types.Action{Status: types.ActionStatus_ACTION_STATUS_PENDING},
		types.ActionStatus_ACTION_STATUS_FAILED, 1, "x"+strings.Repeat("汇", 300))
	require.NoError(t, err)
	require.True(t, utf8.ValidString(decided.Reason))
	require.Len(t, decided.Reason, 511-511%3+1)
}

func TestRecoveryNeedsMoreThanHalfAndAtLeastOne(t *testing.T) {
	for others, want := range map[int]uint32{0: 1, 1: 1, 2: 2, 3: 2, 4: 3, 5: 3, 29: 15, 30: 16, 199: 16} {
		require.Equal(t, want, domain.RecoveryApprovals(others), "%d others", others)
	}
}
