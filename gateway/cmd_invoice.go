package gateway

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	sdkclient "github.com/cosmos/cosmos-sdk/client"

	"github.com/zhilian-network/zhilian/gateway/reference"
	"github.com/zhilian-network/zhilian/iso20022/identifier"
	"github.com/zhilian-network/zhilian/iso20022/money"
)

const (
	flagSeller   = "seller"
	flagBuyer    = "buyer"
	flagCode     = "code"
	flagNumber   = "number"
	flagDate     = "date"
	flagCurrency = "currency"
	flagAmount   = "amount"
	flagTake     = "take"
)

// invoicePart is what "tx financing issue" takes as a part.
type invoicePart struct {
	Digest        string `json:"digest"`
	NearDigest    string `json:"near_digest"`
	InvoiceAmount string `json:"invoice_amount"`
	Amount        string `json:"amount"`
}

func newInvoiceCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "invoice",
		Short: "Print an invoice as the part that \"tx financing issue\" takes: keyed digests and amounts",
		Long: `Print an invoice as the part that "tx financing issue" takes. The invoice is not disclosed: its digests are
computed here, with the network's reference key. "query financing invoice" takes the digest too.`,
		Example: `  zhiliand iso invoice --seller 91370200MA999902XK --buyer 91370200MA999901XJ --number 24372000000012345678 \
    --date 2026-10-31 --currency CNY --amount 50000.00
  zhiliand iso invoice … --take 30000.00     # a part of it`,
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			part, err := partOfInvoice(command)
			if err != nil {
				return err
			}
			text, err := json.Marshal(part)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(command.OutOrStdout(), string(text))
			return err
		},
	}
	f := command.Flags()
	f.String(flagReferenceKey, "", "file of the network's reference key (default HOME/config/"+reference.KeyFileName+")")
	f.String(flagSeller, "", "unified social credit code of the seller")
	f.String(flagBuyer, "", "unified social credit code of the buyer")
	f.String(flagCode, "", "code of the invoice, if it has one")
	f.String(flagNumber, "", "number of the invoice")
	f.String(flagDate, "", "date of the invoice, such as 2026-10-31")
	f.String(flagCurrency, "CNY", "currency of the invoice")
	f.String(flagAmount, "", "amount of the invoice, tax included, such as 50000.00")
	f.String(flagTake, "", "what of it the receivable takes (default all of it)")
	return command
}

func partOfInvoice(command *cobra.Command) (invoicePart, error) {
	values := map[string]string{}
	for _, name := range []string{flagSeller, flagBuyer, flagCode, flagNumber, flagDate, flagCurrency, flagAmount, flagTake} {
		value, err := command.Flags().GetString(name)
		if err != nil {
			return invoicePart{}, err
		}
		values[name] = value
	}
	for _, name := range []string{flagSeller, flagBuyer} {
		if err := identifier.CheckUSCC(values[name]); err != nil {
			return invoicePart{}, usage("--" + name + ": " + err.Error())
		}
	}
	if values[flagNumber] == "" {
		return invoicePart{}, usage("--" + flagNumber + " is needed")
	}
	if _, err := time.Parse(time.DateOnly, values[flagDate]); err != nil {
		return invoicePart{}, usage("--" + flagDate + " is needed, such as 2026-10-31")
	}
	amount, err := money.ParseMinor(values[flagCurrency], values[flagAmount])
	if err != nil {
		return invoicePart{}, usage("--" + flagAmount + ": " + err.Error())
	}
	taken := amount
	if values[flagTake] != "" {
		if taken, err = money.ParseMinor(values[flagCurrency], values[flagTake]); err != nil {
			return invoicePart{}, usage("--" + flagTake + ": " + err.Error())
		}
	}
	if taken.GT(amount) {
		return invoicePart{}, usage("--" + flagTake + " is more than the invoice")
	}
	key, err := loadKey(command, sdkclient.GetClientContextFromCmd(command))
	if err != nil {
		return invoicePart{}, err
	}
	digest, near := key.Invoice(reference.Invoice{
		Seller: values[flagSeller], Buyer: values[flagBuyer], Code: values[flagCode], Number: values[flagNumber],
		Date: values[flagDate], Currency: values[flagCurrency], AmountMinor: amount.String(),
	})
	return invoicePart{
		Digest: base64.StdEncoding.EncodeToString(digest), NearDigest: base64.StdEncoding.EncodeToString(near),
		InvoiceAmount: amount.String(), Amount: taken.String(),
	}, nil
}
