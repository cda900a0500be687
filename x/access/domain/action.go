package domain

import (
	"slices"
	"strings"
	"time"

	"github.com/zhilian-network/zhilian/x/access/types"
)

const actionPending = types.ActionStatus_ACTION_STATUS_PENDING

// actionDecisions are the standings that a pending action may come to; none of them ever changes.
var actionDecisions = []types.ActionStatus{
	types.ActionStatus_ACTION_STATUS_EXECUTED,
	types.ActionStatus_ACTION_STATUS_FAILED,
	types.ActionStatus_ACTION_STATUS_REJECTED,
	types.ActionStatus_ACTION_STATUS_WITHDRAWN,
	types.ActionStatus_ACTION_STATUS_EXPIRED,
}

// DecideAction brings a pending action to its end. reason is cut to what may be stored.
func DecideAction(action types.Action, to types.ActionStatus, height int64, reason string) (types.Action, error) {
	if action.Status != actionPending || !slices.Contains(actionDecisions, to) {
		return types.Action{}, types.ErrActionDecided.Wrapf("action %d is %s and cannot become %s", action.Id, action.Status, to)
	}
	action.Status = to
	action.DecidedHeight = height
	action.Reason = cutReason(reason)
	return action, nil
}

// cutReason keeps whole characters only: the text goes into events and JSON.
func cutReason(reason string) string {
	if len(reason) > types.MaxActionReasonBytes {
		reason = reason[:types.MaxActionReasonBytes]
	}
	return strings.ToValidUTF8(reason, "")
}

// CheckActionOpen refuses an action that takes no decisions any more.
func CheckActionOpen(action types.Action, now time.Time) error {
	if action.Status != actionPending {
		return types.ErrActionDecided.Wrapf("action %d is %s", action.Id, action.Status)
	}
	if !now.Before(action.ExpiresAt) {
		return types.ErrActionExpired.Wrapf("action %d, at %s", action.Id, action.ExpiresAt.UTC().Format(time.RFC3339))
	}
	return nil
}

// ActionExpiry is when an action that is proposed now expires. A maker may ask for less than the network's
// time, not for more.
func ActionExpiry(asked, now time.Time, lifetime time.Duration) (time.Time, error) {
	latest := now.Add(lifetime)
	if asked.IsZero() || asked.Unix() == 0 {
		return latest, nil
	}
	if !asked.After(now) || asked.After(latest) {
		return time.Time{}, types.ErrInvalidAction.Wrapf("it must expire after %s and by %s",
			now.UTC().Format(time.RFC3339), latest.UTC().Format(time.RFC3339))
	}
	return asked, nil
}

// CheckSeen refuses an approval of something else than the action. Units are in it because the approval's
// transaction is counted by them.
func CheckSeen(action types.Action, digest []byte, units uint64) error {
	if !slices.Equal(action.Digest, digest) {
		return types.ErrDigestMismatch.Wrapf("action %d has another digest: look at it again", action.Id)
	}
	if action.Units != units {
		return types.ErrDigestMismatch.Wrapf("action %d costs %d units, not %d", action.Id, action.Units, units)
	}
	return nil
}

// CheckOtherPerson refuses the maker, and who is among those whose approval counts. Scopes cover each other
// within one institution only, where a holder's id is one person.
func CheckOtherPerson(action types.Action, person types.Operator, counted []types.Approver) error {
	if person.Holder == action.MakerHolder || person.Address == action.Maker {
		return types.ErrMakerApproves.Wrapf("action %d", action.Id)
	}
	for _, other := range counted {
		if other.Operator.Holder == person.Holder {
			return types.ErrAlreadyApproved.Wrapf("action %d", action.Id)
		}
	}
	return nil
}

// WasAsked reports whether an approver holds a role of a policy that asked when the action was last tried.
// Policies ask for a day's total, too: what needed approval when it was proposed may need none tomorrow, and
// those who were asked must still be able to say yes.
func WasAsked(action types.Action, approver types.Approver, policies []types.ApprovalPolicy) bool {
	return slices.ContainsFunc(policies, func(policy types.ApprovalPolicy) bool {
		return slices.Contains(action.Policies, policy.Id) && sharesOne(approver.Roles, policy.Roles)
	})
}

// MayDecide reports whether an approver may turn an action down without being asked by a policy that is
// tried: it holds a role of any policy of the scope, or the permission to approve, or to manage operators.
func MayDecide(approver types.Approver, policies []types.ApprovalPolicy) bool {
	for _, permission := range []string{types.PermissionApprove, types.PermissionOperator} {
		if _, has := slices.BinarySearch(approver.Permissions, permission); has {
			return true
		}
	}
	for _, policy := range policies {
		for _, role := range policy.Roles {
			if slices.Contains(approver.Roles, role) {
				return true
			}
		}
	}
	return false
}

// RecoveryApprovals is how many of the other administrators must agree that a key is lost: more than half of
// them, at least one, and never more than an action can have.
func RecoveryApprovals(others int) uint32 {
	return uint32(min(others/2+1, types.MaxAdministratorsToAgree))
}
