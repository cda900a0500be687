package keeper_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	errorsmod "cosmossdk.io/errors"
	"cosmossdk.io/math"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	ledgertypes "github.com/zhilian-network/zhilian/x/ledger/types"
	"github.com/zhilian-network/zhilian/x/settlement/types"
)

func holdUETR(debtor, endToEnd string) string {
	return types.DeriveHoldID(types.AccountAddress(debtor, 0), digest(endToEnd)).UETR()
}

// place is a hold for an hour.
func (f *fixture) place(from, to string, amount int64, endToEnd string) *types.MsgPlaceHold {
	return &types.MsgPlaceHold{
		Operator: f.bankOf(from), Debtor: account(from), Creditor: account(to), Currency: "CNY", Amount: math.NewInt(amount),
		EndToEndDigest: digest(endToEnd), ExpiresAt: f.now.Add(time.Hour),
	}
}

func capture(uetr string, amount int64, id, as string) *types.MsgCaptureHold {
	return &types.MsgCaptureHold{Operator: as, Uetr: uetr, Amount: math.NewInt(amount), EndToEndDigest: digest(id)}
}

func (f *fixture) available(party string) int64 {
	amount, err := f.ledger.Available(f.ctx, types.AccountAddress(party, 0), types.DepositDenom(f.access.parties[party].InstitutionId, "CNY"))
	require.NoError(f.t, err)
	return amount.Int64()
}

func (f *fixture) storedHold(uetr string) types.Hold {
	f.t.Helper()
	response, err := f.query.Hold(f.ctx, &types.QueryHoldRequest{Uetr: uetr})
	require.NoError(f.t, err)
	return response.Hold
}

func TestAHoldIsCapturedByItsPayeeInPartsAndReleased(t *testing.T) {
	f := newFixture(t)
	placed, err := f.msg.PlaceHold(f.ctx, f.place("acme", "carol", 600, "room 12"))
	require.NoError(t, err)
	require.Equal(t, types.HoldPending, placed.Hold.Status)
	require.Equal(t, int64(1_000), f.balance("acme"), "nothing moves")
	require.Equal(t, int64(400), f.available("acme"))
	require.Equal(t, int64(600), f.access.spent[len(f.access.spent)-1].Total.Int64())
	_, err = f.msg.Pay(f.ctx, pay("acme", "bob", 401, "rent"))
	require.ErrorIs(t, err, types.ErrInsufficientBalance)
	require.Equal(t, "AM04", types.ISOReason(err))
	_, err = f.msg.RedeemDeposit(f.ctx, &types.MsgRedeemDeposit{Operator: signer("bqdq"), Account: account("acme"), Currency: "CNY", Amount: math.NewInt(401)})
	require.ErrorIs(t, err, types.ErrInsufficientBalance)
	f.soundBooks()

	taken, err := f.msg.CaptureHold(f.ctx, capture(placed.Hold.Uetr, 250, "night 1", signer("carol")))
	require.NoError(t, err)
	require.Equal(t, "250", taken.Hold.Captured.String())
	require.Equal(t, int64(750), f.balance("acme"))
	require.Equal(t, int64(1_250), f.balance("carol"))
	require.Equal(t, 1, f.events("EventPaymentSettled"))
	require.Equal(t, 1, f.events("EventHoldCaptured"))
	payment, err := f.query.Payment(f.ctx, &types.QueryPaymentRequest{Uetr: taken.Result.Uetr})
	require.NoError(t, err)
	require.Equal(t, types.PaymentSettled, payment.Payment.Status)
	require.Equal(t, account("acme"), payment.Payment.Debtor)
	f.soundBooks()

	released, err := f.msg.ReleaseHold(f.ctx, &types.MsgReleaseHold{Operator: signer("carol"), Uetr: placed.Hold.Uetr})
	require.NoError(t, err)
	require.Equal(t, types.HoldReleased, released.Hold.Status)
	require.Equal(t, "CUST", released.Hold.Reason)
	require.Equal(t, int64(750), f.available("acme"))
	f.soundBooks()
	f.next(time.Second)
	require.EqualValues(t, 1, f.export().PaymentLog.Size_, "the capture is logged as a payment")
}

