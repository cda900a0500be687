package keeper_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	errorsmod "cosmossdk.io/errors"
	"cosmossdk.io/math"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/settlement/types"
)

func pay(from, to string, amount int64, endToEnd string) *types.MsgPay {
	return &types.MsgPay{
		Operator: signer("bqdq"), Debtor: account(from), Creditor: account(to), Currency: "CNY",
		Amount: math.NewInt(amount), EndToEndDigest: digest(endToEnd),
	}
}

func transfer(to string, amount int64, endToEnd string) types.Transfer {
	return types.Transfer{Creditor: account(to), Amount: math.NewInt(amount), EndToEndDigest: digest(endToEnd)}
}

func batch(file string, transfers ...types.Transfer) *types.MsgPayBatch {
	msg := &types.MsgPayBatch{
		Operator: signer("bqdq"), Debtor: account("acme"), Currency: "CNY", Mode: types.BestEffort, Transfers: transfers,
	}
	if file != "" {
		msg.InstructionDigest, msg.ContentDigest = digest(file), digest("content of "+file)
	}
	return msg
}

func TestAPaymentInsideABankMovesDepositMoneyOnly(t *testing.T) {
	f := newFixture(t)
	response, err := f.msg.Pay(f.ctx, pay("acme", "bob", 120, "rent"))
	require.NoError(t, err)
	require.Equal(t, types.TransferResult{
		Uetr: types.DeriveUETR(types.AccountAddress("acme", 0), digest("rent")), Status: types.PaymentSettled, Height: f.height,
	}, response.Result)
	require.Equal(t, int64(880), f.balance("acme"))
	require.Equal(t, int64(1_120), f.balance("bob"))
	require.Equal(t, 1, f.events("EventPaymentSettled"))
	f.soundBooks()
}

func TestAPaymentBetweenBanksMovesReservesWithIt(t *testing.T) {
	f := newFixture(t)
	f.must(f.msg.Pay(f.ctx, pay("acme", "carol", 300, "invoice")))
	require.Equal(t, int64(700), f.balance("acme"))
	require.Equal(t, int64(1_300), f.balance("carol"))
	for bank, want := range map[string][2]int64{"BQDQ": {700, 1_700}, "HXNB": {1_300, 1_300}} {
		response, err := f.query.Reserves(f.ctx, &types.QueryReservesRequest{InstitutionId: bank})
		require.NoError(t, err)
		require.Equal(t, "CNY", response.Reserves[0].Currency)
		require.Equal(t, want, [2]int64{response.Reserves[0].Reserves.Int64(), response.Reserves[0].Deposits.Int64()}, bank)
	}
	f.soundBooks()
}

func TestAnEqualPaymentIsAnsweredWithTheStoredResult(t *testing.T) {
	f := newFixture(t)
	first, err := f.msg.Pay(f.ctx, pay("acme", "bob", 120, "rent"))
	require.NoError(t, err)
	f.next(time.Second)
	before := f.export()
	again, err := f.msg.Pay(f.ctx, pay("acme", "bob", 120, "rent"))
	require.NoError(t, err)
	want := first.Result
	want.Replayed = true
	require.Equal(t, want, again.Result)
	require.Equal(t, before, f.export())
	require.Empty(t, f.writes)
	require.Empty(t, f.ctx.EventManager().Events())
	require.Equal(t, int64(880), f.balance("acme"))
}

