package gateway

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	coretypes "github.com/cometbft/cometbft/rpc/core/types"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"cosmossdk.io/math"

	"github.com/zhilian-network/zhilian/gateway/index"
	gatewaytypes "github.com/zhilian-network/zhilian/gateway/types"
	"github.com/zhilian-network/zhilian/x/settlement/domain"
	settlement "github.com/zhilian-network/zhilian/x/settlement/types"
)

const (
	firstUETR   = "11111111-1111-4111-8111-111111111111"
	secondUETR  = "22222222-2222-4222-8222-222222222222"
	unknownUETR = "33333333-3333-4333-8333-333333333333"
)

// loggedBlock settles a payment and logs it behind others.
func loggedBlock(t *testing.T, height int64, uetr string, before settlement.PaymentLog) (index.Block, settlement.PaymentLog) {
	t.Helper()
	payment := settlement.Payment{
		Uetr: uetr, Debtor: accountOf(t, "a"), Creditor: accountOf(t, "b"), Currency: "CNY", Amount: math.NewInt(5),
		Status: settlement.PaymentSettled, Height: height, DecidedAt: time.Unix(height, 0).UTC(),
	}
	stored, err := payment.Marshal()
	require.NoError(t, err)
	after := domain.AppendToLog(before, [][]byte{settlement.LeafHash(stored)})
	return index.Block{
		ChainID: "zhilian-test", Height: height, Time: payment.DecidedAt, Hash: []byte{byte(height)}, PreviousHash: []byte{byte(height - 1)},
		Payments: []index.Payment{{PaymentRow: gatewaytypes.PaymentRow{
			Uetr: uetr, Debtor: payment.Debtor, Creditor: payment.Creditor, Currency: "CNY", Amount: payment.Amount, Status: index.StatusSettled,
		}}},
		Logged: &settlement.EventPaymentsLogged{
			FirstIndex: before.Size_, Payments: 1, Root: after.Root(), SubtreesBefore: before.Subtrees,
		},
	}, after
}

func proofServer(t *testing.T, blocks ...index.Block) gatewaytypes.QueryServer {
	t.Helper()
	service, err := OpenService(t.Context(), filepath.Join(t.TempDir(), "index.sqlite"), testAddresses, "")
	require.NoError(t, err)
	t.Cleanup(func() { _ = service.Close() })
	for _, block := range blocks {
		require.NoError(t, service.store.Append(t.Context(), block, block.Height))
	}
	return service.QueryServer(nil)
}

func TestAPaymentIsProvenOrTheReasonIsSaid(t *testing.T) {
	first, one := loggedBlock(t, 1, firstUETR, settlement.PaymentLog{})
	second, two := loggedBlock(t, 2, secondUETR, one)
	broken := second
	broken.Logged = &settlement.EventPaymentsLogged{FirstIndex: 1, Payments: 1, Root: one.Root(), SubtreesBefore: one.Subtrees}

	all := proofServer(t, first, second)
	answer, err := all.PaymentProof(t.Context(), &gatewaytypes.QueryPaymentProofRequest{Uetr: firstUETR})
	require.NoError(t, err)
	require.Equal(t, []uint64{0, 2}, []uint64{answer.LogIndex, answer.LogSize})
	require.EqualValues(t, 2, answer.IndexedHeight)
	require.Len(t, answer.Path, 1)
	require.Equal(t, two.Root(), settlement.NodeHash(settlement.LeafHash(answer.Payment), answer.Path[0]))

	for name, c := range map[string]struct {
		server  gatewaytypes.QueryServer
		request *gatewaytypes.QueryPaymentProofRequest
		want    codes.Code
	}{
		"no request":                       {all, nil, codes.InvalidArgument},
		"no uetr":                          {all, &gatewaytypes.QueryPaymentProofRequest{Uetr: "x"}, codes.InvalidArgument},
		"a negative height":                {all, &gatewaytypes.QueryPaymentProofRequest{Uetr: firstUETR, DecidedHeight: -1}, codes.InvalidArgument},
		"an unknown payment":               {all, &gatewaytypes.QueryPaymentProofRequest{Uetr: unknownUETR}, codes.NotFound},
		"a height that did not decide it":  {all, &gatewaytypes.QueryPaymentProofRequest{Uetr: firstUETR, DecidedHeight: 2}, codes.NotFound},
		"a log before the payment":         {all, &gatewaytypes.QueryPaymentProofRequest{Uetr: secondUETR, LogSize: 1}, codes.InvalidArgument},
		"a log that is not yet as long":    {all, &gatewaytypes.QueryPaymentProofRequest{Uetr: firstUETR, LogSize: 3}, codes.Unavailable},
		"a node that came later":           {proofServer(t, second), &gatewaytypes.QueryPaymentProofRequest{Uetr: firstUETR}, codes.FailedPrecondition},
		"an index that the chain refutes":  {proofServer(t, first, broken), &gatewaytypes.QueryPaymentProofRequest{Uetr: firstUETR}, codes.FailedPrecondition},
		"a node that came later knows its": {proofServer(t, second), &gatewaytypes.QueryPaymentProofRequest{Uetr: secondUETR}, codes.OK},
	} {
		_, err := c.server.PaymentProof(t.Context(), c.request)
		require.Equal(t, c.want, status.Code(err), "%s: %v", name, err)
	}
}

// nodeAt is a node whose newest block is of a height.
type nodeAt int64

func (n nodeAt) Status(context.Context) (*coretypes.ResultStatus, error) {
	return &coretypes.ResultStatus{SyncInfo: coretypes.SyncInfo{LatestBlockHeight: int64(n)}}, nil
}

func (nodeAt) NetInfo(context.Context) (*coretypes.ResultNetInfo, error) {
	return &coretypes.ResultNetInfo{}, nil
}

func TestASizeThatTheLogDoesNotHaveIsTheAskersMistake(t *testing.T) {
	first, _ := loggedBlock(t, 1, firstUETR, settlement.PaymentLog{})
	server, ok := proofServer(t, first).(queryServer)
	require.True(t, ok)
	for height, want := range map[int64]codes.Code{1: codes.InvalidArgument, 2: codes.Unavailable} {
		server.node = nodeAt(height)
		_, err := server.PaymentProof(t.Context(), &gatewaytypes.QueryPaymentProofRequest{Uetr: firstUETR, LogSize: 2})
		require.Equal(t, want, status.Code(err), "%d: %v", height, err)
	}
}
