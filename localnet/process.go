package localnet

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

const pollInterval = 50 * time.Millisecond

// child is a node that this program has started itself.
type child struct {
	node   int // index in Layout.Nodes
	pid    int
	logged int64         // size of its log before it started
	done   chan struct{} // closed when it has ended
	exit   error         // why it ended, once done is closed
}

// spawn starts one node. Its own session keeps the terminal's Ctrl-C away from it. A tied node is
// told to end by the kernel if this program dies, where the kernel can do so.
func spawn(binary string, layout *Layout, index int, tied bool) (*child, error) {
	node := layout.Nodes[index]
	log, err := os.OpenFile(layout.Log(node), os.O_CREATE|os.O_WRONLY|os.O_APPEND, privateMode)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	before, err := log.Stat()
	if err != nil {
		return nil, err
	}
	command := exec.Command(binary, "start", "--home", layout.NodeHome(node))
	command.Dir = layout.NodeHome(node)
	command.Stdout, command.Stderr = log, log
	// The SDK colours its log unless it is told otherwise, and takes the name of its variables from
	// that of the binary.
	command.Env = append(os.Environ(), strings.ToUpper(filepath.Base(binary))+"_LOG_NO_COLOR=true")
	command.SysProcAttr = sessionOf(tied)

	started := &child{node: index, logged: before.Size(), done: make(chan struct{})}
	result := make(chan error, 1)
	go func() {
		// The kernel ties a child to the thread that started it: the thread must live as long.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		if err := command.Start(); err != nil {
			result <- err
			return
		}
		started.pid = command.Process.Pid
		result <- nil
		started.exit = command.Wait()
		close(started.done)
	}()
	if err := <-result; err != nil {
		return nil, fmt.Errorf("start %s: %w", node.Name, err)
	}
	return started, nil
}

func (c *child) ended() bool {
	select {
	case <-c.done:
		return true
	default:
		return false
	}
}

// find opens the process of a node. Process ids are used again: what runs under this one is the
// node only if it was started with "start --home" and the node's own home.
func find(layout *Layout, node Node) (*os.Process, bool) {
	if node.PID <= 0 {
		return nil, false
	}
	process, err := os.FindProcess(node.PID) // before its command line is read: the handle stays on it
	if err != nil {
		return nil, false
	}
	if !runsNode(commandLine(node.PID), layout.NodeHome(node)) {
		_ = process.Release()
		return nil, false
	}
	return process, true
}

func runsNode(arguments []string, home string) bool {
	place := slices.Index(arguments, home)
	return place > 1 && arguments[place-1] == "--home" && slices.Contains(arguments[1:place], "start")
}

// commandLine is empty for a process that has ended, also if its parent has not noticed yet.
func commandLine(pid int) []string {
	text, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "cmdline"))
	if err == nil {
		return strings.Split(strings.TrimRight(string(text), "\x00"), "\x00")
	}
	if runtime.GOOS == "linux" {
		return nil
	}
	// Without /proc the arguments come back joined. A home with a space in it is then not found,
	// which errs on the safe side: nothing is killed.
	joined, err := exec.Command("ps", "-ww", "-o", "command=", "-p", strconv.Itoa(pid)).Output()
	if err != nil {
		return nil
	}
	return strings.Fields(string(joined))
}

// end asks processes to stop, all at once, and kills what has not ended in time.
func end(layout *Layout, nodes []int, grace time.Duration) error {
	var wait sync.WaitGroup
	problems := make([]error, len(nodes))
	for i, index := range nodes {
		wait.Go(func() { problems[i] = endOne(layout, layout.Nodes[index], grace) })
	}
	wait.Wait()
	for _, problem := range problems {
		if problem != nil {
			return problem
		}
	}
	return nil
}

func endOne(layout *Layout, node Node, grace time.Duration) error {
	process, running := find(layout, node)
	if !running {
		return nil
	}
	defer process.Release()
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGKILL} {
		// An error says that it has ended meanwhile, or that it is not ours to end; the wait
		// tells which.
		_ = process.Signal(signal)
		for deadline := time.Now().Add(grace); time.Now().Before(deadline); time.Sleep(pollInterval) {
			if !runsNode(commandLine(node.PID), layout.NodeHome(node)) {
				return nil
			}
		}
	}
	return fmt.Errorf("%s (process %d) did not end; end it by hand", node.Name, node.PID)
}

// logTail gives the last lines that a node printed since offset. A panic is shown from its first
// line, which says what is wrong; the stack that follows would push it out.
func logTail(path string, offset int64, lines int) string {
	const most = 64 << 10
	file, err := os.Open(path)
	if err != nil {
		return err.Error()
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return err.Error()
	}
	from := max(offset, info.Size()-most)
	text := make([]byte, max(info.Size()-from, 0))
	n, _ := file.ReadAt(text, from) // shorter if the file was cut meanwhile
	all := strings.Split(strings.TrimRight(string(text[:n]), "\n"), "\n")
	first := max(len(all)-lines, 0)
	panicked := slices.IndexFunc(all, func(line string) bool {
		return strings.HasPrefix(line, "panic: ") || strings.HasPrefix(line, "fatal error: ")
	})
	if panicked >= 0 {
		first = min(first, panicked)
	}
	return strings.Join(all[first:min(first+lines, len(all))], "\n")
}
