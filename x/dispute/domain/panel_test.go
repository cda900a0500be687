package domain_test

import (
	"crypto/sha256"
	"fmt"
	"math/rand"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/dispute/domain"
	"github.com/zhilian-network/zhilian/x/dispute/types"
)

func candidates(institutions, each int) []types.Candidate {
	var all []types.Candidate
	for i := range institutions {
		for a := range each {
			all = append(all, types.Candidate{Arbitrator: fmt.Sprintf("arbitrator-%02d-%02d", i, a), InstitutionId: fmt.Sprintf("BANK%02d", i)})
		}
	}
	return all
}

func hash(n int) []byte {
	sum := sha256.Sum256([]byte(fmt.Sprint("block ", n)))
	return sum[:]
}

// The statistic of independent draws has the chi-square distribution with cells−1 degrees of freedom. The bound is
// its quantile of one in a million: seeds are fixed, so the test passes always or never.
func TestEveryInstitutionAndEachOfItsArbitratorsHasTheSameChance(t *testing.T) {
	const draws, panel = 20_000, 3
	pool := candidates(12, 1)
	pool = append(pool, candidates(14, 4)[12*4:]...) // two institutions more, with four arbitrators each
	byInstitution, byPerson := map[string]int{}, map[string]int{}
	for n := range draws {
		for _, drawn := range domain.Draw(hash(n), uint64(n), 1, 1, pool)[:panel] {
			byInstitution[drawn.InstitutionId]++
			byPerson[drawn.Arbitrator]++
		}
	}
	require.Len(t, byInstitution, 14)
	// 13 degrees of freedom: 54.0 at 1e-6. Three of fourteen without replacement vary less than that, never more.
	require.Less(t, chiSquare(byInstitution, draws*panel/14.0), 54.0)

	for _, institution := range []string{"BANK12", "BANK13"} {
		of := map[string]int{}
		for person, n := range byPerson {
			if slices.Contains(pool, types.Candidate{Arbitrator: person, InstitutionId: institution}) {
				of[person] = n
			}
		}
		require.Len(t, of, 4)
		require.Less(t, chiSquare(of, float64(byInstitution[institution])/4), 30.7, "3 degrees of freedom at 1e-6: %v", of)
	}
	t.Logf("chi-square over institutions %.1f", chiSquare(byInstitution, draws*panel/14.0))
}

func TestABiasedDrawWouldBeSeen(t *testing.T) {
	const draws = 20_000
	biased := map[string]int{}
	for n := range draws {
		biased[fmt.Sprint(int(hash(n)[0])%14)]++ // a byte modulo 14 favours the first four by a twentieth
	}
	require.Greater(t, chiSquare(biased, draws/14.0), 13.0)
	skewed := map[string]int{}
	for n := range draws {
		skewed[fmt.Sprint(min(int(hash(n)[0])%15, 13))]++
	}
	require.Greater(t, chiSquare(skewed, draws/14.0), 54.0)
}

func chiSquare(counts map[string]int, expected float64) float64 {
	sum := 0.0
	for _, n := range counts {
		sum += (float64(n) - expected) * (float64(n) - expected) / expected
	}
	return sum
}

func TestADrawIsTheSameForEverybodyAndAnotherForEachCaseInstanceAndAttempt(t *testing.T) {
	pool := candidates(20, 2)
	first := domain.Draw(hash(1), 7, 1, 1, pool)
	require.Equal(t, first, domain.Draw(hash(1), 7, 1, 1, pool))
	for _, other := range [][]types.Candidate{
		domain.Draw(hash(2), 7, 1, 1, pool), domain.Draw(hash(1), 8, 1, 1, pool),
		domain.Draw(hash(1), 7, 2, 1, pool), domain.Draw(hash(1), 7, 1, 2, pool),
	} {
		require.NotEqual(t, first, other)
	}
}

// A draw by SHA-256 of "block 1", for who writes another implementation. It was computed by one.
func TestADrawThatOthersCanCompare(t *testing.T) {
	var order []string
	for _, drawn := range domain.Draw(hash(1), 7, 1, 1, candidates(5, 2)) {
		order = append(order, drawn.Arbitrator)
	}
	require.Equal(t, []string{"arbitrator-01-01", "arbitrator-02-00", "arbitrator-04-00", "arbitrator-00-00", "arbitrator-03-01"}, order)
}

func TestNoConflictIsEverDrawnAndNobodyElseIsLeftOut(t *testing.T) {
	random := rand.New(rand.NewSource(3))
	excludedFor := map[types.Exclusion]int{}
	for range 5000 {
		sides := []accesstypes.Member{randomMember(random), randomMember(random), randomMember(random)}
		var prospects []domain.Prospect
		for _, candidate := range candidates(8, 2) {
			prospect := domain.Prospect{
				Arbitrator: types.Arbitrator{Arbitrator: candidate.Arbitrator, InstitutionId: candidate.InstitutionId},
				Active:     random.Intn(10) > 0, SatHere: random.Intn(15) == 0,
			}
			for range random.Intn(3) {
				interest := types.Interest{Arbitrator: candidate.Arbitrator, Member: randomMember(random)}
				if random.Intn(2) == 0 {
					interest.Until = start.Add(time.Duration(random.Intn(21)-10) * time.Hour)
				}
				prospect.Interests = append(prospect.Interests, interest)
			}
			prospects = append(prospects, prospect)
		}
		eligible, excluded := domain.Eligible(prospects, sides, start)
		require.Len(t, prospects, len(eligible)+len(excluded), "everybody is somewhere")
		for _, x := range excluded {
			excludedFor[x.Exclusion]++
		}
		for _, prospect := range prospects {
			isIn := slices.ContainsFunc(eligible, func(c types.Candidate) bool { return c.Arbitrator == prospect.Arbitrator.Arbitrator })
			require.Equal(t, !hasConflict(prospect, sides), isIn, "%+v of %+v", prospect, sides)
		}
		drawn := domain.Draw(hash(random.Int()), 1, 1, 1, eligible)
		seen := map[string]bool{}
		for _, d := range drawn {
			require.Contains(t, eligible, d)
			require.False(t, seen[d.InstitutionId], "an institution sits once")
			seen[d.InstitutionId] = true
		}
	}
	require.Len(t, excludedFor, 4, "every conflict occurred: %v", excludedFor)
}

