// Package audit bounds the query that reads every account and balance, for all doors of a node at
// once: gRPC, REST, and ABCI, which the command line uses. It is no part of consensus: what it
// answers depends on when it was asked, and no transaction asks it.
package audit

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

	sdk "github.com/cosmos/cosmos-sdk/types"
	grpctypes "github.com/cosmos/cosmos-sdk/types/grpc"

	"github.com/zhilian-network/zhilian/x/settlement/types"
)

const (
	// TimeMax bounds one check. It may outlive the query that asked for it.
	TimeMax = 5 * time.Minute
	// Patience is how long a query waits for a check that another began, or for the pause behind one;
	// by ABCI also for its own check: a query by ABCI holds up the consensus of the node, since
	// CometBFT calls the application for one thing at a time.
	Patience = 200 * time.Millisecond
	// secondLook is the time until a finding is looked at again.
	secondLook = 2 * time.Second
)

// Server answers zhilian.settlement.v1.Query. It makes one check of the books at a time, and after it
// a pause as long as it took, so that the checks cost half a processor at most however often they are
// asked for. Meanwhile who asks for the newest height gets the last answer, which says its height.
type Server struct {
	types.QueryServer
	newest     func() int64
	patience   time.Duration
	secondLook time.Duration

	mutex   sync.Mutex
	running chan struct{} // closed when the check that runs has ended; nil while none runs
	last    *types.QueryInvariantsResponse
	ended   time.Time
	took    time.Duration
}

// NewServer puts the bound before queries. newest tells the newest height that is committed; it is
// asked from many goroutines.
func NewServer(queries types.QueryServer, newest func() int64) *Server {
	return &Server{QueryServer: queries, newest: newest, patience: Patience, secondLook: secondLook}
}

// question is what a query wants to know.
type question struct {
	height int64
	// any is set if an answer of an earlier height will do: none was stated.
	any bool
	// byABCI may or may not have stated its height, if that is the newest.
	byABCI bool
}

// Invariants answers from the last check, or from a new one if that may begin. A caller that cannot
// wait for the end of a check is told so with codes.Unavailable; the check goes on, for whoever asks
// next.
func (s *Server) Invariants(ctx context.Context, request *types.QueryInvariantsRequest) (*types.QueryInvariantsResponse, error) {
	state := sdk.UnwrapSDKContext(ctx)
	if !state.IsCheckTx() {
		return s.QueryServer.Invariants(ctx, request) // no query of a node: it must not depend on others
	}
	asked := s.read(ctx, state.BlockHeight())
	patience := time.NewTimer(s.patience)
	defer patience.Stop()
	for {
		known, own, wait := s.begin(state, asked)
		switch {
		case known != nil:
			return tell(ctx, asked, known), nil
		case own != nil && !asked.byABCI:
			return await(ctx, own)
		case own != nil:
			return s.awaitBriefly(ctx, asked, own, patience.C)
		}
		select {
		case <-wait.ended:
		case <-time.After(wait.pause):
		case <-patience.C:
			return s.leave(ctx, asked, anotherChecks)
		case <-ctx.Done():
			return s.leave(ctx, asked, anotherChecks)
		}
	}
}

func (s *Server) read(ctx context.Context, height int64) question {
	sent, byGRPC := metadata.FromIncomingContext(ctx)
	if !byGRPC {
		return question{height: height, any: height >= s.newest(), byABCI: true}
	}
	stated := sent.Get(grpctypes.GRPCBlockHeightHeader)
	return question{height: height, any: len(stated) == 0 || stated[0] == "0" || stated[0] == ""}
}

// obstacle is why a check may not begin: another one runs, or the pause behind it does.
type obstacle struct {
	ended <-chan struct{}
	pause time.Duration
}

type result struct {
	response *types.QueryInvariantsResponse
	err      error
}

