package domain_test

import (
	"errors"
	"testing"

	"cosmossdk.io/math"
	"github.com/stretchr/testify/require"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/dispute/domain"
	"github.com/zhilian-network/zhilian/x/dispute/types"
	financingtypes "github.com/zhilian-network/zhilian/x/financing/types"
	settlementtypes "github.com/zhilian-network/zhilian/x/settlement/types"
)

func payment() (settlementtypes.Payment, settlementtypes.Account, settlementtypes.Account) {
	return settlementtypes.Payment{
			Uetr: "u", Debtor: "d", Creditor: "c", Currency: "CNY", Amount: math.NewInt(1000_00), Status: settlementtypes.PaymentSettled, DecidedAt: start,
		},
		settlementtypes.Account{Address: "d", InstitutionId: acme.InstitutionId, PartyId: acme.PartyId},
		settlementtypes.Account{Address: "c", InstitutionId: zeta.InstitutionId, PartyId: zeta.PartyId}
}

func TestAPaymentIsItsPayersMatterAndItsPayeeAnswers(t *testing.T) {
	paid, debtor, creditor := payment()
	subject, err := domain.PaymentSubject(paid, math.NewInt(300_00), debtor, creditor)
	require.NoError(t, err)
	require.Equal(t, acme, subject.Owner)
	require.Equal(t, zeta, subject.Respondent)
	require.Equal(t, math.NewInt(700_00), subject.Disputed, "what was returned is in dispute no more")
	require.NoError(t, domain.CheckConcerned(subject, acme))
	require.ErrorIs(t, domain.CheckConcerned(subject, zeta), types.ErrNotConcerned, "somebody else's payment")
	require.ErrorIs(t, domain.CheckConcerned(subject, accesstypes.Member{InstitutionId: "BQDQ"}), types.ErrNotConcerned, "its bank's neither")

	_, err = domain.PaymentSubject(paid, math.NewInt(1000_00), debtor, creditor)
	require.ErrorIs(t, err, types.ErrMatter, "all of it was returned")
	rejected := paid
	rejected.Status = settlementtypes.PaymentRejected
	_, err = domain.PaymentSubject(rejected, math.ZeroInt(), debtor, creditor)
	require.ErrorIs(t, err, types.ErrMatter)
	returned := paid
	returned.ReturnOf = "v"
	_, err = domain.PaymentSubject(returned, math.ZeroInt(), debtor, creditor)
	require.ErrorIs(t, err, types.ErrMatter, "a return is not returned")
	toOneself, err := domain.PaymentSubject(paid, math.ZeroInt(), debtor, debtor)
	require.NoError(t, err)
	require.ErrorIs(t, domain.CheckConcerned(toOneself, acme), types.ErrNotConcerned, "nobody complains of itself")
}

func TestOnlyWhatFitsTheMatterIsAskedForAndNoMoreThanIsInDispute(t *testing.T) {
	paid, debtor, creditor := payment()
	subject, err := domain.PaymentSubject(paid, math.ZeroInt(), debtor, creditor)
	require.NoError(t, err)
	apology := ask(types.RemedyApology, 1)
	apology.Text = "We are sorry."
	for name, row := range map[string]struct {
		kind     types.MatterKind
		remedies []types.Remedy
		err      error
	}{
		"refund, interest, apology": {types.MatterPayment, []types.Remedy{ask(types.RemedyRefund, 1000_00), ask(types.RemedyInterest, 1), apology}, nil},
		"a finding":                 {types.MatterService, []types.Remedy{ask(types.RemedyFinding, 1)}, nil},
		"more than the payment":     {types.MatterPayment, []types.Remedy{ask(types.RemedyRefund, 1000_01)}, types.ErrAmount},
		"nothing":                   {types.MatterPayment, nil, types.ErrRemedy},
		"interest on nothing":       {types.MatterPayment, []types.Remedy{ask(types.RemedyInterest, 1)}, types.ErrRemedy},
		"the same twice":            {types.MatterPayment, []types.Remedy{ask(types.RemedyRefund, 1), ask(types.RemedyRefund, 1)}, types.ErrRemedy},
		"money for bad service":     {types.MatterService, []types.Remedy{ask(types.RemedyRefund, 1)}, types.ErrRemedy},
		"a rating for a payment":    {types.MatterPayment, []types.Remedy{{Kind: types.RemedyRerate, Amount: math.OneInt(), Product: "sme-1y"}}, types.ErrRemedy},
		"two apologies in one":      {types.MatterPayment, []types.Remedy{{Kind: types.RemedyApology, Amount: math.NewInt(2), Text: "sorry"}}, types.ErrRemedy},
		"an apology without words":  {types.MatterPayment, []types.Remedy{ask(types.RemedyApology, 1)}, types.ErrRemedy},
		"an unknown one":            {types.MatterPayment, []types.Remedy{ask(99, 1)}, types.ErrRemedy},
	} {
		err := domain.CheckRemedies(row.kind, subject, row.remedies)
		if row.err == nil {
			require.NoError(t, err, name)
			continue
		}
		require.ErrorIs(t, err, row.err, name)
	}
}

