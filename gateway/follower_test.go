package gateway

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"
	coretypes "github.com/cometbft/cometbft/rpc/core/types"
	cmttypes "github.com/cometbft/cometbft/types"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"cosmossdk.io/log/v2"
	"cosmossdk.io/math"

	addresscodec "github.com/cosmos/cosmos-sdk/codec/address"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/zhilian-network/zhilian/gateway/index"
	gatewaytypes "github.com/zhilian-network/zhilian/gateway/types"
	settlement "github.com/zhilian-network/zhilian/x/settlement/types"
)

var testAddresses = addresscodec.NewBech32Codec("zhilian")

func accountOf(t *testing.T, name string) string {
	t.Helper()
	text, err := testAddresses.BytesToString(settlement.AccountAddress(name, 0))
	require.NoError(t, err)
	return text
}

// fakeChain has one payment in every block.
type fakeChain struct {
	t           *testing.T
	mu          sync.Mutex
	id          string
	history     string // part of the block hashes
	newest      int64
	earliest    int64
	resultsUpTo int64 // 0: all
	failBlock   func(height int64) error
}

func (c *fakeChain) set(change func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	change()
}

func (c *fakeChain) hash(height int64) []byte {
	if height < 1 {
		return nil
	}
	return []byte(fmt.Sprintf("%s-%d", c.history, height))
}

func (c *fakeChain) Status(context.Context) (*coretypes.ResultStatus, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := &coretypes.ResultStatus{}
	out.NodeInfo.Network = c.id
	out.SyncInfo.LatestBlockHeight, out.SyncInfo.EarliestBlockHeight = c.newest, c.earliest
	return out, nil
}

func (c *fakeChain) NetInfo(context.Context) (*coretypes.ResultNetInfo, error) {
	return &coretypes.ResultNetInfo{NPeers: 3}, nil
}

func (c *fakeChain) Block(_ context.Context, height *int64) (*coretypes.ResultBlock, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.failBlock != nil {
		if err := c.failBlock(*height); err != nil {
			return nil, err
		}
	}
	if *height > c.newest || *height < c.earliest {
		return nil, errors.New("no such block")
	}
	header := cmttypes.Header{ChainID: c.id, Height: *height, Time: time.Unix(*height, 0)}
	header.LastBlockID.Hash = c.hash(*height - 1)
	return &coretypes.ResultBlock{
		BlockID: cmttypes.BlockID{Hash: c.hash(*height)},
		Block:   &cmttypes.Block{Header: header, Data: cmttypes.Data{Txs: cmttypes.Txs{cmttypes.Tx("tx")}}},
	}, nil
}

func (c *fakeChain) BlockResults(_ context.Context, height *int64) (*coretypes.ResultBlockResults, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.resultsUpTo > 0 && *height > c.resultsUpTo {
		return nil, errors.New("could not find results for height")
	}
	event, err := sdk.TypedEventToEvent(&settlement.EventPaymentSettled{
		Uetr: fmt.Sprintf("u%d", *height), Debtor: accountOf(c.t, "a"), Creditor: accountOf(c.t, "b"),
		DebtorInstitution: "BQDQ", CreditorInstitution: "BQDQ", Currency: "CNY", Amount: math.NewInt(*height),
	})
	if err != nil {
		return nil, err
	}
	return &coretypes.ResultBlockResults{Height: *height, TxsResults: []*abci.ExecTxResult{{Events: []abci.Event{abci.Event(event)}}}}, nil
}

func newFakeChain(t *testing.T, newest int64) *fakeChain {
	return &fakeChain{t: t, id: "zhilian-test", history: "first", newest: newest, earliest: 1}
}

func openStore(t *testing.T, path string) *index.Store {
	t.Helper()
	store, err := index.Open(t.Context(), path)
	require.NoError(t, err)
	t.Cleanup(func() { _ = store.Close() })
	return store
}

func positionOf(t *testing.T, store *index.Store) index.Position {
	t.Helper()
	position, err := store.Position(t.Context())
	require.NoError(t, err)
	return position
}

func followerOf(chain Blocks, store *index.Store) *Follower {
	f := NewFollower(chain, store, testAddresses, log.NewNopLogger())
	f.poll = time.Millisecond
	return f
}

