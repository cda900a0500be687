package keeper

import (
	"context"
	"errors"
	"time"

	"cosmossdk.io/math"

	sdk "github.com/cosmos/cosmos-sdk/types"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/financing/domain"
	"github.com/zhilian-network/zhilian/x/financing/types"
	ledgertypes "github.com/zhilian-network/zhilian/x/ledger/types"
	settlementtypes "github.com/zhilian-network/zhilian/x/settlement/types"
)

// collectReceivable pays the holders what the debtor has of what is due. What it has not is overdue, tried again
// every business day, and defaulted in the end.
func (k *Keeper) collectReceivable(ctx context.Context, before types.Receivable) (int, error) {
	params, err := k.params.Get(ctx)
	if err != nil {
		return 1, err
	}
	debtor, err := k.Settlement.Account(ctx, before.Debtor)
	if err != nil {
		return 1, err
	}
	available, err := k.spendable(ctx, debtor, before.Currency)
	if err != nil {
		return 1, err
	}
	after, tried, err := k.payHolders(ctx, before, math.MinInt(available, before.Unpaid), "")
	if err != nil {
		return tried.work, err
	}
	if !after.HasEnded() {
		calendar := domain.NewCalendar(params.BusinessDaySeconds)
		collection := domain.Collection{Short: tried.blocked || available.LT(before.Unpaid), Today: calendar.Day(blockTime(ctx))}
		if after, err = domain.AfterCollection(after, collection, calendar, params); err != nil {
			return tried.work, err
		}
	}
	return tried.work, k.changeReceivable(ctx, before, after, "")
}

// spendable is what a debtor can pay with: nothing from an account that is not open.
func (k *Keeper) spendable(ctx context.Context, debtor settlementtypes.Account, currency string) (math.Int, error) {
	if debtor.Status != settlementtypes.AccountOpen {
		return math.ZeroInt(), nil
	}
	return k.Settlement.Available(ctx, debtor, currency)
}

// payReceivable pays by the debtor's will, before the due day or after it.
func (k *Keeper) payReceivable(ctx context.Context, actor accesstypes.Actor, before types.Receivable, amount math.Int) (types.Receivable, error) {
	if !before.HasUnits() {
		return before, types.ErrReceivableTransition.Wrapf("one that is %s is not paid", before.Status)
	}
	if amount.GT(before.Unpaid) {
		return before, types.ErrOverpaid.Wrapf("%s are unpaid", before.Unpaid)
	}
	debtor, err := k.Settlement.Account(ctx, before.Debtor)
	if err != nil {
		return before, err
	}
	available, err := k.spendable(ctx, debtor, before.Currency)
	if err != nil {
		return before, err
	}
	if available.LT(amount) {
		return before, settlementtypes.ErrInsufficientBalance.Wrapf("%s are available, %s are needed", available, amount)
	}
	after, _, err := k.payHolders(ctx, before, amount, actor.Address)
	if err != nil {
		return before, err
	}
	if after.Unpaid.Equal(before.Unpaid) {
		return before, types.ErrNothingPaid
	}
	return after, k.changeReceivable(ctx, before, after, actor.Address)
}

// tries is what it took to pay the holders.
type tries struct {
	work int // payments that were tried, and one for the receivable
	// blocked is true if a payment had the name of one that the debtor has made: names can be foreseen, and who
	// uses them up is in default.
	blocked bool
}

// payHolders divides money of the debtor among the holders by their units (domain.Shares, in the order of
// their addresses). A holder that cannot be paid leaves its share with the debtor, and unpaid; the others get
// theirs.
func (k *Keeper) payHolders(ctx context.Context, receivable types.Receivable, money math.Int, operator string) (types.Receivable, tries, error) {
	done := tries{work: 1}
	holdings, err := k.holdingsOf(ctx, receivable.Id)
	if err != nil {
		return receivable, done, err
	}
	sizes := make([]math.Int, len(holdings))
	for i, holding := range holdings {
		sizes[i] = holding.Units
	}
	before := receivable.Unpaid
	for i, share := range domain.Shares(money, sizes) {
		if !share.IsPositive() {
			continue
		}
		tried, keep := sdk.UnwrapSDKContext(ctx).CacheContext()
		after, paid, failure := k.payHolder(tried, receivable, holdings[i], share, operator)
		done.work += max(1, paid)
		if failure == nil {
			keep()
			receivable = after
			continue
		}
		receivable.Payments++ // the next try has another name
		done.blocked = done.blocked || errors.Is(failure, settlementtypes.ErrDuplicateEndToEnd)
		if err := emit(ctx, &types.EventHolderUnpaid{
			ReceivableId: receivable.Id, Creditor: holdings[i].Account, Amount: share, Explanation: shortened(failure.Error()),
		}); err != nil {
			return receivable, done, err
		}
	}
	if receivable.Unpaid.Equal(before) {
		return receivable, done, nil
	}
	after, err := k.afterPayment(ctx, receivable)
	return after, done, err
}

func (k *Keeper) afterPayment(ctx context.Context, receivable types.Receivable) (types.Receivable, error) {
	if receivable.Unpaid.IsZero() {
		return k.settleReceivable(ctx, receivable, domain.PayRest)
	}
	var err error
	receivable.Status, err = domain.NextReceivableStatus(receivable.Status, domain.PayPart)
	return receivable, err
}

