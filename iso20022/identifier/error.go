package identifier

import "strconv"

// Error says which scheme refused a value and why. The value itself is left
// out: it may be hostile text on its way to a log, and the caller has it.
type Error struct {
	Scheme string // "IBAN", "BIC", "LEI", "USCC", "CNAPS", "UETR"
	Why    string
}

func (e *Error) Error() string { return e.Scheme + ": " + e.Why }

func wrongLength(scheme string, want, got int) error {
	return &Error{scheme, strconv.Itoa(want) + " characters are needed, not " + strconv.Itoa(got)}
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
func isUpper(c byte) bool { return c >= 'A' && c <= 'Z' }

// alphanumericValue gives 0–9 for a digit and 10–35 for an upper-case letter,
// as ISO 7064 and ISO 13616 number them; -1 for anything else.
func alphanumericValue(c byte) int {
	switch {
	case isDigit(c):
		return int(c - '0')
	case isUpper(c):
		return int(c-'A') + 10
	}
	return -1
}
