package localnet

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	cmtcfg "github.com/cometbft/cometbft/config"

	serverconfig "github.com/cosmos/cosmos-sdk/server/config"

	"github.com/zhilian-network/zhilian/nodeconfig"
)

// cometConfig is config.toml of one node.
func cometConfig(home string, node Node, peers []Node) *cmtcfg.Config {
	config := nodeconfig.Comet()
	config.SetRoot(home)
	config.Moniker = node.Name

	config.RPC.ListenAddress = "tcp://" + address(node.Ports.RPC)
	config.P2P.ListenAddress = "tcp://" + address(node.Ports.P2P)
	config.P2P.PersistentPeers = strings.Join(otherPeers(node, peers), ",")
	config.P2P.AddrBookStrict = false
	config.P2P.AllowDuplicateIP = true
	config.P2P.PexReactor = false // all peers are known
	return config
}

func otherPeers(node Node, nodes []Node) []string {
	peers := make([]string, 0, len(nodes))
	for _, other := range nodes {
		if other.ID != node.ID {
			peers = append(peers, other.Peer())
		}
	}
	return peers
}

// appConfig is app.toml of one node.
func appConfig(node Node) *serverconfig.Config {
	config := nodeconfig.App()
	config.API.Enable = true
	config.API.Address = "tcp://" + address(node.Ports.API)
	config.GRPC.Enable = true
	config.GRPC.Address = address(node.Ports.GRPC)
	config.GRPCWeb.Enable = false
	return config
}

func writeNodeConfig(home string, node Node, peers []Node) {
	// Both writers panic if the file cannot be written; Prepare turns that into an error.
	cmtcfg.WriteConfigFile(filepath.Join(home, "config", "config.toml"), cometConfig(home, node, peers))
	file := filepath.Join(home, "config", "app.toml")
	serverconfig.WriteConfigFile(file, appConfig(node))
	appendFile(file, fmt.Sprintf(readDoor, openWays...))
}

// Ways in to the queries: REST, gRPC, and CometBFT's RPC. A network that is there to be looked at is open on
// its own machine; a guarded one wants a token even there, as a bank's node does of others.
var (
	openWays    = []any{"open", "auto", "auto"}
	guardedWays = []any{"token", "token", "token"}
)

// Guard has the nodes of a network that does not run answer sensitive queries only to operators who prove
// their key.
func (l *Layout) Guard() error {
	open, guarded := fmt.Sprintf(readDoor, openWays...), fmt.Sprintf(readDoor, guardedWays...)
	for _, node := range l.Nodes {
		file := filepath.Join(l.NodeHome(node), "config", "app.toml")
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		changed := strings.Replace(string(text), open, guarded, 1)
		if err := os.WriteFile(file, []byte(changed), privateMode); err != nil {
			return err
		}
	}
	l.Guarded = true
	return l.save()
}

// readDoor is the section of app.toml.
const readDoor = `
###############################################################################
###                               Read door                                 ###
###############################################################################

[door]

# rest: "token" answers sensitive queries to operators who prove their key; "open" answers everyone.
rest = "%s"

# grpc, abci: "auto" is "open" if only this machine reaches the listener, and "token" otherwise.
grpc = "%s"
abci = "%s"
`

func appendFile(name, text string) {
	file, err := os.OpenFile(name, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		panic(err)
	}
	if _, err := file.WriteString(text); err != nil {
		panic(err)
	}
	if err := file.Close(); err != nil {
		panic(err)
	}
}

// clientConfig is client.toml in the directory of the keys, so that a command needs only
// --home HOME/keys to know chain, node and keyring.
func clientConfig(chainID string, node Node) string {
	return `# Written by zhiliand localnet.
chain-id = "` + chainID + `"
keyring-backend = "test"
keyring-default-keyname = ""
output = "text"
node = "tcp://` + address(node.Ports.RPC) + `"
api-url = "` + node.API() + `"
broadcast-mode = "sync"
`
}
