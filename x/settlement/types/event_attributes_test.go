package types_test

import (
	"testing"

	"cosmossdk.io/math"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/zhilian-network/zhilian/x/settlement/types"
)

func TestPaymentEventsAreWrittenAsTheSDKWritesThem(t *testing.T) {
	text := rapid.OneOf(rapid.StringMatching(`[a-zA-Z0-9/._-]{0,40}`), rapid.String())
	digest := rapid.OneOf(rapid.Just([]byte(nil)), rapid.SliceOfN(rapid.Byte(), 0, 40))
	amount := rapid.Custom(func(t *rapid.T) math.Int { return math.NewIntFromUint64(rapid.Uint64().Draw(t, "amount")) })
	status := rapid.Map(rapid.Int32Range(-1, 9), func(n int32) types.PaymentStatus { return types.PaymentStatus(n) })
	rapid.Check(t, func(t *rapid.T) {
		settled := &types.EventPaymentSettled{
			Uetr: text.Draw(t, "uetr"), Debtor: text.Draw(t, "debtor"), DebtorInstitution: text.Draw(t, "bank"),
			Creditor: text.Draw(t, "creditor"), CreditorInstitution: text.Draw(t, "bank"), Currency: text.Draw(t, "currency"),
			Amount: amount.Draw(t, "amount"), EndToEndDigest: digest.Draw(t, "e2e"), InstructionDigest: digest.Draw(t, "file"),
			Operator: text.Draw(t, "operator"), OldStatus: status.Draw(t, "old"), NewStatus: status.Draw(t, "new"),
		}
		want, err := sdk.TypedEventToEvent(settled)
		require.NoError(t, err)
		require.Equal(t, want, settled.ToEvent())

		rejected := &types.EventPaymentRejected{
			Uetr: settled.Uetr, Debtor: settled.Debtor, Creditor: settled.Creditor, Currency: settled.Currency, Amount: settled.Amount,
			EndToEndDigest: settled.EndToEndDigest, InstructionDigest: settled.InstructionDigest, Operator: settled.Operator,
			OldStatus: settled.OldStatus, NewStatus: settled.NewStatus, Reason: text.Draw(t, "reason"), Stored: rapid.Bool().Draw(t, "stored"),
		}
		want, err = sdk.TypedEventToEvent(rejected)
		require.NoError(t, err)
		require.Equal(t, want, rejected.ToEvent())
	})
}
