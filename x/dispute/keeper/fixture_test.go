package keeper_test

import (
	"crypto/sha256"
	"fmt"
	"testing"
	"time"

	"cosmossdk.io/math"
	"github.com/stretchr/testify/require"

	"github.com/cosmos/cosmos-sdk/codec"
	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	"github.com/cosmos/cosmos-sdk/runtime"
	storetypes "github.com/cosmos/cosmos-sdk/store/v2/types"
	"github.com/cosmos/cosmos-sdk/testutil"
	sdk "github.com/cosmos/cosmos-sdk/types"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	credittypes "github.com/zhilian-network/zhilian/x/credit/types"
	"github.com/zhilian-network/zhilian/x/dispute/keeper"
	"github.com/zhilian-network/zhilian/x/dispute/types"
	settlementtypes "github.com/zhilian-network/zhilian/x/settlement/types"
	vaulttypes "github.com/zhilian-network/zhilian/x/vault/types"
)

const (
	day    = 24 * time.Hour
	active = accesstypes.MemberStatus_MEMBER_STATUS_ACTIVE
)

var (
	start = time.Date(2026, 11, 2, 1, 0, 0, 0, time.UTC)
	acme  = accesstypes.Member{InstitutionId: "BQDQ", PartyId: "acme"}
	beta  = accesstypes.Member{InstitutionId: "BQDQ", PartyId: "beta"}
	zeta  = accesstypes.Member{InstitutionId: "LSHB", PartyId: "zeta"}
	bqdq  = accesstypes.Member{InstitutionId: "BQDQ"}
	lshb  = accesstypes.Member{InstitutionId: "LSHB"}
)

var everything = []string{
	types.PermissionFile, types.PermissionAnswer, types.PermissionExtend, types.PermissionEnrol, types.PermissionArbitrate, types.PermissionRead,
	types.PermissionAssist,
}

// fixture is the bank BQDQ with its customers acme and beta, the bank LSHB with zeta, the data provider TAXO, the
// regulator SUPV, and seven banks whose arbitrators are arb0 to arb6. Operators are named after what they act for;
// handler is a second one of LSHB, approved one whose actions have been approved.
type fixture struct {
	t      testing.TB
	ctx    sdk.Context
	store  *storetypes.KVStoreKey
	world  *world
	keeper *keeper.Keeper
	msg    types.MsgServer
	query  types.QueryServer
}

func newFixture(t testing.TB, arbitrators int) *fixture {
	t.Helper()
	const bank, provider = accesstypes.InstitutionKind_INSTITUTION_KIND_BANK, accesstypes.InstitutionKind_INSTITUTION_KIND_DATA_PROVIDER
	of := func(member accesstypes.Member, kind accesstypes.InstitutionKind) operator {
		return operator{scope: member.Scope(), kind: kind, permissions: everything}
	}
	w := &world{
		operators: map[string]operator{
			"acme": of(acme, bank), "beta": of(beta, bank), "zeta": of(zeta, bank), "bqdq": of(bqdq, bank), "lshb": of(lshb, bank),
			"handler": of(lshb, bank), "approved": of(lshb, bank), "taxo": of(accesstypes.Member{InstitutionId: "TAXO"}, provider),
			"attester": of(accesstypes.Member{InstitutionId: "TAXO"}, provider),
			"supv":     of(accesstypes.Member{InstitutionId: "SUPV"}, accesstypes.InstitutionKind_INSTITUTION_KIND_REGULATOR),
		},
		parties: map[string]accesstypes.Party{}, consents: map[uint64]accesstypes.Consent{}, balances: map[string]math.Int{},
		holds: map[string]math.Int{}, holdOf: map[string]string{}, accounts: map[string]settlementtypes.Account{},
		payments: map[string]settlementtypes.Payment{}, returned: map[string]math.Int{}, kept: map[string]math.Int{}, paid: map[string]math.Int{},
		setAside: map[string]settlementtypes.Hold{}, attestations: map[uint64]credittypes.Attestation{},
		ratings: map[uint64]credittypes.Rating{}, records: map[uint64]vaulttypes.Record{}, shares: map[string]bool{}, numbers: 100, loans: map[uint64]*lent{}, receivables: map[uint64]*owed{},
	}
	for _, member := range []accesstypes.Member{acme, beta, zeta} {
		w.parties[member.PartyId] = accesstypes.Party{
			Id: member.PartyId, InstitutionId: member.InstitutionId, Kind: accesstypes.PartyKind_PARTY_KIND_LEGAL_PERSON,
			Status: accesstypes.MemberStatus_MEMBER_STATUS_ACTIVE,
		}
		w.accounts[account(member)] = settlementtypes.Account{
			Address: account(member), InstitutionId: member.InstitutionId, PartyId: member.PartyId, Status: settlementtypes.AccountOpen,
		}
		w.balances[account(member)+" CNY"] = math.NewInt(10_000_00)
	}
	f := &fixture{t: t, store: storetypes.NewKVStoreKey(types.StoreKey), world: w}
	f.ctx = testutil.DefaultContext(f.store, storetypes.NewTransientStoreKey("transient")).WithBlockTime(start).WithBlockHeight(1)
	deps := keeper.Deps{Access: fakes{w}, Holds: fakes{w}, Payments: fakes{w}, Ratings: fakes{w}, Records: fakes{w}, Financing: fakes{w}}
	f.keeper = keeper.NewKeeper(codec.NewProtoCodec(codectypes.NewInterfaceRegistry()), runtime.NewKVStoreService(f.store),
		plainAddresses{}, deps, "authority")
	f.msg, f.query = keeper.NewMsgServer(f.keeper), keeper.NewQueryServer(f.keeper)
	require.NoError(t, f.keeper.InitGenesis(f.ctx, types.DefaultGenesis()))
	for i := range arbitrators {
		name := fmt.Sprint("arb", i)
		w.operators[name] = of(accesstypes.Member{InstitutionId: fmt.Sprint("BANK", i)}, bank)
		_, err := f.msg.EnrolArbitrator(f.ctx, &types.MsgEnrolArbitrator{Operator: name, Arbitrator: name})
		require.NoError(t, err)
	}
	return f
}

