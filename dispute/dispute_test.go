package dispute

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cosmossdk.io/math"
	"github.com/cosmos/gogoproto/proto"
	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"

	sdkclient "github.com/cosmos/cosmos-sdk/client"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/zhilian-network/zhilian/gateway"
	"github.com/zhilian-network/zhilian/gateway/client"
	access "github.com/zhilian-network/zhilian/x/access/types"
	credit "github.com/zhilian-network/zhilian/x/credit/types"
	"github.com/zhilian-network/zhilian/x/dispute/types"
	settlement "github.com/zhilian-network/zhilian/x/settlement/types"
)

const uetr = "7a6c7a6c-58ba-4c7c-9d2e-3f1b0c6d8e21"

var (
	acme = access.Member{InstitutionId: "BQDQ", PartyId: "acme"}
	zeta = access.Member{InstitutionId: "LSHB", PartyId: "zeta"}
)

// ledger is a network that knows a payment of 1,000.00 CNY from acme to zeta, and takes what it is sent.
type ledger struct {
	own    access.Member
	intake *types.QueryIntakeResponse
	found  types.Case
	sent   []sdk.Msg
	refuse error
	// logSize is 0 while the record of the payment is in state. grows has the log be larger when a case is sent.
	logSize uint64
	grows   bool
}

func newLedger() *ledger {
	return &ledger{
		own: acme,
		intake: &types.QueryIntakeResponse{
			Respondent: zeta, Currency: "CNY", Disputed: math.NewInt(1000_00), WouldHold: math.NewInt(800_00), Attached: "the payment",
			Reasons: []types.CaseReason{types.CaseReason_CASE_REASON_DUPLICATE, types.CaseReason_CASE_REASON_WRONG_AMOUNT},
			Remedies: []types.RemedyChoice{
				{Kind: types.RemedyRefund, Most: math.NewInt(1000_00), Needs: "how much, if not all of it"},
				{Kind: types.RemedyInterest, Most: math.OneInt()}, {Kind: types.RemedyApology, Most: math.OneInt(), Needs: "its words"},
			},
		},
		found: types.Case{
			Id: 7, Status: types.Committing, Instance: 1, Kind: types.MatterPayment, Reason: types.CaseReason_CASE_REASON_DUPLICATE,
			Claimants: []types.Claimant{{Member: acme, Currency: "CNY"}}, Respondent: zeta,
			Remedies: []types.Remedy{{Kind: types.RemedyRefund, Amount: math.NewInt(1000_00)}, {Kind: types.RemedyInterest, Amount: math.OneInt()}},
		},
	}
}

func (l *ledger) Address() string { return "zhilian1me" }

func (l *ledger) Operator(context.Context) (access.Operator, error) {
	return access.Operator{InstitutionId: l.own.InstitutionId, PartyId: l.own.PartyId}, nil
}

func (l *ledger) Intake(_ context.Context, _ access.Member, _ types.Matter, receipt *settlement.PaymentProof) (*types.QueryIntakeResponse, error) {
	if l.logSize > 0 && (receipt == nil || receipt.LogSize < l.logSize) {
		return nil, types.ErrReceiptNeeded
	}
	return l.intake, nil
}

func (l *ledger) Receipt(context.Context, string) (*settlement.PaymentProof, error) {
	if l.logSize == 0 {
		return nil, errors.New("the node's index knows no such payment")
	}
	proof := &settlement.PaymentProof{Payment: []byte("stored"), LogSize: l.logSize}
	for half := l.logSize / 2; half > 0; half /= 2 {
		proof.Path = append(proof.Path, make([]byte, settlement.DigestLength))
	}
	return proof, nil
}

func (l *ledger) Case(context.Context, uint64) (*types.QueryCaseResponse, error) {
	return &types.QueryCaseResponse{
		Case: l.found, DueAt: time.Date(2026, 11, 5, 1, 0, 0, 0, time.UTC), WaitsFor: "The panel commits. Time: 2 business days left, until then.",
	}, nil
}

