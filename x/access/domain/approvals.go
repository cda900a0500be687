package domain

import (
	"fmt"
	"slices"
	"strings"

	"cosmossdk.io/math"

	"github.com/zhilian-network/zhilian/x/access/types"
)

// What the names of rules begin with that are a policy or a quorum.
const (
	ofPolicy = "policy "
	ofQuorum = "quorum "
)

// Unmet is a policy, or the quorum of a message, that needs more approvals.
type Unmet struct {
	ID     string
	Needed uint32
}

// Fits reports whether a policy binds a use of a permission. None binds the repetition of what was paid before.
// spent is what the operator's holder has moved on the day in that currency; only a policy for a day asks.
func Fits(policy types.ApprovalPolicy, permission string, money types.Money, spent math.Int) bool {
	if policy.Permission != types.PermissionName(permission) {
		return false
	}
	if !money.Moves() {
		return policy.Currency == "" && policy.FromAmount.IsZero()
	}
	if money.Total.IsZero() || policy.Currency != "" && policy.Currency != money.Currency {
		return false
	}
	from := policy.FromAmount
	if policy.PerDay {
		from = from.Sub(spent) // a sum might be greater than an amount can be
	}
	return money.Total.GTE(from)
}

// judgeApprovals asks the policies of the operator's scope, and what the message asks for itself.
func (d *Decision) judgeApprovals(f *Facts, ask *types.Ask) {
	for at := range f.Policies {
		policy := &f.Policies[at]
		if !Fits(*policy, ask.Permission, ask.Money, f.Spent) {
			continue
		}
		holders := f.holders(ask.Money, func(a *types.Approver) bool { return sharesOne(a.Roles, policy.Roles) })
		d.judgeApproval(f, policy.Id, ofPolicy, holders, policy.Approvals)
	}
	if quorum := &ask.Quorum; quorum.Approvals > 0 {
		holders := f.holders(ask.Money, func(a *types.Approver) bool {
			return a.Operator.Scope() == quorum.Scope && givesAny(a.Permissions, quorum.Permission)
		})
		d.judgeApproval(f, quorum.Name, ofQuorum, holders, quorum.Approvals)
	}
	if len(d.Unmet) > 0 {
		d.refuse(approvalNeeded(f, d.Unmet))
	}
}

// judgeApproval notes whether one policy has its approvals, and whether the newest is one that it lacked.
func (d *Decision) judgeApproval(f *Facts, id, kind string, holders []string, asked uint32) {
	counted := uint32(len(holders))
	if counted < asked {
		d.Unmet = append(d.Unmet, Unmet{ID: id, Needed: asked - counted})
	}
	if counted <= asked && f.Approvals != nil && slices.Contains(holders, f.Approvals.Newest) {
		d.NewestUsed = true
	}
	if f.Explain {
		d.Outcomes = append(d.Outcomes, types.RuleOutcome{
			Rule: kind + id, Held: counted >= asked, Explanation: fmt.Sprintf("%d of %d approvals by different persons", counted, asked),
		})
	}
}

// holders are the persons besides the maker whose approval counts. Approvals count for their maker only: a
// message of an action cannot carry them to somebody else's question.
func (f *Facts) holders(money types.Money, fits func(*types.Approver) bool) []string {
	if f.Approvals == nil || f.Approvals.Maker != f.Operator.Address || f.Operator.Holder == "" {
		return nil
	}
	holders := make([]string, 0, len(f.Approvals.Approvers))
	for at := range f.Approvals.Approvers {
		a := &f.Approvals.Approvers[at]
		holder := a.Operator.Holder
		if holder == "" || holder == f.Operator.Holder || holder == f.Approvals.Holder || slices.Contains(holders, holder) {
			continue
		}
		if fits(a) && CheckPerPayment(a.Operator.Limits, money, "") == nil {
			holders = append(holders, holder)
		}
	}
	return holders
}

// approvalNeeded says what to do: a machine's key cannot propose.
func approvalNeeded(f *Facts, unmet []Unmet) error {
	if f.Operator.Holder == "" {
		return types.ErrHolderMissing.Wrapf("%s needs the approval of others for this: name the key's holder first (zhiliand tx access set-operator-holder)", f.Operator.Address)
	}
	names := make([]string, len(unmet))
	for at, policy := range unmet {
		names[at] = fmt.Sprintf("%s (%d more)", policy.ID, policy.Needed)
	}
	list := strings.Join(names, ", ")
	if f.Approvals != nil {
		return types.ErrApprovalNeeded.Wrap(list)
	}
	return types.ErrApprovalNeeded.Wrapf("%s: zhiliand tx access propose-action", list)
}

// sharesOne reports whether two short lists have a value in common.
func sharesOne(a, b []string) bool {
	return slices.ContainsFunc(a, func(s string) bool { return slices.Contains(b, s) })
}

func givesAny(held []string, asked string) bool {
	return slices.ContainsFunc(held, func(permission string) bool { return types.PermissionGives(permission, asked) })
}

// CheckCanBeMet refuses a policy that locks everybody out: among the people of its scope there must be one
// who may propose, and as many others as it asks for of whom each holds one of its roles. Nobody counts
// twice, with however many keys.
func CheckCanBeMet(policy types.ApprovalPolicy, people []types.Approver) error {
	var makers, approvers []string
	for at := range people {
		person := &people[at]
		if slices.ContainsFunc(person.Permissions, func(held string) bool { return types.PermissionName(held) == policy.Permission }) {
			makers = append(makers, person.Operator.Holder)
		}
		if holder := person.Operator.Holder; sharesOne(person.Roles, policy.Roles) && !slices.Contains(approvers, holder) {
			approvers = append(approvers, holder)
		}
	}
	for _, maker := range makers {
		others := len(approvers)
		if slices.Contains(approvers, maker) {
			others--
		}
		if others >= int(policy.Approvals) {
			return nil
		}
	}
	return types.ErrPolicyLocksOut.Wrapf("%s: it needs an active operator with a holder and %s, and %d other persons with one of the roles %s",
		policy.Id, policy.Permission, policy.Approvals, strings.Join(policy.Roles, ", "))
}