func account(member accesstypes.Member) string { return "account-" + member.PartyId }

// pay is a settled payment of 1,000.00 CNY from a customer to zeta, by its number.
func (f *fixture) pay(from accesstypes.Member, number int) string {
	uetr := fmt.Sprintf("00000000-0000-4000-8000-%012d", number)
	f.world.payments[uetr] = settlementtypes.Payment{
		Uetr: uetr, Debtor: account(from), Creditor: account(zeta), Currency: "CNY", Amount: math.NewInt(1000_00),
		Status: settlementtypes.PaymentSettled, DecidedAt: start.Add(-73 * day),
	}
	return uetr
}

func refund(amount int64) types.Remedy {
	return types.Remedy{Kind: types.RemedyRefund, Amount: math.NewInt(amount)}
}

func one(kind types.RemedyKind) types.Remedy { return types.Remedy{Kind: kind, Amount: math.OneInt()} }

func apology() types.Remedy {
	return types.Remedy{Kind: types.RemedyApology, Amount: math.OneInt(), Text: "We are sorry for the delay."}
}

func aboutPayment(claimant accesstypes.Member, uetr string, remedies ...types.Remedy) *types.MsgFileCase {
	return &types.MsgFileCase{
		Operator: claimant.PartyId, Claimant: claimant, Matter: types.Matter{Kind: types.MatterPayment, Uetr: uetr},
		Reason: types.CaseReason_CASE_REASON_DUPLICATE, Remedies: remedies,
	}
}

// file is a case that must be taken, by its number.
func (f *fixture) file(msg *types.MsgFileCase) uint64 {
	f.t.Helper()
	answer, err := f.msg.FileCase(f.ctx, msg)
	require.NoError(f.t, err)
	return answer.CaseId
}

// duplicate is acme's case about a payment to zeta: 1,000.00 back, with interest and an apology.
func (f *fixture) duplicate() uint64 {
	f.t.Helper()
	return f.file(aboutPayment(acme, f.pay(acme, 1), refund(1000_00), one(types.RemedyInterest), apology()))
}

func (f *fixture) get(id uint64) types.Case {
	f.t.Helper()
	c, err := f.keeper.Case(f.ctx, id)
	require.NoError(f.t, err)
	return c
}

func (f *fixture) requireStatus(id uint64, status types.CaseStatus) types.Case {
	f.t.Helper()
	c := f.get(id)
	require.Equal(f.t, status, c.Status)
	return c
}

// block ends a block some time later. Its hash follows from its height.
func (f *fixture) block(later time.Duration) {
	f.t.Helper()
	height := f.ctx.BlockHeight() + 1
	hash := sha256.Sum256([]byte(fmt.Sprint("block ", height)))
	f.ctx = f.ctx.WithBlockTime(f.ctx.BlockTime().Add(later)).WithBlockHeight(height).WithHeaderHash(hash[:])
	require.NoError(f.t, f.keeper.EndBlock(f.ctx))
}

// pass lets time go by, a block every nine minutes: the chain does not stand still.
func (f *fixture) pass(time_ time.Duration) {
	f.t.Helper()
	for time_ > 0 {
		step := min(time_, 9*time.Minute)
		f.block(step)
		time_ -= step
	}
}

// must is a message that is answered without an error.
func must[T any](f *fixture) func(T, error) T {
	return func(answer T, err error) T {
		f.t.Helper()
		require.NoError(f.t, err)
		return answer
	}
}

func (f *fixture) acknowledge(id uint64) {
	f.t.Helper()
	must[*types.MsgAcknowledgeCaseResponse](f)(f.msg.AcknowledgeCase(f.ctx, &types.MsgAcknowledgeCase{Operator: "handler", CaseId: id}))
}

