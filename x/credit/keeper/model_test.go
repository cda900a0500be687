package keeper_test

import (
	"math/rand"
	"testing"

	"github.com/stretchr/testify/require"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/credit/engine"
	"github.com/zhilian-network/zhilian/x/credit/types"
)

func TestAModelBecomesChampionByTheOfficersOfSeveralInstitutions(t *testing.T) {
	f := newFixture(t)
	number := f.register("bqdq", engineModel(1), 1, 900_000)
	_, err := f.endorse("bqdq", number, types.StepApprove)
	require.ErrorIs(t, err, types.ErrNotEndorser, "who registered it does not endorse it")
	status, err := f.endorse("officer", number, types.StepApprove)
	require.NoError(t, err)
	require.Equal(t, types.ModelProposed, status)
	_, err = f.endorse("officer", number, types.StepApprove)
	require.ErrorIs(t, err, types.ErrEndorsedAlready, "one institution counts once")
	_, err = f.endorse("hzhz", number, types.StepPromote)
	require.ErrorIs(t, err, types.ErrModelTransition, "a proposed model is not promoted")
	status, err = f.endorse("hzhz", number, types.StepApprove)
	require.NoError(t, err)
	require.Equal(t, types.ModelChallenger, status)
	_, err = f.query.Champion(f.ctx, &types.QueryChampionRequest{Product: product})
	require.ErrorIs(t, err, types.ErrNoChampion)
	f.requireSameAfterGenesis()
	f.must(number, types.StepPromote, types.ModelChampion)
	champion, err := f.query.Champion(f.ctx, &types.QueryChampionRequest{Product: product})
	require.NoError(t, err)
	require.Equal(t, number, champion.Entry.Id)
	require.Empty(t, champion.Entry.Endorsements)

	answer, err := f.query.Model(f.ctx, &types.QueryModelRequest{ModelId: number})
	require.NoError(t, err)
	read, err := engine.ParseModel(answer.Model)
	require.NoError(t, err)
	require.Equal(t, engineModel(1).Digest(), read.Digest())
	f.requireSound()
	f.requireSameAfterGenesis()
}

func TestWhoMayNotGovernModels(t *testing.T) {
	f := newFixture(t)
	number := f.register("bqdq", engineModel(1), 1, 900_000)
	for operator, want := range map[string]error{
		"clerk": accesstypes.ErrPermissionDenied, "stranger": accesstypes.ErrOperatorNotFound,
		"acme": types.ErrNotEndorser, "taxo": types.ErrNotEndorser,
	} {
		_, err := f.endorse(operator, number, types.StepApprove)
		require.ErrorIs(t, err, want, operator)
		_, err = f.msg.RegisterModel(f.ctx, registerMsg(operator, engineModel(2), 1, 900_000))
		require.ErrorIs(t, err, want, operator)
	}
	_, err := f.endorse("hzhz", 99, types.StepApprove)
	require.ErrorIs(t, err, types.ErrModelNotFound)
	_, err = f.endorse("hzhz", number, 9)
	require.ErrorIs(t, err, types.ErrModelTransition)
}

func TestAChallengerThatIsWorseIsNotPromoted(t *testing.T) {
	f := newFixture(t)
	champion := f.champion()
	worse := f.register("hzhz", engineModel(2), 1, 899_999)
	f.must2(worse, types.StepApprove, types.ModelChallenger)
	_, err := f.endorse("bqdq", worse, types.StepPromote)
	require.ErrorIs(t, err, types.ErrChallengerWorse)

	better := f.register("hzhz", engineModel(3), 1, 900_001)
	f.must2(better, types.StepApprove, types.ModelChallenger)
	f.must2(better, types.StepPromote, types.ModelChampion)
	before, err := f.keeper.Model(f.ctx, champion)
	require.NoError(t, err)
	require.Equal(t, types.ModelChallenger, before.Status, "the champion before steps back")
	_, err = f.endorse("officer", champion, types.StepPromote)
	require.ErrorIs(t, err, types.ErrChallengerWorse, "and does not come back over a better one")
	f.requireSound()
	f.requireSameAfterGenesis()
}

// must2 is must for what hzhz registered.
func (f *fixture) must2(number uint64, step types.ModelStep, want types.ModelStatus) {
	f.t.Helper()
	_, err := f.endorse("officer", number, step)
	require.NoError(f.t, err)
	status, err := f.endorse("third", number, step)
	require.NoError(f.t, err)
	require.Equal(f.t, want, status)
}

