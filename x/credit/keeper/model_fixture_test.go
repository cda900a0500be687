package keeper_test

import (
	"cmp"
	"slices"

	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/testutil/smallmodel"
	"github.com/zhilian-network/zhilian/x/credit/engine"
	"github.com/zhilian-network/zhilian/x/credit/types"
)

const product = smallmodel.Product

var (
	engineModel   = smallmodel.Model
	calibrationOf = smallmodel.Calibration
	registerMsg   = smallmodel.Registration
)

func (f *fixture) register(operator string, m *engine.Model, calibration, auc uint32) uint64 {
	f.t.Helper()
	answer, err := f.msg.RegisterModel(f.ctx, registerMsg(operator, m, calibration, auc))
	require.NoError(f.t, err)
	return answer.ModelId
}

func (f *fixture) endorse(operator string, number uint64, step types.ModelStep) (types.ModelStatus, error) {
	cached, write := f.ctx.CacheContext()
	answer, err := f.msg.EndorseModel(cached, &types.MsgEndorseModel{Operator: operator, ModelId: number, Step: step})
	if err != nil {
		return 0, err
	}
	write()
	return answer.Status, nil
}

// must has the risk officers of two banks take a step.
func (f *fixture) must(number uint64, step types.ModelStep, want types.ModelStatus) {
	f.t.Helper()
	_, err := f.endorse("officer", number, step)
	require.NoError(f.t, err)
	status, err := f.endorse("hzhz", number, step)
	require.NoError(f.t, err)
	require.Equal(f.t, want, status)
}

// champion is a champion of the product, registered and brought there.
func (f *fixture) champion() uint64 {
	f.t.Helper()
	number := f.register("bqdq", engineModel(1), 1, 900_000)
	f.must(number, types.StepApprove, types.ModelChallenger)
	f.must(number, types.StepPromote, types.ModelChampion)
	return number
}

func sortValues(values []types.InputValue) {
	slices.SortFunc(values, func(a, b types.InputValue) int { return cmp.Compare(a.Name, b.Name) })
}
