package app

import (
	"context"

	storetypes "github.com/cosmos/cosmos-sdk/store/v2/types"

	sdk "github.com/cosmos/cosmos-sdk/types"
	sdkerrors "github.com/cosmos/cosmos-sdk/types/errors"
	"github.com/cosmos/cosmos-sdk/x/auth/ante"
	authsigning "github.com/cosmos/cosmos-sdk/x/auth/signing"

	errorsmod "cosmossdk.io/errors"

	"github.com/cosmos/cosmos-sdk/client"
)

// newAnteHandler is the door: who is not a known operator is refused before a signature is checked
// and before anything is stored.
func newAnteHandler(accounts signerAccounts, gate gatekeeper, tx client.TxConfig) sdk.AnteHandler {
	return sdk.ChainAnteDecorators(
		unmeteredDecorator{},
		ante.NewExtensionOptionsDecorator(nil),
		ante.NewValidateBasicDecorator(),
		ante.NewTxTimeoutHeightDecorator(),
		plainDecorator{},
		admissionDecorator{gate},
		newSignatureDecorator(accounts, tx.SignModeHandler()),
	)
}

// gatekeeper says whether an operator may have another transaction executed in this block.
type gatekeeper interface {
	AdmitSigner(ctx context.Context, signer sdk.AccAddress, units uint64) error
}

// unmeteredDecorator takes the place of gas: there is no fee to price it in, and the operator's
// quota and the bounds of each message limit the work instead. Reads and writes count nothing, so that
// a result does not depend on how often a node's code looks at the same record.
type unmeteredDecorator struct{}

func (unmeteredDecorator) AnteHandle(ctx sdk.Context, tx sdk.Tx, simulate bool, next sdk.AnteHandler) (sdk.Context, error) {
	free := storetypes.GasConfig{}
	return next(ctx.WithGasMeter(storetypes.NewInfiniteGasMeter()).WithKVGasConfig(free).WithTransientKVGasConfig(free), tx, simulate)
}

// plainDecorator refuses what the network has no use for.
type plainDecorator struct{}

func (plainDecorator) AnteHandle(ctx sdk.Context, tx sdk.Tx, simulate bool, next sdk.AnteHandler) (sdk.Context, error) {
	if feeTx, ok := tx.(sdk.FeeTx); ok && !feeTx.GetFee().IsZero() {
		return ctx, ErrFeeNotAccepted.Wrapf("the fee is %s", feeTx.GetFee())
	}
	if memoTx, ok := tx.(sdk.TxWithMemo); ok && memoTx.GetMemo() != "" {
		return ctx, ErrMemoNotAccepted
	}
	if extended, ok := tx.(ante.HasExtensionOptionsTx); ok && len(extended.GetNonCriticalExtensionOptions()) > 0 {
		return ctx, ErrExtensionNotAccepted
	}
	return next(ctx, tx, simulate)
}

// admissionDecorator asks access about every signer.
type admissionDecorator struct{ gate gatekeeper }

func (d admissionDecorator) AnteHandle(ctx sdk.Context, tx sdk.Tx, simulate bool, next sdk.AnteHandler) (sdk.Context, error) {
	sigTx, ok := tx.(authsigning.SigVerifiableTx)
	if !ok {
		return ctx, errorsmod.Wrap(sdkerrors.ErrTxDecode, "the transaction has no signers")
	}
	signers, err := sigTx.GetSigners()
	if err != nil {
		return ctx, err
	}
	units := workUnits(tx.GetMsgs())
	if ctx.IsReCheckTx() {
		// It was counted when it came in. Counted again after each block, a backlog longer than
		// one block's quota would be thrown out of the mempool.
		units = 0
	}
	for _, signer := range signers {
		if err := d.gate.AdmitSigner(ctx, signer, units); err != nil {
			return ctx, err
		}
	}
	return next(ctx, tx, simulate)
}
