package receipt

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/zhilian-network/zhilian/crypto/seal"
	"github.com/zhilian-network/zhilian/gateway/terminal"
	"github.com/zhilian-network/zhilian/iso20022/compact"
)

// OpeningFormat names the form of a file that discloses the sealed details of a payment.
const OpeningFormat = "zhilian-opening-1"

// Opening discloses the sealed details of a payment: with it and the payment's receipt anybody can check
// what the details were that it settled with, without any key. It says them in clear.
type Opening struct {
	Format string `json:"format"`
	UETR   string `json:"uetr"`
	// Salt is 32 random bytes, which hide the content from those who see its digest and guess.
	Salt    []byte `json:"salt"`
	Content []byte `json:"content"`
}

// NewOpening discloses what a reader of a payment's details opened.
func NewOpening(uetr string, opened seal.Opening) Opening {
	return Opening{Format: OpeningFormat, UETR: uetr, Salt: opened.Salt, Content: opened.Content}
}

// Encode writes the file.
func (o Opening) Encode() ([]byte, error) {
	text, err := json.MarshalIndent(o, "", "  ")
	return append(text, '\n'), err
}

// ReadOpening reads such a file without checking what it says; PartDetails if it is none.
func ReadOpening(file []byte) (Opening, error) {
	var o Opening
	decoder := json.NewDecoder(bytes.NewReader(file))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&o); err != nil {
		return o, wrong(PartDetails, "the file discloses no details: %s", err)
	}
	if o.Format != OpeningFormat {
		return o, wrong(PartDetails, "format is %.40q, want %q", o.Format, OpeningFormat)
	}
	return o, nil
}

// CheckOpening says whether disclosed details are those that a proven payment settled with. The error is an
// *Error of PartDetails.
func (v *Verified) CheckOpening(o Opening) error {
	switch {
	case o.UETR != v.Payment.UETR:
		return wrong(PartDetails, "the file discloses those of payment %.60q", o.UETR)
	case len(v.Payment.DetailsDigest) == 0:
		return wrong(PartDetails, "the payment settled without any")
	}
	if err := seal.CheckOpening(v.Payment.DetailsDigest, seal.Opening{Salt: o.Salt, Content: o.Content}); err != nil {
		return wrong(PartDetails, "the file's are not those of the payment's digest: %s", err)
	}
	return nil
}

// Words says what is disclosed, for people. It is what the payer wrote.
func (o Opening) Words() string {
	var text bytes.Buffer
	unpacked, err := compact.Unpack(o.Content)
	if err != nil || json.Indent(&text, bytes.TrimSpace(unpacked), "  ", "  ") != nil {
		text.Reset()
		fmt.Fprintf(&text, "%q", o.Content)
	}
	var b strings.Builder
	b.WriteString("\nIts details, as they were sealed when it settled:\n\n")
	for i, line := range strings.Split(text.String(), "\n") {
		if i == 0 {
			line = "  " + line
		}
		b.WriteString(terminal.Inert(line) + "\n")
	}
	return b.String()
}
