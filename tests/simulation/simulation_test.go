package simulation

import (
	"crypto/sha256"
	"fmt"
	"math/rand"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cosmossdk.io/math"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/zhilian-network/zhilian/localnet/network"
	"github.com/zhilian-network/zhilian/testutil/chain"
	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	credittypes "github.com/zhilian-network/zhilian/x/credit/types"
	financingtypes "github.com/zhilian-network/zhilian/x/financing/types"
	settlementtypes "github.com/zhilian-network/zhilian/x/settlement/types"
)

const (
	blocksVariable = "ZHILIAN_SIMULATION_BLOCKS"
	seedVariable   = "ZHILIAN_SIMULATION_SEED"
	shortRun       = 260
	// usualSeed is one by which every kind of message succeeds within the short run.
	usualSeed      = 10
	txsPerBlockMax = 8
	transfersMax   = 40
	exportEvery    = 25
)

func number(t *testing.T, variable string, fallback int64) int64 {
	text := os.Getenv(variable)
	if text == "" {
		return fallback
	}
	n, err := strconv.ParseInt(text, 10, 64)
	require.NoError(t, err, variable)
	return n
}

// world is a network with two currencies, one of which has no decimals, and short retention, so
// that payments leave state while others come.
func world() *network.File {
	file := network.Default()
	for _, provider := range providers {
		file.Institutions = append(file.Institutions, network.Institution{ID: provider, Name: provider, Kind: network.KindDataProvider, Country: "CN"})
	}
	for i := range file.Parties {
		file.Parties[i].KYCLevel = max(2, file.Parties[i].KYCLevel)
	}
	file.Currencies = []string{"CNY", "JPY"}
	file.Settings.RetentionPeriod = network.Duration(20 * chain.BlockInterval)
	file.Settings.RetirementsPerBlockMax = 7
	file.Settings.BusinessDay = network.Duration(chain.BlockInterval)
	for i := range file.Institutions {
		institution := &file.Institutions[i]
		if institution.Kind == network.KindBank {
			institution.Currencies = file.Currencies
			institution.Reserves["JPY"] = "20000000"
		}
	}
	for i := range file.Accounts {
		account := &file.Accounts[i]
		account.Currencies = file.Currencies
		if i%2 == 0 {
			account.Balances = map[string]string{"CNY": "90000.00", "JPY": "1000000"}
		}
	}
	return file
}

// driver makes random messages, most of them sensible.
type driver struct {
	*rand.Rand
	file *network.File
	seen [][2]string // debtor party and end-to-end id of earlier payments
	paid []paid      // single payments, settled or not
	held []paid      // holds, placed or not
	now  time.Time
	// chain is read for what there is to do; owners are the parties of settlement accounts.
	chain  *chain.Chain
	owners map[string]network.Party
	// out is how to bring those back who were put out of business.
	out []func() (string, sdk.Msg)
}

// paid is what it takes to return a payment, or to capture a hold.
type paid struct {
	uetr     string
	creditor network.Party
}

func (d *driver) party() network.Party { return d.file.Parties[d.Intn(len(d.file.Parties))] }

func (d *driver) currency() string { return d.file.Currencies[d.Intn(len(d.file.Currencies))] }

func (d *driver) amount() math.Int {
	const usual, odd, huge = 50_000, 97, 98
	switch n := d.Intn(100); {
	case n < odd:
		return math.NewInt(1 + d.Int63n(usual))
	case n < huge:
		return math.NewInt(d.Int63n(1 << 40))
	default:
		return math.NewInt(d.Int63() - 1<<62)
	}
}

func digest(text string) []byte {
	sum := sha256.Sum256([]byte(text))
	return sum[:]
}

// reference is mostly new and sometimes one that was used before.
func (d *driver) reference(party string) []byte {
	const repeats = 10
	if len(d.seen) > 0 && d.Intn(repeats) == 0 {
		old := d.seen[d.Intn(len(d.seen))]
		return digest(old[1])
	}
	id := fmt.Sprintf("%s-%d", party, d.Int63())
	d.seen = append(d.seen, [2]string{party, id})
	return digest(id)
}

