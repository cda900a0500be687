package rest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	grpctypes "github.com/cosmos/cosmos-sdk/types/grpc"

	settlementv1 "github.com/zhilian-network/zhilian/api/zhilian/settlement/v1"
)

// slowBooks answers when it is told what.
type slowBooks struct {
	settlementv1.QueryClient

	asked   chan int64
	answers chan func() (*settlementv1.QueryInvariantsResponse, error)
}

func (s *slowBooks) Invariants(ctx context.Context, _ *settlementv1.QueryInvariantsRequest, _ ...grpc.CallOption) (*settlementv1.QueryInvariantsResponse, error) {
	s.asked <- askedHeight(ctx)
	return (<-s.answers)()
}

func of(height int64) func() (*settlementv1.QueryInvariantsResponse, error) {
	return func() (*settlementv1.QueryInvariantsResponse, error) {
		return &settlementv1.QueryInvariantsResponse{MoneyConserved: true, Height: height}, nil
	}
}

func newSlowBooks(newest *int64) (*books, *slowBooks) {
	client := &slowBooks{asked: make(chan int64, 10), answers: make(chan func() (*settlementv1.QueryInvariantsResponse, error), 10)}
	return &books{QueryClient: client, heights: func() (int64, int64) { return 1, *newest }}, client
}

func ask(b *books, height string) (int64, error) {
	ctx := context.Background()
	if height != "" {
		ctx = metadata.AppendToOutgoingContext(ctx, grpctypes.GRPCBlockHeightHeader, height)
	}
	response, err := b.Invariants(ctx, &settlementv1.QueryInvariantsRequest{})
	return response.GetHeight(), err
}

func TestWhileTheBooksAreCheckedOthersGetTheLastAnswerOrAreToldToWait(t *testing.T) {
	newest := int64(7)
	b, client := newSlowBooks(&newest)
	first := make(chan int64, 1)
	go func() { height, _ := ask(b, ""); first <- height }()
	<-client.asked
	_, err := ask(b, "")
	require.Equal(t, codes.Unavailable, status.Code(err), "there is no answer yet")
	client.answers <- of(7)
	require.EqualValues(t, 7, <-first)

	height, err := ask(b, "")
	require.NoError(t, err)
	require.EqualValues(t, 7, height, "the newest height is checked already")
	require.Empty(t, client.asked)

	newest = 9
	b.ended = time.Now().Add(-time.Hour)
	go func() { height, _ := ask(b, ""); first <- height }()
	<-client.asked
	height, err = ask(b, "")
	require.NoError(t, err)
	require.EqualValues(t, 7, height, "the last answer, which says its height")
	_, err = ask(b, "3")
	require.Equal(t, codes.Unavailable, status.Code(err), "another height is not what was asked for")
	client.answers <- of(9)
	require.EqualValues(t, 9, <-first)
}

func TestTheBooksRestAsLongAsTheyWereChecked(t *testing.T) {
	newest := int64(1)
	b, client := newSlowBooks(&newest)
	client.answers <- of(1)
	_, err := ask(b, "")
	require.NoError(t, err)
	<-client.asked
	newest, b.took = 2, time.Hour
	height, err := ask(b, "")
	require.NoError(t, err)
	require.EqualValues(t, 1, height)
	require.Empty(t, client.asked)
}

func TestACheckThatFailsOrCrashesLeavesTheBooksOpen(t *testing.T) {
	newest := int64(1)
	b, client := newSlowBooks(&newest)
	client.answers <- func() (*settlementv1.QueryInvariantsResponse, error) { return nil, errors.New("disk") }
	_, err := ask(b, "")
	require.ErrorContains(t, err, "disk")
	client.answers <- func() (*settlementv1.QueryInvariantsResponse, error) { panic("crash") }
	_, err = ask(b, "")
	require.Equal(t, codes.Internal, status.Code(err))
	client.answers <- of(1)
	height, err := ask(b, "1")
	require.NoError(t, err)
	require.EqualValues(t, 1, height)
	require.Equal(t, []int64{0, 0, 1}, []int64{<-client.asked, <-client.asked, <-client.asked})
}

func TestACallerThatCannotWaitGetsTheResultLater(t *testing.T) {
	newest := int64(1)
	b, client := newSlowBooks(&newest)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := b.Invariants(ctx, &settlementv1.QueryInvariantsRequest{})
	require.Equal(t, codes.Unavailable, status.Code(err))
	client.answers <- of(1)
	require.Eventually(t, func() bool { height, err := ask(b, ""); return err == nil && height == 1 }, 5*time.Second, time.Millisecond)
	require.Len(t, client.asked, 1, "it was not checked again")
}
