package domain

import (
	"bytes"
	"cmp"
	"slices"
	"strings"

	"cosmossdk.io/math"

	"github.com/zhilian-network/zhilian/x/ledger/types"
)

// NetPosting is a posting folded to what it does to each record.
type NetPosting struct {
	// Denoms that the posting names, also those whose changes cancel out; sorted, unique.
	Denoms []string
	// Changes of balances: sorted by denom, then account; one per pair; none is zero.
	Changes []types.Entry
	// Supply changes: sorted by denom; one per denom; none is zero.
	Supply []types.SupplyChange
	// Captured is what each of Changes spends from holds; nil if the posting spends from none.
	Captured []math.Int
}

// Net folds a posting and refuses one that is too long, malformed, or unbalanced.
func Net(posting types.Posting) (NetPosting, error) {
	if err := requireBounded(posting); err != nil {
		return NetPosting{}, err
	}
	if err := requireWellFormed(posting); err != nil {
		return NetPosting{}, err
	}
	entries, err := foldEntries(posting.Entries)
	if err != nil {
		return NetPosting{}, err
	}
	supply, err := foldSupply(posting.Supply)
	if err != nil {
		return NetPosting{}, err
	}
	denoms := denomsOf(entries, supply)
	if err := requireBalanced(denoms, entries, supply); err != nil {
		return NetPosting{}, err
	}
	return NetPosting{
		Denoms:  denoms,
		Changes: slices.DeleteFunc(entries, func(e types.Entry) bool { return e.Delta.IsZero() }),
		Supply:  slices.DeleteFunc(supply, func(s types.SupplyChange) bool { return s.Delta.IsZero() }),
	}, nil
}

func requireBounded(posting types.Posting) error {
	if n := len(posting.Entries); n > types.MaxEntries {
		return types.ErrTooManyEntries.Wrapf("%d entries, at most %d", n, types.MaxEntries)
	}
	if n := len(posting.Supply); n > types.MaxSupplyChanges {
		return types.ErrTooManyEntries.Wrapf("%d supply changes, at most %d", n, types.MaxSupplyChanges)
	}
	return nil
}

// requireWellFormed looks for every malformed entry before it looks for a too great one, so that
// the refusal does not depend on the order of entries. Afterwards no sum can leave 256 bits.
func requireWellFormed(posting types.Posting) error {
	for i, e := range posting.Entries {
		if len(e.Account) == 0 || len(e.Account) > types.MaxAccountBytes {
			return types.ErrInvalidEntry.Wrapf("entry %d: account of %d bytes", i, len(e.Account))
		}
		if e.Denom == "" || e.Delta.IsNil() {
			return types.ErrInvalidEntry.Wrapf("entry %d: denom and amount are needed", i)
		}
	}
	for i, s := range posting.Supply {
		if s.Denom == "" || s.Delta.IsNil() {
			return types.ErrInvalidEntry.Wrapf("supply change %d: denom and amount are needed", i)
		}
	}
	for i, e := range posting.Entries {
		if types.ExceedsMaxAmount(e.Delta) {
			return types.ErrAmountOverflow.Wrapf("entry %d", i)
		}
	}
	for i, s := range posting.Supply {
		if types.ExceedsMaxAmount(s.Delta) {
			return types.ErrAmountOverflow.Wrapf("supply change %d", i)
		}
	}
	return nil
}

// foldEntries sums the entries of each (denom, account). It sorts a copy instead of filling a
// map: the order of the result, and so of the writes, must be the same on every node.
func foldEntries(entries []types.Entry) ([]types.Entry, error) {
	sorted := slices.Clone(entries)
	slices.SortFunc(sorted, compareEntries)
	folded := sorted[:0]
	for _, e := range sorted {
		last := len(folded) - 1
		if last < 0 || compareEntries(folded[last], e) != 0 {
			folded = append(folded, e)
			continue
		}
		sum, err := add(folded[last].Delta, e.Delta)
		if err != nil {
			return nil, err
		}
		folded[last].Delta = sum
	}
	return folded, nil
}

func foldSupply(changes []types.SupplyChange) ([]types.SupplyChange, error) {
	sorted := slices.Clone(changes)
	slices.SortFunc(sorted, func(a, b types.SupplyChange) int { return strings.Compare(a.Denom, b.Denom) })
	folded := sorted[:0]
	for _, s := range sorted {
		last := len(folded) - 1
		if last < 0 || folded[last].Denom != s.Denom {
			folded = append(folded, s)
			continue
		}
		sum, err := add(folded[last].Delta, s.Delta)
		if err != nil {
			return nil, err
		}
		folded[last].Delta = sum
	}
	return folded, nil
}

// compareEntries orders by denom first: the entries of a denom then stand together, and checking
// its balance is a walk.
func compareEntries(a, b types.Entry) int {
	return cmp.Or(strings.Compare(a.Denom, b.Denom), bytes.Compare(a.Account, b.Account))
}

func denomsOf(entries []types.Entry, supply []types.SupplyChange) []string {
	var denoms []string
	for i, e := range entries {
		if i == 0 || entries[i-1].Denom != e.Denom {
			denoms = append(denoms, e.Denom)
		}
	}
	for _, s := range supply {
		denoms = append(denoms, s.Denom)
	}
	slices.Sort(denoms)
	return slices.Compact(denoms)
}

// requireBalanced is double entry: per denom, what accounts gain is what was issued.
func requireBalanced(denoms []string, entries []types.Entry, supply []types.SupplyChange) error {
	for _, denom := range denoms {
		gained, issued := math.ZeroInt(), math.ZeroInt()
		var err error
		for ; len(entries) > 0 && entries[0].Denom == denom; entries = entries[1:] {
			if gained, err = add(gained, entries[0].Delta); err != nil {
				return err
			}
		}
		for ; len(supply) > 0 && supply[0].Denom == denom; supply = supply[1:] {
			if issued, err = add(issued, supply[0].Delta); err != nil {
				return err
			}
		}
		if !gained.Equal(issued) {
			return types.ErrUnbalancedPosting.Wrapf("%.40q: entries add up to %s, supply changes by %s", denom, gained, issued)
		}
	}
	return nil
}

// add is the only addition of the package. math.Int.Add panics above 256 bits; a block must not.
func add(a, b math.Int) (math.Int, error) {
	sum, err := a.SafeAdd(b)
	if err != nil {
		return math.Int{}, types.ErrAmountOverflow.Wrap("sum of entries")
	}
	return sum, nil
}
