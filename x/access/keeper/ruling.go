package keeper

import (
	"context"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/zhilian-network/zhilian/x/access/types"
)

// What follows carries out what x/dispute rules, and lets a panel read evidence. It asks nobody for permission: the
// case is one.

// WithdrawByRuling ends a consent that is in force.
func (k *Keeper) WithdrawByRuling(ctx context.Context, number uint64) error {
	consent, err := k.Consent(ctx, number)
	if err != nil {
		return err
	}
	return k.withdrawConsent(ctx, types.Actor{}, consent)
}

// ReinstateByRuling ends the suspension of a party.
func (k *Keeper) ReinstateByRuling(ctx context.Context, id string) error {
	party, err := k.Party(ctx, id)
	if err != nil {
		return err
	}
	// An active party is not made active: there is nothing to lift.
	if party.Status != types.MemberStatus_MEMBER_STATUS_SUSPENDED {
		return types.ErrInvalidStatus.Wrapf("%s is %s", id, party.Status)
	}
	return k.setPartyStatus(ctx, types.Actor{}, party, types.MemberStatus_MEMBER_STATUS_ACTIVE)
}

// ConsentForCase records the consent that a side gives by bringing evidence: a member of the panel may be given what
// it brought. The caller withdraws it when the panel is done. It returns the consent's number.
func (k *Keeper) ConsentForCase(ctx context.Context, consent types.Consent) (uint64, error) {
	consent.GivenAt = sdk.UnwrapSDKContext(ctx).BlockTime()
	if err := consent.Validate(); err != nil {
		return 0, err
	}
	return k.giveConsent(ctx, types.Actor{}, consent)
}
