package iso20022

import (
	"github.com/zhilian-network/zhilian/iso20022/internal/xmltree"
)

func (r *reader) readBankTransfers() *fault {
	group := r.body.Child("GrpHdr")
	shared := firstFault(
		agentFault(group.Child("InstgAgt"), ReasonDebtorAgent),
		agentFault(group.Child("InstdAgt"), ReasonCreditorAgent),
	)
	blocks := blocks{at: map[blockKey]int{}}
	var all totals
	for _, n := range r.body.All("CdtTrfTxInf") {
		transfer, f := r.readBankTransfer(n, shared)
		if f != nil {
			return f
		}
		transfer.Index = all.count
		all.add(transfer.Amount)
		blocks.add(r.debtorOf(n), transfer)
	}
	r.message.Instructions = blocks.list
	r.message.TransferCount = all.count
	return firstFault(all.check(group), all.checkSettlementTotal(group.Child("TtlIntrBkSttlmAmt")), r.headerFault())
}

func (r *reader) readBankTransfer(n *xmltree.Node, shared *fault) (Transfer, *fault) {
	if f := blankIDs(n); f != nil {
		return Transfer{}, f
	}
	transfer := readTransferTerms(n)
	transfer.Details = readDetails(n, nil)
	settlement, f := readAmount(n.Child("IntrBkSttlmAmt"))
	if f != nil {
		return Transfer{}, f
	}
	transfer.Amount = settlement
	r.inheritFromGroup(&transfer, n)
	if f := firstFault(shared, r.bankFault(n, transfer), transferFault(n)); f != nil {
		transfer.Refusal = f.refusal()
	}
	return transfer, nil
}

// inheritFromGroup takes from the group header what the transfer leaves open.
func (r *reader) inheritFromGroup(t *Transfer, n *xmltree.Node) {
	group := r.body.Child("GrpHdr")
	t.InstructingAgent, t.InstructedAgent = r.message.InstructingAgent, r.message.InstructedAgent
	if own := n.Child("InstgAgt"); own != nil {
		t.InstructingAgent = readAgent(own)
	}
	if own := n.Child("InstdAgt"); own != nil {
		t.InstructedAgent = readAgent(own)
	}
	t.SettlementDate, _ = parseDate(settlementDateOf(n, group).Value())
	t.CategoryPurpose = firstOf(t.CategoryPurpose, readCode(group.At("PmtTpInf", "CtgyPurp")))
	t.Priority = firstOf(n.Child("SttlmPrty").Value(),
		firstOf(n.At("PmtTpInf", "InstrPrty").Value(), group.At("PmtTpInf", "InstrPrty").Value()))
}

func settlementDateOf(n, group *xmltree.Node) *xmltree.Node {
	if own := n.Child("IntrBkSttlmDt"); own != nil {
		return own
	}
	return group.Child("IntrBkSttlmDt")
}

func (r *reader) bankFault(n *xmltree.Node, t Transfer) *fault {
	return firstFault(
		agentFault(n.Child("InstgAgt"), ReasonDebtorAgent),
		agentFault(n.Child("InstdAgt"), ReasonCreditorAgent),
		r.dateFault(settlementDateOf(n, r.body.Child("GrpHdr")), t.SettlementDate),
		partyFault(n.Child("Dbtr"), ReasonDebtorID),
		checkedIBAN(n.Child("DbtrAcct"), ReasonDebtorAccount),
		agentFault(n.Child("DbtrAgt"), ReasonDebtorAgent),
	)
}

func (r *reader) debtorOf(n *xmltree.Node) Instruction {
	day, _ := parseDate(settlementDateOf(n, r.body.Child("GrpHdr")).Value())
	return Instruction{
		BatchBooking:  readIndicator(r.body.At("GrpHdr", "BtchBookg")),
		RequestedDate: day,
		Debtor:        readParty(n.Child("Dbtr")),
		DebtorAccount: readAccount(n.Child("DbtrAcct")),
		DebtorAgent:   readAgent(n.Child("DbtrAgt")),
	}
}

// blocks gathers transfers by debtor account and agent, in order of first
// appearance.
type blocks struct {
	list []Instruction
	at   map[blockKey]int
}

// blockKey tells debtors apart. A debtor without account is told by name and
// identifiers, so that strangers of one bank are not taken for one.
type blockKey struct {
	account        Account
	agent          Agent
	name, lei, bic string
}

func (b *blocks) add(debtor Instruction, t Transfer) {
	key := blockKey{account: debtor.DebtorAccount, agent: debtor.DebtorAgent}
	if debtor.DebtorAccount.Number() == "" {
		key.name, key.lei, key.bic = debtor.Debtor.Name, debtor.Debtor.LEI, debtor.Debtor.BIC
	}
	i, known := b.at[key]
	if !known {
		i = len(b.list)
		b.at[key] = i
		b.list = append(b.list, debtor)
	}
	b.list[i].Transfers = append(b.list[i].Transfers, t)
}
