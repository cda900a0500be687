package keeper_test

import (
	"fmt"
	"math/rand"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cosmossdk.io/math"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/credit/engine"
	"github.com/zhilian-network/zhilian/x/credit/types"
	settlementtypes "github.com/zhilian-network/zhilian/x/settlement/types"
)

const inflow3m = "behaviour.CNY.inflow_minor_3m"

func (f *fixture) enrol(operator string, subject accesstypes.Member, currencies ...string) error {
	_, err := f.msg.EnrolBehaviour(f.ctx, &types.MsgEnrolBehaviour{
		Operator: operator, Subject: subject, Currencies: currencies, EndsAt: f.ctx.BlockTime().AddDate(3, 0, 0),
	})
	return err
}

func (f *fixture) endBehaviour(operator string, subject accesstypes.Member) error {
	_, err := f.msg.EndBehaviour(f.ctx, &types.MsgEndBehaviour{Operator: operator, Subject: subject})
	return err
}

func party(id string) accesstypes.Member {
	return accesstypes.Member{InstitutionId: "BQDQ", PartyId: id}
}

func paid(from, to accesstypes.Member, amount int64) settlementtypes.SettledPayment {
	return settlementtypes.SettledPayment{Debtor: from, Creditor: to, Currency: "CNY", Amount: math.NewInt(amount)}
}

func (f *fixture) settle(payments ...settlementtypes.SettledPayment) {
	f.t.Helper()
	require.NoError(f.t, f.keeper.PaymentsSettled(f.ctx, payments))
}

// at goes to a day, and ends a block there.
func (f *fixture) at(day string) {
	f.t.Helper()
	to, err := time.Parse(time.DateOnly, day)
	require.NoError(f.t, err)
	f.after(to.Sub(f.ctx.BlockTime()))
}

func (f *fixture) behaviour(subject accesstypes.Member) *types.QueryBehaviourResponse {
	f.t.Helper()
	answer, err := f.query.Behaviour(f.ctx, &types.QueryBehaviourRequest{InstitutionId: subject.InstitutionId, PartyId: subject.PartyId})
	require.NoError(f.t, err)
	return answer
}

// figure is a value, -1 if it is missing.
func (f *fixture) figure(subject accesstypes.Member, name string) int64 {
	f.t.Helper()
	for _, figure := range f.behaviour(subject).Figures {
		if figure.Name == name {
			if figure.Missing {
				return -1
			}
			return figure.Value
		}
	}
	f.t.Fatalf("no figure %s", name)
	return 0
}

func TestOnlyASubjectsOwnOperatorsEnrolIt(t *testing.T) {
	f := newFixture(t)
	for operator, want := range map[string]error{
		"bqdq": accesstypes.ErrNotSubject, "zeta": accesstypes.ErrScopeDenied, "hzhz": accesstypes.ErrScopeDenied,
		"clerk": accesstypes.ErrPermissionDenied, "stranger": accesstypes.ErrOperatorNotFound,
	} {
		require.ErrorIs(t, f.enrol(operator, acme, "CNY"), want, operator)
	}
	require.NoError(t, f.enrol("acme", acme, "CNY", "EUR"))
	require.ErrorIs(t, f.endBehaviour("bqdq", acme), accesstypes.ErrNotSubject)
	require.NoError(t, f.endBehaviour("acme", acme))
	require.ErrorIs(t, f.endBehaviour("acme", acme), types.ErrNotEnrolled)
	f.requireSound()
}