func (l *ledger) Send(_ context.Context, msg sdk.Msg, response proto.Message) (client.Receipt, error) {
	if l.refuse != nil {
		return client.Receipt{}, l.refuse
	}
	if l.grows {
		l.grows, l.logSize = false, 2*l.logSize
		return client.Receipt{}, &client.Refused{Codespace: "settlement", Code: settlement.ErrProofOutdated.ABCICode()}
	}
	l.sent = append(l.sent, msg)
	switch answer := response.(type) {
	case *types.MsgFileCaseResponse:
		answer.CaseId, answer.Held = 7, math.NewInt(800_00)
	case *types.MsgCommitVoteResponse:
		answer.Status = types.Revealing
	case *types.MsgRevealVoteResponse:
		answer.Status = types.Ruled
	}
	return client.Receipt{Height: 12, TxHash: "ABCD"}, nil
}

// begun is a session of a command with its flags, and what its user types.
func begun(t *testing.T, command *cobra.Command, chain Chain, typed string, flags ...string) (*session, *bytes.Buffer, *bytes.Buffer) {
	t.Helper()
	require.NoError(t, command.ParseFlags(flags))
	out, questions := &bytes.Buffer{}, &bytes.Buffer{}
	command.SetOut(out)
	command.SetErr(questions)
	command.SetContext(t.Context())
	return &session{
		command: command, chain: chain, answers: bufio.NewReader(strings.NewReader(typed)),
		clientCtx: sdkclient.Context{HomeDir: t.TempDir(), OutputFormat: "text"},
	}, out, questions
}

func requireUsage(t *testing.T, err error, part string) {
	t.Helper()
	var usage *gateway.UsageError
	require.ErrorAs(t, err, &usage)
	require.ErrorContains(t, err, part)
}

func TestOnlyWhatTheLedgerDoesNotKnowIsAsked(t *testing.T) {
	chain := newLedger()
	s, out, questions := begun(t, tool{}.newFileCommand(), chain, "1\nrefund=600.00; interest\nyes\n")
	require.NoError(t, s.file([]string{uetr}))
	require.Equal(t, []sdk.Msg{&types.MsgFileCase{
		Operator: "zhilian1me", Claimant: acme, Matter: types.Matter{Kind: types.MatterPayment, Uetr: uetr}, Reason: types.CaseReason_CASE_REASON_DUPLICATE,
		Remedies: []types.Remedy{{Kind: types.RemedyRefund, Amount: math.NewInt(600_00)}, {Kind: types.RemedyInterest, Amount: math.OneInt()}},
	}}, chain.sent)
	for _, part := range []string{"What is wrong? 1 duplicate, 2 wrong-amount", "refund=AMOUNT (at most 1000.00 CNY), interest, apology=TEXT", "File against LSHB/zeta, because of duplicate, for refund of 600.00 CNY, interest?", "Held at the payee if you ask for all of it: 800.00 CNY"} {
		require.Contains(t, questions.String(), part)
	}
	require.Contains(t, out.String(), "Case 7 is filed against LSHB/zeta; 800.00 CNY are held at the payee")
	require.Contains(t, out.String(), "2 business days left")
}

func TestFlagsAnswerAllAndNothingIsAsked(t *testing.T) {
	chain := newLedger()
	s, _, questions := begun(t, tool{}.newFileCommand(), chain, "", "--reason", "wrong-amount", "--ask", "refund", "--yes")
	require.NoError(t, s.file([]string{"payment", uetr}))
	require.Len(t, chain.sent, 1)
	require.Equal(t, math.NewInt(1000_00), chain.sent[0].(*types.MsgFileCase).Remedies[0].Amount, "all of it if no amount is said")
	require.NotContains(t, questions.String(), "?")
}

