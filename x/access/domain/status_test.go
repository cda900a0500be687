package domain_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/x/access/domain"
	"github.com/zhilian-network/zhilian/x/access/types"
)

const (
	unset     = types.MemberStatus_MEMBER_STATUS_UNSPECIFIED
	active    = types.MemberStatus_MEMBER_STATUS_ACTIVE
	suspended = types.MemberStatus_MEMBER_STATUS_SUSPENDED
	closed    = types.MemberStatus_MEMBER_STATUS_CLOSED
	unknown   = types.MemberStatus(9)
)

func TestStandingChangesAlongTheTableOnly(t *testing.T) {
	t.Parallel()
	legal := map[[2]types.MemberStatus]bool{
		{active, suspended}: true,
		{active, closed}:    true,
		{suspended, active}: true,
		{suspended, closed}: true,
	}
	all := []types.MemberStatus{unset, active, suspended, closed, unknown}
	for _, from := range all {
		for _, to := range all {
			err := domain.CheckTransition(from, to)
			if legal[[2]types.MemberStatus{from, to}] {
				require.NoError(t, err, "%s to %s", from, to)
			} else {
				require.ErrorIs(t, err, types.ErrInvalidStatus, "%s to %s", from, to)
			}
		}
	}
}

func TestAnOperatorActsOnlyWhileAllAboveItAreActive(t *testing.T) {
	t.Parallel()
	all := []types.MemberStatus{unset, active, suspended, closed}
	for _, operator := range all {
		for _, institution := range all {
			for _, party := range append(all, unknown) {
				var record *types.Party // unknown stands for an operator without a party
				if party != unknown {
					record = &types.Party{Status: party}
				}
				err := domain.CheckStanding(types.Operator{Status: operator}, types.Institution{Status: institution}, record)
				switch {
				case operator != active:
					require.ErrorIs(t, err, types.ErrOperatorInactive)
				case institution != active:
					require.ErrorIs(t, err, types.ErrInstitutionInactive)
				case record != nil && party != active:
					require.ErrorIs(t, err, types.ErrPartyInactive)
				default:
					require.NoError(t, err)
				}
			}
		}
	}
}