func TestEnrolmentsThatAreRefused(t *testing.T) {
	f := newFixture(t)
	nine := []string{"AAA", "BBB", "CCC", "DDD", "EEE", "FFF", "GGG", "HHH", "III"}
	for name, currencies := range map[string][]string{
		"none": nil, "too many": nine, "not sorted": {"EUR", "CNY"}, "twice": {"CNY", "CNY"}, "no code": {"cny"},
	} {
		require.ErrorIs(t, f.enrol("acme", acme, currencies...), types.ErrInvalidEnrolment, name)
	}
	for name, end := range map[string]time.Time{"over already": start, "too long": start.AddDate(5, 0, 1)} {
		_, err := f.msg.EnrolBehaviour(f.ctx, &types.MsgEnrolBehaviour{Operator: "acme", Subject: acme, Currencies: []string{"CNY"}, EndsAt: end})
		require.ErrorIs(t, err, types.ErrInvalidEnrolment, name)
	}
	require.NoError(t, f.enrol("acme", acme, "CNY"))
	require.ErrorIs(t, f.enrol("acme", acme, "CNY", "EUR"), types.ErrEnrolled)
	f.after(100 * 24 * time.Hour)
	require.NoError(t, f.enrol("acme", acme, "CNY"), "it is prolonged")
	require.Equal(t, start, f.behaviour(acme).Enrolment.Since, "what was kept stays")
	require.Equal(t, f.ctx.BlockTime().AddDate(3, 0, 0), f.behaviour(acme).Enrolment.EndsAt)
	f.requireSound()
	f.requireSameAfterGenesis()
}

func TestOfWhoIsNotEnrolledNothingIsKept(t *testing.T) {
	f := newFixture(t)
	before := f.stored()
	f.settle(paid(acme, zeta, 100), paid(zeta, acme, 5))
	require.NoError(t, f.keeper.RecordDisputeLost(f.ctx, acme))
	require.NoError(t, f.keeper.RecordPunctuality(f.ctx, acme, loan(10, 1, 2)))
	require.Equal(t, before, f.stored())

	require.NoError(t, f.enrol("acme", acme, "CNY"))
	before = f.stored()
	euros := paid(zeta, acme, 100)
	euros.Currency = "EUR"
	f.settle(euros, paid(acme, acme, 70))
	require.Equal(t, before, f.stored(), "another currency, and its own accounts")
	f.settle(paid(acme, zeta, 100), paid(acme, zeta, 50), paid(acme, party("bob"), 7))
	require.Len(t, f.stored(), len(before)+1, "one record for all that a message has settled, and none of those it was paid to")
	require.EqualValues(t, 157, f.behaviour(acme).Months[0].OutflowMinor)
	_, err := f.query.Behaviour(f.ctx, &types.QueryBehaviourRequest{InstitutionId: "BQDQ", PartyId: "zeta"})
	require.ErrorIs(t, err, types.ErrNotEnrolled)
}

func loan(amount, due, end int64) types.Obligation {
	return types.Obligation{Kind: types.ObligationLoan, Creditor: member("HZHZ"), Currency: "CNY", Amount: math.NewInt(amount), DueDay: due, EndDay: end}
}

// behaviourModel is the small model with two figures of behaviour: little income and a lost dispute are riskier.
func behaviourModel() *engine.Model {
	m := engineModel(1)
	for _, name := range []string{inflow3m, "behaviour.disputes_lost_12m"} {
		m.Inputs = append(m.Inputs, engine.Input{Name: name, Decimals: 0})
		m.Features = append(m.Features, engine.Feature{
			Name: name, Reason: name[len("behaviour."):], Kind: engine.FeatureSum, Plus: []string{name}, Missing: engine.MissingRouted,
		})
	}
	m.Ensemble = append(m.Ensemble,
		engine.Tree{{Feature: 2, Threshold: 1_000, Left: 1, Right: 2, Missing: engine.SideLeft}, {Leaf: true, Value: 250_000}, {Leaf: true, Value: -150_000}},
		engine.Tree{{Feature: 3, Threshold: 1, Left: 1, Right: 2, Missing: engine.SideLeft}, {Leaf: true, Value: 0}, {Leaf: true, Value: 700_000}},
	)
	return m
}

func (f *fixture) behaviourChampion() {
	f.t.Helper()
	number := f.register("bqdq", behaviourModel(), 1, 900_000)
	f.must(number, types.StepApprove, types.ModelChallenger)
	f.must(number, types.StepPromote, types.ModelChampion)
}

