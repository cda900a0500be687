package gateway

import (
	"context"
	"errors"

	coretypes "github.com/cometbft/cometbft/rpc/core/types"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"cosmossdk.io/core/address"

	"github.com/zhilian-network/zhilian/gateway/explain"
	"github.com/zhilian-network/zhilian/gateway/index"
	"github.com/zhilian-network/zhilian/gateway/payments"
	gatewaytypes "github.com/zhilian-network/zhilian/gateway/types"
	settlement "github.com/zhilian-network/zhilian/x/settlement/types"
)

// Node is what the status answer reads of a node: a part of CometBFT's RPC client.
type Node interface {
	Status(ctx context.Context) (*coretypes.ResultStatus, error)
	NetInfo(ctx context.Context) (*coretypes.ResultNetInfo, error)
}

// ValidatorCounter knows the consortium's validators.
type ValidatorCounter interface {
	ActiveValidators(ctx context.Context) (uint32, error)
}

// NewQueryServer answers from the index and the node. validators may be nil: the count is then 0.
// arrivals may be nil: then nothing is known of what waits for a block. judge may be nil: then no policies are
// simulated.
func NewQueryServer(store *index.Store, node Node, validators ValidatorCounter, arrivals Arrivals, judge PolicyJudge, addresses address.Codec, version string) gatewaytypes.QueryServer {
	results, _ := node.(blockResults)
	return queryServer{
		store: store, node: node, validators: validators, arrivals: arrivals,
		simulator: &simulator{judge: judge, results: results}, addresses: addresses, version: version,
	}
}

type queryServer struct {
	store      *index.Store
	node       Node
	validators ValidatorCounter
	arrivals   Arrivals
	simulator  *simulator
	addresses  address.Codec
	version    string
}

func (q queryServer) Payments(ctx context.Context, req *gatewaytypes.QueryPaymentsRequest) (*gatewaytypes.QueryPaymentsResponse, error) {
	if req == nil {
		return nil, status.Error(codes.InvalidArgument, "empty request")
	}
	if err := q.account(req.Account); err != nil {
		return nil, err
	}
	if req.Limit > index.MaxPayments {
		return nil, status.Errorf(codes.InvalidArgument, "limit %d is above %d", req.Limit, index.MaxPayments)
	}
	page, err := q.store.Payments(ctx, req.Account, req.Limit, req.Cursor)
	if err != nil {
		return nil, storeError(err)
	}
	explain.Payments(page.Payments)
	return &gatewaytypes.QueryPaymentsResponse{
		Payments: page.Payments, NextCursor: page.NextCursor,
		IndexedHeight: page.Position.Height, CompleteFromHeight: page.Position.CompleteFrom,
	}, nil
}

func (q queryServer) Entries(ctx context.Context, req *gatewaytypes.QueryEntriesRequest) (*gatewaytypes.QueryEntriesResponse, error) {
	if req == nil {
		return nil, status.Error(codes.InvalidArgument, "empty request")
	}
	if err := q.account(req.Account); err != nil {
		return nil, err
	}
	switch {
	case req.Limit > index.MaxEntries:
		return nil, status.Errorf(codes.InvalidArgument, "limit %d is above %d", req.Limit, index.MaxEntries)
	case req.FromHeight < 0 || req.ToHeight < 0:
		return nil, status.Error(codes.InvalidArgument, "heights are not negative")
	case req.ToHeight > 0 && req.FromHeight > req.ToHeight:
		return nil, status.Errorf(codes.InvalidArgument, "from_height %d is above to_height %d", req.FromHeight, req.ToHeight)
	}
	page, err := q.store.Entries(ctx, req.Account, req.FromHeight, req.ToHeight, req.Limit, req.Cursor)
	if err != nil {
		return nil, storeError(err)
	}
	return &gatewaytypes.QueryEntriesResponse{
		Entries: page.Entries, NextCursor: page.NextCursor,
		IndexedHeight: page.Position.Height, CompleteFromHeight: page.Position.CompleteFrom,
	}, nil
}

func (q queryServer) Status(ctx context.Context, _ *gatewaytypes.QueryStatusRequest) (*gatewaytypes.QueryStatusResponse, error) {
	node, err := q.node.Status(ctx)
	if err != nil {
		return nil, status.Errorf(codes.Unavailable, "node does not answer: %s", err)
	}
	network, err := q.node.NetInfo(ctx)
	if err != nil {
		return nil, status.Errorf(codes.Unavailable, "node does not answer: %s", err)
	}
	position, err := q.store.Position(ctx)
	if err != nil {
		return nil, storeError(err)
	}
	var validators uint32
	if q.validators != nil {
		if validators, err = q.validators.ActiveValidators(ctx); err != nil {
			return nil, status.Errorf(codes.Unavailable, "validators cannot be counted: %s", err)
		}
	}
	return &gatewaytypes.QueryStatusResponse{
		ChainId:            node.NodeInfo.Network,
		Height:             node.SyncInfo.LatestBlockHeight,
		BlockTime:          node.SyncInfo.LatestBlockTime.UTC(),
		IndexedHeight:      position.Height,
		CatchingUp:         node.SyncInfo.CatchingUp,
		Peers:              uint32(max(network.NPeers, 0)),
		ActiveValidators:   validators,
		Version:            q.version,
		CompleteFromHeight: position.CompleteFrom,
	}, nil
}

