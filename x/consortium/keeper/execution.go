package keeper

import (
	"context"

	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/zhilian-network/zhilian/internal/execution"
	"github.com/zhilian-network/zhilian/x/consortium/domain"
	"github.com/zhilian-network/zhilian/x/consortium/types"
)

// executeProposal runs a passed proposal's messages, all or none. It is closed before they run, in
// the same branch of the state, so that no message of it can make it run again.
func (k *Keeper) executeProposal(ctx context.Context, proposal types.Proposal) (types.ProposalStatus, error) {
	branch, commit := sdk.UnwrapSDKContext(ctx).CacheContext()
	status, err := k.closeProposal(branch, proposal, domain.ProposalExecuted, "")
	if err != nil {
		return 0, err
	}
	failure, err := k.runMessages(branch, proposal.Messages)
	if err != nil {
		return 0, err
	}
	if failure != "" {
		return k.closeProposal(ctx, proposal, domain.ProposalFailed, failure)
	}
	commit()
	return status, nil
}

// runMessages returns why a message failed, or nothing. Running out of gas is an error of the voter's
// transaction instead.
func (k *Keeper) runMessages(ctx sdk.Context, messages []*codectypes.Any) (failure string, err error) {
	runner := execution.Runner{
		Codec: k.cdc, Router: k.router,
		Check:       func(ctx sdk.Context, msg sdk.Msg) error { return checkConsensusUpdate(ctx, msg) },
		NotRoutable: types.ErrMessageNotRoutable, Panicked: types.ErrMessagePanicked,
	}
	for i, packed := range messages {
		_, err := runner.Run(ctx, packed)
		if execution.IsOutOfGas(err) {
			return "", err
		}
		if err != nil {
			return execution.Failure(messages, i, err), nil
		}
	}
	return "", nil
}
