package settlement_test

import (
	"encoding/base64"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	autocliv1 "cosmossdk.io/api/cosmos/autocli/v1"
	gogoproto "github.com/cosmos/gogoproto/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/cosmos/cosmos-sdk/codec"
	codectypes "github.com/cosmos/cosmos-sdk/codec/types"

	"github.com/zhilian-network/zhilian/x/settlement"
	"github.com/zhilian-network/zhilian/x/settlement/domain"
	"github.com/zhilian-network/zhilian/x/settlement/types"
)

func readme(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("README.md")
	require.NoError(t, err)
	return string(text)
}

func TestTheReadmeListsEveryErrorWithItsCodeAndReason(t *testing.T) {
	text, seen := readme(t), map[string]bool{}
	file, err := parser.ParseFile(token.NewFileSet(), "types/errors.go", nil, 0)
	require.NoError(t, err)
	ast.Inspect(file, func(node ast.Node) bool {
		spec, ok := node.(*ast.ValueSpec)
		if !ok {
			return true
		}
		arguments := spec.Values[0].(*ast.CallExpr).Args
		code := arguments[1].(*ast.BasicLit).Value
		description := arguments[len(arguments)-1].(*ast.BasicLit).Value
		number, err := strconv.ParseUint(code, 10, 32)
		require.NoError(t, err)
		require.False(t, seen[code], "code %s is used twice", code)
		seen[code] = true
		row := fmt.Sprintf("| %s | `%s` | %s | %s |", code, spec.Names[0].Name,
			types.ISOReasonByCode(types.ModuleName, uint32(number)), strings.Trim(description, `"`))
		require.Contains(t, text, strings.ReplaceAll(row, "|  |", "| |"))
		return true
	})
	require.Len(t, seen, 63)
}

func TestTheReadmeListsEveryMessageQueryAndEvent(t *testing.T) {
	text := readme(t)
	for _, path := range []string{"tx", "query"} {
		methods := descriptor(t, path).Services().Get(0).Methods()
		for i := range methods.Len() {
			require.Contains(t, text, "| `"+string(methods.Get(i).Name())+"` |")
		}
	}
	events := descriptor(t, "events").Messages()
	for i := range events.Len() {
		if !strings.HasPrefix(string(events.Get(i).Name()), "Event") {
			continue // a part of one
		}
		require.Contains(t, text, "| `"+string(events.Get(i).Name())+"` |")
	}
}

func descriptor(t *testing.T, name string) protoreflect.FileDescriptor {
	t.Helper()
	file, err := gogoproto.HybridResolver.FindFileByPath("zhilian/settlement/v1/" + name + ".proto")
	require.NoError(t, err)
	return file
}

func TestTheReadmeShowsTheStateMachinesAsTheyAre(t *testing.T) {
	text := readme(t)
	rows := 0
	for from := range types.PaymentStatus_name {
		for _, event := range []domain.PaymentEvent{domain.Receive, domain.Settle, domain.Reject} {
			if to, err := domain.NextPaymentStatus(types.PaymentStatus(from), event); err == nil {
				rows++
				require.Contains(t, text, fmt.Sprintf("| %s | %s | %s |", short(types.PaymentStatus(from)), event, short(to)))
			}
		}
	}
	for from := range types.AccountStatus_name {
		for _, event := range []domain.AccountEvent{domain.Open, domain.Block, domain.Close} {
			if to, err := domain.NextAccountStatus(types.AccountStatus(from), event); err == nil {
				rows++
				require.Contains(t, text, fmt.Sprintf("| %s | %s | %s |", short(types.AccountStatus(from)), event, short(to)))
			}
		}
	}
	for from := range types.HoldStatus_name {
		for _, event := range domain.HoldEvents {
			if to, err := domain.NextHoldStatus(types.HoldStatus(from), event); err == nil {
				rows++
				require.Contains(t, text, fmt.Sprintf("| %s | %s | %s |", short(types.HoldStatus(from)), event, short(to)))
			}
		}
	}
	held := 0
	for _, event := range domain.HoldEvents {
		held += strings.Count(text, " | "+event.String()+" | ")
	}
	require.Equal(t, rows, held+strings.Count(text, " | receive | ")+strings.Count(text, " | settle | ")+strings.Count(text, " | reject | ")+
		strings.Count(text, " | open | ")+strings.Count(text, " | block | ")+strings.Count(text, " | close | "))
}

// short is the last word of an enum value; UNSPECIFIED reads "none".
func short(value fmt.Stringer) string {
	words := strings.Split(value.String(), "_")
	return strings.ReplaceAll(words[len(words)-1], "UNSPECIFIED", "none")
}

func TestEveryCommandHasAnExampleThatNamesItsArguments(t *testing.T) {
	options := settlement.AppModule{}.AutoCLIOptions()
	for path, service := range map[string]*autocliv1.ServiceCommandDescriptor{"tx": options.Tx, "query": options.Query} {
		methods := descriptor(t, path).Services().Get(0).Methods()
		require.Equal(t, string(descriptor(t, path).Services().Get(0).FullName()), service.Service)
		require.Len(t, service.RpcCommandOptions, methods.Len())
		for _, command := range service.RpcCommandOptions {
			method := methods.ByName(protoreflect.Name(command.RpcMethod))
			require.NotNil(t, method, command.RpcMethod)
			if command.Skip {
				require.NotNil(t, method.Input().Fields().ByName("authority"), "only collective decisions have no command")
				continue
			}
			require.Contains(t, command.Example, "zhiliand "+path+" settlement "+strings.Fields(command.Use)[0])
			for _, argument := range command.PositionalArgs {
				require.NotNil(t, method.Input().Fields().ByName(protoreflect.Name(argument.ProtoField)), argument.ProtoField)
			}
		}
	}
}

func TestTheExamplesAreWhatTheyLookLike(t *testing.T) {
	for _, command := range (settlement.AppModule{}).AutoCLIOptions().Tx.RpcCommandOptions {
		for _, word := range strings.FieldsFunc(command.Example, func(r rune) bool { return strings.ContainsRune(` '",{}:`, r) }) {
			if strings.HasPrefix(word, "zhilian1") {
				require.NoError(t, types.CheckAccount("example", word))
			}
			if strings.HasSuffix(word, "=") {
				digest, err := base64.StdEncoding.DecodeString(word)
				require.NoError(t, err)
				require.NoError(t, types.CheckDigest("example", digest))
			}
		}
	}
}

func TestDefaultGenesisIsValid(t *testing.T) {
	cdc := codec.NewProtoCodec(codectypes.NewInterfaceRegistry())
	module := settlement.NewAppModule(cdc, nil, nil)
	require.NoError(t, module.ValidateGenesis(cdc, nil, module.DefaultGenesis(cdc)))
	require.Error(t, module.ValidateGenesis(cdc, nil, []byte(`{"params":{}}`)))
	require.ErrorIs(t, module.ValidateGenesis(cdc, nil, []byte(`[]`)), types.ErrGenesisInvalid)
}
