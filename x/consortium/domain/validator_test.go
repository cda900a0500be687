package domain_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	codectypes "github.com/cosmos/cosmos-sdk/codec/types"

	"github.com/zhilian-network/zhilian/x/consortium/domain"
	"github.com/zhilian-network/zhilian/x/consortium/types"
)

var now = time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)

const (
	absent   = types.ValidatorStatus_VALIDATOR_STATUS_UNSPECIFIED
	active   = types.ValidatorStatus_VALIDATOR_STATUS_ACTIVE
	jailed   = types.ValidatorStatus_VALIDATOR_STATUS_JAILED
	removed  = types.ValidatorStatus_VALIDATOR_STATUS_REMOVED
	expelled = types.ValidatorStatus_VALIDATOR_STATUS_EXPELLED
)

func key(name string) types.ConsensusKey {
	return types.ConsensusKey{ConsensusPubkey: &codectypes.Any{Value: []byte(name)}}
}

func apply(validator types.Validator, event domain.ValidatorEvent) (types.Validator, error) {
	switch event {
	case domain.ValidatorAdmitted:
		return domain.Admit(validator, key("new"), 7)
	case domain.ValidatorJailed:
		return domain.Jail(validator, now.Add(time.Hour))
	case domain.ValidatorUnjailed:
		return domain.Unjail(validator, now)
	case domain.ValidatorRemoved:
		return domain.Remove(validator)
	case domain.ValidatorExpelled:
		return domain.Expel(validator)
	default:
		return types.Validator{}, fmt.Errorf("no such event: %d", event)
	}
}

func TestEveryStatusMeetsEveryEvent(t *testing.T) {
	t.Parallel()
	events := []domain.ValidatorEvent{
		domain.ValidatorAdmitted, domain.ValidatorJailed, domain.ValidatorUnjailed,
		domain.ValidatorRemoved, domain.ValidatorExpelled,
	}
	const illegal = types.ValidatorStatus(-1)
	// Columns in the order of events.
	matrix := map[types.ValidatorStatus][5]types.ValidatorStatus{
		absent:   {active, illegal, illegal, illegal, illegal},
		active:   {illegal, jailed, illegal, removed, expelled},
		jailed:   {illegal, illegal, active, removed, expelled},
		removed:  {active, illegal, illegal, illegal, expelled},
		expelled: {illegal, illegal, illegal, illegal, illegal},
	}
	require.Len(t, matrix, len(types.ValidatorStatus_name), "every status has a row")
	for from, row := range matrix {
		for column, want := range row {
			event := events[column]
			t.Run(fmt.Sprintf("%s of a validator that is %s", event, from), func(t *testing.T) {
				t.Parallel()
				before := types.Validator{
					InstitutionId: "BQDQ", Status: from, Power: 3, ConsensusPubkey: key("old").ConsensusPubkey, JailedUntil: now,
				}
				got, err := apply(before, event)
				if want == illegal {
					require.ErrorIs(t, err, types.ErrIllegalStatusChange)
					return
				}
				require.NoError(t, err)
				require.Equal(t, want, got.Status)
				require.Equal(t, from, before.Status, "the given validator is left alone")
			})
		}
	}
}

func TestAdmissionSetsKeyAndPower(t *testing.T) {
	t.Parallel()
	got, err := domain.Admit(types.Validator{InstitutionId: "BQDQ", Status: removed, Power: 3}, key("new"), 9)
	require.NoError(t, err)
	require.Equal(t, types.Validator{
		InstitutionId: "BQDQ", Status: active, Power: 9, ConsensusPubkey: key("new").ConsensusPubkey,
	}, got)
}

func TestAdmissionRefusesPowerOutOfBounds(t *testing.T) {
	t.Parallel()
	for _, power := range []int64{-1, 0, types.PowerMax + 1} {
		_, err := domain.Admit(types.Validator{}, key("new"), power)
		require.ErrorIs(t, err, types.ErrInvalidPower, "power %d", power)
	}
	for _, power := range []int64{1, types.PowerMax} {
		_, err := domain.Admit(types.Validator{}, key("new"), power)
		require.NoError(t, err, "power %d", power)
	}
}

func TestJailEndsAtItsTimeNotBefore(t *testing.T) {
	t.Parallel()
	inJail, err := domain.Jail(types.Validator{Status: active, Power: 1}, now)
	require.NoError(t, err)
	require.Equal(t, now, inJail.JailedUntil)

	_, err = domain.Unjail(inJail, now.Add(-time.Nanosecond))
	require.ErrorIs(t, err, types.ErrStillJailed)

	back, err := domain.Unjail(inJail, now)
	require.NoError(t, err)
	require.True(t, back.JailedUntil.IsZero(), "no time in jail is left over")
}

func TestRemovalForgetsTheTimeInJail(t *testing.T) {
	t.Parallel()
	gone, err := domain.Remove(types.Validator{Status: jailed, JailedUntil: now})
	require.NoError(t, err)
	require.True(t, gone.JailedUntil.IsZero())
}
