package client_test

import (
	"context"
	"encoding/binary"
	"errors"
	"testing"
	"time"

	cmttypes "github.com/cometbft/cometbft/types"
	"github.com/stretchr/testify/require"

	sdk "github.com/cosmos/cosmos-sdk/types"
	sdkerrors "github.com/cosmos/cosmos-sdk/types/errors"

	"github.com/zhilian-network/zhilian/gateway/client"
	access "github.com/zhilian-network/zhilian/x/access/types"
	settlement "github.com/zhilian-network/zhilian/x/settlement/types"
)

var pace = client.Pace{Call: 50 * time.Millisecond, Poll: time.Millisecond, Wait: 20 * time.Millisecond, Pause: time.Millisecond, Attempts: 5, Resends: 2}

// signer writes the sequence into the transaction.
type signer struct{}

func (signer) Address() sdk.AccAddress { return sdk.AccAddress("operator") }

func (signer) Sign(_ context.Context, _, sequence uint64, _ ...sdk.Msg) ([]byte, error) {
	return binary.BigEndian.AppendUint64(nil, sequence), nil
}

// node has one account and puts what it takes into a block at once, unless told otherwise.
type node struct {
	sequence   uint64
	blocks     map[string]*client.Included
	broadcasts int
	accounts   int
	result     client.Check // of transactions in blocks

	check func(n int, sequence uint64) (client.Check, error) // nil error and code 0: take it
	drop  func(n int) bool                                   // taken, and lost before any block
}

func newNode() *node { return &node{blocks: map[string]*client.Included{}} }

func (n *node) Account(context.Context, sdk.AccAddress) (uint64, uint64, error) {
	n.accounts++
	return 1, n.sequence, nil
}

func (n *node) Broadcast(_ context.Context, tx []byte) (client.Check, error) {
	n.broadcasts++
	sequence := binary.BigEndian.Uint64(tx)
	if n.check != nil {
		if check, err := n.check(n.broadcasts, sequence); err != nil || check.Code != 0 {
			return check, err
		}
	}
	if sequence != n.sequence {
		return check(sdkerrors.ErrWrongSequence), nil
	}
	if n.drop != nil && n.drop(n.broadcasts) {
		return client.Check{}, nil
	}
	n.include(tx)
	return client.Check{}, nil
}

func (n *node) include(tx []byte) {
	n.sequence++
	n.blocks[string(cmttypes.Tx(tx).Hash())] = &client.Included{Check: n.result, Height: 5, Data: []byte("data")}
}

func (n *node) Find(_ context.Context, hash []byte) (*client.Included, error) {
	return n.blocks[string(hash)], nil
}

type registered interface {
	Codespace() string
	ABCICode() uint32
}

func check(err registered) client.Check {
	return client.Check{Codespace: err.Codespace(), Code: err.ABCICode(), Log: "log"}
}

func TestSequencesAreCountedWithoutAsking(t *testing.T) {
	n := newNode()
	s := client.NewSender(n, signer{}, pace)
	for range 3 {
		receipt, err := s.Send(t.Context())
		require.NoError(t, err)
		require.Equal(t, int64(5), receipt.Height)
		require.Equal(t, []byte("data"), receipt.Data)
		require.Len(t, receipt.TxHash, 64)
	}
	require.Equal(t, 1, n.accounts)
	require.Equal(t, 3, n.broadcasts)
}

func TestAStaleSequenceIsFetchedAnew(t *testing.T) {
	n := newNode()
	s := client.NewSender(n, signer{}, pace)
	_, err := s.Send(t.Context())
	require.NoError(t, err)
	n.sequence = 40 // another program used the key
	_, err = s.Send(t.Context())
	require.NoError(t, err)
	require.Equal(t, 2, n.accounts)
}

