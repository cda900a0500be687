package receipt

import (
	"fmt"
	"time"

	"github.com/cometbft/cometbft/types"
)

// TrustFormat names the form of a trust file and its version.
const (
	TrustFormat = "zhilian-validators-2"
	// olderTrustFormat did not tell the time of its block.
	olderTrustFormat = "zhilian-validators-1"
)

// Trust is the validator set that a reader decided to believe. Whoever gets it from a node believes
// that node once; compare its hash with one obtained another way.
type Trust struct {
	Format  string `json:"format"`
	ChainID string `json:"chain_id"`
	// Height at which the set was in office.
	Height int64 `json:"height"`
	// Time of that block.
	Time       time.Time   `json:"time"`
	Validators []Validator `json:"validators"`
}

// ReadTrust reads a trust file.
func ReadTrust(file []byte) (Trust, error) {
	var trust Trust
	if err := decodeStrictly(file, &trust, func() {}); err != nil {
		if hasFormat(file, olderTrustFormat) {
			err = fmt.Errorf("format is %q, which is no longer read: write the trust file again", olderTrustFormat)
		}
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
	case t.Time.IsZero():
		return nil, wrong(PartTrust, "time of the block is missing")
	}
	set, err := setOf(t.Validators)
	if err != nil {
		return nil, &Error{Part: PartTrust, Err: fmt.Errorf("trusted set: %w", err)}
	}
	return set, nil
}

// CheckAge refuses a trust file whose block is older than a period; a period of 0 allows every age. It
// is for readers who do not want to rest on keys of long ago. Verify leaves the age aside.
func (t Trust) CheckAge(period time.Duration, now time.Time) error {
	if age := now.Sub(t.Time); period > 0 && age > period {
		return wrong(PartTrustPeriod, "the trusted validators are of block %d of %s, %s ago, and the trust period is %s: "+
			"who has left since may have lost the key; get a younger trust file, and the receipt anew for it",
			t.Height, t.Time.Format(time.RFC3339), age.Round(time.Second), period)
	}
	return nil
}
