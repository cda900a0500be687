package report

import (
	"time"

	"cosmossdk.io/math"
)

// Header identifies an outgoing message.
type Header struct {
	MessageID string    // 1..35 characters, unique per sender; the caller keeps it unique
	CreatedAt time.Time // written in UTC, milliseconds
}

// Amount is money in the currency's minor unit (fen for CNY, yen for JPY).
type Amount struct {
	Currency string // ISO 4217
	Minor    math.Int
}

// Account is an account by IBAN or by the servicing bank's own number.
type Account struct {
	IBAN     string
	Other    string // 1..34 characters
	Currency string // ISO 4217; empty for a multi-currency account
}

// Agent is a financial institution.
type Agent struct {
	BIC            string
	LEI            string
	ClearingSystem string // external code such as CNAPS, or a proprietary name
	MemberID       string // the institution's number in that clearing system
	Name           string
}

// Party is a payer, a payee, or an account owner.
type Party struct {
	Name string
	LEI  string
	BIC  string
}

// Reason says why a status is what it is. Code and Proprietary exclude each other.
type Reason struct {
	Code        string   // ISO external status reason code, such as AM04
	Proprietary string   // a reason without an ISO code, such as settlement/17
	Text        []string // explanations; each is split into lines of 105 characters
}

// narrative is the reason code that points to the text.
const narrative = "NARR"

func (r Reason) coded() bool { return r.Code != "" || r.Proprietary != "" }

// OriginalMessage identifies the message that a status report answers.
type OriginalMessage struct {
	MessageID    string
	MessageName  string    // such as pain.001.001.09; decides the version of the answer
	CreatedAt    time.Time // zero if unknown
	Transactions int       // as the sender counted them; 0 if unknown
	ControlSum   string    // as the sender wrote it; empty if absent
}

// OriginalTransfer repeats what the payer ordered, for readers without the original at hand.
type OriginalTransfer struct {
	Amount          Amount    // zero value if not repeated
	RequestedOn     time.Time // requested execution or settlement date, in its own location
	Debtor          Party
	DebtorAccount   Account
	DebtorAgent     Agent
	CreditorAgent   Agent
	Creditor        Party
	CreditorAccount Account
	Remittance      []string // each is split into lines of 140 characters
}

// TransferStatus is the status of one transfer. One of InstructionID,
// EndToEndID, TransactionID or UETR must be there to find the transfer by.
type TransferStatus struct {
	StatusID          string // our own id for this status, if any
	InstructionID     string
	EndToEndID        string
	TransactionID     string // pacs.002 only
	UETR              string // lower-case UUIDv4; not expressible in pain.002.001.03
	Status            Status
	Reasons           []Reason // at least one with a code or a proprietary reason if Status is Rejected
	AcceptedAt        time.Time
	SettledOn         time.Time // effective settlement date, in its own location; pacs.002 only
	ServicerReference string
	ClearingReference string
	Original          *OriginalTransfer
}
