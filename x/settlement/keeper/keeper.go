package keeper

import (
	"cosmossdk.io/collections"
	"cosmossdk.io/core/address"
	corestore "cosmossdk.io/core/store"

	"github.com/cosmos/cosmos-sdk/codec"

	"github.com/zhilian-network/zhilian/x/settlement/types"
)

// Keeper holds accounts, participants and payments. Money is in the ledger.
type Keeper struct {
	addresses address.Codec
	access    Authoriser
	ledger    Ledger
	observer  Observer
	authority string
	store     corestore.KVStoreService

	params       collections.Item[types.Params]
	currencies   collections.Map[string, types.Currency]
	participants collections.Map[string, types.Participant]
	// Keys that are addresses, ids and digests are plain bytes: the SDK's address keys render
	// themselves with the global bech32 prefix whenever a record is not found.
	accounts      collections.Map[[]byte, types.Account]
	accountCounts collections.Map[string, uint64] // by party: its next ordinal
	references    collections.Map[[]byte, []byte] // digest to address
	outstandings  collections.Map[string, types.Outstanding]
	payments      collections.Map[[]byte, types.Payment]
	paymentNames  collections.Map[[]byte, []byte] // derived id to id, where they differ
	instructions  collections.Map[[]byte, types.Instruction]
	retirements   collections.Map[int64, types.Retirement] // by height
	returns       collections.Map[[]byte, types.Returned]  // by the original's id
	keptReturns   collections.Map[keptKey, types.KeptReturned]
	holds         collections.Map[[]byte, types.Hold] // by id
	holdsDue      collections.KeySet[dueKey]          // by the time at which a block looks at them
	paymentLog    collections.Item[types.PaymentLog]  // absent while nothing was decided

	decided      collections.Map[uint64, []byte] // of this block, in order see decision; transient
	decidedCount collections.Item[uint64]        // transient
}

// NewKeeper builds the keeper over its stores. authority is the bech32 address that collective decisions
// sign with. It panics if the schema is wrong, at start.
func NewKeeper(
	cdc codec.BinaryCodec, store corestore.KVStoreService, transient corestore.TransientStoreService,
	addresses address.Codec, access Authoriser, ledger Ledger, observer Observer, authority string,
) *Keeper {
	k := &Keeper{
		addresses: addresses, access: access, ledger: ledger, observer: observer, authority: authority, store: store,
	}
	k.openStore(cdc, collections.NewSchemaBuilder(store))
	k.openTransient(collections.NewSchemaBuilderFromAccessor(transient.OpenTransientStore))
	return k
}

func (k *Keeper) openStore(cdc codec.BinaryCodec, sb *collections.SchemaBuilder) {
	k.params = collections.NewItem(sb, types.ParamsPrefix, "params", codec.CollValue[types.Params](cdc))
	k.currencies = collections.NewMap(sb, types.CurrenciesPrefix, "currencies",
		collections.StringKey, codec.CollValue[types.Currency](cdc))
	k.participants = collections.NewMap(sb, types.ParticipantsPrefix, "participants",
		collections.StringKey, codec.CollValue[types.Participant](cdc))
	k.accounts = collections.NewMap(sb, types.AccountsPrefix, "accounts",
		collections.BytesKey, codec.CollValue[types.Account](cdc))
	k.accountCounts = collections.NewMap(sb, types.AccountCountsPrefix, "account_counts",
		collections.StringKey, collections.Uint64Value)
	k.references = collections.NewMap(sb, types.ReferencesPrefix, "references",
		collections.BytesKey, collections.BytesValue)
	k.outstandings = collections.NewMap(sb, types.OutstandingsPrefix, "outstandings",
		collections.StringKey, codec.CollValue[types.Outstanding](cdc))
	k.payments = collections.NewMap(sb, types.PaymentsPrefix, "payments",
		collections.BytesKey, codec.CollValue[types.Payment](cdc))
	k.paymentNames = collections.NewMap(sb, types.PaymentNamesPrefix, "payment_names",
		collections.BytesKey, collections.BytesValue)
	k.instructions = collections.NewMap(sb, types.InstructionsPrefix, "instructions",
		collections.BytesKey, codec.CollValue[types.Instruction](cdc))
	k.retirements = collections.NewMap(sb, types.RetirementsPrefix, "retirements",
		collections.Int64Key, codec.CollValue[types.Retirement](cdc))
	k.returns = collections.NewMap(sb, types.ReturnsPrefix, "returns",
		collections.BytesKey, codec.CollValue[types.Returned](cdc))
	k.keptReturns = collections.NewMap(sb, types.KeptReturnsPrefix, "kept_returns",
		collections.PairKeyCodec(collections.Int64Key, collections.BytesKey), codec.CollValue[types.KeptReturned](cdc))
	k.holds = collections.NewMap(sb, types.HoldsPrefix, "holds", collections.BytesKey, codec.CollValue[types.Hold](cdc))
	k.holdsDue = collections.NewKeySet(sb, types.HoldsDuePrefix, "holds_due",
		collections.PairKeyCodec(collections.Int64Key, collections.BytesKey))
	k.paymentLog = collections.NewItem(sb, types.PaymentLogPrefix, "payment_log", codec.CollValue[types.PaymentLog](cdc))
	mustBuild(sb)
}

func (k *Keeper) openTransient(sb *collections.SchemaBuilder) {
	k.decided = collections.NewMap(sb, types.DecidedPrefix, "decided",
		collections.Uint64Key, collections.BytesValue)
	k.decidedCount = collections.NewItem(sb, types.DecidedCountPrefix, "decided_count", collections.Uint64Value)
	mustBuild(sb)
}

func mustBuild(sb *collections.SchemaBuilder) {
	if _, err := sb.Build(); err != nil {
		panic(err)
	}
}
