package keeper

import (
	"context"
	"errors"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/zhilian-network/zhilian/x/access/types"
)

// Institution returns an institution, or ErrInstitutionNotFound.
func (k *Keeper) Institution(ctx context.Context, id string) (types.Institution, error) {
	institution, err := k.institutions.Get(ctx, id)
	if errors.Is(err, collections.ErrNotFound) {
		return types.Institution{}, types.ErrInstitutionNotFound.Wrapf("%.40q", id)
	}
	return institution, err
}

// Party returns a party, or ErrPartyNotFound.
func (k *Keeper) Party(ctx context.Context, id string) (types.Party, error) {
	party, err := k.parties.Get(ctx, id)
	if errors.Is(err, collections.ErrNotFound) {
		return types.Party{}, types.ErrPartyNotFound.Wrapf("%.70q", id)
	}
	return party, err
}

// operator returns the operator with an address in text, or ErrOperatorNotFound.
func (k *Keeper) operator(ctx context.Context, text string) (types.Operator, error) {
	address, err := k.decode(text)
	if err != nil {
		return types.Operator{}, err
	}
	return k.operatorAt(ctx, address)
}

func (k *Keeper) operatorAt(ctx context.Context, address sdk.AccAddress) (types.Operator, error) {
	operator, err := k.operators.Get(ctx, address)
	if !errors.Is(err, collections.ErrNotFound) {
		return operator, err
	}
	text, err := k.addresses.BytesToString(address)
	if err != nil {
		return types.Operator{}, types.ErrInvalidAddress.Wrap(err.Error())
	}
	return types.Operator{}, types.ErrOperatorNotFound.Wrap(text)
}

// setOperator replaces the record of a registered operator.
func (k *Keeper) setOperator(ctx context.Context, operator types.Operator) error {
	address, err := k.decode(operator.Address)
	if err != nil {
		return err
	}
	return k.operators.Set(ctx, address, operator)
}

// rolesOf loads roles, at most MaxRolesPerOperator for an operator's list.
func (k *Keeper) rolesOf(ctx context.Context, ids []string) ([]types.Role, error) {
	return k.rolesKnown(ctx, ids, map[string]types.Role{})
}

// rolesKnown reads each role once into known: a walk over a scope's operators meets the same few roles
// again and again.
func (k *Keeper) rolesKnown(ctx context.Context, ids []string, known map[string]types.Role) ([]types.Role, error) {
	roles := make([]types.Role, 0, len(ids))
	for _, id := range ids {
		role, read := known[id]
		if !read {
			var err error
			if role, err = k.role(ctx, id); err != nil {
				return nil, err
			}
			known[id] = role
		}
		roles = append(roles, role)
	}
	return roles, nil
}

func (k *Keeper) role(ctx context.Context, id string) (types.Role, error) {
	role, err := k.roles.Get(ctx, id)
	if errors.Is(err, collections.ErrNotFound) {
		return types.Role{}, types.ErrRoleNotFound.Wrapf("%.40q", id)
	}
	return role, err
}

// scopeRecords loads the institution of a scope and its party, nil if it names none. A party of
// another institution is not found here.
func (k *Keeper) scopeRecords(ctx context.Context, scope types.Scope) (types.Institution, *types.Party, error) {
	institution, err := k.Institution(ctx, scope.InstitutionID)
	if err != nil || scope.PartyID == "" {
		return institution, nil, err
	}
	party, err := k.Party(ctx, scope.PartyID)
	if err != nil {
		return types.Institution{}, nil, err
	}
	if party.InstitutionId != scope.InstitutionID {
		return types.Institution{}, nil, types.ErrPartyNotFound.Wrapf("%s is not a party of %s", party.Id, scope.InstitutionID)
	}
	return institution, &party, nil
}

// decode reads a bech32 address. Records are kept under its bytes: bech32 has two spellings.
func (k *Keeper) decode(text string) (sdk.AccAddress, error) {
	address, err := k.addresses.StringToBytes(text)
	if err != nil {
		return nil, types.ErrInvalidAddress.Wrapf("%.100q: %s", text, err)
	}
	return address, nil
}
