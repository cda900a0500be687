package terminal_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/gateway/terminal"
)

func TestTextOfStrangersIsInertOnATerminal(t *testing.T) {
	for in, want := range map[string]string{
		"\x1b[31mred":     `\u{001b}[31mred`,
		"line\nbreak\r":   `line\u{000a}break\u{000d}`,
		"a\u202eb\u2066c": `a\u{202e}b\u{2066}c`,
		"zero\u200bwidth": `zero\u{200b}width`,
		"\xff\xfe":        `\xff\xfe`,
		"青岛海尔 – Müller":   "青岛海尔 – Müller",
		"\ufffd":          "\ufffd",
	} {
		require.Equal(t, want, terminal.Inert(in))
	}
}

func TestTablesAreAlignedWithWideCharacters(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, terminal.WriteTable(&out, []string{"NAME", "N", "END"}, map[int]bool{1: true},
		[][]string{{"青岛", "1", "x"}, {"ab", "100", "\x07"}}))
	require.Equal(t, "NAME    N  END\n青岛    1  x\nab    100  \\u{0007}\n", out.String())
	require.Equal(t, "青岛…", terminal.Shorten("青岛海尔", 5))
}
