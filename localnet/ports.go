package localnet

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Ports are taken from below the range from which systems choose the source ports of outgoing
// connections (32768 and up on Linux, 49152 elsewhere). Inside it, a node that dials a peer could
// by chance occupy the port of a node that has not started yet. All have five digits, so that one
// never is the beginning of another.
const (
	lowestPort   = 20000
	highestPort  = 32767
	portsPerNode = 4
)

var errNoFreePort = errors.New("no free port between 20000 and 32767")

// choosePorts finds free ports for n nodes by listening on all of them at once, from a random place
// on, so that networks prepared side by side rarely meet. Start looks again before it uses them.
func choosePorts(n int) ([]Ports, error) {
	free := make([]int, 0, n*portsPerNode)
	listeners := make([]net.Listener, 0, n*portsPerNode)
	defer func() {
		for _, listener := range listeners {
			listener.Close()
		}
	}()
	size := highestPort - lowestPort + 1
	start := rand.IntN(size)
	for step := 0; step < size && len(free) < n*portsPerNode; step++ {
		port := lowestPort + (start+step)%size
		listener, err := net.Listen("tcp", address(port))
		if err != nil {
			continue
		}
		free, listeners = append(free, port), append(listeners, listener)
	}
	if len(free) < n*portsPerNode {
		return nil, errNoFreePort
	}
	ports := make([]Ports, n)
	for i := range ports {
		own := free[i*portsPerNode:]
		ports[i] = Ports{P2P: own[0], RPC: own[1], GRPC: own[2], API: own[3]}
	}
	return ports, nil
}

func (p Ports) all() []int { return []int{p.P2P, p.RPC, p.GRPC, p.API} }

// taken gives the ports of a node on which somebody else listens.
func (p Ports) taken() []int {
	var taken []int
	for _, port := range p.all() {
		listener, err := net.Listen("tcp", address(port))
		if err != nil {
			taken = append(taken, port)
			continue
		}
		listener.Close()
	}
	return taken
}

// takenForLong is taken after a wait: a process that was just killed, or another network that looks
// for ports, holds one for a moment only.
func (p Ports) takenForLong() []int {
	const wait, pause = 3 * time.Second, 50 * time.Millisecond
	for waited := time.Duration(0); ; waited += pause {
		taken := p.taken()
		if len(taken) == 0 || waited >= wait {
			return taken
		}
		time.Sleep(pause)
	}
}

// movePorts gives all nodes new ports if one of the old ones was taken while the network was
// stopped. Only the ports change in the configuration: what a user edited there stays.
func (l *Layout) movePorts() (moved bool, err error) {
	var taken []int
	for _, node := range l.Nodes {
		taken = append(taken, node.Ports.taken()...)
	}
	if len(taken) == 0 {
		return false, nil
	}
	ports, err := choosePorts(len(l.Nodes))
	if err != nil {
		return false, err
	}
	var renames []string
	for i, node := range l.Nodes {
		for k, old := range node.Ports.all() {
			renames = append(renames, address(old), address(ports[i].all()[k]))
		}
	}
	replacer := strings.NewReplacer(renames...)
	for i := range l.Nodes {
		config := filepath.Join(l.NodeHome(l.Nodes[i]), "config")
		for _, file := range []string{filepath.Join(config, "config.toml"), filepath.Join(config, "app.toml")} {
			if err := rewrite(file, replacer); err != nil {
				return false, err
			}
		}
		l.Nodes[i].Ports = ports[i]
	}
	if err := rewrite(filepath.Join(l.Keys(), "config", "client.toml"), replacer); err != nil {
		return false, err
	}
	return true, l.save()
}

func rewrite(path string, replacer *strings.Replacer) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("move to free ports: %w", err)
	}
	return os.WriteFile(path, []byte(replacer.Replace(string(text))), privateMode)
}
