package keeper_test

import (
	"fmt"
	"math/rand"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/credit/document"
	"github.com/zhilian-network/zhilian/x/credit/engine"
	"github.com/zhilian-network/zhilian/x/credit/types"
)

func code(name, value string) types.InputValue { return types.InputValue{Name: name, Code: value} }

func (f *fixture) rate(operator string, subject accesstypes.Member) (types.Rating, error) {
	cached, write := f.ctx.CacheContext()
	answer, err := f.msg.Rate(cached, &types.MsgRate{Operator: operator, Subject: subject, Product: product})
	if err != nil {
		return types.Rating{}, err
	}
	write()
	return answer.Rating, nil
}

func (f *fixture) rated(number uint64) *types.QueryRatingResponse {
	f.t.Helper()
	answer, err := f.query.Rating(f.ctx, &types.QueryRatingRequest{RatingId: number})
	require.NoError(f.t, err)
	return answer
}

// Worked by hand: debt 6.00 and equity 2.00 are a gearing of 0.750, so the first tree gives 900,000; sector B
// gives 300,000; the sum with the base is -2,800,000 log-odds in millionths.
func TestTheChainRatesOnOpenValues(t *testing.T) {
	f := newFixture(t)
	model := f.champion()
	first := f.attest("taxo", number("debt", 2, 600), number("equity", 0, 2)).AttestationId
	second := f.attest("cust", code("sector", "B"), number("unread", 0, 1)).AttestationId
	rating, err := f.rate("acme", acme)
	require.NoError(t, err)
	require.EqualValues(t, -2_800_000, rating.Score)
	require.Equal(t, []types.Reason{{Code: "leverage", Contribution: 800_000}, {Code: "sector", Contribution: 250_000}}, rating.Reasons)
	require.Equal(t, calibrationOf(engineModel(1), 1).PDPpm(-2_800_000), rating.PdPpm)
	require.Equal(t, "B-", rating.Grade)
	require.Equal(t, []types.RatedInput{
		{Name: "debt", Value: 600, AttestationId: first}, {Name: "equity", Value: 200, AttestationId: first},
		{Name: "sector", Value: 1, AttestationId: second},
	}, rating.Inputs)
	require.Equal(t, model, rating.ModelId)
	require.Equal(t, start.AddDate(1, 0, 0), rating.ValidUntil, "when the first attestation ends")
	require.True(t, f.rated(rating.Id).Valid)
	require.Equal(t, rating, f.rated(rating.Id).Rating)
	f.requireSound()
	f.requireSameAfterGenesis()

	better, err := f.query.Improvement(f.ctx, &types.QueryImprovementRequest{RatingId: rating.Id})
	require.NoError(t, err)
	require.Equal(t, "B", better.Grade)
	require.Equal(t, []types.Change{{Feature: "gearing", Decimals: 3, From: 750, To: 499}}, better.Changes)
}

func TestWhoMayHaveASubjectRated(t *testing.T) {
	f := newFixture(t)
	f.champion()
	f.attest("taxo", number("debt", 2, 600), number("equity", 2, 200))
	for operator, want := range map[string]error{
		"acme": nil, "bqdq": nil, "hzhz": accesstypes.ErrConsentMissing, "zeta": accesstypes.ErrConsentMissing,
		"clerk": accesstypes.ErrPermissionDenied, "stranger": accesstypes.ErrOperatorNotFound,
	} {
		_, err := f.rate(operator, acme)
		require.ErrorIs(t, err, want, operator)
	}
	f.access.consents[consentKey{acme.Scope(), member("HZHZ").Scope(), rating}] = consent{level: 2, until: start.AddDate(0, 1, 0)}
	rating, err := f.rate("hzhz", acme)
	require.NoError(t, err)
	require.Equal(t, start.AddDate(0, 1, 0), rating.ValidUntil, "when the requester's consent ends")
	f.requireSound()
}

func TestRatingsThatAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		prepare func(*fixture)
		want    error
	}{
		"without a champion":               {func(f *fixture) { f.attest("taxo", number("debt", 0, 1), number("equity", 0, 1)) }, types.ErrNoChampion},
		"nothing attested":                 {func(f *fixture) { f.champion() }, types.ErrNoInputs},
		"nothing that the model reads":     {func(f *fixture) { f.champion(); f.attest("taxo", number("sales", 0, 1)) }, types.ErrNoInputs},
		"a value that the model must have": {func(f *fixture) { f.champion(); f.attest("taxo", number("debt", 0, 1)) }, types.ErrMissingValue},
		"a code for a number": {func(f *fixture) {
			f.champion()
			f.attest("taxo", code("debt", "much"), number("equity", 0, 1))
		}, types.ErrNotNumber},
		"sealed values only": {func(f *fixture) { f.champion(); f.attestSealed("taxo", number("debt", 0, 1), number("equity", 0, 1)) }, types.ErrNoInputs},
		"a contradiction about an input": {func(f *fixture) {
			f.champion()
			f.attest("taxo", number("debt", 0, 1), number("equity", 0, 1))
			f.attest("cust", number("debt", 0, 2))
		}, types.ErrInputConflict},
		"a provider whose consent is withdrawn": {func(f *fixture) {
			f.champion()
			f.attest("taxo", number("debt", 0, 1), number("equity", 0, 1))
			f.withdraw(acme, "TAXO", rating)
		}, types.ErrNoInputs},
		"an attestation that is over": {func(f *fixture) {
			f.champion()
			f.attest("taxo", number("debt", 0, 1), number("equity", 0, 1))
			f.ctx = f.ctx.WithBlockTime(start.AddDate(1, 0, 0)) // and no block has noticed yet
		}, types.ErrNoInputs},
		"an input that was protected since": {func(f *fixture) {
			f.champion()
			f.attest("taxo", number("debt", 0, 1), number("equity", 0, 1))
			params := types.DefaultParams()
			params.ProtectedInputs = []string{"sector"}
			_, err := f.msg.UpdateParams(f.ctx, &types.MsgUpdateParams{Authority: "authority", Params: params})
			require.NoError(f.t, err)
		}, types.ErrProtectedInput},
	} {
		f := newFixture(t)
		c.prepare(f)
		_, err := f.rate("acme", acme)
		require.ErrorIs(t, err, c.want, name)
	}
	f := newFixture(t)
	_, err := f.query.Rating(f.ctx, &types.QueryRatingRequest{RatingId: 1})
	require.ErrorIs(t, err, types.ErrRatingNotFound)
}

func TestTheNewestPeriodCountsAndAgreementIsNoConflict(t *testing.T) {
	f := newFixture(t)
	f.champion()
	f.attest("taxo", number("debt", 0, 9), number("equity", 0, 1))
	later := attestMsg("cust", acme, number("debt", 0, 1))
	later.Period = types.Period{FirstMonth: 202601, LastMonth: 202609}
	answer, err := f.msg.Attest(f.ctx, later)
	require.NoError(t, err)
	f.attest("cust", number("equity", 1, 10))
	got, err := f.rate("acme", acme)
	require.NoError(t, err)
	require.Equal(t, answer.AttestationId, got.Inputs[0].AttestationId)
	require.EqualValues(t, 100, got.Inputs[0].Value)
	require.EqualValues(t, 1, got.Inputs[1].AttestationId, "of those who agree the first counts")
	require.True(t, got.Inputs[2].Missing)
	f.requireSound()
}

func TestARatingEndsWithWhatItRestsOn(t *testing.T) {
	f := newFixture(t)
	f.champion()
	source := f.attest("taxo", number("debt", 0, 1), number("equity", 0, 1)).AttestationId
	other := f.attest("cust", number("unread", 0, 1)).AttestationId
	rating1, err := f.rate("acme", acme)
	require.NoError(t, err)
	f.withdraw(acme, "TAXO", rating)
	require.False(t, f.rated(rating1.Id).Valid, "a withdrawn consent holds at once")
	f.consent(acme, "TAXO", rating, 4)
	require.True(t, f.rated(rating1.Id).Valid)
	require.NoError(t, f.revoke("cust", other))
	require.True(t, f.rated(rating1.Id).Valid, "what it did not read is no matter")
	f.after(time.Hour)
	require.NoError(t, f.revoke("taxo", source))
	require.Equal(t, start.Add(time.Hour), f.rated(rating1.Id).Rating.ValidUntil)
	require.False(t, f.rated(rating1.Id).Valid)
	f.requireSound()
	f.requireSameAfterGenesis()
}

func TestASubjectsHistoryIsBounded(t *testing.T) {
	f := newFixture(t)
	f.champion()
	f.attest("taxo", number("debt", 0, 1), number("equity", 0, 1))
	kept := int(types.DefaultParams().RatingsKept)
	for range kept + 3 {
		_, err := f.rate("acme", acme)
		require.NoError(t, err)
	}
	list, err := f.query.Ratings(f.ctx, &types.QueryRatingsRequest{InstitutionId: "BQDQ", PartyId: "acme"})
	require.NoError(t, err)
	require.Len(t, list.Ratings, kept)
	require.EqualValues(t, kept+3, list.Ratings[0].Id, "newest first")
	f.requireSound()
	f.requireSameAfterGenesis()
}

