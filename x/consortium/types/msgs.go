package types

import (
	"strings"
	"unicode/utf8"

	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
)

// Validate checks what can be checked without state.
func (m *MsgSubmitProposal) Validate() error {
	if err := validateTitle(m.Title); err != nil {
		return err
	}
	return validateMessages(m.Messages)
}

// Validate checks what can be checked without state.
func (m *MsgCastVote) Validate() error {
	return validateOption(m.Option)
}

// Validate checks what can be checked without state: nothing beside the operator, whom access knows.
func (m *MsgUnjailValidator) Validate() error {
	return nil
}

// Validate checks what can be checked without state.
func (m *MsgAdmitValidator) Validate() error {
	if err := validateInstitutionID(m.InstitutionId); err != nil {
		return err
	}
	if _, err := ConsensusPubKey(m.ConsensusPubkey); err != nil {
		return err
	}
	return ValidatePower(m.Power)
}

// Validate checks what can be checked without state.
func (m *MsgRemoveValidator) Validate() error {
	return validateInstitutionID(m.InstitutionId)
}

// Validate checks what can be checked without state.
func (m *MsgUpdateParams) Validate() error {
	return m.Params.Validate()
}

func validateInstitutionID(id string) error {
	if id == "" {
		return ErrInvalidInstitutionID.Wrap("institution_id is missing")
	}
	return nil
}

func validateTitle(title string) error {
	if !utf8.ValidString(title) {
		return ErrInvalidTitle.Wrap("not UTF-8 text")
	}
	if strings.TrimSpace(title) == "" {
		return ErrInvalidTitle.Wrap("title is empty")
	}
	if n := utf8.RuneCountInString(title); n > TitleCharactersMax {
		return ErrInvalidTitle.Wrapf("want at most %d characters, got %d", TitleCharactersMax, n)
	}
	return nil
}

func validateMessages(messages []*codectypes.Any) error {
	if len(messages) < 1 || len(messages) > ProposalMessagesMax {
		return ErrInvalidMessages.Wrapf("want 1 to %d messages, got %d", ProposalMessagesMax, len(messages))
	}
	bytes := 0
	for i, message := range messages {
		if message == nil {
			return ErrInvalidMessages.Wrapf("message %d is missing", i+1)
		}
		bytes += message.Size()
	}
	if bytes > ProposalBytesMax {
		return ErrInvalidMessages.Wrapf("want at most %d bytes of messages, got %d", ProposalBytesMax, bytes)
	}
	return nil
}

func validateOption(option VoteOption) error {
	if option != VoteOption_VOTE_OPTION_YES && option != VoteOption_VOTE_OPTION_NO {
		return ErrInvalidVote.Wrapf("want yes or no, got %s", option)
	}
	return nil
}
