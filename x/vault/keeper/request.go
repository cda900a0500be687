package keeper

import (
	"context"
	"errors"
	"strconv"
	"time"

	"cosmossdk.io/collections"
	errorsmod "cosmossdk.io/errors"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/zhilian-network/zhilian/internal/number"
	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/vault/domain"
	"github.com/zhilian-network/zhilian/x/vault/types"
)

// requestAccess asks for a record. That a rule refuses it is an answer, not an error: only what a
// transaction stores can its subject read.
func (k *Keeper) requestAccess(ctx context.Context, actor accesstypes.Actor, record types.Record, purpose accesstypes.Purpose) (types.AccessRequest, error) {
	reader := accesstypes.MemberOf(actor.Scope())
	basis, refusal, err := k.judge(ctx, sharingOf(record, reader, purpose))
	if err != nil {
		return types.AccessRequest{}, err
	}
	if err := k.mayAsk(ctx, reader, record.Id, refusal != ""); err != nil {
		return types.AccessRequest{}, err
	}
	params, err := k.params.Get(ctx)
	if err != nil {
		return types.AccessRequest{}, err
	}
	now := sdk.UnwrapSDKContext(ctx).BlockTime()
	request := types.AccessRequest{
		RecordId: record.Id, Reader: reader, Operator: actor.Address, Purpose: purpose, Status: types.RequestOpen,
		Refusal: refusal, RequestedAt: now, ExpiresAt: now.Add(params.RequestLifetime),
	}
	entry := types.TrailEntry{Kind: types.TrailRequested, Reader: reader, Purpose: purpose, Basis: basis.String()}
	if refusal != "" {
		request.Status, entry.Kind, entry.Basis = types.RequestRefused, types.TrailRefused, refusal
	}
	if request.Id, err = number.Next(ctx, k.nextRequest); err != nil {
		return types.AccessRequest{}, err
	}
	if err := k.insertRequest(ctx, record.Subject, request); err != nil {
		return types.AccessRequest{}, err
	}
	if err := k.remember(ctx, request); err != nil {
		return types.AccessRequest{}, err
	}
	return request, k.note(ctx, record, actor, entry)
}

// judge finds the basis of a sharing, or the code of the rule that refuses it, as "access/80". Other
// failures are errors.
func (k *Keeper) judge(ctx context.Context, sharing accesstypes.Sharing) (accesstypes.Basis, string, error) {
	basis, err := k.access.CheckSharing(ctx, sharing)
	if !errors.Is(err, accesstypes.ErrConsentMissing) && !errors.Is(err, accesstypes.ErrConsentEnded) {
		return basis, "", err
	}
	codespace, code, _ := errorsmod.ABCIInfo(err, false)
	return accesstypes.Basis{}, codespace + "/" + strconv.FormatUint(uint64(code), 10), nil
}

// mayAsk refuses a reader that has asked for the record, or too often.
func (k *Keeper) mayAsk(ctx context.Context, reader accesstypes.Member, record uint64, refused bool) error {
	number, err := k.pending.Get(ctx, collections.Join(reader.Text(), record))
	if err == nil {
		earlier, err := k.Request(ctx, number)
		if err != nil {
			return err
		}
		if err := domain.CheckAsksAgain(earlier, refused); err != nil {
			return err
		}
		return k.release(ctx, earlier)
	}
	if !errors.Is(err, collections.ErrNotFound) {
		return err
	}
	count := 0
	err = k.pending.Walk(ctx, collections.NewPrefixedPairRange[string, uint64](reader.Text()), func(pendingKey, uint64) (bool, error) {
		count++
		return count == types.MaxPendingPerReader, nil
	})
	if err == nil && count == types.MaxPendingPerReader {
		return types.ErrTooManyRequests.Wrapf("%s has %d", reader.Text(), count)
	}
	return err
}

