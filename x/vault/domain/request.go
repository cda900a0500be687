package domain

import (
	"slices"
	"time"

	"github.com/zhilian-network/zhilian/x/vault/types"
)

// requestTransitions: a request is decided once.
var requestTransitions = map[types.RequestStatus][]types.RequestStatus{
	types.RequestOpen: {types.RequestGranted, types.RequestDenied, types.RequestExpired},
}

// CheckRequestTransition refuses a change that the table does not have.
func CheckRequestTransition(from, to types.RequestStatus) error {
	if !slices.Contains(requestTransitions[from], to) {
		return types.ErrRequestDecided.Wrapf("from %s to %s", from, to)
	}
	return nil
}

// CheckAnswers refuses a share as the answer to a request that asked for something else.
func CheckAnswers(request types.AccessRequest, share types.Share) error {
	if request.RecordId != share.RecordId || request.Reader != share.Reader || request.Purpose != share.Purpose {
		return types.ErrRequestMismatch.Wrapf("request %d, record %d", request.Id, share.RecordId)
	}
	return nil
}

// CheckAsksAgain refuses a reader that asks a second time for a record. After a refusal by a rule it may ask
// again once the rule is met: the subject has consented since. Otherwise each try would fill the trail.
func CheckAsksAgain(earlier types.AccessRequest, refused bool) error {
	if earlier.Status == types.RequestRefused && !refused {
		return nil
	}
	return types.ErrTooManyRequests.Wrapf("request %d for record %d; it ends at %s", earlier.Id, earlier.RecordId, earlier.ExpiresAt)
}

// LeavesAt is when a request leaves state, however it was decided: as long after the end of its time as it had. Its
// trail tells for good who asked, when, and what came of it.
func LeavesAt(request types.AccessRequest) time.Time {
	return request.ExpiresAt.Add(request.ExpiresAt.Sub(request.RequestedAt))
}