func TestTheFirstChampionsTestIsLargeAndOfItsPopulation(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*types.BackTest)
		want   error
	}{
		"few bad rows":       {func(b *types.BackTest) { b.Bad, b.Grades[1].Bad = 29, 25 }, types.ErrBacktestSmall},
		"another population": {func(b *types.BackTest) { b.PsiPpm = 250_001 }, types.ErrPopulationMoved},
	} {
		f := newFixture(t)
		msg := registerMsg("bqdq", engineModel(1), 1, 900_000)
		c.change(&msg.BackTest)
		answer, err := f.msg.RegisterModel(f.ctx, msg)
		require.NoError(t, err)
		f.must(answer.ModelId, types.StepApprove, types.ModelChallenger)
		_, err = f.endorse("officer", answer.ModelId, types.StepPromote)
		require.ErrorIs(t, err, c.want, name)
	}
}

func TestACalibrationIsGovernedApartFromItsModel(t *testing.T) {
	f := newFixture(t)
	f.champion()
	m := engineModel(1)
	msg := registerMsg("bqdq", m, 2, 900_000)
	digest := m.Digest()
	msg.Model, msg.ModelDigest = nil, digest[:]
	answer, err := f.msg.RegisterModel(f.ctx, msg)
	require.NoError(t, err)
	f.must(answer.ModelId, types.StepApprove, types.ModelChallenger)
	f.must(answer.ModelId, types.StepPromote, types.ModelChampion)
	state, err := f.keeper.ExportGenesis(f.ctx)
	require.NoError(t, err)
	require.Len(t, state.Objects, 4, "one model, two calibrations, one scale")
	f.requireSameAfterGenesis()
}

func TestModelsThatAreRefused(t *testing.T) {
	other := engineModel(7)
	for name, c := range map[string]struct {
		change func(*types.MsgRegisterModel)
		want   error
	}{
		"for a product in capitals":     {func(m *types.MsgRegisterModel) { m.Product = "SME" }, types.ErrInvalidEntry},
		"without a model":               {func(m *types.MsgRegisterModel) { m.Model = nil }, types.ErrInvalidEntry},
		"with a digest of nothing":      {func(m *types.MsgRegisterModel) { m.Model, m.ModelDigest = nil, make([]byte, 32) }, types.ErrModelNotFound},
		"with a short digest":           {func(m *types.MsgRegisterModel) { m.Model, m.ModelDigest = nil, make([]byte, 31) }, types.ErrInvalidEntry},
		"of bytes that are no model":    {func(m *types.MsgRegisterModel) { m.Model = []byte("model") }, types.ErrModelForm},
		"above the bound":               {func(m *types.MsgRegisterModel) { m.Model = make([]byte, types.MaxModelBytes+1) }, types.ErrModelTooLarge},
		"with a scale above its bound":  {func(m *types.MsgRegisterModel) { m.Scale = make([]byte, types.MaxScaleBytes+1) }, types.ErrModelTooLarge},
		"with another's calibration":    {func(m *types.MsgRegisterModel) { m.Calibration = calibrationOf(other, 1).Canonical() }, types.ErrCalibrationModel},
		"with a cycle":                  {func(m *types.MsgRegisterModel) { m.Model = cyclic().Canonical() }, types.ErrCycle},
		"on a protected attribute":      {func(m *types.MsgRegisterModel) { protect(m) }, types.ErrProtectedInput},
		"fitted on months that are not": {func(m *types.MsgRegisterModel) { m.TrainingWindow.FirstMonth = 1 }, types.ErrInvalidPeriod},
		"tested on nothing":             {func(m *types.MsgRegisterModel) { m.BackTest = types.BackTest{} }, types.ErrInvalidBackTest},
		"tested without a good row":     {func(m *types.MsgRegisterModel) { m.BackTest.Bad = m.BackTest.Rows }, types.ErrInvalidBackTest},
		"tested better than perfect":    {func(m *types.MsgRegisterModel) { m.BackTest.AucPpm = 1_000_001 }, types.ErrInvalidBackTest},
		"whose grades lack a row":       {func(m *types.MsgRegisterModel) { m.BackTest.Grades[0].Rows-- }, types.ErrInvalidBackTest},
		"of grades of another scale":    {func(m *types.MsgRegisterModel) { m.BackTest.Grades[0].Grade = "Aaa" }, types.ErrInvalidBackTest},
		"of grades out of order": {func(m *types.MsgRegisterModel) {
			m.BackTest.Grades[0].Grade, m.BackTest.Grades[1].Grade = "C", "BBB"
		}, types.ErrInvalidBackTest},
	} {
		f := newFixture(t)
		msg := registerMsg("bqdq", engineModel(1), 1, 900_000)
		c.change(msg)
		_, err := f.msg.RegisterModel(f.ctx, msg)
		require.ErrorIs(t, err, c.want, name)
	}
	f := newFixture(t)
	number := f.register("bqdq", engineModel(1), 1, 900_000)
	_, err := f.msg.RegisterModel(f.ctx, registerMsg("hzhz", engineModel(1), 1, 900_000))
	require.ErrorIs(t, err, types.ErrModelKnown)
	status, err := f.endorse("officer", number, types.StepRetire)
	require.NoError(t, err)
	require.Equal(t, types.ModelRetired, status, "its institution takes a proposed model back alone")
	f.register("hzhz", engineModel(1), 1, 900_000)
	f.requireSound()
}

