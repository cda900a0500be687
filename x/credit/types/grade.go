package types

import (
	"slices"
	"time"
)

// GradeInForce is what other modules may rest on: the newest rating of a subject for a product, if it is valid.
type GradeInForce struct {
	RatingID   uint64
	Grade      string
	PDPpm      uint32
	ValidUntil time.Time
	// Scale are the grades of the rating's master scale, from best to worst.
	Scale []string
}

// AtLeast reports whether the grade is a named one or better. No grade is at least one that its scale does not
// have.
func (g GradeInForce) AtLeast(worst string) bool {
	own, bound := slices.Index(g.Scale, g.Grade), slices.Index(g.Scale, worst)
	return own >= 0 && own <= bound
}
