package gateway

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	sdkclient "github.com/cosmos/cosmos-sdk/client"
	"github.com/cosmos/cosmos-sdk/client/flags"

	"github.com/zhilian-network/zhilian/crypto/seal"
	"github.com/zhilian-network/zhilian/crypto/vaultkeys"
	"github.com/zhilian-network/zhilian/gateway/index"
	gatewaytypes "github.com/zhilian-network/zhilian/gateway/types"
	settlement "github.com/zhilian-network/zhilian/x/settlement/types"
)

const paidFor = `{"format":"zhilian-details-1","Cdtr":{"Nm":"Wang` + "\u202e" + `"},"RmtInf":{"Ustrd":["rent\u001b[2J"]}}`

// detailsAnswer seals details for a reader as a node would answer with them.
func detailsAnswer(t *testing.T, reader seal.PrivateKey) *gatewaytypes.QueryPaymentDetailsResponse {
	t.Helper()
	envelope, err := seal.Seal([]byte(paidFor), settlement.DetailsBinding("net", firstUETR), seal.AES256GCM, []seal.PublicKey{reader.Public()})
	require.NoError(t, err)
	return &gatewaytypes.QueryPaymentDetailsResponse{Uetr: firstUETR, ChainId: "net", Digest: envelope.Digest, Details: envelope}
}

func encryptionKey(t *testing.T) seal.PrivateKey {
	t.Helper()
	key, err := seal.GenerateKey(seal.SM2)
	require.NoError(t, err)
	return key
}

// openerIn makes an opener for a home and the key of a flag.
func openerIn(t *testing.T, home, key string) (*opener, error) {
	t.Helper()
	command := &cobra.Command{}
	command.SetIn(strings.NewReader(""))
	command.Flags().String(flagKey, key, "")
	return newOpener(command, sdkclient.Context{HomeDir: home})
}

func TestTheKeyOfAReaderIsFoundOrNamed(t *testing.T) {
	home, reader, stranger := t.TempDir(), encryptionKey(t), encryptionKey(t)
	answer := detailsAnswer(t, reader)
	o, err := openerIn(t, home, "")
	require.NoError(t, err)
	_, err = o.open(answer)
	require.ErrorIs(t, err, seal.ErrNotReader, "no key at all")

	ring := vaultkeys.New(home)
	_, err = ring.Save("a-stranger", stranger, nil)
	require.NoError(t, err)
	path, err := ring.Save("payee", reader, []byte("correct horse"))
	require.NoError(t, err)
	t.Setenv(vaultkeys.Env, "correct horse")
	for _, key := range []string{"", "payee", path} {
		o, err := openerIn(t, home, key)
		require.NoError(t, err, key)
		opening, err := o.open(answer)
		require.NoError(t, err, key)
		require.Equal(t, paidFor, string(opening.Content))
	}
	o, err = openerIn(t, home, "a-stranger")
	require.NoError(t, err)
	_, err = o.open(answer)
	require.ErrorIs(t, err, seal.ErrNotReader)
	t.Setenv(vaultkeys.Env, "wrong horse")
	o, err = openerIn(t, home, "payee")
	require.NoError(t, err)
	_, err = o.open(answer)
	require.ErrorIs(t, err, seal.ErrPassphrase)

	var usage *UsageError
	_, err = openerIn(t, home, "nobody")
	require.ErrorAs(t, err, &usage)
	junk := filepath.Join(home, "junk.txt")
	require.NoError(t, os.WriteFile(junk, []byte("Wang"), 0o600))
	_, err = openerIn(t, home, junk)
	require.ErrorIs(t, err, seal.ErrInvalidKeyfile)
}

func TestOpenedDetailsAreInertOnATerminalAndWholeInJSON(t *testing.T) {
	reader := encryptionKey(t)
	answer := detailsAnswer(t, reader)
	opening, err := seal.Disclose(reader, answer.Details, settlement.DetailsBinding("net", firstUETR))
	require.NoError(t, err)
	var text bytes.Buffer
	require.NoError(t, printDetails(&text, flags.OutputFormatText, answer, opening))
	require.Contains(t, text.String(), "RmtInf/Ustrd[1]")
	require.NotContains(t, text.String(), "\x1b")
	require.NotContains(t, text.String(), "\u202e")
	text.Reset()
	require.NoError(t, printDetails(&text, flags.OutputFormatJSON, answer, opening))
	var read struct {
		UETR    string
		Details struct{ Cdtr struct{ Nm string } }
	}
	require.NoError(t, json.Unmarshal(text.Bytes(), &read))
	require.Equal(t, "Wang\u202e", read.Details.Cdtr.Nm)

	path := filepath.Join(t.TempDir(), "opening.json")
	command := &cobra.Command{}
	command.Flags().String(flagDisclose, path, "")
	require.NoError(t, disclose(command, answer, opening))
	require.Error(t, disclose(command, answer, opening), "nothing is overwritten")
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
}

func TestDetailsCommandsSayWhatIsWrongWithTheLine(t *testing.T) {
	for name, args := range map[string][]string{
		"no uetr": {"details", "INV-1"}, "both": {"submit", "x.xml", "--require-details", "--no-details"},
	} {
		_, err := run(t, "", args...)
		var usage *UsageError
		require.ErrorAs(t, err, &usage, name)
	}
}

func TestThePaymentDetailsQueryGivesWhatTheIndexHas(t *testing.T) {
	answer := detailsAnswer(t, encryptionKey(t))
	encoded, err := answer.Details.Marshal()
	require.NoError(t, err)
	block, _ := loggedBlock(t, 1, firstUETR, settlement.PaymentLog{})
	block.Payments[0].DetailsDigest, block.Payments[0].Details = answer.Digest, &index.Details{Envelope: encoded}
	plain, _ := loggedBlock(t, 2, secondUETR, settlement.PaymentLog{})
	server := proofServer(t, block, plain)
	got, err := server.PaymentDetails(t.Context(), &gatewaytypes.QueryPaymentDetailsRequest{Uetr: firstUETR})
	require.NoError(t, err)
	require.Equal(t, answer.Details, got.Details)
	require.Equal(t, answer.Digest, got.Digest)
	require.Equal(t, []any{"zhilian-test", int64(2), accountOf(t, "a")}, []any{got.ChainId, got.IndexedHeight, got.Debtor})
	for request, want := range map[*gatewaytypes.QueryPaymentDetailsRequest]codes.Code{
		nil: codes.InvalidArgument, {Uetr: "x"}: codes.InvalidArgument, {Uetr: secondUETR}: codes.NotFound, {Uetr: unknownUETR}: codes.NotFound,
	} {
		_, err := server.PaymentDetails(t.Context(), request)
		require.Equal(t, want, status.Code(err), "%v", request)
	}
}
