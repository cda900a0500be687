package types

import (
	"bytes"

	"cosmossdk.io/math"
)

// CheckParts wants parts of different invoices that add up to an amount.
func CheckParts(parts []InvoicePart, amount math.Int) error {
	if n := len(parts); n == 0 || n > MaxInvoiceParts {
		return ErrInvoiceParts.Wrapf("%d parts: 1 to %d are needed", n, MaxInvoiceParts)
	}
	sum := math.ZeroInt()
	for i, part := range parts {
		if err := part.validate(); err != nil {
			return err
		}
		for _, other := range parts[:i] {
			if bytes.Equal(other.Digest, part.Digest) {
				return ErrInvoiceParts.Wrap("an invoice is named twice")
			}
		}
		sum = sum.Add(part.Amount)
	}
	if !sum.Equal(amount) {
		return ErrInvoiceSum.Wrapf("parts are %s in all, the receivable is %s", sum, amount)
	}
	return nil
}

func (p InvoicePart) validate() error {
	for _, digest := range [][]byte{p.Digest, p.NearDigest} {
		if len(digest) != DigestLength {
			return ErrInvoiceParts.Wrapf("digest of %d bytes: %d are needed", len(digest), DigestLength)
		}
	}
	if n := len(p.Amends); n != 0 && n != DigestLength {
		return ErrInvoiceParts.Wrapf("digest of %d bytes: %d or none are needed", n, DigestLength)
	}
	if bytes.Equal(p.Amends, p.Digest) {
		return ErrInvoiceParts.Wrap("an invoice does not amend itself")
	}
	if err := CheckUnits(p.InvoiceAmount); err != nil {
		return ErrInvoiceParts.Wrap("invoice amount: " + err.Error())
	}
	return CheckUnits(p.Amount)
}

// TakenPpmRoundedUp is what of the invoice is taken, in millionths. A share too small to show is 1.
func (i Invoice) TakenPpmRoundedUp() uint32 {
	if !i.Amount.IsPositive() {
		return 0
	}
	scaled := i.Taken.MulRaw(fullPpm).Add(i.Amount).SubRaw(1).Quo(i.Amount)
	return uint32(scaled.Uint64()) // at most fullPpm: no more is taken than there is
}

const fullPpm = 1_000_000
