package app_test

import (
	"crypto/sha256"
	"fmt"
	"testing"
	"time"

	errorsmod "cosmossdk.io/errors"
	"github.com/stretchr/testify/require"

	"cosmossdk.io/math"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/zhilian-network/zhilian/localnet/network"
	"github.com/zhilian-network/zhilian/testutil/chain"
	"github.com/zhilian-network/zhilian/testutil/smallmodel"
	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	credittypes "github.com/zhilian-network/zhilian/x/credit/types"
	financingkeeper "github.com/zhilian-network/zhilian/x/financing/keeper"
	financingtypes "github.com/zhilian-network/zhilian/x/financing/types"
	settlementtypes "github.com/zhilian-network/zhilian/x/settlement/types"
)

// lendingNetwork has a supplier, its debtor, and the loan books of two banks; one of them is poor. A business day is
// a minute, a block a second.
const lendingNetwork = `
chain_id: zhilian-lending-1
currencies: [CNY]
institutions:
  - {id: QDCB, name: Authority, kind: central_bank, country: CN}
  - {id: BQDQ, name: Harbour, kind: bank, country: CN, reserves: {CNY: "1000000.00"}}
  - {id: LSHB, name: Laoshan, kind: bank, country: CN, reserves: {CNY: "1000000.00"}}
  - {id: JZWB, name: Jiaozhou, kind: bank, country: CN, reserves: {CNY: "1000000.00"}}
  - {id: QDTX, name: Tax, kind: data_provider, country: CN}
parties:
  - {id: core, institution: BQDQ, kind: legal, kyc_level: 3}
  - {id: jimo, institution: JZWB, kind: legal, kyc_level: 3}
  - {id: rich, institution: BQDQ, kind: legal, kyc_level: 3}
  - {id: poor, institution: LSHB, kind: legal, kyc_level: 3}
accounts:
  - {party: core, number: "1", balances: {CNY: "10000.00"}}
  - {party: jimo, number: "2", balances: {CNY: "1.00"}}
  - {party: rich, number: "3", balances: {CNY: "10000.00"}}
  - {party: poor, number: "4", balances: {CNY: "10.00"}}
settings: {business_day: 1m}
validators: 1
`

var (
	jimo = accesstypes.Member{InstitutionId: "JZWB", PartyId: "jimo"}
	rich = accesstypes.Member{InstitutionId: "BQDQ"}
	poor = accesstypes.Member{InstitutionId: "LSHB"}
)

// lending is a chain on which jimo is rated and holds receivable 1 of 1,000.00 CNY that core has confirmed, due in
// ten days, and has consented to both banks.
type lending struct {
	t *testing.T
	*chain.Chain
}

func newLending(t *testing.T, ratingEnds time.Duration) *lending {
	t.Helper()
	file, err := network.Parse([]byte(lendingNetwork))
	require.NoError(t, err)
	l := &lending{t, chain.New(t, file)}
	l.MustSend("bank-BQDQ", smallmodel.Registration(chain.Address("bank-BQDQ"), smallmodel.Model(0), 0, 900_000))
	for _, step := range []credittypes.ModelStep{credittypes.StepApprove, credittypes.StepPromote} {
		for _, bank := range []string{"bank-LSHB", "bank-JZWB"} {
			l.MustSend(bank, &credittypes.MsgEndorseModel{Operator: chain.Address(bank), ModelId: 1, Step: step})
		}
	}
	l.consent(accesstypes.Member{InstitutionId: "QDTX"}, accesstypes.Purpose_PURPOSE_CREDIT_RATING)
	l.consent(rich, accesstypes.Purpose_PURPOSE_FINANCING)
	l.consent(poor, accesstypes.Purpose_PURPOSE_FINANCING)
	l.MustSend("bank-QDTX", &credittypes.MsgAttest{
		Operator: chain.Address("bank-QDTX"), Subject: jimo, Period: credittypes.Period{FirstMonth: 202401, LastMonth: 202412},
		Values:    []credittypes.InputValue{{Name: "debt", Value: 1}, {Name: "equity", Value: 3}, {Name: "sector", Code: "A"}},
		ExpiresAt: chain.Start.Add(ratingEnds),
	})
	l.MustSend("party-jimo", &credittypes.MsgRate{Operator: chain.Address("party-jimo"), Subject: jimo, Product: smallmodel.Product})
	digest := sha256.Sum256([]byte("invoice 1"))
	l.MustSend("party-jimo", &financingtypes.MsgIssueReceivable{
		Operator: chain.Address("party-jimo"), Supplier: chain.Account("jimo", 0), Debtor: chain.Account("core", 0), Currency: "CNY",
		Amount: math.NewInt(100_000), DueAt: chain.Start.Add(10 * time.Minute), Parts: []financingtypes.InvoicePart{{
			Digest: digest[:], NearDigest: digest[:], InvoiceAmount: math.NewInt(100_000), Amount: math.NewInt(100_000),
		}},
	})
	l.MustSend("party-core", &financingtypes.MsgConfirmReceivable{Operator: chain.Address("party-core"), ReceivableId: 1})
	return l
}

