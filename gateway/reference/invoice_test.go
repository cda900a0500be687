package reference_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/gateway/reference"
)

func plainInvoice() reference.Invoice {
	return reference.Invoice{
		Seller: "91370200MA999902XK", Buyer: "91370200MA999901XJ", Code: "037002600104", Number: "24372000000012345678",
		Date: "2026-10-31", Currency: "CNY", AmountMinor: "5000000",
	}
}

func TestAnInvoiceHasOneDigestHoweverItIsTyped(t *testing.T) {
	key := keyOfCounting()
	digest, near := key.Invoice(plainInvoice())
	typed := plainInvoice()
	typed.Seller, typed.Number = "91370200 ma999902xk", " 2437 2000 0000 1234 5678 "
	again, nearAgain := key.Invoice(typed)
	require.Equal(t, digest, again)
	require.Equal(t, near, nearAgain)
	require.NotEqual(t, digest, near)
	other, _ := reference.Key{1}.Invoice(plainInvoice())
	require.NotEqual(t, digest, other, "without the key nobody can try invoices out")
}

func TestEveryFieldOfAnInvoiceCountsAndOnlyThreeForWhatLooksAlike(t *testing.T) {
	key := keyOfCounting()
	digest, near := key.Invoice(plainInvoice())
	for name, c := range map[string]struct {
		change func(*reference.Invoice)
		alike  bool
	}{
		"seller":   {func(i *reference.Invoice) { i.Seller = i.Buyer }, false},
		"buyer":    {func(i *reference.Invoice) { i.Buyer = i.Seller }, false},
		"code":     {func(i *reference.Invoice) { i.Code = "" }, true},
		"number":   {func(i *reference.Invoice) { i.Number += "1" }, false},
		"date":     {func(i *reference.Invoice) { i.Date = "2026-10-30" }, true},
		"currency": {func(i *reference.Invoice) { i.Currency = "EUR" }, true},
		"amount":   {func(i *reference.Invoice) { i.AmountMinor = "5000001" }, true},
	} {
		invoice := plainInvoice()
		c.change(&invoice)
		changed, nearChanged := key.Invoice(invoice)
		require.NotEqual(t, digest, changed, name)
		require.Equal(t, c.alike, string(near) == string(nearChanged), name)
	}
}
