package keeper_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cosmossdk.io/math"

	addresscodec "github.com/cosmos/cosmos-sdk/codec/address"

	"github.com/cosmos/cosmos-sdk/codec"
	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	"github.com/cosmos/cosmos-sdk/runtime"
	storetypes "github.com/cosmos/cosmos-sdk/store/v2/types"
	"github.com/cosmos/cosmos-sdk/testutil"
	sdk "github.com/cosmos/cosmos-sdk/types"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	credittypes "github.com/zhilian-network/zhilian/x/credit/types"
	"github.com/zhilian-network/zhilian/x/financing/keeper"
	"github.com/zhilian-network/zhilian/x/financing/types"
	settlementtypes "github.com/zhilian-network/zhilian/x/settlement/types"
)

// market is jimo, a party of the bank JZWB that asks for finance, and the lenders LSHB, BQDQ and factor, a party of
// BQDQ. Operators are named after what they act for and may do everything; clerk, of LSHB, may do nothing. Each has
// an account of its own; the banks' are of parties that are their loan books.
type market struct {
	t        testing.TB
	ctx      sdk.Context
	store    *storetypes.KVStoreKey
	grade    *credittypes.GradeInForce
	consents map[accesstypes.Member]bool
	asked    []accesstypes.Ask
	spent    []accesstypes.Money
	keeper   *keeper.Keeper
	msg      types.MsgServer
	query    types.QueryServer
}

var (
	opening = time.Date(2026, 11, 2, 1, 0, 0, 0, time.UTC)
	jimo    = accesstypes.Member{InstitutionId: "JZWB", PartyId: "jimo"}
	lshb    = accesstypes.Member{InstitutionId: "LSHB"}
	bqdq    = accesstypes.Member{InstitutionId: "BQDQ"}
	factor  = accesstypes.Member{InstitutionId: "BQDQ", PartyId: "factor"}
	actors  = map[string]accesstypes.Member{"jimo": jimo, "jzwb": {InstitutionId: "JZWB"}, "lshb": lshb, "clerk": lshb, "bqdq": bqdq, "factor": factor}
	owners  = map[string]accesstypes.Member{
		accountOf("jimo"): jimo, accountOf("factor"): factor,
		accountOf("lshb"): {InstitutionId: "LSHB", PartyId: "lshb-book"}, accountOf("bqdq"): {InstitutionId: "BQDQ", PartyId: "bqdq-book"},
	}
)

func accountOf(name string) string {
	address, err := addresscodec.NewBech32Codec("zhilian").BytesToString(settlementtypes.AccountAddress(name, 0))
	if err != nil {
		panic(err)
	}
	return address
}

func newMarket(t testing.TB) *market {
	t.Helper()
	m := &market{t: t, store: storetypes.NewKVStoreKey(types.StoreKey), consents: map[accesstypes.Member]bool{lshb: true, bqdq: true, factor: true}}
	m.ctx = testutil.DefaultContext(m.store, storetypes.NewTransientStoreKey("transient")).WithBlockTime(opening).WithBlockHeight(1)
	m.keeper = keeper.NewKeeper(codec.NewProtoCodec(codectypes.NewInterfaceRegistry()), runtime.NewKVStoreService(m.store),
		addresscodec.NewBech32Codec("zhilian"), keeper.Deps{Access: m, Settlement: marketAccounts{}, Ratings: m}, "authority")
	m.msg, m.query = keeper.NewMsgServer(m.keeper), keeper.NewQueryServer(m.keeper)
	require.NoError(t, m.keeper.InitGenesis(m.ctx, types.DefaultGenesis()))
	return m
}

func (m *market) Require(_ context.Context, ask accesstypes.Ask) (accesstypes.Actor, error) {
	member, known := actors[ask.Operator]
	switch {
	case !known:
		return accesstypes.Actor{}, accesstypes.ErrOperatorNotFound
	case ask.Operator == "clerk":
		return accesstypes.Actor{}, accesstypes.ErrPermissionDenied
	case !member.Scope().Covers(ask.Scope):
		return accesstypes.Actor{}, accesstypes.ErrScopeDenied
	}
	m.asked = append(m.asked, ask)
	return accesstypes.Actor{Address: ask.Operator, InstitutionID: member.InstitutionId, PartyID: member.PartyId}, nil
}

func (m *market) Spend(_ context.Context, _ accesstypes.Actor, money accesstypes.Money) error {
	m.spent = append(m.spent, money)
	return nil
}

func (m *market) CheckSharing(_ context.Context, sharing accesstypes.Sharing) (accesstypes.Basis, error) {
	if sharing.Purpose != accesstypes.Purpose_PURPOSE_FINANCING || !m.consents[accesstypes.MemberOf(sharing.Reader)] {
		return accesstypes.Basis{}, accesstypes.ErrConsentMissing
	}
	return accesstypes.Basis{Kind: accesstypes.BasisConsent}, nil
}

func (m *market) GradeInForce(_ context.Context, subject accesstypes.Member, product string) (credittypes.GradeInForce, error) {
	if m.grade == nil || subject != jimo || product != "sme-1y" {
		return credittypes.GradeInForce{}, credittypes.ErrRatingNotFound
	}
	return *m.grade, nil
}

// marketAccounts knows accounts; nothing is paid here.
func (*market) FigureInForce(context.Context, accesstypes.Member, string) (credittypes.InputValue, error) {
	return credittypes.InputValue{}, credittypes.ErrNoInputs
}

type marketAccounts struct{ keeper.Settlement }

