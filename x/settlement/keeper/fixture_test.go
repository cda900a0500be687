package keeper_test

import (
	"crypto/sha256"
	"testing"
	"time"

	cmtproto "github.com/cometbft/cometbft/proto/tendermint/types"
	dbm "github.com/cosmos/cosmos-db"
	"github.com/stretchr/testify/require"

	"cosmossdk.io/core/address"
	"cosmossdk.io/log/v2"
	"cosmossdk.io/math"

	"github.com/cosmos/cosmos-sdk/codec"
	addresscodec "github.com/cosmos/cosmos-sdk/codec/address"
	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	"github.com/cosmos/cosmos-sdk/runtime"
	"github.com/cosmos/cosmos-sdk/store/v2"
	storetypes "github.com/cosmos/cosmos-sdk/store/v2/types"
	sdk "github.com/cosmos/cosmos-sdk/types"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/settlement/keeper"
	"github.com/zhilian-network/zhilian/x/settlement/types"
)

const openingBalance = 1_000

var (
	addresses address.Codec = addresscodec.NewBech32Codec("zhilian")
	genesis                 = time.Date(2026, 1, 5, 8, 0, 0, 0, time.UTC)
)

// fixture is a network of two banks and a central bank over real stores: acme and bob are customers of
// BQDQ, carol of HXNB. Every account holds openingBalance in CNY, every bank as much in reserves.
type fixture struct {
	t      *testing.T
	stores storetypes.CommitMultiStore
	writes map[string]bool
	walked int
	access *fakeAccess
	ledger *fakeLedger
	above  *fakeObserver
	keeper *keeper.Keeper
	msg    types.MsgServer
	query  types.QueryServer
	height int64
	now    time.Time
	ctx    sdk.Context
}

// emptyFixture has stores and no state but the settings of a new network.
func emptyFixture(t *testing.T) *fixture {
	t.Helper()
	f := emptyFixtureOver(t, newFakeLedger())
	require.NoError(t, f.keeper.InitGenesis(f.ctx, types.DefaultGenesis()))
	return f
}

// emptyFixtureOver has no state at all, over a ledger that may have.
func emptyFixtureOver(t *testing.T, ledger *fakeLedger) *fixture {
	t.Helper()
	f := &fixture{t: t, writes: map[string]bool{}, access: newAccess(), ledger: ledger, above: &fakeObserver{}, now: genesis}
	key, transient := storetypes.NewKVStoreKey(types.StoreKey), storetypes.NewTransientStoreKey(types.TransientStoreKey)
	db := dbm.NewMemDB()
	f.stores = store.NewCommitMultiStore(db, log.NewNopLogger())
	f.stores.MountStoreWithDB(key, storetypes.StoreTypeIAVL, db)
	f.stores.MountStoreWithDB(transient, storetypes.StoreTypeTransient, db)
	require.NoError(t, f.stores.LoadLatestVersion())
	f.keeper = keeper.NewKeeper(codec.NewProtoCodec(codectypes.NewInterfaceRegistry()),
		&countingStores{runtime.NewKVStoreService(key), f.writes, &f.walked}, runtime.NewTransientStoreService(transient),
		addresses, f.access, f.ledger, f.above, signer("consortium"))
	f.msg, f.query = keeper.NewMsgServer(f.keeper), keeper.NewQueryServer(f.keeper)
	f.begin()
	return f
}

func newFixture(t *testing.T) *fixture {
	t.Helper()
	f := emptyFixture(t)
	for _, code := range []string{"CNY", "EUR"} {
		f.must(f.msg.AdmitCurrency(f.ctx, &types.MsgAdmitCurrency{
			Authority: signer("consortium"), Currency: types.Currency{Code: code, MinorUnits: 2},
		}))
	}
	for _, bank := range []string{"BQDQ", "HXNB"} {
		f.must(f.msg.AdmitParticipant(f.ctx, &types.MsgAdmitParticipant{
			Authority: signer("consortium"), InstitutionId: bank, Currencies: []string{"EUR", "CNY"},
		}))
		f.must(f.msg.IssueReserve(f.ctx, &types.MsgIssueReserve{
			Operator: signer("central"), InstitutionId: bank, Currency: "CNY", Amount: math.NewInt(openingBalance),
		}))
	}
	for _, party := range []string{"acme", "bob", "carol"} {
		f.must(f.msg.OpenAccount(f.ctx, &types.MsgOpenAccount{
			Operator: f.bankOf(party), PartyId: party, Currencies: []string{"CNY"}, References: [][]byte{digest("IBAN " + party)},
		}))
		f.must(f.msg.IssueDeposit(f.ctx, &types.MsgIssueDeposit{
			Operator: f.bankOf(party), Account: account(party), Currency: "CNY", Amount: math.NewInt(openingBalance),
		}))
	}
	f.next(time.Second)
	return f
}

