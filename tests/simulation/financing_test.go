package simulation

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cosmossdk.io/math"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/zhilian-network/zhilian/app"
	"github.com/zhilian-network/zhilian/localnet/network"
	"github.com/zhilian-network/zhilian/testutil/chain"
	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	financingkeeper "github.com/zhilian-network/zhilian/x/financing/keeper"
	financingtypes "github.com/zhilian-network/zhilian/x/financing/types"
)

// quickFinancing is the genesis of a network whose receivables default and are forgotten within the run.
func quickFinancing(t *testing.T, file *network.File) []byte {
	t.Helper()
	var modules map[string]json.RawMessage
	require.NoError(t, json.Unmarshal(chain.Genesis(t, file), &modules))
	codec := app.NewEncoding().Codec
	var state financingtypes.GenesisState
	require.NoError(t, codec.UnmarshalJSON(modules[financingtypes.ModuleName], &state))
	state.Params.DefaultAfterDays, state.Params.RetentionDays, state.Params.InvoiceRetentionDays = 6, 30, 70
	modules[financingtypes.ModuleName] = codec.MustMarshalJSON(&state)
	text, err := json.Marshal(modules)
	require.NoError(t, err)
	return text
}

// openFinancing has every customer consent to every bank.
func (d *driver) openFinancing(c *chain.Chain) {
	d.chain = c
	d.owners = map[string]network.Party{}
	for _, party := range d.file.Parties {
		d.owners[chain.Account(party.ID, 0)] = party
		for _, bank := range banks {
			key, consent := d.consent(party, accesstypes.Member{InstitutionId: bank[len("bank-"):]}, chain.Start.Add(10*time.Minute))
			c.Send(key, consent) // its own bank needs none
		}
	}
}

func (d *driver) books() financingtypes.QueryServer {
	return financingkeeper.NewQueryServer(d.chain.App.Keepers.Financing)
}

// financing is a step of what is financed: mostly what the thing that it is about can take, and now and then not.
func (d *driver) financing() (string, sdk.Msg) {
	switch n := d.Intn(20); {
	case n < 3:
		return d.issue()
	case n < 9:
		return d.aboutReceivable()
	case n < 15:
		return d.aboutRequest()
	case n < 18:
		return d.aboutFacility()
	default:
		return d.aboutLoan()
	}
}

func (d *driver) owner(account string) string { return "party-" + d.owners[account].ID }

// some is a part of an amount, and now and then more than it.
func (d *driver) some(whole math.Int) math.Int {
	if !whole.IsPositive() || !whole.IsInt64() {
		return math.OneInt()
	}
	const more = 20
	if d.Intn(more) == 0 {
		return whole.AddRaw(1)
	}
	return math.NewInt(1 + d.Int63n(whole.Int64()))
}

// issue takes parts of a few invoices, so that some are financed twice, look alike, or are amended.
func (d *driver) issue() (string, sdk.Msg) {
	pair := d.Perm(len(d.file.Parties))
	supplier, debtor := d.file.Parties[pair[0]], d.file.Parties[pair[1]]
	key := "party-" + supplier.ID
	msg := &financingtypes.MsgIssueReceivable{
		Operator: chain.Address(key), Supplier: chain.Account(supplier.ID, 0), Debtor: chain.Account(debtor.ID, 0), Currency: d.currency(),
		Amount: math.ZeroInt(), DueAt: d.now.Add(time.Duration(15+d.Intn(80)) * chain.BlockInterval),
	}
	for range 1 + d.Intn(3) {
		number, amount := d.Intn(300), int64(1_000+d.Intn(20_000))
		part := financingtypes.InvoicePart{
			Digest: digest(fmt.Sprint(msg.Currency, " invoice ", number)), NearDigest: digest(fmt.Sprint("near ", number/2)),
			InvoiceAmount: math.NewInt(21_000), Amount: math.NewInt(amount),
		}
		const amended = 60
		if d.Intn(amended) == 0 {
			part.Amends = digest(fmt.Sprint(msg.Currency, " invoice ", d.Intn(300)))
		}
		msg.Parts = append(msg.Parts, part)
		msg.Amount = msg.Amount.AddRaw(amount)
	}
	return key, msg
}

// recent is the number of one of the last things that were numbered.
func (d *driver) recent(next, window uint64) uint64 {
	if next <= 2 {
		return 1
	}
	return next - 1 - uint64(d.Int63n(int64(min(window, next-1))))
}

