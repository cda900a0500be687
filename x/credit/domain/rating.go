package domain

import (
	"bytes"
	"cmp"
	"errors"
	"slices"
	"strconv"
	"time"

	errorsmod "cosmossdk.io/errors"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/credit/engine"
	"github.com/zhilian-network/zhilian/x/credit/types"
)

// Row is what a model reads of attestations.
type Row struct {
	// Values are those of the model's inputs, in their order.
	Values []int64
	Inputs []types.RatedInput
	// Sources are the attestations that gave a value, by number.
	Sources []types.RatingSource
}

// RowOf takes for each input of a model what the chain filled of it, of behaviour, or the value of the newest period
// that somebody attests. Providers who say
// different things of that period are refused (ErrInputConflict), those who say the same agree, and the first
// of them counts. Numbers are taken to the model's decimals, rounded half to even, and codes to their index:
// exactly as the engine reads the same text from a table. Of several periods that end together the one that
// begins last is the newest.
func RowOf(model *engine.Model, attestations []types.Attestation, filled []types.RatedInput) (Row, error) {
	row, known := Row{}, false
	for i := range model.Inputs {
		input := &model.Inputs[i]
		if types.IsBehaviourInput(input.Name) {
			rated := inputOf(filled, input.Name)
			known = known || !rated.Missing
			row.add(rated)
			continue
		}
		value, source, err := newest(input.Name, attestations)
		if err != nil {
			return Row{}, err
		}
		rated := types.RatedInput{Name: input.Name, Missing: true}
		number := int64(engine.Missing)
		if source != nil {
			if number, err = input.Parse(textOf(value)); err != nil {
				return Row{}, errorsmod.Wrapf(err, "input %q of attestation %d", input.Name, source.Id)
			}
			rated.AttestationId = source.Id
			row.addSource(*source)
		}
		if number != engine.Missing {
			rated.Missing, rated.Value = false, number
		}
		row.add(rated)
	}
	if len(row.Sources) == 0 && !known {
		return Row{}, types.ErrNoInputs.Wrapf("model %s, version %d", model.Name, model.Version)
	}
	return row, nil
}

// inputOf finds an input, missing if it is not there.
func inputOf(inputs []types.RatedInput, name string) types.RatedInput {
	for _, input := range inputs {
		if input.Name == name {
			return input
		}
	}
	return types.RatedInput{Name: name, Missing: true, Behaviour: true}
}

func (r *Row) add(input types.RatedInput) {
	r.Inputs = append(r.Inputs, input)
	r.Values = append(r.Values, rowOfInputs(r.Inputs[len(r.Inputs)-1:])...)
}

// textOf is a value as it would stand in a table.
func textOf(value types.InputValue) string {
	if value.Code != "" {
		return value.Code
	}
	return engine.FormatDecimal(value.Value, value.Decimals)
}

// Figure is the value of one input, chosen as RowOf chooses it; ErrNoInputs if nobody attests it.
func Figure(input string, attestations []types.Attestation) (types.InputValue, error) {
	value, source, err := newest(input, attestations)
	if err == nil && source == nil {
		err = types.ErrNoInputs.Wrapf("%.70q", input)
	}
	return value, err
}

// newest finds the value of an input, and nil if nobody attests it.
func newest(name string, attestations []types.Attestation) (types.InputValue, *types.Attestation, error) {
	var value types.InputValue
	var from *types.Attestation
	for i := range attestations {
		candidate := &attestations[i]
		said := valueOf(candidate.Values, name)
		if said == nil {
			continue
		}
		order := 1
		if from != nil {
			order = candidate.Period.Compare(from.Period)
		}
		if order > 0 || order == 0 && candidate.Id < from.Id && said.Equal(value) {
			value, from = *said, candidate
		}
	}
	if from == nil {
		return types.InputValue{}, nil, nil
	}
	return value, from, checkAgreed(name, value, *from, attestations)
}

