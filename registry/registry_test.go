package registry

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	abci "github.com/cometbft/cometbft/abci/types"
	"github.com/cometbft/cometbft/libs/bytes"
	coretypes "github.com/cometbft/cometbft/rpc/core/types"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	bankv1beta1 "cosmossdk.io/api/cosmos/bank/v1beta1"
	tendermintv1beta1 "cosmossdk.io/api/cosmos/base/tendermint/v1beta1"
	tmp2p "cosmossdk.io/api/tendermint/p2p"

	"github.com/zhilian-network/zhilian/localnet"
	"github.com/zhilian-network/zhilian/localnet/network"
	"github.com/zhilian-network/zhilian/testutil/chain"
	"github.com/zhilian-network/zhilian/testutil/shareddata"
)

var update = flag.Bool("golden", false, "write the golden files anew")

const (
	nodeInfo      = "/cosmos.base.tendermint.v1beta1.Service/GetNodeInfo"
	bankMetadatas = "/cosmos.bank.v1beta1.Query/DenomsMetadata"
)

// node answers from an application in this process. What it says of its own build is fixed: that of
// the test program differs from machine to machine. What stands in answers goes first.
type node struct {
	t       *testing.T
	chain   *chain.Chain
	answers map[string]proto.Message
}

func (n node) ABCIQuery(ctx context.Context, path string, data bytes.HexBytes) (*coretypes.ResultABCIQuery, error) {
	if answer, fixed := n.answers[path]; fixed {
		value, err := proto.Marshal(answer)
		return &coretypes.ResultABCIQuery{Response: abci.ResponseQuery{Value: value}}, err
	}
	response, err := n.chain.App.Query(ctx, &abci.RequestQuery{Path: path, Data: data})
	require.NoError(n.t, err)
	return &coretypes.ResultABCIQuery{Response: *response}, nil
}

func newNode(t *testing.T, chainID string) node {
	t.Helper()
	file := network.Default()
	file.Currencies = append(file.Currencies, "JPY")
	file.Institutions[1].Name = "Qingdao Harbour Bank for Trade, Industry, Shipping and the Far Seas"
	file.Institutions[1].Currencies = []string{"CNY", "JPY"}
	return node{t: t, chain: chain.New(t, file), answers: map[string]proto.Message{
		nodeInfo: &tendermintv1beta1.GetNodeInfoResponse{
			DefaultNodeInfo: &tmp2p.DefaultNodeInfo{Network: chainID, Version: "0.39.0"},
			ApplicationVersion: &tendermintv1beta1.VersionInfo{
				Version: "v1.2.0-3-gabcdef", GoVersion: "go version go1.26.8 linux/amd64", CosmosSdkVersion: "v0.55.0",
				BuildDeps: []*tendermintv1beta1.Module{{Path: "cel.dev/expr", Version: "v0.25.2"}, {Path: cometModule, Version: "v0.40.0"}},
			},
		},
	}}
}

var shown = Presentation{NetworkType: NetworkDev, Nodes: []Node{
	{Provider: "QDCB", Peer: "aa@127.0.0.1:1", RPC: "http://127.0.0.1:2", GRPC: "127.0.0.1:3", REST: "http://127.0.0.1:4"},
	{Provider: "BQDQ", Peer: "bb@10.0.0.2:26656", RPC: "https://rpc.example.org/bank"},
}}

func collected(t *testing.T) Facts {
	t.Helper()
	facts, err := Collect(context.Background(), newNode(t, "zhilian-local-1"))
	require.NoError(t, err)
	return facts
}

func TestTheFilesOfANetworkAreTheGoldenOnes(t *testing.T) {
	files, err := Files(collected(t), shown)
	require.NoError(t, err)
	require.Len(t, files, 3)
	for _, file := range files {
		t.Run(file.Name, func(t *testing.T) {
			golden := filepath.Join("testdata", file.Name)
			if *update {
				require.NoError(t, os.WriteFile(golden, file.Content, 0o644))
			}
			want, err := os.ReadFile(golden)
			require.NoError(t, err)
			require.Equal(t, string(want), string(file.Content), "run with -golden and read the difference")
		})
	}
}

