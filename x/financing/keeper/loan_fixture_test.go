package keeper_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"cosmossdk.io/math"
	abci "github.com/cometbft/cometbft/abci/types"
	"github.com/cosmos/gogoproto/proto"
	"github.com/stretchr/testify/require"

	"github.com/cosmos/cosmos-sdk/codec"
	addresscodec "github.com/cosmos/cosmos-sdk/codec/address"
	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	"github.com/cosmos/cosmos-sdk/runtime"
	storetypes "github.com/cosmos/cosmos-sdk/store/v2/types"
	"github.com/cosmos/cosmos-sdk/testutil"
	sdk "github.com/cosmos/cosmos-sdk/types"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	credittypes "github.com/zhilian-network/zhilian/x/credit/types"
	"github.com/zhilian-network/zhilian/x/financing/domain"
	"github.com/zhilian-network/zhilian/x/financing/keeper"
	"github.com/zhilian-network/zhilian/x/financing/types"
	settlementtypes "github.com/zhilian-network/zhilian/x/settlement/types"
)

// bank is accounts with money: a payment moves it, or is refused and leaves nothing behind.
type bank struct {
	owners   map[string]accesstypes.Member
	balances map[string]int64
	paid     map[string]settlementtypes.Order // by UETR
	now      func() time.Time
	refuses  map[string]error // by creditor
}

func (b *bank) Account(_ context.Context, address string) (settlementtypes.Account, error) {
	owner, known := b.owners[address]
	if !known {
		return settlementtypes.Account{}, settlementtypes.ErrAccountNotFound.Wrap(address)
	}
	return settlementtypes.Account{
		Address: address, InstitutionId: owner.InstitutionId, PartyId: owner.PartyId, Currencies: []string{"CNY"}, Status: settlementtypes.AccountOpen,
	}, nil
}

func (b *bank) Currency(_ context.Context, code string) (settlementtypes.Currency, error) {
	return settlementtypes.Currency{Code: code, MinorUnits: 2}, nil
}

func (b *bank) Available(_ context.Context, account settlementtypes.Account, _ string) (math.Int, error) {
	return math.NewInt(b.balances[account.Address]), nil
}

func (b *bank) Pay(_ context.Context, order settlementtypes.Order) (settlementtypes.TransferResult, error) {
	uetr := fmt.Sprintf("%x", order.EndToEndDigest[:8])
	if _, repeated := b.paid[uetr]; repeated {
		return settlementtypes.TransferResult{}, settlementtypes.ErrDuplicateEndToEnd
	}
	if err := b.refuses[order.Creditor]; err != nil {
		return settlementtypes.TransferResult{}, err
	}
	if order.Amount.GT(math.NewInt(b.balances[order.Debtor])) {
		return settlementtypes.TransferResult{}, settlementtypes.ErrInsufficientBalance
	}
	b.balances[order.Debtor] -= order.Amount.Int64()
	b.balances[order.Creditor] += order.Amount.Int64()
	b.paid[uetr] = order
	return settlementtypes.TransferResult{Uetr: uetr, Status: settlementtypes.PaymentSettled}, nil
}

func (b *bank) SettledPayment(_ context.Context, uetr string) (settlementtypes.Payment, error) {
	order, known := b.paid[uetr]
	if !known {
		return settlementtypes.Payment{}, settlementtypes.ErrPaymentNotFound.Wrap(uetr)
	}
	return settlementtypes.Payment{
		Uetr: uetr, Debtor: order.Debtor, Creditor: order.Creditor, Currency: order.Currency, Amount: order.Amount,
		Status: settlementtypes.PaymentSettled, DecidedAt: b.now(),
	}, nil
}

func (b *bank) Exchange(context.Context, string, [2]settlementtypes.Leg) ([2]string, error) {
	return [2]string{}, fmt.Errorf("loans exchange nothing")
}

func (b *bank) PlaceHold(context.Context, settlementtypes.Account, settlementtypes.HoldOrder) (settlementtypes.Hold, bool, error) {
	return settlementtypes.Hold{}, false, fmt.Errorf("loans hold nothing")
}

