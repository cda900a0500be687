package localnet

import (
	"fmt"
	"strings"

	"github.com/cosmos/cosmos-sdk/crypto/hd"
	"github.com/cosmos/cosmos-sdk/crypto/keyring"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/zhilian-network/zhilian/localnet/genesis"
)

// coinType is the SLIP-44 number of the app.
const coinType = 118

// keyring makes a key per operator, in the keyring that commands open with --home HOME/keys.
func (p *preparation) keyring() error {
	ring, err := keyring.New(sdk.KeyringServiceName(), keyring.BackendTest, p.layout.Keys(), strings.NewReader(""), p.codec)
	if err != nil {
		return err
	}
	path := hd.CreateHDPath(coinType, 0, 0).String()
	for _, actor := range genesis.Actors(p.file) {
		// The words are forgotten: the keys live and die with the home.
		record, _, err := ring.NewMnemonic(actor.Key, keyring.English, path, keyring.DefaultBIP39Passphrase, hd.Secp256k1)
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