func cyclic() *engine.Model {
	m := engineModel(1)
	m.Ensemble[0][0].Left = 0
	return m
}

func protect(msg *types.MsgRegisterModel) {
	m := engineModel(1)
	m.Inputs[1].Name, m.Features[0].Over[1] = "owner_gender", "owner_gender"
	msg.Model, msg.Calibration = m.Canonical(), calibrationOf(m, 1).Canonical()
}

func TestAnInstitutionRegistersABoundedNumberOfModels(t *testing.T) {
	f := newFixture(t)
	for version := range types.MaxModelsPerInstitution {
		f.register("bqdq", engineModel(uint32(version)), 1, 900_000)
	}
	_, err := f.msg.RegisterModel(f.ctx, registerMsg("bqdq", engineModel(1_000), 1, 900_000))
	require.ErrorIs(t, err, types.ErrTooManyModels)
	list, err := f.query.Models(f.ctx, &types.QueryModelsRequest{Product: product})
	require.NoError(t, err)
	require.Len(t, list.Entries, types.MaxModelsPerInstitution)
	require.EqualValues(t, types.MaxModelsPerInstitution, list.Entries[0].Id, "newest first")
}

func TestModelsOfAGenesisThatContradictsItself(t *testing.T) {
	f := newFixture(t)
	f.champion()
	f.register("hzhz", engineModel(2), 1, 900_000)
	for name, change := range map[string]func(*types.GenesisState){
		"an object is missing":      func(s *types.GenesisState) { s.Objects = s.Objects[1:] },
		"an object has changed":     func(s *types.GenesisState) { s.Objects[0].Content = append([]byte{}, s.Objects[0].Content[1:]...) },
		"two champions":             func(s *types.GenesisState) { s.Models[1].Status = types.ModelChampion },
		"a number that is to come":  func(s *types.GenesisState) { s.NextModelId = 2 },
		"an object too many":        func(s *types.GenesisState) { s.Models = s.Models[:1] },
		"its own officer's support": func(s *types.GenesisState) { s.Models[1].Endorsements = []types.Endorsement{{Operator: "hzhz"}} },
	} {
		state, err := f.keeper.ExportGenesis(f.ctx)
		require.NoError(t, err)
		require.NoError(t, state.Validate())
		change(state)
		require.Error(t, state.Validate(), name)
	}
}

// Whatever steps are endorsed by whomever: a product has one champion at most, who was never promoted over a
// better one, and nothing is deleted.
func TestAnyRowOfEndorsementsLeavesOneChampion(t *testing.T) {
	promoted := 0
	for seed := range int64(4) {
		f, random := newFixture(t), rand.New(rand.NewSource(seed))
		last := uint32(0)
		for version := range uint32(12) {
			f.register([]string{"bqdq", "hzhz"}[random.Intn(2)], engineModel(version), 1, uint32(900_000+random.Intn(6)))
		}
		for range 400 {
			operator := []string{"bqdq", "officer", "hzhz", "third", "acme"}[random.Intn(5)]
			step := []types.ModelStep{types.StepApprove, types.StepPromote, types.StepPromote, types.StepApprove, types.StepRetire}[random.Intn(5)]
			number := 1 + uint64(random.Intn(12))
			status, err := f.endorse(operator, number, step)
			if err == nil && status == types.ModelChampion && step == types.StepPromote {
				entry, err := f.keeper.Model(f.ctx, number)
				require.NoError(t, err)
				require.GreaterOrEqual(t, entry.BackTest.AucPpm, last)
				last = entry.BackTest.AucPpm
				promoted++
			}
			if _, err := f.keeper.Champion(f.ctx, product); err != nil {
				last = 0
			}
			f.requireSound()
		}
		state, err := f.keeper.ExportGenesis(f.ctx)
		require.NoError(t, err)
		require.Len(t, state.Models, 12)
		f.requireSameAfterGenesis()
	}
	require.Greater(t, promoted, 5)
}
