package iso20022

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/zhilian-network/zhilian/iso20022/identifier"
	"github.com/zhilian-network/zhilian/iso20022/money"
)

// valueType is the lexical form of a value: why it is refused, or "" when it
// fits, and the reason code that goes with it.
type valueType struct {
	reason string
	why    func(text string) string
}

// text is a text of 1 to max characters. White space counts and is kept.
func text(max int) valueType {
	return valueType{ReasonSyntax, func(s string) string {
		switch n := utf8.RuneCountInString(s); {
		case n == 0:
			return "a value is missing"
		case n > max:
			return "the value has " + decimal(n) + " characters; at most " + decimal(max) + " are allowed"
		}
		return ""
	}}
}

func enum(codes ...string) valueType {
	return valueType{ReasonSyntax, func(s string) string {
		if slices.Contains(codes, s) {
			return ""
		}
		return "the value must be one of " + strings.Join(codes, ", ")
	}}
}

// matching is a form that a predicate recognises.
func matching(reason, why string, fits func(string) bool) valueType {
	return valueType{reason, func(s string) string {
		if fits(s) {
			return ""
		}
		return why
	}}
}

var (
	anyText      = valueType{ReasonSyntax, func(string) string { return "" }}
	chargeBearer = enum("DEBT", "CRED", "SHAR", "SLEV")

	accountTypeOf2009 = enum("CASH", "CHAR", "COMM", "TAXE", "CISH", "TRAS", "SACC", "CACC", "SVGS", "ONDP",
		"MGLD", "NREX", "MOMA", "LOAN", "SLRY", "ODFT")

	boolean      = matching(ReasonSyntax, "the value must be true or false", isBoolean)
	country      = matching(ReasonSyntax, "a country is two capital letters", letters(2))
	currencyCode = matching(ReasonSyntax, "a currency is three capital letters", letters(3))
	bicOf2009    = matching(ReasonBIC, "this is not a BIC", isBICOf2009)
	bicOf2014    = matching(ReasonBIC, "this is not a BIC", isBICOf2014)
	lei          = matching(ReasonDebtorID, "an LEI is 18 capital letters or digits and 2 digits", isLEIForm)
	ibanForm     = matching(ReasonAccount, "an IBAN is a country, two digits and up to 30 letters or digits, without spaces", isIBANForm)
	count        = matching(ReasonCount, "a number of transactions is 1 to 15 digits", isCount)
	dateTime     = matching(ReasonSyntax, "a date and time is written 2026-01-05T09:30:00, with +08:00 or Z", isDateTime)
	utcDateTime  = matching(ReasonSyntax, "a date and time in UTC is written 2026-01-05T01:30:00Z", isUTCDateTime)
	date         = matching(ReasonDate, "this is not a date of the calendar written 2026-01-05", isDate)

	uetr = valueType{ReasonSyntax, func(s string) string { return whyNot(identifier.CheckUETR(s)) }}

	amount     = valueType{ReasonAmount, nonNegativeDecimal}
	controlSum = number(money.TotalDigits, money.SumFractionDigits)
	rate       = number(11, 10)
)

func number(totalDigits, fractionDigits int) valueType {
	return valueType{ReasonAmount, func(s string) string {
		_, err := money.ParseDecimal(trim(s), totalDigits, fractionDigits)
		return whyNot(err)
	}}
}

func nonNegativeDecimal(s string) string {
	d, err := money.ParseDecimal(trim(s), money.TotalDigits, money.AmountFractionDigits)
	if err == nil && d.Sign() < 0 {
		return "the amount is negative"
	}
	return whyNot(err)
}

// trim strips what XML Schema strips around numbers, dates and booleans. It is
// narrower than strings.TrimSpace, which takes every space of Unicode.
func trim(s string) string { return strings.Trim(s, " \t\r\n") }

func isBoolean(s string) bool {
	_, ok := parseBoolean(s)
	return ok
}

func parseBoolean(s string) (truth, ok bool) {
	switch trim(s) {
	case "true", "1":
		return true, true
	case "false", "0":
		return false, true
	}
	return false, false
}

func isUpperLetter(c byte) bool { return c >= 'A' && c <= 'Z' }
func isLowerLetter(c byte) bool { return c >= 'a' && c <= 'z' }
func isDigit(c byte) bool       { return c >= '0' && c <= '9' }
func isCapitalOrDigit(c byte) bool {
	return isUpperLetter(c) || isDigit(c)
}

