package keeper

import (
	"context"

	"github.com/zhilian-network/zhilian/x/financing/domain"
	"github.com/zhilian-network/zhilian/x/financing/types"
)

// tellReceivable tells credit how a debtor has met a receivable that has ended.
func (k *Keeper) tellReceivable(ctx context.Context, before, after types.Receivable) error {
	obligation, ended := domain.EndedReceivable(before, after)
	if !ended {
		return nil
	}
	debtor, err := k.Settlement.Account(ctx, after.Debtor)
	if err != nil {
		return err
	}
	supplier, err := k.Settlement.Account(ctx, after.Supplier)
	if err != nil {
		return err
	}
	obligation.Creditor = supplier.Owner()
	return k.Behaviour.RecordPunctuality(ctx, debtor.Owner(), obligation)
}

// tellInstalments tells credit how a borrower has met the instalments that have ended.
func (k *Keeper) tellInstalments(ctx context.Context, before, after types.Loan) error {
	for _, obligation := range domain.EndedInstalments(before, after) {
		if err := k.Behaviour.RecordPunctuality(ctx, after.Borrower, obligation); err != nil {
			return err
		}
	}
	return nil
}
