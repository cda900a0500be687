package keeper

import (
	"bytes"
	"sync/atomic"

	collcodec "cosmossdk.io/collections/codec"

	"github.com/cosmos/cosmos-sdk/codec"

	"github.com/zhilian-network/zhilian/x/access/types"
)

// settingsCodec decodes the settings anew only if their bytes are others than before: every payment of a
// party reads them, and they change a few times a year. What it returns is shared, nobody writes to it.
type settingsCodec struct {
	collcodec.ValueCodec[types.Params]
	last atomic.Pointer[decodedSettings]
}

type decodedSettings struct {
	encoded []byte
	params  types.Params
}

func newSettingsCodec(cdc codec.BinaryCodec) *settingsCodec {
	return &settingsCodec{ValueCodec: codec.CollValue[types.Params](cdc)}
}

// Decode is safe for the queries that run beside a block.
func (c *settingsCodec) Decode(encoded []byte) (types.Params, error) {
	if last := c.last.Load(); last != nil && bytes.Equal(last.encoded, encoded) {
		return last.params, nil
	}
	params, err := c.ValueCodec.Decode(encoded)
	if err != nil {
		return params, err
	}
	c.last.Store(&decodedSettings{encoded: bytes.Clone(encoded), params: params})
	return params, nil
}
