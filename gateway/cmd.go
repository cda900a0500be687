package gateway

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	sdkclient "github.com/cosmos/cosmos-sdk/client"
	"github.com/cosmos/cosmos-sdk/client/flags"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/zhilian-network/zhilian/crypto/vaultkeys"
	"github.com/zhilian-network/zhilian/gateway/client"
	"github.com/zhilian-network/zhilian/gateway/payments"
	"github.com/zhilian-network/zhilian/gateway/reference"
	"github.com/zhilian-network/zhilian/gateway/terminal"
	"github.com/zhilian-network/zhilian/iso20022"
	"github.com/zhilian-network/zhilian/iso20022/xsd"
	access "github.com/zhilian-network/zhilian/x/access/types"
)

const (
	flagReferenceKey   = "reference-key"
	flagSchemas        = "xsd"
	flagAllOrNothing   = "all-or-nothing"
	flagRequireDetails = "require-details"
	flagNoDetails      = "no-details"
	flagRegulator      = "regulator"
	flagOut            = "out"

	outputXML = "xml"
	stdinName = "-"
)

// NewISOCommand is the group of commands for ISO 20022 files.
func NewISOCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "iso",
		Short: "Hand in ISO 20022 payment files; get status reports, notifications and statements; find and watch payments",
		Long: `Hand in ISO 20022 payment files (pain.001, pacs.008), and get status reports (pain.002, pacs.002),
notifications (camt.054) and statements (camt.053).

Exit codes: 0 everything settled, 1 refused, failed or settled in part, 2 wrong usage.`,
		RunE: sdkclient.ValidateCmd,
	}
	command.AddCommand(newSubmitCommand(), newStatusCommand(), newCheckCommand(), newDigestCommand(), newInvoiceCommand(), newStatementCommand(), newNotifyCommand(),
		newFindCommand(), newDetailsCommand(), newWatchCommand())
	return command
}

func addNodeFlags(command *cobra.Command) {
	f := command.Flags()
	client.AddNodeFlags(f)
	f.String(flagReferenceKey, "", "file of the network's reference key (default HOME/config/"+reference.KeyFileName+")")
}

func addKeyFlags(command *cobra.Command) {
	addNodeFlags(command)
	client.AddKeyFlags(command.Flags())
}

func newSubmitCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "submit FILE...",
		Short: "Pay what pain.001 or pacs.008 files order",
		Long: `Pay what pain.001 or pacs.008 files order, and say what became of each transfer.

Handing a file in twice never pays twice: a file that was interrupted is completed, and one that was
processed is refused as a duplicate (DU01). With --out the status report and a notification for each
account that moved are written to a folder. FILE - reads standard input.

Names, addresses, remittance information and purpose travel sealed: this machine encrypts them for payer,
payee and their banks, as far as these have registered encryption keys ("zhiliand vault keygen"), and for those
regulators that read payments of this currency and amount by the network's decision ("zhiliand query settlement
params"). "zhiliand iso details" opens them. If nobody has a key, payments go without details, and it is said. If
a regulator that reads them has none, nothing is sent.

With --generate-only nothing is sent: the payments are printed, sealed, as a transaction for others to approve.
Every payment of the file must be payable then. "zhiliand iso status" says later what became of it.`,
		Example: `  zhiliand iso submit salaries.xml --from treasurer --out answers
  zhiliand iso submit salaries.xml --from accountant --generate-only > pay.json
  zhiliand tx access propose-action pay.json --from accountant
  zhiliand iso submit salaries.xml --from treasurer --output xml`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(command *cobra.Command, files []string) error {
			options, err := submitOptions(command)
			if err != nil {
				return err
			}
			if only, err := command.Flags().GetBool(flags.FlagGenerateOnly); err != nil || only {
				return errors.Join(err, prepare(command, files, options))
			}
			return eachFile(command, files, func(ctx context.Context, g *payments.Gateway, file []byte) (*payments.Outcome, error) {
				return g.Submit(ctx, file, options)
			})
		},
	}
	addKeyFlags(command)
	addSchemaFlag(command)
	command.Flags().Bool(flagAllOrNothing, false, "settle all transfers of a debtor account and currency, or none of them")
	command.Flags().Bool(flagRequireDetails, false, "send nothing if the details of a payment would not reach its payee")
	command.Flags().Bool(flagNoDetails, false, "seal no details: payments go without")
	command.Flags().String(flagRegulator, "", "id of a regulator that may read all details, beside those that the network has decided on")
	command.Flags().Bool(flags.FlagGenerateOnly, false, "send nothing: print the payments as a transaction, for propose-action")
	addAnswerFlags(command)
	return command
}

