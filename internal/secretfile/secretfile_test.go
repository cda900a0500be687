package secretfile_test

import (
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/internal/secretfile"
)

// FuzzRead: a file holds a secret as 64 hexadecimal digits, or is refused without telling what it holds.
func FuzzRead(f *testing.F) {
	f.Add(strings.Repeat("0a", 32) + "\n")
	f.Add(strings.Repeat("00", 32))
	f.Add(strings.Repeat("é", 32))
	f.Add(strings.Repeat("0a", 32) + "\r\n\n\n")
	path := filepath.Join(f.TempDir(), "secret")
	f.Fuzz(func(t *testing.T, text string) {
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		secret, err := secretfile.Read(path)
		if err != nil {
			require.Equal(t, secretfile.ErrInvalid, err)
			require.Zero(t, secret)
			return
		}
		require.NotZero(t, secret)
		require.Equal(t, strings.ToLower(strings.TrimRight(text, "\r\n")), hex.EncodeToString(secret[:]))
	})
}

func TestOfManyWhoCreateOneFileOneDoes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secret")
	var created atomic.Int64
	var wait sync.WaitGroup
	for i := range 8 {
		wait.Go(func() {
			err := secretfile.Create(path, [32]byte{31: byte(i + 1)})
			if err == nil {
				created.Store(int64(i + 1))
				return
			}
			if !os.IsExist(err) {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	secret, err := secretfile.Read(path)
	require.NoError(t, err)
	require.Equal(t, [32]byte{31: byte(created.Load())}, secret)
	files, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	require.Len(t, files, 1, "nothing else is left")
	require.ErrorIs(t, secretfile.Create(filepath.Join(t.TempDir(), "zeros"), [32]byte{}), secretfile.ErrInvalid)
}
