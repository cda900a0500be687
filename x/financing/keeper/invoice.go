package keeper

import (
	"bytes"
	"context"
	"time"

	"cosmossdk.io/collections"

	"github.com/zhilian-network/zhilian/x/financing/domain"
	"github.com/zhilian-network/zhilian/x/financing/types"
)

// takeInvoices takes a receivable's parts of invoices, and warns of those that look like others.
func (k *Keeper) takeInvoices(ctx context.Context, receivable types.Receivable) (alike uint32, err error) {
	for _, part := range receivable.Parts {
		taking, err := k.taking(ctx, receivable, part)
		if err != nil {
			return 0, err
		}
		taken, err := domain.Take(taking)
		if err != nil {
			return 0, err
		}
		if taken.Amended != nil {
			if err := k.setInvoice(ctx, *taken.Amended, *taken.Amended); err != nil {
				return 0, err
			}
		}
		if err := k.openInvoice(ctx, taking, taken.Invoice); err != nil {
			return 0, err
		}
		if taken.Invoice.Alike == 0 {
			continue
		}
		alike += taken.Invoice.Alike
		if err := emit(ctx, &types.EventInvoicesAlike{ReceivableId: receivable.Id, Digest: part.Digest, Alike: taken.Invoice.Alike}); err != nil {
			return 0, err
		}
	}
	return alike, nil
}

// taking loads what the decision about a part rests on.
func (k *Keeper) taking(ctx context.Context, receivable types.Receivable, part types.InvoicePart) (domain.Taking, error) {
	taking := domain.Taking{Part: part, Currency: receivable.Currency}
	known, exists, err := found(k.invoices.Get(ctx, part.Digest))
	if err != nil {
		return taking, err
	}
	if exists {
		taking.Known = &known
		return taking, nil
	}
	if len(part.Amends) > 0 {
		amended, exists, err := found(k.invoices.Get(ctx, part.Amends))
		if err != nil {
			return taking, err
		}
		if exists {
			taking.Amended = &amended
		}
	}
	taking.Alike, err = k.countAlike(ctx, part)
	return taking, err
}

// countAlike counts, up to MaxAlike, what looks like an invoice that is new, but for what it amends.
func (k *Keeper) countAlike(ctx context.Context, part types.InvoicePart) (uint32, error) {
	count := uint32(0)
	err := k.alikeInvoices.Walk(ctx, collections.NewPrefixedPairRange[[]byte, []byte](part.NearDigest), func(key alikeKey) (bool, error) {
		if !bytes.Equal(key.K2(), part.Amends) {
			count++
		}
		return count == types.MaxAlike, nil
	})
	return count, err
}

func (k *Keeper) openInvoice(ctx context.Context, taking domain.Taking, invoice types.Invoice) error {
	if taking.Known == nil {
		if err := k.alikeInvoices.Set(ctx, collections.Join(invoice.NearDigest, invoice.Digest)); err != nil {
			return err
		}
		return k.setInvoice(ctx, invoice, invoice)
	}
	return k.setInvoice(ctx, *taking.Known, invoice)
}

// setInvoice stores an invoice, and when it is forgotten.
func (k *Keeper) setInvoice(ctx context.Context, before, after types.Invoice) error {
	if !before.ForgetAt.Equal(after.ForgetAt) && !before.ForgetAt.IsZero() {
		if err := k.invoicesToForget.Remove(ctx, collections.Join(before.ForgetAt.Unix(), before.Digest)); err != nil {
			return err
		}
	}
	if !after.ForgetAt.IsZero() {
		if err := k.invoicesToForget.Set(ctx, collections.Join(after.ForgetAt.Unix(), after.Digest)); err != nil {
			return err
		}
	}
	return k.invoices.Set(ctx, after.Digest, after)
}

