package keeper_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"testing"
	"time"

	"github.com/cosmos/gogoproto/proto"
	"github.com/stretchr/testify/require"

	"cosmossdk.io/math"

	"github.com/cosmos/cosmos-sdk/baseapp"
	"github.com/cosmos/cosmos-sdk/codec"
	addresscodec "github.com/cosmos/cosmos-sdk/codec/address"
	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	cryptocodec "github.com/cosmos/cosmos-sdk/crypto/codec"
	cryptotypes "github.com/cosmos/cosmos-sdk/crypto/types"
	"github.com/cosmos/cosmos-sdk/runtime"
	storetypes "github.com/cosmos/cosmos-sdk/store/v2/types"
	"github.com/cosmos/cosmos-sdk/testutil"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/x/tx/signing"

	"github.com/zhilian-network/zhilian/x/access/keeper"
	"github.com/zhilian-network/zhilian/x/access/types"
)

const (
	pending   = types.ActionStatus_ACTION_STATUS_PENDING
	executed  = types.ActionStatus_ACTION_STATUS_EXECUTED
	failed    = types.ActionStatus_ACTION_STATUS_FAILED
	rejected  = types.ActionStatus_ACTION_STATUS_REJECTED
	withdrawn = types.ActionStatus_ACTION_STATUS_WITHDRAWN
	expired   = types.ActionStatus_ACTION_STATUS_EXPIRED
)

// takenOver is the real router, save for the types that a test takes over.
type takenOver struct {
	*baseapp.MsgServiceRouter
	instead map[string]baseapp.MsgServiceHandler
}

func (r *takenOver) Handler(msg sdk.Msg) baseapp.MsgServiceHandler {
	if handler, found := r.instead[sdk.MsgTypeURL(msg)]; found {
		return handler
	}
	return r.MsgServiceRouter.Handler(msg)
}

// honestKeys take a key's own word, as the application's do, without its list of kinds.
type honestKeys struct{}

func (honestKeys) CheckKey(context.Context, cryptotypes.PubKey) error { return nil }

func (honestKeys) CheckProof(_ context.Context, key cryptotypes.PubKey, message, proof []byte) error {
	if !key.VerifySignature(message, proof) {
		return errors.New("the proof is of something else")
	}
	return nil
}

// desk is a bank with two-person rules: whatever needs access.party is for two directors besides the maker,
// roles of operators are for one risk officer; other uses of access.operator are for nobody in particular.
type desk struct {
	fixture
	router  *takenOver
	queries types.QueryServer
}

func newDesk(t testing.TB) *desk {
	t.Helper()
	o := newEmptyDesk(t)
	require.NoError(t, o.keeper.InitGenesis(o.ctx, deskState()))
	return o
}

func newEmptyDesk(t testing.TB) *desk {
	t.Helper()
	registry, err := codectypes.NewInterfaceRegistryWithOptions(codectypes.InterfaceRegistryOptions{
		ProtoFiles:     proto.HybridResolver,
		SigningOptions: signing.Options{AddressCodec: addresses, ValidatorAddressCodec: addresscodec.NewBech32Codec("zhilianvaloper")},
	})
	require.NoError(t, err)
	cryptocodec.RegisterInterfaces(registry)
	types.RegisterInterfaces(registry)
	o := &desk{
		fixture: fixture{
			accounts: &openedAccounts{}, store: storetypes.NewKVStoreKey(types.StoreKey),
			counters: storetypes.NewTransientStoreKey(types.TransientStoreKey), codec: codec.NewProtoCodec(registry),
		},
		router: &takenOver{MsgServiceRouter: baseapp.NewMsgServiceRouter(), instead: map[string]baseapp.MsgServiceHandler{}},
	}
	o.actions = keeper.ActionDeps{
		Router: o.router, Units: func(msgs []sdk.Msg) uint64 { return 10 * uint64(len(msgs)) }, Keys: honestKeys{},
	}
	o.ctx = testutil.DefaultContext(o.store, o.counters).WithBlockTime(time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)).
		WithChainID("zhilian-test").WithBlockHeight(7)
	o.keeper = keeper.NewKeeper(o.codec, runtime.NewKVStoreService(o.store), runtime.NewTransientStoreService(o.counters),
		addresses, o.accounts, authority, o.actions)
	o.messages, o.queries = keeper.NewMsgServer(o.keeper), keeper.NewQueryServer(o.keeper)
	o.router.SetInterfaceRegistry(registry)
	types.RegisterMsgServer(o.router, o.messages)
	return o
}