func checkAgreed(name string, value types.InputValue, from types.Attestation, attestations []types.Attestation) error {
	for _, other := range attestations {
		if other.Period != from.Period {
			continue
		}
		if said := valueOf(other.Values, name); said != nil && !said.Equal(value) {
			return types.ErrInputConflict.Wrapf("%q, attestations %d and %d", name, min(from.Id, other.Id), max(from.Id, other.Id))
		}
	}
	return nil
}

// valueOf finds an input in values that are sorted by name, nil if it is not there.
func valueOf(values []types.InputValue, name string) *types.InputValue {
	at, found := slices.BinarySearchFunc(values, name, func(v types.InputValue, name string) int { return cmp.Compare(v.Name, name) })
	if !found {
		return nil
	}
	return &values[at]
}

func (r *Row) addSource(attestation types.Attestation) {
	at, found := slices.BinarySearchFunc(r.Sources, attestation.Id, func(s types.RatingSource, id uint64) int { return cmp.Compare(s.AttestationId, id) })
	if !found {
		r.Sources = slices.Insert(r.Sources, at, attestation.Source())
	}
}

// Result is what a model says, in the words of its scale.
type Result struct {
	Score   int64
	PDPpm   uint32
	Grade   string
	Reasons []types.Reason
}

// Rate runs the engine on a row.
func Rate(rater *engine.Rater, row []int64) (Result, error) {
	rated, err := rater.Rate(row)
	if err != nil {
		return Result{}, err
	}
	result := Result{Score: rated.Score, PDPpm: rated.PDPpm, Grade: rater.Scale().Grades[rated.Grade].Name}
	for _, reason := range rated.Reasons {
		result.Reasons = append(result.Reasons, types.Reason{Code: reason.Code, Contribution: reason.Contribution})
	}
	return result, nil
}

// Published is the result that follows from a rater's score: nobody publishes a grade that is not that of its
// score. A score that no row can have, and a reason that the model does not have, are refused.
func Published(rater *engine.Rater, score int64, reasons []types.Reason) (Result, error) {
	model, calibration, scale := rater.Model(), rater.Calibration(), rater.Scale()
	if low, high := model.ScoreRange(); score < low || score > high {
		return Result{}, types.ErrInvalidRating.Wrapf("score %d is not between %d and %d", score, low, high)
	}
	for i, reason := range reasons {
		isKnown := slices.ContainsFunc(model.Features, func(f engine.Feature) bool { return f.Reason == reason.Code })
		isRepeated := slices.ContainsFunc(reasons[:i], func(r types.Reason) bool { return r.Code == reason.Code })
		if !isKnown || isRepeated {
			return Result{}, types.ErrInvalidRating.Wrapf("reason %.70q is repeated, or the model has none such", reason.Code)
		}
	}
	pd := calibration.PDPpm(score)
	grade := scale.GradeOf(max(pd, calibration.GradeFloorPpm))
	return Result{Score: score, PDPpm: pd, Grade: scale.Grades[grade].Name, Reasons: reasons}, nil
}

// CheckSource refuses an attestation as the source of a published rating.
func CheckSource(attestation types.Attestation, subject accesstypes.Member, now time.Time) error {
	if attestation.Subject != subject || !attestation.IsActive(now) {
		return types.ErrSource.Wrapf("attestation %d", attestation.Id)
	}
	return nil
}

// Open checks openings against the commitments of a rating's sources, one for each in their order, and gives
// the attestations that they reveal.
func Open(rating types.Rating, openings []types.Opening) ([]types.Attestation, error) {
	if len(openings) != len(rating.Sources) {
		return nil, types.ErrOpening.Wrapf("%d openings for %d sources", len(openings), len(rating.Sources))
	}
	revealed := make([]types.Attestation, len(openings))
	for i, opening := range openings {
		source := rating.Sources[i]
		if opening.AttestationId != source.AttestationId {
			return nil, types.ErrOpening.Wrapf("attestation %d in the place of %d", opening.AttestationId, source.AttestationId)
		}
		if !bytes.Equal(source.Commitment, types.Commitment(source.ProviderId, rating.Subject, source.Period, opening.Values, opening.Salt)) {
			return nil, types.ErrCommitment.Wrapf("attestation %d", source.AttestationId)
		}
		revealed[i] = types.Attestation{
			Id: source.AttestationId, Subject: rating.Subject, ProviderId: source.ProviderId, Period: source.Period, Values: opening.Values,
			Commitment: source.Commitment, Level: source.Level,
		}
	}
	return revealed, nil
}