func (f *fixture) publish(operator string, score int64, reasons []types.Reason, sources ...uint64) (uint64, error) {
	cached, write := f.ctx.CacheContext()
	answer, err := f.msg.PublishRating(cached, &types.MsgPublishRating{
		Operator: operator, Subject: acme, Product: product, AttestationIds: sources, Score: score, Reasons: reasons,
	})
	if err != nil {
		return 0, err
	}
	write()
	return answer.RatingId, nil
}

// sealed is acme's figures, sealed by TAXO, and its sector in the open, by CUST; HZHZ may read both for a
// rating, and the arbitrator JZWB for a dispute.
func (f *fixture) sealed() (number_ uint64, open uint64, openings []types.Opening) {
	f.champion()
	figures, sector := []types.InputValue{number("debt", 2, 600), number("equity", 2, 200)}, []types.InputValue{code("sector", "B")}
	number_, open = f.attestSealed("taxo", figures...), f.attest("cust", sector...).AttestationId
	f.consent(acme, "HZHZ", rating, 4)
	f.consent(acme, "JZWB", dispute, 4)
	return number_, open, []types.Opening{{AttestationId: number_, Values: figures, Salt: salt}, {AttestationId: open, Values: sector}}
}

var itsReasons = []types.Reason{{Code: "leverage", Contribution: 800_000}, {Code: "sector", Contribution: 250_000}}

func (f *fixture) open(operator string, number uint64, openings []types.Opening) (types.Review, error) {
	cached, write := f.ctx.CacheContext()
	answer, err := f.msg.OpenRating(cached, &types.MsgOpenRating{Operator: operator, RatingId: number, Openings: openings})
	if err != nil {
		return types.Review{}, err
	}
	write()
	return answer.Review, nil
}

func TestARaterPublishesOnSealedValuesAndAnArbitratorAgrees(t *testing.T) {
	f := newFixture(t)
	first, second, openings := f.sealed()
	number, err := f.publish("hzhz", -2_800_000, itsReasons, first, second)
	require.NoError(t, err)
	published := f.rated(number)
	require.True(t, published.Valid)
	require.Equal(t, "B-", published.Rating.Grade, "the grade follows from the score")
	require.Empty(t, published.Rating.Inputs)
	_, err = f.query.Improvement(f.ctx, &types.QueryImprovementRequest{RatingId: number})
	require.ErrorIs(t, err, types.ErrNotComputed)

	for operator, want := range map[string]error{
		"hzhz": types.ErrInterested, "bqdq": nil, "clerk": accesstypes.ErrPermissionDenied, "stranger": accesstypes.ErrOperatorNotFound, "taxo": accesstypes.ErrConsentMissing,
	} {
		if want != nil {
			_, err := f.open(operator, number, openings)
			require.ErrorIs(t, err, want, operator)
		}
	}
	review, err := f.open("third", number, openings)
	require.NoError(t, err)
	require.True(t, review.Agrees)
	require.Equal(t, "B-", review.Grade)
	require.True(t, f.rated(number).Valid)
	_, err = f.open("third", number, openings)
	require.ErrorIs(t, err, types.ErrReviewedAlready)
	f.requireSound()
	f.requireSameAfterGenesis()
}

func TestAnArbitratorDisagreesAndTheRatingEnds(t *testing.T) {
	for name, c := range map[string]struct {
		score   int64
		reasons []types.Reason
	}{
		"a better score":          {-4_600_000, itsReasons},
		"another reason in front": {-2_800_000, []types.Reason{itsReasons[1], itsReasons[0]}},
		"a reason left out":       {-2_800_000, itsReasons[:1]},
	} {
		f := newFixture(t)
		first, second, openings := f.sealed()
		number, err := f.publish("hzhz", c.score, c.reasons, first, second)
		require.NoError(t, err, name)
		review, err := f.open("third", number, openings)
		require.NoError(t, err, name)
		require.False(t, review.Agrees, name)
		require.EqualValues(t, -2_800_000, review.Score)
		require.False(t, f.rated(number).Valid)
		f.requireSameAfterGenesis()
	}
}

