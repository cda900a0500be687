package domain_test

import (
	"math/rand"
	"testing"

	"cosmossdk.io/math"
	"github.com/stretchr/testify/require"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/dispute/domain"
	"github.com/zhilian-network/zhilian/x/dispute/types"
)

func TestPeopleAreRefundedBeforeEnterprisesAndInterestComesLast(t *testing.T) {
	const person, enterprise = accesstypes.PartyKind_PARTY_KIND_NATURAL_PERSON, accesstypes.PartyKind_PARTY_KIND_LEGAL_PERSON
	order := []types.ClaimPriority{
		domain.PriorityOf(types.RemedyRefund, person), domain.PriorityOf(types.RemedyRefund, enterprise), domain.PriorityOf(types.RemedyInterest, person),
	}
	require.Equal(t, []types.ClaimPriority{types.PriorityPerson, types.PriorityEnterprise, types.PriorityInterest}, order)
	require.IsIncreasing(t, order, "the lower number is served first")
}

// Whatever is paid in whatever parts, a claim is paid once and in full, or refused what is too much.
func TestAClaimIsNeverPaidMoreThanItIs(t *testing.T) {
	random := rand.New(rand.NewSource(5))
	for range 500 {
		claim := types.Claim{Id: 1, Amount: math.NewInt(1 + random.Int63n(1000)), Paid: math.ZeroInt(), Status: types.ClaimOpen}
		sum := math.ZeroInt()
		for claim.Status == types.ClaimOpen {
			amount := math.NewInt(random.Int63n(400) - 20)
			next, err := domain.PayClaim(claim, amount)
			if !amount.IsPositive() || amount.GT(domain.LeftOf(claim)) {
				require.ErrorIs(t, err, types.ErrBooks)
				require.Equal(t, claim, next)
				continue
			}
			require.NoError(t, err)
			sum, claim = sum.Add(amount), next
			require.Equal(t, sum, claim.Paid)
		}
		require.Equal(t, claim.Amount, sum)
		require.True(t, domain.LeftOf(claim).IsZero())
		_, err := domain.PayClaim(claim, math.OneInt())
		require.ErrorIs(t, err, types.ErrClaimEnded)
		_, err = domain.EndClaim(claim, types.ClaimWaived)
		require.ErrorIs(t, err, types.ErrClaimEnded)
	}
}