// payHolder pays for units of one holder: the lenders whose loans they secure first, then the holder, of whose
// money what is for pledgees is set aside. The units that were paid for are no more.
func (k *Keeper) payHolder(
	ctx context.Context, receivable types.Receivable, holding types.Holding, share math.Int, operator string,
) (types.Receivable, int, error) {
	securities, err := k.securitiesOf(ctx, receivable.Id)
	if err != nil {
		return receivable, 0, err
	}
	own := ofHolder(securities, holding.Account)
	stake := domain.Stake{Holder: holding.Account, Units: holding.Units, Securities: own, Owed: map[uint64]math.Int{}}
	for _, security := range own {
		if security.LoanId == 0 {
			continue
		}
		if stake.Owed[security.LoanId], err = k.owed(ctx, security.LoanId); err != nil {
			return receivable, 0, err
		}
	}
	plan := domain.Distribute(stake, share)
	if receivable, err = k.redeemUnits(ctx, receivable, holding, share, own, plan.Securities); err != nil {
		return receivable, 0, err
	}
	for _, payout := range plan.Payouts {
		if err := k.payOut(ctx, receivable, holding, payout, operator); err != nil {
			return receivable, len(plan.Payouts), err
		}
		receivable.Payments++
	}
	for _, aside := range plan.SetAsides {
		if err := k.setAside(ctx, receivable, holding, aside); err != nil {
			return receivable, len(plan.Payouts), err
		}
		receivable.Payments++
	}
	return receivable, len(plan.Payouts) + len(plan.SetAsides), nil
}

// redeemUnits takes units that are paid for out of the ledger, with what bound them.
func (k *Keeper) redeemUnits(
	ctx context.Context, receivable types.Receivable, holding types.Holding, units math.Int, own, changed []types.Security,
) (types.Receivable, error) {
	account, err := k.bytesOf(holding.Account)
	if err != nil {
		return receivable, err
	}
	if err := k.bindUnits(ctx, receivable.Id, account, nil); err != nil {
		return receivable, err
	}
	denom := types.UnitDenom(receivable.Id)
	if err := k.Ledger.Post(ctx, ledgertypes.Posting{
		Entries: []ledgertypes.Entry{{Account: account, Denom: denom, Delta: units.Neg()}},
		Supply:  []ledgertypes.SupplyChange{{Denom: denom, Delta: units.Neg()}},
	}); err != nil {
		return receivable, err
	}
	receivable.Unpaid = receivable.Unpaid.Sub(units)
	left, err := k.changeSecurities(ctx, own, changed)
	if err != nil {
		return receivable, err
	}
	if err := k.bindUnits(ctx, receivable.Id, account, left); err != nil {
		return receivable, err
	}
	return receivable, k.dropHolderWithoutUnits(ctx, &receivable, account)
}

// changeSecurities stores securities that bind fewer units, ends those that bind none, and returns what is left.
func (k *Keeper) changeSecurities(ctx context.Context, own, changed []types.Security) (left []types.Security, err error) {
	after := make(map[uint64]types.Security, len(changed))
	for _, security := range changed {
		after[security.Id] = security
	}
	for _, security := range own {
		now, hasChanged := after[security.Id]
		switch {
		case !hasChanged:
			left = append(left, security)
		case now.Units.IsZero():
			err = k.endSecurity(ctx, "", now)
		default:
			left = append(left, now)
			err = k.securities.Set(ctx, now.Id, now)
		}
		if err != nil {
			return nil, err
		}
	}
	return left, nil
}

// payOut pays one payee from the debtor's account, and tells the loan that it repays.
func (k *Keeper) payOut(ctx context.Context, receivable types.Receivable, holding types.Holding, payout domain.Payout, operator string) error {
	result, err := k.Settlement.Pay(ctx, settlementtypes.Order{
		Operator: operator, Debtor: receivable.Debtor, Creditor: payout.Payee, Currency: receivable.Currency, Amount: payout.Amount,
		EndToEndDigest: types.PaymentDigest(receivable.Id, receivable.Payments),
	})
	if err != nil {
		return err
	}
	if payout.LoanID != 0 {
		surplus, err := k.applyRepayment(ctx, payout.LoanID, payout.Amount, types.UnitDenom(receivable.Id))
		if err != nil {
			return err
		}
		if surplus.IsPositive() {
			return types.ErrOverpaid.Wrapf("loan %d was owed less by %s", payout.LoanID, surplus)
		}
	}
	return emit(ctx, &types.EventUnitsRedeemed{
		ReceivableId: receivable.Id, Debtor: receivable.Debtor, Creditor: holding.Account, Payee: payout.Payee,
		Units: payout.Units, LoanId: payout.LoanID, PaymentUetr: result.Uetr,
	})
}

// setAside holds money of a holder, that it has just got, for a pledgee: who takes what it is owed, and releases
// the rest.
func (k *Keeper) setAside(ctx context.Context, receivable types.Receivable, holding types.Holding, aside domain.SetAside) error {
	holder, err := k.Settlement.Account(ctx, holding.Account)
	if err != nil {
		return err
	}
	calendar, err := k.calendar(ctx)
	if err != nil {
		return err
	}
	now := blockTime(ctx)
	until := calendar.AfterDays(now, types.PledgeProceedsDays)
	if latest := now.Add(settlementtypes.HoldPeriodMax - time.Second); until.After(latest) {
		until = latest
	}
	_, _, err = k.Settlement.PlaceHold(ctx, holder, settlementtypes.HoldOrder{
		Debtor: holder.Address, Creditor: aside.Pledgee, Currency: receivable.Currency, Amount: aside.Amount,
		EndToEndDigest: types.PaymentDigest(receivable.Id, receivable.Payments), ExpiresAt: until,
	})
	return err
}