func TestAReceiptComesByItselfWhenTheLedgerHasNoRecordOfThePayment(t *testing.T) {
	flags := []string{"--reason", "duplicate", "--ask", "refund", "--yes"}
	chain := newLedger()
	chain.logSize = 4
	s, _, told := begun(t, tool{}.newFileCommand(), chain, "", flags...)
	require.NoError(t, s.file([]string{uetr}))
	require.EqualValues(t, 4, chain.sent[0].(*types.MsgFileCase).Receipt.LogSize)
	require.Contains(t, told.String(), "Its receipt comes with the case: payment 1 of 4 in the log.")

	chain.grows = true
	s, _, _ = begun(t, tool{}.newFileCommand(), chain, "", flags...)
	require.NoError(t, s.file([]string{uetr}), "while the questions were answered others paid on")
	require.EqualValues(t, 8, chain.sent[1].(*types.MsgFileCase).Receipt.LogSize)

	chain = newLedger()
	s, _, _ = begun(t, tool{}.newFileCommand(), chain, "", flags...)
	require.NoError(t, s.file([]string{uetr}))
	require.Nil(t, chain.sent[0].(*types.MsgFileCase).Receipt, "and not while there is one")
	s, _, _ = begun(t, tool{}.newFileCommand(), chain, "", append(flags, "--receipt", filepath.Join(t.TempDir(), "none.json"))...)
	requireUsage(t, s.file([]string{uetr}), "--receipt")
}

func TestWhatIsNotFiled(t *testing.T) {
	for name, row := range map[string]struct {
		arguments []string
		typed     string
		flags     []string
		says      string
	}{
		"nobody answers":          {[]string{uetr}, "", nil, "give --reason"},
		"a reason that is none":   {[]string{uetr}, "", []string{"--reason", "weather"}, "not-as-agreed"},
		"too many decimals":       {[]string{uetr}, "", []string{"--reason", "duplicate", "--ask", "refund=1.005", "--yes"}, "decimals"},
		"what cannot be asked":    {[]string{uetr}, "", []string{"--reason", "duplicate", "--ask", "rerate=x", "--yes"}, "cannot be asked for here"},
		"an apology without text": {[]string{uetr}, "", []string{"--reason", "duplicate", "--ask", "apology", "--yes"}, "apology=TEXT"},
		"half an interest":        {[]string{uetr}, "", []string{"--reason", "duplicate", "--ask", "interest=5", "--yes"}, "write interest"},
		"a kind that is none":     {[]string{"weather", "1"}, "", nil, "attestation"},
		"a rating by a word":      {[]string{"rating", "mine"}, "", nil, "number"},
		"a payment by a number":   {[]string{"payment", "12"}, "", nil, "UETR"},
	} {
		chain := newLedger()
		s, _, _ := begun(t, tool{}.newFileCommand(), chain, row.typed, row.flags...)
		requireUsage(t, s.file(row.arguments), row.says)
		require.Empty(t, chain.sent, name)
	}

	chain := newLedger()
	s, _, _ := begun(t, tool{}.newFileCommand(), chain, "no\n", "--reason", "duplicate", "--ask", "refund")
	require.ErrorIs(t, s.file([]string{uetr}), ErrNotConfirmed)
	chain.intake.CaseId = 3
	require.ErrorIs(t, s.file([]string{uetr}), ErrHasCase)
	require.Empty(t, chain.sent)
}

func TestSealedValuesAreCorrectedByTheirRecordAndCommitment(t *testing.T) {
	intake := newLedger().intake
	intake.Remedies = []types.RemedyChoice{{Kind: types.RemedyCorrect, Most: math.OneInt(), Needs: "values"}}
	commitment := bytes.Repeat([]byte{0xfb}, 32)
	remedy, err := parseRemedy("correct=record:12:"+base64.StdEncoding.EncodeToString(commitment), intake)
	require.NoError(t, err)
	require.Equal(t, types.Remedy{Kind: types.RemedyCorrect, Amount: math.OneInt(), RecordId: 12, Commitment: commitment}, remedy)
	require.NoError(t, remedy.Validate())
	require.Equal(t, "correct by the sealed values of record 12", remedyText(types.Case{Remedies: []types.Remedy{remedy}}, 0))
	for _, wrong := range []string{"correct=record:12", "correct=record:12:AAAA", "correct=record:0:" + base64.StdEncoding.EncodeToString(commitment), "correct=record::"} {
		_, err := parseRemedy(wrong, intake)
		var usage *gateway.UsageError
		require.ErrorAs(t, err, &usage, wrong)
	}
}

