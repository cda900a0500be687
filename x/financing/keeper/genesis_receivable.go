package keeper

import (
	"context"

	"cosmossdk.io/collections"

	"github.com/zhilian-network/zhilian/x/financing/types"
)

func (k *Keeper) initReceivables(ctx context.Context, state *types.GenesisState) error {
	for _, receivable := range state.Receivables {
		if err := k.restoreReceivable(ctx, receivable); err != nil {
			return err
		}
	}
	for _, holder := range state.Holders {
		account, err := k.bytesOf(holder.Account)
		if err != nil {
			return err
		}
		if err := k.holders.Set(ctx, collections.Join(holder.ReceivableId, []byte(account))); err != nil {
			return err
		}
		if err := k.receivablesOf.Set(ctx, collections.Join([]byte(account), holder.ReceivableId)); err != nil {
			return err
		}
	}
	for _, security := range state.Securities {
		if err := k.insertSecurity(ctx, security); err != nil {
			return err
		}
	}
	for _, recourse := range state.Recourses {
		if err := k.setRecourse(ctx, recourse, recourse.Units); err != nil {
			return err
		}
	}
	if err := k.initInvoices(ctx, state); err != nil {
		return err
	}
	if err := k.nextReceivable.Set(ctx, state.NextReceivableId); err != nil {
		return err
	}
	return k.nextSecurity.Set(ctx, state.NextSecurityId)
}

func (k *Keeper) restoreReceivable(ctx context.Context, receivable types.Receivable) error {
	if err := k.listReceivable(ctx, receivable); err != nil {
		return err
	}
	if receivable.NextAt != 0 {
		if err := k.restoreDue(ctx, receivable.NextAt, types.DueReceivable, receivable.Id); err != nil {
			return err
		}
	}
	if err := k.countOverdue(ctx, types.Receivable{}, receivable); err != nil {
		return err
	}
	return k.receivables.Set(ctx, receivable.Id, receivable)
}

func (k *Keeper) initInvoices(ctx context.Context, state *types.GenesisState) error {
	for _, invoice := range state.Invoices {
		if err := k.alikeInvoices.Set(ctx, collections.Join(invoice.NearDigest, invoice.Digest)); err != nil {
			return err
		}
		if err := k.setInvoice(ctx, invoice, invoice); err != nil {
			return err
		}
	}
	for _, registration := range state.Registrations {
		if err := k.useRegistration(ctx, registration.ReceivableId, registration.Number); err != nil {
			return err
		}
	}
	return nil
}

func (k *Keeper) exportReceivables(ctx context.Context, state *types.GenesisState) error {
	var err error
	if state.Receivables, err = all(ctx, k.receivables); err != nil {
		return err
	}
	if state.Securities, err = all(ctx, k.securities); err != nil {
		return err
	}
	if state.Recourses, err = all(ctx, k.recourses); err != nil {
		return err
	}
	if state.Invoices, err = all(ctx, k.invoices); err != nil {
		return err
	}
	if err := k.exportHolders(ctx, state); err != nil {
		return err
	}
	if err := k.registrations.Walk(ctx, nil, func(number string, receivable uint64) (bool, error) {
		state.Registrations = append(state.Registrations, types.Registration{Number: number, ReceivableId: receivable})
		return false, nil
	}); err != nil {
		return err
	}
	if state.NextReceivableId, err = k.nextReceivable.Peek(ctx); err != nil {
		return err
	}
	state.NextSecurityId, err = k.nextSecurity.Peek(ctx)
	return err
}

func (k *Keeper) exportHolders(ctx context.Context, state *types.GenesisState) error {
	return k.holders.Walk(ctx, nil, func(key holderKey) (bool, error) {
		account, err := k.addresses.BytesToString(key.K2())
		if err != nil {
			return true, err
		}
		state.Holders = append(state.Holders, types.Holder{ReceivableId: key.K1(), Account: account})
		return false, nil
	})
}
