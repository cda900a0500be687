package ledger_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	errorsmod "cosmossdk.io/errors"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/status"

	"github.com/zhilian-network/zhilian/x/ledger/keeper"
	"github.com/zhilian-network/zhilian/x/ledger/types"
)

func TestTheReadmesTablesAreTrue(t *testing.T) {
	file, err := os.ReadFile("README.md")
	require.NoError(t, err)
	readme := string(file)

	errors := []struct {
		name string
		err  *errorsmod.Error
	}{
		{"ErrInvalidDenom", types.ErrInvalidDenom},
		{"ErrDenomConflict", types.ErrDenomConflict},
		{"ErrUnknownDenom", types.ErrUnknownDenom},
		{"ErrDenomInUse", types.ErrDenomInUse},
		{"ErrTooManyEntries", types.ErrTooManyEntries},
		{"ErrInvalidEntry", types.ErrInvalidEntry},
		{"ErrUnbalancedPosting", types.ErrUnbalancedPosting},
		{"ErrInsufficientBalance", types.ErrInsufficientBalance},
		{"ErrAmountOverflow", types.ErrAmountOverflow},
		{"ErrInsufficientSupply", types.ErrInsufficientSupply},
		{"ErrInvalidHold", types.ErrInvalidHold},
		{"ErrHoldExists", types.ErrHoldExists},
		{"ErrHoldNotFound", types.ErrHoldNotFound},
		{"ErrHoldTooSmall", types.ErrHoldTooSmall},
		{"ErrCaptureUnspent", types.ErrCaptureUnspent},
		{"ErrInvalidGenesis", types.ErrInvalidGenesis},
	}
	for _, e := range errors {
		require.Contains(t, readme, fmt.Sprintf("| %d | `%s` | %s | %s |",
			e.err.ABCICode(), e.name, status.Code(e.err), e.err.Error()))
	}
	require.Equal(t, len(errors), strings.Count(readme, "| `Err"), "an error that does not exist")
	require.Equal(t, len(errors), registered(t), "an error that is missing here")

	bounds := []struct {
		name  string
		value int
	}{
		{"MaxAmountBits", types.MaxAmountBits},
		{"MaxEntries", types.MaxEntries},
		{"MaxSupplyChanges", types.MaxSupplyChanges},
		{"MaxAccountBytes", types.MaxAccountBytes},
		{"MaxCaptures", types.MaxCaptures},
		{"MaxHoldIDBytes", types.MaxHoldIDBytes},
		{"MaxExponent", types.MaxExponent},
		{"MaxPageRows", keeper.MaxPageRows},
		{"MaxViolations", keeper.MaxViolations},
	}
	for _, b := range bounds {
		require.Contains(t, readme, fmt.Sprintf("| `%s` | %d |", b.name, b.value))
	}
	require.Equal(t, len(bounds), strings.Count(readme, "| `Max"), "a bound that does not exist")
}

// registered counts the registrations in the source.
func registered(t *testing.T) int {
	source, err := os.ReadFile("types/errors.go")
	require.NoError(t, err)
	return strings.Count(string(source), "errorsmod.Register")
}
