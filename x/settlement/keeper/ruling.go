package keeper

import (
	"context"

	"cosmossdk.io/math"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/settlement/types"
)

// What follows carries out what a panel of x/dispute has ruled. It asks nobody for permission: the ruling is one.

// Returned is what was paid back of a payment, in minor units; zero if it has left state.
func (k *Keeper) Returned(ctx context.Context, uetr string) (math.Int, error) {
	return k.returned(ctx, uetr)
}

// LogLeaf is the hash under which a stored payment stands in the log of payments: what its receipt proves.
func (k *Keeper) LogLeaf(payment types.Payment) ([]byte, error) {
	leaf, err := leafOf(payment)
	return leaf[:], err
}

// RefundByRuling pays a settled payment back, in full or in part. digest names the return among those of its payer.
func (k *Keeper) RefundByRuling(ctx context.Context, uetr string, amount math.Int, reason string, digest []byte) (types.TransferResult, error) {
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
