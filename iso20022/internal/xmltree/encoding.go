package xmltree

import (
	"bytes"
	"regexp"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
)

const (
	utf8BOM = "\xEF\xBB\xBF"
	// maxDeclaration is how far an XML declaration is looked for.
	maxDeclaration = 256
)

var declaration = regexp.MustCompile(`^<\?xml[ \t\r\n]+version[ \t\r\n]*=[ \t\r\n]*(?:"1\.0"|'1\.0')` +
	`(?:[ \t\r\n]+encoding[ \t\r\n]*=[ \t\r\n]*(?:"([A-Za-z][A-Za-z0-9._-]*)"|'([A-Za-z][A-Za-z0-9._-]*)'))?` +
	`(?:[ \t\r\n]+standalone[ \t\r\n]*=[ \t\r\n]*(?:"(?:yes|no)"|'(?:yes|no)'))?[ \t\r\n]*\?>`)

// UTF8 gives a document in UTF-8, without byte order mark and without XML declaration, which may name
// another encoding.
func UTF8(data []byte) ([]byte, error) {
	text, _, err := decode(data)
	if _, body, found := strings.Cut(text, "?>"); found && strings.HasPrefix(text, "<?xml") {
		text = body
	}
	return []byte(text), err
}

// decode gives the document as UTF-8 without byte order mark and without XML
// declaration, and the length of what was cut off the front.
//
// Accepted: UTF-8 with or without mark, UTF-16 with mark, US-ASCII, and the
// Chinese family (GB18030, of which GBK and GB2312 are parts) by declaration,
// since Chinese ERP systems write it. Everything else is refused, ISO-8859-1
// included: any bytes are valid in it, so a wrong declaration would turn a
// name into another without anyone noticing.
func decode(data []byte) (text string, head int, err error) {
	switch {
	case bytes.HasPrefix(data, []byte(utf8BOM)):
		return decodeDeclared(data[len(utf8BOM):], "a UTF-8 byte order mark", "UTF-8")
	case bytes.HasPrefix(data, []byte("\xFF\xFE")):
		return decodeUTF16(data[2:], func(b []byte) uint16 { return uint16(b[0]) | uint16(b[1])<<8 })
	case bytes.HasPrefix(data, []byte("\xFE\xFF")):
		return decodeUTF16(data[2:], func(b []byte) uint16 { return uint16(b[1]) | uint16(b[0])<<8 })
	case len(data) >= 2 && (data[0] == 0 || data[1] == 0):
		return "", 0, &Error{Text: "the document looks like UTF-16 without a byte order mark; send UTF-8"}
	}
	return decodeDeclared(data, "", "")
}

// decodeDeclared reads the declaration, which is ASCII in every encoding that
// is left. A mark that came before it must agree.
func decodeDeclared(data []byte, mark, marked string) (string, int, error) {
	name, head, err := declaredEncoding(data)
	if err != nil {
		return "", 0, err
	}
	if marked != "" && name != "" && name != marked {
		return "", 0, &Error{Text: mark + " contradicts the declared encoding " + name}
	}
	switch name {
	case "", "UTF-8":
		return validUTF8(data, head)
	case "US-ASCII", "ASCII":
		return validASCII(data, head)
	case "GB18030", "GBK", "GB2312":
		return decodeGB18030(data, head)
	}
	return "", 0, &Error{Text: "the encoding " + name + " is not accepted; send UTF-8 or GB18030"}
}

func declaredEncoding(data []byte) (name string, head int, err error) {
	if !bytes.HasPrefix(data, []byte("<?xml")) || len(data) < 6 || !isSpace(data[5]) {
		return "", 0, nil
	}
	found := declaration.FindSubmatch(data[:min(len(data), maxDeclaration)])
	if found == nil {
		return "", 0, &Error{Line: 1, Column: 1, Text: "the XML declaration is not well-formed or not of version 1.0"}
	}
	return strings.ToUpper(string(found[1]) + string(found[2])), len(found[0]), nil
}

func validUTF8(data []byte, head int) (string, int, error) {
	text := string(data)
	if !utf8.ValidString(text) {
		return "", 0, errorAt(text, firstInvalid(text), "the bytes are not UTF-8")
	}
	return text, head, nil
}

func firstInvalid(text string) int {
	for i, r := range text {
		if r == utf8.RuneError && !strings.HasPrefix(text[i:], "\uFFFD") {
			return i
		}
	}
	return 0
}

func validASCII(data []byte, head int) (string, int, error) {
	for i, b := range data {
		if b >= utf8.RuneSelf {
			return "", 0, errorAt(string(data), i, "the document is declared US-ASCII and has a byte that is not")
		}
	}
	return string(data), head, nil
}

func decodeGB18030(data []byte, head int) (string, int, error) {
	decoded, err := simplifiedchinese.GB18030.NewDecoder().Bytes(data)
	// The decoder replaces what it can not read by U+FFFD, which no sender
	// writes on purpose.
	if at := bytes.Index(decoded, []byte("\uFFFD")); err != nil || at >= 0 {
		return "", 0, errorAt(string(decoded), max(at, 0), "the bytes are not GB18030")
	}
	return string(decoded), head, nil
}

func decodeUTF16(data []byte, unit func([]byte) uint16) (string, int, error) {
	if len(data)%2 != 0 {
		return "", 0, &Error{Text: "the document is UTF-16 and has half a character at the end"}
	}
	var b strings.Builder
	b.Grow(len(data))
	for i := 0; i < len(data); i += 2 {
		r := rune(unit(data[i:]))
		if utf16.IsSurrogate(r) {
			low := rune(0)
			if i+3 < len(data) {
				low = rune(unit(data[i+2:]))
			}
			if r = utf16.DecodeRune(r, low); r == utf8.RuneError {
				return "", 0, errorAt(b.String(), b.Len(), "the bytes are not UTF-16")
			}
			i += 2
		}
		b.WriteRune(r)
	}
	name, head, err := declaredEncoding([]byte(b.String()[:min(b.Len(), maxDeclaration)]))
	if err == nil && name != "" && name != "UTF-16" {
		err = &Error{Text: "a UTF-16 byte order mark contradicts the declared encoding " + name}
	}
	return b.String(), head, err
}
