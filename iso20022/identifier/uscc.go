package identifier

import "strings"

const (
	usccLength   = 18
	usccModulus  = 31
	usccAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY" // without I, O, S, V, Z
)

// CheckUSCC checks a Unified Social Credit Code (统一社会信用代码, GB 32100-2015):
// registration department and category, six digits of the district, nine of
// the organisation code, and a check character modulo 31.
func CheckUSCC(s string) error {
	if len(s) != usccLength {
		return wrongLength("USCC", usccLength, len(s))
	}
	sum, weight := 0, 1
	for i := range usccLength - 1 {
		v := strings.IndexByte(usccAlphabet, s[i])
		if v < 0 {
			return &Error{"USCC", "a character is not of the code's alphabet (0-9, A-Y without I, O, S, V)"}
		}
		if i >= 2 && i < 8 && v > 9 {
			return &Error{"USCC", "characters 3 to 8 are the district and must be digits"}
		}
		sum += v * weight
		weight = weight * 3 % usccModulus
	}
	want := (usccModulus - sum%usccModulus) % usccModulus
	if strings.IndexByte(usccAlphabet, s[usccLength-1]) != want {
		return &Error{"USCC", "the check character does not match"}
	}
	return nil
}
