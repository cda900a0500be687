package domain

import (
	"slices"
	"sort"
	"time"

	"github.com/zhilian-network/zhilian/x/credit/types"
)

// attestationTransitions: what has ended stays so.
var attestationTransitions = map[types.AttestationStatus][]types.AttestationStatus{
	types.AttestationActive: {types.AttestationRevoked, types.AttestationExpired},
}

// CheckAttestationTransition refuses a change that the table does not have.
func CheckAttestationTransition(from, to types.AttestationStatus) error {
	if !slices.Contains(attestationTransitions[from], to) {
		return types.ErrAttestationTransition.Wrapf("from %s to %s", from, to)
	}
	return nil
}

// CheckNew refuses a new attestation for what it says of time and of protected attributes.
func CheckNew(attestation types.Attestation, params types.Params, now time.Time) error {
	if attestation.Period.EndsAfter(now) {
		return types.ErrInvalidPeriod.Wrapf("%d is not over", attestation.Period.LastMonth)
	}
	if !now.Before(attestation.ExpiresAt) || attestation.ExpiresAt.After(now.Add(params.AttestationLifetimeMax)) {
		return types.ErrLifetime.Wrapf("it would end at %s; it may last %s", attestation.ExpiresAt, params.AttestationLifetimeMax)
	}
	for _, value := range attestation.Values {
		if types.IsBehaviourInput(value.Name) {
			return types.ErrReservedInput.Wrapf("%q", value.Name)
		}
		if err := params.CheckInput(value.Name); err != nil {
			return err
		}
	}
	return nil
}

// Contradictions compares a new attestation with those in force about the same subject, at most
// MaxActivePerSubject: its conflicts, by number of the other one. A provider that says two things about one
// input and period has to revoke the first: ErrAttestedAlready. Sealed values cannot be compared.
func Contradictions(added types.Attestation, active []types.Attestation) ([]types.Conflict, error) {
	var conflicts []types.Conflict
	for _, other := range active {
		if other.Period != added.Period {
			continue
		}
		shared, differing := compareValues(added.Values, other.Values)
		if other.ProviderId == added.ProviderId {
			if len(shared) > 0 {
				return nil, types.ErrAttestedAlready.Wrapf("%q, by attestation %d", shared[0], other.Id)
			}
			continue
		}
		if len(differing) > 0 {
			conflicts = append(conflicts, types.Conflict{AttestationId: other.Id, Inputs: differing})
		}
	}
	sort.Slice(conflicts, func(i, j int) bool { return conflicts[i].AttestationId < conflicts[j].AttestationId })
	return conflicts, nil
}

// compareValues are the names that two sorted lists share, and those of them whose values differ.
func compareValues(a, b []types.InputValue) (shared, differing []string) {
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0].Name < b[0].Name:
			a = a[1:]
		case a[0].Name > b[0].Name:
			b = b[1:]
		default:
			shared = append(shared, a[0].Name)
			if !a[0].Equal(b[0]) {
				differing = append(differing, a[0].Name)
			}
			a, b = a[1:], b[1:]
		}
	}
	return shared, differing
}

// WithConflict is an attestation that also contradicts a later one.
func WithConflict(attestation types.Attestation, conflict types.Conflict) types.Attestation {
	attestation.Conflicts = append(slices.Clone(attestation.Conflicts), conflict)
	return attestation
}

// WithoutConflict is an attestation that contradicts another one no more, since that has ended.
func WithoutConflict(attestation types.Attestation, number uint64) types.Attestation {
	attestation.Conflicts = slices.DeleteFunc(slices.Clone(attestation.Conflicts), func(c types.Conflict) bool { return c.AttestationId == number })
	return attestation
}
