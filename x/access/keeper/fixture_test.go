package keeper_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cosmos/cosmos-sdk/codec"
	addresscodec "github.com/cosmos/cosmos-sdk/codec/address"
	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	"github.com/cosmos/cosmos-sdk/runtime"
	storetypes "github.com/cosmos/cosmos-sdk/store/v2/types"
	"github.com/cosmos/cosmos-sdk/testutil"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/zhilian-network/zhilian/x/access/keeper"
	"github.com/zhilian-network/zhilian/x/access/types"
)

const (
	active    = types.MemberStatus_MEMBER_STATUS_ACTIVE
	suspended = types.MemberStatus_MEMBER_STATUS_SUSPENDED
	closed    = types.MemberStatus_MEMBER_STATUS_CLOSED
)

var addresses = addresscodec.NewBech32Codec("zhilian")

// address is the bech32 address of a made-up key.
func address(name string) string {
	raw := make([]byte, 20)
	copy(raw, name)
	text, err := addresses.BytesToString(raw)
	if err != nil {
		panic(err)
	}
	return text
}

var authority = address("collective decisions")

type fixture struct {
	ctx      sdk.Context
	keeper   *keeper.Keeper
	messages types.MsgServer
	accounts *openedAccounts
	store    *storetypes.KVStoreKey
	counters *storetypes.TransientStoreKey
	codec    *codec.ProtoCodec
	actions  keeper.ActionDeps // none: the actions' own tests have some
}

func newEmptyFixture(t testing.TB) fixture {
	t.Helper()
	f := fixture{
		accounts: &openedAccounts{},
		store:    storetypes.NewKVStoreKey(types.StoreKey),
		counters: storetypes.NewTransientStoreKey(types.TransientStoreKey),
		codec:    codec.NewProtoCodec(codectypes.NewInterfaceRegistry()),
	}
	f.ctx = testutil.DefaultContext(f.store, f.counters)
	f.keeper = keeper.NewKeeper(f.codec, runtime.NewKVStoreService(f.store), runtime.NewTransientStoreService(f.counters),
		addresses, f.accounts, authority, f.actions)
	f.messages = keeper.NewMsgServer(f.keeper)
	return f
}

// newFixture is the network of the tests: the banks BQDQ and HZHZ, the regulator PBOC, and BQDQ's
// customers acme and zeta. Each operator's name says who it is; see network.
func newFixture(t testing.TB) fixture {
	t.Helper()
	f := newEmptyFixture(t)
	require.NoError(t, f.keeper.InitGenesis(f.ctx, network()))
	return f
}

// now is the time of the tests' block: 20:00 in China, in the afternoon of UTC.
var now = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// newOffice is the fixture with dual control at acme: an accountant prepares, two directors approve, one of
// them with two keys, and there is a machine's key. All amounts are in minor units.
func newOffice(t testing.TB) fixture {
	t.Helper()
	f := newEmptyFixture(t)
	state := network()
	state.Roles = append(state.Roles,
		types.Role{Id: "accountant", Permissions: []string{"access.delegate", "settlement.pay", "vault.read:3"}},
		types.Role{Id: "director", Permissions: []string{"access.delegate", "access.operator", "access.policy", "settlement.pay"}})
	person := func(name, holder string, roles ...string) types.Operator {
		return types.Operator{Address: address(name), InstitutionId: "BQDQ", PartyId: "acme", Roles: roles, Status: active, Holder: holder}
	}
	state.Operators = append(state.Operators,
		person("accountant", "p1", "accountant"), person("accountant's other key", "p1", "director"),
		person("director", "p2", "director"), person("director's other key", "p2", "director"),
		person("second director", "p3", "director"), person("machine", "", "accountant"))
	require.NoError(t, f.keeper.InitGenesis(f.ctx, state))
	f.ctx = f.ctx.WithBlockTime(now)
	return f
}

// settings are the default ones with a quota.
func settings(quota uint64) types.Params {
	params := types.DefaultParams()
	params.DefaultQuotaPerBlock = quota
	return params
}

