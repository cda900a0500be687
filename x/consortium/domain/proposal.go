package domain

import (
	"slices"
	"strings"
	"time"

	"github.com/zhilian-network/zhilian/x/consortium/types"
)

// ProposalEvent is what can happen to a proposal.
type ProposalEvent int

// Events of a proposal's life.
const (
	ProposalExecuted ProposalEvent = iota + 1
	ProposalFailed
	ProposalRejected
	ProposalExpired
)

// String names the event as a verb, for error texts.
func (e ProposalEvent) String() string {
	switch e {
	case ProposalExecuted:
		return "execute"
	case ProposalFailed:
		return "fail"
	case ProposalRejected:
		return "reject"
	case ProposalExpired:
		return "expire"
	default:
		return "unknown event"
	}
}

const open = types.ProposalStatus_PROPOSAL_STATUS_OPEN

// proposalTransitions: a proposal is decided once.
var proposalTransitions = map[types.ProposalStatus]map[ProposalEvent]types.ProposalStatus{
	open: {
		ProposalExecuted: types.ProposalStatus_PROPOSAL_STATUS_EXECUTED,
		ProposalFailed:   types.ProposalStatus_PROPOSAL_STATUS_FAILED,
		ProposalRejected: types.ProposalStatus_PROPOSAL_STATUS_REJECTED,
		ProposalExpired:  types.ProposalStatus_PROPOSAL_STATUS_EXPIRED,
	},
}

// OpenProposal makes a proposal that takes votes until it expires.
func OpenProposal(proposal types.Proposal) types.Proposal {
	proposal.Status = open
	proposal.Failure = ""
	return proposal
}

// CloseProposal decides a proposal. The failure is kept for ProposalFailed only, shortened to
// FailureBytesMax and to valid UTF-8, since it is stored for ever and was written elsewhere.
func CloseProposal(proposal types.Proposal, event ProposalEvent, failure string) (types.Proposal, error) {
	next, legal := proposalTransitions[proposal.Status][event]
	if !legal {
		return types.Proposal{}, types.ErrProposalNotOpen.Wrapf("cannot %s proposal %d: it is %s", event, proposal.Id, proposal.Status)
	}
	proposal.Status = next
	if event == ProposalFailed {
		proposal.Failure = boundedText(failure, types.FailureBytesMax)
	}
	return proposal, nil
}

// CheckTakesVotes refuses a decided proposal, and one whose time is over even if the end of the
// block has not yet got round to closing it.
func CheckTakesVotes(proposal types.Proposal, now time.Time) error {
	if proposal.Status != open {
		return types.ErrProposalNotOpen.Wrapf("proposal %d is %s", proposal.Id, proposal.Status)
	}
	if !now.Before(proposal.ExpiresAt) {
		return types.ErrProposalNotOpen.Wrapf("proposal %d expired at %s", proposal.Id, proposal.ExpiresAt.UTC().Format(time.RFC3339))
	}
	return nil
}

// Decision is what the votes amount to.
type Decision int

// Decisions.
const (
	Undecided Decision = iota
	Passed
	Rejected
)

// Tally counts the votes of those who are eligible now; others count for nothing. A proposal passes
// with more than two thirds of all eligible institutions, not only of those that voted, and is
// rejected as soon as that can no longer happen by further votes.
func Tally(eligible []string, votes []types.Vote) Decision {
	var yes, no int
	for _, vote := range votes {
		if !slices.Contains(eligible, vote.InstitutionId) {
			continue
		}
		switch vote.Option {
		case types.VoteOption_VOTE_OPTION_YES:
			yes++
		case types.VoteOption_VOTE_OPTION_NO:
			no++
		}
	}
	switch {
	case yes*3 > 2*len(eligible):
		return Passed
	case no > 0 && no*3 >= len(eligible):
		return Rejected
	default:
		return Undecided
	}
}

func boundedText(text string, bytesMax int) string {
	text = strings.ToValidUTF8(text, "?")
	if len(text) <= bytesMax {
		return text
	}
	return strings.ToValidUTF8(text[:bytesMax], "")
}
