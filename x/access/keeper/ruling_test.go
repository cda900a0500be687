package keeper_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/x/access/types"
)

func TestARulingEndsASuspensionAndNothingElse(t *testing.T) {
	f := newFixture(t)
	require.ErrorIs(t, f.keeper.ReinstateByRuling(f.ctx, "acme"), types.ErrInvalidStatus, "who is active is not made active")
	require.ErrorIs(t, f.keeper.ReinstateByRuling(f.ctx, "nobody"), types.ErrPartyNotFound)
	require.NoError(t, f.setPartyStatus("BQDQ admin", "acme", types.MemberStatus_MEMBER_STATUS_SUSPENDED))
	require.NoError(t, f.keeper.ReinstateByRuling(f.ctx, "acme"))
	require.NoError(t, f.setPartyStatus("BQDQ admin", "acme", types.MemberStatus_MEMBER_STATUS_CLOSED))
	require.ErrorIs(t, f.keeper.ReinstateByRuling(f.ctx, "acme"), types.ErrInvalidStatus, "closed is final")
}

func TestAConsentForACaseIsOneLikeAnyOtherAndEndsOnce(t *testing.T) {
	s := newSharing(t)
	consent := types.Consent{
		Subject: member("BQDQ", "acme"), Grantee: member("CNCN", ""), Purposes: []types.Purpose{types.Purpose_PURPOSE_DISPUTE}, Level: 3,
		ExpiresAt: s.ctx.BlockTime().Add(time.Hour),
	}
	dispute := func(sharing *types.Sharing) { sharing.Purpose = types.Purpose_PURPOSE_DISPUTE }
	_, err := s.check(dispute)
	require.ErrorIs(t, err, types.ErrConsentMissing)
	number, err := s.keeper.ConsentForCase(s.ctx, consent)
	require.NoError(t, err)
	_, err = s.check(dispute)
	require.NoError(t, err)
	require.NoError(t, s.keeper.WithdrawByRuling(s.ctx, number))
	_, err = s.check(dispute)
	require.ErrorIs(t, err, types.ErrConsentEnded)
	require.ErrorIs(t, s.keeper.WithdrawByRuling(s.ctx, number), types.ErrConsentEnded)

	own := consent
	own.Grantee = member("BQDQ", "")
	_, err = s.keeper.ConsentForCase(s.ctx, own)
	require.ErrorIs(t, err, types.ErrInvalidConsent, "its own bank needs none")
	consent.ExpiresAt = s.ctx.BlockTime()
	_, err = s.keeper.ConsentForCase(s.ctx, consent)
	require.ErrorIs(t, err, types.ErrInvalidConsent)
}