func (d *driver) creditor() string {
	const strangers = 50
	if d.Intn(strangers) == 0 {
		return chain.Account("nobody", 0)
	}
	return chain.Account(d.party().ID, 0)
}

func (d *driver) uetr() string {
	const own = 4
	if d.Intn(own) != 0 {
		return ""
	}
	return fmt.Sprintf("%08x-%04x-4%03x-8%03x-%012x", d.Uint32(), d.Intn(1<<16), d.Intn(1<<12), d.Intn(1<<12), d.Int63n(1<<48))
}

func (d *driver) pay() (string, sdk.Msg) {
	party := d.party()
	key := "party-" + party.ID
	msg := &settlementtypes.MsgPay{
		Operator: chain.Address(key), Debtor: chain.Account(party.ID, 0), Creditor: d.creditor(),
		Currency: d.currency(), Amount: d.amount(), Uetr: d.uetr(), EndToEndDigest: d.reference(party.ID),
	}
	if msg.Uetr == "" {
		d.paid = d.note(d.paid, settlementtypes.DeriveUETR(settlementtypes.AccountAddress(party.ID, 0), msg.EndToEndDigest), msg.Creditor)
	}
	return key, msg
}

func (d *driver) note(list []paid, uetr, creditor string) []paid {
	for _, party := range d.file.Parties {
		if chain.Account(party.ID, 0) == creditor {
			list = append(list, paid{uetr, party})
		}
	}
	return list
}

// hold places a hold for some blocks, captures one in part, or gives one up.
func (d *driver) hold() (string, sdk.Msg) {
	kind := d.Intn(10)
	if kind < 5 || len(d.held) == 0 {
		party := d.party()
		key := "party-" + party.ID
		msg := &settlementtypes.MsgPlaceHold{
			Operator: chain.Address(key), Debtor: chain.Account(party.ID, 0), Creditor: d.creditor(), Currency: d.currency(),
			Amount: d.amount(), EndToEndDigest: d.reference(party.ID), ExpiresAt: d.now.Add(time.Duration(4+d.Intn(25)) * chain.BlockInterval),
		}
		uetr := settlementtypes.DeriveHoldID(settlementtypes.AccountAddress(party.ID, 0), msg.EndToEndDigest).UETR()
		d.held = d.note(d.held, uetr, msg.Creditor)
		return key, msg
	}
	const recent = 8
	hold := d.held[max(0, len(d.held)-1-d.Intn(recent))]
	key := "party-" + hold.creditor.ID
	if kind < 8 {
		return key, &settlementtypes.MsgCaptureHold{
			Operator: chain.Address(key), Uetr: hold.uetr, Amount: math.NewInt(1 + d.Int63n(5_000)), EndToEndDigest: digest(fmt.Sprint(d.Intn(1000))),
		}
	}
	return key, &settlementtypes.MsgReleaseHold{Operator: chain.Address(key), Uetr: hold.uetr}
}

// giveBack returns a part of an earlier payment, now and then more than it paid, and sometimes a return.
func (d *driver) giveBack() (string, sdk.Msg) {
	if len(d.paid) == 0 {
		return d.pay()
	}
	original := d.paid[d.Intn(len(d.paid))]
	key := "party-" + original.creditor.ID
	return key, &settlementtypes.MsgReturnPayment{
		Operator: chain.Address(key), OriginalUetr: original.uetr, Amount: d.amount(), Reason: "MD06",
		EndToEndDigest: d.reference(original.creditor.ID),
	}
}

