package domain

import (
	"slices"

	"cosmossdk.io/math"

	"github.com/zhilian-network/zhilian/x/dispute/types"
)

// CheckAward refuses an award that gives what nobody asked for, or more than was asked.
func CheckAward(c types.Case, award types.Award) error {
	for i, grant := range award.Grants {
		if int(grant.Remedy) >= len(c.Remedies) || i > 0 && award.Grants[i-1].Remedy >= grant.Remedy {
			return types.ErrAward.Wrapf("remedy %d is not one of %d, repeated, or not in order", grant.Remedy, len(c.Remedies))
		}
		asked := c.Remedies[grant.Remedy].Amount
		if grant.Amount.IsNil() || !grant.Amount.IsPositive() || grant.Amount.GT(asked) {
			return types.ErrAward.Wrapf("remedy %d: above zero and at most %s is needed", grant.Remedy, asked)
		}
	}
	if award.Frivolous && len(award.Grants) > 0 {
		return types.ErrAward.Wrap("a case that gets something is not frivolous")
	}
	return nil
}

// Tally is what votes give together: of each remedy the median, the lower one of two, so that no member alone
// moves it beyond what others voted; frivolous if more than half say so and nothing is given. Claimants who have
// left get nothing. votes are not empty.
func Tally(c types.Case, votes []types.Award) types.Award {
	award := types.Award{}
	for i, remedy := range c.Remedies {
		if c.Claimants[remedy.Claimant].Left {
			continue
		}
		amounts := make([]math.Int, len(votes))
		for v, vote := range votes {
			amounts[v] = vote.Granted(i)
		}
		if amount := lowerMedian(amounts); amount.IsPositive() {
			award.Grants = append(award.Grants, types.Grant{Remedy: uint32(i), Amount: amount})
		}
	}
	frivolous := 0
	for _, vote := range votes {
		if vote.Frivolous {
			frivolous++
		}
	}
	award.Frivolous = len(award.Grants) == 0 && 2*frivolous > len(votes)
	return award
}

func lowerMedian(amounts []math.Int) math.Int {
	sorted := slices.SortedFunc(slices.Values(amounts), func(a, b math.Int) int { return a.BigInt().Cmp(b.BigInt()) })
	return sorted[(len(sorted)-1)/2]
}

// Staying is an award without what claimants would get who have left since.
func Staying(c types.Case, award types.Award) types.Award {
	kept := types.Award{Frivolous: award.Frivolous}
	for _, grant := range award.Grants {
		if !c.Claimants[c.Remedies[grant.Remedy].Claimant].Left {
			kept.Grants = append(kept.Grants, grant)
		}
	}
	return kept
}

// OutcomeOf says in a word what an award gives of what was asked for.
func OutcomeOf(c types.Case, award types.Award) types.CaseOutcome {
	switch whole := c.Whole(); {
	case len(award.Grants) == 0:
		return types.OutcomeRejected
	case sameGrants(whole, award):
		return types.OutcomeUpheld
	}
	return types.OutcomePartly
}

func sameGrants(a, b types.Award) bool {
	return slices.EqualFunc(a.Grants, b.Grants, func(x, y types.Grant) bool { return x.Remedy == y.Remedy && x.Amount.Equal(y.Amount) })
}

// CheckAppeal refuses an appeal of who lost nothing, a second one, and one on a ground that does not hold.
func CheckAppeal(c types.Case, byClaimant bool, ground types.AppealGround) error {
	if c.Instance > 1 || c.Ground != types.AppealGround_APPEAL_GROUND_UNSPECIFIED {
		return types.ErrAppealedAlready.Wrapf("case %d", c.Id)
	}
	ruling := c.Ruling(1)
	if ruling == nil {
		return types.ErrTransition.Wrapf("case %d has no ruling", c.Id)
	}
	if byClaimant && sameGrants(ruling.Award, c.Whole()) || !byClaimant && len(ruling.Award.Grants) == 0 {
		return types.ErrNothingLost.Wrapf("case %d", c.Id)
	}
	switch ground {
	case types.AppealGround_APPEAL_GROUND_PROCEDURE, types.AppealGround_APPEAL_GROUND_CONFLICT:
		return nil
	case types.AppealGround_APPEAL_GROUND_NEW_EVIDENCE:
		if !slices.ContainsFunc(c.Evidence, func(e types.Evidence) bool { return !e.At.Before(ruling.At) }) {
			return types.ErrAppealGround.Wrap("there is no evidence that is newer than the ruling; bring it first")
		}
		return nil
	case types.AppealGround_APPEAL_GROUND_CALCULATION:
		if !slices.ContainsFunc(c.Remedies, func(r types.Remedy) bool { return r.Kind.MovesMoney() }) {
			return types.ErrAppealGround.Wrap("no amount is in the case")
		}
		return nil
	case types.AppealGround_APPEAL_GROUND_NO_REASONS:
		if ruling.Reasons != "" {
			return types.ErrAppealGround.Wrap("the ruling has reasons")
		}
		return nil
	}
	return types.ErrAppealGround.Wrapf("ground %d is not on the list", ground)
}

// DelayInterest is the interest on what a holder of an overdue receivable had when it filed: until now on what it still
// has, and until the filing on what was paid since. Each part is rounded down.
func DelayInterest(had, has math.Int, ratePpm uint32, daysToNow, daysToFiling int64) math.Int {
	has = math.MinInt(had, has)
	return InterestRoundedDown(has, ratePpm, daysToNow).Add(InterestRoundedDown(had.Sub(has), ratePpm, daysToFiling))
}

// InterestRoundedDown is simple interest for whole days at a yearly rate of 365 days, in minor units. What is
// rounded away stays with the payer.
func InterestRoundedDown(principal math.Int, ratePpm uint32, days int64) math.Int {
	const daysPerYear, ppm = 365, 1_000_000
	if days <= 0 {
		return math.ZeroInt()
	}
	return principal.MulRaw(int64(ratePpm)).MulRaw(days).QuoRaw(daysPerYear * ppm)
}
