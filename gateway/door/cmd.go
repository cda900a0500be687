package door

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/cosmos/cosmos-sdk/client"
	"github.com/cosmos/cosmos-sdk/client/flags"
)

// NewCommand is `zhiliand door`.
func NewCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "door",
		Short: "Prove a key to a node, to read what its operator may",
		Args:  cobra.NoArgs,
		RunE:  func(command *cobra.Command, _ []string) error { return command.Help() },
	}
	command.AddCommand(newTokenCommand())
	return command
}

func newTokenCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "token --from NAME",
		Short: "Get a token for REST and gRPC",
		Long: `Sign a challenge of the node with a key of the keyring, and print the token that the node gives for it.

The token holds for a quarter of an hour, on this node only. Whoever has it reads what the operator may
read: keep it out of files and logs.`,
		Example: `  curl -H "Authorization: Bearer $(zhiliand door token --from cfo --home net/keys)" \
    http://localhost:1317/zhilian/gateway/v1/accounts/zhilian1…/payments`,
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			ctx, err := client.GetClientQueryContext(command)
			if err != nil {
				return err
			}
			reader, err := ReaderFrom(ctx, command)
			if err != nil {
				return err
			}
			token, err := reader.Open(command.Context(), ctx)
			if err != nil {
				return err
			}
			return printToken(command, ctx.OutputFormat, token)
		},
	}
	flags.AddQueryFlagsToCmd(command)
	flags.AddKeyringFlags(command.Flags())
	command.Flags().String(flags.FlagFrom, "", "name or address of the operator's key")
	_ = command.MarkFlagRequired(flags.FlagFrom) // the flag is there: it was added above
	return command
}

// ReaderFrom finds the key that --from names in the keyring of a command.
func ReaderFrom(ctx client.Context, command *cobra.Command) (Reader, error) {
	from, err := command.Flags().GetString(flags.FlagFrom)
	if err != nil {
		return Reader{}, err
	}
	if ctx.Keyring == nil {
		ring, err := client.NewKeyringFromBackend(ctx, backendOf(ctx, command))
		if err != nil {
			return Reader{}, err
		}
		ctx = ctx.WithKeyring(ring)
	}
	address, name, _, err := client.GetFromFields(ctx, ctx.Keyring, from)
	if err != nil {
		return Reader{}, fmt.Errorf("--from %s: %w", from, err)
	}
	return Reader{Keyring: ctx.Keyring, Name: name, Address: address.String()}, nil
}

// backendOf is the keyring of the flag, or else of client.toml.
func backendOf(ctx client.Context, command *cobra.Command) string {
	if flag := command.Flags().Lookup(flags.FlagKeyringBackend); flag != nil && flag.Changed {
		return flag.Value.String()
	}
	if ctx.Viper != nil {
		if backend := ctx.Viper.GetString(flags.FlagKeyringBackend); backend != "" {
			return backend
		}
	}
	return flags.DefaultKeyringBackend
}

func printToken(command *cobra.Command, format string, token Token) error {
	out := command.OutOrStdout()
	if format != "json" {
		_, err := fmt.Fprintln(out, token.Token)
		return err
	}
	text, err := json.Marshal(map[string]string{
		"token": token.Token, "operator": token.Operator, "expires_at": token.ExpiresAt.UTC().Format(time.RFC3339),
	})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(out, string(text))
	return err
}