func TestADepositIsAskedForAfterFrivolousCasesOnly(t *testing.T) {
	chain := newLedger()
	chain.intake.Deposits = []types.CurrencyAmount{{Currency: "JPY", Amount: math.NewInt(1)}, {Currency: "CNY", Amount: math.NewInt(100_00)}}
	s, _, _ := begun(t, tool{}.newFileCommand(), chain, "zhilian1account\n", "--reason", "duplicate", "--ask", "refund", "--yes")
	require.NoError(t, s.file([]string{uetr}))
	filed := chain.sent[0].(*types.MsgFileCase)
	require.Equal(t, "zhilian1account", filed.DepositAccount)
	require.Equal(t, "CNY", filed.DepositCurrency)
}

func TestMattersAndCorrectionsAreWrittenInWords(t *testing.T) {
	bank := access.Member{InstitutionId: "BQDQ"}
	for _, row := range []struct {
		arguments []string
		other     access.Member
		words     uint64
		want      types.Matter
	}{
		{[]string{"attestation", "12"}, access.Member{}, 0, types.Matter{Kind: types.MatterAttestation, Number: 12}},
		{[]string{"standing"}, access.Member{}, 0, types.Matter{Kind: types.MatterStanding}},
		{[]string{"account", "zhilian1a"}, access.Member{}, 0, types.Matter{Kind: types.MatterAccount, Account: "zhilian1a"}},
		{[]string{"record", "3"}, zeta, 0, types.Matter{Kind: types.MatterRecord, Number: 3, Other: zeta}},
		{[]string{"service", "counter"}, bank, 9, types.Matter{Kind: types.MatterService, Number: 9, Other: bank, Service: "counter"}},
	} {
		got, err := parseMatter(row.arguments, row.other, row.words)
		require.NoError(t, err, row.arguments)
		require.Equal(t, row.want, got)
	}
	intake := &types.QueryIntakeResponse{Remedies: []types.RemedyChoice{{Kind: types.RemedyCorrect, Most: math.OneInt(), Needs: "values"}}}
	remedy, err := parseRemedy("correct=sector=retail, debt=-12.50,age=7", intake)
	require.NoError(t, err)
	require.Equal(t, []credit.InputValue{{Name: "age", Value: 7}, {Name: "debt", Decimals: 2, Value: -1250}, {Name: "sector", Code: "retail"}}, remedy.Values)
	_, err = parseRemedy("correct=debt", intake)
	requireUsage(t, err, "NAME=VALUE")
}

func TestAPenaltyIsAskedForInFullOrInPart(t *testing.T) {
	chain := newLedger()
	chain.intake.Remedies = []types.RemedyChoice{{Kind: types.RemedyWaive, Most: math.NewInt(15_00), Needs: "how much, if not all of it"}}
	chain.intake.Disputed = math.NewInt(15_00)
	s, out, told := begun(t, tool{}.newFileCommand(), chain, "waive=12.50\n", "--reason", "penalty", "--yes")
	require.NoError(t, s.file([]string{"loan", "3"}))
	filed := chain.sent[0].(*types.MsgFileCase)
	require.Equal(t, types.Matter{Kind: types.MatterLoan, Number: 3}, filed.Matter)
	require.Equal(t, []types.Remedy{{Kind: types.RemedyWaive, Amount: math.NewInt(12_50)}}, filed.Remedies)
	require.Contains(t, told.String(), "waive or waive=AMOUNT (at most 15.00 CNY)")
	require.NotContains(t, told.String(), "Held", "for a penalty nothing is held")
	require.NotContains(t, out.String(), "held")

	for text, want := range map[string]int64{"waive": 15_00, "waive=0.01": 1} {
		remedy, err := parseRemedy(text, chain.intake)
		require.NoError(t, err)
		require.Equal(t, math.NewInt(want), remedy.Amount, text)
	}
	_, err := parseRemedy("waive=1.001", chain.intake)
	requireUsage(t, err, "decimals")
	_, err = parseMatter([]string{"loan", "mine"}, access.Member{}, 0)
	requireUsage(t, err, "number")
	grant, err := parseGrant(types.Case{Claimants: []types.Claimant{{Currency: "CNY"}}, Remedies: filed.Remedies}, "0=2.00")
	require.NoError(t, err)
	require.Equal(t, math.NewInt(2_00), grant.Amount, "a panel grants a part of it")
}

