package simulation

import (
	"fmt"
	"math/rand"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cosmossdk.io/math"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/zhilian-network/zhilian/localnet/network"
	"github.com/zhilian-network/zhilian/testutil/chain"
	disputetypes "github.com/zhilian-network/zhilian/x/dispute/types"
	financingtypes "github.com/zhilian-network/zhilian/x/financing/types"
	settlementtypes "github.com/zhilian-network/zhilian/x/settlement/types"
)

const (
	courtJurors = 14
	// courtBlocks are enough for cases to go all ways; courtRest for all of them to end, claims included.
	courtBlocks = 500
	courtRest   = 400
	courtSeed   = 3
	// lendingSeed is one by which every remedy about loans and receivables is carried out, but for the lifting of a
	// default, which is rare in so short a time.
	lendingSeed = 8
)

// courtWorld is the built-in network with arbitrators and business days of two seconds. Payments leave state while
// cases about them run.
func courtWorld() *network.File {
	file := network.Default()
	file.Settings.BusinessDay = network.Duration(2 * time.Second)
	file.Settings.RetentionPeriod = network.Duration(60 * chain.BlockInterval)
	for n := range courtJurors {
		id := fmt.Sprintf("JUR%02d", n)
		file.Institutions = append(file.Institutions, network.Institution{ID: id, Name: id, Kind: network.KindMember, Country: "CN"})
	}
	return file
}

// litigant makes random cases of random payments.
type litigant struct {
	*driver
	chain *chain.Chain
	cases uint64
	// lends has it borrow and lend, and dispute that as well.
	lends bool
}

// some is one of the newest cases.
func (l *litigant) some() disputetypes.Case {
	if l.cases == 0 {
		return disputetypes.Case{}
	}
	number := uint64(max(1, int64(l.cases)-int64(l.Intn(8))))
	c, err := l.chain.App.Keepers.Dispute.Case(l.chain.Context(), number)
	if err != nil {
		return disputetypes.Case{}
	}
	return c
}

func (l *litigant) file() (string, sdk.Msg) {
	if l.lends && l.Intn(4) > 0 {
		if key, msg := l.fileFinanced(); msg != nil {
			return key, msg
		}
	}
	party := l.party()
	if len(l.paid) == 0 {
		return l.pay()
	}
	payment := l.paid[max(0, len(l.paid)-1-l.Intn(10))]
	if settled, err := l.chain.App.Keepers.Settlement.SettledPayment(l.chain.Context(), payment.uetr); err == nil {
		for _, candidate := range l.driver.file.Parties {
			if chain.Account(candidate.ID, 0) == settled.Debtor {
				party = candidate // mostly its own
			}
		}
	}
	key := "party-" + party.ID
	remedies := []disputetypes.Remedy{
		{Kind: disputetypes.RemedyRefund, Amount: math.NewInt(1 + l.Int63n(15_000))},
		{Kind: disputetypes.RemedyInterest, Amount: math.OneInt()},
		{Kind: disputetypes.RemedyFinding, Amount: math.OneInt()},
	}
	return key, &disputetypes.MsgFileCase{
		Operator: chain.Address(key), Claimant: memberOf(party), Matter: disputetypes.Matter{Kind: disputetypes.MatterPayment, Uetr: payment.uetr},
		Reason: disputetypes.CaseReason(1 + l.Intn(13)), Remedies: remedies[:1+l.Intn(3)], Collective: l.Intn(4) == 0,
		DepositAccount: chain.Account(party.ID, 0), DepositCurrency: "CNY",
	}
}