// refusals of MsgPay, each with what makes it and what a client sees.
var refusals = []struct {
	story  string
	change func(*fixture, *types.MsgPay)
	err    *errorsmod.Error
	reason string
}{
	{"the debtor account is unknown", func(_ *fixture, m *types.MsgPay) { m.Debtor = account("nobody") }, types.ErrDebtorUnknown, "AC02"},
	{"the signer is unknown", func(_ *fixture, m *types.MsgPay) { m.Operator = signer("stranger") }, accesstypes.ErrOperatorNotFound, "DS0H"},
	{"the signer lacks the permission", func(_ *fixture, m *types.MsgPay) { m.Operator = signer("clerk") }, accesstypes.ErrPermissionDenied, "DS0H"},
	{"the signer acts for another bank", func(_ *fixture, m *types.MsgPay) { m.Operator = signer("hxnb") }, accesstypes.ErrScopeDenied, "DS0H"},
	{"the signer acts for another customer", func(_ *fixture, m *types.MsgPay) { m.Operator = signer("carol") }, accesstypes.ErrScopeDenied, "DS0H"},
	{"the debtor is suspended", func(f *fixture, _ *types.MsgPay) { f.access.suspendParty("acme") }, accesstypes.ErrPartyInactive, "AG01"},
	{"the debtor's bank is suspended", func(f *fixture, _ *types.MsgPay) { f.access.suspendInstitution("BQDQ") }, accesstypes.ErrInstitutionInactive, "AG10"},
	{"the uetr belongs to another payment", func(f *fixture, m *types.MsgPay) {
		m.Uetr = "11111111-1111-4111-8111-111111111111"
		other := pay("acme", "bob", 1, "other")
		other.Uetr = m.Uetr
		f.must(f.msg.Pay(f.ctx, other))
	}, types.ErrDuplicateUETR, "DU03"},
	{"the end-to-end id belongs to another payment", func(f *fixture, _ *types.MsgPay) {
		f.must(f.msg.Pay(f.ctx, pay("acme", "bob", 1, "story")))
	}, types.ErrDuplicateEndToEnd, "DU04"},
	{"the currency is not settled", func(_ *fixture, m *types.MsgPay) { m.Currency = "JPY" }, types.ErrCurrencyNotSettled, "AM03"},
	{"the debtor account is closed", func(f *fixture, m *types.MsgPay) {
		f.drain("acme")
		f.setStatus("acme", types.AccountClosed)
	}, types.ErrDebtorClosed, "AC05"},
	{"the debtor account is blocked", func(f *fixture, _ *types.MsgPay) { f.setStatus("acme", types.AccountBlocked) }, types.ErrAccountBlocked, "AC06"},
	{"the accounts do not hold the currency", func(_ *fixture, m *types.MsgPay) { m.Currency = "EUR" }, types.ErrAccountCurrency, "AC09"},
	{"debtor and creditor are one", func(_ *fixture, m *types.MsgPay) { m.Creditor = m.Debtor }, types.ErrSameAccount, "AG01"},
	{"the creditor account is unknown", func(_ *fixture, m *types.MsgPay) { m.Creditor = account("nobody") }, types.ErrCreditorUnknown, "AC03"},
	{"the creditor account is closed", func(f *fixture, _ *types.MsgPay) {
		f.drain("bob")
		f.setStatus("bob", types.AccountClosed)
	}, types.ErrCreditorClosed, "AC07"},
	{"the creditor account is blocked", func(f *fixture, _ *types.MsgPay) { f.setStatus("bob", types.AccountBlocked) }, types.ErrAccountBlocked, "AC06"},
	{"the debtor holds less", func(_ *fixture, m *types.MsgPay) { m.Amount = math.NewInt(openingBalance + 1) }, types.ErrInsufficientBalance, "AM04"},
	{"the debtor's bank holds fewer reserves", func(f *fixture, m *types.MsgPay) {
		m.Creditor = account("carol")
		f.must(f.msg.RedeemReserve(f.ctx, &types.MsgRedeemReserve{
			Operator: signer("central"), InstitutionId: "BQDQ", Currency: "CNY", Amount: math.NewInt(openingBalance - 9),
		}))
	}, types.ErrInsufficientReserve, "AM04"},
	{"the amount is zero", func(_ *fixture, m *types.MsgPay) { m.Amount = math.ZeroInt() }, types.ErrAmountZero, "AM01"},
	{"the amount is negative", func(_ *fixture, m *types.MsgPay) { m.Amount = math.NewInt(-1) }, types.ErrAmountInvalid, "AM12"},
	{"the amount is missing", func(_ *fixture, m *types.MsgPay) { m.Amount = math.Int{} }, types.ErrAmountInvalid, "AM12"},
	{"the amount is too large", func(_ *fixture, m *types.MsgPay) { m.Amount = types.AmountMax().AddRaw(1) }, types.ErrAmountInvalid, "AM12"},
	{"the creditor is no address", func(_ *fixture, m *types.MsgPay) { m.Creditor = "zhilian1abc" }, types.ErrAddressInvalid, "AC01"},
	{"the creditor is an address of another network", func(_ *fixture, m *types.MsgPay) {
		m.Creditor = "cosmos1qypqxpq9qcrsszg2pvxq6rs0zqg3yyc5lzv7xu"
	}, types.ErrAddressInvalid, "AC01"},
	{"the uetr is no uuid", func(_ *fixture, m *types.MsgPay) { m.Uetr = "payment 1" }, types.ErrUETRInvalid, "NARR"},
	{"the end-to-end id is not digested", func(_ *fixture, m *types.MsgPay) { m.EndToEndDigest = []byte("INV-1") }, types.ErrDigestInvalid, "NARR"},
}

