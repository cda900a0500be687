package keeper

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"time"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/dispute/domain"
	"github.com/zhilian-network/zhilian/x/dispute/types"
	vaulttypes "github.com/zhilian-network/zhilian/x/vault/types"
)

// callPanel lists a case for the block whose hash draws its panel: nobody knows that hash yet. The case is Drawing.
func (k *Keeper) callPanel(ctx context.Context, c types.Case, m moment) (int64, error) {
	if c.Instance == 0 {
		c.Instance = 1
		if err := k.save(ctx, c); err != nil {
			return 0, err
		}
	}
	panel, _, err := found(k.panels.Get(ctx, panelKey(c)))
	if err != nil {
		return 0, err
	}
	size := m.params.PanelSize
	if c.Instance > 1 {
		size = m.params.AppealPanelSize
	}
	// Those who sat before stay in the record of the panel: they are not drawn again.
	panel.CaseId, panel.Instance, panel.Attempt, panel.Size_ = c.Id, c.Instance, panel.Attempt+1, size
	panel.DrawHeight, panel.BlockHash = m.height+int64(m.params.DrawDelayBlocks), nil
	if err := k.setPanel(ctx, panel); err != nil {
		return 0, err
	}
	return panel.DrawHeight, k.draws.Set(ctx, collections.Join(panel.DrawHeight, c.Id))
}

// drawPanel draws by the hash of this block.
func (k *Keeper) drawPanel(ctx context.Context, c types.Case, m moment) error {
	panel, err := k.panel(ctx, c)
	if err != nil {
		return err
	}
	prospects, err := k.prospects(ctx, c)
	if err != nil {
		return err
	}
	panel.DrawHeight, panel.BlockHash = m.height, sdk.UnwrapSDKContext(ctx).HeaderHash()
	panel.Sides = c.Sides()
	panel.Candidates, panel.Excluded = domain.Eligible(prospects, panel.Sides, m.now)
	drawn := domain.Draw(panel.BlockHash, c.Id, panel.Instance, panel.Attempt, panel.Candidates)
	panel, seated := domain.Fill(panel, drawn, panel.Attempt >= m.params.DrawsMax)
	members := 0
	if seated {
		members = len(panel.Seats)
	}
	if err := emit(ctx, &types.EventPanelDrawn{
		CaseId: c.Id, Instance: panel.Instance, Attempt: panel.Attempt, DrawHeight: panel.DrawHeight,
		Members: uint32(members), Candidates: uint32(len(panel.Candidates)),
	}); err != nil {
		return err
	}
	if !seated {
		if err := k.setPanel(ctx, panel); err != nil {
			return err
		}
		return k.noPanel(ctx, c, panel, false, m)
	}
	for _, seat := range panel.Seats {
		if panel, err = k.takeSeat(ctx, c, panel, seat, m); err != nil {
			return err
		}
	}
	if err := k.setPanel(ctx, panel); err != nil {
		return err
	}
	_, err = k.move(ctx, c, domain.Seat, m, "")
	return err
}

// noPanel is what happens to a case that no panel decides: another draw, at once or when its time comes, and after
// the last of them the first ruling stands, or the case is undecided.
func (k *Keeper) noPanel(ctx context.Context, c types.Case, panel types.Panel, atOnce bool, m moment) error {
	switch {
	case panel.Attempt < m.params.DrawsMax:
		c, err := k.move(ctx, c, domain.Redraw, m, "")
		if err != nil {
			return err
		}
		if err := k.dismissPanel(ctx, c); err != nil {
			return err
		}
		if atOnce {
			_, err = k.callPanel(ctx, c, m)
		}
		return err
	case c.Instance > 1:
		_, err := k.stand(ctx, c, m, "")
		return err
	}
	c, err := k.move(ctx, c, domain.GiveUp, m, "")
	if err != nil {
		return err
	}
	_, err = k.close(ctx, domain.Conclude(c, types.OutcomeUndecided, m.now), m)
	return err
}

// stand makes the first ruling final after an appeal that led to none.
func (k *Keeper) stand(ctx context.Context, c types.Case, m moment, operator string) (types.Case, error) {
	c, err := k.move(ctx, c, domain.Stand, m, operator)
	if err != nil {
		return c, err
	}
	if err := k.dismissPanel(ctx, c); err != nil {
		return c, err
	}
	award := domain.Staying(c, c.Ruling(1).Award)
	return k.execute(ctx, c, award, domain.OutcomeOf(c, award), m)
}

