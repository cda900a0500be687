package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"cosmossdk.io/core/address"

	sdkclient "github.com/cosmos/cosmos-sdk/client"
	"github.com/cosmos/cosmos-sdk/client/flags"

	"github.com/zhilian-network/zhilian/crypto/seal"
	"github.com/zhilian-network/zhilian/gateway/client"
	"github.com/zhilian-network/zhilian/gateway/payments"
	"github.com/zhilian-network/zhilian/gateway/terminal"
	"github.com/zhilian-network/zhilian/iso20022/identifier"
	"github.com/zhilian-network/zhilian/iso20022/report"
	settlement "github.com/zhilian-network/zhilian/x/settlement/types"
)

const (
	flagAccount     = "account"
	flagInstitution = "institution"
	flagAddress     = "address"
	flagFile        = "file"
	flagFromDate    = "from-date"
	flagToDate      = "to-date"

	dayLayout = "2006-01-02"
)

const accountHelp = `
The account is named by its IBAN (--account), by its bank's number (--account and --institution), by
its address (--address), or as a bank's reserves (--institution alone). The period is in days of the
network (UTC+8), both included; without dates it is today.`

func newStatementCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "statement",
		Short: "Write a statement of an account (camt.053)",
		Long:  "Write a statement of an account (camt.053): opening balance, entries, closing balance.\n" + accountHelp,
		Example: `  zhiliand iso statement --account DE89370400440532013000 --from-date 2026-11-01 --to-date 2026-11-30
  zhiliand iso statement --account 8020100012345678 --institution BQDQ --out statements
  zhiliand iso statement --institution BQDQ
  zhiliand iso statement --account DE89370400440532013000 --file salaries.xml --from treasurer`,
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error { return write(command, payments.Statement) },
	}
	addStatementFlags(command)
	return command
}

func newNotifyCommand() *cobra.Command {
	command := &cobra.Command{
		Use:     "notify",
		Short:   "Write a notification of what was booked on an account (camt.054)",
		Long:    "Write a notification of what was booked on an account (camt.054).\n" + accountHelp,
		Example: `  zhiliand iso notify --address zhilian1... --from-date 2026-11-22`,
		Args:    cobra.NoArgs,
		RunE:    func(command *cobra.Command, _ []string) error { return write(command, payments.AccountNotification) },
	}
	addStatementFlags(command)
	return command
}

func addStatementFlags(command *cobra.Command) {
	addKeyFlags(command)
	f := command.Flags()
	f.String(flagKey, "", "encryption key, a name in HOME/vault or a key file: names and remittance information that it opens go into the entries")
	f.StringArray(flagFile, nil, "a payment file that was handed in with --from: its references and names go into the entries; may be repeated")
	f.String(flagAccount, "", "IBAN, or the bank's own account number together with --"+flagInstitution)
	f.String(flagInstitution, "", "id of the bank that keeps the account; alone: its reserves")
	f.String(flagAddress, "", "address of the settlement account")
	f.String(flagFromDate, "", "first day, such as 2026-11-01")
	f.String(flagToDate, "", "last day, such as 2026-11-30")
	f.String(flagOut, "", "folder for the message; without it the message is printed")
	f.StringP(flags.FlagOutput, "o", flags.OutputFormatText, "what to print: text (the message, or its path) or json")
}

type writer func(ctx context.Context, books payments.Books, request payments.StatementRequest, now time.Time) (payments.Document, error)

func write(command *cobra.Command, compose writer) error {
	clientCtx, err := sdkclient.GetClientQueryContext(command)
	if err != nil {
		return err
	}
	format, err := outputFormat(clientCtx, flags.OutputFormatText, flags.OutputFormatJSON)
	if err != nil {
		return err
	}
	now := time.Now()
	request := payments.StatementRequest{}
	if request.From, request.To, err = period(command, now); err != nil {
		return err
	}
	chain := client.NewReader(clientCtx)
	if err := findAccount(command, clientCtx, chain, &request); err != nil {
		return err
	}
	if request.Known, err = knownPayments(command); err != nil {
		return err
	}
	stop, err := openInto(command, clientCtx, &request)
	if err != nil {
		return err
	}
	defer stop()
	document, err := compose(command.Context(), chain, request, now)
	if err != nil {
		return err
	}
	return printDocument(command, format, document)
}

