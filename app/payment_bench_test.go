package app_test

import (
	"fmt"
	"syscall"
	"testing"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"
	"github.com/stretchr/testify/require"

	"cosmossdk.io/math"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/zhilian-network/zhilian/crypto/seal"
	"github.com/zhilian-network/zhilian/localnet/network"
	"github.com/zhilian-network/zhilian/testutil/chain"
	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	credittypes "github.com/zhilian-network/zhilian/x/credit/types"
	settlementtypes "github.com/zhilian-network/zhilian/x/settlement/types"
)

const (
	benchPayers      = 200
	benchAccounts    = 20 // of each payer
	benchBlock       = 400
	benchBatch       = 500
	benchBatchBlocks = 8
)

func benchNetwork() *network.File {
	file := network.Default()
	for i := range benchPayers {
		party := benchParty(i)
		file.Parties = append(file.Parties, network.Party{ID: party, Institution: "BQDQ", Kind: network.PartyLegal})
		for j := range benchAccounts {
			file.Accounts = append(file.Accounts, network.Account{
				Party: party, Number: fmt.Sprintf("%06d%03d", i, j),
				Balances: map[string]string{"CNY": "1000000.00"},
			})
		}
	}
	file.Settings.OperatorQuotaPerBlock = 100_000
	return file
}

func benchParty(i int) string { return fmt.Sprintf("bench-%03d", i) }

// BenchmarkPayment is what a payment costs the state machine, from its check to the commit of its
// block, without consensus, network and disk.
func BenchmarkPayment(b *testing.B) {
	b.Run("single inside a bank", func(b *testing.B) {
		benchmark(b, benchBlock, 1, benchSingle)
	})
	b.Run("single inside a bank, both enrolled for behaviour", func(b *testing.B) {
		benchmark(b, benchBlock, 1, benchSingle, enrolPayers)
	})
	b.Run("single inside a bank, with details", func(b *testing.B) {
		details := benchDetails(b)
		benchmark(b, benchBlock, 1, func(c *chain.Chain, n int) (string, sdk.Msg) {
			from, to := n%benchPayers, (n*7+3)%(benchPayers-1)
			return "party-" + benchParty(from), &settlementtypes.MsgPay{
				Operator: chain.Address("party-" + benchParty(from)),
				Debtor:   chain.Account(benchParty(from), 0),
				Creditor: chain.Account(benchParty(to), uint32(1+n%(benchAccounts-1))),
				Currency: "CNY", Amount: math.OneInt(), EndToEndDigest: digest(fmt.Sprint(n)), Details: details,
			}
		})
	})
	b.Run("single between banks", func(b *testing.B) {
		benchmark(b, benchBlock, 1, func(c *chain.Chain, n int) (string, sdk.Msg) {
			from := n % benchPayers
			return "party-" + benchParty(from), &settlementtypes.MsgPay{
				Operator: chain.Address("party-" + benchParty(from)),
				Debtor:   chain.Account(benchParty(from), 0),
				Creditor: chain.Account(supplier, 0),
				Currency: "CNY", Amount: math.OneInt(), EndToEndDigest: digest(fmt.Sprint(n)),
			}
		})
	})
	b.Run("batch of 500 inside a bank", func(b *testing.B) { benchmarkBatch(b, nil) })
	b.Run("batch of 500 inside a bank, all enrolled for behaviour", func(b *testing.B) { benchmarkBatch(b, nil, enrolPayers) })
	b.Run("batch of 500 inside a bank, with details", func(b *testing.B) { benchmarkBatch(b, benchDetails(b)) })
}

// benchSingle is a payment of one of the payers to another.
func benchSingle(_ *chain.Chain, n int) (string, sdk.Msg) {
	from, to := n%benchPayers, (n*7+3)%(benchPayers-1)
	return "party-" + benchParty(from), &settlementtypes.MsgPay{
		Operator: chain.Address("party-" + benchParty(from)),
		Debtor:   chain.Account(benchParty(from), 0),
		Creditor: chain.Account(benchParty(to), uint32(1+n%(benchAccounts-1))),
		Currency: "CNY", Amount: math.OneInt(), EndToEndDigest: digest(fmt.Sprint(n)),
	}
}

// enrolPayers has the chain keep the behaviour of all payers, who are the payees too.
func enrolPayers(c *chain.Chain) {
	for i := range benchPayers {
		party := benchParty(i)
		c.MustSend("party-"+party, &credittypes.MsgEnrolBehaviour{
			Operator: chain.Address("party-" + party), Subject: accesstypes.Member{InstitutionId: "BQDQ", PartyId: party},
			Currencies: []string{"CNY"}, EndsAt: chain.Start.AddDate(1, 0, 0),
		})
	}
}

func benchmarkBatch(b *testing.B, details *seal.Envelope, setups ...func(*chain.Chain)) {
	benchmark(b, benchBatchBlocks, benchBatch, func(c *chain.Chain, n int) (string, sdk.Msg) {
		from := n % benchPayers
		msg := &settlementtypes.MsgPayBatch{
			Operator: chain.Address("party-" + benchParty(from)),
			Debtor:   chain.Account(benchParty(from), 0),
			Currency: "CNY", Mode: settlementtypes.BestEffort,
		}
		for i := range benchBatch {
			msg.Transfers = append(msg.Transfers, settlementtypes.Transfer{
				Creditor: chain.Account(benchParty((n+i)%benchPayers), uint32(1+i%(benchAccounts-1))),
				Amount:   math.OneInt(), EndToEndDigest: digest(fmt.Sprint(n, "/", i)), Details: details,
			})
		}
		return "party-" + benchParty(from), msg
	}, setups...)
}

// benchDetails are details of usual length for the payee and its bank, as a client would seal them.
func benchDetails(b *testing.B) *seal.Envelope {
	var readers []seal.PublicKey
	for range 2 {
		key, err := seal.GenerateKey(seal.MLKEM768X25519)
		require.NoError(b, err)
		readers = append(readers, key.Public())
	}
	details, err := seal.Seal(make([]byte, 384), []byte("binding"), seal.AES256GCM, readers)
	require.NoError(b, err)
	return &details
}

// benchmark runs b.N transactions in blocks and reports the time per transfer.
func benchmark(b *testing.B, perBlock, transfers int, message func(*chain.Chain, int) (string, sdk.Msg), setups ...func(*chain.Chain)) {
	c := chain.New(b, benchNetwork())
	for _, setup := range setups {
		setup(c)
	}
	txs := make([][]byte, b.N)
	for n := range txs {
		key, msg := message(c, n)
		txs[n] = c.Sign(key, msg)
	}
	b.ReportAllocs()
	b.ResetTimer()
	before := cpuTime(b)
	for len(txs) > 0 {
		block := txs[:min(perBlock, len(txs))]
		txs = txs[len(block):]
		for _, tx := range block {
			checked, err := c.App.CheckTx(&abci.RequestCheckTx{Tx: tx})
			require.NoError(b, err)
			require.Zero(b, checked.Code, checked.Log)
		}
		for _, result := range c.Block(block...).TxResults {
			require.Zero(b, result.Code, result.Log)
		}
	}
	b.ReportMetric(float64((cpuTime(b)-before).Microseconds())/float64(b.N*transfers), "cpu-µs/transfer")
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*transfers), "µs/transfer")
}

// cpuTime is what the process has used, which says more than the clock where others use the machine too.
func cpuTime(b *testing.B) time.Duration {
	b.Helper()
	var usage syscall.Rusage
	require.NoError(b, syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