func newAccess() *fakeAccess {
	active := accesstypes.MemberStatus_MEMBER_STATUS_ACTIVE
	a := &fakeAccess{
		institutions: map[string]accesstypes.Institution{}, parties: map[string]accesstypes.Party{}, operators: map[string]fakeOperator{},
	}
	for id, kind := range map[string]accesstypes.InstitutionKind{
		"BQDQ": accesstypes.InstitutionKind_INSTITUTION_KIND_BANK,
		"HXNB": accesstypes.InstitutionKind_INSTITUTION_KIND_BANK,
		"CENB": accesstypes.InstitutionKind_INSTITUTION_KIND_CENTRAL_BANK,
		"CSRC": accesstypes.InstitutionKind_INSTITUTION_KIND_REGULATOR,
	} {
		a.institutions[id] = accesstypes.Institution{Id: id, Kind: kind, Status: active}
	}
	for id, bank := range map[string]string{"acme": "BQDQ", "bob": "BQDQ", "carol": "HXNB"} {
		a.parties[id] = accesstypes.Party{Id: id, InstitutionId: bank, Status: active}
	}
	every := []string{types.PermissionPay, types.PermissionDeposit, types.PermissionReserve, types.PermissionAccount, types.PermissionCollect}
	a.operators[signer("bqdq")] = fakeOperator{"BQDQ", "", every}
	a.operators[signer("hxnb")] = fakeOperator{"HXNB", "", every}
	a.operators[signer("central")] = fakeOperator{"CENB", "", every}
	a.operators[signer("acme treasurer")] = fakeOperator{"BQDQ", "acme", every}
	a.operators[signer("carol")] = fakeOperator{"HXNB", "carol", every}
	a.operators[signer("clerk")] = fakeOperator{"BQDQ", "", nil}
	return a
}

func signer(name string) string { return mustText(digest("key of " + name)[:20]) }

func account(party string) string { return mustText(types.AccountAddress(party, 0)) }

func mustText(bytes []byte) string {
	text, err := addresses.BytesToString(bytes)
	if err != nil {
		panic(err)
	}
	return text
}

func digest(text string) []byte {
	sum := sha256.Sum256([]byte(text))
	return sum[:]
}

func (f *fixture) bankOf(party string) string {
	return map[string]string{"BQDQ": signer("bqdq"), "HXNB": signer("hxnb")}[f.access.parties[party].InstitutionId]
}

// must takes what a handler returns.
func (f *fixture) must(_ any, err error) {
	f.t.Helper()
	require.NoError(f.t, err)
}

func (f *fixture) begin() {
	f.height++
	header := cmtproto.Header{Height: f.height, Time: f.now}
	f.ctx = sdk.NewContext(f.stores, header, false, log.NewNopLogger())
}

// next ends the block, commits it, and begins another some time later.
func (f *fixture) next(after time.Duration) {
	f.t.Helper()
	require.NoError(f.t, f.keeper.EndBlock(f.ctx))
	f.stores.Commit()
	f.now = f.now.Add(after)
	f.begin()
	clear(f.writes)
	clear(f.ledger.writes)
}

// balance is what the account of a party holds in CNY.
func (f *fixture) balance(party string) int64 {
	amount, err := f.ledger.Balance(f.ctx, types.AccountAddress(party, 0), types.DepositDenom(f.access.parties[party].InstitutionId, "CNY"))
	require.NoError(f.t, err)
	return amount.Int64()
}

func (f *fixture) soundBooks() {
	f.t.Helper()
	violations, err := f.keeper.CheckInvariants(f.ctx)
	require.NoError(f.t, err)
	require.Empty(f.t, violations)
}

// export reads the state as it is; in the middle of a block it is not listed for retirement yet.
func (f *fixture) export() *types.GenesisState {
	f.t.Helper()
	state, err := f.keeper.ExportGenesis(f.ctx)
	require.NoError(f.t, err)
	return state
}

// events of a type that the block has emitted so far.
func (f *fixture) events(name string) int {
	count := 0
	for _, event := range f.ctx.EventManager().Events() {
		if event.Type == "zhilian.settlement.v1."+name {
			count++
		}
	}
	return count
}
