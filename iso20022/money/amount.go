package money

import (
	"math/big"
	"strconv"

	"cosmossdk.io/math"
)

// ParseMinor reads a payable amount of a currency into minor units. Surrounding
// white space is the caller's to strip. The result is positive and fits int64,
// since reports and clients carry minor units as 64 bit integers.
func ParseMinor(code, text string) (math.Int, error) {
	value, err := ParseDecimal(text, TotalDigits, AmountFractionDigits)
	if err != nil {
		return math.Int{}, err
	}
	digits, ok := MinorUnits(code)
	if !ok {
		return math.Int{}, &Error{ReasonUnknownCurrency, "the currency is not one of ISO 4217 that can be paid"}
	}
	number, err := scan(text)
	if err != nil {
		return math.Int{}, err
	}
	switch {
	case value.Sign() < 0:
		return math.Int{}, invalid("the amount is negative")
	case len(number.fraction) > digits:
		return math.Int{}, invalid(code + " has " + strconv.Itoa(digits) + " decimals, the amount has " + strconv.Itoa(len(number.fraction)))
	case value.Sign() == 0:
		return math.Int{}, &Error{ReasonZero, "the amount is zero"}
	}
	return minorOf(number, digits)
}

func minorOf(number written, digits int) (math.Int, error) {
	text := number.whole + number.fraction
	for range digits - len(number.fraction) {
		text += "0"
	}
	// Not math.NewIntFromString: it takes a leading zero for octal.
	minor, ok := new(big.Int).SetString(text, 10)
	if !ok {
		return math.Int{}, invalid("the amount is not a number")
	}
	if !minor.IsInt64() {
		return math.Int{}, &Error{ReasonTooLarge, "the amount is more than a 64 bit number of minor units"}
	}
	return math.NewIntFromBigInt(minor), nil
}

// FormatMinor writes minor units with exactly the currency's decimals: JPY 100
// is "100", KWD 1500 is "1.500". It is empty for a code that MinorUnits does
// not know, since a number without its scale would be a wrong amount.
func FormatMinor(code string, minor math.Int) string {
	digits, ok := MinorUnits(code)
	if !ok || minor.IsNil() {
		return ""
	}
	return pointed(minor.BigInt(), digits)
}
