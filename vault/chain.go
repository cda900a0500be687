package vault

import (
	"context"
	"fmt"

	"github.com/cosmos/gogoproto/proto"

	sdkclient "github.com/cosmos/cosmos-sdk/client"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/types/query"

	"github.com/zhilian-network/zhilian/gateway/client"
	access "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/vault/types"
)

// Chain is what the commands need of the network.
type Chain interface {
	// Address is that of the chosen key, bech32; empty if none was chosen.
	Address() string
	// Operator is whom the chosen key acts for.
	Operator(ctx context.Context) (access.Operator, error)
	// Keys are all encryption keys of a member, newest first.
	Keys(ctx context.Context, owner access.Member) ([]types.EncryptionKey, error)
	// Record is a record with the shares that the asker may see.
	Record(ctx context.Context, id uint64) (types.Record, []types.Share, error)
	// Records, Requests and Trail are lists of at most limit rows; more says that there are others.
	Records(ctx context.Context, subject access.Member, limit int) (rows []types.Record, more bool, err error)
	Requests(ctx context.Context, subject access.Member, limit int) (rows []types.AccessRequest, more bool, err error)
	Trail(ctx context.Context, record uint64, limit int) (rows []types.TrailEntry, more bool, err error)
	// Send signs a message, waits until it is in a block, and reads the chain's answer into response.
	Send(ctx context.Context, msg sdk.Msg, response proto.Message) (client.Receipt, error)
}

const (
	pageRows = 200
	// maxKeyRows bounds the walk through the keys of a member who rotates often.
	maxKeyRows = 20_000
)

// network is a Chain behind the SDK's client context.
type network struct {
	clientCtx sdkclient.Context
	address   string
	sender    *client.Sender
}

// newNetwork opens the network, with the key that the context names if it names one.
func newNetwork(ctx context.Context, clientCtx sdkclient.Context) (*network, error) {
	n := &network{clientCtx: clientCtx}
	if clientCtx.FromName == "" {
		return n, nil
	}
	var err error
	if n.clientCtx, err = client.WithChainID(ctx, clientCtx); err != nil {
		return nil, err
	}
	if n.sender, err = client.NewContextSender(n.clientCtx); err != nil {
		return nil, err
	}
	n.address, err = client.Addresses(clientCtx).BytesToString(n.sender.Address())
	return n, err
}

func (n *network) Address() string { return n.address }

func (n *network) Operator(ctx context.Context) (access.Operator, error) {
	return client.NewReader(n.clientCtx).Operator(ctx)
}

// queries carries the caller's deadline: the SDK's context asks under its own otherwise.
func (n *network) queries(ctx context.Context) types.QueryClient {
	return types.NewQueryClient(n.clientCtx.WithCmdContext(ctx))
}

func (n *network) Keys(ctx context.Context, owner access.Member) ([]types.EncryptionKey, error) {
	keys, more, err := collect(maxKeyRows, func(page *query.PageRequest) ([]types.EncryptionKey, *query.PageResponse, error) {
		answer, err := n.queries(ctx).Keys(ctx, &types.QueryKeysRequest{
			InstitutionId: owner.InstitutionId, PartyId: owner.PartyId, Pagination: page,
		})
		return answer.GetKeys(), answer.GetPagination(), err
	})
	if err == nil && more {
		err = fmt.Errorf("%s has more than %d keys", memberText(owner), maxKeyRows)
	}
	return keys, err
}

func (n *network) Record(ctx context.Context, id uint64) (types.Record, []types.Share, error) {
	answer, err := n.queries(ctx).Record(ctx, &types.QueryRecordRequest{RecordId: id})
	if err != nil {
		return types.Record{}, nil, err
	}
	return answer.Record, answer.Shares, nil
}

func (n *network) Records(ctx context.Context, subject access.Member, limit int) ([]types.Record, bool, error) {
	return collect(limit, func(page *query.PageRequest) ([]types.Record, *query.PageResponse, error) {
		answer, err := n.queries(ctx).Records(ctx, &types.QueryRecordsRequest{
			InstitutionId: subject.InstitutionId, PartyId: subject.PartyId, Pagination: page,
		})
		return answer.GetRecords(), answer.GetPagination(), err
	})
}

func (n *network) Requests(ctx context.Context, subject access.Member, limit int) ([]types.AccessRequest, bool, error) {
	return collect(limit, func(page *query.PageRequest) ([]types.AccessRequest, *query.PageResponse, error) {
		answer, err := n.queries(ctx).Requests(ctx, &types.QueryRequestsRequest{
			InstitutionId: subject.InstitutionId, PartyId: subject.PartyId, Pagination: page,
		})
		return answer.GetRequests(), answer.GetPagination(), err
	})
}

func (n *network) Trail(ctx context.Context, record uint64, limit int) ([]types.TrailEntry, bool, error) {
	return collect(limit, func(page *query.PageRequest) ([]types.TrailEntry, *query.PageResponse, error) {
		answer, err := n.queries(ctx).Trail(ctx, &types.QueryTrailRequest{RecordId: record, Pagination: page})
		return answer.GetEntries(), answer.GetPagination(), err
	})
}

func (n *network) Send(ctx context.Context, msg sdk.Msg, response proto.Message) (client.Receipt, error) {
	if n.sender == nil {
		return client.Receipt{}, client.ErrReadOnly
	}
	receipt, err := n.sender.Send(ctx, msg)
	if err != nil {
		return receipt, err
	}
	return receipt, receipt.Read(response)
}

// collect walks pages until it has limit rows. A node that gives empty pages for ever is not followed.
func collect[T any](limit int, page func(*query.PageRequest) ([]T, *query.PageResponse, error)) (rows []T, more bool, err error) {
	var next []byte
	for {
		got, after, err := page(&query.PageRequest{Key: next, Limit: uint64(min(pageRows, limit-len(rows)))})
		if err != nil {
			return nil, false, err
		}
		rows = append(rows, got...)
		more = after != nil && len(after.NextKey) > 0
		if !more || len(got) == 0 || len(rows) >= limit {
			return rows[:min(limit, len(rows))], more, nil
		}
		next = after.NextKey
	}
}
