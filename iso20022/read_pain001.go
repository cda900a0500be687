package iso20022

import (
	"time"

	"github.com/zhilian-network/zhilian/iso20022/internal/xmltree"
)

func (r *reader) readCustomerInitiation() *fault {
	group := r.body.Child("GrpHdr")
	initiator := partyFault(group.Child("InitgPty"), ReasonDebtorID)
	var all totals
	for _, block := range r.body.All("PmtInf") {
		f := r.readInstruction(block, initiator, &all)
		if f != nil {
			return f
		}
	}
	r.message.TransferCount = all.count
	return all.check(group)
}

// readInstruction reads one PmtInf. A fault of the block itself refuses each
// of its transfers.
func (r *reader) readInstruction(block *xmltree.Node, inherited *fault, all *totals) *fault {
	if f := notBlank(block.Child("PmtInfId")); f != nil {
		return f
	}
	instruction := Instruction{
		ID:            block.Child("PmtInfId").Value(),
		Method:        block.Child("PmtMtd").Value(),
		BatchBooking:  readIndicator(block.Child("BtchBookg")),
		RequestedDate: requestedDate(block.Child("ReqdExctnDt")),
		Debtor:        readParty(block.Child("Dbtr")),
		DebtorAccount: readAccount(block.Child("DbtrAcct")),
		DebtorAgent:   readAgent(block.Child("DbtrAgt")),
	}
	shared := firstFault(inherited, r.blockFault(block, instruction))
	details := sharedDetails(block)
	var own totals
	for _, n := range block.All("CdtTrfTxInf") {
		transfer, f := readCustomerTransfer(n, block, shared)
		if f != nil {
			return f
		}
		transfer.Details = readDetails(n, details)
		transfer.Index = all.count
		own.add(transfer.Amount)
		all.add(transfer.Amount)
		instruction.Transfers = append(instruction.Transfers, transfer)
	}
	r.message.Instructions = append(r.message.Instructions, instruction)
	return own.check(block)
}

func readIndicator(n *xmltree.Node) *bool {
	if n == nil {
		return nil
	}
	truth, _ := parseBoolean(n.Text)
	return &truth
}

// requestedDate reads a day, or the day of a moment where the sender is.
func requestedDate(n *xmltree.Node) time.Time {
	if moment, ok := parseDateTime(n.Child("DtTm").Value()); ok {
		return dayOf(moment)
	}
	day, _ := parseDate(firstOf(n.Child("Dt").Value(), n.Value()))
	return day
}

func (r *reader) blockFault(block *xmltree.Node, i Instruction) *fault {
	return firstFault(
		methodFault(block.Child("PmtMtd")),
		r.dateFault(block.Child("ReqdExctnDt"), i.RequestedDate),
		partyFault(block.Child("Dbtr"), ReasonDebtorID),
		accountFault(block.Child("DbtrAcct"), ReasonDebtorAccount),
		agentFault(block.Child("DbtrAgt"), ReasonDebtorAgent),
		partyFault(block.Child("UltmtDbtr"), ReasonDebtorID),
	)
}

func readCustomerTransfer(n, block *xmltree.Node, shared *fault) (Transfer, *fault) {
	if f := blankIDs(n); f != nil {
		return Transfer{}, f
	}
	transfer := readTransferTerms(n)
	inherit(&transfer, n, block)
	value, exchange, f := readCustomerAmount(n.Child("Amt"))
	if f != nil {
		return Transfer{}, f
	}
	transfer.Amount = value
	if f := firstFault(shared, exchange, transferFault(n)); f != nil {
		transfer.Refusal = f.refusal()
	}
	return transfer, nil
}

// inherit takes from the block what the transfer leaves open.
func inherit(t *Transfer, n, block *xmltree.Node) {
	if n.Child("UltmtDbtr") == nil {
		t.UltimateDebtor = readParty(block.Child("UltmtDbtr"))
	}
	t.Priority = firstOf(n.At("PmtTpInf", "InstrPrty").Value(), block.At("PmtTpInf", "InstrPrty").Value())
	t.CategoryPurpose = firstOf(t.CategoryPurpose, readCode(block.At("PmtTpInf", "CtgyPurp")))
	t.ChargeBearer = firstOf(t.ChargeBearer, block.Child("ChrgBr").Value())
}

// readCustomerAmount reads an amount, or an equivalent amount, whose transfer
// is refused unless it is to be sent in its own currency: nothing is exchanged
// here.
func readCustomerAmount(n *xmltree.Node) (value Amount, exchange, whole *fault) {
	if instructed := n.Child("InstdAmt"); instructed != nil {
		value, whole = readAmount(instructed)
		return value, nil, whole
	}
	value, whole = readAmount(n.At("EqvtAmt", "Amt"))
	other := n.At("EqvtAmt", "CcyOfTrf")
	if whole == nil {
		whole = currencyFault(other)
	}
	if whole == nil && other.Value() != value.Currency {
		exchange = faultAt(other, ReasonCurrency, "the amount is in %s and is to be sent in %s; currencies are not exchanged",
			value.Currency, other.Value())
	}
	return value, exchange, whole
}
