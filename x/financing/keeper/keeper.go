package keeper

import (
	"context"
	"time"

	"cosmossdk.io/collections"
	"cosmossdk.io/core/address"
	corestore "cosmossdk.io/core/store"

	"github.com/cosmos/cosmos-sdk/codec"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/gogoproto/proto"

	"github.com/zhilian-network/zhilian/x/financing/domain"
	"github.com/zhilian-network/zhilian/x/financing/types"
)

type (
	// dueKey is (when in seconds since 1970, kind, number): the queue is in this order.
	dueKey = collections.Triple[int64, uint32, uint64]
	// itemKey is (kind, number).
	itemKey = collections.Pair[uint32, uint64]
)

// Keeper holds receivables and what they are financed with. Units are in the ledger, money is settlement's.
type Keeper struct {
	Deps
	addresses address.Codec
	authority string

	params collections.Item[types.Params]
	// due is what a block looks at, and when.
	due   collections.KeySet[dueKey]
	stuck collections.Map[itemKey, types.Stuck]

	receivableState
	requestState
	loanState
	facilityState
}

// NewKeeper builds financing over its store; authority is the bech32 address of collective decisions. It
// panics if the schema is wrong, at start.
func NewKeeper(cdc codec.BinaryCodec, store corestore.KVStoreService, addresses address.Codec, deps Deps, authority string) *Keeper {
	sb := collections.NewSchemaBuilder(store)
	k := &Keeper{
		Deps: deps, addresses: addresses, authority: authority,
		params: collections.NewItem(sb, types.ParamsPrefix, "params", codec.CollValue[types.Params](cdc)),
		due: collections.NewKeySet(sb, types.DuePrefix, "due",
			collections.TripleKeyCodec(collections.Int64Key, collections.Uint32Key, collections.Uint64Key)),
		stuck: collections.NewMap(sb, types.StuckPrefix, "stuck",
			collections.PairKeyCodec(collections.Uint32Key, collections.Uint64Key), codec.CollValue[types.Stuck](cdc)),
		receivableState: newReceivableState(cdc, sb),
		requestState:    newRequestState(cdc, sb),
		loanState:       newLoanState(cdc, sb),
		facilityState:   newFacilityState(cdc, sb),
	}
	if _, err := sb.Build(); err != nil {
		panic(err)
	}
	return k
}

func blockTime(ctx context.Context) time.Time { return sdk.UnwrapSDKContext(ctx).BlockTime() }

// calendar counts the network's business days.
func (k *Keeper) calendar(ctx context.Context) (domain.Calendar, error) {
	params, err := k.params.Get(ctx)
	return domain.NewCalendar(params.BusinessDaySeconds), err
}

// emit adds an event to the transaction; if it cannot, the transaction fails.
func emit(ctx context.Context, event proto.Message) error {
	return sdk.UnwrapSDKContext(ctx).EventManager().EmitTypedEvent(event)
}
