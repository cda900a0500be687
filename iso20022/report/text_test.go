package report

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestTidy(t *testing.T) {
	for name, test := range map[string]struct {
		in    string
		limit int
		want  string
	}{
		"plain text stays":                      {"青岛 Qingdao", 35, "青岛 Qingdao"},
		"a line break becomes a space":          {"Wang\r\nStatus: ACSC", 35, "Wang Status: ACSC"},
		"white space collapses":                 {" \t a \u3000\u2028 b \u00a0", 35, "a b"},
		"control characters become a space":     {"a\x00b\x1bc\u0085d\x7fe", 35, "a b c d e"},
		"direction overrides go":                {"abc\u202egpj.exe\u2066x", 35, "abcgpj.exex"},
		"what XML cannot hold goes":             {"a\ufffeb\uffffc", 35, "abc"},
		"bytes that are not UTF-8 are replaced": {"a\xff\xfeb", 35, "a\ufffd\ufffdb"},
		"cut between characters":                {"青岛海青银行", 3, "青岛海"},
		"an emoji is one character":             {"😀😀😀", 2, "😀😀"},
		"no space is left at the cut":           {"ab cd", 3, "ab"},
		"a space may stand before the last one": {"ab cd", 4, "ab c"},
		"only white space is nothing":           {" \n ", 35, ""},
		"no room":                               {"a", 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, test.want, tidy(test.in, test.limit))
		})
	}
}

func TestLinesJoinToTheTidyText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		width := rapid.IntRange(1, 12).Draw(t, "width")
		got := lines([]string{text}, width)
		require.Equal(t, tidy(text, width*maxLines), strings.Join(got, ""))
		for _, line := range got {
			require.LessOrEqual(t, utf8.RuneCountInString(line), width)
			require.NotEmpty(t, line)
			require.True(t, expressible(line))
		}
	})
}

func TestLinesAreBounded(t *testing.T) {
	huge := strings.Repeat("x", 1<<20)
	require.Len(t, lines([]string{huge, huge}, maxReasonLine), maxLines)
	require.Len(t, lines([]string{"a", huge, "b"}, maxReasonLine), maxLines)
}
