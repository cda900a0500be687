package keeper

import (
	"context"

	"cosmossdk.io/collections"

	"github.com/cosmos/cosmos-sdk/codec"
	sdk "github.com/cosmos/cosmos-sdk/types"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/financing/types"
	settlementtypes "github.com/zhilian-network/zhilian/x/settlement/types"
)

type (
	// ofAccountKey is (address, number of a receivable).
	ofAccountKey = collections.Pair[[]byte, uint64]
	// holderKey is (number of a receivable, address).
	holderKey = collections.Pair[uint64, []byte]
	// numbersKey is (number, number): a prefix of one lists the others.
	numbersKey = collections.Pair[uint64, uint64]
	// recourseKey is (number of a receivable, holder's address, seller's address).
	recourseKey = collections.Triple[uint64, []byte, []byte]
	// alikeKey is (digest of what looks alike, digest).
	alikeKey = collections.Pair[[]byte, []byte]
	// forgetKey is (when in seconds since 1970, digest).
	forgetKey = collections.Pair[int64, []byte]
	// registrationKey is (number of a receivable, number in the register).
	registrationKey = collections.Pair[uint64, string]
)

// receivableState is the part of the store that knows receivables and invoices.
type receivableState struct {
	receivables    collections.Map[uint64, types.Receivable]
	nextReceivable collections.Sequence
	// receivablesOf lists what an account issued, owes, or holds units of.
	receivablesOf collections.KeySet[ofAccountKey]
	holders       collections.KeySet[holderKey]

	securities             collections.Map[uint64, types.Security]
	nextSecurity           collections.Sequence
	securitiesOfReceivable collections.KeySet[numbersKey]
	securitiesOfLoan       collections.KeySet[numbersKey]
	recourses              collections.Map[recourseKey, types.Recourse]

	invoices         collections.Map[[]byte, types.Invoice]
	alikeInvoices    collections.KeySet[alikeKey]
	invoicesToForget collections.KeySet[forgetKey]

	registrations   collections.Map[string, uint64]
	registrationsOf collections.KeySet[registrationKey]
	// overdueOf counts the receivables of a debtor, by its party, that are overdue or defaulted.
	overdueOf collections.Map[string, uint64]
}

func newReceivableState(cdc codec.BinaryCodec, sb *collections.SchemaBuilder) receivableState {
	number, address := collections.Uint64Key, collections.BytesKey
	numbers := collections.PairKeyCodec(number, number)
	return receivableState{
		receivables:    collections.NewMap(sb, types.ReceivablesPrefix, "receivables", number, codec.CollValue[types.Receivable](cdc)),
		nextReceivable: collections.NewSequence(sb, types.NextReceivablePrefix, "next_receivable"),
		receivablesOf: collections.NewKeySet(sb, types.ReceivablesOfAccountPrefix, "receivables_of_account",
			collections.PairKeyCodec(address, number)),
		holders: collections.NewKeySet(sb, types.HoldersPrefix, "holders", collections.PairKeyCodec(number, address)),

		securities:             collections.NewMap(sb, types.SecuritiesPrefix, "securities", number, codec.CollValue[types.Security](cdc)),
		nextSecurity:           collections.NewSequence(sb, types.NextSecurityPrefix, "next_security"),
		securitiesOfReceivable: collections.NewKeySet(sb, types.SecuritiesOfReceivablePrefix, "securities_of_receivable", numbers),
		securitiesOfLoan:       collections.NewKeySet(sb, types.SecuritiesOfLoanPrefix, "securities_of_loan", numbers),
		recourses: collections.NewMap(sb, types.RecoursesPrefix, "recourses",
			collections.TripleKeyCodec(number, address, address), codec.CollValue[types.Recourse](cdc)),

		invoices:      collections.NewMap(sb, types.InvoicesPrefix, "invoices", address, codec.CollValue[types.Invoice](cdc)),
		alikeInvoices: collections.NewKeySet(sb, types.AlikeInvoicesPrefix, "alike_invoices", collections.PairKeyCodec(address, address)),
		invoicesToForget: collections.NewKeySet(sb, types.InvoicesToForgetPrefix, "invoices_to_forget",
			collections.PairKeyCodec(collections.Int64Key, address)),

		registrations: collections.NewMap(sb, types.RegistrationsPrefix, "registrations", collections.StringKey, collections.Uint64Value),
		registrationsOf: collections.NewKeySet(sb, types.RegistrationsOfReceivablePrefix, "registrations_of_receivable",
			collections.PairKeyCodec(number, collections.StringKey)),
		overdueOf: collections.NewMap(sb, types.OverdueOfDebtorPrefix, "overdue_of_debtor", collections.StringKey, collections.Uint64Value),
	}
}

