package report

import (
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"cosmossdk.io/math"

	"github.com/zhilian-network/zhilian/iso20022/money"
)

var (
	uetrPattern    = regexp.MustCompile(`^[a-f0-9]{8}-[a-f0-9]{4}-4[a-f0-9]{3}-[89ab][a-f0-9]{3}-[a-f0-9]{12}$`)
	bicPattern     = regexp.MustCompile(`^[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?$`)
	bicPattern2009 = regexp.MustCompile(`^[A-Z]{6}[A-Z2-9][A-NP-Z0-9]([A-Z0-9]{3})?$`)
	leiPattern     = regexp.MustCompile(`^[A-Z0-9]{18}[0-9]{2}$`)
	ibanPattern    = regexp.MustCompile(`^[A-Z]{2}[0-9]{2}[a-zA-Z0-9]{1,30}$`)
	codePattern    = regexp.MustCompile(`^[A-Z0-9]{1,4}$`)
	decimalPattern = regexp.MustCompile(`^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)$`)
)

// maxDigits is the schemas' totalDigits of amounts and sums.
const maxDigits = 18

// check collects the first thing wrong with an input, so that a writer reads as
// a list of rules.
type check struct{ err error }

func (c *check) fail(field, format string, args ...any) {
	if c.err == nil {
		c.err = fmt.Errorf("%w: %s: %s", ErrInvalid, field, fmt.Sprintf(format, args...))
	}
}

func (c *check) header(h Header) {
	c.reference("MessageID", h.MessageID)
	c.moment("CreatedAt", h.CreatedAt)
}

func (c *check) reference(field, value string) {
	if value == "" {
		c.fail(field, "is empty")
	}
	c.optionalReference(field, value)
}

func (c *check) optionalReference(field, value string) {
	c.exact(field, value, maxReference)
}

// exact admits what can be echoed unchanged.
func (c *check) exact(field, value string, limit int) {
	if n := utf8.RuneCountInString(value); n > limit {
		c.fail(field, "has %d characters, at most %d fit", n, limit)
	}
	if !expressible(value) {
		c.fail(field, "holds a character that XML cannot hold")
	}
}

func (c *check) pattern(field, value string, pattern *regexp.Regexp, what string) {
	if value != "" && !pattern.MatchString(value) {
		c.fail(field, "%.64q is not %s", value, what)
	}
}

func (c *check) moment(field string, t time.Time) {
	if t.IsZero() {
		c.fail(field, "is not set")
	}
	c.optionalMoment(field, t)
}

// optionalMoment keeps years to the four digits that every reader of xs:dateTime takes.
func (c *check) optionalMoment(field string, t time.Time) {
	if t.IsZero() {
		return
	}
	if y := t.UTC().Year(); y < 1 || y > 9999 {
		c.fail(field, "year %d is outside 1 to 9999", y)
	}
	if y := t.Year(); y < 1 || y > 9999 {
		c.fail(field, "year %d is outside 1 to 9999", y)
	}
}

func (c *check) currency(field, code string) {
	if _, known := money.MinorUnits(code); !known {
		c.fail(field, "%.16q is not a currency with a known minor unit", code)
	}
}

func (c *check) amount(field string, a Amount) {
	c.currency(field+".Currency", a.Currency)
	if a.Minor.IsNil() || !a.Minor.IsPositive() {
		c.fail(field, "is not above zero")
		return
	}
	c.magnitude(field, a.Minor)
}

// magnitude bounds an amount or a sum by the digits a message can hold.
func (c *check) magnitude(field string, minor math.Int) {
	if minor.IsNil() {
		c.fail(field, "is not set")
		return
	}
	if n := len(minor.Abs().String()); n > maxDigits {
		c.fail(field, "has %d digits, at most %d fit", n, maxDigits)
	}
}

func (c *check) account(field string, a Account) {
	if a.IBAN != "" && a.Other != "" {
		c.fail(field, "has both IBAN and Other")
	}
	if a.Currency != "" && a.IBAN == "" && a.Other == "" {
		c.fail(field, "has a currency but no number")
	}
	c.pattern(field+".IBAN", a.IBAN, ibanPattern, "an IBAN")
	c.exact(field+".Other", a.Other, maxAccount)
	if a.Currency != "" {
		c.currency(field+".Currency", a.Currency)
	}
}

func (c *check) requiredAccount(field string, a Account) {
	if a.IBAN == "" && a.Other == "" {
		c.fail(field, "has neither IBAN nor Other")
	}
	c.account(field, a)
}

func (c *check) agent(field string, a Agent) {
	c.pattern(field+".BIC", a.BIC, bicPattern, "a BIC")
	c.pattern(field+".LEI", a.LEI, leiPattern, "an LEI")
	c.exact(field+".MemberID", a.MemberID, maxReference)
	c.exact(field+".ClearingSystem", a.ClearingSystem, maxReference)
	if a.ClearingSystem != "" && a.MemberID == "" {
		c.fail(field, "has a clearing system but no member id")
	}
}

func (c *check) party(field string, p Party) {
	c.pattern(field+".BIC", p.BIC, bicPattern, "a BIC")
	c.pattern(field+".LEI", p.LEI, leiPattern, "an LEI")
}

func (c *check) reasons(field string, reasons []Reason) {
	for i, r := range reasons {
		at := fmt.Sprintf("%s[%d]", field, i)
		if r.Code != "" && r.Proprietary != "" {
			c.fail(at, "has both Code and Proprietary")
		}
		c.pattern(at+".Code", r.Code, codePattern, "an ISO reason code")
		c.exact(at+".Proprietary", r.Proprietary, maxReference)
		if !r.coded() || r.Code == narrative {
			c.narrative(at, r.Text)
		}
	}
}

// narrative is what a reason must have if its code does not speak for itself.
func (c *check) narrative(field string, text []string) {
	if len(lines(text, maxReasonLine)) == 0 {
		c.fail(field, "has neither a telling code nor a text")
	}
}

// controlSum admits what the schemas take as a decimal number: at most 18 digits
// that count, of which 17 may be fraction. A sender may pad with zeros.
func (c *check) controlSum(field, value string) {
	c.pattern(field, value, decimalPattern, "a decimal number")
	whole, fraction, _ := strings.Cut(strings.TrimLeft(value, "+-"), ".")
	whole, fraction = strings.TrimLeft(whole, "0"), strings.TrimRight(fraction, "0")
	if len(whole)+len(fraction) > maxDigits || len(fraction) == maxDigits {
		c.fail(field, "has more than %d digits", maxDigits)
	}
}

func (c *check) original(o OriginalMessage) {
	c.reference("Original.MessageID", o.MessageID)
	c.reference("Original.MessageName", o.MessageName)
	c.optionalMoment("Original.CreatedAt", o.CreatedAt)
	c.controlSum("Original.ControlSum", o.ControlSum)
	if o.Transactions < 0 {
		c.fail("Original.Transactions", "is negative")
	}
}
