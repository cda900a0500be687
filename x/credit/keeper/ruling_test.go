package keeper_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/x/credit/types"
)

func TestARulingCorrectsWhatWasAttestedAndEndsWhatRestedOnIt(t *testing.T) {
	f := newFixture(t)
	f.champion()
	wrong := f.attest("taxo", number("debt", 2, 9_000_00), number("equity", 2, 1_000_00)).AttestationId
	bad, err := f.rate("acme", acme)
	require.NoError(t, err)

	right := number("debt", 2, 500_00)
	corrected, err := f.keeper.CorrectByRuling(f.ctx, wrong, []types.InputValue{right})
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

	_, err = f.keeper.CorrectByRuling(f.ctx, wrong, []types.InputValue{right})
	require.ErrorIs(t, err, types.ErrAttestationEnded, "once")
	require.NoError(t, f.keeper.RevokeAttestationByRuling(f.ctx, corrected))
	require.False(t, f.rated(good).Valid)
}

func TestWhatWasNotAttestedInTheOpenIsNotCorrected(t *testing.T) {
	f := newFixture(t)
	f.attest("taxo", number("sales", 0, 1))
	check := func(id uint64, values ...types.InputValue) error {
		return f.keeper.CheckCorrection(f.ctx, f.attestation(id).Attestation, values)
	}
	require.NoError(t, check(1, number("sales", 0, 2)))
	require.ErrorIs(t, check(1, number("staff", 0, 2)), types.ErrInvalidValue, "nobody's ruling makes a provider say more")
	require.Error(t, check(1), "a correction of nothing")
	sealed := f.attestSealed("cust", number("debt", 0, 1))
	require.ErrorIs(t, check(sealed, number("debt", 0, 2)), types.ErrInvalidAttestation)
}
