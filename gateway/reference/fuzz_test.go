package reference

import (
	"encoding/hex"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// FuzzKeyFile: a key file holds a key as 64 hexadecimal digits, or is refused without telling what it holds.
func FuzzKeyFile(f *testing.F) {
	f.Add(strings.Repeat("0a", keyLength) + "\n")
	f.Add(strings.Repeat("00", keyLength))
	f.Add(strings.Repeat("é", keyLength))
	f.Fuzz(func(t *testing.T, text string) {
		key, err := parse(text)
		if err != nil {
			require.ErrorIs(t, err, ErrKeyInvalid)
			require.Equal(t, Key{}, key)
			return
		}
		require.NotEqual(t, Key{}, key)
		require.Equal(t, strings.ToLower(strings.TrimRight(text, "\r\n")), hex.EncodeToString(key[:]))
	})
}
