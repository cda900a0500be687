package reference

import "strings"

// Tags of the two digests of an invoice.
const (
	tagInvoice     = "zhilian/reference/v1/invoice"
	tagNearInvoice = "zhilian/reference/v1/near-invoice"
)

// Invoice is what names an invoice: the fields of its face. Spaces and case do not matter to numbers.
type Invoice struct {
	Seller      string // USCC
	Buyer       string // USCC
	Code        string // of the batch; empty for fully digital invoices, which have none
	Number      string
	Date        string // YYYY-MM-DD
	Currency    string // ISO 4217
	AmountMinor string // tax included, in minor units
}

// Invoice is the digest of the canonical invoice: two banks that see the same invoice compute the same, and
// nobody without the network's key can try invoices out. near is that of what looks alike: seller, buyer and
// number alone.
func (k Key) Invoice(invoice Invoice) (digest, near []byte) {
	seller, buyer, number := canonical(invoice.Seller), canonical(invoice.Buyer), canonical(invoice.Number)
	digest = k.digest(tagInvoice, seller, buyer, canonical(invoice.Code), number,
		canonical(invoice.Date), canonical(invoice.Currency), canonical(invoice.AmountMinor))
	return digest, k.digest(tagNearInvoice, seller, buyer, number)
}

func canonical(text string) []byte { return []byte(strings.ToUpper(withoutSpaces(text))) }