// prepare prints the payments of files as one unsigned transaction, the form that "tx access propose-action" reads.
func prepare(command *cobra.Command, files []string, options payments.Options) error {
	clientCtx, err := sdkclient.GetClientTxContext(command)
	if err != nil {
		return err
	}
	if clientCtx.FromName == "" {
		return usage("give the operator's key: --" + flags.FlagFrom)
	}
	g, err := openGateway(command, clientCtx)
	if err != nil {
		return err
	}
	var messages []sdk.Msg
	for _, name := range files {
		file, err := readFile(command, name)
		if err != nil {
			return err
		}
		batches, details, err := g.Prepare(command.Context(), file, options)
		if err != nil {
			return fmt.Errorf("%s: %w", terminal.Inert(name), err)
		}
		if details != nil {
			for _, reads := range details.Regulators {
				command.PrintErrln("Note:", terminal.Inert(reads.String()))
			}
			for _, warning := range details.Warnings {
				command.PrintErrln("Note:", warning)
			}
		}
		for _, batch := range batches {
			messages = append(messages, batch)
		}
	}
	builder := clientCtx.TxConfig.NewTxBuilder()
	if err := builder.SetMsgs(messages...); err != nil {
		return err
	}
	text, err := clientCtx.TxConfig.TxJSONEncoder()(builder.GetTx())
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(command.OutOrStdout(), string(text))
	return err
}

func submitOptions(command *cobra.Command) (payments.Options, error) {
	var options payments.Options
	for _, f := range []struct {
		name string
		into *bool
	}{
		{flagAllOrNothing, &options.AllOrNothing}, {flagRequireDetails, &options.RequireDetails}, {flagNoDetails, &options.WithoutDetails},
	} {
		var err error
		if *f.into, err = command.Flags().GetBool(f.name); err != nil {
			return options, err
		}
	}
	if options.RequireDetails && options.WithoutDetails {
		return options, usage("--" + flagRequireDetails + " and --" + flagNoDetails + " exclude each other")
	}
	return options, nil
}

func newStatusCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "status FILE...",
		Short: "Say what became of files that were handed in, and write their answers again",
		Long: `Say what became of files that were handed in, and write their answers again. Nothing is sent.

Give the key that handed the file in: message ids are unique within its party or institution.`,
		Example: `  zhiliand iso status salaries.xml --from treasurer --out answers`,
		Args:    cobra.MinimumNArgs(1),
		RunE: func(command *cobra.Command, files []string) error {
			return eachFile(command, files, func(ctx context.Context, g *payments.Gateway, file []byte) (*payments.Outcome, error) {
				return g.Lookup(ctx, file)
			})
		},
	}
	addKeyFlags(command)
	addAnswerFlags(command)
	return command
}

func addAnswerFlags(command *cobra.Command) {
	command.Flags().String(flagOut, "", "folder for the status report and the notifications")
	command.Flags().StringP(flags.FlagOutput, "o", flags.OutputFormatText, "what to print: text, json, or xml (the status report)")
}

// handle is what a command does with one file.
type handle func(ctx context.Context, g *payments.Gateway, file []byte) (*payments.Outcome, error)