// Receivable returns a receivable, or ErrReceivableNotFound.
func (k *Keeper) Receivable(ctx context.Context, number uint64) (types.Receivable, error) {
	return load(ctx, k.receivables, number, types.ErrReceivableNotFound.Wrapf("%d", number))
}

// fitAccount is an account that can hold units of a currency and be paid in it.
func (k *Keeper) fitAccount(ctx context.Context, address, currency string) (settlementtypes.Account, error) {
	account, err := k.Settlement.Account(ctx, address)
	if err != nil {
		return account, err
	}
	return account, checkFit(account, currency)
}

func checkFit(account settlementtypes.Account, currency string) error {
	if account.Status != settlementtypes.AccountOpen {
		return types.ErrAccountUnfit.Wrapf("%s is %s", account.Address, account.Status)
	}
	for _, held := range account.Currencies {
		if held == currency {
			return nil
		}
	}
	return types.ErrAccountUnfit.Wrapf("%s does not hold %s", account.Address, currency)
}

// scopeOf is whose an account is.
func scopeOf(account settlementtypes.Account) accesstypes.Scope {
	return accesstypes.Scope{InstitutionID: account.InstitutionId, PartyID: account.PartyId}
}

func (k *Keeper) bytesOf(address string) (sdk.AccAddress, error) {
	bytes, err := k.addresses.StringToBytes(address)
	if err != nil {
		return nil, settlementtypes.ErrAddressInvalid.Wrap(err.Error())
	}
	return bytes, nil
}

// changeReceivable stores a receivable that has changed: in its place in the queue, with the debtor's count of
// what is overdue, and tells of a new status.
func (k *Keeper) changeReceivable(ctx context.Context, before, after types.Receivable, operator string) error {
	if before.NextAt != after.NextAt {
		if err := k.dequeue(ctx, before.NextAt, types.DueReceivable, before.Id); err != nil {
			return err
		}
		if err := k.enqueueNext(ctx, after); err != nil {
			return err
		}
	}
	if err := k.receivables.Set(ctx, after.Id, after); err != nil {
		return err
	}
	if before.Status == after.Status {
		return nil
	}
	if err := k.countOverdue(ctx, before, after); err != nil {
		return err
	}
	if err := k.tellReceivable(ctx, before, after); err != nil {
		return err
	}
	return emit(ctx, &types.EventReceivableStatusChanged{
		ReceivableId: after.Id, Debtor: after.Debtor, OldStatus: before.Status, NewStatus: after.Status,
		Unpaid: after.Unpaid, Operator: operator, Reason: after.Reason,
	})
}

func (k *Keeper) enqueueNext(ctx context.Context, receivable types.Receivable) error {
	if receivable.NextAt == 0 {
		return nil
	}
	return k.enqueue(ctx, receivable.NextAt, types.DueReceivable, receivable.Id)
}

func (k *Keeper) countOverdue(ctx context.Context, before, after types.Receivable) error {
	was, is := before.IsOverdue(), after.IsOverdue()
	if was == is {
		return nil
	}
	debtor, err := k.Settlement.Account(ctx, after.Debtor)
	if err != nil {
		return err
	}
	count, _, err := found(k.overdueOf.Get(ctx, debtor.PartyId))
	if err != nil {
		return err
	}
	if is {
		return k.overdueOf.Set(ctx, debtor.PartyId, count+1)
	}
	if count <= 1 {
		return k.overdueOf.Remove(ctx, debtor.PartyId)
	}
	return k.overdueOf.Set(ctx, debtor.PartyId, count-1)
}
