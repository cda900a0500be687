package dispute

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	sdkclient "github.com/cosmos/cosmos-sdk/client"
	"github.com/cosmos/cosmos-sdk/client/flags"

	"github.com/zhilian-network/zhilian/gateway/client"
	"github.com/zhilian-network/zhilian/gateway/terminal"
	access "github.com/zhilian-network/zhilian/x/access/types"
)

// tool is what the commands take from their surroundings.
type tool struct {
	open func(ctx context.Context, clientCtx sdkclient.Context) (Chain, error)
}

// NewCommand is `zhiliand dispute`.
func NewCommand() *cobra.Command { return tool{open: newNetwork}.command() }

func (t tool) command() *cobra.Command {
	command := &cobra.Command{
		Use:   "dispute",
		Short: "File a case, see where it stands and until when, and vote on a panel",
		Long: `File a case, see where it stands and until when, and vote on a panel.

What the ledger knows of a matter comes to the case by itself: you are asked what is wrong and what would put it
right, and nothing else. Answers can be given as flags. Everything that can be done in a case is among
"zhiliand tx dispute" and "zhiliand query dispute".

Exit codes: 0 done, 1 refused or failed, 2 wrong usage.`,
		Example: `  zhiliand dispute file 7a6c7a6c-58ba-4c7c-9d2e-3f1b0c6d8e21 --from acme-accountant
  zhiliand dispute file attestation 12 --reason credit-data --ask correct=overdue=0 --ask rerate=sme-1y --yes --from acme
  zhiliand dispute status 7 --from acme-accountant
  zhiliand dispute vote 7 --grant 0=600.00 --grant 1 --from arbitrator
  zhiliand dispute reveal 7 --from arbitrator`,
		RunE: sdkclient.ValidateCmd,
	}
	command.AddCommand(t.newFileCommand(), t.newStatusCommand(), t.newVoteCommand(), t.newRevealCommand())
	return command
}

// addFlags gives a command the flags of all: the node, the operator's key, and the form of the answer.
func addFlags(command *cobra.Command) {
	f := command.Flags()
	client.AddNodeFlags(f)
	client.AddKeyFlags(f)
	f.StringP(flags.FlagOutput, "o", flags.OutputFormatText, "what to print: text or json")
}

// session is one command line.
type session struct {
	command   *cobra.Command
	clientCtx sdkclient.Context
	chain     Chain
	answers   *bufio.Reader
}

func (t tool) begin(command *cobra.Command) (*session, error) {
	command.SilenceUsage = true
	clientCtx, err := sdkclient.GetClientTxContext(command)
	if err != nil {
		return nil, err
	}
	if known := []string{flags.OutputFormatText, flags.OutputFormatJSON}; !slices.Contains(known, clientCtx.OutputFormat) {
		return nil, usagef("--%s must be one of %v", flags.FlagOutput, known)
	}
	if clientCtx.FromName == "" {
		return nil, usagef("give the operator's key: --%s", flags.FlagFrom)
	}
	s := &session{command: command, clientCtx: clientCtx, answers: bufio.NewReader(command.InOrStdin())}
	s.chain, err = t.open(command.Context(), clientCtx)
	if errors.Is(err, client.ErrOtherNetwork) {
		return nil, usagef("%v", err)
	}
	return s, err
}

func (s *session) ctx() context.Context { return s.command.Context() }

// own is whom the operator acts for.
func (s *session) own() (access.Member, error) {
	operator, err := s.chain.Operator(s.ctx())
	if err != nil {
		return access.Member{}, client.Plain(err)
	}
	return access.Member{InstitutionId: operator.InstitutionId, PartyId: operator.PartyId}, nil
}

// ask asks a question beside the answer, so that what is printed can be read by a program. Without an answer the
// flag is named that gives it.
func (s *session) ask(question, flag string) (string, error) {
	s.command.PrintErr(terminal.Inert(question) + " ")
	line, err := s.answers.ReadString('\n')
	line = strings.TrimSpace(line)
	if line == "" {
		if err != nil && !errors.Is(err, io.EOF) {
			return "", err
		}
		return "", usagef("no answer; give --%s", flag)
	}
	return line, nil
}

// print shows an answer as JSON, or as text writes it.
func (s *session) print(answer any, text func(w io.Writer) error) error {
	w := s.command.OutOrStdout()
	if s.clientCtx.OutputFormat != flags.OutputFormatJSON {
		return text(w)
	}
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(answer)
}

// say prints a line whose values are made inert.
func say(w io.Writer, format string, values ...any) error {
	for i, value := range values {
		if text, isText := value.(string); isText {
			values[i] = terminal.Inert(text)
		}
	}
	_, err := fmt.Fprintf(w, format+"\n", values...)
	return err
}
