package keeper

import (
	"context"
	"slices"

	"cosmossdk.io/collections"
	"cosmossdk.io/math"

	"github.com/zhilian-network/zhilian/x/dispute/domain"
	"github.com/zhilian-network/zhilian/x/dispute/types"
)

// execute carries out an award that is final, in the block that made it so: the case is Executed already. Each
// remedy runs in a branch of its own; one that is refused has its code stored, and the others are done all the same.
// What is held goes back to its owner first and is spent in the same step.
func (k *Keeper) execute(ctx context.Context, c types.Case, award types.Award, outcome types.CaseOutcome, m moment) (types.Case, error) {
	c = domain.Conclude(c, outcome, m.now)
	c.Award, c.Results = &award, nil
	var err error
	for place := range c.Claimants {
		if c, err = k.release(ctx, c, place); err != nil {
			return c, err
		}
	}
	for i := range c.Remedies {
		result, err := k.carryOut(ctx, c, i, award.Granted(i), m)
		if err != nil {
			return c, err
		}
		if result.ClaimId != 0 {
			c.OpenClaims++
		}
		c.Results = append(slices.Clone(c.Results), result)
		text := ""
		if result.Status == types.RemedyDone {
			text = c.Remedies[i].Text
		}
		if err := emit(ctx, &types.EventRemedyExecuted{CaseId: c.Id, Kind: c.Remedies[i].Kind, Outcome: result, Text: text}); err != nil {
			return c, err
		}
	}
	if err := k.countFrivolous(ctx, c); err != nil {
		return c, err
	}
	if err := k.save(ctx, c); err != nil {
		return c, err
	}
	return k.finishIfServed(ctx, c, m)
}

// finishIfServed closes an executed case that nobody owes anything for any more.
func (k *Keeper) finishIfServed(ctx context.Context, c types.Case, m moment) (types.Case, error) {
	if c.Status != types.Executed || c.OpenClaims > 0 {
		return c, nil
	}
	c, err := k.move(ctx, c, domain.Finish, m, "")
	if err != nil {
		return c, err
	}
	return k.close(ctx, c, m)
}

// carryOut does what is granted of one remedy.
func (k *Keeper) carryOut(ctx context.Context, c types.Case, i int, amount math.Int, m moment) (types.RemedyOutcome, error) {
	remedy := c.Remedies[i]
	result := types.RemedyOutcome{Remedy: uint32(i), Status: types.RemedyDenied, Amount: math.ZeroInt(), Paid: math.ZeroInt()}
	if !amount.IsPositive() {
		return result, nil
	}
	var owed due
	err := try(ctx, func(ctx context.Context) error {
		var err error
		switch {
		case remedy.Kind == types.RemedyFinding || remedy.Kind == types.RemedyApology:
		case remedy.Kind.MovesMoney():
			owed, err = k.dueOf(ctx, granted{of: c, remedy: remedy, amount: amount, moment: m})
		default:
			result.Reference, err = k.matters[c.Kind].Execute(ctx, c, remedy)
		}
		return err
	})
	switch {
	case isMoot(err):
		result.Status, result.Reference = types.RemedyMoot, ""
	case err != nil:
		result.Status, result.Reference, result.Refusal = types.RemedyFailed, "", codeOf(err)
	case remedy.Kind.MovesMoney() && (owed.amount.IsPositive() || !owed.gave):
		return k.payRemedy(ctx, c, result, owed.amount, m)
	default:
		result.Status = types.RemedyDone
	}
	return result, nil
}

func (k *Keeper) dueOf(ctx context.Context, grant granted) (due, error) {
	var err error
	if grant.facts, err = k.factsAt(ctx, grant.of, grant.remedy.Claimant); err != nil {
		return due{}, err
	}
	return k.matters[grant.of.Kind].Due(ctx, grant)
}

// interestOf is the interest on what a claimant is refunded, for the whole days from the payment to now.
func interestOf(c types.Case, place uint32, m moment) math.Int {
	principal := math.ZeroInt()
	for i, remedy := range c.Remedies {
		if remedy.Claimant == place && remedy.Kind == types.RemedyRefund {
			principal = c.Award.Granted(i)
		}
	}
	days := int64(m.block.Sub(c.Claimants[place].PaidAt) / m.params.BusinessDays(1))
	return domain.InterestRoundedDown(principal, m.params.InterestPpm, days)
}

