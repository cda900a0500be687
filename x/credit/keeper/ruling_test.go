package keeper_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/x/credit/types"
	vaulttypes "github.com/zhilian-network/zhilian/x/vault/types"
)

func TestARulingCorrectsWhatWasAttestedAndEndsWhatRestedOnIt(t *testing.T) {
	f := newFixture(t)
	f.champion()
	wrong := f.attest("taxo", number("debt", 2, 9_000_00), number("equity", 2, 1_000_00)).AttestationId
	bad, err := f.rate("acme", acme)
	require.NoError(t, err)

	right := number("debt", 2, 500_00)
	corrected, err := f.keeper.CorrectByRuling(f.ctx, wrong, types.Correction{Values: []types.InputValue{right}})
	require.NoError(t, err)
	require.Equal(t, types.AttestationRevoked, f.attestation(wrong).Attestation.Status)
	require.False(t, f.rated(bad.Id).Valid, "a rating on wrong values is over")
	stored := f.attestation(corrected)
	require.True(t, stored.InForce)
	require.Equal(t, wrong, stored.Attestation.Corrects)
	require.Equal(t, []types.InputValue{right, number("equity", 2, 1_000_00)}, stored.Attestation.Values)
	good, err := f.keeper.RateByRuling(f.ctx, "acme", acme, bad.Product)
	require.NoError(t, err)
	require.Less(t, f.rated(good).Rating.PdPpm, bad.PdPpm)
	f.requireSound()
	f.requireSameAfterGenesis()

	_, err = f.keeper.CorrectByRuling(f.ctx, wrong, types.Correction{Values: []types.InputValue{right}})
	require.ErrorIs(t, err, types.ErrAttestationEnded, "once")
	require.NoError(t, f.keeper.RevokeAttestationByRuling(f.ctx, corrected))
	require.False(t, f.rated(good).Valid)
}

func TestWhatWasNotAttestedInTheOpenIsNotCorrected(t *testing.T) {
	f := newFixture(t)
	f.attest("taxo", number("sales", 0, 1))
	check := func(id uint64, values ...types.InputValue) error {
		return f.keeper.CheckCorrection(f.ctx, f.attestation(id).Attestation, types.Correction{Values: values})
	}
	require.NoError(t, check(1, number("sales", 0, 2)))
	require.ErrorIs(t, check(1, number("staff", 0, 2)), types.ErrInvalidValue, "nobody's ruling makes a provider say more")
	require.Error(t, check(1), "a correction of nothing")
	sealed := f.attestSealed("cust", number("debt", 0, 1))
	require.ErrorIs(t, check(sealed, number("debt", 0, 2)), types.ErrInvalidAttestation)
}

// Sealed values are corrected by the commitment that was voted on: what a reader opens has to be what that says.
func TestARulingCorrectsSealedValuesByTheirCommitment(t *testing.T) {
	f := newFixture(t)
	f.champion()
	wrong, right := []types.InputValue{number("debt", 2, 9_000_00), number("equity", 2, 1_000_00)}, []types.InputValue{number("debt", 2, 500_00), number("equity", 2, 1_000_00)}
	old := f.attestSealed("taxo", wrong...)
	attested := f.attestation(old).Attestation
	correction := types.Correction{RecordID: f.seal(), Commitment: types.Commitment(attested.ProviderId, acme, year, right, salt)}
	require.NoError(t, f.keeper.CheckCorrection(f.ctx, attested, correction))
	number, err := f.keeper.CorrectByRuling(f.ctx, old, correction)
	require.NoError(t, err)
	require.Equal(t, types.AttestationRevoked, f.attestation(old).Attestation.Status)
	stored := f.attestation(number)
	require.True(t, stored.InForce)
	require.Equal(t, old, stored.Attestation.Corrects)
	require.Equal(t, []any{attested.ProviderId, attested.Period, attested.ExpiresAt}, []any{stored.Attestation.ProviderId, stored.Attestation.Period, stored.Attestation.ExpiresAt})
	require.Equal(t, correction.Commitment, stored.Attestation.Commitment)
	require.Equal(t, correction.RecordID, stored.Attestation.RecordId)
	require.Empty(t, stored.Attestation.Values, "nothing was opened")
	f.requireSound()
	f.requireSameAfterGenesis()

	f.consent(acme, "HZHZ", rating, 4)
	f.consent(acme, "JZWB", dispute, 4)
	rated, err := f.publish("hzhz", -2_800_000, itsReasons, number)
	require.NoError(t, err)
	_, err = f.open("third", rated, []types.Opening{{AttestationId: number, Values: wrong, Salt: salt}})
	require.ErrorIs(t, err, types.ErrCommitment, "the old values are not what it says")
	_, err = f.open("third", rated, []types.Opening{{AttestationId: number, Values: right, Salt: salt}})
	require.NoError(t, err)
}