func deskState() *types.GenesisState {
	person := func(name, institution, party, holder string, roles ...string) types.Operator {
		return types.Operator{Address: address(name), InstitutionId: institution, PartyId: party, Roles: roles, Status: active, Holder: holder}
	}
	policy := func(id, permission string, approvals uint32, roles ...string) types.ApprovalPolicy {
		return types.ApprovalPolicy{Id: id, Permission: permission, FromAmount: math.ZeroInt(), Approvals: approvals, Roles: roles}
	}
	state := &types.GenesisState{
		Params: types.DefaultParams(),
		Roles: []types.Role{
			{Id: "approver", Permissions: []string{"access.approve"}},
			{Id: "clerk", Permissions: []string{"access.party", "access.policy"}},
			{Id: "director", Permissions: []string{"access.read"}},
			{Id: "institution-admin", Permissions: []string{"access.operator"}},
			{Id: "risk", Permissions: []string{"access.read"}},
		},
		Institutions: []types.Institution{
			{Id: "BQDQ", Name: "Bank of Qingdao", Kind: 1, Status: active},
			{Id: "HZHZ", Name: "Bank of Hangzhou", Kind: 1, Status: active},
		},
		Parties: []types.Party{{Id: "acme", InstitutionId: "BQDQ", Kind: 1, Status: active, KycLevel: 2}},
		Operators: []types.Operator{
			person("Ada admin", "BQDQ", "", "ada", "clerk", "institution-admin"),
			person("Ann clerk", "BQDQ", "", "ann", "clerk", "institution-admin"),
			person("Ann director", "BQDQ", "", "ann", "approver", "director"),
			person("Bob director", "BQDQ", "", "bob", "director"),
			person("Bob other", "BQDQ", "", "bob", "director"),
			person("Cid director", "BQDQ", "", "cid", "director"),
			person("Eve risk", "BQDQ", "", "eve", "risk"),
			person("Fay approver", "BQDQ", "", "fay", "approver"),
			person("Gus viewer", "BQDQ", "", "gus"),
			person("machine", "BQDQ", "", "", "clerk", "director"),
			person("Hal director", "HZHZ", "", "hal", "approver", "director", "institution-admin"),
			person("Ina of acme", "BQDQ", "acme", "ina", "approver", "director"),
		},
		Policies: []types.ApprovalPolicies{{
			InstitutionId: "BQDQ",
			Policies: []types.ApprovalPolicy{
				policy("parties", "access.party", 2, "director"),
				policy("policies", "access.policy", 1, "risk"),
			},
		}},
	}
	return state
}

// newParty is something that the policy "parties" asks about.
func newParty(id string) sdk.Msg {
	return &types.MsgRegisterParty{Operator: address("Ann clerk"), Party: types.Party{
		Id: id, InstitutionId: "BQDQ", Kind: 1, Status: active, KycLevel: 2,
	}}
}

// newPolicies is something that the policy "policies" asks about.
func newPolicies() sdk.Msg {
	return &types.MsgSetPolicies{Operator: address("Ann clerk"), InstitutionId: "BQDQ"}
}

// suspendGus is something that no policy asks about.
func suspendGus() sdk.Msg {
	return &types.MsgSetOperatorStatus{Operator: address("Ann clerk"), Address: address("Gus viewer"), Status: suspended}
}

func pack(t testing.TB, msgs ...sdk.Msg) []*codectypes.Any {
	t.Helper()
	packed := make([]*codectypes.Any, len(msgs))
	for i, msg := range msgs {
		var err error
		packed[i], err = codectypes.NewAnyWithValue(msg)
		require.NoError(t, err)
	}
	return packed
}

func (o *desk) try(maker string, packed []*codectypes.Any) (*types.MsgProposeActionResponse, error) {
	branch, commit := o.ctx.CacheContext()
	response, err := o.messages.ProposeAction(branch, &types.MsgProposeAction{Operator: address(maker), Messages: packed})
	if err == nil {
		commit()
	}
	return response, err
}

func (o *desk) propose(t testing.TB, msgs ...sdk.Msg) types.Action {
	t.Helper()
	response, err := o.try("Ann clerk", pack(t, msgs...))
	require.NoError(t, err)
	return o.action(t, response.ActionId)
}

func (o *desk) action(t testing.TB, id uint64) types.Action {
	t.Helper()
	response, err := o.queries.Action(o.ctx, &types.QueryActionRequest{ActionId: id})
	require.NoError(t, err)
	return response.Action
}

// approve is a transaction of its own: refused, it changes nothing.
func (o *desk) approve(name string, action types.Action) (*types.MsgApproveActionResponse, error) {
	branch, commit := o.ctx.CacheContext()
	response, err := o.messages.ApproveAction(branch, &types.MsgApproveAction{
		Operator: address(name), ActionId: action.Id, Digest: action.Digest, Units: action.Units,
	})
	if err == nil {
		commit()
	}
	return response, err
}

func (o *desk) reject(name string, action types.Action) error {
	branch, commit := o.ctx.CacheContext()
	_, err := o.messages.RejectAction(branch, &types.MsgRejectAction{Operator: address(name), ActionId: action.Id, Reason: "WRONG-AMOUNT"})
	if err == nil {
		commit()
	}
	return err
}

func (o *desk) withdraw(name string, action types.Action) error {
	_, err := o.messages.WithdrawAction(o.ctx, &types.MsgWithdrawAction{Operator: address(name), ActionId: action.Id})
	return err
}

// approved wants an approval to be taken.
func (o *desk) approved(t testing.TB, name string, action types.Action) *types.MsgApproveActionResponse {
	t.Helper()
	response, err := o.approve(name, action)
	require.NoError(t, err)
	return response
}

func (o *desk) setStatus(t testing.TB, name string, status types.MemberStatus) {
	t.Helper()
	require.NoError(t, o.setOperatorStatus("Ada admin", name, status))
}

func (o *desk) hasParty(id string) bool {
	_, err := o.queries.Party(o.ctx, &types.QueryPartyRequest{PartyId: id})
	return err == nil
}

// eventsNamed are the events of a kind since the fixture began.
func eventsNamed[E proto.Message](t testing.TB, o *desk) []E {
	t.Helper()
	var found []E
	for _, event := range o.ctx.EventManager().ABCIEvents() {
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

func digestOf(text string) []byte {
	sum := sha256.Sum256([]byte(text))
	return sum[:]
}
