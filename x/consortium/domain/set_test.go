package domain_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/zhilian-network/zhilian/x/consortium/domain"
	"github.com/zhilian-network/zhilian/x/consortium/types"
)

func in(id string, power int64) domain.Member {
	return domain.Member{InstitutionID: id, Power: power, Active: true}
}

func out(id string, power int64) domain.Member {
	return domain.Member{InstitutionID: id, Power: power}
}

func TestSetHoldsActiveAndJailedByID(t *testing.T) {
	t.Parallel()
	set := domain.NewSet([]types.Validator{
		{InstitutionId: "DDDD", Status: jailed, Power: 4},
		{InstitutionId: "AAAA", Status: active, Power: 1},
		{InstitutionId: "BBBB", Status: removed, Power: 2},
		{InstitutionId: "CCCC", Status: expelled, Power: 3},
	})
	require.Equal(t, domain.Set{in("AAAA", 1), out("DDDD", 4)}, set)
	require.EqualValues(t, 5, set.AdmittedPower())
	require.EqualValues(t, 4, set.JailedPower())
}

func TestSplitJailings(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name       string
		set        domain.Set
		candidates []string
		now        []string
		delayed    []string
	}{
		{
			"the only validator stays",
			domain.Set{in("A", 1)},
			[]string{"A"}, nil, []string{"A"},
		},
		{
			"of three equals nobody may go, since each holds exactly a third",
			domain.Set{in("A", 1), in("B", 1), in("C", 1)},
			[]string{"B"}, nil, []string{"B"},
		},
		{
			"of four equals one goes",
			domain.Set{in("A", 1), in("B", 1), in("C", 1), in("D", 1)},
			[]string{"C"}, []string{"C"}, nil,
		},
		{
			"of four equals a second one in the same block stays; equals go by id",
			domain.Set{in("A", 1), in("B", 1), in("C", 1), in("D", 1)},
			[]string{"D", "B"}, []string{"B"}, []string{"D"},
		},
		{
			"of four equals a second one in a later block stays as well",
			domain.Set{in("A", 1), out("B", 1), in("C", 1), in("D", 1)},
			[]string{"D"}, nil, []string{"D"},
		},
		{
			"of seven equals a second one goes and a third one stays",
			domain.Set{in("A", 1), out("B", 1), in("C", 1), in("D", 1), in("E", 1), in("F", 1), in("G", 1)},
			[]string{"E", "F"}, []string{"E"}, []string{"F"},
		},
		{
			"the strongest goes first",
			domain.Set{in("A", 5), in("B", 9), in("C", 20)},
			[]string{"A", "B"}, []string{"B"}, []string{"A"},
		},
		{
			"one that is too strong does not keep a weaker one from going",
			domain.Set{in("A", 12), in("B", 10), in("C", 8)},
			[]string{"A", "C"}, []string{"C"}, []string{"A"},
		},
		{
			"one short of a third goes, a third stays",
			domain.Set{in("A", 33), in("B", 34), in("C", 33)},
			[]string{"A", "B"}, []string{"A"}, []string{"B"},
		},
		{
			"who is in jail or not a member is no candidate",
			domain.Set{in("A", 10), in("B", 10), out("C", 1)},
			[]string{"C", "X"}, nil, nil,
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			now, delayed := c.set.SplitJailings(c.candidates)
			require.Equal(t, c.now, now)
			require.Equal(t, c.delayed, delayed)
		})
	}
}

func anySet(t *rapid.T) domain.Set {
	count := rapid.IntRange(1, 12).Draw(t, "count")
	set := make(domain.Set, count)
	for i := range set {
		set[i] = domain.Member{
			InstitutionID: string(rune('A' + i)),
			Power:         rapid.Int64Range(1, 40).Draw(t, "power"),
			Active:        rapid.Bool().Draw(t, "active"),
		}
	}
	set[0].Active = true
	return set
}