// Review compares a published rating with what its values give, and those that the chain filled when it was published. Values that cannot be rated at all, such as
// those of providers who contradict each other, are a disagreement with the code of the refusal.
func Review(rating types.Rating, rater *engine.Rater, revealed []types.Attestation) types.Review {
	row, err := RowOf(rater.Model(), revealed, rating.Inputs)
	var result Result
	if err == nil {
		result, err = Rate(rater, row.Values)
	}
	if err != nil {
		return types.Review{Refusal: codeOf(err)}
	}
	return types.Review{
		Agrees: result.Score == rating.Score && slices.Equal(result.Reasons, rating.Reasons),
		Score:  result.Score, PdPpm: result.PDPpm, Grade: result.Grade,
	}
}

func codeOf(err error) string {
	var registered *errorsmod.Error
	if !errors.As(err, &registered) {
		return "unknown"
	}
	return registered.Codespace() + "/" + strconv.FormatUint(uint64(registered.ABCICode()), 10)
}

// ValidUntil is the first of what ends: the longest lifetime, and what a rating rests on. The zero time does
// not end.
func ValidUntil(longest time.Time, ends ...time.Time) time.Time {
	for _, end := range ends {
		if !end.IsZero() && end.Before(longest) {
			longest = end
		}
	}
	return longest
}

// CheckAgain computes a stored rating again: that of open values from its inputs, a published one from its score.
func CheckAgain(rater *engine.Rater, rating types.Rating) error {
	result, err := Published(rater, rating.Score, rating.Reasons)
	if rating.Kind == types.RatingComputed {
		result, err = Rate(rater, rowOfInputs(rating.Inputs))
	}
	if err != nil {
		return err
	}
	if result.Score != rating.Score || result.PDPpm != rating.PdPpm || result.Grade != rating.Grade || !slices.Equal(result.Reasons, rating.Reasons) {
		return types.ErrInvalidRating.Wrapf("score %d, %d ppm, %s are stored; it is %d, %d ppm, %s",
			rating.Score, rating.PdPpm, rating.Grade, result.Score, result.PDPpm, result.Grade)
	}
	return nil
}

func rowOfInputs(inputs []types.RatedInput) []int64 {
	row := make([]int64, len(inputs))
	for i, input := range inputs {
		if row[i] = input.Value; input.Missing {
			row[i] = engine.Missing
		}
	}
	return row
}

// Improvement says what would raise the grade of a row that was rated. It is empty if the grade is the best.
func Improvement(rater *engine.Rater, inputs []types.RatedInput) (*types.QueryImprovementResponse, error) {
	better, found, err := rater.Improve(rowOfInputs(inputs))
	if err != nil || !found {
		return &types.QueryImprovementResponse{}, err
	}
	answer := &types.QueryImprovementResponse{Grade: rater.Scale().Grades[better.Grade].Name, Score: better.Score}
	if !better.Reachable {
		answer.Score = 0
	}
	for _, change := range better.Changes {
		at := slices.IndexFunc(rater.Model().Features, func(f engine.Feature) bool { return f.Name == change.Feature })
		answer.Changes = append(answer.Changes, types.Change{
			Feature: change.Feature, Decimals: rater.Model().Features[at].Decimals, From: change.From, To: change.To, AtLeast: change.AtLeast,
		})
	}
	return answer, nil
}
