package faults

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/localnet"
	"github.com/zhilian-network/zhilian/testutil/nodebinary"
)

const (
	// insideVariable tells a copy of the test program that it runs where it may mount a disk.
	insideVariable = "FAULTS_OWN_MOUNTS"
	// crowded is the validator whose disk fills up.
	crowded = 3
	// diskBytes is the size of its disk: room for a node of some minutes, and quickly filled.
	diskBytes = 96 << 20
	// stopsBound is how long a node may take to notice that its disk is full.
	stopsBound = 60 * time.Second
)

// TestAFullDisk runs in a copy of the test program with mounts of its own: there it may mount a small disk
// without being root where the system lets users have namespaces, and nothing stays mounted whatever happens.
func TestAFullDisk(t *testing.T) {
	if testing.Short() {
		t.Skip("networks of real nodes are left out of short runs")
	}
	if os.Getenv(insideVariable) != "" {
		fillDisk(t)
		return
	}
	if reason := tryNamespace(); reason != nil {
		t.Skipf("a disk of a few megabytes cannot be mounted here, since the system allows no mount namespace: %v", reason)
	}
	runtime.LockOSThread() // the kernel ties the copy to the thread that starts it
	defer runtime.UnlockOSThread()
	inside := inNamespace(os.Args[0], "-test.run=^TestAFullDisk$", "-test.v", "-test.timeout=10m")
	inside.Env = append(os.Environ(), insideVariable+"=1", nodebinary.Variable+"="+binary(t))
	words, err := inside.CombinedOutput()
	t.Logf("%s", words)
	require.NoError(t, err)
}

// inNamespace prepares a process with its own mounts; for a user that is not root, also with its own users.
func inNamespace(program string, arguments ...string) *exec.Cmd {
	command := exec.Command(program, arguments...)
	command.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS, Pdeathsig: syscall.SIGKILL}
	if uid := os.Getuid(); uid != 0 {
		command.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		command.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: uid, Size: 1}}
		command.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
	}
	return command
}

func tryNamespace() error {
	probe := inNamespace(os.Args[0], "-test.run=^TestADiskCanBeMounted$", "-test.v")
	probe.Env = append(os.Environ(), insideVariable+"=1")
	words, err := probe.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w %s", err, words)
	}
	return nil
}

// TestADiskCanBeMounted is the probe of TestAFullDisk; by itself it has nothing to do.
func TestADiskCanBeMounted(t *testing.T) {
	if os.Getenv(insideVariable) == "" {
		t.Skip("only inside of TestAFullDisk")
	}
	mountDisk(t, t.TempDir())
}

func mountDisk(t *testing.T, folder string) {
	t.Helper()
	require.NoError(t, syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""), "keep mounts to this process")
	require.NoError(t, syscall.Mount("tmpfs", folder, "tmpfs", 0, fmt.Sprintf("size=%d", diskBytes)))
	t.Cleanup(func() { _ = syscall.Unmount(folder, syscall.MNT_DETACH) })
}

func fillDisk(t *testing.T) {
	n := prepareNetwork(t, t.TempDir())
	home := n.layout.NodeHome(n.place(crowded))
	n.moveToDisk(home)
	n.start()
	n.observe()
	seed := setting(t, "FAULTS_SEED", uint64(time.Now().UnixNano()))
	t.Logf("repeat with FAULTS_SEED=%d", seed)
	customers := n.load(seed)
	n.settles(20, resumeBound)

	begin := time.Now()
	ballast := filepath.Join(home, "ballast")
	fill(t, ballast)
	stopped := n.stops(crowded)
	t.Logf("%s stopped at block %d, its process runs: %t", n.place(crowded).Name, stopped, n.runs(crowded))
	n.complains(crowded)
	n.settles(10, longestPause)

	require.NoError(t, os.Remove(ballast))
	require.NoError(t, localnet.StopNode(n.home, n.place(crowded).Name))
	n.start()
	n.caughtUp(crowded, catchUpBound)
	n.unpaused(begin)
	customers.end()
	n.audit()
}

// moveToDisk puts a node's home on a small disk of its own. Only the log stays outside, as it should: on
// the full disk the last words would be lost.
func (n *faultyNetwork) moveToDisk(home string) {
	n.t.Helper()
	kept := home + "-log"
	require.NoError(n.t, os.Rename(home, kept))
	require.NoError(n.t, os.Mkdir(home, 0o700))
	mountDisk(n.t, home)
	require.NoError(n.t, os.CopyFS(home, os.DirFS(kept)))
	require.NoError(n.t, os.WriteFile(filepath.Join(kept, "node.log"), nil, 0o600))
	require.NoError(n.t, os.Symlink(filepath.Join(kept, "node.log"), filepath.Join(home, "node.log")))
}

// complains checks that the log says what is wrong.
func (n *faultyNetwork) complains(i int) {
	n.t.Helper()
	text, err := os.ReadFile(n.layout.Log(n.place(i)))
	require.NoError(n.t, err)
	require.Contains(n.t, string(text), "no space left on device")
	for line := range strings.Lines(string(text)) {
		if strings.Contains(line, "no space left on device") {
			n.t.Logf("its log says first: %.200s", line)
			return
		}
	}
}

func fill(t *testing.T, path string) {
	t.Helper()
	file, err := os.Create(path)
	require.NoError(t, err)
	defer file.Close()
	for size := 1 << 20; size > 0; {
		if _, err := file.Write(make([]byte, size)); errors.Is(err, syscall.ENOSPC) {
			size /= 2
		} else {
			require.NoError(t, err)
		}
	}
}

// stops waits until a node makes no block any more while the others do, and returns its height.
func (n *faultyNetwork) stops(i int) int64 {
	n.t.Helper()
	const behind = 10
	name := n.place(i).Name
	n.await(stopsBound, func(context.Context) error {
		if at, newest := n.book.Position(name), n.book.Newest(); newest-at < behind {
			return fmt.Errorf("%s is at block %d, the others are at %d", name, at, newest)
		}
		return nil
	})
	return n.book.Position(name)
}
