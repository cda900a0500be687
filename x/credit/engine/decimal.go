package engine

import (
	"slices"
	"strconv"
	"strings"

	"github.com/zhilian-network/zhilian/x/credit/types"
)

// maxDigits bounds the text of a number; nobody's accounts have more.
const maxDigits = 64

// ParseDecimal reads a decimal number, such as -12.5 or 1.25e-3, as fixed point: exactly where it has no more
// than decimals decimals, else rounded half to even. What is beyond MaxMagnitude is put there.
func ParseDecimal(text string, decimals uint32) (int64, error) {
	digits, point, negative, err := splitDecimal(text)
	if err != nil {
		return 0, err
	}
	digits = strings.TrimLeft(digits, "0")
	// The value is 0.digits * 10^(point - zeros that were dropped); whole is how many digits are kept.
	whole := len(digits) - point + int(decimals)
	switch {
	case digits == "":
		return 0, nil
	case whole > len("1000000000000000"):
		return clampSigned(MaxMagnitude, negative), nil
	case whole < 0:
		return 0, nil
	}
	var value uint64
	for i := range whole {
		value *= 10
		if i < len(digits) {
			value += uint64(digits[i] - '0')
		}
	}
	if whole < len(digits) && roundsUp(value, digits[whole:]) {
		value++
	}
	return clampSigned(value, negative), nil
}

// splitDecimal gives the digits without the point, and how many of them stand behind it.
func splitDecimal(text string) (digits string, point int, negative bool, err error) {
	refused := func() (string, int, bool, error) {
		return "", 0, false, types.ErrNotNumber.Wrapf("%.40q", text)
	}
	if len(text) > maxDigits {
		return "", 0, false, types.ErrValueTooLarge.Wrapf("%.40q... has %d characters; at most %d", text, len(text), maxDigits)
	}
	mantissa, exponentText, scientific := strings.Cut(strings.ToLower(text), "e")
	mantissa, negative = strings.CutPrefix(mantissa, "-")
	if !negative {
		mantissa = strings.TrimPrefix(mantissa, "+")
	}
	before, after, _ := strings.Cut(mantissa, ".")
	digits = before + after
	if digits == "" || slices.ContainsFunc([]byte(digits), func(c byte) bool { return c < '0' || c > '9' }) {
		return refused()
	}
	exponent := 0
	if scientific {
		if exponent, err = strconv.Atoi(exponentText); err != nil || exponent < -999 || exponent > 999 {
			return refused()
		}
	}
	return digits, len(after) - exponent, negative, nil
}

// roundsUp says whether value.rest is rounded up: above a half, or at a half where value is odd.
func roundsUp(value uint64, rest string) bool {
	if rest[0] != '5' {
		return rest[0] > '5'
	}
	return strings.Trim(rest[1:], "0") != "" || value%2 == 1
}

// FormatDecimal writes fixed point as decimal text, without zeros at the end.
func FormatDecimal(value int64, decimals uint32) string {
	if value == Missing {
		return ""
	}
	digits := strconv.FormatUint(magnitude(value), 10)
	if missing := int(decimals) + 1 - len(digits); missing > 0 {
		digits = strings.Repeat("0", missing) + digits
	}
	whole, fraction := digits[:len(digits)-int(decimals)], strings.TrimRight(digits[len(digits)-int(decimals):], "0")
	if fraction != "" {
		whole += "." + fraction
	}
	if value < 0 {
		return "-" + whole
	}
	return whole
}

// Parse reads the text of an input: a decimal number, or a code. Blank is Missing, and so is an unknown code.
func (i *Input) Parse(text string) (int64, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return Missing, nil
	}
	if len(i.Codes) == 0 {
		return ParseDecimal(text, i.Decimals)
	}
	index, found := slices.BinarySearch(i.Codes, text)
	if !found {
		return Missing, nil
	}
	return int64(index), nil
}
