package localnet

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/cometbft/cometbft/p2p"
	"github.com/cometbft/cometbft/privval"
	cmttypes "github.com/cometbft/cometbft/types"
	"sigs.k8s.io/yaml"

	"github.com/cosmos/cosmos-sdk/codec"
	addresscodec "github.com/cosmos/cosmos-sdk/codec/address"
	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	cryptocodec "github.com/cosmos/cosmos-sdk/crypto/codec"
	cryptotypes "github.com/cosmos/cosmos-sdk/crypto/types"
	authtypes "github.com/cosmos/cosmos-sdk/x/auth/types"
	genutiltypes "github.com/cosmos/cosmos-sdk/x/genutil/types"

	"github.com/zhilian-network/zhilian/crypto/accountkey"
	"github.com/zhilian-network/zhilian/gateway/reference"
	"github.com/zhilian-network/zhilian/localnet/genesis"
	"github.com/zhilian-network/zhilian/localnet/network"
	"github.com/zhilian-network/zhilian/nodeconfig"
	settlementtypes "github.com/zhilian-network/zhilian/x/settlement/types"
)

// bech32Prefix is that of the app; this package does not depend on the whole application for it.
const bech32Prefix = "zhilian"

var addresses = addresscodec.NewBech32Codec(bech32Prefix)

// Prepare makes a home that Start can start: keys, configuration and genesis of all nodes.
// validators is their number; 0 stands for what the file says. The home must be empty or not exist
// yet; after an error nothing of it is left.
func Prepare(file network.File, home string, validators int) (*Layout, error) {
	return PrepareWithKeys(file, home, validators, KeyTypes{})
}

// PrepareWithKeys is Prepare with other kinds of keys than the default ones.
func PrepareWithKeys(file network.File, home string, validators int, types KeyTypes) (*Layout, error) {
	types, err := types.completed()
	if err != nil {
		return nil, err
	}
	if err := file.Validate(); err != nil {
		return nil, err
	}
	given := file.Completed()
	named, err := file.WithValidators(validators)
	if err != nil {
		return nil, err
	}
	home, err = filepath.Abs(home)
	if err != nil {
		return nil, err
	}
	if err := claim(home); err != nil {
		return nil, err
	}
	p := preparation{file: named, layout: &Layout{ChainID: named.ChainID, Home: home, KeyTypes: types}, codec: newCodec()}
	if err := p.run(given); err != nil {
		return nil, errors.Join(fmt.Errorf("prepare %s: %w", home, err), empty(home))
	}
	return p.layout, nil
}

// claim makes the directory, and refuses one that holds anything: it would be mixed up with keys
// and chain data.
func claim(home string) error {
	if err := os.MkdirAll(home, dirMode); err != nil {
		return err
	}
	if _, err := Load(home); err == nil {
		return fmt.Errorf("%s %w", home, ErrNetworkExists)
	}
	entries, err := os.ReadDir(home)
	if err != nil {
		return err
	}
	if len(entries) > 0 {
		return fmt.Errorf("%s is not empty and holds no network; choose another directory", home)
	}
	return nil
}

// empty takes back a preparation that failed. The directory was empty before.
func empty(home string) error {
	entries, err := os.ReadDir(home)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if err := os.RemoveAll(filepath.Join(home, entry.Name())); err != nil {
			return err
		}
	}
	return nil
}

// preparation carries what the steps of Prepare hand on.
type preparation struct {
	file      *network.File
	layout    *Layout
	codec     codec.Codec
	consensus []cryptotypes.PubKey
	operators []genesis.Operator
	key       reference.Key
}

func (p *preparation) run(given *network.File) (err error) {
	// CometBFT's and the SDK's writers of keys and configuration panic if the disk refuses.
	defer func() {
		if failure := recover(); failure != nil {
			err = fmt.Errorf("write the nodes' files: %v", failure)
		}
	}()
	for _, step := range []func() error{p.nodes, p.keyring, p.referenceKey, p.genesis, p.configuration} {
		if err := step(); err != nil {
			return err
		}
	}
	if err := saveFile(p.layout.Home, given); err != nil {
		return err
	}
	p.accounts()
	return p.layout.save() // last: a home without it is not a network
}

