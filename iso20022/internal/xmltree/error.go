package xmltree

import "fmt"

// Error says where a document stops being acceptable, and why.
type Error struct {
	Line, Column int // of the decoded text, from 1; 0 when it was refused unread
	Text         string
}

func (e *Error) Error() string {
	if e.Line == 0 {
		return e.Text
	}
	return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Text)
}