func TestTheChainFillsInputsFromBehaviourAndTheRatingEndsWithThem(t *testing.T) {
	f := newFixture(t)
	f.behaviourChampion()
	f.attest("taxo", number("debt", 2, 600), number("equity", 2, 200))
	without, err := f.rate("acme", acme)
	require.NoError(t, err)
	require.Equal(t, types.RatedInput{Name: inflow3m, Missing: true, Behaviour: true}, without.Inputs[3])
	require.EqualValues(t, -2_950_000, without.Score)

	require.NoError(t, f.enrol("acme", acme, "CNY"))
	f.settle(paid(zeta, acme, 5_000))
	for _, day := range []string{"2026-12-05", "2027-01-05", "2027-02-05"} {
		f.at(day)
		f.settle(paid(zeta, acme, 900), paid(acme, party("bob"), 300))
	}
	f.at("2027-02-20")
	require.EqualValues(t, -1, f.figure(acme, inflow3m), "the first month was not whole")
	f.at("2027-03-10")
	rated, err := f.rate("acme", acme)
	require.NoError(t, err)
	require.Equal(t, types.RatedInput{Name: inflow3m, Value: 2_700, Behaviour: true}, rated.Inputs[3])
	require.Equal(t, types.RatedInput{Name: "behaviour.disputes_lost_12m", Behaviour: true}, rated.Inputs[4])
	require.EqualValues(t, -3_350_000, rated.Score)
	require.Equal(t, time.Date(2027, 5, 1, 0, 0, 0, 0, time.UTC), rated.ValidUntil, "when another whole month is over")
	require.NoError(t, f.keeper.RecordDisputeLost(f.ctx, acme))
	worse, err := f.rate("acme", acme)
	require.NoError(t, err)
	require.EqualValues(t, -2_650_000, worse.Score)
	require.Equal(t, types.Reason{Code: "disputes_lost_12m", Contribution: 700_000}, worse.Reasons[1])
	f.requireSound()
	f.requireSameAfterGenesis()

	require.NoError(t, f.endBehaviour("acme", acme))
	require.False(t, f.rated(worse.Id).Valid)
	require.True(t, f.rated(without.Id).Valid, "it read nothing of what was erased")
	state, err := f.keeper.ExportGenesis(f.ctx)
	require.NoError(t, err)
	require.Empty(t, state.Flows)
	require.Empty(t, state.Disputes)
	require.Empty(t, state.Enrolments)
	f.settle(paid(zeta, acme, 900))
	require.NoError(t, f.enrol("acme", acme, "CNY"))
	require.EqualValues(t, 0, f.figure(acme, "behaviour.months_observed"), "whoever begins anew has no history")
	require.Empty(t, f.behaviour(acme).Months)
	f.requireSound()
}

// A rating may rest on behaviour alone, and ends with the enrolment.
func TestARatingOnBehaviourAloneEndsWithTheEnrolment(t *testing.T) {
	f := newFixture(t)
	m := behaviourModel()
	m.Inputs, m.Features, m.Ensemble = m.Inputs[3:], m.Features[2:], m.Ensemble[2:]
	for i := range m.Ensemble {
		m.Ensemble[i][0].Feature -= 2
	}
	number := f.register("bqdq", m, 1, 900_000)
	f.must(number, types.StepApprove, types.ModelChallenger)
	f.must(number, types.StepPromote, types.ModelChampion)
	_, err := f.rate("acme", acme)
	require.ErrorIs(t, err, types.ErrNoInputs)
	ends := time.Date(2027, 3, 20, 0, 0, 0, 0, time.UTC)
	_, err = f.msg.EnrolBehaviour(f.ctx, &types.MsgEnrolBehaviour{Operator: "acme", Subject: acme, Currencies: []string{"CNY"}, EndsAt: ends})
	require.NoError(t, err)
	_, err = f.rate("acme", acme)
	require.ErrorIs(t, err, types.ErrNoInputs, "nothing is known yet")
	f.at("2027-03-10")
	rated, err := f.rate("acme", acme)
	require.NoError(t, err)
	require.Empty(t, rated.Sources)
	require.Equal(t, ends, rated.ValidUntil)
	f.requireSound()
	f.requireSameAfterGenesis()
	f.settle(paid(zeta, acme, 900))
	f.ctx = f.ctx.WithBlockTime(ends)
	f.settle(paid(zeta, acme, 900))
	require.NoError(t, f.keeper.EndBlock(f.ctx))
	state, err := f.keeper.ExportGenesis(f.ctx)
	require.NoError(t, err)
	require.Empty(t, state.Flows)
	require.Empty(t, state.Enrolments)
	f.requireSound()
}

