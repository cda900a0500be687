package keeper_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"cosmossdk.io/math"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/dispute/types"
	settlementtypes "github.com/zhilian-network/zhilian/x/settlement/types"
)

func (f *fixture) collective() uint64 {
	f.t.Helper()
	msg := aboutPayment(acme, f.pay(acme, 1), refund(1000_00))
	msg.Collective = true
	return f.file(msg)
}

func (f *fixture) join(id uint64, member accesstypes.Member, uetr string, remedies ...types.Remedy) error {
	_, err := f.msg.JoinCase(f.ctx, &types.MsgJoinCase{
		Operator: member.PartyId, CaseId: id, Claimant: member, Matter: types.Matter{Kind: types.MatterPayment, Uetr: uetr}, Remedies: remedies,
	})
	return err
}

func TestSeveralClaimantsAreHeardInOneCaseAndEachGetsItsOwn(t *testing.T) {
	f := newFixture(t, 7)
	id := f.collective()
	require.NoError(t, f.join(id, beta, f.pay(beta, 2), refund(500_00), one(types.RemedyInterest)))
	c := f.get(id)
	require.True(t, c.Complex, "a collective case has the longer time")
	require.EqualValues(t, 1500_00, f.held(zeta))
	require.EqualValues(t, 1, c.Remedies[2].Claimant)
	f.requireSameAfterGenesis()

	panel := f.toPanel(id)
	f.vote(id, panel, give(0, 100_00, 1, 400_00, 2, 1))
	f.pass(10 * day)
	f.requireStatus(id, types.Closed)
	require.EqualValues(t, 10_100_00, f.balance(acme))
	require.EqualValues(t, 10_400_00+2_72, f.balance(beta), "400.00 for 83 days at 3 %")
	require.Zero(t, f.held(zeta))
	f.requireSound()
}

func TestWhoMayNotJoinIsRefused(t *testing.T) {
	f := newFixture(t, 7)
	alone := f.duplicate()
	require.ErrorIs(t, f.join(alone, beta, f.pay(beta, 2), refund(1)), types.ErrNotCollective)

	f = newFixture(t, 7)
	id := f.collective()
	require.ErrorIs(t, f.join(id, acme, f.pay(acme, 3), refund(1)), types.ErrSameFacts, "one claimant is one")
	elsewhere := f.pay(beta, 4)
	payment := f.world.payments[elsewhere]
	payment.Creditor = account(acme)
	f.world.payments[elsewhere] = payment
	require.ErrorIs(t, f.join(id, beta, elsewhere, refund(1)), types.ErrNotCollective, "another respondent")
	require.ErrorIs(t, f.join(id, beta, f.pay(acme, 5), refund(1)), types.ErrNotConcerned, "with somebody else's payment")
	f.acknowledge(id)
	f.contest(id)
	require.ErrorIs(t, f.join(id, beta, f.pay(beta, 6), refund(1)), types.ErrTransition, "too late")
}

func TestOnlyRepresentativesActForAllAndEachMayLeave(t *testing.T) {
	f := newFixture(t, 7)
	id := f.collective()
	require.NoError(t, f.join(id, beta, f.pay(beta, 2), refund(500_00)))
	f.acknowledge(id)
	must[*types.MsgAnswerCaseResponse](f)(f.msg.AnswerCase(f.ctx, &types.MsgAnswerCase{
		Operator: "handler", CaseId: id, Answer: types.AnswerOffer, Offer: ptr(give(0, 1, 1, 2)),
	}))
	decide := func(operator string) error {
		_, err := f.msg.DecideOffer(f.ctx, &types.MsgDecideOffer{Operator: operator, CaseId: id, Offers: 1, Accept: true})
		return err
	}
	require.ErrorIs(t, decide("beta"), types.ErrNotRepresentative)
	must[*types.MsgWithdrawCaseResponse](f)(f.msg.WithdrawCase(f.ctx, &types.MsgWithdrawCase{Operator: "acme", CaseId: id, Claimant: acme}))
	require.EqualValues(t, 500_00, f.held(zeta), "what was held for who left is free")
	f.requireStatus(id, types.Offered)
	require.NoError(t, decide("beta"), "the first who stays represents them")
	c := f.requireStatus(id, types.Closed)
	require.Equal(t, types.OutcomeSettled, c.Outcome)
	require.EqualValues(t, 10_000_00, f.balance(acme), "who left gets nothing")
	require.EqualValues(t, 10_000_02, f.balance(beta))
	require.Equal(t, types.RemedyDenied, c.Results[0].Status)
	f.requireSound()
	f.requireSameAfterGenesis()
}

