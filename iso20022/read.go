package iso20022

import (
	"errors"
	"time"

	"github.com/zhilian-network/zhilian/iso20022/internal/xmltree"
	"github.com/zhilian-network/zhilian/iso20022/money"
)

// reader turns a document that fits its content model into a Message. A fault
// that it returns refuses the file; what concerns one transfer becomes its
// Refusal.
type reader struct {
	envelope
	now     time.Time
	message Message
}

func (r *reader) read() *fault {
	r.message.Kind, r.message.Version = r.format.kind, r.format.version
	if f := r.readGroup(r.body.Child("GrpHdr")); f != nil {
		return f
	}
	r.message.Header = readHeader(r.header)
	if r.format.kind == KindPain001 {
		return r.readCustomerInitiation()
	}
	return r.readBankTransfers()
}

func (r *reader) readGroup(group *xmltree.Node) *fault {
	m := &r.message
	if f := notBlank(group.Child("MsgId")); f != nil {
		return f
	}
	m.MessageID = NormalID(group.Child("MsgId").Value())
	m.CreatedAt, _ = parseDateTime(group.Child("CreDtTm").Value())
	m.OriginalNbOfTxs = group.Child("NbOfTxs").Value()
	m.OriginalCtrlSum = trim(group.Child("CtrlSum").Value())
	m.InitiatingParty = readParty(group.Child("InitgPty"))
	m.InstructingAgent = readAgent(group.Child("InstgAgt"))
	m.InstructedAgent = readAgent(group.Child("InstdAgt"))
	m.SettlementMethod = group.At("SttlmInf", "SttlmMtd").Value()
	return nil
}

// notBlank refuses an identifier of white space only. The schema allows it; it
// names nothing.
func notBlank(n *xmltree.Node) *fault {
	if n != nil && NormalID(n.Text) == "" {
		return faultAt(n, ReasonSyntax, "the identifier is blank")
	}
	return nil
}

func readHeader(n *xmltree.Node) *BusinessHeader {
	if n == nil {
		return nil
	}
	h := &BusinessHeader{
		Version:           n.Space[len(isoNamespace):],
		From:              readAgent(n.At("Fr", "FIId")),
		To:                readAgent(n.At("To", "FIId")),
		FromParty:         readParty(n.At("Fr", "OrgId")),
		ToParty:           readParty(n.At("To", "OrgId")),
		BusinessMessageID: n.Child("BizMsgIdr").Value(),
		Definition:        n.Child("MsgDefIdr").Value(),
		Service:           n.Child("BizSvc").Value(),
		CopyDuplicate:     n.Child("CpyDplct").Value(),
	}
	h.PossibleDuplicate, _ = parseBoolean(n.Child("PssblDplct").Value())
	h.CreatedAt, _ = parseDateTime(n.Child("CreDt").Value())
	return h
}

func readAgent(n *xmltree.Node) Agent {
	id := n.Child("FinInstnId")
	return Agent{
		BIC:            firstOf(id.Child("BICFI").Value(), id.Child("BIC").Value()),
		LEI:            id.Child("LEI").Value(),
		ClearingSystem: readCode(id.At("ClrSysMmbId", "ClrSysId")),
		MemberID:       id.At("ClrSysMmbId", "MmbId").Value(),
		Name:           id.Child("Nm").Value(),
	}
}

func readParty(n *xmltree.Node) Party {
	organisation, person := n.At("Id", "OrgId"), n.At("Id", "PrvtId")
	p := Party{
		Name:    n.Child("Nm").Value(),
		LEI:     organisation.Child("LEI").Value(),
		BIC:     firstOf(organisation.Child("AnyBIC").Value(), organisation.Child("BICOrBEI").Value()),
		Person:  person != nil,
		Country: firstOf(n.Child("CtryOfRes").Value(), valid(n.At("PstlAdr", "Ctry"), country)),
	}
	for _, other := range append(organisation.All("Othr"), person.All("Othr")...) {
		p.OtherIDs = append(p.OtherIDs, OtherID{
			ID:     other.Child("Id").Value(),
			Scheme: readCode(other.Child("SchmeNm")),
			Issuer: other.Child("Issr").Value(),
		})
	}
	return p
}

func readAccount(n *xmltree.Node) Account {
	return Account{
		IBAN:     n.At("Id", "IBAN").Value(),
		Other:    n.At("Id", "Othr", "Id").Value(),
		Currency: n.Child("Ccy").Value(),
	}
}

// readCode reads a choice of Cd and Prtry.
func readCode(n *xmltree.Node) string {
	return firstOf(n.Child("Cd").Value(), n.Child("Prtry").Value())
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func readTexts(nodes []*xmltree.Node) []string {
	var texts []string
	for _, n := range nodes {
		texts = append(texts, n.Text)
	}
	return texts
}

// readAmount reads an amount to be paid. A fault refuses the file: a sum over
// an amount that is none has no meaning.
func readAmount(n *xmltree.Node) (Amount, *fault) {
	code, _ := n.Attr("Ccy")
	minor, err := money.ParseMinor(code, trim(n.Text))
	var refused *money.Error
	if errors.As(err, &refused) {
		return Amount{}, faultAt(n, string(refused.Reason), "%s", refused.Text)
	}
	return Amount{Currency: code, Text: n.Text, Minor: minor}, nil
}

// readTransferTerms reads what pain.001 and pacs.008 say alike.
func readTransferTerms(n *xmltree.Node) Transfer {
	id := n.Child("PmtId")
	return Transfer{
		InstructionID:    id.Child("InstrId").Value(),
		EndToEndID:       id.Child("EndToEndId").Value(),
		TransactionID:    id.Child("TxId").Value(),
		UETR:             id.Child("UETR").Value(),
		Creditor:         readParty(n.Child("Cdtr")),
		CreditorAccount:  readAccount(n.Child("CdtrAcct")),
		CreditorAgent:    readAgent(n.Child("CdtrAgt")),
		UltimateDebtor:   readParty(n.Child("UltmtDbtr")),
		UltimateCreditor: readParty(n.Child("UltmtCdtr")),
		CategoryPurpose:  readCode(n.At("PmtTpInf", "CtgyPurp")),
		Purpose:          readCode(n.Child("Purp")),
		ChargeBearer:     n.Child("ChrgBr").Value(),
		Remittance:       readTexts(n.Child("RmtInf").All("Ustrd")),
		Line:             n.Line,
	}
}

// blankIDs refuses identifiers of white space only.
func blankIDs(transfer *xmltree.Node) *fault {
	for _, name := range []string{"InstrId", "EndToEndId", "TxId"} {
		if f := notBlank(transfer.At("PmtId", name)); f != nil {
			return f
		}
	}
	return nil
}