func (d *driver) aboutReceivable() (string, sdk.Msg) {
	state := d.financed()
	id := d.recent(state.NextReceivableId, 10)
	answer, err := d.books().Receivable(d.chain.Context(), &financingtypes.QueryReceivableRequest{ReceivableId: id})
	if err != nil {
		return d.issue()
	}
	receivable := answer.Receivable
	supplier, debtor := d.owner(receivable.Supplier), d.owner(receivable.Debtor)
	switch {
	case receivable.Status == financingtypes.ReceivableIssued:
		switch d.Intn(10) {
		case 0:
			return debtor, &financingtypes.MsgRefuseReceivable{Operator: chain.Address(debtor), ReceivableId: id, Reason: "not owed"}
		case 1:
			return supplier, &financingtypes.MsgCancelReceivable{Operator: chain.Address(supplier), ReceivableId: id}
		}
		return debtor, &financingtypes.MsgConfirmReceivable{Operator: chain.Address(debtor), ReceivableId: id}
	case receivable.Status == financingtypes.ReceivableDefaulted && d.Intn(2) == 0 && len(answer.Recourses) > 0:
		recourse := answer.Recourses[d.Intn(len(answer.Recourses))]
		key := d.owner(recourse.Creditor)
		return key, &financingtypes.MsgExerciseRecourse{Operator: chain.Address(key), ReceivableId: id, Creditor: recourse.Creditor, Seller: recourse.Seller}
	case receivable.HasUnits() && len(answer.Holdings) > 0 && d.Intn(4) > 0:
		return d.aboutHolding(answer, answer.Holdings[d.Intn(len(answer.Holdings))])
	case len(answer.Securities) > 0 && d.Intn(2) == 0:
		security := answer.Securities[d.Intn(len(answer.Securities))]
		key := d.owner(security.Secured)
		return key, &financingtypes.MsgReleasePledge{Operator: chain.Address(key), SecurityId: security.Id}
	case receivable.HasEnded() && d.Intn(10) > 0:
		return d.issue()
	}
	return debtor, &financingtypes.MsgPayReceivable{Operator: chain.Address(debtor), ReceivableId: id, Amount: d.some(receivable.Unpaid)}
}

// aboutHolding splits, pledges, or asks for finance on what a holder has.
func (d *driver) aboutHolding(answer *financingtypes.QueryReceivableResponse, holding financingtypes.Holding) (string, sdk.Msg) {
	key, id := d.owner(holding.Account), answer.Receivable.Id
	units := d.some(holding.Units.Sub(holding.Bound))
	switch d.Intn(6) {
	case 0, 1:
		part := d.some(units)
		parts := []financingtypes.UnitPart{{Account: d.creditor(), Units: part}}
		if rest := units.Sub(part); rest.IsPositive() {
			parts = append(parts, financingtypes.UnitPart{Account: d.creditor(), Units: rest})
		}
		return key, &financingtypes.MsgTransferReceivable{
			Operator: chain.Address(key), ReceivableId: id, Creditor: holding.Account, Units: units, Parts: parts, Recourse: d.Intn(2) == 0,
		}
	case 2:
		msg := &financingtypes.MsgPledgeReceivable{
			Operator: chain.Address(key), ReceivableId: id, Creditor: holding.Account, Pledgee: d.creditor(), Units: d.some(holding.Units),
		}
		if d.Intn(2) == 0 {
			msg.RegistrationNumber, msg.RegisteredAt = fmt.Sprint("R-", d.Intn(1_000)), chain.Start
		}
		return key, msg
	}
	return key, d.requestMsg(key, answer.Receivable, holding, units)
}

func (d *driver) requestMsg(key string, receivable financingtypes.Receivable, holding financingtypes.Holding, units math.Int) *financingtypes.MsgRequestFinance {
	msg := &financingtypes.MsgRequestFinance{
		Operator: chain.Address(key), Account: holding.Account, Kind: financingtypes.KindPurchase, Mode: financingtypes.ModeOpen,
		ReceivableId: receivable.Id, Units: units, Currency: receivable.Currency, Amount: math.OneInt(), Recourse: d.Intn(2) == 0,
		BiddingPeriod: time.Duration(3+d.Intn(4)) * time.Second, DecisionPeriod: time.Duration(10+d.Intn(15)) * time.Second,
	}
	if d.Intn(2) == 0 {
		msg.Kind, msg.Recourse, msg.Amount = financingtypes.KindAdvance, false, d.some(units)
		msg.Repayment = d.repayment()
	}
	for _, at := range d.Perm(len(banks))[:1+d.Intn(len(banks))] {
		msg.Lenders = append(msg.Lenders, accesstypes.Member{InstitutionId: banks[at][len("bank-"):]})
	}
	return msg
}