func TestAReceivableIsItsDebtorsMatterWithTheSupplierAndItsHoldersWithTheDebtor(t *testing.T) {
	_, debtor, supplier := payment()
	receivable := financingtypes.Receivable{
		Id: 7, Amount: math.NewInt(500), Unpaid: math.NewInt(400), Reduced: math.NewInt(100), Currency: "CNY",
		Status: financingtypes.ReceivableConfirmed, DueAt: start,
	}
	subject, err := domain.ReceivableSubject(receivable, debtor, supplier)
	require.NoError(t, err)
	require.Equal(t, [2]accesstypes.Member{acme, zeta}, [2]accesstypes.Member{subject.Owner, subject.Respondent})
	require.Equal(t, [2]string{"c", "d"}, [2]string{subject.Payer, subject.Account})
	require.Equal(t, math.NewInt(400), subject.Disputed, "what a ruling took off already is in dispute no more")
	kind := types.MatterReceivable
	require.NoError(t, domain.CheckRemedies(kind, subject, []types.Remedy{ask(types.RemedyRefund, 400)}))
	require.ErrorIs(t, domain.CheckRemedies(kind, subject, []types.Remedy{ask(types.RemedyRefund, 401)}), types.ErrAmount)
	require.ErrorIs(t, domain.CheckRemedies(kind, subject, []types.Remedy{ask(types.RemedyRefund, 1), ask(types.RemedyInterest, 1)}), types.ErrRemedy)

	holding := financingtypes.Holding{Units: math.NewInt(30)}
	held := domain.HoldingSubject(receivable, holding, supplier, debtor)
	require.Equal(t, [2]accesstypes.Member{zeta, acme}, [2]accesstypes.Member{held.Owner, held.Respondent})
	require.ErrorIs(t, domain.CheckRemedies(kind, held, []types.Remedy{ask(types.RemedyInterest, 1)}), types.ErrRemedy, "it is not overdue")
	require.ErrorIs(t, domain.CheckRemedies(kind, held, []types.Remedy{ask(types.RemedyRefund, 1)}), types.ErrRemedy, "the network collects it")
	require.NoError(t, domain.CheckRemedies(kind, held, []types.Remedy{ask(types.RemedyFinding, 1)}))
	receivable.Status = financingtypes.ReceivableOverdue
	held = domain.HoldingSubject(receivable, holding, supplier, debtor)
	require.NoError(t, domain.CheckRemedies(kind, held, []types.Remedy{ask(types.RemedyInterest, 1)}), "without a refund")
	require.False(t, domain.CanRefund(kind, held), "so nothing is held")

	for status, disputable := range map[financingtypes.ReceivableStatus]bool{
		financingtypes.ReceivableIssued: false, financingtypes.ReceivableRefused: false, financingtypes.ReceivableCancelled: false,
		financingtypes.ReceivableDefaulted: true, financingtypes.ReceivableSettled: true,
	} {
		receivable.Status = status
		_, err = domain.ReceivableSubject(receivable, debtor, supplier)
		require.Equal(t, !disputable, errors.Is(err, types.ErrMatter), status)
	}
}

