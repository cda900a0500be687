package vault_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	errorsmod "cosmossdk.io/errors"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/status"

	"github.com/zhilian-network/zhilian/x/vault/keeper"
	"github.com/zhilian-network/zhilian/x/vault/types"
)

func read(t *testing.T, file string) string {
	t.Helper()
	content, err := os.ReadFile(file)
	require.NoError(t, err)
	return string(content)
}

func TestTheReadmesErrorsAreTrue(t *testing.T) {
	readme := read(t, "README.md")
	errors := []struct {
		name string
		err  *errorsmod.Error
	}{
		{"ErrNotAuthority", types.ErrNotAuthority},
		{"ErrInvalidParams", types.ErrInvalidParams},
		{"ErrKeyNotFound", types.ErrKeyNotFound},
		{"ErrKeyTaken", types.ErrKeyTaken},
		{"ErrKeyRevoked", types.ErrKeyRevoked},
		{"ErrTooManyKeys", types.ErrTooManyKeys},
		{"ErrWrongKey", types.ErrWrongKey},
		{"ErrNoOwnKey", types.ErrNoOwnKey},
		{"ErrRecordNotFound", types.ErrRecordNotFound},
		{"ErrInvalidRecord", types.ErrInvalidRecord},
		{"ErrErased", types.ErrErased},
		{"ErrBudgetExceeded", types.ErrBudgetExceeded},
		{"ErrTooLarge", types.ErrTooLarge},
		{"ErrTooManyRecords", types.ErrTooManyRecords},
		{"ErrTrailFull", types.ErrTrailFull},
		{"ErrInvalidShare", types.ErrInvalidShare},
		{"ErrShareNotFound", types.ErrShareNotFound},
		{"ErrShareExpired", types.ErrShareExpired},
		{"ErrTooManyReaders", types.ErrTooManyReaders},
		{"ErrRequestNotFound", types.ErrRequestNotFound},
		{"ErrRequestDecided", types.ErrRequestDecided},
		{"ErrRequestMismatch", types.ErrRequestMismatch},
		{"ErrTooManyRequests", types.ErrTooManyRequests},
		{"ErrInvalidGenesis", types.ErrInvalidGenesis},
	}
	for _, e := range errors {
		require.Contains(t, readme, fmt.Sprintf("| %d | `%s` | %s | %s |",
			e.err.ABCICode(), e.name, status.Code(e.err), e.err.Error()))
	}
	require.Equal(t, len(errors), strings.Count(readme, "| `Err"), "an error that does not exist")
	require.Equal(t, len(errors), strings.Count(read(t, "types/errors.go"), "errorsmod.Register"), "an error that is missing here")
}

func TestTheReadmesBoundsAreTrue(t *testing.T) {
	readme := read(t, "README.md")
	bounds := []struct {
		name  string
		value int
	}{
		{"MaxInlineBytes", types.MaxInlineBytes},
		{"SealedOverhead", types.SealedOverhead},
		{"MaxOutsideBytes", types.MaxOutsideBytes},
		{"DigestLength", types.DigestLength},
		{"KeyIDLength", types.KeyIDLength},
		{"MaxKeysPerReader", types.MaxKeysPerReader},
		{"MaxReadersPerRecord", types.MaxReadersPerRecord},
		{"MaxKeysPerMember", types.MaxKeysPerMember},
		{"MaxMediaTypeLength", types.MaxMediaTypeLength},
		{"MaxPendingPerReader", types.MaxPendingPerReader},
		{"MaxRecordsPerSubject", types.MaxRecordsPerSubject},
		{"MaxTrailEntries", types.MaxTrailEntries},
		{"MaxExpiriesPerBlock", types.MaxExpiriesPerBlock},
		{"MaxPageRows", keeper.MaxPageRows},
		{"MaxViolations", keeper.MaxViolations},
	}
	for _, b := range bounds {
		require.Contains(t, readme, fmt.Sprintf("| `%s` | %d |", b.name, b.value))
	}
	require.Equal(t, len(bounds)-3, strings.Count(readme, "| `Max"), "a bound that does not exist")
}

func TestTheReadmeNamesEveryMessageAndEvent(t *testing.T) {
	readme := read(t, "README.md")
	for _, method := range types.Msg_serviceDesc.Methods {
		require.Contains(t, readme, "| `Msg"+method.MethodName+"` |")
	}
	require.Equal(t, len(types.Msg_serviceDesc.Methods), strings.Count(readme, "| `Msg"))
	events := 0
	for _, line := range strings.Split(read(t, "types/events.pb.go"), "\n") {
		if name, found := strings.CutPrefix(line, "type Event"); found {
			events++
			require.Contains(t, readme, "`Event"+strings.Fields(name)[0]+"`")
		}
	}
	require.Equal(t, 4, events)
}
