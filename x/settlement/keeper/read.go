package keeper

import (
	"bytes"
	"context"

	"cosmossdk.io/collections"

	"github.com/zhilian-network/zhilian/x/settlement/types"
)

// paymentByEndToEnd finds a payment by its second name. The payment under a derived id can be another
// one, if its operator stated that very UETR.
func (k *Keeper) paymentByEndToEnd(ctx context.Context, debtor, digest []byte) (types.Payment, error) {
	id, err := k.idOf(ctx, types.DerivePaymentID(debtor, digest))
	if err != nil {
		return types.Payment{}, err
	}
	payment, err := load(ctx, k.payments, id[:], types.ErrPaymentNotFound)
	if err != nil {
		return types.Payment{}, err
	}
	owner, err := k.addresses.StringToBytes(payment.Debtor)
	if err != nil {
		return types.Payment{}, types.ErrAddressInvalid.Wrap(err.Error())
	}
	if !bytes.Equal(owner, debtor) || !bytes.Equal(payment.EndToEndDigest, digest) {
		return types.Payment{}, types.ErrPaymentNotFound
	}
	return payment, nil
}

// resolve finds the account of a reference; nil if there is none.
func (k *Keeper) resolve(ctx context.Context, digest []byte) (*types.Account, error) {
	address, exists, err := found(k.references.Get(ctx, digest))
	if err != nil || !exists {
		return nil, err
	}
	account, err := k.accounts.Get(ctx, address)
	if err != nil {
		return nil, err
	}
	return &account, nil
}

// position is what a bank holds in reserves and owes in deposits.
func (k *Keeper) position(ctx context.Context, institutionID, currency string) (types.ReserveBalance, error) {
	reserves, err := k.reserveBalance(ctx, institutionID, currency)
	if err != nil {
		return types.ReserveBalance{}, err
	}
	deposits, err := k.ledger.Supply(ctx, types.DepositDenom(institutionID, currency))
	if err != nil {
		return types.ReserveBalance{}, err
	}
	return types.ReserveBalance{Currency: currency, Reserves: reserves, Deposits: deposits}, nil
}

// all reads every record, by key: for exports and invariants, not for blocks.
func all[K, V any](ctx context.Context, records collections.Map[K, V]) ([]V, error) {
	var values []V
	err := records.Walk(ctx, nil, func(_ K, value V) (bool, error) {
		values = append(values, value)
		return false, nil
	})
	return values, err
}
