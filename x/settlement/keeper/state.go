package keeper

import (
	"context"
	"errors"

	"cosmossdk.io/collections"
	errorsmod "cosmossdk.io/errors"
	"cosmossdk.io/math"

	sdk "github.com/cosmos/cosmos-sdk/types"

	ledgertypes "github.com/zhilian-network/zhilian/x/ledger/types"
	"github.com/zhilian-network/zhilian/x/settlement/domain"
	"github.com/zhilian-network/zhilian/x/settlement/types"
)

// found turns "not found" into false: the one place where the store's error is looked at.
func found[V any](value V, err error) (V, bool, error) {
	if errors.Is(err, collections.ErrNotFound) {
		return value, false, nil
	}
	return value, err == nil, err
}

// load reads one record, or refuses with the given error.
func load[K, V any](ctx context.Context, records collections.Map[K, V], key K, missing error) (V, error) {
	value, exists, err := found(records.Get(ctx, key))
	if err == nil && !exists {
		err = missing
	}
	return value, err
}

// account loads an account by its bech32 address.
func (k *Keeper) account(ctx context.Context, text string, missing *errorsmod.Error) (types.Account, error) {
	key, err := k.addresses.StringToBytes(text)
	if err != nil {
		return types.Account{}, types.ErrAddressInvalid.Wrap(err.Error())
	}
	return load(ctx, k.accounts, key, missing.Wrap(text))
}

func (k *Keeper) setAccount(ctx context.Context, account types.Account) error {
	key, err := k.addresses.StringToBytes(account.Address)
	if err != nil {
		return types.ErrAddressInvalid.Wrap(err.Error())
	}
	return k.accounts.Set(ctx, key, account)
}

func (k *Keeper) participant(ctx context.Context, id string) (types.Participant, error) {
	return load(ctx, k.participants, id, types.ErrParticipantNotFound.Wrapf("%.40q", id))
}

// outstanding is zero for a currency in which nothing was issued yet.
func (k *Keeper) outstanding(ctx context.Context, currency string) (types.Outstanding, error) {
	outstanding, exists, err := found(k.outstandings.Get(ctx, currency))
	if err == nil && !exists {
		outstanding = types.Outstanding{Currency: currency, Deposits: math.ZeroInt(), Reserves: math.ZeroInt()}
	}
	return outstanding, err
}

// depositBalance is what an account holds of its bank's money, held parts included.
func (k *Keeper) depositBalance(ctx context.Context, account types.Account, currency string) (math.Int, error) {
	address, err := k.addresses.StringToBytes(account.Address)
	if err != nil {
		return math.Int{}, types.ErrAddressInvalid.Wrap(err.Error())
	}
	return k.ledger.Balance(ctx, address, types.DepositDenom(account.InstitutionId, currency))
}

// depositAvailable is what an account can spend of its bank's money.
func (k *Keeper) depositAvailable(ctx context.Context, account types.Account, currency string) (math.Int, error) {
	address, err := k.addresses.StringToBytes(account.Address)
	if err != nil {
		return math.Int{}, types.ErrAddressInvalid.Wrap(err.Error())
	}
	return k.ledger.Available(ctx, address, types.DepositDenom(account.InstitutionId, currency))
}

func (k *Keeper) reserveAvailable(ctx context.Context, institutionID, currency string) (math.Int, error) {
	return k.ledger.Available(ctx, types.ReserveAddress(institutionID), types.ReserveDenom(currency))
}

func (k *Keeper) reserveBalance(ctx context.Context, institutionID, currency string) (math.Int, error) {
	return k.ledger.Balance(ctx, types.ReserveAddress(institutionID), types.ReserveDenom(currency))
}

// post gives a posting's holders their addresses and has the ledger carry it out. captures are what it
// spends from holds.
func (k *Keeper) post(ctx context.Context, posting domain.Posting, captures ...ledgertypes.Capture) error {
	if posting.IsEmpty() {
		return nil
	}
	var entries ledgertypes.Posting
	for _, e := range posting.Deposits {
		address, err := k.addresses.StringToBytes(e.Holder)
		if err != nil {
			return types.ErrAddressInvalid.Wrap(err.Error())
		}
		entries.Entries = append(entries.Entries, ledgertypes.Entry{Account: address, Denom: e.Denom, Delta: e.Delta})
	}
	for _, e := range posting.Reserves {
		address := types.ReserveAddress(e.Holder)
		entries.Entries = append(entries.Entries, ledgertypes.Entry{Account: address, Denom: e.Denom, Delta: e.Delta})
	}
	for _, e := range posting.Supply {
		entries.Supply = append(entries.Supply, ledgertypes.SupplyChange{Denom: e.Denom, Delta: e.Delta})
	}
	if len(captures) > 0 {
		return k.ledger.Capture(ctx, entries, captures...)
	}
	return k.ledger.Post(ctx, entries)
}

func emit(ctx context.Context, events ...domain.Event) error {
	manager := sdk.UnwrapSDKContext(ctx).EventManager()
	for _, event := range events {
		if ready, ok := event.(interface{ ToEvent() sdk.Event }); ok {
			manager.EmitEvent(ready.ToEvent())
			continue
		}
		if err := manager.EmitTypedEvent(event); err != nil {
			return err
		}
	}
	return nil
}
