package observer

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Holding is one denom in one account.
type Holding struct {
	Account string // address
	Denom   string
}

// Opening is what the network begins with.
type Opening struct {
	// Balances in minor units.
	Balances map[Holding]int64
	// Banks are the institutions that keep accounts, by address of the account.
	Banks map[string]string
	// Reserves are the addresses of the banks' reserve accounts, by institution.
	Reserves map[string]string
}

// View is what a node says at one height.
type View struct {
	Node   string
	Height int64
	// Balances of all accounts of the opening, in minor units; what is not listed is zero.
	Balances map[Holding]int64
	// Supplies by denom, in minor units.
	Supplies map[string]int64
	// Violations that the node's own check of the books found.
	Violations []string
	// IndexedHeight is the newest block in the node's index, CompleteFrom the oldest without a gap after it.
	IndexedHeight, CompleteFrom int64
	// Index holds the rows that the index lists for each account.
	Index map[string][]Row
}

// Row is a payment in an index.
type Row struct {
	Decision
	Height int64
}

// Compare says where a node's figures are not those of the book. Blocks must have been read up to the
// view's height; what later blocks decided does not count.
func (b *Book) Compare(view View) []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var problems []string
	report := func(format string, arguments ...any) {
		problems = append(problems, fmt.Sprintf("%s at block %d: ", view.Node, view.Height)+fmt.Sprintf(format, arguments...))
	}
	want := b.balances(view.Height)
	for _, holding := range holdings(want, view.Balances) {
		if want[holding] != view.Balances[holding] {
			report("balance of %s in %s is %d, the book says %d", holding.Account, holding.Denom, view.Balances[holding], want[holding])
		}
	}
	sums := map[string]int64{}
	for holding, amount := range want {
		sums[holding.Denom] += amount
	}
	for _, denom := range keysOfBoth(sums, view.Supplies) {
		if sums[denom] != view.Supplies[denom] {
			report("supply of %s is %d, the balances sum to %d", denom, view.Supplies[denom], sums[denom])
		}
	}
	for _, violation := range view.Violations {
		report("invariant violated: %s", violation)
	}
	for _, problem := range b.compareIndex(view) {
		report("%s", problem)
	}
	return problems
}

// balances are the opening and what was asked for and settled up to a height. The amounts are those that were asked
// for, not those that the blocks tell.
func (b *Book) balances(height int64) map[Holding]int64 {
	balances := maps.Clone(b.opening.Balances)
	for uetr, verdicts := range b.verdicts(height) {
		for _, v := range verdicts {
			if payment, asked := b.asked[uetr]; asked && v.Status == Settled {
				b.move(balances, payment)
				break // once, however often it stands in the blocks
			}
		}
	}
	return balances
}

func (b *Book) move(balances map[Holding]int64, payment Payment) {
	from, to := b.opening.Banks[payment.Debtor], b.opening.Banks[payment.Creditor]
	balances[Holding{payment.Debtor, from + "/" + payment.Currency}] -= payment.Amount
	balances[Holding{payment.Creditor, to + "/" + payment.Currency}] += payment.Amount
	if from != to {
		reserve := "reserve/" + payment.Currency
		balances[Holding{b.opening.Reserves[from], reserve}] -= payment.Amount
		balances[Holding{b.opening.Reserves[to], reserve}] += payment.Amount
	}
}

// compareIndex compares the rows of every account with the decisions of the blocks.
func (b *Book) compareIndex(view View) []string {
	var problems []string
	if view.IndexedHeight < view.Height {
		problems = append(problems, fmt.Sprintf("the index ends at block %d", view.IndexedHeight))
	}
	if view.CompleteFrom > 1 {
		problems = append(problems, fmt.Sprintf("the index is complete from block %d only", view.CompleteFrom))
	}
	want := map[string]map[string]Row{}
	for account := range b.opening.Banks {
		want[account] = map[string]Row{}
	}
	for _, verdicts := range b.verdicts(view.Height) {
		last := verdicts[len(verdicts)-1]
		row := Row{Decision: last.Decision, Height: last.height}
		for _, account := range []string{row.Debtor, row.Creditor} {
			if want[account] != nil {
				want[account][row.UETR] = row
			}
		}
	}
	for _, account := range keysOfBoth(want, view.Index) {
		rows := slices.DeleteFunc(slices.Clone(view.Index[account]), func(row Row) bool { return row.Height > view.Height })
		problems = append(problems, compareRows(account, want[account], rows)...)
	}
	return problems
}

func compareRows(account string, want map[string]Row, got []Row) []string {
	var problems []string
	seen := map[string]bool{}
	for _, row := range got {
		switch wanted, known := want[row.UETR]; {
		case seen[row.UETR]:
			problems = append(problems, fmt.Sprintf("the index lists payment %s of %s twice", row.UETR, account))
		case !known:
			problems = append(problems, fmt.Sprintf("the index lists payment %s of %s, which stands in no block", row.UETR, account))
		case row != wanted:
			problems = append(problems, fmt.Sprintf("the index says of payment %s %+v, the blocks %+v", row.UETR, row, wanted))
		}
		seen[row.UETR] = true
	}
	for _, uetr := range keysOf(want) {
		if !seen[uetr] {
			problems = append(problems, fmt.Sprintf("the index does not list payment %s of %s", uetr, account))
		}
	}
	return problems
}

func holdings(one, other map[Holding]int64) []Holding {
	all := slices.AppendSeq(slices.Collect(maps.Keys(one)), maps.Keys(other))
	slices.SortFunc(all, func(x, y Holding) int {
		return cmp.Or(strings.Compare(x.Denom, y.Denom), strings.Compare(x.Account, y.Account))
	})
	return slices.Compact(all)
}

// keysOf a map, sorted.
func keysOf[V any](one map[string]V) []string { return slices.Sorted(maps.Keys(one)) }

// keysOfBoth maps, sorted, each once.
func keysOfBoth[A, B any](one map[string]A, other map[string]B) []string {
	all := slices.AppendSeq(keysOf(one), maps.Keys(other))
	slices.Sort(all)
	return slices.Compact(all)
}