func TestAFollowerCatchesUpAndGoesOnAfterARestart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "index.sqlite")
	chain := newFakeChain(t, 5)
	first := openStore(t, path)
	require.NoError(t, followerOf(chain, first).catchUp(t.Context()))
	require.Equal(t, int64(5), positionOf(t, first).Height)
	require.NoError(t, first.Close())

	chain.newest = 8
	second := openStore(t, path)
	require.NoError(t, followerOf(chain, second).catchUp(t.Context()))
	page, err := second.Entries(t.Context(), accountOf(t, "a"), 0, 0, 0, "")
	require.NoError(t, err)
	require.Len(t, page.Entries, 8)
}

func TestAFollowerThatFailsInTheMiddleKeepsWholeBlocks(t *testing.T) {
	chain := newFakeChain(t, 5)
	store := openStore(t, filepath.Join(t.TempDir(), "index.sqlite"))
	for name, failure := range map[string]func(int64) error{
		"with an error": func(height int64) error {
			if height == 3 {
				return errors.New("away")
			}
			return nil
		},
		"with a panic": func(height int64) error {
			if height == 3 {
				panic("half of the node is stopped")
			}
			return nil
		},
	} {
		chain.failBlock = failure
		require.Error(t, followerOf(chain, store).catchUp(t.Context()), name)
		require.Equal(t, int64(2), positionOf(t, store).Height, name)
	}
	chain.failBlock = nil
	require.NoError(t, followerOf(chain, store).catchUp(t.Context()))
	require.Equal(t, int64(5), positionOf(t, store).Height)
}

func TestABlockWaitsForItsResults(t *testing.T) {
	chain := newFakeChain(t, 5)
	chain.resultsUpTo = 4
	store := openStore(t, filepath.Join(t.TempDir(), "index.sqlite"))
	require.Error(t, followerOf(chain, store).catchUp(t.Context()))
	require.Equal(t, int64(4), positionOf(t, store).Height)
}

func TestBlocksThatTheNodeLacksAreAGap(t *testing.T) {
	chain := newFakeChain(t, 30)
	chain.earliest = 20
	store := openStore(t, filepath.Join(t.TempDir(), "index.sqlite"))
	require.NoError(t, followerOf(chain, store).catchUp(t.Context()))
	require.Equal(t, int64(20), positionOf(t, store).CompleteFrom)

	chain.newest, chain.earliest = 60, 50
	require.NoError(t, followerOf(chain, store).catchUp(t.Context()))
	require.Equal(t, int64(50), positionOf(t, store).CompleteFrom)
}

func TestAnIndexOfOtherDataIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*fakeChain)
		want   error
	}{
		"the node was reset and is behind":    {func(c *fakeChain) { c.newest = 2 }, ErrIndexAhead},
		"the node was reset and caught up":    {func(c *fakeChain) { c.newest, c.history = 9, "second" }, index.ErrOtherBlocks},
		"the node belongs to another network": {func(c *fakeChain) { c.id = "other-1" }, index.ErrOtherChain},
	} {
		t.Run(name, func(t *testing.T) {
			chain := newFakeChain(t, 5)
			store := openStore(t, filepath.Join(t.TempDir(), "index.sqlite"))
			require.NoError(t, followerOf(chain, store).catchUp(t.Context()))
			c.change(chain)
			require.ErrorIs(t, followerOf(chain, store).catchUp(t.Context()), c.want)
			require.Equal(t, int64(5), positionOf(t, store).Height)
		})
	}
}

func TestRunFollowsUntilItIsStopped(t *testing.T) {
	chain := newFakeChain(t, 1)
	store := openStore(t, filepath.Join(t.TempDir(), "index.sqlite"))
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- followerOf(chain, store).Run(ctx) }()
	for height := int64(2); height < 5; height++ {
		chain.set(func() { chain.newest = height })
		require.Eventually(t, func() bool { return positionOf(t, store).Height == height }, 5*time.Second, time.Millisecond)
	}
	stop()
	require.ErrorIs(t, <-ended, context.Canceled)
}