func TestTheFilesPassTheSchemasOfTheChainRegistry(t *testing.T) {
	folder := shareddata.Folder(t, "chain-registry")
	files, err := Files(collected(t), shown)
	require.NoError(t, err)
	for _, file := range files[:2] {
		rules := readSchema(t, filepath.Join(folder, strings.TrimSuffix(file.Name, ".json")+".schema.json"))
		var value any
		require.NoError(t, json.Unmarshal(file.Content, &value))
		require.Empty(t, rules.check(rules, value, file.Name))

		value.(map[string]any)["surprise"] = true
		require.NotEmpty(t, rules.check(rules, value, file.Name), "the check refuses something")
	}
}

func TestADenomThatWalletsAreToldWronglyIsAContradiction(t *testing.T) {
	right := &bankv1beta1.QueryDenomsMetadataResponse{}
	n := newNode(t, "zhilian-local-1")
	require.NoError(t, connection{n}.Invoke(context.Background(), bankMetadatas, &bankv1beta1.QueryDenomsMetadataRequest{}, right))
	for name, spoil := range map[string]func(*bankv1beta1.QueryDenomsMetadataResponse){
		"of another scale":      func(r *bankv1beta1.QueryDenomsMetadataResponse) { r.Metadatas[0].DenomUnits[1].Exponent = 3 },
		"of another currency":   func(r *bankv1beta1.QueryDenomsMetadataResponse) { r.Metadatas[0].Symbol = "JPY" },
		"that does not exist":   func(r *bankv1beta1.QueryDenomsMetadataResponse) { r.Metadatas[0].Base = "XXXX/CNY" },
		"that is left out":      func(r *bankv1beta1.QueryDenomsMetadataResponse) { r.Metadatas = r.Metadatas[1:] },
		"displayed in no unit":  func(r *bankv1beta1.QueryDenomsMetadataResponse) { r.Metadatas[1].Display = "yen" },
		"whose base is no unit": func(r *bankv1beta1.QueryDenomsMetadataResponse) { r.Metadatas[0].DenomUnits[0].Denom = "fen" },
	} {
		t.Run(name, func(t *testing.T) {
			wrong := proto.Clone(right).(*bankv1beta1.QueryDenomsMetadataResponse)
			spoil(wrong)
			n.answers[bankMetadatas] = wrong
			_, err := Collect(context.Background(), n)
			require.ErrorIs(t, err, ErrContradiction)
		})
	}
}

func TestANameIsMadeOfTheChainIDOrGiven(t *testing.T) {
	for id, want := range map[string]string{"zhilian-1": "zhilian", "My-Network-12": "mynetwork", "net9": "net9"} {
		name, err := chainName(Facts{ChainID: id}, Presentation{})
		require.NoError(t, err)
		require.Equal(t, want, name)
	}
	_, err := chainName(Facts{ChainID: "zhilian-1"}, Presentation{ChainName: "Zhilian 1"})
	require.Error(t, err)
	_, err = chainName(Facts{ChainID: "-1"}, Presentation{})
	require.Error(t, err)
}

func TestWhatCannotBeShownIsRefused(t *testing.T) {
	facts := collected(t)
	for name, wrong := range map[string]Presentation{
		"a wallet without a REST door":     {Nodes: []Node{{RPC: "http://a:1"}}},
		"an RPC address that is no URL":    {Nodes: []Node{{RPC: "tcp://a:1", REST: "http://a:2"}}},
		"a REST address that is no URL":    {Nodes: []Node{{RPC: "http://a:1", REST: "a:2"}}},
		"a peer without an id":             {Nodes: []Node{{RPC: "http://a:1", REST: "http://a:2", Peer: "a:3"}}},
		"a type of network of one's own":   {NetworkType: "staging", Nodes: shown.Nodes},
		"a name that the registry refuses": {ChainName: "Große Bank", Nodes: shown.Nodes},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Files(facts, wrong)
			require.Error(t, err)
		})
	}
	_, err := Files(Facts{ChainID: "zhilian-1"}, shown)
	require.ErrorIs(t, err, errNoDenoms)
	_, err = Make(WalletName, facts, Presentation{})
	require.ErrorIs(t, err, ErrNoDoor)
}

