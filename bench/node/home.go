package node

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strconv"

	cmtcfg "github.com/cometbft/cometbft/config"
	"github.com/spf13/viper"
)

const loopback = "127.0.0.1"

// Home is the directory of one node, ready to start.
type Home struct {
	Name string
	Dir  string
	// RPC, GRPC and Profile are ports at 127.0.0.1: of CometBFT's RPC, of the gRPC server, and of
	// CometBFT's profiler.
	RPC, GRPC, Profile int
	// Command starts the node, with its arguments.
	Command []string
	// Env is added to the environment.
	Env []string
}

// RPCURL is where the node tells of its blocks.
func (h Home) RPCURL() string { return "http://" + Address(h.RPC) }

// ProfileURL is where the node gives CPU profiles.
func (h Home) ProfileURL() string { return "http://" + Address(h.Profile) + "/debug/pprof/profile" }

// Data is where the node keeps what it stores.
func (h Home) Data() string { return filepath.Join(h.Dir, "data") }

// Log is what the node prints.
func (h Home) Log() string { return filepath.Join(h.Dir, "node.log") }

// Address is a port at 127.0.0.1.
func Address(port int) string { return net.JoinHostPort(loopback, strconv.Itoa(port)) }

// ReadCometConfig reads config.toml of a home.
func ReadCometConfig(dir string) (*cmtcfg.Config, error) {
	reader := viper.New()
	reader.SetConfigFile(filepath.Join(dir, "config", "config.toml"))
	if err := reader.ReadInConfig(); err != nil {
		return nil, err
	}
	config := cmtcfg.DefaultConfig()
	if err := reader.Unmarshal(config); err != nil {
		return nil, err
	}
	config.SetRoot(dir)
	return config, nil
}

// EditCometConfig changes config.toml of a home.
func EditCometConfig(dir string, edit func(*cmtcfg.Config)) (err error) {
	config, err := ReadCometConfig(dir)
	if err != nil {
		return err
	}
	edit(config)
	defer func() { // CometBFT's writer panics if the disk refuses
		if failure := recover(); failure != nil {
			err = fmt.Errorf("write config.toml: %v", failure)
		}
	}()
	cmtcfg.WriteConfigFile(filepath.Join(dir, "config", "config.toml"), config)
	return nil
}

// Ports below those from which the kernel takes the source ports of connections, as localnet has it.
const (
	lowestPort  = 20000
	highestPort = 32767
	portTries   = 1000
)

// FreePort finds a port that nobody listens on and that is not in taken.
func FreePort(taken map[int]bool) (int, error) {
	for range portTries {
		port := lowestPort + rand.IntN(highestPort-lowestPort+1)
		if taken[port] {
			continue
		}
		listener, err := net.Listen("tcp", Address(port))
		if err != nil {
			continue
		}
		listener.Close()
		taken[port] = true
		return port, nil
	}
	return 0, errors.New("no free port")
}

// CopyFile copies a file that fits into memory.
func CopyFile(from, to string) error {
	text, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, text, 0o600)
}