// nodes makes the directories and the keys of the nodes.
func (p *preparation) nodes() error {
	ports, err := choosePorts(len(p.file.Validators.List))
	if err != nil {
		return err
	}
	for i, validator := range p.file.Validators.List {
		node := Node{Name: "node" + strconv.Itoa(i), Institution: validator.Institution, Ports: ports[i]}
		home := p.layout.NodeHome(node)
		for _, directory := range []string{"config", "data"} {
			if err := os.MkdirAll(filepath.Join(home, directory), dirMode); err != nil {
				return err
			}
		}
		nodeKey, err := p2p.LoadOrGenNodeKey(filepath.Join(home, "config", "node_key.json"))
		if err != nil {
			return err
		}
		node.ID = string(nodeKey.ID())
		key, err := newConsensusKey(p.layout.KeyTypes.Consensus)
		if err != nil {
			return err
		}
		signer := privval.NewFilePV(key,
			filepath.Join(home, "config", "priv_validator_key.json"),
			filepath.Join(home, "data", "priv_validator_state.json"))
		signer.Save()
		consensusKey, err := cryptocodec.FromCmtPubKeyInterface(signer.Key.PubKey)
		if err != nil {
			return err
		}
		p.consensus = append(p.consensus, consensusKey)
		p.layout.Nodes = append(p.layout.Nodes, node)
	}
	return nil
}

// referenceKey gives every member the key under which account numbers are known, and the keyring's
// home as well, so that a command finds it without being told.
func (p *preparation) referenceKey() error {
	key, err := reference.Generate()
	if err != nil {
		return err
	}
	p.key = key
	homes := []string{p.layout.Keys()}
	for _, node := range p.layout.Nodes {
		homes = append(homes, p.layout.NodeHome(node))
	}
	for _, home := range homes {
		path := reference.KeyPath(home)
		if err := os.MkdirAll(filepath.Dir(path), dirMode); err != nil {
			return err
		}
		if err := key.Save(path); err != nil {
			return err
		}
	}
	return nil
}

func (p *preparation) genesis() error {
	state, err := genesis.Build(genesis.Facts{
		File:          p.file,
		ConsensusKeys: p.consensus,
		Operators:     p.operators,
		Digests:       p.key,
		Addresses:     addresses,
	})
	if err != nil {
		return err
	}
	appState, err := state.AppState(p.codec)
	if err != nil {
		return err
	}
	document := genutiltypes.NewAppGenesisWithVersion(p.file.ChainID, appState)
	document.GenesisTime = time.Now().UTC().Truncate(time.Second)
	document.Consensus.Params = cmttypes.DefaultConsensusParams()
	document.Consensus.Params.Block.MaxBytes = nodeconfig.BlockBytes
	document.Consensus.Params.Validator.PubKeyTypes = []string{p.layout.KeyTypes.Consensus}
	if err := document.ValidateAndComplete(); err != nil {
		return err
	}
	for _, node := range p.layout.Nodes {
		if err := document.SaveAs(filepath.Join(p.layout.NodeHome(node), "config", "genesis.json")); err != nil {
			return err
		}
	}
	return nil
}

func (p *preparation) configuration() error {
	for _, node := range p.layout.Nodes {
		writeNodeConfig(p.layout.NodeHome(node), node, p.layout.Nodes)
	}
	directory := filepath.Join(p.layout.Keys(), "config")
	if err := os.MkdirAll(directory, dirMode); err != nil {
		return err
	}
	text := clientConfig(p.file.ChainID, p.layout.Nodes[0])
	return os.WriteFile(filepath.Join(directory, "client.toml"), []byte(text), privateMode)
}

// accounts notes the addresses of the opening accounts, for whoever wants to pay.
func (p *preparation) accounts() {
	banks := make(map[string]string, len(p.file.Parties))
	for _, party := range p.file.Parties {
		banks[party.ID] = party.Institution
	}
	for i, ordinal := range genesis.Ordinals(p.file) {
		account := p.file.Accounts[i]
		text, err := addresses.BytesToString(settlementtypes.AccountAddress(account.Party, ordinal))
		if err != nil {
			panic(err) // only an address of no bytes cannot be written
		}
		p.layout.Accounts = append(p.layout.Accounts, Account{
			Address:     text,
			Institution: banks[account.Party],
			Party:       account.Party,
			IBAN:        account.IBAN,
			Number:      account.Number,
			Currencies:  account.Currencies,
		})
	}
}

// saveFile keeps the network file as it was given, so that a later start can tell whether it is
// asked for the same network.
func saveFile(home string, file *network.File) error {
	text, err := yaml.Marshal(file)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(home, networkFile), text, privateMode)
}

func newCodec() codec.Codec {
	registry := codectypes.NewInterfaceRegistry()
	cryptocodec.RegisterInterfaces(registry)
	accountkey.RegisterInterfaces(registry)
	authtypes.RegisterInterfaces(registry)
	return codec.NewProtoCodec(registry)
}
