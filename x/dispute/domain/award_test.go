package domain_test

import (
	"math/rand"
	"testing"
	"time"

	"cosmossdk.io/math"
	"github.com/stretchr/testify/require"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/dispute/domain"
	"github.com/zhilian-network/zhilian/x/dispute/types"
)

var (
	acme = accesstypes.Member{InstitutionId: "BQDQ", PartyId: "acme"}
	zeta = accesstypes.Member{InstitutionId: "LSHB", PartyId: "zeta"}
)

func ask(kind types.RemedyKind, amount int64) types.Remedy {
	return types.Remedy{Kind: kind, Amount: math.NewInt(amount)}
}

func grants(pairs ...int64) types.Award {
	award := types.Award{}
	for i := 0; i < len(pairs); i += 2 {
		award.Grants = append(award.Grants, types.Grant{Remedy: uint32(pairs[i]), Amount: math.NewInt(pairs[i+1])})
	}
	return award
}

// disputed is a case about 1,000.00 with a refund, interest and an apology asked for.
func disputed() types.Case {
	return types.Case{
		Id: 1, Respondent: zeta, Claimants: []types.Claimant{{Member: acme, Disputed: math.NewInt(1000_00)}},
		Remedies: []types.Remedy{ask(types.RemedyRefund, 1000_00), ask(types.RemedyInterest, 1), ask(types.RemedyApology, 1)},
	}
}

func TestAnAwardGivesWhatWasAskedForAndNoMore(t *testing.T) {
	c := disputed()
	for name, row := range map[string]struct {
		award types.Award
		legal bool
	}{
		"nothing":                        {types.Award{}, true},
		"all":                            {c.Whole(), true},
		"a part":                         {grants(0, 1), true},
		"a fen too much":                 {grants(0, 1000_01), false},
		"nothing of something":           {grants(0, 0), false},
		"less than nothing":              {grants(0, -1), false},
		"two apologies":                  {grants(2, 2), false},
		"what nobody asked for":          {grants(3, 1), false},
		"the same twice":                 {grants(0, 1, 0, 1), false},
		"out of order":                   {grants(1, 1, 0, 1), false},
		"without an amount":              {types.Award{Grants: []types.Grant{{Remedy: 0}}}, false},
		"frivolous":                      {types.Award{Frivolous: true}, true},
		"frivolous, and given something": {types.Award{Frivolous: true, Grants: grants(0, 1).Grants}, false},
	} {
		err := domain.CheckAward(c, row.award)
		require.Equal(t, row.legal, err == nil, "%s: %v", name, err)
		if err != nil {
			require.ErrorIs(t, err, types.ErrAward, name)
		}
	}
}

func TestVotesGiveTheMedianOfEachRemedy(t *testing.T) {
	c := disputed()
	for name, row := range map[string]struct {
		votes []types.Award
		want  types.Award
	}{
		"two of three for a part":                 {[]types.Award{grants(0, 600_00), grants(0, 600_00), {}}, grants(0, 600_00)},
		"the middle of three amounts":             {[]types.Award{grants(0, 1000_00), grants(0, 1), grants(0, 400_00)}, grants(0, 400_00)},
		"one of three for everything":             {[]types.Award{c.Whole(), {}, {}}, types.Award{}},
		"the lower of two":                        {[]types.Award{grants(0, 100), grants(0, 200)}, grants(0, 100)},
		"each remedy by itself":                   {[]types.Award{grants(0, 5, 2, 1), grants(1, 1, 2, 1), grants(0, 7, 1, 1)}, grants(0, 5, 1, 1, 2, 1)},
		"frivolous by most":                       {[]types.Award{{Frivolous: true}, {Frivolous: true}, {}}, types.Award{Frivolous: true}},
		"frivolous by half":                       {[]types.Award{{Frivolous: true}, {}}, types.Award{}},
		"frivolous by most, and given by nobody":  {[]types.Award{{Frivolous: true}, {Frivolous: true}, c.Whole()}, types.Award{Frivolous: true}},
		"not frivolous if the median gives a fen": {[]types.Award{{Frivolous: true}, grants(0, 1), grants(0, 1)}, grants(0, 1)},
	} {
		got := domain.Tally(c, row.votes)
		require.Equal(t, row.want, got, name)
		require.NoError(t, domain.CheckAward(c, got), name)
	}
}

// Whatever a minority votes, it moves no amount outside of what the others voted.
func TestAMinorityMovesNothingBeyondTheOthers(t *testing.T) {
	random := rand.New(rand.NewSource(1))
	c := disputed()
	for range 2000 {
		honest := []types.Award{vote(random), vote(random), vote(random)}
		liars := []types.Award{vote(random), vote(random)}
		got := domain.Tally(c, append(liars, honest...)).Granted(0)
		low, high := honest[0].Granted(0), honest[0].Granted(0)
		for _, h := range honest {
			low, high = math.MinInt(low, h.Granted(0)), math.MaxInt(high, h.Granted(0))
		}
		require.True(t, got.GTE(low) && got.LTE(high), "%s is not within %s and %s", got, low, high)
	}
}

func vote(random *rand.Rand) types.Award {
	if amount := random.Int63n(1000_01); amount > 0 {
		return grants(0, amount)
	}
	return types.Award{}
}

