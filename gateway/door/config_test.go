package door_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/gateway/door"
)

type options map[string]any

func (o options) Get(key string) any { return o[key] }

func TestModes(t *testing.T) {
	for name, c := range map[string]struct {
		set  options
		want door.Modes
	}{
		"nothing set, no listeners": {nil, door.Modes{REST: true}},
		"local listeners": {
			options{"grpc.address": "localhost:9090", "rpc.laddr": "tcp://127.0.0.1:26657", "api.address": "tcp://localhost:1317"},
			door.Modes{REST: true},
		},
		"open listeners": {
			options{"grpc.address": "0.0.0.0:9090", "rpc.laddr": "tcp://0.0.0.0:26657", "door.abci": "token"},
			door.Modes{REST: true, GRPC: true, ABCI: true},
		},
		"IPv6":              {options{"grpc.address": "[::1]:9090", "rpc.laddr": "tcp://[::1]:26657"}, door.Modes{REST: true}},
		"a name":            {options{"grpc.address": "node.bank.example:9090"}, door.Modes{REST: true, GRPC: true}},
		"no host":           {options{"grpc.address": ":9090"}, door.Modes{REST: true, GRPC: true}},
		"unix socket":       {options{"rpc.laddr": "unix:///run/zhiliand.sock"}, door.Modes{REST: true}},
		"open by setting":   {options{"door.rest": "open", "door.grpc": "open", "grpc.address": "0.0.0.0:9090"}, door.Modes{}},
		"closed by setting": {options{"door.grpc": "token", "door.abci": "token"}, door.Modes{REST: true, GRPC: true, ABCI: true}},
	} {
		got, err := door.ReadModes(c.set)
		require.NoError(t, err, name)
		require.Equal(t, c.want, got, name)
	}
	_, err := door.ReadModes(options{"door.rest": "closed"})
	require.ErrorContains(t, err, "door.rest")
	for _, address := range []string{"tcp://0.0.0.0:26657", "tcp://[::]:26657", "tcp://10.0.0.7:26657", ":26657"} {
		_, err = door.ReadModes(options{"rpc.laddr": address})
		require.ErrorContains(t, err, "door.abci", "%s: nobody opens blocks to others unawares", address)
	}
}

func TestTheNodeAsksItselfFreely(t *testing.T) {
	f := newFixture(t)
	own := f.door.NodeToken()
	require.NoError(t, f.door.Check(own, paymentMethod, payment("paid")))
	require.ErrorIs(t, f.newDoor(t).Check(own, paymentMethod, payment("paid")), door.ErrTokenInvalid)
	_, err := f.door.Operator(own)
	require.ErrorIs(t, err, door.ErrTokenInvalid)
}