func TestALoanIsItsBorrowersMatterWithItsLender(t *testing.T) {
	loan := financingtypes.Loan{Borrower: acme, Lender: zeta, BorrowerAccount: "d", LenderAccount: "c", Currency: "CNY", Status: financingtypes.LoanDefaulted}
	subject := domain.LoanSubject(loan, math.NewInt(20))
	require.NoError(t, domain.CheckConcerned(subject, acme))
	require.ErrorIs(t, domain.CheckConcerned(subject, zeta), types.ErrNotConcerned)
	for name, row := range map[string]struct {
		status   financingtypes.LoanStatus
		waivable int64
		remedies []types.Remedy
		err      error
	}{
		"penalty and default":        {financingtypes.LoanDefaulted, 20, []types.Remedy{ask(types.RemedyWaive, 20), ask(types.RemedyLift, 1)}, nil},
		"more than the penalty":      {financingtypes.LoanDefaulted, 20, []types.Remedy{ask(types.RemedyWaive, 21)}, types.ErrAmount},
		"a penalty that there isn't": {financingtypes.LoanDefaulted, 0, []types.Remedy{ask(types.RemedyWaive, 1)}, types.ErrRemedy},
		"no default":                 {financingtypes.LoanOverdue, 20, []types.Remedy{ask(types.RemedyLift, 1)}, types.ErrRemedy},
		"a penalty of a closed loan": {financingtypes.LoanRepaid, 20, []types.Remedy{ask(types.RemedyWaive, 20)}, nil},
		"principal back":             {financingtypes.LoanActive, 20, []types.Remedy{ask(types.RemedyRefund, 1)}, types.ErrRemedy},
	} {
		loan.Status = row.status
		err := domain.CheckRemedies(types.MatterLoan, domain.LoanSubject(loan, math.NewInt(row.waivable)), row.remedies)
		if row.err == nil {
			require.NoError(t, err, name)
			continue
		}
		require.ErrorIs(t, err, row.err, name)
	}
}

func TestAHoldIsNoMoreThanIsThereIsAskedForAndIsAllowed(t *testing.T) {
	params := types.DefaultParams()
	params.HoldCaps = []types.CurrencyAmount{{Currency: "CNY", Amount: math.NewInt(800)}}
	refund := []types.Remedy{ask(types.RemedyApology, 1), ask(types.RemedyRefund, 500)}
	for name, row := range map[string]struct {
		available int64
		holds     int
		before    int64
		currency  string
		want      int64
	}{
		"all that is asked for":           {1000, 0, 0, "CNY", 500},
		"what the payee has":              {123, 0, 0, "CNY", 123},
		"an empty account":                {0, 0, 0, "CNY", 0},
		"what is left of the cap":         {1000, 1, 600, "CNY", 200},
		"a cap that was lowered since":    {1000, 1, 900, "CNY", 0},
		"no cap in another currency":      {1000, 1, 900, "JPY", 500},
		"the most holds of one claimant":  {1000, int(params.HoldsMax), 0, "CNY", 0},
		"one less than the most of these": {1000, int(params.HoldsMax) - 1, 0, "CNY", 500},
	} {
		got := domain.HoldAmount(refund, math.NewInt(row.available), row.holds, math.NewInt(row.before), row.currency, params)
		require.Equal(t, math.NewInt(row.want), got, name)
	}
	require.True(t, domain.HoldAmount(refund[:1], math.NewInt(1000), 0, math.ZeroInt(), "CNY", params).IsZero(), "without a refund nothing is held")
}

func TestNobodyIsAskedForWhatTheLedgerHas(t *testing.T) {
	asked := 0
	for kind := range types.EvidenceKind_name {
		err := domain.CheckRequest(types.EvidenceKind(kind))
		switch {
		case kind == 0:
			require.ErrorIs(t, err, types.ErrInvalidCase)
		case kind <= int32(types.EvidenceKind_EVIDENCE_KIND_ACCESS_TRAIL):
			require.ErrorIs(t, err, types.ErrLedgerHasIt, types.EvidenceKind(kind))
		default:
			require.NoError(t, err, types.EvidenceKind(kind))
			asked++
		}
	}
	require.Equal(t, 6, asked)
	require.ErrorIs(t, domain.CheckRequest(99), types.ErrInvalidCase)
}
