package document

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"

	errorsmod "cosmossdk.io/errors"

	"github.com/zhilian-network/zhilian/x/credit/engine"
	"github.com/zhilian-network/zhilian/x/credit/types"
)

// Format names the form and its version.
const Format = "zhilian-credit-model-1"

// MaxBytes bounds a document's text.
const MaxBytes = 4 << 20

// Document is a model with what turns its score into a grade. Each of the three is governed apart.
type Document struct {
	Format      string             `json:"format"`
	Digests     Digests            `json:"digests"`
	Scale       engine.Scale       `json:"scale"`
	Calibration engine.Calibration `json:"calibration"`
	Model       engine.Model       `json:"model"`
}

// Digests are those of the three objects, in hexadecimal.
type Digests struct {
	Model       string `json:"model"`
	Calibration string `json:"calibration"`
	Scale       string `json:"scale"`
}

// Stamp binds the calibration to the model and sets the digests.
func (d *Document) Stamp() {
	d.Format = Format
	d.Calibration.Model = d.Model.Digest().String()
	d.Digests = d.digests()
}

func (d *Document) digests() Digests {
	return Digests{
		Model: d.Model.Digest().String(), Calibration: d.Calibration.Digest().String(), Scale: d.Scale.Digest().String(),
	}
}

// Rater is the document's model, calibration and scale, checked and ready to rate.
func (d *Document) Rater() (*engine.Rater, error) {
	return engine.Compile(&d.Model, &d.Calibration, &d.Scale)
}

// Read takes a document in the strict form, whose three objects are valid and fit each other.
func Read(text []byte) (*Document, *engine.Rater, error) {
	d := &Document{}
	if err := decodeStrictly(text, d); err != nil {
		return nil, nil, err
	}
	if d.Format != Format {
		return nil, nil, types.ErrModelForm.Wrapf("format %.60q; known is %q", d.Format, Format)
	}
	rater, err := d.Rater()
	if err != nil {
		return nil, nil, err
	}
	if actual := d.digests(); d.Digests != actual {
		return nil, nil, types.ErrDigestMismatch.Wrapf("the file says %+v, its content has %+v", d.Digests, actual)
	}
	return d, rater, nil
}

// ReadDraft takes a document whose layout is free and whose digests may be missing, completes and stamps it.
func ReadDraft(text []byte) (*Document, *engine.Rater, error) {
	d, err := ReadDescription(text)
	if err != nil {
		return nil, nil, err
	}
	if err := d.Complete(); err != nil {
		return nil, nil, err
	}
	d.Stamp()
	rater, err := d.Rater()
	return d, rater, err
}

// ReadDescription takes a draft that may even lack the trees or the scorecard.
func ReadDescription(text []byte) (*Document, error) {
	d := &Document{}
	return d, decode(text, d)
}

// Complete gives a document that has no calibration the one that takes the score as log-odds in millionths, and
// one without a scale the default scale for the model's horizon.
func (d *Document) Complete() error {
	if d.Calibration == (engine.Calibration{}) {
		d.Calibration = engine.Calibration{Name: d.Model.Name, Version: 1, SlopePpm: 1_000_000, Basis: "none: the score is taken as log-odds"}
	}
	if d.Scale.Name != "" {
		return nil
	}
	scale, found := engine.DefaultScale(d.Model.HorizonMonths)
	if !found {
		return types.ErrHorizon.Wrapf("the default scale is for whole years, up to %d months, not for %d months: give a scale", engine.MaxHorizon, d.Model.HorizonMonths)
	}
	d.Scale = *scale
	return nil
}

// ReadCalibration takes a calibration in the strict form, to be put in the place of a document's own.
func ReadCalibration(text []byte) (*engine.Calibration, error) {
	c := &engine.Calibration{}
	return c, decodeStrictly(text, c)
}

func decode(text []byte, into any) error {
	if len(text) > MaxBytes {
		return types.ErrModelTooLarge.Wrapf("%d bytes of text; at most %d", len(text), MaxBytes)
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return asModelForm(err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return types.ErrModelForm.Wrap("something follows the document")
	}
	return nil
}

// asModelForm keeps the code of a refusal that the engine's own decoder gave.
func asModelForm(err error) error {
	var registered *errorsmod.Error
	if errors.As(err, &registered) {
		return err
	}
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return types.ErrModelForm.Wrapf("byte %d: %s", syntax.Offset, syntax)
	}
	return types.ErrModelForm.Wrap(err.Error())
}

// decodeStrictly refuses whatever would not be written the same again.
func decodeStrictly(text []byte, into any) error {
	if err := decode(text, into); err != nil {
		return err
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, text); err != nil {
		return asModelForm(err)
	}
	again, err := encode(into)
	if err != nil {
		return err
	}
	if at := firstDifference(compact.Bytes(), again); at >= 0 {
		return types.ErrModelForm.Wrapf("it is not written as Zhilian writes it: near %q stands a field that is repeated, out of order, written otherwise or empty", around(compact.Bytes(), at))
	}
	return nil
}

func firstDifference(a, b []byte) int {
	if bytes.Equal(a, b) {
		return -1
	}
	at := 0
	for at < len(a) && at < len(b) && a[at] == b[at] {
		at++
	}
	return at
}

func around(text []byte, at int) string {
	return string(text[max(at-20, 0):min(at+20, len(text))])
}

func encode(value any) ([]byte, error) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return nil, types.ErrModelForm.Wrap(err.Error())
	}
	return bytes.TrimSpace(text.Bytes()), nil
}

// Write is the document's text: the same for the same content.
func (d *Document) Write() ([]byte, error) { return write(d) }

// WriteCalibration is a calibration's text.
func WriteCalibration(c *engine.Calibration) ([]byte, error) { return write(c) }

func write(value any) ([]byte, error) {
	text, err := encode(value)
	if err != nil {
		return nil, err
	}
	return layOut(text), nil
}

// depthOfLines is how deep brackets open new lines: each input, feature, attribute and tree has one line.
const depthOfLines = 3

// layOut breaks compact JSON into lines.
func layOut(compact []byte) []byte {
	var out bytes.Buffer
	depth, inText, escaped := 0, false, false
	newLine := func() {
		out.WriteByte('\n')
		out.WriteString("      "[:2*depth])
	}
	for _, c := range compact {
		if inText {
			out.WriteByte(c)
			inText = escaped || c != '"'
			escaped = c == '\\' && !escaped
			continue
		}
		switch c {
		case '{', '[':
			out.WriteByte(c)
			if depth++; depth <= depthOfLines {
				newLine()
			}
		case '}', ']':
			if depth--; depth < depthOfLines {
				newLine()
			}
			out.WriteByte(c)
		case ',':
			out.WriteByte(c)
			if depth <= depthOfLines {
				newLine()
			}
		case ':':
			out.WriteString(": ")
		case '"':
			out.WriteByte(c)
			inText = true
		default:
			out.WriteByte(c)
		}
	}
	out.WriteByte('\n')
	return out.Bytes()
}