func TestRetriesOfHoldsAndCapturesGiveTheFirstResult(t *testing.T) {
	f := newFixture(t)
	order := f.place("acme", "bob", 600, "x")
	first, err := f.msg.PlaceHold(f.ctx, order)
	require.NoError(t, err)
	taken, err := f.msg.CaptureHold(f.ctx, capture(first.Hold.Uetr, 600, "c", signer("bqdq")))
	require.NoError(t, err)
	f.next(time.Second)

	again, err := f.msg.PlaceHold(f.ctx, order)
	require.NoError(t, err)
	require.True(t, again.Replayed)
	require.Equal(t, types.HoldCaptured, again.Hold.Status, "as it stands now")
	repeated, err := f.msg.CaptureHold(f.ctx, capture(first.Hold.Uetr, 600, "c", signer("bqdq")))
	require.NoError(t, err)
	require.True(t, repeated.Result.Replayed)
	require.Equal(t, taken.Result.Uetr, repeated.Result.Uetr)
	require.Empty(t, f.ledger.writes)
	require.Empty(t, f.writes)
	// A payment may have the end-to-end id of a hold.
	f.must(f.msg.Pay(f.ctx, pay("acme", "bob", 1, "x")))
	f.soundBooks()
}

func TestHoldsAreRefusedWithTheirReasons(t *testing.T) {
	f := newFixture(t)
	f.must(f.msg.PlaceHold(f.ctx, f.place("acme", "bob", 600, "x")))
	f.must(f.msg.PlaceHold(f.ctx, f.place("acme", "bob", 10, "gone")))
	f.must(f.msg.ReleaseHold(f.ctx, &types.MsgReleaseHold{Operator: signer("bqdq"), Uetr: holdUETR("acme", "gone")}))
	f.must(f.msg.CaptureHold(f.ctx, capture(holdUETR("acme", "x"), 100, "used", signer("bqdq"))))
	order := func(change func(*types.MsgPlaceHold)) func() error {
		return func() error {
			msg := f.place("acme", "bob", 1, "new")
			change(msg)
			_, err := f.msg.PlaceHold(f.ctx, msg)
			return err
		}
	}
	take := func(msg *types.MsgCaptureHold) func() error {
		return func() error { _, err := f.msg.CaptureHold(f.ctx, msg); return err }
	}
	free := func(uetr, as string) func() error {
		return func() error {
			_, err := f.msg.ReleaseHold(f.ctx, &types.MsgReleaseHold{Operator: as, Uetr: uetr})
			return err
		}
	}
	x, bqdq := holdUETR("acme", "x"), signer("bqdq")
	for _, c := range []struct {
		name   string
		act    func() error
		want   *errorsmod.Error
		reason string
	}{
		{"more than is available", order(func(m *types.MsgPlaceHold) { m.Amount = math.NewInt(401) }), types.ErrInsufficientBalance, "AM04"},
		{"an unknown payee", order(func(m *types.MsgPlaceHold) { m.Creditor = account("nobody") }), types.ErrCreditorUnknown, "AC03"},
		{"for oneself", order(func(m *types.MsgPlaceHold) { m.Creditor = m.Debtor }), types.ErrSameAccount, "AG01"},
		{"a currency that is not settled", order(func(m *types.MsgPlaceHold) { m.Currency = "JPY" }), types.ErrCurrencyNotSettled, "AM03"},
		{"an expiry that is now", order(func(m *types.MsgPlaceHold) { m.ExpiresAt = f.now }), types.ErrExpiryInvalid, "DT01"},
		{"an expiry in two years", order(func(m *types.MsgPlaceHold) { m.ExpiresAt = f.now.Add(2 * types.HoldPeriodMax) }), types.ErrExpiryInvalid, "DT01"},
		{"an expiry before clocks", order(func(m *types.MsgPlaceHold) { m.ExpiresAt = time.Time{} }), types.ErrExpiryInvalid, "DT01"},
		{"the names of another hold", order(func(m *types.MsgPlaceHold) { m.EndToEndDigest = digest("x") }), types.ErrHoldDuplicate, "DU04"},
		{"the capture of more than is left", take(capture(x, 501, "c", bqdq)), types.ErrHoldExceeded, "AM09"},
		{"the capture of no hold", take(capture(holdUETR("acme", "nothing"), 1, "c", bqdq)), types.ErrHoldNotFound, "NOOR"},
		{"the capture of a released hold", take(capture(holdUETR("acme", "gone"), 1, "c", bqdq)), types.ErrHoldTransition, "NARR"},
		{"another capture with a used id", take(capture(x, 99, "used", bqdq)), types.ErrDuplicateEndToEnd, "DU04"},
		{"the capture by a stranger's bank", take(capture(x, 1, "c", signer("hxnb"))), accesstypes.ErrScopeDenied, "DS0H"},
		{"the capture by the debtor", take(capture(x, 1, "c", signer("acme treasurer"))), accesstypes.ErrScopeDenied, "DS0H"},
		{"the release by the debtor", free(x, signer("acme treasurer")), accesstypes.ErrScopeDenied, "DS0H"},
		{"a second release", free(holdUETR("acme", "gone"), bqdq), types.ErrHoldTransition, "NARR"},
	} {
		before := f.export()
		clear(f.ledger.writes)
		err := c.act()
		require.ErrorIs(t, err, c.want, c.name)
		require.Equal(t, c.reason, types.ISOReason(err), c.name)
		require.Equal(t, before, f.export(), c.name)
		require.Empty(t, f.ledger.writes, c.name)
	}
}

