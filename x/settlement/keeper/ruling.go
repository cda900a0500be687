package keeper

import (
	"bytes"
	"context"

	"cosmossdk.io/math"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/settlement/types"
)

// What follows carries out what a panel of x/dispute has ruled. It asks nobody for permission: the ruling is one.

// ProvenPayment is a payment that stands in the log as its proof says, whether it has left state or not.
func (k *Keeper) ProvenPayment(ctx context.Context, proof types.PaymentProof) (types.Payment, error) {
	head, err := k.logHead(ctx)
	if err != nil {
		return types.Payment{}, err
	}
	if err := head.CheckProof(proof); err != nil {
		return types.Payment{}, err
	}
	return proof.Decode()
}

// ReturnedOf is what was paid back of a payment while it was in state, in minor units: it has not been returned since.
func (k *Keeper) ReturnedOf(ctx context.Context, payment types.Payment) (math.Int, error) {
	leaf, err := leafOf(payment)
	if err != nil {
		return math.Int{}, err
	}
	switch err := k.checkStored(ctx, payment.Uetr, leaf); {
	case err == nil:
		return k.returned(ctx, payment.Uetr)
	case !types.ErrPaymentNotFound.Is(err):
		return math.Int{}, err
	}
	return k.keptReturned(ctx, payment.DecidedAt, leaf)
}

// checkStored refuses a UETR that names no payment in state, or another one than that of a leaf.
func (k *Keeper) checkStored(ctx context.Context, uetr string, leaf []byte) error {
	stored, err := k.SettledPayment(ctx, uetr)
	if err != nil {
		return err
	}
	storedLeaf, err := leafOf(stored)
	if err == nil && !bytes.Equal(storedLeaf, leaf) {
		err = types.ErrPaymentNotFound.Wrapf("%s names another one by now", uetr)
	}
	return err
}

// LogLeaf is the hash under which a stored payment stands in the log of payments: what its receipt proves.
func (k *Keeper) LogLeaf(payment types.Payment) ([]byte, error) {
	return leafOf(payment)
}

// RefundByRuling pays a settled payment back, in full or in part; ErrPaymentNotFound if the payment of that leaf has left
// state, also if another one has its UETR by now. digest names the return among those of its payer.
func (k *Keeper) RefundByRuling(
	ctx context.Context, uetr string, leaf []byte, amount math.Int, reason string, digest []byte,
) (types.TransferResult, error) {
	if err := k.checkStored(ctx, uetr, leaf); err != nil {
		return types.TransferResult{}, err
	}
	original, err := k.SettledPayment(ctx, uetr)
	if err != nil {
		return types.TransferResult{}, err
	}
	result, _, err := k.ReturnPayment(ctx, original, ReturnOrder{
		Reason: reason, Transfer: types.Transfer{Creditor: original.Debtor, Amount: amount, EndToEndDigest: digest},
	})
	if err == nil && result.Replayed {
		return types.TransferResult{}, types.ErrDuplicateEndToEnd.Wrapf("payment %s has settled", result.Uetr)
	}
	return result, err
}

// ReleaseByRuling gives the debtor of a hold back what is left of it.
func (k *Keeper) ReleaseByRuling(ctx context.Context, uetr string) error {
	hold, err := k.StoredHold(ctx, uetr)
	if err != nil {
		return err
	}
	_, err = k.ReleaseHold(ctx, hold, "")
	return err
}

// UnblockByRuling opens a blocked account.
func (k *Keeper) UnblockByRuling(ctx context.Context, address string) error {
	account, err := k.Account(ctx, address)
	if err != nil {
		return err
	}
	// An account that is not blocked is not opened: there is nothing to lift.
	if account.Status != types.AccountBlocked {
		return types.ErrAccountTransition.Wrapf("account is %s", account.Status)
	}
	return k.setAccountStatus(ctx, accesstypes.Actor{}, account, types.AccountOpen)
}
