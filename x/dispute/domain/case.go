package domain

import (
	"slices"
	"time"

	"github.com/zhilian-network/zhilian/x/dispute/types"
)

// Move is a case after an event, with its new time. What people do must be in time: ErrDeadline, also if the time
// has moved the case on already. It is the only place that sets a status.
func Move(c types.Case, event Event, now, block time.Time, params types.Params) (types.Case, error) {
	to, err := Next(c.Status, event)
	if err != nil {
		if ranOut(c, event) {
			return c, types.ErrDeadline.Wrapf("%s: case is %s", event, c.Status)
		}
		return c, err
	}
	if !isOfTheChain(event) && IsOver(c.DueOnClock, now) {
		return c, types.ErrDeadline.Wrapf("%s", event)
	}
	if event == Expire {
		c.Lapses = append(slices.Clone(c.Lapses), types.Lapse{Status: c.Status, At: block.UTC()})
	}
	stays := c.Status == to
	c.Status = to
	// An offer more does not prolong mediation. A reserve and another draw have a time of their own.
	if !stays || event == Replace || event == Redraw || event == Expire {
		c.DueOnClock = DueOf(c, now, params)
	}
	return c, nil
}

// ranOut reports whether an event would have been possible where the case once stood until its time ran out.
func ranOut(c types.Case, event Event) bool {
	return slices.ContainsFunc(c.Lapses, func(lapse types.Lapse) bool {
		_, legal := transitions[lapse.Status][event]
		return legal && !isOfTheChain(event)
	})
}

// Conclude notes how a case ended, once.
func Conclude(c types.Case, outcome types.CaseOutcome, now time.Time) types.Case {
	if c.Outcome == types.OutcomeNone {
		c.Outcome, c.DecidedOnClock = outcome, now
	}
	return c
}

// TakesEvidence reports whether evidence can still be seen by who decides next.
func TakesEvidence(status types.CaseStatus) bool {
	switch status {
	case types.Filed, types.Gathering, types.Answering, types.Offered, types.Mediation, types.Drawing, types.Refused, types.Ruled:
		return true
	}
	return false
}

// ledgerHas are the kinds of evidence that the ledger has for each kind of matter, so that nobody is asked for them
// (CBIRC 2020 No. 3, Art. 13: what the institution has must not be asked for).
var ledgerHas = map[types.EvidenceKind]bool{
	types.EvidenceKind_EVIDENCE_KIND_PAYMENT: true, types.EvidenceKind_EVIDENCE_KIND_RECEIPT: true,
	types.EvidenceKind_EVIDENCE_KIND_STATEMENT: true, types.EvidenceKind_EVIDENCE_KIND_RATING: true,
	types.EvidenceKind_EVIDENCE_KIND_CONSENT: true, types.EvidenceKind_EVIDENCE_KIND_ACCESS_TRAIL: true,
}

// CheckRequest refuses to ask for what the ledger has.
func CheckRequest(kind types.EvidenceKind) error {
	if ledgerHas[kind] {
		return types.ErrLedgerHasIt.Wrapf("%s", kind)
	}
	if _, known := types.EvidenceKind_name[int32(kind)]; !known || kind == types.EvidenceKind_EVIDENCE_KIND_UNSPECIFIED {
		return types.ErrInvalidCase.Wrapf("evidence of kind %d", kind)
	}
	return nil
}

// WaitsFor says whose turn it is and what silence does, in words; empty if nobody's.
func WaitsFor(status types.CaseStatus) string {
	switch status {
	case types.Filed:
		return "The respondent acknowledges or refuses the case; silence acknowledges it."
	case types.Gathering:
		return "Both sides bring evidence; the respondent may answer already. Then the time to answer begins."
	case types.Answering:
		return "The respondent answers; silence leads to a panel."
	case types.Offered:
		return "The claimant accepts or declines the offer; silence declines it."
	case types.Mediation:
		return "Both sides may agree, or ask for a panel; silence leads to a panel."
	case types.Drawing:
		return "The chain draws a panel; if too few arbitrators are free it tries again, and at last closes the case undecided."
	case types.Committing:
		return "The panel commits to its votes; whoever is silent is replaced."
	case types.Revealing:
		return "The panel reveals its votes; whoever is silent has none."
	case types.Ruled:
		return "Either side may appeal, once; silence makes the ruling final."
	case types.Refused:
		return "The claimant may ask for a panel against the refusal; silence ends the case."
	case types.Executed:
		return "Open claims are served as money comes; what is left when the time is over lapses."
	}
	return ""
}

// Extend is a case whose respondent has more time to answer: once, and before the time is over.
func Extend(c types.Case, now time.Time, params types.Params) (types.Case, error) {
	if c.Extended {
		return c, types.ErrExtendedAlready.Wrapf("case %d", c.Id)
	}
	if c.Status != types.Gathering && c.Status != types.Answering {
		return c, types.ErrTransition.Wrapf("%s is not extended", c.Status)
	}
	if IsOver(c.DueOnClock, now) {
		return c, types.ErrDeadline.Wrap("extension")
	}
	c.Extended = true
	if c.Status == types.Answering {
		c.DueOnClock = DueOf(c, now, params)
	}
	return c, nil
}

// CheckOffer refuses an offer of nothing, of what nobody asked for, and one too many.
func CheckOffer(c types.Case, offer types.Award) error {
	if c.Offers >= types.MaxOffers {
		return types.ErrOffer.Wrapf("case %d has had %d", c.Id, c.Offers)
	}
	if len(offer.Grants) == 0 || offer.Frivolous {
		return types.ErrAward.Wrap("an offer gives something; to give nothing is to contest")
	}
	return CheckAward(c, offer)
}

// Leave is a case without one of several claimants. If that was the last representative, the first who stays is one:
// somebody must be able to act for all.
func Leave(c types.Case, place int) types.Case {
	c.Claimants = slices.Clone(c.Claimants)
	c.Claimants[place].Left, c.Claimants[place].Representative = true, false
	first := -1
	for i, claimant := range c.Claimants {
		if claimant.Left {
			continue
		}
		if claimant.Representative {
			return c
		}
		if first < 0 {
			first = i
		}
	}
	if first >= 0 {
		c.Claimants[first].Representative = true
	}
	return c
}

// LapseOf notes a time that ran out where that does not move the case on by itself.
func LapseOf(c types.Case, block time.Time) types.Case {
	c.Lapses = append(slices.Clone(c.Lapses), types.Lapse{Status: c.Status, At: block.UTC()})
	return c
}
