package receipt

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	cmtbytes "github.com/cometbft/cometbft/libs/bytes"
	cmtjson "github.com/cometbft/cometbft/libs/json"
	"github.com/cometbft/cometbft/types"

	settlement "github.com/zhilian-network/zhilian/x/settlement/types"
)

const (
	// Format names the form of a receipt and its version.
	Format = "zhilian-receipt-2"
	// olderFormat proved the payment's own record, which a network keeps for a time only.
	olderFormat = "zhilian-receipt-1"
	// BytesMax bounds a receipt and a trust file: 64 links of a hundred ed25519 validators have about 5 MB, of
	// twenty with ML-DSA keys 13.
	BytesMax = 16 << 20
	// LinksMax bounds the links of a receipt: each costs the verification of two commits.
	LinksMax = 64
	// ValidatorsMax bounds a validator set.
	ValidatorsMax = 500
)

// Receipt is a payment with its proof. Its JSON is CometBFT's: 64-bit integers are strings, hashes
// upper-case hex, other bytes base64, times RFC 3339 in UTC.
type Receipt struct {
	Format  string `json:"format"`
	ChainID string `json:"chain_id"`
	// Height of the state whose log holds the payment.
	Height int64 `json:"height"`
	// Payment is PaymentBytes for people.
	Payment Payment `json:"payment"`
	// PaymentBytes is the zhilian.settlement.v1.Payment as it was stored when it was decided: a leaf of the log.
	PaymentBytes []byte `json:"payment_bytes"`
	// Log is the head of the log of payments, as it stands in the state.
	Log Log `json:"log"`
	// Proof leads from PaymentBytes to the header's AppHash: from the leaf to the log's root, from the log's
	// head to the root of its store (IAVL), from there to the root of the state (simple Merkle proof).
	Proof []ProofOp `json:"proof"`
	// Header of block Height+1.
	Header *types.Header `json:"header"`
	Commit *types.Commit `json:"commit"`
	// Validators of block Height+1.
	Validators []Validator `json:"validators"`
	// Links lead from an earlier validator set to Validators; none if there was no change to bridge.
	Links []Link `json:"links,omitempty"`
}

// Payment is a stored payment in words and digits.
type Payment struct {
	UETR              string            `json:"uetr"`
	Debtor            string            `json:"debtor"`
	Creditor          string            `json:"creditor"`
	Currency          string            `json:"currency"`
	AmountMinor       string            `json:"amount_minor"`
	EndToEndDigest    cmtbytes.HexBytes `json:"end_to_end_digest"`
	InstructionDigest cmtbytes.HexBytes `json:"instruction_digest"`
	// Status is the ISO 20022 code: ACSC or RJCT.
	Status    string    `json:"status"`
	Reason    string    `json:"reason"`
	Height    int64     `json:"height"`
	DecidedAt time.Time `json:"decided_at"`
	// DetailsDigest is the digest of its sealed details; left out if there are none.
	DetailsDigest cmtbytes.HexBytes `json:"details_digest,omitempty"`
	// ReturnOf is the UETR of the payment that this one pays back, ReturnReason the ISO 20022 code of why;
	// left out unless it is a return.
	ReturnOf     string `json:"return_of,omitempty"`
	ReturnReason string `json:"return_reason,omitempty"`
}

// Log is a head of the log of payments, and the payment's place in it.
type Log struct {
	// Index is the number of the payment, from 0.
	Index uint64 `json:"index"`
	// Size is the number of payments in the log.
	Size uint64 `json:"size"`
	// Subtrees are the roots of the perfect subtrees that make up the tree, from left to right, 32 bytes each.
	Subtrees [][]byte `json:"subtrees"`
}

func (l Log) head() settlement.PaymentLog {
	return settlement.PaymentLog{Size_: l.Size, Subtrees: l.Subtrees}
}

// ProofOp is one step of a membership proof. Data is an ICS-23 CommitmentProof; of the first step, the
// hashes of an inclusion proof (RFC 6962, section 2.1.1), one behind the other.
type ProofOp struct {
	Type string `json:"type"`
	Key  []byte `json:"key"`
	Data []byte `json:"data"`
}

// Link is a signed header on the way from a trusted validator set to the receipt's.
type Link struct {
	Header         *types.Header `json:"header"`
	Commit         *types.Commit `json:"commit"`
	Validators     []Validator   `json:"validators"`
	NextValidators []Validator   `json:"next_validators"`
}

// readable renders a stored payment.
func readable(p settlement.Payment) Payment {
	return Payment{
		UETR: p.Uetr, Debtor: p.Debtor, Creditor: p.Creditor, Currency: p.Currency, AmountMinor: p.Amount.String(),
		EndToEndDigest: p.EndToEndDigest, InstructionDigest: p.InstructionDigest,
		Status: strings.TrimPrefix(p.Status.String(), "PAYMENT_STATUS_"), Reason: p.Reason,
		Height: p.Height, DecidedAt: p.DecidedAt, DetailsDigest: p.DetailsDigest,
		ReturnOf: p.ReturnOf, ReturnReason: p.ReturnReason,
	}
}

