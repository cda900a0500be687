package faults

import (
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/localnet"
)

// keeperVariable tells a copy of the test program that it is the keeper of a folder.
const keeperVariable = "FAULTS_KEEPER_OF"

func TestMain(m *testing.M) {
	if folder := os.Getenv(keeperVariable); folder != "" {
		keep(folder)
		return
	}
	if role := os.Getenv(dyingVariable); role != "" {
		payAndDie(role)
		return
	}
	os.Exit(m.Run())
}

// startKeeper starts a process that ends all nodes whose homes lie in a folder when this process has ended,
// however it ended: Cleanup does not run if a test exceeds its time or is killed.
func startKeeper(t *testing.T, folder string) {
	t.Helper()
	keeper := exec.Command(os.Args[0])
	keeper.Env = append(os.Environ(), keeperVariable+"="+folder)
	keeper.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // the terminal's Ctrl-C is not for it
	line, err := keeper.StdinPipe()
	require.NoError(t, err)
	require.NoError(t, keeper.Start())
	t.Cleanup(func() {
		line.Close()
		_ = keeper.Wait()
	})
}

func keep(folder string) {
	signal.Ignore(syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	_, _ = io.Copy(io.Discard, os.Stdin) // until the test has ended
	killNodesIn(folder)
	_ = os.RemoveAll(folder)
}

// killNodesIn kills the nodes whose homes lie in a folder that nobody else uses.
func killNodesIn(folder string) {
	entries, err := os.ReadDir("/proc")
	if err != nil { // not Linux: ask those that are known
		_ = localnet.Stop(filepath.Join(folder, networkFolder))
		return
	}
	for _, entry := range entries {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil {
			continue
		}
		text, err := os.ReadFile(filepath.Join("/proc", entry.Name(), "cmdline"))
		if err == nil && strings.Contains(string(text), "\x00start\x00--home\x00"+folder+string(filepath.Separator)) {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
	}
}
