package xsd

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode"

	"github.com/lestrrat-go/helium/xsd"
)

const (
	// maxFindings bounds what is kept of a document with an error in every line.
	maxFindings = 20
	// maxFindingText bounds a finding, which quotes the document.
	maxFindingText = 300
)

// Finding is one place where a document does not follow its schema.
type Finding struct {
	Line    int
	Element string
	Message string
}

func (f Finding) String() string {
	return fmt.Sprintf("line %d: %s: %s", f.Line, f.Element, f.Message)
}

// InvalidError lists what is wrong with a document, in its order.
type InvalidError struct {
	MessageID string
	Findings  []Finding
	Omitted   int // findings beyond the first that are kept
}

func (e *InvalidError) Error() string {
	var out strings.Builder
	fmt.Fprintf(&out, "%s: %s", ErrInvalid, e.MessageID)
	for _, f := range e.Findings {
		fmt.Fprintf(&out, "; %s", f)
	}
	if e.Omitted > 0 {
		fmt.Fprintf(&out, "; and %d more", e.Omitted)
	}
	return out.String()
}

func (e *InvalidError) Unwrap() error { return ErrInvalid }

// findings collects the schema processor's errors. It serves one validation.
type findings struct {
	list    []Finding
	omitted int
}

func (f *findings) Handle(_ context.Context, err error) {
	if len(f.list) == maxFindings {
		f.omitted++
		return
	}
	found := Finding{Message: oneLine(err.Error())}
	var detail *xsd.ValidationError
	if errors.As(err, &detail) {
		found = Finding{Line: detail.Line, Element: oneLine(detail.Element), Message: oneLine(detail.Message)}
		if detail.AttributeName != "" {
			found.Element += "/@" + oneLine(detail.AttributeName)
		}
	}
	f.list = append(f.list, found)
}

func (f *findings) report(message string) error {
	return &InvalidError{MessageID: message, Findings: f.list, Omitted: f.omitted}
}

// oneLine makes quoted document text fit for a log.
func oneLine(text string) string {
	text = strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return ' '
		}
		return r
	}, text))
	if runes := []rune(text); len(runes) > maxFindingText {
		return string(runes[:maxFindingText]) + "…"
	}
	return text
}