func (d *driver) batch() (string, sdk.Msg) {
	party := d.party()
	key := "bank-" + party.Institution
	batch := &settlementtypes.MsgPayBatch{
		Operator: chain.Address(key), Debtor: chain.Account(party.ID, 0), Currency: d.currency(), Mode: settlementtypes.BestEffort,
	}
	if d.Intn(3) == 0 {
		batch.Mode = settlementtypes.AllOrNothing
	}
	if d.Intn(2) == 0 {
		batch.InstructionDigest = digest(fmt.Sprint("file", d.Intn(30)))
		batch.ContentDigest = digest(fmt.Sprint("content", d.Intn(2)))
	}
	for range 1 + d.Intn(transfersMax) {
		batch.Transfers = append(batch.Transfers, settlementtypes.Transfer{
			Uetr: d.uetr(), Creditor: d.creditor(), Amount: math.NewInt(1 + d.Int63n(20_000)), EndToEndDigest: d.reference(party.ID),
		})
	}
	return key, batch
}

func (d *driver) deposit() (string, sdk.Msg) {
	party := d.party()
	key := "bank-" + party.Institution
	account, currency, amount := chain.Account(party.ID, 0), d.currency(), d.amount()
	if d.Intn(2) == 0 {
		return key, &settlementtypes.MsgIssueDeposit{Operator: chain.Address(key), Account: account, Currency: currency, Amount: amount}
	}
	return key, &settlementtypes.MsgRedeemDeposit{Operator: chain.Address(key), Account: account, Currency: currency, Amount: amount}
}

func (d *driver) reserve() (string, sdk.Msg) {
	const key = "bank-QDCB"
	bank, currency, amount := d.party().Institution, d.currency(), d.amount()
	if d.Intn(2) == 0 {
		return key, &settlementtypes.MsgIssueReserve{Operator: chain.Address(key), InstitutionId: bank, Currency: currency, Amount: amount}
	}
	return key, &settlementtypes.MsgRedeemReserve{Operator: chain.Address(key), InstitutionId: bank, Currency: currency, Amount: amount}
}

// standing puts somebody out, or one of them back: with most of them out hardly anything would happen.
func (d *driver) standing() (string, sdk.Msg) {
	if len(d.out) > 0 && d.Intn(4) > 0 {
		back := d.out[0]
		d.out = d.out[1:]
		return back()
	}
	party := d.party()
	key := "bank-" + party.Institution
	if d.Intn(2) == 0 {
		set := func(status settlementtypes.AccountStatus) (string, sdk.Msg) {
			return key, &settlementtypes.MsgSetAccountStatus{Operator: chain.Address(key), Account: chain.Account(party.ID, 0), Status: status}
		}
		d.out = append(d.out, func() (string, sdk.Msg) { return set(settlementtypes.AccountOpen) })
		return set(settlementtypes.AccountBlocked)
	}
	set := func(status accesstypes.MemberStatus) (string, sdk.Msg) {
		return key, &accesstypes.MsgSetPartyStatus{Operator: chain.Address(key), PartyId: party.ID, Status: status}
	}
	d.out = append(d.out, func() (string, sdk.Msg) { return set(accesstypes.MemberStatus_MEMBER_STATUS_ACTIVE) })
	return set(accesstypes.MemberStatus_MEMBER_STATUS_SUSPENDED)
}

func (d *driver) message() (string, sdk.Msg) {
	switch n := d.Intn(100); {
	case n < 14:
		return d.pay()
	case n < 18:
		return d.giveBack()
	case n < 30:
		return d.hold()
	case n < 35:
		return d.batch()
	case n < 38:
		return d.deposit()
	case n < 41:
		return d.reserve()
	case n < 56:
		return d.credit()
	case n < 96:
		return d.financing()
	default:
		return d.standing()
	}
}

