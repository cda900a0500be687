package domain_test

import (
	"math/rand"
	"testing"
	"time"

	"cosmossdk.io/math"
	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/x/financing/domain"
)

// claim has times in days, 0 for never.
func claim(amount int64, registered, noticed int) domain.Claim {
	at := func(day int) time.Time {
		if day == 0 {
			return time.Time{}
		}
		return time.Date(2026, 11, day, 0, 0, 0, 0, time.UTC)
	}
	return domain.Claim{Amount: math.NewInt(amount), RegisteredAt: at(registered), NoticedAt: at(noticed)}
}

// The four branches of Art. 768, and what lies between them.
func TestAssigneesRankByRegistrationThenNoticeThenNotAtAll(t *testing.T) {
	for _, c := range []struct {
		name   string
		money  int64
		claims []domain.Claim
		want   []int64
	}{
		{"who is registered comes before who is not, whenever it gave notice", 100,
			[]domain.Claim{claim(100, 0, 1), claim(70, 9, 9)}, []int64{30, 70}},
		{"of the registered the first comes first", 100,
			[]domain.Claim{claim(80, 3, 1), claim(60, 2, 4), claim(50, 4, 2)}, []int64{40, 60, 0}},
		{"a notice counts for nothing among the registered", 10,
			[]domain.Claim{claim(10, 2, 1), claim(10, 2, 9)}, []int64{5, 5}},
		{"of those who only gave notice the first comes first", 100,
			[]domain.Claim{claim(80, 0, 2), claim(60, 0, 1)}, []int64{40, 60}},
		{"who gave notice comes before who did not", 100,
			[]domain.Claim{claim(80, 0, 0), claim(60, 0, 1)}, []int64{40, 60}},
		{"those who did neither share by their amounts", 10,
			[]domain.Claim{claim(30, 0, 0), claim(10, 0, 0)}, []int64{7, 3}},
		{"who is paid in full leaves the rest to nobody", 100,
			[]domain.Claim{claim(30, 1, 1), claim(10, 0, 0)}, []int64{30, 10}},
		{"no claims", 100, nil, []int64{}},
	} {
		require.Equal(t, c.want, int64s(domain.Priority(c.claims, math.NewInt(c.money))), c.name)
	}
}

// No order of the claims, if no two have one rank, changes who gets what; nothing is paid twice; a claim gets
// something only if all before it have got everything.
func TestPriorityDoesNotDependOnTheOrderOfTheList(t *testing.T) {
	random := rand.New(rand.NewSource(2))
	for range 1_000 {
		days := random.Perm(12)
		claims := make([]domain.Claim, 1+random.Intn(6))
		for i := range claims {
			claims[i] = claim(1+random.Int63n(20), (days[i]+1)*random.Intn(2), 1+days[i+6])
		}
		money := math.NewInt(random.Int63n(80))
		got := domain.Priority(claims, money)

		mixed := make([]domain.Claim, len(claims))
		order := random.Perm(len(claims))
		for to, from := range order {
			mixed[to] = claims[from]
		}
		sum := math.ZeroInt()
		for to, amount := range domain.Priority(mixed, money) {
			require.Equal(t, got[order[to]], amount)
			require.True(t, amount.LTE(mixed[to].Amount))
			sum = sum.Add(amount)
		}
		total := math.ZeroInt()
		for _, c := range claims {
			total = total.Add(c.Amount)
		}
		require.Equal(t, math.MinInt(money, total).String(), sum.String())
	}
}
