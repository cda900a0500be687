package domain

import (
	"slices"

	cmttypes "github.com/cometbft/cometbft/types"
	consensustypes "github.com/cosmos/cosmos-sdk/x/consensus/types"

	"github.com/zhilian-network/zhilian/x/consortium/types"
)

// minBlockBytes has room for a full batch of transfers many times over.
const minBlockBytes = 1 << 20

// CheckConsensusUpdate keeps a decision, however well meant, from stopping the chain or giving it away:
// no vote could undo either.
func CheckConsensusUpdate(update *consensustypes.MsgUpdateParams) error {
	if update.Auth != nil && update.Auth.Authority != "" {
		return types.ErrInvalidMessages.Wrap("consensus settings may not name another authority: it would stand above every later vote")
	}
	if update.Validator == nil || !slices.Equal(update.Validator.PubKeyTypes, []string{cmttypes.ABCIPubKeyTypeEd25519}) {
		return types.ErrInvalidMessages.Wrap("consensus keys are ed25519 and nothing else: CometBFT stops at another one")
	}
	if update.Block == nil || update.Block.MaxGas != -1 {
		return types.ErrInvalidMessages.Wrap("the gas of a block stays unlimited (-1): transactions have none, quotas bound the work")
	}
	if update.Block.MaxBytes < minBlockBytes {
		return types.ErrInvalidMessages.Wrapf("a block of %d bytes is too small to vote in; at least %d", update.Block.MaxBytes, minBlockBytes)
	}
	return nil
}
