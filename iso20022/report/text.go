package report

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds of free text, in characters as the schemas count them.
const (
	maxReference   = 35
	maxAccount     = 34
	maxName        = 140
	maxReasonLine  = 105
	maxRemittance  = 140
	maxEntryInfo   = 500
	maxDescription = 350
	maxData        = 20000

	// The schemas allow any number of lines; ten hold more than a reader takes
	// in, and keep a hostile text from filling a report.
	maxLines = 10
)

// tidy returns at most limit characters of s as a single line of harmless text.
//
// White space and control characters become one space: a line break inside a
// name can forge a line in a log or a printed statement. Direction controls are
// dropped: they make a name read as another. Characters that XML 1.0 cannot
// hold are dropped; bytes that are not UTF-8 become U+FFFD.
func tidy(s string, limit int) string {
	var out strings.Builder
	count, gap := 0, false
	for _, r := range s {
		switch {
		case unicode.IsSpace(r) || unicode.IsControl(r):
			gap = count > 0
			continue
		case turnsDirection(r) || !xmlCharacter(r):
			continue
		}
		if gap && count+1 < limit {
			out.WriteByte(' ')
			count++
		} else if gap {
			break
		}
		if count == limit {
			break
		}
		out.WriteRune(r)
		count, gap = count+1, false
	}
	return out.String()
}

// lines splits each text into lines of width characters; joined, they are the tidy text again.
func lines(texts []string, width int) []string {
	var out []string
	for _, text := range texts {
		rest := []rune(tidy(text, width*(maxLines-len(out))))
		for len(rest) > 0 {
			n := min(width, len(rest))
			out = append(out, string(rest[:n]))
			rest = rest[n:]
		}
	}
	return out
}

// turnsDirection reports the embeddings, overrides and isolates of Unicode's
// bidirectional algorithm. The plain marks U+200E and U+200F stay: Arabic and
// Hebrew names need them, and they reorder nothing but themselves.
func turnsDirection(r rune) bool {
	return r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069
}

// xmlCharacter is the Char production of XML 1.0.
func xmlCharacter(r rune) bool {
	switch {
	case r == '\t' || r == '\n' || r == '\r':
		return true
	case r < 0x20, r >= 0xD800 && r <= 0xDFFF, r == 0xFFFE, r == 0xFFFF:
		return false
	}
	return r <= unicode.MaxRune
}

func expressible(s string) bool {
	if !utf8.ValidString(s) {
		return false
	}
	return strings.IndexFunc(s, func(r rune) bool { return !xmlCharacter(r) }) < 0
}
