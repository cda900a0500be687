package domain

import (
	"math/rand"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cosmossdk.io/math"

	credittypes "github.com/zhilian-network/zhilian/x/credit/types"
	"github.com/zhilian-network/zhilian/x/financing/types"
)

var salt = []byte("sixteen random b")

func priced(price int64) types.OfferTerms { return types.OfferTerms{Price: math.NewInt(price)} }

func rated(ppm uint32) types.OfferTerms { return types.OfferTerms{RatePpm: ppm}.Normal() }

// standing is an offer of one of the lenders, revealed or open.
func standing(id uint64, terms types.OfferTerms) types.Offer {
	return types.Offer{Id: id, RequestId: 7, Lender: lenders[int(id)%len(lenders)], Account: "account", Status: types.OfferStanding, Terms: terms}
}

func sealed(id uint64, terms types.OfferTerms) types.Offer {
	offer := standing(id, types.OfferTerms{}.Normal())
	offer.Status = types.OfferSealed
	offer.Commitment = types.BidCommitment(7, offer.Lender, offer.Account, terms, salt)
	return offer
}

// at is a request that was taken to a time, with its offers.
func at(t *testing.T, request types.Request, offers []types.Offer, now time.Time) (types.Request, []types.Offer) {
	t.Helper()
	offers = slices.Clone(offers)
	for steps := 0; ; steps++ {
		require.Less(t, steps, 4, "three deadlines")
		next, changed, moved, err := AdvanceRequest(request, offers, now)
		require.NoError(t, err)
		if !moved {
			require.Empty(t, changed)
			return next, offers
		}
		request = next
		offers = merged(offers, changed)
	}
}

func merged(offers, changed []types.Offer) []types.Offer {
	offers = slices.Clone(offers)
	for _, offer := range changed {
		offers[slices.IndexFunc(offers, func(o types.Offer) bool { return o.Id == offer.Id })] = offer
	}
	return offers
}

func TestBidsThatAreRefused(t *testing.T) {
	open, sealedMode := asked(t, types.KindAdvance, types.ModeOpen), asked(t, types.KindAdvance, types.ModeSealed)
	closed, _ := at(t, sealedMode, []types.Offer{sealed(1, rated(1))}, sealedMode.BiddingEndsAt)
	earlier := sealed(1, rated(1))
	for name, c := range map[string]struct {
		err  error
		want error
	}{
		"an open offer":             {CheckBid(open, lenders[0], types.ModeOpen, nil), nil},
		"a better open offer":       {CheckBid(open, lenders[0], types.ModeOpen, &earlier), nil},
		"a sealed bid":              {CheckBid(sealedMode, lenders[0], types.ModeSealed, nil), nil},
		"a second sealed bid":       {CheckBid(sealedMode, lenders[0], types.ModeSealed, &earlier), types.ErrOfferedAlready},
		"after the close":           {CheckBid(closed, lenders[0], types.ModeSealed, nil), types.ErrBiddingClosed},
		"of a stranger":             {CheckBid(open, accessMember("QDFR"), types.ModeOpen, nil), types.ErrNotInvited},
		"of the borrower":           {CheckBid(open, sme, types.ModeOpen, nil), types.ErrOwnRequest},
		"open among the sealed":     {CheckBid(sealedMode, lenders[0], types.ModeOpen, nil), types.ErrBiddingMode},
		"sealed among the open":     {CheckBid(open, lenders[0], types.ModeSealed, nil), types.ErrBiddingMode},
		"above the highest rate":    {CheckTerms(open, rated(60_001)), types.ErrOfferBeyond},
		"at the highest rate":       {CheckTerms(open, rated(60_000)), nil},
		"a price for a loan":        {CheckTerms(open, priced(900)), types.ErrInvalidOffer},
		"below the least price":     {CheckTerms(asked(t, types.KindPurchase, types.ModeOpen), priced(899)), types.ErrOfferBeyond},
		"at the least price":        {CheckTerms(asked(t, types.KindPurchase, types.ModeOpen), priced(900)), nil},
		"a rate for a purchase":     {CheckTerms(asked(t, types.KindPurchase, types.ModeOpen), rated(1)), types.ErrInvalidOffer},
		"a price of nothing":        {CheckTerms(asked(t, types.KindPurchase, types.ModeOpen), priced(0)), types.ErrInvalidOffer},
		"a grade of a long name":    {CheckTerms(open, types.OfferTerms{WorstGrade: string(make([]byte, 65))}.Normal()), types.ErrInvalidOffer},
		"a grade that nobody rates": {CheckTerms(types.Request{Kind: types.KindAdvance, Repayment: open.Repayment}, types.OfferTerms{WorstGrade: "BB"}.Normal()), types.ErrInvalidOffer},
	} {
		if c.want == nil {
			require.NoError(t, c.err, name)
		} else {
			require.ErrorIs(t, c.err, c.want, name)
		}
	}
}

