package domain

import (
	"time"

	"github.com/zhilian-network/zhilian/x/dispute/types"
)

// Clock is the time that cases run on: block time less the time for which the chain stood still. Every deadline is
// kept on it, so a halt moves all of them at once, and none has to be written.
type Clock struct {
	// Halted is how long the chain stood still in all.
	Halted time.Duration
	// LastTick is the last block time that was noted; the zero time if none was.
	LastTick time.Time
}

// Now is a block time on the clock.
func (c Clock) Now(block time.Time) time.Time { return block.Add(-c.Halted).UTC() }

// At is when something on the clock is due in block time, if the chain does not stand still. The zero time stays.
func (c Clock) At(due time.Time) time.Time {
	if due.IsZero() {
		return due
	}
	return due.Add(c.Halted).UTC()
}

// Tick is the clock after a block, by how much it stood still, and whether it must be written. Block times are noted
// every TickEvery, so a halt is seen to that precision: never shorter than it was, and longer by less than that.
func (c Clock) Tick(block time.Time, haltGap time.Duration) (next Clock, stood time.Duration, changed bool) {
	if c.LastTick.IsZero() {
		c.LastTick = block.UTC()
		return c, 0, true
	}
	gap := block.Sub(c.LastTick)
	if gap < types.TickEvery {
		return c, 0, false
	}
	c.LastTick = block.UTC()
	if gap > haltGap {
		c.Halted += gap
		return c, gap, true
	}
	return c, 0, true
}

// IsOver reports whether a time is over: at its end nothing is in time any more, and the block of that time draws
// the consequence.
func IsOver(due, now time.Time) bool { return !now.Before(due) }

// timeOf is how long a case may stand where it stands; the time to answer is apart, for it runs from the filing.
func timeOf(status types.CaseStatus, params types.Params) uint32 {
	switch status {
	case types.Filed:
		return params.AcknowledgeDays
	case types.Gathering:
		return params.EvidenceDays
	case types.Offered:
		return params.OfferDays
	case types.Mediation:
		return params.MediationDays
	case types.Drawing:
		return params.RedrawDays
	case types.Committing:
		return params.CommitDays
	case types.Revealing:
		return params.RevealDays
	case types.Ruled, types.Refused:
		return params.AppealDays
	case types.Executed:
		return params.ClaimDays
	}
	return 0
}

// DueOf is when the time of a case's new status is over, on the clock.
func DueOf(c types.Case, now time.Time, params types.Params) time.Time {
	switch c.Status {
	case types.Closed:
		return time.Time{}
	case types.Answering:
		days := params.SimpleDays
		if c.Complex {
			days = params.ComplexDays
		}
		if c.Extended {
			days += params.ExtensionDays
		}
		return c.FiledOnClock.Add(params.BusinessDays(days))
	}
	return now.Add(params.BusinessDays(timeOf(c.Status, params)))
}
