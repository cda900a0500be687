package types

import (
	"bytes"
	"crypto/sha256"
	"unicode/utf8"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
)

// Statuses and steps, for short.
const (
	ModelProposed   = ModelStatus_MODEL_STATUS_PROPOSED
	ModelChallenger = ModelStatus_MODEL_STATUS_CHALLENGER
	ModelChampion   = ModelStatus_MODEL_STATUS_CHAMPION
	ModelRetired    = ModelStatus_MODEL_STATUS_RETIRED

	StepApprove = ModelStep_MODEL_STEP_APPROVE
	StepPromote = ModelStep_MODEL_STEP_PROMOTE
	StepRetire  = ModelStep_MODEL_STEP_RETIRE
)

// IsProduct reports whether a text can name a product.
func IsProduct(product string) bool {
	if product == "" || len(product) > MaxProductLength {
		return false
	}
	for _, c := range []byte(product) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return true
}

// Validate checks that a back-test agrees with itself. Whether its grades are those of a scale is for the domain.
func (b BackTest) Validate() error {
	switch {
	case len(b.DataDigest) != DigestLength:
		return ErrInvalidBackTest.Wrapf("digest of the data of %d bytes: %d are needed", len(b.DataDigest), DigestLength)
	case b.Data == "" || !utf8.ValidString(b.Data) || utf8.RuneCountInString(b.Data) > MaxDataTextLength:
		return ErrInvalidBackTest.Wrapf("the data are not described in at most %d characters", MaxDataTextLength)
	case b.Bad == 0 || b.Bad >= b.Rows:
		return ErrInvalidBackTest.Wrapf("%d of %d rows are bad; there must be both", b.Bad, b.Rows)
	case len(b.Grades) == 0 || len(b.Grades) > MaxGrades:
		return ErrInvalidBackTest.Wrapf("%d grades: 1 to %d are needed", len(b.Grades), MaxGrades)
	}
	for _, ppm := range []uint32{b.AucPpm, b.KsPpm, b.BrierPpm, b.CalibrationPpm} {
		if ppm > onePpm {
			return ErrInvalidBackTest.Wrapf("%d ppm is above %d", ppm, onePpm)
		}
	}
	return b.validateGrades()
}

const onePpm = 1_000_000

func (b BackTest) validateGrades() error {
	rows, bad := uint64(0), uint64(0)
	for _, grade := range b.Grades {
		if grade.Rows == 0 || grade.Bad > grade.Rows || grade.Rows > b.Rows-rows || grade.MeanPdPpm > onePpm || grade.ObservedPpm > onePpm {
			return ErrInvalidBackTest.Wrapf("grade %.70q: %d bad of %d rows, %d ppm, observed %d ppm", grade.Grade, grade.Bad, grade.Rows, grade.MeanPdPpm, grade.ObservedPpm)
		}
		rows, bad = rows+grade.Rows, bad+grade.Bad
	}
	if rows != b.Rows || bad != b.Bad {
		return ErrInvalidBackTest.Wrapf("grades have %d bad of %d rows, not %d of %d", bad, rows, b.Bad, b.Rows)
	}
	return nil
}

// SameObjects reports whether two entries are one model with one calibration and scale.
func (e ModelEntry) SameObjects(other ModelEntry) bool {
	return bytes.Equal(e.ModelDigest, other.ModelDigest) && bytes.Equal(e.CalibrationDigest, other.CalibrationDigest) &&
		bytes.Equal(e.ScaleDigest, other.ScaleDigest)
}

// Digests are those of the model, the calibration and the scale.
func (e ModelEntry) Digests() [][]byte {
	return [][]byte{e.ModelDigest, e.CalibrationDigest, e.ScaleDigest}
}

func validateModels(entries []ModelEntry, objects []ModelObject, next uint64) error {
	stored := make(map[string]bool, len(objects))
	for i, object := range objects {
		if sum := sha256.Sum256(object.Content); !bytes.Equal(sum[:], object.Digest) || len(object.Content) > MaxModelBytes {
			return ErrInvalidGenesis.Wrapf("object %x is too long or has another digest", object.Digest)
		}
		if i > 0 && bytes.Compare(objects[i-1].Digest, object.Digest) >= 0 {
			return ErrInvalidGenesis.Wrapf("object %x is doubled or not in order", object.Digest)
		}
		stored[string(object.Digest)] = true
	}
	var last uint64
	champions, used := map[string]uint64{}, map[string]bool{}
	for _, entry := range entries {
		if entry.Id <= last || entry.Id >= next {
			return ErrInvalidGenesis.Wrapf("model %d comes after %d, and the next is to be %d", entry.Id, last, next)
		}
		last = entry.Id
		if err := entry.validate(); err != nil {
			return err
		}
		for _, digest := range entry.Digests() {
			if used[string(digest)] = true; !stored[string(digest)] {
				return ErrInvalidGenesis.Wrapf("model %d: object %x is missing", entry.Id, digest)
			}
		}
		if entry.Status != ModelChampion {
			continue
		}
		if other, taken := champions[entry.Product]; taken {
			return ErrInvalidGenesis.Wrapf("product %s has two champions, %d and %d", entry.Product, other, entry.Id)
		}
		champions[entry.Product] = entry.Id
	}
	if len(used) != len(stored) {
		return ErrInvalidGenesis.Wrapf("%d objects belong to no model", len(stored)-len(used))
	}
	return nil
}

// validate checks a stored entry alone.
func (e ModelEntry) validate() error {
	if !IsProduct(e.Product) || e.Name == "" || e.Operator == "" {
		return ErrInvalidGenesis.Wrapf("model %d: product, name or operator is missing", e.Id)
	}
	if err := (accesstypes.Member{InstitutionId: e.InstitutionId}).Validate(); err != nil {
		return err
	}
	if err := e.TrainingWindow.Validate(); err != nil {
		return err
	}
	if err := e.BackTest.Validate(); err != nil {
		return err
	}
	if _, known := ModelStatus_name[int32(e.Status)]; !known || e.Status == ModelStatus_MODEL_STATUS_UNSPECIFIED {
		return ErrInvalidGenesis.Wrapf("model %d: status %d is unknown", e.Id, e.Status)
	}
	return e.validateEndorsements()
}

func (e ModelEntry) validateEndorsements() error {
	type vote struct {
		step        ModelStep
		institution string
	}
	seen := map[vote]bool{}
	for _, endorsement := range e.Endorsements {
		key := vote{endorsement.Step, endorsement.InstitutionId}
		if seen[key] || endorsement.Operator == e.Operator {
			return ErrInvalidGenesis.Wrapf("model %d: %s endorses twice, or who registered it does", e.Id, endorsement.InstitutionId)
		}
		seen[key] = true
	}
	return nil
}
