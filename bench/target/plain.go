package target

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	cmtcfg "github.com/cometbft/cometbft/config"
	"github.com/cometbft/cometbft/privval"
	"google.golang.org/grpc"

	"cosmossdk.io/math"

	addresscodec "github.com/cosmos/cosmos-sdk/codec/address"
	sdk "github.com/cosmos/cosmos-sdk/types"
	banktypes "github.com/cosmos/cosmos-sdk/x/bank/types"

	"github.com/zhilian-network/zhilian/bench/load"
	"github.com/zhilian-network/zhilian/bench/node"
	"github.com/zhilian-network/zhilian/bench/plain"
	"github.com/zhilian-network/zhilian/localnet"
	"github.com/zhilian-network/zhilian/localnet/network"
)

var plainAddresses = addresscodec.NewBech32Codec(plain.Prefix)

// plainChain pays on the plain chain. The first accounts belong to the payers; the others only receive.
type plainChain struct {
	seed     uint64
	accounts int
	terms    load.Terms
	fee      int64
	keys     []load.Key
	payers   []sdk.AccAddress
}

func preparePlain(options Options) (*Network, error) {
	// A home of ours brings node keys, ports and, for the tuned kind, the configuration: whatever our
	// nodes run with, the plain chain's then do as well.
	file := network.Default()
	file.Parties, file.Accounts = nil, nil
	layout, err := localnet.Prepare(*file, options.Dir, options.Validators)
	if err != nil {
		return nil, err
	}
	p := &plainChain{seed: options.Seed, accounts: options.Accounts, fee: options.PlainFee}
	p.terms = load.Terms{ChainID: plain.ChainID, GasLimit: gasLimit}
	if p.fee > 0 {
		p.terms.Fee = sdk.NewCoins(sdk.NewInt64Coin(plain.Denom, p.fee))
	}
	if err := p.writeGenesis(layout, options.Payers); err != nil {
		return nil, fmt.Errorf("genesis: %w", err)
	}
	for _, n := range layout.Nodes {
		if err := configurePlain(layout, n, options.Kind); err != nil {
			return nil, fmt.Errorf("configure %s: %w", n.Name, err)
		}
	}
	homes, err := homesOf(layout, options.PlainCommand)
	if err != nil {
		return nil, err
	}
	return &Network{Homes: homes, Accounts: options.Accounts, Payers: options.Payers, Opening: openingBalance, Chain: p}, nil
}

func (p *plainChain) writeGenesis(layout *localnet.Layout, payers int) error {
	accounts := make([]plain.Account, p.accounts)
	for i := range payers {
		private := key(p.seed, i)
		address := sdk.AccAddress(private.PubKey().Address())
		accounts[i] = plain.Account{Address: address, PubKey: private.PubKey()}
		p.payers = append(p.payers, address)
		p.keys = append(p.keys, load.Key{Private: private, AccountNumber: uint64(i)})
	}
	for i := payers; i < len(accounts); i++ {
		accounts[i] = plain.Account{Address: p.account(uint32(i))}
	}
	var set []plain.Validator
	for _, n := range layout.Nodes {
		home := layout.NodeHome(n)
		signer := privval.LoadFilePVEmptyState(
			filepath.Join(home, "config", "priv_validator_key.json"), filepath.Join(home, "data", "priv_validator_state.json"))
		set = append(set, plain.Validator{PubKey: signer.Key.PubKey.Bytes(), Power: network.DefaultPower})
	}
	document, err := plain.Genesis(accounts, openingBalance, set)
	if err != nil {
		return err
	}
	return saveGenesis(document, layout)
}