func TestAHoldFromABlockedAccountOrAgainstShortReservesIsNotCaptured(t *testing.T) {
	f := newFixture(t)
	f.must(f.msg.PlaceHold(f.ctx, f.place("acme", "carol", 600, "x")))
	f.must(f.msg.RedeemReserve(f.ctx, &types.MsgRedeemReserve{Operator: signer("central"), InstitutionId: "BQDQ", Currency: "CNY", Amount: math.NewInt(500)}))
	_, err := f.msg.CaptureHold(f.ctx, capture(holdUETR("acme", "x"), 501, "c", signer("carol")))
	require.ErrorIs(t, err, types.ErrInsufficientReserve)
	f.must(f.msg.CaptureHold(f.ctx, capture(holdUETR("acme", "x"), 500, "c", signer("carol"))))
	f.setStatus("acme", types.AccountBlocked)
	_, err = f.msg.CaptureHold(f.ctx, capture(holdUETR("acme", "x"), 1, "d", signer("carol")))
	require.ErrorIs(t, err, types.ErrAccountBlocked)
	f.soundBooks()
}

func TestWhatIsLeftIsReleasedWhenItsTimeIsOverAndLeavesStateLater(t *testing.T) {
	f := newFixture(t)
	f.must(f.msg.PlaceHold(f.ctx, f.place("acme", "bob", 600, "x")))
	f.must(f.msg.CaptureHold(f.ctx, capture(holdUETR("acme", "x"), 100, "c", signer("bqdq"))))
	f.next(time.Hour - time.Second)
	require.Equal(t, int64(400), f.available("acme"))
	f.next(time.Second) // the block before has ended a second too early
	_, err := f.msg.CaptureHold(f.ctx, capture(holdUETR("acme", "x"), 100, "d", signer("bqdq")))
	require.ErrorIs(t, err, types.ErrHoldExpired)
	require.NoError(t, f.keeper.EndBlock(f.ctx))
	require.Equal(t, int64(900), f.available("acme"))
	hold := f.storedHold(holdUETR("acme", "x"))
	require.Equal(t, types.HoldReleased, hold.Status)
	require.Equal(t, "AB03", hold.Reason)
	require.Equal(t, 1, f.events("EventHoldReleased"))
	f.soundBooks()

	f.next(types.DefaultParams().RetentionPeriod)
	f.next(time.Second)
	_, err = f.query.Hold(f.ctx, &types.QueryHoldRequest{Uetr: hold.Uetr})
	require.ErrorContains(t, err, "hold not found")
	require.Empty(t, f.export().Holds)
}

