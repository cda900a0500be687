package gateway

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	sdkclient "github.com/cosmos/cosmos-sdk/client"
	"github.com/cosmos/cosmos-sdk/client/flags"

	"github.com/zhilian-network/zhilian/gateway/client"
	"github.com/zhilian-network/zhilian/gateway/index"
	"github.com/zhilian-network/zhilian/gateway/reference"
	"github.com/zhilian-network/zhilian/gateway/terminal"
	gatewaytypes "github.com/zhilian-network/zhilian/gateway/types"
	"github.com/zhilian-network/zhilian/iso20022/identifier"
	settlement "github.com/zhilian-network/zhilian/x/settlement/types"
)

const (
	flagScope  = "scope"
	flagLimit  = "limit"
	flagCursor = "cursor"

	// maxPartyAccounts bounds the accounts of a party that an end-to-end id is looked for under.
	maxPartyAccounts = 20
)

// ErrNotFound says that no payment has a reference: exit code 1.
var ErrNotFound = errors.New("no payment has this reference")

func newFindCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "find REFERENCE",
		Short: "Find payments by any reference, and say in words where they stand",
		Long: `Find payments by a UETR, a transaction hash, a digest (as "iso digest" prints it), an end-to-end id, or a
file's MsgId, and say in words where they stand.

End-to-end ids and MsgIds do not leave this machine: their digests are computed here, with the network's
reference key. Say whose they are: with --from, the operator's key, its MsgIds are looked for, and the
end-to-end ids of its party's accounts; with --debtor the end-to-end ids of one account; with --scope the
MsgIds of a party, or of an institution itself.

Exit codes: 0 found, 1 not found or failed, 2 wrong usage.`,
		Example: `  zhiliand iso find 7c5a1f9e-2b7d-4c4e-9d3a-0f1e2d3c4b5a
  zhiliand iso find INV-2026-0815 --from treasurer
  zhiliand iso find INV-2026-0815 --debtor zhilian1... -o json`,
		Args: cobra.ExactArgs(1),
		RunE: find,
	}
	addKeyFlags(command)
	f := command.Flags()
	f.String(flagDebtor, "", "address of the debtor's settlement account of an end-to-end id")
	f.String(flagScope, "", "id of the party, or of the institution, that handed in the file with a MsgId")
	f.Uint32(flagLimit, 0, "most payments to show, 1 to 200 (default 50)")
	f.String(flagCursor, "", "next_cursor of the page before")
	f.StringP(flags.FlagOutput, "o", flags.OutputFormatText, "what to print: text or json")
	return command
}

func find(command *cobra.Command, args []string) error {
	clientCtx, err := sdkclient.GetClientQueryContext(command)
	if err != nil {
		return err
	}
	format, err := outputFormat(clientCtx, flags.OutputFormatText, flags.OutputFormatJSON)
	if err != nil {
		return err
	}
	request := gatewaytypes.QueryFindPaymentsRequest{}
	if request.Limit, err = command.Flags().GetUint32(flagLimit); err != nil {
		return err
	}
	if request.Cursor, err = command.Flags().GetString(flagCursor); err != nil {
		return err
	}
	asked, err := askedFor(command, clientCtx, args[0])
	if err != nil {
		return err
	}
	// The first that has payments answers; without any, the last one's words do.
	var answer *gatewaytypes.QueryFindPaymentsResponse
	for _, request.Reference = range asked {
		if answer, err = gatewaytypes.NewQueryClient(clientCtx).FindPayments(command.Context(), &request); err != nil {
			return err
		}
		if len(answer.Payments) > 0 {
			break
		}
	}
	if _, asItIs := ownReference(args[0]); !asItIs && len(answer.Payments) == 0 {
		// The node knows of the last digest only that it does not know it.
		answer.Explanation = fmt.Sprintf("No payment with the end-to-end id or message id %q stands in blocks %d to %d, as far as this node knows.",
			args[0], answer.CompleteFromHeight, answer.IndexedHeight)
	}
	if err := printFound(command.OutOrStdout(), clientCtx, format, answer); err != nil {
		return err
	}
	if len(answer.Payments) == 0 {
		return ErrNotFound
	}
	return nil
}

// askedFor is what the node is asked for: the reference itself, or the digests that it may have.
func askedFor(command *cobra.Command, clientCtx sdkclient.Context, text string) ([]string, error) {
	if known, ok := ownReference(text); ok {
		return []string{known}, nil
	}
	key, err := loadKey(command, clientCtx)
	if err != nil {
		return nil, err
	}
	digests, err := digestsOf(command, clientCtx, key, text)
	if err != nil {
		return nil, err
	}
	if len(digests) == 0 {
		return nil, usage("an end-to-end id or a MsgId is somebody's: give --" + flags.FlagFrom + ", --" + flagDebtor + " or --" + flagScope)
	}
	asked := make([]string, len(digests))
	for i, digest := range digests {
		asked[i] = hex.EncodeToString(digest)
	}
	return asked, nil
}

