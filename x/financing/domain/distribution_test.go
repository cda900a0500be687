package domain_test

import (
	"fmt"
	"math/rand"
	"strings"
	"testing"
	"time"

	"cosmossdk.io/math"
	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/x/financing/domain"
	"github.com/zhilian-network/zhilian/x/financing/types"
)

func loanSecurity(id, loan uint64, lender string, units int64) types.Security {
	return types.Security{Id: id, Creditor: "acme", Secured: lender, Units: math.NewInt(units), LoanId: loan}
}

func pledge(id uint64, pledgee string, units int64, registered, noticed int) types.Security {
	c := claim(units, registered, noticed)
	return types.Security{
		Id: id, Creditor: "acme", Secured: pledgee, Units: c.Amount, RegisteredAt: c.RegisteredAt, NoticedAt: c.NoticedAt,
	}
}

// told is a distribution in words.
func told(d domain.Distribution) string {
	var words []string
	for _, p := range d.Payouts {
		words = append(words, fmt.Sprintf("%s gets %s", p.Payee, p.Amount))
	}
	for _, a := range d.SetAsides {
		words = append(words, fmt.Sprintf("%s set aside for %s", a.Amount, a.Pledgee))
	}
	for _, s := range d.Securities {
		words = append(words, fmt.Sprintf("security %d binds %s", s.Id, s.Units))
	}
	return strings.Join(words, ", ")
}

func TestMoneyForAHoldersUnitsServesLoansThenTheHolderThenItsPledgees(t *testing.T) {
	for _, c := range []struct {
		name       string
		units      int64
		money      int64
		securities []types.Security
		owed       map[uint64]math.Int
		want       string
	}{
		{"nothing is bound", 100, 40, nil, nil, "acme gets 40"},
		{
			"a loan of less than what secures it", 100, 100, []types.Security{loanSecurity(1, 7, "bank", 100)},
			map[uint64]math.Int{7: math.NewInt(60)}, "bank gets 60, acme gets 40, security 1 binds 0",
		},
		{
			"a loan of more than what secures it", 100, 100, []types.Security{loanSecurity(1, 7, "bank", 100)},
			map[uint64]math.Int{7: math.NewInt(160)}, "bank gets 100, security 1 binds 0",
		},
		{
			"a part of the money, and a part of the units bound", 100, 50, []types.Security{loanSecurity(1, 7, "bank", 60)},
			map[uint64]math.Int{7: math.NewInt(1_000)}, "bank gets 30, acme gets 20, security 1 binds 30",
		},
		{
			"a loan that is repaid already", 100, 100, []types.Security{loanSecurity(1, 7, "bank", 100)},
			map[uint64]math.Int{7: math.ZeroInt()}, "acme gets 100, security 1 binds 0",
		},
		{
			"two securities of one loan repay it once", 100, 100,
			[]types.Security{loanSecurity(1, 7, "bank", 50), loanSecurity(2, 7, "bank", 50)}, map[uint64]math.Int{7: math.NewInt(60)},
			"bank gets 50, bank gets 10, acme gets 40, security 1 binds 0, security 2 binds 0",
		},
		{
			"two pledges of the same units, the second registered", 100, 100,
			[]types.Security{pledge(1, "first", 80, 0, 1), pledge(2, "second", 60, 5, 5)}, nil,
			"acme gets 100, 20 set aside for first, 60 set aside for second, security 1 binds 0, security 2 binds 0",
		},
		{
			"a part of what pledges bind", 80, 40,
			[]types.Security{pledge(1, "first", 80, 1, 1), pledge(2, "second", 60, 2, 2)}, nil,
			"acme gets 40, 40 set aside for first, security 1 binds 40, security 2 binds 40",
		},
		{
			"a loan, a pledge and free units", 100, 100,
			[]types.Security{loanSecurity(1, 7, "bank", 30), pledge(2, "house", 50, 0, 1)}, map[uint64]math.Int{7: math.NewInt(10)},
			"bank gets 10, acme gets 90, 50 set aside for house, security 1 binds 0, security 2 binds 0",
		},
	} {
		stake := domain.Stake{Holder: "acme", Units: math.NewInt(c.units), Securities: c.securities, Owed: c.owed}
		require.Equal(t, c.want, told(domain.Distribute(stake, math.NewInt(c.money))), c.name)
	}
}

// Whatever binds the units: the money is paid out exactly, nobody gets more than they have a claim to, and what
// is bound afterwards is there.
func TestNoMoneyIsLostOrMadeWhenItIsDistributed(t *testing.T) {
	random := rand.New(rand.NewSource(3))
	for range 5_000 {
		stake := domain.Stake{Holder: "acme", Units: math.NewInt(1 + random.Int63n(60)), Owed: map[uint64]math.Int{}}
		for id := uint64(1); id <= uint64(random.Intn(5)); id++ {
			security := pledge(id, fmt.Sprint("pledgee ", id), 1+random.Int63n(40), random.Intn(3), 1+random.Intn(3))
			if random.Intn(2) == 0 {
				security = loanSecurity(id, uint64(1+random.Intn(2)), fmt.Sprint("lender ", id), 1+random.Int63n(30))
				stake.Owed[security.LoanId] = math.NewInt(random.Int63n(50))
			}
			if domain.BoundUnits(append(stake.Securities, security)).LTE(stake.Units) {
				stake.Securities = append(stake.Securities, security)
			}
		}
		money := math.NewInt(random.Int63n(stake.Units.Int64() + 1))
		requireDistributed(t, stake, money, domain.Distribute(stake, money))
	}
}

func requireDistributed(t *testing.T, stake domain.Stake, money math.Int, d domain.Distribution) {
	t.Helper()
	paid, own, aside := math.ZeroInt(), math.ZeroInt(), math.ZeroInt()
	repaid := map[uint64]math.Int{1: math.ZeroInt(), 2: math.ZeroInt()}
	for _, payout := range d.Payouts {
		require.True(t, payout.Amount.IsPositive())
		paid = paid.Add(payout.Amount)
		if payout.LoanID == 0 {
			own = own.Add(payout.Amount)
			continue
		}
		repaid[payout.LoanID] = repaid[payout.LoanID].Add(payout.Amount)
		require.True(t, repaid[payout.LoanID].LTE(stake.Owed[payout.LoanID]), "no more than is owed")
	}
	require.Equal(t, money.String(), paid.String(), "%+v", stake)
	for _, a := range d.SetAsides {
		aside = aside.Add(a.Amount)
	}
	require.True(t, aside.LTE(own), "pledgees share what the holder gets")
	after := map[uint64]types.Security{}
	for _, security := range stake.Securities {
		after[security.Id] = security
	}
	for _, security := range d.Securities {
		require.False(t, security.Units.IsNegative())
		require.True(t, security.Units.LT(after[security.Id].Units))
		after[security.Id] = security
	}
	var left []types.Security
	for _, security := range after {
		left = append(left, security)
	}
	require.True(t, domain.BoundUnits(left).LTE(stake.Units.Sub(money)), "what is bound is there")
}

func TestATimeOfRegistrationBeforeAllOthersWins(t *testing.T) {
	claims := []domain.Claim{{Amount: math.NewInt(5), NoticedAt: time.Unix(1, 0)}, {Amount: math.NewInt(5), RegisteredAt: time.Unix(99, 0)}}
	require.Equal(t, []int64{0, 5}, int64s(domain.Priority(claims, math.NewInt(5))))
}
