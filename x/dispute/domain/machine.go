package domain

import (
	"github.com/zhilian-network/zhilian/x/dispute/types"
)

// Event is what happens to a case.
type Event int

// The events of a case's life.
const (
	// File brings it.
	File Event = iota + 1
	// Acknowledge is the respondent taking it up.
	Acknowledge
	// Refuse is the respondent refusing it.
	Refuse
	// Contest is the respondent granting nothing.
	Contest
	// Accept is the respondent granting all.
	Accept
	// Offer is the respondent granting a part, if the claimant agrees.
	Offer
	// Agree is the claimant accepting an offer.
	Agree
	// Decline is the claimant declining it.
	Decline
	// Escalate is a side asking for a panel: out of mediation, or against a refusal.
	Escalate
	// Seat is the chain drawing a panel.
	Seat
	// Replace is a reserve taking the seat of a silent member.
	Replace
	// Commit is the last member of the panel committing to its vote, or the time for it being over.
	Commit
	// Rule is the panel's votes giving a ruling against which an appeal is possible.
	Rule
	// RuleFinally is the same without an appeal.
	RuleFinally
	// Redraw is the chain needing another panel.
	Redraw
	// GiveUp is the chain finding no panel that decides.
	GiveUp
	// Stand is the first ruling standing: the appeal is withdrawn, or its panel does not decide.
	Stand
	// Appeal is a side asking for another ruling.
	Appeal
	// Withdraw is the last claimant withdrawing.
	Withdraw
	// Finish is the last claim being served or given up.
	Finish
	// Expire is the time of where it stands being over.
	Expire
)

// Events are all of them, in order.
var Events = []Event{
	File, Acknowledge, Refuse, Contest, Accept, Offer, Agree, Decline, Escalate, Seat, Replace, Commit, Rule, RuleFinally, Redraw,
	GiveUp, Stand, Appeal, Withdraw, Finish, Expire,
}

var eventNames = map[Event]string{
	File: "file", Acknowledge: "acknowledge", Refuse: "refuse", Contest: "contest", Accept: "accept", Offer: "offer", Agree: "agree",
	Decline: "decline", Escalate: "escalate", Seat: "seat", Replace: "replace", Commit: "commit", Rule: "rule",
	RuleFinally: "rule finally", Redraw: "redraw", GiveUp: "give up", Stand: "stand", Appeal: "appeal", Withdraw: "withdraw",
	Finish: "finish", Expire: "expire",
}

// String names the event in messages.
func (e Event) String() string {
	if name, known := eventNames[e]; known {
		return name
	}
	return "unknown event"
}

// Statuses are all of them, in order. The first is that of a case that is not filed yet.
var Statuses = []types.CaseStatus{
	types.CaseStatus_CASE_STATUS_UNSPECIFIED, types.Filed, types.Gathering, types.Answering, types.Offered, types.Mediation,
	types.Drawing, types.Committing, types.Revealing, types.Ruled, types.Executed, types.Refused, types.Closed,
}

// transitions is the life of a case, and the only place that says where it goes. What is not in the table is
// illegal. Every status but the last has a time, and Expire says what silence does. An award is executed on the
// way to Executed, in the same block.
var transitions = map[types.CaseStatus]map[Event]types.CaseStatus{
	types.CaseStatus_CASE_STATUS_UNSPECIFIED: {File: types.Filed},
	types.Filed: {
		Acknowledge: types.Gathering, Refuse: types.Refused, Withdraw: types.Closed,
		Expire: types.Gathering, // whoever does not refuse has taken it up
	},
	types.Gathering: {
		Contest: types.Mediation, Accept: types.Executed, Offer: types.Offered, Withdraw: types.Closed,
		Expire: types.Answering,
	},
	types.Answering: {
		Contest: types.Mediation, Accept: types.Executed, Offer: types.Offered, Withdraw: types.Closed,
		Expire: types.Drawing, // whoever does not answer is not waited for
	},
	types.Offered: {
		Agree: types.Executed, Decline: types.Mediation, Accept: types.Executed, Withdraw: types.Closed,
		Expire: types.Mediation,
	},
	types.Mediation: {
		Offer: types.Mediation, Agree: types.Executed, Accept: types.Executed, Escalate: types.Drawing, Withdraw: types.Closed,
		Expire: types.Drawing,
	},
	types.Drawing: {
		Seat: types.Committing, Redraw: types.Drawing, GiveUp: types.Closed, Stand: types.Executed, Withdraw: types.Closed,
		Expire: types.Drawing, // the next draw
	},
	types.Committing: {
		Commit: types.Revealing, Replace: types.Committing, Redraw: types.Drawing, GiveUp: types.Closed, Stand: types.Executed,
		Withdraw: types.Closed,
		Expire:   types.Revealing, // those who have committed decide
	},
	types.Revealing: {
		Rule: types.Ruled, RuleFinally: types.Executed, Redraw: types.Drawing, GiveUp: types.Closed, Stand: types.Executed,
		Withdraw: types.Closed,
		Expire:   types.Ruled, // those who have revealed decide
	},
	types.Ruled: {
		Appeal: types.Drawing,
		Expire: types.Executed,
	},
	types.Refused: {
		Escalate: types.Drawing, Withdraw: types.Closed,
		Expire: types.Closed,
	},
	types.Executed: {
		Finish: types.Closed,
		Expire: types.Closed, // what is not served by then lapses
	},
	types.Closed: {},
}

// Next is the status after an event, or ErrTransition. A withdrawal of what is ruled has an error of its own: it may
// have raced with the ruling.
func Next(from types.CaseStatus, event Event) (types.CaseStatus, error) {
	to, legal := transitions[from][event]
	if !legal && event == Withdraw && (from == types.Ruled || from == types.Executed) {
		return from, types.ErrRuled.Wrapf("case is %s", from)
	}
	if !legal {
		return from, types.ErrTransition.Wrapf("%s does not take %s", from, event)
	}
	return to, nil
}

// isOfTheChain tells events that need not be in time: time itself, and what the chain decides.
func isOfTheChain(event Event) bool {
	switch event {
	case File, Seat, Replace, Rule, RuleFinally, Redraw, GiveUp, Stand, Finish, Expire:
		return true
	}
	return false
}
