package keeper

import (
	"context"

	"cosmossdk.io/collections"
	"cosmossdk.io/math"

	"github.com/zhilian-network/zhilian/internal/number"
	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/financing/domain"
	"github.com/zhilian-network/zhilian/x/financing/types"
	ledgertypes "github.com/zhilian-network/zhilian/x/ledger/types"
	settlementtypes "github.com/zhilian-network/zhilian/x/settlement/types"
)

// issueReceivable puts a receivable up for its debtor, and takes its parts of invoices. alike is how many
// invoices look like one of them.
func (k *Keeper) issueReceivable(
	ctx context.Context, actor accesstypes.Actor, supplier settlementtypes.Account, receivable types.Receivable,
) (issued types.Receivable, alike uint32, err error) {
	debtor, err := k.fitAccount(ctx, receivable.Debtor, receivable.Currency)
	if err != nil {
		return receivable, 0, err
	}
	if err := checkFit(supplier, receivable.Currency); err != nil {
		return receivable, 0, err
	}
	if supplier.PartyId == debtor.PartyId {
		return receivable, 0, types.ErrSameParty.Wrap(supplier.PartyId)
	}
	params, err := k.params.Get(ctx)
	if err != nil {
		return receivable, 0, err
	}
	calendar := domain.NewCalendar(params.BusinessDaySeconds)
	if _, err := domain.CheckTerm(receivable, calendar.Day(blockTime(ctx)), params); err != nil {
		return receivable, 0, err
	}
	if receivable.Status, err = domain.NextReceivableStatus(types.ReceivableNone, domain.Issue); err != nil {
		return receivable, 0, err
	}
	receivable.Supplier, receivable.Debtor = supplier.Address, debtor.Address
	if receivable.Id, err = number.Next(ctx, k.nextReceivable); err != nil {
		return receivable, 0, err
	}
	if alike, err = k.takeInvoices(ctx, receivable); err != nil {
		return receivable, 0, err
	}
	if err := k.insertReceivable(ctx, receivable); err != nil {
		return receivable, 0, err
	}
	return receivable, alike, emit(ctx, &types.EventReceivableIssued{
		ReceivableId: receivable.Id, Supplier: receivable.Supplier, Debtor: receivable.Debtor, Currency: receivable.Currency,
		Amount: receivable.Amount, DueAt: receivable.DueAt, Operator: actor.Address, NewStatus: receivable.Status,
	})
}

// insertReceivable stores a new receivable where its supplier and its debtor find it, and in the queue.
func (k *Keeper) insertReceivable(ctx context.Context, receivable types.Receivable) error {
	if err := k.listReceivable(ctx, receivable); err != nil {
		return err
	}
	if err := k.enqueueNext(ctx, receivable); err != nil {
		return err
	}
	return k.receivables.Set(ctx, receivable.Id, receivable)
}

func (k *Keeper) listReceivable(ctx context.Context, receivable types.Receivable) error {
	for _, address := range []string{receivable.Supplier, receivable.Debtor} {
		account, err := k.bytesOf(address)
		if err != nil {
			return err
		}
		if err := k.receivablesOf.Set(ctx, collections.Join([]byte(account), receivable.Id)); err != nil {
			return err
		}
	}
	return nil
}

// confirmation is what a confirmation needs: today's rules, and whether the term is so long that a second
// person has to agree.
func (k *Keeper) confirmation(ctx context.Context, receivable types.Receivable) (long bool, err error) {
	params, err := k.params.Get(ctx)
	if err != nil {
		return false, err
	}
	if _, err := domain.NextReceivableStatus(receivable.Status, domain.Confirm); err != nil {
		return false, err
	}
	return domain.CheckTerm(receivable, domain.NewCalendar(params.BusinessDaySeconds).Day(blockTime(ctx)), params)
}

// confirmReceivable makes the units, which go to the supplier. The debtor agrees with it that the network
// collects the receivable from its account.
func (k *Keeper) confirmReceivable(ctx context.Context, actor accesstypes.Actor, debtor settlementtypes.Account, before types.Receivable) error {
	if err := checkFit(debtor, before.Currency); err != nil {
		return err
	}
	supplier, err := k.fitAccount(ctx, before.Supplier, before.Currency)
	if err != nil {
		return err
	}
	overdue, _, err := found(k.overdueOf.Get(ctx, debtor.PartyId))
	if err != nil {
		return err
	}
	if overdue > 0 {
		return types.ErrDebtorOverdue.Wrapf("%d", overdue)
	}
	after := before
	if after.Status, err = domain.NextReceivableStatus(before.Status, domain.Confirm); err != nil {
		return err
	}
	after.ConfirmedAt, after.Unpaid = blockTime(ctx), before.Amount
	if err := k.mintUnits(ctx, supplier, &after); err != nil {
		return err
	}
	return k.changeReceivable(ctx, before, after, actor.Address)
}

