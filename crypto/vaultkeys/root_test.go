package vaultkeys_test

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/crypto/seal"
	"github.com/zhilian-network/zhilian/crypto/vaultkeys"
)

func TestARootIsDrawnOnceAndKeptFromOthers(t *testing.T) {
	ring := vaultkeys.New(filepath.Join(t.TempDir(), "not there yet"))
	roots := make([]seal.Root, 8)
	var together sync.WaitGroup
	for i := range roots {
		together.Go(func() {
			root, err := ring.Root()
			if err == nil {
				roots[i] = root
			}
		})
	}
	together.Wait()
	again, err := ring.Root()
	require.NoError(t, err)
	require.NotEqual(t, seal.Root{}, again)
	for _, root := range roots {
		require.Equal(t, again, root, "commands that run side by side get the same")
	}
	files, err := os.ReadDir(ring.Folder())
	require.NoError(t, err)
	require.Len(t, files, 1, "nothing else is left")
	info, err := files[0].Info()
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	keys, err := ring.List()
	require.NoError(t, err)
	require.Empty(t, keys, "it is no key of a reader")
}

func TestARootFileThatIsNoneIsRefused(t *testing.T) {
	sound := strings.Repeat("a1", 32)
	for story, row := range map[string]struct {
		text string
		mode os.FileMode
		want error
	}{
		"others can read it": {sound + "\n", 0o640, vaultkeys.ErrRootExposed},
		"too short":          {sound[2:], 0o600, vaultkeys.ErrRootInvalid},
		"too long":           {sound + "a1", 0o600, vaultkeys.ErrRootInvalid},
		"no number":          {"zz" + sound[2:], 0o600, vaultkeys.ErrRootInvalid},
		"zeros":              {strings.Repeat("0", 64), 0o600, vaultkeys.ErrRootInvalid},
		"empty":              {"", 0o600, vaultkeys.ErrRootInvalid},
	} {
		ring := vaultkeys.New(t.TempDir())
		require.NoError(t, os.MkdirAll(ring.Folder(), 0o700))
		path := filepath.Join(ring.Folder(), "groups.root")
		require.NoError(t, os.WriteFile(path, []byte(row.text), row.mode))
		_, err := ring.Root()
		require.ErrorIs(t, err, row.want, story)
		kept, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, row.text, string(kept), story)
	}
	ring := vaultkeys.New(t.TempDir())
	require.NoError(t, os.MkdirAll(filepath.Join(ring.Folder(), "groups.root"), 0o700))
	_, err := ring.Root()
	require.ErrorIs(t, err, vaultkeys.ErrRootInvalid, "a folder")
}
