package keeper

import (
	"context"
	"math"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/settlement/domain"
	"github.com/zhilian-network/zhilian/x/settlement/types"
)

// openAccount opens an account for an active party at its bank.
func (k *Keeper) openAccount(
	ctx context.Context, actor accesstypes.Actor, party accesstypes.Party, currencies []string, references [][]byte,
) (types.Account, error) {
	if party.Status != accesstypes.MemberStatus_MEMBER_STATUS_ACTIVE {
		return types.Account{}, types.ErrPartyNotActive.Wrap(party.Id)
	}
	bank, err := k.participant(ctx, party.InstitutionId)
	if err != nil {
		return types.Account{}, err
	}
	account, err := k.newAccount(ctx, bank, party.Id, currencies)
	if err != nil {
		return types.Account{}, err
	}
	if err := k.setAccount(ctx, account); err != nil {
		return types.Account{}, err
	}
	if err := k.accountCounts.Set(ctx, party.Id, uint64(account.Ordinal)+1); err != nil {
		return types.Account{}, err
	}
	event := &types.EventAccountOpened{
		Account: account.Address, InstitutionId: account.InstitutionId, PartyId: account.PartyId,
		Currencies: account.Currencies, Operator: actor.Address,
	}
	if err := emit(ctx, event); err != nil {
		return types.Account{}, err
	}
	for _, digest := range references {
		if err := k.addReference(ctx, actor, account, digest); err != nil {
			return types.Account{}, err
		}
	}
	return account, nil
}

// newAccount is the party's next account, not stored yet.
func (k *Keeper) newAccount(
	ctx context.Context, bank types.Participant, partyID string, currencies []string,
) (types.Account, error) {
	count, _, err := found(k.accountCounts.Get(ctx, partyID))
	if err != nil {
		return types.Account{}, err
	}
	ordinal := uint32(min(count, math.MaxUint32))
	address, err := k.addresses.BytesToString(types.AccountAddress(partyID, ordinal))
	if err != nil {
		return types.Account{}, types.ErrAddressInvalid.Wrap(err.Error())
	}
	return domain.OpenAccount(bank, partyID, address, ordinal, currencies)
}

// addReference lets an account be found by one more number. A reference is never re-pointed: a payer who
// has stored a number must not reach another account by it.
func (k *Keeper) addReference(
	ctx context.Context, actor accesstypes.Actor, account types.Account, digest []byte,
) error {
	if err := domain.AddReference(account); err != nil {
		return err
	}
	taken, err := k.references.Has(ctx, digest)
	if err != nil {
		return err
	}
	if taken {
		return types.ErrReferenceTaken.Wrapf("%x", digest)
	}
	address, err := k.addresses.StringToBytes(account.Address)
	if err != nil {
		return types.ErrAddressInvalid.Wrap(err.Error())
	}
	if err := k.references.Set(ctx, digest, address); err != nil {
		return err
	}
	return emit(ctx, &types.EventAccountReferenceAdded{Account: account.Address, Operator: actor.Address})
}

// setAccountStatus changes an account's standing.
func (k *Keeper) setAccountStatus(
	ctx context.Context, actor accesstypes.Actor, account types.Account, to types.AccountStatus,
) error {
	empty, err := k.isEmpty(ctx, account)
	if err != nil {
		return err
	}
	changed, err := domain.ChangeAccountStatus(account, to, empty)
	if err != nil {
		return err
	}
	if err := k.setAccount(ctx, changed); err != nil {
		return err
	}
	return emit(ctx, &types.EventAccountStatusChanged{
		Account: account.Address, OldStatus: account.Status, NewStatus: changed.Status, Operator: actor.Address,
	})
}

// isEmpty reads at most CurrenciesMax balances.
func (k *Keeper) isEmpty(ctx context.Context, account types.Account) (bool, error) {
	for _, currency := range account.Currencies {
		balance, err := k.depositBalance(ctx, account, currency)
		if err != nil || balance.IsPositive() {
			return false, err
		}
	}
	return true, nil
}