func TestBackoffGrowsToItsBound(t *testing.T) {
	require.Equal(t, DefaultPollInterval, backoff(DefaultPollInterval, 1))
	require.Equal(t, DefaultPollInterval, backoff(DefaultPollInterval, quietAttempts))
	require.Equal(t, 2*DefaultPollInterval, backoff(DefaultPollInterval, quietAttempts+1))
	require.Equal(t, maxBackoff, backoff(DefaultPollInterval, 1_000_000))
}

type validators uint32

func (v validators) ActiveValidators(context.Context) (uint32, error) { return uint32(v), nil }

func TestTheServiceAnswersBeforeAndWhileTheNodeIsUp(t *testing.T) {
	path := filepath.Join(t.TempDir(), "index.sqlite")
	service, err := OpenService(t.Context(), path, testAddresses, "v1.2.3")
	require.NoError(t, err)
	queries := service.QueryServer(nil)
	_, err = queries.Status(t.Context(), &gatewaytypes.QueryStatusRequest{})
	require.Equal(t, codes.Unavailable, status.Code(err))

	chain := newFakeChain(t, 3)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- service.Follow(ctx, chain, validators(4), nil, log.NewNopLogger()) }()
	require.Eventually(t, func() bool {
		answer, err := queries.Status(t.Context(), &gatewaytypes.QueryStatusRequest{})
		return err == nil && answer.IndexedHeight == 3
	}, 5*time.Second, 5*time.Millisecond)
	answer, err := queries.Status(t.Context(), &gatewaytypes.QueryStatusRequest{})
	require.NoError(t, err)
	require.Equal(t, &gatewaytypes.QueryStatusResponse{
		ChainId: "zhilian-test", Height: 3, BlockTime: answer.BlockTime, IndexedHeight: 3, Peers: 3,
		ActiveValidators: 4, Version: "v1.2.3", CompleteFromHeight: 1,
	}, answer)

	page, err := queries.Payments(t.Context(), &gatewaytypes.QueryPaymentsRequest{Account: accountOf(t, "b"), Limit: 2})
	require.NoError(t, err)
	require.Equal(t, "u3", page.Payments[0].Uetr)
	require.NotEmpty(t, page.NextCursor)
	entries, err := queries.Entries(t.Context(), &gatewaytypes.QueryEntriesRequest{Account: accountOf(t, "b"), FromHeight: 2})
	require.NoError(t, err)
	require.Len(t, entries.Entries, 2)
	require.Equal(t, int64(3), entries.IndexedHeight)

	stop()
	require.ErrorIs(t, <-ended, context.Canceled)
	require.NoError(t, service.Close())
}

func TestWrongQuestionsAreRefused(t *testing.T) {
	service, err := OpenService(t.Context(), filepath.Join(t.TempDir(), "index.sqlite"), testAddresses, "")
	require.NoError(t, err)
	t.Cleanup(func() { _ = service.Close() })
	queries := service.QueryServer(nil)
	account := accountOf(t, "a")
	for name, ask := range map[string]func() error{
		"no account": func() error {
			_, err := queries.Payments(t.Context(), &gatewaytypes.QueryPaymentsRequest{})
			return err
		},
		"an account of another network": func() error {
			_, err := queries.Entries(t.Context(), &gatewaytypes.QueryEntriesRequest{Account: "cosmos1qypqxpq9qcrsszg2pvxq6rs0zqg3yyc5lzv7xu"})
			return err
		},
		"too many payments": func() error {
			_, err := queries.Payments(t.Context(), &gatewaytypes.QueryPaymentsRequest{Account: account, Limit: 201})
			return err
		},
		"too many entries": func() error {
			_, err := queries.Entries(t.Context(), &gatewaytypes.QueryEntriesRequest{Account: account, Limit: 1001})
			return err
		},
		"heights the wrong way round": func() error {
			_, err := queries.Entries(t.Context(), &gatewaytypes.QueryEntriesRequest{Account: account, FromHeight: 3, ToHeight: 2})
			return err
		},
		"a negative height": func() error {
			_, err := queries.Entries(t.Context(), &gatewaytypes.QueryEntriesRequest{Account: account, FromHeight: -1})
			return err
		},
		"a made-up cursor": func() error {
			_, err := queries.Payments(t.Context(), &gatewaytypes.QueryPaymentsRequest{Account: account, Cursor: "x"})
			return err
		},
	} {
		require.Equal(t, codes.InvalidArgument, status.Code(ask()), name)
	}
}
