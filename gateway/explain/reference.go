package explain

import (
	"fmt"
	"time"

	"github.com/zhilian-network/zhilian/gateway/index"
	gatewaytypes "github.com/zhilian-network/zhilian/gateway/types"
)

// patience is how long a transaction may wait before the words say what to do.
const patience = 30 * time.Second

// Handed is what a node remembers of a transaction that was handed to it.
type Handed struct {
	At      time.Time
	Refusal *Refusal // nil: it was admitted, and no block that was indexed has it
}

// Included is a transaction in a block that decided no payment.
type Included struct {
	Height  int64
	Refusal *Refusal // nil: it was carried out
}

// Facts are what a node knows of a reference.
type Facts struct {
	Found index.Found
	// Whole says that Found has all payments: no page came before it or follows.
	Whole      bool
	NodeHeight int64 // newest block of the node; 0 if it is not known
	Handed     *Handed
	Included   *Included
	// Hash says that the reference may be that of a transaction.
	Hash bool
	Now  time.Time
}

// Reference says what is known of a reference as a whole.
func Reference(f Facts) string {
	known := f.Found.Position
	switch {
	case len(f.Found.Payments) > 0:
		return several(f) + incomplete(f)
	case f.Found.Refused != nil:
		return InBlock(*f.Found.Refused)
	case f.Included != nil && f.Included.Refusal != nil:
		return fmt.Sprintf("Refused in block %d: %s", f.Included.Height, f.Included.Refusal.words())
	case f.Included != nil && f.Included.Height > known.Height:
		return fmt.Sprintf("In block %d, which the index of this node has not reached: it stands at %d. Ask again in a moment.",
			f.Included.Height, known.Height)
	case f.Included != nil:
		return fmt.Sprintf("Carried out in block %d; the index has no payment of it.", f.Included.Height) + incomplete(f)
	case f.Handed != nil && f.Handed.Refusal != nil:
		return fmt.Sprintf("This node refused it on %s, before any block: %s", at(f.Handed.At), f.Handed.Refusal.words())
	case f.Handed != nil:
		return waiting(f)
	case known.Height == 0:
		return "The index of this node holds no block yet. Ask again later."
	}
	return unknown(f)
}

func several(f Facts) string {
	rows := f.Found.Payments
	switch {
	case len(rows) == 1 && f.Whole:
		return Payment(rows[0])
	case f.Found.NextCursor != "":
		return fmt.Sprintf("%d payments are shown and more follow.", len(rows))
	case !f.Whole:
		return fmt.Sprintf("%d payments, the last of them.", len(rows))
	}
	settled := countSettled(rows)
	return fmt.Sprintf("%d payments: %d settled, %d rejected.", len(rows), settled, len(rows)-settled)
}

func countSettled(rows []gatewaytypes.PaymentRow) int {
	n := 0
	for _, row := range rows {
		if row.Status == index.StatusSettled {
			n++
		}
	}
	return n
}

func waiting(f Facts) string {
	text := fmt.Sprintf("Received by this node on %s, waits for a block: none up to %d has it.", at(f.Handed.At), f.Found.Position.Height)
	if f.Now.Sub(f.Handed.At) > patience {
		text += " It takes unusually long: hand the same in again, nothing is paid twice."
	}
	return text
}

func unknown(f Facts) string {
	what := "No payment with this UETR"
	if f.Hash {
		what = "No transaction with this hash, and no payment with this digest of an end-to-end id or message id,"
	}
	return fmt.Sprintf("%s stands in blocks %d to %d, as far as this node knows.", what, f.Found.Position.CompleteFrom, f.Found.Position.Height) + incomplete(f)
}

// incomplete says what the index does not know.
func incomplete(f Facts) string {
	text := ""
	if first := f.Found.Position.CompleteFrom; first > 1 {
		text += fmt.Sprintf(" The index of this node is incomplete below block %d: older ones may be missing.", first)
	}
	if lag := f.NodeHeight - f.Found.Position.Height; lag > 1 {
		text += fmt.Sprintf(" The index lags: it is %d blocks behind the node. Ask again in a moment.", lag)
	}
	return text
}
