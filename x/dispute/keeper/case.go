package keeper

import (
	"context"
	"slices"

	"cosmossdk.io/collections"
	"cosmossdk.io/math"

	"github.com/zhilian-network/zhilian/internal/number"
	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/dispute/domain"
	"github.com/zhilian-network/zhilian/x/dispute/types"
)

// entry is what one claimant brings into a case.
type entry struct {
	claimant types.Claimant
	remedies []types.Remedy
	facts    types.Facts
	subject  domain.Subject
}

// examine makes an entry of a claimant's matter, or says what is wrong with it.
func (k *Keeper) examine(ctx context.Context, of Complaint, remedies []types.Remedy, m moment) (entry, error) {
	member, matter := of.Claimant, of.Matter
	disputable, known := k.matters[matter.Kind]
	if !known {
		return entry{}, types.ErrMatter.Wrapf("%s", matter.Kind)
	}
	facts, subject, failure := disputable.Facts(ctx, of)
	// That there is a case already says more than that nothing is left of what it was about.
	if err := k.checkNew(ctx, of, facts.ReceiptLeaf, m.params); err != nil {
		return entry{}, err
	}
	if failure != nil {
		return entry{}, failure
	}
	if err := domain.CheckConcerned(subject, member); err != nil {
		return entry{}, err
	}
	if err := domain.CheckLimitation(subject, m.block, m.params); err != nil {
		return entry{}, err
	}
	if err := domain.CheckRemedies(matter.Kind, subject, remedies); err != nil {
		return entry{}, err
	}
	for _, remedy := range remedies {
		if err := disputable.Check(ctx, facts, remedy); err != nil {
			return entry{}, err
		}
		if err := types.CheckPublic(remedy.Text, []accesstypes.Member{member, subject.Respondent}); err != nil {
			return entry{}, err
		}
	}
	facts.Height = m.height
	if facts.Returned.IsNil() {
		facts.Returned = math.ZeroInt()
	}
	return entry{
		remedies: remedies, facts: facts, subject: subject,
		claimant: types.Claimant{
			Member: member, Matter: matter, Account: subject.Account, Payer: subject.Payer, Currency: subject.Currency,
			Disputed: subject.Disputed, Held: math.ZeroInt(), PaidAt: subject.PaidAt, Leaf: facts.ReceiptLeaf,
		},
	}, nil
}

// checkNew refuses a second case about a matter, and one more of who has its most.
func (k *Keeper) checkNew(ctx context.Context, of Complaint, leaf []byte, params types.Params) error {
	member := of.Claimant
	earlier, exists, err := found(k.caseOfFacts.Get(ctx, of.Matter.FactsKey(member, leaf)))
	if err != nil {
		return err
	}
	if exists {
		return types.ErrSameFacts.Wrapf("case %d", earlier)
	}
	open, err := k.openOf(ctx, member)
	if err != nil {
		return err
	}
	if len(open) >= int(params.OpenCasesMax) {
		return types.ErrTooManyCases.Wrapf("%s has %d", member.Text(), len(open))
	}
	return nil
}

// openOf are the open cases of a claimant, at most MaxOpenCases.
func (k *Keeper) openOf(ctx context.Context, member accesstypes.Member) ([]uint64, error) {
	var open []uint64
	err := k.openCases.Walk(ctx, collections.NewPrefixedPairRange[string, uint64](member.Text()), func(key memberKey) (bool, error) {
		open = append(open, key.K2())
		return len(open) == types.MaxOpenCases, nil
	})
	return open, err
}

// fileCase brings a case. What is asked for is held at the payee at once, as far as it is there.
func (k *Keeper) fileCase(ctx context.Context, actor accesstypes.Actor, msg *types.MsgFileCase) (types.Case, error) {
	m, err := k.moment(ctx)
	if err != nil {
		return types.Case{}, err
	}
	brought, err := k.examine(ctx, Complaint{Claimant: msg.Claimant, Matter: msg.Matter, Receipt: msg.Receipt}, msg.Remedies, m)
	if err != nil {
		return types.Case{}, err
	}
	if err := k.checkMembers(ctx, brought.subject.Respondent, msg.Representatives); err != nil {
		return types.Case{}, err
	}
	brought.claimant.Representative = true
	c := types.Case{
		Respondent: brought.subject.Respondent, Reason: msg.Reason, Kind: msg.Matter.Kind, Product: msg.Matter.Product(),
		Collective: msg.Collective, Complex: msg.Collective, FiledAt: m.block, FiledOnClock: m.now,
		Operator: actor.Address, Deposit: math.ZeroInt(), Representatives: msg.Representatives,
	}
	if brought.subject.Product != "" {
		c.Product = brought.subject.Product
	}
	if c.Id, err = number.Next(ctx, k.nextCase); err != nil {
		return types.Case{}, err
	}
	for _, record := range msg.Evidence {
		if c, err = k.addEvidence(ctx, c, actor, msg.Claimant, record, m); err != nil {
			return types.Case{}, err
		}
	}
	if c, err = k.takeDeposit(ctx, c, msg, m.params); err != nil {
		return types.Case{}, err
	}
	if c, err = k.enter(ctx, c, brought, m); err != nil {
		return types.Case{}, err
	}
	if c, err = domain.Move(c, domain.File, m.now, m.block, m.params); err != nil {
		return types.Case{}, err
	}
	if err := k.insertCase(ctx, c); err != nil {
		return types.Case{}, err
	}
	return c, emit(ctx, &types.EventCaseFiled{
		CaseId: c.Id, Claimant: msg.Claimant, Respondent: c.Respondent, Kind: c.Kind, Reason: c.Reason, Operator: actor.Address,
	})
}

