package domain_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/credit/domain"
	"github.com/zhilian-network/zhilian/x/credit/types"
)

var start = time.Date(2026, 11, 2, 1, 0, 0, 0, time.UTC)

func number(name string, decimals uint32, value int64) types.InputValue {
	return types.InputValue{Name: name, Decimals: decimals, Value: value}
}

func TestOnlyAnActiveAttestationEnds(t *testing.T) {
	all := []types.AttestationStatus{0, types.AttestationActive, types.AttestationRevoked, types.AttestationExpired}
	for _, from := range all {
		for _, to := range all {
			err := domain.CheckAttestationTransition(from, to)
			if from == types.AttestationActive && (to == types.AttestationRevoked || to == types.AttestationExpired) {
				require.NoError(t, err)
			} else {
				require.ErrorIs(t, err, types.ErrAttestationTransition, "%s to %s", from, to)
			}
		}
	}
}

func TestProvidersContradictEachOtherOverOneInputAndPeriod(t *testing.T) {
	year, before := types.Period{FirstMonth: 202501, LastMonth: 202512}, types.Period{FirstMonth: 202401, LastMonth: 202412}
	attested := func(id uint64, provider string, period types.Period, values ...types.InputValue) types.Attestation {
		return types.Attestation{Id: id, ProviderId: provider, Period: period, Values: values}
	}
	added := attested(0, "TAXO", year, number("sales", 1, 125), number("staff", 0, 31))
	for name, c := range map[string]struct {
		active []types.Attestation
		want   []types.Conflict
		err    error
	}{
		"nobody else":                   {nil, nil, nil},
		"another period":                {[]types.Attestation{attested(1, "CUST", before, number("sales", 0, 9))}, nil, nil},
		"another input":                 {[]types.Attestation{attested(1, "CUST", year, number("exports", 0, 9))}, nil, nil},
		"the same value, written finer": {[]types.Attestation{attested(1, "CUST", year, number("sales", 3, 12_500))}, nil, nil},
		"two others, the later first": {
			[]types.Attestation{
				attested(9, "AAAA", year, number("sales", 1, 126), number("staff", 0, 30)), attested(4, "CUST", year, number("staff", 0, 32)),
			},
			[]types.Conflict{{AttestationId: 4, Inputs: []string{"staff"}}, {AttestationId: 9, Inputs: []string{"sales", "staff"}}}, nil,
		},
		"a code and a number": {
			[]types.Attestation{attested(1, "CUST", year, types.InputValue{Name: "staff", Code: "31"})},
			[]types.Conflict{{AttestationId: 1, Inputs: []string{"staff"}}}, nil,
		},
		"the same provider, the same value":    {[]types.Attestation{attested(1, "TAXO", year, number("staff", 0, 31))}, nil, types.ErrAttestedAlready},
		"the same provider, another period":    {[]types.Attestation{attested(1, "TAXO", before, number("staff", 0, 30))}, nil, nil},
		"the same provider, sealed":            {[]types.Attestation{attested(1, "TAXO", year)}, nil, nil},
		"another provider whose are sealed":    {[]types.Attestation{attested(1, "CUST", year)}, nil, nil},
		"the same provider, with other inputs": {[]types.Attestation{attested(1, "TAXO", year, number("exports", 0, 1))}, nil, nil},
	} {
		conflicts, err := domain.Contradictions(added, c.active)
		require.ErrorIs(t, err, c.err, name)
		require.Equal(t, c.want, conflicts, name)
	}
}

func TestWhatIsNewMustBeOfTheTimeBeforeAndEndInTime(t *testing.T) {
	params := types.DefaultParams()
	good := types.Attestation{
		Subject: accesstypes.Member{InstitutionId: "BQDQ"}, Period: types.Period{FirstMonth: 202610, LastMonth: 202610},
		Values: []types.InputValue{number("sales", 0, 1)}, ExpiresAt: start.Add(time.Hour),
	}
	require.NoError(t, domain.CheckNew(good, params, start))
	for name, c := range map[string]struct {
		change func(*types.Attestation)
		want   error
	}{
		"of this month":     {func(a *types.Attestation) { a.Period.LastMonth = 202611 }, types.ErrInvalidPeriod},
		"of the next year":  {func(a *types.Attestation) { a.Period.LastMonth = 202701 }, types.ErrInvalidPeriod},
		"over already":      {func(a *types.Attestation) { a.ExpiresAt = start }, types.ErrLifetime},
		"too long":          {func(a *types.Attestation) { a.ExpiresAt = start.Add(params.AttestationLifetimeMax + 1) }, types.ErrLifetime},
		"about a protected": {func(a *types.Attestation) { a.Values = []types.InputValue{number("Owner.Gender", 0, 1)} }, types.ErrProtectedInput},
	} {
		changed := good
		c.change(&changed)
		require.ErrorIs(t, domain.CheckNew(changed, params, start), c.want, name)
	}
}

func TestProtectedWordsAreFoundInNamesAndNotInOtherWords(t *testing.T) {
	params := types.Params{ProtectedInputs: []string{"gender", "owner_age"}}
	for name, refused := range map[string]bool{
		"gender": true, "owner_gender": true, "GENDER-of.owner": true, "owner_age": true, "the+owner-age": true,
		"engender": false, "owner": false, "age_of_owner": false, "average_age": false, "owner_name_age": false,
	} {
		err := params.CheckInput(name)
		if refused {
			require.ErrorIs(t, err, types.ErrProtectedInput, name)
		} else {
			require.NoError(t, err, name)
		}
	}
}
