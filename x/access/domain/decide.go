package domain

import (
	"fmt"

	errorsmod "cosmossdk.io/errors"

	"github.com/zhilian-network/zhilian/x/access/types"
)

// Decision is the answer to one question.
type Decision struct {
	// Err is the first refusal; nil if it is allowed.
	Err error
	// Unmet are the policies that need more approvals, in the order of their ids, then the quorum. They are
	// filled in only if no rule before them refused, or the outcomes were asked for.
	Unmet []Unmet
	// NewestUsed reports whether a policy, or the quorum, would lack an approval more without the newest one.
	NewestUsed bool
	// Outcomes are all rules, in the order in which they are asked; only if the facts ask for them. The
	// first that did not hold is Err.
	Outcomes []types.RuleOutcome
}

// OnlyAmounts reports whether nothing but the limits, or the policies that come after them, refuses: all
// that asks who it is and what it may do has held.
func (d *Decision) OnlyAmounts() bool {
	return errorsmod.IsOf(d.Err, types.ErrLimitExceeded, types.ErrApprovalNeeded, types.ErrHolderMissing)
}

// rule is one rule but approvals. It says nothing, and is then not listed, if it did not apply.
type rule struct {
	name  string
	check func(*Facts, *types.Ask) error
	says  func(*Facts, *types.Ask) string
}

// rules in the order in which they are asked.
var rules = [...]rule{
	{"operator", checkOperator, saysOperator},
	{"institution", checkInstitution, saysInstitution},
	{"party", checkParty, saysParty},
	{"money", checkMoney, saysNothing},
	{"role", checkRole, saysRole},
	{"scope", checkScope, saysScope},
	{"standing of the scope", checkStanding, saysStanding},
	{"KYC", checkKyc, saysKyc},
	{"limit per payment", checkPerPayment, saysPerPayment},
	{"limit per day", checkPerDay, saysPerDay},
}

// Decide judges a question by what was read for it: every rule in its order, approvals last. The first
// refusal decides. Without Explain it stops there, and writes no texts for what it allows.
func Decide(f *Facts, ask *types.Ask) Decision {
	var d Decision
	for at := range rules {
		r := &rules[at]
		err := r.check(f, ask)
		if err != nil {
			d.refuse(err)
		}
		if f.Explain {
			d.note(r, f, ask, err)
		}
		if err != nil && (!f.Explain || f.OperatorErr != nil) {
			return d
		}
	}
	d.judgeApprovals(f, ask)
	return d
}

func (d *Decision) refuse(err error) {
	if d.Err == nil {
		d.Err = err
	}
}

func (d *Decision) note(r *rule, f *Facts, ask *types.Ask, err error) {
	outcome := types.RuleOutcome{Rule: r.name, Held: err == nil}
	if err != nil {
		outcome.Explanation = err.Error()
	} else if outcome.Explanation = r.says(f, ask); outcome.Explanation == "" {
		return
	}
	d.Outcomes = append(d.Outcomes, outcome)
}

func checkOperator(f *Facts, _ *types.Ask) error {
	if f.OperatorErr != nil {
		return f.OperatorErr
	}
	return checkOperatorActive(f.Operator)
}

func saysOperator(f *Facts, _ *types.Ask) string { return f.Operator.Address + " is active" }

func checkInstitution(f *Facts, _ *types.Ask) error { return CheckScopeActive(f.Institution, nil) }

func saysInstitution(f *Facts, _ *types.Ask) string { return f.Institution.Id + " is active" }

func checkParty(f *Facts, _ *types.Ask) error { return checkPartyActive(f.Party) }

func saysParty(f *Facts, _ *types.Ask) string {
	if f.Party == nil {
		return ""
	}
	return f.Party.Id + " is active"
}

func checkMoney(_ *Facts, ask *types.Ask) error { return CheckMoney(ask.Money) }

func saysNothing(*Facts, *types.Ask) string { return "" }

func checkRole(f *Facts, ask *types.Ask) error {
	switch {
	case ask.Permission == types.AnyOperator:
		return nil
	case f.Role != "", f.AccountRole != "", len(f.Lent) > 0:
		return checkSupervisor(f, ask)
	case ask.Permission == types.CollectiveDecision:
		return types.ErrNotAuthority.Wrapf("%s is an operator", f.Operator.Address)
	}
	return types.ErrPermissionDenied.Wrapf("%s lacks %s", f.Operator.Address, ask.Permission)
}

