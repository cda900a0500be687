package index_test

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cosmossdk.io/math"

	"github.com/zhilian-network/zhilian/gateway/index"
	gatewaytypes "github.com/zhilian-network/zhilian/gateway/types"
	"github.com/zhilian-network/zhilian/x/settlement/domain"
	settlement "github.com/zhilian-network/zhilian/x/settlement/types"
)

const (
	loadAccounts  = 100_000
	loadFilled    = 300_000 // payments that the file has before anything is measured
	loadPerBlock  = 400
	loadRounds    = 7
	loadBlocks    = 20 // of a round
	loadBatchSize = 1_000
)

// load makes blocks of payments between random accounts, with random UETRs. Every fourth payment goes
// from one bank to another, so that reserves move too.
type load struct {
	random   *rand.Rand
	accounts []string
	reserves []string
	height   int64
	head     settlement.PaymentLog
}

func newLoad() *load {
	l := &load{random: rand.New(rand.NewPCG(5, 6))}
	for i := range loadAccounts {
		l.accounts = append(l.accounts, addressOf(settlement.AccountAddress(fmt.Sprint("party ", i), 0)))
	}
	for i := range 20 {
		l.reserves = append(l.reserves, addressOf(settlement.ReserveAddress(fmt.Sprint("bank ", i))))
	}
	return l
}

func addressOf(raw []byte) string {
	text, err := addresses.BytesToString(raw)
	if err != nil {
		panic(err)
	}
	return text
}

func (l *load) digest() []byte {
	var seed [8]byte
	binary.BigEndian.PutUint64(seed[:], l.random.Uint64())
	digest := sha256.Sum256(seed[:])
	return digest[:]
}

// block has count payments, each in a transaction of its own or batch of them in one. A batch has one
// debtor and one file.
func (l *load) block(count, batch int) index.Block {
	l.height++
	b := block(l.height)
	var leaves [][]byte
	var debtor, txHash string
	var file []byte
	for i := range count {
		if i%batch == 0 {
			debtor, txHash = l.accounts[l.random.IntN(loadAccounts)], fmt.Sprintf("%X", l.digest())
			if batch > 1 {
				file = l.digest()
			}
		}
		p := l.payment(debtor)
		p.TxHash, p.TxIndex, p.EventIndex, p.InstructionDigest = txHash, i/batch, 4+3*(i%batch), file
		p.Height, p.DecidedAt = b.Height, b.Time
		b.Payments = append(b.Payments, p)
		l.move(&b, p)
		leaves = append(leaves, leafOf(p))
	}
	before := l.head
	l.head = domain.AppendToLog(before, leaves)
	b.Logged = &settlement.EventPaymentsLogged{
		FirstIndex: before.Size_, Payments: uint32(count), Root: l.head.Root(), SubtreesBefore: before.Subtrees,
	}
	return b
}

func (l *load) payment(debtor string) index.Payment {
	return index.Payment{PaymentRow: gatewaytypes.PaymentRow{
		Uetr: settlement.PaymentID(l.digest()[:16]).UETR(), Debtor: debtor, Creditor: l.accounts[l.random.IntN(loadAccounts)],
		Currency: "CNY", Amount: math.NewInt(1 + l.random.Int64N(10_000_000)), Status: index.StatusSettled, EndToEndDigest: l.digest(),
	}}
}

func (l *load) move(b *index.Block, p index.Payment) {
	l.entries(b, p, p.Debtor, p.Creditor)
	if l.random.IntN(4) == 0 {
		from := l.random.IntN(len(l.reserves))
		l.entries(b, p, l.reserves[from], l.reserves[(from+1)%len(l.reserves)])
	}
}

func (l *load) entries(b *index.Block, p index.Payment, from, to string) {
	for i, account := range []string{from, to} {
		b.Entries = append(b.Entries, index.AccountEntry{Account: account, Entry: gatewaytypes.Entry{
			Height: b.Height, Sequence: uint32(len(b.Entries)), BookedAt: b.Time, Currency: p.Currency, Amount: p.Amount,
			Credit: i == 1, Kind: index.KindPayment, Uetr: p.Uetr, Counterparty: []string{to, from}[i], EndToEndDigest: p.EndToEndDigest,
		}})
	}
}

func leafOf(p index.Payment) []byte {
	stored, err := (&settlement.Payment{
		Uetr: p.Uetr, Debtor: p.Debtor, Creditor: p.Creditor, Currency: p.Currency, Amount: p.Amount,
		EndToEndDigest: p.EndToEndDigest, InstructionDigest: p.InstructionDigest, Status: settlement.PaymentSettled,
		Height: p.Height, DecidedAt: p.DecidedAt,
	}).Marshal()
	if err != nil {
		panic(err)
	}
	return settlement.LeafHash(stored)
}

// BenchmarkAppendToAFilledIndex says what a payment costs in a file that has many already: the median of
// some rounds, in time and in CPU of the whole process. Run it with -benchtime=1x: a run is one fill.
func BenchmarkAppendToAFilledIndex(b *testing.B) {
	for name, c := range map[string]struct{ count, batch int }{
		"singles": {loadPerBlock, 1},
		"batches": {2 * loadBatchSize, loadBatchSize},
	} {
		b.Run(name, func(b *testing.B) {
			path := filepath.Join(b.TempDir(), "index.sqlite")
			store, err := index.Open(b.Context(), path)
			require.NoError(b, err)
			l := newLoad()
			for filled := 0; filled < loadFilled; filled += 5_000 {
				require.NoError(b, store.Append(b.Context(), l.block(5_000, c.batch), 1))
			}
			var elapsed, busy []float64
			for range loadRounds {
				took, cpu := appendRound(b, store, l, c.count, c.batch)
				elapsed, busy = append(elapsed, took), append(busy, cpu)
			}
			slices.Sort(elapsed)
			slices.Sort(busy)
			b.ReportMetric(elapsed[loadRounds/2], "ns/payment")
			b.ReportMetric(busy[loadRounds/2], "cpu-ns/payment")
			require.NoError(b, store.Close())
			file, err := os.Stat(path)
			require.NoError(b, err)
			b.ReportMetric(float64(file.Size())/float64(l.head.Size_), "bytes/payment")
		})
	}
}

func appendRound(b *testing.B, store *index.Store, l *load, count, batch int) (elapsed, cpu float64) {
	var blocks []index.Block
	for range loadBlocks {
		blocks = append(blocks, l.block(count, batch))
	}
	began, before := time.Now(), cpuTime(b)
	for _, block := range blocks {
		require.NoError(b, store.Append(b.Context(), block, 1))
	}
	payments := float64(count * loadBlocks)
	return float64(time.Since(began)) / payments, float64(cpuTime(b)-before) / payments
}

func cpuTime(b *testing.B) time.Duration {
	var usage syscall.Rusage
	require.NoError(b, syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
