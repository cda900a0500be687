package keeper

import (
	"cosmossdk.io/collections"
	"cosmossdk.io/core/address"
	corestore "cosmossdk.io/core/store"
	"cosmossdk.io/math"

	"github.com/cosmos/cosmos-sdk/codec"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/zhilian-network/zhilian/x/ledger/types"
)

// balanceKey is (address, denom). The address is plain bytes: the SDK's key type renders itself
// with the global bech32 prefix, at a cost, whenever a record is not found.
type balanceKey = collections.Pair[[]byte, string]

// Keeper holds the ledger's records.
type Keeper struct {
	addresses address.Codec
	store     corestore.KVStoreService

	denoms collections.Map[string, types.Denom]
	// Keyed by account first: what a person asks for is the balances of an account. An index by
	// denom would cost every payment a write.
	balances collections.Map[balanceKey, types.Balance]
	// Apart from the denoms, so that an issue rewrites some 20 bytes and a payment none.
	supplies collections.Map[string, math.Int]
	// What is left of each hold. Their sums stand in the balances, so that a payment reads and writes
	// nothing for them.
	holds collections.Map[holdKey, math.Int]
}

// NewKeeper builds the ledger over its store. It panics if the schema is wrong, at start.
func NewKeeper(cdc codec.BinaryCodec, store corestore.KVStoreService, addresses address.Codec) *Keeper {
	sb := collections.NewSchemaBuilder(store)
	k := &Keeper{
		addresses: addresses,
		store:     store,
		denoms:    collections.NewMap(sb, types.DenomsPrefix, "denoms", collections.StringKey, codec.CollValue[types.Denom](cdc)),
		balances: collections.NewMap(sb, types.BalancesPrefix, "balances",
			collections.PairKeyCodec(collections.BytesKey, collections.StringKey), codec.CollValue[types.Balance](cdc)),
		supplies: collections.NewMap(sb, types.SuppliesPrefix, "supplies", collections.StringKey, sdk.IntValue),
		holds: collections.NewMap(sb, types.HoldsPrefix, "holds",
			collections.QuadKeyCodec(collections.BytesKey, collections.StringKey, collections.StringKey, collections.StringKey),
			sdk.IntValue),
	}
	if _, err := sb.Build(); err != nil {
		panic(err)
	}
	return k
}
