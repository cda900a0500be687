package client

import (
	"context"
	"errors"
	"fmt"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"cosmossdk.io/math"

	sdkclient "github.com/cosmos/cosmos-sdk/client"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/types/query"

	gatewaytypes "github.com/zhilian-network/zhilian/gateway/types"
	access "github.com/zhilian-network/zhilian/x/access/types"
	ledger "github.com/zhilian-network/zhilian/x/ledger/types"
	settlement "github.com/zhilian-network/zhilian/x/settlement/types"
)

const (
	listPage = 200
	// maxListPages bounds a walk through a list; no network has as many institutions.
	maxListPages = 500
)

// ErrReadOnly says that a chain was opened without a key.
var ErrReadOnly = errors.New("no key to sign with")

// BatchReceipt is a batch in a block: one result per transfer, in the order of the message.
type BatchReceipt struct {
	Height  int64
	TxHash  string
	Results []settlement.TransferResult
}

// Chain answers questions and, with a sender, takes batches.
type Chain struct {
	ctx    sdkclient.Context
	sender *Sender
}

// NewReader returns a chain that only answers questions.
func NewReader(ctx sdkclient.Context) *Chain { return &Chain{ctx: ctx} }

// NewOperator returns a chain for the operator whose key the context names.
func NewOperator(ctx sdkclient.Context) (*Chain, error) {
	sender, err := NewContextSender(ctx)
	if err != nil {
		return nil, err
	}
	return &Chain{ctx: ctx, sender: sender}, nil
}

// questions carries the caller's deadline to the node: the SDK's context asks under its own, and not under the
// one that a query is called with.
func (c *Chain) questions(ctx context.Context) sdkclient.Context { return c.ctx.WithCmdContext(ctx) }

// Operator returns who the signing key acts for.
func (c *Chain) Operator(ctx context.Context) (access.Operator, error) {
	if c.ctx.FromAddress.Empty() {
		return access.Operator{}, ErrReadOnly
	}
	key, err := Addresses(c.ctx).BytesToString(c.ctx.FromAddress)
	if err != nil {
		return access.Operator{}, err
	}
	answer, err := access.NewQueryClient(c.questions(ctx)).Operator(ctx, &access.QueryOperatorRequest{Address: key})
	if status.Code(err) == codes.NotFound {
		return access.Operator{}, fmt.Errorf("key %s (%s) is no operator of this network", c.ctx.FromName, key)
	}
	if err != nil {
		return access.Operator{}, err
	}
	return answer.Operator, nil
}

// Institutions lists all institutions by id.
func (c *Chain) Institutions(ctx context.Context) ([]access.Institution, error) {
	var all []access.Institution
	var next []byte
	for range maxListPages {
		answer, err := access.NewQueryClient(c.questions(ctx)).Institutions(ctx, &access.QueryInstitutionsRequest{
			Pagination: &query.PageRequest{Key: next, Limit: listPage},
		})
		if err != nil {
			return nil, err
		}
		all = append(all, answer.Institutions...)
		if answer.Pagination == nil || len(answer.Pagination.NextKey) == 0 {
			return all, nil
		}
		next = answer.Pagination.NextKey
	}
	return nil, fmt.Errorf("more than %d institutions", maxListPages*listPage)
}

// Resolve finds accounts by the digests of their numbers, at most settlement.ResolveReferencesMax;
// nil stands for a number that no account has.
func (c *Chain) Resolve(ctx context.Context, digests [][]byte) ([]*settlement.Account, error) {
	answer, err := settlement.NewQueryClient(c.questions(ctx)).ResolveReferences(ctx, &settlement.QueryResolveReferencesRequest{Digests: digests})
	if err != nil {
		return nil, err
	}
	if len(answer.References) != len(digests) {
		return nil, fmt.Errorf("asked for %d accounts, got %d answers", len(digests), len(answer.References))
	}
	accounts := make([]*settlement.Account, len(digests))
	for i, reference := range answer.References {
		if reference.Found {
			accounts[i] = reference.Account
		}
	}
	return accounts, nil
}

