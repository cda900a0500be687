package localnet

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

const (
	askBound        = 2 * time.Second
	maxAnswerLength = 1 << 20
)

// State is what a network is doing.
type State struct {
	ChainID string      `json:"chain_id"`
	Home    string      `json:"home"`
	Running bool        `json:"running"` // whether all nodes run and answer
	Height  int64       `json:"height"`  // the highest of the nodes
	Nodes   []NodeState `json:"nodes"`
}

// NodeState is what a node is doing.
type NodeState struct {
	Name        string `json:"name"`
	Institution string `json:"institution"`
	Running     bool   `json:"running"` // whether its process is there
	Answers     bool   `json:"answers"` // whether its RPC answers; the next four say nothing if not
	PID         int    `json:"pid,omitempty"`
	Height      int64  `json:"height"`
	BlockTime   string `json:"block_time,omitempty"`
	Peers       int    `json:"peers"`
	CatchingUp  bool   `json:"catching_up"`
	RPC         string `json:"rpc"`
	GRPC        string `json:"grpc"`
	API         string `json:"api"`
	Log         string `json:"log"`
}

// Status asks all nodes of a home at once.
func Status(ctx context.Context, home string) (*State, error) {
	layout, err := Load(home)
	if err != nil {
		return nil, err
	}
	state := &State{ChainID: layout.ChainID, Home: layout.Home, Running: true, Nodes: make([]NodeState, len(layout.Nodes))}
	var wait sync.WaitGroup
	for i := range layout.Nodes {
		wait.Go(func() { state.Nodes[i] = layout.askNode(ctx, layout.Nodes[i]) })
	}
	wait.Wait()
	for _, node := range state.Nodes {
		state.Running = state.Running && node.Running && node.Answers
		state.Height = max(state.Height, node.Height)
	}
	return state, nil
}

func (l *Layout) askNode(ctx context.Context, node Node) NodeState {
	state := NodeState{
		Name: node.Name, Institution: node.Institution,
		RPC: node.RPC(), GRPC: node.GRPC(), API: node.API(), Log: l.Log(node),
	}
	process, running := find(l, node)
	if !running {
		return state // whoever answers on its port is somebody else
	}
	_ = process.Release()
	state.Running, state.PID = true, node.PID
	sync, err := askSync(ctx, node)
	if err != nil {
		return state
	}
	state.Answers, state.Height, state.CatchingUp, state.BlockTime = true, sync.Height, sync.CatchingUp, sync.BlockTime
	var peers struct {
		Count int `json:"n_peers,string"`
	}
	if err := ask(ctx, node, "net_info", &peers); err == nil {
		state.Peers = peers.Count
	}
	return state
}

// syncInfo is the part of CometBFT's /status that says where a node is.
type syncInfo struct {
	Height     int64  `json:"latest_block_height,string"`
	BlockTime  string `json:"latest_block_time"`
	CatchingUp bool   `json:"catching_up"`
}

func askSync(ctx context.Context, node Node) (syncInfo, error) {
	var answer struct {
		SyncInfo syncInfo `json:"sync_info"`
	}
	err := ask(ctx, node, "status", &answer)
	return answer.SyncInfo, err
}

// client never goes through a proxy: what it asks is on this machine.
var client = &http.Client{Transport: &http.Transport{Proxy: nil}, Timeout: askBound}

// ask calls a method of CometBFT's RPC by its URL form.
func ask(ctx context.Context, node Node, method string, result any) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, node.RPC()+"/"+method, http.NoBody)
	if err != nil {
		return err
	}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	answer := struct {
		Result any `json:"result"`
	}{result}
	if err := json.NewDecoder(io.LimitReader(response.Body, maxAnswerLength)).Decode(&answer); err != nil {
		return fmt.Errorf("%s/%s: %w", node.RPC(), method, err)
	}
	return nil
}

func dial(ctx context.Context, port int) error {
	dialer := net.Dialer{Timeout: askBound}
	connection, err := dialer.DialContext(ctx, "tcp", address(port))
	if err != nil {
		return err
	}
	return connection.Close()
}