func (k *Keeper) mintUnits(ctx context.Context, supplier settlementtypes.Account, receivable *types.Receivable) error {
	currency, err := k.Settlement.Currency(ctx, receivable.Currency)
	if err != nil {
		return err
	}
	denom := types.UnitDenom(receivable.Id)
	if err := k.Ledger.RegisterDenom(ctx, ledgertypes.Denom{Denom: denom, Currency: currency.Code, Exponent: currency.MinorUnits}); err != nil {
		return err
	}
	account, err := k.bytesOf(supplier.Address)
	if err != nil {
		return err
	}
	if err := k.Ledger.Post(ctx, ledgertypes.Posting{
		Entries: []ledgertypes.Entry{{Account: account, Denom: denom, Delta: receivable.Amount}},
		Supply:  []ledgertypes.SupplyChange{{Denom: denom, Delta: receivable.Amount}},
	}); err != nil {
		return err
	}
	return k.addHolder(ctx, receivable, account)
}

// endUnconfirmed ends a receivable that has no units: refused, cancelled or lapsed. Its invoices are free again.
func (k *Keeper) endUnconfirmed(ctx context.Context, before types.Receivable, event domain.ReceivableEvent, reason, operator string) error {
	after, err := k.end(ctx, before, event)
	if err != nil {
		return err
	}
	after.Reason = reason
	if err := k.leaveInvoices(ctx, after, true); err != nil {
		return err
	}
	return k.changeReceivable(ctx, before, after, operator)
}

func (k *Keeper) end(ctx context.Context, before types.Receivable, event domain.ReceivableEvent) (types.Receivable, error) {
	params, err := k.params.Get(ctx)
	if err != nil {
		return before, err
	}
	return domain.End(before, event, blockTime(ctx), domain.NewCalendar(params.BusinessDaySeconds), params)
}

// settleReceivable ends a receivable of which nothing is unpaid: nothing of its units is left.
func (k *Keeper) settleReceivable(ctx context.Context, receivable types.Receivable, event domain.ReceivableEvent) (types.Receivable, error) {
	settled, err := k.end(ctx, receivable, event)
	if err != nil {
		return receivable, err
	}
	if err := k.Ledger.RetireDenom(ctx, types.UnitDenom(settled.Id)); err != nil {
		return receivable, err
	}
	recourses, err := k.recoursesOf(ctx, settled.Id)
	if err != nil {
		return receivable, err
	}
	for _, recourse := range recourses {
		if err := k.setRecourse(ctx, recourse, math.ZeroInt()); err != nil {
			return receivable, err
		}
	}
	return settled, k.leaveInvoices(ctx, settled, false)
}

// receivableDue is what a block does with a receivable: let it lapse, collect it, or forget it.
func (k *Keeper) receivableDue(ctx context.Context, id uint64) (int, error) {
	receivable, err := k.Receivable(ctx, id)
	if err != nil {
		return 1, err
	}
	switch {
	case receivable.Status == types.ReceivableIssued:
		return 1 + len(receivable.Parts), k.endUnconfirmed(ctx, receivable, domain.Lapse, "", "")
	case receivable.HasEnded():
		return 1, k.forgetReceivable(ctx, receivable)
	case receivable.HasUnits():
		return k.collectReceivable(ctx, receivable)
	}
	return 1, nil
}

func (k *Keeper) forgetReceivable(ctx context.Context, receivable types.Receivable) error {
	for _, address := range []string{receivable.Supplier, receivable.Debtor} {
		account, err := k.bytesOf(address)
		if err != nil {
			return err
		}
		if err := k.receivablesOf.Remove(ctx, collections.Join([]byte(account), receivable.Id)); err != nil {
			return err
		}
	}
	var numbers []string
	err := k.registrationsOf.Walk(ctx, collections.NewPrefixedPairRange[uint64, string](receivable.Id), func(key registrationKey) (bool, error) {
		numbers = append(numbers, key.K2())
		return false, nil
	})
	if err != nil {
		return err
	}
	for _, used := range numbers {
		if err := k.registrations.Remove(ctx, used); err != nil {
			return err
		}
		if err := k.registrationsOf.Remove(ctx, collections.Join(receivable.Id, used)); err != nil {
			return err
		}
	}
	return k.receivables.Remove(ctx, receivable.Id)
}

// useRegistration notes a number of the register, which is used once; none is nothing.
func (k *Keeper) useRegistration(ctx context.Context, receivable uint64, used string) error {
	if used == "" {
		return nil
	}
	if err := types.CheckRegistration(used); err != nil {
		return err
	}
	taken, err := k.registrations.Has(ctx, used)
	if err != nil {
		return err
	}
	if taken {
		return types.ErrRegistrationTaken.Wrap(used)
	}
	if err := k.registrations.Set(ctx, used, receivable); err != nil {
		return err
	}
	return k.registrationsOf.Set(ctx, collections.Join(receivable, used))
}