func (l *lending) consent(grantee accesstypes.Member, purpose accesstypes.Purpose) {
	l.t.Helper()
	l.MustSend("party-jimo", &accesstypes.MsgGiveConsent{
		Operator: chain.Address("party-jimo"), Subject: jimo, Grantee: grantee, Purposes: []accesstypes.Purpose{purpose}, Level: 2,
		ExpiresAt: chain.Start.Add(24 * time.Hour),
	})
}

// ask is jimo's request for 900.00 CNY on, or for, all units, open for ten seconds, revealed within ten.
func (l *lending) ask(kind financingtypes.FinanceKind, mode financingtypes.BiddingMode) uint64 {
	l.t.Helper()
	msg := &financingtypes.MsgRequestFinance{
		Operator: chain.Address("party-jimo"), Account: chain.Account("jimo", 0), Kind: kind, Mode: mode, ReceivableId: 1,
		Units: math.NewInt(100_000), Currency: "CNY", Amount: math.NewInt(90_000), Product: smallmodel.Product,
		Lenders: []accesstypes.Member{rich, poor}, BiddingPeriod: 10 * time.Second, DecisionPeriod: 5 * time.Minute,
	}
	if mode == financingtypes.ModeSealed {
		msg.RevealPeriod = 10 * time.Second
	}
	if kind.IsLoan() {
		msg.Repayment = &financingtypes.RepaymentTerms{
			Schedule: financingtypes.Bullet, DayCount: financingtypes.Act360, RatePpm: 100_000, Instalments: 1,
			Period: financingtypes.Period{Unit: financingtypes.UnitDay, Count: 60}, GraceDays: 3, DefaultDays: 30,
		}
	}
	if kind == financingtypes.KindUnsecured {
		msg.ReceivableId, msg.Units = 0, math.ZeroInt()
	}
	return chain.Response[financingtypes.MsgRequestFinanceResponse](l.t, l.MustSend("party-jimo", msg)).RequestId
}

// lenderOf is the key and the account of a lender.
var lenderOf = map[string]string{"bank-BQDQ": "rich", "bank-LSHB": "poor"}

func (l *lending) offer(bank string, request uint64, terms financingtypes.OfferTerms) uint64 {
	l.t.Helper()
	return chain.Response[financingtypes.MsgMakeOfferResponse](l.t, l.MustSend(bank, &financingtypes.MsgMakeOffer{
		Operator: chain.Address(bank), RequestId: request, Account: chain.Account(lenderOf[bank], 0), Terms: terms.Normal(),
	})).OfferId
}

var bidSalt = []byte("sixteen random b")

func (l *lending) bid(bank string, lender accesstypes.Member, request uint64, terms financingtypes.OfferTerms) uint64 {
	l.t.Helper()
	account := chain.Account(lenderOf[bank], 0)
	return chain.Response[financingtypes.MsgCommitOfferResponse](l.t, l.MustSend(bank, &financingtypes.MsgCommitOffer{
		Operator: chain.Address(bank), RequestId: request, Account: account,
		Commitment: financingtypes.BidCommitment(request, lender, account, terms.Normal(), bidSalt),
	})).OfferId
}

