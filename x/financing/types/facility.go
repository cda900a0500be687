package types

import (
	"regexp"

	"cosmossdk.io/math"
)

// Bounds of facilities.
const (
	// MaxCovenants is the most covenants of a facility.
	MaxCovenants = 8
	// MaxOpenLoans is the most loans of a facility that are owed at a time: covenants act on all of them.
	MaxOpenLoans = 50
	// MaxOpenDays is how long a facility can be drawn.
	MaxOpenDays = 3_660
	// MaxTestDays is the longest time between two tests.
	MaxTestDays = 366
	// MaxCureDays is how long a borrower may take to cure a covenant.
	MaxCureDays = 90
	// MaxMarginPpm is the most interest that a covenant adds.
	MaxMarginPpm = 100_000
	// MaxFigureDecimals is the most decimals of a threshold.
	MaxFigureDecimals = 9
	// MaxCovenantName is the longest name of a product, a grade or a figure.
	MaxCovenantName = 64
	// DrawUnits is the work of a draw, in units of app/work.go: it looks at each open loan of the facility.
	DrawUnits = 20
	// MaxTraced is the most draws, and the most uses, of one loan.
	MaxTraced = 200
)

// What generated names are called in this module.
const (
	LimitBorrower = LimitKind_LIMIT_KIND_BORROWER
	LimitGroup    = LimitKind_LIMIT_KIND_GROUP
	LimitLender   = LimitKind_LIMIT_KIND_LENDER

	FacilityNone      = FacilityStatus_FACILITY_STATUS_UNSPECIFIED
	FacilityOffered   = FacilityStatus_FACILITY_STATUS_OFFERED
	FacilityActive    = FacilityStatus_FACILITY_STATUS_ACTIVE
	FacilitySuspended = FacilityStatus_FACILITY_STATUS_SUSPENDED
	FacilityClosed    = FacilityStatus_FACILITY_STATUS_CLOSED

	CovenantGrade         = CovenantKind_COVENANT_KIND_GRADE
	CovenantFigureAtLeast = CovenantKind_COVENANT_KIND_FIGURE_AT_LEAST
	CovenantFigureAtMost  = CovenantKind_COVENANT_KIND_FIGURE_AT_MOST

	ActionNone       = CovenantAction_COVENANT_ACTION_UNSPECIFIED
	ActionNotice     = CovenantAction_COVENANT_ACTION_NOTICE
	ActionSuspend    = CovenantAction_COVENANT_ACTION_SUSPEND
	ActionMargin     = CovenantAction_COVENANT_ACTION_MARGIN
	ActionCut        = CovenantAction_COVENANT_ACTION_CUT
	ActionAccelerate = CovenantAction_COVENANT_ACTION_ACCELERATE

	CovenantMet    = CovenantStatus_COVENANT_STATUS_MET
	CovenantCuring = CovenantStatus_COVENANT_STATUS_CURING
	CovenantBroken = CovenantStatus_COVENANT_STATUS_BROKEN
)

var groupName = regexp.MustCompile(`^[a-z0-9-]{1,64}$`)

// Used is what is lent and promised.
func (l Limit) Used() math.Int { return l.Drawn.Add(l.Reserved) }

// Subject is what of a lender and a currency a limit counts, in one word: no id has a slash.
func (l Limit) Subject() string {
	switch l.Kind {
	case LimitBorrower:
		return "borrower/" + l.Borrower.InstitutionId + "/" + l.Borrower.PartyId
	case LimitGroup:
		return "group/" + l.Group
	}
	return "lender"
}

// Validate checks the message alone.
func (m *MsgSetLimit) Validate() error {
	if err := m.Lender.Validate(); err != nil {
		return err
	}
	limit := Limit{Lender: m.Lender, Kind: m.Kind, Borrower: m.Borrower, Group: m.Group, Currency: m.Currency, Bounded: m.Bounded, Amount: m.Amount}
	return limit.validateSubject()
}

