package identifier

const uetrLength = 36

// CheckUETR checks a unique end-to-end transaction reference: an RFC 9562
// version 4 UUID in lower case with hyphens. Braces, URN forms and capitals,
// which UUID libraries take, are refused: a payment has one name.
func CheckUETR(s string) error {
	if len(s) != uetrLength {
		return wrongLength("UETR", uetrLength, len(s))
	}
	for i := range uetrLength {
		if !uetrByteFits(i, s[i]) {
			return &Error{"UETR", "a lower-case version 4 UUID is needed"}
		}
	}
	return nil
}

func uetrByteFits(position int, c byte) bool {
	switch position {
	case 8, 13, 18, 23:
		return c == '-'
	case 14:
		return c == '4'
	case 19:
		return c == '8' || c == '9' || c == 'a' || c == 'b'
	}
	return isDigit(c) || (c >= 'a' && c <= 'f')
}
