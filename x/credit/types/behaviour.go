package types

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"time"

	"cosmossdk.io/math"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
)

// behaviourPrefix begins the names of inputs that the chain fills.
const behaviourPrefix = "behaviour."

// Figures of behaviour, by the last part of their names. _3m and _12m are the last whole calendar months of UTC.
const (
	FigureInflow            = "inflow_minor"
	FigureOutflow           = "outflow_minor"
	FigurePayers            = "payers"
	FigurePayees            = "payees"
	FigurePayerTop          = "payer_top_bps"
	FigurePayeeTop          = "payee_top_bps"
	FigureReceivables       = "receivables_count_12m"
	FigureReceivablesOnTime = "receivables_on_time_bps_12m"
	FigureReceivablesLate   = "receivables_days_late_max_12m"
	FigureLoans             = "loans_count_12m"
	FigureLoansOnTime       = "loans_on_time_bps_12m"
	FigureLoansLate         = "loans_days_late_max_12m"
	FigureDisputesLost      = "disputes_lost_12m"
	FigureMonthsObserved    = "months_observed"
)

// BehaviourWindows are the windows of flows, in whole months.
var BehaviourWindows = []uint32{3, 12}

var (
	windowFigures   = []string{FigureInflow, FigureOutflow, FigurePayers, FigurePayees, FigurePayerTop, FigurePayeeTop}
	currencyFigures = []string{FigureReceivables, FigureReceivablesOnTime, FigureReceivablesLate, FigureLoans, FigureLoansOnTime, FigureLoansLate}
	subjectFigures  = []string{FigureDisputesLost, FigureMonthsObserved}
)

// SubjectInput is the name of an input about the subject as a whole.
func SubjectInput(figure string) string { return behaviourPrefix + figure }

// CurrencyInput is the name of an input about one currency.
func CurrencyInput(currency, figure string) string { return behaviourPrefix + currency + "." + figure }

// WindowInput is the name of an input about one currency and a window.
func WindowInput(currency, figure string, months uint32) string {
	return CurrencyInput(currency, fmt.Sprintf("%s_%dm", figure, months))
}

// IsBehaviourInput reports whether a name is one of those that the chain alone fills.
func IsBehaviourInput(name string) bool { return strings.HasPrefix(name, behaviourPrefix) }

// CurrencyOfInput is the currency that an input of behaviour is about, empty if it is about none; unknown names are
// refused (ErrBehaviourInput).
func CurrencyOfInput(name string) (string, error) {
	rest := strings.TrimPrefix(name, behaviourPrefix)
	if slices.Contains(subjectFigures, rest) {
		return "", nil
	}
	currency, figure, _ := strings.Cut(rest, ".")
	if !isCurrency(currency) {
		return "", ErrBehaviourInput.Wrapf("%.70q", name)
	}
	known := slices.Contains(currencyFigures, figure)
	for _, months := range BehaviourWindows {
		windowless, found := strings.CutSuffix(figure, fmt.Sprintf("_%dm", months))
		known = known || found && slices.Contains(windowFigures, windowless)
	}
	if !known {
		return "", ErrBehaviourInput.Wrapf("%.70q", name)
	}
	return currency, nil
}

func isCurrency(code string) bool {
	return len(code) == currencyLength && !slices.ContainsFunc([]byte(code), func(c byte) bool { return c < 'A' || c > 'Z' })
}

// MonthOf is the calendar month of UTC as YYYYMM: the months of attestations.
func MonthOf(at time.Time) uint32 {
	at = at.UTC()
	return uint32(at.Year()*yearDigit + int(at.Month()))
}

// AddMonths is the month that is some months later, or earlier.
func AddMonths(month uint32, months int) uint32 {
	at := int(month/yearDigit)*monthsPerYear + int(month%yearDigit) - 1 + months
	return uint32(at/monthsPerYear*yearDigit + at%monthsPerYear + 1)
}

// MonthsBetween is how many months one month is after another.
func MonthsBetween(earlier, later uint32) int {
	return int(monthNumber(later)) - int(monthNumber(earlier))
}

// StartOf is the first instant of a month.
func StartOf(month uint32) time.Time {
	return time.Date(int(month/yearDigit), time.Month(month%yearDigit), 1, 0, 0, 0, 0, time.UTC)
}

// StaleAt is when figures that were read in a month are too old: when another whole month is over.
func StaleAt(month uint32) time.Time { return StartOf(AddMonths(month, 2)) }

// CounterpartyDigest names a counterparty of a subject: the first 8 bytes of SHA-256. The record of one party need
// not name another one, which did not consent.
func CounterpartyDigest(subject, counterparty accesstypes.Member) uint64 {
	sum := sha256.Sum256([]byte("zhilian/credit/counterparty/v1\x00" + subject.Text() + "\x00" + counterparty.Text()))
	return binary.BigEndian.Uint64(sum[:])
}

// IsActive reports whether an enrolment holds.
func (e Enrolment) IsActive(now time.Time) bool { return now.Before(e.EndsAt) }

// Covers reports whether payments of a currency count.
func (e Enrolment) Covers(currency string) bool { return slices.Contains(e.Currencies, currency) }

// Validate checks the message alone.
func (m *MsgEnrolBehaviour) Validate() error {
	if err := m.Subject.Validate(); err != nil {
		return err
	}
	return validateCurrencies(m.Currencies)
}

// Validate checks the message alone.
func (m *MsgEndBehaviour) Validate() error { return m.Subject.Validate() }