func (l Limit) validateSubject() error {
	hasBorrower, hasGroup := l.Borrower.InstitutionId != "" || l.Borrower.PartyId != "", l.Group != ""
	switch {
	case l.Kind < LimitBorrower || l.Kind > LimitLender:
		return ErrInvalidLimit.Wrapf("kind %s", l.Kind)
	case hasBorrower != (l.Kind == LimitBorrower):
		return ErrInvalidLimit.Wrap("a borrower is named for a limit of one, and only then")
	case l.Kind == LimitGroup && !hasGroup, l.Kind == LimitLender && hasGroup, hasGroup && !groupName.MatchString(l.Group):
		return ErrInvalidLimit.Wrapf("group %.70q: 1 to 64 of a-z, 0-9 and - are needed for a group, none for all", l.Group)
	case len(l.Currency) != 3:
		return ErrInvalidLimit.Wrapf("currency %.10q", l.Currency)
	case l.Amount.IsNil() || l.Amount.IsNegative() || l.Amount.GT(MaxPrincipal()) || !l.Bounded && l.Amount.IsPositive():
		return ErrInvalidLimit.Wrapf("amount %s: 0 to %s, and 0 for no limit", l.Amount, MaxPrincipal())
	}
	if hasBorrower {
		return l.Borrower.Validate()
	}
	return nil
}

// Validate checks the message alone.
func (m *MsgOfferFacility) Validate() error {
	if err := m.Terms.Validate(); err != nil {
		return err
	}
	switch {
	case m.Limit.IsNil() || !m.Limit.IsPositive() || m.Limit.GT(MaxPrincipal()):
		return ErrInvalidFacility.Wrapf("limit %s: 1 to %s", m.Limit, MaxPrincipal())
	case m.OpenDays == 0 || m.OpenDays > MaxOpenDays:
		return ErrInvalidFacility.Wrapf("open for %d days: 1 to %d are needed", m.OpenDays, MaxOpenDays)
	case len(m.Covenants) > MaxCovenants:
		return ErrInvalidFacility.Wrapf("%d covenants, at most %d", len(m.Covenants), MaxCovenants)
	case m.TestDays > MaxTestDays || (m.TestDays == 0) != (len(m.Covenants) == 0):
		return ErrInvalidFacility.Wrapf("tests every %d days: 1 to %d with covenants, 0 without", m.TestDays, MaxTestDays)
	}
	for i, covenant := range m.Covenants {
		if err := covenant.Validate(); err != nil {
			return ErrInvalidCovenant.Wrapf("%d: %s", i+1, err)
		}
	}
	return nil
}

// Validate checks a covenant's form. ErrInvalidCovenant.
func (c CovenantTerms) Validate() error {
	isGrade := c.Kind == CovenantGrade
	switch {
	case c.Kind < CovenantGrade || c.Kind > CovenantFigureAtMost:
		return ErrInvalidCovenant.Wrapf("kind %s", c.Kind)
	case isGrade != (c.Product != "" && c.Grade != "") || isGrade == (c.Input != ""), isGrade && (c.Decimals != 0 || c.Threshold != 0):
		return ErrInvalidCovenant.Wrap("a grade needs a product and the worst grade, a figure its name and a threshold")
	case max(len(c.Product), len(c.Grade), len(c.Input)) > MaxCovenantName || c.Decimals > MaxFigureDecimals:
		return ErrInvalidCovenant.Wrapf("names of at most %d characters and at most %d decimals are needed", MaxCovenantName, MaxFigureDecimals)
	case c.CureDays > MaxCureDays:
		return ErrInvalidCovenant.Wrapf("%d days to cure it, at most %d", c.CureDays, MaxCureDays)
	case c.Action < ActionNotice || c.Action > ActionAccelerate:
		return ErrInvalidCovenant.Wrapf("action %s", c.Action)
	case (c.Action == ActionMargin) != (c.MarginPpm > 0) || c.MarginPpm > MaxMarginPpm:
		return ErrInvalidCovenant.Wrapf("margin of %d ppm: 1 to %d for that action, 0 for others", c.MarginPpm, MaxMarginPpm)
	}
	return nil
}

// Validate checks the message alone.
func (m *MsgDrawFacility) Validate() error { return checkSum(m.Amount) }
