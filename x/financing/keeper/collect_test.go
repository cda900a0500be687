package keeper_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cosmossdk.io/math"

	"github.com/zhilian-network/zhilian/testutil/chain"
	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/financing/types"
	settlementtypes "github.com/zhilian-network/zhilian/x/settlement/types"
)

func (f *fixture) setAccount(party, bank string, status settlementtypes.AccountStatus) {
	f.Helper()
	f.MustSend("bank-"+bank, &settlementtypes.MsgSetAccountStatus{Operator: chain.Address("bank-" + bank), Account: account(party), Status: status})
}

func pay(from, creditor string, amount int64, name string) *settlementtypes.MsgPay {
	return &settlementtypes.MsgPay{
		Operator: operator(from), Debtor: account(from), Creditor: account(creditor), Currency: cny, Amount: math.NewInt(amount), EndToEndDigest: digest(name),
	}
}

func payReceivable(id uint64, amount int64) *types.MsgPayReceivable {
	return &types.MsgPayReceivable{Operator: operator("core"), ReceivableId: id, Amount: math.NewInt(amount)}
}

func TestWhatTheDebtorHasNotIsOverdueTriedEveryDayAndDefaultedInTheEnd(t *testing.T) {
	f := newFixture(t)
	id := f.confirmed(4, whole("A1", 9_000))
	f.MustSend(key("acme"), transfer(id, "acme", false, to("beta", 3_000)))
	f.MustSend(key("core"), pay("core", "gamma", 9_000, "spent elsewhere"))
	other := f.issue(20, whole("A2", 10))
	f.days(1)
	require.Equal(t, types.ReceivableOverdue, f.status(id))
	sum := f.units(id, "acme")[0] + f.units(id, "beta")[0]
	require.Equal(t, int64(8_000), sum, "1,000 were there")
	require.Contains(t, []int64{5_333, 5_334}, f.units(id, "acme")[0], "two thirds of it, and what does not divide in the order of addresses")
	require.Zero(t, f.money("core")[0])

	f.MustSend(key("gamma"), pay("gamma", "core", 500, "some money"))
	require.Equal(t, int64(7_500), f.receivable(id).Receivable.Unpaid.Int64(), "the next day takes what has come")
	require.Equal(t, types.ReceivableOverdue, f.status(id))
	f.refused(types.ErrReceivableTransition, "acme", transfer(id, "acme", false, to("gamma", 10)), "what is overdue does not change hands")
	f.refused(types.ErrDebtorOverdue, "core", &types.MsgConfirmReceivable{Operator: operator("core"), ReceivableId: other})
	require.Equal(t, types.ReceivableDefaulted, f.status(id), "three days after the first")
	require.Zero(t, f.receivable(id).Receivable.NextAt)
	f.requireSameAfterExport()

	f.MustSend(key("gamma"), pay("gamma", "core", 8_500, "all of it"))
	f.days(3)
	require.Equal(t, int64(7_500), f.receivable(id).Receivable.Unpaid.Int64(), "nobody takes it by itself any more")
	f.refused(types.ErrOverpaid, "core", payReceivable(id, 7_501), "a payment larger than the debt")
	f.MustSend(key("core"), payReceivable(id, 7_500))
	require.Equal(t, types.ReceivableSettled, f.status(id))
	require.Equal(t, [2]int64{6_000, 6_000}, f.money("acme"))
	require.Equal(t, int64(4_000), f.money("beta")[0])
	f.MustSend(key("core"), &types.MsgConfirmReceivable{Operator: operator("core"), ReceivableId: other})
	f.sound()
}

func TestADebtorPaysEarlyAllOrAPart(t *testing.T) {
	f := newFixture(t)
	id := f.confirmed(30, whole("A1", 1_000))
	f.MustSend(key("acme"), transfer(id, "acme", false, to("beta", 333)))
	answer := chain.Response[types.MsgPayReceivableResponse](t, f.MustSend(key("core"), payReceivable(id, 100)))
	require.Equal(t, "100", answer.Paid.String(), "no unit is left over")
	require.Equal(t, types.ReceivableConfirmed, answer.Status)
	require.Equal(t, int64(900), f.units(id, "acme")[0]+f.units(id, "beta")[0])
	f.sound()
	answer = chain.Response[types.MsgPayReceivableResponse](t, f.MustSend(key("core"), payReceivable(id, 900)))
	require.Equal(t, types.ReceivableSettled, answer.Status)
	f.refused(types.ErrReceivableTransition, "core", payReceivable(id, 1))
	f.sound()
	f.MustSend(key("core"), pay("core", "gamma", 9_000, "all that is left"))
	second := f.confirmed(9, whole("A2", 50))
	f.refused(settlementtypes.ErrInsufficientBalance, "core", payReceivable(second, 50))
}