func eachFile(command *cobra.Command, files []string, do handle) error {
	clientCtx, err := sdkclient.GetClientTxContext(command)
	if err != nil {
		return err
	}
	if clientCtx.FromName == "" {
		return usage("give the operator's key: --" + flags.FlagFrom)
	}
	format, err := outputFormat(clientCtx, flags.OutputFormatText, flags.OutputFormatJSON, outputXML)
	if err != nil {
		return err
	}
	if format == outputXML && len(files) > 1 {
		return usage("--output xml prints one answer: give one file")
	}
	g, err := openGateway(command, clientCtx)
	if err != nil {
		return err
	}
	out, err := command.Flags().GetString(flagOut)
	if err != nil {
		return err
	}

	failed := 0
	var last error
	for _, name := range files {
		report, err := oneFile(command, g, name, out, do)
		if err == nil {
			err = report.print(command.OutOrStdout(), format)
		}
		if err == nil && !report.Outcome.AllSettled() {
			err = ErrNotSettled
		}
		if err == nil && len(report.Problems) > 0 {
			err = fmt.Errorf("settled, but not answered in full: %s", strings.Join(report.Problems, "; "))
		}
		if err == nil {
			continue
		}
		failed++
		last = fmt.Errorf("%s: %w", terminal.Inert(name), err)
		if len(files) > 1 {
			command.PrintErrln("Error:", last)
		}
		if command.Context().Err() != nil {
			break
		}
	}
	if failed > 1 {
		return fmt.Errorf("%d of %d files failed; the last: %w", failed, len(files), last)
	}
	return last
}

func openGateway(command *cobra.Command, clientCtx sdkclient.Context) (*payments.Gateway, error) {
	clientCtx, err := withChainID(command.Context(), clientCtx)
	if err != nil {
		return nil, err
	}
	key, err := loadKey(command, clientCtx)
	if err != nil {
		return nil, err
	}
	chain, err := client.NewOperator(clientCtx)
	if err != nil {
		return nil, err
	}
	var options []payments.Option
	if command.Flags().Lookup(flagSchemas) != nil {
		schemas, err := loadSchemas(command)
		if err != nil {
			return nil, err
		}
		if schemas != nil {
			options = append(options, payments.WithSchemas(schemas))
		}
	}
	if command.Flags().Lookup(flagRegulator) != nil {
		sealing, err := sealingOf(command, clientCtx, chain)
		if err != nil {
			return nil, err
		}
		options = append(options, payments.WithSealing(sealing))
	}
	return payments.New(chain, key, client.Addresses(clientCtx), options...), nil
}

// sealingOf is how details of what this command hands in are sealed.
func sealingOf(command *cobra.Command, clientCtx sdkclient.Context, chain *client.Chain) (payments.Sealing, error) {
	sealing := payments.Sealing{Readers: registeredKeys{clientCtx}, ChainID: clientCtx.ChainID}
	var err error
	if sealing.Root, err = vaultkeys.New(clientCtx.HomeDir).Root(); err != nil {
		return sealing, err
	}
	if sealing.Regulator, err = command.Flags().GetString(flagRegulator); err != nil || sealing.Regulator == "" {
		return sealing, err
	}
	institutions, err := chain.Institutions(command.Context())
	if err != nil {
		return sealing, err
	}
	for _, institution := range institutions {
		if institution.Id == sealing.Regulator && institution.Kind == access.InstitutionKind_INSTITUTION_KIND_REGULATOR {
			return sealing, nil
		}
	}
	return sealing, usage(fmt.Sprintf("--%s %s is no regulator of this network", flagRegulator, terminal.Inert(sealing.Regulator)))
}

func oneFile(command *cobra.Command, g *payments.Gateway, name, out string, do handle) (*fileReport, error) {
	ctx := command.Context()
	file, err := readFile(command, name)
	if err != nil {
		return nil, err
	}
	outcome, err := do(ctx, g, file)
	if err != nil {
		return nil, err
	}
	// The answer is written even if the caller gave up meanwhile: money may have moved.
	answering, stop := context.WithTimeout(context.WithoutCancel(ctx), answerTimeout)
	defer stop()
	report := &fileReport{File: name, Outcome: outcome}
	if report.Answer, err = g.Answer(answering, outcome); err != nil {
		report.Problems = append(report.Problems, "status report: "+err.Error())
	}
	if out == "" {
		return report, nil
	}
	documents := []payments.Document{}
	if err == nil {
		documents = append(documents, report.Answer)
	}
	notifications, err := g.Notifications(answering, outcome)
	if err != nil {
		report.Problems = append(report.Problems, "notifications: "+err.Error())
	}
	report.Written, err = payments.Write(out, append(documents, notifications...))
	if err != nil {
		report.Problems = append(report.Problems, "write answers: "+err.Error())
	}
	return report, nil
}

