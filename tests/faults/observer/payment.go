package observer

// Status is what a block decided about a payment, as ISO 20022 writes it.
type Status string

// Statuses of decided payments.
const (
	Settled  Status = "ACSC"
	Rejected Status = "RJCT"
)

// Payment is what a client asks for.
type Payment struct {
	UETR     string // stated by the client, or derived by the chain's rule
	EndToEnd string // digest of the debtor's own reference, in hex
	Debtor   string // address of the account
	Creditor string
	Currency string
	Amount   int64 // in minor units
}

// Kind of an answer.
type Kind string

// Kinds of answers.
const (
	// Decided: the node says that a block holds the decision.
	Decided Kind = "decided"
	// Refused: the node says that nothing of it took effect.
	Refused Kind = "refused"
	// Unknown: no answer, or none that says how it ended.
	Unknown Kind = "unknown"
)

// Answer is what a client was told about a payment.
type Answer struct {
	Node     string
	Kind     Kind
	Status   Status // if decided
	Height   int64  // of the deciding block, if decided
	Replayed bool   // whether the node says that it had been decided before
	Words    string // of a refusal, or why it is not known
}
