package domain

import (
	"bytes"
	"time"

	"cosmossdk.io/math"

	"github.com/zhilian-network/zhilian/x/financing/types"
)

// Taking is what is known of an invoice of which a receivable takes a part.
type Taking struct {
	Part     types.InvoicePart
	Currency string
	Known    *types.Invoice // nil if it is new
	Amended  *types.Invoice // what a new one amends; nil if it amends none, or the network does not know it
	Alike    uint32         // other invoices that look like it, without the one that it amends
}

// Taken is invoices after a part was taken.
type Taken struct {
	Invoice types.Invoice
	Amended *types.Invoice // nil if no other one changed
}

// Take takes a part of an invoice, or refuses because less is left of it. What an amended invoice is taken for
// counts for the one that takes its place.
func Take(t Taking) (Taken, error) {
	taken, err := t.open()
	if err != nil {
		return Taken{}, err
	}
	invoice := taken.Invoice
	if len(invoice.AmendedBy) > 0 {
		return Taken{}, types.ErrInvoiceAmended
	}
	invoice.Taken = invoice.Taken.Add(t.Part.Amount)
	if invoice.Taken.GT(invoice.Amount) {
		return Taken{}, types.ErrInvoiceFinanced.Wrapf("%s of %s would be taken", invoice.Taken, invoice.Amount)
	}
	invoice.Receivables++
	invoice.ForgetAt = time.Time{}
	taken.Invoice = invoice
	return taken, nil
}

// open is the invoice before the part is taken: as it is known, or new.
func (t Taking) open() (Taken, error) {
	if t.Known != nil {
		return Taken{Invoice: *t.Known}, t.compare(*t.Known)
	}
	invoice := types.Invoice{
		Digest: t.Part.Digest, NearDigest: t.Part.NearDigest, Currency: t.Currency, Amount: t.Part.InvoiceAmount,
		Taken: math.ZeroInt(), Alike: t.Alike, Amends: t.Part.Amends,
	}
	if len(t.Part.Amends) == 0 {
		return Taken{Invoice: invoice}, nil
	}
	if t.Amended == nil {
		return Taken{}, types.ErrInvoiceUnknown.Wrap("the one that is amended")
	}
	before := *t.Amended
	switch {
	case len(before.AmendedBy) > 0:
		return Taken{}, types.ErrInvoiceAmended
	case before.Currency != t.Currency:
		return Taken{}, types.ErrInvoiceMismatch.Wrapf("the one that is amended is in %s", before.Currency)
	case before.Amendments == types.MaxAmendments:
		return Taken{}, types.ErrTooManyAmended
	}
	invoice.Taken, invoice.Amendments = before.Taken, before.Amendments+1
	before.AmendedBy = invoice.Digest
	return Taken{Invoice: invoice, Amended: &before}, nil
}

// compare wants the same facts under the same digest: it is made of them.
func (t Taking) compare(known types.Invoice) error {
	if known.Currency != t.Currency || !known.Amount.Equal(t.Part.InvoiceAmount) || !bytes.Equal(known.NearDigest, t.Part.NearDigest) {
		return types.ErrInvoiceMismatch
	}
	if len(t.Part.Amends) > 0 && !bytes.Equal(known.Amends, t.Part.Amends) {
		return types.ErrInvoiceMismatch.Wrap("it amends another one")
	}
	return nil
}

// GiveBack returns a part to an invoice, and to each that took its place: a receivable of it was refused or
// cancelled before anybody financed it.
func GiveBack(invoice types.Invoice, amount math.Int) types.Invoice {
	invoice.Taken = invoice.Taken.Sub(amount)
	return invoice
}