// PayBatch sends a batch and waits for its block.
func (c *Chain) PayBatch(ctx context.Context, batch *settlement.MsgPayBatch) (BatchReceipt, error) {
	if c.sender == nil {
		return BatchReceipt{}, ErrReadOnly
	}
	receipt, err := c.sender.Send(ctx, batch)
	if err != nil {
		return BatchReceipt{}, err
	}
	results, err := decodeBatch(receipt.Data)
	if err != nil {
		return BatchReceipt{}, &OutcomeUnknown{TxHash: receipt.TxHash, Cause: err}
	}
	if len(results) != len(batch.Transfers) {
		return BatchReceipt{}, &OutcomeUnknown{TxHash: receipt.TxHash,
			Cause: fmt.Errorf("%d results for %d transfers", len(results), len(batch.Transfers))}
	}
	return BatchReceipt{Height: receipt.Height, TxHash: receipt.TxHash, Results: results}, nil
}

func decodeBatch(data []byte) ([]settlement.TransferResult, error) {
	var result sdk.TxMsgData
	if err := result.Unmarshal(data); err != nil {
		return nil, fmt.Errorf("result of the transaction: %w", err)
	}
	if len(result.MsgResponses) != 1 || result.MsgResponses[0] == nil {
		return nil, fmt.Errorf("result of the transaction has %d responses, not one", len(result.MsgResponses))
	}
	var response settlement.MsgPayBatchResponse
	if err := response.Unmarshal(result.MsgResponses[0].Value); err != nil {
		return nil, fmt.Errorf("result of the batch: %w", err)
	}
	return response.Results, nil
}

// Payment returns a payment by its UETR, and nil if the chain's state has none.
func (c *Chain) Payment(ctx context.Context, uetr string) (*settlement.Payment, error) {
	answer, err := settlement.NewQueryClient(c.questions(ctx)).Payment(ctx, &settlement.QueryPaymentRequest{Uetr: uetr})
	if status.Code(err) == codes.NotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &answer.Payment, nil
}

// Account returns a settlement account by its address, and nil if there is none.
func (c *Chain) Account(ctx context.Context, address string) (*settlement.Account, error) {
	answer, err := settlement.NewQueryClient(c.questions(ctx)).Account(ctx, &settlement.QueryAccountRequest{Address: address})
	if status.Code(err) == codes.NotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &answer.Account, nil
}

// Participants lists the institutions that settle.
func (c *Chain) Participants(ctx context.Context) ([]settlement.Participant, error) {
	var all []settlement.Participant
	var next []byte
	for range maxListPages {
		answer, err := settlement.NewQueryClient(c.questions(ctx)).Participants(ctx, &settlement.QueryParticipantsRequest{
			Pagination: &query.PageRequest{Key: next, Limit: listPage},
		})
		if err != nil {
			return nil, err
		}
		all = append(all, answer.Participants...)
		if answer.Pagination == nil || len(answer.Pagination.NextKey) == 0 {
			return all, nil
		}
		next = answer.Pagination.NextKey
	}
	return nil, fmt.Errorf("more than %d participants", maxListPages*listPage)
}

// Balance returns what an account held of a denom after a block.
func (c *Chain) Balance(ctx context.Context, address, denom string, height int64) (math.Int, error) {
	answer, err := ledger.NewQueryClient(c.questions(ctx).WithHeight(height)).Balance(ctx, &ledger.QueryBalanceRequest{Address: address, Denom: denom})
	if err != nil {
		return math.Int{}, fmt.Errorf("balance of %s at height %d: %w", denom, height, err)
	}
	return answer.Balance.Amount, nil
}

// Entries returns a page of an account's movements from the node's index.
func (c *Chain) Entries(ctx context.Context, request *gatewaytypes.QueryEntriesRequest) (*gatewaytypes.QueryEntriesResponse, error) {
	return gatewaytypes.NewQueryClient(c.questions(ctx)).Entries(ctx, request)
}

// BlockTime returns the time of a block.
func (c *Chain) BlockTime(ctx context.Context, height int64) (time.Time, error) {
	node, err := c.ctx.GetNode()
	if err != nil {
		return time.Time{}, err
	}
	info, err := node.BlockchainInfo(ctx, height, height)
	if err != nil {
		return time.Time{}, err
	}
	if len(info.BlockMetas) != 1 || info.BlockMetas[0].Header.Height != height {
		return time.Time{}, fmt.Errorf("node does not have block %d", height)
	}
	return info.BlockMetas[0].Header.Time.UTC(), nil
}

// EarliestBlock returns the lowest height that the node has.
func (c *Chain) EarliestBlock(ctx context.Context) (int64, error) {
	node, err := c.ctx.GetNode()
	if err != nil {
		return 0, err
	}
	status, err := node.Status(ctx)
	if err != nil {
		return 0, err
	}
	return max(status.SyncInfo.EarliestBlockHeight, 1), nil
}