// checkMembers refuses sides and representatives that do not exist.
func (k *Keeper) checkMembers(ctx context.Context, respondent accesstypes.Member, others []accesstypes.Member) error {
	for _, member := range append([]accesstypes.Member{respondent}, others...) {
		if member.PartyId == "" {
			if _, err := k.deps.Access.Institution(ctx, member.InstitutionId); err != nil {
				return err
			}
			continue
		}
		party, err := k.deps.Access.Party(ctx, member.PartyId)
		if err != nil {
			return err
		}
		if party.InstitutionId != member.InstitutionId {
			return accesstypes.ErrPartyNotFound.Wrapf("%s is not a party of %s", member.PartyId, member.InstitutionId)
		}
	}
	return nil
}

// enter adds a claimant with its remedies and facts to a case that is not stored yet, and holds what it asks for.
func (k *Keeper) enter(ctx context.Context, c types.Case, brought entry, m moment) (types.Case, error) {
	place := uint32(len(c.Claimants))
	held, err := k.hold(ctx, c.Id, place, brought, m.params)
	if err != nil {
		return c, err
	}
	brought.claimant.Held = held
	brought.facts.CaseId, brought.facts.Claimant = c.Id, place
	if err := k.facts.Set(ctx, collections.Join(c.Id, uint64(place)), brought.facts); err != nil {
		return c, err
	}
	c.Claimants = append(slices.Clone(c.Claimants), brought.claimant)
	for _, remedy := range brought.remedies {
		remedy.Claimant = place
		c.Remedies = append(c.Remedies, remedy)
	}
	return c, nil
}

// joinCase adds a claimant to a collective case.
func (k *Keeper) joinCase(ctx context.Context, actor accesstypes.Actor, c types.Case, msg *types.MsgJoinCase) (math.Int, error) {
	m, err := k.moment(ctx)
	if err != nil {
		return math.Int{}, err
	}
	if !c.Collective || msg.Matter.Kind != c.Kind {
		return math.Int{}, types.ErrNotCollective.Wrapf("case %d, of the kind %s", c.Id, c.Kind)
	}
	if c.Status != types.Filed && c.Status != types.Gathering {
		return math.Int{}, types.ErrTransition.Wrapf("%s takes no claimants", c.Status)
	}
	if domain.IsOver(c.DueOnClock, m.now) {
		return math.Int{}, types.ErrDeadline.Wrap("join")
	}
	if len(c.Claimants) >= types.MaxClaimants {
		return math.Int{}, types.ErrTooManyClaimants.Wrapf("case %d has %d", c.Id, len(c.Claimants))
	}
	if slices.ContainsFunc(c.Claimants, func(other types.Claimant) bool { return other.Member == msg.Claimant }) {
		return math.Int{}, types.ErrSameFacts.Wrapf("%s is or was one of the claimants", msg.Claimant.Text())
	}
	brought, err := k.examine(ctx, Complaint{Claimant: msg.Claimant, Matter: msg.Matter, Receipt: msg.Receipt}, msg.Remedies, m)
	if err != nil {
		return math.Int{}, err
	}
	if brought.subject.Respondent != c.Respondent {
		return math.Int{}, types.ErrNotCollective.Wrapf("case %d is against %s", c.Id, c.Respondent.Text())
	}
	brought.claimant.Representative = slices.Contains(c.Representatives, msg.Claimant)
	if c, err = k.enter(ctx, c, brought, m); err != nil {
		return math.Int{}, err
	}
	claimant := c.Claimants[len(c.Claimants)-1]
	if err := k.insertClaimant(ctx, c, claimant); err != nil {
		return math.Int{}, err
	}
	if err := k.save(ctx, c); err != nil {
		return math.Int{}, err
	}
	return claimant.Held, emit(ctx, &types.EventCaseJoined{CaseId: c.Id, Claimant: msg.Claimant, Operator: actor.Address})
}