func (d *driver) repayment() *financingtypes.RepaymentTerms {
	schedules := []financingtypes.ScheduleKind{financingtypes.Bullet, financingtypes.EqualInstalment, financingtypes.EqualPrincipal}
	terms := &financingtypes.RepaymentTerms{
		Schedule: schedules[d.Intn(len(schedules))], DayCount: financingtypes.Act360, RatePpm: 200_000, PenaltyPpm: 1_000_000, Instalments: uint32(1 + d.Intn(4)),
		Period: financingtypes.Period{Unit: financingtypes.UnitDay, Count: uint32(2 + d.Intn(8))}, GraceDays: uint32(d.Intn(3)), DefaultDays: 10,
	}
	if terms.Schedule == financingtypes.Bullet {
		terms.Instalments = 1
	}
	return terms
}

// aboutRequest bids for a request that is open, accepts an offer, or takes one back.
func (d *driver) aboutRequest() (string, sdk.Msg) {
	request, offers := d.openRequest()
	if request == nil {
		return d.aboutReceivable()
	}
	borrower := d.owner(request.Account)
	if len(offers) == 0 || request.Status == financingtypes.RequestBidding && d.Intn(3) == 0 {
		key := "bank-" + request.Lenders[d.Intn(len(request.Lenders))].InstitutionId
		return key, &financingtypes.MsgMakeOffer{
			Operator: chain.Address(key), RequestId: request.Id, Account: d.accountKeptBy(key[len("bank-"):]), Terms: d.terms(*request),
		}
	}
	offer := offers[d.Intn(len(offers))]
	switch d.Intn(16) {
	case 0:
		return borrower, &financingtypes.MsgDeclineOffer{Operator: chain.Address(borrower), OfferId: offer.Id}
	case 1:
		key := "bank-" + offer.Lender.InstitutionId
		return key, &financingtypes.MsgWithdrawOffer{Operator: chain.Address(key), OfferId: offer.Id}
	case 2:
		return borrower, &financingtypes.MsgWithdrawRequest{Operator: chain.Address(borrower), RequestId: request.Id}
	}
	return borrower, &financingtypes.MsgAcceptOffer{Operator: chain.Address(borrower), OfferId: offer.Id}
}

// openRequest is one of the requests that somebody can still answer, mostly, with its offers.
func (d *driver) openRequest() (*financingtypes.Request, []financingtypes.Offer) {
	state := d.financed()
	offers := map[uint64][]financingtypes.Offer{}
	for _, offer := range state.Offers {
		if offer.Status == financingtypes.OfferStanding || d.Intn(20) == 0 {
			offers[offer.RequestId] = append(offers[offer.RequestId], offer)
		}
	}
	var open []financingtypes.Request
	for _, request := range state.Requests {
		canAnswer := d.now.Before(request.BiddingEndsAt) || request.Status == financingtypes.RequestDeciding && len(offers[request.Id]) > 0
		if canAnswer || d.Intn(100) == 0 {
			open = append(open, request)
		}
	}
	if len(open) == 0 {
		return nil, nil
	}
	request := open[d.Intn(len(open))]
	return &request, offers[request.Id]
}

func (d *driver) terms(request financingtypes.Request) financingtypes.OfferTerms {
	if request.Kind.IsLoan() {
		return financingtypes.OfferTerms{Price: math.ZeroInt(), RatePpm: uint32(d.Intn(210_000))}
	}
	return financingtypes.OfferTerms{Price: d.some(request.Units)}
}

func (d *driver) accountKeptBy(bank string) string {
	for _, at := range d.Perm(len(d.file.Parties)) {
		if party := d.file.Parties[at]; party.Institution == bank {
			return chain.Account(party.ID, 0)
		}
	}
	return chain.Account("nobody", 0)
}