// prospects are the arbitrators of the network with what decides about each, by institution and address; at most
// MaxArbitrators, each with a few reads for each side.
func (k *Keeper) prospects(ctx context.Context, c types.Case) ([]domain.Prospect, error) {
	var keys []textKey
	err := k.arbitratorsOf.Walk(ctx, nil, func(key textKey) (bool, error) {
		keys = append(keys, key)
		return len(keys) == types.MaxArbitrators, nil
	})
	if err != nil {
		return nil, err
	}
	here, err := k.satHere(ctx, c)
	if err != nil {
		return nil, err
	}
	prospects := make([]domain.Prospect, len(keys))
	for i, key := range keys {
		p := &prospects[i]
		if p.Arbitrator, err = k.arbitrators.Get(ctx, key.K2()); err != nil {
			return nil, err
		}
		p.Active = k.deps.Access.CheckActive(ctx, key.K2()) == nil
		p.SatHere = slices.Contains(here, key.K2())
		if p.Interests, err = k.interestsIn(ctx, key.K2(), c.Sides()); err != nil {
			return nil, err
		}
	}
	return prospects, nil
}

// satHere are the arbitrators who were on a panel of the case, of either instance.
func (k *Keeper) satHere(ctx context.Context, c types.Case) ([]string, error) {
	var here []string
	for instance := uint32(1); instance <= c.Instance; instance++ {
		panel, exists, err := found(k.panels.Get(ctx, collections.Join(c.Id, uint64(instance))))
		if err != nil {
			return nil, err
		}
		if !exists {
			continue
		}
		for _, seat := range panel.Seats {
			here = append(here, seat.Arbitrator)
		}
	}
	return here, nil
}

// interestsIn are an arbitrator's interests in the sides of a case and in the institutions that serve them.
func (k *Keeper) interestsIn(ctx context.Context, arbitrator string, sides []accesstypes.Member) ([]types.Interest, error) {
	var interests []types.Interest
	for _, side := range sides {
		for _, member := range []accesstypes.Member{side, {InstitutionId: side.InstitutionId}} {
			declared, err := k.interests.Has(ctx, collections.Join(arbitrator, member.Text()))
			if err != nil {
				return nil, err
			}
			if declared {
				interests = append(interests, types.Interest{Arbitrator: arbitrator, Member: member})
			}
		}
		until, sat, err := found(k.sat.Get(ctx, collections.Join(arbitrator, side.Text())))
		if err != nil {
			return nil, err
		}
		if sat {
			interests = append(interests, types.Interest{Arbitrator: arbitrator, Member: side, Until: time.Unix(0, until).UTC()})
		}
	}
	return interests, nil
}

// takeSeat notes that an arbitrator decides a case, and lets it be given the evidence.
func (k *Keeper) takeSeat(ctx context.Context, c types.Case, panel types.Panel, seat types.Seat, m moment) (types.Panel, error) {
	if err := k.seats.Set(ctx, collections.Join(seat.Arbitrator, c.Id)); err != nil {
		return panel, err
	}
	if m.params.ConflictDays > 0 {
		until := m.now.Add(m.params.BusinessDays(m.params.ConflictDays)).UnixNano()
		for _, side := range c.Sides() {
			if err := k.sat.Set(ctx, collections.Join(seat.Arbitrator, side.Text()), until); err != nil {
				return panel, err
			}
		}
	}
	if err := emit(ctx, &types.EventSeatChanged{CaseId: c.Id, Arbitrator: seat.Arbitrator, Status: seat.Status}); err != nil {
		return panel, err
	}
	return k.openEvidence(ctx, c, panel, seat, m)
}

