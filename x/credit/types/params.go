package types

import (
	"slices"
	"strings"
	"time"
)

// DefaultParams are the settings of a new network. The protected words are attributes on which credit
// decisions discriminate; a network adds its own.
func DefaultParams() Params {
	return Params{
		ProtectedInputs: []string{
			"birth", "disability", "ethnicity", "gender", "health", "marital", "nationality", "owner_age", "party_member",
			"political", "pregnancy", "race", "religion", "sex",
		},
		AttestationLifetimeMax: 2 * 366 * 24 * time.Hour,
		Retention:              366 * 24 * time.Hour,
		EndorsementsNeeded:     2,
		BadRowsMin:             30,
		PsiMaxPpm:              250_000,
		RatingsKept:            24,
		RatingLifetimeMax:      366 * 24 * time.Hour,
	}
}

// Validate checks the bounds. ErrInvalidParams.
func (p Params) Validate() error {
	if n := len(p.ProtectedInputs); n > MaxProtectedInputs {
		return ErrInvalidParams.Wrapf("%d protected inputs, at most %d", n, MaxProtectedInputs)
	}
	for i, entry := range p.ProtectedInputs {
		if !isProtectedEntry(entry) {
			return ErrInvalidParams.Wrapf("protected input %.70q: words of a-z and 0-9 with _ between them are needed, at most %d characters", entry, MaxInputNameLength)
		}
		if i > 0 && p.ProtectedInputs[i-1] >= entry {
			return ErrInvalidParams.Wrapf("protected input %q is repeated or not in order", entry)
		}
	}
	if p.AttestationLifetimeMax < MinAttestationLifetime || p.AttestationLifetimeMax > MaxAttestationLifetime {
		return ErrInvalidParams.Wrapf("attestation lifetime %s: %s to %s is needed", p.AttestationLifetimeMax, MinAttestationLifetime, MaxAttestationLifetime)
	}
	if p.Retention < MinRetention || p.Retention > MaxRetention {
		return ErrInvalidParams.Wrapf("retention %s: %s to %s is needed", p.Retention, MinRetention, MaxRetention)
	}
	return p.validateModelsAndRatings()
}

func (p Params) validateModelsAndRatings() error {
	switch {
	case p.EndorsementsNeeded == 0 || p.EndorsementsNeeded > MaxEndorsementsNeeded:
		return ErrInvalidParams.Wrapf("%d endorsements: 1 to %d are needed", p.EndorsementsNeeded, MaxEndorsementsNeeded)
	case p.BadRowsMin == 0 || p.BadRowsMin > MaxBadRowsMin:
		return ErrInvalidParams.Wrapf("%d bad rows: 1 to %d are needed", p.BadRowsMin, MaxBadRowsMin)
	case p.TolerancePpm > MaxTolerancePpm:
		return ErrInvalidParams.Wrapf("tolerance of %d ppm, at most %d", p.TolerancePpm, MaxTolerancePpm)
	case p.RatingsKept < MinRatingsKept || p.RatingsKept > MaxRatingsKept:
		return ErrInvalidParams.Wrapf("%d ratings kept: %d to %d are needed", p.RatingsKept, MinRatingsKept, MaxRatingsKept)
	case p.RatingLifetimeMax < MinRatingLifetime || p.RatingLifetimeMax > MaxRatingLifetime:
		return ErrInvalidParams.Wrapf("rating lifetime %s: %s to %s is needed", p.RatingLifetimeMax, MinRatingLifetime, MaxRatingLifetime)
	case p.PsiMaxPpm > MaxPsiPpm:
		return ErrInvalidParams.Wrapf("stability index of %d ppm, at most %d", p.PsiMaxPpm, MaxPsiPpm)
	}
	return nil
}

func isProtectedEntry(entry string) bool {
	return len(entry) <= MaxInputNameLength && strings.Join(wordsOf(entry), "_") == entry && entry != ""
}

// CheckInput refuses the name of an input that is about a protected attribute: one that holds all words of
// an entry in a row. "owner_gender" and "Owner.Gender" hold "gender"; "engender" does not.
func (p Params) CheckInput(name string) error {
	words := wordsOf(name)
	for _, entry := range p.ProtectedInputs {
		if holdsInARow(words, strings.Split(entry, "_")) {
			return ErrProtectedInput.Wrapf("%q holds %q", name, entry)
		}
	}
	return nil
}

// wordsOf are the words of a name in lower case; what is no letter or digit parts them.
func wordsOf(name string) []string {
	return strings.FieldsFunc(strings.ToLower(name), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	})
}

func holdsInARow(words, wanted []string) bool {
	for start := 0; start+len(wanted) <= len(words); start++ {
		if slices.Equal(words[start:start+len(wanted)], wanted) {
			return true
		}
	}
	return false
}
