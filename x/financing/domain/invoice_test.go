package domain_test

import (
	"bytes"
	"testing"

	"cosmossdk.io/math"
	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/x/financing/domain"
	"github.com/zhilian-network/zhilian/x/financing/types"
)

func invoiceDigest(n byte) []byte { return bytes.Repeat([]byte{n}, types.DigestLength) }

func part(digest byte, invoice, amount int64) types.InvoicePart {
	return types.InvoicePart{
		Digest: invoiceDigest(digest), NearDigest: invoiceDigest(200), InvoiceAmount: math.NewInt(invoice), Amount: math.NewInt(amount),
	}
}

func take(t *testing.T, taking domain.Taking) types.Invoice {
	t.Helper()
	taken, err := domain.Take(taking)
	require.NoError(t, err)
	return taken.Invoice
}

func TestAnInvoiceIsTakenUpToItsAmountAndNoFurther(t *testing.T) {
	invoice := take(t, domain.Taking{Part: part(1, 100, 60), Currency: "CNY"})
	require.Equal(t, uint32(600_000), invoice.TakenPpmRoundedUp())
	invoice = take(t, domain.Taking{Part: part(1, 100, 40), Currency: "CNY", Known: &invoice})
	require.Equal(t, uint32(1_000_000), invoice.TakenPpmRoundedUp())
	require.Equal(t, uint32(2), invoice.Receivables)
	_, err := domain.Take(domain.Taking{Part: part(1, 100, 1), Currency: "CNY", Known: &invoice})
	require.ErrorIs(t, err, types.ErrInvoiceFinanced)
	_, err = domain.Take(domain.Taking{Part: part(2, 100, 101), Currency: "CNY"})
	require.ErrorIs(t, err, types.ErrInvoiceFinanced, "a new one neither")

	back := domain.GiveBack(invoice, math.NewInt(60))
	require.Equal(t, "40", back.Taken.String())
}

func TestTheSameDigestIsTheSameInvoice(t *testing.T) {
	known := take(t, domain.Taking{Part: part(1, 100, 10), Currency: "CNY"})
	looksElse := part(1, 100, 10)
	looksElse.NearDigest = invoiceDigest(201)
	amends := part(1, 100, 10)
	amends.Amends = invoiceDigest(9)
	for name, taking := range map[string]domain.Taking{
		"another amount":      {Part: part(1, 200, 10), Currency: "CNY"},
		"another currency":    {Part: part(1, 100, 10), Currency: "EUR"},
		"another near digest": {Part: looksElse, Currency: "CNY"},
		"another origin":      {Part: amends, Currency: "CNY"},
	} {
		taking.Known = &known
		_, err := domain.Take(taking)
		require.ErrorIs(t, err, types.ErrInvoiceMismatch, name)
	}
}

func TestAnAmendedInvoiceHandsOnWhatWasTaken(t *testing.T) {
	first := take(t, domain.Taking{Part: part(1, 100, 70), Currency: "CNY"})
	amending := part(2, 120, 50)
	amending.Amends = first.Digest
	taken, err := domain.Take(domain.Taking{Part: amending, Currency: "CNY", Amended: &first})
	require.NoError(t, err)
	require.Equal(t, "120", taken.Invoice.Taken.String(), "70 of the first, 50 of its own")
	require.Equal(t, taken.Invoice.Digest, taken.Amended.AmendedBy)

	for _, c := range []struct {
		name   string
		taking domain.Taking
		want   error
	}{
		{"more of the first", domain.Taking{Part: part(1, 100, 1), Currency: "CNY", Known: taken.Amended}, types.ErrInvoiceAmended},
		{"a second amendment of the first", domain.Taking{Part: amending, Currency: "CNY", Amended: taken.Amended}, types.ErrInvoiceAmended},
		{"an amendment of what nobody knows", domain.Taking{Part: amending, Currency: "CNY"}, types.ErrInvoiceUnknown},
		{"an amendment in another currency", domain.Taking{Part: amending, Currency: "EUR", Amended: &first}, types.ErrInvoiceMismatch},
		{"a smaller amendment than what was taken", domain.Taking{Part: func() types.InvoicePart {
			p := part(3, 60, 1)
			p.Amends = first.Digest
			return p
		}(), Currency: "CNY", Amended: &first}, types.ErrInvoiceFinanced},
		{"one amendment too many", domain.Taking{Part: amending, Currency: "CNY", Amended: &types.Invoice{
			Currency: "CNY", Taken: math.ZeroInt(), Amendments: types.MaxAmendments,
		}}, types.ErrTooManyAmended},
	} {
		_, err := domain.Take(c.taking)
		require.ErrorIs(t, err, c.want, c.name)
	}
}
