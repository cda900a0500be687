package keeper

import (
	"bytes"
	"context"
	"slices"

	errorsmod "cosmossdk.io/errors"

	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/zhilian-network/zhilian/internal/execution"
	"github.com/zhilian-network/zhilian/x/access/domain"
	"github.com/zhilian-network/zhilian/x/access/types"
)

// person returns an active operator whose key a person holds.
func (k *Keeper) person(ctx context.Context, text string) (types.Operator, error) {
	address, err := k.decode(text)
	if err != nil {
		return types.Operator{}, err
	}
	operator, err := k.activeOperator(ctx, address)
	if err != nil {
		return types.Operator{}, err
	}
	if operator.Holder == "" {
		return types.Operator{}, types.ErrHolderMissing.Wrap(operator.Address)
	}
	return operator, nil
}

// proposeAction keeps messages for others to approve. They are tried at once, in a branch that is thrown
// away: what would fail whoever approves it, the maker learns now.
func (k *Keeper) proposeAction(ctx context.Context, msg *types.MsgProposeAction) (types.Action, uint32, error) {
	maker, err := k.person(ctx, msg.Operator)
	if err != nil {
		return types.Action{}, 0, err
	}
	action, err := k.newAction(ctx, maker, msg)
	if err != nil {
		return types.Action{}, 0, err
	}
	if err := k.insertAction(ctx, action, action.ExpiresAt); err != nil {
		return types.Action{}, 0, err
	}
	tried, err := k.tryAction(ctx, action, action.Messages, nil, nil)
	if err != nil {
		return types.Action{}, 0, err
	}
	if tried.failure != nil {
		return types.Action{}, 0, errorsmod.Wrapf(tried.failure, "message %d of %d", tried.failed+1, len(action.Messages))
	}
	action.Policies = tried.policies
	if err := k.setPending(ctx, action); err != nil {
		return types.Action{}, 0, err
	}
	return action, max(tried.needed, 1), emit(ctx, &types.EventActionProposed{
		ActionId: action.Id, InstitutionId: action.InstitutionId, PartyId: action.PartyId, Maker: action.Maker,
		MessageTypes: action.MessageTypes, Digest: action.Digest,
	})
}

func (k *Keeper) newAction(ctx context.Context, maker types.Operator, msg *types.MsgProposeAction) (types.Action, error) {
	messages, packed, err := k.ownMessages(maker, msg.Messages)
	if err != nil {
		return types.Action{}, err
	}
	params, err := k.params.Get(ctx)
	if err != nil {
		return types.Action{}, err
	}
	expires, err := domain.ActionExpiry(msg.ExpiresAt, blockTime(ctx), params.ActionLifetime)
	if err != nil {
		return types.Action{}, err
	}
	before, err := k.actions.proposed.Next(ctx)
	if err != nil {
		return types.Action{}, err
	}
	action := types.Action{
		Id:            before + 1,
		InstitutionId: maker.InstitutionId,
		PartyId:       maker.PartyId,
		Maker:         maker.Address,
		MakerHolder:   maker.Holder,
		Messages:      packed,
		Digest:        types.ActionDigest(packed),
		Units:         k.actions.units(messages),
		Status:        types.ActionStatus_ACTION_STATUS_PENDING,
		ProposedAt:    blockTime(ctx),
		ExpiresAt:     expires,
	}
	for _, message := range packed {
		action.MessageTypes = append(action.MessageTypes, message.TypeUrl)
	}
	return action, nil
}

// ownMessages refuses what could not be executed anyway: a message of another signer, or that no module
// handles. It packs them anew: their digest must outlive an export, which does the same.
func (k *Keeper) ownMessages(maker types.Operator, packed []*codectypes.Any) ([]sdk.Msg, []*codectypes.Any, error) {
	address, err := k.decode(maker.Address)
	if err != nil {
		return nil, nil, err
	}
	messages, again := make([]sdk.Msg, len(packed)), make([]*codectypes.Any, len(packed))
	for i, message := range packed {
		msg, ok := message.GetCachedValue().(sdk.Msg)
		if !ok {
			return nil, nil, types.ErrInvalidAction.Wrapf("message %d (%.100q) is no known message", i+1, message.TypeUrl)
		}
		if types.IsAboutActions(sdk.MsgTypeURL(msg)) {
			return nil, nil, types.ErrInvalidAction.Wrapf("message %d (%s) is about actions itself", i+1, message.TypeUrl)
		}
		signers, _, err := k.actions.cdc.GetMsgV1Signers(msg)
		if err != nil || len(signers) != 1 || !bytes.Equal(signers[0], address) {
			return nil, nil, types.ErrInvalidAction.Wrapf("message %d (%s) must be signed by %s alone", i+1, message.TypeUrl, maker.Address)
		}
		if k.actions.runner.Router.Handler(msg) == nil {
			return nil, nil, types.ErrMessageNotRoutable.Wrapf("message %d (%s)", i+1, message.TypeUrl)
		}
		if again[i], err = codectypes.NewAnyWithValue(msg); err != nil {
			return nil, nil, types.ErrInvalidAction.Wrapf("message %d (%s) cannot be stored", i+1, message.TypeUrl)
		}
		messages[i] = msg
	}
	return messages, again, nil
}

