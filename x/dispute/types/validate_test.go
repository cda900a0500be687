package types_test

import (
	"strings"
	"testing"
	"time"

	"cosmossdk.io/math"
	"github.com/stretchr/testify/require"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/dispute/types"
	settlementtypes "github.com/zhilian-network/zhilian/x/settlement/types"
)

const uetr = "8a562c67-ca16-48ba-b074-65581be6f001"

var (
	acme = accesstypes.Member{InstitutionId: "BQDQ", PartyId: "acme"}
	lshb = accesstypes.Member{InstitutionId: "LSHB"}
)

func TestAMatterIsNamedByWhatItsKindIsNamedByAndNothingElse(t *testing.T) {
	legal := map[string]types.Matter{
		"a payment":      {Kind: types.MatterPayment, Uetr: uetr},
		"a hold":         {Kind: types.MatterHold, Uetr: uetr},
		"a rating":       {Kind: types.MatterRating, Number: 1},
		"values":         {Kind: types.MatterAttestation, Number: 1},
		"a consent":      {Kind: types.MatterConsent, Number: 1},
		"a record":       {Kind: types.MatterRecord, Number: 1, Other: lshb},
		"an account":     {Kind: types.MatterAccount, Account: "zhilian1x"},
		"a suspension":   {Kind: types.MatterStanding},
		"service":        {Kind: types.MatterService, Number: 1, Other: lshb, Service: "branch-hours"},
		"a receivable":   {Kind: types.MatterReceivable, Number: 1},
		"another's loan": {Kind: types.MatterLoan, Number: 1},
	}
	require.Len(t, legal, len(types.MatterKind_name)-1, "every kind")
	for name, matter := range legal {
		require.NoError(t, matter.Validate(), name)
		for change, more := range map[string]func(*types.Matter){
			"a number":   func(m *types.Matter) { m.Number = 1 - m.Number },
			"an account": func(m *types.Matter) { m.Account += "y" },
			"a service":  func(m *types.Matter) { m.Service = "Branch hours" },
			"a uetr":     func(m *types.Matter) { m.Uetr += "0" },
			"another":    func(m *types.Matter) { m.Other = accesstypes.Member{InstitutionId: "x"} },
		} {
			changed := matter
			more(&changed)
			if change == "an account" && matter.Kind == types.MatterAccount {
				continue // whose it is the ledger says
			}
			require.Error(t, changed.Validate(), "%s with %s", name, change)
		}
	}
	require.ErrorIs(t, types.Matter{Kind: 99}.Validate(), types.ErrInvalidCase)
	require.ErrorIs(t, types.Matter{Kind: types.MatterPayment, Uetr: "mine"}.Validate(), settlementtypes.ErrUETRInvalid)
}

func TestEveryMatterOfEveryClaimantHasItsOwnKey(t *testing.T) {
	keys := map[string]bool{}
	for _, claimant := range []accesstypes.Member{acme, lshb, {InstitutionId: "BQDQ", PartyId: "acm"}} {
		for _, matter := range []types.Matter{
			{Kind: types.MatterPayment, Uetr: uetr}, {Kind: types.MatterHold, Uetr: uetr}, {Kind: types.MatterRating, Number: 1},
			{Kind: types.MatterRating, Number: 2}, {Kind: types.MatterAttestation, Number: 1}, {Kind: types.MatterStanding},
			{Kind: types.MatterRecord, Number: 1, Other: lshb}, {Kind: types.MatterRecord, Number: 1, Other: acme},
			{Kind: types.MatterService, Number: 1, Other: lshb, Service: "a"}, {Kind: types.MatterService, Number: 1, Other: lshb, Service: "ab"},
		} {
			keys[string(matter.FactsKey(claimant, nil))] = true
			if matter.Kind == types.MatterPayment {
				keys[string(matter.FactsKey(claimant, []byte("one payment")))] = true
				keys[string(matter.FactsKey(claimant, []byte("another of the same name")))] = true
			}
		}
	}
	require.Len(t, keys, 36)
}

