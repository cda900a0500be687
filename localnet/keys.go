package localnet

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/cometbft/cometbft/crypto"
	"github.com/cometbft/cometbft/crypto/ed25519"
	"github.com/cometbft/cometbft/crypto/mldsa65"

	"github.com/cosmos/cosmos-sdk/crypto/hd"
	"github.com/cosmos/cosmos-sdk/crypto/keyring"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/zhilian-network/zhilian/crypto/accountkey"
	"github.com/zhilian-network/zhilian/localnet/genesis"
)

// coinType is the SLIP-44 number of the app.
const coinType = 118

// consensusKeyTypes are those that a network may run with, the default first.
var consensusKeyTypes = []string{ed25519.KeyType, mldsa65.KeyType}

// KeyTypes are the kinds of a network's keys. What is empty stands for the default.
type KeyTypes struct {
	// Account is the kind of the operators' keys: secp256k1 (the default), secp256r1, sm2 or ml_dsa_65.
	Account string `json:"account,omitempty"`
	// Consensus is the kind of the validators' keys: ed25519 (the default) or ml_dsa_65.
	Consensus string `json:"consensus,omitempty"`
}

// completed has the defaults in the place of what is empty, and refuses other kinds.
func (t KeyTypes) completed() (KeyTypes, error) {
	algorithm, err := accountkey.Parse(cmp.Or(t.Account, accountkey.Default))
	if err != nil {
		return t, err
	}
	consensus := cmp.Or(t.Consensus, consensusKeyTypes[0])
	if !slices.Contains(consensusKeyTypes, consensus) {
		return t, fmt.Errorf("no kind of consensus key is called %q: want %s", t.Consensus, strings.Join(consensusKeyTypes, " or "))
	}
	return KeyTypes{Account: string(algorithm.Name()), Consensus: consensus}, nil
}

// newConsensusKey makes a validator's key.
func newConsensusKey(kind string) (crypto.PrivKey, error) {
	if kind == mldsa65.KeyType {
		return mldsa65.GenPrivKey()
	}
	return ed25519.GenPrivKey(), nil
}

// keyring makes a key per operator, in the keyring that commands open with --home HOME/keys.
func (p *preparation) keyring() error {
	ring, err := keyring.New(sdk.KeyringServiceName(), keyring.BackendTest, p.layout.Keys(), strings.NewReader(""), p.codec,
		accountkey.KeyringOptions)
	if err != nil {
		return err
	}
	algorithm, err := accountkey.Parse(p.layout.KeyTypes.Account)
	if err != nil {
		return err
	}
	path := hd.CreateHDPath(coinType, 0, 0).String()
	for _, actor := range genesis.Actors(p.file) {
		// The words are forgotten: the keys live and die with the home.
		record, _, err := ring.NewMnemonic(actor.Key, keyring.English, path, keyring.DefaultBIP39Passphrase, algorithm)
		if err != nil {
			return fmt.Errorf("key %s: %w", actor.Key, err)
		}
		address, err := record.GetAddress()
		if err != nil {
			return fmt.Errorf("key %s: %w", actor.Key, err)
		}
		text, err := addresses.BytesToString(address)
		if err != nil {
			return err
		}
		p.operators = append(p.operators, genesis.Operator{Actor: actor, Address: address})
		p.layout.Operators = append(p.layout.Operators, Operator{
			Name:        actor.Key,
			Address:     text,
			Institution: actor.Institution,
			Party:       actor.Party,
			Roles:       actor.Roles,
		})
	}
	return nil
}
