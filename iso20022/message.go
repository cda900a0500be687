package iso20022

import (
	"strings"
	"time"

	"cosmossdk.io/math"
)

// Kind is what a file asks for.
type Kind int

// The kinds of files that are read.
const (
	KindUnknown Kind = iota
	KindPain001      // a customer asks its bank to pay
	KindPacs008      // a bank passes customers' payments to another
)

func (k Kind) String() string {
	switch k {
	case KindPain001:
		return "pain.001"
	case KindPacs008:
		return "pacs.008"
	}
	return "unknown"
}

// Message is an accepted file. Identifiers and texts are as they stand in the
// file after XML unescaping, unless a field says otherwise; they may hold
// anything that XML can, so treat them as hostile when you show them.
type Message struct {
	Kind    Kind
	Version string // "pain.001.001.09"
	// MessageID is GrpHdr/MsgId by NormalID, so that " X" and "X" are one id.
	MessageID        string
	CreatedAt        time.Time // UTC when the file gives no offset
	InitiatingParty  Party     // pain.001
	Digest           [32]byte  // SHA-256 of the bytes as received
	TransferCount    int
	Header           *BusinessHeader // nil when the file has none
	InstructingAgent Agent           // pacs.008, from the group header
	InstructedAgent  Agent
	SettlementMethod string // pacs.008: INDA, INGA, COVE, CLRG
	OriginalNbOfTxs  string
	OriginalCtrlSum  string // "" when the file has none
	Instructions     []Instruction
}

// BusinessHeader is the business application header, head.001.
type BusinessHeader struct {
	Version           string // "head.001.001.02"
	From, To          Agent  // empty when an organisation is named instead
	FromParty         Party
	ToParty           Party
	BusinessMessageID string
	Definition        string // MsgDefIdr
	Service           string
	CopyDuplicate     string // CODU, COPY, DUPL or ""
	PossibleDuplicate bool
	CreatedAt         time.Time
}

// Instruction is a PmtInf block. For pacs.008, which has none, transfers are
// gathered by debtor account and debtor agent in order of first appearance.
type Instruction struct {
	ID            string // PmtInfId; "" for pacs.008
	Method        string // TRF, TRA, CHK; "" for pacs.008
	BatchBooking  *bool  // nil when the file does not say
	RequestedDate time.Time
	Debtor        Party
	DebtorAccount Account
	DebtorAgent   Agent
	Transfers     []Transfer
}

// Transfer is one payment.
type Transfer struct {
	Index                    int // position in the file, from 0
	InstructionID            string
	EndToEndID               string
	TransactionID            string // pacs.008
	UETR                     string
	Amount                   Amount
	SettlementDate           time.Time // pacs.008; zero when the file gives none
	Creditor                 Party
	CreditorAccount          Account
	CreditorAgent            Agent
	UltimateDebtor           Party
	UltimateCreditor         Party
	InstructingAgent         Agent // pacs.008, of the transfer or else of the group
	InstructedAgent          Agent
	Priority                 string // HIGH, NORM, URGT or ""
	CategoryPurpose, Purpose string // code or proprietary text
	ChargeBearer             string
	Remittance               []string // RmtInf/Ustrd, byte for byte
	// Details are the parties, purpose and remittance information as they stand in the file, addresses and
	// references included.
	Details []Element
	// Refusal is set when this transfer can not be settled for a reason that
	// the file alone shows.
	Refusal *Refusal
	Line    int
}

// notProvided is what ISO 20022 has a sender write where an end-to-end id is
// mandatory and there is none.
const notProvided = "NOTPROVIDED"

// HasEndToEndID reports whether the end-to-end id names the transfer, so that
// a second one with the same id is a duplicate.
func (t Transfer) HasEndToEndID() bool {
	return t.EndToEndID != "" && NormalID(t.EndToEndID) != notProvided
}

// Amount is what is paid. Minor is in the currency's minor unit and fits int64.
type Amount struct {
	Currency string
	Text     string // as in the file
	Minor    math.Int
}

// Party is a legal or natural person.
type Party struct {
	Name, LEI, BIC string
	Person         bool      // identified as a natural person (PrvtId)
	OtherIDs       []OtherID // national numbers such as a USCC
	Country        string    // of residence, else of the postal address
}

// OtherID is an identification under a scheme, code or proprietary.
type OtherID struct{ ID, Scheme, Issuer string }

// Account is an IBAN or another number.
type Account struct{ IBAN, Other, Currency string }

// Number is the IBAN or else the other number; "" when the account is named by
// a proxy only.
func (a Account) Number() string {
	if a.IBAN != "" {
		return a.IBAN
	}
	return a.Other
}

// Agent is a financial institution. ClearingSystem is a code such as CNAPS, or
// proprietary text, and MemberID a number in it.
type Agent struct{ BIC, LEI, ClearingSystem, MemberID, Name string }

// Refusal says why one transfer can not be settled. Path is below the business
// message: "PmtInf[1]/CdtTrfTxInf[2]/CdtrAcct/Id/IBAN".
type Refusal struct {
	Reason string // ISO external status reason code
	Text   string
	Path   string
	Line   int
}

// Transfers gives every transfer of the message in order of the file.
func (m *Message) Transfers() []*Transfer {
	ordered := make([]*Transfer, m.TransferCount)
	for i := range m.Instructions {
		transfers := m.Instructions[i].Transfers
		for j := range transfers {
			ordered[transfers[j].Index] = &transfers[j]
		}
	}
	return ordered
}

// NormalID trims white space and makes one space of every run of it, so that
// ids that look alike are equal.
func NormalID(id string) string { return strings.Join(strings.Fields(id), " ") }
