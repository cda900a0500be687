package index

import (
	"time"

	gatewaytypes "github.com/zhilian-network/zhilian/gateway/types"
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

	Payments []Payment
	Entries  []AccountEntry
	Unread   []UnreadEvent
}

// Payment is a decided payment and the place of its event.
type Payment struct {
	gatewaytypes.PaymentRow
	TxIndex    int
	EventIndex int
}

// AccountEntry is one movement of an account's balance.
type AccountEntry struct {
	Account string
	gatewaytypes.Entry
}

// UnreadEvent is an event that belongs in the index and could not be read.
type UnreadEvent struct {
	TxIndex    int
	EventIndex int
	Type       string
	Problem    string
}
