package audit

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	cmtproto "github.com/cometbft/cometbft/proto/tendermint/types"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"cosmossdk.io/log/v2"

	sdk "github.com/cosmos/cosmos-sdk/types"
	grpctypes "github.com/cosmos/cosmos-sdk/types/grpc"

	"github.com/zhilian-network/zhilian/x/settlement/types"
)

type verdict func(ctx context.Context) (*types.QueryInvariantsResponse, error)

// slowBooks answers when it is told what.
type slowBooks struct {
	types.QueryServer
	asked   chan int64
	answers chan verdict
}

func (s *slowBooks) Invariants(ctx context.Context, _ *types.QueryInvariantsRequest) (*types.QueryInvariantsResponse, error) {
	s.asked <- sdk.UnwrapSDKContext(ctx).BlockHeight()
	return (<-s.answers)(ctx)
}

// sound and wrong are answers of the height that was asked for.
func sound(ctx context.Context) (*types.QueryInvariantsResponse, error) {
	return &types.QueryInvariantsResponse{MoneyConserved: true, Height: sdk.UnwrapSDKContext(ctx).BlockHeight()}, nil
}

func wrong(ctx context.Context) (*types.QueryInvariantsResponse, error) {
	return &types.QueryInvariantsResponse{Violations: []string{"wrong"}, Height: sdk.UnwrapSDKContext(ctx).BlockHeight()}, nil
}

type fixture struct {
	*Server
	books  *slowBooks
	newest int64
}

func newFixture() *fixture {
	f := &fixture{books: &slowBooks{asked: make(chan int64, 1000), answers: make(chan verdict, 1000)}, newest: 1}
	f.Server = NewServer(f.books, func() int64 { return f.newest })
	f.patience, f.secondLook = 20*time.Millisecond, time.Millisecond
	return f
}

func stateAt(ctx context.Context, height int64) sdk.Context {
	return sdk.NewContext(nil, cmtproto.Header{Height: height}, true, log.NewNopLogger()).WithContext(ctx)
}

// byGRPC asks for the newest height, or one that is stated.
func (f *fixture) byGRPC(ctx context.Context, stated ...string) (int64, error) {
	height := f.newest
	md := metadata.MD{}
	if len(stated) > 0 {
		md.Set(grpctypes.GRPCBlockHeightHeader, stated...)
		height = int64(stated[0][0] - '0')
	}
	return f.at(stateAt(metadata.NewIncomingContext(ctx, md), height))
}

func (f *fixture) byABCI(height int64) (int64, error) {
	return f.at(stateAt(context.Background(), height))
}

func (f *fixture) at(state sdk.Context) (int64, error) {
	response, err := f.Invariants(state, &types.QueryInvariantsRequest{})
	if err != nil {
		return 0, err
	}
	return response.Height, nil
}

// rested ends the pause.
func (f *fixture) rested() {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.took = 0
}

func (f *fixture) resting() {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.ended, f.took = time.Now(), time.Hour
}

func TestWhileTheBooksAreCheckedOthersGetTheLastAnswerOrAreToldToWait(t *testing.T) {
	f, ctx := newFixture(), t.Context()
	f.newest = 7
	first := make(chan int64, 1)
	go func() { height, _ := f.byGRPC(ctx); first <- height }()
	<-f.books.asked
	_, err := f.byGRPC(ctx)
	require.Equal(t, codes.Unavailable, status.Code(err), "there is no answer yet")
	_, err = f.byABCI(7)
	require.Equal(t, codes.Unavailable, status.Code(err))
	f.books.answers <- sound
	require.EqualValues(t, 7, <-first)

	height, err := f.byGRPC(ctx)
	require.NoError(t, err)
	require.EqualValues(t, 7, height, "the newest height is checked already")
	require.Empty(t, f.books.asked)

	f.rested()
	f.newest = 9
	go func() { height, _ := f.byGRPC(ctx); first <- height }()
	<-f.books.asked
	height, err = f.byGRPC(ctx)
	require.NoError(t, err)
	require.EqualValues(t, 7, height, "the last answer, which says its height")
	height, err = f.byABCI(9)
	require.NoError(t, err)
	require.EqualValues(t, 7, height, "by ABCI too, for the newest height")
	_, err = f.byGRPC(ctx, "3")
	require.Equal(t, codes.Unavailable, status.Code(err), "another height is not what was asked for")
	_, err = f.byABCI(3)
	require.Equal(t, codes.Unavailable, status.Code(err))
	f.books.answers <- sound
	require.EqualValues(t, 9, <-first)
	require.Empty(t, f.books.asked, "nobody else began a check")
}

func TestTheBooksRestAsLongAsTheyWereChecked(t *testing.T) {
	f, ctx := newFixture(), t.Context()
	f.books.answers <- sound
	_, err := f.byGRPC(ctx)
	require.NoError(t, err)
	<-f.books.asked
	f.newest = 5
	f.resting()
	for _, ask := range []func() (int64, error){
		func() (int64, error) { return f.byGRPC(ctx) }, func() (int64, error) { return f.byGRPC(ctx, "0") }, func() (int64, error) { return f.byABCI(5) },
	} {
		height, err := ask()
		require.NoError(t, err)
		require.EqualValues(t, 1, height)
	}
	_, err = f.byGRPC(ctx, "4")
	require.Equal(t, codes.Unavailable, status.Code(err), "a stated height waits for the pause too")
	require.Empty(t, f.books.asked)
	f.rested()
	f.books.answers <- sound
	height, err := f.byGRPC(ctx, "4")
	require.NoError(t, err)
	require.EqualValues(t, 4, height)
}

