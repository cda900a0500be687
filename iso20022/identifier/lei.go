package identifier

const leiLength = 20

// CheckLEI checks an ISO 17442 legal entity identifier: 18 capital letters or
// digits, two check digits, ISO 7064 MOD 97-10.
func CheckLEI(s string) error {
	if len(s) != leiLength {
		return wrongLength("LEI", leiLength, len(s))
	}
	rest := 0
	for i := range leiLength {
		v := alphanumericValue(s[i])
		if v < 0 || (i >= leiLength-2 && v > 9) {
			return &Error{"LEI", "18 capital letters or digits and 2 digits are needed"}
		}
		if v > 9 {
			rest = rest * 10
		}
		rest = (rest*10 + v) % 97
	}
	// 00, 01 and 99 are congruent to 97, 98 and 02, so they would pass the
	// remainder; the standard never issues them.
	check := s[leiLength-2:]
	if rest != 1 || check == "00" || check == "01" || check == "99" {
		return &Error{"LEI", "the check digits do not match"}
	}
	return nil
}