func TestASealedBidIsRevealedAsItWasMadeAndInItsTime(t *testing.T) {
	request := asked(t, types.KindAdvance, types.ModeSealed)
	bid, other := sealed(1, rated(50_000)), sealed(2, rated(40_000))
	offers := []types.Offer{bid, other}
	_, err := RevealBid(request, bid, rated(50_000), salt)
	require.ErrorIs(t, err, types.ErrRevealEarly)

	revealing, _ := at(t, request, offers, request.BiddingEndsAt)
	require.Equal(t, types.RequestRevealing, revealing.Status)
	for name, reveal := range map[string]func() (types.Offer, error){
		"other terms": func() (types.Offer, error) { return RevealBid(revealing, bid, rated(49_999), salt) },
		"another facility": func() (types.Offer, error) {
			return RevealBid(revealing, bid, types.OfferTerms{RatePpm: 50_000, FacilityId: 1}.Normal(), salt)
		},
		"another salt": func() (types.Offer, error) {
			return RevealBid(revealing, bid, rated(50_000), []byte("sixteen random c"))
		},
		"another's bid": func() (types.Offer, error) { return RevealBid(revealing, other, rated(50_000), salt) },
		"of another request": func() (types.Offer, error) {
			moved := revealing
			moved.Id = 8
			return RevealBid(moved, bid, rated(50_000), salt)
		},
		"from another account": func() (types.Offer, error) {
			moved := bid
			moved.Account = "other"
			return RevealBid(revealing, moved, rated(50_000), salt)
		},
	} {
		_, err := reveal()
		require.ErrorIs(t, err, types.ErrBidMismatch, name)
	}
	shown, err := RevealBid(revealing, bid, rated(50_000), salt)
	require.NoError(t, err)
	require.Equal(t, types.OfferStanding, shown.Status)
	require.Equal(t, rated(50_000), shown.Terms)
	_, err = RevealBid(revealing, shown, rated(50_000), salt)
	require.ErrorIs(t, err, types.ErrOfferTransition, "twice")
	_, err = RevealBid(revealing, sealed(3, rated(70_000)), rated(70_000), salt)
	require.ErrorIs(t, err, types.ErrOfferBeyond, "a bid beyond the limit is no bid, sealed or not")

	deciding, after := at(t, revealing, []types.Offer{shown, other}, request.RevealEndsAt)
	require.Equal(t, types.RequestDeciding, deciding.Status)
	require.Equal(t, types.OfferUnrevealed, after[1].Status)
	_, err = RevealBid(deciding, after[1], rated(40_000), salt)
	require.ErrorIs(t, err, types.ErrRevealLate)
	require.ErrorIs(t, CheckAcceptance(deciding, after[1], after), types.ErrNotRevealed)
}

func TestNobodyWaitsForWhomThereIsNothingToWaitFor(t *testing.T) {
	request := asked(t, types.KindAdvance, types.ModeSealed)
	var bids []types.Offer
	for id := range uint64(len(lenders)) {
		waiting, _ := at(t, request, bids, morning)
		require.Equal(t, types.RequestBidding, waiting.Status)
		bids = append(bids, sealed(id+1, rated(50_000)))
	}
	revealing, _ := at(t, request, bids, morning)
	require.Equal(t, types.RequestRevealing, revealing.Status, "every lender has bid")
	for i := range bids {
		waiting, _ := at(t, revealing, bids, morning)
		require.Equal(t, types.RequestRevealing, waiting.Status)
		bids[i] = standing(bids[i].Id, rated(50_000))
	}
	deciding, _ := at(t, revealing, bids, morning)
	require.Equal(t, types.RequestDeciding, deciding.Status, "every bid is revealed")

	open, _ := at(t, asked(t, types.KindAdvance, types.ModeOpen), bids, morning)
	require.Equal(t, types.RequestBidding, open.Status, "open offers may be improved yet")
}

