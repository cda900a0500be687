package types

import (
	"slices"
	"time"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
)

// Kinds, for short.
const (
	RatingComputed  = RatingKind_RATING_KIND_COMPUTED
	RatingPublished = RatingKind_RATING_KIND_PUBLISHED
)

// Source is an attestation as a rating keeps it: enough to open its values when it is forgotten.
func (a Attestation) Source() RatingSource {
	return RatingSource{AttestationId: a.Id, ProviderId: a.ProviderId, Period: a.Period, Commitment: a.Commitment, Level: a.Level}
}

// Provider is the scope of a source's institution.
func (s RatingSource) Provider() accesstypes.Scope {
	return accesstypes.Scope{InstitutionID: s.ProviderId}
}

// IsValid reports whether a rating is not over, as far as it says itself.
func (r Rating) IsValid(now time.Time) bool { return now.Before(r.ValidUntil) }

// RestsOn reports whether a rating rests on an attestation.
func (r Rating) RestsOn(attestation uint64) bool {
	return slices.ContainsFunc(r.Sources, func(s RatingSource) bool { return s.AttestationId == attestation })
}

// ReadsBehaviour reports whether a rating read something that the chain keeps of the subject's behaviour.
func (r Rating) ReadsBehaviour() bool {
	return slices.ContainsFunc(r.Inputs, func(i RatedInput) bool { return i.Behaviour && !i.Missing })
}

// HighestLevel is that of the most sensitive source: what a consent to use all of them must reach.
func HighestLevel(sources []RatingSource) uint32 {
	highest := uint32(OpenLevel)
	for _, source := range sources {
		highest = max(highest, source.Level)
	}
	return highest
}

func validateRatings(gs GenesisState) error {
	models := make(map[uint64]ModelEntry, len(gs.Models))
	for _, entry := range gs.Models {
		models[entry.Id] = entry
	}
	var last uint64
	perSubject := map[accesstypes.Member]uint32{}
	for _, rating := range gs.Ratings {
		if rating.Id <= last || rating.Id >= gs.NextRatingId {
			return ErrInvalidGenesis.Wrapf("rating %d comes after %d, and the next is to be %d", rating.Id, last, gs.NextRatingId)
		}
		last = rating.Id
		entry, known := models[rating.ModelId]
		if !known || entry.Product != rating.Product || !entry.SameObjects(rating.objects()) {
			return ErrInvalidGenesis.Wrapf("rating %d is of model %d, which is another or does not exist", rating.Id, rating.ModelId)
		}
		if err := rating.validate(); err != nil {
			return err
		}
		if perSubject[rating.Subject]++; perSubject[rating.Subject] > MaxRatingsKept {
			return ErrInvalidGenesis.Wrapf("%s %s has more than %d ratings", rating.Subject.InstitutionId, rating.Subject.PartyId, MaxRatingsKept)
		}
	}
	return nil
}

// objects are the digests as an entry has them.
func (r Rating) objects() ModelEntry {
	return ModelEntry{ModelDigest: r.ModelDigest, CalibrationDigest: r.CalibrationDigest, ScaleDigest: r.ScaleDigest}
}

// validate checks a stored rating alone.
func (r Rating) validate() error {
	if err := r.Subject.Validate(); err != nil {
		return err
	}
	if err := r.Requester.Validate(); err != nil {
		return err
	}
	switch {
	case r.Kind != RatingComputed && r.Kind != RatingPublished:
		return ErrInvalidGenesis.Wrapf("rating %d: kind %d is unknown", r.Id, r.Kind)
	case r.Kind == RatingComputed && len(r.Inputs) == 0 || len(r.Inputs) > MaxValues:
		return ErrInvalidGenesis.Wrapf("rating %d: %d inputs do not fit its kind", r.Id, len(r.Inputs))
	case r.Kind == RatingComputed && r.Review != nil:
		return ErrInvalidGenesis.Wrapf("rating %d was computed and is reviewed", r.Id)
	case len(r.Reasons) > MaxReasons || r.PdPpm > onePpm || r.Grade == "" || r.Operator == "":
		return ErrInvalidGenesis.Wrapf("rating %d: reasons, probability, grade or operator are not valid", r.Id)
	case r.ValidUntil.Before(r.RatedAt):
		return ErrInvalidGenesis.Wrapf("rating %d ends before it begins", r.Id)
	case r.Kind == RatingPublished && slices.ContainsFunc(r.Inputs, func(i RatedInput) bool { return !i.Behaviour }):
		return ErrInvalidGenesis.Wrapf("rating %d was published and has inputs that the chain did not fill", r.Id)
	case len(r.Sources) == 0 && (r.Kind == RatingPublished || !r.ReadsBehaviour()) || len(r.Sources) > MaxSources:
		return ErrInvalidGenesis.Wrapf("rating %d rests on %d attestations", r.Id, len(r.Sources))
	}
	for i, source := range r.Sources {
		if len(source.Commitment) != CommitmentLength || !accesstypes.IsSharingLevel(source.Level) {
			return ErrInvalidGenesis.Wrapf("rating %d: source %d is not valid", r.Id, source.AttestationId)
		}
		if i > 0 && r.Sources[i-1].AttestationId >= source.AttestationId {
			return ErrInvalidGenesis.Wrapf("rating %d: sources are not in order", r.Id)
		}
	}
	return nil
}