// openInto has sealed details opened for the entries if a key is named. What this key does not open is left
// out. So is what is broken, with a warning: a payer who seals junk must not cost its payee the statement.
func openInto(command *cobra.Command, clientCtx sdkclient.Context, request *payments.StatementRequest) (stop func(), err error) {
	name, err := command.Flags().GetString(flagKey)
	if err != nil || name == "" {
		return func() {}, err
	}
	opener, err := newOpener(command, clientCtx)
	if err != nil {
		return nil, err
	}
	request.Details = func(ctx context.Context, uetr string) ([]byte, bool, error) {
		answer, err := sealedDetails(ctx, clientCtx, uetr)
		if errors.Is(err, ErrNoDetails) {
			return nil, false, nil
		}
		if err != nil {
			return nil, false, err
		}
		opening, err := opener.open(answer)
		switch {
		case errors.Is(err, seal.ErrNotReader):
			return nil, false, nil
		case errors.Is(err, seal.ErrBroken), errors.Is(err, seal.ErrDigest), errors.Is(err, seal.ErrInvalidEnvelope):
			command.PrintErrf("warning: details of payment %s: %s\n", uetr, err)
			return nil, false, nil
		}
		return opening.Content, err == nil, err
	}
	return opener.close, nil
}

// knownPayments reads what files tell of their payments: the chain keeps digests only.
func knownPayments(command *cobra.Command) (map[string]payments.KnownPayment, error) {
	files, err := command.Flags().GetStringArray(flagFile)
	if err != nil || len(files) == 0 {
		return nil, err
	}
	clientCtx, err := sdkclient.GetClientTxContext(command)
	if err != nil {
		return nil, err
	}
	if clientCtx.FromName == "" {
		return nil, usage("give the key that handed the file in: --" + flags.FlagFrom)
	}
	g, err := openGateway(command, clientCtx)
	if err != nil {
		return nil, err
	}
	known := map[string]payments.KnownPayment{}
	for _, name := range files {
		content, err := readFile(command, name)
		if err != nil {
			return nil, err
		}
		outcome, err := g.Lookup(command.Context(), content)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", terminal.Inert(name), err)
		}
		maps.Copy(known, outcome.Known())
	}
	return known, nil
}

func printDocument(command *cobra.Command, format string, document payments.Document) error {
	out, err := command.Flags().GetString(flagOut)
	if err != nil {
		return err
	}
	answer := struct {
		Message  string `json:"message"`
		Path     string `json:"path,omitempty"`
		Document string `json:"document,omitempty"`
	}{Message: document.Kind}
	if out != "" {
		paths, err := payments.Write(out, []payments.Document{document})
		if err != nil {
			return err
		}
		answer.Path = paths[0]
	} else {
		answer.Document = string(document.Content)
	}
	w := command.OutOrStdout()
	switch {
	case format == flags.OutputFormatJSON:
		return json.NewEncoder(w).Encode(answer)
	case answer.Path != "":
		_, err = fmt.Fprintln(w, answer.Path)
	default:
		_, err = w.Write(document.Content)
	}
	return err
}

func period(command *cobra.Command, now time.Time) (from, to time.Time, err error) {
	today := payments.Today(now)
	last, err := day(command, flagToDate, today)
	if err != nil {
		return from, to, err
	}
	if last.After(today) {
		// A balance of a day to come is not known.
		last = today
	}
	first, err := day(command, flagFromDate, last)
	if err != nil {
		return from, to, err
	}
	if first.After(last) {
		return from, to, usage("the first day is after the last day, or in the future")
	}
	from, to = payments.Period(first, last)
	return from, to, nil
}

func day(command *cobra.Command, flag string, standard time.Time) (time.Time, error) {
	text, err := command.Flags().GetString(flag)
	if err != nil || text == "" {
		return standard, err
	}
	parsed, err := time.ParseInLocation(dayLayout, text, standard.Location())
	if err != nil {
		return parsed, usage(fmt.Sprintf("--%s %q is not a day such as 2026-11-30", flag, text))
	}
	return parsed, nil
}

