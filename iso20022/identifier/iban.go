package identifier

import (
	"errors"

	"github.com/jacoelho/banking/iban"
)

// CheckIBAN checks country, length, the country's own structure, and the
// mod 97 check digits (ISO 13616). Spaces and lower case are refused.
func CheckIBAN(s string) error {
	err := iban.Validate(s)
	if err == nil {
		return nil
	}
	return &Error{"IBAN", ibanWhy(err)}
}

// ibanWhy leaves out what the library found: for check digits it prints the
// right ones, which would turn a refusal into a way to forge an account.
func ibanWhy(err error) string {
	var checksum *iban.ErrValidationChecksum
	var country *iban.ErrUnsupportedCountry
	var length *iban.ErrValidationLength
	switch {
	case errors.As(err, &checksum):
		return "the check digits do not match"
	case errors.As(err, &country):
		return "the country does not use IBAN"
	case errors.As(err, &length):
		return "the length is not that of the country"
	}
	return "the structure is not that of the country"
}