func network() *types.GenesisState {
	operator := func(name, institution, party string, roles ...string) types.Operator {
		return types.Operator{Address: address(name), InstitutionId: institution, PartyId: party, Roles: roles, Status: active}
	}
	return &types.GenesisState{
		Params: settings(100),
		Roles: []types.Role{
			{Id: "clerk", Permissions: []string{"access.party"}},
			{Id: "institution-admin", Permissions: []string{"access.operator", "access.party", "settlement.pay"}},
			{Id: "issuer", Permissions: []string{"settlement.deposit"}},
			{Id: "manager", Permissions: []string{"access.operator"}},
			{Id: "party-admin", Permissions: []string{"access.operator", "access.party", "settlement.pay"}},
			{Id: "payer", Permissions: []string{"settlement.pay"}},
		},
		Institutions: []types.Institution{
			{Id: "BQDQ", Name: "Bank of Qingdao", Kind: 1, Status: active, Bic: "ABCDCNBJ"},
			{Id: "HZHZ", Name: "Bank of Hangzhou", Kind: 1, Status: active},
			{Id: "PBOC", Name: "Supervisor", Kind: 3, Status: active},
		},
		Parties: []types.Party{
			{Id: "acme", InstitutionId: "BQDQ", Kind: 1, Status: active, KycLevel: 2},
			{Id: "zeta", InstitutionId: "BQDQ", Kind: 1, Status: active, KycLevel: 1},
		},
		Operators: []types.Operator{
			operator("BQDQ admin", "BQDQ", "", "institution-admin"),
			operator("BQDQ clerk", "BQDQ", "", "clerk"),
			operator("BQDQ issuer", "BQDQ", "", "issuer"),
			operator("HZHZ admin", "HZHZ", "", "institution-admin"),
			operator("PBOC admin", "PBOC", "", "institution-admin"),
			operator("acme admin", "BQDQ", "acme", "party-admin"),
			operator("acme payer", "BQDQ", "acme", "payer"),
			operator("zeta payer", "BQDQ", "zeta", "payer"),
		},
	}
}

// branch is the fixture on a copy of its state.
func (f fixture) branch() fixture {
	f.ctx, _ = f.ctx.CacheContext()
	f.ctx = f.ctx.WithEventManager(sdk.NewEventManager())
	return f
}

func (f fixture) setOperatorStatus(by, target string, status types.MemberStatus) error {
	_, err := f.messages.SetOperatorStatus(f.ctx, &types.MsgSetOperatorStatus{Operator: address(by), Address: address(target), Status: status})
	return err
}

func (f fixture) setOperatorRoles(by, target string, roles ...string) error {
	_, err := f.messages.SetOperatorRoles(f.ctx, &types.MsgSetOperatorRoles{Operator: address(by), Address: address(target), Roles: roles})
	return err
}

func (f fixture) setPartyStatus(by, party string, status types.MemberStatus) error {
	_, err := f.messages.SetPartyStatus(f.ctx, &types.MsgSetPartyStatus{Operator: address(by), PartyId: party, Status: status})
	return err
}

func (f fixture) setInstitutionStatus(id string, status types.MemberStatus) error {
	_, err := f.messages.SetInstitutionStatus(f.ctx, &types.MsgSetInstitutionStatus{Authority: authority, InstitutionId: id, Status: status})
	return err
}

func (f fixture) registerOperator(by, name, institution, party string, roles ...string) error {
	_, err := f.messages.RegisterOperator(f.ctx, &types.MsgRegisterOperator{
		Operator: address(by), Address: address(name), InstitutionId: institution, PartyId: party, Roles: roles,
	})
	return err
}

func (f fixture) operator(t testing.TB, name string) types.Operator {
	t.Helper()
	answer, err := keeper.NewQueryServer(f.keeper).Operator(f.ctx, &types.QueryOperatorRequest{Address: address(name)})
	require.NoError(t, err)
	return answer.Operator
}

// contents is every key and value of the Merklised store.
func (f fixture) contents(t testing.TB) [][2]string {
	t.Helper()
	iterator := f.ctx.KVStore(f.store).Iterator(nil, nil)
	defer iterator.Close()
	var all [][2]string
	for ; iterator.Valid(); iterator.Next() {
		all = append(all, [2]string{string(iterator.Key()), string(iterator.Value())})
	}
	return all
}

// openedAccounts remembers for whom an account was opened.
type openedAccounts struct{ opened []string }

func (a *openedAccounts) EnsureAccount(_ context.Context, account sdk.AccAddress) error {
	text, err := addresses.BytesToString(account)
	a.opened = append(a.opened, text)
	return err
}