// A holder out of reach is nobody's default: its share waits at the debtor.
func TestAHolderThatCannotBePaidWaitsAndTheOthersArePaid(t *testing.T) {
	f := newFixture(t)
	id := f.confirmed(4, whole("A1", 1_000))
	f.MustSend(key("acme"), transfer(id, "acme", false, to("beta", 400)))
	f.setAccount("beta", "JZWB", settlementtypes.AccountBlocked)
	f.days(3)
	require.Equal(t, types.ReceivableConfirmed, f.status(id))
	require.Equal(t, int64(600), f.money("acme")[0])
	require.Equal(t, [2]int64{400, 0}, f.units(id, "beta"))
	require.Equal(t, int64(9_400), f.money("core")[0])
	f.setAccount("beta", "JZWB", settlementtypes.AccountOpen)
	require.Equal(t, types.ReceivableSettled, f.status(id))
	require.Equal(t, int64(1_400), f.money("beta")[0])
	f.sound()
}

func TestADebtorWhoseAccountIsBlockedIsInDefault(t *testing.T) {
	f := newFixture(t)
	id := f.confirmed(3, whole("A1", 1_000))
	f.setAccount("core", "BQDQ", settlementtypes.AccountBlocked)
	f.days(2)
	require.Equal(t, types.ReceivableOverdue, f.status(id))
	require.Equal(t, int64(10_000), f.money("core")[0])
	f.sound()
}

// The names of payments can be foreseen. Who uses them up does not escape.
func TestADebtorWhoUsesUpTheNameOfAPaymentIsOverdueForADay(t *testing.T) {
	f := newFixture(t)
	id := f.confirmed(3, whole("A1", 1_000))
	spoiled := pay("core", "gamma", 1, "")
	spoiled.EndToEndDigest = types.PaymentDigest(id, 0)
	f.MustSend(key("core"), spoiled)
	f.days(2)
	require.Equal(t, types.ReceivableOverdue, f.status(id))
	f.days(1)
	require.Equal(t, types.ReceivableSettled, f.status(id), "the next try has another name")
	require.Equal(t, int64(1_000), f.money("acme")[0])
}

func TestMoneyForPledgedUnitsIsSetAsideByRegistrationAndNotice(t *testing.T) {
	f := newFixture(t)
	id := f.confirmed(6, whole("A1", 1_000))
	pledge := func(pledgee string, units int64, number string) *types.MsgPledgeReceivable {
		msg := &types.MsgPledgeReceivable{
			Operator: operator("acme"), ReceivableId: id, Creditor: account("acme"), Pledgee: account(pledgee), Units: math.NewInt(units),
		}
		if number != "" {
			msg.RegistrationNumber, msg.RegisteredAt = number, f.Time()
		}
		return msg
	}
	future := pledge("beta", 10, "R0")
	future.RegisteredAt = f.after(100)
	f.refused(types.ErrRegistrationInvalid, "acme", future)
	f.MustSend(key("acme"), pledge("beta", 600, ""))
	second := chain.Response[types.MsgPledgeReceivableResponse](t, f.MustSend(key("acme"), pledge("gamma", 500, "R1"))).SecurityId
	require.Equal(t, [2]int64{1_000, 600}, f.units(id, "acme"), "both bind the same units")
	f.refused(types.ErrNotHolder, "acme", transfer(id, "acme", false, to("delta", 401)))
	f.MustSend(key("acme"), transfer(id, "acme", false, to("delta", 400)))
	f.days(1)
	require.Equal(t, types.ReceivableSettled, f.status(id))
	require.Equal(t, [2]int64{600, 0}, f.money("acme"), "500 for gamma, who is registered, 100 for beta")
	holds, err := f.App.Keepers.Settlement.Account(f.Context(), account("acme"))
	require.NoError(t, err)
	require.Equal(t, account("acme"), holds.Address)
	f.MustSend(key("gamma"), &settlementtypes.MsgCaptureHold{
		Operator: operator("gamma"), Amount: math.NewInt(500), EndToEndDigest: digest("what acme owes"),
		Uetr: settlementtypes.DeriveHoldID(settlementtypes.AccountAddress("acme", 0), types.PaymentDigest(id, 3)).UETR(),
	})
	require.Equal(t, int64(1_500), f.money("gamma")[0])
	f.refused(types.ErrSecurityNotFound, "gamma", &types.MsgReleasePledge{Operator: operator("gamma"), SecurityId: second})
	f.sound()
}

