package receipt

import (
	"context"
	"fmt"
	"strings"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"
	cmtbytes "github.com/cometbft/cometbft/libs/bytes"
	rpcclient "github.com/cometbft/cometbft/rpc/client"
	coretypes "github.com/cometbft/cometbft/rpc/core/types"
	"github.com/cometbft/cometbft/types"

	sdkerrors "github.com/cosmos/cosmos-sdk/types/errors"

	gateway "github.com/zhilian-network/zhilian/gateway/types"
	settlement "github.com/zhilian-network/zhilian/x/settlement/types"
)

const (
	headQuery  = "/store/" + settlement.StoreKey + "/key"
	proofQuery = "/zhilian.gateway.v1.Query/PaymentProof"
	indexQuery = "/zhilian.gateway.v1.Query/Status"

	// firstProvable is the lowest height for which nodes prove anything.
	firstProvable = 2

	validatorsPerPage = 100
	waitInterval      = 250 * time.Millisecond
	// A state is in the header after it: the wait for that block has an end.
	blockWaitsMax = 240
	// An index is behind by a block or two, or it has stopped.
	indexWaitsMax = 120
)

// RPC is what a receipt needs of a node: CometBFT's HTTP and local clients have it.
type RPC interface {
	ABCIQueryWithOptions(ctx context.Context, path string, data cmtbytes.HexBytes, opts rpcclient.ABCIQueryOptions) (*coretypes.ResultABCIQuery, error)
	Commit(ctx context.Context, height *int64) (*coretypes.ResultCommit, error)
	Validators(ctx context.Context, height *int64, page, perPage *int) (*coretypes.ResultValidators, error)
	Status(ctx context.Context) (*coretypes.ResultStatus, error)
}

// message is a generated protobuf type.
type message interface {
	Marshal() ([]byte, error)
	Unmarshal(bytes []byte) error
}

// ask puts a question to one of the node's query services.
func ask(ctx context.Context, rpc RPC, path string, request, response message) (abci.ResponseQuery, error) {
	bytes, err := request.Marshal()
	if err != nil {
		return abci.ResponseQuery{}, err
	}
	answer, err := rpc.ABCIQueryWithOptions(ctx, path, bytes, rpcclient.ABCIQueryOptions{})
	if err != nil {
		return abci.ResponseQuery{}, err
	}
	if !answer.Response.IsOK() {
		return answer.Response, nil
	}
	return answer.Response, response.Unmarshal(answer.Response.Value)
}

// words are a refusal without what gRPC and the SDK put before it.
func words(refusal abci.ResponseQuery) string {
	if _, said, found := strings.Cut(refusal.Log, "desc = "); found {
		return said
	}
	return refusal.Log
}

func askProof(ctx context.Context, rpc RPC, uetr string, decidedHeight int64, size uint64) (*gateway.QueryPaymentProofResponse, error) {
	request := &gateway.QueryPaymentProofRequest{Uetr: uetr, DecidedHeight: decidedHeight, LogSize: size}
	var proof gateway.QueryPaymentProofResponse
	answer, err := ask(ctx, rpc, proofQuery, request, &proof)
	if err != nil {
		return nil, err
	}
	notFound := answer.Codespace == sdkerrors.RootCodespace && answer.Code == sdkerrors.ErrKeyNotFound.ABCICode()
	switch {
	case notFound && decidedHeight > 0:
		return nil, fmt.Errorf("payment %s was not found: no decision of block %d about it is in the network's log", uetr, decidedHeight)
	case notFound:
		return nil, fmt.Errorf("payment %s was not found: it is not in the network's log", uetr)
	case !answer.IsOK():
		return nil, fmt.Errorf("payment %s: the node gives no proof: %s", uetr, words(answer))
	}
	return &proof, nil
}

// proveHead asks for the log's head in the state of a height.
func proveHead(ctx context.Context, rpc RPC, height int64) (*abci.ResponseQuery, error) {
	answer, err := rpc.ABCIQueryWithOptions(ctx, headQuery, headKey(), rpcclient.ABCIQueryOptions{Height: height, Prove: true})
	if err != nil {
		return nil, err
	}
	response := answer.Response
	switch {
	case !response.IsOK():
		return nil, fmt.Errorf("the node does not prove the log of payments at height %d: %s", height, response.Log)
	case len(response.Value) == 0:
		return nil, fmt.Errorf("the state of height %d has no log of payments, or the node has pruned it", height)
	case response.Height != height:
		return nil, fmt.Errorf("asked for height %d, the node answered for %d", height, response.Height)
	}
	return &response, nil
}

func newestBlock(ctx context.Context, rpc RPC) (int64, error) {
	status, err := rpc.Status(ctx)
	if err != nil {
		return 0, err
	}
	return status.SyncInfo.LatestBlockHeight, nil
}

// awaitBlock waits for a block and returns the height of the newest.
func awaitBlock(ctx context.Context, rpc RPC, height int64) (int64, error) {
	for range blockWaitsMax {
		newest, err := newestBlock(ctx, rpc)
		if err != nil || newest >= height {
			return newest, err
		}
		if err := pause(ctx); err != nil {
			return 0, fmt.Errorf("block %d did not come: %w", height, err)
		}
	}
	return 0, fmt.Errorf("block %d did not come within %s", height, blockWaitsMax*waitInterval)
}

// awaitIndex waits until the node's index knows a block.
func awaitIndex(ctx context.Context, rpc RPC, height int64) error {
	var known int64
	for range indexWaitsMax {
		var index gateway.QueryStatusResponse
		answer, err := ask(ctx, rpc, indexQuery, &gateway.QueryStatusRequest{}, &index)
		switch {
		case ctx.Err() != nil:
			return lagging(known, height, ctx.Err())
		case err != nil:
			return err
		case !answer.IsOK():
			return fmt.Errorf("the node has no index that could prove payments, or it is not up: %s; ask another node", words(answer))
		}
		if known = index.IndexedHeight; known >= height {
			return nil
		}
		if err := pause(ctx); err != nil {
			return lagging(known, height, err)
		}
	}
	return fmt.Errorf("the node's index stands at block %d and did not come to block %d within %s: try later, or ask another node",
		known, height, indexWaitsMax*waitInterval)
}

func lagging(known, height int64, err error) error {
	return fmt.Errorf("the node's index stands at block %d, wanted is block %d: %w", known, height, err)
}

func pause(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(waitInterval):
		return nil
	}
}

// load gets a signed header with its validators.
func load(ctx context.Context, rpc RPC, height int64) (point, error) {
	answer, err := rpc.Commit(ctx, &height)
	if err != nil {
		return point{}, err
	}
	if answer.Header == nil || answer.SignedHeader.Commit == nil {
		return point{}, fmt.Errorf("the node has no commit of block %d", height)
	}
	set, err := loadValidators(ctx, rpc, height)
	if err != nil {
		return point{}, err
	}
	return point{signed: &answer.SignedHeader, set: set}, nil
}

func loadValidators(ctx context.Context, rpc RPC, height int64) (*types.ValidatorSet, error) {
	var all []*types.Validator
	perPage := validatorsPerPage
	for page := 1; page <= ValidatorsMax/validatorsPerPage; page++ {
		answer, err := rpc.Validators(ctx, &height, &page, &perPage)
		if err != nil {
			return nil, err
		}
		all = append(all, answer.Validators...)
		if len(all) >= answer.Total || len(answer.Validators) == 0 {
			return types.ValidatorSetFromExistingValidators(all)
		}
	}
	return nil, fmt.Errorf("more than %d validators at height %d", ValidatorsMax, height)
}