// checkSupervisor refuses supervision to whom the law does not give it: roles are the network's, and each
// institution's administrator gives them to its own operators.
func checkSupervisor(f *Facts, ask *types.Ask) error {
	if types.IsSupervision(ask.Permission) && f.Institution.Kind != types.InstitutionKind_INSTITUTION_KIND_REGULATOR {
		return types.ErrNotRegulator.Wrapf("%s, of %s: %s", f.Operator.Address, f.Institution.Id, ask.Permission)
	}
	return nil
}

func saysRole(f *Facts, ask *types.Ask) string {
	switch {
	case ask.Permission == types.AnyOperator:
		return "every active operator may do this"
	case f.Role != "":
		return fmt.Sprintf("role %s gives %s", f.Role, ask.Permission)
	case f.AccountRole != "":
		return fmt.Sprintf("role %s for account %s gives %s", f.AccountRole, ask.Account, ask.Permission)
	}
	return fmt.Sprintf("role %s, lent by %s, gives %s", f.lent(ask.Money).RoleId, f.lent(ask.Money).Delegator, ask.Permission)
}

func checkScope(f *Facts, ask *types.Ask) error {
	if ask.Scope == types.OwnScope || f.Operator.Scope().Covers(ask.Scope) || types.IsSupervision(ask.Permission) {
		return nil
	}
	return types.ErrScopeDenied.Wrapf("%s: institution %.40q, party %.70q", f.Operator.Address, ask.Scope.InstitutionID, ask.Scope.PartyID)
}

func saysScope(f *Facts, ask *types.Ask) string {
	switch {
	case ask.Scope == types.OwnScope:
		return "it is the operator's own"
	case types.IsSupervision(ask.Permission):
		return "supervision is of the whole network"
	}
	return fmt.Sprintf("the operator acts for institution %s, party %q", f.Operator.InstitutionId, f.Operator.PartyId)
}

func checkStanding(f *Facts, _ *types.Ask) error {
	switch {
	case f.Asked == nil || f.ScopeMayRest:
		return nil
	case f.Asked.Err != nil:
		return f.Asked.Err
	}
	return CheckScopeActive(f.Asked.Institution, f.Asked.Party)
}

func saysStanding(f *Facts, _ *types.Ask) string {
	if f.Asked == nil || f.ScopeMayRest {
		return ""
	}
	return "it is active"
}

func checkKyc(f *Facts, ask *types.Ask) error {
	if f.Party == nil {
		return nil
	}
	return CheckKyc(f.Kyc, f.Party.KycLevel, ask.Permission)
}

func saysKyc(f *Facts, ask *types.Ask) string {
	if f.Party == nil {
		return ""
	}
	return fmt.Sprintf("level %d gives %s", f.Party.KycLevel, ask.Permission)
}

// Whose limits they are, in refusals.
const (
	ofOperator   = "operator"
	ofKyc        = "KYC level"
	ofDelegation = "delegation"
)

func checkPerPayment(f *Facts, ask *types.Ask) error {
	if err := CheckPerPayment(f.Operator.Limits, ask.Money, ofOperator); err != nil {
		return err
	}
	if f.Kyc != nil {
		if err := CheckPerPayment(f.Kyc.Limits, ask.Money, ofKyc); err != nil {
			return err
		}
	}
	if lent := f.lent(ask.Money); lent != nil {
		return CheckPerPayment(lent.Limits, ask.Money, ofDelegation)
	}
	return nil
}

func saysPerPayment(_ *Facts, ask *types.Ask) string {
	if !ask.Money.Moves() {
		return ""
	}
	return fmt.Sprintf("%s %s in one payment is within every limit", ask.Money.Largest, ask.Money.Currency)
}

func checkPerDay(f *Facts, ask *types.Ask) error {
	if !f.Daily {
		return nil
	}
	if err := CheckPerDay(f.Operator.Limits, ask.Money, f.Spent, ofOperator, f.today()); err != nil {
		return err
	}
	if f.Kyc != nil {
		if err := CheckPerDay(f.Kyc.Limits, ask.Money, f.Spent, ofKyc, f.today()); err != nil {
			return err
		}
	}
	if lent := f.lent(ask.Money); lent != nil {
		return CheckPerDay(lent.Limits, ask.Money, f.Spent, ofDelegation, f.today())
	}
	return nil
}

func saysPerDay(f *Facts, ask *types.Ask) string {
	if !f.Daily || !f.limitsDay(ask.Money) {
		return ""
	}
	return fmt.Sprintf("%s %s after %s %s is within every limit", ask.Money.Total, ask.Money.Currency, f.Spent, f.today())
}

// today says whose day it is, without a name: refusals are seen by others.
func (f *Facts) today() string {
	if f.Operator.Holder == "" {
		return "today"
	}
	return "today by all keys of its holder"
}