func TestAPledgeeReleasesWhatItHasAndNobodyElseDoes(t *testing.T) {
	f := newFixture(t)
	id := f.confirmed(50, whole("A1", 100))
	msg := &types.MsgPledgeReceivable{Operator: operator("acme"), ReceivableId: id, Creditor: account("acme"), Pledgee: account("beta"), Units: math.NewInt(80)}
	security := chain.Response[types.MsgPledgeReceivableResponse](t, f.MustSend(key("acme"), msg)).SecurityId
	more := *msg
	more.Units = math.NewInt(101)
	f.refused(types.ErrNotHolder, "acme", &more)
	more.Units, more.Pledgee = math.NewInt(1), account("core")
	f.refused(types.ErrTransferTarget, "acme", &more, "the debtor is no pledgee")
	more.Pledgee = account("acme")
	f.refused(types.ErrTransferTarget, "acme", &more)
	more.Pledgee, more.RegistrationNumber = account("beta"), "R9"
	f.refused(types.ErrRegistrationInvalid, "acme", &more, "a number without a time")
	release := &types.MsgReleasePledge{Operator: operator("beta"), SecurityId: security}
	f.MustSend(key("beta"), release)
	require.Equal(t, [2]int64{100, 0}, f.units(id, "acme"))
	f.refused(types.ErrSecurityNotFound, "beta", release)
	f.sound()
}

func TestASellerTakesBackAtParWhatItPromisedTo(t *testing.T) {
	f := newFixture(t)
	f.MustSend(key("delta"), pay("delta", "acme", 1_000, "working capital"))
	id := f.confirmed(5, whole("A1", 9_000))
	f.MustSend(key("acme"), transfer(id, "acme", true, to("beta", 800)))
	f.MustSend(key("beta"), transfer(id, "beta", true, to("gamma", 300)))
	f.MustSend(key("core"), pay("core", "delta", 10_000, "gone"))
	recourse := func(from, seller string) *types.MsgExerciseRecourse {
		return &types.MsgExerciseRecourse{Operator: operator(from), ReceivableId: id, Creditor: account(from), Seller: account(seller)}
	}
	f.refused(types.ErrReceivableTransition, "gamma", recourse("gamma", "beta"), "the debtor may still pay")
	f.days(5)
	require.Equal(t, types.ReceivableDefaulted, f.status(id))
	f.refused(types.ErrNoRecourse, "gamma", recourse("gamma", "acme"), "acme promised gamma nothing")
	answer := chain.Response[types.MsgExerciseRecourseResponse](t, f.MustSend(key("gamma"), recourse("gamma", "beta")))
	require.Equal(t, "300", answer.Units.String())
	require.Equal(t, int64(1_300), f.money("gamma")[0])
	require.Equal(t, int64(700), f.money("beta")[0])
	f.MustSend(key("beta"), recourse("beta", "acme"))
	require.Equal(t, int64(1_500), f.money("beta")[0])
	require.Equal(t, int64(200), f.money("acme")[0])
	require.Equal(t, [2]int64{9_000, 0}, f.units(id, "acme"))
	f.refused(types.ErrNoRecourse, "beta", recourse("beta", "acme"), "it has been called")
	f.sound()
}

func TestARecourseThatTheSellerCannotPayChangesNothing(t *testing.T) {
	f := newFixture(t)
	id := f.confirmed(3, whole("A1", 9_000))
	f.MustSend(key("acme"), transfer(id, "acme", true, to("beta", 800)))
	f.MustSend(key("core"), pay("core", "delta", 10_000, "gone"))
	f.days(5)
	f.refused(settlementtypes.ErrInsufficientBalance, "beta", &types.MsgExerciseRecourse{
		Operator: operator("beta"), ReceivableId: id, Creditor: account("beta"), Seller: account("acme"),
	})
	require.Equal(t, [2]int64{800, 0}, f.units(id, "beta"))
	f.sound()
}

