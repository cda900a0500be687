package target

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"

	"google.golang.org/grpc"

	"cosmossdk.io/math"

	cmtcfg "github.com/cometbft/cometbft/config"

	addresscodec "github.com/cosmos/cosmos-sdk/codec/address"
	sdk "github.com/cosmos/cosmos-sdk/types"
	banktypes "github.com/cosmos/cosmos-sdk/x/bank/types"

	"github.com/zhilian-network/zhilian/bench/load"
	"github.com/zhilian-network/zhilian/bench/node"
	"github.com/zhilian-network/zhilian/localnet"
	"github.com/zhilian-network/zhilian/localnet/network"
	settlementtypes "github.com/zhilian-network/zhilian/x/settlement/types"
)

const (
	zhilianPrefix = "zhilian"
	currency      = "CNY"
	// quota lets no operator be held back: what is measured is the chain.
	quota = 1_000_000
)

var zhilianAddresses = addresscodec.NewBech32Codec(zhilianPrefix)

// zhilian pays on our chain. Payer i is the operator of party i, a customer of bank i modulo the
// number of banks, and owns a block of consecutive accounts; it pays from the first of them.
type zhilian struct {
	kind      Kind
	seed      uint64
	banks     []string
	payers    int
	perParty  int
	terms     load.Terms
	keys      []load.Key
	operators []string
	readers   *readers
}

func prepareZhilian(options Options) (*Network, error) {
	file := network.Default()
	file.Parties, file.Accounts = nil, nil
	file.Settings.OperatorQuotaPerBlock = quota
	layout, err := localnet.Prepare(*file, options.Dir, options.Validators)
	if err != nil {
		return nil, err
	}
	z := &zhilian{
		kind: options.Kind, seed: options.Seed, payers: options.Payers,
		perParty: options.Accounts / options.Payers,
		terms:    load.Terms{ChainID: layout.ChainID, GasLimit: gasLimit},
		readers:  &readers{seed: options.Seed},
	}
	for _, institution := range file.Institutions {
		if institution.Kind == network.KindBank {
			z.banks = append(z.banks, institution.ID)
		}
	}
	if options.Payers < 2*len(z.banks) {
		return nil, fmt.Errorf("%d payers are too few for %d banks", options.Payers, len(z.banks))
	}
	if err := z.addGenesis(layout); err != nil {
		return nil, fmt.Errorf("genesis: %w", err)
	}
	homes, err := homesOf(layout, options.ZhilianCommand)
	if err != nil {
		return nil, err
	}
	return &Network{Homes: homes, Accounts: options.Accounts, Payers: options.Payers, Opening: openingBalance, Chain: z}, nil
}

// homesOf turns a prepared layout into homes, and opens the profiler of each node.
func homesOf(layout *localnet.Layout, command []string) ([]node.Home, error) {
	taken := map[int]bool{}
	for _, n := range layout.Nodes {
		for _, port := range []int{n.Ports.P2P, n.Ports.RPC, n.Ports.GRPC, n.Ports.API} {
			taken[port] = true
		}
	}
	var homes []node.Home
	for _, n := range layout.Nodes {
		port, err := node.FreePort(taken)
		if err != nil {
			return nil, err
		}
		dir := layout.NodeHome(n)
		if err := node.EditCometConfig(dir, func(config *cmtcfg.Config) {
			config.RPC.PprofListenAddress = node.Address(port)
		}); err != nil {
			return nil, err
		}
		homes = append(homes, node.Home{
			Name: n.Name, Dir: dir, RPC: n.Ports.RPC, GRPC: n.Ports.GRPC, Profile: port,
			Command: append(append([]string{}, command...), "start", "--home", dir),
			// The SDK takes the name of its variables from that of the binary.
			Env: []string{strings.ToUpper(filepath.Base(command[0])) + "_LOG_NO_COLOR=true"},
		})
	}
	return homes, nil
}

func partyID(payer int) string { return fmt.Sprintf("payer-%06d", payer) }

func (z *zhilian) bank(payer int) int { return payer % len(z.banks) }

// account is the place in the list of accounts of a party's account.
func (z *zhilian) account(payer, ordinal int) uint32 { return uint32(payer*z.perParty + ordinal) }

func (z *zhilian) address(account uint32) (string, error) {
	return zhilianAddresses.BytesToString(z.rawAddress(account))
}

func (z *zhilian) rawAddress(account uint32) []byte {
	payer, ordinal := int(account)/z.perParty, int(account)%z.perParty
	return settlementtypes.AccountAddress(partyID(payer), uint32(ordinal))
}

// creditor draws an account: at the payer's bank, or at another for a payment between banks. It is
// never the one that pays.
func (z *zhilian) creditor(random *rand.Rand, payer int) uint32 {
	bank := z.bank(payer)
	if z.kind == PayBetween {
		bank = (bank + 1 + random.IntN(len(z.banks)-1)) % len(z.banks)
	}
	customers := (z.payers - bank + len(z.banks) - 1) / len(z.banks)
	for {
		account := z.account(bank+len(z.banks)*random.IntN(customers), random.IntN(z.perParty))
		if account != z.account(payer, 0) {
			return account
		}
	}
}

