package faults

import (
	"context"
	cryptorand "crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	rpchttp "github.com/cometbft/cometbft/rpc/client/http"
	"github.com/stretchr/testify/require"

	"cosmossdk.io/math"

	sdkclient "github.com/cosmos/cosmos-sdk/client"
	"github.com/cosmos/cosmos-sdk/crypto/keyring"
	sdk "github.com/cosmos/cosmos-sdk/types"
	authtypes "github.com/cosmos/cosmos-sdk/x/auth/types"

	"github.com/zhilian-network/zhilian/gateway/client"
	"github.com/zhilian-network/zhilian/localnet"
	"github.com/zhilian-network/zhilian/tests/faults/observer"
	settlement "github.com/zhilian-network/zhilian/x/settlement/types"
)

const (
	currency = "CNY"
	// patience is how long a customer waits for one node before it sends the same to another.
	patience = 8 * time.Second
	// customerPause is a customer's rest between two batches: a steady, small load.
	customerPause = 400 * time.Millisecond
	// mostOfABatch is how many transfers a customer's batch has at most.
	mostOfABatch = 4
	// heavyBatch is how many transfers a bank's batch has when commits are to be heavy.
	heavyBatch = 250
)

// operator signs for itself, and sends through any node.
type operator struct {
	n       *faultyNetwork
	key     string // name in the keyring
	debtor  localnet.Account
	keys    keyring.Keyring
	address sdk.AccAddress
	random  *rand.Rand
	chains  map[string]*client.Chain // by the node's RPC address
}

func (n *faultyNetwork) operator(key string, debtor localnet.Account, random *rand.Rand) *operator {
	n.t.Helper()
	operator, err := newOperator(n, key, debtor, random)
	require.NoError(n.t, err)
	return operator
}

func newOperator(n *faultyNetwork, key string, debtor localnet.Account, random *rand.Rand) (*operator, error) {
	keys, err := keyring.New(sdk.KeyringServiceName(), keyring.BackendTest, filepath.Join(n.home, "keys"), nil, n.encoding.Codec)
	if err != nil {
		return nil, err
	}
	record, err := keys.Key(key)
	if err != nil {
		return nil, err
	}
	address, err := record.GetAddress()
	if err != nil {
		return nil, err
	}
	return &operator{n: n, key: key, debtor: debtor, keys: keys, address: address, random: random, chains: map[string]*client.Chain{}}, nil
}

// account finds the first account of a party.
func (n *faultyNetwork) account(party string) localnet.Account {
	n.t.Helper()
	accounts := n.layout.AccountsOf(party)
	require.NotEmpty(n.t, accounts, party)
	return accounts[0]
}

// chain is a node as this operator's gateway sees it. The gateway remembers the sequence it used last:
// after a batch went through another node that is stale, as it is with real customers.
func (o *operator) chain(rpcAddress string) (*client.Chain, error) {
	if known := o.chains[rpcAddress]; known != nil {
		return known, nil
	}
	rpc, err := rpchttp.New(rpcAddress, "/websocket") // as the commands do
	if err != nil {
		return nil, err
	}
	opened, err := client.NewOperator(sdkclient.Context{}.
		WithCodec(o.n.encoding.Codec).
		WithInterfaceRegistry(o.n.encoding.Registry).
		WithTxConfig(o.n.encoding.TxConfig).
		WithAccountRetriever(authtypes.AccountRetriever{}).
		WithChainID(o.n.layout.ChainID).
		WithNodeURI(rpcAddress).
		WithClient(rpc).
		WithKeyring(o.keys).
		WithFromName(o.key).
		WithFromAddress(o.address))
	if err != nil {
		return nil, err
	}
	o.chains[rpcAddress] = opened
	return opened, nil
}

// batch makes a batch of new payments and notes them in the book. Some state a UETR and some do not; a few
// must be rejected.
func (o *operator) batch(transfers int) *settlement.MsgPayBatch {
	signer, err := o.n.encoding.Addresses.BytesToString(o.address)
	if err != nil {
		panic(err) // only an address of no bytes cannot be written
	}
	batch := &settlement.MsgPayBatch{
		Operator: signer, Debtor: o.debtor.Address, Currency: currency, Mode: settlement.BestEffort,
	}
	for range transfers {
		batch.Transfers = append(batch.Transfers, o.transfer())
	}
	for _, payment := range o.payments(batch) {
		o.n.book.Ask(payment)
	}
	return batch
}

func (o *operator) transfer() settlement.Transfer {
	const mostMinor, tooMuchMinor = 500, 1_000_000_000_000
	digest := make([]byte, 32)
	_, _ = cryptorand.Read(digest) // it never fails
	transfer := settlement.Transfer{
		Creditor: o.creditor(), Amount: math.NewInt(1 + o.random.Int64N(mostMinor)), EndToEndDigest: digest,
	}
	if o.random.IntN(2) == 0 {
		transfer.Uetr = randomUETR()
	}
	switch o.random.IntN(20) {
	case 0:
		transfer.Amount = math.NewInt(tooMuchMinor)
	case 1:
		transfer.Creditor, _ = o.n.encoding.Addresses.BytesToString(digest[:20]) // nobody's account
	}
	return transfer
}

func (o *operator) creditor() string {
	for {
		account := o.n.layout.Accounts[o.random.IntN(len(o.n.layout.Accounts))]
		if account.Address != o.debtor.Address {
			return account.Address
		}
	}
}

