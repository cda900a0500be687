package keeper

import (
	"context"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"cosmossdk.io/collections"
	collcodec "cosmossdk.io/collections/codec"
	corestore "cosmossdk.io/core/store"

	"github.com/cosmos/cosmos-sdk/codec"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/gogoproto/proto"

	"github.com/zhilian-network/zhilian/x/credit/engine"
	"github.com/zhilian-network/zhilian/x/credit/types"
)

type (
	// numberOfMemberKey is (institution, party or empty, number): a prefix of two lists those of one member.
	numberOfMemberKey = collections.Triple[string, string, uint64]
	// activeKey is (subject, provider, attestation).
	activeKey = collections.Triple[string, string, uint64]
	// dueKey is (when, attestation).
	dueKey = collections.Pair[time.Time, uint64]
	// enrolmentDueKey is (when, subject in one word).
	enrolmentDueKey = collections.Pair[time.Time, string]
	// flowKey is (month, subject in one word, currency): the oldest month comes first.
	flowKey = collections.Triple[uint32, string, string]
	// disputeKey is (month, subject in one word).
	disputeKey = collections.Pair[uint32, string]
	// productKey is (product, model).
	productKey = collections.Pair[string, uint64]
)

// Keeper holds what credit is rated on.
type Keeper struct {
	access    Access
	vault     SealedRecords
	authority string

	params collections.Item[types.Params]

	attestations          collections.Map[uint64, types.Attestation]
	nextAttestation       collections.Sequence
	attestationsOfSubject collections.KeySet[numberOfMemberKey]
	// activeAttestations lists those whose status is active.
	activeAttestations collections.KeySet[activeKey]
	// attestationQueue is when an active attestation expires, and when one that has ended is forgotten.
	attestationQueue collections.KeySet[dueKey]

	models          collections.Map[uint64, types.ModelEntry]
	nextModel       collections.Sequence
	modelsOfProduct collections.KeySet[productKey]
	champions       collections.Map[string, uint64]
	// modelCounts is how many entries an institution has ever registered.
	modelCounts collections.Map[string, uint64]
	// modelObjects are canonical bytes by digest: a model that is calibrated anew stands here once.
	modelObjects collections.Map[[]byte, []byte]

	ratings          collections.Map[uint64, types.Rating]
	nextRating       collections.Sequence
	ratingsOfSubject collections.KeySet[numberOfMemberKey]
	// enrolments are by subject in one word, and listed by their end.
	enrolments     collections.Map[string, types.Enrolment]
	enrolmentQueue collections.KeySet[enrolmentDueKey]
	flows          collections.Map[flowKey, types.Flow]
	disputes       collections.Map[disputeKey, types.DisputeCount]

	// raters are models ready to run, by their digests.
	raters *lru.Cache[string, *engine.Rater]
}

// NewKeeper builds credit over its store; authority is the bech32 address of collective decisions. It
// panics if the schema is wrong, at start.
func NewKeeper(cdc codec.BinaryCodec, store corestore.KVStoreService, access Access, vault SealedRecords, authority string) *Keeper {
	sb := collections.NewSchemaBuilder(store)
	k := &Keeper{
		access:    access,
		vault:     vault,
		authority: authority,

		params: collections.NewItem(sb, types.ParamsPrefix, "params", codec.CollValue[types.Params](cdc)),

		attestations: collections.NewMap(sb, types.AttestationsPrefix, "attestations",
			collections.Uint64Key, codec.CollValue[types.Attestation](cdc)),
		nextAttestation:       collections.NewSequence(sb, types.NextAttestationPrefix, "next_attestation"),
		attestationsOfSubject: collections.NewKeySet(sb, types.AttestationsOfSubjectPrefix, "attestations_of_subject", numberOfMemberCodec()),
		activeAttestations:    collections.NewKeySet(sb, types.ActiveAttestationsPrefix, "active_attestations", numberOfMemberCodec()),
		attestationQueue: collections.NewKeySet(sb, types.AttestationQueuePrefix, "attestation_queue",
			collections.PairKeyCodec(sdk.TimeKey, collections.Uint64Key)),

		models:    collections.NewMap(sb, types.ModelsPrefix, "models", collections.Uint64Key, codec.CollValue[types.ModelEntry](cdc)),
		nextModel: collections.NewSequence(sb, types.NextModelPrefix, "next_model"),
		modelsOfProduct: collections.NewKeySet(sb, types.ModelsOfProductPrefix, "models_of_product",
			collections.PairKeyCodec(collections.StringKey, collections.Uint64Key)),
		champions:    collections.NewMap(sb, types.ChampionsPrefix, "champions", collections.StringKey, collections.Uint64Value),
		modelCounts:  collections.NewMap(sb, types.ModelCountsPrefix, "model_counts", collections.StringKey, collections.Uint64Value),
		modelObjects: collections.NewMap(sb, types.ModelObjectsPrefix, "model_objects", collections.BytesKey, collections.BytesValue),

		ratings:          collections.NewMap(sb, types.RatingsPrefix, "ratings", collections.Uint64Key, codec.CollValue[types.Rating](cdc)),
		nextRating:       collections.NewSequence(sb, types.NextRatingPrefix, "next_rating"),
		ratingsOfSubject: collections.NewKeySet(sb, types.RatingsOfSubjectPrefix, "ratings_of_subject", numberOfMemberCodec()),

		enrolments: collections.NewMap(sb, types.EnrolmentsPrefix, "enrolments", collections.StringKey, codec.CollValue[types.Enrolment](cdc)),
		enrolmentQueue: collections.NewKeySet(sb, types.EnrolmentQueuePrefix, "enrolment_queue",
			collections.PairKeyCodec(sdk.TimeKey, collections.StringKey)),
		flows: collections.NewMap(sb, types.FlowsPrefix, "flows",
			collections.TripleKeyCodec(collections.Uint32Key, collections.StringKey, collections.StringKey), codec.CollValue[types.Flow](cdc)),
		disputes: collections.NewMap(sb, types.DisputesPrefix, "disputes",
			collections.PairKeyCodec(collections.Uint32Key, collections.StringKey), codec.CollValue[types.DisputeCount](cdc)),
	}
	var err error
	if k.raters, err = lru.New[string, *engine.Rater](RatersKept); err != nil {
		panic(err)
	}
	if _, err := sb.Build(); err != nil {
		panic(err)
	}
	return k
}

func numberOfMemberCodec() collcodec.KeyCodec[numberOfMemberKey] {
	return collections.TripleKeyCodec(collections.StringKey, collections.StringKey, collections.Uint64Key)
}

func blockTime(ctx context.Context) time.Time { return sdk.UnwrapSDKContext(ctx).BlockTime() }

// emit adds an event to the transaction; if it cannot, the transaction fails.
func emit(ctx context.Context, event proto.Message) error {
	return sdk.UnwrapSDKContext(ctx).EventManager().EmitTypedEvent(event)
}