func (marketAccounts) Account(_ context.Context, address string) (settlementtypes.Account, error) {
	owner, known := owners[address]
	if !known {
		return settlementtypes.Account{}, settlementtypes.ErrAccountNotFound
	}
	return settlementtypes.Account{Address: address, InstitutionId: owner.InstitutionId, PartyId: owner.PartyId, Status: settlementtypes.AccountOpen}, nil
}

// loanMsg asks for an unsecured loan of 900 at 6 % at most, for an hour, with half an hour to reveal and one to
// decide.
func loanMsg(mode types.BiddingMode) *types.MsgRequestFinance {
	msg := &types.MsgRequestFinance{
		Operator: "jimo", Account: accountOf("jimo"), Kind: types.KindUnsecured, Mode: mode, Currency: "CNY", Amount: math.NewInt(900),
		Repayment: &types.RepaymentTerms{
			Schedule: types.Bullet, DayCount: types.Act360, RatePpm: 60_000, Instalments: 1,
			Period: types.Period{Unit: types.UnitDay, Count: 90}, GraceDays: 3, DefaultDays: 30,
		},
		Product: "sme-1y", Lenders: []accesstypes.Member{lshb, factor, bqdq}, BiddingPeriod: time.Hour, DecisionPeriod: time.Hour,
	}
	if mode == types.ModeSealed {
		msg.RevealPeriod = 30 * time.Minute
	}
	return msg
}

func (m *market) request(mode types.BiddingMode) uint64 {
	m.t.Helper()
	answer, err := m.msg.RequestFinance(m.ctx, loanMsg(mode))
	require.NoError(m.t, err)
	return answer.RequestId
}

// unchanged tries something that must be refused, and compares the store.
func (m *market) unchanged(try func(ctx context.Context) error, want error, name string) {
	m.t.Helper()
	cached, _ := m.ctx.CacheContext()
	require.ErrorIs(m.t, try(cached), want, name)
}

// tried runs a message as a transaction does: what fails leaves nothing behind.
func tried[A, R any](m *market, handle func(context.Context, A) (R, error), msg A) (R, error) {
	cached, keep := m.ctx.CacheContext()
	answer, err := handle(cached, msg)
	if err == nil {
		keep()
	}
	return answer, err
}

func rate(ppm uint32) types.OfferTerms { return types.OfferTerms{RatePpm: ppm} }

func (m *market) offer(lender string, request uint64, terms types.OfferTerms) (uint64, error) {
	answer, err := tried(m, m.msg.MakeOffer, &types.MsgMakeOffer{Operator: lender, RequestId: request, Account: accountOf(lender), Terms: terms})
	if err != nil {
		return 0, err
	}
	return answer.OfferId, nil
}

var bidSalt = []byte("sixteen random b")

func (m *market) bid(lender string, request uint64, terms types.OfferTerms) (uint64, error) {
	answer, err := tried(m, m.msg.CommitOffer, &types.MsgCommitOffer{
		Operator: lender, RequestId: request, Account: accountOf(lender),
		Commitment: types.BidCommitment(request, actors[lender], accountOf(lender), terms.Normal(), bidSalt),
	})
	if err != nil {
		return 0, err
	}
	return answer.OfferId, nil
}

func (m *market) reveal(lender string, offer uint64, terms types.OfferTerms) error {
	_, err := tried(m, m.msg.RevealOffer, &types.MsgRevealOffer{Operator: lender, OfferId: offer, Terms: terms, Salt: bidSalt})
	return err
}

func (m *market) standing(request uint64) types.RequestStatus {
	m.t.Helper()
	answer, err := m.query.Request(m.ctx, &types.QueryRequestRequest{RequestId: request})
	require.NoError(m.t, err)
	return answer.Request.Status
}

func (m *market) standings(request uint64) map[uint64]types.OfferStatus {
	m.t.Helper()
	answer, err := m.query.Offers(m.ctx, &types.QueryOffersRequest{RequestId: request})
	require.NoError(m.t, err)
	statuses := map[uint64]types.OfferStatus{}
	for _, offer := range answer.Offers {
		statuses[offer.Id] = offer.Status
	}
	return statuses
}

// after makes a block that much later.
func (m *market) after(d time.Duration) {
	m.t.Helper()
	m.late(d)
	require.NoError(m.t, m.keeper.EndBlock(m.ctx))
}

// late is a later block that has not ended.
func (m *market) late(d time.Duration) {
	m.ctx = m.ctx.WithBlockTime(m.ctx.BlockTime().Add(d)).WithBlockHeight(m.ctx.BlockHeight() + 1)
}

func (m *market) stored() (all [][2]string) {
	iterator := m.ctx.KVStore(m.store).Iterator(nil, nil)
	defer iterator.Close()
	for ; iterator.Valid(); iterator.Next() {
		all = append(all, [2]string{string(iterator.Key()), string(iterator.Value())})
	}
	return all
}

// requireSound checks the invariants, and that the state goes through a genesis and back unchanged.
func (m *market) requireSound() {
	m.t.Helper()
	violations, err := m.keeper.CheckInvariants(m.ctx)
	require.NoError(m.t, err)
	require.Empty(m.t, violations)
	state, err := m.keeper.ExportGenesis(m.ctx)
	require.NoError(m.t, err)
	other := newMarket(m.t)
	store := other.ctx.KVStore(other.store)
	for _, pair := range other.stored() {
		store.Delete([]byte(pair[0]))
	}
	require.NoError(m.t, other.keeper.InitGenesis(other.ctx, state))
	require.Equal(m.t, m.stored(), other.stored(), "indexes and queues too")
}
