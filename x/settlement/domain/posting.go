package domain

import (
	"cmp"
	"slices"

	"cosmossdk.io/math"

	"github.com/zhilian-network/zhilian/x/settlement/types"
)

// Posting is the money that a plan moves: at most one entry for each holder and denom, none of them
// zero, sorted by denom and holder.
type Posting struct {
	// Deposits change customers' deposit money; holders are accounts, in bech32.
	Deposits []Entry
	// Reserves change banks' reserves; holders are institutions.
	Reserves []Entry
	// Supply changes how much of a denom exists; there is no holder.
	Supply []Entry
}

// Entry is one change; + credit or issue, − debit or redeem.
type Entry struct {
	Holder string
	Denom  string
	Delta  math.Int // minor units
}

// IsEmpty tells that no money moves.
func (p Posting) IsEmpty() bool {
	return len(p.Deposits) == 0 && len(p.Reserves) == 0 && len(p.Supply) == 0
}

// netting adds up the lines that settle.
type netting struct {
	deposits, reserves, supply tally
}

func newNetting() *netting {
	return &netting{newTally(), newTally(), newTally()}
}

// add moves one amount from debtor to creditor. Between banks it burns at the payer's bank what it mints
// at the payee's, and moves reserves for it.
func (n *netting) add(debtor, creditor types.Account, currency string, amount math.Int) {
	payer, payee := debtor.InstitutionId, creditor.InstitutionId
	from, to := types.DepositDenom(payer, currency), types.DepositDenom(payee, currency)
	n.deposits.add(debtor.Address, from, amount.Neg())
	n.deposits.add(creditor.Address, to, amount)
	if payer == payee {
		return
	}
	n.supply.add("", from, amount.Neg())
	n.supply.add("", to, amount)
	n.reserves.add(payer, types.ReserveDenom(currency), amount.Neg())
	n.reserves.add(payee, types.ReserveDenom(currency), amount)
}

func (n *netting) posting() Posting {
	return Posting{Deposits: n.deposits.entries(), Reserves: n.reserves.entries(), Supply: n.supply.entries()}
}

// tally adds up by holder and denom. Rows keep the order of arrival, so nothing depends on the map's.
type tally struct {
	index map[[2]string]int
	rows  []Entry
}

func newTally() tally { return tally{index: map[[2]string]int{}} }

func (t *tally) add(holder, denom string, delta math.Int) {
	key := [2]string{holder, denom}
	i, exists := t.index[key]
	if !exists {
		t.index[key] = len(t.rows)
		t.rows = append(t.rows, Entry{holder, denom, delta})
		return
	}
	t.rows[i].Delta = t.rows[i].Delta.Add(delta)
}

// entries are the rows that are not zero, sorted.
func (t *tally) entries() []Entry {
	kept := slices.DeleteFunc(slices.Clone(t.rows), func(e Entry) bool { return e.Delta.IsZero() })
	slices.SortFunc(kept, func(a, b Entry) int {
		return cmp.Or(cmp.Compare(a.Denom, b.Denom), cmp.Compare(a.Holder, b.Holder))
	})
	return kept
}