func (k *Keeper) insertRequest(ctx context.Context, subject accesstypes.Member, request types.AccessRequest) error {
	if err := k.requestsOfSubject.Set(ctx, numberOf(subject, request.Id)); err != nil {
		return err
	}
	return k.requests.Set(ctx, request.Id, request)
}

// remember bars a reader from asking again until the request expires.
func (k *Keeper) remember(ctx context.Context, request types.AccessRequest) error {
	if err := k.pending.Set(ctx, collections.Join(request.Reader.Text(), request.RecordId), request.Id); err != nil {
		return err
	}
	return k.requestQueue.Set(ctx, collections.Join(request.ExpiresAt, request.Id))
}

// release lets the reader ask again. The request stays to be read until it leaves state.
func (k *Keeper) release(ctx context.Context, request types.AccessRequest) error {
	if err := k.pending.Remove(ctx, collections.Join(request.Reader.Text(), request.RecordId)); err != nil {
		return err
	}
	if err := k.requestQueue.Remove(ctx, collections.Join(request.ExpiresAt, request.Id)); err != nil {
		return err
	}
	return k.requestQueue.Set(ctx, collections.Join(domain.LeavesAt(request), request.Id))
}

// forget removes a request from state, a lifetime after its own has ended.
func (k *Keeper) forget(ctx context.Context, request types.AccessRequest) error {
	record, err := k.Record(ctx, request.RecordId)
	if err != nil {
		return err
	}
	if err := k.requestQueue.Remove(ctx, collections.Join(domain.LeavesAt(request), request.Id)); err != nil {
		return err
	}
	if err := k.requestsOfSubject.Remove(ctx, numberOf(record.Subject, request.Id)); err != nil {
		return err
	}
	return k.requests.Remove(ctx, request.Id)
}

// decide ends an open request.
func (k *Keeper) decide(ctx context.Context, request types.AccessRequest, status types.RequestStatus) error {
	if err := domain.CheckRequestTransition(request.Status, status); err != nil {
		return err
	}
	over := !sdk.UnwrapSDKContext(ctx).BlockTime().Before(request.ExpiresAt)
	if over && status != types.RequestExpired {
		return types.ErrRequestDecided.Wrapf("request %d has expired", request.Id)
	}
	if err := k.release(ctx, request); err != nil {
		return err
	}
	request.Status = status
	return k.requests.Set(ctx, request.Id, request)
}

func (k *Keeper) denyAccess(ctx context.Context, actor accesstypes.Actor, record types.Record, request types.AccessRequest) error {
	if err := k.decide(ctx, request, types.RequestDenied); err != nil {
		return err
	}
	return k.note(ctx, record, actor, types.TrailEntry{
		Kind: types.TrailDenied, Reader: request.Reader, Purpose: request.Purpose,
	})
}

// EndBlock ends requests that nobody answered in time, lets readers ask again whose requests were refused, and
// removes requests that ended long ago: at most MaxExpiriesPerBlock together.
func (k *Keeper) EndBlock(ctx context.Context) error {
	due, err := k.due(ctx, sdk.UnwrapSDKContext(ctx).BlockTime())
	if err != nil {
		return err
	}
	for _, key := range due {
		request, err := k.Request(ctx, key.K2())
		if err != nil {
			return err
		}
		switch {
		case !key.K1().Equal(request.ExpiresAt):
			err = k.forget(ctx, request)
		case request.Status == types.RequestOpen:
			err = k.decide(ctx, request, types.RequestExpired)
		default:
			err = k.release(ctx, request)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (k *Keeper) due(ctx context.Context, now time.Time) ([]expiryKey, error) {
	var due []expiryKey
	err := k.requestQueue.Walk(ctx, nil, func(key expiryKey) (bool, error) {
		if key.K1().After(now) || len(due) == types.MaxExpiriesPerBlock {
			return true, nil
		}
		due = append(due, key)
		return false, nil
	})
	return due, err
}
