package keeper

import (
	"context"
	"time"

	"cosmossdk.io/collections"

	"github.com/zhilian-network/zhilian/x/dispute/domain"
	"github.com/zhilian-network/zhilian/x/dispute/types"
)

// EndBlock counts time, takes cases further whose time is over, draws panels, serves claims and gives deposits back,
// each within its bound. A block in which nothing is due reads a few keys and writes none.
func (k *Keeper) EndBlock(ctx context.Context) error {
	if err := k.tick(ctx); err != nil {
		return err
	}
	m, err := k.moment(ctx)
	if err != nil {
		return err
	}
	for _, step := range []func(context.Context, moment) error{k.expireDue, k.drawDue, k.serveClaims, k.returnDeposits} {
		if err := step(ctx, m); err != nil {
			return err
		}
	}
	return nil
}

// tick notes the time while somebody waits for something. Without open cases nothing runs, and what was noted is
// forgotten: a halt then prolongs nothing.
func (k *Keeper) tick(ctx context.Context) error {
	waiting, err := k.isWaiting(ctx)
	if err != nil {
		return err
	}
	clock, err := k.clock(ctx)
	if err != nil {
		return err
	}
	if !waiting {
		if clock.LastTick.IsZero() {
			return nil
		}
		return k.lastTick.Remove(ctx)
	}
	params, err := k.params.Get(ctx)
	if err != nil {
		return err
	}
	next, stood, changed := clock.Tick(blockTime(ctx).UTC(), params.HaltGap)
	if !changed {
		return nil
	}
	if err := k.lastTick.Set(ctx, next.LastTick.UnixNano()); err != nil {
		return err
	}
	if stood == 0 {
		return nil
	}
	if err := k.halted.Set(ctx, int64(next.Halted)); err != nil {
		return err
	}
	return emit(ctx, &types.EventChainStoodStill{Gap: stood, Total: next.Halted})
}

func (k *Keeper) isWaiting(ctx context.Context) (bool, error) {
	for _, queue := range []collections.KeySet[dueKey]{k.due, k.depositsDue} {
		waiting := false
		err := queue.Walk(ctx, nil, func(dueKey) (bool, error) {
			waiting = true
			return true, nil
		})
		if err != nil || waiting {
			return waiting, err
		}
	}
	return false, nil
}

// dueNow are the first of a queue whose time is over.
func dueNow(ctx context.Context, queue collections.KeySet[dueKey], now time.Time) ([]dueKey, error) {
	var due []dueKey
	err := queue.Walk(ctx, nil, func(key dueKey) (bool, error) {
		if !domain.IsOver(key.K1(), now) || len(due) == types.MaxDuePerBlock {
			return true, nil
		}
		due = append(due, key)
		return false, nil
	})
	return due, err
}

// expireDue draws the consequence of silence. A step that fails leaves nothing behind, is told, and is tried again a
// business day later: it neither stops the chain nor is it forgotten.
func (k *Keeper) expireDue(ctx context.Context, m moment) error {
	due, err := dueNow(ctx, k.due, m.now)
	if err != nil {
		return err
	}
	for _, key := range due {
		c, err := k.Case(ctx, key.K2())
		if err != nil {
			return err
		}
		failure := try(ctx, func(ctx context.Context) error { return k.expire(ctx, c, m) })
		if failure == nil {
			continue
		}
		if err := k.putOff(ctx, c, failure, m); err != nil {
			return err
		}
	}
	return nil
}

func (k *Keeper) putOff(ctx context.Context, c types.Case, failure error, m moment) error {
	after := c
	after.DueOnClock, after.FailedSteps = m.now.Add(m.params.BusinessDays(1)), c.FailedSteps+1
	if err := k.setCase(ctx, c, after); err != nil {
		return err
	}
	return emit(ctx, &types.EventStepFailed{CaseId: c.Id, Refusal: codeOf(failure)})
}

func (k *Keeper) expire(ctx context.Context, c types.Case, m moment) error {
	switch c.Status {
	case types.Drawing:
		return k.expireDrawing(ctx, c, m)
	case types.Committing:
		return k.expireCommit(ctx, c, m)
	case types.Revealing:
		return k.expireReveal(ctx, c, m)
	}
	from := c.Status
	c, err := k.move(ctx, c, domain.Expire, m, "")
	if err != nil {
		return err
	}
	switch from {
	case types.Answering, types.Mediation:
		_, err = k.callPanel(ctx, c, m)
	case types.Ruled:
		award := domain.Staying(c, c.Ruling(1).Award)
		_, err = k.execute(ctx, c, award, domain.OutcomeOf(c, award), m)
	case types.Refused:
		_, err = k.close(ctx, domain.Conclude(c, types.OutcomeRefused, m.now), m)
	case types.Executed:
		if c, err = k.lapseClaims(ctx, c); err == nil {
			_, err = k.close(ctx, c, m)
		}
	}
	return err
}