func validateCurrencies(currencies []string) error {
	if n := len(currencies); n == 0 || n > MaxBehaviourCurrencies {
		return ErrInvalidEnrolment.Wrapf("%d currencies: 1 to %d are needed", n, MaxBehaviourCurrencies)
	}
	for i, currency := range currencies {
		if !isCurrency(currency) || i > 0 && currencies[i-1] >= currency {
			return ErrInvalidEnrolment.Wrapf("currency %.10q: three capital letters are needed, sorted, none twice", currency)
		}
	}
	return nil
}

// ObligationKind is what a party owed.
type ObligationKind int

// The kinds of obligations.
const (
	// ObligationReceivable is a receivable that the party had confirmed as its debtor.
	ObligationReceivable ObligationKind = iota + 1
	// ObligationLoan is an instalment of a loan to the party.
	ObligationLoan
)

// Obligation is something that a party owed and that has come to its end: paid, or given up as unpaid.
type Obligation struct {
	Kind ObligationKind
	// Creditor is whom it was owed to: what a party owes to itself does not count.
	Creditor accesstypes.Member
	Currency string
	Amount   math.Int // minor units, as it was due
	// DueDay and EndDay are days of the caller's calendar: when it was due, and when it was paid or given up.
	DueDay, EndDay int64
	// GivenUp is true if it was not paid: it is late then, whatever the days say.
	GivenUp bool
}

// Validate checks the form.
func (o Obligation) Validate() error {
	switch {
	case o.Kind != ObligationReceivable && o.Kind != ObligationLoan:
		return ErrObligation.Wrapf("kind %d is unknown", o.Kind)
	case !isCurrency(o.Currency):
		return ErrObligation.Wrapf("currency %.10q", o.Currency)
	case o.Amount.IsNil() || !o.Amount.IsPositive():
		return ErrObligation.Wrap("the amount is not above zero")
	case o.DueDay < 0 || o.EndDay < 0:
		return ErrObligation.Wrapf("due on day %d, at its end on day %d", o.DueDay, o.EndDay)
	}
	return o.Creditor.Validate()
}

// validateBehaviour checks enrolments, flows and disputes, and that none is kept of who is not enrolled.
func validateBehaviour(gs GenesisState) error {
	enrolled := make(map[string]Enrolment, len(gs.Enrolments))
	last := ""
	for _, enrolment := range gs.Enrolments {
		text := enrolment.Subject.Text()
		if err := enrolment.validate(); err != nil {
			return err
		}
		if text <= last {
			return ErrInvalidGenesis.Wrapf("enrolment of %s is repeated or not in order", text)
		}
		last, enrolled[text] = text, enrolment
	}
	last = ""
	for _, flow := range gs.Flows {
		enrolment, known := enrolled[flow.Subject.Text()]
		order := fmt.Sprintf("%06d\x00%s\x00%s", flow.Month, flow.Subject.Text(), flow.Currency)
		if !known || !enrolment.Covers(flow.Currency) || order <= last {
			return ErrInvalidGenesis.Wrapf("flow of %s in %s, %d: nobody enrolled it, or it is not in order", flow.Subject.Text(), flow.Currency, flow.Month)
		}
		last = order
		if err := flow.validate(); err != nil {
			return err
		}
	}
	last = ""
	for _, count := range gs.Disputes {
		order := fmt.Sprintf("%06d\x00%s", count.Month, count.Subject.Text())
		if _, known := enrolled[count.Subject.Text()]; !known || order <= last || !isMonth(count.Month) || count.Lost == 0 {
			return ErrInvalidGenesis.Wrapf("disputes of %s in %d: none, not in order, or nobody enrolled it", count.Subject.Text(), count.Month)
		}
		last = order
	}
	return nil
}

func (e Enrolment) validate() error {
	if err := e.Subject.Validate(); err != nil {
		return err
	}
	if err := validateCurrencies(e.Currencies); err != nil {
		return err
	}
	if !e.Since.Before(e.EndsAt) || e.Operator == "" {
		return ErrInvalidGenesis.Wrapf("enrolment of %s: operator or times are not valid", e.Subject.Text())
	}
	return nil
}

// validate checks that what is listed of counterparties is part of the sums, and nobody is listed twice.
func (f Flow) validate() error {
	refuse := func(why string) error {
		return ErrInvalidGenesis.Wrapf("flow of %s in %s, %d: %s", f.Subject.Text(), f.Currency, f.Month, why)
	}
	if !isMonth(f.Month) || len(f.Payees) > MaxCounterparties || len(f.Payers) > MaxCounterparties {
		return refuse("no month, or too many counterparties")
	}
	for _, sum := range []uint64{f.InflowMinor, f.OutflowMinor, f.ReturnedOutMinor, f.ReturnedInMinor} {
		if sum > MaxFlowMinor {
			return refuse("a sum is too large")
		}
	}
	in, out := f.CirculatedMinor, f.CirculatedMinor
	seen := map[uint64]bool{}
	for i, c := range slices.Concat(f.Payees, f.Payers) {
		in, out = AddMinor(in, c.InMinor), AddMinor(out, c.OutMinor)
		if isPayer := i >= len(f.Payees); seen[c.Digest] || isPayer != (c.OutMinor == 0) || c.ErrorMinor > f.FloorMinor {
			return refuse("a counterparty is listed twice, on the wrong side, or its error is too large")
		}
		seen[c.Digest] = true
	}
	if in > f.InflowMinor || out > f.OutflowMinor {
		return refuse("counterparties have more than the whole")
	}
	for _, p := range []Punctuality{f.Receivables, f.Loans} {
		if p.OnTimeMinor > p.TotalMinor || (p.Count == 0) != (p.TotalMinor == 0) || p.TotalMinor > MaxFlowMinor {
			return refuse("punctuality contradicts itself")
		}
	}
	return nil
}

// AddMinor adds amounts that are at most MaxFlowMinor, and stops there.
func AddMinor(a, b uint64) uint64 { return min(a+b, MaxFlowMinor) }
