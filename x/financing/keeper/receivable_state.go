package keeper

import (
	"cosmossdk.io/collections"

	"github.com/cosmos/cosmos-sdk/codec"

	"github.com/zhilian-network/zhilian/x/financing/types"
)

// receivableState is the part of the store that knows receivables.
type receivableState struct {
	receivables    collections.Map[uint64, types.Receivable]
	nextReceivable collections.Sequence
}

func newReceivableState(cdc codec.BinaryCodec, sb *collections.SchemaBuilder) receivableState {
	return receivableState{
		receivables: collections.NewMap(sb, types.ReceivablesPrefix, "receivables",
			collections.Uint64Key, codec.CollValue[types.Receivable](cdc)),
		nextReceivable: collections.NewSequence(sb, types.NextReceivablePrefix, "next_receivable"),
	}
}
