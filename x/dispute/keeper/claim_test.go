package keeper_test

import (
	"testing"
	"time"

	"cosmossdk.io/math"
	"github.com/stretchr/testify/require"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/dispute/types"
)

func (f *fixture) setBalance(member accesstypes.Member, amount int64) {
	f.world.balances[account(member)+" CNY"] = math.NewInt(amount)
}

func (f *fixture) claim(id uint64) types.Claim {
	f.t.Helper()
	return must[*types.QueryClaimResponse](f)(f.query.Claim(f.ctx, &types.QueryClaimRequest{ClaimId: id})).Claim
}

func TestAnEmptyAccountOwesWhatItLacksAndPaysAsMoneyComes(t *testing.T) {
	f := newFixture(t, 7)
	f.setBalance(zeta, 0)
	id := f.file(aboutPayment(acme, f.pay(acme, 1), refund(1000_00)))
	require.Zero(t, f.held(zeta), "there is nothing to hold")
	c := f.settle(id)
	require.Equal(t, types.Executed, c.Status)
	require.Equal(t, types.RemedyQueued, c.Results[0].Status)
	require.Equal(t, "settlement/13", c.Results[0].Refusal)
	f.requireSound()
	f.requireSameAfterGenesis()

	f.setBalance(zeta, 300_00)
	f.block(time.Second)
	require.Equal(t, math.NewInt(300_00), f.claim(1).Paid)
	require.Zero(t, f.balance(zeta))
	f.requireSound()
	f.setBalance(zeta, 900_00)
	f.block(time.Second)
	require.Equal(t, types.ClaimPaid, f.claim(1).Status)
	require.EqualValues(t, 200_00, f.balance(zeta), "and no more than is owed")
	require.EqualValues(t, 11_000_00, f.balance(acme))
	require.Equal(t, types.OutcomeAccepted, f.requireStatus(id, types.Closed).Outcome)
	f.requireSound()
	f.requireSameAfterGenesis()
}

// settle has the respondent accept.
func (f *fixture) settle(id uint64) types.Case {
	f.t.Helper()
	f.acknowledge(id)
	must[*types.MsgAnswerCaseResponse](f)(f.msg.AnswerCase(f.ctx, &types.MsgAnswerCase{Operator: "handler", CaseId: id, Answer: types.AnswerAccept}))
	return f.get(id)
}

func TestPeopleArePaidBeforeEnterprisesAndInterestLast(t *testing.T) {
	f := newFixture(t, 7)
	person := f.world.parties["beta"]
	person.Kind = accesstypes.PartyKind_PARTY_KIND_NATURAL_PERSON
	f.world.parties["beta"] = person
	f.setBalance(zeta, 0)
	f.settle(f.file(aboutPayment(acme, f.pay(acme, 1), refund(1000_00), one(types.RemedyInterest))))
	f.settle(f.file(aboutPayment(beta, f.pay(beta, 2), refund(1000_00))))
	require.Equal(t, types.PriorityEnterprise, f.claim(1).Priority)
	require.Equal(t, types.PriorityInterest, f.claim(2).Priority)
	require.Equal(t, types.PriorityPerson, f.claim(3).Priority)
	paid := func() []int64 {
		return []int64{f.claim(1).Paid.Int64(), f.claim(2).Paid.Int64(), f.claim(3).Paid.Int64()}
	}
	f.setBalance(zeta, 400_00)
	f.block(time.Second)
	require.Equal(t, []int64{0, 0, 400_00}, paid(), "the later claim of a person comes first")
	f.setBalance(zeta, 700_00)
	f.block(time.Second)
	require.Equal(t, []int64{100_00, 0, 1000_00}, paid())
	f.setBalance(zeta, 900_00+6_00-1)
	f.block(time.Second)
	require.Equal(t, []int64{1000_00, 5_99, 1000_00}, paid())
	f.setBalance(zeta, 50)
	f.block(time.Second)
	require.Equal(t, []int64{1000_00, 6_00, 1000_00}, paid())
	require.EqualValues(t, 49, f.balance(zeta))
	f.requireSound()
}

func TestAClaimThatCannotBePaidKeepsNoOtherBack(t *testing.T) {
	f := newFixture(t, 7)
	f.world.frozen = true
	f.settle(f.file(aboutPayment(acme, f.pay(acme, 1), refund(1000_00))))
	c := f.settle(f.file(aboutPayment(beta, f.pay(beta, 2), refund(1000_00))))
	require.Equal(t, "settlement/11", c.Results[0].Refusal, "for the payment's own reason")
	require.Zero(t, f.held(zeta), "a hold does not outlast the case's decision")
	f.world.frozen = false
	closed := f.world.accounts[account(acme)]
	delete(f.world.accounts, account(zeta))
	f.block(time.Second)
	require.True(t, f.claim(1).Paid.IsZero())
	f.world.accounts[account(zeta)] = closed
	f.block(time.Second)
	require.Equal(t, types.ClaimPaid, f.claim(1).Status)
	require.Equal(t, types.ClaimPaid, f.claim(2).Status)
}