// desk knows operators by the member that they act for and by what they may do.
type desk struct {
	operators map[string]accesstypes.Member
	may       map[string][]string
	spent     int64
	withdrawn bool // the borrower's consent to the lender
}

func (d *desk) Require(_ context.Context, ask accesstypes.Ask) (accesstypes.Actor, error) {
	member, known := d.operators[ask.Operator]
	if !known {
		return accesstypes.Actor{}, accesstypes.ErrOperatorNotFound
	}
	if !slices.Contains(d.may[ask.Operator], ask.Permission) {
		return accesstypes.Actor{}, accesstypes.ErrPermissionDenied.Wrap(ask.Permission)
	}
	if ask.Scope != accesstypes.OwnScope && !member.Scope().Covers(ask.Scope) {
		return accesstypes.Actor{}, accesstypes.ErrScopeDenied
	}
	return accesstypes.Actor{Address: ask.Operator, InstitutionID: member.InstitutionId, PartyID: member.PartyId}, nil
}

func (d *desk) Spend(_ context.Context, _ accesstypes.Actor, money accesstypes.Money) error {
	d.spent += money.Total.Int64()
	return nil
}

func (d *desk) CheckSharing(_ context.Context, sharing accesstypes.Sharing) (accesstypes.Basis, error) {
	if d.withdrawn || sharing.Purpose != accesstypes.Purpose_PURPOSE_FINANCING {
		return accesstypes.Basis{}, accesstypes.ErrConsentMissing
	}
	return accesstypes.Basis{}, nil
}

// told is what credit was told of a party.
type told struct {
	party      accesstypes.Member
	obligation credittypes.Obligation
	at         time.Time
}

// files are what is known of the borrower: its grade, and a figure; and what credit was told.
type files struct {
	told   []told
	grade  string
	figure *credittypes.InputValue
	err    error
}

func (f *files) RecordPunctuality(ctx context.Context, party accesstypes.Member, obligation credittypes.Obligation) error {
	f.told = append(f.told, told{party, obligation, sdk.UnwrapSDKContext(ctx).BlockTime()})
	return obligation.Validate()
}

// TakeBackDefault finds what was told, and forgets it.
func (f *files) TakeBackDefault(_ context.Context, party accesstypes.Member, obligation credittypes.Obligation, at time.Time) error {
	place := slices.IndexFunc(f.told, func(t told) bool {
		return t.party == party && t.obligation.GivenUp && t.obligation.Amount.Equal(obligation.Amount) && t.at.Equal(at)
	})
	if place < 0 {
		return fmt.Errorf("nothing was told of %v at %s", obligation, at)
	}
	f.told = slices.Delete(f.told, place, place+1)
	return obligation.Validate()
}

func (f *files) GradeInForce(context.Context, accesstypes.Member, string) (credittypes.GradeInForce, error) {
	if f.grade == "" {
		return credittypes.GradeInForce{}, credittypes.ErrRatingNotFound
	}
	return credittypes.GradeInForce{Grade: f.grade, Scale: []string{"A", "B", "C"}}, nil
}

func (f *files) FigureInForce(context.Context, accesstypes.Member, string) (credittypes.InputValue, error) {
	if f.figure == nil {
		return credittypes.InputValue{}, f.err
	}
	return *f.figure, nil
}

var (
	morning  = time.Date(2026, 3, 1, 1, 0, 0, 0, time.UTC)
	lending  = accesstypes.Member{InstitutionId: "BQDQ", PartyId: "lending"}
	acme     = accesstypes.Member{InstitutionId: "HXNB", PartyId: "acme"}
	everyone = []string{types.PermissionBorrow, types.PermissionLend, types.PermissionRisk}
)

// loans is the module with an account of the lender BQDQ/lending and one of the borrower HXNB/acme. Operators lena
// and ann act for them and may do everything; cleo acts for the lender and may do nothing.
type loans struct {
	t      testing.TB
	ctx    sdk.Context
	store  *storetypes.KVStoreKey
	bank   *bank
	desk   *desk
	files  *files
	keeper *keeper.Keeper
	msg    types.MsgServer
	query  types.QueryServer
}