// addEvidence notes a sealed record that a side brings.
func (k *Keeper) addEvidence(ctx context.Context, c types.Case, actor accesstypes.Actor, by accesstypes.Member, id uint64, m moment) (types.Case, error) {
	record, err := k.deps.Records.Record(ctx, id)
	if err != nil {
		return c, err
	}
	if err := domain.CheckRecord(record, by); err != nil {
		return c, err
	}
	if slices.ContainsFunc(c.Evidence, func(e types.Evidence) bool { return e.RecordId == id }) {
		return c, types.ErrEvidence.Wrapf("record %d is with the case already", id)
	}
	if len(c.Evidence) >= types.MaxEvidence {
		return c, types.ErrTooMuchEvidence.Wrapf("case %d has %d", c.Id, len(c.Evidence))
	}
	evidence := types.Evidence{RecordId: id, By: by, Operator: actor.Address, Digest: record.Digest, At: m.block}
	c.Evidence = append(slices.Clone(c.Evidence), evidence)
	return c, emit(ctx, &types.EventEvidenceBrought{CaseId: c.Id, Evidence: evidence})
}

func (k *Keeper) bringEvidence(ctx context.Context, by side, c types.Case, record uint64) error {
	m, err := k.moment(ctx)
	if err != nil {
		return err
	}
	if !domain.TakesEvidence(c.Status) {
		return types.ErrTransition.Wrapf("%s takes no evidence", c.Status)
	}
	if domain.IsOver(c.DueOnClock, m.now) {
		return types.ErrDeadline.Wrap("evidence")
	}
	if c, err = k.addEvidence(ctx, c, by.actor, by.member, record, m); err != nil {
		return err
	}
	return k.save(ctx, c)
}

func (k *Keeper) requestEvidence(ctx context.Context, by side, c types.Case, kind types.EvidenceKind, of accesstypes.Member) error {
	m, err := k.moment(ctx)
	if err != nil {
		return err
	}
	if err := domain.CheckRequest(kind); err != nil {
		return err
	}
	_, ofClaimant := c.Claimant(of)
	if by.isClaimant && of != c.Respondent || !by.isClaimant && !ofClaimant {
		return types.ErrNotSide.Wrapf("%s is not on the other side", of.Text())
	}
	if !domain.TakesEvidence(c.Status) {
		return types.ErrTransition.Wrapf("%s takes no evidence", c.Status)
	}
	if len(c.Requests) >= types.MaxRequests {
		return types.ErrTooManyRequests.Wrapf("case %d has %d", c.Id, len(c.Requests))
	}
	request := types.EvidenceRequest{Kind: kind, Of: of, By: by.member, At: m.block}
	c.Requests = append(slices.Clone(c.Requests), request)
	if err := k.save(ctx, c); err != nil {
		return err
	}
	return emit(ctx, &types.EventEvidenceRequested{CaseId: c.Id, Request: request})
}

func (k *Keeper) acknowledge(ctx context.Context, actor accesstypes.Actor, c types.Case, isComplex bool) error {
	m, err := k.moment(ctx)
	if err != nil {
		return err
	}
	c.Complex = c.Complex || isComplex
	_, err = k.move(ctx, c, domain.Acknowledge, m, actor.Address)
	return err
}

func (k *Keeper) refuse(ctx context.Context, actor accesstypes.Actor, c types.Case, refusal types.CaseRefusal) error {
	m, err := k.moment(ctx)
	if err != nil {
		return err
	}
	c.Refusal = refusal
	_, err = k.move(ctx, c, domain.Refuse, m, actor.Address)
	return err
}

// extend gives the respondent more time to answer, once.
func (k *Keeper) extend(ctx context.Context, actor accesstypes.Actor, c types.Case, reason types.ExtensionReason) (types.Case, error) {
	m, err := k.moment(ctx)
	if err != nil {
		return c, err
	}
	after, err := domain.Extend(c, m.now, m.params)
	if err != nil {
		return c, err
	}
	if err := k.setCase(ctx, c, after); err != nil {
		return c, err
	}
	return after, emit(ctx, &types.EventCaseExtended{CaseId: c.Id, Reason: reason, DueOnClock: after.DueOnClock, Operator: actor.Address})
}

