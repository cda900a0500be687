package keeper

import (
	"context"
	"errors"

	"cosmossdk.io/collections"

	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	cryptotypes "github.com/cosmos/cosmos-sdk/crypto/types"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/zhilian-network/zhilian/x/access/domain"
	"github.com/zhilian-network/zhilian/x/access/types"
)

// rotateKey puts a new key in the place of an operator's own, which signs for it.
func (k *Keeper) rotateKey(ctx context.Context, msg *types.MsgRotateKey) error {
	address, err := k.decode(msg.Operator)
	if err != nil {
		return err
	}
	operator, err := k.activeOperator(ctx, address)
	if err != nil {
		return err
	}
	return k.replaceKey(ctx, operator, msg.PublicKey, msg.Proof, operator.Address, false)
}

// recoverOperator puts a new key in the place of a lost one. More than half of the other administrators of the
// scope of the one who asks must approve, so that it works as an action only. Nobody takes by it what they
// could not have given: an administrator who lacks a role of the lost key cannot bring it back to life.
func (k *Keeper) recoverOperator(ctx context.Context, msg *types.MsgRecoverOperator) error {
	target, err := k.operator(ctx, msg.Address)
	if err != nil {
		return err
	}
	maker, err := k.operator(ctx, msg.Operator)
	if err != nil {
		return err
	}
	others, err := k.administratorsBeside(ctx, maker, target.Holder)
	if err != nil {
		return err
	}
	_, err = k.authorise(ctx, types.Ask{
		Operator: msg.Operator, Permission: types.PermissionOperator, Scope: target.Scope(),
		Quorum: types.Quorum{
			Name: "recovery", Scope: maker.Scope(), Permission: types.PermissionOperator, Approvals: domain.RecoveryApprovals(others),
		},
	})
	if err != nil {
		return err
	}
	if err := k.requireGrant(ctx, maker, types.Operator{}, target); err != nil {
		return err
	}
	return k.replaceKey(ctx, target, msg.PublicKey, msg.Proof, maker.Address, true)
}

// administratorsBeside counts the persons who are active administrators of an operator's scope, without the
// operator itself and the holder of the lost key. It walks MaxOperatorsPerScope operators at most.
func (k *Keeper) administratorsBeside(ctx context.Context, operator types.Operator, lostHolder string) (int, error) {
	persons := map[string]struct{}{}
	known := map[string]types.Role{}
	err := k.walkScope(ctx, operator.Scope(), func(other types.Operator) error {
		if other.Holder == "" || other.Holder == lostHolder || other.Holder == operator.Holder {
			return nil
		}
		administers, err := k.isAdministrator(ctx, other, known)
		if administers {
			persons[other.Holder] = struct{}{}
		}
		return err
	})
	return len(persons), err
}

// walkScope reads the operators of one scope, MaxOperatorsPerScope at most, by address. It collects first:
// visit may write.
func (k *Keeper) walkScope(ctx context.Context, scope types.Scope, visit func(types.Operator) error) error {
	var addresses []sdk.AccAddress
	below := collections.NewSuperPrefixedTripleRange[string, string, []byte](scope.InstitutionID, scope.PartyID)
	err := k.operatorsOfScope.Walk(ctx, below, func(key operatorKey) (bool, error) {
		addresses = append(addresses, key.K3())
		return false, nil
	})
	if err != nil {
		return err
	}
	for _, address := range addresses {
		operator, err := k.operatorAt(ctx, address)
		if err != nil {
			return err
		}
		if err := visit(operator); err != nil {
			return err
		}
	}
	return nil
}

// replaceKey moves everything that an operator is to the address of a new key, and closes the old one for
// good. It touches no money: accounts belong to scopes, not to keys.
func (k *Keeper) replaceKey(
	ctx context.Context, operator types.Operator, packed *codectypes.Any, proof []byte, by string, recovered bool,
) error {
	if operator.Status == types.MemberStatus_MEMBER_STATUS_CLOSED {
		return types.ErrInvalidStatus.Wrapf("%s is closed", operator.Address)
	}
	from, err := k.decode(operator.Address)
	if err != nil {
		return err
	}
	to, err := k.provenAddress(ctx, from, packed, proof)
	if err != nil {
		return err
	}
	successor := operator
	if successor.Address, err = k.addresses.BytesToString(to); err != nil {
		return types.ErrInvalidAddress.Wrap(err.Error())
	}
	if _, err := k.freeAddress(ctx, successor.Address); err != nil {
		return err
	}
	// Before the record moves: the actions go with the old key, and are closed by its record.
	if err := k.withdrawActionsOf(ctx, operator, by); err != nil {
		return err
	}
	if err := k.moveRecord(ctx, operator, successor, from, to); err != nil {
		return err
	}
	if err := k.moveBelongings(ctx, operator, successor, from, to); err != nil {
		return err
	}
	return emit(ctx, &types.EventKeyReplaced{
		OldAddress: operator.Address, NewAddress: successor.Address, Recovered: recovered, Operator: by,
	})
}

