package keeper_test

import (
	"context"
	"fmt"
	"math/rand"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cosmossdk.io/math"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	credittypes "github.com/zhilian-network/zhilian/x/credit/types"
	"github.com/zhilian-network/zhilian/x/financing/types"
	settlementtypes "github.com/zhilian-network/zhilian/x/settlement/types"
)

func TestRequestsThatAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*types.MsgRequestFinance)
		want   error
	}{
		"by a stranger":                    {func(m *types.MsgRequestFinance) { m.Operator = "stranger" }, accesstypes.ErrOperatorNotFound},
		"from the account of another":      {func(m *types.MsgRequestFinance) { m.Account = accountOf("factor") }, accesstypes.ErrScopeDenied},
		"from an account that nobody has":  {func(m *types.MsgRequestFinance) { m.Account = accountOf("nobody") }, settlementtypes.ErrAccountNotFound},
		"from what is no account":          {func(m *types.MsgRequestFinance) { m.Account = "account" }, types.ErrInvalidRequest},
		"of no kind":                       {func(m *types.MsgRequestFinance) { m.Kind = 0 }, types.ErrInvalidRequest},
		"of no mode":                       {func(m *types.MsgRequestFinance) { m.Mode = 9 }, types.ErrInvalidRequest},
		"of nothing":                       {func(m *types.MsgRequestFinance) { m.Amount = math.ZeroInt() }, types.ErrInvalidRequest},
		"of an amount that is not there":   {func(m *types.MsgRequestFinance) { m.Amount = math.Int{} }, types.ErrInvalidRequest},
		"in no currency":                   {func(m *types.MsgRequestFinance) { m.Currency = "yuan" }, types.ErrInvalidRequest},
		"of a product with a capital":      {func(m *types.MsgRequestFinance) { m.Product = "SME" }, types.ErrInvalidRequest},
		"without terms of repayment":       {func(m *types.MsgRequestFinance) { m.Repayment = nil }, types.ErrInvalidRequest},
		"with terms that are none":         {func(m *types.MsgRequestFinance) { m.Repayment.Instalments = 0 }, types.ErrInvalidTerms},
		"of a purchase that is repaid":     {func(m *types.MsgRequestFinance) { m.Kind = types.KindPurchase }, types.ErrInvalidRequest},
		"of a loan with recourse":          {func(m *types.MsgRequestFinance) { m.Recourse = true }, types.ErrInvalidRequest},
		"unsecured with a receivable":      {func(m *types.MsgRequestFinance) { m.ReceivableId = 1 }, types.ErrInvalidRequest},
		"unsecured with units":             {func(m *types.MsgRequestFinance) { m.Units = math.NewInt(1) }, types.ErrInvalidRequest},
		"of an advance without receivable": {func(m *types.MsgRequestFinance) { m.Kind, m.Units = types.KindAdvance, math.NewInt(900) }, types.ErrInvalidRequest},
		"of an advance without units":      {func(m *types.MsgRequestFinance) { m.Kind, m.ReceivableId = types.KindAdvance, 1 }, types.ErrInvalidRequest},
		"of more than the units will bring": {func(m *types.MsgRequestFinance) {
			m.Kind, m.ReceivableId, m.Units = types.KindAdvance, 1, math.NewInt(899)
		}, types.ErrInvalidRequest},
		"put to nobody":            {func(m *types.MsgRequestFinance) { m.Lenders = nil }, types.ErrInvalidRequest},
		"put to too many":          {func(m *types.MsgRequestFinance) { m.Lenders = make([]accesstypes.Member, types.MaxLenders+1) }, types.ErrInvalidRequest},
		"put to one twice":         {func(m *types.MsgRequestFinance) { m.Lenders = []accesstypes.Member{lshb, lshb} }, types.ErrInvalidRequest},
		"put to what is no member": {func(m *types.MsgRequestFinance) { m.Lenders[0].InstitutionId = "x" }, accesstypes.ErrInvalidInstitution},
		"without time to bid":      {func(m *types.MsgRequestFinance) { m.BiddingPeriod = 0 }, types.ErrRequestPeriod},
		"open with time to reveal": {func(m *types.MsgRequestFinance) { m.RevealPeriod = time.Hour }, types.ErrRequestPeriod},
		"for years":                {func(m *types.MsgRequestFinance) { m.DecisionPeriod = types.MaxRequestPeriod + time.Second }, types.ErrRequestPeriod},
	} {
		m := newMarket(t)
		msg := loanMsg(types.ModeOpen)
		c.change(msg)
		before := m.stored()
		_, err := tried(m, m.msg.RequestFinance, msg)
		require.ErrorIs(t, err, c.want, name)
		require.Equal(t, before, m.stored(), name)
	}
}