// Make signs a MsgPay or a MsgPayBatch. Sealing draws its own randomness: equal arguments give equal payments, and
// other bytes of sealed details.
func (z *zhilian) Make(payer int, sequence uint64) (*load.Tx, error) {
	random := draw(z.seed, payer, sequence)
	debtor := z.account(payer, 0)
	moves := make([]load.Move, z.kind.Payments())
	for i := range moves {
		moves[i] = load.Move{From: debtor, To: z.creditor(random, payer), Amount: 1 + random.Int64N(amountMax)}
	}
	message, err := z.message(payer, sequence, moves)
	if err != nil {
		return nil, err
	}
	raw, err := load.Sign(z.terms, z.keys[payer], sequence, message)
	return &load.Tx{Raw: raw, Moves: moves, Payer: debtor}, err
}

func (z *zhilian) message(payer int, sequence uint64, moves []load.Move) (sdk.Msg, error) {
	debtor, err := z.address(moves[0].From)
	if err != nil {
		return nil, err
	}
	transfers := make([]settlementtypes.Transfer, len(moves))
	for i, move := range moves {
		creditor, err := z.address(move.To)
		if err != nil {
			return nil, err
		}
		transfers[i] = settlementtypes.Transfer{
			Creditor:       creditor,
			Amount:         math.NewInt(move.Amount),
			EndToEndDigest: digest(z.seed, payer, sequence, i),
		}
	}
	if z.kind.IsBatch() {
		batch := &settlementtypes.MsgPayBatch{
			Operator: z.operators[payer], Debtor: debtor, Currency: currency,
			Transfers: transfers, Mode: settlementtypes.BestEffort,
		}
		if z.kind.HasDetails() {
			err = z.sealBatch(batch, moves, payer)
		}
		return batch, err
	}
	pay := &settlementtypes.MsgPay{
		Operator: z.operators[payer], Debtor: debtor, Currency: currency,
		Creditor: transfers[0].Creditor, Amount: transfers[0].Amount, EndToEndDigest: transfers[0].EndToEndDigest,
	}
	if z.kind.HasDetails() {
		err = z.sealOne(pay, moves[0], payer)
	}
	return pay, err
}

// Settled reads the results of the transfers: in a batch each has its own. A replayed result is none:
// nothing moved.
func (z *zhilian) Settled(data []byte, moves int) ([]bool, error) {
	var answer sdk.TxMsgData
	if err := answer.Unmarshal(data); err != nil {
		return nil, err
	}
	if len(answer.MsgResponses) != 1 {
		return nil, errNoResponse
	}
	value := answer.MsgResponses[0].Value
	var results []settlementtypes.TransferResult
	if z.kind.IsBatch() {
		var response settlementtypes.MsgPayBatchResponse
		if err := response.Unmarshal(value); err != nil {
			return nil, err
		}
		results = response.Results
	} else {
		var response settlementtypes.MsgPayResponse
		if err := response.Unmarshal(value); err != nil {
			return nil, err
		}
		results = []settlementtypes.TransferResult{response.Result}
	}
	if len(results) != moves {
		return nil, fmt.Errorf("the chain gives %d results for %d transfers", len(results), moves)
	}
	settled := make([]bool, moves)
	for i, result := range results {
		settled[i] = result.Status == settlementtypes.PaymentSettled && !result.Replayed
	}
	return settled, nil
}

// Conserved asks settlement for its invariants: every balance is read.
func (z *zhilian) Conserved(ctx context.Context, conn *grpc.ClientConn) error {
	answer, err := settlementtypes.NewQueryClient(conn).Invariants(ctx, &settlementtypes.QueryInvariantsRequest{})
	if err != nil {
		return fmt.Errorf("ask for the invariants: %w", err)
	}
	if !answer.MoneyConserved || len(answer.Violations) > 0 {
		return fmt.Errorf("the books are wrong: %s", strings.Join(answer.Violations, "; "))
	}
	return nil
}

// Balance asks the ledger.
func (z *zhilian) Balance(ctx context.Context, conn *grpc.ClientConn, account uint32) (int64, error) {
	address, err := z.address(account)
	if err != nil {
		return 0, err
	}
	bank := z.banks[z.bank(int(account)/z.perParty)]
	return balance(ctx, conn, address, settlementtypes.DepositDenom(bank, currency))
}

// balance asks by the bank's query, which both chains answer.
func balance(ctx context.Context, conn *grpc.ClientConn, address, denom string) (int64, error) {
	answer, err := banktypes.NewQueryClient(conn).Balance(ctx, &banktypes.QueryBalanceRequest{Address: address, Denom: denom})
	if err != nil {
		return 0, fmt.Errorf("ask for the balance of %s: %w", address, err)
	}
	return answer.Balance.Amount.Int64(), nil
}