// every reports whether all bytes are of the class.
func every(s string, class func(byte) bool) bool {
	for i := range len(s) {
		if !class(s[i]) {
			return false
		}
	}
	return true
}

func letters(n int) func(string) bool {
	return func(s string) bool { return len(s) == n && every(s, isUpperLetter) }
}

func isCount(s string) bool { return len(s) >= 1 && len(s) <= 15 && every(s, isDigit) }

func isLEIForm(s string) bool {
	return len(s) == 20 && every(s[:18], isCapitalOrDigit) && every(s[18:], isDigit)
}

func isIBANForm(s string) bool {
	return len(s) >= 5 && len(s) <= 34 && every(s[:2], isUpperLetter) && every(s[2:4], isDigit) &&
		every(s[4:], func(c byte) bool { return isCapitalOrDigit(c) || isLowerLetter(c) })
}

func isBICOf2014(s string) bool {
	return (len(s) == 8 || len(s) == 11) && every(s, isCapitalOrDigit) && every(s[4:6], isUpperLetter)
}

// isBICOf2009 is narrower: letters first, and no 0, 1 or O where old networks
// used them for tests and passive members.
func isBICOf2009(s string) bool {
	return isBICOf2014(s) && every(s[:6], isUpperLetter) && s[6] != '0' && s[6] != '1' && s[7] != 'O'
}

const dateLayout = "2006-01-02"

// parseDate reads xs:date with a four-digit year. An offset is checked and
// dropped: a day of execution is a day of the bank's calendar.
func parseDate(s string) (time.Time, bool) {
	s = trim(s)
	if len(s) < len(dateLayout) {
		return time.Time{}, false
	}
	day, err := time.Parse(dateLayout, s[:len(dateLayout)])
	_, ok := parseOffset(s[len(dateLayout):])
	return day, err == nil && ok && day.Year() > 0
}

func isDate(s string) bool {
	_, ok := parseDate(s)
	return ok
}

const secondsLayout = "2006-01-02T15:04:05"

// parseDateTime reads xs:dateTime with a four-digit year. Without an offset the
// time is taken for UTC. 24:00:00 is midnight of the next day.
func parseDateTime(s string) (time.Time, bool) {
	s = trim(s)
	if len(s) < len(secondsLayout) {
		return time.Time{}, false
	}
	head, tail := s[:len(secondsLayout)], s[len(secondsLayout):]
	nanoseconds, tail, ok := parseFraction(tail)
	offset, offsetOK := parseOffset(tail)
	midnight := strings.HasSuffix(head, "T24:00:00") && nanoseconds == 0
	if midnight {
		head = strings.TrimSuffix(head, "T24:00:00") + "T00:00:00"
	}
	moment, err := time.ParseInLocation(secondsLayout, head, offset)
	if midnight {
		moment = moment.AddDate(0, 0, 1)
	}
	return moment.Add(time.Duration(nanoseconds)), err == nil && ok && offsetOK && moment.Year() > 0
}

func isDateTime(s string) bool {
	_, ok := parseDateTime(s)
	return ok
}

func isUTCDateTime(s string) bool { return strings.HasSuffix(trim(s), "Z") && isDateTime(s) }

// parseFraction reads ".123" off the front, to the nanosecond.
func parseFraction(s string) (nanoseconds int, rest string, ok bool) {
	if !strings.HasPrefix(s, ".") {
		return 0, s, true
	}
	digits := 1
	unit := int(time.Second)
	for digits < len(s) && isDigit(s[digits]) {
		unit /= 10
		nanoseconds += int(s[digits]-'0') * unit
		digits++
	}
	return nanoseconds, s[digits:], digits > 1
}

// maxOffsetHours is XML Schema's bound on time zones.
const maxOffsetHours = 14

// parseOffset reads "", "Z" or "+08:00".
func parseOffset(s string) (*time.Location, bool) {
	if s == "" || s == "Z" {
		return time.UTC, true
	}
	if len(s) != 6 || (s[0] != '+' && s[0] != '-') || s[3] != ':' || !every(s[1:3]+s[4:], isDigit) {
		return time.UTC, false
	}
	hours := int(s[1]-'0')*10 + int(s[2]-'0')
	minutes := int(s[4]-'0')*10 + int(s[5]-'0')
	if minutes > 59 || hours > maxOffsetHours || (hours == maxOffsetHours && minutes > 0) {
		return time.UTC, false
	}
	seconds := (hours*60 + minutes) * 60
	if s[0] == '-' {
		seconds = -seconds
	}
	return time.FixedZone("", seconds), true
}
