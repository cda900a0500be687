package types_test

import (
	"testing"

	"github.com/cosmos/gogoproto/proto"
	"github.com/stretchr/testify/require"

	"github.com/cosmos/cosmos-sdk/codec"
	addresscodec "github.com/cosmos/cosmos-sdk/codec/address"
	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/x/tx/signing"

	"github.com/zhilian-network/zhilian/x/access/types"
)

func messagesCodec(t testing.TB) *codec.ProtoCodec {
	t.Helper()
	registry, err := codectypes.NewInterfaceRegistryWithOptions(codectypes.InterfaceRegistryOptions{
		ProtoFiles: proto.HybridResolver,
		SigningOptions: signing.Options{
			AddressCodec: addresscodec.NewBech32Codec("zhilian"), ValidatorAddressCodec: addresscodec.NewBech32Codec("zhilianvaloper"),
		},
	})
	require.NoError(t, err)
	types.RegisterInterfaces(registry)
	return codec.NewProtoCodec(registry)
}

func packed(t testing.TB, msg sdk.Msg) *codectypes.Any {
	t.Helper()
	holder, err := codectypes.NewAnyWithValue(msg)
	require.NoError(t, err)
	return holder
}

// nest wraps a proposal in so many others.
func nest(t testing.TB, levels int) *types.MsgProposeAction {
	t.Helper()
	msg := &types.MsgProposeAction{Messages: []*codectypes.Any{packed(t, &types.MsgSetPartyStatus{PartyId: "acme", Status: 1})}}
	for range levels {
		msg = &types.MsgProposeAction{Messages: []*codectypes.Any{packed(t, msg)}}
	}
	return msg
}

func TestTheDigestTellsEveryMessageApart(t *testing.T) {
	one := []*codectypes.Any{{TypeUrl: "/a", Value: []byte("bc")}, {TypeUrl: "/d", Value: nil}}
	seen := map[string]string{}
	for name, messages := range map[string][]*codectypes.Any{
		"as it is":                one,
		"in another order":        {one[1], one[0]},
		"without the last":        one[:1],
		"a byte moved to the URL": {{TypeUrl: "/ab", Value: []byte("c")}, one[1]},
		"another value":           {{TypeUrl: "/a", Value: []byte("bd")}, one[1]},
		"two joined":              {{TypeUrl: "/a", Value: []byte("bc/d")}},
		"none":                    nil,
	} {
		digest := string(types.ActionDigest(messages))
		require.Len(t, digest, types.ActionDigestLength)
		require.Empty(t, seen[digest], "%s is like %s", name, seen[digest])
		seen[digest] = name
	}
}

func TestKeyRotationBytesTellTheirPartsApart(t *testing.T) {
	one := types.KeyRotationBytes("chain", []byte("old"), []byte("new"))
	require.NotEqual(t, one, types.KeyRotationBytes("chaino", []byte("ld"), []byte("new")))
	require.NotEqual(t, one, types.KeyRotationBytes("chain", []byte("oldn"), []byte("ew")))
	require.NotEqual(t, one, types.KeyRotationBytes("chain", []byte("new"), []byte("old")))
}

func FuzzProposedActionsAreDecodedOrRefused(f *testing.F) {
	cdc := messagesCodec(f)
	for _, levels := range []int{0, 1, 5, 30} {
		raw, err := nest(f, levels).Marshal()
		require.NoError(f, err)
		f.Add(raw)
	}
	f.Add([]byte{0x12, 0x00})
	f.Fuzz(func(t *testing.T, raw []byte) {
		var msg types.MsgProposeAction
		if err := cdc.Unmarshal(raw, &msg); err != nil {
			return
		}
		if err := msg.Validate(); err != nil {
			return
		}
		require.NotEmpty(t, msg.Messages)
		for _, message := range msg.Messages {
			require.False(t, types.IsAboutActions(message.TypeUrl))
			require.Implements(t, (*sdk.Msg)(nil), message.GetCachedValue())
		}
		// What is decoded and written again is approved by the same digest.
		again, err := cdc.Marshal(&msg)
		require.NoError(t, err)
		var reread types.MsgProposeAction
		require.NoError(t, cdc.Unmarshal(again, &reread))
		require.Equal(t, types.ActionDigest(msg.Messages), types.ActionDigest(reread.Messages))
	})
}
