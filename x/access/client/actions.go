package client

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"os"
	"strconv"
	"time"

	"github.com/cosmos/gogoproto/proto"
	"github.com/spf13/cobra"

	"github.com/cosmos/cosmos-sdk/client"
	"github.com/cosmos/cosmos-sdk/client/flags"
	"github.com/cosmos/cosmos-sdk/client/input"
	"github.com/cosmos/cosmos-sdk/client/tx"
	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/zhilian-network/zhilian/x/access/types"
)

const flagExpiresIn = "expires-in"

// NewTxCommands are the commands that `zhiliand tx access` gets besides those made from the service.
func NewTxCommands() []*cobra.Command {
	return []*cobra.Command{
		newProposeActionCommand(), newApproveActionCommand(),
		newRotateKeyCommand(), newKeyProofCommand(), newRecoverOperatorCommand(),
	}
}

func newProposeActionCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "propose-action FILE.json...",
		Short: "Prepare messages that others must approve (dual control)",
		Long: `Prepare messages that others must approve before they are executed together, all or none.

Each file holds a transaction as any "zhiliand tx ... --generate-only" writes it; "-" reads one from the standard
input. You must be the only signer of every message. What would fail whoever approves it is refused at once. The
answer's event EventActionProposed names the action's number; an approver runs "approve-action" with it.`,
		Example: `  zhiliand tx settlement pay ... --from accountant --generate-only > payment.json
  zhiliand tx access propose-action payment.json --from accountant
  zhiliand tx access propose-action a.json b.json --expires-in 24h --from accountant`,
		Args: cobra.RangeArgs(1, types.MaxActionMessages),
		RunE: func(command *cobra.Command, files []string) error {
			ctx, err := client.GetClientTxContext(command)
			if err != nil {
				return err
			}
			in, err := command.Flags().GetDuration(flagExpiresIn)
			if err != nil {
				return err
			}
			msg, err := readProposal(ctx, files, command.InOrStdin())
			if err != nil {
				return err
			}
			if in > 0 {
				msg.ExpiresAt = time.Now().UTC().Add(in)
			}
			return tx.GenerateOrBroadcastTxCLI(ctx, command.Flags(), msg)
		},
	}
	command.Flags().Duration(flagExpiresIn, 0, "how long it waits for approvals, e.g. 24h; the network's time if it is left out")
	flags.AddTxFlagsToCmd(command)
	return command
}

func readProposal(ctx client.Context, files []string, stdin io.Reader) (*types.MsgProposeAction, error) {
	msg := &types.MsgProposeAction{Operator: ctx.GetFromAddress().String()}
	for _, name := range files {
		text, err := readFile(name, stdin)
		if err != nil {
			return nil, err
		}
		decoded, err := ctx.TxConfig.TxJSONDecoder()(text)
		if err != nil {
			return nil, fmt.Errorf("%s is no transaction as --generate-only writes it: %w", name, err)
		}
		for _, inner := range decoded.GetMsgs() {
			packed, err := codectypes.NewAnyWithValue(inner)
			if err != nil {
				return nil, err
			}
			msg.Messages = append(msg.Messages, packed)
		}
	}
	return msg, msg.Validate()
}

func readFile(name string, stdin io.Reader) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(stdin)
	}
	return os.ReadFile(name)
}

func newApproveActionCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "approve-action ID",
		Short: "Look at an action and approve it; the last approval that it needs executes it",
		Long: `Look at an action and approve it. It shows who proposed what, asks whether you approve, and signs for exactly
what it has shown: if the action were another one by then, the approval would be refused. Nobody approves what
they proposed themselves, with whatever key. --yes does not ask.`,
		Example: "  zhiliand tx access approve-action 7 --from director",
		Args:    cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, args []string) error {
			ctx, err := client.GetClientTxContext(command)
			if err != nil {
				return err
			}
			action, err := fetchAction(command, ctx, args[0])
			if err != nil {
				return err
			}
			if err := Describe(command.ErrOrStderr(), ctx.Codec.MarshalInterfaceJSON, action); err != nil {
				return err
			}
			if !ctx.SkipConfirm && !ctx.GenerateOnly {
				yes, err := input.GetConfirmation("Approve this action?", bufio.NewReader(command.InOrStdin()), command.ErrOrStderr())
				if err != nil || !yes {
					return err
				}
			}
			return tx.GenerateOrBroadcastTxCLI(ctx.WithSkipConfirmation(true), command.Flags(), &types.MsgApproveAction{
				Operator: ctx.GetFromAddress().String(), ActionId: action.Id, Digest: action.Digest, Units: action.Units,
			})
		},
	}
	flags.AddTxFlagsToCmd(command)
	return command
}