func TestACommitmentBindsToEverythingThatAVoteIs(t *testing.T) {
	salt := []byte("sixteen random b")
	vote := types.Award{Grants: []types.Grant{{Remedy: 0, Amount: math.NewInt(12)}, {Remedy: 3, Amount: math.NewInt(4)}}}
	first := types.VoteCommitment(7, 1, "zhilian1a", vote, salt)
	require.Equal(t, first, types.VoteCommitment(7, 1, "zhilian1a", vote, salt))
	other := types.Award{Grants: []types.Grant{{Remedy: 0, Amount: math.NewInt(1)}, {Remedy: 3, Amount: math.NewInt(24)}}}
	for name, changed := range map[string][]byte{
		"another case":     types.VoteCommitment(8, 1, "zhilian1a", vote, salt),
		"another instance": types.VoteCommitment(7, 2, "zhilian1a", vote, salt),
		"another member":   types.VoteCommitment(7, 1, "zhilian1b", vote, salt),
		"other amounts":    types.VoteCommitment(7, 1, "zhilian1a", other, salt),
		"frivolous":        types.VoteCommitment(7, 1, "zhilian1a", types.Award{Grants: vote.Grants, Frivolous: true}, salt),
		"another salt":     types.VoteCommitment(7, 1, "zhilian1a", vote, []byte("sixteen random c")),
		"fewer grants":     types.VoteCommitment(7, 1, "zhilian1a", types.Award{Grants: vote.Grants[:1]}, salt),
	} {
		require.NotEqual(t, first, changed, name)
	}
}

func TestPublishedTextsTellNobodysData(t *testing.T) {
	sides := []accesstypes.Member{acme, lshb, {InstitutionId: "QDCB", PartyId: "ab"}}
	for _, text := range []string{
		"The amount of 1,000.00 was paid on 3 November 2026 and once more, 12.50 of it in error.", "第七号发票重复支付。", "Up to 9999 pieces.\nAbout half.",
		"A cab came.",
	} {
		require.NoError(t, types.CheckPublic(text, sides), text)
	}
	for _, text := range []string{
		"Acme paid twice.", "LSHB erred.", "12345", "account 6222 0210 0011", "13800138000", "138.0013.8000", "2026-11-03", "٠١٢٣٤", "a@b.example",
		"zhilian1q", "\x00", "\xff", "1 2 3 4 5",
	} {
		require.ErrorIs(t, types.CheckPublic(text, sides), types.ErrPersonalData, text)
	}
}

func TestSettingsOutOfTheirBoundsAreRefused(t *testing.T) {
	require.NoError(t, types.DefaultParams().Validate())
	twoDays := types.DefaultParams()
	twoDays.BusinessDaySeconds = 2 * 86_400
	require.NoError(t, twoDays.Validate(), "the longest business day that a network file may set")
	for name, change := range map[string]func(*types.Params){
		"no day":                       func(p *types.Params) { p.BusinessDaySeconds = 0 },
		"a day of a month":             func(p *types.Params) { p.BusinessDaySeconds = 864_001 },
		"an even panel":                func(p *types.Params) { p.PanelSize = 4 },
		"an even panel on appeal":      func(p *types.Params) { p.AppealPanelSize = 2 },
		"a panel of nobody":            func(p *types.Params) { p.PanelSize = 0 },
		"no time to answer":            func(p *types.Params) { p.AcknowledgeDays, p.EvidenceDays = 10, 5 },
		"a simple case that is long":   func(p *types.Params) { p.SimpleDays = 31 },
		"a draw in the same block":     func(p *types.Params) { p.DrawDelayBlocks = 0 },
		"a halt that is a breath":      func(p *types.Params) { p.HaltGap = time.Minute },
		"claims of a week":             func(p *types.Params) { p.ClaimDays = 7 },
		"interest above the principal": func(p *types.Params) { p.InterestPpm = 1_000_001 },
		"a deposit of nothing":         func(p *types.Params) { p.Deposits = []types.CurrencyAmount{{Currency: "CNY", Amount: math.ZeroInt()}} },
		"caps out of order": func(p *types.Params) {
			p.HoldCaps = []types.CurrencyAmount{{Currency: "JPY", Amount: math.OneInt()}, {Currency: "CNY", Amount: math.OneInt()}}
		},
		"no appeal":                              func(p *types.Params) { p.AppealDays = 0 },
		"no draw":                                func(p *types.Params) { p.DrawsMax = 0 },
		"no time to complain":                    func(p *types.Params) { p.LimitationDays = 0 },
		"complaints after returns are forgotten": func(p *types.Params) { p.LimitationDays, p.ClaimDays = 3660, 1460 },
	} {
		params := types.DefaultParams()
		change(&params)
		require.ErrorIs(t, params.Validate(), types.ErrInvalidParams, name)
	}
}

