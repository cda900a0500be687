package node

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestCPUTimeIsReadBehindTheNameOfTheProgram(t *testing.T) {
	used, err := parseStat("42 (a name) with) S 1 42 42 0 -1 4194560 100 0 0 0 150 50 7 7 20 0 9 0 100")
	require.NoError(t, err)
	require.Equal(t, 2*time.Second, used)
	for _, text := range []string{"", "42 (zhiliand", "42 (zhiliand) S 1 2"} {
		_, err := parseStat(text)
		require.Error(t, err, text)
	}
}

func TestThisProcessHasUsedCPUAndMemory(t *testing.T) {
	for start := time.Now(); time.Since(start) < 50*time.Millisecond; {
		_ = start.String() // work
	}
	used, err := CPU(os.Getpid())
	require.NoError(t, err)
	require.Positive(t, used)
	own, err := OwnCPU()
	require.NoError(t, err)
	require.Positive(t, own)
	peak, err := PeakMemory(os.Getpid())
	require.NoError(t, err)
	require.Greater(t, peak, int64(1<<20))
	_, err = CPU(1 << 30)
	require.Error(t, err, "a process that is gone is no zero")
}

func TestDiskUseIsSummedByThePartsOfTheDirectory(t *testing.T) {
	dir := t.TempDir()
	for path, size := range map[string]int{"application.db/000001.ldb": 1000, "application.db/deep/x": 24, "blockstore.db/000001.ldb": 500, "priv_validator_state.json": 6} {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, path)), 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(dir, path), make([]byte, size), 0o600))
	}
	total, parts, err := DiskUse(dir)
	require.NoError(t, err)
	require.EqualValues(t, 1530, total)
	require.Equal(t, map[string]int64{"application.db": 1024, "blockstore.db": 500, "priv_validator_state.json": 6}, parts)
}

func TestANodeThatEndsByItselfSaysItsLastWords(t *testing.T) {
	home := Home{Name: "node0", Dir: t.TempDir(), RPC: 1, Command: []string{"/bin/sh", "-c", "echo all is well; echo 'panic: no disk'; echo stack; exit 3"}}
	process, err := Start(home)
	require.NoError(t, err)
	err = process.AwaitRPC(t.Context())
	require.ErrorContains(t, err, "node0 ended by itself (exit status 3)")
	require.ErrorContains(t, err, "panic: no disk")
	require.Error(t, StopAll([]*Process{process}), "a node that has ended before was not stopped cleanly")
}

func TestANodeIsStoppedAndKilled(t *testing.T) {
	start := func() *Process {
		process, err := Start(Home{Name: "node0", Dir: t.TempDir(), Command: []string{"/bin/sh", "-c", "sleep 60 & wait"}})
		require.NoError(t, err)
		require.NoError(t, process.Check())
		return process
	}
	process := start()
	require.NoError(t, StopAll([]*Process{process}))
	require.Error(t, process.Check())
	process = start()
	process.Kill()
	require.Error(t, process.Check())
}

func TestAFreePortIsNotGivenTwice(t *testing.T) {
	taken := map[int]bool{}
	for range 50 {
		_, err := FreePort(taken)
		require.NoError(t, err)
	}
	require.Len(t, taken, 50)
}