func TestAStatusSaysWhoseTurnItIsAndWhatTheReaderCanDo(t *testing.T) {
	for _, row := range []struct {
		own    access.Member
		status types.CaseStatus
		step   string
	}{
		{acme, types.Offered, "zhiliand tx dispute decide-offer 7 OFFERS --accept"},
		{access.Member{InstitutionId: "BQDQ"}, types.Refused, "zhiliand tx dispute escalate-case 7"},
		{zeta, types.Answering, "zhiliand tx dispute answer-case 7 ANSWER"},
		{access.Member{InstitutionId: "ARBI"}, types.Committing, "zhiliand dispute vote 7 --grant REMEDY=AMOUNT"},
	} {
		chain := newLedger()
		chain.own, chain.found.Status = row.own, row.status
		s, out, _ := begun(t, tool{}.newStatusCommand(), chain, "")
		require.NoError(t, s.status(7))
		require.Contains(t, out.String(), row.step)
		require.Contains(t, out.String(), "2 business days left")
		require.Contains(t, out.String(), "0 refund of 1000.00 CNY")
	}
	chain := newLedger()
	chain.found.Status, chain.found.Outcome = types.Closed, types.OutcomePartly
	chain.found.Results = []types.RemedyOutcome{{Status: types.RemedyQueued, Amount: math.NewInt(600_00), Paid: math.NewInt(200_00), ClaimId: 4}}
	s, out, _ := begun(t, tool{}.newStatusCommand(), chain, "")
	require.NoError(t, s.status(7))
	require.Contains(t, out.String(), "closed, partly")
	require.Contains(t, out.String(), "0 refund: queued, 200.00 CNY of 600.00 CNY paid, claim 4 for the rest")
	require.NotContains(t, out.String(), "you can")
}

func TestAVoteIsKeptUntilItIsRevealed(t *testing.T) {
	chain := newLedger()
	s, _, _ := begun(t, tool{}.newVoteCommand(), chain, "", "--grant", "1", "--grant", "0=600.00")
	require.ErrorIs(t, s.reveal(7), ErrNoVote)
	require.NoError(t, s.vote(7))
	require.NoError(t, s.reveal(7))
	committed, revealed := chain.sent[0].(*types.MsgCommitVote), chain.sent[1].(*types.MsgRevealVote)
	require.Equal(t, []types.Grant{{Remedy: 0, Amount: math.NewInt(600_00)}, {Remedy: 1, Amount: math.OneInt()}}, revealed.Vote.Grants, "in the order of the remedies")
	require.Equal(t, types.VoteCommitment(7, 1, "zhilian1me", revealed.Vote, revealed.Salt), committed.Commitment)
	require.NoError(t, revealed.Validate())
	require.Error(t, s.vote(7), "another vote would take its place")

	info, err := os.Stat(s.votePath(chain.found))
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
}

func TestAVoteThatIsRefusedCanBeMadeAgain(t *testing.T) {
	chain := newLedger()
	chain.refuse = &client.Refused{Codespace: "dispute", Code: 43, Log: "operator does not sit on the panel"}
	s, _, _ := begun(t, tool{}.newVoteCommand(), chain, "", "--frivolous")
	require.ErrorContains(t, s.vote(7), "dispute/43")
	chain.refuse = &client.OutcomeUnknown{TxHash: "AB", Cause: errors.New("timeout")}
	require.ErrorContains(t, s.vote(7), "not known")
	kept, err := filepath.Glob(filepath.Join(s.clientCtx.HomeDir, "dispute", "*"))
	require.NoError(t, err)
	require.Len(t, kept, 1, "what may be committed to is kept")
}

func TestGrantsThatNobodyAskedForAreRefusedHere(t *testing.T) {
	for grant, says := range map[string]string{"2": "remedies 0 to 1", "x": "remedies 0 to 1", "1=5": "only a refund", "0=1.001": "decimals"} {
		s, _, _ := begun(t, tool{}.newVoteCommand(), newLedger(), "", "--grant", grant)
		requireUsage(t, s.vote(7), says)
	}
}