func (q queryServer) PaymentProof(ctx context.Context, req *gatewaytypes.QueryPaymentProofRequest) (*gatewaytypes.QueryPaymentProofResponse, error) {
	if req == nil {
		return nil, status.Error(codes.InvalidArgument, "empty request")
	}
	if _, err := settlement.ParseUETR(req.Uetr); err != nil {
		return nil, status.Error(codes.InvalidArgument, err.Error())
	}
	if req.DecidedHeight < 0 {
		return nil, status.Error(codes.InvalidArgument, "heights are not negative")
	}
	proof, err := q.store.PaymentProof(ctx, req.Uetr, req.DecidedHeight, req.LogSize)
	if err != nil {
		return nil, proofError(q.beyondLog(ctx, err))
	}
	return &gatewaytypes.QueryPaymentProofResponse{
		Payment: proof.Payment, LogIndex: uint64(proof.Index), LogSize: uint64(proof.Size), Path: proof.Path,
		IndexedHeight: proof.Position.Height,
	}, nil
}

// PaymentDetails answers with what is sealed: the node can open none of it.
func (q queryServer) PaymentDetails(ctx context.Context, req *gatewaytypes.QueryPaymentDetailsRequest) (*gatewaytypes.QueryPaymentDetailsResponse, error) {
	if req == nil {
		return nil, status.Error(codes.InvalidArgument, "empty request")
	}
	if _, err := settlement.ParseUETR(req.Uetr); err != nil {
		return nil, status.Error(codes.InvalidArgument, err.Error())
	}
	found, err := q.store.PaymentDetails(ctx, req.Uetr)
	if errors.Is(err, index.ErrNoDetails) {
		return nil, status.Error(codes.NotFound, err.Error())
	}
	if err != nil {
		return nil, storeError(err)
	}
	return &gatewaytypes.QueryPaymentDetailsResponse{
		Uetr: req.Uetr, Debtor: found.Debtor, Creditor: found.Creditor, InstructionDigest: found.InstructionDigest,
		Digest: found.Envelope.Digest, Details: found.Envelope, Groups: found.Groups,
		ChainId: found.Position.ChainID, IndexedHeight: found.Position.Height,
	}, nil
}

// DetailsGroups answers without any key: who asks can seal them again.
func (q queryServer) DetailsGroups(ctx context.Context, req *gatewaytypes.QueryDetailsGroupsRequest) (*gatewaytypes.QueryDetailsGroupsResponse, error) {
	if req == nil {
		return nil, status.Error(codes.InvalidArgument, "empty request")
	}
	if len(req.Commitments) > payments.KnownGroupsMax {
		return nil, status.Errorf(codes.InvalidArgument, "%d commitments, at most %d", len(req.Commitments), payments.KnownGroupsMax)
	}
	known, position, err := q.store.KnownGroups(ctx, req.Debtor, req.Commitments)
	if err != nil {
		return nil, storeError(err)
	}
	return &gatewaytypes.QueryDetailsGroupsResponse{Known: known, IndexedHeight: position.Height}, nil
}

// errBeyondLog is a size that the network's log does not have, which is the asker's mistake; one that
// the index does not have yet is not.
var errBeyondLog = errors.New("the network's log of payments is not that long")

func (q queryServer) beyondLog(ctx context.Context, err error) error {
	if !errors.Is(err, index.ErrNotIndexedYet) {
		return err
	}
	node, statusErr := q.node.Status(ctx)
	position, positionErr := q.store.Position(ctx)
	if statusErr != nil || positionErr != nil || node.SyncInfo.LatestBlockHeight > position.Height {
		return err
	}
	return errBeyondLog
}

func proofError(err error) error {
	for refusal, code := range map[error]codes.Code{
		index.ErrPaymentUnknown: codes.NotFound,
		index.ErrPaymentEarlier: codes.FailedPrecondition,
		index.ErrHashesMissing:  codes.FailedPrecondition,
		index.ErrLogBroken:      codes.FailedPrecondition,
		index.ErrNotInLog:       codes.InvalidArgument,
		errBeyondLog:            codes.InvalidArgument,
		index.ErrNotIndexedYet:  codes.Unavailable,
	} {
		if errors.Is(err, refusal) {
			return status.Error(code, err.Error())
		}
	}
	return storeError(err)
}

func (q queryServer) account(account string) error {
	if _, err := q.addresses.StringToBytes(account); err != nil {
		return status.Errorf(codes.InvalidArgument, "account: %s", err)
	}
	return nil
}

func storeError(err error) error {
	if errors.Is(err, index.ErrBadCursor) {
		return status.Error(codes.InvalidArgument, err.Error())
	}
	return status.Errorf(codes.Internal, "index: %s", err)
}
