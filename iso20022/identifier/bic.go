package identifier

import "github.com/jacoelho/banking/bic"

// HeadOffice is the branch code that BIC8 leaves out.
const HeadOffice = "XXX"

// CheckBIC checks a BIC8 or BIC11 (ISO 9362): four letters, an assigned
// country (ISO 3166, and XK for Kosovo, which SWIFT uses), location, branch.
func CheckBIC(s string) error {
	if len(s) != 8 && len(s) != 11 {
		return &Error{"BIC", "8 or 11 characters are needed"}
	}
	for i := range len(s) {
		if alphanumericValue(s[i]) < 0 {
			return &Error{"BIC", "only capital letters and digits are allowed"}
		}
	}
	for i := range 6 {
		if !isUpper(s[i]) {
			return &Error{"BIC", "the first six characters must be letters"}
		}
	}
	withCountry := s
	if s[4:6] == "XK" {
		// The library follows ISO 3166 to the letter; XK is user-assigned
		// there and a country for BIC and IBAN.
		withCountry = s[:4] + "RS" + s[6:]
	}
	if _, err := bic.Parse(withCountry); err != nil {
		return &Error{"BIC", "the country is not assigned"}
	}
	return nil
}

// SameBIC reports whether two valid BICs name the same office: BIC8 and the
// same with the branch XXX are one.
func SameBIC(a, b string) bool { return fullBIC(a) == fullBIC(b) }

func fullBIC(s string) string {
	if len(s) == 8 {
		return s + HeadOffice
	}
	return s
}