func (l *lending) reveal(bank string, offer uint64, terms financingtypes.OfferTerms) {
	l.t.Helper()
	l.MustSend(bank, &financingtypes.MsgRevealOffer{Operator: chain.Address(bank), OfferId: offer, Terms: terms.Normal(), Salt: bidSalt})
}

func (l *lending) accepting(offer uint64) *financingtypes.MsgAcceptOffer {
	return &financingtypes.MsgAcceptOffer{Operator: chain.Address("party-jimo"), OfferId: offer}
}

// refuse sends what must be refused, and compares all that can change: books, units, loans, requests.
func (l *lending) refuse(name string, want *errorsmod.Error, key string, msg sdk.Msg) {
	l.t.Helper()
	before := l.books()
	result := l.Send(key, msg)
	require.Equal(l.t, fmt.Sprintf("%s/%d", want.Codespace(), want.ABCICode()), fmt.Sprintf("%s/%d", result.Codespace, result.Code), "%s: %s", name, result.Log)
	require.Equal(l.t, before, l.books(), name)
}

func (l *lending) books() [3]any {
	l.t.Helper()
	financing, err := l.App.Keepers.Financing.ExportGenesis(l.Context())
	require.NoError(l.t, err)
	ledger, err := l.App.Keepers.Ledger.ExportGenesis(l.Context())
	require.NoError(l.t, err)
	settlement, err := l.App.Keepers.Settlement.ExportGenesis(l.Context())
	require.NoError(l.t, err)
	return [3]any{financing, ledger, settlement}
}

func (l *lending) money(party string) int64 {
	l.t.Helper()
	account, err := l.App.Keepers.Settlement.Account(l.Context(), chain.Account(party, 0))
	require.NoError(l.t, err)
	balance, err := l.App.Keepers.Settlement.Available(l.Context(), account, "CNY")
	require.NoError(l.t, err)
	return balance.Int64()
}

func (l *lending) requireSound() {
	l.t.Helper()
	l.RequireMoneyConserved()
	violations, err := l.App.Keepers.Financing.CheckInvariants(l.Context())
	require.NoError(l.t, err)
	require.Empty(l.t, violations)
}

// wait makes blocks until so much time has passed.
func (l *lending) wait(d time.Duration) {
	for range int(d / chain.BlockInterval) {
		l.Block()
	}
}

func TestAnAdvanceIsSettledInOneStepAndRepaidByItsReceivable(t *testing.T) {
	l := newLending(t, 24*time.Hour)
	request := l.ask(financingtypes.KindAdvance, financingtypes.ModeSealed)
	dear, cheap := financingtypes.OfferTerms{RatePpm: 60_000, WorstGrade: "B"}, financingtypes.OfferTerms{RatePpm: 50_000}
	first := l.bid("bank-BQDQ", rich, request, dear)
	l.refuse("while others may bid", financingtypes.ErrAcceptEarly, "party-jimo", l.accepting(first))
	second := l.bid("bank-LSHB", poor, request, cheap)
	l.reveal("bank-BQDQ", first, dear)
	l.refuse("while others may reveal", financingtypes.ErrAcceptEarly, "party-jimo", l.accepting(first))
	l.reveal("bank-LSHB", second, cheap)
	l.refuse("not the best", financingtypes.ErrNotBest, "party-jimo", l.accepting(first))
	l.refuse("a lender without money", settlementtypes.ErrInsufficientBalance, "party-jimo", l.accepting(second))
	l.refuse("by the debtor", accesstypes.ErrScopeDenied, "party-core", &financingtypes.MsgAcceptOffer{Operator: chain.Address("party-core"), OfferId: second})
	l.MustSend("party-jimo", &financingtypes.MsgDeclineOffer{Operator: chain.Address("party-jimo"), OfferId: second})

	answer := chain.Response[financingtypes.MsgAcceptOfferResponse](t, l.MustSend("party-jimo", l.accepting(first)))
	require.EqualValues(t, 1, answer.LoanId)
	require.EqualValues(t, 100+90_000, l.money("jimo"))
	require.EqualValues(t, 1_000_000-90_000, l.money("rich"))
	loan, err := l.App.Keepers.Financing.Loan(l.Context(), 1)
	require.NoError(t, err)
	require.EqualValues(t, 60_000, loan.Terms.RatePpm, "the offer's rate, not the highest")
	traced, err := financingkeeper.NewQueryServer(l.App.Keepers.Financing).Trace(l.Context(), &financingtypes.QueryTraceRequest{LoanId: 1})
	require.NoError(t, err)
	require.Equal(t, answer.PaymentUetr, traced.Draws[0].PaymentUetr)
	l.refuse("a second acceptance", financingtypes.ErrAcceptedAlready, "party-jimo", l.accepting(first))
	l.requireSound()

	l.wait(11 * time.Minute)
	loan, err = l.App.Keepers.Financing.Loan(l.Context(), 1)
	require.NoError(t, err)
	require.Equal(t, financingtypes.LoanRepaid, loan.Status)
	interest := loan.InterestPaid.Int64()
	require.Positive(t, interest)
	require.EqualValues(t, 1_000_000-100_000, l.money("core"))
	require.EqualValues(t, 1_000_000+interest, l.money("rich"))
	require.EqualValues(t, 100+100_000-interest, l.money("jimo"), "the rest of the receivable")
	l.requireSound()
}

