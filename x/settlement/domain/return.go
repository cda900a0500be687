package domain

import (
	"cosmossdk.io/math"

	"github.com/zhilian-network/zhilian/x/settlement/types"
)

// Return makes a payment the return of another: it flows from that one's creditor to its debtor, in its
// currency, and names it.
type Return struct {
	Original types.Payment
	// Returned is what was paid back of it before, in minor units.
	Returned math.Int
	// Reason is an ISO 20022 return reason code.
	Reason string
}

// CheckReturnable refuses to pay back what did not settle, and what is a return itself: whoever got a return
// by mistake pays it like any other debt.
func CheckReturnable(original types.Payment) error {
	if original.Status != types.PaymentSettled {
		return types.ErrNotReturnable.Wrapf("%s is %s", original.Uetr, original.Status)
	}
	if original.ReturnOf != "" {
		return types.ErrNotReturnable.Wrapf("%s returns %s", original.Uetr, original.ReturnOf)
	}
	return nil
}

// refuse keeps all returns of a payment together within its amount.
func (r *Return) refuse(amount math.Int) error {
	if r == nil {
		return nil
	}
	if left := r.Original.Amount.Sub(r.Returned); left.LT(amount) {
		return types.ErrReturnTooLarge.Wrapf("%s of %s may still be returned", left, r.Original.Amount)
	}
	return nil
}

// names are what the return's record says of the original; empty if it is no return.
func (r *Return) names() (original, reason string) {
	if r == nil {
		return "", ""
	}
	return r.Original.Uetr, r.Reason
}

// note adds a return that settles to the plan.
func (p *Plan) note(b Batch, payment types.Payment) {
	sum := b.Return.Returned.Add(payment.Amount)
	p.Returned = &types.Returned{Uetr: b.Return.Original.Uetr, Amount: sum}
	p.Events = append(p.Events, &types.EventPaymentReturned{
		Uetr: payment.Uetr, OriginalUetr: payment.ReturnOf, Reason: payment.ReturnReason, Currency: payment.Currency,
		Amount: payment.Amount, Returned: sum, OriginalAmount: b.Return.Original.Amount, Operator: b.Operator,
	})
}

// checkReturn wants a plan to count what it pays back, and no more than was paid.
func (p Plan) checkReturn(b Batch, settled math.Int) error {
	if b.Return == nil {
		return nil
	}
	after := b.Return.Returned
	if p.Returned != nil {
		after = p.Returned.Amount
	}
	if !after.Sub(b.Return.Returned).Equal(settled) || after.GT(b.Return.Original.Amount) {
		return types.ErrBooksUnbalanced.Wrapf("%s of %s are returned after a return of %s", after, b.Return.Original.Amount, settled)
	}
	return nil
}
