package keeper

import (
	"bytes"
	"context"
	"slices"
	"time"

	"cosmossdk.io/collections"

	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	sdk "github.com/cosmos/cosmos-sdk/types"
	consensustypes "github.com/cosmos/cosmos-sdk/x/consensus/types"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/consortium/domain"
	"github.com/zhilian-network/zhilian/x/consortium/types"
)

// submitProposal opens a collective decision and returns its id.
func (k *Keeper) submitProposal(
	ctx context.Context, actor accesstypes.Actor, title string, messages []*codectypes.Any,
) (uint64, error) {
	messageTypes, err := k.checkMessages(ctx, messages)
	if err != nil {
		return 0, err
	}
	if err := k.checkQueueRoom(ctx, actor.InstitutionID); err != nil {
		return 0, err
	}
	params, err := k.params.Get(ctx)
	if err != nil {
		return 0, err
	}
	id, err := k.nextProposalID.Next(ctx)
	if err != nil {
		return 0, err
	}
	proposal := domain.OpenProposal(types.Proposal{
		Id:            id,
		InstitutionId: actor.InstitutionID,
		Title:         title,
		Messages:      messages,
		ExpiresAt:     blockTime(ctx).Add(params.VotingPeriod),
	})
	if err := k.proposals.Set(ctx, id, proposal); err != nil {
		return 0, err
	}
	if err := k.openProposals.Set(ctx, expiryKey(proposal), proposal.InstitutionId); err != nil {
		return 0, err
	}
	return id, emit(ctx, &types.EventProposalSubmitted{
		ProposalId:    id,
		InstitutionId: proposal.InstitutionId,
		MessageTypes:  messageTypes,
		Operator:      actor.Address,
	})
}

// checkMessages refuses what could not be executed anyway, and returns the messages' type URLs. The
// signer rule also keeps operators' messages out: a proposal acts for the network, never for a member.
func (k *Keeper) checkMessages(ctx context.Context, messages []*codectypes.Any) ([]string, error) {
	messageTypes := make([]string, len(messages))
	for i, packed := range messages {
		msg, ok := packed.GetCachedValue().(sdk.Msg)
		if !ok {
			return nil, types.ErrInvalidMessages.Wrapf("message %d (%s) is no known message", i+1, packed.TypeUrl)
		}
		signers, _, err := k.cdc.GetMsgV1Signers(msg)
		if err != nil {
			return nil, types.ErrMessageSigner.Wrapf("message %d (%s): %s", i+1, packed.TypeUrl, err)
		}
		if len(signers) != 1 || !bytes.Equal(signers[0], k.authorityBytes) {
			return nil, types.ErrMessageSigner.Wrapf("message %d (%s): want %s", i+1, packed.TypeUrl, k.authority)
		}
		if err := checkConsensusUpdate(ctx, msg); err != nil {
			return nil, err
		}
		if k.router.Handler(msg) == nil {
			return nil, types.ErrMessageNotRoutable.Wrapf("message %d (%s)", i+1, packed.TypeUrl)
		}
		messageTypes[i] = packed.TypeUrl
	}
	return messageTypes, nil
}

// checkConsensusUpdate is asked of a message when it is proposed and again when it is executed: the settings
// may have changed in the meantime.
func checkConsensusUpdate(ctx context.Context, msg sdk.Msg) error {
	update, ok := msg.(*consensustypes.MsgUpdateParams)
	if !ok {
		return nil
	}
	return domain.CheckConsensusUpdate(update, namedKeyTypes(ctx))
}

