package door

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"io"
	"path/filepath"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"sigs.k8s.io/yaml"

	"github.com/cosmos/cosmos-sdk/client"
	"github.com/cosmos/cosmos-sdk/client/flags"

	"github.com/zhilian-network/zhilian/privacy"
)

// tokensFolder is where a home keeps the tokens of its nodes.
const tokensFolder = "tokens"

// Connect has all queries of a command prove the key of --from where the node wants that, over CometBFT's RPC
// and gRPC. It reads the flags that name the node: what reads them later finds the connection there.
func Connect(ctx client.Context, command *cobra.Command) (client.Context, error) {
	if node := taken(command, flags.FlagNode); node != "" {
		made, err := client.NewClientFromNode(node)
		if err != nil {
			return ctx, err
		}
		ctx = ctx.WithNodeURI(node).WithClient(made)
	}
	a := newAsker(ctx, command)
	if address := taken(command, flags.FlagGRPC); address != "" {
		conn, err := dial(command, address, a)
		if err != nil {
			return ctx, err
		}
		ctx = ctx.WithGRPCClient(conn)
		a.cache.node = address
	}
	return ctx.WithClient(rpc{CometRPC: ctx.Client, asker: a, queries: ctx}), nil
}

func newAsker(ctx client.Context, command *cobra.Command) *asker {
	return &asker{
		rules: ProtoRules{}, masked: map[string]bool{},
		cache: tokenCache{folder: filepath.Join(ctx.HomeDir, tokensFolder), node: ctx.NodeURI},
		reader: func() (Reader, error) {
			if from := command.Flags().Lookup(flags.FlagFrom); from == nil || from.Value.String() == "" {
				return Reader{}, errNoKey
			}
			chosen, err := client.GetClientQueryContext(command) // with the keyring that the flags choose
			if err != nil {
				return Reader{}, err
			}
			return ReaderFrom(chosen, command)
		},
	}
}

// taken is the value of a flag that was given, which then counts as read. The SDK would make a connection of
// its own for it.
func taken(command *cobra.Command, name string) string {
	flag := command.Flags().Lookup(name)
	if flag == nil || !flag.Changed {
		return ""
	}
	flag.Changed = false
	return flag.Value.String()
}

func dial(command *cobra.Command, address string, a *asker) (*grpc.ClientConn, error) {
	security := credentials.NewTLS(&tls.Config{MinVersion: tls.VersionTLS12})
	if plain, err := command.Flags().GetBool(flags.FlagGRPCInsecure); err == nil && plain {
		security = insecure.NewCredentials()
	}
	return grpc.NewClient(address, grpc.WithTransportCredentials(security), grpc.WithUnaryInterceptor(a.intercept))
}

// AddFlags gives a query the flag that names the key of who asks.
func AddFlags(set *pflag.FlagSet) {
	set.String(flags.FlagFrom, "", "name or address of an operator's key, for what the node does not answer everyone")
}

// TokenOf gets a new token of the node behind a context, for what is not asked over gRPC or CometBFT's RPC;
// empty if the command names no key.
func TokenOf(ctx client.Context) func(context.Context) (string, error) {
	return func(call context.Context) (string, error) {
		through, ok := ctx.Client.(rpc)
		if !ok {
			return "", nil
		}
		token, err := through.asker.fetch(call, func(ctx context.Context, reader Reader) (Token, error) {
			return reader.Open(ctx, through.queries)
		})
		if errors.Is(err, errNoKey) {
			return "", nil
		}
		return token, err
	}
}

// Printing is a connection for a command that prints the answer as it is. Of a masked answer it prints what
// is left, and names what was taken out, as REST does.
func Printing(ctx client.Context, command *cobra.Command) grpc.ClientConnInterface {
	return printing{ctx, command}
}

type printing struct {
	client.Context
	command *cobra.Command
}

// Invoke asks, and prepares the output.
func (p printing) Invoke(ctx context.Context, method string, request, response any, options ...grpc.CallOption) error {
	if err := p.Context.Invoke(ctx, method, request, response, options...); err != nil {
		return err
	}
	if through, ok := p.Client.(rpc); ok && through.asker.wasMasked(method) {
		p.command.SetOut(maskedOutput{to: p.command.OutOrStdout(), method: method, text: p.OutputFormat == flags.OutputFormatText})
	}
	return nil
}

// maskedOutput writes a masked answer that comes in one piece.
type maskedOutput struct {
	to     io.Writer
	method string
	text   bool // as YAML
}

// Write fails rather than that it shows a zero for what was masked.
func (o maskedOutput) Write(printed []byte) (int, error) {
	asJSON, err := printed, error(nil)
	if o.text {
		if asJSON, err = yaml.YAMLToJSON(printed); err != nil {
			return 0, err
		}
	}
	left, err := privacy.MaskJSON(privacy.AnswerOf(o.method), asJSON, privacy.Anyone)
	if err != nil {
		return 0, err
	}
	if left, err = o.format(printed, left); err != nil {
		return 0, err
	}
	if _, err := o.to.Write(left); err != nil {
		return 0, err
	}
	return len(printed), nil
}

func (o maskedOutput) format(printed, left []byte) ([]byte, error) {
	if o.text {
		return yaml.JSONToYAML(left)
	}
	if bytes.Count(printed, []byte("\n")) <= 1 { // --no-indent
		return append(left, '\n'), nil
	}
	var indented bytes.Buffer
	err := json.Indent(&indented, left, "", "  ")
	indented.WriteByte('\n')
	return indented.Bytes(), err
}
