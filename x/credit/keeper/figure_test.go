package keeper_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/x/credit/types"
)

func TestAFigureIsInForceAsLongAsItsAttestationIs(t *testing.T) {
	f := newFixture(t)
	_, err := f.keeper.FigureInForce(f.ctx, acme, "debt")
	require.ErrorIs(t, err, types.ErrNoInputs)
	first := f.attest("taxo", number("debt", 2, 650))
	figure, err := f.keeper.FigureInForce(f.ctx, acme, "debt")
	require.NoError(t, err)
	require.Equal(t, number("debt", 2, 650), figure)

	f.attest("cust", number("debt", 2, 700))
	_, err = f.keeper.FigureInForce(f.ctx, acme, "debt")
	require.ErrorIs(t, err, types.ErrInputConflict)
	require.NoError(t, f.revoke("taxo", first.AttestationId))
	figure, err = f.keeper.FigureInForce(f.ctx, acme, "debt")
	require.NoError(t, err)
	require.Equal(t, int64(700), figure.Value)
	f.withdraw(acme, "CUST", rating)
	_, err = f.keeper.FigureInForce(f.ctx, acme, "debt")
	require.ErrorIs(t, err, types.ErrNoInputs, "the consent to its provider is gone")
}
