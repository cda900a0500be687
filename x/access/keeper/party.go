package keeper

import (
	"context"

	"cosmossdk.io/collections"

	"github.com/zhilian-network/zhilian/x/access/domain"
	"github.com/zhilian-network/zhilian/x/access/types"
)

func (k *Keeper) registerParty(ctx context.Context, actor types.Actor, party types.Party) error {
	if !actor.Kind.ServesParties() {
		return types.ErrPartyNotServed.Wrapf("%s", actor.InstitutionID)
	}
	if err := k.requireFreeID(ctx, party.Id); err != nil {
		return err
	}
	if err := k.insertParty(ctx, party); err != nil {
		return err
	}
	return emit(ctx, &types.EventPartyRegistered{
		PartyId:       party.Id,
		InstitutionId: party.InstitutionId,
		Operator:      actor.Address,
	})
}

// insertParty writes a new party and its index.
func (k *Keeper) insertParty(ctx context.Context, party types.Party) error {
	if err := k.parties.Set(ctx, party.Id, party); err != nil {
		return err
	}
	return k.partiesOfInstitution.Set(ctx, collections.Join(party.InstitutionId, party.Id))
}

func (k *Keeper) setPartyStatus(ctx context.Context, actor types.Actor, party types.Party, status types.MemberStatus) error {
	old := party.Status
	if err := domain.CheckTransition(old, status); err != nil {
		return err
	}
	party.Status = status
	if err := k.parties.Set(ctx, party.Id, party); err != nil {
		return err
	}
	return emit(ctx, &types.EventPartyStatusChanged{
		PartyId:   party.Id,
		OldStatus: old,
		NewStatus: status,
		Operator:  actor.Address,
	})
}

// setPartyKyc changes the depth of due diligence of a party. What a closed party was stays as it was.
func (k *Keeper) setPartyKyc(ctx context.Context, actor types.Actor, party types.Party, msg *types.MsgSetPartyKyc) error {
	if party.Status == types.MemberStatus_MEMBER_STATUS_CLOSED {
		return types.ErrPartyInactive.Wrapf("%s is closed", party.Id)
	}
	old := party.KycLevel
	party.KycLevel = msg.KycLevel
	if len(msg.IdentityCommitment) > 0 {
		party.IdentityCommitment = msg.IdentityCommitment
	}
	if err := k.parties.Set(ctx, party.Id, party); err != nil {
		return err
	}
	return emit(ctx, &types.EventPartyKycChanged{PartyId: party.Id, OldLevel: old, NewLevel: msg.KycLevel, Operator: actor.Address})
}