// fetchAction asks a node, and believes it no more than the digest allows: that one is computed here.
func fetchAction(command *cobra.Command, ctx client.Context, text string) (types.Action, error) {
	id, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return types.Action{}, fmt.Errorf("%q is no number of an action", text)
	}
	answer, err := types.NewQueryClient(ctx).Action(command.Context(), &types.QueryActionRequest{ActionId: id})
	if err != nil {
		return types.Action{}, err
	}
	action := answer.Action
	if action.Status != types.ActionStatus_ACTION_STATUS_PENDING {
		return types.Action{}, types.ErrActionDecided.Wrapf("action %d is %s", id, action.Status)
	}
	if !bytes.Equal(types.ActionDigest(action.Messages), action.Digest) {
		return types.Action{}, types.ErrDigestMismatch.Wrapf("the node shows other messages than action %d has: ask another node", id)
	}
	return action, nil
}

// Describe writes an action in words and its messages as JSON, which marshal writes.
func Describe(w io.Writer, marshal func(proto.Message) ([]byte, error), action types.Action) error {
	var text bytes.Buffer
	scope := action.InstitutionId
	if action.PartyId != "" {
		scope = action.PartyId + ", a party of " + action.InstitutionId
	}
	fmt.Fprintf(&text, "Action %d of %s\n", action.Id, scope)
	fmt.Fprintf(&text, "  proposed by  %s (holder %s) at %s\n", action.Maker, action.MakerHolder, action.ProposedAt.UTC().Format(time.RFC3339))
	fmt.Fprintf(&text, "  expires      %s\n", action.ExpiresAt.UTC().Format(time.RFC3339))
	fmt.Fprintf(&text, "  policies     %v, %d approvals so far\n", action.Policies, len(action.Approvals))
	fmt.Fprintf(&text, "  digest       %x\n", action.Digest)
	for i, packed := range action.Messages {
		msg, ok := packed.GetCachedValue().(sdk.Msg)
		if !ok {
			return fmt.Errorf("message %d (%s) is of a kind that this version does not know: do not approve what you cannot read", i+1, packed.TypeUrl)
		}
		raw, err := marshal(msg)
		if err != nil {
			return err
		}
		fmt.Fprintf(&text, "Message %d of %d: %s\n", i+1, len(action.Messages), packed.TypeUrl)
		if moved := moves(raw); moved != "" {
			fmt.Fprintf(&text, "  moves %s\n", moved)
		}
		if err := json.Indent(&text, raw, "  ", "  "); err != nil {
			return err
		}
		text.WriteString("\n")
	}
	_, err := w.Write(text.Bytes())
	return err
}

// moves says how much money a message moves, if it names a currency and amounts as payments do; else nothing.
func moves(raw []byte) string {
	var payment struct {
		Currency  string
		Amount    string
		Transfers []struct{ Amount string }
	}
	if json.Unmarshal(raw, &payment) != nil || payment.Currency == "" {
		return ""
	}
	total, known := new(big.Int).SetString(payment.Amount, 10)
	if !known {
		total = new(big.Int)
	}
	for _, transfer := range payment.Transfers {
		amount, valid := new(big.Int).SetString(transfer.Amount, 10)
		if !valid {
			return ""
		}
		total.Add(total, amount)
	}
	if n := len(payment.Transfers); n > 0 {
		return fmt.Sprintf("%s %s in minor units, in %d transfers", total, payment.Currency, n)
	}
	if !known {
		return ""
	}
	return fmt.Sprintf("%s %s in minor units", total, payment.Currency)
}
