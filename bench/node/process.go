package node

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"
)

const (
	stopBound    = 2 * time.Minute
	pollInterval = 20 * time.Millisecond
	logLines     = 15
)

// Process is a running node.
type Process struct {
	Home Home
	PID  int

	done chan struct{}
	exit error // once done is closed
}

// Start starts a node. The kernel ends it if this program dies.
func Start(home Home) (*Process, error) {
	log, err := os.OpenFile(home.Log(), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	command := exec.Command(home.Command[0], home.Command[1:]...)
	command.Dir = home.Dir
	command.Stdout, command.Stderr = log, log
	command.Env = append(os.Environ(), home.Env...)
	command.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Pdeathsig: syscall.SIGKILL}

	process := &Process{Home: home, done: make(chan struct{})}
	started := make(chan error, 1)
	go func() {
		// The kernel ties a child to the thread that started it: the thread must live as long.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		if err := command.Start(); err != nil {
			started <- err
			return
		}
		process.PID = command.Process.Pid
		started <- nil
		process.exit = command.Wait()
		close(process.done)
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start %s: %w", home.Name, err)
	}
	return process, nil
}

// Check is an error if the node has ended.
func (p *Process) Check() error {
	select {
	case <-p.done:
		return fmt.Errorf("%s ended by itself (%v)%s", p.Home.Name, p.exit, p.LastWords())
	default:
		return nil
	}
}

// AwaitRPC returns when the node answers.
func (p *Process) AwaitRPC(ctx context.Context) error {
	client := &http.Client{Timeout: 5 * time.Second}
	for {
		if err := p.Check(); err != nil {
			return err
		}
		if response, err := client.Get(p.Home.RPCURL() + "/health"); err == nil {
			response.Body.Close()
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s does not answer: %w%s", p.Home.Name, ctx.Err(), p.LastWords())
		case <-time.After(pollInterval):
		}
	}
}

// Kill ends the node at once.
func (p *Process) Kill() {
	_ = syscall.Kill(p.PID, syscall.SIGKILL) // an error says that it has ended
	<-p.done
}

// StopAll asks nodes to end and waits. A node that does not end in time is killed, and that is an
// error: what lies on its disk is not what a node leaves.
func StopAll(processes []*Process) error {
	problems := make([]error, len(processes))
	var wait sync.WaitGroup
	for i, process := range processes {
		wait.Go(func() { problems[i] = process.stop() })
	}
	wait.Wait()
	return errors.Join(problems...)
}

func (p *Process) stop() error {
	if err := p.Check(); err != nil {
		return err
	}
	_ = syscall.Kill(p.PID, syscall.SIGTERM) // an error says that it has ended meanwhile
	select {
	case <-p.done:
		return nil
	case <-time.After(stopBound):
		p.Kill()
		return fmt.Errorf("%s did not end within %s%s", p.Home.Name, stopBound, p.LastWords())
	}
}

// LastWords are the last lines that a node has printed, for an error.
func (p *Process) LastWords() string {
	text, err := os.ReadFile(p.Home.Log())
	if err != nil {
		return "\n" + err.Error()
	}
	lines := strings.Split(strings.TrimRight(string(text), "\n"), "\n")
	first := max(len(lines)-logLines, 0)
	for i, line := range lines {
		// The stack that follows a panic would push out what is wrong.
		if strings.HasPrefix(line, "panic: ") || strings.HasPrefix(line, "fatal error: ") {
			first = min(first, i)
			break
		}
	}
	return fmt.Sprintf("\n--- the last lines of %s\n%s", p.Home.Name, strings.Join(lines[first:min(first+logLines, len(lines))], "\n"))
}