// configurePlain writes the configuration of the SDK's init over ours, or leaves ours, and puts in what
// a node needs to be itself: its ports, its peers, and the price of the chain's own coin.
func configurePlain(layout *localnet.Layout, n localnet.Node, kind Kind) error {
	home := layout.NodeHome(n)
	app := filepath.Join(home, "config", "app.toml")
	if kind == PlainTuned {
		return replaceLine(app, `minimum-gas-prices = .*`, fmt.Sprintf("minimum-gas-prices = %q", plain.MinGasPrices))
	}
	for _, file := range []string{app, filepath.Join(home, "config", "config.toml")} {
		if err := os.Remove(file); err != nil {
			return err
		}
	}
	if err := plain.WriteDefaultConfig(home); err != nil {
		return err
	}
	if err := replaceLine(app, `address = "localhost:9090"`, fmt.Sprintf("address = %q", n.GRPC())); err != nil {
		return err
	}
	var peers []string
	for _, other := range layout.Nodes {
		if other.ID != n.ID {
			peers = append(peers, other.Peer())
		}
	}
	return node.EditCometConfig(home, func(config *cmtcfg.Config) {
		config.Moniker = n.Name
		config.RPC.ListenAddress = "tcp://" + node.Address(n.Ports.RPC)
		config.P2P.ListenAddress = "tcp://" + node.Address(n.Ports.P2P)
		config.P2P.PersistentPeers = strings.Join(peers, ",")
		// All nodes have the address 127.0.0.1, which the defaults take for a mistake.
		config.P2P.AddrBookStrict = false
		config.P2P.AllowDuplicateIP = true
	})
}

// replaceLine replaces the one line of a file that a pattern describes.
func replaceLine(path, pattern, line string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	place := regexp.MustCompile(`(?m)^` + pattern + `$`)
	if found := len(place.FindAll(text, -1)); found != 1 {
		return fmt.Errorf("%s has %d lines like %q", path, found, pattern)
	}
	return os.WriteFile(path, place.ReplaceAllLiteral(text, []byte(line)), 0o600)
}

// account is the address of an account: a payer's key's, or one that no key has.
func (p *plainChain) account(i uint32) sdk.AccAddress {
	if int(i) < len(p.payers) {
		return p.payers[i]
	}
	return sdk.AccAddress(digest(p.seed, int(i), 0, 0)[:20])
}

func (p *plainChain) address(i uint32) (string, error) {
	return plainAddresses.BytesToString(p.account(i))
}

// Make signs a MsgSend.
func (p *plainChain) Make(payer int, sequence uint64) (*load.Tx, error) {
	random := draw(p.seed, payer, sequence)
	to := uint32(random.IntN(p.accounts - 1))
	if to >= uint32(payer) {
		to++ // never the payer itself
	}
	move := load.Move{From: uint32(payer), To: to, Amount: 1 + random.Int64N(amountMax)}
	from, err := p.address(move.From)
	if err != nil {
		return nil, err
	}
	creditor, err := p.address(to)
	if err != nil {
		return nil, err
	}
	message := &banktypes.MsgSend{FromAddress: from, ToAddress: creditor, Amount: sdk.NewCoins(sdk.NewInt64Coin(plain.Denom, move.Amount))}
	raw, err := load.Sign(p.terms, p.keys[payer], sequence, message)
	return &load.Tx{Raw: raw, Moves: []load.Move{move}, Payer: move.From, Fee: p.fee}, err
}

// Settled: a MsgSend that did not fail has taken place.
func (p *plainChain) Settled(data []byte, moves int) ([]bool, error) {
	var answer sdk.TxMsgData
	if err := answer.Unmarshal(data); err != nil {
		return nil, err
	}
	if len(answer.MsgResponses) != moves {
		return nil, errNoResponse
	}
	settled := make([]bool, moves)
	for i := range settled {
		settled[i] = true
	}
	return settled, nil
}

// Conserved compares the supply with that of the genesis: fees go to an account and stay in it.
func (p *plainChain) Conserved(ctx context.Context, conn *grpc.ClientConn) error {
	answer, err := banktypes.NewQueryClient(conn).SupplyOf(ctx, &banktypes.QuerySupplyOfRequest{Denom: plain.Denom})
	if err != nil {
		return fmt.Errorf("ask for the supply: %w", err)
	}
	if want := math.NewInt(openingBalance).MulRaw(int64(p.accounts)); !answer.Amount.Amount.Equal(want) {
		return fmt.Errorf("the supply is %s and was %s", answer.Amount.Amount, want)
	}
	return nil
}

// Balance asks the bank.
func (p *plainChain) Balance(ctx context.Context, conn *grpc.ClientConn, account uint32) (int64, error) {
	address, err := p.address(account)
	if err != nil {
		return 0, err
	}
	return balance(ctx, conn, address, plain.Denom)
}
