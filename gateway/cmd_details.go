package gateway

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	sdkclient "github.com/cosmos/cosmos-sdk/client"
	"github.com/cosmos/cosmos-sdk/client/flags"

	"github.com/zhilian-network/zhilian/crypto/seal"
	"github.com/zhilian-network/zhilian/crypto/vaultkeys"
	"github.com/zhilian-network/zhilian/gateway/payments"
	"github.com/zhilian-network/zhilian/gateway/terminal"
	gatewaytypes "github.com/zhilian-network/zhilian/gateway/types"
	"github.com/zhilian-network/zhilian/iso20022/identifier"
	"github.com/zhilian-network/zhilian/receipt"
)

const (
	flagKey      = "key"
	flagDisclose = "disclose"

	openingPermissions = 0o600
)

// ErrNoDetails says that a payment has no sealed details that the node knows of: exit code 1.
var ErrNoDetails = errors.New("this payment has no sealed details, or the node does not know it")

func newDetailsCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "details UETR",
		Short: "Open the sealed details of a payment: names, addresses, remittance information, purpose",
		Long: `Open the sealed details of a payment: names, addresses, remittance information, purpose and references.

They are opened on this machine, with an encryption key of HOME/vault (see "zhiliand vault keygen") or a key
file; the node gives ciphertext and learns nothing. Only payer, payee, their banks, and a regulator that they
were sealed for can open them. A protected key asks for its passphrase, or takes it from
` + vaultkeys.Env + `.

With --disclose the opening is written to a file: whoever has it and the payment's receipt can check, with
"zhiliand receipt verify --details FILE", that these are the details that the network settled with. It says
all of them in clear.

Exit codes: 0 opened, 1 not a reader, altered, none, or failed, 2 wrong usage.`,
		Example: `  zhiliand iso details 7c5a1f9e-2b7d-4c4e-9d3a-0f1e2d3c4b5a --from treasurer
  zhiliand iso details 7c5a1f9e-2b7d-4c4e-9d3a-0f1e2d3c4b5a --key payee.json -o json`,
		Args: cobra.ExactArgs(1),
		RunE: details,
	}
	addKeyFlags(command)
	command.Flags().String(flagKey, "", "encryption key to open them with: a name in HOME/vault, or a key file (default: the one of HOME/vault that is a reader's)")
	command.Flags().String(flagDisclose, "", "file to write the opening to, for somebody who checks it against a receipt")
	command.Flags().StringP(flags.FlagOutput, "o", flags.OutputFormatText, "what to print: text or json")
	return command
}

func details(command *cobra.Command, args []string) error {
	clientCtx, err := sdkclient.GetClientQueryContext(command)
	if err != nil {
		return err
	}
	format, err := outputFormat(clientCtx, flags.OutputFormatText, flags.OutputFormatJSON)
	if err != nil {
		return err
	}
	uetr := strings.ToLower(strings.TrimSpace(args[0]))
	if err := identifier.CheckUETR(uetr); err != nil {
		return usage("give the UETR of a payment: " + err.Error())
	}
	answer, err := sealedDetails(command.Context(), clientCtx, uetr)
	if err != nil {
		return err
	}
	opener, err := newOpener(command, clientCtx)
	if err != nil {
		return err
	}
	defer opener.close()
	opening, err := opener.open(answer)
	if err != nil {
		return fmt.Errorf("details of payment %s: %w", uetr, err)
	}
	if err := disclose(command, answer, opening); err != nil {
		return err
	}
	return printDetails(command.OutOrStdout(), format, answer, opening)
}

// sealedDetails asks the node; ErrNoDetails if it knows of none.
func sealedDetails(ctx context.Context, clientCtx sdkclient.Context, uetr string) (*gatewaytypes.QueryPaymentDetailsResponse, error) {
	answer, err := gatewaytypes.NewQueryClient(clientCtx.WithCmdContext(ctx)).PaymentDetails(ctx, &gatewaytypes.QueryPaymentDetailsRequest{Uetr: uetr})
	if status.Code(err) == codes.NotFound {
		return nil, ErrNoDetails
	}
	if err != nil {
		return nil, err
	}
	if answer.Uetr != uetr {
		return nil, payments.ErrOtherDetails
	}
	return answer, nil
}

