package payments

import (
	"fmt"
	"time"

	"github.com/zhilian-network/zhilian/iso20022"
	"github.com/zhilian-network/zhilian/iso20022/report"
	settlement "github.com/zhilian-network/zhilian/x/settlement/types"
)

// Outcome is what became of a file. Exactly one of Message and Rejection is set.
type Outcome struct {
	Message   *iso20022.Message
	Rejection *iso20022.Rejection
	// Status of the file as a whole.
	Status report.Status
	// Reason and Explanation of the whole, if it was refused as a whole.
	Reason      string
	Explanation string
	// Duplicate says that the file had been processed before. No money moved now; Transfers hold
	// what became of it then.
	Duplicate bool
	// Incomplete is why some transfers are not decided; nil if all are. Handing the same file in
	// again completes it.
	Incomplete error
	// Transfers in the order of the file; empty for a rejected file.
	Transfers []TransferOutcome
	Batches   int
	// Details is how the payments' details travel; nil if none were to be sealed.
	Details *DetailsReport
	// ReceivedAt is when the file was handed in.
	ReceivedAt time.Time

	contentDigest [32]byte
	plan          *plan
}

// TransferOutcome is what became of one transfer.
type TransferOutcome struct {
	Transfer    *iso20022.Transfer
	Instruction int // index in Message.Instructions
	// Debtor and Creditor are settlement accounts; empty if unknown.
	Debtor   string
	Creditor string
	UETR     string // given or derived; empty if the transfer was never sent

	Status      report.Status
	Reason      string
	Explanation string
	// Replayed says that this is the stored result of an earlier sending.
	Replayed bool
	Height   int64  // of the block that decided it
	TxHash   string // of the transaction that brought the result now
	// LatencyMillis is the time from handing in to the answer that it is in a block.
	LatencyMillis int64

	debtor   *settlement.Account
	creditor *settlement.Account
	sent     bool
}

// Settled counts the transfers that this handing in settled, or completed as settled earlier. A
// duplicate settles none.
func (o *Outcome) Settled() int {
	if o.Duplicate {
		return 0
	}
	return o.count(report.Settled)
}

// Rejected counts the refused transfers of the file.
func (o *Outcome) Rejected() int { return o.count(report.Rejected) }

// Undecided counts the transfers without an answer from the chain.
func (o *Outcome) Undecided() int { return len(o.Transfers) - o.count(report.Settled) - o.Rejected() }

// AllSettled says that the file did what it was to do.
func (o *Outcome) AllSettled() bool {
	return o.Rejection == nil && !o.Duplicate && o.Incomplete == nil &&
		len(o.Transfers) > 0 && o.Settled() == len(o.Transfers)
}

func (o *Outcome) count(status report.Status) int {
	n := 0
	for _, t := range o.Transfers {
		if t.Status == status {
			n++
		}
	}
	return n
}

func (o *Outcome) statuses() []report.Status {
	statuses := make([]report.Status, len(o.Transfers))
	for i, t := range o.Transfers {
		statuses[i] = t.Status
	}
	return statuses
}

func newOutcome(p *plan, receivedAt time.Time) *Outcome {
	o := &Outcome{Message: p.message, plan: p, ReceivedAt: receivedAt, contentDigest: p.message.Digest, Batches: len(p.batches)}
	for _, t := range p.transfers {
		outcome := TransferOutcome{
			Transfer: t.transfer, Instruction: t.instruction, UETR: t.uetr,
			// Until the chain has answered, nothing is decided.
			Status:   report.Pending,
			debtor:   t.debtor,
			creditor: t.creditor,
		}
		if t.debtor != nil {
			outcome.Debtor = t.debtor.Address
		}
		if t.creditor != nil {
			outcome.Creditor = t.creditor.Address
		}
		if t.refusal != nil {
			outcome.UETR = ""
			outcome.reject(t.refusal.reason, t.refusal.text)
		}
		o.Transfers = append(o.Transfers, outcome)
	}
	return o
}

func (t *TransferOutcome) reject(reason, text string) {
	t.Status, t.Reason, t.Explanation = report.Rejected, reason, text
}

// take keeps the chain's result. The words for an unknown creditor are the gateway's, which knows
// whether the account or its bank is unknown.
func (t *TransferOutcome) take(result settlement.TransferResult, doubt *refusal) {
	t.Replayed, t.Height = result.Replayed, result.Height
	if result.Uetr != "" {
		t.UETR = result.Uetr
	}
	switch result.Status {
	case settlement.PaymentSettled:
		t.Status, t.Reason, t.Explanation = report.Settled, "", ""
	case settlement.PaymentRejected:
		t.reject(result.Reason, result.Explanation)
		if doubt != nil && result.Reason == settlement.ReasonCreditorUnknown {
			t.reject(doubt.reason, doubt.text)
		}
	default:
		t.Status = report.Pending
	}
}

// conclude sums up. A file is a duplicate if the chain answered with stored results and decided
// nothing new. A refusal because of used ids is no new decision: it is not stored, so the first
// handing in was refused alike, or would have been.
func (o *Outcome) conclude() {
	replayed, decided := 0, 0
	for _, t := range o.Transfers {
		switch {
		case !t.sent:
		case t.Replayed:
			replayed++
		case t.Reason != settlement.ReasonDuplicateUETR && t.Reason != settlement.ReasonDuplicateEndToEnd:
			decided++
		}
	}
	if replayed > 0 && decided == 0 && o.Incomplete == nil {
		o.Duplicate = true
		o.Status, o.Reason = report.Rejected, settlement.ReasonDuplicateFile
		o.Explanation = fmt.Sprintf("this file was processed before and nothing is paid twice: %d of its payments are settled, %d refused; ask for their status, do not pay again",
			o.count(report.Settled), o.count(report.Rejected))
		return
	}
	o.Status = report.GroupStatus(o.statuses())
	o.Reason, o.Explanation = o.commonReason()
}

// commonReason is the reason of a file that was refused as a whole for one reason.
func (o *Outcome) commonReason() (string, string) {
	if o.Status != report.Rejected {
		return "", ""
	}
	first := o.Transfers[0]
	for _, t := range o.Transfers {
		if t.Reason != first.Reason {
			return "", ""
		}
	}
	return first.Reason, first.Explanation
}
