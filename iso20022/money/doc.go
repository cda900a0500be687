// Package money reads and writes amounts without ever rounding one.
//
// Text becomes an integer of the currency's minor unit (fen, cent, fils) and
// back. Floating point is not used anywhere. Control sums, which ISO 20022
// adds up over different currencies, are exact decimals.
//
// An amount is refused, not repaired: signs that mean nothing, exponents,
// separators, digits outside ASCII, and more decimals than the currency has.
// Trailing zeros count as decimals: "1.000" is one yuan by arithmetic and a
// thousand by the habit of half the world, so CNY 1.000 is refused and CNY
// 1.00 and 1.0 are not.
package money