// answer is what the respondent says.
func (k *Keeper) answer(ctx context.Context, actor accesstypes.Actor, c types.Case, msg *types.MsgAnswerCase) (types.Case, error) {
	m, err := k.moment(ctx)
	if err != nil {
		return c, err
	}
	switch msg.Answer {
	case types.AnswerContest:
		return k.move(ctx, c, domain.Contest, m, actor.Address)
	case types.AnswerAccept:
		if c, err = k.move(ctx, c, domain.Accept, m, actor.Address); err != nil {
			return c, err
		}
		return k.execute(ctx, c, c.Whole(), types.OutcomeAccepted, m)
	}
	if err := domain.CheckOffer(c, *msg.Offer); err != nil {
		return c, err
	}
	c.Offer, c.Offers = msg.Offer, c.Offers+1
	return k.move(ctx, c, domain.Offer, m, actor.Address)
}

// decideOffer is what the claimants say to the newest offer.
func (k *Keeper) decideOffer(ctx context.Context, actor accesstypes.Actor, c types.Case, msg *types.MsgDecideOffer) (types.Case, error) {
	m, err := k.moment(ctx)
	if err != nil {
		return c, err
	}
	if c.Offer == nil || c.Offers != msg.Offers {
		return c, types.ErrOffer.Wrapf("the newest is number %d", c.Offers)
	}
	if !msg.Accept {
		return k.move(ctx, c, domain.Decline, m, actor.Address)
	}
	if c, err = k.move(ctx, c, domain.Agree, m, actor.Address); err != nil {
		return c, err
	}
	return k.execute(ctx, c, domain.Staying(c, *c.Offer), types.OutcomeSettled, m)
}

// withdraw takes a claimant out of a case, which ends with the last, or the appeal of who appealed.
func (k *Keeper) withdraw(ctx context.Context, actor accesstypes.Actor, c types.Case, place int) (types.Case, error) {
	m, err := k.moment(ctx)
	if err != nil {
		return c, err
	}
	member := c.Claimants[place].Member
	if c.Instance > 1 {
		if c.Appellant != member || !c.Decides() {
			return c, types.ErrRuled.Wrapf("case %d", c.Id)
		}
		return k.stand(ctx, c, m, actor.Address)
	}
	if c.Staying() == 1 {
		if c, err = k.move(ctx, c, domain.Withdraw, m, actor.Address); err != nil {
			return c, err
		}
		return k.close(ctx, domain.Conclude(c, types.OutcomeWithdrawn, m.now), m)
	}
	if _, err := domain.Move(c, domain.Withdraw, m.now, m.block, m.params); err != nil {
		return c, err
	}
	if c, err = k.leave(ctx, c, place); err != nil {
		return c, err
	}
	return c, emit(ctx, &types.EventClaimantLeft{CaseId: c.Id, Claimant: member, Operator: actor.Address})
}

// leave takes one of several claimants out.
func (k *Keeper) leave(ctx context.Context, c types.Case, place int) (types.Case, error) {
	c, err := k.release(ctx, c, place)
	if err != nil {
		return c, err
	}
	if err := k.openCases.Remove(ctx, collections.Join(c.Claimants[place].Member.Text(), c.Id)); err != nil {
		return c, err
	}
	c = domain.Leave(c, place)
	return c, k.save(ctx, c)
}

// escalate asks for a panel.
func (k *Keeper) escalate(ctx context.Context, by side, c types.Case) (int64, error) {
	m, err := k.moment(ctx)
	if err != nil {
		return 0, err
	}
	if c.Status == types.Refused && !by.isClaimant {
		return 0, types.ErrNotSide.Wrap("only the claimant contests a refusal")
	}
	if c, err = k.move(ctx, c, domain.Escalate, m, by.actor.Address); err != nil {
		return 0, err
	}
	return k.callPanel(ctx, c, m)
}

func (k *Keeper) appeal(ctx context.Context, by side, c types.Case, ground types.AppealGround) (int64, error) {
	m, err := k.moment(ctx)
	if err != nil {
		return 0, err
	}
	if err := domain.CheckAppeal(c, by.isClaimant, ground); err != nil {
		return 0, err
	}
	c.Ground, c.Appellant, c.Instance = ground, by.member, 2
	if c, err = k.move(ctx, c, domain.Appeal, m, by.actor.Address); err != nil {
		return 0, err
	}
	return k.callPanel(ctx, c, m)
}

// factsOf are the facts of a case's claimants, in their order.
func (k *Keeper) factsOf(ctx context.Context, c types.Case) ([]types.Facts, error) {
	facts := make([]types.Facts, len(c.Claimants))
	for place := range c.Claimants {
		var err error
		if facts[place], err = k.factsAt(ctx, c, uint32(place)); err != nil {
			return nil, err
		}
	}
	return facts, nil
}

// factsAt are those of the claimant at a place.
func (k *Keeper) factsAt(ctx context.Context, c types.Case, place uint32) (types.Facts, error) {
	return k.facts.Get(ctx, collections.Join(c.Id, uint64(place)))
}
