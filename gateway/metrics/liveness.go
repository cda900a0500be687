package metrics

import (
	"bytes"
	"context"
	"fmt"
	"sync/atomic"

	coretypes "github.com/cometbft/cometbft/rpc/core/types"
	cmttypes "github.com/cometbft/cometbft/types"
	"github.com/prometheus/client_golang/prometheus"
)

// Window is in how many of the newest commits a validator's misses are counted.
const Window = 100

const (
	setPageSize   = 100
	maxValidators = 500
)

// ValidatorSets is what is asked of the node: who had to sign a block.
type ValidatorSets interface {
	Validators(ctx context.Context, height *int64, page, perPage *int) (*coretypes.ResultValidators, error)
}

// liveness follows who signed. A commit names who signed it, but not who should have: that is asked of
// the node whenever the set changes.
type liveness struct {
	// The follower's alone.
	height  int64  // of the newest block that was observed
	nextSet []byte // hash of the set that signs that block
	setHash []byte // hash of members
	members []cmttypes.Address
	records map[string]*record // by address

	standing atomic.Pointer[standing]
	names    atomic.Pointer[map[string]string] // institution by address
}

// record is one validator's newest commits.
type record struct {
	missed     [Window]bool
	next       int
	misses     int
	lastSigned int64
}

func (r *record) add(height int64, signed bool) {
	if r.missed[r.next] {
		r.misses--
	}
	r.missed[r.next] = !signed
	if !signed {
		r.misses++
	} else {
		r.lastSigned = height
	}
	r.next = (r.next + 1) % Window
}

// standing is what is exported; it never changes after it was made.
type standing struct {
	validators []validatorStanding
	signed     int
}

type validatorStanding struct {
	address    string
	misses     int
	lastSigned int64
}

var (
	validatorMissed = describe("zhilian_validator_missed_blocks",
		fmt.Sprintf("Blocks that a validator of the present set did not sign, of the newest %d that it had to sign.", Window), "validator")
	validatorLast    = describe("zhilian_validator_last_signed_height", "Height of the newest block that a validator of the present set signed; 0: none since this node started.", "validator")
	commitValidators = describe("zhilian_commit_validators", "Validators that had to sign the newest commit.")
	commitSignatures = describe("zhilian_commit_signatures", "Validators that signed the newest commit.")
)

func newLiveness() *liveness { return &liveness{records: map[string]*record{}} }

// Signatures reads who signed from a block that was indexed. The follower calls it, block by block.
func (m *Metrics) Signatures(ctx context.Context, sets ValidatorSets, raw *coretypes.ResultBlock) {
	if err := m.liveness.observe(ctx, sets, raw.Block); err != nil {
		m.sampleFails.WithLabelValues(sourceSets).Inc()
	}
}

func (l *liveness) observe(ctx context.Context, sets ValidatorSets, block *cmttypes.Block) error {
	signing, known := l.nextSet, l.height+1 == block.Height
	l.height, l.nextSet = block.Height, block.ValidatorsHash
	commit := block.LastCommit
	if commit == nil || commit.Height == 0 {
		return nil // the first block of a chain
	}
	if !known || !bytes.Equal(signing, l.setHash) {
		members, err := membersAt(ctx, sets, commit.Height)
		if err != nil {
			l.setHash = nil
			return err
		}
		l.setHash, l.members = signing, members
		if !known {
			l.setHash = nil // the members are right for this commit; the hash of their set was not seen
		}
	}
	if len(commit.Signatures) != len(l.members) {
		l.setHash = nil
		return fmt.Errorf("commit of block %d has %d places for %d validators", commit.Height, len(commit.Signatures), len(l.members))
	}
	l.count(commit)
	return nil
}

func (l *liveness) count(commit *cmttypes.Commit) {
	now := &standing{}
	present := make(map[string]*record, len(l.members))
	for i, member := range l.members {
		key := member.String()
		r := l.records[key]
		if r == nil {
			r = &record{}
		}
		present[key] = r
		// A vote for nothing is a sign of life; the consortium does not count it as missed either.
		signed := commit.Signatures[i].BlockIDFlag != cmttypes.BlockIDFlagAbsent
		r.add(commit.Height, signed)
		now.signed += boolean(signed)
		now.validators = append(now.validators, validatorStanding{key, r.misses, r.lastSigned})
	}
	// Who left the set is forgotten: labels do not pile up.
	l.records = present
	l.standing.Store(now)
}

func membersAt(ctx context.Context, sets ValidatorSets, height int64) ([]cmttypes.Address, error) {
	var members []cmttypes.Address
	for page := 1; len(members) < maxValidators; page++ {
		size := setPageSize
		answer, err := sets.Validators(ctx, &height, &page, &size)
		if err != nil {
			return nil, err
		}
		for _, validator := range answer.Validators {
			members = append(members, validator.Address)
		}
		if len(answer.Validators) == 0 || len(members) >= answer.Total {
			break
		}
	}
	return members, nil
}

// Describe implements prometheus.Collector.
func (l *liveness) Describe(out chan<- *prometheus.Desc) {
	for _, description := range []*prometheus.Desc{validatorMissed, validatorLast, commitValidators, commitSignatures} {
		out <- description
	}
}

// Collect implements prometheus.Collector.
func (l *liveness) Collect(out chan<- prometheus.Metric) {
	now := l.standing.Load()
	if now == nil {
		return
	}
	set := func(description *prometheus.Desc, value float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(description, prometheus.GaugeValue, value, labels...)
	}
	used := make(map[string]bool, len(now.validators))
	for _, v := range now.validators {
		label := l.name(v.address)
		if used[label] {
			label = v.address // one institution, two keys: around a change of its key
		}
		used[label] = true
		set(validatorMissed, float64(v.misses), label)
		set(validatorLast, float64(v.lastSigned), label)
	}
	set(commitValidators, float64(len(now.validators)))
	set(commitSignatures, float64(now.signed))
}

// name is the institution that runs a validator, or its consensus address as long as that is not known.
func (l *liveness) name(address string) string {
	if names := l.names.Load(); names != nil && (*names)[address] != "" {
		return (*names)[address]
	}
	return address
}
