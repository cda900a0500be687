package domain

import (
	"strings"

	"cosmossdk.io/math"

	errorsmod "cosmossdk.io/errors"

	"github.com/zhilian-network/zhilian/x/access/types"
)

// Judge is Decide for a simulation: the same rules, and which of them decided.
func Judge(facts Facts, ask *types.Ask) types.Judgement {
	facts.Explain = true
	decision := Decide(&facts, ask)
	if decision.Err == nil {
		return types.Judgement{Verdict: types.VerdictAllowed}
	}
	judged := types.Judgement{Verdict: types.VerdictRefused, Err: decision.Err}
	if errorsmod.IsOf(decision.Err, types.ErrApprovalNeeded) {
		judged.Verdict = types.VerdictNeedsApproval
	}
	judged.Rule = decisive(decision)
	if decision.OnlyAmounts() && !errorsmod.IsOf(decision.Err, types.ErrLimitExceeded) {
		for _, unmet := range decision.Unmet {
			judged.Approvals = max(judged.Approvals, unmet.Needed)
		}
	}
	return judged
}

// decisive is the rule that refused: the first that did not hold, and of policies all of them.
func decisive(decision Decision) string {
	var names []string
	for _, outcome := range decision.Outcomes {
		if outcome.Held {
			continue
		}
		if names = append(names, outcome.Rule); !isPolicyRule(outcome.Rule) {
			break
		}
	}
	return strings.Join(names, ", ")
}

func isPolicyRule(name string) bool {
	return strings.HasPrefix(name, ofPolicy) || strings.HasPrefix(name, ofQuorum)
}

// Days add up what each spender has moved in each currency on each day.
type Days map[day]math.Int

type day struct {
	spender  types.Spender
	currency string
	number   int64
}

// Spent is what a spender has moved on a day so far.
func (d Days) Spent(spender types.Spender, currency string, number int64) math.Int {
	if spent, known := d[day{spender, currency, number}]; known {
		return spent
	}
	return math.ZeroInt()
}

// Add counts what has moved. A sum that is greater than an amount can be stays where it was: no limit is as
// high, so it makes no difference.
func (d Days) Add(spender types.Spender, currency string, number int64, moved math.Int) {
	if sum, err := d.Spent(spender, currency, number).SafeAdd(moved); err == nil {
		d[day{spender, currency, number}] = sum
	}
}
