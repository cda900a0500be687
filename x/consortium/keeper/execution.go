package keeper

import (
	"context"
	"errors"
	"fmt"

	errorsmod "cosmossdk.io/errors"

	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	storetypes "github.com/cosmos/cosmos-sdk/store/v2/types"
	sdk "github.com/cosmos/cosmos-sdk/types"
	sdkerrors "github.com/cosmos/cosmos-sdk/types/errors"

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
// transaction instead: otherwise whoever casts the deciding vote could make any proposal fail by
// sending too little gas. The vote can be cast again with more.
func (k *Keeper) runMessages(ctx sdk.Context, messages []*codectypes.Any) (failure string, err error) {
	for i, packed := range messages {
		err := k.runMessage(ctx, packed)
		if errors.Is(err, sdkerrors.ErrOutOfGas) {
			return "", err
		}
		if err != nil {
			return fmt.Sprintf("message %d of %d (%s): %s", i+1, len(messages), packed.TypeUrl, failureText(err)), nil
		}
	}
	return "", nil
}

// runMessage turns a crash of the message's handler into an error, so that it cannot take the
// deciding vote with it. What the crash said is left out: it is stored by every node, must be the
// same on all of them, and is nothing to publish.
func (k *Keeper) runMessage(ctx sdk.Context, packed *codectypes.Any) (err error) {
	defer func() {
		switch recover().(type) {
		case nil:
		case storetypes.ErrorOutOfGas, storetypes.ErrorGasOverflow:
			err = sdkerrors.ErrOutOfGas.Wrapf("executing %s", packed.TypeUrl)
		default:
			err = types.ErrMessagePanicked
		}
	}()
	var msg sdk.Msg
	if err := k.cdc.UnpackAny(packed, &msg); err != nil {
		return types.ErrMessageNotRoutable
	}
	handler := k.router.Handler(msg)
	if handler == nil {
		return types.ErrMessageNotRoutable
	}
	result, err := handler(ctx, msg)
	if err != nil {
		return err
	}
	ctx.EventManager().EmitEvents(result.GetEvents())
	return nil
}

// failureText says what a registered error says. The text of any other error may differ from node to
// node, and this one is part of the state.
func failureText(err error) string {
	codespace, code, log := errorsmod.ABCIInfo(err, false)
	if codespace == errorsmod.UndefinedCodespace {
		return "internal error"
	}
	return fmt.Sprintf("%s (%s %d)", log, codespace, code)
}