func TestARequestIsFoundByItsBorrowerAndThoseItWasPutTo(t *testing.T) {
	m := newMarket(t)
	first, second := m.request(types.ModeOpen), m.request(types.ModeSealed)
	mine, err := m.query.Requests(m.ctx, &types.QueryRequestsRequest{InstitutionId: "JZWB", PartyId: "jimo"})
	require.NoError(t, err)
	require.Equal(t, []uint64{second, first}, []uint64{mine.Requests[0].Id, mine.Requests[1].Id}, "newest first")
	for _, lender := range []accesstypes.Member{lshb, bqdq, factor} {
		asked, err := m.query.Invitations(m.ctx, &types.QueryInvitationsRequest{InstitutionId: lender.InstitutionId, PartyId: lender.PartyId})
		require.NoError(t, err)
		require.Equal(t, mine.Requests, asked.Requests)
	}
	none, err := m.query.Invitations(m.ctx, &types.QueryInvitationsRequest{InstitutionId: "JZWB"})
	require.NoError(t, err)
	require.Empty(t, none.Requests)
	_, err = m.query.Requests(m.ctx, &types.QueryRequestsRequest{InstitutionId: "x"})
	require.Error(t, err)
	m.requireSound()
}

func TestBidsThatAreRefusedChangeNothing(t *testing.T) {
	m := newMarket(t)
	open, sealed := m.request(types.ModeOpen), m.request(types.ModeSealed)
	made := func(msg types.MsgMakeOffer) func(context.Context) error {
		return func(ctx context.Context) error { _, err := m.msg.MakeOffer(ctx, &msg); return err }
	}
	before := m.stored()
	for name, c := range map[string]struct {
		msg  types.MsgMakeOffer
		want error
	}{
		"on nothing":                       {types.MsgMakeOffer{Operator: "lshb", RequestId: 99, Account: accountOf("lshb"), Terms: rate(1)}, types.ErrRequestNotFound},
		"by a clerk":                       {types.MsgMakeOffer{Operator: "clerk", RequestId: open, Account: accountOf("lshb"), Terms: rate(1)}, accesstypes.ErrPermissionDenied},
		"from the account of another bank": {types.MsgMakeOffer{Operator: "lshb", RequestId: open, Account: accountOf("bqdq"), Terms: rate(1)}, accesstypes.ErrScopeDenied},
		"from no account":                  {types.MsgMakeOffer{Operator: "lshb", RequestId: open, Account: "x", Terms: rate(1)}, types.ErrInvalidOffer},
		"of one who was not asked":         {types.MsgMakeOffer{Operator: "jzwb", RequestId: open, Account: accountOf("jimo"), Terms: rate(1)}, types.ErrNotInvited},
		"of the borrower":                  {types.MsgMakeOffer{Operator: "jimo", RequestId: open, Account: accountOf("jimo"), Terms: rate(1)}, types.ErrOwnRequest},
		"open among the sealed":            {types.MsgMakeOffer{Operator: "lshb", RequestId: sealed, Account: accountOf("lshb"), Terms: rate(1)}, types.ErrBiddingMode},
		"above the highest rate":           {types.MsgMakeOffer{Operator: "lshb", RequestId: open, Account: accountOf("lshb"), Terms: rate(60_001)}, types.ErrOfferBeyond},
		"for a grade that is not there":    {types.MsgMakeOffer{Operator: "lshb", RequestId: open, Account: accountOf("lshb"), Terms: types.OfferTerms{RatePpm: 1, WorstGrade: "B"}}, types.ErrGradeOver},
	} {
		m.unchanged(made(c.msg), c.want, name)
	}
	m.consents[lshb] = false
	m.unchanged(made(types.MsgMakeOffer{Operator: "lshb", RequestId: open, Account: accountOf("lshb"), Terms: rate(1)}), accesstypes.ErrConsentMissing, "without consent")
	m.unchanged(func(ctx context.Context) error {
		_, err := m.msg.CommitOffer(ctx, &types.MsgCommitOffer{Operator: "bqdq", RequestId: sealed, Account: accountOf("bqdq"), Commitment: make([]byte, 31)})
		return err
	}, types.ErrInvalidOffer, "a commitment of 31 bytes")
	m.grade = &credittypes.GradeInForce{Grade: "C", Scale: []string{"B", "C"}}
	m.unchanged(made(types.MsgMakeOffer{Operator: "bqdq", RequestId: open, Account: accountOf("bqdq"), Terms: types.OfferTerms{RatePpm: 1, WorstGrade: "B"}}), types.ErrGradeTooLow, "for a better grade")
	require.Equal(t, before, m.stored())

	// After the close, whether or not a block had time to close it.
	m.late(time.Hour)
	_, err := m.offer("bqdq", open, rate(1))
	require.ErrorIs(t, err, types.ErrBiddingClosed)
	_, err = m.bid("bqdq", sealed, rate(1))
	require.ErrorIs(t, err, types.ErrBiddingClosed)
	require.Equal(t, before, m.stored())
}

