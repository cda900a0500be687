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
	require.NoError(t, domain.CheckConsensusUpdate(good()))
	for name, spoil := range map[string]func(*consensustypes.MsgUpdateParams){
		"another authority":      func(m *consensustypes.MsgUpdateParams) { m.Auth = &cmtproto.AuthorityParams{Authority: "zhilian1x"} },
		"no kind of key":         func(m *consensustypes.MsgUpdateParams) { m.Validator.PubKeyTypes = nil },
		"another kind of key":    func(m *consensustypes.MsgUpdateParams) { m.Validator.PubKeyTypes = []string{"secp256k1"} },
		"no validator settings":  func(m *consensustypes.MsgUpdateParams) { m.Validator = nil },
		"a limit on gas":         func(m *consensustypes.MsgUpdateParams) { m.Block.MaxGas = 1 },
		"blocks without room":    func(m *consensustypes.MsgUpdateParams) { m.Block.MaxBytes = 100 },
		"blocks of any size":     func(m *consensustypes.MsgUpdateParams) { m.Block.MaxBytes = -1 },
		"no settings for blocks": func(m *consensustypes.MsgUpdateParams) { m.Block = nil },
	} {
		t.Run(name, func(t *testing.T) {
			update := good()
			spoil(update)
			require.ErrorIs(t, domain.CheckConsensusUpdate(update), types.ErrInvalidMessages)
		})
	}
}
