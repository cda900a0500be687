package keeper

import (
	"context"
	"fmt"
	"slices"
	"time"

	"cosmossdk.io/collections"
	"cosmossdk.io/math"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/dispute/domain"
	"github.com/zhilian-network/zhilian/x/dispute/types"
	ledgertypes "github.com/zhilian-network/zhilian/x/ledger/types"
	settlementtypes "github.com/zhilian-network/zhilian/x/settlement/types"
)

// holdID names what a case holds for a claimant, depositID the deposit of who filed it.
func holdID(caseID uint64, place uint32) string { return fmt.Sprintf("case/%d/%d", caseID, place) }
func depositID(caseID uint64) string            { return fmt.Sprintf("deposit/%d", caseID) }

// holdKey is what the ledger calls a hold of this module in a settlement account.
func (k *Keeper) holdKey(account settlementtypes.Account, currency, id string) (ledgertypes.HoldKey, error) {
	address, err := k.addresses.StringToBytes(account.Address)
	return ledgertypes.HoldKey{
		Account: address, Denom: settlementtypes.DepositDenom(account.InstitutionId, currency), Module: types.ModuleName, ID: id,
	}, err
}

// hold sets aside at the payer what a claimant asks for, as far as it is there and allowed, and returns how much.
func (k *Keeper) hold(ctx context.Context, caseID uint64, place uint32, brought entry, params types.Params) (math.Int, error) {
	claimant := brought.claimant
	if claimant.Payer == "" {
		return math.ZeroInt(), nil
	}
	payer, err := k.deps.Payments.Account(ctx, claimant.Payer)
	if err != nil {
		return math.Int{}, err
	}
	available, err := k.deps.Payments.Available(ctx, payer, claimant.Currency)
	if err != nil {
		return math.Int{}, err
	}
	holds, before, err := k.heldFor(ctx, claimant.Member, claimant.Currency)
	if err != nil {
		return math.Int{}, err
	}
	amount := domain.HoldAmount(brought.remedies, available, holds, before, claimant.Currency, params)
	if !amount.IsPositive() {
		return math.ZeroInt(), nil
	}
	return amount, k.setAside(ctx, caseID, payer, claimant.Currency, holdID(caseID, place), amount)
}

func (k *Keeper) setAside(ctx context.Context, caseID uint64, account settlementtypes.Account, currency, id string, amount math.Int) error {
	key, err := k.holdKey(account, currency, id)
	if err != nil {
		return err
	}
	if err := k.deps.Holds.Hold(ctx, key, amount); err != nil {
		return err
	}
	return emit(ctx, &types.EventAmountHeld{CaseId: caseID, Account: account.Address, Currency: currency, Amount: amount})
}

// heldFor counts the holds of a claimant's open cases, and adds up those in a currency.
func (k *Keeper) heldFor(ctx context.Context, member accesstypes.Member, currency string) (int, math.Int, error) {
	holds, sum := 0, math.ZeroInt()
	open, err := k.openOf(ctx, member)
	if err != nil {
		return 0, sum, err
	}
	for _, id := range open {
		c, err := k.Case(ctx, id)
		if err != nil {
			return 0, sum, err
		}
		place, is := c.Claimant(member)
		if !is || !c.Claimants[place].Held.IsPositive() {
			continue
		}
		holds++
		if c.Claimants[place].Currency == currency {
			sum = sum.Add(c.Claimants[place].Held)
		}
	}
	return holds, sum, nil
}

// release gives back what is held for a claimant of a case. The case is not stored.
func (k *Keeper) release(ctx context.Context, c types.Case, place int) (types.Case, error) {
	claimant := c.Claimants[place]
	if !claimant.Held.IsPositive() {
		return c, nil
	}
	if err := k.free(ctx, c.Id, claimant.Payer, claimant.Currency, holdID(c.Id, uint32(place))); err != nil {
		return c, err
	}
	c.Claimants = slices.Clone(c.Claimants)
	c.Claimants[place].Held = math.ZeroInt()
	return c, nil
}

func (k *Keeper) free(ctx context.Context, caseID uint64, address, currency, id string) error {
	account, err := k.deps.Payments.Account(ctx, address)
	if err != nil {
		return err
	}
	key, err := k.holdKey(account, currency, id)
	if err != nil {
		return err
	}
	released, err := k.deps.Holds.Release(ctx, key)
	if err != nil {
		return err
	}
	return emit(ctx, &types.EventAmountReleased{CaseId: caseID, Account: address, Currency: currency, Amount: released})
}

// takeDeposit holds a deposit of a claimant whose last cases were frivolous. Nobody else is asked for one.
func (k *Keeper) takeDeposit(ctx context.Context, c types.Case, msg *types.MsgFileCase, params types.Params) (types.Case, error) {
	count, _, err := found(k.frivolous.Get(ctx, msg.Claimant.Text()))
	if err != nil || count < uint64(params.FrivolousFree) {
		return c, err
	}
	amount, known := params.Deposit(msg.DepositCurrency)
	if msg.DepositAccount == "" || !known {
		return c, types.ErrDepositNeeded.Wrapf("%d cases in a row were frivolous; deposits are taken in %v", count, params.Deposits)
	}
	account, err := k.deps.Payments.Account(ctx, msg.DepositAccount)
	if err != nil {
		return c, err
	}
	if (accesstypes.Member{InstitutionId: account.InstitutionId, PartyId: account.PartyId}) != msg.Claimant {
		return c, types.ErrDepositNeeded.Wrapf("%s is not the claimant's", msg.DepositAccount)
	}
	c.DepositAccount, c.DepositCurrency, c.Deposit = msg.DepositAccount, msg.DepositCurrency, amount
	return c, k.setAside(ctx, c.Id, account, msg.DepositCurrency, depositID(c.Id), amount)
}

// settleDeposit gives a deposit back with the case, or keeps it for a time if that was frivolous.
func (k *Keeper) settleDeposit(ctx context.Context, c types.Case, m moment) (types.Case, error) {
	if !c.Deposit.IsPositive() {
		return c, nil
	}
	if c.Award != nil && c.Award.Frivolous {
		c.DepositDueOnClock = m.now.Add(m.params.BusinessDays(m.params.DepositDays))
		return c, k.depositsDue.Set(ctx, collections.Join(c.DepositDueOnClock, c.Id))
	}
	return k.returnDeposit(ctx, c)
}

func (k *Keeper) returnDeposit(ctx context.Context, c types.Case) (types.Case, error) {
	if err := k.free(ctx, c.Id, c.DepositAccount, c.DepositCurrency, depositID(c.Id)); err != nil {
		return c, err
	}
	c.Deposit, c.DepositDueOnClock = math.ZeroInt(), time.Time{}
	return c, nil
}

// countFrivolous counts a claimant's frivolous cases in a row: any other decision begins anew.
func (k *Keeper) countFrivolous(ctx context.Context, c types.Case) error {
	for _, claimant := range c.Claimants {
		if claimant.Left {
			continue
		}
		member := claimant.Member.Text()
		if c.Award == nil || !c.Award.Frivolous {
			if err := k.frivolous.Remove(ctx, member); err != nil {
				return err
			}
			continue
		}
		count, _, err := found(k.frivolous.Get(ctx, member))
		if err != nil {
			return err
		}
		if err := k.frivolous.Set(ctx, member, count+1); err != nil {
			return err
		}
	}
	return nil
}
