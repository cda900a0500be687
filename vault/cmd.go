package vault

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	sdkclient "github.com/cosmos/cosmos-sdk/client"
	"github.com/cosmos/cosmos-sdk/client/flags"

	"github.com/zhilian-network/zhilian/crypto/vaultkeys"
	"github.com/zhilian-network/zhilian/gateway/client"
	"github.com/zhilian-network/zhilian/gateway/terminal"
	access "github.com/zhilian-network/zhilian/x/access/types"
)

const (
	flagSuite     = "suite"
	flagFor       = "for"
	flagPlain     = "plain"
	flagRegister  = "register"
	flagOffline   = "offline"
	flagOf        = "of"
	flagLevel     = "level"
	flagSubject   = "subject"
	flagPurpose   = "purpose"
	flagMediaType = "media-type"
	flagReader    = "reader"
	flagOutside   = "outside"
	flagCipher    = "cipher"
	flagWith      = "with"
	flagKey       = "key"
	flagRequest   = "request"
	flagFile      = "file"
	flagOut       = "out"
	flagNote      = "note"
	flagYes       = "yes"
	flagLimit     = "limit"

	stdinName    = "-"
	defaultLimit = 200
	maxLimit     = 20_000
)

// tool is what the commands take from their surroundings.
type tool struct {
	open       func(ctx context.Context, clientCtx sdkclient.Context) (Chain, error)
	isTerminal func(io.Writer) bool
}

// NewCommand is `zhiliand vault`.
func NewCommand() *cobra.Command {
	return tool{
		open: func(ctx context.Context, clientCtx sdkclient.Context) (Chain, error) {
			return newNetwork(ctx, clientCtx)
		},
		isTerminal: isTerminal,
	}.command()
}

func (t tool) command() *cobra.Command {
	command := &cobra.Command{
		Use:   "vault",
		Short: "Seal records for their readers, share and open them, and see who did",
		Long: `Seal records for their readers, share and open them, and see who did.

Everything is sealed and opened on this machine. A node gets ciphertext, sealed keys and digests; private
keys lie in HOME/vault/NAME.json, protected by a passphrase that is asked for, or taken from the
environment variable ` + vaultkeys.Env + `.

Exit codes: 0 done, 1 refused or failed, 2 wrong usage.`,
		Example: `  zhiliand vault keygen acme-2026 --from accountant
  zhiliand vault put statement.pdf --level 3 --subject BQDQ/acme --purpose credit-rating --from accountant
  zhiliand vault share 7 --with CITY --purpose credit-rating --from accountant
  zhiliand vault open 7 --out statement.pdf --from rater
  zhiliand vault trail 7 --from accountant`,
		RunE: sdkclient.ValidateCmd,
	}
	command.AddCommand(
		t.newKeygenCommand(), t.newRegisterCommand(), t.newKeysCommand(),
		t.newPutCommand(), t.newOpenCommand(), t.newShareCommand(),
		t.newRequestCommand(), t.newRequestsCommand(), t.newDenyCommand(),
		t.newRevokeCommand(), t.newEraseCommand(), t.newTrailCommand(), t.newListCommand(),
	)
	return command
}

// addFlags gives a command the flags of all: the node, the operator's key, and the form of the answer.
func addFlags(command *cobra.Command) {
	f := command.Flags()
	client.AddNodeFlags(f)
	client.AddKeyFlags(f)
	f.StringP(flags.FlagOutput, "o", flags.OutputFormatText, "what to print: text or json")
}

func addLimitFlag(command *cobra.Command) {
	command.Flags().Int(flagLimit, defaultLimit, "most rows to show")
}

// session is one command line.
type session struct {
	tool
	command   *cobra.Command
	clientCtx sdkclient.Context
	ring      vaultkeys.Ring
	ask       vaultkeys.Ask
	chain     Chain
}

// offline begins a session that has not asked a node yet.
func (t tool) offline(command *cobra.Command) (*session, error) {
	command.SilenceUsage = true
	clientCtx, err := sdkclient.GetClientTxContext(command)
	if err != nil {
		return nil, err
	}
	if known := []string{flags.OutputFormatText, flags.OutputFormatJSON}; !slices.Contains(known, clientCtx.OutputFormat) {
		return nil, usagef("--%s must be one of %v", flags.FlagOutput, known)
	}
	return &session{
		tool: t, command: command, clientCtx: clientCtx,
		ring: vaultkeys.New(clientCtx.HomeDir), ask: vaultkeys.NewAsk(command.InOrStdin()),
	}, nil
}

// reading begins a session that asks a node, as an operator if one is named.
func (t tool) reading(command *cobra.Command) (*session, error) {
	s, err := t.offline(command)
	if err != nil {
		return nil, err
	}
	return s, s.connect()
}

// writing begins a session that sends a transaction.
func (t tool) writing(command *cobra.Command) (*session, error) {
	s, err := t.offline(command)
	if err != nil {
		return nil, err
	}
	if err := s.needKey(); err != nil {
		return nil, err
	}
	return s, s.connect()
}

func (s *session) needKey() error {
	if s.clientCtx.FromName == "" {
		return usage("give the operator's key: --" + flags.FlagFrom)
	}
	return nil
}

func (s *session) connect() error {
	var err error
	s.chain, err = s.open(s.ctx(), s.clientCtx)
	if errors.Is(err, client.ErrOtherNetwork) {
		return usage(err.Error())
	}
	return err
}

func (s *session) ctx() context.Context { return s.command.Context() }

func (s *session) text(flag string) string { return s.command.Flag(flag).Value.String() }

func (s *session) flag(name string) bool { return s.text(name) == "true" }

func (s *session) purpose() (access.Purpose, error) { return parsePurpose(s.text(flagPurpose)) }

func (s *session) limit() (int, error) {
	limit, err := s.command.Flags().GetInt(flagLimit)
	if err == nil && (limit < 1 || limit > maxLimit) {
		err = usagef("--%s must be 1 to %d", flagLimit, maxLimit)
	}
	return limit, err
}

// member is the one that a flag names, or else the one that the operator acts for.
func (s *session) member(flag string) (access.Member, error) {
	if text := s.text(flag); text != "" {
		return parseMember(flag, text)
	}
	if s.chain.Address() == "" {
		return access.Member{}, usagef("give --%s, or --%s to ask about whom your key acts for", flag, flags.FlagFrom)
	}
	operator, err := s.chain.Operator(s.ctx())
	if err != nil {
		return access.Member{}, plain(err)
	}
	return access.Member{InstitutionId: operator.InstitutionId, PartyId: operator.PartyId}, nil
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

// say prints lines whose values are made inert.
func say(w io.Writer, format string, values ...any) error {
	for i, value := range values {
		if text, isText := value.(string); isText {
			values[i] = terminal.Inert(text)
		}
	}
	_, err := fmt.Fprintf(w, format+"\n", values...)
	return err
}

// sent is where a transaction stands, as part of an answer.
type sent struct {
	TxHash string `json:"tx_hash"`
	Height int64  `json:"height"`
}

func sentAs(receipt client.Receipt) sent { return sent{TxHash: receipt.TxHash, Height: receipt.Height} }

func (s sent) say(w io.Writer) error {
	return say(w, "  transaction %s in block %d", s.TxHash, s.Height)
}

func (s *session) noteMore(more bool) {
	if more {
		s.command.PrintErrf("There are more: raise --%s.\n", flagLimit)
	}
}