// closed is a state with one case whose claim is open: 60 of 100 that were granted are paid.
func closed() types.GenesisState {
	state := *types.DefaultGenesis()
	state.NextCaseId, state.NextClaimId = 2, 2
	now := time.Date(2026, 11, 2, 1, 0, 0, 0, time.UTC)
	award := types.Award{Grants: []types.Grant{{Remedy: 0, Amount: math.NewInt(100)}}}
	state.Cases = []types.Case{{
		Id: 1, Respondent: accesstypes.Member{InstitutionId: "LSHB", PartyId: "zeta"}, Kind: types.MatterPayment, Status: types.Executed,
		DueOnClock: now, FiledOnClock: now, DecidedOnClock: now, Outcome: types.OutcomeAccepted, Operator: "zhilian1a", Deposit: math.ZeroInt(),
		Claimants: []types.Claimant{{
			Member: acme, Matter: types.Matter{Kind: types.MatterPayment, Uetr: uetr}, Disputed: math.NewInt(100), Held: math.ZeroInt(),
			Payer: "zhilian1p", Account: "zhilian1q", Currency: "CNY", Representative: true, Leaf: make([]byte, 32),
		}},
		Remedies: []types.Remedy{{Kind: types.RemedyRefund, Amount: math.NewInt(100)}}, Award: &award, OpenClaims: 1,
		Results: []types.RemedyOutcome{{Status: types.RemedyQueued, Amount: math.NewInt(100), Paid: math.NewInt(40), ClaimId: 1}},
	}}
	state.Facts = []types.Facts{{CaseId: 1, Returned: math.ZeroInt(), Payment: &settlementtypes.Payment{Uetr: uetr}, ReceiptLeaf: make([]byte, 32)}}
	state.Claims = []types.Claim{{
		Id: 1, CaseId: 1, Payer: "zhilian1p", Payee: "zhilian1q", Currency: "CNY", Amount: math.NewInt(100), Paid: math.NewInt(60),
		Priority: types.PriorityEnterprise, Status: types.ClaimOpen,
	}}
	return state
}