// However many fall due at once, or while the chain was halted, a block works off its share, earliest first.
func TestDueHoldsAreWorkedOffInBoundedWork(t *testing.T) {
	f := newFixture(t)
	const holds = types.HoldsDuePerBlockMax + 20
	for i := range holds {
		msg := f.place("acme", "bob", 1, fmt.Sprint(i))
		msg.ExpiresAt = f.now.Add(time.Hour + time.Duration(holds-i))
		f.must(f.msg.PlaceHold(f.ctx, msg))
	}
	f.next(30 * 24 * time.Hour)
	require.NoError(t, f.keeper.EndBlock(f.ctx))
	require.Equal(t, int64(1_000-20), f.available("acme"))
	require.Equal(t, types.HoldPending, f.storedHold(holdUETR("acme", "0")).Status, "the latest waits")
	require.Equal(t, types.HoldReleased, f.storedHold(holdUETR("acme", fmt.Sprint(holds-1))).Status)
	f.next(time.Second)
	require.NoError(t, f.keeper.EndBlock(f.ctx))
	require.Equal(t, int64(1_000), f.available("acme"))
	f.soundBooks()
}

func TestAHoldThatCannotBeReleasedStopsNoBlock(t *testing.T) {
	f := newFixture(t)
	f.must(f.msg.PlaceHold(f.ctx, f.place("acme", "bob", 5, "broken")))
	f.must(f.msg.PlaceHold(f.ctx, f.place("acme", "bob", 6, "sound")))
	_, err := f.ledger.Release(f.ctx, ledgertypes.HoldKey{
		Account: types.AccountAddress("acme", 0), Denom: "BQDQ/CNY", Module: types.ModuleName, ID: holdUETR("acme", "broken"),
	})
	require.NoError(t, err)
	violations, err := f.keeper.CheckInvariants(f.ctx)
	require.NoError(t, err)
	require.Equal(t, []string{"2 holds are pending, the ledger has 1"}, violations)

	f.next(time.Hour)
	require.NoError(t, f.keeper.EndBlock(f.ctx))
	require.Equal(t, 1, f.events("EventHoldStuck"))
	require.Equal(t, types.HoldReleased, f.storedHold(holdUETR("acme", "sound")).Status)
	require.Equal(t, types.HoldPending, f.storedHold(holdUETR("acme", "broken")).Status)
	f.next(time.Second)
	require.NoError(t, f.keeper.EndBlock(f.ctx))
	require.Zero(t, f.events("EventHoldStuck"), "it is told of once")
}

func TestHoldsOutOfStepWithTheLedgerAreReported(t *testing.T) {
	key := ledgertypes.HoldKey{Account: types.AccountAddress("acme", 0), Denom: "BQDQ/CNY", Module: types.ModuleName, ID: "x"}
	for id, want := range map[string]string{
		"x":                      `the ledger holds 7 of BQDQ/CNY under "x", which is no UETR`,
		holdUETR("acme", "none"): "the ledger holds 7 for hold " + holdUETR("acme", "none") + ", which has status HOLD_STATUS_UNSPECIFIED",
	} {
		f := newFixture(t)
		key.ID = id
		require.NoError(t, f.ledger.Hold(f.ctx, key, math.NewInt(7)))
		violations, err := f.keeper.CheckInvariants(f.ctx)
		require.NoError(t, err)
		require.Contains(t, violations, want)
	}
	f := newFixture(t)
	key.Module, key.ID = "dispute", "case 1"
	require.NoError(t, f.ledger.Hold(f.ctx, key, math.NewInt(7)))
	f.soundBooks() // another module's hold is its own business
}

