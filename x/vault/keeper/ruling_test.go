package keeper_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/x/vault/types"
)

func TestARulingTakesAReadersShareAway(t *testing.T) {
	f := newFixture(t)
	record := f.put()
	f.access.consent(party("acme"), bank("HZHZ"), 1, start.AddDate(1, 0, 0))
	require.NoError(t, f.share("acme", record, "hzhz", 0))
	has, err := f.keeper.HasShare(f.ctx, record, bank("HZHZ"))
	require.NoError(t, err)
	require.True(t, has)
	require.NoError(t, f.keeper.RevokeByRuling(f.ctx, record, bank("HZHZ")))
	has, err = f.keeper.HasShare(f.ctx, record, bank("HZHZ"))
	require.NoError(t, err)
	require.False(t, has)
	require.ErrorIs(t, f.keeper.RevokeByRuling(f.ctx, record, bank("HZHZ")), types.ErrShareNotFound)
	f.requireSound()

	whole, err := f.keeper.NewestTrail(f.ctx, record, 100)
	require.NoError(t, err)
	newest, err := f.keeper.NewestTrail(f.ctx, record, 2)
	require.NoError(t, err)
	require.Equal(t, whole[len(whole)-2:], newest)
	require.Equal(t, types.TrailRevoked, newest[1].Kind)
	require.Empty(t, newest[1].Operator, "a ruling did it, and no operator")
}