// fileFinanced is a case about one of the last loans or receivables: mostly one that can be brought.
func (l *litigant) fileFinanced() (string, sdk.Msg) {
	state := l.financed()
	msg := &disputetypes.MsgFileCase{Reason: disputetypes.CaseReason_CASE_REASON_PENALTY, Collective: l.Intn(8) == 0}
	switch {
	case len(state.Loans) > 0 && l.Intn(3) > 0:
		loan, waivable := l.disputable(state.Loans)
		msg.Claimant, msg.Matter = loan.Borrower, disputetypes.Matter{Kind: disputetypes.MatterLoan, Number: loan.Id}
		msg.Remedies = []disputetypes.Remedy{{Kind: disputetypes.RemedyWaive, Amount: l.driver.some(waivable)}}
		if loan.Status == financingtypes.LoanDefaulted {
			msg.Remedies = append(msg.Remedies, disputetypes.Remedy{Kind: disputetypes.RemedyLift, Amount: math.OneInt()})
		}
	case len(state.Receivables) > 0:
		receivable := state.Receivables[max(0, len(state.Receivables)-1-l.Intn(12))]
		by, remedy := receivable.Debtor, disputetypes.Remedy{Kind: disputetypes.RemedyRefund, Amount: l.driver.some(receivable.Amount)}
		if holdings, err := l.chain.App.Keepers.Financing.Holdings(l.chain.Context(), receivable.Id); err == nil && receivable.IsOverdue() && len(holdings) > 0 {
			by, remedy = holdings[0].Account, disputetypes.Remedy{Kind: disputetypes.RemedyInterest, Amount: math.OneInt()}
		}
		msg.Claimant = memberOf(l.owners[by])
		msg.Matter, msg.Remedies = disputetypes.Matter{Kind: disputetypes.MatterReceivable, Number: receivable.Id}, []disputetypes.Remedy{remedy}
	default:
		return "", nil
	}
	key := "party-" + msg.Claimant.PartyId
	msg.Operator = chain.Address(key)
	msg.DepositAccount, msg.DepositCurrency = chain.Account(msg.Claimant.PartyId, 0), "CNY"
	return key, msg
}

// disputable is a loan with penalty or in default, mostly, and its penalty.
func (l *litigant) disputable(loans []financingtypes.Loan) (loan financingtypes.Loan, waivable math.Int) {
	for _, at := range l.Perm(len(loans)) {
		var err error
		if loan, waivable, err = l.chain.App.Keepers.Financing.LoanToday(l.chain.Context(), loans[at].Id); err != nil {
			panic(err)
		}
		if waivable.IsPositive() || loan.Status == financingtypes.LoanDefaulted || l.Intn(20) == 0 {
			break
		}
	}
	return loan, waivable
}

// award is whole, partial or none; of who votes it follows from the name, so that what is revealed was committed to.
func award(c disputetypes.Case, choice int) disputetypes.Award {
	switch choice % 4 {
	case 0:
		return c.Whole()
	case 1:
		return disputetypes.Award{Frivolous: true}
	case 2:
		return disputetypes.Award{}
	}
	part := c.Whole()
	for i := range part.Grants {
		part.Grants[i].Amount = part.Grants[i].Amount.AddRaw(1).QuoRaw(2)
	}
	return part
}

func (l *litigant) operators(c disputetypes.Case) (claimant, respondent string) {
	return "party-" + c.Claimants[l.Intn(len(c.Claimants))].Member.PartyId, "bank-" + c.Respondent.InstitutionId
}

func (l *litigant) act() (string, sdk.Msg) {
	c := l.some()
	if c.Id == 0 || l.Intn(6) == 0 {
		return l.file()
	}
	claimant, respondent := l.operators(c)
	side := []string{claimant, respondent}[l.Intn(2)]
	switch c.Status {
	case disputetypes.Filed:
		if l.Intn(5) == 0 {
			return respondent, &disputetypes.MsgRefuseCase{
				Operator: chain.Address(respondent), CaseId: c.Id, Refusal: disputetypes.CaseRefusal_CASE_REFUSAL_NOT_CONCERNED,
			}
		}
		return respondent, &disputetypes.MsgAcknowledgeCase{Operator: chain.Address(respondent), CaseId: c.Id, Complex: l.Intn(2) == 0}
	case disputetypes.Ruled:
		return side, &disputetypes.MsgAppeal{Operator: chain.Address(side), CaseId: c.Id, Ground: disputetypes.AppealGround(1 + l.Intn(5))}
	case disputetypes.Executed:
		return claimant, &disputetypes.MsgWaiveClaim{Operator: chain.Address(claimant), ClaimId: 1 + uint64(l.Intn(10))}
	}
	switch l.Intn(6) {
	case 0:
		return side, &disputetypes.MsgEscalateCase{Operator: chain.Address(side), CaseId: c.Id}
	case 1:
		return claimant, &disputetypes.MsgDecideOffer{Operator: chain.Address(claimant), CaseId: c.Id, Offers: c.Offers, Accept: l.Intn(2) == 0}
	case 2:
		return claimant, &disputetypes.MsgWithdrawCase{
			Operator: chain.Address(claimant), CaseId: c.Id, Claimant: c.Claimants[0].Member,
		}
	}
	answer := &disputetypes.MsgAnswerCase{Operator: chain.Address(respondent), CaseId: c.Id, Answer: disputetypes.Answer(1 + l.Intn(3))}
	if answer.Answer == disputetypes.AnswerOffer {
		offer := award(c, 3)
		answer.Offer = &offer
	}
	return respondent, answer
}