func (f *fixture) contest(id uint64) {
	f.t.Helper()
	must[*types.MsgAnswerCaseResponse](f)(f.msg.AnswerCase(f.ctx, &types.MsgAnswerCase{Operator: "handler", CaseId: id, Answer: types.AnswerContest}))
}

// toPanel brings a case before a panel whose members are seated.
func (f *fixture) toPanel(id uint64) types.Panel {
	f.t.Helper()
	f.acknowledge(id)
	f.contest(id)
	must[*types.MsgEscalateCaseResponse](f)(f.msg.EscalateCase(f.ctx, &types.MsgEscalateCase{Operator: "acme", CaseId: id}))
	return f.seated(id)
}

func (f *fixture) seated(id uint64) types.Panel {
	f.t.Helper()
	f.block(time.Second)
	f.block(time.Second)
	f.requireStatus(id, types.Committing)
	return f.panel(id)
}

func (f *fixture) panel(id uint64) types.Panel {
	f.t.Helper()
	answer, err := f.query.Panels(f.ctx, &types.QueryPanelsRequest{CaseId: id})
	require.NoError(f.t, err)
	require.NotEmpty(f.t, answer.Panels)
	last := answer.Panels[len(answer.Panels)-1]
	require.True(f.t, last.Same, "whoever draws again draws the same")
	return last.Panel
}

var salt = []byte("sixteen random b")

func give(pairs ...int64) types.Award {
	award := types.Award{}
	for i := 0; i < len(pairs); i += 2 {
		award.Grants = append(award.Grants, types.Grant{Remedy: uint32(pairs[i]), Amount: math.NewInt(pairs[i+1])})
	}
	return award
}

func (f *fixture) commit(id uint64, arbitrator string, vote types.Award) error {
	_, err := f.msg.CommitVote(f.ctx, &types.MsgCommitVote{
		Operator: arbitrator, CaseId: id, Commitment: types.VoteCommitment(id, f.get(id).Instance, arbitrator, vote, salt),
	})
	return err
}

func (f *fixture) reveal(id uint64, arbitrator string, vote types.Award) error {
	_, err := f.msg.RevealVote(f.ctx, &types.MsgRevealVote{Operator: arbitrator, CaseId: id, Vote: vote, Salt: salt})
	return err
}

// vote has every member of the panel vote the same.
func (f *fixture) vote(id uint64, panel types.Panel, vote types.Award) {
	f.t.Helper()
	for _, seat := range panel.Seats {
		require.NoError(f.t, f.commit(id, seat.Arbitrator, vote))
	}
	f.requireStatus(id, types.Revealing)
	for _, seat := range panel.Seats {
		require.NoError(f.t, f.reveal(id, seat.Arbitrator, vote))
	}
}

// ruled is a case for which a panel has voted.
func (f *fixture) ruled(vote types.Award) uint64 {
	f.t.Helper()
	id := f.duplicate()
	f.vote(id, f.toPanel(id), vote)
	f.requireStatus(id, types.Ruled)
	return id
}

func (f *fixture) balance(member accesstypes.Member) int64 {
	return f.world.balances[account(member)+" CNY"].Int64()
}

func (f *fixture) held(member accesstypes.Member) int64 {
	return fakes{f.world}.heldIn(account(member) + " CNY").Int64()
}

// requireSound checks the invariants, and that no money came or went.
func (f *fixture) requireSound() {
	f.t.Helper()
	violations, err := f.keeper.CheckInvariants(f.ctx)
	require.NoError(f.t, err)
	require.Empty(f.t, violations)
}

// requireSameAfterGenesis exports, starts a chain from it, and compares every key and value.
func (f *fixture) requireSameAfterGenesis() {
	f.t.Helper()
	state, err := f.keeper.ExportGenesis(f.ctx)
	require.NoError(f.t, err)
	store := storetypes.NewKVStoreKey(types.StoreKey)
	ctx := testutil.DefaultContext(store, storetypes.NewTransientStoreKey("transient")).WithBlockTime(f.ctx.BlockTime())
	deps := keeper.Deps{Access: fakes{f.world}, Holds: fakes{f.world}, Payments: fakes{f.world}, Ratings: fakes{f.world}, Records: fakes{f.world}, Financing: fakes{f.world}}
	again := keeper.NewKeeper(codec.NewProtoCodec(codectypes.NewInterfaceRegistry()), runtime.NewKVStoreService(store), plainAddresses{}, deps, "authority")
	require.NoError(f.t, again.InitGenesis(ctx, state))
	exported, err := again.ExportGenesis(ctx)
	require.NoError(f.t, err)
	require.Equal(f.t, state, exported)
	require.Equal(f.t, stored(f.ctx, f.store), stored(ctx, store), "indexes and queues too")
}

func stored(ctx sdk.Context, key *storetypes.KVStoreKey) (all [][2]string) {
	iterator := ctx.KVStore(key).Iterator(nil, nil)
	defer iterator.Close()
	for ; iterator.Valid(); iterator.Next() {
		all = append(all, [2]string{string(iterator.Key()), string(iterator.Value())})
	}
	return all
}