func (k *Keeper) checkQueueRoom(ctx context.Context, institutionID string) error {
	proposers, err := collect(ctx, k.openProposals.Walk, nil)
	if err != nil {
		return err
	}
	if len(proposers) >= types.OpenProposalsMax {
		return types.ErrTooManyProposals.Wrapf("want at most %d; wait until one is decided", types.OpenProposalsMax)
	}
	own := 0
	for _, proposer := range proposers {
		if proposer == institutionID {
			own++
		}
	}
	if own >= types.OpenProposalsPerInstitutionMax {
		return types.ErrTooManyProposals.Wrapf("want at most %d of %s; wait until one is decided",
			types.OpenProposalsPerInstitutionMax, institutionID)
	}
	return nil
}

// castVote stores an institution's answer, in place of an earlier one. If it decides the proposal,
// the proposal is executed or rejected at once.
func (k *Keeper) castVote(
	ctx context.Context, actor accesstypes.Actor, proposalID uint64, option types.VoteOption,
) (types.ProposalStatus, error) {
	proposal, err := k.proposal(ctx, proposalID)
	if err != nil {
		return 0, err
	}
	if err := domain.CheckTakesVotes(proposal, blockTime(ctx)); err != nil {
		return 0, err
	}
	eligible, err := k.institutions.VotingInstitutions(ctx)
	if err != nil {
		return 0, err
	}
	if !slices.Contains(eligible, actor.InstitutionID) {
		return 0, types.ErrNotEligible.Wrapf("%s", actor.InstitutionID)
	}
	vote := types.Vote{ProposalId: proposalID, InstitutionId: actor.InstitutionID, Option: option}
	if err := k.votes.Set(ctx, collections.Join(proposalID, actor.InstitutionID), vote); err != nil {
		return 0, err
	}
	err = emit(ctx, &types.EventVoteCast{
		ProposalId: proposalID, InstitutionId: actor.InstitutionID, Option: option, Operator: actor.Address,
	})
	if err != nil {
		return 0, err
	}
	return k.decideProposal(ctx, proposal, eligible)
}

func (k *Keeper) decideProposal(ctx context.Context, proposal types.Proposal, eligible []string) (types.ProposalStatus, error) {
	votes, err := k.votesOn(ctx, proposal.Id)
	if err != nil {
		return 0, err
	}
	switch domain.Tally(eligible, votes) {
	case domain.Passed:
		return k.executeProposal(ctx, proposal)
	case domain.Rejected:
		return k.closeProposal(ctx, proposal, domain.ProposalRejected, "")
	default:
		return proposal.Status, nil
	}
}

// closeProposal stores a decision, takes the proposal off the queue, and tells the world.
func (k *Keeper) closeProposal(
	ctx context.Context, proposal types.Proposal, event domain.ProposalEvent, failure string,
) (types.ProposalStatus, error) {
	closed, err := domain.CloseProposal(proposal, event, failure)
	if err != nil {
		return 0, err
	}
	if err := k.proposals.Set(ctx, closed.Id, closed); err != nil {
		return 0, err
	}
	if err := k.openProposals.Remove(ctx, expiryKey(closed)); err != nil {
		return 0, err
	}
	return closed.Status, emit(ctx, &types.EventProposalDecided{
		ProposalId: closed.Id,
		OldStatus:  proposal.Status,
		NewStatus:  closed.Status,
		Failure:    closed.Failure,
	})
}

// expireProposals closes the proposals whose time is over, oldest first, ExpirationsPerBlockMax at
// most.
func (k *Keeper) expireProposals(ctx context.Context) error {
	now := blockTime(ctx)
	var due []uint64
	err := k.openProposals.Walk(ctx, nil, func(key collections.Pair[time.Time, uint64], _ string) (bool, error) {
		if key.K1().After(now) || len(due) == types.ExpirationsPerBlockMax {
			return true, nil
		}
		due = append(due, key.K2())
		return false, nil
	})
	if err != nil {
		return err
	}
	for _, id := range due {
		proposal, err := k.proposal(ctx, id)
		if err != nil {
			return err
		}
		if _, err := k.closeProposal(ctx, proposal, domain.ProposalExpired, ""); err != nil {
			return err
		}
	}
	return nil
}
