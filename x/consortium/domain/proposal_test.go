package domain_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/zhilian-network/zhilian/x/consortium/domain"
	"github.com/zhilian-network/zhilian/x/consortium/types"
)

const (
	yes = types.VoteOption_VOTE_OPTION_YES
	no  = types.VoteOption_VOTE_OPTION_NO
)

func TestAProposalIsDecidedOnce(t *testing.T) {
	t.Parallel()
	outcomes := map[domain.ProposalEvent]types.ProposalStatus{
		domain.ProposalExecuted: types.ProposalStatus_PROPOSAL_STATUS_EXECUTED,
		domain.ProposalFailed:   types.ProposalStatus_PROPOSAL_STATUS_FAILED,
		domain.ProposalRejected: types.ProposalStatus_PROPOSAL_STATUS_REJECTED,
		domain.ProposalExpired:  types.ProposalStatus_PROPOSAL_STATUS_EXPIRED,
	}
	for from := range types.ProposalStatus_name {
		for event, want := range outcomes {
			status := types.ProposalStatus(from)
			t.Run(fmt.Sprintf("%s of a proposal that is %s", event, status), func(t *testing.T) {
				t.Parallel()
				got, err := domain.CloseProposal(types.Proposal{Id: 1, Status: status}, event, "reason")
				if status != types.ProposalStatus_PROPOSAL_STATUS_OPEN {
					require.ErrorIs(t, err, types.ErrProposalNotOpen)
					return
				}
				require.NoError(t, err)
				require.Equal(t, want, got.Status)
				require.Equal(t, event == domain.ProposalFailed, got.Failure == "reason", "only a failure has a reason")
			})
		}
	}
}

func TestVotesAreTakenUntilTheProposalExpires(t *testing.T) {
	t.Parallel()
	proposal := domain.OpenProposal(types.Proposal{Id: 1, ExpiresAt: now})
	require.NoError(t, domain.CheckTakesVotes(proposal, now.Add(-time.Nanosecond)))
	require.ErrorIs(t, domain.CheckTakesVotes(proposal, now), types.ErrProposalNotOpen)

	closed, err := domain.CloseProposal(proposal, domain.ProposalRejected, "")
	require.NoError(t, err)
	require.ErrorIs(t, domain.CheckTakesVotes(closed, now.Add(-time.Hour)), types.ErrProposalNotOpen)
}

// ballots is the votes of institutions 0, 1, 2, … in a text: y for yes, n for no, - for none.
func ballots(text string) []types.Vote {
	var votes []types.Vote
	for i, letter := range text {
		vote := types.Vote{ProposalId: 1, InstitutionId: fmt.Sprint(i)}
		switch letter {
		case 'y':
			vote.Option = yes
		case 'n':
			vote.Option = no
		default:
			continue
		}
		votes = append(votes, vote)
	}
	return votes
}

func institutions(count int) []string {
	ids := make([]string, count)
	for i := range ids {
		ids[i] = fmt.Sprint(i)
	}
	return ids
}

func TestTally(t *testing.T) {
	t.Parallel()
	cases := []struct {
		eligible int
		votes    string
		want     domain.Decision
	}{
		{1, "-", domain.Undecided},
		{1, "y", domain.Passed},
		{1, "n", domain.Rejected},
		{2, "y-", domain.Undecided},
		{2, "yy", domain.Passed},
		{2, "n-", domain.Rejected},
		{3, "yy-", domain.Undecided}, // exactly two thirds is not more than two thirds
		{3, "yyy", domain.Passed},
		{3, "yyn", domain.Rejected},
		{4, "yy--", domain.Undecided},
		{4, "yyy-", domain.Passed},
		{4, "n---", domain.Undecided}, // three yes would still pass it
		{4, "yynn", domain.Rejected},
		{4, "yyyn", domain.Passed},
		{6, "yyyy--", domain.Undecided},
		{6, "yyyyy-", domain.Passed},
		{6, "nn----", domain.Rejected},
		{7, "yyyynn-", domain.Undecided},
		{7, "yyyyynn", domain.Passed},
		{7, "nnn----", domain.Rejected},
		{0, "yyyn", domain.Undecided}, // nobody left who has a vote
		{3, "---yyyy", domain.Undecided},
		{3, "---nnnn", domain.Undecided},
		{3, "yyynnnn", domain.Passed}, // votes of institutions that lost theirs do not count
	}
	for _, c := range cases {
		t.Run(fmt.Sprintf("%d eligible, votes %s", c.eligible, c.votes), func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, domain.Tally(institutions(c.eligible), ballots(c.votes)))
		})
	}
}

// A proposal is rejected exactly when even the yes of all who are silent could not pass it.
func TestRejectionMeansThatNoFurtherVoteCouldPassIt(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		letters := rapid.SliceOfN(rapid.SampledFrom([]rune("yn-")), 1, 15).Draw(t, "votes")
		eligible := institutions(len(letters))
		got := domain.Tally(eligible, ballots(string(letters)))
		atBest := domain.Tally(eligible, ballots(strings.ReplaceAll(string(letters), "-", "y")))
		require.Equal(t, atBest != domain.Passed, got == domain.Rejected, "votes %s", string(letters))
	})
}

func TestStoredFailureIsBoundedValidText(t *testing.T) {
	t.Parallel()
	for _, failure := range []string{
		strings.Repeat("x", types.FailureBytesMax+1),
		strings.Repeat("直", types.FailureBytesMax),
		"ab" + strings.Repeat("联", types.FailureBytesMax),
		"\xff\xfe broken",
	} {
		got, err := domain.CloseProposal(domain.OpenProposal(types.Proposal{Id: 1}), domain.ProposalFailed, failure)
		require.NoError(t, err)
		require.NotEmpty(t, got.Failure)
		require.LessOrEqual(t, len(got.Failure), types.FailureBytesMax)
		require.True(t, utf8.ValidString(got.Failure))
	}
}
