package gateway

import (
	"encoding/base64"
	"fmt"

	"github.com/spf13/cobra"

	sdkclient "github.com/cosmos/cosmos-sdk/client"

	"github.com/zhilian-network/zhilian/gateway/client"
	"github.com/zhilian-network/zhilian/gateway/reference"
	"github.com/zhilian-network/zhilian/iso20022/identifier"
)

const (
	flagDebtor   = "debtor"
	flagEndToEnd = "end-to-end"
)

func newDigestCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "digest",
		Short: "Print the keyed digest that stands on the chain for an account number or an end-to-end id",
		Long: `Print the keyed digest that stands on the chain for an account number or an end-to-end id, in base64, as
"tx settlement" and "query settlement" take it. It is computed here, with the network's reference key.`,
		Example: `  zhiliand iso digest --account DE89370400440532013000
  zhiliand iso digest --account 8020100000010001 --institution BQDQ
  zhiliand iso digest --end-to-end INV-1 --debtor zhilian1...`,
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			digest, err := digestOf(command)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(command.OutOrStdout(), base64.StdEncoding.EncodeToString(digest))
			return err
		},
	}
	f := command.Flags()
	f.String(flagReferenceKey, "", "file of the network's reference key (default HOME/config/"+reference.KeyFileName+")")
	f.String(flagAccount, "", "IBAN, or the bank's own account number together with --"+flagInstitution)
	f.String(flagInstitution, "", "id of the bank whose own number it is")
	f.String(flagEndToEnd, "", "end-to-end id of a payment, together with --"+flagDebtor)
	f.String(flagDebtor, "", "address of the debtor's settlement account")
	return command
}

func digestOf(command *cobra.Command) ([]byte, error) {
	clientCtx := sdkclient.GetClientContextFromCmd(command)
	values := map[string]string{}
	for _, name := range []string{flagAccount, flagInstitution, flagEndToEnd, flagDebtor} {
		value, err := command.Flags().GetString(name)
		if err != nil {
			return nil, err
		}
		values[name] = value
	}
	account, endToEnd := values[flagAccount], values[flagEndToEnd]
	if (account == "") == (endToEnd == "") {
		return nil, usage("give either --" + flagAccount + " or --" + flagEndToEnd)
	}
	key, err := loadKey(command, clientCtx)
	if err != nil {
		return nil, err
	}
	switch {
	case endToEnd != "":
		debtor, err := client.Addresses(clientCtx).StringToBytes(values[flagDebtor])
		if err != nil {
			return nil, usage("--" + flagDebtor + ": " + err.Error())
		}
		return key.EndToEnd(debtor, endToEnd), nil
	case values[flagInstitution] != "":
		return key.Other(values[flagInstitution], account), nil
	case identifier.CheckIBAN(account) != nil:
		return nil, usage("--" + flagAccount + " is no IBAN: give the --" + flagInstitution + " whose own number it is")
	}
	return key.IBAN(account), nil
}