// run plays a seed and returns the chain and how many transactions of each kind did something.
func run(t *testing.T, seed, blocks int64, check bool) (*chain.Chain, map[string]int) {
	d := &driver{Rand: rand.New(rand.NewSource(seed)), file: world()}
	c := chain.NewFrom(t, d.file, quickFinancing(t, d.file), 1)
	done := map[string]int{}
	d.openCredit(c)
	behaviour := newRecount(d.file)
	for _, party := range d.file.Parties {
		key, message := d.enrol(party)
		behaviour.see(t, c.MustSend(key, message).Events)
	}
	d.openFinancing(c)
	for range blocks {
		var txs [][]byte
		var kinds []string
		d.now = chain.Start.Add(time.Duration(c.Height()) * chain.BlockInterval)
		for range d.Intn(txsPerBlockMax + 1) {
			key, message := d.message()
			txs = append(txs, c.Sign(key, message))
			kinds = append(kinds, sdk.MsgTypeURL(message))
		}
		for i, result := range c.Block(txs...).TxResults {
			if result.Code == 0 {
				done[kinds[i]]++
				behaviour.see(t, result.Events)
				continue
			}
			require.NotEqual(t, "undefined", result.Codespace, result.Log)
			require.NotContains(t, result.Log, "panic", result.Log)
			require.NotContains(t, result.Log, "recovered", result.Log)
		}
		c.ForgetSequences()
		if check {
			c.RequireMoneyConserved()
			requireCreditSound(t, c)
			behaviour.requireSame(t, c)
			requireFinancingSound(t, c)
			if c.Height()%exportEvery == 0 {
				requireExportEqual(t, c, d.file)
			}
		}
	}
	return c, done
}

func requireExportEqual(t *testing.T, c *chain.Chain, file *network.File) {
	first, err := c.App.Export(nil)
	require.NoError(t, err)
	imported := chain.NewFrom(t, file, first.AppState, first.Height)
	second, err := imported.App.Export(nil)
	require.NoError(t, err)
	require.JSONEq(t, string(first.AppState), string(second.AppState))
}

func TestMoneyIsConservedUnderRandomOperations(t *testing.T) {
	seed := number(t, seedVariable, usualSeed)
	blocks := number(t, blocksVariable, shortRun)
	t.Logf("%s=%d %s=%d", seedVariable, seed, blocksVariable, blocks)

	c, done := run(t, seed, blocks, true)
	again, _ := run(t, seed, blocks, false)
	require.Equal(t, c.Hashes, again.Hashes, "the same blocks give the same state")

	t.Logf("%v", done)
	sum := int64(0)
	for _, count := range done {
		sum += int64(count)
	}
	require.Greater(t, sum, blocks/2, "a simulation in which hardly anything succeeds tests nothing")
	if seed != usualSeed || blocks < shortRun {
		return
	}
	for _, message := range []sdk.Msg{
		&settlementtypes.MsgPay{}, &settlementtypes.MsgPayBatch{}, &settlementtypes.MsgReturnPayment{},
		&credittypes.MsgEnrolBehaviour{}, &credittypes.MsgEndBehaviour{}, &settlementtypes.MsgPlaceHold{}, &settlementtypes.MsgCaptureHold{}, &settlementtypes.MsgReleaseHold{},
		&settlementtypes.MsgPlaceHold{}, &settlementtypes.MsgCaptureHold{}, &settlementtypes.MsgReleaseHold{},
		&financingtypes.MsgIssueReceivable{}, &financingtypes.MsgConfirmReceivable{}, &financingtypes.MsgRefuseReceivable{},
		&financingtypes.MsgCancelReceivable{}, &financingtypes.MsgTransferReceivable{}, &financingtypes.MsgPledgeReceivable{},
		&financingtypes.MsgPayReceivable{}, &financingtypes.MsgRequestFinance{}, &financingtypes.MsgMakeOffer{},
		&financingtypes.MsgAcceptFacility{}, &financingtypes.MsgDrawFacility{}, &financingtypes.MsgAcceptOffer{}, &financingtypes.MsgRepayLoan{},
	} {
		require.Positive(t, done[sdk.MsgTypeURL(message)], "a simulation in which no %T succeeds tests nothing of it", message)
	}
	requireCreditDone(t, c)
}