func TestABidThatIsNotRevealedIsForfeited(t *testing.T) {
	l := newLending(t, 24*time.Hour)
	request := l.ask(financingtypes.KindAdvance, financingtypes.ModeSealed)
	first := l.bid("bank-BQDQ", rich, request, financingtypes.OfferTerms{RatePpm: 60_000})
	silent := l.bid("bank-LSHB", poor, request, financingtypes.OfferTerms{RatePpm: 50_000})
	l.reveal("bank-BQDQ", first, financingtypes.OfferTerms{RatePpm: 60_000})
	l.wait(20 * time.Second)
	l.refuse("not revealed", financingtypes.ErrNotRevealed, "party-jimo", l.accepting(silent))
	l.refuse("revealed too late", financingtypes.ErrRevealLate, "bank-LSHB", &financingtypes.MsgRevealOffer{
		Operator: chain.Address("bank-LSHB"), OfferId: silent, Terms: financingtypes.OfferTerms{RatePpm: 50_000}.Normal(), Salt: bidSalt,
	})
	l.MustSend("party-jimo", l.accepting(first))
	l.requireSound()
}

func TestAPurchaseMovesUnitsAgainstMoney(t *testing.T) {
	l := newLending(t, 24*time.Hour)
	request := l.ask(financingtypes.KindPurchase, financingtypes.ModeOpen)
	high := l.offer("bank-LSHB", request, financingtypes.OfferTerms{Price: math.NewInt(95_000)})
	low := l.offer("bank-BQDQ", request, financingtypes.OfferTerms{Price: math.NewInt(91_000), RegistrationNeeded: true})
	l.refuse("a lender without money", settlementtypes.ErrInsufficientBalance, "party-jimo", l.accepting(high))
	l.refuse("without the registration that is asked for", financingtypes.ErrNotRegistered, "party-jimo", l.accepting(low))
	registered := l.accepting(low)
	registered.RegistrationNumber = "07234567001122334455"
	l.refuse("a registration without a time", financingtypes.ErrRegistrationInvalid, "party-jimo", registered)
	registered.RegisteredAt = chain.Start.Add(24 * time.Hour)
	l.refuse("a registration in the future", financingtypes.ErrRegistrationInvalid, "party-jimo", registered)
	registered.RegisteredAt = chain.Start
	answer := chain.Response[financingtypes.MsgAcceptOfferResponse](t, l.MustSend("party-jimo", registered))
	require.Zero(t, answer.LoanId)
	require.EqualValues(t, 100+91_000, l.money("jimo"))
	require.EqualValues(t, 1_000_000-91_000, l.money("rich"))
	l.refuse("a second acceptance", financingtypes.ErrAcceptedAlready, "party-jimo", l.accepting(high))
	l.refuse("units that are sold", financingtypes.ErrUnitsMissing, "party-jimo", &financingtypes.MsgRequestFinance{
		Operator: chain.Address("party-jimo"), Account: chain.Account("jimo", 0), Kind: financingtypes.KindPurchase, Mode: financingtypes.ModeOpen,
		ReceivableId: 1, Units: math.NewInt(1), Currency: "CNY", Amount: math.NewInt(1), Lenders: []accesstypes.Member{rich},
		BiddingPeriod: time.Second, DecisionPeriod: time.Second,
	})
	l.wait(11 * time.Minute)
	require.EqualValues(t, 1_000_000-91_000+100_000, l.money("rich"), "the debtor pays who holds the units")
	require.EqualValues(t, 100+91_000, l.money("jimo"))
	l.requireSound()
}

