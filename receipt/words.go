package receipt

import (
	"fmt"
	"strings"
	"time"

	"github.com/zhilian-network/zhilian/iso20022/money"
)

// Words says what is proven, for people.
func (v *Verified) Words() string {
	p := v.Payment
	var b strings.Builder
	fmt.Fprintf(&b, "Proven by validators with %d of %d voting power of the network %s:\n\n", v.PowerSigned, v.PowerTotal, v.ChainID)
	rows := [][2]string{
		{"payment", p.UETR},
		{"status", statusWords(p)},
		{"amount", amountWords(p.AmountMinor, p.Currency)},
		{"from account", p.Debtor},
		{"to account", p.Creditor},
		{"decided", fmt.Sprintf("%s, in block %d", p.DecidedAt.Format(time.RFC3339Nano), p.Height)},
		{"logged as", fmt.Sprintf("number %d of %d", v.LogIndex+1, v.LogSize)},
		{"proven at", fmt.Sprintf("height %d, by block %d of %s", v.Height, v.Height+1, v.BlockTime.Format(time.RFC3339Nano))},
		{"block hash", v.BlockHash},
		{"validators", trustWords(v.Links)},
	}
	if p.ReturnOf != "" {
		rows = append(rows, [2]string{"pays back", fmt.Sprintf("%s, for the reason %s", p.ReturnOf, p.ReturnReason)})
	}
	if len(p.DetailsDigest) > 0 {
		rows = append(rows, [2]string{"details", "sealed, with the digest " + p.DetailsDigest.String()})
	}
	for _, row := range rows {
		fmt.Fprintf(&b, "  %-13s %s\n", row[0], row[1])
	}
	return b.String()
}

func statusWords(p Payment) string {
	switch p.Status {
	case "ACSC":
		return "ACSC: settled; the money moved, finally"
	case "RJCT":
		return fmt.Sprintf("RJCT %s: rejected; no money moved", p.Reason)
	}
	return p.Status + ": not decided"
}

// amountWords puts the point where ISO 4217 has it.
func amountWords(minor, currency string) string {
	digits, known := money.MinorUnits(currency)
	if !known {
		return minor + " minor units of " + currency
	}
	if digits == 0 {
		return minor + " " + currency
	}
	if missing := digits + 1 - len(minor); missing > 0 {
		minor = strings.Repeat("0", missing) + minor
	}
	point := len(minor) - digits
	return minor[:point] + "." + minor[point:] + " " + currency
}

func trustWords(links int) string {
	switch links {
	case 0:
		return "the trusted ones"
	case 1:
		return "reached from the trusted ones by 1 link"
	}
	return fmt.Sprintf("reached from the trusted ones by %d links", links)
}