func newLoans(t testing.TB) *loans {
	t.Helper()
	l := &loans{
		t: t, store: storetypes.NewKVStoreKey(types.StoreKey), files: &files{grade: "B", err: credittypes.ErrNoInputs},
		bank: &bank{
			owners: map[string]accesstypes.Member{"lender": lending, "borrower": acme}, balances: map[string]int64{"lender": 100_000_000},
			paid: map[string]settlementtypes.Order{}, refuses: map[string]error{},
		},
		desk: &desk{
			operators: map[string]accesstypes.Member{"lena": lending, "ann": acme, "cleo": lending},
			may:       map[string][]string{"lena": everyone, "ann": everyone},
		},
	}
	l.ctx = testutil.DefaultContextWithDB(t, l.store, storetypes.NewTransientStoreKey("transient")).Ctx.WithBlockTime(morning).WithBlockHeight(1)
	l.bank.now = func() time.Time { return l.ctx.BlockTime() }
	l.open()
	require.NoError(t, l.keeper.InitGenesis(l.ctx, types.DefaultGenesis()))
	return l
}

func (l *loans) open() {
	l.keeper = keeper.NewKeeper(codec.NewProtoCodec(codectypes.NewInterfaceRegistry()), runtime.NewKVStoreService(l.store),
		addresscodec.NewBech32Codec("zhilian"), keeper.Deps{Access: l.desk, Settlement: l.bank, Ratings: l.files, Behaviour: l.files}, "authority")
	l.msg, l.query = keeper.NewMsgServer(l.keeper), keeper.NewQueryServer(l.keeper)
}

// advance is a bullet over thirty days at 7.2 %, three days of grace, 3.6 % penalty, default after ninety days.
func advance() types.RepaymentTerms {
	return types.RepaymentTerms{
		Schedule: types.Bullet, DayCount: types.Act360, RatePpm: 72_000, PenaltyPpm: 36_000, Instalments: 1,
		Period: types.Period{Unit: types.UnitDay, Count: 30}, GraceDays: 3, DefaultDays: 90,
	}
}

// lend moves the money as a caller of openLoan does.
func (l *loans) lend(principal int64, terms types.RepaymentTerms) uint64 {
	l.t.Helper()
	l.bank.balances["lender"] -= principal
	l.bank.balances["borrower"] += principal
	id, err := keeper.OpenLoan(l.keeper, l.ctx, domain.LoanTerms{
		LenderAccount: "lender", BorrowerAccount: "borrower", Currency: "CNY", Principal: math.NewInt(principal), Repayment: terms,
	})
	require.NoError(l.t, err)
	return id
}

// days passes days with a block on each.
func (l *loans) days(count int) {
	l.t.Helper()
	for range count {
		l.block(24 * time.Hour)
	}
}

// block is one block, some time after the last one.
func (l *loans) block(later time.Duration) {
	l.t.Helper()
	l.ctx = l.ctx.WithBlockTime(l.ctx.BlockTime().Add(later)).WithBlockHeight(l.ctx.BlockHeight() + 1).WithEventManager(sdk.NewEventManager())
	require.NoError(l.t, l.keeper.EndBlock(l.ctx))
	l.requireSound()
}

func (l *loans) requireSound() {
	l.t.Helper()
	violations, err := l.keeper.CheckInvariants(l.ctx)
	require.NoError(l.t, err)
	require.Empty(l.t, violations)
}

func (l *loans) loan(id uint64) *types.QueryLoanResponse {
	l.t.Helper()
	answer, err := l.query.Loan(l.ctx, &types.QueryLoanRequest{LoanId: id})
	require.NoError(l.t, err)
	return answer
}

func (l *loans) repay(id uint64, amount int64) (*types.MsgRepayLoanResponse, error) {
	return l.msg.RepayLoan(l.ctx, &types.MsgRepayLoan{Operator: "ann", LoanId: id, Amount: math.NewInt(amount)})
}

// told are the events of a kind that the last block or message told.
func (l *loans) told(kind proto.Message) (told []proto.Message) {
	for _, event := range l.ctx.EventManager().Events() {
		if event.Type != proto.MessageName(kind) {
			continue
		}
		parsed, err := sdk.ParseTypedEvent(abci.Event(event))
		require.NoError(l.t, err)
		told = append(told, parsed)
	}
	return told
}