func TestOffersAreAcceptedOnceInTheirTimeAndTheBestFirst(t *testing.T) {
	request := asked(t, types.KindAdvance, types.ModeSealed)
	bids := []types.Offer{sealed(1, rated(50_000)), sealed(2, rated(40_000)), sealed(3, rated(40_000))}
	require.ErrorIs(t, CheckAcceptance(request, bids[1], bids), types.ErrAcceptEarly)
	revealing, _ := at(t, request, bids, request.BiddingEndsAt)
	shown := []types.Offer{standing(1, rated(50_000)), standing(2, rated(40_000)), standing(3, rated(40_000))}
	require.ErrorIs(t, CheckAcceptance(revealing, shown[1], shown), types.ErrAcceptEarly, "others may reveal better ones yet")
	deciding, shown := at(t, revealing, shown, request.RevealEndsAt)
	require.ErrorIs(t, CheckAcceptance(deciding, shown[0], shown), types.ErrNotBest)
	require.ErrorIs(t, CheckAcceptance(deciding, shown[2], shown), types.ErrNotBest, "of equal ones the first to bid")
	require.NoError(t, CheckAcceptance(deciding, shown[1], shown))

	declined := slices.Clone(shown)
	declined[1].Status = types.OfferDeclined
	require.NoError(t, CheckAcceptance(deciding, declined[2], declined), "the next one, when the best is declined")
	require.ErrorIs(t, CheckAcceptance(deciding, declined[1], declined), types.ErrOfferTransition)

	lapsed, ended := at(t, deciding, shown, request.DecisionEndsAt)
	require.Equal(t, types.RequestLapsed, lapsed.Status)
	require.ErrorIs(t, CheckAcceptance(lapsed, ended[1], ended), types.ErrAcceptLate)

	financed, changed, err := Accepted(deciding, shown[1], shown, morning.Add(3*day))
	require.NoError(t, err)
	require.Equal(t, types.RequestFinanced, financed.Status)
	require.EqualValues(t, 2, financed.AcceptedOfferId)
	require.Equal(t, []types.OfferStatus{types.OfferAccepted, types.OfferEnded, types.OfferEnded},
		[]types.OfferStatus{changed[0].Status, changed[1].Status, changed[2].Status})
	require.EqualValues(t, 2, changed[0].Id)
	require.ErrorIs(t, CheckAcceptance(financed, changed[0], changed), types.ErrAcceptedAlready)
	require.ErrorIs(t, CheckAcceptance(financed, changed[1], changed), types.ErrAcceptedAlready)

	open := asked(t, types.KindPurchase, types.ModeOpen)
	offers := []types.Offer{standing(1, priced(900)), standing(2, priced(950))}
	require.NoError(t, CheckAcceptance(open, offers[0], offers), "of open offers the borrower takes which it likes, when it likes")
	_, _, _, err = AdvanceRequest(open, offers, open.BiddingEndsAt.Add(-1))
	require.NoError(t, err)
}

func TestARequestThatNobodyWantsLapses(t *testing.T) {
	for name, c := range map[string]struct {
		mode   types.BiddingMode
		offers []types.Offer
		at     func(types.Request) time.Time
	}{
		"no sealed bid at the close":        {types.ModeSealed, nil, func(r types.Request) time.Time { return r.BiddingEndsAt }},
		"no open offer at the close":        {types.ModeOpen, nil, func(r types.Request) time.Time { return r.BiddingEndsAt }},
		"nothing revealed":                  {types.ModeSealed, []types.Offer{sealed(1, rated(1)), sealed(2, rated(1))}, func(r types.Request) time.Time { return r.RevealEndsAt }},
		"nothing accepted":                  {types.ModeOpen, []types.Offer{standing(1, rated(1))}, func(r types.Request) time.Time { return r.DecisionEndsAt }},
		"all of it after a long standstill": {types.ModeSealed, []types.Offer{sealed(1, rated(1))}, func(r types.Request) time.Time { return r.DecisionEndsAt.Add(100 * day) }},
	} {
		request := asked(t, types.KindAdvance, c.mode)
		if !c.at(request).After(request.DecisionEndsAt) {
			before, _ := at(t, request, c.offers, c.at(request).Add(-1))
			require.NotEqual(t, types.RequestLapsed, before.Status, name)
		}
		lapsed, offers := at(t, request, c.offers, c.at(request))
		require.Equal(t, types.RequestLapsed, lapsed.Status, name)
		require.Equal(t, c.at(request), lapsed.EndedAt, name)
		for _, offer := range offers {
			require.Contains(t, []types.OfferStatus{types.OfferUnrevealed, types.OfferEnded}, offer.Status, name)
		}
	}
}

func TestAnOfferHoldsForAGradeOrBetter(t *testing.T) {
	grade := &credittypes.GradeInForce{Grade: "BB", Scale: []string{"A", "BB", "C"}}
	require.NoError(t, CheckGrade(types.OfferTerms{}, nil))
	require.NoError(t, CheckGrade(types.OfferTerms{WorstGrade: "BB"}, grade))
	require.NoError(t, CheckGrade(types.OfferTerms{WorstGrade: "C"}, grade))
	require.ErrorIs(t, CheckGrade(types.OfferTerms{WorstGrade: "A"}, grade), types.ErrGradeTooLow)
	require.ErrorIs(t, CheckGrade(types.OfferTerms{WorstGrade: "C"}, nil), types.ErrGradeOver)
}

