package domain

import (
	"cmp"
	"slices"
	"time"

	"github.com/zhilian-network/zhilian/x/dispute/types"
)

// PeriodOf is the period of the statistics that a time on the clock of cases falls into.
func PeriodOf(clock time.Time, params types.Params) uint64 {
	return uint64(max(clock.Unix(), 0)) / periodSeconds(params)
}

// PeriodAt is when a period begins and ends.
func PeriodAt(period uint64, params types.Params) types.StatisticsPeriod {
	seconds := periodSeconds(params)
	return types.StatisticsPeriod{
		Period: period, From: time.Unix(int64(period*seconds), 0).UTC(), To: time.Unix(int64((period+1)*seconds), 0).UTC(),
	}
}

func periodSeconds(params types.Params) uint64 {
	return uint64(types.StatisticsDays) * uint64(params.BusinessDaySeconds)
}

// CellOf is what one case counts for; false before its outcome is clear. It depends on nothing that changes later,
// so a case is counted once and for ever.
func CellOf(c types.Case, params types.Params) (types.StatisticsCell, bool) {
	if c.Outcome == types.OutcomeNone {
		return types.StatisticsCell{}, false
	}
	cell := types.StatisticsCell{
		Period: PeriodOf(c.DecidedOnClock, params), InstitutionId: c.Respondent.InstitutionId, OfCustomers: c.Respondent.PartyId != "",
		Product: c.Product, Reason: c.Reason, Outcome: c.Outcome, Cases: 1,
		Days: []types.DayCount{{Days: bucketOf(c.DaysUsed(c.DecidedOnClock, params)), Cases: 1}},
	}
	first, second := c.Ruling(1), c.Ruling(2)
	if first != nil && second != nil {
		cell.Appealed = 1
		// Who left between the two rulings lost nothing by the second.
		if !sameGrants(Staying(c, first.Award), Staying(c, second.Award)) {
			cell.Overturned = 1
		}
	}
	if slices.ContainsFunc(c.Lapses, isOfRespondent) {
		cell.Overdue = 1
	}
	return cell, true
}

// isOfRespondent tells the times that only the respondent lets run out: to take a case up, and to answer.
func isOfRespondent(lapse types.Lapse) bool {
	return lapse.Status == types.Filed || lapse.Status == types.Answering
}

// bucketOf rounds days down to what is counted apart: each day up to 90, then every ten, at most 390.
func bucketOf(days int64) uint32 {
	const each, step, most = 90, 10, 390
	switch {
	case days <= 0:
		return 0
	case days > most:
		return most
	case days > each:
		return uint32(days - days%step)
	}
	return uint32(days)
}

// AddCells is what two sets of cases count for together. The names are those of the first.
func AddCells(a, b types.StatisticsCell) types.StatisticsCell {
	a.Cases += b.Cases
	a.Appealed += b.Appealed
	a.Overturned += b.Overturned
	a.Overdue += b.Overdue
	a.Days = addDays(a.Days, b.Days)
	return a
}

func addDays(a, b []types.DayCount) []types.DayCount {
	sum := slices.Clone(a)
	for _, more := range b {
		place, known := slices.BinarySearchFunc(sum, more.Days, func(d types.DayCount, days uint32) int { return cmp.Compare(d.Days, days) })
		if known {
			sum[place].Cases += more.Cases
			continue
		}
		sum = slices.Insert(sum, place, more)
	}
	return sum
}

// CompareCells orders cells by their names.
func CompareCells(a, b types.StatisticsCell) int {
	return cmp.Or(cmp.Compare(a.Period, b.Period), cmp.Compare(a.InstitutionId, b.InstitutionId), compareBools(a.OfCustomers, b.OfCustomers),
		cmp.Compare(a.Product, b.Product), cmp.Compare(a.Reason, b.Reason), cmp.Compare(a.Outcome, b.Outcome))
}

