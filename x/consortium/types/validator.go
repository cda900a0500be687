package types

import (
	cmtmldsa65 "github.com/cometbft/cometbft/crypto/mldsa65"
	cmttypes "github.com/cometbft/cometbft/types"

	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	"github.com/cosmos/cosmos-sdk/crypto/keys/ed25519"
	"github.com/cosmos/cosmos-sdk/crypto/keys/mldsa65"
	cryptotypes "github.com/cosmos/cosmos-sdk/crypto/types"
	sdk "github.com/cosmos/cosmos-sdk/types"
)

// DefaultKeyType is that of a network whose consensus settings name no other.
const DefaultKeyType = cmttypes.ABCIPubKeyTypeEd25519

// KeyTypes are the types of consensus keys that consensus settings may name, by CometBFT's names.
var KeyTypes = []string{DefaultKeyType, cmttypes.ABCIPubKeyTypeMlDsa65}

// ConsensusPubKey returns the unpacked consensus key, of one of KeyTypes. Whether the network's consensus
// settings name its type is asked when it is admitted.
func ConsensusPubKey(packed *codectypes.Any) (cryptotypes.PubKey, error) {
	if packed == nil {
		return nil, ErrInvalidConsensusKey.Wrap("key is missing")
	}
	var key cryptotypes.PubKey
	var size int
	switch cached := packed.GetCachedValue().(type) {
	case *ed25519.PubKey:
		key, size = cached, ed25519.PubKeySize
	case *mldsa65.PubKey:
		key, size = cached, cmtmldsa65.PubKeySize
	default:
		return nil, ErrInvalidConsensusKey.Wrapf("want an ed25519 or ml_dsa_65 key, got %q", packed.TypeUrl)
	}
	if got := len(key.Bytes()); got != size {
		return nil, ErrInvalidConsensusKey.Wrapf("%s: want %d bytes, got %d", key.Type(), size, got)
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

// IsMember tells whether the validator is in consensus, or in jail and may come back.
func (v Validator) IsMember() bool {
	return v.Status == ValidatorStatus_VALIDATOR_STATUS_ACTIVE || v.Status == ValidatorStatus_VALIDATOR_STATUS_JAILED
}

// ValidatePower checks a voting power against its bounds.
func ValidatePower(power int64) error {
	if power < 1 || power > PowerMax {
		return ErrInvalidPower.Wrapf("want 1 to %d, got %d", int64(PowerMax), power)
	}
	return nil
}