// provenAddress is the address of a new key whose holder has proved to have it.
func (k *Keeper) provenAddress(ctx context.Context, from sdk.AccAddress, packed *codectypes.Any, proof []byte) (sdk.AccAddress, error) {
	key, ok := packed.GetCachedValue().(cryptotypes.PubKey)
	if !ok {
		// Out of an action it comes as it was stored.
		if err := k.actions.cdc.UnpackAny(packed, &key); err != nil {
			return nil, types.ErrInvalidKey.Wrapf("%.100q is no known kind of key", packed.TypeUrl)
		}
	}
	// The kind and form first: an address of a malformed key may panic.
	if err := k.actions.keys.CheckKey(ctx, key); err != nil {
		return nil, types.ErrInvalidKey.Wrap(err.Error())
	}
	to := sdk.AccAddress(key.Address())
	message := types.KeyRotationBytes(sdk.UnwrapSDKContext(ctx).ChainID(), from, to)
	if err := k.actions.keys.CheckProof(ctx, key, message, proof); err != nil {
		return nil, types.ErrInvalidKey.Wrap(err.Error())
	}
	return to, nil
}

// moveRecord keeps the place of the old key in the index and the count for the new one: else an institution
// that rotates its keys would run out of places. The old record stays, closed, so that its address is never
// given again and says who came after it.
func (k *Keeper) moveRecord(ctx context.Context, old, successor types.Operator, from, to sdk.AccAddress) error {
	closed := types.Operator{
		Address: old.Address, InstitutionId: old.InstitutionId, PartyId: old.PartyId, Holder: old.Holder,
		Status: types.MemberStatus_MEMBER_STATUS_CLOSED, Successor: successor.Address,
	}
	if err := k.operators.Set(ctx, from, closed); err != nil {
		return err
	}
	if err := k.operators.Set(ctx, to, successor); err != nil {
		return err
	}
	if err := k.operatorsOfScope.Remove(ctx, collections.Join3(old.InstitutionId, old.PartyId, []byte(from))); err != nil {
		return err
	}
	if err := k.operatorsOfScope.Set(ctx, collections.Join3(old.InstitutionId, old.PartyId, []byte(to))); err != nil {
		return err
	}
	return k.accounts.EnsureAccount(ctx, to)
}

// moveBelongings moves what hangs on the key besides its record, and the units that it has used in this
// block: a new key is no new quota.
func (k *Keeper) moveBelongings(ctx context.Context, before, after types.Operator, from, to sdk.AccAddress) error {
	if err := k.moveAuthority(ctx, before, after); err != nil {
		return err
	}
	used, err := k.unitsUsed.Get(ctx, from)
	if errors.Is(err, collections.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return k.unitsUsed.Set(ctx, to, used)
}

// replaceAdministrator gives an institution a new administrator and suspends those that it has, for the
// decision may well be against them. It is possible at any time: it takes two thirds of the institutions,
// who could close the institution as well. Keys of its parties are left alone.
func (k *Keeper) replaceAdministrator(ctx context.Context, msg *types.MsgReplaceAdministrator) error {
	institution, err := k.Institution(ctx, msg.InstitutionId)
	if err != nil {
		return err
	}
	known := map[string]types.Role{}
	err = k.walkScope(ctx, types.Scope{InstitutionID: institution.Id}, func(operator types.Operator) error {
		administers, err := k.isAdministrator(ctx, operator, known)
		if err != nil || !administers {
			return err
		}
		return k.suspendOperator(ctx, operator)
	})
	if err != nil {
		return err
	}
	if err := k.registerOperator(ctx, k.authority, msg.NewAdministrator()); err != nil {
		return err
	}
	return emit(ctx, &types.EventAdministratorReplaced{
		InstitutionId: institution.Id, Administrator: msg.Administrator, Reference: msg.Reference,
	})
}

func (k *Keeper) suspendOperator(ctx context.Context, operator types.Operator) error {
	old := operator.Status
	operator.Status = types.MemberStatus_MEMBER_STATUS_SUSPENDED
	if err := k.setOperator(ctx, operator); err != nil {
		return err
	}
	return emit(ctx, &types.EventOperatorStatusChanged{
		Address: operator.Address, OldStatus: old, NewStatus: operator.Status, Operator: k.authority,
	})
}