// begin gives the answer that is there, or begins a check, or says what to wait for.
func (s *Server) begin(state sdk.Context, asked question) (known *types.QueryInvariantsResponse, own <-chan result, wait obstacle) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.last != nil && s.last.Height == asked.height {
		return s.last, nil, wait
	}
	pause := s.took - time.Since(s.ended)
	if s.running != nil || pause > 0 {
		if s.last != nil && asked.any && !asked.byABCI {
			return s.last, nil, wait
		}
		if s.running != nil {
			pause = TimeMax
		}
		return nil, nil, obstacle{s.running, pause}
	}
	s.running = make(chan struct{})
	checked := make(chan result, 1)
	go s.check(state, checked)
	return nil, checked, wait
}

// check makes a check that is nobody's: it does not end with the query that began it.
func (s *Server) check(state sdk.Context, checked chan<- result) {
	ctx, cancel := context.WithTimeout(context.Background(), TimeMax)
	defer cancel()
	began := time.Now()
	response, err := s.look(state.WithContext(ctx))
	s.mutex.Lock()
	defer s.mutex.Unlock()
	close(s.running)
	s.running, s.ended, s.took = nil, time.Now(), time.Since(began)
	if err == nil {
		s.last = response
	}
	checked <- result{response, err}
}

// look looks again before it says that the books are wrong. At the newest height IAVL reads an index
// that is being written while the next block is committed: what it gives then may be of both blocks.
// After a moment the block is committed, and the height is read from its own tree.
func (s *Server) look(state sdk.Context) (*types.QueryInvariantsResponse, error) {
	response, err := s.ask(state)
	if err == nil && response.MoneyConserved {
		return response, nil
	}
	if status.Code(err) != codes.OK && status.Code(err) != codes.Unavailable {
		return nil, err
	}
	select {
	case <-time.After(s.secondLook):
	case <-state.Context().Done():
		return nil, state.Context().Err()
	}
	return s.ask(state)
}

// ask never leaves the check marked as running: a crash becomes an error.
func (s *Server) ask(state sdk.Context) (response *types.QueryInvariantsResponse, err error) {
	defer func() {
		if crash := recover(); crash != nil {
			err = status.Error(codes.Internal, fmt.Sprint(crash))
		}
	}()
	return s.QueryServer.Invariants(state, &types.QueryInvariantsRequest{})
}

const (
	stillChecking = "the books are still being checked; ask again for the result"
	anotherChecks = "the books are being checked for another caller, or were just now; ask again"
)

func await(ctx context.Context, own <-chan result) (*types.QueryInvariantsResponse, error) {
	select {
	case checked := <-own:
		return checked.response, checked.err
	case <-ctx.Done():
		return nil, status.Error(codes.Unavailable, stillChecking)
	}
}

func (s *Server) awaitBriefly(ctx context.Context, asked question, own <-chan result, over <-chan time.Time) (*types.QueryInvariantsResponse, error) {
	select {
	case checked := <-own:
		return checked.response, checked.err
	case <-over:
	case <-ctx.Done():
	}
	return s.leave(ctx, asked, stillChecking)
}

// leave gives the last answer to who takes one of another height, and refuses the others.
func (s *Server) leave(ctx context.Context, asked question, reason string) (*types.QueryInvariantsResponse, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.last != nil && asked.any {
		return tell(ctx, asked, s.last), nil
	}
	return nil, status.Errorf(codes.Unavailable, "%s (height %d)", reason, asked.height)
}

// tell adds the answer's height to the header, which has that of the question already: the last value
// counts. By ABCI the answer alone says it.
func tell(ctx context.Context, asked question, known *types.QueryInvariantsResponse) *types.QueryInvariantsResponse {
	if known.Height != asked.height && !asked.byABCI {
		// Without a header the answer still says its height.
		_ = grpc.SetHeader(ctx, metadata.Pairs(grpctypes.GRPCBlockHeightHeader, strconv.FormatInt(known.Height, 10)))
	}
	return known
}