// findAccount fills in what the flags name.
func findAccount(command *cobra.Command, clientCtx sdkclient.Context, chain *client.Chain, request *payments.StatementRequest) error {
	f := command.Flags()
	account, _ := f.GetString(flagAccount)
	institution, _ := f.GetString(flagInstitution)
	named, _ := f.GetString(flagAddress)
	switch {
	case named != "" && (account != "" || institution != ""):
		return usage("give either --address, or --account and --institution")
	case named != "":
		return byAddress(command.Context(), client.Addresses(clientCtx), chain, named, request)
	case account != "":
		return byNumber(command, clientCtx, chain, account, institution, request)
	case institution != "":
		return byReserves(command.Context(), chain, institution, request)
	}
	return usage("name an account: --account, --address or --institution")
}

func byAddress(ctx context.Context, addresses address.Codec, chain *client.Chain, text string, request *payments.StatementRequest) error {
	if _, err := addresses.StringToBytes(text); err != nil {
		return usage(fmt.Sprintf("--address: %s", err))
	}
	account, err := chain.Account(ctx, text)
	if err != nil {
		return err
	}
	if account == nil {
		return fmt.Errorf("no settlement account at %s", text)
	}
	return describe(ctx, chain, account, report.Account{Other: payments.NumberOf(text)}, request)
}

func byNumber(command *cobra.Command, clientCtx sdkclient.Context, chain *client.Chain, number, institution string, request *payments.StatementRequest) error {
	key, err := loadKey(command, clientCtx)
	if err != nil {
		return err
	}
	plain := strings.Join(strings.Fields(number), "")
	iban := strings.ToUpper(plain)
	digest, shown := key.Other(institution, plain), report.Account{Other: plain}
	switch {
	case identifier.CheckIBAN(iban) == nil:
		digest, shown = key.IBAN(iban), report.Account{IBAN: iban}
	case institution == "":
		return usage("the account number is not an IBAN: give its bank with --" + flagInstitution)
	}
	found, err := chain.Resolve(command.Context(), [][]byte{digest})
	if err != nil {
		return err
	}
	if found[0] == nil {
		return fmt.Errorf("no account of this network has the number %s", terminal.Inert(number))
	}
	return describe(command.Context(), chain, found[0], shown, request)
}

func byReserves(ctx context.Context, chain *client.Chain, institution string, request *payments.StatementRequest) error {
	participants, err := chain.Participants(ctx)
	if err != nil {
		return err
	}
	for _, participant := range participants {
		if participant.InstitutionId != institution {
			continue
		}
		request.Address = participant.ReserveAddress
		request.Account.Account = report.Account{Other: payments.NumberOf(participant.ReserveAddress)}
		request.Account.Owner = report.Party{Name: institutionName(ctx, chain, institution)}
		for _, currency := range participant.Currencies {
			request.Holdings = append(request.Holdings, payments.Holding{Currency: currency, Denom: settlement.ReserveDenom(currency)})
		}
		return nil
	}
	return fmt.Errorf("institution %s does not settle on this network", terminal.Inert(institution))
}

func describe(ctx context.Context, chain *client.Chain, account *settlement.Account, shown report.Account, request *payments.StatementRequest) error {
	request.Address = account.Address
	request.Account = report.AccountDetail{
		Account:  shown,
		Servicer: report.Agent{Name: institutionName(ctx, chain, account.InstitutionId)},
	}
	for _, currency := range account.Currencies {
		request.Holdings = append(request.Holdings, payments.Holding{
			Currency: currency, Denom: settlement.DepositDenom(account.InstitutionId, currency),
		})
	}
	return nil
}

// institutionName is the legal name, or the id if the name cannot be had: a statement without a
// name is better than none.
func institutionName(ctx context.Context, chain *client.Chain, id string) string {
	institutions, err := chain.Institutions(ctx)
	if err != nil {
		return id
	}
	for _, institution := range institutions {
		if institution.Id == id && institution.Name != "" {
			return institution.Name
		}
	}
	return id
}
