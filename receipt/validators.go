package receipt

import (
	"bytes"
	"fmt"

	"github.com/cometbft/cometbft/crypto"
	"github.com/cometbft/cometbft/crypto/ed25519"
	"github.com/cometbft/cometbft/crypto/mldsa65"
	cmtbytes "github.com/cometbft/cometbft/libs/bytes"
	"github.com/cometbft/cometbft/types"
)

// Validator is a member of a validator set. Proposer priorities are left out: no header commits to
// them, so a receipt could not vouch for them.
type Validator struct {
	Address cmtbytes.HexBytes `json:"address"`
	PubKey  PubKey            `json:"pub_key"`
	Power   int64             `json:"power"`
}

// PubKey is a consensus key. Its type is CometBFT's name: ed25519 or ml_dsa_65.
type PubKey struct {
	Type  string `json:"type"`
	Value []byte `json:"value"`
}

// validatorsOf writes a set in its order, which is CometBFT's.
func validatorsOf(set *types.ValidatorSet) ([]Validator, error) {
	list := make([]Validator, 0, set.Size())
	for _, v := range set.Validators {
		key := PubKey{Type: v.PubKey.Type(), Value: v.PubKey.Bytes()}
		if _, err := key.parse(); err != nil {
			return nil, fmt.Errorf("validator %s: %w", v.Address, err)
		}
		list = append(list, Validator{Address: v.Address, PubKey: key, Power: v.VotingPower})
	}
	return list, nil
}

// setOf builds a set from a list that is in CometBFT's order: power falling, then address rising.
func setOf(list []Validator) (*types.ValidatorSet, error) {
	if len(list) == 0 || len(list) > ValidatorsMax {
		return nil, fmt.Errorf("%d validators, want 1 to %d", len(list), ValidatorsMax)
	}
	seen := make(map[string]bool, len(list))
	members := make([]*types.Validator, 0, len(list))
	for i, v := range list {
		member, err := v.member()
		if err != nil {
			return nil, fmt.Errorf("validator %d: %w", i+1, err)
		}
		if seen[string(v.Address)] {
			return nil, fmt.Errorf("validator %d is listed twice", i+1)
		}
		seen[string(v.Address)] = true
		if i > 0 && !types.ValidatorsByVotingPower([]*types.Validator{members[i-1], member}).Less(0, 1) {
			return nil, fmt.Errorf("validator %d is out of order", i+1)
		}
		members = append(members, member)
	}
	return types.ValidatorSetFromExistingValidators(members)
}

func (v Validator) member() (*types.Validator, error) {
	key, err := v.PubKey.parse()
	if err != nil {
		return nil, err
	}
	if v.Power <= 0 {
		return nil, fmt.Errorf("power %d is not above 0", v.Power)
	}
	member := types.NewValidator(key, v.Power)
	if !bytes.Equal(member.Address, v.Address) {
		return nil, fmt.Errorf("address %s is not that of its key", v.Address)
	}
	return member, nil
}

func (k PubKey) parse() (crypto.PubKey, error) {
	size := map[string]int{ed25519.KeyType: ed25519.PubKeySize, mldsa65.KeyType: mldsa65.PubKeySize}[k.Type]
	switch {
	case size == 0:
		return nil, fmt.Errorf("key type %.40q, want %q or %q", k.Type, ed25519.KeyType, mldsa65.KeyType)
	case len(k.Value) != size:
		return nil, fmt.Errorf("%s key has %d bytes, want %d", k.Type, len(k.Value), size)
	case k.Type == mldsa65.KeyType:
		return mldsa65.NewPubKeyFromBytes(k.Value)
	}
	return ed25519.PubKey(k.Value), nil
}