// unsettle blocks the account of a customer now and then, and opens it more often.
func (l *litigant) unsettle() (string, sdk.Msg) {
	party := l.party()
	key, status := "bank-"+party.Institution, settlementtypes.AccountOpen
	if l.Intn(5) == 0 {
		status = settlementtypes.AccountBlocked
	}
	return key, &settlementtypes.MsgSetAccountStatus{Operator: chain.Address(key), Account: chain.Account(party.ID, 0), Status: status}
}

// votes are what the panels that are at work do in a block: most members do their part.
func (l *litigant) votes() (keys []string, msgs []sdk.Msg) {
	salt := []byte("sixteen random b")
	for number := uint64(max(1, int64(l.cases)-40)); number <= l.cases; number++ {
		c, err := l.chain.App.Keepers.Dispute.Case(l.chain.Context(), number)
		if err != nil || c.Status != disputetypes.Committing && c.Status != disputetypes.Revealing {
			continue
		}
		for n := range courtJurors {
			if l.Intn(4) == 0 {
				continue
			}
			key := fmt.Sprintf("bank-JUR%02d", n)
			address := chain.Address(key)
			vote := award(c, n+int(number))
			var msg sdk.Msg = &disputetypes.MsgRevealVote{Operator: address, CaseId: number, Vote: vote, Salt: salt}
			if c.Status == disputetypes.Committing {
				msg = &disputetypes.MsgCommitVote{
					Operator: address, CaseId: number, Commitment: disputetypes.VoteCommitment(number, c.Instance, address, vote, salt),
				}
			}
			keys, msgs = append(keys, key), append(msgs, msg)
		}
	}
	return keys, msgs
}

func (l *litigant) block(t *testing.T, done map[string]int, busy bool) {
	var txs [][]byte
	var kinds []string
	l.now = chain.Start.Add(time.Duration(l.chain.Height()) * chain.BlockInterval)
	add := func(key string, msg sdk.Msg) {
		txs, kinds = append(txs, l.chain.Sign(key, msg)), append(kinds, sdk.MsgTypeURL(msg))
	}
	if busy {
		most := 4
		if l.lends {
			most = 12
		}
		for range l.Intn(most) {
			switch n := l.Intn(20); {
			case l.lends && l.Intn(2) == 0:
				add(l.financing())
			case n < 6:
				add(l.pay())
			case n < 8:
				add(l.giveBack())
			case n < 9:
				add(l.unsettle())
			default:
				add(l.act())
			}
		}
		keys, msgs := l.votes()
		for i, key := range keys {
			add(key, msgs[i])
		}
	}
	for i, result := range l.chain.Block(txs...).TxResults {
		if result.Code == 0 {
			done[kinds[i]]++
			if kinds[i] == sdk.MsgTypeURL(&disputetypes.MsgFileCase{}) {
				l.cases++
			}
			continue
		}
		require.NotEqual(t, "undefined", result.Codespace, result.Log)
		require.NotContains(t, result.Log, "panic", result.Log)
		require.NotContains(t, result.Log, "recovered", result.Log)
	}
	l.chain.ForgetSequences()
}

func playCourt(t *testing.T, seed int64, check bool) (*litigant, map[string]int) {
	file := courtWorld()
	c := chain.New(t, file)
	l := &litigant{driver: &driver{Rand: rand.New(rand.NewSource(seed)), file: file}, chain: c}
	for n := range courtJurors {
		key := fmt.Sprintf("bank-JUR%02d", n)
		c.MustSend(key, &disputetypes.MsgEnrolArbitrator{Operator: chain.Address(key), Arbitrator: chain.Address(key)})
	}
	done := map[string]int{}
	for range courtBlocks {
		l.block(t, done, true)
		if check && c.Height()%5 == 0 {
			requireCourtSound(t, c)
		}
		if check && c.Height()%100 == 0 && !l.draws() {
			requireExportEqual(t, c, file)
		}
	}
	return l, done
}

// draws reports whether a panel is to be drawn: an import would draw it in its first block.
func (l *litigant) draws() bool {
	for number := uint64(1); number <= l.cases; number++ {
		if c, err := l.chain.App.Keepers.Dispute.Case(l.chain.Context(), number); err == nil && c.Status == disputetypes.Drawing {
			return true
		}
	}
	return false
}

