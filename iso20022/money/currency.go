package money

import "github.com/bojanz/currency"

// added are currencies of ISO 4217 that the library's data do not have yet.
// XCG, the Caribbean guilder, replaced ANG in 2025 (amendment 176).
var added = map[string]int{"XCG": 2}

// MinorUnits gives the number of decimals of an ISO 4217 currency. It is false
// for anything that cannot be paid: unassigned and withdrawn codes, XXX and
// XTS, and codes without a minor unit such as XAU and XDR.
func MinorUnits(code string) (digits int, ok bool) {
	if n, found := added[code]; found {
		return n, true
	}
	n, found := currency.GetDigits(code)
	return int(n), found
}