// Whatever the order of offers: the best is what sorting gives, nobody envies the winner, and each pair has one
// order.
func TestTheBestOfferAgreesWithSorting(t *testing.T) {
	random := rand.New(rand.NewSource(1))
	for range 2000 {
		kind := []types.FinanceKind{types.KindPurchase, types.KindAdvance, types.KindUnsecured}[random.Intn(3)]
		offers := make([]types.Offer, random.Intn(8))
		for i := range offers {
			offers[i] = standing(uint64(i+1), types.OfferTerms{Price: math.NewInt(random.Int63n(3)), RatePpm: uint32(random.Intn(3))})
			if random.Intn(3) == 0 {
				offers[i].Status = types.OfferStatus(random.Intn(8))
			}
		}
		random.Shuffle(len(offers), func(i, j int) { offers[i], offers[j] = offers[j], offers[i] })
		var sorted []types.Offer
		for _, offer := range offers {
			if offer.Status == types.OfferStanding {
				sorted = append(sorted, offer)
			}
		}
		slices.SortFunc(sorted, func(a, b types.Offer) int {
			difference := int(a.Terms.RatePpm) - int(b.Terms.RatePpm)
			if kind == types.KindPurchase {
				difference = int(b.Terms.Price.Int64() - a.Terms.Price.Int64())
			}
			if difference == 0 {
				return int(a.Id) - int(b.Id)
			}
			return difference
		})
		best, found := Best(kind, offers)
		require.Equal(t, len(sorted) > 0, found)
		if found {
			require.Equal(t, sorted[0].Id, best.Id)
		}
		for _, a := range offers {
			require.False(t, Better(kind, a, a))
			for _, b := range offers {
				require.True(t, a.Id == b.Id || Better(kind, a, b) != Better(kind, b, a))
			}
		}
	}
}

// Any row of steps of time, bids, revealings and withdrawals ends every request and every offer, and moves forward
// only.
func TestEveryRequestEnds(t *testing.T) {
	random := rand.New(rand.NewSource(2))
	ends := map[types.RequestStatus]int{}
	for range 2000 {
		mode := []types.BiddingMode{types.ModeOpen, types.ModeSealed}[random.Intn(2)]
		request, now := asked(t, types.KindAdvance, mode), morning
		var offers []types.Offer
		for !request.IsEnded() {
			now = now.Add(time.Duration(random.Int63n(int64(12 * time.Hour))))
			before := request.Status
			request, offers = at(t, request, offers, now)
			require.GreaterOrEqual(t, request.Status, before)
			id := uint64(len(offers) + 1)
			if len(offers) < len(lenders) && CheckBid(request, lenders[int(id)%len(lenders)], mode, nil) == nil {
				offers = append(offers, sealed(id, rated(uint32(random.Intn(60_000)))))
				if mode == types.ModeOpen {
					offers[id-1] = standing(id, rated(uint32(random.Intn(60_000))))
				}
			}
			if len(offers) == 0 {
				continue
			}
			chosen := random.Intn(len(offers))
			if request.Status == types.RequestRevealing && offers[chosen].Status == types.OfferSealed && random.Intn(2) == 0 {
				offers[chosen].Status = types.OfferStanding
			}
			var changed []types.Offer
			var err error
			if random.Intn(4) == 0 && CheckAcceptance(request, offers[chosen], offers) == nil {
				request, changed, err = Accepted(request, offers[chosen], offers, now)
			} else if random.Intn(20) == 0 && !request.IsEnded() {
				request, changed, err = WithdrawnRequest(request, offers, now)
			}
			require.NoError(t, err)
			offers = merged(offers, changed)
		}
		ends[request.Status]++
		accepted := 0
		for _, offer := range offers {
			require.NotEqual(t, types.OfferSealed, offer.Status)
			require.NotEqual(t, types.OfferStanding, offer.Status)
			if offer.Status == types.OfferAccepted {
				accepted++
			}
		}
		require.Equal(t, request.Status == types.RequestFinanced, accepted == 1)
		_, runs := request.DueAt()
		require.False(t, runs)
	}
	for _, status := range []types.RequestStatus{types.RequestFinanced, types.RequestLapsed, types.RequestWithdrawn} {
		require.Greater(t, ends[status], 100, status)
	}
}
