package receipt

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	rpchttp "github.com/cometbft/cometbft/rpc/client/http"
	"github.com/spf13/cobra"
	"github.com/spf13/viper"

	"github.com/cosmos/cosmos-sdk/client/flags"
)

const (
	flagOut    = "out"
	flagTrust  = "trust"
	flagHeight = "height"

	flagDecidedHeight = "decided-height"
	flagTrustPeriod   = "trust-period"
	flagDetails       = "details"

	outputText = "text"
	outputJSON = "json"

	// filePermissions let others read: receipts and validators are no secrets of the machine, and
	// who may see a payment is decided by who is given its receipt.
	filePermissions = 0o644
	// requestSeconds bounds one question to a node.
	requestSeconds = 30
)

// NewCommand is `zhiliand receipt`. prove is the node that a command names, asked with the key of --from.
func NewCommand(prove func(*cobra.Command) (RPC, error)) *cobra.Command {
	command := &cobra.Command{
		Use:   "receipt",
		Short: "Get and check proofs of payments that need no node to be checked",
		Long: `Get and check receipts. A receipt is one file that proves a payment as the network stored it, down to
the signatures of its validators. Checking one needs the file and the validators that you trust; no
node, no network.`,
		Example: `  zhiliand receipt trust --out validators.json
  zhiliand receipt get 6f7b2f0a-5f43-4d4c-9a57-2b6d3f0c8e11 --out receipt.json
  zhiliand receipt verify receipt.json --trust validators.json`,
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error { return command.Help() },
		// The root's hook would make a node's configuration; none of this needs a home.
		PersistentPreRunE: func(*cobra.Command, []string) error { return nil },
	}
	command.AddCommand(newGetCommand(prove), newTrustCommand(), newVerifyCommand())
	return command
}

func addNode(command *cobra.Command) {
	command.Flags().String(flags.FlagNode, "tcp://localhost:26657", "<host>:<port> of a node's RPC interface (default: node of HOME/config/client.toml)")
}

func openNode(command *cobra.Command) (RPC, error) {
	address, err := nodeAddress(command)
	if err != nil {
		return nil, err
	}
	return rpchttp.NewWithTimeout(address, "/websocket", requestSeconds)
}

// nodeAddress is what the flag says, else client.toml of the home, as for other commands.
func nodeAddress(command *cobra.Command) (string, error) {
	given, err := command.Flags().GetString(flags.FlagNode)
	if err != nil || command.Flags().Changed(flags.FlagNode) {
		return given, err
	}
	home := command.Flags().Lookup(flags.FlagHome)
	if home == nil {
		return given, nil
	}
	config := viper.New()
	config.SetConfigFile(filepath.Join(home.Value.String(), "config", "client.toml"))
	if err := config.ReadInConfig(); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return given, nil
		}
		return "", err
	}
	if known := config.GetString(flags.FlagNode); known != "" {
		return known, nil
	}
	return given, nil
}

func newGetCommand(prove func(*cobra.Command) (RPC, error)) *cobra.Command {
	var out, trustFile string
	var request Request
	command := &cobra.Command{
		Use:   "get UETR",
		Short: "Get the receipt of a payment from a node",
		Long: `Get the receipt of a payment from a node, check it, and write it. The payment may have left the
network's state long ago; the node must have been there since before it.

With --trust it is made for a reader with that trust file: if the validators have changed since, the
receipt gets the links from the trusted ones to those that signed.`,
		Args: cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, args []string) error {
			command.SilenceUsage = true
			request.UETR = args[0]
			r, err := getReceipt(command, prove, request, trustFile)
			if err != nil {
				return err
			}
			file, err := r.Encode()
			if err != nil {
				return err
			}
			return write(command.OutOrStdout(), out, file)
		},
	}
	addNode(command)
	command.Flags().String(flags.FlagFrom, "", "name or address of an operator's key, for a node that does not give receipts to everyone")
	flags.AddKeyringFlags(command.Flags())
	command.Flags().StringVar(&out, flagOut, "", "file to write (default: standard output)")
	command.Flags().StringVar(&trustFile, flagTrust, "", "trust file of the reader")
	command.Flags().Int64Var(&request.DecidedHeight, flagDecidedHeight, 0,
		"height of the block that decided the payment, to get an earlier decision about its UETR (default: the newest)")
	return command
}

func getReceipt(command *cobra.Command, prove func(*cobra.Command) (RPC, error), request Request, trustFile string) (*Receipt, error) {
	open := openNode
	if command.Flags().Changed(flags.FlagFrom) {
		open = prove
	}
	node, err := open(command)
	if err != nil {
		return nil, err
	}
	if trustFile != "" {
		trust, err := readTrustFile(trustFile)
		if err != nil {
			return nil, err
		}
		request.Trust = &trust
	}
	return Get(command.Context(), node, request)
}

