package door

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"

	"github.com/spf13/cast"
)

// Modes of a way in to the node's queries.
const (
	// ModeToken answers sensitive queries for tokens only.
	ModeToken = "token"
	// ModeOpen answers whoever asks.
	ModeOpen = "open"
	// ModeAuto is ModeOpen on a listener that only the node's own machine reaches, and ModeToken elsewhere.
	ModeAuto = "auto"
)

const abciKey = "door.abci"

// errExposed keeps a node from opening CometBFT's RPC to others unawares: no setting of ours guards its blocks,
// transactions and events.
var errExposed = errors.New("config.toml opens CometBFT's RPC (rpc.laddr) beyond this machine: whoever reaches it reads accounts and " +
	"amounts in blocks, transactions and events. Let it listen on 127.0.0.1, or say in app.toml that it is meant: " +
	"door.abci = \"token\" (which guards queries of the state) or \"open\"")

// Modes say which ways in ask the door. The section [door] of app.toml sets them.
type Modes struct {
	// REST guards the routes of the API server.
	REST bool
	// GRPC guards the gRPC server.
	GRPC bool
	// ABCI leaves public queries only to CometBFT's RPC, which carries no tokens.
	ABCI bool
}

// Options is what Modes are read from: app.toml and config.toml.
type Options interface{ Get(key string) any }

// ReadModes reads door.rest (token or open; token by default), and door.grpc and door.abci (auto, token
// or open; auto by default). An RPC that others reach has to be meant: there auto is refused.
func ReadModes(options Options) (Modes, error) {
	var modes Modes
	for _, way := range []struct {
		key, standard, listener string
		guarded                 *bool
	}{
		{"door.rest", ModeToken, "api.address", &modes.REST},
		{"door.grpc", ModeAuto, "grpc.address", &modes.GRPC},
		{abciKey, ModeAuto, "rpc.laddr", &modes.ABCI},
	} {
		mode := cast.ToString(options.Get(way.key))
		if mode == "" {
			mode = way.standard
		}
		switch mode {
		case ModeToken:
			*way.guarded = true
		case ModeOpen:
		case ModeAuto:
			local := isLocal(cast.ToString(options.Get(way.listener)))
			if way.key == abciKey && !local {
				return Modes{}, errExposed
			}
			*way.guarded = !local
		default:
			return Modes{}, fmt.Errorf("app.toml, %s: %q is none of token, open, auto", way.key, mode)
		}
	}
	return modes, nil
}

// isLocal reports whether only this machine reaches a listener. What cannot be read, or is a name that
// others may resolve otherwise, is not local; without an address there is no listener.
func isLocal(address string) bool {
	if address == "" || strings.HasPrefix(address, "unix:") {
		return true
	}
	host := address
	if parsed, err := url.Parse(address); err == nil && parsed.Host != "" {
		host = parsed.Host
	}
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
