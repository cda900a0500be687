package keeper

import (
	"context"
	"time"

	"github.com/cosmos/gogoproto/proto"

	"cosmossdk.io/collections"
	"cosmossdk.io/core/address"
	corestore "cosmossdk.io/core/store"

	"github.com/cosmos/cosmos-sdk/codec"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/zhilian-network/zhilian/x/consortium/types"
)

// Keeper owns the validators and the collective decisions.
type Keeper struct {
	cdc                codec.Codec
	consensusAddresses address.Codec
	institutions       Institutions
	router             MessageRouter
	authority          string
	authorityBytes     []byte

	params     collections.Item[types.Params]
	validators collections.Map[string, types.Validator]
	// consensusKeys holds every key ever used, by consensus address, and never forgets one.
	consensusKeys collections.Map[[]byte, types.ConsensusKey]
	downtimes     collections.Map[string, types.Downtime]
	// pendingUpdates holds the keys whose power may have changed in this block, with the power that
	// CometBFT knows. It is empty between blocks.
	pendingUpdates collections.Map[[]byte, int64]
	nextProposalID collections.Sequence
	proposals      collections.Map[uint64, types.Proposal]
	votes          collections.Map[collections.Pair[uint64, string], types.Vote]
	// openProposals is the expiry queue: open proposals by the time they expire, with the
	// institution that proposed.
	openProposals collections.Map[collections.Pair[time.Time, uint64], string]
	// keyTypes holds the types of consensus keys that CometBFT takes at the end of this block, with commas
	// between them. A network that has always had the default has no record.
	keyTypes collections.Item[string]
}

// NewKeeper builds the keeper. The authority is the address, bech32, that collective decisions act
// with. It panics if the authority is no address or the store's schema is inconsistent.
func NewKeeper(
	cdc codec.Codec,
	store corestore.KVStoreService,
	addresses, consensusAddresses address.Codec,
	institutions Institutions,
	router MessageRouter,
	authority string,
) *Keeper {
	authorityBytes, err := addresses.StringToBytes(authority)
	if err != nil {
		panic(err)
	}
	sb := collections.NewSchemaBuilder(store)
	k := &Keeper{
		cdc:                cdc,
		consensusAddresses: consensusAddresses,
		institutions:       institutions,
		router:             router,
		authority:          authority,
		authorityBytes:     authorityBytes,
		params:             collections.NewItem(sb, types.ParamsPrefix, "params", codec.CollValue[types.Params](cdc)),
		validators: collections.NewMap(sb, types.ValidatorsPrefix, "validators",
			collections.StringKey, codec.CollValue[types.Validator](cdc)),
		consensusKeys: collections.NewMap(sb, types.ConsensusKeysPrefix, "consensus_keys",
			collections.BytesKey, codec.CollValue[types.ConsensusKey](cdc)),
		downtimes: collections.NewMap(sb, types.DowntimesPrefix, "downtimes",
			collections.StringKey, codec.CollValue[types.Downtime](cdc)),
		pendingUpdates: collections.NewMap(sb, types.PendingUpdatesPrefix, "pending_updates",
			collections.BytesKey, collections.Int64Value),
		nextProposalID: collections.NewSequence(sb, types.NextProposalIDPrefix, "next_proposal_id"),
		proposals: collections.NewMap(sb, types.ProposalsPrefix, "proposals",
			collections.Uint64Key, codec.CollValue[types.Proposal](cdc)),
		votes: collections.NewMap(sb, types.VotesPrefix, "votes",
			collections.PairKeyCodec(collections.Uint64Key, collections.StringKey), codec.CollValue[types.Vote](cdc)),
		openProposals: collections.NewMap(sb, types.OpenProposalsPrefix, "open_proposals",
			collections.PairKeyCodec(sdk.TimeKey, collections.Uint64Key), collections.StringValue),
		keyTypes: collections.NewItem(sb, types.KeyTypesPrefix, "key_types", collections.StringValue),
	}
	if _, err := sb.Build(); err != nil {
		panic(err)
	}
	return k
}

func blockTime(ctx context.Context) time.Time {
	return sdk.UnwrapSDKContext(ctx).BlockTime()
}

func emit(ctx context.Context, event proto.Message) error {
	return sdk.UnwrapSDKContext(ctx).EventManager().EmitTypedEvent(event)
}