func TestInputsThatTheChainFillsAreNobodysToAttestAndMustBeKnown(t *testing.T) {
	f := newFixture(t)
	_, err := f.msg.Attest(f.ctx, attestMsg("taxo", acme, number(inflow3m, 0, 1)))
	require.ErrorIs(t, err, types.ErrReservedInput)
	m := behaviourModel()
	m.Inputs[3].Name, m.Features[2].Plus = "behaviour.CNY.income_3m", []string{"behaviour.CNY.income_3m"}
	_, err = f.msg.RegisterModel(f.ctx, registerMsg("bqdq", m, 1, 900_000))
	require.ErrorIs(t, err, types.ErrBehaviourInput)
}

// What the chain filled when a rating was published is kept with it: the arbitrator computes with the same though the
// subject has lost a dispute since, and though a source claims to know better.
func TestAnArbitratorComputesWithWhatTheChainFilled(t *testing.T) {
	f := newFixture(t)
	f.behaviourChampion()
	require.NoError(t, f.enrol("acme", acme, "CNY"))
	f.at("2027-01-10")
	figures := []types.InputValue{number(inflow3m, 0, 5_000), number("debt", 2, 600), number("equity", 2, 200)}
	source := f.attestSealed("taxo", figures...)
	f.consent(acme, "HZHZ", rating, 4)
	f.consent(acme, "JZWB", dispute, 4)
	rated, err := f.publish("hzhz", -2_950_000, []types.Reason{{Code: "leverage", Contribution: 800_000}, {Code: "CNY.inflow_minor_3m", Contribution: 250_000}, {Code: "sector", Contribution: -150_000}}, source)
	require.NoError(t, err)
	require.Len(t, f.rated(rated).Rating.Inputs, 2)
	f.requireSound()
	f.requireSameAfterGenesis()
	require.NoError(t, f.keeper.RecordDisputeLost(f.ctx, acme))
	review, err := f.open("third", rated, []types.Opening{{AttestationId: source, Values: figures, Salt: salt}})
	require.NoError(t, err)
	require.True(t, review.Agrees, "%+v", review)
	f.requireSameAfterGenesis()
	require.NoError(t, f.endBehaviour("acme", acme))
	require.False(t, f.rated(rated).Valid)
}

func TestObligationsThatAreRefusedOrDoNotCount(t *testing.T) {
	f := newFixture(t)
	require.NoError(t, f.enrol("acme", acme, "CNY"))
	for name, change := range map[string]func(*types.Obligation){
		"of no kind":   func(o *types.Obligation) { o.Kind = 0 },
		"of nothing":   func(o *types.Obligation) { o.Amount = math.ZeroInt() },
		"unset":        func(o *types.Obligation) { o.Amount = math.Int{} },
		"no currency":  func(o *types.Obligation) { o.Currency = "yuan" },
		"before day 0": func(o *types.Obligation) { o.DueDay = -1 },
	} {
		obligation := loan(10, 1, 2)
		change(&obligation)
		require.ErrorIs(t, f.keeper.RecordPunctuality(f.ctx, acme, obligation), types.ErrObligation, name)
	}
	own := loan(10, 1, 2)
	own.Creditor = acme
	require.NoError(t, f.keeper.RecordPunctuality(f.ctx, acme, own))
	require.Empty(t, f.behaviour(acme).Months, "what it owes to itself")
	require.NoError(t, f.keeper.RecordPunctuality(f.ctx, acme, loan(10, 1, 4)))
	f.at("2027-01-05")
	require.EqualValues(t, 3, f.figure(acme, "behaviour.CNY.loans_days_late_max_12m"))
	f.requireSound()
}