// trial is what came of running an action's messages in a branch of the state.
type trial struct {
	commit    func() // makes the branch's changes and events the transaction's
	responses []*codectypes.Any
	needs     []types.Need // what policies still ask for, sorted
	policies  []string     // of the needs
	needed    uint32       // most approvals that one of them asks for
	ofUse     bool         // a policy asked for the newest approval
	failed    int          // which message failed, from 0
	failure   error        // its first error that no missing approval explains; nil if there is none
}

// tryAction runs the messages in a branch where the action is executed already, so that none of them can make
// it run again. All of them run, even if one fails: a policy that only a later one asks must be known, or its
// approver would be sent away. A message that runs after another one lacked approval may fail for just that
// reason, which is no failure yet. They run once, whoever has approved before: Require itself tells whether the
// newest approval is one that a policy lacked. newest is nil if the maker proposes.
func (k *Keeper) tryAction(
	ctx context.Context, action types.Action, messages []*codectypes.Any, counted []types.Approver, newest *types.Approver,
) (trial, error) {
	var tried trial
	branch, commit := sdk.UnwrapSDKContext(ctx).CacheContext()
	approvals := &types.Approvals{Maker: action.Maker, Holder: action.MakerHolder, Approvers: counted}
	by := action.Maker
	if newest != nil {
		by, approvals.Newest = newest.Operator.Address, newest.Operator.Holder
		approvals.Approvers = append(slices.Clone(counted), *newest)
	}
	if err := k.closeAction(branch, action, types.ActionStatus_ACTION_STATUS_EXECUTED, "", by); err != nil {
		return trial{}, err
	}
	branch = types.WithApprovals(branch, approvals)
	for i, message := range messages {
		responses, err := k.actions.runner.Run(branch, message)
		if execution.IsOutOfGas(err) {
			return trial{}, err
		}
		if err != nil && tried.failure == nil && len(approvals.Needs()) == 0 {
			tried.failed, tried.failure = i, err
		}
		tried.responses = append(tried.responses, responses...)
	}
	tried.commit = commit
	tried.needs, tried.ofUse = approvals.Needs(), approvals.NewestUsed()
	tried.policies, tried.needed = approvals.Unmet()
	return tried, nil
}

// approveAction adds one person's yes, and executes the action if nothing more is asked for.
func (k *Keeper) approveAction(ctx context.Context, msg *types.MsgApproveAction) (*types.MsgApproveActionResponse, error) {
	action, err := k.openAction(ctx, msg.ActionId)
	if err != nil {
		return nil, err
	}
	if err := domain.CheckSeen(action, msg.Digest, msg.Units); err != nil {
		return nil, err
	}
	approver, err := k.approver(ctx, msg.Operator, action.MakerActor())
	if err != nil {
		return nil, err
	}
	counted, err := k.countApprovals(ctx, &action)
	if err != nil {
		return nil, err
	}
	if err := domain.CheckOtherPerson(action, approver.Operator, counted); err != nil {
		return nil, err
	}
	if gone, err := k.makerGone(ctx, action); err != nil || gone != nil {
		if err != nil {
			return nil, err
		}
		return k.failForGood(ctx, action, approver, gone)
	}
	return k.countIn(ctx, action, counted, approver)
}

