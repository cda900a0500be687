package money

import (
	"math/big"
	"strings"
)

const (
	// maxWritten bounds the characters of a number before any arithmetic.
	// 18 digits, a sign and a point need 20; the rest is leading zeros.
	maxWritten = 64
	// maxScale is the most decimals any ISO 20022 number has (DecimalNumber).
	maxScale = 17
)

// Facets of the ISO 20022 number types, by their schema names.
const (
	TotalDigits          = 18 // of every amount and control sum
	AmountFractionDigits = 5
	SumFractionDigits    = 17
)

// Decimal is an exact decimal number with at most 17 decimals. The zero value
// is 0.
type Decimal struct {
	scaled *big.Int // in units of 10^-17; nil is 0
}

// ParseDecimal reads the xs:decimal lexical form: an optional sign, ASCII
// digits, at most one point, no exponent. The limits count as the schema does:
// leading zeros and trailing zeros after the point are not digits of a value.
func ParseDecimal(text string, totalDigits, fractionDigits int) (Decimal, error) {
	number, err := scan(text)
	if err != nil {
		return Decimal{}, err
	}
	fraction := strings.TrimRight(number.fraction, "0")
	if len(fraction) > fractionDigits {
		return Decimal{}, invalid("there are too many digits after the point")
	}
	whole := strings.TrimLeft(number.whole, "0")
	digits := len(whole) + len(fraction)
	if whole == "" {
		digits = len(strings.TrimLeft(fraction, "0"))
	}
	if digits > totalDigits {
		return Decimal{}, invalid("there are too many digits")
	}
	return scaledDecimal(number.negative, whole, fraction), nil
}

func scaledDecimal(negative bool, whole, fraction string) Decimal {
	text := whole + fraction + strings.Repeat("0", maxScale-len(fraction))
	scaled, _ := new(big.Int).SetString(text, 10) // scan has checked the digits
	if negative {
		scaled.Neg(scaled)
	}
	return Decimal{scaled}
}

func (d Decimal) int() *big.Int {
	if d.scaled == nil {
		return new(big.Int)
	}
	return d.scaled
}

// Add returns the exact sum.
func (d Decimal) Add(other Decimal) Decimal {
	return Decimal{new(big.Int).Add(d.int(), other.int())}
}

// Equal compares values: 350.5 equals 350.50.
func (d Decimal) Equal(other Decimal) bool { return d.int().Cmp(other.int()) == 0 }

// Sign is -1, 0 or 1.
func (d Decimal) Sign() int { return d.int().Sign() }

// String writes the number without trailing zeros, for people to read.
func (d Decimal) String() string {
	text := pointed(d.int(), maxScale)
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
}

// pointed writes n·10^-scale with exactly scale decimals.
func pointed(n *big.Int, scale int) string {
	digits := new(big.Int).Abs(n).String()
	if missing := scale + 1 - len(digits); missing > 0 {
		digits = strings.Repeat("0", missing) + digits
	}
	if scale > 0 {
		point := len(digits) - scale
		digits = digits[:point] + "." + digits[point:]
	}
	if n.Sign() < 0 {
		return "-" + digits
	}
	return digits
}

// written is a number as it stands in the text, unjudged.
type written struct {
	negative        bool
	whole, fraction string
}

func scan(text string) (written, error) {
	if len(text) > maxWritten {
		return written{}, invalid("the number is too long")
	}
	unsigned, negative := strings.CutPrefix(text, "-")
	if !negative {
		unsigned = strings.TrimPrefix(text, "+")
	}
	whole, fraction, _ := strings.Cut(unsigned, ".")
	if whole == "" && fraction == "" {
		return written{}, invalid("there is no digit")
	}
	for _, c := range []byte(whole + fraction) {
		if c < '0' || c > '9' {
			return written{}, invalid("only the digits 0-9 and one point are allowed")
		}
	}
	return written{negative, whole, fraction}, nil
}
