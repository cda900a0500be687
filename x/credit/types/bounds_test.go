package types_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/credit/engine"
	"github.com/zhilian-network/zhilian/x/credit/types"
)

func TestWhatCanBeAttestedCanBeRatedWith(t *testing.T) {
	require.EqualValues(t, engine.MaxInputs, types.MaxValues)
	require.EqualValues(t, engine.MaxNameLength, types.MaxInputNameLength)
	require.EqualValues(t, engine.MaxNameLength, types.MaxCodeLength)
	require.EqualValues(t, engine.MaxDecimals, types.MaxDecimals)
	require.EqualValues(t, engine.MaxMagnitude, types.MaxValue)
	require.EqualValues(t, engine.MaxCanonical, types.MaxModelBytes)
	require.EqualValues(t, engine.MaxGrades, types.MaxGrades)
	require.EqualValues(t, engine.MaxReasonCount, types.MaxReasons)
}

// Whatever is changed, moved from one field to the next, or left out, it is another commitment.
func TestACommitmentBindsEveryPart(t *testing.T) {
	subject := accesstypes.Member{InstitutionId: "BQDQ", PartyId: "acme"}
	year := types.Period{FirstMonth: 202501, LastMonth: 202512}
	values := []types.InputValue{{Name: "ab", Code: "c"}, {Name: "d", Decimals: 2, Value: -1}}
	salt := []byte("0123456789abcdef")
	seen := map[string]string{}
	note := func(name string, commitment []byte) {
		require.Len(t, commitment, types.CommitmentLength)
		require.Empty(t, seen[string(commitment)], name)
		seen[string(commitment)] = name
	}
	note("whole", types.Commitment("TAXO", subject, year, values, salt))
	note("salt", types.Commitment("TAXO", subject, year, values, []byte("0123456789abcdeg")))
	note("no salt", types.Commitment("TAXO", subject, year, values, nil))
	note("provider", types.Commitment("TAXP", subject, year, values, salt))
	note("salt that runs into the provider", types.Commitment("TAXO"[1:], subject, year, values, append([]byte("0123456789abcdef"), 'T')))
	note("subject", types.Commitment("TAXO", accesstypes.Member{InstitutionId: "BQDQ", PartyId: "acm"}, year, values, salt))
	note("period", types.Commitment("TAXO", subject, types.Period{FirstMonth: 202502, LastMonth: 202512}, values, salt))
	note("no values", types.Commitment("TAXO", subject, year, nil, salt))
	note("name that runs into the code", types.Commitment("TAXO", subject, year, []types.InputValue{{Name: "a", Code: "bc"}, values[1]}, salt))
	note("decimals", types.Commitment("TAXO", subject, year, []types.InputValue{values[0], {Name: "d", Decimals: 3, Value: -1}}, salt))
	note("value", types.Commitment("TAXO", subject, year, []types.InputValue{values[0], {Name: "d", Decimals: 2, Value: 1}}, salt))
}

func TestSettingsThatAreRefused(t *testing.T) {
	require.NoError(t, types.DefaultParams().Validate())
	for name, change := range map[string]func(*types.Params){
		"words out of order":     func(p *types.Params) { p.ProtectedInputs = []string{"b", "a"} },
		"a word twice":           func(p *types.Params) { p.ProtectedInputs = []string{"a", "a"} },
		"an empty word":          func(p *types.Params) { p.ProtectedInputs = []string{""} },
		"a capital":              func(p *types.Params) { p.ProtectedInputs = []string{"Gender"} },
		"a word with two _":      func(p *types.Params) { p.ProtectedInputs = []string{"a__b"} },
		"too many words":         func(p *types.Params) { p.ProtectedInputs = make([]string, types.MaxProtectedInputs+1) },
		"a lifetime of an hour":  func(p *types.Params) { p.AttestationLifetimeMax = 3_600_000_000_000 },
		"no endorsement":         func(p *types.Params) { p.EndorsementsNeeded = 0 },
		"21 endorsements":        func(p *types.Params) { p.EndorsementsNeeded = 21 },
		"one rating kept":        func(p *types.Params) { p.RatingsKept = 1 },
		"a rating for an hour":   func(p *types.Params) { p.RatingLifetimeMax = 3_600_000_000_000 },
		"no bad rows":            func(p *types.Params) { p.BadRowsMin = 0 },
		"a wide tolerance":       func(p *types.Params) { p.TolerancePpm = types.MaxTolerancePpm + 1 },
		"any population":         func(p *types.Params) { p.PsiMaxPpm = types.MaxPsiPpm + 1 },
		"retention of a century": func(p *types.Params) { p.Retention = types.MaxRetention + 1 },
	} {
		params := types.DefaultParams()
		change(&params)
		require.ErrorIs(t, params.Validate(), types.ErrInvalidParams, name)
	}
}
