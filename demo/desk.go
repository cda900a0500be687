package demo

import (
	"context"
	"fmt"
	"maps"

	rpchttp "github.com/cometbft/cometbft/rpc/client/http"

	sdkclient "github.com/cosmos/cosmos-sdk/client"
	"github.com/cosmos/cosmos-sdk/crypto/keyring"
	sdk "github.com/cosmos/cosmos-sdk/types"
	authtypes "github.com/cosmos/cosmos-sdk/x/auth/types"

	"github.com/zhilian-network/zhilian/app"
	"github.com/zhilian-network/zhilian/gateway/client"
	"github.com/zhilian-network/zhilian/gateway/payments"
	"github.com/zhilian-network/zhilian/gateway/reference"
	"github.com/zhilian-network/zhilian/iso20022"
	"github.com/zhilian-network/zhilian/localnet"
	access "github.com/zhilian-network/zhilian/x/access/types"
	settlement "github.com/zhilian-network/zhilian/x/settlement/types"
)

// desk hands in files for everybody: in the demonstration one machine holds the keys of all banks
// and customers.
type desk struct {
	layout   *localnet.Layout
	encoding app.Encoding
	base     sdkclient.Context
	rpc      *rpchttp.HTTP
	reader   *client.Chain
	key      reference.Key
	chains   map[string]*client.Chain         // by name of the key
	known    map[string]payments.KnownPayment // by UETR
}

func newDesk(ctx context.Context, layout *localnet.Layout, encoding app.Encoding) (*desk, error) {
	node := layout.Nodes[0]
	rpc, err := rpchttp.New(node.RPC(), "/websocket")
	if err != nil {
		return nil, err
	}
	keys, err := keyring.New(sdk.KeyringServiceName(), keyring.BackendTest, layout.Keys(), nil, encoding.Codec)
	if err != nil {
		return nil, err
	}
	key, err := reference.Load(reference.KeyPath(layout.NodeHome(node)))
	if err != nil {
		return nil, err
	}
	base := sdkclient.Context{}.
		WithCmdContext(ctx).
		WithCodec(encoding.Codec).
		WithInterfaceRegistry(encoding.Registry).
		WithTxConfig(encoding.TxConfig).
		WithAccountRetriever(authtypes.AccountRetriever{}).
		WithChainID(layout.ChainID).
		WithNodeURI(node.RPC()).
		WithClient(rpc).
		WithKeyring(keys)
	return &desk{
		layout: layout, encoding: encoding, base: base, rpc: rpc,
		reader: client.NewReader(base), key: key, chains: map[string]*client.Chain{},
		known: map[string]payments.KnownPayment{},
	}, nil
}

// submit hands a file in for the party whose account it debits first, or, for a bank's own order,
// for the bank.
func (d *desk) submit(ctx context.Context, file given) (*payments.Outcome, []payments.Document, error) {
	gateway := payments.New(&signers{Chain: d.reader, desk: d, sender: d.senderOf(file.message)}, d.key, d.encoding.Addresses)
	outcome, err := gateway.Submit(ctx, file.content, payments.Options{})
	if err != nil {
		return nil, nil, err
	}
	if outcome.Incomplete != nil {
		return nil, nil, outcome.Incomplete
	}
	answer, err := gateway.Answer(ctx, outcome)
	if err != nil {
		return nil, nil, fmt.Errorf("status report: %w", err)
	}
	notifications, err := gateway.Notifications(ctx, outcome)
	if err != nil {
		return nil, nil, fmt.Errorf("notifications: %w", err)
	}
	maps.Copy(d.known, outcome.Known())
	return outcome, append([]payments.Document{answer}, notifications...), nil
}

func (d *desk) invariants(ctx context.Context) (*settlement.QueryInvariantsResponse, error) {
	return settlement.NewQueryClient(d.base).Invariants(ctx, &settlement.QueryInvariantsRequest{})
}

// chain returns the chain as one key sees it.
func (d *desk) chain(name string) (*client.Chain, error) {
	if known := d.chains[name]; known != nil {
		return known, nil
	}
	operator, ok := d.layout.Operator(name)
	if !ok {
		return nil, fmt.Errorf("the network has no key %s", name)
	}
	address, err := d.encoding.Addresses.StringToBytes(operator.Address)
	if err != nil {
		return nil, err
	}
	opened, err := client.NewOperator(d.base.WithFromName(name).WithFromAddress(address))
	if err != nil {
		return nil, err
	}
	d.chains[name] = opened
	return opened, nil
}

// senderOf names the key that a file is handed in with: that of the party whose account it debits
// first, or, for a bank's own order, of the bank. A file that debits nobody known is anybody's.
func (d *desk) senderOf(message *iso20022.Message) sender {
	asBank := message != nil && message.Kind == iso20022.KindPacs008
	from := sender{asBank: asBank, key: d.layout.Operators[0].Name}
	if message == nil {
		return from
	}
	for _, instruction := range message.Instructions {
		for _, account := range d.layout.Accounts {
			if number := instruction.DebtorAccount.Number(); number != "" && (account.IBAN == number || account.Number == number) {
				from.key = from.keyOf(account)
				return from
			}
		}
	}
	return from
}

type sender struct {
	key    string
	asBank bool
}

func (s sender) keyOf(account localnet.Account) string {
	if s.asBank {
		return "bank-" + account.Institution
	}
	return "party-" + account.Party
}

// signers signs each batch with the key of the account that it debits. A real customer has one key;
// a file with several debtors then needs one that may act for all of them.
type signers struct {
	*client.Chain
	desk   *desk
	sender sender
}

// Operator is the sender: its MsgIds are what the file's must be new among.
func (s *signers) Operator(ctx context.Context) (access.Operator, error) {
	chain, err := s.desk.chain(s.sender.key)
	if err != nil {
		return access.Operator{}, err
	}
	return chain.Operator(ctx)
}

// PayBatch signs with the debtor's key, or its bank's.
func (s *signers) PayBatch(ctx context.Context, batch *settlement.MsgPayBatch) (client.BatchReceipt, error) {
	account, ok := s.desk.account(batch.Debtor)
	if !ok {
		return client.BatchReceipt{}, fmt.Errorf("account %s is not of this network", batch.Debtor)
	}
	name := s.sender.keyOf(account)
	chain, err := s.desk.chain(name)
	if err != nil {
		return client.BatchReceipt{}, err
	}
	operator, _ := s.desk.layout.Operator(name)
	batch.Operator = operator.Address
	return chain.PayBatch(ctx, batch)
}

func (d *desk) account(address string) (localnet.Account, bool) {
	for _, account := range d.layout.Accounts {
		if account.Address == address {
			return account, true
		}
	}
	return localnet.Account{}, false
}