func TestACorrectionOfSealedValuesThatCouldNotStandIsRefused(t *testing.T) {
	f := newFixture(t)
	sealed := f.attestSealed("taxo", number("debt", 0, 1))
	attested := f.attestation(sealed).Attestation
	open := f.attest("cust", number("sales", 0, 1)).AttestationId
	erased, elsewhere, forDispute := f.seal(), f.seal(), f.seal()
	f.vault[erased] = func(r vaulttypes.Record) vaulttypes.Record { r.Status = vaulttypes.RecordErased; return r }(f.vault[erased])
	f.vault[elsewhere] = func(r vaulttypes.Record) vaulttypes.Record { r.Subject.PartyId = "beta"; return r }(f.vault[elsewhere])
	f.vault[forDispute] = func(r vaulttypes.Record) vaulttypes.Record { r.Purpose = dispute; return r }(f.vault[forDispute])
	other := make([]byte, types.CommitmentLength)
	for name, row := range map[string]struct {
		of         uint64
		correction types.Correction
		err        error
	}{
		"open values for sealed ones":   {sealed, types.Correction{Values: []types.InputValue{number("debt", 0, 2)}}, types.ErrInvalidAttestation},
		"sealed values for open ones":   {open, types.Correction{RecordID: f.seal(), Commitment: other}, types.ErrInvalidAttestation},
		"both":                          {sealed, types.Correction{RecordID: f.seal(), Commitment: other, Values: []types.InputValue{number("debt", 0, 2)}}, types.ErrInvalidAttestation},
		"a record without a commitment": {sealed, types.Correction{RecordID: f.seal()}, types.ErrInvalidAttestation},
		"a commitment without a record": {sealed, types.Correction{Commitment: other}, types.ErrInvalidAttestation},
		"a short commitment":            {sealed, types.Correction{RecordID: f.seal(), Commitment: other[1:]}, types.ErrInvalidAttestation},
		"the same commitment":           {sealed, types.Correction{RecordID: f.seal(), Commitment: attested.Commitment}, types.ErrInvalidAttestation},
		"the same record":               {sealed, types.Correction{RecordID: attested.RecordId, Commitment: other}, types.ErrInvalidAttestation},
		"a record that is not there":    {sealed, types.Correction{RecordID: 999, Commitment: other}, vaulttypes.ErrRecordNotFound},
		"a record that was erased":      {sealed, types.Correction{RecordID: erased, Commitment: other}, types.ErrSealedRecord},
		"a record about somebody else":  {sealed, types.Correction{RecordID: elsewhere, Commitment: other}, types.ErrSealedRecord},
		"a record for another purpose":  {sealed, types.Correction{RecordID: forDispute, Commitment: other}, types.ErrSealedRecord},
	} {
		require.ErrorIs(t, f.keeper.CheckCorrection(f.ctx, f.attestation(row.of).Attestation, row.correction), row.err, name)
		before := f.attestation(row.of)
		branch, _ := f.ctx.CacheContext()
		_, err := f.keeper.CorrectByRuling(branch, row.of, row.correction)
		require.ErrorIs(t, err, row.err, name)
		require.Equal(t, before, f.attestation(row.of), name)
	}
}
