package keeper

import (
	"context"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/vault/types"
)

type msgServer struct{ keeper *Keeper }

// NewMsgServer answers zhilian.vault.v1.Msg.
func NewMsgServer(k *Keeper) types.MsgServer { return msgServer{k} }

// about asks for a permission over what a record is about: its subject, and the institution that serves it.
func (s msgServer) about(ctx context.Context, operator, permission string, record types.Record) (accesstypes.Actor, error) {
	return s.keeper.access.Require(ctx, accesstypes.Ask{
		Operator: operator, Permission: types.AtLevel(permission, record.Level), Scope: record.Subject.Scope(),
	})
}

// asItself asks for a permission over whatever the operator acts for.
func (s msgServer) asItself(ctx context.Context, operator, permission string, record types.Record) (accesstypes.Actor, error) {
	return s.keeper.access.Require(ctx, accesstypes.Ask{
		Operator: operator, Permission: types.AtLevel(permission, record.Level), Scope: accesstypes.OwnScope,
	})
}

func (s msgServer) RegisterKey(ctx context.Context, msg *types.MsgRegisterKey) (*types.MsgRegisterKeyResponse, error) {
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	actor, err := s.keeper.access.Require(ctx, accesstypes.Ask{Operator: msg.Operator, Permission: types.PermissionKey, Scope: msg.Owner.Scope()})
	if err != nil {
		return nil, err
	}
	id, err := s.keeper.registerKey(ctx, actor, msg.Owner, msg.PublicKey)
	if err != nil {
		return nil, err
	}
	return &types.MsgRegisterKeyResponse{KeyId: id}, nil
}

func (s msgServer) RevokeKey(ctx context.Context, msg *types.MsgRevokeKey) (*types.MsgRevokeKeyResponse, error) {
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	key, err := s.keeper.Key(ctx, msg.KeyId)
	if err != nil {
		return nil, err
	}
	actor, err := s.keeper.access.Require(ctx, accesstypes.Ask{Operator: msg.Operator, Permission: types.PermissionKey, Scope: key.Owner.Scope()})
	if err != nil {
		return nil, err
	}
	if err := s.keeper.revokeKey(ctx, actor, key); err != nil {
		return nil, err
	}
	return &types.MsgRevokeKeyResponse{}, nil
}

func (s msgServer) Put(ctx context.Context, msg *types.MsgPut) (*types.MsgPutResponse, error) {
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	record := msg.NewRecord()
	actor, err := s.about(ctx, msg.Operator, types.PermissionPut, record)
	if err != nil {
		return nil, err
	}
	number, err := s.keeper.put(ctx, actor, record, msg.Envelope)
	if err != nil {
		return nil, err
	}
	return &types.MsgPutResponse{RecordId: number}, nil
}

func (s msgServer) Share(ctx context.Context, msg *types.MsgShare) (*types.MsgShareResponse, error) {
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	record, err := s.keeper.sealedRecord(ctx, msg.RecordId)
	if err != nil {
		return nil, err
	}
	actor, err := s.about(ctx, msg.Operator, types.PermissionShare, record)
	if err != nil {
		return nil, err
	}
	share := types.Share{RecordId: record.Id, Reader: msg.Reader, Keys: msg.Keys, Purpose: msg.Purpose}
	if err := s.keeper.shareRecord(ctx, actor, record, share, msg.RequestId); err != nil {
		return nil, err
	}
	return &types.MsgShareResponse{}, nil
}

func (s msgServer) RequestAccess(ctx context.Context, msg *types.MsgRequestAccess) (*types.MsgRequestAccessResponse, error) {
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	record, err := s.keeper.sealedRecord(ctx, msg.RecordId)
	if err != nil {
		return nil, err
	}
	actor, err := s.asItself(ctx, msg.Operator, types.PermissionRequest, record)
	if err != nil {
		return nil, err
	}
	request, err := s.keeper.requestAccess(ctx, actor, record, msg.Purpose)
	if err != nil {
		return nil, err
	}
	return &types.MsgRequestAccessResponse{RequestId: request.Id, Status: request.Status, Refusal: request.Refusal}, nil
}

func (s msgServer) DenyAccess(ctx context.Context, msg *types.MsgDenyAccess) (*types.MsgDenyAccessResponse, error) {
	request, err := s.keeper.Request(ctx, msg.RequestId)
	if err != nil {
		return nil, err
	}
	record, err := s.keeper.Record(ctx, request.RecordId)
	if err != nil {
		return nil, err
	}
	actor, err := s.about(ctx, msg.Operator, types.PermissionShare, record)
	if err != nil {
		return nil, err
	}
	if err := s.keeper.denyAccess(ctx, actor, record, request); err != nil {
		return nil, err
	}
	return &types.MsgDenyAccessResponse{}, nil
}

// Revoke is for those whom the record is about, and for the reader, who may want to be rid of it.
func (s msgServer) Revoke(ctx context.Context, msg *types.MsgRevoke) (*types.MsgRevokeResponse, error) {
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	record, err := s.keeper.sealedRecord(ctx, msg.RecordId)
	if err != nil {
		return nil, err
	}
	actor, err := s.asItself(ctx, msg.Operator, types.PermissionShare, record)
	if err != nil {
		return nil, err
	}
	if !actor.Scope().Covers(record.Subject.Scope()) && !actor.Scope().Covers(msg.Reader.Scope()) {
		return nil, accesstypes.ErrScopeDenied.Wrapf("%s acts for neither subject nor reader of record %d", actor.Address, record.Id)
	}
	if err := s.keeper.revokeShare(ctx, actor, record, msg.Reader); err != nil {
		return nil, err
	}
	return &types.MsgRevokeResponse{}, nil
}

func (s msgServer) Erase(ctx context.Context, msg *types.MsgErase) (*types.MsgEraseResponse, error) {
	record, err := s.keeper.sealedRecord(ctx, msg.RecordId)
	if err != nil {
		return nil, err
	}
	actor, err := s.about(ctx, msg.Operator, types.PermissionErase, record)
	if err != nil {
		return nil, err
	}
	if err := s.keeper.erase(ctx, actor, record); err != nil {
		return nil, err
	}
	return &types.MsgEraseResponse{}, nil
}

func (s msgServer) NoteOpening(ctx context.Context, msg *types.MsgNoteOpening) (*types.MsgNoteOpeningResponse, error) {
	record, err := s.keeper.sealedRecord(ctx, msg.RecordId)
	if err != nil {
		return nil, err
	}
	actor, err := s.asItself(ctx, msg.Operator, types.PermissionRead, record)
	if err != nil {
		return nil, err
	}
	if err := s.keeper.noteOpening(ctx, actor, record); err != nil {
		return nil, err
	}
	return &types.MsgNoteOpeningResponse{}, nil
}

func (s msgServer) UpdateParams(ctx context.Context, msg *types.MsgUpdateParams) (*types.MsgUpdateParamsResponse, error) {
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	if msg.Authority != s.keeper.authority {
		return nil, types.ErrNotAuthority.Wrapf("%s is needed, not %.100q", s.keeper.authority, msg.Authority)
	}
	if err := s.keeper.params.Set(ctx, msg.Params); err != nil {
		return nil, err
	}
	if err := emit(ctx, &types.EventParamsUpdated{Params: msg.Params}); err != nil {
		return nil, err
	}
	return &types.MsgUpdateParamsResponse{}, nil
}