func TestWhoLeftGetsNothing(t *testing.T) {
	c := disputed()
	c.Claimants = append(c.Claimants, types.Claimant{Member: zeta})
	c.Remedies = append(c.Remedies, types.Remedy{Claimant: 1, Kind: types.RemedyFinding, Amount: math.OneInt()})
	whole := c.Whole()
	require.Len(t, whole.Grants, 4)
	c.Claimants[1].Left = true
	require.Len(t, c.Whole().Grants, 3)
	require.Equal(t, c.Whole(), domain.Staying(c, whole))
	require.Equal(t, c.Whole(), domain.Tally(c, []types.Award{whole}))
	require.Equal(t, types.OutcomeUpheld, domain.OutcomeOf(c, domain.Staying(c, whole)), "of those who stay all is upheld")
}

func TestAnOutcomeIsAWordForTheAward(t *testing.T) {
	c := disputed()
	require.Equal(t, types.OutcomeUpheld, domain.OutcomeOf(c, c.Whole()))
	require.Equal(t, types.OutcomePartly, domain.OutcomeOf(c, grants(0, 1000_00, 1, 1)))
	require.Equal(t, types.OutcomePartly, domain.OutcomeOf(c, grants(0, 999_99, 1, 1, 2, 1)))
	require.Equal(t, types.OutcomeRejected, domain.OutcomeOf(c, types.Award{}))
}

func TestAnAppealIsOnceByWhoLostOnAGroundThatHolds(t *testing.T) {
	const (
		evidence  = types.AppealGround_APPEAL_GROUND_NEW_EVIDENCE
		procedure = types.AppealGround_APPEAL_GROUND_PROCEDURE
		conflict  = types.AppealGround_APPEAL_GROUND_CONFLICT
		sums      = types.AppealGround_APPEAL_GROUND_CALCULATION
		reasons   = types.AppealGround_APPEAL_GROUND_NO_REASONS
	)
	ruled := disputed()
	ruled.Status, ruled.Instance = types.Ruled, 1
	ruled.Rulings = []types.Ruling{{Instance: 1, Award: grants(0, 500_00), At: start}}
	for _, ground := range []types.AppealGround{procedure, conflict, sums, reasons} {
		require.NoError(t, domain.CheckAppeal(ruled, true, ground), ground)
		require.NoError(t, domain.CheckAppeal(ruled, false, ground), ground)
	}
	require.ErrorIs(t, domain.CheckAppeal(ruled, true, types.AppealGround(99)), types.ErrAppealGround)
	require.ErrorIs(t, domain.CheckAppeal(ruled, true, evidence), types.ErrAppealGround, "there is no new evidence")
	ruled.Evidence = []types.Evidence{{At: start.Add(-time.Second)}}
	require.ErrorIs(t, domain.CheckAppeal(ruled, true, evidence), types.ErrAppealGround, "it was there before the ruling")
	ruled.Evidence = append(ruled.Evidence, types.Evidence{At: start.Add(time.Second)})
	require.NoError(t, domain.CheckAppeal(ruled, true, evidence))

	ruled.Rulings[0].Reasons = "because"
	require.ErrorIs(t, domain.CheckAppeal(ruled, true, reasons), types.ErrAppealGround)
	won := ruled
	won.Rulings = []types.Ruling{{Instance: 1, Award: ruled.Whole()}}
	require.ErrorIs(t, domain.CheckAppeal(won, true, procedure), types.ErrNothingLost)
	require.NoError(t, domain.CheckAppeal(won, false, procedure))
	lost := ruled
	lost.Rulings = []types.Ruling{{Instance: 1}}
	require.ErrorIs(t, domain.CheckAppeal(lost, false, procedure), types.ErrNothingLost)
	require.NoError(t, domain.CheckAppeal(lost, true, procedure))

	again := ruled
	again.Ground, again.Instance = procedure, 2
	require.ErrorIs(t, domain.CheckAppeal(again, true, procedure), types.ErrAppealedAlready)
	finding := ruled
	finding.Remedies = []types.Remedy{ask(types.RemedyFinding, 1)}
	require.ErrorIs(t, domain.CheckAppeal(finding, true, sums), types.ErrAppealGround, "there is nothing to compute")
}

func TestInterestIsSimpleAndRoundedDown(t *testing.T) {
	for _, row := range []struct {
		principal int64
		ppm       uint32
		days      int64
		want      int64
	}{
		{1_000_000, 30_000, 365, 30_000},
		{1_000_000, 30_000, 1, 82}, // 82.19
		{12_166, 30_000, 1, 0},     // 0.99996
		{12_167, 30_000, 1, 1},     // 1.00004
		{1_000_000, 0, 365, 0},
		{1_000_000, 30_000, 0, 0},
		{1_000_000, 30_000, -1, 0},
	} {
		got := domain.InterestRoundedDown(math.NewInt(row.principal), row.ppm, row.days)
		require.Equal(t, row.want, got.Int64(), "%+v", row)
	}
	require.Equal(t, math.NewInt(1<<62).MulRaw(100), domain.InterestRoundedDown(math.NewInt(1<<62), 1_000_000, 36_500), "beyond 64 bits")
}

func TestDelayIsPaidForUntilNowOnWhatIsStillOwedAndUntilTheFilingOnTheRest(t *testing.T) {
	interest := func(had, has int64) int64 {
		return domain.DelayInterest(math.NewInt(had), math.NewInt(has), 365_000, 20, 10).Int64() // a thousandth a day
	}
	require.Equal(t, int64(20), interest(1_000, 1_000))
	require.Equal(t, int64(10), interest(1_000, 0), "paid since: until the filing")
	require.Equal(t, int64(8+6), interest(1_000, 400))
	require.Equal(t, int64(20), interest(1_000, 5_000), "what it got since is not in dispute")
	require.Equal(t, int64(0), interest(99, 0), "what is less than a minor unit stays with the debtor")
}
