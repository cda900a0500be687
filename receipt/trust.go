package receipt

import (
	"fmt"

	"github.com/cometbft/cometbft/types"
)

// TrustFormat names the form of a trust file and its version.
const TrustFormat = "zhilian-validators-1"

// Trust is the validator set that a reader decided to believe. Whoever gets it from a node believes
// that node once; compare its hash with one obtained another way.
type Trust struct {
	Format  string `json:"format"`
	ChainID string `json:"chain_id"`
	// Height at which the set was in office.
	Height     int64       `json:"height"`
	Validators []Validator `json:"validators"`
}

// ReadTrust reads a trust file.
func ReadTrust(file []byte) (Trust, error) {
	var trust Trust
	if err := decodeStrictly(file, &trust, func() {}); err != nil {
		return Trust{}, &Error{Part: PartTrust, Err: err}
	}
	if _, err := trust.set(); err != nil {
		return Trust{}, err
	}
	return trust, nil
}

// Encode writes the trust file.
func (t Trust) Encode() ([]byte, error) { return encode(t) }

// Hash identifies the set: it is the ValidatorsHash of the headers that it signs.
func (t Trust) Hash() ([]byte, error) {
	set, err := t.set()
	if err != nil {
		return nil, err
	}
	return set.Hash(), nil
}

func (t Trust) set() (*types.ValidatorSet, error) {
	switch {
	case t.Format != TrustFormat:
		return nil, wrong(PartTrust, "format is %.40q, want %q", t.Format, TrustFormat)
	case t.ChainID == "":
		return nil, wrong(PartTrust, "chain id is missing")
	case t.Height < 1:
		return nil, wrong(PartTrust, "height %d is below 1", t.Height)
	}
	set, err := setOf(t.Validators)
	if err != nil {
		return nil, &Error{Part: PartTrust, Err: fmt.Errorf("trusted set: %w", err)}
	}
	return set, nil
}