func TestExportedHoldsImportAsTheSame(t *testing.T) {
	f := newFixture(t)
	f.must(f.msg.PlaceHold(f.ctx, f.place("acme", "bob", 600, "x")))
	f.must(f.msg.PlaceHold(f.ctx, f.place("acme", "carol", 5, "y")))
	f.must(f.msg.CaptureHold(f.ctx, capture(holdUETR("acme", "x"), 100, "c", signer("bqdq"))))
	f.must(f.msg.ReleaseHold(f.ctx, &types.MsgReleaseHold{Operator: signer("carol"), Uetr: holdUETR("acme", "y")}))
	f.must(f.msg.ReturnPayment(f.ctx, &types.MsgReturnPayment{
		Operator: signer("bqdq"), Amount: math.NewInt(7), Reason: "MD06", EndToEndDigest: digest("back"),
		OriginalUetr: types.DeriveUETR(types.AccountAddress("acme", 0), types.CaptureDigest(holdUETR("acme", "x"), digest("c"))),
	}))
	f.next(time.Second)
	exported := f.export()
	require.Len(t, exported.Holds, 2)
	require.Len(t, exported.Returns, 1)
	require.NoError(t, exported.Validate())
	imported := emptyFixtureOver(t, f.ledger)
	require.NoError(t, imported.keeper.InitGenesis(imported.ctx, exported))
	require.Equal(t, exported, imported.export())
	imported.now = f.now.Add(time.Hour)
	imported.begin()
	require.NoError(t, imported.keeper.EndBlock(imported.ctx))
	require.Equal(t, types.HoldReleased, imported.storedHold(holdUETR("acme", "x")).Status, "the list of due holds came along")
}

func TestRandomHoldsConserveMoney(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		f := newFixture(t)
		parties := []string{"acme", "bob", "carol"}
		placed := []string{}
		for i := range rapid.IntRange(1, 25).Draw(rt, "steps") {
			from, to := rapid.SampledFrom(parties).Draw(rt, "from"), rapid.SampledFrom(parties).Draw(rt, "to")
			amount := rapid.Int64Range(1, 700).Draw(rt, "amount")
			switch kind := rapid.IntRange(0, 9).Draw(rt, "kind"); {
			case kind < 3 || len(placed) == 0:
				msg := f.place(from, to, amount, fmt.Sprint("hold ", i))
				if _, err := f.msg.PlaceHold(f.ctx, msg); err == nil {
					placed = append(placed, holdUETR(from, fmt.Sprint("hold ", i)))
				}
			case kind < 6:
				uetr := rapid.SampledFrom(placed).Draw(rt, "captured")
				_, _ = f.msg.CaptureHold(f.ctx, capture(uetr, amount, fmt.Sprint(i), signer(rapid.SampledFrom([]string{"bqdq", "hxnb"}).Draw(rt, "by"))))
			case kind < 7:
				uetr := rapid.SampledFrom(placed).Draw(rt, "released")
				_, _ = f.msg.ReleaseHold(f.ctx, &types.MsgReleaseHold{Operator: signer("bqdq"), Uetr: uetr})
			case kind < 9:
				msg := pay(from, to, amount, fmt.Sprint("payment ", i))
				msg.Operator = f.bankOf(from)
				_, _ = f.msg.Pay(f.ctx, msg)
			default:
				f.next(time.Duration(rapid.IntRange(1, 40).Draw(rt, "minutes")) * time.Minute)
			}
			f.soundBooks()
			for _, party := range parties {
				require.GreaterOrEqual(rt, f.available(party), int64(0))
			}
			require.Equal(rt, int64(3*openingBalance), f.balance("acme")+f.balance("bob")+f.balance("carol"))
		}
		f.next(time.Hour)
		f.next(time.Second)
		for _, party := range parties {
			require.Equal(rt, f.balance(party), f.available(party), "all holds end")
		}
	})
}
