package types

import (
	"unicode/utf8"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	settlementtypes "github.com/zhilian-network/zhilian/x/settlement/types"
)

// Validate checks the message alone. Addresses are decoded by access, which knows the prefix; remedies are judged
// with the matter.
func (m *MsgFileCase) Validate() error {
	if err := validateComplaint(m.Claimant, m.Matter, m.Remedies, m.Receipt); err != nil {
		return err
	}
	if _, known := CaseReason_name[int32(m.Reason)]; !known || m.Reason == CaseReason_CASE_REASON_UNSPECIFIED {
		return ErrInvalidCase.Wrapf("reason %d is unknown", m.Reason)
	}
	if n := len(m.Evidence); n > MaxFiledEvidence {
		return ErrTooMuchEvidence.Wrapf("%d records at once, at most %d", n, MaxFiledEvidence)
	}
	if n := len(m.Representatives); n > MaxRepresentatives-1 || n > 0 && !m.Collective {
		return ErrInvalidCase.Wrapf("%d representatives beside the claimant; at most %d, of a collective case", n, MaxRepresentatives-1)
	}
	for i, representative := range m.Representatives {
		if err := representative.Validate(); err != nil {
			return err
		}
		if representative == m.Claimant || contains(m.Representatives[:i], representative) {
			return ErrInvalidCase.Wrap("a representative is named twice")
		}
	}
	return nil
}

func contains(members []accesstypes.Member, member accesstypes.Member) bool {
	for _, other := range members {
		if other == member {
			return true
		}
	}
	return false
}

func validateComplaint(claimant accesstypes.Member, matter Matter, remedies []Remedy, receipt *settlementtypes.PaymentProof) error {
	if err := claimant.Validate(); err != nil {
		return err
	}
	if err := matter.ValidateWith(receipt); err != nil {
		return err
	}
	if n := len(remedies); n == 0 || n > MaxRemediesPerClaimant {
		return ErrRemedy.Wrapf("%d remedies: 1 to %d are needed", n, MaxRemediesPerClaimant)
	}
	for _, remedy := range remedies {
		if remedy.Claimant != 0 {
			return ErrRemedy.Wrap("whose remedy it is follows from who files")
		}
		if err := remedy.Validate(); err != nil {
			return err
		}
	}
	return nil
}

// Validate checks the message alone.
func (m *MsgJoinCase) Validate() error {
	return validateComplaint(m.Claimant, m.Matter, m.Remedies, m.Receipt)
}

// Validate checks the message alone.
func (m *MsgWithdrawCase) Validate() error { return m.Claimant.Validate() }

// Validate checks the message alone.
func (m *MsgRequestEvidence) Validate() error { return m.Of.Validate() }

// Validate checks the message alone.
func (m *MsgRefuseCase) Validate() error {
	if _, known := CaseRefusal_name[int32(m.Refusal)]; !known || m.Refusal == CaseRefusal_CASE_REFUSAL_UNSPECIFIED {
		return ErrInvalidCase.Wrapf("refusal %d is unknown; a case is refused for a reason", m.Refusal)
	}
	return nil
}

// Validate checks the message alone.
func (m *MsgExtendCase) Validate() error {
	if _, known := ExtensionReason_name[int32(m.Reason)]; !known || m.Reason == ExtensionReason_EXTENSION_REASON_UNSPECIFIED {
		return ErrInvalidCase.Wrapf("reason %d is unknown; time is extended for a reason", m.Reason)
	}
	return nil
}

// Validate checks the message alone.
func (m *MsgAnswerCase) Validate() error {
	switch m.Answer {
	case AnswerContest, AnswerAccept:
		if m.Offer != nil {
			return ErrAward.Wrap("only an offer offers something")
		}
		return nil
	case AnswerOffer:
		if m.Offer == nil {
			return ErrAward.Wrap("what is offered is needed")
		}
		return m.Offer.validateForm()
	}
	return ErrInvalidCase.Wrapf("answer %d is unknown", m.Answer)
}

// validateForm bounds an award, so that it is not read in vain.
func (a Award) validateForm() error {
	if n := len(a.Grants); n > MaxRemedies {
		return ErrAward.Wrapf("%d grants, at most %d", n, MaxRemedies)
	}
	return nil
}

// Validate checks the message alone.
func (m *MsgDeclareInterest) Validate() error { return m.Member.Validate() }

// Validate checks the message alone.
func (m *MsgCommitVote) Validate() error {
	if n := len(m.Commitment); n != CommitmentLength {
		return ErrVoteMismatch.Wrapf("commitment of %d bytes: %d are needed", n, CommitmentLength)
	}
	return nil
}

// Validate checks the message alone.
func (m *MsgRevealVote) Validate() error {
	if n := len(m.Salt); n < MinSaltLength || n > MaxSaltLength {
		return ErrVoteMismatch.Wrapf("salt of %d bytes: %d to %d are needed", n, MinSaltLength, MaxSaltLength)
	}
	return m.Vote.validateForm()
}

// Validate checks the message alone.
func (m *MsgPublishReasons) Validate() error {
	if n := utf8.RuneCountInString(m.Reasons); n == 0 || n > MaxReasonsLength {
		return ErrInvalidCase.Wrapf("reasons of %d characters: 1 to %d are needed", n, MaxReasonsLength)
	}
	return nil
}

// Validate checks the message alone.
func (m *MsgAppeal) Validate() error {
	if _, known := AppealGround_name[int32(m.Ground)]; !known || m.Ground == AppealGround_APPEAL_GROUND_UNSPECIFIED {
		return ErrAppealGround.Wrapf("ground %d is not on the list", m.Ground)
	}
	return nil
}

// Validate checks the message alone.
func (m *MsgUpdateParams) Validate() error { return m.Params.Validate() }