func TestAStateThatContradictsItselfIsRefused(t *testing.T) {
	require.NoError(t, closed().Validate())
	for name, change := range map[string]func(*types.GenesisState){
		"a case out of order":  func(s *types.GenesisState) { s.NextCaseId = 1 },
		"the same facts twice": func(s *types.GenesisState) { c := s.Cases[0]; c.Id = 2; s.NextCaseId = 3; s.Cases = append(s.Cases, c) },
		"two claimants of one": func(s *types.GenesisState) {
			s.Cases[0].Claimants = append(s.Cases[0].Claimants, s.Cases[0].Claimants[0])
		},
		"more asked for than in dispute": func(s *types.GenesisState) { s.Cases[0].Remedies[0].Amount = math.NewInt(101) },
		"more due than granted":          func(s *types.GenesisState) { s.Cases[0].Results[0].Amount = math.NewInt(101) },
		"more paid than due":             func(s *types.GenesisState) { s.Cases[0].Results[0].Paid = math.NewInt(101) },
		"money held after the end":       func(s *types.GenesisState) { s.Cases[0].Claimants[0].Held = math.NewInt(1) },
		"a case that waits for nothing":  func(s *types.GenesisState) { s.Cases[0].DueOnClock = time.Time{} },
		"a closed case with claims": func(s *types.GenesisState) {
			s.Cases[0].Status, s.Cases[0].DueOnClock, s.Cases[0].ClosedAt = types.Closed, time.Time{}, time.Unix(1, 0)
		},
		"no outcome":                       func(s *types.GenesisState) { s.Cases[0].Award = nil },
		"a payment without its leaf":       func(s *types.GenesisState) { s.Cases[0].Claimants[0].Leaf = nil },
		"facts of another payment":         func(s *types.GenesisState) { s.Facts[0].ReceiptLeaf = make([]byte, 31) },
		"facts without the payment":        func(s *types.GenesisState) { s.Facts[0].Payment = nil },
		"no facts":                         func(s *types.GenesisState) { s.Facts = nil },
		"a claim of nothing":               func(s *types.GenesisState) { s.Cases[0].Results[0].ClaimId = 0 },
		"a claim that nobody counts":       func(s *types.GenesisState) { s.Cases[0].OpenClaims = 0 },
		"a claim of another amount":        func(s *types.GenesisState) { s.Claims[0].Amount = math.NewInt(99) },
		"a claim paid in full and open":    func(s *types.GenesisState) { s.Claims[0].Paid = math.NewInt(100) },
		"a claim paid less than at once":   func(s *types.GenesisState) { s.Claims[0].Paid = math.NewInt(39) },
		"what is owed and not claimed":     func(s *types.GenesisState) { s.Claims = nil },
		"a deposit that nobody gives back": func(s *types.GenesisState) { s.Cases[0].Deposit = math.OneInt() },
		"arbitrators out of order":         func(s *types.GenesisState) { s.Arbitrators = []types.Arbitrator{{Arbitrator: "b"}, {Arbitrator: "a"}} },
		"an arbitrator of a side": func(s *types.GenesisState) {
			s.Cases[0].Instance = 1
			s.Panels = []types.Panel{{CaseId: 1, Instance: 1, Size_: 1, Seats: []types.Seat{{Arbitrator: "a", InstitutionId: "LSHB"}}}}
		},
		"a panel of nobody's case": func(s *types.GenesisState) { s.Panels = []types.Panel{{CaseId: 2, Instance: 1, Size_: 1}} },
		"interests of nobody":      func(s *types.GenesisState) { s.Interests = []types.Interest{{Member: acme}} },
	} {
		state := closed()
		change(&state)
		require.Error(t, state.Validate(), name)
	}
}

func TestMessagesThatAreMisshapenAreRefused(t *testing.T) {
	long := strings.Repeat("x", types.MaxReasonsLength+1)
	for name, row := range map[string]struct {
		msg interface{ Validate() error }
		err error
	}{
		"a refusal without a reason":    {&types.MsgRefuseCase{}, types.ErrInvalidCase},
		"an unknown answer":             {&types.MsgAnswerCase{Answer: 9}, types.ErrInvalidCase},
		"an offer of nothing":           {&types.MsgAnswerCase{Answer: types.AnswerOffer}, types.ErrAward},
		"a contest that offers":         {&types.MsgAnswerCase{Answer: types.AnswerContest, Offer: &types.Award{}}, types.ErrAward},
		"an offer of too much":          {&types.MsgAnswerCase{Answer: types.AnswerOffer, Offer: &types.Award{Grants: make([]types.Grant, types.MaxRemedies+1)}}, types.ErrAward},
		"a short commitment":            {&types.MsgCommitVote{Commitment: make([]byte, 31)}, types.ErrVoteMismatch},
		"a short salt":                  {&types.MsgRevealVote{Salt: make([]byte, 15)}, types.ErrVoteMismatch},
		"a long salt":                   {&types.MsgRevealVote{Salt: make([]byte, 65)}, types.ErrVoteMismatch},
		"no reasons":                    {&types.MsgPublishReasons{}, types.ErrInvalidCase},
		"reasons without an end":        {&types.MsgPublishReasons{Reasons: long}, types.ErrInvalidCase},
		"an appeal on no ground":        {&types.MsgAppeal{}, types.ErrAppealGround},
		"an extension without a reason": {&types.MsgExtendCase{}, types.ErrInvalidCase},
		"an interest in nobody":         {&types.MsgDeclareInterest{}, accesstypes.ErrInvalidInstitution},
	} {
		require.ErrorIs(t, row.msg.Validate(), row.err, name)
	}
}