func TestAnOpenOfferIsImprovedWithdrawnAndDeclined(t *testing.T) {
	m := newMarket(t)
	request := m.request(types.ModeOpen)
	first, err := m.offer("lshb", request, rate(50_000))
	require.NoError(t, err)
	other, err := m.offer("factor", request, rate(45_000))
	require.NoError(t, err)
	better, err := m.offer("lshb", request, rate(45_000))
	require.NoError(t, err)
	require.Equal(t, map[uint64]types.OfferStatus{other: types.OfferStanding, better: types.OfferStanding}, m.standings(request))
	_, err = m.query.Offer(m.ctx, &types.QueryOfferRequest{OfferId: first})
	require.ErrorIs(t, err, types.ErrOfferNotFound, "the later one took its place")
	offers, err := m.query.Offers(m.ctx, &types.QueryOffersRequest{RequestId: request})
	require.NoError(t, err)
	require.Equal(t, other, offers.Offers[0].Id, "of equal ones the first; an improved offer queues up again")
	require.Equal(t, accesstypes.MoneyOf("CNY", math.NewInt(900)), m.spent[2], "an offer commits its operator's day")

	_, err = tried(m, m.msg.WithdrawOffer, &types.MsgWithdrawOffer{Operator: "bqdq", OfferId: better})
	require.ErrorIs(t, err, accesstypes.ErrScopeDenied)
	_, err = tried(m, m.msg.DeclineOffer, &types.MsgDeclineOffer{Operator: "lshb", OfferId: better})
	require.ErrorIs(t, err, accesstypes.ErrScopeDenied)
	_, err = tried(m, m.msg.WithdrawOffer, &types.MsgWithdrawOffer{Operator: "lshb", OfferId: better})
	require.NoError(t, err)
	_, err = tried(m, m.msg.DeclineOffer, &types.MsgDeclineOffer{Operator: "jimo", OfferId: other})
	require.NoError(t, err)
	_, err = tried(m, m.msg.DeclineOffer, &types.MsgDeclineOffer{Operator: "jimo", OfferId: better})
	require.ErrorIs(t, err, types.ErrOfferTransition)
	require.Equal(t, map[uint64]types.OfferStatus{other: types.OfferDeclined, better: types.OfferWithdrawn}, m.standings(request))
	m.requireSound()
	_, err = m.offer("lshb", request, rate(44_000))
	require.NoError(t, err, "it may bid again")
	m.requireSound()
	m.after(time.Hour)
	require.Equal(t, types.RequestDeciding, m.standing(request))
	m.after(time.Hour)
	require.Equal(t, types.RequestLapsed, m.standing(request))
	m.requireSound()
}

