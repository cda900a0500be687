package receipt

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"
	cmtbytes "github.com/cometbft/cometbft/libs/bytes"
	"github.com/cometbft/cometbft/light"
	rpcclient "github.com/cometbft/cometbft/rpc/client"
	coretypes "github.com/cometbft/cometbft/rpc/core/types"
	"github.com/cometbft/cometbft/types"

	settlement "github.com/zhilian-network/zhilian/x/settlement/types"
)

const (
	paymentQuery = "/zhilian.settlement.v1.Query/Payment"
	keyQuery     = "/store/" + settlement.StoreKey + "/key"

	validatorsPerPage = 100
	// A state is in the header after it: the wait for that block has an end.
	waitInterval = 250 * time.Millisecond
	waitsMax     = 240
	// hopsMax bounds the search for links: halving 2^63 heights for each of them.
	hopsMax = LinksMax * 63
)

// RPC is what a receipt needs of a node: CometBFT's HTTP and local clients have it.
type RPC interface {
	ABCIQueryWithOptions(ctx context.Context, path string, data cmtbytes.HexBytes, opts rpcclient.ABCIQueryOptions) (*coretypes.ResultABCIQuery, error)
	Commit(ctx context.Context, height *int64) (*coretypes.ResultCommit, error)
	Validators(ctx context.Context, height *int64, page, perPage *int) (*coretypes.ResultValidators, error)
	Status(ctx context.Context) (*coretypes.ResultStatus, error)
}

// Get makes the receipt of a payment, without links, and verifies it against its own validators:
// what a node says that does not hold together is refused here already.
func Get(ctx context.Context, rpc RPC, uetr string) (*Receipt, error) {
	r, err := collect(ctx, rpc, uetr)
	if err != nil {
		return nil, err
	}
	own := Trust{Format: TrustFormat, ChainID: r.ChainID, Height: r.Header.Height, Validators: r.Validators}
	return r, r.verifyWritten(own)
}

