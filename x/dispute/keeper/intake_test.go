package keeper_test

import (
	"testing"

	"cosmossdk.io/math"
	"github.com/stretchr/testify/require"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/dispute/types"
	financingtypes "github.com/zhilian-network/zhilian/x/financing/types"
)

func (f *fixture) intake(claimant accesstypes.Member, matter types.Matter) (*types.QueryIntakeResponse, error) {
	return f.query.Intake(f.ctx, &types.QueryIntakeRequest{InstitutionId: claimant.InstitutionId, PartyId: claimant.PartyId, Matter: matter})
}

func TestBeforeACaseIsFiledTheLedgerSaysWhatItKnowsAndAsksTheRest(t *testing.T) {
	f := newFixture(t, 0)
	matter := types.Matter{Kind: types.MatterPayment, Uetr: f.pay(acme, 1)}
	before := stored(f.ctx, f.store)
	answer, err := f.intake(acme, matter)
	require.NoError(t, err)
	require.Equal(t, before, stored(f.ctx, f.store), "asking changes nothing")
	require.Equal(t, zeta, answer.Respondent)
	require.Equal(t, "payment", answer.Product)
	require.Equal(t, "CNY", answer.Currency)
	require.Equal(t, math.NewInt(1000_00), answer.Disputed)
	require.Equal(t, types.CaseReason_CASE_REASON_DUPLICATE, answer.Reasons[0])
	require.Equal(t, math.NewInt(1000_00), answer.Remedies[0].Most)
	require.Zero(t, answer.CaseId)
	require.False(t, answer.TooManyOpen)
	require.Empty(t, answer.Deposits)
	for _, choice := range answer.Remedies {
		require.NotEqual(t, types.RemedyRerate, choice.Kind, "nobody is offered a rating for a payment")
	}

	filed, err := f.msg.FileCase(f.ctx, aboutPayment(acme, matter.Uetr, refund(1000_00)))
	require.NoError(t, err)
	require.Equal(t, answer.WouldHold, filed.Held, "what was foreseen is held")
	answer, err = f.intake(acme, matter)
	require.NoError(t, err)
	require.Equal(t, filed.CaseId, answer.CaseId)
}

func TestTheIntakeRefusesWhatFilingWouldRefuse(t *testing.T) {
	f := newFixture(t, 0)
	matter := types.Matter{Kind: types.MatterPayment, Uetr: f.pay(acme, 1)}
	_, err := f.intake(beta, matter)
	require.ErrorIs(t, err, types.ErrNotConcerned, "somebody else's payment")
	f.owe(1, 0).receivable.Status = financingtypes.ReceivableIssued
	_, err = f.intake(acme, types.Matter{Kind: types.MatterReceivable, Number: 1})
	require.ErrorIs(t, err, types.ErrMatter)
	_, err = f.intake(acme, types.Matter{Kind: types.MatterPayment, Uetr: matter.Uetr, Number: 4})
	require.ErrorIs(t, err, types.ErrInvalidCase)
	_, err = f.intake(accesstypes.Member{}, matter)
	require.Error(t, err)
}

func TestTheIntakeSaysThatThereAreTooManyCases(t *testing.T) {
	f := newFixture(t, 0)
	for number := range types.DefaultParams().OpenCasesMax {
		f.file(aboutPayment(acme, f.pay(acme, int(number)+1), refund(1)))
	}
	answer, err := f.intake(acme, types.Matter{Kind: types.MatterPayment, Uetr: f.pay(acme, 99)})
	require.NoError(t, err)
	require.True(t, answer.TooManyOpen)
	require.True(t, answer.WouldHold.IsZero(), "its most holds are taken")
}