func newTrustCommand() *cobra.Command {
	var out string
	var height int64
	command := &cobra.Command{
		Use:   "trust",
		Short: "Take the validators to trust from a node",
		Long: `Take the validators to trust from a node and write a trust file.

Whoever does this believes that node once. Ask a node of your own, or compare the hash of the set,
which is printed, with one that you got another way.`,
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			command.SilenceUsage = true
			node, err := openNode(command)
			if err != nil {
				return err
			}
			trust, err := TrustFromRPC(command.Context(), node, height)
			if err != nil {
				return err
			}
			return writeTrust(command, out, trust)
		},
	}
	addNode(command)
	command.Flags().StringVar(&out, flagOut, "", "file to write (default: standard output)")
	command.Flags().Int64Var(&height, flagHeight, 0, "height (default: the newest block)")
	return command
}

func writeTrust(command *cobra.Command, out string, trust Trust) error {
	hash, err := trust.Hash()
	if err != nil {
		return err
	}
	file, err := trust.Encode()
	if err != nil {
		return err
	}
	fmt.Fprintf(command.ErrOrStderr(), "%d validators of %s at height %d, hash %X\n",
		len(trust.Validators), trust.ChainID, trust.Height, hash)
	return write(command.OutOrStdout(), out, file)
}

func newVerifyCommand() *cobra.Command {
	var trustFile, detailsFile, output string
	var period time.Duration
	command := &cobra.Command{
		Use:   "verify FILE",
		Short: "Check a receipt and say what it proves",
		Long: `Check a receipt against the validators that you trust, and say what it proves. Needs no node and no
network. Ends with 0 if everything holds; otherwise with 1 and the part that is wrong.

A trust file may be of any age, since a receipt is evidence that is kept for years. Who does not want
to rest on validators of long ago says so with --trust-period.

With --details a file that discloses the payment's sealed details ("zhiliand iso details UETR --disclose FILE")
is checked against the receipt: what it says is what the payment settled with.`,
		Args: cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, args []string) error {
			if output != outputText && output != outputJSON {
				return fmt.Errorf("--%s is %q, want %s or %s", flags.FlagOutput, output, outputText, outputJSON)
			}
			if period < 0 {
				return fmt.Errorf("--%s is %s, want a time above 0", flagTrustPeriod, period)
			}
			command.SilenceUsage = true
			verified, err := verifyFiles(args[0], trustFile, period)
			var disclosed *Opening
			if err == nil && detailsFile != "" {
				if disclosed, err = checkDetails(detailsFile, verified); err != nil {
					verified = nil
				}
			}
			if output == outputJSON {
				return errors.Join(err, printJSON(command.OutOrStdout(), verified, err))
			}
			if err != nil {
				return fmt.Errorf("%s: %w", doesNotHold(err), err)
			}
			said := verified.Words()
			if disclosed != nil {
				said += disclosed.Words()
			}
			_, err = io.WriteString(command.OutOrStdout(), said)
			return err
		},
	}
	command.Flags().StringVar(&trustFile, flagTrust, "validators.json", "trust file")
	command.Flags().StringVar(&detailsFile, flagDetails, "", "file that discloses the payment's sealed details, to check as well")
	command.Flags().DurationVar(&period, flagTrustPeriod, 0, "refuse a trust file whose block is older, e.g. 8760h (default: any age)")
	command.Flags().StringVarP(&output, flags.FlagOutput, "o", outputText, "output format: text or json")
	return command
}

func verifyFiles(receiptFile, trustFile string, period time.Duration) (*Verified, error) {
	trust, err := readTrustFile(trustFile)
	if err != nil {
		return nil, err
	}
	if err := trust.CheckAge(period, time.Now()); err != nil {
		return nil, err
	}
	file, err := readBounded(receiptFile)
	if err != nil {
		return nil, err
	}
	return Verify(file, trust, time.Now())
}

// doesNotHold says what is wrong: the receipt, or what was disclosed beside it.
func doesNotHold(err error) string {
	var part *Error
	if errors.As(err, &part) && part.Part == PartDetails {
		return "the receipt holds, the disclosed details do not"
	}
	return "the receipt does not hold"
}

func checkDetails(name string, verified *Verified) (*Opening, error) {
	file, err := readBounded(name)
	if err != nil {
		return nil, err
	}
	disclosed, err := ReadOpening(file)
	if err != nil {
		return nil, err
	}
	return &disclosed, verified.CheckOpening(disclosed)
}

type verdict struct {
	Valid    bool      `json:"valid"`
	Part     Part      `json:"wrong_part,omitempty"`
	Error    string    `json:"error,omitempty"`
	Verified *Verified `json:"verified,omitempty"`
}

func printJSON(w io.Writer, verified *Verified, failure error) error {
	said := verdict{Valid: failure == nil, Verified: verified}
	var part *Error
	if errors.As(failure, &part) {
		said.Part = part.Part
	}
	if failure != nil {
		said.Error = failure.Error()
	}
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(said)
}

func readTrustFile(name string) (Trust, error) {
	file, err := readBounded(name)
	if err != nil {
		return Trust{}, err
	}
	return ReadTrust(file)
}

// readBounded reads one byte more than is admitted, so that the check of the form refuses the rest.
func readBounded(name string) ([]byte, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, BytesMax+1))
}

func write(stdout io.Writer, name string, text []byte) error {
	if name == "" {
		_, err := stdout.Write(text)
		return err
	}
	return os.WriteFile(name, text, filePermissions)
}
