package types

import (
	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	"github.com/cosmos/cosmos-sdk/crypto/keys/ed25519"
	sdk "github.com/cosmos/cosmos-sdk/types"
)

// ConsensusPubKey returns the unpacked consensus key. Only ed25519 keys are admitted: CometBFT
// demands one key type for the whole set, and its consensus parameters name this one.
func ConsensusPubKey(packed *codectypes.Any) (*ed25519.PubKey, error) {
	if packed == nil {
		return nil, ErrInvalidConsensusKey.Wrap("key is missing")
	}
	key, ok := packed.GetCachedValue().(*ed25519.PubKey)
	if !ok {
		return nil, ErrInvalidConsensusKey.Wrapf("want an ed25519 key, got %q", packed.TypeUrl)
	}
	if len(key.Key) != ed25519.PubKeySize {
		return nil, ErrInvalidConsensusKey.Wrapf("want %d bytes, got %d", ed25519.PubKeySize, len(key.Key))
	}
	return key, nil
}

// ConsensusAddress returns the address by which CometBFT names the key.
func ConsensusAddress(packed *codectypes.Any) (sdk.ConsAddress, error) {
	key, err := ConsensusPubKey(packed)
	if err != nil {
		return nil, err
	}
	return sdk.ConsAddress(key.Address()), nil
}

// EffectivePower returns the validator's power in consensus: its power if active, otherwise 0.
func (v Validator) EffectivePower() int64 {
	if v.Status != ValidatorStatus_VALIDATOR_STATUS_ACTIVE {
		return 0
	}
	return v.Power
}

// ValidatePower checks a voting power against its bounds.
func ValidatePower(power int64) error {
	if power < 1 || power > PowerMax {
		return ErrInvalidPower.Wrapf("want 1 to %d, got %d", int64(PowerMax), power)
	}
	return nil
}
