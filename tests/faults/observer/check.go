package observer

import "fmt"

// verdict is a decision and the block that holds it.
type verdict struct {
	Decision
	height int64
}

// Problems says what is wrong with what was read so far: forks, payments that were lost, doubled, changed
// or made up, and answers that the blocks do not bear out.
func (b *Book) Problems() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	problems := append([]string(nil), b.forks...)
	verdicts := b.verdicts(b.newest)
	for height := int64(1); height <= b.newest; height++ {
		if _, seen := b.blocks[height]; !seen {
			problems = append(problems, fmt.Sprintf("block %d was read from no node", height))
		}
		for _, supply := range b.blocks[height].Supplies {
			problems = append(problems, fmt.Sprintf("block %d: %s, and nobody asked for it", height, supply))
		}
	}
	problems = append(problems, b.strangers()...)
	for _, uetr := range b.order {
		problems = append(problems, b.judge(b.asked[uetr], verdicts[uetr])...)
	}
	return problems
}

// Undecided are the payments that were asked for, and neither decided in a block nor refused by a node.
// At the end, when clients have sent again what was not answered, there must be none.
func (b *Book) Undecided() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	verdicts := b.verdicts(b.newest)
	var undecided []string
	for _, uetr := range b.order {
		if len(verdicts[uetr]) == 0 && !refused(b.answers[uetr]) {
			undecided = append(undecided, uetr)
		}
	}
	return undecided
}

// Decision is what the blocks say about a payment, and the height of the block.
func (b *Book) Decision(uetr string) (Decision, int64, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	all := b.verdicts(b.newest)[uetr]
	if len(all) == 0 {
		return Decision{}, 0, false
	}
	last := all[len(all)-1]
	return last.Decision, last.height, true
}

// verdicts are the decisions up to a height, by UETR, in the order of blocks.
func (b *Book) verdicts(to int64) map[string][]verdict {
	verdicts := make(map[string][]verdict, len(b.asked))
	for height := int64(1); height <= to; height++ {
		for _, decision := range b.blocks[height].Decisions {
			verdicts[decision.UETR] = append(verdicts[decision.UETR], verdict{decision, height})
		}
	}
	return verdicts
}

// strangers are decisions about payments that nobody asked for. A payment doubled under another
// UETR is one: it says which payment it repeats.
func (b *Book) strangers() []string {
	type reference struct{ debtor, endToEnd string }
	names := make(map[reference]string, len(b.asked))
	for uetr, payment := range b.asked {
		names[reference{payment.Debtor, payment.EndToEnd}] = uetr
	}
	var problems []string
	for height := int64(1); height <= b.newest; height++ {
		for _, decision := range b.blocks[height].Decisions {
			if _, asked := b.asked[decision.UETR]; asked {
				continue
			}
			twin := ""
			if uetr := names[reference{decision.Debtor, decision.EndToEnd}]; uetr != "" {
				twin = ", with the end-to-end id of payment " + uetr
			}
			problems = append(problems, fmt.Sprintf("payment %s (%s) stands in block %d, and nobody asked for it%s", decision.UETR, decision.Status, height, twin))
		}
	}
	return problems
}

func (b *Book) judge(asked Payment, verdicts []verdict) []string {
	var problems []string
	report := func(format string, arguments ...any) {
		problems = append(problems, "payment "+asked.UETR+": "+fmt.Sprintf(format, arguments...))
	}
	settled := 0
	for _, v := range verdicts {
		if v.Payment != asked {
			report("block %d decides about %+v, asked was %+v", v.height, v.Payment, asked)
		}
		if v.Status == Settled {
			settled++
		}
	}
	if settled > 1 {
		report("settled %d times, in blocks %v", settled, heights(verdicts))
	} else if len(verdicts) > 1 {
		report("decided %d times, in blocks %v", len(verdicts), heights(verdicts))
	}
	answers := b.answers[asked.UETR]
	for _, answer := range answers {
		if answer.Kind == Decided && answer.Height <= b.newest && !borneOut(answer, verdicts) {
			report("lost or changed: %s said %s in block %d, the blocks say %s", answer.Node, answer.Status, answer.Height, inWords(verdicts))
		}
	}
	if refused(answers) && len(verdicts) > 0 {
		report("%s said that nothing took effect, the blocks say %s", answers[len(answers)-1].Node, inWords(verdicts))
	}
	return problems
}

// borneOut says whether the first decision is the one that the client was told. A repetition must be
// answered with the first result.
func borneOut(answer Answer, verdicts []verdict) bool {
	return len(verdicts) > 0 && verdicts[0].Status == answer.Status && verdicts[0].height == answer.Height
}

// refused says whether a refusal ends the matter: it does if no earlier attempt may still have
// been on its way.
func refused(answers []Answer) bool {
	for _, answer := range answers {
		if answer.Kind != Refused {
			return false
		}
	}
	return len(answers) > 0
}

func heights(verdicts []verdict) []int64 {
	all := make([]int64, len(verdicts))
	for i, v := range verdicts {
		all[i] = v.height
	}
	return all
}

func inWords(verdicts []verdict) string {
	if len(verdicts) == 0 {
		return "nothing"
	}
	return fmt.Sprintf("%s in block %d", verdicts[0].Status, verdicts[0].height)
}
