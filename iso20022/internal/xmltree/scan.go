package xmltree

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// scanner reads the lexical parts: names, values, references, white space.
// It stops at the first fault.
type scanner struct {
	text   string
	at     int
	line   int // of the byte at lineAt
	lineAt int // how far lines have been counted
	limits Limits
}

func errorAt(text string, offset int, why string) *Error {
	return &Error{Line: strings.Count(text[:offset], "\n") + 1, Column: columnAt(text, offset), Text: why}
}

func (s *scanner) fail(why string) *Error { return errorAt(s.text, s.at, why) }

// lineHere counts the lines since it was last asked, so that asking for every
// element costs one pass in all.
func (s *scanner) lineHere() int {
	s.line += strings.Count(s.text[s.lineAt:s.at], "\n")
	s.lineAt = s.at
	return s.line
}

func (s *scanner) ended() bool              { return s.at >= len(s.text) }
func (s *scanner) startsWith(p string) bool { return strings.HasPrefix(s.text[s.at:], p) }

func (s *scanner) take(p string) bool {
	if !s.startsWith(p) {
		return false
	}
	s.at += len(p)
	return true
}

func (s *scanner) skipSpace() bool {
	start := s.at
	for !s.ended() && isSpace(s.text[s.at]) {
		s.at++
	}
	return s.at > start
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

func isBlank(text string) bool {
	for i := range len(text) {
		if !isSpace(text[i]) {
			return false
		}
	}
	return true
}

// isChar is the Char production of XML 1.0.
func isChar(r rune) bool {
	switch {
	case r == '\t' || r == '\n' || r == '\r':
		return true
	case r < 0x20 || r == 0xFFFE || r == 0xFFFF:
		return false
	case r >= 0xD800 && r <= 0xDFFF:
		return false
	}
	return r <= utf8.MaxRune
}

// name reads a qualified name and gives prefix and local part.
func (s *scanner) name() (prefix, local string, err *Error) {
	first, err := s.simpleName()
	if err != nil {
		return "", "", err
	}
	if !s.take(":") {
		return "", first, nil
	}
	second, err := s.simpleName()
	return first, second, err
}

func (s *scanner) simpleName() (string, *Error) {
	start := s.at
	for !s.ended() {
		r, size := utf8.DecodeRuneInString(s.text[s.at:])
		if !isNameChar(r) || (s.at == start && !isNameStart(r)) {
			break
		}
		s.at += size
	}
	switch n := s.at - start; {
	case n == 0:
		return "", s.fail("a name is expected here")
	case n > maxName:
		return "", s.fail("the name is too long")
	}
	return s.text[start:s.at], nil
}

// nameStarts are the ranges of NameStartChar without the colon, which
// namespaces take for themselves.
var nameStarts = [...][2]rune{
	{'A', 'Z'}, {'_', '_'}, {'a', 'z'}, {0xC0, 0xD6}, {0xD8, 0xF6}, {0xF8, 0x2FF}, {0x370, 0x37D},
	{0x37F, 0x1FFF}, {0x200C, 0x200D}, {0x2070, 0x218F}, {0x2C00, 0x2FEF}, {0x3001, 0xD7FF},
	{0xF900, 0xFDCF}, {0xFDF0, 0xFFFD}, {0x10000, 0xEFFFF},
}

func isNameStart(r rune) bool {
	for _, span := range nameStarts {
		if r >= span[0] && r <= span[1] {
			return true
		}
	}
	return false
}

func isNameChar(r rune) bool {
	return isNameStart(r) || (r >= '0' && r <= '9') || r == '-' || r == '.' || r == 0xB7 ||
		(r >= 0x300 && r <= 0x36F) || (r >= 0x203F && r <= 0x2040)
}

// plain reads characters up to one of the stop bytes and gives them with line
// ends normalised to \n.
func (s *scanner) plain(stops string) (string, *Error) {
	start, returns := s.at, false
	for !s.ended() {
		c := s.text[s.at]
		if c < utf8.RuneSelf {
			if strings.IndexByte(stops, c) >= 0 {
				break
			}
			if c < 0x20 && !isSpace(c) {
				return "", s.fail("a control character is not allowed")
			}
			returns = returns || c == '\r'
			s.at++
			continue
		}
		r, size := utf8.DecodeRuneInString(s.text[s.at:])
		if !isChar(r) {
			return "", s.fail("a character is not allowed in XML")
		}
		s.at += size
	}
	return s.piece(start, s.at, returns)
}

func (s *scanner) piece(start, end int, returns bool) (string, *Error) {
	if end-start > s.limits.Text {
		return "", s.fail("the value is longer than " + strconv.Itoa(s.limits.Text) + " bytes")
	}
	text := s.text[start:end]
	if returns {
		text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	}
	return text, nil
}

// section reads up to the terminator, which is consumed.
func (s *scanner) section(terminator, what string) (string, *Error) {
	length := strings.Index(s.text[s.at:], terminator)
	if length < 0 {
		return "", s.fail(what + " has no end")
	}
	start := s.at
	for i, r := range s.text[start : start+length] {
		if !isChar(r) {
			s.at = start + i
			return "", s.fail("a control character is not allowed")
		}
	}
	s.at = start + length
	text, err := s.piece(start, s.at, true)
	s.at += len(terminator)
	return text, err
}

// maxReference is longer than any reference: "&#x0010FFFF;".
const maxReference = 16

// reference reads &name; or &#n; or &#xn;.
func (s *scanner) reference() (string, *Error) {
	window := s.text[s.at:min(len(s.text), s.at+maxReference)]
	end := strings.IndexByte(window, ';')
	if end < 0 {
		return "", s.fail("an & must start one of &amp; &lt; &gt; &apos; &quot; or a character number")
	}
	text, ok := resolve(window[1:end])
	if !ok {
		return "", s.fail("only the entities amp, lt, gt, apos and quot and character numbers are allowed")
	}
	s.at += end + 1
	return text, nil
}

func resolve(name string) (string, bool) {
	switch name {
	case "amp":
		return "&", true
	case "lt":
		return "<", true
	case "gt":
		return ">", true
	case "apos":
		return "'", true
	case "quot":
		return `"`, true
	}
	digits, numeric := strings.CutPrefix(name, "#")
	base := 10
	if hex, isHex := strings.CutPrefix(digits, "x"); isHex {
		digits, base = hex, 16
	}
	n, err := strconv.ParseUint(digits, base, 32)
	if !numeric || err != nil || n > utf8.MaxRune || !isChar(rune(n)) || n == 0 {
		return "", false
	}
	return string(rune(n)), true
}