// GetFor makes the receipt of a payment for a reader with the given trust: with links, where the
// validators have changed since.
func GetFor(ctx context.Context, rpc RPC, uetr string, trust Trust) (*Receipt, error) {
	r, err := collect(ctx, rpc, uetr)
	if err != nil {
		return nil, err
	}
	if err := r.link(ctx, rpc, trust); err != nil {
		return nil, err
	}
	return r, r.verifyWritten(trust)
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

func collect(ctx context.Context, rpc RPC, uetr string) (*Receipt, error) {
	payment, err := findPayment(ctx, rpc, uetr)
	if err != nil {
		return nil, err
	}
	proof, err := prove(ctx, rpc, uetr, payment.Height)
	if err != nil {
		return nil, err
	}
	stored, err := decodePayment(proof.Value)
	if err != nil {
		return nil, &Error{Part: PartPayment, Err: err}
	}
	if err := waitFor(ctx, rpc, proof.Height+1); err != nil {
		return nil, err
	}
	at, err := load(ctx, rpc, proof.Height+1)
	if err != nil {
		return nil, err
	}
	validators, err := validatorsOf(at.set)
	if err != nil {
		return nil, err
	}
	r := &Receipt{
		Format: Format, ChainID: at.signed.ChainID, Height: proof.Height,
		Payment: readable(stored), PaymentBytes: proof.Value,
		Header: at.signed.Header, Commit: at.signed.Commit, Validators: validators,
	}
	if proof.ProofOps != nil {
		for _, op := range proof.ProofOps.Ops {
			r.Proof = append(r.Proof, ProofOp{Type: op.Type, Key: op.Key, Data: op.Data})
		}
	}
	return r, nil
}

func findPayment(ctx context.Context, rpc RPC, uetr string) (settlement.Payment, error) {
	var none settlement.Payment
	if _, err := settlement.ParseUETR(uetr); err != nil {
		return none, err
	}
	request, err := (&settlement.QueryPaymentRequest{Uetr: uetr}).Marshal()
	if err != nil {
		return none, err
	}
	answer, err := rpc.ABCIQueryWithOptions(ctx, paymentQuery, request, rpcclient.ABCIQueryOptions{})
	if err != nil {
		return none, err
	}
	if !answer.Response.IsOK() {
		return none, fmt.Errorf("payment %s: %s", uetr, answer.Response.Log)
	}
	var found settlement.QueryPaymentResponse
	if err := found.Unmarshal(answer.Response.Value); err != nil {
		return none, err
	}
	return found.Payment, nil
}

// prove asks for the state of the block that decided the payment, so that a payment has the same
// receipt whenever it is asked for; a node that has pruned it gives the last complete state.
func prove(ctx context.Context, rpc RPC, uetr string, decided int64) (*abci.ResponseQuery, error) {
	answer, err := proveAt(ctx, rpc, uetr, decided)
	if err == nil {
		return answer, nil
	}
	status, statusErr := rpc.Status(ctx)
	if statusErr != nil {
		return nil, errors.Join(err, statusErr)
	}
	latest := status.SyncInfo.LatestBlockHeight - 1
	if latest <= decided {
		return nil, err
	}
	return proveAt(ctx, rpc, uetr, latest)
}

func proveAt(ctx context.Context, rpc RPC, uetr string, height int64) (*abci.ResponseQuery, error) {
	key, err := storeKey(uetr)
	if err != nil {
		return nil, err
	}
	answer, err := rpc.ABCIQueryWithOptions(ctx, keyQuery, key, rpcclient.ABCIQueryOptions{Height: height, Prove: true})
	if err != nil {
		return nil, err
	}
	response := answer.Response
	switch {
	case !response.IsOK():
		return nil, fmt.Errorf("proof of payment %s at height %d: %s", uetr, height, response.Log)
	case len(response.Value) == 0:
		return nil, fmt.Errorf("payment %s is not in the state of height %d, or the node has pruned it", uetr, height)
	case response.Height != height:
		return nil, fmt.Errorf("asked for height %d, the node answered for %d", height, response.Height)
	}
	return &response, nil
}

func waitFor(ctx context.Context, rpc RPC, height int64) error {
	for range waitsMax {
		status, err := rpc.Status(ctx)
		if err != nil {
			return err
		}
		if status.SyncInfo.LatestBlockHeight >= height {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(waitInterval):
		}
	}
	return fmt.Errorf("block %d did not come within %s", height, waitsMax*waitInterval)
}

// load gets a signed header with its validators.
func load(ctx context.Context, rpc RPC, height int64) (point, error) {
	answer, err := rpc.Commit(ctx, &height)
	if err != nil {
		return point{}, err
	}
	if answer.Header == nil || answer.SignedHeader.Commit == nil {
		return point{}, fmt.Errorf("the node has no commit of block %d", height)
	}
	set, err := loadValidators(ctx, rpc, height)
	if err != nil {
		return point{}, err
	}
	return point{signed: &answer.SignedHeader, set: set}, nil
}

func loadValidators(ctx context.Context, rpc RPC, height int64) (*types.ValidatorSet, error) {
	var all []*types.Validator
	perPage := validatorsPerPage
	for page := 1; page <= ValidatorsMax/validatorsPerPage; page++ {
		answer, err := rpc.Validators(ctx, &height, &page, &perPage)
		if err != nil {
			return nil, err
		}
		all = append(all, answer.Validators...)
		if len(all) >= answer.Total || len(answer.Validators) == 0 {
			return types.ValidatorSetFromExistingValidators(all)
		}
	}
	return nil, fmt.Errorf("more than %d validators at height %d", ValidatorsMax, height)
}

// link adds the links from the trusted set to the receipt's, if they differ.
func (r *Receipt) link(ctx context.Context, rpc RPC, trust Trust) error {
	trusted, err := trust.set()
	if err != nil {
		return err
	}
	if trust.ChainID != r.ChainID {
		return r.checkChainID(trust.ChainID)
	}
	if bytes.Equal(trusted.Hash(), r.Header.ValidatorsHash) {
		return nil
	}
	if trust.Height >= r.Header.Height {
		return wrong(PartTrust, "the trusted validators are of height %d; the payment is proven by other ones at height %d, "+
			"and links lead forward only: use an older trust file", trust.Height, r.Header.Height)
	}
	set, err := setOf(r.Validators)
	if err != nil {
		return &Error{Part: PartValidators, Err: err}
	}
	from, err := loadLink(ctx, rpc, trust.Height)
	if err != nil {
		return err
	}
	if !bytes.Equal(from.set.Hash(), trusted.Hash()) {
		return wrong(PartTrust, "the node's validators at height %d are not the trusted ones", trust.Height)
	}
	to := point{signed: &types.SignedHeader{Header: r.Header, Commit: r.Commit}, set: set}
	way, err := bridge(ctx, rpc, from, to)
	if err != nil {
		return &Error{Part: PartTrust, Err: err}
	}
	return r.setLinks(way)
}

// bridge goes as far as the rule allows: straight to the end, else half the way.
func bridge(ctx context.Context, rpc RPC, from, to point) ([]point, error) {
	way, target := []point{from}, to
	for range hopsMax {
		err := step(from, target, time.Now())
		var tooFar light.ErrNewValSetCantBeTrusted
		switch {
		case errors.As(err, &tooFar):
			if target, err = loadLink(ctx, rpc, (from.signed.Height+target.signed.Height)/2); err != nil {
				return nil, err
			}
		case err != nil:
			return nil, err
		case target.signed.Height == to.signed.Height:
			return way, nil
		case len(way) == LinksMax:
			return nil, fmt.Errorf("the validators changed so often that %d links do not suffice: use a younger trust file", LinksMax)
		default:
			way, from, target = append(way, target), target, to
		}
	}
	return nil, fmt.Errorf("no way was found within %d hops", hopsMax)
}

func loadLink(ctx context.Context, rpc RPC, height int64) (point, error) {
	p, err := load(ctx, rpc, height)
	if err != nil {
		return point{}, err
	}
	p.next, err = loadValidators(ctx, rpc, height+1)
	return p, err
}

func (r *Receipt) setLinks(way []point) error {
	for _, p := range way {
		validators, err := validatorsOf(p.set)
		if err != nil {
			return err
		}
		next, err := validatorsOf(p.next)
		if err != nil {
			return err
		}
		r.Links = append(r.Links, Link{Header: p.signed.Header, Commit: p.signed.Commit, Validators: validators, NextValidators: next})
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
	return Trust{Format: TrustFormat, ChainID: at.signed.ChainID, Height: height, Validators: validators}, nil
}
