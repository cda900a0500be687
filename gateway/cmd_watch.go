package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/encoding/protojson"

	sdkclient "github.com/cosmos/cosmos-sdk/client"
	"github.com/cosmos/cosmos-sdk/client/flags"
	"github.com/cosmos/cosmos-sdk/server"

	"cosmossdk.io/math"

	gatewayv1 "github.com/zhilian-network/zhilian/api/zhilian/gateway/v1"
	"github.com/zhilian-network/zhilian/gateway/door"
	"github.com/zhilian-network/zhilian/gateway/index"
	"github.com/zhilian-network/zhilian/gateway/live"
	"github.com/zhilian-network/zhilian/gateway/terminal"
	"github.com/zhilian-network/zhilian/iso20022/money"
)

const (
	// Not "api": a flag is also a key of app.toml, and that one is a section there.
	flagAPI     = "api-url"
	flagAfter   = "after"
	flagCount   = "count"
	flagTimeout = "timeout"

	defaultAPI = "http://localhost:1317"
)

// ErrTooFewEvents says that a watch ended before it had seen what it was to see: exit code 1.
var ErrTooFewEvents = errors.New("time is up before all events came")

var errSeenAll = errors.New("all events were seen")

func newWatchCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "watch ADDRESS",
		Short: "Tell what happens to an account as it happens",
		Long: `Tell what happens to an account as it happens: payments as they are decided, and what moved its balance.

It begins with the newest block, or behind the cursor of --after. A lost connection is taken up again
where it ended, without a gap and without a repeat; cursors are good for every node of the network. It
ends with Ctrl-C, after --count events, or after --timeout. With -o json each message is one line.`,
		Example: `  zhiliand iso watch zhilian1... --api-url http://localhost:1317
  zhiliand iso watch zhilian1... --count 1 --timeout 30s -o json`,
		Args: cobra.ExactArgs(1),
		RunE: watch,
	}
	f := command.Flags()
	door.AddFlags(f)
	flags.AddKeyringFlags(f)
	f.String(flagAPI, "", "URL of a node's API server (default "+flagAPI+" of client.toml or api.address of app.toml in HOME/config, or "+defaultAPI+")")
	f.String(flagAfter, "", "cursor of the last event that was seen")
	f.Int(flagCount, 0, "end after so many events; 0: never")
	f.Duration(flagTimeout, 0, "end after a time, such as 30s; 0: never")
	f.StringP(flags.FlagOutput, "o", flags.OutputFormatText, "what to print: text or json")
	return command
}

func watch(command *cobra.Command, args []string) error {
	clientCtx := sdkclient.GetClientContextFromCmd(command)
	if command.Flags().Changed(flags.FlagOutput) || clientCtx.OutputFormat == "" {
		clientCtx.OutputFormat, _ = command.Flags().GetString(flags.FlagOutput)
	}
	format, err := outputFormat(clientCtx, flags.OutputFormatText, flags.OutputFormatJSON)
	if err != nil {
		return err
	}
	count, err := command.Flags().GetInt(flagCount)
	if err != nil {
		return err
	}
	timeout, err := command.Flags().GetDuration(flagTimeout)
	if err != nil {
		return err
	}
	if count < 0 || timeout < 0 {
		return usage("--" + flagCount + " and --" + flagTimeout + " are not negative")
	}
	ctx := command.Context()
	if timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, timeout)
		defer cancel()
	}
	client := &live.Client{API: apiOf(command), Account: args[0], Lost: func(err error, wait time.Duration) {
		command.PrintErrf("connection lost (%s); connecting again in %s\n", terminal.Inert(err.Error()), wait)
	}}
	client.Token = door.TokenOf(clientCtx)
	if client.After, err = command.Flags().GetString(flagAfter); err != nil {
		return err
	}
	return ended(client.Watch(ctx, teller(command.OutOrStdout(), format, count)), count)
}

// ended turns the end of a watch into the command's.
func ended(err error, count int) error {
	switch {
	case errors.Is(err, errSeenAll), errors.Is(err, context.Canceled):
		return nil
	case errors.Is(err, context.DeadlineExceeded) && count > 0:
		return ErrTooFewEvents
	case errors.Is(err, context.DeadlineExceeded):
		return nil
	}
	return err
}

// apiOf is where the flag or the home's configuration, a client's or a node's, says that the API
// server is.
func apiOf(command *cobra.Command) string {
	if given, _ := command.Flags().GetString(flagAPI); given != "" {
		return given
	}
	clientCtx := sdkclient.GetClientContextFromCmd(command)
	if clientCtx.Viper != nil {
		if url := clientCtx.Viper.GetString(flagAPI); url != "" {
			return url
		}
	}
	serverCtx := server.GetServerContextFromCmd(command)
	if address := serverCtx.Viper.GetString("api.address"); address != "" {
		// A server that listens on all addresses is asked on this machine's own.
		return strings.Replace(address, "//0.0.0.0:", "//127.0.0.1:", 1)
	}
	return defaultAPI
}

// teller prints each message, and says when count events were printed.
func teller(w io.Writer, format string, count int) func(live.Message) error {
	seen := 0
	return func(message live.Message) error {
		if err := tell(w, format, message); err != nil {
			return err
		}
		if message.Type != live.TypeStart {
			seen++
		}
		if count > 0 && seen == count {
			return errSeenAll
		}
		return nil
	}
}

func tell(w io.Writer, format string, message live.Message) error {
	if format == flags.OutputFormatJSON {
		return json.NewEncoder(w).Encode(message)
	}
	text, err := inWords(message)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(w, terminal.Inert(text))
	return err
}

// inWords is a message in one line.
func inWords(message live.Message) (string, error) {
	switch message.Type {
	case live.TypeStart:
		text := fmt.Sprintf("Watching; the node's index stands at block %d.", message.IndexedHeight)
		if message.CompleteFromHeight > 1 {
			text += fmt.Sprintf(" It is incomplete below block %d.", message.CompleteFromHeight)
		}
		return text, nil
	case live.TypePayment:
		var row gatewayv1.PaymentRow
		if err := protojson.Unmarshal(message.Payment, &row); err != nil {
			return "", err
		}
		return fmt.Sprintf("payment %s  %s  %s -> %s  %s", row.Uetr, amountOf(row.Currency, row.Amount), row.Debtor, row.Creditor, row.Explanation), nil
	case live.TypeEntry:
		var row gatewayv1.Entry
		if err := protojson.Unmarshal(message.Entry, &row); err != nil {
			return "", err
		}
		return entryInWords(&row), nil
	}
	// A node that is newer than this program may tell more.
	return fmt.Sprintf("%s at %s", message.Type, message.Cursor), nil
}

func entryInWords(row *gatewayv1.Entry) string {
	sign := "-"
	if row.Credit {
		sign = "+"
	}
	text := fmt.Sprintf("entry   %s%s  %s in block %d on %s", sign, amountOf(row.Currency, row.Amount), row.Kind, row.Height,
		row.BookedAt.AsTime().UTC().Format(time.DateTime+" UTC"))
	if row.Kind == index.KindPayment {
		text += "  " + row.Uetr
	}
	return text
}

// amountOf writes minor units with the currency's decimals, or as they are if the currency is not in
// ISO 4217.
func amountOf(currency, minor string) string {
	if amount, ok := math.NewIntFromString(minor); ok {
		if text := money.FormatMinor(currency, amount); text != "" {
			return text + " " + currency
		}
	}
	return minor + " minor units of " + currency
}