// More than a block works off: the rest comes in the blocks after it, the earliest first, and none is lost.
func TestABlockWorksOffABoundedPartOfWhatIsDue(t *testing.T) {
	f := newFixture(t)
	const receivables = 130
	for range receivables / 10 {
		var txs [][]byte
		for range 10 {
			n := len(txs)
			txs = append(txs, f.Sign(key("acme"), f.issueMsg(100, whole(f.Time().String()+string(rune('a'+n)), 10))))
		}
		f.Block(txs...)
		f.ForgetSequences()
	}
	for id := uint64(1); id <= receivables; {
		var txs [][]byte
		for range 10 {
			txs = append(txs, f.Sign(key("core"), &types.MsgConfirmReceivable{Operator: operator("core"), ReceivableId: id}))
			id++
		}
		f.Block(txs...)
		f.ForgetSequences()
	}
	f.Halt(1_000e9)
	settled := func() (count int) {
		for id := uint64(1); id <= receivables; id++ {
			if f.status(id) == types.ReceivableSettled {
				count++
			}
		}
		return count
	}
	f.Block()
	require.Equal(t, types.DueWorkPerBlock/2, settled(), "each is a record and a payment")
	require.Equal(t, types.ReceivableSettled, f.status(1))
	f.Block()
	require.Equal(t, receivables, settled())
	f.sound()
}

// Receivable and loan are due on one day: the receivable comes first, and repays the loan, which is then closed and
// not looked at again before its retention is over.
func TestALoanThatItsReceivableRepaysOnTheDueDayIsNotDueAnyMore(t *testing.T) {
	f := newFixture(t)
	lender := accesstypes.Member{InstitutionId: "JZWB", PartyId: "beta"}
	f.MustSend(key("acme"), &accesstypes.MsgGiveConsent{
		Operator: operator("acme"), Subject: accesstypes.Member{InstitutionId: "LSHB", PartyId: "acme"}, Grantee: lender,
		Purposes: []accesstypes.Purpose{accesstypes.Purpose_PURPOSE_FINANCING}, Level: 2, ExpiresAt: f.after(100),
	})
	id := f.confirmed(13, whole("A1", 900))
	request := chain.Response[types.MsgRequestFinanceResponse](t, f.MustSend(key("acme"), &types.MsgRequestFinance{
		Operator: operator("acme"), Account: account("acme"), Kind: types.KindAdvance, Mode: types.ModeOpen, ReceivableId: id,
		Units: math.NewInt(900), Currency: cny, Amount: math.NewInt(500), Lenders: []accesstypes.Member{lender},
		BiddingPeriod: 5 * time.Second, DecisionPeriod: 5 * time.Second,
		Repayment: &types.RepaymentTerms{
			Schedule: types.Bullet, DayCount: types.Act360, RatePpm: 360_000, Instalments: 1, Period: types.Period{Unit: types.UnitDay, Count: 10},
			GraceDays: 1, DefaultDays: 5,
		},
	})).RequestId
	offer := chain.Response[types.MsgMakeOfferResponse](t, f.MustSend(key("beta"), &types.MsgMakeOffer{
		Operator: operator("beta"), RequestId: request, Account: account("beta"), Terms: types.OfferTerms{Price: math.ZeroInt(), RatePpm: 360_000},
	})).OfferId
	loan := chain.Response[types.MsgAcceptOfferResponse](t, f.MustSend(key("acme"), &types.MsgAcceptOffer{Operator: operator("acme"), OfferId: offer})).LoanId
	require.Equal(t, [2]int64{900, 900}, f.units(id, "acme"))
	require.Equal(t, [2]int64{500, 500}, f.money("acme"))
	f.days(10)
	require.Equal(t, types.ReceivableSettled, f.status(id))
	answer, err := f.query().Loan(f.Context(), &types.QueryLoanRequest{LoanId: loan})
	require.NoError(t, err)
	require.True(t, answer.Owed.IsZero())
	require.Equal(t, int64(505), f.money("beta")[0]-500, "the lender first: 500, and ten days at 36 % a year")
	require.Equal(t, int64(500+900-505), f.money("acme")[0], "the rest is the borrower's")
	f.days(400)
	stuck, err := f.query().Stuck(f.Context(), &types.QueryStuckRequest{})
	require.NoError(t, err)
	require.Empty(t, stuck.Stuck)
}