// openEvidence gives the consents of those who brought evidence that a member of the panel may read it: they share
// the records with it then as with any reader. A consent that is refused, because its subject has too many, leaves
// the panel without that side's evidence, and is told.
func (k *Keeper) openEvidence(ctx context.Context, c types.Case, panel types.Panel, seat types.Seat, m moment) (types.Panel, error) {
	levels, subjects := map[accesstypes.Member]uint32{}, []accesstypes.Member{}
	for _, evidence := range c.Evidence {
		record, err := k.deps.Records.Record(ctx, evidence.RecordId)
		if err != nil {
			return panel, err
		}
		if _, known := levels[evidence.By]; !known {
			subjects = append(subjects, evidence.By)
		}
		levels[evidence.By] = max(levels[evidence.By], record.Level)
	}
	for _, subject := range subjects {
		consent := accesstypes.Consent{
			Subject: subject, Grantee: accesstypes.Member{InstitutionId: seat.InstitutionId},
			Purposes: []accesstypes.Purpose{accesstypes.Purpose_PURPOSE_DISPUTE}, Level: levels[subject], ExpiresAt: m.block.Add(year),
		}
		err := try(ctx, func(ctx context.Context) error {
			number, err := k.deps.Access.ConsentForCase(ctx, consent)
			if err == nil {
				panel.ConsentIds = append(slices.Clone(panel.ConsentIds), number)
			}
			return err
		})
		if err != nil {
			if err := emit(ctx, &types.EventStepFailed{CaseId: c.Id, Refusal: codeOf(err)}); err != nil {
				return panel, err
			}
		}
	}
	return panel, nil
}

// dismissPanel ends the work of the panel of a case, and its access to evidence.
func (k *Keeper) dismissPanel(ctx context.Context, c types.Case) error {
	panel, exists, err := found(k.panels.Get(ctx, panelKey(c)))
	if err != nil || !exists {
		return err
	}
	if err := k.draws.Remove(ctx, collections.Join(panel.DrawHeight, c.Id)); err != nil {
		return err
	}
	for _, seat := range panel.Seats {
		if err := k.seats.Remove(ctx, collections.Join(seat.Arbitrator, c.Id)); err != nil {
			return err
		}
		if err := k.closeEvidence(ctx, c, seat); err != nil {
			return err
		}
	}
	for _, number := range panel.ConsentIds {
		err := k.deps.Access.WithdrawByRuling(ctx, number)
		// Who consented may have withdrawn it already.
		if err != nil && !isMoot(err) {
			return err
		}
	}
	panel.ConsentIds = nil
	return k.setPanel(ctx, panel)
}

// closeEvidence deletes what a member of the panel was given of the evidence.
func (k *Keeper) closeEvidence(ctx context.Context, c types.Case, seat types.Seat) error {
	reader := accesstypes.Member{InstitutionId: seat.InstitutionId}
	for _, evidence := range c.Evidence {
		has, err := k.deps.Records.HasShare(ctx, evidence.RecordId, reader)
		if err != nil {
			return err
		}
		if !has {
			continue
		}
		if err := k.deps.Records.RevokeByRuling(ctx, evidence.RecordId, reader); err != nil && !errors.Is(err, vaulttypes.ErrShareNotFound) {
			return err
		}
	}
	return nil
}

// member finds the seat of who acts on a panel at work, in time.
func (k *Keeper) member(ctx context.Context, c types.Case, arbitrator string, at types.CaseStatus, m moment) (types.Panel, int, error) {
	if c.Instance == 0 {
		return types.Panel{}, 0, types.ErrTransition.Wrapf("case %d is before no panel", c.Id)
	}
	panel, err := k.panel(ctx, c)
	if err != nil {
		return panel, 0, err
	}
	place := panel.Seat(arbitrator)
	if place < 0 {
		return panel, 0, types.ErrNotSeated.Wrapf("case %d", c.Id)
	}
	if c.Status != at {
		return panel, 0, types.ErrTransition.Wrapf("case is %s", c.Status)
	}
	if domain.IsOver(c.DueOnClock, m.now) {
		return panel, 0, types.ErrDeadline.Wrapf("%s", c.Status)
	}
	panel.Seats = slices.Clone(panel.Seats)
	return panel, place, nil
}

func (k *Keeper) commitVote(ctx context.Context, actor accesstypes.Actor, c types.Case, commitment []byte) error {
	m, err := k.moment(ctx)
	if err != nil {
		return err
	}
	panel, place, err := k.member(ctx, c, actor.Address, types.Committing, m)
	if err != nil {
		return err
	}
	if len(panel.Seats[place].Commitment) > 0 {
		return types.ErrVotedAlready.Wrapf("case %d", c.Id)
	}
	panel.Seats[place].Commitment = commitment
	if err := emit(ctx, &types.EventVoteCommitted{CaseId: c.Id, Arbitrator: actor.Address}); err != nil {
		return err
	}
	return k.advance(ctx, c, panel, m)
}

