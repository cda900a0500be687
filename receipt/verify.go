package receipt

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/cometbft/cometbft/crypto/merkle"
	cmtcrypto "github.com/cometbft/cometbft/proto/tendermint/crypto"
	"github.com/cometbft/cometbft/types"
	ics23 "github.com/cosmos/ics23/go"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/cosmos/cosmos-sdk/store/v2/rootmulti"
	storetypes "github.com/cosmos/cosmos-sdk/store/v2/types"

	settlement "github.com/zhilian-network/zhilian/x/settlement/types"
)

const (
	// inclusionStep names the first step of a proof.
	inclusionStep = "zhilian:rfc6962"
	// ClockDriftMax is how far a header's time may be ahead of the reader's clock: ten seconds, as in
	// CometBFT's light client.
	ClockDriftMax = 10 * time.Second
	// forever is the trusting period of links. A light client that follows a chain distrusts validators
	// who left long ago, since nothing can be taken from them any more. A receipt is evidence that is
	// kept for years: its reader decides by the trust file whom to believe, and only the order of the
	// headers counts. The price is in README.md, "What it does not prove".
	forever = time.Duration(math.MaxInt64)
)

// Verified is what a receipt proves.
type Verified struct {
	ChainID string `json:"chain_id"`
	// Height of the state whose log holds the payment.
	Height  int64   `json:"height"`
	Payment Payment `json:"payment"`
	// LogIndex is the payment's number in the log, from 0, and LogSize the number of payments in it.
	LogIndex uint64 `json:"log_index"`
	LogSize  uint64 `json:"log_size"`
	// BlockHash and BlockTime are those of block Height+1, which commits the state.
	BlockHash string    `json:"block_hash"`
	BlockTime time.Time `json:"block_time"`
	// PowerSigned of PowerTotal signed that block.
	PowerSigned int64 `json:"power_signed"`
	PowerTotal  int64 `json:"power_total"`
	// Links that lead from the trusted set to the validators of that block; 0 if they are the same.
	Links int `json:"links"`
}

// Verify checks a receipt against the validators that its reader trusts. now only refuses blocks
// from the future; age does not matter. The error is an *Error that names the wrong part.
func Verify(file []byte, trust Trust, now time.Time) (*Verified, error) {
	r, err := Decode(file)
	if err != nil {
		return nil, err
	}
	return r.verify(trust, now)
}

func (r *Receipt) verify(trust Trust, now time.Time) (*Verified, error) {
	trusted, err := trust.set()
	if err != nil {
		return nil, err
	}
	if err := r.checkChainID(trust.ChainID); err != nil {
		return nil, err
	}
	if err := r.checkPayment(); err != nil {
		return nil, err
	}
	if err := r.checkLog(); err != nil {
		return nil, err
	}
	if err := r.checkProof(); err != nil {
		return nil, err
	}
	if err := r.checkHeader(now); err != nil {
		return nil, err
	}
	set, err := r.checkValidators()
	if err != nil {
		return nil, err
	}
	if err := checkCommit(r.ChainID, r.Header, r.Commit, set); err != nil {
		return nil, &Error{Part: PartCommit, Err: err}
	}
	links, err := r.checkTrust(trust.Height, trusted, set, now)
	if err != nil {
		return nil, &Error{Part: PartTrust, Err: err}
	}
	return &Verified{
		ChainID: r.ChainID, Height: r.Height, Payment: r.Payment, LogIndex: r.Log.Index, LogSize: r.Log.Size,
		BlockHash: r.Header.Hash().String(), BlockTime: r.Header.Time,
		PowerSigned: powerSigned(r.Commit, set), PowerTotal: set.TotalVotingPower(), Links: links,
	}, nil
}

func (r *Receipt) checkChainID(trusted string) error {
	if r.ChainID != trusted {
		return wrong(PartChainID, "the receipt is of %.60q, the trusted validators are of %.60q", r.ChainID, trusted)
	}
	if r.Header.ChainID != r.ChainID {
		return wrong(PartChainID, "the header is of %.60q, the receipt of %.60q", r.Header.ChainID, r.ChainID)
	}
	return nil
}

func (r *Receipt) checkPayment() error {
	stored, err := decodePayment(r.PaymentBytes)
	if err != nil {
		return &Error{Part: PartPayment, Err: err}
	}
	said, err := encode(r.Payment)
	if err != nil {
		return &Error{Part: PartPayment, Err: err}
	}
	want, err := encode(readable(stored))
	if err != nil {
		return &Error{Part: PartPayment, Err: err}
	}
	if !bytes.Equal(said, want) {
		return wrong(PartPayment, "its readable form is not what its bytes say")
	}
	return nil
}

func decodePayment(stored []byte) (settlement.Payment, error) {
	var p settlement.Payment
	if err := p.Unmarshal(stored); err != nil {
		return p, fmt.Errorf("its bytes are no payment: %w", err)
	}
	if p.Amount.IsNil() {
		return p, fmt.Errorf("it has no amount")
	}
	again, err := p.Marshal()
	if err != nil {
		return p, err
	}
	if !bytes.Equal(again, stored) {
		return p, fmt.Errorf("its bytes are not in the form in which it is stored")
	}
	return p, nil
}

// headKey is the key of the log's head in the settlement store.
func headKey() []byte { return bytes.Clone(settlement.PaymentLogPrefix.Bytes()) }

// indexKey is the key of the first step: the payment's number, 8 bytes, big endian.
func indexKey(index uint64) []byte { return binary.BigEndian.AppendUint64(nil, index) }

func (r *Receipt) checkLog() error {
	if err := r.Log.head().Validate(); err != nil {
		return &Error{Part: PartLog, Err: err}
	}
	if r.Log.Index >= r.Log.Size {
		return wrong(PartLog, "the payment has number %d, counted from 0, and the log has %d payments", r.Log.Index, r.Log.Size)
	}
	return nil
}