// hasConflict says in other words what a conflict is.
func hasConflict(p domain.Prospect, sides []accesstypes.Member) bool {
	if !p.Active || p.SatHere {
		return true
	}
	for _, side := range sides {
		if side.InstitutionId == p.InstitutionId {
			return true
		}
		for _, interest := range p.Interests {
			running := interest.Until.IsZero() || interest.Until.After(start)
			same := interest.Member == side
			wide := interest.Until.IsZero() && interest.Member == accesstypes.Member{InstitutionId: side.InstitutionId}
			if running && (same || wide) {
				return true
			}
		}
	}
	return false
}

func randomMember(random *rand.Rand) accesstypes.Member {
	member := accesstypes.Member{InstitutionId: fmt.Sprintf("BANK%02d", random.Intn(10))}
	if random.Intn(2) == 0 {
		member.PartyId = fmt.Sprint("party-", random.Intn(3))
	}
	return member
}

func seated(size int, reserves int) types.Panel {
	panel, filled := domain.Fill(types.Panel{Size_: uint32(size)}, candidates(size+reserves, 1), false)
	if !filled {
		panic("not filled")
	}
	return panel
}

func TestAPanelIsOddAndTheLastDrawTakesWhatThereIs(t *testing.T) {
	for drawn := range 8 {
		for _, size := range []uint32{1, 3, 5} {
			panel, filled := domain.Fill(types.Panel{Size_: size}, candidates(drawn, 1), false)
			require.Equal(t, drawn >= int(size), filled)
			if filled {
				require.Len(t, panel.Seats, int(size))
				require.Len(t, panel.Reserves, min(drawn-int(size), int(size)))
			}
			panel, filled = domain.Fill(types.Panel{Size_: size}, candidates(drawn, 1), true)
			require.Equal(t, drawn > 0, filled)
			if filled {
				require.Equal(t, 1, len(panel.Seats)%2, "%d of %d", len(panel.Seats), drawn)
				require.Equal(t, int(panel.Size_), len(panel.Seats))
			}
		}
	}
}

func commit(panel types.Panel, at ...int) types.Panel {
	panel.Seats = slices.Clone(panel.Seats)
	for _, i := range at {
		panel.Seats[i].Commitment = []byte("c")
	}
	return panel
}

func TestSilentMembersAreReplacedWhileThereAreReserves(t *testing.T) {
	panel, event := domain.AfterCommit(commit(seated(3, 2), 0))
	require.Equal(t, domain.Replace, event)
	require.Equal(t, 3, domain.Deciding(panel))
	require.Empty(t, panel.Reserves)
	require.Equal(t, types.Silent, panel.Seats[1].Status)
	require.Equal(t, "arbitrator-03-00", panel.Seats[3].Arbitrator)

	panel, event = domain.AfterCommit(commit(panel, 3))
	require.Equal(t, domain.Commit, event, "nobody is left to replace the silent one; two of three are a quorum")
	require.Equal(t, 2, domain.Deciding(panel))

	_, event = domain.AfterCommit(commit(seated(3, 0), 2))
	require.Equal(t, domain.Redraw, event, "one of three is none")
	_, event = domain.AfterCommit(seated(3, 1))
	require.Equal(t, domain.Redraw, event, "one reserve alone is none")
	panel, event = domain.AfterCommit(commit(seated(5, 2), 0, 1, 2))
	require.Equal(t, domain.Replace, event)
	require.Equal(t, 5, domain.Deciding(panel))
}

func TestThoseWhoRevealRuleIfTheyAreAQuorum(t *testing.T) {
	panel := commit(seated(3, 1), 0, 1, 2)
	panel.Seats[0].Vote, panel.Seats[2].Vote = &types.Award{}, &types.Award{}
	after, votes, event := domain.AfterReveal(panel)
	require.Equal(t, domain.Rule, event)
	require.Len(t, votes, 2)
	require.Equal(t, types.Silent, after.Seats[1].Status)
	require.Equal(t, types.Seated, panel.Seats[1].Status, "the panel that was given is as it was")

	panel.Seats[2].Vote = nil
	_, votes, event = domain.AfterReveal(panel)
	require.Equal(t, domain.Redraw, event)
	require.Empty(t, votes)
}

func TestAVoteOfSomebodyWhoLeftDoesNotCount(t *testing.T) {
	panel := commit(seated(3, 0), 0, 1, 2)
	for at := range panel.Seats {
		panel.Seats[at].Vote = &types.Award{}
	}
	panel = domain.Unseat(panel, 1, types.Recused, false)
	committed, votes := domain.CountVotes(panel)
	require.Equal(t, 2, committed)
	require.Len(t, votes, 2)
	require.True(t, domain.CanDecide(panel))
	require.False(t, domain.CanDecide(domain.Unseat(panel, 0, types.Recused, false)))
}
