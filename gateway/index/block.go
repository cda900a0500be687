package index

import (
	"time"

	gatewaytypes "github.com/zhilian-network/zhilian/gateway/types"
	settlement "github.com/zhilian-network/zhilian/x/settlement/types"
)

// Kinds of entries.
const (
	KindPayment = "payment"
	KindIssue   = "issue"
	KindRedeem  = "redeem"
)

// Statuses of payments, as ISO 20022 writes them.
const (
	StatusSettled  = "ACSC"
	StatusRejected = "RJCT"
)

// Block is what the index keeps of one finished block.
type Block struct {
	ChainID      string
	Height       int64
	Time         time.Time
	Hash         []byte
	PreviousHash []byte // empty for the first block of a chain

	Payments []Payment // in order of decision, which is their order in the log
	Entries  []AccountEntry
	Refused  []RefusedTransaction
	Unread   []UnreadEvent

	// Logged tells where the payments stand in the log; nil if none was decided.
	Logged *settlement.EventPaymentsLogged

	// Transactions are the hashes of all transactions, in their order. They are not stored.
	Transactions [][32]byte
}

// isFirst tells that the chain begins here: with a genesis, or at a later height with an export of the
// chain that an index knows until then.
func (b Block) isFirst() bool { return len(b.PreviousHash) == 0 }

// Payment is a decided payment and the place of its event.
type Payment struct {
	gatewaytypes.PaymentRow
	TxIndex    int
	EventIndex int
	Details    *Details // nil if it came without
}

// AccountEntry is one movement of an account's balance.
type AccountEntry struct {
	Account string
	gatewaytypes.Entry
}

// Bounds of what is kept of a refusal's text.
const (
	maxLogBytes       = 500
	maxCodespaceBytes = 64
)

// RefusedTransaction is a transaction that stands in a block and took no effect.
type RefusedTransaction struct {
	TxHash    string // upper-case hexadecimal
	Height    int64
	RefusedAt time.Time
	Codespace string
	Code      uint32
	Log       string // the chain's words, at most 500 bytes; may hold anything a sender wrote
}

// UnreadEvent is an event that belongs in the index and could not be read.
type UnreadEvent struct {
	TxIndex    int
	EventIndex int
	Type       string
	Problem    string
}
