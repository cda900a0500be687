package xsd

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

const (
	// MaxBytes bounds a document, as the parser's default does.
	MaxBytes = 16 << 20

	// maxElements bounds the tree, which takes some 1.2 kB of memory per element:
	// about 250 MB here. A transfer has about 30 elements, so this is more than
	// 6,000 of them; a batch on the chain holds 1,000.
	maxElements = 200_000

	// maxAttributes bounds one element's attributes and namespace declarations.
	// ISO 20022 uses one attribute; envelopes declare a handful of namespaces.
	maxAttributes = 64

	// maxAsides bounds comments, processing instructions, and texts beyond the
	// two per element that plain markup has.
	maxAsides = 1000

	// maxText bounds one text. The longest of ISO 20022 is a binary attachment
	// of 10 MiB in messages not in use here; the next is 20,000 characters.
	maxText = 1 << 20
)

// admit refuses what must not reach the schema processor; doc.go says why.
func admit(document []byte) error {
	if len(document) > MaxBytes {
		return fmt.Errorf("%w: %d bytes, at most %d are read", ErrRefused, len(document), MaxBytes)
	}
	if !utf8.Valid(document) {
		return fmt.Errorf("%w: not UTF-8", ErrRefused)
	}
	decoder := xml.NewDecoder(bytes.NewReader(document))
	decoder.CharsetReader = declared
	var seen tally
	for {
		token, err := decoder.RawToken()
		if errors.Is(err, io.EOF) {
			return nil // whether the elements were closed is the parser's to say
		}
		if err != nil {
			return fmt.Errorf("%w: not well formed: %w", ErrRefused, err)
		}
		if excess := seen.add(token); excess != "" {
			line, _ := decoder.InputPos()
			return fmt.Errorf("%w: line %d: %s", ErrRefused, line, excess)
		}
	}
}

// declared passes a document on as it is if its declaration names an encoding
// that the gateway decodes to UTF-8 before. Under any other name, UTF-7 say, the
// same bytes are other characters to some other reader.
func declared(encoding string, text io.Reader) (io.Reader, error) {
	switch strings.ToUpper(encoding) {
	case "UTF-8", "US-ASCII", "ASCII", "GB18030", "GBK", "GB2312":
		return text, nil
	}
	return nil, fmt.Errorf("encoding %.32q is not supported", encoding)
}

// tally counts what a document is made of.
type tally struct {
	elements, texts, asides int
}

// add returns what is too much, or nothing.
func (t *tally) add(token xml.Token) string {
	switch token := token.(type) {
	case xml.Directive:
		return "it has a DOCTYPE"
	case xml.Comment, xml.ProcInst:
		t.asides++
	case xml.CharData:
		t.texts++
		if len(token) > maxText {
			return fmt.Sprintf("a text of more than %d bytes", maxText)
		}
	case xml.StartElement:
		t.elements++
		if len(token.Attr) > maxAttributes {
			return fmt.Sprintf("an element with more than %d attributes", maxAttributes)
		}
	}
	switch {
	case t.elements > maxElements:
		return fmt.Sprintf("more than %d elements", maxElements)
	case t.asides+t.texts-2*t.elements > maxAsides:
		return "too many comments, instructions or pieces of text"
	}
	return ""
}
