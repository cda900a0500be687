package rest

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	grpctypes "github.com/cosmos/cosmos-sdk/types/grpc"

	settlementv1 "github.com/zhilian-network/zhilian/api/zhilian/settlement/v1"
)

// BooksTimeMax bounds one check of the books. It may outlive the request that asked for it.
const BooksTimeMax = 5 * time.Minute

// books bounds the one query that reads every balance: one check at a time, and after a check as
// long a pause as it took, so that it costs half a processor at most however often it is asked for.
// Meanwhile callers get the last answer, which says its height.
type books struct {
	settlementv1.QueryClient
	heights Heights

	mutex    sync.Mutex
	checking bool
	last     *settlementv1.QueryInvariantsResponse
	ended    time.Time
	took     time.Duration
}

// Invariants answers zhilian.settlement.v1.Query/Invariants.
func (b *books) Invariants(ctx context.Context, _ *settlementv1.QueryInvariantsRequest, options ...grpc.CallOption) (*settlementv1.QueryInvariantsResponse, error) {
	height := askedHeight(ctx)
	known, checked, err := b.begin(height)
	if err != nil {
		return nil, err
	}
	if known == nil {
		select {
		case result := <-checked:
			if known, err = result.response, result.err; err != nil {
				return nil, err
			}
		case <-ctx.Done():
			return nil, status.Error(codes.Unavailable, "the books are still being checked; ask again for the result")
		}
	}
	tellHeight(options, known.Height)
	return known, nil
}

type checkResult struct {
	response *settlementv1.QueryInvariantsResponse
	err      error
}

// begin gives the answer that is there, or starts a check.
func (b *books) begin(height int64) (*settlementv1.QueryInvariantsResponse, <-chan checkResult, error) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	if b.last != nil && (b.last.Height == height || height == 0 && b.fresh()) {
		return b.last, nil, nil
	}
	if b.checking {
		if b.last != nil && height == 0 {
			return b.last, nil, nil
		}
		return nil, nil, status.Error(codes.Unavailable, "the books are being checked for another caller; ask again")
	}
	b.checking = true
	checked := make(chan checkResult, 1)
	go b.check(height, checked)
	return nil, checked, nil
}

// fresh says if the last answer does for the newest height.
func (b *books) fresh() bool {
	if time.Since(b.ended) < b.took {
		return true
	}
	if b.heights == nil {
		return false
	}
	_, newest := b.heights()
	return b.last.Height == newest
}

func (b *books) check(height int64, checked chan<- checkResult) {
	ctx, cancel := context.WithTimeout(context.Background(), BooksTimeMax)
	defer cancel()
	if height > 0 {
		ctx = metadata.AppendToOutgoingContext(ctx, grpctypes.GRPCBlockHeightHeader, strconv.FormatInt(height, 10))
	}
	began := time.Now()
	response, err := b.ask(ctx)
	b.mutex.Lock()
	defer b.mutex.Unlock()
	b.checking = false
	if err == nil {
		b.last, b.ended, b.took = response, time.Now(), time.Since(began)
	}
	checked <- checkResult{response, err}
}

// ask never leaves the check marked as running: a crash becomes an error.
func (b *books) ask(ctx context.Context) (response *settlementv1.QueryInvariantsResponse, err error) {
	defer func() {
		if crash := recover(); crash != nil {
			err = status.Error(codes.Internal, fmt.Sprint(crash))
		}
	}()
	return b.QueryClient.Invariants(ctx, &settlementv1.QueryInvariantsRequest{})
}

func askedHeight(ctx context.Context) int64 {
	sent, _ := metadata.FromOutgoingContext(ctx)
	for _, value := range sent.Get(grpctypes.GRPCBlockHeightHeader) {
		if height, err := strconv.ParseInt(value, 10, 64); err == nil {
			return height
		}
	}
	return 0
}

func tellHeight(options []grpc.CallOption, height int64) {
	for _, option := range options {
		if header, ok := option.(grpc.HeaderCallOption); ok {
			*header.HeaderAddr = metadata.Pairs(grpctypes.GRPCBlockHeightHeader, strconv.FormatInt(height, 10))
		}
	}
}