const answerTimeout = 30 * time.Second

func newCheckCommand() *cobra.Command {
	command := &cobra.Command{
		Use:     "check FILE...",
		Short:   "Say what is wrong with payment files, without a node",
		Example: `  zhiliand iso check salaries.xml`,
		Args:    cobra.MinimumNArgs(1),
		RunE: func(command *cobra.Command, files []string) error {
			clientCtx := sdkclient.GetClientContextFromCmd(command)
			if command.Flags().Changed(flags.FlagOutput) || clientCtx.OutputFormat == "" {
				clientCtx.OutputFormat, _ = command.Flags().GetString(flags.FlagOutput)
			}
			format, err := outputFormat(clientCtx, flags.OutputFormatText, flags.OutputFormatJSON)
			if err != nil {
				return err
			}
			schemas, err := loadSchemas(command)
			if err != nil {
				return err
			}
			var parsing []iso20022.Option
			if schemas != nil {
				parsing = append(parsing, iso20022.WithSchemas(schemas))
			}
			faulty := false
			for _, name := range files {
				file, err := readFile(command, name)
				if err != nil {
					return err
				}
				checked := checkFile(name, file, parsing...)
				faulty = faulty || len(checked.Faults) > 0
				if err := checked.print(command.OutOrStdout(), format); err != nil {
					return err
				}
			}
			if faulty {
				return ErrFileFaulty
			}
			return nil
		},
	}
	command.Flags().StringP(flags.FlagOutput, "o", flags.OutputFormatText, "what to print: text or json")
	addSchemaFlag(command)
	return command
}

func addSchemaFlag(command *cobra.Command) {
	command.Flags().String(flagSchemas, "", "folder of ISO 20022 schemas (NAME.xsd) to validate files against as well")
}

// loadSchemas returns nil if no folder is given.
func loadSchemas(command *cobra.Command) (*xsd.Validator, error) {
	folder, err := command.Flags().GetString(flagSchemas)
	if err != nil || folder == "" {
		return nil, err
	}
	return xsd.New(folder)
}

// readFile reads no more than the parser would take.
func readFile(command *cobra.Command, name string) ([]byte, error) {
	var source io.Reader = command.InOrStdin()
	if name != stdinName {
		file, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer file.Close()
		source = file
	}
	return io.ReadAll(io.LimitReader(source, iso20022.DefaultMaxBytes+1))
}

func outputFormat(clientCtx sdkclient.Context, known ...string) (string, error) {
	for _, format := range known {
		if clientCtx.OutputFormat == format {
			return format, nil
		}
	}
	return "", usage(fmt.Sprintf("--output %q is not one of %v", clientCtx.OutputFormat, known))
}

func withChainID(ctx context.Context, clientCtx sdkclient.Context) (sdkclient.Context, error) {
	clientCtx, err := client.WithChainID(ctx, clientCtx)
	if errors.Is(err, client.ErrOtherNetwork) {
		return clientCtx, usage(err.Error())
	}
	return clientCtx, err
}

func loadKey(command *cobra.Command, clientCtx sdkclient.Context) (reference.Key, error) {
	path, err := command.Flags().GetString(flagReferenceKey)
	if err != nil {
		return reference.Key{}, err
	}
	given := path != ""
	if !given {
		path = reference.KeyPath(clientCtx.HomeDir)
	}
	key, err := reference.Load(path)
	if errors.Is(err, os.ErrNotExist) && !given {
		return key, fmt.Errorf("%w; give --%s or the --%s of a member's node", err, flagReferenceKey, flags.FlagHome)
	}
	return key, err
}