func compareBools(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// Count puts cases into cells, ordered by their names: the slow way, from nothing.
func Count(cases []types.Case, params types.Params) []types.StatisticsCell {
	var cells []types.StatisticsCell
	for _, c := range cases {
		if cell, ended := CellOf(c, params); ended {
			cells = append(cells, cell)
		}
	}
	return merge(cells)
}

// merge adds cells of equal names up and orders them.
func merge(cells []types.StatisticsCell) []types.StatisticsCell {
	cells = slices.Clone(cells)
	slices.SortStableFunc(cells, CompareCells)
	var merged []types.StatisticsCell
	for _, cell := range cells {
		if n := len(merged); n > 0 && CompareCells(merged[n-1], cell) == 0 {
			merged[n-1] = AddCells(merged[n-1], cell)
			continue
		}
		merged = append(merged, cell)
	}
	return merged
}

// forget takes one name after another off a cell: the outcome, the reason, the product, and at last whose it is.
var forget = []func(types.StatisticsCell) types.StatisticsCell{
	func(c types.StatisticsCell) types.StatisticsCell { return c },
	func(c types.StatisticsCell) types.StatisticsCell { c.Outcome = 0; return c },
	func(c types.StatisticsCell) types.StatisticsCell { c.Reason = 0; return c },
	func(c types.StatisticsCell) types.StatisticsCell { c.Product = ""; return c },
	func(c types.StatisticsCell) types.StatisticsCell {
		c.InstitutionId, c.OfCustomers = "", false
		return c
	},
}

// Publish makes groups of the cells of one period that anyone may know. A cell of MinGroup cases or more is a group.
// Smaller ones lose a name and are added up with those that are alike then, again and again; what is small in the
// end is not told. So every group is MinGroup cases or more, no cell is in two, and no other sums exist: all that
// can be computed from groups are sums of whole groups, and none is the complement of a small cell.
func Publish(cells []types.StatisticsCell) []types.StatisticsGroup {
	var groups []types.StatisticsCell
	rest := cells
	for _, less := range forget {
		var small []types.StatisticsCell
		for i := range rest {
			small = append(small, less(rest[i]))
		}
		rest = nil
		for _, cell := range merge(small) {
			if cell.Cases >= types.MinGroup {
				groups = append(groups, cell)
			} else {
				rest = append(rest, cell)
			}
		}
	}
	slices.SortStableFunc(groups, CompareCells)
	published := make([]types.StatisticsGroup, len(groups))
	for i, group := range groups {
		published[i] = groupOf(group)
	}
	return published
}

func groupOf(cell types.StatisticsCell) types.StatisticsGroup {
	group := types.StatisticsGroup{
		InstitutionId: cell.InstitutionId, OfCustomers: cell.OfCustomers, Product: cell.Product, Reason: cell.Reason, Outcome: cell.Outcome,
		Cases: cell.Cases, MedianDays: percentile(cell.Days, 50), P95Days: percentile(cell.Days, 95),
		Appealed: publicCount(cell.Appealed, cell.Cases), Overdue: publicCount(cell.Overdue, cell.Cases),
		Overturned: types.PublicCount{Suppressed: true},
	}
	if group.Appealed.Suppressed {
		return group
	}
	group.Overturned = publicCount(cell.Overturned, cell.Appealed)
	if !group.Overturned.Suppressed && cell.Appealed > 0 {
		group.OverturnedPpm = shareRoundedDown(cell.Overturned, cell.Appealed)
	}
	return group
}

// shareRoundedDown is a part of a whole above zero, in ppm.
func shareRoundedDown(part, whole uint64) uint32 {
	const ppm = 1_000_000
	return uint32(part * ppm / whole)
}

// publicCount tells how many of a whole have something, unless these or the others are few.
func publicCount(count, whole uint64) types.PublicCount {
	few := func(n uint64) bool { return n > 0 && n < types.MinGroup }
	if few(count) || few(whole-count) {
		return types.PublicCount{Suppressed: true}
	}
	return types.PublicCount{Count: count}
}

// percentile is the least number of days that so many of a hundred cases took at most; 0 of none.
func percentile(days []types.DayCount, percent uint64) uint32 {
	whole, below := uint64(0), uint64(0)
	for _, d := range days {
		whole += d.Cases
	}
	for _, d := range days {
		if below += d.Cases; below*100 >= whole*percent {
			return d.Days
		}
	}
	return 0
}
