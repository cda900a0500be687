package types

import (
	sdk "github.com/cosmos/cosmos-sdk/types"
)

const (
	// MaxExponent is the most decimals that ISO 4217 gives a currency (CLF, UYW).
	MaxExponent = 4
	// currencyLength is the length of an ISO 4217 code.
	currencyLength = 3
)

// Validate checks a denom's form: a name that wallets accept (SDK rules: 3 to 128 characters
// a-z, A-Z, 0-9 and /:._-, first a letter), a currency of three capital letters and at most
// MaxExponent decimals. The name differs from the currency, which is the name of the display unit.
func (d Denom) Validate() error {
	if err := sdk.ValidateDenom(d.Denom); err != nil {
		return ErrInvalidDenom.Wrapf("name %.40q: 3 to 128 letters, digits and /:._- are needed, first a letter", d.Denom)
	}
	if !isCurrencyCode(d.Currency) {
		return ErrInvalidDenom.Wrapf("%s: currency %.10q is not three capital letters", d.Denom, d.Currency)
	}
	if d.Denom == d.Currency {
		return ErrInvalidDenom.Wrapf("%s: the name must differ from the currency", d.Denom)
	}
	if d.Exponent > MaxExponent {
		return ErrInvalidDenom.Wrapf("%s: exponent %d is above %d", d.Denom, d.Exponent, MaxExponent)
	}
	return nil
}

func isCurrencyCode(s string) bool {
	if len(s) != currencyLength {
		return false
	}
	for i := range len(s) {
		if s[i] < 'A' || s[i] > 'Z' {
			return false
		}
	}
	return true
}