func TestSealedBidsAreRevealedInTheirTimeOrForfeited(t *testing.T) {
	m := newMarket(t)
	request := m.request(types.ModeSealed)
	mine, err := m.bid("lshb", request, rate(50_000))
	require.NoError(t, err)
	silent, err := m.bid("factor", request, rate(40_000))
	require.NoError(t, err)
	_, err = m.bid("lshb", request, rate(49_000))
	require.ErrorIs(t, err, types.ErrOfferedAlready)
	_, err = tried(m, m.msg.WithdrawOffer, &types.MsgWithdrawOffer{Operator: "lshb", OfferId: mine})
	require.ErrorIs(t, err, types.ErrBiddingMode, "a sealed bid binds")
	_, err = tried(m, m.msg.DeclineOffer, &types.MsgDeclineOffer{Operator: "jimo", OfferId: mine})
	require.ErrorIs(t, err, types.ErrOfferTransition, "nobody knows what it is yet")
	require.ErrorIs(t, m.reveal("lshb", mine, rate(50_000)), types.ErrRevealEarly)
	m.requireSound()

	m.after(time.Hour)
	require.Equal(t, types.RequestRevealing, m.standing(request))
	before := m.stored()
	require.ErrorIs(t, m.reveal("lshb", mine, rate(49_999)), types.ErrBidMismatch)
	require.ErrorIs(t, m.reveal("clerk", mine, rate(50_000)), accesstypes.ErrPermissionDenied)
	require.ErrorIs(t, m.reveal("bqdq", mine, rate(50_000)), accesstypes.ErrScopeDenied)
	_, err = tried(m, m.msg.RevealOffer, &types.MsgRevealOffer{Operator: "lshb", OfferId: mine, Terms: rate(50_000), Salt: []byte("short")})
	require.ErrorIs(t, err, types.ErrInvalidOffer)
	require.Equal(t, before, m.stored())
	require.NoError(t, m.reveal("lshb", mine, rate(50_000)))
	m.requireSound()

	m.late(30 * time.Minute)
	require.ErrorIs(t, m.reveal("factor", silent, rate(40_000)), types.ErrRevealLate, "also before a block had time for it")
	m.after(0)
	require.Equal(t, map[uint64]types.OfferStatus{mine: types.OfferStanding, silent: types.OfferUnrevealed}, m.standings(request))
	require.Equal(t, types.RequestDeciding, m.standing(request))
	m.requireSound()
	_, err = tried(m, m.msg.WithdrawRequest, &types.MsgWithdrawRequest{Operator: "lshb", RequestId: request})
	require.ErrorIs(t, err, accesstypes.ErrScopeDenied)
	_, err = tried(m, m.msg.WithdrawRequest, &types.MsgWithdrawRequest{Operator: "jzwb", RequestId: request})
	require.NoError(t, err, "the bank acts for its customer")
	require.Equal(t, map[uint64]types.OfferStatus{mine: types.OfferEnded, silent: types.OfferUnrevealed}, m.standings(request))
	_, err = tried(m, m.msg.WithdrawRequest, &types.MsgWithdrawRequest{Operator: "jimo", RequestId: request})
	require.ErrorIs(t, err, types.ErrRequestTransition)
	m.requireSound()
}

func TestBiddingClosesWhenAllHaveBidAndRevealingWhenAllIsRevealed(t *testing.T) {
	m := newMarket(t)
	request := m.request(types.ModeSealed)
	bids := map[string]uint64{}
	for _, lender := range []string{"lshb", "bqdq", "factor"} {
		require.Equal(t, types.RequestBidding, m.standing(request))
		id, err := m.bid(lender, request, rate(50_000))
		require.NoError(t, err)
		bids[lender] = id
	}
	for lender, id := range bids {
		require.Equal(t, types.RequestRevealing, m.standing(request))
		require.NoError(t, m.reveal(lender, id, rate(50_000)))
		m.requireSound()
	}
	require.Equal(t, types.RequestDeciding, m.standing(request))
	m.after(150 * time.Minute)
	require.Equal(t, types.RequestLapsed, m.standing(request), "the time to decide is as announced")
	m.requireSound()
}

