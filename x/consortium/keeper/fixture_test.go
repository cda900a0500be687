package keeper_test

import (
	"crypto/sha256"
	"slices"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"
	"github.com/cosmos/gogoproto/proto"
	"github.com/stretchr/testify/require"

	"cosmossdk.io/core/address"

	"github.com/cosmos/cosmos-sdk/baseapp"
	"github.com/cosmos/cosmos-sdk/codec"
	addresscodec "github.com/cosmos/cosmos-sdk/codec/address"
	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	cryptocodec "github.com/cosmos/cosmos-sdk/crypto/codec"
	"github.com/cosmos/cosmos-sdk/crypto/keys/ed25519"
	"github.com/cosmos/cosmos-sdk/runtime"
	storetypes "github.com/cosmos/cosmos-sdk/store/v2/types"
	"github.com/cosmos/cosmos-sdk/testutil"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/x/tx/signing"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/consortium/keeper"
	"github.com/zhilian-network/zhilian/x/consortium/types"
)

const (
	active   = types.ValidatorStatus_VALIDATOR_STATUS_ACTIVE
	jailed   = types.ValidatorStatus_VALIDATOR_STATUS_JAILED
	removed  = types.ValidatorStatus_VALIDATOR_STATUS_REMOVED
	expelled = types.ValidatorStatus_VALIDATOR_STATUS_EXPELLED

	yes = types.VoteOption_VOTE_OPTION_YES
	no  = types.VoteOption_VOTE_OPTION_NO
)

var (
	genesisTime = time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
	addresses   = addresscodec.NewBech32Codec("zhilian")
	authority   = bech32("authority")
)

func bech32(name string) string {
	text, err := addresses.BytesToString(hash(name)[:20])
	if err != nil {
		panic(err)
	}
	return text
}

func hash(name string) []byte {
	digest := sha256.Sum256([]byte(name))
	return digest[:]
}

func operatorOf(institutionID string) string { return bech32("operator of " + institutionID) }

// pubKey is a key without a known private part, which nothing here needs.
func pubKey(name string) *codectypes.Any {
	packed, err := codectypes.NewAnyWithValue(&ed25519.PubKey{Key: hash(name)})
	if err != nil {
		panic(err)
	}
	return packed
}

func consAddress(keyName string) []byte {
	return (&ed25519.PubKey{Key: hash(keyName)}).Address()
}

type fixture struct {
	ctx          sdk.Context
	cdc          *codec.ProtoCodec
	keeper       *keeper.Keeper
	msgs         types.MsgServer
	queries      types.QueryServer
	institutions *fakeInstitutions
	router       *fakeRouter
}

// newFixture has an institution for each id, each with an operator and a vote, and no validators yet.
func newFixture(t require.TestingT, ids ...string) *fixture {
	registry, err := codectypes.NewInterfaceRegistryWithOptions(codectypes.InterfaceRegistryOptions{
		ProtoFiles:     proto.HybridResolver,
		SigningOptions: signing.Options{AddressCodec: addresses, ValidatorAddressCodec: addresscodec.NewBech32Codec("zhilianvaloper")},
	})
	require.NoError(t, err)
	cryptocodec.RegisterInterfaces(registry)
	types.RegisterInterfaces(registry)
	f := &fixture{
		cdc: codec.NewProtoCodec(registry),
		institutions: &fakeInstitutions{
			institutions: map[string]accesstypes.MemberStatus{},
			operators:    map[string]accesstypes.Actor{},
			withheld:     map[string]bool{},
		},
		router: &fakeRouter{MsgServiceRouter: baseapp.NewMsgServiceRouter(), instead: map[string]baseapp.MsgServiceHandler{}},
	}
	for _, id := range ids {
		f.institutions.institutions[id] = accesstypes.MemberStatus_MEMBER_STATUS_ACTIVE
		f.institutions.operators[operatorOf(id)] = accesstypes.Actor{Address: operatorOf(id), InstitutionID: id}
		f.institutions.voting = append(f.institutions.voting, id)
	}
	slices.Sort(f.institutions.voting)

	storeKey := storetypes.NewKVStoreKey(types.StoreKey)
	f.ctx = testutil.DefaultContext(storeKey, storetypes.NewTransientStoreKey("transient")).WithBlockTime(genesisTime)
	var consensusAddresses address.Codec = addresscodec.NewBech32Codec("zhilianvalcons")
	f.keeper = keeper.NewKeeper(f.cdc, runtime.NewKVStoreService(storeKey), addresses, consensusAddresses,
		f.institutions, f.router, authority)
	f.msgs, f.queries = keeper.NewMsgServer(f.keeper), keeper.NewQueryServer(f.keeper)
	f.router.SetInterfaceRegistry(registry)
	types.RegisterMsgServer(f.router, f.msgs)
	return f
}

