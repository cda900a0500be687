package keeper

import (
	"context"
	"time"

	"cosmossdk.io/collections"
	collcodec "cosmossdk.io/collections/codec"
	corestore "cosmossdk.io/core/store"

	"github.com/cosmos/cosmos-sdk/codec"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/gogoproto/proto"

	"github.com/zhilian-network/zhilian/x/vault/types"
)

type (
	// numberOfMemberKey is (institution, party or empty, number): a prefix of two lists those of one member.
	numberOfMemberKey = collections.Triple[string, string, uint64]
	// keyOfMemberKey is (member, when registered, key id).
	keyOfMemberKey = collections.Triple[string, time.Time, []byte]
	// activeKeyKey is (member, suite).
	activeKeyKey = collections.Pair[string, int32]
	// shareKey is (record, reader).
	shareKey = collections.Pair[uint64, string]
	// pendingKey is (reader, record).
	pendingKey = collections.Pair[string, uint64]
	// trailKey is (record, sequence).
	trailKey = collections.Pair[uint64, uint64]
	// expiryKey is (when, request).
	expiryKey = collections.Pair[time.Time, uint64]
)

// Keeper holds sealed records.
type Keeper struct {
	access    Access
	authority string

	params collections.Item[types.Params]

	keys collections.Map[[]byte, types.EncryptionKey]
	// keysOfMember lists a member's keys as they came.
	keysOfMember collections.KeySet[keyOfMemberKey]
	activeKeys   collections.Map[activeKeyKey, []byte]

	// records have no ciphertexts: those stand in a collection of their own, so that lists need not read
	// them and a change of status does not write them.
	records     collections.Map[uint64, types.Record]
	nextRecord  collections.Sequence
	ciphertexts collections.Map[uint64, []byte]
	ofSubject   collections.KeySet[numberOfMemberKey]
	inlineBytes collections.Map[string, uint64]
	// recordCounts counts the records about each member, erased ones included.
	recordCounts collections.Map[string, uint64]

	shares collections.Map[shareKey, types.Share]

	requests          collections.Map[uint64, types.AccessRequest]
	nextRequest       collections.Sequence
	requestsOfSubject collections.KeySet[numberOfMemberKey]
	// pending holds what a reader asked for and may not ask for again yet: it is open, or was refused.
	pending      collections.Map[pendingKey, uint64]
	requestQueue collections.KeySet[expiryKey]

	trail        collections.Map[trailKey, types.TrailEntry]
	trailLengths collections.Map[uint64, uint64]
}

// NewKeeper builds the vault over its store; authority is the bech32 address of collective decisions. It
// panics if the schema is wrong, at start.
func NewKeeper(cdc codec.BinaryCodec, store corestore.KVStoreService, access Access, authority string) *Keeper {
	sb := collections.NewSchemaBuilder(store)
	k := &Keeper{
		access:    access,
		authority: authority,

		params: collections.NewItem(sb, types.ParamsPrefix, "params", codec.CollValue[types.Params](cdc)),

		keys: collections.NewMap(sb, types.EncryptionKeysPrefix, "encryption_keys", collections.BytesKey, codec.CollValue[types.EncryptionKey](cdc)),
		keysOfMember: collections.NewKeySet(sb, types.KeysOfMemberPrefix, "keys_of_member",
			collections.TripleKeyCodec(collections.StringKey, sdk.TimeKey, collections.BytesKey)),
		activeKeys: collections.NewMap(sb, types.ActiveKeysPrefix, "active_keys",
			collections.PairKeyCodec(collections.StringKey, collections.Int32Key), collections.BytesValue),

		records:      collections.NewMap(sb, types.RecordsPrefix, "records", collections.Uint64Key, codec.CollValue[types.Record](cdc)),
		nextRecord:   collections.NewSequence(sb, types.NextRecordPrefix, "next_record"),
		ciphertexts:  collections.NewMap(sb, types.CiphertextsPrefix, "ciphertexts", collections.Uint64Key, collections.BytesValue),
		ofSubject:    collections.NewKeySet(sb, types.RecordsOfSubjectPrefix, "records_of_subject", numberOfMemberCodec()),
		recordCounts: collections.NewMap(sb, types.RecordCountsPrefix, "record_counts", collections.StringKey, collections.Uint64Value),
		inlineBytes:  collections.NewMap(sb, types.InlineBytesPrefix, "inline_bytes", collections.StringKey, collections.Uint64Value),

		shares: collections.NewMap(sb, types.SharesPrefix, "shares",
			collections.PairKeyCodec(collections.Uint64Key, collections.StringKey), codec.CollValue[types.Share](cdc)),

		requests:          collections.NewMap(sb, types.RequestsPrefix, "requests", collections.Uint64Key, codec.CollValue[types.AccessRequest](cdc)),
		nextRequest:       collections.NewSequence(sb, types.NextRequestPrefix, "next_request"),
		requestsOfSubject: collections.NewKeySet(sb, types.RequestsOfSubjectPrefix, "requests_of_subject", numberOfMemberCodec()),
		pending: collections.NewMap(sb, types.PendingRequestsPrefix, "pending_requests",
			collections.PairKeyCodec(collections.StringKey, collections.Uint64Key), collections.Uint64Value),
		requestQueue: collections.NewKeySet(sb, types.RequestQueuePrefix, "request_queue",
			collections.PairKeyCodec(sdk.TimeKey, collections.Uint64Key)),

		trail: collections.NewMap(sb, types.TrailPrefix, "trail",
			collections.PairKeyCodec(collections.Uint64Key, collections.Uint64Key), codec.CollValue[types.TrailEntry](cdc)),
		trailLengths: collections.NewMap(sb, types.TrailLengthsPrefix, "trail_lengths", collections.Uint64Key, collections.Uint64Value),
	}
	if _, err := sb.Build(); err != nil {
		panic(err)
	}
	return k
}

func numberOfMemberCodec() collcodec.KeyCodec[numberOfMemberKey] {
	return collections.TripleKeyCodec(collections.StringKey, collections.StringKey, collections.Uint64Key)
}

// emit adds an event to the transaction; if it cannot, the transaction fails.
func emit(ctx context.Context, event proto.Message) error {
	return sdk.UnwrapSDKContext(ctx).EventManager().EmitTypedEvent(event)
}