func TestARequestThatFellOffTheQueueIsNoticed(t *testing.T) {
	m := newMarket(t)
	m.request(types.ModeOpen)
	m.requireSound()
	store := m.ctx.KVStore(m.store)
	for _, pair := range m.stored() {
		if strings.HasPrefix(pair[0], string(types.DuePrefix.Bytes())) {
			store.Delete([]byte(pair[0]))
		}
	}
	violations, err := m.keeper.CheckInvariants(m.ctx)
	require.NoError(t, err)
	require.Len(t, violations, 1)
}

func TestAnEndedRequestIsForgottenLater(t *testing.T) {
	m := newMarket(t)
	request := m.request(types.ModeSealed)
	_, err := m.bid("lshb", request, rate(1))
	require.NoError(t, err)
	m.after(24 * time.Hour)
	require.Equal(t, types.RequestLapsed, m.standing(request), "all of it at once, after a standstill")
	m.requireSound()
	kept := time.Duration(types.DefaultParams().RetentionDays) * 24 * time.Hour
	m.after(kept - 24*time.Hour)
	require.Equal(t, types.RequestLapsed, m.standing(request))
	m.after(24 * time.Hour)
	_, err = m.query.Request(m.ctx, &types.QueryRequestRequest{RequestId: request})
	require.ErrorIs(t, err, types.ErrRequestNotFound)
	state, err := m.keeper.ExportGenesis(m.ctx)
	require.NoError(t, err)
	require.Empty(t, state.Offers)
	m.requireSound()
}

// A payment inside a bank writes three keys and is one unit of work.
func TestTheLargestRequestIsNotMoreWorkThanItCounts(t *testing.T) {
	const keysPerUnit = 3
	m := newMarket(t)
	changed := func(do func()) (keys int) {
		before := map[string]string{}
		for _, pair := range m.stored() {
			before[pair[0]] = pair[1]
		}
		do()
		for _, pair := range m.stored() {
			if value, known := before[pair[0]]; !known || value != pair[1] {
				keys++
			}
			delete(before, pair[0])
		}
		return keys + len(before)
	}
	msg := loanMsg(types.ModeSealed)
	for i := len(msg.Lenders); i < types.MaxLenders; i++ {
		lender := accesstypes.Member{InstitutionId: "LSHB", PartyId: fmt.Sprint("lender", i)}
		msg.Lenders = append(msg.Lenders, lender)
		m.consents[lender] = true
	}
	require.LessOrEqual(t, changed(func() {
		_, err := tried(m, m.msg.RequestFinance, msg)
		require.NoError(t, err)
	}), keysPerUnit*types.RequestUnits)
	for _, lender := range msg.Lenders {
		name := accountOf("lender of " + lender.InstitutionId + lender.PartyId)
		actors[name], owners[name] = lender, lender
		_, err := tried(m, m.msg.CommitOffer, &types.MsgCommitOffer{Operator: name, RequestId: 1, Account: name, Commitment: make([]byte, types.BidLength)})
		require.NoError(t, err)
		delete(actors, name)
		delete(owners, name)
	}
	require.LessOrEqual(t, changed(func() {
		_, err := tried(m, m.msg.WithdrawRequest, &types.MsgWithdrawRequest{Operator: "jimo", RequestId: 1})
		require.NoError(t, err)
	}), keysPerUnit*types.RequestUnits)
	m.requireSound()
}

