package localnet

import (
	"encoding/base64"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	cmtcfg "github.com/cometbft/cometbft/config"
	"github.com/cometbft/cometbft/privval"
	"github.com/spf13/viper"
	"github.com/stretchr/testify/require"

	"github.com/cosmos/cosmos-sdk/crypto/keyring"
	serverconfig "github.com/cosmos/cosmos-sdk/server/config"
	sdk "github.com/cosmos/cosmos-sdk/types"
	genutiltypes "github.com/cosmos/cosmos-sdk/x/genutil/types"

	"github.com/zhilian-network/zhilian/gateway/reference"
	"github.com/zhilian-network/zhilian/localnet/network"
	"github.com/zhilian-network/zhilian/nodeconfig"
)

func prepared(t *testing.T, validators int) *Layout {
	t.Helper()
	layout, err := Prepare(*network.Default(), filepath.Join(t.TempDir(), "net"), validators)
	require.NoError(t, err)
	return layout
}

func TestAHomeHasWhatEveryNodeNeeds(t *testing.T) {
	layout := prepared(t, 6)
	require.Len(t, layout.Nodes, 6)
	require.Equal(t, "NODE05", layout.Nodes[4].Institution, "the network has four institutions that vote")

	ports := map[int]bool{}
	var genesis string
	for i, node := range layout.Nodes {
		for _, port := range node.Ports.all() {
			require.False(t, ports[port], "port %d is given twice", port)
			ports[port] = true
			require.True(t, port >= lowestPort && port <= highestPort)
		}
		home := layout.NodeHome(node)
		own := readText(filepath.Join(home, "config", "genesis.json"))
		if i == 0 {
			genesis = own
		}
		require.Equal(t, genesis, own, "all nodes begin with the same state")
		key, err := reference.Load(reference.KeyPath(home))
		require.NoError(t, err)
		first, err := reference.Load(reference.KeyPath(layout.NodeHome(layout.Nodes[0])))
		require.NoError(t, err)
		require.Equal(t, first, key, "all members find accounts by the same key")
	}
}

func TestTheGenesisNamesTheKeyOfEveryNode(t *testing.T) {
	layout := prepared(t, 2)
	document, err := genutiltypes.AppGenesisFromFile(filepath.Join(layout.NodeHome(layout.Nodes[0]), "config", "genesis.json"))
	require.NoError(t, err)
	require.NoError(t, document.ValidateAndComplete())
	require.Equal(t, network.DefaultChainID, document.ChainID)
	require.Empty(t, document.Consensus.Validators, "the validators are those of the module consortium")
	for _, node := range layout.Nodes {
		home := layout.NodeHome(node)
		signer := privval.LoadFilePV(
			filepath.Join(home, "config", "priv_validator_key.json"),
			filepath.Join(home, "data", "priv_validator_state.json"))
		encoded := strings.Split(strings.Split(readText(filepath.Join(home, "config", "priv_validator_key.json")), `"value": "`)[1], `"`)[0]
		require.Contains(t, string(document.AppState), encoded)
		require.NotNil(t, signer.Key.PrivKey)
	}
}

func TestOnlyTheOwnerReadsAnyFileOfAHome(t *testing.T) {
	layout := prepared(t, 1)
	require.NoError(t, filepath.WalkDir(layout.Home, func(path string, entry fs.DirEntry, err error) error {
		require.NoError(t, err)
		info, err := entry.Info()
		require.NoError(t, err)
		name := filepath.Base(path)
		if entry.IsDir() || name == "config.toml" || name == "app.toml" {
			return nil // no secrets; their writers choose the mode, and the directory above is closed
		}
		require.Zero(t, info.Mode().Perm()&0o077, path)
		return nil
	}))
	info, err := os.Stat(layout.Home)
	require.NoError(t, err)
	require.Zero(t, info.Mode().Perm()&0o077)
}