func TestJailingKeepsTwoThirdsOfTheAdmittedPowerInCharge(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		set := anySet(t)
		var candidates []string
		var activeBefore int64
		for _, member := range set {
			if rapid.Bool().Draw(t, "silent") {
				candidates = append(candidates, member.InstitutionID)
			}
			if member.Active {
				activeBefore += member.Power
			}
		}
		now, delayed := set.SplitJailings(candidates)

		var leaving int64
		after := slices.Clone(set)
		for i, member := range set {
			goes, stays := slices.Contains(now, member.InstitutionID), slices.Contains(delayed, member.InstitutionID)
			silent := member.Active && slices.Contains(candidates, member.InstitutionID)
			require.False(t, goes && stays, "nobody goes and stays")
			require.Equal(t, silent, goes || stays, "every active candidate is answered, and nobody else")
			if goes {
				leaving += member.Power
				after[i].Active = false
			}
		}
		if len(now) > 0 {
			require.Less(t, after.JailedPower()*3, after.AdmittedPower(), "jailed power stays below a third of admitted power")
		}
		require.Less(t, leaving*3, activeBefore, "less than a third of the active power leaves in a block")
		for i, member := range after {
			if slices.Contains(delayed, member.InstitutionID) {
				require.GreaterOrEqual(t, (after.JailedPower()+after[i].Power)*3, after.AdmittedPower(), "nobody is delayed for nothing")
			}
		}
	})
}

func TestOnlyTheLastActiveValidatorCannotLeave(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name    string
		set     domain.Set
		leaving string
		refused bool
	}{
		{"the only member", domain.Set{in("A", 1)}, "A", true},
		{"the only active one beside jailed ones", domain.Set{in("A", 1), out("B", 9)}, "A", true},
		{"one of two", domain.Set{in("A", 1), in("B", 1)}, "A", false},
		{"a jailed one", domain.Set{in("A", 1), out("B", 9)}, "B", false},
		{"no member at all", domain.Set{in("A", 1)}, "X", false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			err := c.set.CheckDeparture(c.leaving)
			if c.refused {
				require.ErrorIs(t, err, types.ErrSetWouldBeEmpty)
			} else {
				require.NoError(t, err)
			}
		})
	}
}

func TestAdmissionKeepsPowerSpread(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name     string
		set      domain.Set
		newcomer domain.Member
		want     error
	}{
		{"the first validator may hold everything", nil, in("A", 9), nil},
		{"up to three, any powers go", domain.Set{in("A", 100), in("B", 1)}, in("C", 1), nil},
		{"a fourth equal one", domain.Set{in("A", 1), in("B", 1), in("C", 1)}, in("D", 1), nil},
		{"a fourth one with exactly a third", domain.Set{in("A", 2), in("B", 2), in("C", 2)}, in("D", 3), types.ErrPowerTooConcentrated},
		{"a fourth one with just less", domain.Set{in("A", 20), in("B", 20), in("C", 20)}, in("D", 29), nil},
		{"a fourth one that leaves another with a third", domain.Set{in("A", 100), in("B", 1), in("C", 1)}, in("D", 1), types.ErrPowerTooConcentrated},
		{"jailed members count: their power may come back", domain.Set{in("A", 2), in("B", 2), out("C", 2)}, in("D", 3), types.ErrPowerTooConcentrated},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			err := c.set.CheckAdmission(c.newcomer)
			if c.want == nil {
				require.NoError(t, err)
			} else {
				require.ErrorIs(t, err, c.want)
			}
		})
	}
}

func TestSetTakesNoMoreThanItsMaximum(t *testing.T) {
	t.Parallel()
	full := make(domain.Set, types.ValidatorsMax-1)
	for i := range full {
		full[i] = domain.Member{InstitutionID: string(rune('A' + i)), Power: 1, Active: i%2 == 0}
	}
	require.NoError(t, full.CheckAdmission(in("last", 1)))
	require.ErrorIs(t, append(full, in("last", 1)).CheckAdmission(in("one more", 1)), types.ErrTooManyValidators)
}
