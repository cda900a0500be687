package localnet

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
)

const (
	layoutFile  = "localnet.json"
	networkFile = "network.yaml"
	keysDir     = "keys"
	logFile     = "node.log"
	loopback    = "127.0.0.1"

	dirMode     = 0o700
	privateMode = 0o600
)

// Refusals.
var (
	ErrNoNetwork      = errors.New("holds no network")
	ErrNetworkExists  = errors.New("holds a network already")
	ErrAlreadyRunning = errors.New("is running already")
)

// Layout says what a home holds and where its nodes listen. It is the content of localnet.json.
type Layout struct {
	ChainID   string     `json:"chain_id"`
	Nodes     []Node     `json:"nodes"`
	Operators []Operator `json:"operators"`
	Accounts  []Account  `json:"accounts"`
	// KeyTypes are the kinds of its keys; empty in a home that was made before there was a choice.
	KeyTypes KeyTypes `json:"key_types"`
	// Guarded is true if its nodes answer sensitive queries only to operators who prove their key.
	Guarded bool `json:"guarded,omitempty"`
	// Runs counts how often the network was started.
	Runs int `json:"runs"`

	// Home is where the layout was read from; a home may be moved while it is stopped.
	Home string `json:"-"`
}

// Node is one validator.
type Node struct {
	Name        string `json:"name"` // "node0"; also its directory
	Institution string `json:"institution"`
	ID          string `json:"id"` // of the peer-to-peer network
	Ports       Ports  `json:"ports"`
	PID         int    `json:"pid,omitempty"` // of the process last started; it may have ended
}

// Ports are what a node listens on, at 127.0.0.1.
type Ports struct {
	P2P  int `json:"p2p"`
	RPC  int `json:"rpc"`
	GRPC int `json:"grpc"`
	API  int `json:"api"`
}

// Operator is a key in the keyring.
type Operator struct {
	Name        string   `json:"name"` // "bank-BQDQ", "party-huanghai-appliances"
	Address     string   `json:"address"`
	Institution string   `json:"institution"`
	Party       string   `json:"party,omitempty"`
	Roles       []string `json:"roles"`
}

// Account is a settlement account that the network opened with.
type Account struct {
	Address     string   `json:"address"`
	Institution string   `json:"institution"`
	Party       string   `json:"party"`
	IBAN        string   `json:"iban,omitempty"`
	Number      string   `json:"number,omitempty"`
	Currencies  []string `json:"currencies"`
}

// Load reads the layout of a home.
func Load(home string) (*Layout, error) {
	home, err := filepath.Abs(home)
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(filepath.Join(home, layoutFile))
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("%s %w", home, ErrNoNetwork)
	}
	if err != nil {
		return nil, err
	}
	layout := &Layout{Home: home}
	if err := json.Unmarshal(text, layout); err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Join(home, layoutFile), err)
	}
	return layout, nil
}

// save replaces localnet.json in one step: a reader never sees half of it.
func (l *Layout) save() error {
	text, err := json.MarshalIndent(l, "", "  ")
	if err != nil {
		return err
	}
	path := filepath.Join(l.Home, layoutFile)
	if err := os.WriteFile(path+".new", append(text, '\n'), privateMode); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

// Keys is the client's home: keyring and client.toml.
func (l *Layout) Keys() string { return filepath.Join(l.Home, keysDir) }

// NodeHome is the home of one node.
func (l *Layout) NodeHome(node Node) string { return filepath.Join(l.Home, node.Name) }

// Log is the file with all that a node prints.
func (l *Layout) Log(node Node) string { return filepath.Join(l.NodeHome(node), logFile) }

// Operator finds an operator by the name of its key.
func (l *Layout) Operator(name string) (Operator, bool) {
	for _, operator := range l.Operators {
		if operator.Name == name {
			return operator, true
		}
	}
	return Operator{}, false
}

// AccountsOf lists a party's accounts in the order of their ordinals.
func (l *Layout) AccountsOf(party string) []Account {
	var accounts []Account
	for _, account := range l.Accounts {
		if account.Party == party {
			accounts = append(accounts, account)
		}
	}
	return accounts
}

// RPC is the URL of CometBFT's RPC.
func (n Node) RPC() string { return "http://" + address(n.Ports.RPC) }

// API is the URL of the REST server.
func (n Node) API() string { return "http://" + address(n.Ports.API) }

// GRPC is the address of the gRPC server, without a scheme.
func (n Node) GRPC() string { return address(n.Ports.GRPC) }

// Peer is how other nodes reach this one.
func (n Node) Peer() string { return n.ID + "@" + address(n.Ports.P2P) }

func address(port int) string { return loopback + ":" + strconv.Itoa(port) }