func TestTheConfigurationIsReadAsItWasMeant(t *testing.T) {
	layout := prepared(t, 3)
	node := layout.Nodes[1]
	config := filepath.Join(layout.NodeHome(node), "config")

	comet := cmtcfg.DefaultConfig()
	readTOML(t, filepath.Join(config, "config.toml")).unmarshal(t, comet)
	require.NoError(t, comet.ValidateBasic())
	require.Equal(t, "tcp://"+address(node.Ports.RPC), comet.RPC.ListenAddress)
	require.Equal(t, "tcp://"+address(node.Ports.P2P), comet.P2P.ListenAddress)
	require.Equal(t, layout.Nodes[0].Peer()+","+layout.Nodes[2].Peer(), comet.P2P.PersistentPeers)
	require.False(t, comet.P2P.AddrBookStrict)
	require.True(t, comet.P2P.AllowDuplicateIP)
	require.Empty(t, comet.RPC.PprofListenAddress)
	require.False(t, comet.Instrumentation.Prometheus)
	require.False(t, comet.Consensus.CreateEmptyBlocks, "an idle network is quiet")
	require.Equal(t, nodeconfig.Comet().Consensus.TimeoutCommit, comet.Consensus.TimeoutCommit)
	require.Equal(t, nodeconfig.Comet().Mempool.MaxTxBytes, comet.Mempool.MaxTxBytes)
	require.Greater(t, comet.RPC.MaxBodyBytes, int64(comet.Mempool.MaxTxBytes)*4/3, "a transaction travels in base64")
	require.True(t, comet.Mempool.Recheck)

	app, err := serverconfig.GetConfig(readTOML(t, filepath.Join(config, "app.toml")).Viper)
	require.NoError(t, err)
	require.NoError(t, app.ValidateBasic())
	require.True(t, app.GetMinGasPrices().IsZero(), "there are no fees")
	require.Equal(t, nodeconfig.App().AppDBBackend, app.AppDBBackend)
	require.True(t, app.API.Enable && app.GRPC.Enable)
	require.Equal(t, "tcp://"+address(node.Ports.API), app.API.Address)
	require.Equal(t, address(node.Ports.GRPC), app.GRPC.Address)
}

type toml struct{ *viper.Viper }

func readTOML(t *testing.T, path string) toml {
	t.Helper()
	v := viper.New()
	v.SetConfigFile(path)
	require.NoError(t, v.ReadInConfig())
	return toml{v}
}

func (v toml) unmarshal(t *testing.T, target any) {
	t.Helper()
	require.NoError(t, v.Unmarshal(target))
}

func TestAGuardedNetworkAsksForTokensOnEveryWayIn(t *testing.T) {
	layout, err := Prepare(*network.Default(), filepath.Join(t.TempDir(), "net"), 2)
	require.NoError(t, err)
	modes := func(node Node) map[string]string {
		read := viper.New()
		read.SetConfigFile(filepath.Join(layout.NodeHome(node), "config", "app.toml"))
		require.NoError(t, read.ReadInConfig())
		return read.GetStringMapString("door")
	}
	for _, node := range layout.Nodes {
		require.Equal(t, map[string]string{"rest": "open", "grpc": "auto", "abci": "auto"}, modes(node))
	}
	require.NoError(t, layout.Guard())
	for _, node := range layout.Nodes {
		require.Equal(t, map[string]string{"rest": "token", "grpc": "token", "abci": "token"}, modes(node))
	}
	again, err := Load(layout.Home)
	require.NoError(t, err)
	require.True(t, again.Guarded)
}

func TestTheKeyringHoldsTheKeyOfEveryOperator(t *testing.T) {
	layout := prepared(t, 5)
	ring, err := keyring.New(sdk.KeyringServiceName(), keyring.BackendTest, layout.Keys(), strings.NewReader(""), newCodec())
	require.NoError(t, err)
	for name, party := range map[string]string{
		"bank-QDCB": "", "bank-BQDQ": "", "bank-QDFR": "", "bank-NODE05": "", "party-jimo-mouldings": "jimo-mouldings",
	} {
		operator, ok := layout.Operator(name)
		require.True(t, ok, name)
		require.Equal(t, party, operator.Party)
		record, err := ring.Key(name)
		require.NoError(t, err, name)
		bytes, err := record.GetAddress()
		require.NoError(t, err)
		text, err := addresses.BytesToString(bytes)
		require.NoError(t, err)
		require.Equal(t, operator.Address, text)
	}
	records, err := ring.List()
	require.NoError(t, err)
	require.Len(t, records, len(layout.Operators))

	client := readTOML(t, filepath.Join(layout.Keys(), "config", "client.toml"))
	require.Equal(t, "test", client.GetString("keyring-backend"))
	require.Equal(t, layout.ChainID, client.GetString("chain-id"))
	require.Equal(t, "tcp://"+address(layout.Nodes[0].Ports.RPC), client.GetString("node"))
}

