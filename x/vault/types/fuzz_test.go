package types_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/x/vault/types"
)

// FuzzMessages: whatever bytes come in, validation answers. What it lets through keeps its bounds.
func FuzzMessages(f *testing.F) {
	good := put()
	seed, err := good.Marshal()
	require.NoError(f, err)
	f.Add(seed)
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, raw []byte) {
		var put types.MsgPut
		if put.Unmarshal(raw) == nil && put.Validate() == nil {
			require.LessOrEqual(t, len(put.Envelope.Ciphertext), types.MaxInlineBytes)
			require.NotEmpty(t, put.Envelope.Keys)
			require.Equal(t, len(put.OutsideDigest) == 0, len(put.Envelope.Ciphertext) != 0, "inline or outside")
		}
		var share types.MsgShare
		if share.Unmarshal(raw) == nil && share.Validate() == nil {
			require.LessOrEqual(t, len(share.Keys), types.MaxKeysPerReader)
		}
		var key types.MsgRegisterKey
		if key.Unmarshal(raw) == nil && key.Validate() == nil {
			require.NoError(t, key.PublicKey.Validate())
		}
		for _, message := range []interface {
			Unmarshal([]byte) error
			Validate() error
		}{&types.MsgRevokeKey{}, &types.MsgRequestAccess{}, &types.MsgRevoke{}, &types.MsgUpdateParams{}} {
			if message.Unmarshal(raw) == nil {
				_ = message.Validate()
			}
		}
		var state types.GenesisState
		if state.Unmarshal(raw) == nil {
			_ = state.Validate()
		}
	})
}
