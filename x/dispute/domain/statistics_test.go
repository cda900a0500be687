package domain_test

import (
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

// lived is a case that has run its course: by silence, by people, before one panel or two.
func lived(random *rand.Rand, id uint64, params types.Params) types.Case {
	filed := start.Add(time.Duration(random.Intn(150*24)) * time.Hour)
	c := types.Case{
		Id: id, Status: types.Filed, FiledOnClock: filed, DueOnClock: filed.Add(params.BusinessDays(params.AcknowledgeDays)),
		Respondent: accesstypes.Member{InstitutionId: fmt.Sprintf("BANK%d", min(random.Intn(6), random.Intn(6)))},
		Claimants:  []types.Claimant{{Member: acme}}, Remedies: disputed().Remedies,
		Product: []string{"payment", "rating-sme", "service-counter"}[random.Intn(3)], Reason: types.CaseReason(1 + min(random.Intn(6), random.Intn(6))),
		Complex: random.Intn(3) == 0,
	}
	if random.Intn(4) == 0 {
		c.Respondent.PartyId = "zeta"
	}
	now := filed
	for c.Status != types.Closed {
		event := domain.Events[random.Intn(len(domain.Events))]
		before := c.Status
		if isRare(event) && random.Intn(8) > 0 || !isPossible(c, event) {
			continue
		}
		if event == domain.Expire {
			now = c.DueOnClock
		} else if left := c.DueOnClock.Sub(now); left > time.Hour {
			now = now.Add(time.Duration(random.Int63n(int64(left))))
		}
		moved, err := domain.Move(c, event, now, now, params)
		if err != nil {
			continue
		}
		c = ended(random, moved, before, event, now)
	}
	return c
}

// isRare tells the events that would end most cases before a panel rules.
func isRare(event domain.Event) bool {
	switch event {
	case domain.Withdraw, domain.GiveUp, domain.Accept, domain.Agree, domain.Refuse, domain.Redraw, domain.Replace, domain.Stand:
		return true
	}
	return false
}

// isPossible keeps the order of instances, as the keeper does.
func isPossible(c types.Case, event domain.Event) bool {
	switch event {
	case domain.Rule, domain.GiveUp, domain.Withdraw, domain.Appeal:
		return c.Instance < 2
	case domain.RuleFinally, domain.Stand:
		return c.Instance == 2
	case domain.Expire:
		return c.Status != types.Revealing
	}
	return true
}

// ended notes what the keeper notes with an event.
func ended(random *rand.Rand, c types.Case, before types.CaseStatus, event domain.Event, now time.Time) types.Case {
	switch event {
	case domain.Appeal:
		c.Instance, c.Ground = 2, types.AppealGround_APPEAL_GROUND_PROCEDURE
	case domain.Rule, domain.RuleFinally:
		award := grants(0, int64(1+random.Intn(2))*500_00)
		if random.Intn(3) == 0 {
			award = types.Award{}
		}
		c.Rulings = append(c.Rulings, types.Ruling{Instance: uint32(len(c.Rulings) + 1), Award: award, At: now})
	case domain.Withdraw:
		c = domain.Conclude(c, types.OutcomeWithdrawn, now)
	case domain.GiveUp:
		c = domain.Conclude(c, types.OutcomeUndecided, now)
	}
	if c.Status == types.Executed {
		outcome := types.OutcomeAccepted
		if n := len(c.Rulings); n > 0 {
			outcome = domain.OutcomeOf(c, c.Rulings[n-1].Award)
		}
		c = domain.Conclude(c, outcome, now)
	}
	if c.Status == types.Closed && before == types.Refused {
		c = domain.Conclude(c, types.OutcomeRefused, now)
	}
	return c
}

func TestTenThousandCasesCountedAsTheyEndAreTheSameWhenCountedAgain(t *testing.T) {
	params := types.DefaultParams()
	random := rand.New(rand.NewSource(7))
	const many = 10_000
	cases := make([]types.Case, many)
	for i := range cases {
		cases[i] = lived(random, uint64(i+1), params)
	}
	counted := Counters{}
	for _, at := range random.Perm(many) { // cases do not end in the order in which they were filed
		counted.add(t, cases[at], params)
	}
	cells := domain.Count(cases, params)
	require.Equal(t, cells, counted.sorted())
	whole, appealed, overturned, overdue := uint64(0), uint64(0), uint64(0), uint64(0)
	of := map[string][]types.Case{}
	for _, c := range cases {
		of[c.Respondent.InstitutionId+c.Product] = append(of[c.Respondent.InstitutionId+c.Product], c)
	}
	for _, cell := range cells {
		require.Equal(t, reference(of[cell.InstitutionId+cell.Product], cell), cell)
		whole, appealed, overturned, overdue = whole+cell.Cases, appealed+cell.Appealed, overturned+cell.Overturned, overdue+cell.Overdue
	}
	require.Equal(t, uint64(many), whole, "every case ends, and is counted once")
	require.Greater(t, appealed, overturned)
	require.Greater(t, overturned, uint64(500))
	require.Greater(t, overdue, uint64(1000))
	t.Logf("%d cases in %d cells, %d appealed, %d overturned, %d overdue", whole, len(cells), appealed, overturned, overdue)
}

// Counters are the cells as a store has them.
type Counters map[string]types.StatisticsCell

func (c Counters) add(t *testing.T, of types.Case, params types.Params) {
	t.Helper()
	cell, isOver := domain.CellOf(of, params)
	require.True(t, isOver)
	key := fmt.Sprint(cell.Period, cell.InstitutionId, cell.OfCustomers, cell.Product, cell.Reason, cell.Outcome)
	if known, exists := c[key]; exists {
		cell = domain.AddCells(known, cell)
	}
	c[key] = cell
}

func (c Counters) sorted() []types.StatisticsCell {
	var cells []types.StatisticsCell
	for _, cell := range c {
		cells = append(cells, cell)
	}
	slices.SortFunc(cells, domain.CompareCells)
	return cells
}

// reference counts one cell by looking at every case of its institution and product.
func reference(cases []types.Case, names types.StatisticsCell) types.StatisticsCell {
	cell := types.StatisticsCell{
		Period: names.Period, InstitutionId: names.InstitutionId, OfCustomers: names.OfCustomers, Product: names.Product,
		Reason: names.Reason, Outcome: names.Outcome,
	}
	days := map[uint32]uint64{}
	for _, c := range cases {
		if uint64(c.DecidedOnClock.Unix()/(90*24*60*60)) != cell.Period || c.Respondent.InstitutionId != cell.InstitutionId ||
			(c.Respondent.PartyId != "") != cell.OfCustomers || c.Product != cell.Product || c.Reason != cell.Reason || c.Outcome != cell.Outcome {
			continue
		}
		cell.Cases++
		took := uint32(c.DecidedOnClock.Sub(c.FiledOnClock) / (24 * time.Hour))
		if took > 90 {
			took = min(took/10*10, 390)
		}
		days[took]++
		if len(c.Rulings) == 2 {
			cell.Appealed++
			if !c.Rulings[0].Award.Granted(0).Equal(c.Rulings[1].Award.Granted(0)) {
				cell.Overturned++
			}
		}
		if slices.ContainsFunc(c.Lapses, func(l types.Lapse) bool { return l.Status == types.Filed || l.Status == types.Answering }) {
			cell.Overdue++
		}
	}
	for day := range uint32(391) {
		if days[day] > 0 {
			cell.Days = append(cell.Days, types.DayCount{Days: day, Cases: days[day]})
		}
	}
	return cell
}

// What is published are sums of whole cells, in no group twice and never of fewer than five cases: so whatever sums
// and differences of groups one computes, no cell of fewer than five is left over.
func TestNoComplementRevealsASmallCell(t *testing.T) {
	random := rand.New(rand.NewSource(3))
	for range 500 {
		var cells []types.StatisticsCell
		names := map[string]bool{}
		for range 1 + random.Intn(60) {
			cell := types.StatisticsCell{
				InstitutionId: fmt.Sprint("B", random.Intn(4)), OfCustomers: random.Intn(2) == 0, Product: fmt.Sprint("p", random.Intn(3)),
				Reason: types.CaseReason(1 + random.Intn(3)), Outcome: types.CaseOutcome(1 + random.Intn(4)), Cases: uint64(1 + random.Intn(9)),
			}
			cell.Days = []types.DayCount{{Days: 3, Cases: cell.Cases}}
			if key := fmt.Sprint(cell.InstitutionId, cell.OfCustomers, cell.Product, cell.Reason, cell.Outcome); !names[key] {
				names[key] = true
				cells = append(cells, cell)
			}
		}
		left := slices.Clone(cells)
		groups := domain.Publish(cells)
		for depth := range 5 { // those with all names first: a cell is in the first group that its names fit
			for _, group := range groups {
				if namesMissing(group) != depth {
					continue
				}
				sum := uint64(0)
				left = slices.DeleteFunc(left, func(cell types.StatisticsCell) bool {
					isIn := fits(group, cell) && (depth > 0 && cell.Cases < types.MinGroup || depth == 0)
					if isIn {
						sum += cell.Cases
					}
					return isIn
				})
				require.Equal(t, sum, group.Cases, "a group is a sum of whole cells that no other group has: %v", group)
				require.GreaterOrEqual(t, group.Cases, uint64(types.MinGroup))
			}
		}
		untold := uint64(0)
		for _, cell := range left {
			untold += cell.Cases
		}
		require.Less(t, untold, uint64(types.MinGroup), "what is not told could not have been a group")
	}
}

func namesMissing(g types.StatisticsGroup) int {
	switch {
	case g.Outcome != 0:
		return 0
	case g.Reason != 0:
		return 1
	case g.Product != "":
		return 2
	case g.InstitutionId != "":
		return 3
	}
	return 4
}

func fits(g types.StatisticsGroup, c types.StatisticsCell) bool {
	return (g.InstitutionId == "" || g.InstitutionId == c.InstitutionId && g.OfCustomers == c.OfCustomers) &&
		(g.Product == "" || g.Product == c.Product) && (g.Reason == 0 || g.Reason == c.Reason) && (g.Outcome == 0 || g.Outcome == c.Outcome)
}

func TestAGroupTellsMedianAndTailAndNoFewOfItsCases(t *testing.T) {
	cell := types.StatisticsCell{
		InstitutionId: "BQDQ", Product: "payment", Reason: 1, Outcome: types.OutcomeUpheld, Cases: 100,
		Days:     []types.DayCount{{Days: 2, Cases: 49}, {Days: 15, Cases: 45}, {Days: 30, Cases: 1}, {Days: 200, Cases: 5}},
		Appealed: 12, Overturned: 5, Overdue: 3,
	}
	group := domain.Publish([]types.StatisticsCell{cell})[0]
	require.Equal(t, uint32(15), group.MedianDays, "49 took less, the 50th took 15")
	require.Equal(t, uint32(30), group.P95Days, "95 took 30 at most")
	require.Equal(t, types.PublicCount{Count: 12}, group.Appealed)
	require.Equal(t, types.PublicCount{Count: 5}, group.Overturned)
	require.Equal(t, uint32(416_666), group.OverturnedPpm, "5 of 12, rounded down")
	require.Equal(t, types.PublicCount{Suppressed: true}, group.Overdue, "three are few")

	for name, row := range map[string]struct {
		change func(*types.StatisticsCell)
		check  func(types.StatisticsGroup)
	}{
		"none is no secret": {func(c *types.StatisticsCell) { c.Overdue = 0 }, func(g types.StatisticsGroup) {
			require.Equal(t, types.PublicCount{}, g.Overdue)
		}},
		"all but three tells of three": {func(c *types.StatisticsCell) { c.Overdue = 97 }, func(g types.StatisticsGroup) {
			require.True(t, g.Overdue.Suppressed)
		}},
		"all is no secret": {func(c *types.StatisticsCell) { c.Overdue = 100 }, func(g types.StatisticsGroup) {
			require.Equal(t, types.PublicCount{Count: 100}, g.Overdue)
		}},
		"of few appeals nothing is told, nor how they ended": {func(c *types.StatisticsCell) { c.Appealed, c.Overturned = 4, 0 }, func(g types.StatisticsGroup) {
			require.True(t, g.Appealed.Suppressed)
			require.True(t, g.Overturned.Suppressed)
			require.Zero(t, g.OverturnedPpm)
		}},
		"all but one overturned tells of one": {func(c *types.StatisticsCell) { c.Overturned = 11 }, func(g types.StatisticsGroup) {
			require.True(t, g.Overturned.Suppressed)
			require.Zero(t, g.OverturnedPpm)
		}},
		"without appeals there is no rate": {func(c *types.StatisticsCell) { c.Appealed, c.Overturned = 0, 0 }, func(g types.StatisticsGroup) {
			require.Equal(t, types.PublicCount{}, g.Overturned)
			require.Zero(t, g.OverturnedPpm)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			changed := cell
			row.change(&changed)
			row.check(domain.Publish([]types.StatisticsCell{changed})[0])
		})
	}
}

func TestAPeriodIsNinetyBusinessDaysWhateverTheyLast(t *testing.T) {
	params := types.DefaultParams()
	for _, seconds := range []uint32{1, 60, 24 * 60 * 60} {
		params.BusinessDaySeconds = seconds
		period := domain.PeriodOf(start, params)
		span := domain.PeriodAt(period, params)
		require.Equal(t, 90*time.Duration(seconds)*time.Second, span.To.Sub(span.From))
		require.False(t, start.Before(span.From))
		require.True(t, start.Before(span.To))
		require.Equal(t, period+1, domain.PeriodOf(span.To, params), "its end belongs to the next")
	}
}

func TestACaseCountsWhenItsOutcomeIsClearAndAsItEnded(t *testing.T) {
	params := types.DefaultParams()
	c := disputed()
	c.FiledOnClock, c.Product, c.Reason = start, "payment", types.CaseReason_CASE_REASON_DUPLICATE
	_, isOver := domain.CellOf(c, params)
	require.False(t, isOver)

	c = domain.Conclude(c, types.OutcomePartly, start.Add(12*24*time.Hour-time.Second))
	c.Lapses = []types.Lapse{{Status: types.Gathering}, {Status: types.Committing}, {Status: types.Ruled}}
	c.Rulings = []types.Ruling{{Instance: 1, Award: grants(0, 5, 2, 1)}, {Instance: 2, Award: grants(0, 5, 2, 1)}}
	cell, isOver := domain.CellOf(c, params)
	require.True(t, isOver)
	require.Equal(t, types.StatisticsCell{
		Period: domain.PeriodOf(start, params), InstitutionId: zeta.InstitutionId, OfCustomers: true, Product: "payment",
		Reason: types.CaseReason_CASE_REASON_DUPLICATE, Outcome: types.OutcomePartly, Cases: 1,
		Days: []types.DayCount{{Days: 11, Cases: 1}}, Appealed: 1,
	}, cell, "times that others let run out are not the respondent's, and the second panel agreed")

	c.Lapses = append(c.Lapses, types.Lapse{Status: types.Answering})
	c.Rulings[1].Award = grants(0, 6, 2, 1)
	cell, _ = domain.CellOf(c, params)
	require.Equal(t, uint64(1), cell.Overdue)
	require.Equal(t, uint64(1), cell.Overturned)
	c.Claimants[0].Left = true
	cell, _ = domain.CellOf(c, params)
	require.Zero(t, cell.Overturned, "for who stays nothing has changed")
}