func TestAGenesisOfRequestsThatContradictsItself(t *testing.T) {
	m := newMarket(t)
	open, sealed := m.request(types.ModeOpen), m.request(types.ModeSealed)
	_, err := m.offer("lshb", open, rate(1))
	require.NoError(t, err)
	_, err = m.bid("lshb", sealed, rate(1))
	require.NoError(t, err)
	for name, change := range map[string]func(*types.GenesisState){
		"a request that is to come":         func(s *types.GenesisState) { s.NextRequestId = 2 },
		"an offer that is to come":          func(s *types.GenesisState) { s.NextOfferId = 2 },
		"an offer of no request":            func(s *types.GenesisState) { s.Offers[0].RequestId = 9 },
		"an offer of one who was not asked": func(s *types.GenesisState) { s.Offers[0].Lender.PartyId = "x" },
		"two offers of one lender":          func(s *types.GenesisState) { s.Offers[1].RequestId = s.Offers[0].RequestId },
		"a sealed bid without a commitment": func(s *types.GenesisState) { s.Offers[1].Commitment = nil },
		"an offer that outlives its request": func(s *types.GenesisState) {
			s.Requests[0].Status, s.Requests[0].EndedAt = types.RequestLapsed, opening
		},
		"an accepted offer of an open request": func(s *types.GenesisState) { s.Offers[0].Status = types.OfferAccepted },
		"a financed request without an offer": func(s *types.GenesisState) {
			s.Requests[0].Status, s.Requests[0].EndedAt = types.RequestFinanced, opening
			s.Offers[0].Status = types.OfferEnded
		},
		"deadlines out of order":   func(s *types.GenesisState) { s.Requests[0].DecisionEndsAt = opening },
		"a deadline that no block": func(s *types.GenesisState) { s.Requests[0].NextAt++ },
		"a standing nobody knows":  func(s *types.GenesisState) { s.Requests[0].Status = 9 },
		"an offer nobody knows":    func(s *types.GenesisState) { s.Offers[0].Status = 9 },
		"terms of a purchase":      func(s *types.GenesisState) { s.Offers[0].Terms.Price = math.NewInt(3) },
	} {
		state, err := m.keeper.ExportGenesis(m.ctx)
		require.NoError(t, err)
		require.NoError(t, state.Validate())
		change(state)
		require.Error(t, state.Validate(), name)
	}
}

// Whatever is asked, bid, revealed, declined and withdrawn in whatever order: the state stays sound, and all of it
// ends and is forgotten.
func TestAnyRowOfBiddingLeavesTheStateSound(t *testing.T) {
	done := map[string]int{}
	for seed := range int64(3) {
		m, random := newMarket(t), rand.New(rand.NewSource(seed))
		terms := map[uint64]types.OfferTerms{}
		names := []string{"lshb", "bqdq", "factor"}
		for step := range 400 {
			state, err := m.keeper.ExportGenesis(m.ctx)
			require.NoError(t, err)
			// One of the newest: older ones have ended.
			recent := func(next uint64, span int) uint64 { return max(1, next-1-min(next-1, uint64(random.Intn(span)))) }
			lender, request, offer := names[random.Intn(3)], recent(state.NextRequestId, 4), recent(state.NextOfferId, 6)
			asked := rate(uint32(random.Intn(70_000)))
			what := []string{"ask", "offer", "bid", "reveal", "decline", "withdraw offer", "withdraw request", "wait"}[random.Intn(8)]
			switch what {
			case "ask":
				_, err = tried(m, m.msg.RequestFinance, loanMsg(types.BiddingMode(1+random.Intn(2))))
			case "offer":
				_, err = m.offer(lender, request, asked)
			case "bid":
				var id uint64
				if id, err = m.bid(lender, request, asked); err == nil {
					terms[id] = asked
				}
			case "reveal":
				err = m.reveal(lender, offer, terms[offer])
			case "decline":
				_, err = tried(m, m.msg.DeclineOffer, &types.MsgDeclineOffer{Operator: "jimo", OfferId: offer})
			case "withdraw offer":
				_, err = tried(m, m.msg.WithdrawOffer, &types.MsgWithdrawOffer{Operator: lender, OfferId: offer})
			case "withdraw request":
				if random.Intn(4) == 0 {
					_, err = tried(m, m.msg.WithdrawRequest, &types.MsgWithdrawRequest{Operator: "jimo", RequestId: request})
				}
			case "wait":
				m.after(time.Duration(random.Intn(2400)) * time.Second)
			}
			if err == nil {
				done[what]++
			}
			if step%40 == 39 {
				m.requireSound()
			}
		}
		m.after(types.MaxRequestPeriod)
		m.after(time.Duration(types.DefaultParams().RetentionDays+1) * 24 * time.Hour)
		state, err := m.keeper.ExportGenesis(m.ctx)
		require.NoError(t, err)
		require.Empty(t, state.Requests)
		require.Empty(t, state.Offers)
		require.Empty(t, state.Stuck)
	}
	for what, least := range map[string]int{"ask": 50, "offer": 20, "bid": 20, "reveal": 3, "decline": 3, "withdraw offer": 3} {
		require.GreaterOrEqual(t, done[what], least, what)
	}
}