func TestADefaultThatWasNoneIsTakenBackFromItsMonth(t *testing.T) {
	f := newFixture(t)
	given := loan(100, 1, 1)
	given.GivenUp = true
	require.NoError(t, f.keeper.RecordPunctuality(f.ctx, acme, given))
	early := f.ctx.BlockTime()
	require.NoError(t, f.enrol("acme", acme, "CNY"))
	f.after(24 * time.Hour)
	require.NoError(t, f.keeper.RecordPunctuality(f.ctx, acme, loan(40, 3, 3)))
	before := f.stored()
	at := f.ctx.BlockTime()
	require.NoError(t, f.keeper.RecordPunctuality(f.ctx, acme, given))
	require.EqualValues(t, 1, f.behaviour(acme).Months[0].Loans.DaysLateMax)
	with := f.stored()
	f.after(40 * 24 * time.Hour)
	for name, back := range map[string]func() error{
		"before it enrolled": func() error { return f.keeper.TakeBackDefault(f.ctx, acme, given, early) },
		"in a month of none": func() error { return f.keeper.TakeBackDefault(f.ctx, acme, given, f.ctx.BlockTime()) },
		"of who did not":     func() error { return f.keeper.TakeBackDefault(f.ctx, zeta, given, at) },
		"more than was told": func() error {
			more := given
			more.Amount = math.NewInt(101)
			return f.keeper.TakeBackDefault(f.ctx, acme, more, at)
		},
		"a receivable's": func() error {
			other := given
			other.Kind = types.ObligationReceivable
			return f.keeper.TakeBackDefault(f.ctx, acme, other, at)
		},
		"what is owed to one": func() error { own := given; own.Creditor = acme; return f.keeper.TakeBackDefault(f.ctx, acme, own, at) },
	} {
		require.NoError(t, back(), name)
		require.Equal(t, with, f.stored(), name)
	}
	require.ErrorIs(t, f.keeper.TakeBackDefault(f.ctx, acme, types.Obligation{}, at), types.ErrObligation)
	require.NoError(t, f.keeper.TakeBackDefault(f.ctx, acme, given, at))
	require.Equal(t, before, f.stored(), "as if it had never been told")
	require.NoError(t, f.keeper.TakeBackDefault(f.ctx, acme, given, at))
	require.Equal(t, before, f.stored(), "once")
	f.requireSound()

	// What else was late stays late.
	require.NoError(t, f.keeper.RecordPunctuality(f.ctx, acme, loan(7, 1, 4)))
	require.NoError(t, f.keeper.RecordPunctuality(f.ctx, acme, given))
	require.NoError(t, f.keeper.TakeBackDefault(f.ctx, acme, given, f.ctx.BlockTime()))
	months := f.behaviour(acme).Months
	require.EqualValues(t, 3, months[len(months)-1].Loans.DaysLateMax)
	require.EqualValues(t, 7, months[len(months)-1].Loans.TotalMinor)
	f.requireSound()
}

func TestMonthsThatNoFigureReadsAreForgotten(t *testing.T) {
	f := newFixture(t)
	require.NoError(t, f.enrol("acme", acme, "CNY"))
	f.settle(paid(zeta, acme, 1))
	require.NoError(t, f.keeper.RecordDisputeLost(f.ctx, acme))
	f.at("2027-12-31")
	require.Len(t, f.behaviour(acme).Months, 1)
	f.at("2028-01-01")
	state, err := f.keeper.ExportGenesis(f.ctx)
	require.NoError(t, err)
	require.Empty(t, state.Flows)
	require.Empty(t, state.Disputes)
	require.Len(t, state.Enrolments, 1)
}