// Encode writes the receipt's file.
func (r *Receipt) Encode() ([]byte, error) {
	r.normalise()
	return encode(r)
}

// Decode reads a receipt's file without checking what it says.
func Decode(file []byte) (*Receipt, error) {
	r := &Receipt{}
	if err := decodeStrictly(file, r, r.normalise); err != nil {
		if hasFormat(file, olderFormat) {
			err = fmt.Errorf("format is %q, which is no longer read: get the receipt again from a node", olderFormat)
		}
		return nil, &Error{Part: PartForm, Err: err}
	}
	if err := r.checkForm(); err != nil {
		return nil, &Error{Part: PartForm, Err: err}
	}
	return r, nil
}

// InMessage is what a message to the chain carries of the receipt: the chain has the head of its log, so neither
// header nor signatures are needed. It checks nothing.
func (r *Receipt) InMessage() *settlement.PaymentProof {
	proof := &settlement.PaymentProof{Payment: r.PaymentBytes, LogIndex: r.Log.Index, LogSize: r.Log.Size}
	if len(r.Proof) > 0 && r.Proof[0].Type == inclusionStep {
		proof.Path = slices.Collect(slices.Chunk(r.Proof[0].Data, settlement.DigestLength))
	}
	return proof
}

// normalise leaves one way to write what is empty.
func (r *Receipt) normalise() {
	if len(r.Links) == 0 {
		r.Links = nil
	}
	// The only payment of a log has an empty path.
	if len(r.Proof) > 0 && len(r.Proof[0].Data) == 0 {
		r.Proof[0].Data = []byte{}
	}
	for _, commit := range r.commits() {
		for i := range commit.Signatures {
			if len(commit.Signatures[i].Signature) == 0 {
				commit.Signatures[i].Signature = nil
			}
		}
	}
}

func (r *Receipt) commits() []*types.Commit {
	var commits []*types.Commit
	for _, link := range r.Links {
		if link.Commit != nil {
			commits = append(commits, link.Commit)
		}
	}
	if r.Commit != nil {
		commits = append(commits, r.Commit)
	}
	return commits
}

func (r *Receipt) checkForm() error {
	if r.Format != Format {
		return fmt.Errorf("format is %.40q, want %q", r.Format, Format)
	}
	if len(r.Links) > LinksMax {
		return fmt.Errorf("%d links, at most %d", len(r.Links), LinksMax)
	}
	if err := checkSigned(r.Header, r.Commit); err != nil {
		return err
	}
	for i, link := range r.Links {
		if err := checkSigned(link.Header, link.Commit); err != nil {
			return fmt.Errorf("link %d: %w", i+1, err)
		}
	}
	return nil
}

// checkSigned refuses what CometBFT's code takes for granted: it panics on a missing header and on
// times that protobuf cannot express, such as the year 0 of RFC 3339.
func checkSigned(header *types.Header, commit *types.Commit) error {
	if header == nil || commit == nil {
		return fmt.Errorf("header or commit is missing")
	}
	if header.Time.Year() < 1 {
		return fmt.Errorf("time of the header is before the year 1")
	}
	for i, signature := range commit.Signatures {
		if signature.Timestamp.Year() < 1 {
			return fmt.Errorf("time of signature %d is before the year 1", i+1)
		}
	}
	return nil
}

// encode writes CometBFT's JSON, indented.
func encode(value any) ([]byte, error) {
	text, err := cmtjson.Marshal(value)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := json.Indent(&out, text, "", "  "); err != nil {
		return nil, err
	}
	out.WriteByte('\n')
	return out.Bytes(), nil
}

// decodeStrictly admits only the text that encode would write, white space aside. Comparing the two
// refuses at once what a list of rules would forget: unknown and repeated keys, other order, other
// spellings of numbers, times, hex and base64, escapes, and text after the end.
func decodeStrictly(file []byte, value any, normalise func()) error {
	if len(file) > BytesMax {
		return fmt.Errorf("%d bytes, at most %d", len(file), BytesMax)
	}
	if err := cmtjson.Unmarshal(file, value); err != nil {
		return fmt.Errorf("not the JSON of such a file: %w", err)
	}
	normalise()
	written, err := cmtjson.Marshal(value)
	if err != nil {
		return err
	}
	given, want := new(bytes.Buffer), new(bytes.Buffer)
	if err := json.Compact(given, file); err != nil {
		return err
	}
	if err := json.Compact(want, written); err != nil {
		return err
	}
	if !bytes.Equal(given.Bytes(), want.Bytes()) {
		return fmt.Errorf("not in canonical form %s", difference(given.Bytes(), want.Bytes()))
	}
	return nil
}

// hasFormat tells whether a file calls itself of a format, whatever else it is.
func hasFormat(file []byte, format string) bool {
	var said struct {
		Format string `json:"format"`
	}
	return len(file) <= BytesMax && json.Unmarshal(file, &said) == nil && said.Format == format
}

// difference shows where two texts part.
func difference(given, want []byte) string {
	const shown = 30
	at := 0
	for at < len(given) && at < len(want) && given[at] == want[at] {
		at++
	}
	from := max(0, at-shown)
	return fmt.Sprintf("near %q", given[from:min(len(given), at+1)])
}
