package receipt

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cometbft/cometbft/light"
	"github.com/cometbft/cometbft/types"
)

// hopsMax bounds the search for links: halving 2^63 heights for each of them.
const hopsMax = LinksMax * 63

// point is a signed header with its sets; next is nil at the end of a way.
type point struct {
	signed    *types.SignedHeader
	set, next *types.ValidatorSet
}

// checkTrust finds the trusted set at the start of a link or as the receipt's own, and returns the
// number of links from there. Links before it are checked too: a receipt has no unchecked bytes.
func (r *Receipt) checkTrust(height int64, trusted, set *types.ValidatorSet, now time.Time) (int, error) {
	var way []point
	for i, link := range r.Links {
		p, err := link.point(r.ChainID)
		if err != nil {
			return 0, fmt.Errorf("link %d: %w", i+1, err)
		}
		way = append(way, p)
	}
	way = append(way, point{signed: &types.SignedHeader{Header: r.Header, Commit: r.Commit}, set: set})
	for i := 1; i < len(way); i++ {
		if err := step(way[i-1], way[i], now); err != nil {
			return 0, fmt.Errorf("link %d does not lead on: %w", i, err)
		}
	}
	return linksFrom(way, height, trusted)
}

// linksFrom looks for the trusted set from the end. A set vouches for any block that it signed
// itself, but for its successors only from the height on at which it is trusted.
func linksFrom(way []point, height int64, trusted *types.ValidatorSet) (int, error) {
	last := len(way) - 1
	for i := last; i >= 0; i-- {
		same := bytes.Equal(way[i].set.Hash(), trusted.Hash())
		if same && (i == last || way[i].signed.Height >= height) {
			return last - i, nil
		}
	}
	return 0, fmt.Errorf("the block was signed by validators %X; the trusted ones are %X at height %d, and no link leads from them",
		way[last].set.Hash(), trusted.Hash(), height)
}

func (l Link) point(chainID string) (point, error) {
	set, err := setOf(l.Validators)
	if err != nil {
		return point{}, err
	}
	next, err := setOf(l.NextValidators)
	if err != nil {
		return point{}, fmt.Errorf("next set: %w", err)
	}
	p := point{signed: &types.SignedHeader{Header: l.Header, Commit: l.Commit}, set: set, next: next}
	return p, p.check(chainID)
}

// check is what holds of a signed header by itself.
func (p point) check(chainID string) error {
	if err := p.signed.ValidateBasic(chainID); err != nil {
		return err
	}
	if !bytes.Equal(p.set.Hash(), p.signed.ValidatorsHash) {
		return fmt.Errorf("the hash of its validators is not the header's")
	}
	if p.next != nil && !bytes.Equal(p.next.Hash(), p.signed.NextValidatorsHash) {
		return fmt.Errorf("the hash of its next validators is not the header's")
	}
	return checkCommit(chainID, p.signed.Header, p.signed.Commit, p.set)
}

// step is the light client's rule: to the next block by its validators' hash, further by a third of
// the power of the set that follows.
func step(from, to point, now time.Time) error {
	if to.signed.Height == from.signed.Height+1 {
		return light.VerifyAdjacent(from.signed, to.signed, to.set, forever, now, ClockDriftMax)
	}
	return light.VerifyNonAdjacent(from.signed, from.next, to.signed, to.set, forever, now, ClockDriftMax, light.DefaultTrustLevel)
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
