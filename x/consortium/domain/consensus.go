package domain

import (
	"slices"
	"strings"

	consensustypes "github.com/cosmos/cosmos-sdk/x/consensus/types"

	"github.com/zhilian-network/zhilian/x/consortium/types"
)

// minBlockBytes has room for a commit of as many ML-DSA signatures as there can be validators, a third of it,
// and for full batches of transfers. Evidence takes its room away: CometBFT panics if it leaves none.
const minBlockBytes = 1 << 20

// CheckConsensusUpdate keeps a decision, however well meant, from stopping the chain or giving it away:
// no vote could undo either. keyTypes are the types of consensus keys that the settings name now.
func CheckConsensusUpdate(update *consensustypes.MsgUpdateParams, keyTypes []string) error {
	if update.Auth != nil && update.Auth.Authority != "" {
		return types.ErrInvalidMessages.Wrap("consensus settings may not name another authority: it would stand above every later vote")
	}
	if update.Validator == nil {
		return types.ErrInvalidMessages.Wrap("the types of consensus keys are missing")
	}
	if err := checkKeyTypes(update.Validator.PubKeyTypes, keyTypes); err != nil {
		return err
	}
	if update.Block == nil || update.Block.MaxGas != -1 {
		return types.ErrInvalidMessages.Wrap("the gas of a block stays unlimited (-1): transactions have none, quotas bound the work")
	}
	if least := minBlockBytes + update.Evidence.GetMaxBytes(); update.Block.MaxBytes < least {
		return types.ErrInvalidMessages.Wrapf("a block of %d bytes is too small to vote in; at least %d, evidence included", update.Block.MaxBytes, least)
	}
	return nil
}

// checkKeyTypes lets a type be added and none be taken away: CometBFT stops at a validator of a type that is
// not named, and one of it may come back from jail. Whom to admit is decided key by key anyway.
func checkKeyTypes(next, now []string) error {
	for i, name := range next {
		if !slices.Contains(types.KeyTypes, name) || slices.Contains(next[:i], name) {
			return types.ErrInvalidMessages.Wrapf("%.40q: types of consensus keys are %s, each once", name, strings.Join(types.KeyTypes, " and "))
		}
	}
	for _, name := range now {
		if !slices.Contains(next, name) {
			return types.ErrInvalidMessages.Wrapf("the type %s of consensus keys cannot be taken away: a validator may have such a key", name)
		}
	}
	return nil
}
