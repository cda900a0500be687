package cmd

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/cosmos/cosmos-sdk/client"
	"github.com/cosmos/cosmos-sdk/client/flags"
	"github.com/cosmos/cosmos-sdk/client/keys"

	"github.com/zhilian-network/zhilian/crypto/accountkey"
)

// newKeysCommand is the SDK's, which says what kinds of keys there are.
func newKeysCommand() *cobra.Command {
	command := keys.Commands()
	for _, child := range command.Commands() {
		if flag := child.Flags().Lookup(flags.FlagKeyType); flag != nil {
			flag.Usage += " (" + strings.Join(accountkey.Names(), ", ") + ")"
		}
		if child.Name() == "export" {
			child.PreRunE = refuseArmour
		}
	}
	return command
}

// refuseArmour keeps the SDK from a panic: its armour is in amino, in which it has no keys of P-256.
func refuseArmour(command *cobra.Command, names []string) error {
	if unarmoured, err := command.Flags().GetBool("unarmored-hex"); err != nil || unarmoured {
		return err
	}
	context, err := client.GetClientQueryContext(command)
	if err != nil {
		return err
	}
	record, err := context.Keyring.Key(names[0])
	if err != nil {
		return err
	}
	key, err := record.GetPubKey()
	if err != nil {
		return err
	}
	if key.Type() == accountkey.Secp256r1 {
		return usagef("a %s key has no armoured form: export it with --unarmored-hex --unsafe, and import it with import-hex --key-type %s",
			accountkey.Secp256r1, accountkey.Secp256r1)
	}
	return nil
}
