package keeper

import (
	"cosmossdk.io/collections"
	"cosmossdk.io/core/address"
	corestore "cosmossdk.io/core/store"

	"github.com/cosmos/cosmos-sdk/codec"

	"github.com/zhilian-network/zhilian/x/access/types"
)

type (
	// partyKey is (institution, party).
	partyKey = collections.Pair[string, string]
	// operatorKey is (institution, party or empty, address): a prefix of one lists an
	// institution's operators with those of its parties, a prefix of two those of one scope.
	operatorKey = collections.Triple[string, string, []byte]
)

// Keeper holds the records of access.
type Keeper struct {
	addresses address.Codec
	accounts  AccountOpener
	authority string

	params       collections.Item[types.Params]
	roles        collections.Map[string, types.Role]
	institutions collections.Map[string, types.Institution]
	parties      collections.Map[string, types.Party]
	operators    collections.Map[[]byte, types.Operator]

	// Written at registration only; changes of roles and standing leave them alone.
	partiesOfInstitution collections.KeySet[partyKey]
	operatorsOfScope     collections.KeySet[operatorKey]
	operatorCounts       collections.Map[partyKey, uint64]

	authorityStore

	sharing sharingStore
	actions actionStore

	// unitsUsed lives for one block and is in no Merkle tree: it bounds load, it is not state.
	unitsUsed collections.Map[[]byte, uint64]
}

// NewKeeper builds access over its stores; authority is the bech32 address of collective decisions.
// It panics if a schema is wrong, at start.
func NewKeeper(
	cdc codec.Codec,
	store corestore.KVStoreService,
	transient corestore.TransientStoreService,
	addresses address.Codec,
	accounts AccountOpener,
	authority string,
	actions ActionDeps,
) *Keeper {
	sb := collections.NewSchemaBuilder(store)
	scope := collections.PairKeyCodec(collections.StringKey, collections.StringKey)
	k := &Keeper{
		addresses: addresses,
		accounts:  accounts,
		authority: authority,

		params:       collections.NewItem(sb, types.ParamsPrefix, "params", newSettingsCodec(cdc)),
		roles:        collections.NewMap(sb, types.RolesPrefix, "roles", collections.StringKey, codec.CollValue[types.Role](cdc)),
		institutions: collections.NewMap(sb, types.InstitutionsPrefix, "institutions", collections.StringKey, codec.CollValue[types.Institution](cdc)),
		parties:      collections.NewMap(sb, types.PartiesPrefix, "parties", collections.StringKey, codec.CollValue[types.Party](cdc)),
		operators:    collections.NewMap(sb, types.OperatorsPrefix, "operators", collections.BytesKey, codec.CollValue[types.Operator](cdc)),

		partiesOfInstitution: collections.NewKeySet(sb, types.PartiesOfInstitutionPrefix, "parties_of_institution", scope),
		operatorsOfScope: collections.NewKeySet(sb, types.OperatorsOfScopePrefix, "operators_of_scope",
			collections.TripleKeyCodec(collections.StringKey, collections.StringKey, collections.BytesKey)),
		operatorCounts: collections.NewMap(sb, types.OperatorCountsPrefix, "operator_counts", scope, collections.Uint64Value),

		authorityStore: newAuthorityStore(sb, cdc),
		sharing:        newSharingStore(sb, cdc),
		actions:        newActionStore(sb, cdc, actions),
	}
	if _, err := sb.Build(); err != nil {
		panic(err)
	}
	block := collections.NewSchemaBuilderFromAccessor(transient.OpenTransientStore)
	k.unitsUsed = collections.NewMap(block, types.UnitsUsedPrefix, "units_used", collections.BytesKey, collections.Uint64Value)
	if _, err := block.Build(); err != nil {
		panic(err)
	}
	return k
}