func TestAReleaseIsAVersionAndAnythingElseATag(t *testing.T) {
	require.Equal(t, &software{Type: "go", Version: "1.26.8"}, softwareOf("go", "1.26.8"))
	require.Equal(t, &software{Type: "cosmos", Tag: "v0.56.0-rc.1"}, softwareOf("cosmos", "v0.56.0-rc.1"))
	require.Equal(t, &software{Type: "cometbft"}, softwareOf("cometbft", ""))
}

func TestANodeThatRefusesIsAnError(t *testing.T) {
	n := newNode(t, "zhilian-local-1")
	delete(n.answers, nodeInfo) // the application alone has no such service
	_, err := Collect(context.Background(), n)
	require.ErrorContains(t, err, "GetNodeInfo")
}

func TestFilesAreWrittenWhole(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "deep", "registry")
	paths, err := Write(folder, []File{{Name: "a.json", Content: []byte("1")}, {Name: "b.json", Content: []byte("2")}})
	require.NoError(t, err)
	require.Equal(t, []string{filepath.Join(folder, "a.json"), filepath.Join(folder, "b.json")}, paths)
	entries, err := os.ReadDir(folder)
	require.NoError(t, err)
	require.Len(t, entries, 2, "nothing half-written is left")
}

func TestFlagsAndHomeSayWhomToAskAndWhatToShow(t *testing.T) {
	home := t.TempDir()
	file := network.Default()
	layout, err := localnet.Prepare(*file, filepath.Join(home, "net"), 2)
	require.NoError(t, err)
	parse := func(t *testing.T, arguments ...string) (string, Presentation, error) {
		t.Helper()
		root := NewCommand()
		root.PersistentFlags().String("home", "nowhere", "")
		command, rest, err := root.Find(append([]string{"chain"}, arguments...))
		require.NoError(t, err)
		require.NoError(t, command.ParseFlags(rest))
		options := &fileOptions{}
		options.node.RPC, _ = command.Flags().GetString(flagRPC)
		options.shown.NetworkType, _ = command.Flags().GetString(flagType)
		return options.network(command)
	}
	t.Run("a local network shows all its nodes, by its home or its keys' home", func(t *testing.T) {
		for _, given := range []string{layout.Home, layout.Keys()} {
			address, seen, err := parse(t, "--home", given)
			require.NoError(t, err)
			require.Equal(t, layout.Nodes[0].RPC(), address)
			require.Len(t, seen.Nodes, 2)
			require.Equal(t, NetworkDev, seen.NetworkType)
		}
	})
	t.Run("flags go before the local network", func(t *testing.T) {
		address, seen, err := parse(t, "--home", layout.Home, "--node", "tcp://a:1", "--rpc", "https://b", "--network-type", "testnet")
		require.NoError(t, err)
		require.Equal(t, "tcp://a:1", address)
		require.Equal(t, []Node{{RPC: "https://b"}}, seen.Nodes)
		require.Equal(t, NetworkTest, seen.NetworkType)
	})
	t.Run("without --home nothing is read from the disk", func(t *testing.T) {
		address, seen, err := parse(t)
		require.NoError(t, err)
		require.Equal(t, defaultNode, address)
		require.Empty(t, seen.Nodes)
	})
	t.Run("a home without a network is an error", func(t *testing.T) {
		_, _, err := parse(t, "--home", home)
		require.True(t, errors.Is(err, localnet.ErrNoNetwork), err)
	})
}