// aboutLoan repays a part, gives the last repayment back, or writes off.
func (d *driver) aboutLoan() (string, sdk.Msg) {
	state := d.financed()
	id := d.recent(state.NextLoanId, 8)
	answer, err := d.books().Loan(d.chain.Context(), &financingtypes.QueryLoanRequest{LoanId: id})
	if err != nil {
		return d.aboutReceivable()
	}
	borrower, lender := d.owner(answer.Loan.BorrowerAccount), "bank-"+answer.Loan.Lender.InstitutionId
	switch d.Intn(6) {
	case 0:
		return lender, &financingtypes.MsgReverseRepayment{Operator: chain.Address(lender), LoanId: id, Number: answer.Loan.Repayments}
	case 1:
		return lender, &financingtypes.MsgWriteOffLoan{Operator: chain.Address(lender), LoanId: id}
	}
	return borrower, &financingtypes.MsgRepayLoan{Operator: chain.Address(borrower), LoanId: id, Amount: d.some(answer.Owed)}
}

// aboutFacility sets limits, and offers, accepts, suspends, draws and closes facilities.
func (d *driver) aboutFacility() (string, sdk.Msg) {
	borrower, bank := d.party(), d.party().Institution
	lender := "bank-" + bank
	state := d.financed()
	if kind := d.Intn(8); kind == 0 {
		return lender, &financingtypes.MsgSetLimit{
			Operator: chain.Address(lender), Lender: accesstypes.Member{InstitutionId: bank}, Kind: financingtypes.LimitBorrower,
			Borrower: accesstypes.Member{InstitutionId: borrower.Institution, PartyId: borrower.ID}, Currency: d.currency(), Bounded: true,
			Amount: math.NewInt(d.Int63n(120_000)),
		}
	} else if kind < 3 || len(state.Facilities) == 0 {
		return lender, &financingtypes.MsgOfferFacility{
			Operator: chain.Address(lender), LenderAccount: d.accountKeptBy(bank), BorrowerAccount: chain.Account(borrower.ID, 0),
			Currency: d.currency(), Limit: math.NewInt(1 + d.Int63n(80_000)), Terms: *d.repayment(), OpenDays: uint32(20 + d.Intn(60)),
		}
	}
	facility := state.Facilities[d.Intn(len(state.Facilities))]
	lender, taker := "bank-"+facility.Lender.InstitutionId, d.owner(facility.BorrowerAccount)
	switch {
	case facility.Status == financingtypes.FacilityOffered:
		return taker, &financingtypes.MsgAcceptFacility{Operator: chain.Address(taker), FacilityId: facility.Id}
	case facility.Status == financingtypes.FacilitySuspended || d.Intn(8) == 0:
		return lender, &financingtypes.MsgSuspendFacility{
			Operator: chain.Address(lender), FacilityId: facility.Id, Resume: facility.Status == financingtypes.FacilitySuspended,
		}
	case d.Intn(10) == 0:
		return taker, &financingtypes.MsgCloseFacility{Operator: chain.Address(taker), FacilityId: facility.Id}
	}
	return taker, &financingtypes.MsgDrawFacility{Operator: chain.Address(taker), FacilityId: facility.Id, Amount: d.some(facility.Limit)}
}

// financed is the module's whole state: a run is small.
func (d *driver) financed() *financingtypes.GenesisState {
	state, err := d.chain.App.Keepers.Financing.ExportGenesis(d.chain.Context())
	if err != nil {
		panic(err)
	}
	return state
}

// requireFinancingSound wants nothing wrong, and nothing stuck that no block could work off.
func requireFinancingSound(t *testing.T, c *chain.Chain) {
	t.Helper()
	violations, err := c.App.Keepers.Financing.CheckInvariants(c.Context())
	require.NoError(t, err)
	require.Empty(t, violations)
	state, err := c.App.Keepers.Financing.ExportGenesis(c.Context())
	require.NoError(t, err)
	require.Empty(t, state.Stuck)
	drawn := map[uint64]math.Int{}
	for _, loan := range state.Loans {
		require.Equal(t, loan.Drawn.String(), loan.Outstanding().Add(loan.Repaid).Add(loan.WrittenOff).String(), "loan %d", loan.Id)
		if known, ok := drawn[loan.FacilityId]; ok {
			drawn[loan.FacilityId] = known.Add(loan.Outstanding())
		} else {
			drawn[loan.FacilityId] = loan.Outstanding()
		}
	}
	for _, facility := range state.Facilities {
		if sum, ok := drawn[facility.Id]; ok {
			require.True(t, sum.LTE(facility.Limit), "facility %d of %s has lent %s", facility.Id, facility.Limit, sum)
		}
	}
}