// opener opens details with a key that is unlocked once.
type opener struct {
	ring  vaultkeys.Ring
	ask   vaultkeys.Ask
	given *vaultkeys.Named // the key of --key
	keys  map[string]seal.PrivateKey
}

func newOpener(command *cobra.Command, clientCtx sdkclient.Context) (*opener, error) {
	o := &opener{ring: vaultkeys.New(clientCtx.HomeDir), ask: vaultkeys.NewAsk(command.InOrStdin()), keys: map[string]seal.PrivateKey{}}
	name, err := command.Flags().GetString(flagKey)
	if err != nil || name == "" {
		return o, err
	}
	given, err := o.ring.Get(name)
	if errors.Is(err, vaultkeys.ErrName) || errors.Is(err, vaultkeys.ErrNotFound) {
		var file seal.Keyfile
		if file, err = seal.ReadKeyfile(name); err == nil {
			given = vaultkeys.Named{Name: filepath.Base(name), File: file}
		}
	}
	if errors.Is(err, os.ErrNotExist) {
		return nil, usage(fmt.Sprintf("--%s %s is neither a key in %s nor a key file", flagKey, terminal.Inert(name), o.ring.Folder()))
	}
	o.given = &given
	return o, err
}

// open opens with the given key, or with the one of HOME/vault that is a reader's.
func (o *opener) open(answer *gatewaytypes.QueryPaymentDetailsResponse) (seal.Opening, error) {
	reader, err := o.reader(answer)
	if err != nil {
		return seal.Opening{}, err
	}
	key, unlocked := o.keys[string(reader.ID())]
	if !unlocked {
		if key, err = reader.Unlock(o.ask); err != nil {
			return seal.Opening{}, err
		}
		o.keys[string(reader.ID())] = key
	}
	return payments.OpenDetails(key, answer)
}

func (o *opener) reader(answer *gatewaytypes.QueryPaymentDetailsResponse) (vaultkeys.Named, error) {
	if o.given != nil {
		return *o.given, nil
	}
	found, err := o.ring.Find(payments.ReaderIDs(answer)...)
	if errors.Is(err, vaultkeys.ErrNotFound) {
		return found, seal.ErrNotReader.Wrapf("no key in %s", o.ring.Folder())
	}
	return found, err
}

func (o *opener) close() {
	for _, key := range o.keys {
		key.Wipe()
	}
}

func disclose(command *cobra.Command, answer *gatewaytypes.QueryPaymentDetailsResponse, opening seal.Opening) error {
	path, err := command.Flags().GetString(flagDisclose)
	if err != nil || path == "" {
		return err
	}
	text, err := receipt.NewOpening(answer.Uetr, opening).Encode()
	if err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, openingPermissions)
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	return errors.Join(err, file.Close())
}

type detailsView struct {
	UETR     string          `json:"uetr"`
	Debtor   string          `json:"debtor"`
	Creditor string          `json:"creditor"`
	Digest   string          `json:"digest"`
	Details  json.RawMessage `json:"details"`
}

func printDetails(w io.Writer, format string, answer *gatewaytypes.QueryPaymentDetailsResponse, opening seal.Opening) error {
	rows, err := payments.DetailRows(opening.Content)
	if err != nil {
		return err
	}
	if format == flags.OutputFormatJSON {
		text, err := payments.DetailsText(opening.Content)
		if err != nil {
			return err
		}
		return json.NewEncoder(w).Encode(detailsView{
			UETR: answer.Uetr, Debtor: answer.Debtor, Creditor: answer.Creditor,
			Digest: hex.EncodeToString(answer.Digest), Details: text,
		})
	}
	p := &printer{w: w}
	p.line("payment %s", answer.Uetr)
	p.line("from %s to %s", terminal.Inert(answer.Debtor), terminal.Inert(answer.Creditor))
	p.line("digest %x; the payment's receipt proves it", answer.Digest)
	var table [][]string
	for _, row := range rows {
		table = append(table, []string{row.Path, row.Text})
	}
	p.table([]string{"ELEMENT", "VALUE"}, nil, table, 0)
	return p.err
}