// countApprovals returns the approvers who may still act, and drops the approvals of the others from the
// action: who was suspended or lost their scope since has not approved. The blocks remember that they did.
func (k *Keeper) countApprovals(ctx context.Context, action *types.Action) ([]types.Approver, error) {
	var counted []types.Approver
	var kept []types.Approval
	for _, approval := range action.Approvals {
		approver, err := k.approver(ctx, approval.Operator, action.MakerActor())
		if isRefusal(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		counted = append(counted, approver)
		kept = append(kept, approval)
	}
	action.Approvals = kept
	return counted, nil
}

// isRefusal tells an answer of this module from a fault of the store.
func isRefusal(err error) bool {
	if err == nil {
		return false
	}
	codespace, _, _ := errorsmod.ABCIInfo(err, false)
	return codespace == types.ModuleName
}

// makerGone returns why the maker may not act any more, nil if it may.
func (k *Keeper) makerGone(ctx context.Context, action types.Action) (reason, err error) {
	_, err = k.person(ctx, action.Maker)
	if isRefusal(err) {
		return err, nil
	}
	return nil, err
}

func (k *Keeper) failForGood(
	ctx context.Context, action types.Action, by types.Approver, why error,
) (*types.MsgApproveActionResponse, error) {
	if err := k.requireMayDecide(ctx, action, by); err != nil {
		return nil, err
	}
	return k.fail(ctx, action, "its maker may not act any more: "+execution.Reason(why), by.Operator.Address)
}

func (k *Keeper) fail(ctx context.Context, action types.Action, reason, by string) (*types.MsgApproveActionResponse, error) {
	const failed = types.ActionStatus_ACTION_STATUS_FAILED
	if err := k.closeAction(ctx, action, failed, reason, by); err != nil {
		return nil, err
	}
	closed, err := k.action(ctx, action.Id)
	return &types.MsgApproveActionResponse{Status: failed, Reason: closed.Reason}, err
}

// countIn tries the action with one more approver: it is executed, fails for good, or waits for more. An
// approval that nothing asks for is refused.
func (k *Keeper) countIn(
	ctx context.Context, action types.Action, counted []types.Approver, approver types.Approver,
) (*types.MsgApproveActionResponse, error) {
	if len(action.Approvals) >= types.MaxActionApprovals {
		return nil, types.ErrInvalidAction.Wrapf("action %d has %d approvals and needs others", action.Id, len(action.Approvals))
	}
	content, err := k.actions.contents.Get(ctx, action.Id)
	if err != nil {
		return nil, err
	}
	by := approver.Operator.Address
	approved := action
	approved.Approvals = append(slices.Clone(action.Approvals), types.Approval{
		Operator: by, Holder: approver.Operator.Holder, ApprovedAt: blockTime(ctx),
	})
	tried, err := k.tryAction(ctx, approved, content.Messages, counted, &approver)
	if err != nil {
		return nil, err
	}
	if err := k.requireOfUse(ctx, action, approver, tried); err != nil {
		return nil, err
	}
	if err := emit(ctx, &types.EventActionApproved{ActionId: action.Id, Operator: by, ApprovalsNeeded: tried.needed}); err != nil {
		return nil, err
	}
	switch {
	case len(tried.needs) > 0:
		approved.Policies = tried.policies
		return &types.MsgApproveActionResponse{Status: approved.Status, ApprovalsNeeded: tried.needed}, k.setPending(ctx, approved)
	case tried.failure != nil:
		return k.fail(ctx, approved, execution.Failure(content.Messages, tried.failed, tried.failure), by)
	}
	tried.commit()
	return &types.MsgApproveActionResponse{Status: types.ActionStatus_ACTION_STATUS_EXECUTED, Responses: tried.responses}, nil
}

// requireOfUse refuses an approver who brings no policy nearer to what it asks for. Where no policy asks any
// more, it takes the permission to approve, or a role that was asked before.
func (k *Keeper) requireOfUse(ctx context.Context, action types.Action, approver types.Approver, tried trial) error {
	if tried.ofUse || len(tried.needs) == 0 && slices.Contains(approver.Permissions, types.PermissionApprove) {
		return nil
	}
	if len(tried.needs) == 0 && len(action.Policies) > 0 {
		policies, err := k.policiesOf(ctx, action.Scope())
		if err != nil {
			return err
		}
		if domain.WasAsked(action, approver, policies.Policies) {
			return nil
		}
	}
	return types.ErrNotApprover.Wrapf("%s, about action %d", approver.Operator.Address, action.Id)
}

// rejectAction ends an action for one who could have approved it.
func (k *Keeper) rejectAction(ctx context.Context, msg *types.MsgRejectAction) error {
	action, err := k.openAction(ctx, msg.ActionId)
	if err != nil {
		return err
	}
	approver, err := k.approver(ctx, msg.Operator, action.MakerActor())
	if err != nil {
		return err
	}
	if err := domain.CheckOtherPerson(action, approver.Operator, nil); err != nil {
		return err
	}
	if err := k.requireMayDecide(ctx, action, approver); err != nil {
		return err
	}
	return k.closeAction(ctx, action, types.ActionStatus_ACTION_STATUS_REJECTED, msg.Reason, approver.Operator.Address)
}

// requireMayDecide asks without running the messages: a rejection is counted as one unit of work.
func (k *Keeper) requireMayDecide(ctx context.Context, action types.Action, approver types.Approver) error {
	policies, err := k.policiesOf(ctx, action.Scope())
	if err != nil {
		return err
	}
	if !domain.MayDecide(approver, policies.Policies) {
		return types.ErrNotApprover.Wrapf("%s, about action %d", approver.Operator.Address, action.Id)
	}
	return nil
}

// withdrawAction ends an action for the person who proposed it, with whatever key.
func (k *Keeper) withdrawAction(ctx context.Context, msg *types.MsgWithdrawAction) error {
	action, err := k.openAction(ctx, msg.ActionId)
	if err != nil {
		return err
	}
	operator, err := k.person(ctx, msg.Operator)
	if err != nil {
		return err
	}
	if operator.InstitutionId != action.InstitutionId || operator.Holder != action.MakerHolder {
		return types.ErrNotMaker.Wrapf("action %d", action.Id)
	}
	return k.closeAction(ctx, action, types.ActionStatus_ACTION_STATUS_WITHDRAWN, "", operator.Address)
}

// setPending replaces the header of a pending action.
func (k *Keeper) setPending(ctx context.Context, action types.Action) error {
	action.Messages = nil
	return k.actions.records.Set(ctx, action.Id, action)
}
