package domain

import (
	"cosmossdk.io/math"

	"github.com/zhilian-network/zhilian/x/settlement/types"
)

// check makes sure that a plan adds up, by other sums than those that built it: a mistake in this package
// refuses a batch instead of making or losing money.
func (p Plan) check(b Batch, f Facts) error {
	if len(p.Results) != len(b.Lines) {
		return types.ErrBooksUnbalanced.Wrapf("%d results for %d transfers", len(p.Results), len(b.Lines))
	}
	settled, err := p.settled()
	if err != nil {
		return err
	}
	debit := sumOf(p.Posting.Deposits, b.Debtor).Neg()
	if !debit.Equal(settled) {
		return types.ErrBooksUnbalanced.Wrapf("debtor pays %s, payments settle %s", debit, settled)
	}
	if debit.GT(f.Balance) {
		return types.ErrBooksUnbalanced.Wrapf("debtor pays %s, holds %s", debit, f.Balance)
	}
	if out := sumOf(p.Posting.Reserves, f.Debtor.InstitutionId).Neg(); out.GT(f.Reserve) {
		return types.ErrBooksUnbalanced.Wrapf("bank pays %s, holds %s", out, f.Reserve)
	}
	if made := total(p.Posting.Supply); !made.IsZero() {
		return types.ErrBooksUnbalanced.Wrapf("payments change the money that exists by %s", made)
	}
	if err := p.checkReturn(b, settled); err != nil {
		return err
	}
	return p.Posting.check()
}

// settled is the sum of the payments that settle; each is within the bounds of an amount.
func (p Plan) settled() (math.Int, error) {
	sum := math.ZeroInt()
	for _, stored := range p.Payments {
		if stored.Payment.Status != types.PaymentSettled {
			continue
		}
		if err := types.CheckAmount(stored.Payment.Amount); err != nil {
			return sum, err
		}
		sum = sum.Add(stored.Payment.Amount)
	}
	return sum, nil
}

// check proves double entry: for each denom the entries add up to the change of its supply.
func (p Posting) check() error {
	byDenom := newTally()
	for _, entry := range p.Deposits {
		byDenom.add("", entry.Denom, entry.Delta)
	}
	for _, entry := range p.Reserves {
		byDenom.add("", entry.Denom, entry.Delta)
	}
	for _, entry := range p.Supply {
		byDenom.add("", entry.Denom, entry.Delta.Neg())
	}
	for _, entry := range byDenom.entries() {
		return types.ErrBooksUnbalanced.Wrapf("%s is off by %s", entry.Denom, entry.Delta)
	}
	return nil
}

func sumOf(entries []Entry, holder string) math.Int {
	sum := math.ZeroInt()
	for _, entry := range entries {
		if entry.Holder == holder {
			sum = sum.Add(entry.Delta)
		}
	}
	return sum
}

func total(entries []Entry) math.Int {
	sum := math.ZeroInt()
	for _, entry := range entries {
		sum = sum.Add(entry.Delta)
	}
	return sum
}