// payRemedy pays what a payer has of what it owes, and makes a claim of the rest.
func (k *Keeper) payRemedy(ctx context.Context, c types.Case, result types.RemedyOutcome, due math.Int, m moment) (types.RemedyOutcome, error) {
	remedy := c.Remedies[result.Remedy]
	claimant := c.Claimants[remedy.Claimant]
	claim := types.Claim{
		CaseId: c.Id, Remedy: result.Remedy, Payer: claimant.Payer, Payee: claimant.Account, Currency: claimant.Currency,
		Amount: due, Paid: math.ZeroInt(), Status: types.ClaimOpen, OrderedAt: m.block,
	}
	if remedy.Kind == types.RemedyRefund {
		claim.ReturnOf = claimant.Matter.Uetr
	}
	var err error
	if claim.Priority, err = k.priorityOf(ctx, c, remedy); err != nil {
		return result, err
	}
	if claim.Amount, err = k.returnable(ctx, c, claim, claim.Amount); err != nil {
		return result, err
	}
	result.Amount = claim.Amount
	if !claim.Amount.IsPositive() { // it was returned meanwhile, or the interest is less than a minor unit
		result.Status = types.RemedyMoot
		return result, nil
	}
	claim, paid := k.payOn(ctx, c, claim)
	result.Paid, result.Reference, result.Refusal = paid.amount, paid.uetr, paid.refusal
	if claim.Status == types.ClaimPaid {
		result.Status = types.RemedyDone
		return result, nil
	}
	result.Status = types.RemedyQueued
	claim, err = k.queueClaim(ctx, claim)
	result.ClaimId = claim.Id
	return result, err
}

// returnable is how much of an amount can still be refunded: a payee who gives something back while the case runs
// owes that much less. A payment that has left state nobody can return any more; what had been returned of it counts
// all the same. What was paid on the claim since then is none of that, and no more than was left: together they
// never exceed the payment.
func (k *Keeper) returnable(ctx context.Context, c types.Case, claim types.Claim, amount math.Int) (math.Int, error) {
	if claim.ReturnOf == "" {
		return amount, nil
	}
	facts, err := k.factsAt(ctx, c, c.Remedies[claim.Remedy].Claimant)
	if err != nil {
		return math.Int{}, err
	}
	if facts.Payment == nil {
		return math.Int{}, types.ErrBooks.Wrapf("case %d pays back what it has no facts of", c.Id)
	}
	returned, err := k.deps.Payments.ReturnedOf(ctx, *facts.Payment)
	if err != nil {
		return math.Int{}, err
	}
	return math.MinInt(amount, facts.Payment.Amount.Sub(returned)), nil
}

// priorityOf is the place of what is owed to a claimant.
func (k *Keeper) priorityOf(ctx context.Context, c types.Case, remedy types.Remedy) (types.ClaimPriority, error) {
	party, err := k.deps.Access.Party(ctx, c.Claimants[remedy.Claimant].Member.PartyId)
	if err != nil {
		return types.PriorityEnterprise, err
	}
	return domain.PriorityOf(remedy.Kind, party.Kind), nil
}

// close ends a case: nothing is held, nobody reads its evidence for it, and a deposit goes back.
func (k *Keeper) close(ctx context.Context, c types.Case, m moment) (types.Case, error) {
	var err error
	for place, claimant := range c.Claimants {
		if c, err = k.release(ctx, c, place); err != nil {
			return c, err
		}
		if err := k.openCases.Remove(ctx, collections.Join(claimant.Member.Text(), c.Id)); err != nil {
			return c, err
		}
		if c.Outcome == types.OutcomeUndecided { // the network failed the claimant: the same facts may come again
			if err := k.caseOfFacts.Remove(ctx, claimant.FactsKey()); err != nil {
				return c, err
			}
		}
	}
	if err := k.dismissPanel(ctx, c); err != nil {
		return c, err
	}
	c.ClosedAt = m.block
	if c, err = k.settleDeposit(ctx, c, m); err != nil {
		return c, err
	}
	if err := k.save(ctx, c); err != nil {
		return c, err
	}
	if c.Outcome == types.OutcomeUpheld || c.Outcome == types.OutcomePartly {
		if err := k.deps.Ratings.RecordDisputeLost(ctx, c.Respondent); err != nil {
			return c, err
		}
	}
	return c, emit(ctx, &types.EventCaseClosed{CaseId: c.Id, Kind: c.Kind, Outcome: c.Outcome, Respondent: c.Respondent})
}
