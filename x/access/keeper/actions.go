package keeper

import (
	"context"
	"errors"
	"time"

	"cosmossdk.io/collections"

	"github.com/cosmos/cosmos-sdk/codec"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/zhilian-network/zhilian/internal/execution"
	"github.com/zhilian-network/zhilian/x/access/domain"
	"github.com/zhilian-network/zhilian/x/access/types"
)

type (
	// actionKey is (institution, party or empty, status, action). Each action is there twice, under its status
	// and under 0, which stands for any.
	actionKey = collections.Quad[string, string, int32, uint64]
	// actionTimeKey is (time, action).
	actionTimeKey = collections.Pair[time.Time, uint64]
)

const anyActionStatus = int32(types.ActionStatus_ACTION_STATUS_UNSPECIFIED)

// ActionDeps is what dual control needs of the application.
type ActionDeps struct {
	Router execution.Router
	// Units are what messages cost, as quotas count them.
	Units func([]sdk.Msg) uint64
	Keys  KeyProofs
}

// actionStore holds what waits for approval, and the headers of what was decided lately.
type actionStore struct {
	cdc    codec.Codec
	runner execution.Runner
	units  func([]sdk.Msg) uint64
	keys   KeyProofs

	// records are without messages: lists and counts need not read them.
	records  collections.Map[uint64, types.Action]
	contents collections.Map[uint64, types.ActionContent]
	proposed collections.Sequence // how many there were: the number of the newest
	ofScope  collections.KeySet[actionKey]
	// queue holds pending actions by their expiry, and decided ones by when their header may go.
	queue   collections.KeySet[actionTimeKey]
	pending collections.Map[partyKey, uint64]
}

func newActionStore(sb *collections.SchemaBuilder, cdc codec.Codec, deps ActionDeps) actionStore {
	return actionStore{
		cdc: cdc,
		runner: execution.Runner{
			Codec: cdc, Router: deps.Router,
			NotRoutable: types.ErrMessageNotRoutable, Panicked: types.ErrMessagePanicked,
		},
		units: deps.Units,
		keys:  deps.Keys,
		records: collections.NewMap(sb, types.ActionsPrefix, "actions",
			collections.Uint64Key, codec.CollValue[types.Action](cdc)),
		contents: collections.NewMap(sb, types.ActionContentsPrefix, "action_contents",
			collections.Uint64Key, codec.CollValue[types.ActionContent](cdc)),
		proposed: collections.NewSequence(sb, types.NextActionPrefix, "next_action"),
		ofScope: collections.NewKeySet(sb, types.ActionsOfScopePrefix, "actions_of_scope",
			collections.QuadKeyCodec(collections.StringKey, collections.StringKey, collections.Int32Key, collections.Uint64Key)),
		queue: collections.NewKeySet(sb, types.ActionQueuePrefix, "action_queue",
			collections.PairKeyCodec(sdk.TimeKey, collections.Uint64Key)),
		pending: collections.NewMap(sb, types.PendingCountsPrefix, "pending_counts",
			collections.PairKeyCodec(collections.StringKey, collections.StringKey), collections.Uint64Value),
	}
}

func keyOfAction(action types.Action, status int32) actionKey {
	return collections.Join4(action.InstitutionId, action.PartyId, status, action.Id)
}

// action returns an action without its messages, or ErrActionNotFound.
func (k *Keeper) action(ctx context.Context, id uint64) (types.Action, error) {
	action, err := k.actions.records.Get(ctx, id)
	if errors.Is(err, collections.ErrNotFound) {
		return types.Action{}, types.ErrActionNotFound.Wrapf("%d", id)
	}
	return action, err
}

// openAction returns an action that takes decisions.
func (k *Keeper) openAction(ctx context.Context, id uint64) (types.Action, error) {
	action, err := k.action(ctx, id)
	if err != nil {
		return types.Action{}, err
	}
	return action, domain.CheckActionOpen(action, blockTime(ctx))
}

// insertAction writes a new action with its messages, or one of a genesis, with its indexes and count.
// leaves is when the queue looks at it.
func (k *Keeper) insertAction(ctx context.Context, action types.Action, leaves time.Time) error {
	s := &k.actions
	if action.Status == types.ActionStatus_ACTION_STATUS_PENDING {
		if err := k.countPending(ctx, action.Scope(), 1); err != nil {
			return err
		}
		if err := s.contents.Set(ctx, action.Id, types.ActionContent{Messages: action.Messages}); err != nil {
			return err
		}
	}
	action.Messages = nil
	if err := s.records.Set(ctx, action.Id, action); err != nil {
		return err
	}
	for _, status := range []int32{anyActionStatus, int32(action.Status)} {
		if err := s.ofScope.Set(ctx, keyOfAction(action, status)); err != nil {
			return err
		}
	}
	return s.queue.Set(ctx, collections.Join(leaves, action.Id))
}

// countPending keeps the pending actions of a scope below their bound.
func (k *Keeper) countPending(ctx context.Context, scope types.Scope, change int) error {
	key := collections.Join(scope.InstitutionID, scope.PartyID)
	count, err := k.actions.pending.Get(ctx, key)
	if err != nil && !errors.Is(err, collections.ErrNotFound) {
		return err
	}
	if change > 0 && count >= types.MaxPendingActions {
		return types.ErrTooManyActions.Wrapf("institution %s, party %q: at most %d", scope.InstitutionID, scope.PartyID, types.MaxPendingActions)
	}
	if change < 0 && count <= 1 {
		return k.actions.pending.Remove(ctx, key)
	}
	return k.actions.pending.Set(ctx, key, uint64(int(count)+change))
}

