package app

import (
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/x/auth/ante"
	authtypes "github.com/cosmos/cosmos-sdk/x/auth/types"
)

// BlockUnitsMax is the bound of a block's work.
const BlockUnitsMax = blockUnitsMax

// Nonces is what the door writes nonces with.
func (app *App) Nonces() interface{ signerAccounts } {
	return newNonces(app.Keepers.Accounts, app.stores.Persistent[authtypes.StoreKey], app.Encoding.Codec)
}

// SignatureCheck is ours.
func (app *App) SignatureCheck() sdk.AnteHandler {
	return sdk.ChainAnteDecorators(newSignatureDecorator(app.Nonces(), app.Encoding.TxConfig.SignModeHandler()))
}

// SDKSignatureCheck is what it stands for.
func (app *App) SDKSignatureCheck() sdk.AnteHandler {
	return sdk.ChainAnteDecorators(
		ante.NewSetPubKeyDecorator(app.Keepers.Accounts),
		ante.NewValidateSigCountDecorator(app.Keepers.Accounts),
		ante.NewSigVerificationDecorator(app.Keepers.Accounts, app.Encoding.TxConfig.SignModeHandler()),
		ante.NewIncrementSequenceDecorator(app.Keepers.Accounts),
	)
}
