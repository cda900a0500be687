package app_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cosmossdk.io/math"

	"github.com/zhilian-network/zhilian/testutil/chain"
	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	disputetypes "github.com/zhilian-network/zhilian/x/dispute/types"
	financingtypes "github.com/zhilian-network/zhilian/x/financing/types"
)

const holderName = "jimo-mouldings"

var (
	debtorOf = map[string]accesstypes.Member{
		claimant:     {InstitutionId: "BQDQ", PartyId: claimant},
		borrowerName: {InstitutionId: "BQDQ", PartyId: borrowerName},
	}
	holding = accesstypes.Member{InstitutionId: "JZWB", PartyId: holderName}
)

// owe is a receivable of 1,000,000.00 of the payee against a debtor, due so many days after it; the holder has bought
// 600,000.00 of it.
func (c *court) owe(debtor string, days int) uint64 {
	c.t.Helper()
	supplier := "party-" + payeeName
	amount := math.NewInt(1_000_000_00)
	issued := c.MustSend(supplier, &financingtypes.MsgIssueReceivable{
		Operator: chain.Address(supplier), Supplier: chain.Account(payeeName, 0), Debtor: chain.Account(debtor, 0), Currency: "CNY",
		Amount: amount, DueAt: c.Time().Add(time.Duration(days*courtDay) * time.Second), Parts: []financingtypes.InvoicePart{{
			Digest: digest(fmt.Sprint("invoice of ", debtor)), NearDigest: digest("near"), InvoiceAmount: amount, Amount: amount,
		}},
	})
	id := chain.Response[financingtypes.MsgIssueReceivableResponse](c.t, issued).ReceivableId
	c.MustSend("party-"+debtor, &financingtypes.MsgConfirmReceivable{Operator: chain.Address("party-" + debtor), ReceivableId: id})
	c.MustSend(supplier, &financingtypes.MsgTransferReceivable{
		Operator: chain.Address(supplier), ReceivableId: id, Creditor: chain.Account(payeeName, 0), Units: math.NewInt(600_000_00),
		Parts: []financingtypes.UnitPart{{Account: chain.Account(holderName, 0), Units: math.NewInt(600_000_00)}},
	})
	return id
}

func receivableCase(by accesstypes.Member, id uint64, remedy disputetypes.Remedy) *disputetypes.MsgFileCase {
	return &disputetypes.MsgFileCase{
		Operator: chain.Address("party-" + by.PartyId), Claimant: by, Reason: disputetypes.CaseReason_CASE_REASON_NOT_AS_AGREED,
		Matter: disputetypes.Matter{Kind: disputetypes.MatterReceivable, Number: id}, Remedies: []disputetypes.Remedy{remedy},
	}
}

// The goods were wrong. What the supplier still has of the receivable is no more, the rest comes from its account, and
// who bought units in good faith is paid on the due day by the debtor as if nothing had been.
func TestARulingAboutAReceivableTakesNothingFromThirdHolders(t *testing.T) {
	c := newCourt(t)
	id := c.owe(claimant, 60)
	payer := "party-" + claimant
	debtor, supplier, holder := c.balance(claimant, "BQDQ"), c.balance(payeeName, "LSHB"), c.balance(holderName, "JZWB")
	ask := disputetypes.Remedy{Kind: disputetypes.RemedyRefund, Amount: math.NewInt(900_000_00)}
	require.Equal(t, disputetypes.ErrNotConcerned.ABCICode(), c.Send("party-"+borrowerName, receivableCase(lent, id, ask)).Code)
	filed := chain.Response[disputetypes.MsgFileCaseResponse](t, c.MustSend(payer, receivableCase(debtorOf[claimant], id, ask)))
	require.Equal(t, math.NewInt(900_000_00), filed.Held)
	c.requireFinancingSound()

	c.contest(filed.CaseId)
	c.vote(filed.CaseId, c.panel(filed.CaseId), disputetypes.Award{Grants: []disputetypes.Grant{{Remedy: 0, Amount: math.NewInt(700_000_00)}}})
	c.pass(11)
	closed := c.get(filed.CaseId)
	require.Equal(t, disputetypes.Closed, closed.Status)
	require.Equal(t, disputetypes.RemedyDone, closed.Results[0].Status)
	require.Equal(t, math.NewInt(300_000_00), closed.Results[0].Paid, "the supplier had 400,000.00 of it")
	require.Equal(t, debtor.AddRaw(300_000_00), c.balance(claimant, "BQDQ"))
	require.Equal(t, supplier.SubRaw(300_000_00), c.balance(payeeName, "LSHB"))
	receivable, err := c.App.Keepers.Financing.Receivable(c.Context(), id)
	require.NoError(t, err)
	require.Equal(t, [2]string{"60000000", "40000000"}, [2]string{receivable.Unpaid.String(), receivable.Reduced.String()})
	c.requireFinancingSound()

	c.pass(60)
	receivable, err = c.App.Keepers.Financing.Receivable(c.Context(), id)
	require.NoError(t, err)
	require.Equal(t, financingtypes.ReceivableSettled, receivable.Status)
	require.Equal(t, holder.AddRaw(600_000_00), c.balance(holderName, "JZWB"))
	require.Equal(t, debtor.SubRaw(300_000_00), c.balance(claimant, "BQDQ"), "it has paid 300,000.00 for what was worth that")
	c.requireFinancingSound()
}

// A debtor does not pay in time. Its creditors get what it owes by themselves when it has money; interest for the delay
// they get by a case.
func TestAHolderOfAnOverdueReceivableGetsInterestFromItsDebtor(t *testing.T) {
	c := newCourt(t)
	id := c.owe(borrowerName, 3)
	holder := "party-" + holderName
	interest := disputetypes.Remedy{Kind: disputetypes.RemedyInterest, Amount: math.OneInt()}
	require.Equal(t, disputetypes.ErrRemedy.ABCICode(), c.Send(holder, receivableCase(holding, id, interest)).Code, "it is not overdue yet")
	c.pass(8)
	filed := chain.Response[disputetypes.MsgFileCaseResponse](t, c.MustSend(holder, receivableCase(holding, id, interest))).CaseId
	c.transfer(claimant, borrowerName, math.NewInt(1_500_000_00))
	c.pass(1)
	receivable, err := c.App.Keepers.Financing.Receivable(c.Context(), id)
	require.NoError(t, err)
	require.Equal(t, financingtypes.ReceivableSettled, receivable.Status)
	before := c.balance(holderName, "JZWB")
	handler := "bank-BQDQ"
	c.MustSend(handler, &disputetypes.MsgAcknowledgeCase{Operator: chain.Address(handler), CaseId: filed})
	c.MustSend(handler, &disputetypes.MsgAnswerCase{Operator: chain.Address(handler), CaseId: filed, Answer: disputetypes.AnswerAccept})
	closed := c.get(filed)
	days := int64(closed.FiledAt.Sub(receivable.DueAt) / (courtDay * time.Second))
	require.Equal(t, int64(6), days)
	require.Equal(t, math.NewInt(390_000_00), closed.Claimants[0].Disputed, "of 600,000.00, and 1,000,000.00 in all, for which there were 350,000.00")
	paid := math.NewInt(390_000_00 * 3 * days / (100 * 365))
	require.Equal(t, paid, closed.Results[0].Paid, "3 % a year until it was filed: it was paid since")
	require.Equal(t, before.Add(paid), c.balance(holderName, "JZWB"))
	c.requireFinancingSound()
}