func randomUETR() string {
	id := make([]byte, 16)
	_, _ = cryptorand.Read(id)
	id[0] = 0xab // the chain keeps the beginning 7a6c7a6c for UETRs that it derives
	id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:])
}

// payments are a batch in the words of the book.
func (o *operator) payments(batch *settlement.MsgPayBatch) []observer.Payment {
	debtor, err := o.n.encoding.Addresses.StringToBytes(batch.Debtor)
	if err != nil {
		panic(err)
	}
	payments := make([]observer.Payment, len(batch.Transfers))
	for i, transfer := range batch.Transfers {
		uetr := transfer.Uetr
		if uetr == "" {
			uetr = settlement.DeriveUETR(debtor, transfer.EndToEndDigest)
		}
		payments[i] = observer.Payment{
			UETR: uetr, EndToEnd: hex.EncodeToString(transfer.EndToEndDigest),
			Debtor: batch.Debtor, Creditor: transfer.Creditor, Currency: batch.Currency, Amount: transfer.Amount.Int64(),
		}
	}
	return payments
}

// pay sends a batch to one node and notes in the book what was answered. It says whether the batch is
// decided.
func (o *operator) pay(ctx context.Context, node localnet.Node, batch *settlement.MsgPayBatch) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	chain, err := o.chain(node.RPC())
	if err != nil {
		return false, err
	}
	receipt, err := chain.PayBatch(ctx, batch)
	var refused *client.Refused
	for i, payment := range o.payments(batch) {
		answer := observer.Answer{Node: node.Name, Kind: observer.Unknown}
		switch {
		case err == nil:
			result := receipt.Results[i]
			answer.Kind, answer.Height, answer.Replayed = observer.Decided, result.Height, result.Replayed
			answer.Status = statuses[result.Status]
		case errors.As(err, &refused):
			answer.Kind, answer.Words = observer.Refused, err.Error()
		default:
			answer.Words = err.Error()
		}
		o.n.book.Hear(payment.UETR, answer)
	}
	if refused != nil {
		return true, fmt.Errorf("%s refused a batch of %s that is in order: %w", node.Name, o.key, err)
	}
	return err == nil, nil
}

var statuses = map[settlement.PaymentStatus]observer.Status{
	settlement.PaymentSettled: observer.Settled, settlement.PaymentRejected: observer.Rejected,
}

// deliver sends the same batch through one node after the other until it is answered.
func (o *operator) deliver(ctx context.Context, batch *settlement.MsgPayBatch) error {
	for turn := o.random.IntN(validators); ; turn++ {
		decided, err := o.pay(ctx, o.n.place(turn%validators), batch)
		if decided || err != nil {
			return err
		}
		if ctx.Err() != nil {
			return fmt.Errorf("a batch of %s was not answered by any node: %w", o.key, ctx.Err())
		}
		rest(ctx, poll)
	}
}

// load is customers that pay all the time.
type load struct {
	n      *faultyNetwork
	stop   context.CancelFunc // no new batches
	all    sync.WaitGroup
	heavy  atomic.Bool // whether the bank sends its large batches too
	mu     sync.Mutex
	faults []error
}

// customers that pay in the background. The others' keys are left to the scenarios.
var customers = []string{"huanghai-appliances", "laoshan-compressors", "jimo-mouldings", "shibei-logistics"}

// bank is the key whose batches make commits heavy, and the party whose account it debits.
const (
	bank         = "bank-BQDQ"
	bankCustomer = "huanghai-appliances"
)

func (n *faultyNetwork) load(seed uint64) *load {
	n.t.Helper()
	going, stop := context.WithCancel(context.Background())
	l := &load{n: n, stop: stop}
	for i, party := range customers {
		o := n.operator("party-"+party, n.account(party), rand.New(rand.NewPCG(seed, uint64(i))))
		l.all.Go(func() {
			l.work(going, o, func() int { return 1 + o.random.IntN(mostOfABatch) })
		})
	}
	large := n.operator(bank, n.account(bankCustomer), rand.New(rand.NewPCG(seed, uint64(len(customers)))))
	l.all.Go(func() {
		l.work(going, large, func() int {
			if l.heavy.Load() {
				return heavyBatch
			}
			return 0
		})
	})
	n.t.Cleanup(stop)
	return l
}

// work pays until going ends, and then goes on until the last batch is answered.
func (l *load) work(going context.Context, o *operator, size func() int) {
	for going.Err() == nil {
		if transfers := size(); transfers > 0 {
			if err := l.finish(going, o, o.batch(transfers)); err != nil {
				l.mu.Lock()
				l.faults = append(l.faults, err)
				l.mu.Unlock()
				return
			}
		}
		rest(going, customerPause)
	}
}

// finish delivers a batch; once the customers are told to stop it has answerBound to do so.
func (l *load) finish(going context.Context, o *operator, batch *settlement.MsgPayBatch) error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	release := context.AfterFunc(going, func() { time.AfterFunc(answerBound, cancel) })
	defer release()
	return o.deliver(ctx, batch)
}

// end stops the customers once everything is answered.
func (l *load) end() {
	l.n.t.Helper()
	l.stop()
	l.all.Wait()
	require.Empty(l.n.t, l.faults)
}

// setting reads a number from the environment.
func setting(t *testing.T, name string, otherwise uint64) uint64 {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	value, err := strconv.ParseUint(text, 10, 64)
	require.NoError(t, err, name)
	return value
}