// ownReference recognises what the node understands as it is.
func ownReference(text string) (string, bool) {
	text = strings.TrimSpace(text)
	if lower := strings.ToLower(text); identifier.CheckUETR(lower) == nil {
		return lower, true
	}
	if raw, err := hex.DecodeString(text); err == nil && len(raw) == reference.DigestLength {
		return text, true
	}
	if raw, err := base64.StdEncoding.DecodeString(text); err == nil && len(raw) == reference.DigestLength {
		return hex.EncodeToString(raw), true
	}
	return "", false
}

// digestsOf computes what an end-to-end id or MsgId may stand under.
func digestsOf(command *cobra.Command, clientCtx sdkclient.Context, key reference.Key, text string) ([][]byte, error) {
	debtor, err := command.Flags().GetString(flagDebtor)
	if err != nil {
		return nil, err
	}
	scope, err := command.Flags().GetString(flagScope)
	if err != nil {
		return nil, err
	}
	var digests [][]byte
	if debtor != "" {
		address, err := client.Addresses(clientCtx).StringToBytes(debtor)
		if err != nil {
			return nil, usage("--" + flagDebtor + ": " + err.Error())
		}
		digests = append(digests, key.EndToEnd(address, text))
	}
	if scope != "" {
		digests = append(digests, key.Message(scope, text))
	}
	from, err := command.Flags().GetString(flags.FlagFrom)
	if err != nil || from == "" {
		return digests, err
	}
	own, err := digestsOfOperator(command, key, text)
	return append(digests, own...), err
}

// digestsOfOperator computes the digests of an id that the key's owner used.
func digestsOfOperator(command *cobra.Command, key reference.Key, text string) ([][]byte, error) {
	clientCtx, err := sdkclient.GetClientTxContext(command)
	if err != nil {
		return nil, err
	}
	chain := client.NewReader(clientCtx)
	operator, err := chain.Operator(command.Context())
	if err != nil {
		return nil, err
	}
	if operator.PartyId == "" {
		return [][]byte{key.Message(operator.InstitutionId, text)}, nil
	}
	digests := [][]byte{key.Message(operator.PartyId, text)}
	for ordinal := range uint32(maxPartyAccounts) {
		address := settlement.AccountAddress(operator.PartyId, ordinal)
		open, err := accountOpen(command.Context(), clientCtx, chain, address)
		if err != nil {
			return nil, err
		}
		if !open {
			break
		}
		digests = append(digests, key.EndToEnd(address, text))
	}
	return digests, nil
}

func accountOpen(ctx context.Context, clientCtx sdkclient.Context, chain *client.Chain, address []byte) (bool, error) {
	text, err := client.Addresses(clientCtx).BytesToString(address)
	if err != nil {
		return false, err
	}
	account, err := chain.Account(ctx, text)
	return account != nil, err
}

func printFound(w io.Writer, clientCtx sdkclient.Context, format string, answer *gatewaytypes.QueryFindPaymentsResponse) error {
	if format == flags.OutputFormatJSON {
		text, err := clientCtx.Codec.MarshalJSON(answer)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(w, string(text))
		return err
	}
	p := &printer{w: w}
	p.line("%s", terminal.Inert(answer.Explanation))
	head := []string{"UETR", "CCY", "AMOUNT", "STATUS", "REASON", "BLOCK", "DECIDED AT"}
	var rows [][]string
	for _, row := range answer.Payments {
		amount := strings.TrimSuffix(amountOf(row.Currency, row.Amount.String()), " "+row.Currency)
		rows = append(rows, []string{row.Uetr, row.Currency, amount, row.Status, row.Reason, positive(row.Height),
			row.DecidedAt.UTC().Format(time.DateTime + " UTC")})
	}
	p.table(head, map[int]bool{2: true, 5: true}, rows, 0)
	for _, row := range answer.Payments {
		// Of a single payment the words stand above; what settled explains itself.
		if len(answer.Payments) > 1 && row.Status != index.StatusSettled {
			p.line("%s: %s", terminal.Inert(row.Uetr), terminal.Inert(row.Explanation))
		}
	}
	if answer.NextCursor != "" {
		p.line("more: --%s %s", flagCursor, terminal.Inert(answer.NextCursor))
	}
	return p.err
}
