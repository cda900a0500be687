package keeper

import (
	"context"

	"cosmossdk.io/math"

	sdk "github.com/cosmos/cosmos-sdk/types"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	ledgertypes "github.com/zhilian-network/zhilian/x/ledger/types"
	"github.com/zhilian-network/zhilian/x/settlement/domain"
	"github.com/zhilian-network/zhilian/x/settlement/types"
)

// pay settles the one payment of a single batch, or refuses it and leaves nothing behind. What captures free of the debtor's holds
// is available to this payment.
func (k *Keeper) pay(
	ctx context.Context, debtor types.Account, batch domain.Batch, transfer types.Transfer, captures ...ledgertypes.Capture,
) (types.TransferResult, error) {
	batch, facts, err := k.facts(ctx, debtor, batch, []types.Transfer{transfer})
	if err != nil {
		return types.TransferResult{}, err
	}
	for _, capture := range captures {
		facts.Balance = facts.Balance.Add(capture.Amount)
	}
	plan, err := domain.DecidePayment(batch, facts)
	if err != nil {
		return types.TransferResult{}, err
	}
	if err := k.apply(ctx, plan, captures...); err != nil {
		return types.TransferResult{}, err
	}
	return plan.Results[0], nil
}

// payBatch settles what the mode lets settle, and stores the outcome of each transfer.
func (k *Keeper) payBatch(
	ctx context.Context, debtor types.Account, batch domain.Batch, transfers []types.Transfer,
) ([]types.TransferResult, error) {
	batch, facts, err := k.facts(ctx, debtor, batch, transfers)
	if err != nil {
		return nil, err
	}
	plan, err := domain.Decide(batch, facts)
	if err != nil {
		return nil, err
	}
	if err := k.apply(ctx, plan); err != nil {
		return nil, err
	}
	return plan.Results, nil
}

// facts loads what a decision rests on, and gives the batch its lines.
func (k *Keeper) facts(
	ctx context.Context, debtor types.Account, batch domain.Batch, transfers []types.Transfer,
) (domain.Batch, domain.Facts, error) {
	batch, err := k.withLines(ctx, debtor, batch, transfers)
	if err != nil {
		return batch, domain.Facts{}, err
	}
	header := sdk.UnwrapSDKContext(ctx)
	facts := domain.Facts{Debtor: debtor, Height: header.BlockHeight(), Time: header.BlockTime()}
	for _, load := range []func(context.Context, domain.Batch, *domain.Facts) error{
		k.loadFile, k.loadCreditors, k.loadPayments, k.loadMoney,
	} {
		if err := load(ctx, batch, &facts); err != nil {
			return batch, facts, err
		}
	}
	return batch, facts, nil
}

// withLines gives a batch its debtor and the names of its payments. Messages that approvals execute stand in
// the transaction of their proposal.
func (k *Keeper) withLines(ctx context.Context, debtor types.Account, batch domain.Batch, transfers []types.Transfer) (domain.Batch, error) {
	address, err := k.addresses.StringToBytes(debtor.Address)
	if err != nil {
		return batch, types.ErrAddressInvalid.Wrap(err.Error())
	}
	batch.Debtor = debtor.Address
	batch.DetailsApart = accesstypes.ApprovalsIn(ctx) != nil
	batch.Lines, err = domain.Lines(address, transfers)
	return batch, err
}

// freshOf tells what a batch of a debtor would move if all of it settled, without the payments that it repeats.
func (k *Keeper) freshOf(
	ctx context.Context, batch domain.Batch, transfers []types.Transfer,
) func(debtor types.Account) (accesstypes.Money, error) {
	return func(debtor types.Account) (accesstypes.Money, error) {
		batch, err := k.withLines(ctx, debtor, batch, transfers)
		if err != nil {
			return accesstypes.Money{}, err
		}
		var facts domain.Facts
		if err := k.loadPayments(ctx, batch, &facts); err != nil {
			return accesstypes.Money{}, err
		}
		return domain.Fresh(batch, facts), nil
	}
}

func (k *Keeper) loadFile(ctx context.Context, batch domain.Batch, facts *domain.Facts) error {
	var err error
	if facts.CurrencySettled, err = k.currencies.Has(ctx, batch.Currency); err != nil {
		return err
	}
	if len(batch.InstructionDigest) == 0 {
		return nil
	}
	known, exists, err := found(k.instructions.Get(ctx, types.FileKey(batch.Debtor, batch.InstructionDigest)))
	if exists {
		facts.ContentDigest = known.ContentDigest
	}
	return err
}