func ptr[T any](value T) *T { return &value }

func TestACollectiveCaseHasAMostOfClaimants(t *testing.T) {
	f := newFixture(t, 7)
	id := f.collective()
	for n := range types.MaxClaimants {
		member := accesstypes.Member{InstitutionId: "BQDQ", PartyId: fmt.Sprintf("member%02d", n)}
		f.world.operators[member.PartyId] = operator{scope: member.Scope(), permissions: everything}
		f.world.parties[member.PartyId] = accesstypes.Party{Id: member.PartyId, InstitutionId: "BQDQ", Status: active}
		f.world.accounts[account(member)] = settlementtypes.Account{Address: account(member), InstitutionId: "BQDQ", PartyId: member.PartyId}
		err := f.join(id, member, f.pay(member, 100+n), refund(100_00))
		if n == types.MaxClaimants-1 {
			require.ErrorIs(t, err, types.ErrTooManyClaimants)
			continue
		}
		require.NoError(t, err)
	}
	f.acknowledge(id)
	must[*types.MsgAnswerCaseResponse](f)(f.msg.AnswerCase(f.ctx, &types.MsgAnswerCase{Operator: "handler", CaseId: id, Answer: types.AnswerAccept}))
	require.EqualValues(t, 10_000_00-1000_00-24*100_00, f.balance(zeta), "all are paid in one block")
	f.requireSound()
}

func TestAfterRepeatedFrivolousCasesADepositIsHeld(t *testing.T) {
	f := newFixture(t, 200)
	frivolous := types.Award{Frivolous: true}
	lose := func(n int) uint64 {
		msg := aboutPayment(acme, f.pay(acme, n), refund(1000_00))
		msg.DepositAccount, msg.DepositCurrency = account(acme), "CNY"
		id := f.file(msg)
		f.vote(id, f.toPanel(id), frivolous)
		f.pass(10 * day)
		f.requireStatus(id, types.Closed)
		return id
	}
	lose(1)
	require.Zero(t, f.held(acme), "who is not asked deposits nothing")
	lose(2)
	_, err := f.msg.FileCase(f.ctx, aboutPayment(acme, f.pay(acme, 3), refund(1)))
	require.ErrorIs(t, err, types.ErrDepositNeeded)
	others := aboutPayment(acme, f.pay(acme, 3), refund(1))
	others.DepositAccount, others.DepositCurrency = account(beta), "CNY"
	_, err = f.msg.FileCase(f.ctx, others)
	require.ErrorIs(t, err, types.ErrDepositNeeded, "with somebody else's money")

	id := lose(4)
	require.EqualValues(t, 100_00, f.held(acme), "it stays after a frivolous case")
	require.Equal(t, math.NewInt(100_00), f.get(id).Deposit)
	f.requireSound()
	f.requireSameAfterGenesis()
	f.pass(90 * day)
	require.Zero(t, f.held(acme), "for a time")
	f.requireSound()

	msg := aboutPayment(acme, f.pay(acme, 5), refund(1000_00))
	msg.DepositAccount, msg.DepositCurrency = account(acme), "CNY"
	good := f.file(msg)
	require.EqualValues(t, 100_00, f.held(acme))
	f.vote(good, f.toPanel(good), give(0, 1000_00))
	f.pass(10 * day)
	f.requireStatus(good, types.Closed)
	require.Zero(t, f.held(acme), "a good case gets it back at once")
	f.file(aboutPayment(acme, f.pay(acme, 6), refund(1)))
	f.requireSound()
}