// expireDrawing asks for the next draw. One that is on its way is waited for: blocks may take longer than a short
// business day.
func (k *Keeper) expireDrawing(ctx context.Context, c types.Case, m moment) error {
	panel, err := k.panel(ctx, c)
	if err != nil {
		return err
	}
	pending, err := k.draws.Has(ctx, collections.Join(panel.DrawHeight, c.Id))
	if err != nil {
		return err
	}
	if pending && panel.DrawHeight >= m.height && panel.DrawHeight <= m.height+types.MaxDrawDelayBlocks {
		after := c
		after.DueOnClock = domain.DueOf(c, m.now, m.params)
		return k.setCase(ctx, c, after)
	}
	if pending { // a chain that began anew from an export counts heights anew
		if err := k.draws.Remove(ctx, collections.Join(panel.DrawHeight, c.Id)); err != nil {
			return err
		}
	}
	if c, err = k.move(ctx, c, domain.Expire, m, ""); err != nil {
		return err
	}
	_, err = k.callPanel(ctx, c, m)
	return err
}

func (k *Keeper) expireCommit(ctx context.Context, c types.Case, m moment) error {
	before, err := k.panel(ctx, c)
	if err != nil {
		return err
	}
	panel, event := domain.AfterCommit(before)
	if panel, err = k.changeSeats(ctx, c, panel, len(before.Seats), silenced(before, panel), m); err != nil {
		return err
	}
	if err := k.setPanel(ctx, panel); err != nil {
		return err
	}
	switch event {
	case domain.Redraw:
		return k.noPanel(ctx, domain.LapseOf(c, m.block), panel, true, m)
	case domain.Replace:
		_, err = k.move(ctx, domain.LapseOf(c, m.block), event, m, "")
		return err
	}
	_, err = k.move(ctx, c, domain.Expire, m, "")
	return err
}

func (k *Keeper) expireReveal(ctx context.Context, c types.Case, m moment) error {
	before, err := k.panel(ctx, c)
	if err != nil {
		return err
	}
	panel, votes, event := domain.AfterReveal(before)
	if panel, err = k.changeSeats(ctx, c, panel, len(before.Seats), silenced(before, panel), m); err != nil {
		return err
	}
	if err := k.setPanel(ctx, panel); err != nil {
		return err
	}
	c = domain.LapseOf(c, m.block)
	if event == domain.Redraw {
		return k.noPanel(ctx, c, panel, true, m)
	}
	return k.rule(ctx, c, votes, m)
}

// silenced are the seats whose members a panel has lost to their silence.
func silenced(before, after types.Panel) []int {
	var places []int
	for place, seat := range before.Seats {
		if seat.Status != after.Seats[place].Status {
			places = append(places, place)
		}
	}
	return places
}

// drawDue draws the panels that are due, by the hash of this block: at most MaxDrawsPerBlock. What waits longer is
// drawn by the hash of a later block.
func (k *Keeper) drawDue(ctx context.Context, m moment) error {
	var due []drawKey
	err := k.draws.Walk(ctx, nil, func(key drawKey) (bool, error) {
		if key.K1() > m.height || len(due) == types.MaxDrawsPerBlock {
			return true, nil
		}
		due = append(due, key)
		return false, nil
	})
	if err != nil {
		return err
	}
	for _, key := range due {
		if err := k.draws.Remove(ctx, key); err != nil {
			return err
		}
		c, err := k.Case(ctx, key.K2())
		if err != nil {
			return err
		}
		failure := try(ctx, func(ctx context.Context) error { return k.drawPanel(ctx, c, m) })
		if failure == nil {
			continue
		}
		// Its time asks for the next draw.
		if err := k.putOff(ctx, c, failure, m); err != nil {
			return err
		}
	}
	return nil
}

func (k *Keeper) returnDeposits(ctx context.Context, m moment) error {
	due, err := dueNow(ctx, k.depositsDue, m.now)
	if err != nil {
		return err
	}
	for _, key := range due {
		if err := k.depositsDue.Remove(ctx, key); err != nil {
			return err
		}
		c, err := k.Case(ctx, key.K2())
		if err != nil {
			return err
		}
		failure := try(ctx, func(ctx context.Context) error {
			returned, err := k.returnDeposit(ctx, c)
			if err != nil {
				return err
			}
			return k.save(ctx, returned)
		})
		if failure == nil {
			continue
		}
		c.DepositDueOnClock, c.FailedSteps = m.now.Add(m.params.BusinessDays(1)), c.FailedSteps+1
		if err := k.depositsDue.Set(ctx, collections.Join(c.DepositDueOnClock, c.Id)); err != nil {
			return err
		}
		if err := k.save(ctx, c); err != nil {
			return err
		}
		if err := emit(ctx, &types.EventStepFailed{CaseId: c.Id, Refusal: codeOf(failure)}); err != nil {
			return err
		}
	}
	return nil
}