func TestTheLayoutNamesTheOpeningAccounts(t *testing.T) {
	layout := prepared(t, 1)
	loaded, err := Load(layout.Home)
	require.NoError(t, err)
	require.Equal(t, layout, loaded)
	accounts := loaded.AccountsOf("huanghai-appliances")
	require.Len(t, accounts, 1)
	require.Equal(t, "8020100000010001", accounts[0].Number)
	require.Equal(t, "BQDQ", accounts[0].Institution)
	genesis := readText(filepath.Join(layout.NodeHome(layout.Nodes[0]), "config", "genesis.json"))
	require.Contains(t, genesis, accounts[0].Address)
	require.Empty(t, loaded.AccountsOf("nobody"))
}

func TestADirectoryThatIsInUseIsRefusedAndLeftAsItIs(t *testing.T) {
	layout := prepared(t, 1)
	_, err := Prepare(*network.Default(), layout.Home, 1)
	require.ErrorIs(t, err, ErrNetworkExists)
	require.FileExists(t, filepath.Join(layout.Home, layoutFile))

	foreign := t.TempDir()
	letter := filepath.Join(foreign, "letter.txt")
	require.NoError(t, os.WriteFile(letter, []byte("dear"), 0o600))
	_, err = Prepare(*network.Default(), foreign, 1)
	require.ErrorContains(t, err, "is not empty and holds no network")
	require.FileExists(t, letter)
}

func TestAPreparationThatFailsLeavesNothing(t *testing.T) {
	home := filepath.Join(t.TempDir(), "net")
	file := network.Default()
	file.Settings.VotingPeriod = network.Duration(1) // valid in form; the module wants more
	_, err := Prepare(*file, home, 1)
	require.ErrorContains(t, err, "voting_period")
	entries, err := os.ReadDir(home)
	require.NoError(t, err)
	require.Empty(t, entries)

	file.ChainID = "no spaces"
	_, err = Prepare(*file, home, 1)
	require.ErrorContains(t, err, "chain_id")
}

func TestNetworksPreparedSideBySideGetDifferentKeys(t *testing.T) {
	one, other := prepared(t, 1), prepared(t, 1)
	require.NotEqual(t, one.Operators[0].Address, other.Operators[0].Address)
	require.NotEqual(t, one.Nodes[0].ID, other.Nodes[0].ID)
	keys := [2]string{}
	for i, layout := range []*Layout{one, other} {
		keys[i] = readText(reference.KeyPath(layout.NodeHome(layout.Nodes[0])))
	}
	require.NotEqual(t, keys[0], keys[1])
}

func TestANetworkHasKeysOfTheKindsThatAreAskedFor(t *testing.T) {
	for _, kinds := range []KeyTypes{
		{}, {Account: "sm2"}, {Account: "secp256r1", Consensus: "ed25519"}, {Account: "ml_dsa_65", Consensus: "ml_dsa_65"}, {Consensus: "ml_dsa_65"},
	} {
		layout, err := PrepareWithKeys(*network.Default(), filepath.Join(t.TempDir(), "net"), 2, kinds)
		require.NoError(t, err)
		want, err := kinds.completed()
		require.NoError(t, err)
		loaded, err := Load(layout.Home)
		require.NoError(t, err)
		require.Equal(t, want, loaded.KeyTypes)

		ring, err := keyring.New(sdk.KeyringServiceName(), keyring.BackendTest, layout.Keys(), strings.NewReader(""), newCodec())
		require.NoError(t, err)
		record, err := ring.Key(layout.Operators[0].Name)
		require.NoError(t, err)
		key, err := record.GetPubKey()
		require.NoError(t, err)
		require.Equal(t, want.Account, key.Type())

		home := layout.NodeHome(layout.Nodes[1])
		signer := privval.LoadFilePVEmptyState(filepath.Join(home, "config", "priv_validator_key.json"), "")
		require.Equal(t, want.Consensus, signer.Key.PubKey.Type())
		document, err := genutiltypes.AppGenesisFromFile(filepath.Join(home, "config", "genesis.json"))
		require.NoError(t, err)
		require.Equal(t, []string{want.Consensus}, document.Consensus.Params.Validator.PubKeyTypes)
		require.Contains(t, string(document.AppState), base64.StdEncoding.EncodeToString(signer.Key.PubKey.Bytes()))
	}
	for _, kinds := range []KeyTypes{{Account: "ed25519"}, {Consensus: "sm2"}, {Consensus: "secp256k1"}} {
		home := filepath.Join(t.TempDir(), "net")
		_, err := PrepareWithKeys(*network.Default(), home, 2, kinds)
		require.Error(t, err)
		require.NoDirExists(t, home)
	}
}