// checkProof goes from the payment's bytes to the root that the head's subtrees have, and from the head
// to the header's state.
func (r *Receipt) checkProof() error {
	if err := r.checkSteps(); err != nil {
		return &Error{Part: PartProof, Err: err}
	}
	if err := r.checkInclusion(r.Proof[0].Data); err != nil {
		return wrong(PartProof, "does not lead from the payment to the root of the log: %s", err)
	}
	if err := r.checkHead(r.Proof[1:]); err != nil {
		// The runtime's words are of keys and roots in hex; the last of them can be long.
		return wrong(PartProof, "does not lead from the log to the header's state: %.300s", err)
	}
	return nil
}

// checkInclusion recomputes the root. The path has the hashes that number and size ask for, and no more.
func (r *Receipt) checkInclusion(data []byte) error {
	var path tlog.RecordProof
	for hash := range slices.Chunk(data, tlog.HashSize) {
		if len(hash) != tlog.HashSize {
			return fmt.Errorf("its last hash has %d bytes", len(hash))
		}
		path = append(path, tlog.Hash(hash))
	}
	root := tlog.Hash(r.Log.head().Root())
	return tlog.CheckRecord(path, int64(r.Log.Size), root, int64(r.Log.Index), tlog.RecordHash(r.PaymentBytes))
}

func (r *Receipt) checkHead(steps []ProofOp) error {
	head := r.Log.head()
	value, err := head.Marshal()
	if err != nil {
		return err
	}
	ops := &cmtcrypto.ProofOps{}
	for _, op := range steps {
		ops.Ops = append(ops.Ops, cmtcrypto.ProofOp{Type: op.Type, Key: op.Key, Data: op.Data})
	}
	path := merkle.KeyPath{}.AppendKey([]byte(settlement.StoreKey), merkle.KeyEncodingURL).AppendKey(headKey(), merkle.KeyEncodingHex)
	return rootmulti.DefaultProofRuntime().VerifyValue(ops, r.Header.AppHash, path.String(), value)
}

// checkSteps admits exactly the three steps, each in its only encoding: an encoding with bytes that
// nothing checks would be a place where a receipt can be changed.
func (r *Receipt) checkSteps() error {
	want := []struct {
		kind string
		key  []byte
	}{
		{inclusionStep, indexKey(r.Log.Index)},
		{storetypes.ProofOpIAVLCommitment, headKey()},
		{storetypes.ProofOpSimpleMerkleCommitment, []byte(settlement.StoreKey)},
	}
	if len(r.Proof) != len(want) {
		return fmt.Errorf("has %d steps, want %d", len(r.Proof), len(want))
	}
	for i, op := range r.Proof {
		if op.Type != want[i].kind {
			return fmt.Errorf("step %d is %.40q, want %q", i+1, op.Type, want[i].kind)
		}
		if !bytes.Equal(op.Key, want[i].key) {
			return fmt.Errorf("step %d is for another key", i+1)
		}
		if i == 0 {
			continue
		}
		if err := checkExistence(op.Data); err != nil {
			return fmt.Errorf("step %d: %w", i+1, err)
		}
	}
	return nil
}

func checkExistence(data []byte) error {
	proof := &ics23.CommitmentProof{}
	if err := proof.Unmarshal(data); err != nil {
		return err
	}
	if proof.GetExist() == nil || proof.GetExist().Leaf == nil {
		return fmt.Errorf("is no proof of existence")
	}
	again, err := proof.Marshal()
	if err != nil {
		return err
	}
	if !bytes.Equal(again, data) {
		return fmt.Errorf("is not in canonical form")
	}
	return nil
}

func (r *Receipt) checkHeader(now time.Time) error {
	if err := r.Header.ValidateBasic(); err != nil {
		return &Error{Part: PartHeader, Err: err}
	}
	if !bytes.Equal(r.Header.Hash(), r.Commit.BlockID.Hash) {
		return wrong(PartHeader, "its hash is %s, the commit is for %s", r.Header.Hash(), r.Commit.BlockID.Hash)
	}
	if r.Height < 1 || r.Header.Height-1 != r.Height {
		return wrong(PartHeader, "its height is %d; the state of height %d is in the block after it", r.Header.Height, r.Height)
	}
	if r.Header.Time.After(now.Add(ClockDriftMax)) {
		return wrong(PartHeader, "its time %s is in the future", r.Header.Time.Format(time.RFC3339))
	}
	return nil
}

func (r *Receipt) checkValidators() (*types.ValidatorSet, error) {
	set, err := setOf(r.Validators)
	if err != nil {
		return nil, &Error{Part: PartValidators, Err: err}
	}
	if !bytes.Equal(set.Hash(), r.Header.ValidatorsHash) {
		return nil, wrong(PartValidators, "its hash is not the header's")
	}
	return set, nil
}

// checkCommit wants more than two thirds of the power and every signature right. A light client may
// stop at two thirds; here the rest would be bytes that anybody can change.
func checkCommit(chainID string, header *types.Header, commit *types.Commit, set *types.ValidatorSet) error {
	if err := commit.ValidateBasic(); err != nil {
		return err
	}
	blockID := types.BlockID{Hash: header.Hash(), PartSetHeader: commit.BlockID.PartSetHeader}
	return types.VerifyCommit(chainID, set, blockID, header.Height, commit)
}

func powerSigned(commit *types.Commit, set *types.ValidatorSet) int64 {
	power := int64(0)
	for i, signature := range commit.Signatures {
		if signature.BlockIDFlag == types.BlockIDFlagCommit {
			power += set.Validators[i].VotingPower
		}
	}
	return power
}
