package receipt

import (
	"bytes"
	"fmt"
	"time"

	"github.com/cometbft/cometbft/light"
	"github.com/cometbft/cometbft/types"
)

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