// leaveInvoices tells the invoices of a receivable that it has ended. What was never confirmed gives its parts
// back; what was paid has used them up for good.
func (k *Keeper) leaveInvoices(ctx context.Context, receivable types.Receivable, giveBack bool) error {
	params, err := k.params.Get(ctx)
	if err != nil {
		return err
	}
	forgetAt := domain.NewCalendar(params.BusinessDaySeconds).AfterDays(blockTime(ctx), params.InvoiceRetentionDays)
	for _, part := range receivable.Parts {
		if err := k.leaveInvoice(ctx, part, giveBack, forgetAt); err != nil {
			return err
		}
	}
	return nil
}

func (k *Keeper) leaveInvoice(ctx context.Context, part types.InvoicePart, giveBack bool, forgetAt time.Time) error {
	before, err := load(ctx, k.invoices, part.Digest, types.ErrInvoiceUnknown)
	if err != nil {
		return err
	}
	after := before
	after.Receivables--
	if giveBack {
		after = domain.GiveBack(after, part.Amount)
		if err := k.giveBackToAmending(ctx, after, part); err != nil {
			return err
		}
	}
	if after.Receivables > 0 {
		return k.setInvoice(ctx, before, after)
	}
	if after.Taken.IsZero() && len(after.AmendedBy) == 0 && len(after.Amends) == 0 {
		return k.forgetInvoice(ctx, before)
	}
	after.ForgetAt = forgetAt
	return k.setInvoice(ctx, before, after)
}

// giveBackToAmending goes on to each invoice that took the place of the last, at most MaxAmendments.
func (k *Keeper) giveBackToAmending(ctx context.Context, invoice types.Invoice, part types.InvoicePart) error {
	for range types.MaxAmendments {
		if len(invoice.AmendedBy) == 0 {
			return nil
		}
		before, err := load(ctx, k.invoices, invoice.AmendedBy, types.ErrInvoiceUnknown)
		if err != nil {
			return err
		}
		invoice = domain.GiveBack(before, part.Amount)
		if err := k.setInvoice(ctx, before, invoice); err != nil {
			return err
		}
	}
	return nil
}

func (k *Keeper) forgetInvoice(ctx context.Context, invoice types.Invoice) error {
	if !invoice.ForgetAt.IsZero() {
		if err := k.invoicesToForget.Remove(ctx, collections.Join(invoice.ForgetAt.Unix(), invoice.Digest)); err != nil {
			return err
		}
	}
	if err := k.alikeInvoices.Remove(ctx, collections.Join(invoice.NearDigest, invoice.Digest)); err != nil {
		return err
	}
	return k.invoices.Remove(ctx, invoice.Digest)
}

// forgetInvoices lets go of what was remembered for long enough, at most MaxInvoicesForgottenPerBlock. One whose
// place another took is remembered as long as that one: it must not be financed as if it were new.
func (k *Keeper) forgetInvoices(ctx context.Context) error {
	now := blockTime(ctx)
	var due []forgetKey
	err := k.invoicesToForget.Walk(ctx, nil, func(key forgetKey) (bool, error) {
		if key.K1() > now.Unix() || len(due) == types.MaxInvoicesForgottenPerBlock {
			return true, nil
		}
		due = append(due, key)
		return false, nil
	})
	if err != nil {
		return err
	}
	params, err := k.params.Get(ctx)
	if err != nil {
		return err
	}
	later := domain.NewCalendar(params.BusinessDaySeconds).AfterDays(now, params.RetentionDays)
	for _, key := range due {
		invoice, err := load(ctx, k.invoices, key.K2(), types.ErrInvoiceUnknown)
		if err != nil {
			return err
		}
		successor, err := k.invoices.Has(ctx, invoice.AmendedBy)
		if err != nil {
			return err
		}
		if len(invoice.AmendedBy) > 0 && successor {
			after := invoice
			after.ForgetAt = later
			err = k.setInvoice(ctx, invoice, after)
		} else {
			err = k.forgetInvoice(ctx, invoice)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