// withValidators starts the chain with these validators, in place of InitChain, keyed by their ids.
func (f *fixture) withValidators(t require.TestingT, validators ...types.Validator) []abci.ValidatorUpdate {
	state := types.DefaultGenesis()
	state.Params = types.Params{
		VotingPeriod: time.Hour, DowntimePointsPerMiss: 10, DowntimePointsMax: 25, JailPeriod: time.Minute,
	}
	state.Validators = validators
	updates, err := f.keeper.InitGenesis(f.ctx, state)
	require.NoError(t, err)
	return updates
}

func validator(id string, power int64, status types.ValidatorStatus) types.Validator {
	return types.Validator{InstitutionId: id, ConsensusPubkey: pubKey(id), Power: power, Status: status}
}

// equals is as many active validators of power 1 as there are ids.
func equals(ids ...string) []types.Validator {
	validators := make([]types.Validator, len(ids))
	for i, id := range ids {
		validators[i] = validator(id, 1, active)
	}
	return validators
}

func (f *fixture) validator(t require.TestingT, id string) *types.QueryValidatorResponse {
	response, err := f.queries.Validator(f.ctx, &types.QueryValidatorRequest{InstitutionId: id})
	require.NoError(t, err)
	return response
}

func (f *fixture) admit(id, keyName string, power int64) error {
	_, err := f.msgs.AdmitValidator(f.ctx, &types.MsgAdmitValidator{
		Authority: authority, InstitutionId: id, ConsensusPubkey: pubKey(keyName), Power: power,
	})
	return err
}

func (f *fixture) remove(id string) error {
	_, err := f.msgs.RemoveValidator(f.ctx, &types.MsgRemoveValidator{Authority: authority, InstitutionId: id})
	return err
}

func (f *fixture) unjail(id string) error {
	_, err := f.msgs.UnjailValidator(f.ctx, &types.MsgUnjailValidator{Operator: operatorOf(id)})
	return err
}

// beginBlock begins the next block with what CometBFT says of the one before.
func (f *fixture) beginBlock(t require.TestingT, votes []abci.VoteInfo, evidence ...abci.Misbehavior) {
	f.ctx = f.ctx.WithBlockTime(f.ctx.BlockTime().Add(time.Second)).
		WithEventManager(sdk.NewEventManager()).
		WithCometInfo(baseapp.NewBlockInfo(evidence, nil, nil, abci.CommitInfo{Votes: votes}))
	require.NoError(t, f.keeper.BeginBlock(f.ctx))
}

func (f *fixture) endBlock(t require.TestingT) []abci.ValidatorUpdate {
	updates, err := f.keeper.EndBlock(f.ctx)
	require.NoError(t, err)
	violations, err := f.keeper.CheckInvariants(f.ctx)
	require.NoError(t, err)
	require.Empty(t, violations)
	return updates
}

// events returns the typed events of this kind since the block began.
func events[E proto.Message](t require.TestingT, f *fixture) []E {
	var found []E
	for _, event := range f.ctx.EventManager().ABCIEvents() {
		var want E
		if event.Type != proto.MessageName(want) {
			continue
		}
		parsed, err := sdk.ParseTypedEvent(event)
		require.NoError(t, err)
		found = append(found, parsed.(E))
	}
	return found
}