func TestWhatPassesByItselfIsTriedAgain(t *testing.T) {
	for name, err := range map[string]registered{
		"a full mempool":                   sdkerrors.ErrMempoolIsFull,
		"a node that was just started":     sdkerrors.ErrUnauthorized,
		"a quota of the block":             access.ErrQuotaExceeded,
		"a sequence that runs out of step": sdkerrors.ErrWrongSequence,
	} {
		t.Run(name, func(t *testing.T) {
			n := newNode()
			n.check = func(broadcast int, _ uint64) (client.Check, error) {
				if broadcast < 3 {
					return check(err), nil
				}
				return client.Check{}, nil
			}
			_, sendErr := client.NewSender(n, signer{}, pace).Send(t.Context())
			require.NoError(t, sendErr)
			require.Equal(t, uint64(1), n.sequence)
		})
	}
}

func TestWhatABlockTurnedAwayMayStillTakeEffect(t *testing.T) {
	n := newNode()
	n.result = check(access.ErrQuotaExceeded)
	_, err := client.NewSender(n, signer{}, pace).Send(t.Context())
	var unknown *client.OutcomeUnknown
	require.ErrorAs(t, err, &unknown)
	var refused *client.Refused
	require.False(t, errors.As(err, &refused), "a quota of the block is no decision")
}

func TestTryingEnds(t *testing.T) {
	n := newNode()
	n.check = func(int, uint64) (client.Check, error) { return check(sdkerrors.ErrMempoolIsFull), nil }
	_, err := client.NewSender(n, signer{}, pace).Send(t.Context())
	require.ErrorContains(t, err, "nothing was handed in")
	var refused *client.Refused
	require.False(t, errors.As(err, &refused), "a busy network is no decision")
	require.Equal(t, pace.Attempts, n.broadcasts)

	n.check = nil
	n.result = check(sdkerrors.ErrUnauthorized)
	_, err = client.NewSender(n, signer{}, pace).Send(t.Context())
	require.ErrorAs(t, err, &refused, "a block has checked the signature")
	require.Equal(t, "DS0H", refused.Reason())
}

func TestANodeWithoutABlockSinceItsStartDecidesNothing(t *testing.T) {
	n := newNode()
	n.check = func(int, uint64) (client.Check, error) { return check(sdkerrors.ErrUnauthorized), nil }
	_, err := client.NewSender(n, signer{}, pace).Send(t.Context())
	require.ErrorContains(t, err, "nothing was handed in")
	var refused *client.Refused
	require.False(t, errors.As(err, &refused), "the network stands still; the payment is in order")
	require.Equal(t, pace.Attempts, n.broadcasts)
}

func TestARefusalIsDefinite(t *testing.T) {
	t.Run("before a block", func(t *testing.T) {
		n := newNode()
		n.check = func(int, uint64) (client.Check, error) { return check(settlement.ErrDuplicateFile), nil }
		_, err := client.NewSender(n, signer{}, pace).Send(t.Context())
		var refused *client.Refused
		require.ErrorAs(t, err, &refused)
		require.Equal(t, "DU01", refused.Reason())
		require.Zero(t, refused.Height)
		require.Equal(t, 1, n.broadcasts)
	})
	t.Run("in a block, and the next message has the next sequence", func(t *testing.T) {
		n := newNode()
		n.result = check(settlement.ErrInsufficientBalance)
		s := client.NewSender(n, signer{}, pace)
		_, err := s.Send(t.Context())
		var refused *client.Refused
		require.ErrorAs(t, err, &refused)
		require.Equal(t, "AM04", refused.Reason())
		require.Equal(t, int64(5), refused.Height)
		n.result = client.Check{}
		_, err = s.Send(t.Context())
		require.NoError(t, err)
	})
}

func TestABrokenConnectionDoesNotSendTwoTransactions(t *testing.T) {
	n := newNode()
	n.check = func(broadcast int, sequence uint64) (client.Check, error) {
		if broadcast == 1 {
			n.include(binary.BigEndian.AppendUint64(nil, sequence))
			return client.Check{}, errors.New("connection reset")
		}
		return client.Check{}, nil
	}
	_, err := client.NewSender(n, signer{}, pace).Send(t.Context())
	require.NoError(t, err)
	require.Equal(t, uint64(1), n.sequence)
	require.Equal(t, 1, n.broadcasts)
}