func TestAGradeThatIsOverBetweenBidAndAcceptance(t *testing.T) {
	l := newLending(t, time.Minute)
	request := l.ask(financingtypes.KindUnsecured, financingtypes.ModeOpen)
	picky := l.offer("bank-BQDQ", request, financingtypes.OfferTerms{RatePpm: 50_000, WorstGrade: "B"})
	l.wait(time.Minute)
	l.refuse("the grade is over", financingtypes.ErrGradeOver, "party-jimo", l.accepting(picky))
	l.requireSound()
}

// An offer promises nothing beyond the lender's limits: they are asked when it is accepted.
func TestAnOfferBeyondTheLendersLimitsIsNotSettled(t *testing.T) {
	l := newLending(t, 24*time.Hour)
	limit := func(amount int64) *financingtypes.MsgSetLimit {
		return &financingtypes.MsgSetLimit{
			Operator: chain.Address("bank-BQDQ"), Lender: accesstypes.Member{InstitutionId: "BQDQ", PartyId: "rich"},
			Kind: financingtypes.LimitBorrower, Borrower: jimo, Currency: "CNY", Bounded: true, Amount: math.NewInt(amount),
		}
	}
	l.MustSend("bank-BQDQ", limit(89_999))
	request := l.ask(financingtypes.KindAdvance, financingtypes.ModeOpen)
	offer := l.offer("bank-BQDQ", request, financingtypes.OfferTerms{RatePpm: 50_000})
	l.refuse("more than the limit", financingtypes.ErrBorrowerLimit, "party-jimo", l.accepting(offer))
	foreign := l.offer("bank-BQDQ", request, financingtypes.OfferTerms{RatePpm: 50_000, FacilityId: 7})
	l.refuse("a facility that is none", financingtypes.ErrFacilityNotFound, "party-jimo", l.accepting(foreign))
	l.MustSend("bank-BQDQ", limit(90_000))
	offer = l.offer("bank-BQDQ", request, financingtypes.OfferTerms{RatePpm: 50_000})
	l.MustSend("party-jimo", l.accepting(offer))
	l.requireSound()
	second := l.ask(financingtypes.KindUnsecured, financingtypes.ModeOpen)
	l.refuse("the limit is used up", financingtypes.ErrBorrowerLimit, "party-jimo",
		l.accepting(l.offer("bank-BQDQ", second, financingtypes.OfferTerms{RatePpm: 50_000})))
}

func TestOfTwoRequestsForTheSameUnitsOneIsFinanced(t *testing.T) {
	l := newLending(t, 24*time.Hour)
	first, second := l.ask(financingtypes.KindAdvance, financingtypes.ModeOpen), l.ask(financingtypes.KindPurchase, financingtypes.ModeOpen)
	loan := l.offer("bank-BQDQ", first, financingtypes.OfferTerms{RatePpm: 50_000})
	purchase := l.offer("bank-BQDQ", second, financingtypes.OfferTerms{Price: math.NewInt(95_000)})
	l.MustSend("party-jimo", l.accepting(loan))
	l.refuse("units that secure a loan", financingtypes.ErrNotHolder, "party-jimo", l.accepting(purchase))
	l.requireSound()
}
