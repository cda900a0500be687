package domain_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/x/credit/domain"
	"github.com/zhilian-network/zhilian/x/credit/types"
)

func TestTheStepsOfAModel(t *testing.T) {
	legal := map[[2]int32]types.ModelStatus{
		{int32(types.ModelProposed), int32(types.StepApprove)}:   types.ModelChallenger,
		{int32(types.ModelProposed), int32(types.StepRetire)}:    types.ModelRetired,
		{int32(types.ModelChallenger), int32(types.StepPromote)}: types.ModelChampion,
		{int32(types.ModelChallenger), int32(types.StepRetire)}:  types.ModelRetired,
		{int32(types.ModelChampion), int32(types.StepRetire)}:    types.ModelRetired,
	}
	for from := range types.ModelStatus_name {
		for step := range types.ModelStep_name {
			to, err := domain.StepFrom(types.ModelStatus(from), types.ModelStep(step))
			want, ok := legal[[2]int32{from, step}]
			if ok {
				require.NoError(t, err)
				require.Equal(t, want, to)
			} else {
				require.ErrorIs(t, err, types.ErrModelTransition, "%d from %d", step, from)
			}
		}
	}
}
