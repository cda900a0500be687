package types

import (
	"context"
	"slices"
	"strings"

	sdk "github.com/cosmos/cosmos-sdk/types"
)

// Approvals go along while an action's messages are tried or executed. Require asks them whether the
// policies are met, and tells them which are not. They never leave the execution of one action.
type Approvals struct {
	Maker     string     // bech32; the only operator that they count for
	Holder    string     // person who holds the maker's key
	Approvers []Approver // different persons, none of them the maker's holder

	// Newest is the holder whose approval is tried now, the last of the approvers; empty if none is.
	Newest string

	needs []Need // of the policies that are not met yet, sorted by policy
	used  bool   // a policy asked for the newest
}

// Need is what a policy still asks for.
type Need struct {
	Policy    string // its id, or the name of a quorum
	Approvals uint32 // at least 1
}

// Approver is an operator who approved and may still act.
type Approver struct {
	Operator Operator
	Roles    []string // ids of the roles that it holds or was lent, for the maker's scope; sorted
	// Permissions are what those roles give, sorted.
	Permissions []string
}

// Miss notes a policy that needs more approvals. If several messages miss it, the greatest need counts.
func (a *Approvals) Miss(policy string, needed uint32) {
	at, found := slices.BinarySearchFunc(a.needs, policy, func(need Need, id string) int { return strings.Compare(need.Policy, id) })
	if !found {
		a.needs = slices.Insert(a.needs, at, Need{Policy: policy})
	}
	a.needs[at].Approvals = max(a.needs[at].Approvals, needed, 1)
}

// Use notes that a policy asked for the newest approval: it would lack one more without it.
func (a *Approvals) Use() { a.used = true }

// NewestUsed reports whether any policy has asked for the newest approval.
func (a *Approvals) NewestUsed() bool { return a.used }

// Needs are the policies that need more approvals, sorted, and what each still asks for.
func (a *Approvals) Needs() []Need { return a.needs }

// Unmet are the policies that need more approvals, sorted, and the most that one of them needs.
func (a *Approvals) Unmet() ([]string, uint32) {
	var policies []string
	var needed uint32
	for _, need := range a.needs {
		policies = append(policies, need.Policy)
		needed = max(needed, need.Approvals)
	}
	return policies, needed
}

type approvalsKey struct{}

// WithApprovals returns a context in which an action's messages run.
func WithApprovals(ctx sdk.Context, approvals *Approvals) sdk.Context {
	return ctx.WithValue(approvalsKey{}, approvals)
}

// ApprovalsIn returns the approvals of the action that runs, nil outside of one.
func ApprovalsIn(ctx context.Context) *Approvals {
	approvals, _ := ctx.Value(approvalsKey{}).(*Approvals)
	return approvals
}