// closeAction brings a pending action to its end: its messages leave the state at once, its header after the
// network's retention. by is the operator who decided, empty if nobody did.
func (k *Keeper) closeAction(ctx context.Context, action types.Action, to types.ActionStatus, reason, by string) error {
	decided, err := domain.DecideAction(action, to, sdk.UnwrapSDKContext(ctx).BlockHeight(), reason)
	if err != nil {
		return err
	}
	params, err := k.params.Get(ctx)
	if err != nil {
		return err
	}
	s := &k.actions
	for _, remove := range []func() error{
		func() error { return s.contents.Remove(ctx, action.Id) },
		func() error { return s.ofScope.Remove(ctx, keyOfAction(action, int32(action.Status))) },
		func() error { return s.queue.Remove(ctx, collections.Join(action.ExpiresAt, action.Id)) },
		func() error { return k.countPending(ctx, action.Scope(), -1) },
	} {
		if err := remove(); err != nil {
			return err
		}
	}
	if err := k.insertAction(ctx, decided, blockTime(ctx).Add(params.Retention)); err != nil {
		return err
	}
	return emit(ctx, &types.EventActionDecided{ActionId: decided.Id, Status: decided.Status, Reason: decided.Reason, Operator: by})
}

// settleActions expires the pending actions whose time is over and drops the headers of those that were
// decided long ago, oldest first, MaxActionsSettledPerBlock at most. Whatever is left waits for the next block:
// an action past its time takes no approval anyway.
func (k *Keeper) settleActions(ctx context.Context) error {
	now := blockTime(ctx)
	var due []actionTimeKey
	err := k.actions.queue.Walk(ctx, nil, func(key actionTimeKey) (bool, error) {
		if key.K1().After(now) || len(due) == types.MaxActionsSettledPerBlock {
			return true, nil
		}
		due = append(due, key)
		return false, nil
	})
	if err != nil {
		return err
	}
	for _, key := range due {
		action, err := k.action(ctx, key.K2())
		if err != nil {
			return err
		}
		if action.Status == types.ActionStatus_ACTION_STATUS_PENDING {
			err = k.closeAction(ctx, action, types.ActionStatus_ACTION_STATUS_EXPIRED, "", "")
		} else {
			err = k.dropAction(ctx, action, key)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (k *Keeper) dropAction(ctx context.Context, action types.Action, queued actionTimeKey) error {
	s := &k.actions
	for _, status := range []int32{anyActionStatus, int32(action.Status)} {
		if err := s.ofScope.Remove(ctx, keyOfAction(action, status)); err != nil {
			return err
		}
	}
	if err := s.records.Remove(ctx, action.Id); err != nil {
		return err
	}
	return s.queue.Remove(ctx, queued)
}

// withdrawActionsOf takes back what a key has proposed and is still pending, at most MaxPendingActions: who
// approved it approved what that key asks for.
func (k *Keeper) withdrawActionsOf(ctx context.Context, maker types.Operator, by string) error {
	var ids []uint64
	pending := collections.NewSuperPrefixedQuadRange3[string, string, int32, uint64](
		maker.InstitutionId, maker.PartyId, int32(types.ActionStatus_ACTION_STATUS_PENDING))
	err := k.actions.ofScope.Walk(ctx, pending, func(key actionKey) (bool, error) {
		ids = append(ids, key.K4())
		return false, nil
	})
	if err != nil {
		return err
	}
	for _, id := range ids {
		action, err := k.action(ctx, id)
		if err != nil {
			return err
		}
		if action.Maker != maker.Address {
			continue
		}
		if err := k.closeAction(ctx, action, types.ActionStatus_ACTION_STATUS_WITHDRAWN, "", by); err != nil {
			return err
		}
	}
	return nil
}

// initActions fills the empty store. Decided actions stay for a whole retention from now on.
func (k *Keeper) initActions(ctx context.Context, state *types.GenesisState) error {
	if err := k.actions.proposed.Set(ctx, max(state.NextActionId, 1)-1); err != nil {
		return err
	}
	for _, action := range state.Actions {
		leaves := action.ExpiresAt
		if action.Status != types.ActionStatus_ACTION_STATUS_PENDING {
			leaves = blockTime(ctx).Add(state.Params.Retention)
		}
		if err := k.insertAction(ctx, action, leaves); err != nil {
			return err
		}
	}
	return nil
}

// exportActions reads the actions, the pending ones with their messages.
func (k *Keeper) exportActions(ctx context.Context, state *types.GenesisState) error {
	proposed, err := k.actions.proposed.Peek(ctx)
	if err != nil {
		return err
	}
	state.NextActionId = proposed + 1
	return k.actions.records.Walk(ctx, nil, func(id uint64, action types.Action) (bool, error) {
		whole, err := k.withMessages(ctx, action)
		state.Actions = append(state.Actions, whole)
		return false, err
	})
}

// withMessages adds the messages of a pending action.
func (k *Keeper) withMessages(ctx context.Context, action types.Action) (types.Action, error) {
	if action.Status != types.ActionStatus_ACTION_STATUS_PENDING {
		return action, nil
	}
	content, err := k.actions.contents.Get(ctx, action.Id)
	action.Messages = content.Messages
	return action, err
}

func blockTime(ctx context.Context) time.Time { return sdk.UnwrapSDKContext(ctx).BlockTime() }
