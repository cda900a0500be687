package gateway

import (
	"context"
	"encoding/hex"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"
	coretypes "github.com/cometbft/cometbft/rpc/core/types"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/zhilian-network/zhilian/gateway/arrivals"
	"github.com/zhilian-network/zhilian/gateway/explain"
	"github.com/zhilian-network/zhilian/gateway/index"
	gatewaytypes "github.com/zhilian-network/zhilian/gateway/types"
	"github.com/zhilian-network/zhilian/iso20022/identifier"
)

// Arrivals knows what was handed to this node and is in no block yet.
type Arrivals interface {
	Find(hash arrivals.Hash) (arrivals.Arrival, bool)
}

// transactions is what a node offers besides Node if it indexes transactions.
type transactions interface {
	Tx(ctx context.Context, hash []byte, prove bool) (*coretypes.ResultTx, error)
}

// FindPayments finds payments by a UETR, a transaction's hash, or a digest.
func (q queryServer) FindPayments(ctx context.Context, req *gatewaytypes.QueryFindPaymentsRequest) (*gatewaytypes.QueryFindPaymentsResponse, error) {
	if req == nil {
		return nil, status.Error(codes.InvalidArgument, "empty request")
	}
	if req.Limit > index.MaxPayments {
		return nil, status.Errorf(codes.InvalidArgument, "limit %d is above %d", req.Limit, index.MaxPayments)
	}
	var facts explain.Facts
	var err error
	hash, isHash := hashOf(req.Reference)
	switch {
	case isHash:
		facts, err = q.byHash(ctx, hash, req.Limit, req.Cursor)
	case identifier.CheckUETR(req.Reference) == nil:
		facts, err = q.byUETR(ctx, req.Reference, req.Cursor)
	default:
		return nil, status.Error(codes.InvalidArgument, "reference is neither a UETR (a lower-case version 4 UUID) nor 64 hexadecimal characters")
	}
	if err != nil {
		return nil, err
	}
	explain.Payments(facts.Found.Payments)
	return &gatewaytypes.QueryFindPaymentsResponse{
		Payments: facts.Found.Payments, Explanation: explain.Reference(facts), NextCursor: facts.Found.NextCursor,
		IndexedHeight: facts.Found.Position.Height, CompleteFromHeight: facts.Found.Position.CompleteFrom,
	}, nil
}

func hashOf(reference string) (arrivals.Hash, bool) {
	raw, err := hex.DecodeString(reference)
	if err != nil || len(raw) != len(arrivals.Hash{}) {
		return arrivals.Hash{}, false
	}
	return arrivals.Hash(raw), true
}

func (q queryServer) byUETR(ctx context.Context, uetr, cursor string) (explain.Facts, error) {
	if cursor != "" {
		// A UETR names one payment: its list gives no cursor out.
		return explain.Facts{}, status.Error(codes.InvalidArgument, index.ErrBadCursor.Error())
	}
	found, err := q.store.FindByUETR(ctx, uetr)
	if err != nil {
		return explain.Facts{}, storeError(err)
	}
	return explain.Facts{Found: found, Whole: true, NodeHeight: q.nodeHeight(ctx), Now: time.Now()}, nil
}

func (q queryServer) byHash(ctx context.Context, hash arrivals.Hash, limit uint32, cursor string) (explain.Facts, error) {
	// Asked before the index: a transaction that gets into a block meanwhile is then found there.
	handed := q.handed(hash)
	found, err := q.store.FindByHash(ctx, hash, limit, cursor)
	if err != nil {
		return explain.Facts{}, storeError(err)
	}
	facts := explain.Facts{
		Found: found, Whole: cursor == "" && found.NextCursor == "", NodeHeight: q.nodeHeight(ctx),
		Handed: handed, Hash: true, Now: time.Now(),
	}
	if len(found.Payments) == 0 && found.Refused == nil {
		facts.Included = q.included(ctx, hash)
	}
	return facts, nil
}

// nodeHeight is 0 if the node does not say.
func (q queryServer) nodeHeight(ctx context.Context) int64 {
	node, err := q.node.Status(ctx)
	if err != nil {
		return 0
	}
	return node.SyncInfo.LatestBlockHeight
}

func (q queryServer) handed(hash arrivals.Hash) *explain.Handed {
	if q.arrivals == nil {
		return nil
	}
	arrival, known := q.arrivals.Find(hash)
	if !known {
		return nil
	}
	handed := &explain.Handed{At: arrival.At}
	if r := arrival.Refusal; r != nil {
		handed.Refusal = &explain.Refusal{Codespace: r.Codespace, Code: r.Code, Log: r.Log}
	}
	return handed
}

// included asks the node for a transaction. A node that does not index transactions, or does not have
// this one, answers with an error that has no type: then nothing is known.
func (q queryServer) included(ctx context.Context, hash arrivals.Hash) *explain.Included {
	node, ok := q.node.(transactions)
	if !ok {
		return nil
	}
	found, err := node.Tx(ctx, hash[:], false)
	if err != nil || found == nil {
		return nil
	}
	included := &explain.Included{Height: found.Height}
	if result := found.TxResult; result.Code != abci.CodeTypeOK {
		included.Refusal = &explain.Refusal{Codespace: result.Codespace, Code: result.Code, Log: result.Log}
	}
	return included
}
