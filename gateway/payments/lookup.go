package payments

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/zhilian-network/zhilian/iso20022/report"
	settlement "github.com/zhilian-network/zhilian/x/settlement/types"
)

// ErrNotSubmitted says that the chain knows no payment of a file.
var ErrNotSubmitted = errors.New("the chain knows no payment of this file")

// errPartlyThere is why a looked-up file is incomplete.
var errPartlyThere = errors.New("not all payments of this file are on the chain: hand it in again to complete it")

// Lookup says what became of a file that was handed in earlier. It sends nothing. Payments leave
// the chain's state after the network's retention time and are not found afterwards.
func (g *Gateway) Lookup(ctx context.Context, file []byte) (*Outcome, error) {
	outcome, p, err := g.open(ctx, file, settlement.BestEffort, g.now())
	if p == nil || err != nil {
		return outcome, err
	}
	found, sendable := 0, 0
	for i, t := range p.transfers {
		if t.refusal != nil {
			continue
		}
		sendable++
		payment, err := g.chain.Payment(ctx, t.uetr)
		if err != nil {
			return nil, fmt.Errorf("payment %s: %w", t.uetr, err)
		}
		if payment == nil {
			continue
		}
		if !isOf(p, t, payment) {
			continue // another file's, or handed in with another key: this one was not
		}
		found++
		takeFound(&outcome.Transfers[i], t, payment)
	}
	if sendable > 0 && found == 0 {
		return nil, ErrNotSubmitted
	}
	if found < sendable {
		outcome.Incomplete = errPartlyThere
	}
	outcome.Status = report.GroupStatus(outcome.statuses())
	outcome.Reason, outcome.Explanation = outcome.commonReason()
	return outcome, nil
}

// isOf tells whether a payment that stands on the chain is this file's.
func isOf(p *plan, t *planned, payment *settlement.Payment) bool {
	return bytes.Equal(payment.InstructionDigest, p.instruction) && bytes.Equal(payment.EndToEndDigest, t.digest) &&
		payment.Debtor == t.debtor.Address
}

func takeFound(to *TransferOutcome, t *planned, payment *settlement.Payment) {
	result := settlement.TransferResult{
		Uetr: payment.Uetr, Status: payment.Status, Reason: payment.Reason, Replayed: true, Height: payment.Height,
	}
	if refused := settlement.Refusal(payment.Reason); refused != nil {
		result.Explanation = refused.Error()
	}
	to.take(result, t.doubt)
}