// A rating of values that contradict each other cannot be of its model: the arbitrator records why.
func TestValuesThatCannotBeRatedAreADisagreementWithItsCode(t *testing.T) {
	f := newFixture(t)
	first, _, openings := f.sealed()
	second := f.attestSealed("cust", number("debt", 2, 601))
	number_, err := f.publish("hzhz", -2_800_000, itsReasons[:1], first, second)
	require.NoError(t, err)
	review, err := f.open("third", number_, []types.Opening{openings[0], {AttestationId: second, Values: []types.InputValue{number("debt", 2, 601)}, Salt: salt}})
	require.NoError(t, err)
	require.Equal(t, "credit/142", review.Refusal)
	require.False(t, review.Agrees)
	require.False(t, f.rated(number_).Valid)
	f.requireSameAfterGenesis()
}

func TestOpeningsThatAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*fixture, []types.Opening) []types.Opening
		want   error
	}{
		"another value":     {func(_ *fixture, o []types.Opening) []types.Opening { o[0].Values[0].Value++; return o }, types.ErrCommitment},
		"another salt":      {func(_ *fixture, o []types.Opening) []types.Opening { o[0].Salt = []byte("another random b"); return o }, types.ErrCommitment},
		"a salt too short":  {func(_ *fixture, o []types.Opening) []types.Opening { o[0].Salt = []byte("short"); return o }, types.ErrOpening},
		"one left out":      {func(_ *fixture, o []types.Opening) []types.Opening { return o[:1] }, types.ErrOpening},
		"none":              {func(_ *fixture, o []types.Opening) []types.Opening { return nil }, types.ErrOpening},
		"another order":     {func(_ *fixture, o []types.Opening) []types.Opening { return []types.Opening{o[1], o[0]} }, types.ErrOpening},
		"without a value":   {func(_ *fixture, o []types.Opening) []types.Opening { o[0].Values = nil; return o }, types.ErrInvalidAttestation},
		"no consent":        {func(f *fixture, o []types.Opening) []types.Opening { f.withdraw(acme, "JZWB", dispute); return o }, accesstypes.ErrConsentEnded},
		"a consent too low": {func(f *fixture, o []types.Opening) []types.Opening { f.consent(acme, "JZWB", dispute, 3); return o }, accesstypes.ErrConsentMissing},
	} {
		f := newFixture(t)
		first, second, openings := f.sealed()
		number, err := f.publish("hzhz", -2_800_000, itsReasons, first, second)
		require.NoError(t, err)
		_, err = f.open("third", number, c.change(f, openings))
		require.ErrorIs(t, err, c.want, name)
		require.Nil(t, f.rated(number).Rating.Review)
	}
	f := newFixture(t)
	f.champion()
	f.attest("taxo", number("debt", 0, 1), number("equity", 0, 1))
	computed, err := f.rate("acme", acme)
	require.NoError(t, err)
	_, err = f.open("third", computed.Id, []types.Opening{{AttestationId: 1, Values: []types.InputValue{number("debt", 0, 1)}}})
	require.ErrorIs(t, err, types.ErrNotPublished)
	_, err = f.open("third", 99, []types.Opening{{AttestationId: 1, Values: []types.InputValue{number("debt", 0, 1)}}})
	require.ErrorIs(t, err, types.ErrRatingNotFound)
}

func TestPublishedRatingsThatAreRefused(t *testing.T) {
	f := newFixture(t)
	first, second, _ := f.sealed()
	f.consent(zeta, "TAXO", rating, 2)
	foreign, err := f.msg.Attest(f.ctx, attestMsg("taxo", zeta, number("debt", 0, 1)))
	require.NoError(t, err)
	many := make([]types.Reason, types.MaxReasons+1)
	for name, c := range map[string]struct {
		operator string
		score    int64
		reasons  []types.Reason
		sources  []uint64
		want     error
	}{
		"of itself":                 {"acme", -2_800_000, itsReasons, []uint64{first, second}, types.ErrInterested},
		"by a clerk":                {"clerk", -2_800_000, itsReasons, []uint64{first, second}, accesstypes.ErrPermissionDenied},
		"without a consent":         {"third", -2_800_000, itsReasons, []uint64{first, second}, accesstypes.ErrConsentMissing},
		"of open values alone":      {"hzhz", -2_800_000, itsReasons, []uint64{second}, types.ErrNothingSealed},
		"of nothing":                {"hzhz", -2_800_000, itsReasons, nil, types.ErrInvalidRating},
		"of a source twice":         {"hzhz", -2_800_000, itsReasons, []uint64{first, first}, types.ErrInvalidRating},
		"of another's values":       {"hzhz", -2_800_000, itsReasons, []uint64{first, foreign.AttestationId}, types.ErrSource},
		"of what is not there":      {"hzhz", -2_800_000, itsReasons, []uint64{99}, types.ErrAttestationNotFound},
		"above what a row can have": {"hzhz", -2_799_999, itsReasons, []uint64{first}, types.ErrInvalidRating},
		"for a reason of its own":   {"hzhz", -2_800_000, []types.Reason{{Code: "luck"}}, []uint64{first}, types.ErrInvalidRating},
		"for a reason twice":        {"hzhz", -2_800_000, []types.Reason{itsReasons[0], itsReasons[0]}, []uint64{first}, types.ErrInvalidRating},
		"for too many reasons":      {"hzhz", -2_800_000, many, []uint64{first}, types.ErrInvalidRating},
	} {
		_, err := f.publish(c.operator, c.score, c.reasons, c.sources...)
		require.ErrorIs(t, err, c.want, name)
	}
	require.NoError(t, f.revoke("taxo", first))
	_, err = f.publish("hzhz", -2_800_000, itsReasons, first)
	require.ErrorIs(t, err, types.ErrSource)
	f.requireSound()
}