func (f *fixture) setStatus(party string, to types.AccountStatus) {
	f.t.Helper()
	f.must(f.msg.SetAccountStatus(f.ctx, &types.MsgSetAccountStatus{Operator: f.bankOf(party), Account: account(party), Status: to}))
}

func (f *fixture) drain(party string) {
	f.t.Helper()
	f.must(f.msg.RedeemDeposit(f.ctx, &types.MsgRedeemDeposit{
		Operator: f.bankOf(party), Account: account(party), Currency: "CNY", Amount: math.NewInt(f.balance(party)),
	}))
}

func TestARefusedPaymentLeavesNothingBehindAndGivesItsReason(t *testing.T) {
	for _, row := range refusals {
		t.Run(row.story, func(t *testing.T) {
			f := newFixture(t)
			msg := pay("acme", "bob", 10, "story")
			row.change(f, msg)
			before, events := f.export(), len(f.ctx.EventManager().Events())
			clear(f.ledger.writes)
			_, err := f.msg.Pay(f.ctx, msg)
			require.ErrorIs(t, err, row.err)
			codespace, code, _ := errorsmod.ABCIInfo(err, false)
			require.Equal(t, row.err.Codespace(), codespace)
			require.Equal(t, row.err.ABCICode(), code)
			require.Equal(t, row.reason, types.ISOReason(err))
			require.Equal(t, before, f.export())
			require.Empty(t, f.ledger.writes)
			require.Len(t, f.ctx.EventManager().Events(), events)
		})
	}
}

func TestASuspendedCustomerOfASuspendedBankIsStillPaid(t *testing.T) {
	f := newFixture(t)
	f.access.suspendParty("carol")
	f.access.suspendInstitution("HXNB")
	f.must(f.msg.Pay(f.ctx, pay("acme", "carol", 10, "invoice")))
	require.Equal(t, int64(1_010), f.balance("carol"))
}

func TestTheCustomerAndItsBankMayBothPay(t *testing.T) {
	f := newFixture(t)
	msg := pay("acme", "bob", 10, "by the treasurer")
	msg.Operator = signer("acme treasurer")
	f.must(f.msg.Pay(f.ctx, msg))
	f.must(f.msg.Pay(f.ctx, pay("acme", "bob", 10, "by the bank")))
	require.Equal(t, int64(980), f.balance("acme"))
}