// What stands in the state is what a list of the payments gives, whoever enrols, ends it and begins anew in between.
func TestFlowsAreARecountOfWhatHasSettled(t *testing.T) {
	type entry struct {
		month   uint32
		payment settlementtypes.SettledPayment
	}
	parties := []string{"acme", "zeta", "bob", "carol"}
	for seed := range int64(4) {
		f, random := newFixture(t), rand.New(rand.NewSource(seed))
		for _, id := range parties {
			f.access.operators[id] = fakeOperator{party(id).Scope(), f.access.operators["acme"].kind, everything}
		}
		var list []entry
		since := map[string]int{} // place in the list at which a party enrolled
		for step := range 600 {
			switch id := parties[random.Intn(len(parties))]; random.Intn(12) {
			case 0:
				if f.enrol(id, party(id), "CNY") == nil {
					if _, known := since[id]; !known {
						since[id] = len(list)
					}
				}
			case 1:
				if random.Intn(10) == 0 && f.endBehaviour(id, party(id)) == nil {
					delete(since, id)
				}
			case 2:
				f.after(time.Duration(random.Intn(30)) * 24 * time.Hour)
			default:
				var message []settlementtypes.SettledPayment
				for range 1 + random.Intn(5) {
					p := paid(party(id), party(parties[random.Intn(len(parties))]), int64(1+random.Intn(500)))
					p.Return = random.Intn(8) == 0
					message = append(message, p)
					list = append(list, entry{types.MonthOf(f.ctx.BlockTime()), p})
				}
				f.settle(message...)
			}
			if step%150 == 149 {
				f.requireSound()
				f.requireSameAfterGenesis()
			}
		}
		require.Greater(t, len(since), 1)
		for id, from := range since {
			want := map[uint32][4]uint64{}
			for _, e := range list[from:] {
				sums, amount := want[e.month], e.payment.Amount.Uint64()
				pays, gets := e.payment.Debtor == party(id), e.payment.Creditor == party(id)
				switch {
				case pays == gets:
					continue
				case gets && e.payment.Return:
					sums[3] += amount
				case gets:
					sums[0] += amount
				case e.payment.Return:
					sums[2] += amount
				default:
					sums[1] += amount
				}
				want[e.month] = sums
			}
			oldest := types.AddMonths(types.MonthOf(f.ctx.BlockTime()), 1-types.BehaviourMonths)
			for month := range want {
				if month < oldest {
					delete(want, month)
				}
			}
			got := map[uint32][4]uint64{}
			for _, m := range f.behaviour(party(id)).Months {
				got[m.Month] = [4]uint64{m.InflowMinor, m.OutflowMinor, m.ReturnedOutMinor, m.ReturnedInMinor}
			}
			require.Equal(t, want, got, fmt.Sprint(id, " of seed ", seed))
		}
	}
}

func TestGenesisRefusesBehaviourThatCannotBe(t *testing.T) {
	f := newFixture(t)
	require.NoError(t, f.enrol("acme", acme, "CNY"))
	f.settle(paid(acme, zeta, 10), paid(zeta, acme, 4), paid(party("bob"), acme, 3))
	require.NoError(t, f.keeper.RecordDisputeLost(f.ctx, acme))
	for name, change := range map[string]func(*types.GenesisState){
		"a flow of who is not enrolled": func(s *types.GenesisState) { s.Flows[0].Subject = zeta },
		"a flow in another currency":    func(s *types.GenesisState) { s.Flows[0].Currency = "EUR" },
		"a flow twice":                  func(s *types.GenesisState) { s.Flows = append(s.Flows, s.Flows[0]) },
		"a month that there is not":     func(s *types.GenesisState) { s.Flows[0].Month = 202613 },
		"counterparties beyond the sum": func(s *types.GenesisState) { s.Flows[0].InflowMinor = 6 },
		"a counterparty twice":          func(s *types.GenesisState) { s.Flows[0].Payers[0].Digest = s.Flows[0].Payees[0].Digest },
		"a payer that was paid":         func(s *types.GenesisState) { s.Flows[0].Payers[0].OutMinor, s.Flows[0].OutflowMinor = 1, 99 },
		"an error above the floor":      func(s *types.GenesisState) { s.Flows[0].Payers[0].ErrorMinor = 1 },
		"more on time than in all": func(s *types.GenesisState) {
			s.Flows[0].Loans = types.Punctuality{Count: 1, TotalMinor: 1, OnTimeMinor: 2}
		},
		"no disputes":                        func(s *types.GenesisState) { s.Disputes[0].Lost = 0 },
		"disputes of who is not enrolled":    func(s *types.GenesisState) { s.Disputes[0].Subject = zeta },
		"an enrolment that ends before":      func(s *types.GenesisState) { s.Enrolments[0].EndsAt = start },
		"an enrolment twice":                 func(s *types.GenesisState) { s.Enrolments = append(s.Enrolments, s.Enrolments[0]) },
		"an enrolment without currencies":    func(s *types.GenesisState) { s.Enrolments[0].Currencies = nil },
		"an enrolment that nobody asked for": func(s *types.GenesisState) { s.Enrolments[0].Operator = "" },
	} {
		state, err := f.keeper.ExportGenesis(f.ctx)
		require.NoError(t, err)
		require.NoError(t, state.Validate())
		change(state)
		require.Error(t, state.Validate(), name)
	}
}
