package target

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"

	"google.golang.org/grpc"

	"github.com/cosmos/cosmos-sdk/crypto/keys/secp256k1"

	"github.com/zhilian-network/zhilian/bench/load"
	"github.com/zhilian-network/zhilian/bench/node"
)

// Kind is a kind of payment that is measured.
type Kind string

// The kinds.
const (
	// PayInside is one MsgPay between customers of one bank.
	PayInside Kind = "pay_inside"
	// PayBetween is one MsgPay between customers of two banks.
	PayBetween Kind = "pay_between"
	// Batch is a MsgPayBatch of 500 transfers between customers of one bank.
	Batch Kind = "batch_500"
	// PayInsideDetails is PayInside with sealed details: names, addresses, remittance text.
	PayInsideDetails Kind = "pay_inside_details"
	// PayInsideFirst is PayInsideDetails whose every payment tells the keys of its readers.
	PayInsideFirst Kind = "pay_inside_details_first"
	// BatchDetails is Batch with sealed details of each transfer.
	BatchDetails Kind = "batch_500_details"
	// PlainTuned is one MsgSend of the plain chain with our nodes' configuration.
	PlainTuned Kind = "plain_tuned"
	// Plain is one MsgSend of the plain chain with the configuration that the SDK writes by default.
	Plain Kind = "plain"
)

// Kinds are those of a run that names none, in the order in which they are measured: what is compared most is close together,
// and what a run that is out of time leaves out is last.
func Kinds() []Kind { return []Kind{PayInside, PlainTuned, Batch, PayBetween, Plain} }

// MoreKinds are measured on demand only: the full run has no time for them.
func MoreKinds() []Kind { return []Kind{PayInsideDetails, PayInsideFirst, BatchDetails} }

// Shown are all kinds in the order of the table.
func Shown() []Kind {
	return []Kind{PayInside, PayInsideDetails, PayInsideFirst, PayBetween, Batch, BatchDetails, PlainTuned, Plain}
}

// batchTransfers is the number of payments of one batch.
const batchTransfers = 500

// Label says in words what a kind is.
func (k Kind) Label() string {
	switch k {
	case PayInside:
		return "single payment inside a bank"
	case PayBetween:
		return "single payment between banks"
	case Batch:
		return "batch of 500 inside a bank"
	case PayInsideDetails:
		return "single payment inside a bank, sealed details"
	case PayInsideFirst:
		return "single payment inside a bank, sealed details, keys told"
	case BatchDetails:
		return "batch of 500 inside a bank, sealed details"
	case PlainTuned:
		return "plain chain, our settings"
	case Plain:
		return "plain chain, default settings"
	}
	return string(k)
}

// Payments is how many payments one transaction of the kind holds.
func (k Kind) Payments() int {
	if k.IsBatch() {
		return batchTransfers
	}
	return 1
}

// IsBatch tells the kinds whose transactions hold many payments.
func (k Kind) IsBatch() bool { return k == Batch || k == BatchDetails }

// HasDetails tells the kinds whose payments carry sealed details.
func (k Kind) HasDetails() bool {
	return k == PayInsideDetails || k == PayInsideFirst || k == BatchDetails
}

// OnPlainChain tells the kinds of the chain that we compare with.
func (k Kind) OnPlainChain() bool { return k == Plain || k == PlainTuned }

// Options say what to prepare.
type Options struct {
	Kind       Kind
	Dir        string // empty or not there yet
	Validators int
	// Accounts is how many accounts hold money; Payers of them pay. Payers divides Accounts.
	Accounts, Payers int
	// ZhilianCommand and PlainCommand start a node if "start --home DIR" is added.
	ZhilianCommand, PlainCommand []string
	// PlainFee is the fee of a transaction of the plain chain, in its smallest unit.
	PlainFee int64
	// Seed fixes keys, creditors and amounts.
	Seed uint64
}

const (
	// openingBalance is what each account begins with. Nothing that a run sends comes near it.
	openingBalance = 1_000_000_000_000
	// amountMax is the largest amount of one payment.
	amountMax = 9
	// gasLimit is the SDK's default for a transaction.
	gasLimit = 200_000
)

// Network is a prepared network: its nodes' homes, and how to pay in it.
type Network struct {
	Homes    []node.Home
	Accounts int
	Payers   int
	// Opening is what each account begins with.
	Opening int64
	Chain
}

// Chain is what a kind of network knows about its transactions.
type Chain interface {
	load.Maker
	// Settled says of each move of a committed transaction whether it took place. data is what the
	// chain answered.
	Settled(data []byte, moves int) ([]bool, error)
	// Conserved asks a node whether money was created or lost. An error says what is wrong.
	Conserved(ctx context.Context, node *grpc.ClientConn) error
	// Balance asks a node what an account holds.
	Balance(ctx context.Context, node *grpc.ClientConn, account uint32) (int64, error)
}

// Prepare makes the homes of a network.
func Prepare(options Options) (*Network, error) {
	switch {
	case options.Payers < 2 || options.Accounts%options.Payers != 0:
		return nil, fmt.Errorf("%d accounts cannot be shared out evenly to %d payers", options.Accounts, options.Payers)
	case options.Kind.OnPlainChain():
		return preparePlain(options)
	}
	return prepareZhilian(options)
}

// key derives the key of a payer. It guards nothing: its network lives for a minute, on this machine.
func key(seed uint64, payer int) *secp256k1.PrivKey {
	secret := fmt.Sprintf("benchmark %d payer %d", seed, payer)
	return secp256k1.GenPrivKeyFromSecret([]byte(secret))
}

// draw gives the random numbers of one transaction, the same whoever asks.
func draw(seed uint64, payer int, sequence uint64) *rand.Rand {
	return rand.New(rand.NewPCG(seed, uint64(payer)<<40|sequence)) //nolint:gosec // nothing is secret here
}

// digest is an end-to-end id's digest that no other payment has.
func digest(seed uint64, payer int, sequence uint64, line int) []byte {
	var text []byte
	for _, part := range []uint64{seed, uint64(payer), sequence, uint64(line)} {
		text = binary.BigEndian.AppendUint64(text, part)
	}
	sum := sha256.Sum256(text)
	return sum[:]
}

var errNoResponse = errors.New("the chain's answer to a transaction holds no response of its message")
