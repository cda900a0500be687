package domain

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cosmossdk.io/math"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/financing/types"
)

var (
	morning = time.Date(2026, 11, 2, 9, 0, 0, 500, time.UTC)
	day     = 24 * time.Hour
	sme     = accesstypes.Member{InstitutionId: "BQDQ", PartyId: "sme"}
	lenders = []accesstypes.Member{{InstitutionId: "BQDQ"}, {InstitutionId: "LSHB"}, {InstitutionId: "JZWB"}, {InstitutionId: "BQDQ", PartyId: "factor"}}
)

// asked is a request for an advance of 900 or a purchase at 900 at least, for 1000 units, at noon for three days.
func asked(t *testing.T, kind types.FinanceKind, mode types.BiddingMode) types.Request {
	t.Helper()
	request := types.Request{
		Id: 7, Borrower: sme, Kind: kind, Mode: mode, ReceivableId: 3, Units: math.NewInt(1000), Amount: math.NewInt(900),
		Product: "sme-1y", Lenders: lenders,
	}
	if kind.IsLoan() {
		request.Repayment = &types.RepaymentTerms{RatePpm: 60_000}
	}
	periods := Periods{Bidding: day, Decision: day}
	if mode == types.ModeSealed {
		periods.Reveal = day
	}
	request, err := NewRequest(request, periods, 90*day, morning)
	require.NoError(t, err)
	return request
}

func TestARequestGetsItsDeadlinesInWholeSeconds(t *testing.T) {
	sealed := asked(t, types.KindPurchase, types.ModeSealed)
	nine := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	require.Equal(t, []time.Time{nine.Add(day), nine.Add(2 * day), nine.Add(3 * day)},
		[]time.Time{sealed.BiddingEndsAt, sealed.RevealEndsAt, sealed.DecisionEndsAt})
	require.Equal(t, types.RequestBidding, sealed.Status)
	open := asked(t, types.KindPurchase, types.ModeOpen)
	require.Equal(t, open.BiddingEndsAt, open.RevealEndsAt)
}

func TestTimesThatARequestCannotHave(t *testing.T) {
	for name, c := range map[string]struct {
		mode    types.BiddingMode
		periods Periods
	}{
		"no time to bid":                    {types.ModeOpen, Periods{0, 0, day}},
		"no time to decide":                 {types.ModeOpen, Periods{day, 0, 0}},
		"no time to reveal":                 {types.ModeSealed, Periods{day, 0, day}},
		"time to reveal what is open":       {types.ModeOpen, Periods{day, day, day}},
		"bidding longer than the longest":   {types.ModeOpen, Periods{91 * day, 0, day}},
		"revealing longer than the longest": {types.ModeSealed, Periods{day, 91 * day, day}},
		"deciding longer than the longest":  {types.ModeOpen, Periods{day, 0, 91 * day}},
		"half a second":                     {types.ModeOpen, Periods{time.Second / 2, 0, day}},
		"a time that runs backwards":        {types.ModeSealed, Periods{day, -day, day}},
	} {
		_, err := NewRequest(types.Request{Mode: c.mode}, c.periods, 90*day, morning)
		require.ErrorIs(t, err, types.ErrRequestPeriod, name)
	}
}

// The whole matrix: what is not listed is refused and changes nothing.
func TestEveryEventOfARequestFromEveryStanding(t *testing.T) {
	legal := map[types.RequestStatus]map[RequestEvent]types.RequestStatus{
		types.RequestNone: {Ask: types.RequestBidding},
		types.RequestBidding: {
			CloseSealed: types.RequestRevealing, CloseOpen: types.RequestDeciding, LapseRequest: types.RequestLapsed,
			Accept: types.RequestFinanced, WithdrawRequest: types.RequestWithdrawn,
		},
		types.RequestRevealing: {EndReveal: types.RequestDeciding, LapseRequest: types.RequestLapsed, WithdrawRequest: types.RequestWithdrawn},
		types.RequestDeciding:  {Accept: types.RequestFinanced, LapseRequest: types.RequestLapsed, WithdrawRequest: types.RequestWithdrawn},
	}
	for from := types.RequestNone; from <= types.RequestLapsed; from++ {
		for _, event := range RequestEvents {
			to, err := NextRequestStatus(from, event)
			if want, ok := legal[from][event]; ok {
				require.NoError(t, err, "%s %s", from, event)
				require.Equal(t, want, to)
				continue
			}
			require.ErrorIs(t, err, types.ErrRequestTransition, "%s %s", from, event)
			require.Equal(t, from, to)
		}
	}
}

func TestEveryEventOfAnOfferFromEveryStanding(t *testing.T) {
	legal := map[types.OfferStatus]map[OfferEvent]types.OfferStatus{
		types.OfferNone:   {Offer: types.OfferStanding, Commit: types.OfferSealed},
		types.OfferSealed: {Reveal: types.OfferStanding, Forfeit: types.OfferUnrevealed, EndOffer: types.OfferEnded},
		types.OfferStanding: {
			AcceptOffer: types.OfferAccepted, DeclineOffer: types.OfferDeclined, WithdrawOffer: types.OfferWithdrawn, EndOffer: types.OfferEnded,
		},
	}
	for from := types.OfferNone; from <= types.OfferEnded; from++ {
		for _, event := range OfferEvents {
			to, err := NextOfferStatus(from, event)
			if want, ok := legal[from][event]; ok {
				require.NoError(t, err, "%s %s", from, event)
				require.Equal(t, want, to)
				continue
			}
			require.ErrorIs(t, err, types.ErrOfferTransition, "%s %s", from, event)
			require.Equal(t, from, to)
		}
	}
}

func accessMember(institution string) accesstypes.Member {
	return accesstypes.Member{InstitutionId: institution}
}