// The chain and the engine offline give the same bits: for the model files that the project ships, on rows of
// random values, written with any number of decimals, some of them missing or of codes that nobody knows.
func TestTheChainRatesAsTheEngineDoesOffline(t *testing.T) {
	for _, name := range []string{"us-ensemble", "sba-scorecard", "polish5-ensemble"} {
		t.Run(name, func(t *testing.T) {
			text, err := os.ReadFile("../../../models/" + name + ".model.json")
			require.NoError(t, err)
			file, offline, err := document.Read(text)
			require.NoError(t, err)
			f := newFixture(t)
			msg := registerMsg("bqdq", &file.Model, 1, 900_000)
			msg.Calibration, msg.Scale = file.Calibration.Canonical(), file.Scale.Canonical()
			answer, err := f.msg.RegisterModel(f.ctx, msg)
			require.NoError(t, err)
			f.must(answer.ModelId, types.StepApprove, types.ModelChallenger)
			f.must(answer.ModelId, types.StepPromote, types.ModelChampion)
			random, rated := rand.New(rand.NewSource(5)), 0
			for i := range 300 {
				rated += f.requireSameOffline(random, i, &file.Model, offline)
			}
			require.Greater(t, rated, 100)
			f.requireSound()
		})
	}
}

func (f *fixture) requireSameOffline(random *rand.Rand, i int, model *engine.Model, offline *engine.Rater) int {
	f.t.Helper()
	subject := accesstypes.Member{InstitutionId: "BQDQ", PartyId: fmt.Sprint("firm", i)}
	f.consent(subject, "TAXO", rating, 2)
	var attested []types.InputValue
	row := make([]int64, len(model.Inputs))
	for k := range model.Inputs {
		input := &model.Inputs[k]
		row[k] = engine.Missing
		if random.Intn(20) == 0 {
			continue
		}
		value := types.InputValue{Name: input.Name}
		if n := len(input.Codes); n > 0 {
			value.Code = append(append([]string{}, input.Codes...), "no such code")[random.Intn(n+1)]
		} else {
			value.Decimals = uint32(random.Intn(types.MaxDecimals + 1))
			value.Value = random.Int63n(2*types.MaxValue) - types.MaxValue
			if random.Intn(2) == 0 {
				value.Value = random.Int63n(2_000_000) - 1_000_000
			}
		}
		text := value.Code
		if text == "" {
			text = engine.FormatDecimal(value.Value, value.Decimals)
		}
		var err error
		row[k], err = input.Parse(text)
		require.NoError(f.t, err)
		attested = append(attested, value)
	}
	sortValues(attested)
	_, err := f.msg.Attest(f.ctx, attestMsg("taxo", subject, attested...))
	require.NoError(f.t, err)
	want, wantErr := offline.Rate(row)
	got, err := f.rate("bqdq", subject)
	if wantErr != nil {
		require.ErrorIs(f.t, err, types.ErrMissingValue)
		return 0
	}
	require.NoError(f.t, err)
	require.Equal(f.t, want.Score, got.Score)
	require.Equal(f.t, want.PDPpm, got.PdPpm)
	require.Equal(f.t, offline.Scale().Grades[want.Grade].Name, got.Grade)
	require.Len(f.t, got.Reasons, len(want.Reasons))
	for k, reason := range want.Reasons {
		require.Equal(f.t, types.Reason{Code: reason.Code, Contribution: reason.Contribution}, got.Reasons[k])
	}
	return 1
}
