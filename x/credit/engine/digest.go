package engine

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
)

// Digest is the SHA-256 of an object's canonical bytes.
type Digest [sha256.Size]byte

func (d Digest) String() string { return hex.EncodeToString(d[:]) }

// canonical writes an object's fields in their order: integers as varints (zigzag where signed), texts and lists
// with their length first, so that no two objects have the same bytes.
type canonical struct{ bytes []byte }

func (c *canonical) unsigned(values ...uint64) {
	for _, value := range values {
		c.bytes = binary.AppendUvarint(c.bytes, value)
	}
}

func (c *canonical) signed(values ...int64) {
	for _, value := range values {
		c.bytes = binary.AppendVarint(c.bytes, value)
	}
}

func (c *canonical) texts(values ...string) {
	for _, value := range values {
		c.unsigned(uint64(len(value)))
		c.bytes = append(c.bytes, value...)
	}
}

func (c *canonical) textList(values []string) {
	c.unsigned(uint64(len(values)))
	c.texts(values...)
}

func (c *canonical) numberList(values []int64) {
	c.unsigned(uint64(len(values)))
	c.signed(values...)
}

// Canonical are the bytes that stand for the model in its digest.
func (m *Model) Canonical() []byte {
	c := &canonical{}
	c.texts("zhilian/credit/model/1", m.Name)
	c.unsigned(uint64(m.Version), uint64(m.HorizonMonths))
	c.texts(string(m.Rises), m.Training)
	c.unsigned(uint64(len(m.Inputs)))
	for _, input := range m.Inputs {
		c.texts(input.Name)
		c.unsigned(uint64(input.Decimals))
		c.textList(input.Codes)
	}
	c.unsigned(uint64(len(m.Features)))
	for i := range m.Features {
		c.feature(&m.Features[i])
	}
	c.signed(m.Base)
	c.scorecard(m.Scorecard)
	c.ensemble(m.Ensemble)
	return c.bytes
}

func (c *canonical) feature(f *Feature) {
	c.texts(f.Name, f.Reason, string(f.Kind))
	c.textList(f.Plus)
	c.textList(f.Minus)
	c.textList(f.Over)
	c.numberList(f.Table)
	c.unsigned(uint64(f.Decimals))
	c.texts(string(f.Missing))
	if f.Fill != nil {
		c.signed(*f.Fill)
	}
}

func (c *canonical) scorecard(attributes []Attribute) {
	c.unsigned(uint64(len(attributes)))
	for i := range attributes {
		attribute := &attributes[i]
		c.texts(attribute.Feature)
		c.numberList(attribute.Cuts)
		c.unsigned(uint64(len(attribute.Points)))
		for _, points := range attribute.Points {
			c.signed(int64(points))
		}
		c.unsigned(uint64(len(attribute.present())))
		c.signed(attribute.present()...)
	}
}

func (a *Attribute) present() []int64 {
	if a.MissingPoints == nil {
		return nil
	}
	return []int64{int64(*a.MissingPoints)}
}

func (c *canonical) ensemble(trees []Tree) {
	c.unsigned(uint64(len(trees)))
	for _, tree := range trees {
		c.unsigned(uint64(len(tree)))
		for _, node := range tree {
			if node.Leaf {
				c.unsigned(0)
			} else {
				c.unsigned(1)
				c.signed(node.Feature, node.Threshold, node.Left, node.Right, int64(node.Missing))
			}
			c.signed(int64(node.Value))
		}
	}
}

// Digest names the model by its content.
func (m *Model) Digest() Digest { return sha256.Sum256(m.Canonical()) }

// Canonical are the bytes that stand for the calibration in its digest.
func (c *Calibration) Canonical() []byte {
	w := &canonical{}
	w.texts("zhilian/credit/calibration/1", c.Name)
	w.unsigned(uint64(c.Version))
	w.texts(c.Model)
	w.signed(c.SlopePpm, c.OffsetMicroLogit)
	w.unsigned(uint64(c.GradeFloorPpm))
	w.texts(c.Basis)
	return w.bytes
}

// Digest names the calibration by its content.
func (c *Calibration) Digest() Digest { return sha256.Sum256(c.Canonical()) }

// Canonical are the bytes that stand for the scale in its digest.
func (s *Scale) Canonical() []byte {
	w := &canonical{}
	w.texts("zhilian/credit/scale/1", s.Name)
	w.unsigned(uint64(s.Version), uint64(s.HorizonMonths), uint64(len(s.Grades)))
	for _, grade := range s.Grades {
		w.texts(grade.Name)
		w.unsigned(uint64(grade.BelowPpm))
	}
	return w.bytes
}

// Digest names the scale by its content.
func (s *Scale) Digest() Digest { return sha256.Sum256(s.Canonical()) }
