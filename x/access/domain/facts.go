package domain

import (
	"cosmossdk.io/math"

	"github.com/zhilian-network/zhilian/x/access/types"
)

// Facts are what the keeper has read for one question. What a question does not need is left out.
type Facts struct {
	// OperatorErr says why there is no operator; nothing below it is known then.
	OperatorErr error
	Operator    types.Operator
	Institution types.Institution
	Party       *types.Party // nil if the operator acts for the institution itself

	// Role is the id of a role of the operator's own that gives the permission; empty if none does.
	Role string
	// AccountRole is one that it holds for the asked account; read only without Role.
	AccountRole string
	// Lent are delegations, usable now, of roles that give the permission; read only without the two.
	Lent []types.Delegation

	// Asked is what stands at the asked scope; nil if it is the operator's own or not covered by it.
	Asked *Asked
	// ScopeMayRest skips the question whether the asked scope is active.
	ScopeMayRest bool

	Kyc      *types.KycRule // of the party's level; nil if the operator acts for no party
	Policies []types.ApprovalPolicy
	// Daily is true if one of the policies or limits above looks at a day in the asked currency; Spent is
	// read then.
	Daily bool
	Day   int64    // on the network's clock
	Spent math.Int // on that day, by all keys of the operator's holder

	Approvals *types.Approvals // nil outside of an action
	// Explain asks for the outcomes of all rules.
	Explain bool
}

// Asked is what stands at a scope.
type Asked struct {
	Err         error // it is not registered
	Institution types.Institution
	Party       *types.Party
}

// NeedsDay reports whether a policy of the operator's scope looks at the day in the currency that is asked, or
// a limit of the operator, of its KYC rule or of what it was lent bounds it. The permission does not matter:
// what a person moves in a day is one sum, by whatever permission.
func (f *Facts) NeedsDay(money types.Money) bool {
	if !money.Moves() {
		return false
	}
	for at := range f.Policies {
		policy := &f.Policies[at]
		if policy.PerDay && (policy.Currency == "" || policy.Currency == money.Currency) {
			return true
		}
	}
	return f.limitsDay(money)
}

// limitsDay reports whether a limit bounds the day.
func (f *Facts) limitsDay(money types.Money) bool {
	if boundsDay(f.Operator.Limits, money.Currency) || (f.Kyc != nil && boundsDay(f.Kyc.Limits, money.Currency)) {
		return true
	}
	for at := range f.Lent {
		if boundsDay(f.Lent[at].Limits, money.Currency) {
			return true
		}
	}
	return false
}

func boundsDay(limits []types.Limit, currency string) bool {
	limit := types.LimitIn(limits, currency)
	return limit != nil && limit.PerDay.IsPositive()
}

// Actor is the operator of the facts, as modules see it.
func (f *Facts) Actor(money types.Money) types.Actor {
	actor := types.Actor{
		Address:       f.Operator.Address,
		InstitutionID: f.Operator.InstitutionId,
		PartyID:       f.Operator.PartyId,
		Kind:          f.Institution.Kind,
		Holder:        f.Operator.Holder,
	}
	if f.Daily {
		actor.DailyCurrency, actor.Day = money.Currency, f.Day
	}
	return actor
}