func TestABatchStoresWhatItRejectsAndSettlesTheRest(t *testing.T) {
	f := newFixture(t)
	response, err := f.msg.PayBatch(f.ctx, batch("file", transfer("bob", 900, "1"), transfer("carol", 101, "2"), transfer("carol", 100, "3")))
	require.NoError(t, err)
	require.Equal(t, []string{"ACSC", "RJCT AM04", "ACSC"}, outcomes(response))
	require.Equal(t, int64(0), f.balance("acme"))
	require.Equal(t, 2, f.events("EventPaymentSettled"))
	require.Equal(t, 1, f.events("EventPaymentRejected"))
	stored, err := f.query.Payment(f.ctx, &types.QueryPaymentRequest{Uetr: response.Results[1].Uetr})
	require.NoError(t, err)
	require.Equal(t, types.PaymentRejected, stored.Payment.Status)
	require.Equal(t, "AM04", stored.Payment.Reason)
	require.Equal(t, f.now, stored.Payment.DecidedAt)
	f.soundBooks()
}

func outcomes(response *types.MsgPayBatchResponse) []string {
	var lines []string
	for _, result := range response.Results {
		line := strings.TrimPrefix(result.Status.String(), "PAYMENT_STATUS_") + " " + result.Reason
		if result.Replayed {
			line += " replayed"
		}
		lines = append(lines, strings.TrimSpace(strings.ReplaceAll(line, "  ", " ")))
	}
	return lines
}

func TestAnAllOrNothingBatchWithOneBadLineMovesNothing(t *testing.T) {
	f := newFixture(t)
	msg := batch("file", transfer("bob", 10, "1"), transfer("nobody", 10, "2"), transfer("carol", 10, "3"))
	msg.Mode = types.AllOrNothing
	response, err := f.msg.PayBatch(f.ctx, msg)
	require.NoError(t, err)
	require.Equal(t, []string{"RJCT ED05", "RJCT AC03", "RJCT ED05"}, outcomes(response))
	require.Empty(t, f.ledger.writes)
	require.Len(t, f.export().Payments, 3)

	again, err := f.msg.PayBatch(f.ctx, msg)
	require.NoError(t, err)
	require.Equal(t, []string{"RJCT ED05 replayed", "RJCT AC03 replayed", "RJCT ED05 replayed"}, outcomes(again))
}

func TestAFileMayComeInSeveralBatchesUnderOneMessageID(t *testing.T) {
	f := newFixture(t)
	f.must(f.msg.PayBatch(f.ctx, batch("file", transfer("bob", 1, "1"))))
	f.next(time.Second)
	f.must(f.msg.PayBatch(f.ctx, batch("file", transfer("bob", 1, "2"))))
	require.Len(t, f.export().Instructions, 1)
	require.Equal(t, int64(998), f.balance("acme"))
}

func TestAMessageIDWithAnotherContentRefusesTheWholeBatch(t *testing.T) {
	f := newFixture(t)
	f.must(f.msg.PayBatch(f.ctx, batch("file", transfer("bob", 1, "1"))))
	for _, mode := range []types.BatchMode{types.BestEffort, types.AllOrNothing} {
		other := batch("file", transfer("bob", 1, "2"))
		other.ContentDigest, other.Mode = digest("another content"), mode
		before := f.export()
		_, err := f.msg.PayBatch(f.ctx, other)
		require.ErrorIs(t, err, types.ErrDuplicateFile)
		require.Equal(t, "DU01", types.ISOReason(err))
		require.Equal(t, before, f.export())
	}
}

