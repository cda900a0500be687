package receipt

import (
	"context"
	"fmt"
	"time"

	settlement "github.com/zhilian-network/zhilian/x/settlement/types"
)

// headAttempts bounds how often a newer state is taken when a node prunes faster than it is asked.
const headAttempts = 3

// Request says what receipt is wanted.
type Request struct {
	UETR string
	// DecidedHeight is the height of the block that decided the payment; 0 stands for the newest decision
	// about the UETR, or the newest settlement if there was one.
	DecidedHeight int64
	// Trust of the reader whom the receipt is for: it gets links where the validators have changed
	// since. Nil makes a receipt without links.
	Trust *Trust
}

// Get makes a receipt. It is proven by the newest state that the validators have signed, whatever has
// left that state since the payment. What a node says that does not hold together is refused here already.
func Get(ctx context.Context, rpc RPC, request Request) (*Receipt, error) {
	if _, err := settlement.ParseUETR(request.UETR); err != nil {
		return nil, err
	}
	newest, err := newestBlock(ctx, rpc)
	if err != nil {
		return nil, err
	}
	if err := awaitIndex(ctx, rpc, newest); err != nil {
		return nil, err
	}
	const newestSize = 0
	found, err := askProof(ctx, rpc, request.UETR, request.DecidedHeight, newestSize)
	if err != nil {
		return nil, err
	}
	payment, err := decodePayment(found.Payment)
	if err != nil {
		return nil, &Error{Part: PartPayment, Err: err}
	}
	head, err := takeHead(ctx, rpc, payment.Height, request.Trust)
	if err != nil {
		return nil, err
	}
	return head.Receipt(ctx, rpc, request.UETR, request.DecidedHeight)
}

// Head is a head of the log of payments with all that proves it: what the receipts of all its payments
// have in common.
type Head struct {
	// common lacks the payment, its number and the first step of the proof.
	common Receipt
	trust  Trust
}

// TakeHead takes a head that holds every payment that is in a block by now, for a reader with a trust.
func TakeHead(ctx context.Context, rpc RPC, trust Trust) (*Head, error) {
	newest, err := newestBlock(ctx, rpc)
	if err != nil {
		return nil, err
	}
	return takeHead(ctx, rpc, newest, &trust)
}

// takeHead takes the newest state that a block has signed, which is the last one but one.
func takeHead(ctx context.Context, rpc RPC, atLeast int64, trust *Trust) (*Head, error) {
	var failure error
	for range headAttempts {
		newest, err := awaitBlock(ctx, rpc, max(atLeast, firstProvable)+1)
		if err != nil {
			return nil, err
		}
		head, err := headAt(ctx, rpc, newest-1)
		if err != nil {
			failure = err
			continue
		}
		return head, head.finish(ctx, rpc, trust)
	}
	return nil, failure
}

func headAt(ctx context.Context, rpc RPC, height int64) (*Head, error) {
	proven, err := proveHead(ctx, rpc, height)
	if err != nil {
		return nil, err
	}
	var log settlement.PaymentLog
	if err := log.Unmarshal(proven.Value); err != nil {
		return nil, wrong(PartLog, "the node's bytes are no head of a log: %s", err)
	}
	at, err := load(ctx, rpc, height+1)
	if err != nil {
		return nil, err
	}
	validators, err := validatorsOf(at.set)
	if err != nil {
		return nil, err
	}
	r := Receipt{
		Format: Format, ChainID: at.signed.ChainID, Height: height, Log: Log{Size: log.Size_, Subtrees: log.Subtrees},
		Header: at.signed.Header, Commit: at.signed.Commit, Validators: validators,
	}
	for _, op := range proven.ProofOps.GetOps() {
		r.Proof = append(r.Proof, ProofOp{Type: op.Type, Key: op.Key, Data: op.Data})
	}
	return &Head{common: r}, nil
}

// finish adds the links for a reader, and waits until the node's index knows the log up to the head.
func (h *Head) finish(ctx context.Context, rpc RPC, trust *Trust) error {
	r := &h.common
	if trust == nil {
		h.trust = Trust{Format: TrustFormat, ChainID: r.ChainID, Height: r.Header.Height, Time: r.Header.Time, Validators: r.Validators}
	} else {
		h.trust = *trust
		if err := r.link(ctx, rpc, h.trust); err != nil {
			return err
		}
	}
	return awaitIndex(ctx, rpc, r.Height)
}

// Receipt makes the receipt of one of the head's payments, and verifies it. A decided height of 0 stands
// for the newest decision.
func (h *Head) Receipt(ctx context.Context, rpc RPC, uetr string, decidedHeight int64) (*Receipt, error) {
	found, err := askProof(ctx, rpc, uetr, decidedHeight, h.common.Log.Size)
	if err != nil {
		return nil, err
	}
	stored, err := decodePayment(found.Payment)
	if err != nil {
		return nil, &Error{Part: PartPayment, Err: err}
	}
	if stored.Uetr != uetr {
		return nil, wrong(PartPayment, "asked for %s, the node answered with %s", uetr, stored.Uetr)
	}
	r := h.common
	r.Payment, r.PaymentBytes, r.Log.Index = readable(stored), found.Payment, found.LogIndex
	inclusion := ProofOp{Type: inclusionStep, Key: indexKey(found.LogIndex)}
	for _, hash := range found.Path {
		inclusion.Data = append(inclusion.Data, hash...)
	}
	r.Proof = append([]ProofOp{inclusion}, h.common.Proof...)
	return &r, r.verifyWritten(h.trust)
}

// verifyWritten verifies the file, not the value in memory: the file is what is handed on.
func (r *Receipt) verifyWritten(trust Trust) error {
	file, err := r.Encode()
	if err != nil {
		return err
	}
	if _, err := Verify(file, trust, time.Now()); err != nil {
		return fmt.Errorf("the node's answers do not make a receipt: %w", err)
	}
	return nil
}

// TrustFromRPC takes the validators of a height, or of the newest block if it is 0, from a node.
// That they signed the block is checked; that they are the network's is what its user decides.
func TrustFromRPC(ctx context.Context, rpc RPC, height int64) (Trust, error) {
	if height == 0 {
		status, err := rpc.Status(ctx)
		if err != nil {
			return Trust{}, err
		}
		height = status.SyncInfo.LatestBlockHeight
	}
	at, err := load(ctx, rpc, height)
	if err != nil {
		return Trust{}, err
	}
	if err := at.check(at.signed.ChainID); err != nil {
		return Trust{}, &Error{Part: PartCommit, Err: err}
	}
	validators, err := validatorsOf(at.set)
	if err != nil {
		return Trust{}, err
	}
	return Trust{Format: TrustFormat, ChainID: at.signed.ChainID, Height: height, Time: at.signed.Time, Validators: validators}, nil
}
