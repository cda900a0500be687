package client

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	cmttypes "github.com/cometbft/cometbft/types"
	"github.com/cosmos/gogoproto/proto"

	sdk "github.com/cosmos/cosmos-sdk/types"
	sdkerrors "github.com/cosmos/cosmos-sdk/types/errors"

	access "github.com/zhilian-network/zhilian/x/access/types"
)

// Node is what the sender needs of a node.
type Node interface {
	// Account returns the number and the next sequence of an account.
	Account(ctx context.Context, address sdk.AccAddress) (number, sequence uint64, err error)
	// Broadcast hands a transaction in and returns the node's first check.
	Broadcast(ctx context.Context, tx []byte) (Check, error)
	// Find returns the transaction if it is in a block, and nil if it is in none yet.
	Find(ctx context.Context, hash []byte) (*Included, error)
}

// Signer signs messages of one operator.
type Signer interface {
	Address() sdk.AccAddress
	Sign(ctx context.Context, number, sequence uint64, msgs ...sdk.Msg) ([]byte, error)
}

// Check is a node's first answer to a transaction; Code 0 says that it was taken.
type Check struct {
	Codespace string
	Code      uint32
	Log       string
}

// Included is a transaction in a block.
type Included struct {
	Check
	Height int64
	Data   []byte
}

// Receipt is a transaction that took effect.
type Receipt struct {
	Height int64
	TxHash string
	Data   []byte
}

// Read reads the chain's answer to a transaction of one message. An answer that cannot be read is OutcomeUnknown.
func (r Receipt) Read(response proto.Message) error {
	if err := readResponse(r.Data, response); err != nil {
		return &OutcomeUnknown{TxHash: r.TxHash, Cause: err}
	}
	return nil
}

func readResponse(data []byte, response proto.Message) error {
	var result sdk.TxMsgData
	if err := result.Unmarshal(data); err != nil {
		return fmt.Errorf("result of the transaction: %w", err)
	}
	if len(result.MsgResponses) != 1 || result.MsgResponses[0] == nil {
		return fmt.Errorf("result of the transaction has %d responses, not one", len(result.MsgResponses))
	}
	return proto.Unmarshal(result.MsgResponses[0].Value, response)
}

// Pace bounds how long the sender tries.
type Pace struct {
	Call     time.Duration // for one answer of the node: one that hangs counts as one that does not answer
	Poll     time.Duration // between two looks for a transaction
	Wait     time.Duration // for a transaction to get into a block, before it is handed in again
	Pause    time.Duration // before another attempt, when the node or the network is busy
	Attempts int           // of a transaction with a fresh sequence
	Resends  int           // of the same bytes
}

// DefaultPace fits blocks of about a second.
func DefaultPace() Pace {
	return Pace{Call: 10 * time.Second, Poll: 50 * time.Millisecond, Wait: 20 * time.Second, Pause: 500 * time.Millisecond, Attempts: 20, Resends: 3}
}

// Sender sends the messages of one operator, one transaction at a time, and keeps its sequence.
type Sender struct {
	node   Node
	signer Signer
	pace   Pace

	mu       sync.Mutex
	known    bool // number and sequence are
	number   uint64
	sequence uint64
}

// NewSender returns a sender; the first Send fetches the account.
func NewSender(node Node, signer Signer, pace Pace) *Sender {
	return &Sender{node: boundedNode{node, pace.Call}, signer: signer, pace: pace}
}

// Address is the operator's.
func (s *Sender) Address() sdk.AccAddress { return s.signer.Address() }

// Send signs and sends the messages as one transaction and waits until it is in a block. The error
// is *Refused for a definite no and *OutcomeUnknown if the transaction may still take effect; any
// other error means that nothing was handed in.
func (s *Sender) Send(ctx context.Context, msgs ...sdk.Msg) (Receipt, error) {
	s.mu.Lock()
	defer s.mu.Unlock()

	var unsettled [][]byte // hashes of attempts that were handed in and not seen in a block
	var last *Refused
	accepted := false // a node took an attempt: its bytes may get into a block again or later
	for attempt := range s.pace.Attempts {
		if attempt > 0 {
			// An earlier attempt may have got into a block meanwhile.
			if found, hash := s.findAny(ctx, unsettled); found != nil && found.Code == 0 {
				s.known = false
				return receipt(hash, found), nil
			}
		}
		tx, err := s.sign(ctx, msgs)
		if err != nil {
			return Receipt{}, unknownIf(unsettled, err)
		}
		hash := cmttypes.Tx(tx).Hash()
		included, check, err := s.deliver(ctx, tx, hash)
		if err != nil {
			s.known = false
			return Receipt{}, &OutcomeUnknown{TxHash: hashText(hash), Cause: err}
		}
		if included != nil && included.Code == 0 {
			s.sequence++
			return receipt(hash, included), nil
		}
		s.known = false
		refused := &Refused{Codespace: check.Codespace, Code: check.Code, Log: check.Log, TxHash: hashText(hash)}
		if included != nil {
			accepted = true
			refused.Height = included.Height
		} else {
			unsettled = append(unsettled, hash)
		}
		last = refused
		if !worthAnotherTry(check) {
			return Receipt{}, refused
		}
		if err := s.rest(ctx, check); err != nil {
			return Receipt{}, unknownIf(unsettled, err)
		}
	}
	// Only a block's word about the signature counts. A node that has made no block since its start refuses every
	// signature, for as long as the network stands still.
	if is(sdkerrors.ErrUnauthorized, last.Codespace, last.Code) && last.Height > 0 {
		return Receipt{}, last
	}
	// The network was too busy all the time. That is no decision about the instruction.
	if accepted {
		return Receipt{}, &OutcomeUnknown{TxHash: last.TxHash, Cause: errors.New(last.Error())}
	}
	return Receipt{}, fmt.Errorf("gave up after %d attempts, nothing was handed in: %s", s.pace.Attempts, last.Log)
}

