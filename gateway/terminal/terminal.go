package terminal

import (
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// Inert makes text of a stranger safe to show: what is not printable (control characters, escape
// sequences, invisible and direction-changing ones) is spelled out. Letters of all scripts stay.
func Inert(text string) string {
	var out strings.Builder
	for len(text) > 0 {
		r, size := utf8.DecodeRuneInString(text)
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&out, `\x%02x`, text[0])
		case unicode.IsPrint(r):
			out.WriteRune(r)
		default:
			fmt.Fprintf(&out, `\u{%04x}`, r)
		}
		text = text[size:]
	}
	return out.String()
}

// Columns is the width of printable text on a terminal: characters of Chinese take two columns,
// combining marks none.
func Columns(text string) int {
	n := 0
	for _, r := range text {
		switch {
		case unicode.In(r, unicode.Mn, unicode.Me):
		case width.LookupRune(r).Kind() == width.EastAsianWide, width.LookupRune(r).Kind() == width.EastAsianFullwidth:
			n += 2
		default:
			n++
		}
	}
	return n
}

// Shorten cuts printable text to a number of columns.
func Shorten(text string, most int) string {
	if Columns(text) <= most {
		return text
	}
	out := ""
	for _, r := range text {
		if Columns(out+string(r)) > most-1 {
			break
		}
		out += string(r)
	}
	return out + "…"
}

const maxCellColumns = 60

// WriteTable writes rows under a head, made inert and aligned. Columns of numbers stand to the right.
func WriteTable(w io.Writer, head []string, rightAligned map[int]bool, rows [][]string) error {
	cells := make([][]string, 0, len(rows)+1)
	for _, row := range append([][]string{head}, rows...) {
		line := make([]string, len(head))
		for i := range head {
			line[i] = Shorten(Inert(row[i]), maxCellColumns)
		}
		cells = append(cells, line)
	}
	widest := make([]int, len(head))
	for _, line := range cells {
		for i, cell := range line {
			widest[i] = max(widest[i], Columns(cell))
		}
	}
	for _, line := range cells {
		var out strings.Builder
		for i, cell := range line {
			space := strings.Repeat(" ", widest[i]-Columns(cell))
			if rightAligned[i] {
				out.WriteString(space + cell)
			} else {
				out.WriteString(cell + space)
			}
			if i < len(line)-1 {
				out.WriteString("  ")
			}
		}
		if _, err := fmt.Fprintln(w, strings.TrimRight(out.String(), " ")); err != nil {
			return err
		}
	}
	return nil
}