func (k *Keeper) revealVote(ctx context.Context, actor accesstypes.Actor, c types.Case, vote types.Award, salt []byte) error {
	m, err := k.moment(ctx)
	if err != nil {
		return err
	}
	panel, place, err := k.member(ctx, c, actor.Address, types.Revealing, m)
	if err != nil {
		return err
	}
	seat := &panel.Seats[place]
	switch {
	case len(seat.Commitment) == 0:
		return types.ErrNotCommitted.Wrapf("case %d", c.Id)
	case seat.Vote != nil:
		return types.ErrVotedAlready.Wrapf("case %d", c.Id)
	}
	if err := domain.CheckAward(c, vote); err != nil {
		return err
	}
	if !bytes.Equal(seat.Commitment, types.VoteCommitment(c.Id, c.Instance, actor.Address, vote, salt)) {
		return types.ErrVoteMismatch.Wrapf("case %d", c.Id)
	}
	seat.Vote = &vote
	if err := emit(ctx, &types.EventVoteRevealed{CaseId: c.Id, Arbitrator: actor.Address, Vote: vote}); err != nil {
		return err
	}
	return k.advance(ctx, c, panel, m)
}

// advance stores a panel after a change and takes its case further if nothing is waited for: all have committed, all
// have revealed, or too few are left to decide.
func (k *Keeper) advance(ctx context.Context, c types.Case, panel types.Panel, m moment) error {
	if err := k.setPanel(ctx, panel); err != nil {
		return err
	}
	committed, votes := domain.CountVotes(panel)
	switch deciding := domain.Deciding(panel); {
	case !domain.CanDecide(panel):
		return k.noPanel(ctx, c, panel, true, m)
	case c.Status == types.Committing && committed == deciding:
		_, err := k.move(ctx, c, domain.Commit, m, "")
		return err
	case c.Status == types.Revealing && len(votes) == deciding:
		return k.rule(ctx, c, votes, m)
	}
	return nil
}

// rule makes a ruling of votes. On appeal it is final, and executed.
func (k *Keeper) rule(ctx context.Context, c types.Case, votes []types.Award, m moment) error {
	ruling := types.Ruling{Instance: c.Instance, Award: domain.Tally(c, votes), Votes: uint32(len(votes)), At: m.block}
	c.Rulings = append(slices.Clone(c.Rulings), ruling)
	if err := emit(ctx, &types.EventCaseRuled{CaseId: c.Id, Ruling: ruling}); err != nil {
		return err
	}
	event := domain.Rule
	if c.Instance > 1 {
		event = domain.RuleFinally
	}
	c, err := k.move(ctx, c, event, m, "")
	if err != nil {
		return err
	}
	if err := k.dismissPanel(ctx, c); err != nil {
		return err
	}
	if event == domain.Rule {
		return nil
	}
	_, err = k.execute(ctx, c, ruling.Award, domain.OutcomeOf(c, ruling.Award), m)
	return err
}

// publishReasons adds the reasons to the newest ruling: by a member whose vote is in it, once.
func (k *Keeper) publishReasons(ctx context.Context, actor accesstypes.Actor, c types.Case, msg *types.MsgPublishReasons) error {
	if len(c.Rulings) == 0 {
		return types.ErrTransition.Wrapf("case %d has no ruling", c.Id)
	}
	c.Rulings = slices.Clone(c.Rulings)
	ruling := &c.Rulings[len(c.Rulings)-1]
	panel, err := k.panels.Get(ctx, collections.Join(c.Id, uint64(ruling.Instance)))
	if err != nil {
		return err
	}
	if place := panel.Seat(actor.Address); place < 0 || panel.Seats[place].Vote == nil {
		return types.ErrNotSeated.Wrapf("case %d", c.Id)
	}
	if ruling.Reasons != "" {
		return types.ErrReasonsPublished.Wrapf("case %d", c.Id)
	}
	if err := types.CheckPublic(msg.Reasons, c.Sides()); err != nil {
		return err
	}
	if msg.RecordId != 0 {
		if _, err := k.deps.Records.Record(ctx, msg.RecordId); err != nil {
			return err
		}
	}
	ruling.Reasons, ruling.ReasonsRecordId = msg.Reasons, msg.RecordId
	if err := k.save(ctx, c); err != nil {
		return err
	}
	return emit(ctx, &types.EventReasonsPublished{CaseId: c.Id, Instance: ruling.Instance, Reasons: msg.Reasons, Arbitrator: actor.Address})
}
