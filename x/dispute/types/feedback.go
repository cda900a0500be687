package types

import (
	"slices"
	"unicode/utf8"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	settlementtypes "github.com/zhilian-network/zhilian/x/settlement/types"
)

// Short names of the generated enum values.
const (
	UsedPayment     = InteractionKind_INTERACTION_KIND_PAYMENT
	UsedRating      = InteractionKind_INTERACTION_KIND_RATING
	UsedAttestation = InteractionKind_INTERACTION_KIND_ATTESTATION
	UsedCase        = InteractionKind_INTERACTION_KIND_CASE
)

// ComplaintsProduct is how feedback about a case counts.
const ComplaintsProduct = "complaints"

const interactionDomain = "zhilian/dispute/interaction/1"

// Validate checks that an interaction names what its kind is named by, and nothing else.
func (i Interaction) Validate() error {
	switch i.Kind {
	case UsedPayment:
		if i.Number != 0 {
			return ErrInvalidFeedback.Wrap("a payment is named by its UETR")
		}
		_, err := settlementtypes.ParseUETR(i.Uetr)
		return err
	case UsedRating, UsedAttestation, UsedCase:
		if i.Number == 0 || i.Uetr != "" {
			return ErrInvalidFeedback.Wrapf("a %s is named by its number", i.Kind)
		}
		return nil
	}
	return ErrInvalidFeedback.Wrapf("interaction of kind %d", i.Kind)
}

// Key names an interaction of an author: there is one feedback about it, ever.
func (i Interaction) Key(author accesstypes.Member) []byte {
	return derive(interactionDomain, []byte(author.InstitutionId), []byte(author.PartyId), number(uint64(i.Kind)), []byte(i.Uetr), number(i.Number))
}

// Validate checks the message alone.
func (m *MsgGiveFeedback) Validate() error {
	if err := m.Author.Validate(); err != nil {
		return err
	}
	if !IsScore(m.Score) {
		return ErrInvalidFeedback.Wrapf("score %d: 1 to %d are needed", m.Score, MaxScore)
	}
	return m.Interaction.Validate()
}

// IsScore accepts 1 to MaxScore.
func IsScore(score uint32) bool { return score >= 1 && score <= MaxScore }

// Validate checks the message alone.
func (m *MsgAnswerFeedback) Validate() error {
	if m.Text == "" && m.RecordId == 0 {
		return ErrInvalidFeedback.Wrap("an answer has words, or a record with words")
	}
	return checkLength(m.Text)
}

func checkLength(text string) error {
	if n := utf8.RuneCountInString(text); n > MaxFeedbackTextLength {
		return ErrInvalidFeedback.Wrapf("%d characters, at most %d", n, MaxFeedbackTextLength)
	}
	return nil
}

// Validate checks the message alone.
func (m *MsgRecordChange) Validate() error {
	if err := (accesstypes.Member{InstitutionId: m.InstitutionId}).Validate(); err != nil {
		return err
	}
	if m.Text == "" {
		return ErrInvalidFeedback.Wrap("a change is told in words")
	}
	if err := checkLength(m.Text); err != nil {
		return err
	}
	if n := len(m.FeedbackIds); n == 0 || n > MaxFeedbackPerChange {
		return ErrInvalidFeedback.Wrapf("%d of feedback: 1 to %d are needed", n, MaxFeedbackPerChange)
	}
	for i, id := range m.FeedbackIds {
		if slices.Contains(m.FeedbackIds[:i], id) {
			return ErrInvalidFeedback.Wrapf("feedback %d is named twice", id)
		}
	}
	return nil
}

// validateFeedback checks feedback and changes of a genesis, their order and the references between them.
func validateFeedback(gs GenesisState) error {
	if gs.NextFeedbackId == 0 || gs.NextChangeId == 0 {
		return ErrInvalidGenesis.Wrap("numbers of feedback and changes begin at 1")
	}
	changes, linked := map[uint64]Change{}, map[uint64]uint64{}
	for i, change := range gs.Changes {
		if change.Id == 0 || change.Id >= gs.NextChangeId || i > 0 && gs.Changes[i-1].Id >= change.Id {
			return ErrInvalidGenesis.Wrapf("change %d is not in order", change.Id)
		}
		changes[change.Id] = change
	}
	seen := map[string]bool{}
	for i, feedback := range gs.Feedback {
		if feedback.Id == 0 || feedback.Id >= gs.NextFeedbackId || i > 0 && gs.Feedback[i-1].Id >= feedback.Id {
			return ErrInvalidGenesis.Wrapf("feedback %d is not in order", feedback.Id)
		}
		given := MsgGiveFeedback{Author: feedback.Author, Interaction: feedback.Interaction, Score: feedback.Score}
		if err := given.Validate(); err != nil {
			return err
		}
		key := string(feedback.Interaction.Key(feedback.Author))
		if seen[key] || feedback.InstitutionId == "" || feedback.Product == "" || len(feedback.ChangeIds) > MaxChangesPerFeedback {
			return ErrInvalidGenesis.Wrapf("feedback %d is doubled, about nobody, or has too many changes", feedback.Id)
		}
		seen[key] = true
		for _, id := range feedback.ChangeIds {
			if changes[id].InstitutionId != feedback.InstitutionId {
				return ErrInvalidGenesis.Wrapf("feedback %d has no change %d of its institution", feedback.Id, id)
			}
			linked[id]++
		}
	}
	for _, change := range gs.Changes {
		if linked[change.Id] != change.Feedbacks || change.Feedbacks == 0 {
			return ErrInvalidGenesis.Wrapf("change %d counts %d of feedback, there are %d", change.Id, change.Feedbacks, linked[change.Id])
		}
	}
	return nil
}