// deliver hands the same bytes in until they are in a block. They can be in one only once, so this
// cannot pay twice. It returns the check that refused them, or the transaction in its block.
func (s *Sender) deliver(ctx context.Context, tx, hash []byte) (*Included, Check, error) {
	var trouble error
	for range s.pace.Resends + 1 {
		check, err := s.node.Broadcast(ctx, tx)
		switch {
		case err != nil:
			// The node may have taken it before the connection broke.
			trouble = err
		case check.Code != 0 && !is(sdkerrors.ErrTxInMempoolCache, check.Codespace, check.Code):
			// These very bytes may be in a block already: their sequence is then used up.
			if found, _ := s.node.Find(ctx, hash); found != nil {
				return found, found.Check, nil
			}
			return nil, check, nil
		default:
			trouble = nil
		}
		wait := s.pace.Wait
		if trouble != nil {
			wait = s.pace.Pause
		}
		included, err := s.await(ctx, hash, wait)
		if included != nil {
			return included, included.Check, nil
		}
		if ctx.Err() != nil {
			return nil, Check{}, ctx.Err()
		}
		if trouble == nil {
			trouble = err
		}
	}
	return nil, Check{}, trouble
}

var errNotInBlock = errors.New("not in a block in time")

// boundedNode gives each question its time. A node that hangs with open connections, as a stopped machine does,
// would otherwise hold the sender for ever.
type boundedNode struct {
	Node
	bound time.Duration
}

func (n boundedNode) Account(ctx context.Context, address sdk.AccAddress) (number, sequence uint64, err error) {
	ctx, cancel := context.WithTimeout(ctx, n.bound)
	defer cancel()
	return n.Node.Account(ctx, address)
}

func (n boundedNode) Broadcast(ctx context.Context, tx []byte) (Check, error) {
	ctx, cancel := context.WithTimeout(ctx, n.bound)
	defer cancel()
	return n.Node.Broadcast(ctx, tx)
}

func (n boundedNode) Find(ctx context.Context, hash []byte) (*Included, error) {
	ctx, cancel := context.WithTimeout(ctx, n.bound)
	defer cancel()
	return n.Node.Find(ctx, hash)
}

func (s *Sender) await(ctx context.Context, hash []byte, wait time.Duration) (*Included, error) {
	deadline := time.Now().Add(wait)
	var trouble error
	for {
		included, err := s.node.Find(ctx, hash)
		if included != nil {
			return included, nil
		}
		if err != nil {
			trouble = err
		}
		if time.Now().After(deadline) {
			return nil, errors.Join(errNotInBlock, trouble)
		}
		if err := sleep(ctx, s.pace.Poll); err != nil {
			return nil, err
		}
	}
}

func (s *Sender) findAny(ctx context.Context, hashes [][]byte) (*Included, []byte) {
	for _, hash := range hashes {
		if found, err := s.node.Find(ctx, hash); err == nil && found != nil {
			return found, hash
		}
	}
	return nil, nil
}

func (s *Sender) sign(ctx context.Context, msgs []sdk.Msg) ([]byte, error) {
	if !s.known {
		number, sequence, err := s.node.Account(ctx, s.signer.Address())
		if err != nil {
			return nil, fmt.Errorf("account of the operator: %w", err)
		}
		s.number, s.sequence, s.known = number, sequence, true
	}
	tx, err := s.signer.Sign(ctx, s.number, s.sequence, msgs...)
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	return tx, nil
}

// rest waits before another attempt. A stale sequence is known better at once.
func (s *Sender) rest(ctx context.Context, check Check) error {
	if is(sdkerrors.ErrWrongSequence, check.Codespace, check.Code) {
		return sleep(ctx, s.pace.Poll)
	}
	return sleep(ctx, s.pace.Pause)
}

// worthAnotherTry tells what passes by itself from what stays. A node that was just started checks
// signatures against account number 0 until its next block, hence unauthorized.
func worthAnotherTry(check Check) bool {
	return is(sdkerrors.ErrWrongSequence, check.Codespace, check.Code) ||
		is(sdkerrors.ErrInvalidSequence, check.Codespace, check.Code) ||
		is(sdkerrors.ErrMempoolIsFull, check.Codespace, check.Code) ||
		is(sdkerrors.ErrUnauthorized, check.Codespace, check.Code) ||
		is(access.ErrQuotaExceeded, check.Codespace, check.Code)
}

func receipt(hash []byte, included *Included) Receipt {
	return Receipt{Height: included.Height, TxHash: hashText(hash), Data: included.Data}
}

func unknownIf(unsettled [][]byte, err error) error {
	if len(unsettled) == 0 {
		return err
	}
	return &OutcomeUnknown{TxHash: hashText(unsettled[len(unsettled)-1]), Cause: err}
}

func hashText(hash []byte) string { return fmt.Sprintf("%X", hash) }

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
