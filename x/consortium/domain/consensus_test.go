package domain_test

import (
	"testing"

	cmtproto "github.com/cometbft/cometbft/proto/tendermint/types"
	consensustypes "github.com/cosmos/cosmos-sdk/x/consensus/types"
	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/x/consortium/domain"
	"github.com/zhilian-network/zhilian/x/consortium/types"
)

func TestConsensusSettingsThatNoVoteCouldUndoAreRefused(t *testing.T) {
	good := func() *consensustypes.MsgUpdateParams {
		return &consensustypes.MsgUpdateParams{
			Block:     &cmtproto.BlockParams{MaxBytes: 8 << 20, MaxGas: -1},
			Validator: &cmtproto.ValidatorParams{PubKeyTypes: []string{"ed25519"}},
		}
	}
	now := []string{"ed25519"}
	require.NoError(t, domain.CheckConsensusUpdate(good(), now))
	for name, spoil := range map[string]func(*consensustypes.MsgUpdateParams){
		"another authority":     func(m *consensustypes.MsgUpdateParams) { m.Auth = &cmtproto.AuthorityParams{Authority: "zhilian1x"} },
		"no kind of key":        func(m *consensustypes.MsgUpdateParams) { m.Validator.PubKeyTypes = nil },
		"another kind of key":   func(m *consensustypes.MsgUpdateParams) { m.Validator.PubKeyTypes = []string{"secp256k1"} },
		"a kind of key twice":   func(m *consensustypes.MsgUpdateParams) { m.Validator.PubKeyTypes = []string{"ed25519", "ed25519"} },
		"one more foreign kind": func(m *consensustypes.MsgUpdateParams) { m.Validator.PubKeyTypes = []string{"ed25519", "bls12_381"} },
		"the kind in use gone":  func(m *consensustypes.MsgUpdateParams) { m.Validator.PubKeyTypes = []string{"ml_dsa_65"} },
		"no validator settings": func(m *consensustypes.MsgUpdateParams) { m.Validator = nil },
		"a limit on gas":        func(m *consensustypes.MsgUpdateParams) { m.Block.MaxGas = 1 },
		"blocks without room":   func(m *consensustypes.MsgUpdateParams) { m.Block.MaxBytes = 100 },
		"blocks full of evidence": func(m *consensustypes.MsgUpdateParams) {
			m.Block.MaxBytes, m.Evidence = 2<<20-1, &cmtproto.EvidenceParams{MaxBytes: 1 << 20}
		},
		"blocks of any size":     func(m *consensustypes.MsgUpdateParams) { m.Block.MaxBytes = -1 },
		"no settings for blocks": func(m *consensustypes.MsgUpdateParams) { m.Block = nil },
	} {
		t.Run(name, func(t *testing.T) {
			update := good()
			spoil(update)
			require.ErrorIs(t, domain.CheckConsensusUpdate(update, now), types.ErrInvalidMessages)
		})
	}
}

func TestKindsOfConsensusKeysAreAddedAndNeverTakenAway(t *testing.T) {
	for _, c := range []struct {
		now, next []string
		refused   bool
	}{
		{now: []string{"ed25519"}, next: []string{"ed25519", "ml_dsa_65"}},
		{now: []string{"ed25519"}, next: []string{"ml_dsa_65", "ed25519"}},
		{now: []string{"ml_dsa_65"}, next: []string{"ml_dsa_65"}},
		{now: []string{"ml_dsa_65"}, next: []string{"ml_dsa_65", "ed25519"}},
		{now: []string{"ml_dsa_65"}, next: []string{"ed25519"}, refused: true},
		{now: []string{"ed25519", "ml_dsa_65"}, next: []string{"ml_dsa_65"}, refused: true},
		{now: []string{"ed25519", "ml_dsa_65"}, next: []string{"ed25519"}, refused: true},
	} {
		err := domain.CheckConsensusUpdate(&consensustypes.MsgUpdateParams{
			Block:     &cmtproto.BlockParams{MaxBytes: 8 << 20, MaxGas: -1},
			Validator: &cmtproto.ValidatorParams{PubKeyTypes: c.next},
		}, c.now)
		require.Equal(t, c.refused, err != nil, "%v to %v: %v", c.now, c.next, err)
	}
}