func TestWhatThePayeeGivesBackMeanwhileIsTakenOff(t *testing.T) {
	f := newFixture(t, 7)
	uetr := f.pay(acme, 1)
	id := f.file(aboutPayment(acme, uetr, refund(1000_00)))
	f.world.returned[uetr] = math.NewInt(400_00)
	c := f.settle(id)
	require.Equal(t, math.NewInt(600_00), c.Results[0].Amount)
	require.EqualValues(t, 10_600_00, f.balance(acme))

	f = newFixture(t, 7)
	uetr = f.pay(acme, 1)
	id = f.file(aboutPayment(acme, uetr, refund(1000_00)))
	f.world.returned[uetr] = math.NewInt(1000_00)
	c = f.settle(id)
	require.Equal(t, types.RemedyMoot, c.Results[0].Status)
	require.EqualValues(t, 10_000_00, f.balance(acme))

	f = newFixture(t, 7)
	f.setBalance(zeta, 0)
	uetr = f.pay(acme, 1)
	id = f.file(aboutPayment(acme, uetr, refund(1000_00)))
	f.settle(id)
	f.world.returned[uetr] = math.NewInt(1000_00) // of its own will, with money from elsewhere
	f.block(time.Second)
	require.Equal(t, types.ClaimPaid, f.claim(1).Status)
	require.Zero(t, f.claim(1).Payments-1, "counted as one payment, and no money moved")
	require.EqualValues(t, 10_000_00, f.balance(acme))
	f.requireStatus(id, types.Closed)
	f.requireSound()
}

func TestAPaymentThatHasLeftStateIsPaidBackByAnother(t *testing.T) {
	f := newFixture(t, 7)
	uetr := f.pay(acme, 1)
	id := f.file(aboutPayment(acme, uetr, refund(1000_00)))
	f.world.retire(uetr)
	c := f.settle(id)
	require.Equal(t, types.RemedyDone, c.Results[0].Status)
	require.EqualValues(t, 11_000_00, f.balance(acme))
}

func TestClaimsAreGivenUpOrLapse(t *testing.T) {
	f := newFixture(t, 7)
	f.setBalance(zeta, 0)
	waived := f.file(aboutPayment(acme, f.pay(acme, 1), refund(1000_00)))
	lapsed := f.file(aboutPayment(beta, f.pay(beta, 2), refund(1000_00)))
	f.settle(waived)
	f.settle(lapsed)
	waive := func(operator string) error {
		_, err := f.msg.WaiveClaim(f.ctx, &types.MsgWaiveClaim{Operator: operator, ClaimId: 1})
		return err
	}
	require.ErrorIs(t, waive("beta"), accesstypes.ErrScopeDenied)
	require.ErrorIs(t, waive("supv"), accesstypes.ErrScopeDenied, "who helps gives nothing up")
	require.NoError(t, waive("acme"))
	require.ErrorIs(t, waive("acme"), types.ErrClaimEnded)
	f.requireStatus(waived, types.Closed)

	// Two years in blocks of a day would be a halt each: the settings say so.
	params := types.DefaultParams()
	params.HaltGap = 24 * time.Hour
	must[*types.MsgUpdateParamsResponse](f)(f.msg.UpdateParams(f.ctx, &types.MsgUpdateParams{Authority: "authority", Params: params}))
	for range 729 {
		f.block(day)
	}
	f.requireStatus(lapsed, types.Executed)
	f.block(day)
	f.requireStatus(lapsed, types.Closed)
	require.Equal(t, types.ClaimLapsed, f.claim(2).Status)
	f.setBalance(zeta, 5000_00)
	f.block(time.Second)
	require.EqualValues(t, 5000_00, f.balance(zeta), "nobody asks for it any more")
	f.requireSound()
	f.requireSameAfterGenesis()
}

func TestManyPayersAreServedInTurnWithinTheBoundOfABlock(t *testing.T) {
	f := newFixture(t, 7)
	const payers = 2*types.MaxPayersPerBlock + 3
	var owing []accesstypes.Member
	for n := range payers {
		payer := accesstypes.Member{InstitutionId: "LSHB", PartyId: "payer" + string(rune('a'+n))}
		owing = append(owing, payer)
		f.world.parties[payer.PartyId] = accesstypes.Party{Id: payer.PartyId, InstitutionId: "LSHB", Status: active}
		opened := f.world.accounts[account(zeta)]
		opened.Address, opened.PartyId = account(payer), payer.PartyId
		f.world.accounts[opened.Address] = opened
		claimant := accesstypes.Member{InstitutionId: "BQDQ", PartyId: "claimant" + string(rune('a'+n))}
		f.world.parties[claimant.PartyId] = accesstypes.Party{Id: claimant.PartyId, InstitutionId: "BQDQ", Status: active}
		opened = f.world.accounts[account(acme)]
		opened.Address, opened.PartyId = account(claimant), claimant.PartyId
		f.world.accounts[opened.Address] = opened
		f.world.operators[claimant.PartyId] = operator{scope: claimant.Scope(), permissions: everything}
		uetr := f.pay(claimant, n)
		payment := f.world.payments[uetr]
		payment.Creditor = account(payer)
		f.world.payments[uetr] = payment
		f.settle(f.file(aboutPayment(claimant, uetr, refund(1000_00))))
	}
	for _, payer := range owing {
		f.setBalance(payer, 1000_00)
	}
	served := func() int {
		n := 0
		for id := range payers {
			if f.claim(uint64(id+1)).Status == types.ClaimPaid {
				n++
			}
		}
		return n
	}
	for _, want := range []int{types.MaxPayersPerBlock, 2 * types.MaxPayersPerBlock, payers} {
		f.block(time.Second)
		require.Equal(t, want, served())
		f.requireSameAfterGenesis()
	}
}
