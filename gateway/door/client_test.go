package door_test

import (
	"context"
	"encoding/hex"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"

	"github.com/cosmos/cosmos-sdk/codec"
	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	cryptocodec "github.com/cosmos/cosmos-sdk/crypto/codec"
	"github.com/cosmos/cosmos-sdk/crypto/hd"
	"github.com/cosmos/cosmos-sdk/crypto/keyring"

	"github.com/zhilian-network/zhilian/gateway/door"
	gatewaytypes "github.com/zhilian-network/zhilian/gateway/types"
)

// wire answers the door's two calls as a node does: messages go over it as bytes.
type wire struct {
	service  door.Service
	registry codectypes.InterfaceRegistry
	entered  int
}

func (w *wire) Invoke(ctx context.Context, method string, request, response any, _ ...grpc.CallOption) error {
	switch asked := request.(type) {
	case *gatewaytypes.ChallengeRequest:
		answer, err := w.service.Challenge(ctx, asked)
		if err != nil {
			return err
		}
		*response.(*gatewaytypes.ChallengeResponse) = *answer
		return nil
	case *gatewaytypes.EnterRequest:
		raw, err := asked.Marshal()
		if err != nil {
			return err
		}
		received := &gatewaytypes.EnterRequest{}
		if err := received.Unmarshal(raw); err != nil {
			return err
		}
		if err := received.UnpackInterfaces(w.registry); err != nil {
			return err
		}
		w.entered++
		answer, err := w.service.Enter(ctx, received)
		if err != nil {
			return err
		}
		*response.(*gatewaytypes.EnterResponse) = *answer
		return nil
	}
	return errors.New(method)
}

func (w *wire) NewStream(context.Context, *grpc.StreamDesc, string, ...grpc.CallOption) (grpc.ClientStream, error) {
	return nil, errors.New("no streams")
}

func TestAKeyOfAKeyringOpensTheDoor(t *testing.T) {
	f := newFixture(t)
	registry := codectypes.NewInterfaceRegistry()
	cryptocodec.RegisterInterfaces(registry)
	ring := keyring.NewInMemory(codec.NewProtoCodec(registry))
	for _, name := range []string{"acme", "stranger"} {
		require.NoError(t, ring.ImportPrivKeyHex(name, hex.EncodeToString(f.keys[name].Bytes()), string(hd.Secp256k1Type)))
	}
	node := &wire{service: door.Service{Door: f.door}, registry: registry}

	_, err := door.Reader{Keyring: ring, Name: "stranger", Address: f.address(t, "stranger")}.Open(context.Background(), node)
	require.ErrorContains(t, err, "operator is not registered")
	_, err = door.Reader{Keyring: ring, Name: "stranger", Address: f.address(t, "acme")}.Open(context.Background(), node)
	require.ErrorIs(t, err, door.ErrKeyMismatch)
	require.Equal(t, 2, node.entered)

	token, err := door.Reader{Keyring: ring, Name: "acme", Address: f.address(t, "acme")}.Open(context.Background(), node)
	require.NoError(t, err)
	require.Equal(t, f.address(t, "acme"), token.Operator)
	require.NoError(t, f.door.Check(token.Token, paymentMethod, payment("paid")))
}