func requireCourtSound(t *testing.T, c *chain.Chain) {
	t.Helper()
	c.RequireMoneyConserved()
	violations, err := c.App.Keepers.Dispute.CheckInvariants(c.Context())
	require.NoError(t, err)
	require.Empty(t, violations)
}

// Loans and receivables are made, paid, missed and disputed at random. Whatever rulings withdraw, take off or pay, the
// books of financing, of cases and of money stay right, and no block fails.
func TestRandomCasesAboutLoansAndReceivablesLeaveAllBooksRight(t *testing.T) {
	file := courtWorld()
	for i := range file.Parties {
		file.Parties[i].KYCLevel = max(2, file.Parties[i].KYCLevel)
	}
	for i := range file.Accounts {
		file.Accounts[i].Balances = map[string]string{"CNY": "2000.00"} // so that many are overdue
	}
	c := chain.NewFrom(t, file, quickFinancing(t, file), 1)
	l := &litigant{driver: &driver{Rand: rand.New(rand.NewSource(number(t, seedVariable, lendingSeed))), file: file}, chain: c, lends: true}
	for n := range courtJurors {
		key := fmt.Sprintf("bank-JUR%02d", n)
		c.MustSend(key, &disputetypes.MsgEnrolArbitrator{Operator: chain.Address(key), Arbitrator: chain.Address(key)})
	}
	l.openFinancing(c)
	done := map[string]int{}
	for range courtBlocks {
		l.block(t, done, true)
		if c.Height()%5 == 0 {
			requireCourtSound(t, c)
			requireFinancingSound(t, c)
		}
	}
	for range courtRest {
		l.block(t, done, false)
	}
	requireCourtSound(t, c)
	requireFinancingSound(t, c)
	given := map[string]int{}
	for number := uint64(1); number <= l.cases; number++ {
		decided, err := c.App.Keepers.Dispute.Case(c.Context(), number)
		require.NoError(t, err)
		require.Contains(t, []disputetypes.CaseStatus{disputetypes.Closed, disputetypes.Executed}, decided.Status, "case %d", number)
		for _, result := range decided.Results {
			given[fmt.Sprint(decided.Kind, " ", decided.Remedies[result.Remedy].Kind, " ", result.Status)]++
		}
	}
	t.Logf("%v", done)
	t.Logf("%v", given)
	for _, want := range []string{
		"MATTER_KIND_LOAN REMEDY_KIND_WAIVE REMEDY_STATUS_DONE", "MATTER_KIND_RECEIVABLE REMEDY_KIND_REFUND REMEDY_STATUS_DONE",
		"MATTER_KIND_RECEIVABLE REMEDY_KIND_INTEREST REMEDY_STATUS_DONE",
	} {
		require.Positive(t, given[want], want)
	}
}

func TestCasesUnderRandomOperationsLoseNoMoneyAndEnd(t *testing.T) {
	l, done := playCourt(t, courtSeed, true)
	again, _ := playCourt(t, courtSeed, false)
	require.Equal(t, l.chain.Hashes, again.chain.Hashes, "the same blocks give the same state")
	for range courtRest {
		l.block(t, done, false)
	}
	requireCourtSound(t, l.chain)
	outcomes := map[disputetypes.CaseOutcome]int{}
	for number := uint64(1); number <= l.cases; number++ {
		c, err := l.chain.App.Keepers.Dispute.Case(l.chain.Context(), number)
		require.NoError(t, err)
		require.Contains(t, []disputetypes.CaseStatus{disputetypes.Closed, disputetypes.Executed}, c.Status, "case %d", number)
		outcomes[c.Outcome]++
	}
	t.Logf("%v", done)
	t.Logf("%v", outcomes)
	require.GreaterOrEqual(t, len(outcomes), 6, "%v", outcomes)
	for _, message := range []sdk.Msg{
		&disputetypes.MsgFileCase{}, &disputetypes.MsgAcknowledgeCase{}, &disputetypes.MsgAnswerCase{}, &disputetypes.MsgCommitVote{},
		&disputetypes.MsgRevealVote{}, &disputetypes.MsgAppeal{}, &disputetypes.MsgWithdrawCase{}, &settlementtypes.MsgPay{},
	} {
		require.Positive(t, done[sdk.MsgTypeURL(message)], "%T", message)
	}
}
