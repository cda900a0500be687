package engine

import (
	"bytes"
	"encoding/binary"

	"github.com/zhilian-network/zhilian/x/credit/types"
)

// Labels begin canonical bytes.
const (
	modelLabel       = "zhilian/credit/model/1"
	calibrationLabel = "zhilian/credit/calibration/1"
	scaleLabel       = "zhilian/credit/scale/1"
)

// parser reads canonical bytes back. After the first fault it gives zeros, so that callers look once, at the
// end; counts are compared with their bounds before anything is made of them.
type parser struct {
	rest []byte
	bad  string // what could not be read; empty if all was well
}

func (p *parser) fail(what string) {
	if p.bad == "" {
		p.bad, p.rest = what, nil
	}
}

func (p *parser) unsigned() uint64 {
	value, n := binary.Uvarint(p.rest)
	if n <= 0 {
		p.fail("a number")
		return 0
	}
	p.rest = p.rest[n:]
	return value
}

func (p *parser) signed() int64 {
	value, n := binary.Varint(p.rest)
	if n <= 0 {
		p.fail("a signed number")
		return 0
	}
	p.rest = p.rest[n:]
	return value
}

func (p *parser) small() uint32 {
	value := p.unsigned()
	if value > uint64(^uint32(0)) {
		p.fail("a number of 32 bits")
		return 0
	}
	return uint32(value)
}

func (p *parser) points() int32 {
	value := p.signed()
	if int64(int32(value)) != value {
		p.fail("points of 32 bits")
		return 0
	}
	return int32(value)
}

func (p *parser) count(most int) int {
	value := p.unsigned()
	if value > uint64(most) {
		p.fail("a count within its bound")
		return 0
	}
	return int(value)
}

func (p *parser) text() string {
	n := p.unsigned()
	if n > uint64(len(p.rest)) {
		p.fail("a text")
		return ""
	}
	text := string(p.rest[:n])
	p.rest = p.rest[n:]
	return text
}

// listOf reads a list, nil if it is empty: as JSON reads it.
func listOf[T any](p *parser, most int, read func() T) []T {
	n := p.count(most)
	var list []T
	for range n {
		if p.bad != "" {
			return nil
		}
		list = append(list, read())
	}
	return list
}

// end refuses what could not be read, and what would not be written the same again: of each object there is
// one form.
func (p *parser) end(what string, again func() []byte, given []byte) error {
	if p.bad != "" {
		return types.ErrModelForm.Wrapf("canonical bytes of a %s: %s is missing or wrong", what, p.bad)
	}
	if len(p.rest) > 0 || !bytes.Equal(again(), given) {
		return types.ErrModelForm.Wrapf("canonical bytes of a %s are not as they are written", what)
	}
	return nil
}

func (p *parser) label(want string) {
	if p.text() != want {
		p.fail("the label " + want)
	}
}

// ParseModel reads the canonical bytes of a model. Whether the model is valid is for Validate.
func ParseModel(given []byte) (*Model, error) {
	if len(given) > MaxCanonical {
		return nil, types.ErrModelTooLarge.Wrapf("%d canonical bytes; at most %d", len(given), MaxCanonical)
	}
	p := &parser{rest: given}
	p.label(modelLabel)
	m := &Model{Name: p.text(), Version: p.small(), HorizonMonths: p.small(), Rises: Rises(p.text()), Training: p.text()}
	m.Inputs = listOf(p, MaxInputs, func() Input {
		return Input{Name: p.text(), Decimals: p.small(), Codes: listOf(p, MaxCodes, p.text)}
	})
	m.Features = listOf(p, MaxFeatures, p.feature)
	m.Base = p.signed()
	m.Scorecard = listOf(p, MaxFeatures, p.attribute)
	left := MaxNodes
	m.Ensemble = listOf(p, MaxTrees, func() Tree {
		tree := listOf(p, left, p.node)
		left -= len(tree)
		return tree
	})
	return m, p.end("model", m.Canonical, given)
}

func (p *parser) feature() Feature {
	f := Feature{
		Name: p.text(), Reason: p.text(), Kind: FeatureKind(p.text()),
		Plus: listOf(p, 2*MaxTerms, p.text), Minus: listOf(p, 2*MaxTerms, p.text), Over: listOf(p, 2*MaxTerms, p.text),
		Table: listOf(p, MaxCodes, p.signed), Decimals: p.small(), Missing: MissingPolicy(p.text()),
	}
	if f.Missing == MissingFilled {
		fill := p.signed()
		f.Fill = &fill
	}
	return f
}

func (p *parser) attribute() Attribute {
	a := Attribute{Feature: p.text(), Cuts: listOf(p, MaxCuts, p.signed), Points: listOf(p, MaxCuts+1, p.points)}
	if missing := listOf(p, 1, p.points); len(missing) == 1 {
		a.MissingPoints = &missing[0]
	}
	return a
}

func (p *parser) node() Node {
	switch p.unsigned() {
	case 0:
		return Node{Leaf: true, Value: p.points()}
	case 1:
		return Node{Feature: p.signed(), Threshold: p.signed(), Left: p.signed(), Right: p.signed(), Missing: Side(p.signed()), Value: p.points()}
	}
	p.fail("the kind of a node")
	return Node{}
}

// ParseCalibration reads the canonical bytes of a calibration.
func ParseCalibration(given []byte) (*Calibration, error) {
	p := &parser{rest: given}
	p.label(calibrationLabel)
	c := &Calibration{
		Name: p.text(), Version: p.small(), Model: p.text(), SlopePpm: p.signed(), OffsetMicroLogit: p.signed(),
		GradeFloorPpm: p.small(), Basis: p.text(),
	}
	return c, p.end("calibration", c.Canonical, given)
}

// ParseScale reads the canonical bytes of a master scale.
func ParseScale(given []byte) (*Scale, error) {
	p := &parser{rest: given}
	p.label(scaleLabel)
	s := &Scale{Name: p.text(), Version: p.small(), HorizonMonths: p.small()}
	s.Grades = listOf(p, MaxGrades, func() Grade { return Grade{Name: p.text(), BelowPpm: p.small()} })
	return s, p.end("scale", s.Canonical, given)
}