func TestARejectedLineIsDecidedAnewForANewFileOnly(t *testing.T) {
	f := newFixture(t)
	f.must(f.msg.PayBatch(f.ctx, batch("first", transfer("bob", openingBalance+5, "1"))))
	f.must(f.msg.IssueDeposit(f.ctx, &types.MsgIssueDeposit{
		Operator: signer("bqdq"), Account: account("acme"), Currency: "CNY", Amount: math.NewInt(5),
	}))
	f.next(time.Second)
	same, err := f.msg.PayBatch(f.ctx, batch("first", transfer("bob", openingBalance+5, "1")))
	require.NoError(t, err)
	require.Equal(t, []string{"RJCT AM04 replayed"}, outcomes(same))
	anew, err := f.msg.PayBatch(f.ctx, batch("second", transfer("bob", openingBalance+5, "1")))
	require.NoError(t, err)
	require.Equal(t, []string{"ACSC"}, outcomes(anew))
	require.Equal(t, same.Results[0].Uetr, anew.Results[0].Uetr)
	third, err := f.msg.PayBatch(f.ctx, batch("third", transfer("bob", openingBalance+5, "1")))
	require.NoError(t, err)
	require.Equal(t, []string{"RJCT DU04"}, outcomes(third))
	require.Len(t, f.export().Payments, 1)
}

func TestASinglePaymentTriesARejectedOneAgain(t *testing.T) {
	f := newFixture(t)
	f.must(f.msg.PayBatch(f.ctx, batch("", transfer("nobody", 5, "1"))))
	_, err := f.msg.Pay(f.ctx, pay("acme", "nobody", 5, "1"))
	require.ErrorIs(t, err, types.ErrCreditorUnknown)
	f.must(f.msg.Pay(f.ctx, pay("acme", "bob", 5, "1")))
	require.Len(t, f.export().Payments, 1)
}

func TestASinglePaymentThatEqualsARejectedOneIsDecidedAnew(t *testing.T) {
	f := newFixture(t)
	f.must(f.msg.PayBatch(f.ctx, batch("", transfer("bob", openingBalance+1, "1"))))
	require.NoError(t, f.send("IssueDeposit", signer("bqdq")))
	again, err := f.msg.PayBatch(f.ctx, batch("", transfer("bob", openingBalance+1, "1")))
	require.NoError(t, err)
	require.Equal(t, []string{"RJCT AM04 replayed"}, outcomes(again))
	single, err := f.msg.Pay(f.ctx, pay("acme", "bob", openingBalance+1, "1"))
	require.NoError(t, err)
	require.Equal(t, types.PaymentSettled, single.Result.Status)
	require.False(t, single.Result.Replayed)
}

func TestAPaymentInsideABankReadsNoReserves(t *testing.T) {
	f := newFixture(t)
	f.ledger.reads = nil
	f.must(f.msg.Pay(f.ctx, pay("acme", "bob", 1, "1")))
	require.Equal(t, []string{"BQDQ/CNY"}, f.ledger.reads)
	f.must(f.msg.Pay(f.ctx, pay("acme", "carol", 1, "2")))
	require.Equal(t, []string{"BQDQ/CNY", "BQDQ/CNY", "reserve/CNY"}, f.ledger.reads)
}

func TestAThousandTransfersAreTakenAndOneMoreIsNot(t *testing.T) {
	f := newFixture(t)
	msg := batch("payroll")
	for i := range types.TransfersPerBatchMax {
		msg.Transfers = append(msg.Transfers, transfer([]string{"bob", "carol"}[i%2], 1, fmt.Sprint(i)))
	}
	response, err := f.msg.PayBatch(f.ctx, msg)
	require.NoError(t, err)
	require.Len(t, response.Results, types.TransfersPerBatchMax)
	require.Equal(t, int64(0), f.balance("acme"))
	f.soundBooks()

	msg.Transfers = append(msg.Transfers, transfer("bob", 1, "one too many"))
	_, err = f.msg.PayBatch(f.ctx, msg)
	require.ErrorIs(t, err, types.ErrTooManyTransfers)
}

func TestABatchFromAnAccountThatCannotPayRejectsEveryLine(t *testing.T) {
	f := newFixture(t)
	f.setStatus("acme", types.AccountBlocked)
	response, err := f.msg.PayBatch(f.ctx, batch("file", transfer("bob", 1, "1"), transfer("carol", 1, "2")))
	require.NoError(t, err)
	require.Equal(t, []string{"RJCT AC06", "RJCT AC06"}, outcomes(response))
}