func (k *Keeper) loadCreditors(ctx context.Context, batch domain.Batch, facts *domain.Facts) error {
	facts.Creditors = make(map[string]types.Account, len(batch.Lines))
	for _, line := range batch.Lines {
		if _, loaded := facts.Creditors[line.Creditor]; loaded {
			continue
		}
		key, err := k.addresses.StringToBytes(line.Creditor)
		if err != nil {
			return types.ErrAddressInvalid.Wrap(err.Error())
		}
		account, exists, err := found(k.accounts.Get(ctx, key))
		if err != nil {
			return err
		}
		if exists {
			facts.Creditors[line.Creditor] = account
		}
	}
	return nil
}

// loadPayments loads what stands under the names that the lines use.
func (k *Keeper) loadPayments(ctx context.Context, batch domain.Batch, facts *domain.Facts) error {
	facts.Payments = map[types.PaymentID]types.Payment{}
	facts.Names = map[types.PaymentID]types.PaymentID{}
	for _, line := range batch.Lines {
		id, err := k.idOf(ctx, line.Derived)
		if err != nil {
			return err
		}
		if id != line.Derived {
			facts.Names[line.Derived] = id
		}
		if err := k.loadPayment(ctx, id, facts); err != nil {
			return err
		}
		if line.HasStated && line.Stated != id {
			if err := k.loadPayment(ctx, line.Stated, facts); err != nil {
				return err
			}
		}
	}
	return nil
}

func (k *Keeper) loadPayment(ctx context.Context, id types.PaymentID, facts *domain.Facts) error {
	payment, exists, err := found(k.payments.Get(ctx, id[:]))
	if exists {
		facts.Payments[id] = payment
	}
	return err
}

// idOf leads from a derived id to where its payment stands: under itself, unless a name says otherwise.
func (k *Keeper) idOf(ctx context.Context, derived types.PaymentID) (types.PaymentID, error) {
	bytes, exists, err := found(k.paymentNames.Get(ctx, derived[:]))
	if err != nil || !exists {
		return derived, err
	}
	return types.PaymentID(bytes), nil
}

// loadMoney loads what is available of the two balances that lines are paid from. The reserve is read only if money leaves
// the bank.
func (k *Keeper) loadMoney(ctx context.Context, batch domain.Batch, facts *domain.Facts) error {
	var err error
	if facts.Balance, err = k.depositAvailable(ctx, facts.Debtor, batch.Currency); err != nil {
		return err
	}
	facts.Reserve = math.ZeroInt()
	if !leavesBank(batch, *facts) {
		return nil
	}
	facts.Reserve, err = k.reserveAvailable(ctx, facts.Debtor.InstitutionId, batch.Currency)
	return err
}

func leavesBank(batch domain.Batch, facts domain.Facts) bool {
	for _, line := range batch.Lines {
		creditor, known := facts.Creditors[line.Creditor]
		if known && creditor.InstitutionId != facts.Debtor.InstitutionId {
			return true
		}
	}
	return false
}

// apply carries a plan out, and tells who observes what has settled.
func (k *Keeper) apply(ctx context.Context, plan domain.Plan, captures ...ledgertypes.Capture) error {
	if err := k.post(ctx, plan.Posting, captures...); err != nil {
		return err
	}
	if err := k.forget(ctx, plan); err != nil {
		return err
	}
	if err := k.remember(ctx, plan); err != nil {
		return err
	}
	if len(plan.Settled) > 0 {
		if err := k.observer.PaymentsSettled(ctx, plan.Settled); err != nil {
			return err
		}
	}
	return emit(ctx, plan.Events...)
}

func (k *Keeper) forget(ctx context.Context, plan domain.Plan) error {
	for _, id := range plan.Removed {
		if err := k.payments.Remove(ctx, id[:]); err != nil {
			return err
		}
	}
	for _, derived := range plan.RemovedNames {
		if err := k.paymentNames.Remove(ctx, derived[:]); err != nil {
			return err
		}
	}
	return nil
}

// remember stores payments, names and the file's mark, and lists them for the end of the block.
func (k *Keeper) remember(ctx context.Context, plan domain.Plan) error {
	var decided []decision
	if plan.Instruction != nil {
		if err := k.instructions.Set(ctx, plan.Instruction.Digest, *plan.Instruction); err != nil {
			return err
		}
		decided = append(decided, decision{key: plan.Instruction.Digest})
	}
	for _, stored := range plan.Payments {
		if err := k.payments.Set(ctx, stored.ID[:], stored.Payment); err != nil {
			return err
		}
		leaf, err := leafOf(stored.Payment)
		if err != nil {
			return err
		}
		decided = append(decided, decision{key: stored.ID[:], leaf: leaf})
	}
	if plan.Returned != nil {
		if err := k.setReturned(ctx, *plan.Returned); err != nil {
			return err
		}
	}
	for _, name := range plan.Names {
		if err := k.paymentNames.Set(ctx, name.Derived[:], name.ID[:]); err != nil {
			return err
		}
	}
	return k.noteDecided(ctx, decided)
}