func TestAShortPauseIsWaitedFor(t *testing.T) {
	f := newFixture()
	f.patience = 10 * time.Second
	for height := range int64(5) {
		f.books.answers <- func(ctx context.Context) (*types.QueryInvariantsResponse, error) {
			time.Sleep(5 * time.Millisecond)
			return sound(ctx)
		}
		answered, err := f.byABCI(height)
		require.NoError(t, err)
		require.Equal(t, height, answered)
	}
}

func TestACheckThatFailsOrCrashesLeavesTheBooksOpen(t *testing.T) {
	f, ctx := newFixture(), t.Context()
	f.books.answers <- func(context.Context) (*types.QueryInvariantsResponse, error) { return nil, errors.New("disk") }
	_, err := f.byGRPC(ctx)
	require.ErrorContains(t, err, "disk")
	f.books.answers <- func(context.Context) (*types.QueryInvariantsResponse, error) { panic("crash") }
	_, err = f.byGRPC(ctx)
	require.Equal(t, codes.Internal, status.Code(err))
	f.books.answers <- sound
	height, err := f.byGRPC(ctx, "1")
	require.NoError(t, err)
	require.EqualValues(t, 1, height)
	require.Len(t, f.books.asked, 3)
}

func TestACallerThatCannotWaitGetsTheResultLater(t *testing.T) {
	f := newFixture()
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := f.byGRPC(gone)
	require.Equal(t, codes.Unavailable, status.Code(err))
	f.books.answers <- func(ctx context.Context) (*types.QueryInvariantsResponse, error) {
		if err := ctx.Err(); err != nil {
			return nil, err // the check would have ended with its caller
		}
		return sound(ctx)
	}
	require.Eventually(t, func() bool { height, err := f.byGRPC(t.Context()); return err == nil && height == 1 }, 5*time.Second, time.Millisecond)
	require.Len(t, f.books.asked, 1, "it was not checked again")
}

func TestABCIIsNotHeldUpByItsOwnCheck(t *testing.T) {
	f := newFixture()
	_, err := f.byABCI(1)
	require.Equal(t, codes.Unavailable, status.Code(err))
	f.books.answers <- sound
	require.Eventually(t, func() bool { height, err := f.byABCI(1); return err == nil && height == 1 }, 5*time.Second, time.Millisecond)
	require.Len(t, f.books.asked, 1)
}

func TestAFindingIsLookedAtTwice(t *testing.T) {
	f, ctx := newFixture(), t.Context()
	f.books.answers <- wrong
	f.books.answers <- sound
	response, err := f.Invariants(stateAt(metadata.NewIncomingContext(ctx, metadata.MD{}), 1), nil)
	require.NoError(t, err)
	require.True(t, response.MoneyConserved, "it was of two blocks")
	f.newest = 2
	f.books.answers <- wrong
	f.books.answers <- wrong
	response, err = f.Invariants(stateAt(metadata.NewIncomingContext(ctx, metadata.MD{grpctypes.GRPCBlockHeightHeader: {"2"}}), 2), nil)
	require.NoError(t, err)
	require.Equal(t, []string{"wrong"}, response.Violations)
	require.Len(t, f.books.asked, 4)
}

func TestWhatIsNoQueryIsNotAnsweredFromMemory(t *testing.T) {
	f := newFixture()
	f.books.answers <- sound
	_, err := f.byGRPC(t.Context())
	require.NoError(t, err)
	f.books.answers <- wrong
	block := sdk.NewContext(nil, cmtproto.Header{Height: 1}, false, log.NewNopLogger())
	response, err := f.Invariants(block, nil)
	require.NoError(t, err)
	require.False(t, response.MoneyConserved)
}

// header keeps what a handler says of its answer.
type header struct {
	grpc.ServerTransportStream
	md metadata.MD
}

func (h *header) SetHeader(md metadata.MD) error { h.md = metadata.Join(h.md, md); return nil }

func TestTheHeaderSaysTheHeightOfAnEarlierAnswer(t *testing.T) {
	f := newFixture()
	f.books.answers <- sound
	_, err := f.byGRPC(t.Context())
	require.NoError(t, err)
	f.newest = 5
	f.resting()
	said := &header{}
	_, err = f.byGRPC(grpc.NewContextWithServerTransportStream(t.Context(), said))
	require.NoError(t, err)
	require.Equal(t, []string{"1"}, said.md.Get(grpctypes.GRPCBlockHeightHeader))
}

func TestManyCallersNeverHaveTwoChecksAtOnce(t *testing.T) {
	f := newFixture()
	var mutex sync.Mutex
	running, most, checks := 0, 0, 0
	for range cap(f.books.answers) {
		f.books.answers <- func(ctx context.Context) (*types.QueryInvariantsResponse, error) {
			mutex.Lock()
			running++
			checks++
			most = max(most, running)
			mutex.Unlock()
			time.Sleep(time.Millisecond)
			mutex.Lock()
			running--
			mutex.Unlock()
			return sound(ctx)
		}
	}
	var callers sync.WaitGroup
	for i := range 40 {
		callers.Go(func() {
			for height := range int64(10) {
				if i%2 == 0 {
					_, _ = f.byABCI(height + int64(i))
				} else {
					_, _ = f.byGRPC(t.Context(), string(rune('1'+height%9)))
				}
			}
		})
	}
	callers.Wait()
	require.Equal(t, 1, most)
	require.Greater(t, checks, 1)
}