// hanging takes what is handed in and answers nothing, as a machine that was stopped with open connections.
type hanging struct{ *node }

func (h hanging) Account(ctx context.Context, address sdk.AccAddress) (uint64, uint64, error) {
	number, sequence, err := h.node.Account(ctx, address)
	if h.accounts > 1 {
		<-ctx.Done()
		err = ctx.Err()
	}
	return number, sequence, err
}

func (h hanging) Broadcast(ctx context.Context, tx []byte) (client.Check, error) {
	h.broadcasts++
	<-ctx.Done()
	return client.Check{}, ctx.Err()
}

func (hanging) Find(ctx context.Context, _ []byte) (*client.Included, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

func TestANodeThatHangsDoesNotHoldTheSender(t *testing.T) {
	n := hanging{newNode()}
	s := client.NewSender(n, signer{}, pace)
	_, err := s.Send(t.Context())
	var unknown *client.OutcomeUnknown
	require.ErrorAs(t, err, &unknown, "the node may have taken it")
	require.Equal(t, pace.Resends+1, n.broadcasts)

	_, err = s.Send(t.Context())
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.False(t, errors.As(err, &unknown), "nothing was handed in: the account was not even known")
}

func TestALostTransactionIsHandedInAgainWithTheSameBytes(t *testing.T) {
	n := newNode()
	n.drop = func(broadcast int) bool { return broadcast == 1 }
	_, err := client.NewSender(n, signer{}, pace).Send(t.Context())
	require.NoError(t, err)
	require.Equal(t, uint64(1), n.sequence)
	require.Equal(t, 2, n.broadcasts)
	require.Len(t, n.blocks, 1)
}

func TestATransactionThatIsNowhereHasAnUnknownOutcome(t *testing.T) {
	n := newNode()
	n.drop = func(int) bool { return true }
	_, err := client.NewSender(n, signer{}, pace).Send(t.Context())
	var unknown *client.OutcomeUnknown
	require.ErrorAs(t, err, &unknown)
	require.Len(t, unknown.TxHash, 64)
	require.Equal(t, pace.Resends+1, n.broadcasts)
}

func TestATransactionInTheMempoolIsWaitedFor(t *testing.T) {
	n := newNode()
	n.check = func(broadcast int, sequence uint64) (client.Check, error) {
		if broadcast == 2 {
			n.include(binary.BigEndian.AppendUint64(nil, sequence))
			return check(sdkerrors.ErrTxInMempoolCache), nil
		}
		return client.Check{}, nil
	}
	n.drop = func(int) bool { return true }
	_, err := client.NewSender(n, signer{}, pace).Send(t.Context())
	require.NoError(t, err)
}

func TestSendingEndsWithItsContext(t *testing.T) {
	n := newNode()
	n.drop = func(int) bool { return true }
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := client.NewSender(n, signer{}, pace).Send(ctx)
	require.ErrorIs(t, err, context.Canceled)
	var unknown *client.OutcomeUnknown
	require.ErrorAs(t, err, &unknown, "it may still get into a block")
}

func TestReasonsOfRefusals(t *testing.T) {
	for want, err := range map[string]registered{
		"DU03": settlement.ErrDuplicateUETR,
		"AC06": settlement.ErrAccountBlocked,
		"DS0H": access.ErrScopeDenied,
		"AG10": access.ErrInstitutionInactive,
		"AG01": access.ErrPartyInactive,
		"NARR": sdkerrors.ErrTxDecode,
	} {
		require.Equal(t, want, client.ReasonOf(err.Codespace(), err.ABCICode()))
	}
	require.Equal(t, "NARR", client.ReasonOf("unheard of", 1))
}
