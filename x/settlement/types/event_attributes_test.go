package types_test

import (
	"testing"

	abci "github.com/cometbft/cometbft/abci/types"
	"github.com/cosmos/gogoproto/proto"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"cosmossdk.io/math"

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
			DetailsDigest: digest.Draw(t, "details"), Operator: text.Draw(t, "operator"), OldStatus: status.Draw(t, "old"), NewStatus: status.Draw(t, "new"),
		}
		want, err := sdk.TypedEventToEvent(settled)
		require.NoError(t, err)
		require.Equal(t, want, settled.ToEvent())
		requireReadAsTheSDKReads(t, want)

		rejected := &types.EventPaymentRejected{
			Uetr: settled.Uetr, Debtor: settled.Debtor, Creditor: settled.Creditor, Currency: settled.Currency, Amount: settled.Amount,
			EndToEndDigest: settled.EndToEndDigest, InstructionDigest: settled.InstructionDigest, Operator: settled.Operator,
			OldStatus: settled.OldStatus, NewStatus: settled.NewStatus, Reason: text.Draw(t, "reason"), Stored: rapid.Bool().Draw(t, "stored"),
		}
		want, err = sdk.TypedEventToEvent(rejected)
		require.NoError(t, err)
		require.Equal(t, want, rejected.ToEvent())
		requireReadAsTheSDKReads(t, want)
	})
}

func requireReadAsTheSDKReads(t *rapid.T, event sdk.Event) {
	want, err := sdk.ParseTypedEvent(abci.Event(event))
	require.NoError(t, err)
	if read, ok := types.ParsePaymentEvent(abci.Event(event)); ok {
		requireSameMessage(t, want, read)
	}
}

func TestAUsualPaymentEventIsReadBackAndAStrangeOneIsLeftToTheSDK(t *testing.T) {
	settled := &types.EventPaymentSettled{
		Uetr: "7a6c7a6c-1111-4111-8111-111111111111", Debtor: "zhilian1a", DebtorInstitution: "BQDQ", Creditor: "zhilian1b",
		CreditorInstitution: "LSHB", Currency: "CNY", Amount: math.NewInt(12345), EndToEndDigest: []byte{1, 2, 3},
		Operator: "zhilian1c", OldStatus: types.PaymentReceived, NewStatus: types.PaymentSettled,
	}
	read, ok := types.ParsePaymentEvent(abci.Event(settled.ToEvent()))
	require.True(t, ok)
	requireSameMessage(t, settled, read)

	for name, change := range map[string]func(*abci.Event){
		"another type":          func(e *abci.Event) { e.Type = "zhilian.settlement.v1.EventDepositIssued" },
		"a missing attribute":   func(e *abci.Event) { e.Attributes = e.Attributes[1:] },
		"one more attribute":    func(e *abci.Event) { e.Attributes = append(e.Attributes, abci.EventAttribute{Key: "x", Value: "1"}) },
		"an attribute twice":    func(e *abci.Event) { e.Attributes = append(e.Attributes, e.Attributes[0]) },
		"an amount in words":    func(e *abci.Event) { e.Attributes[0].Value = `"much"` },
		"an escaped text":       func(e *abci.Event) { e.Attributes[1].Value = `"\u0041"` },
		"a text without quotes": func(e *abci.Event) { e.Attributes[1].Value = `zhilian1b` },
		"an unknown status":     func(e *abci.Event) { e.Attributes[8].Value = `"PAYMENT_STATUS_LOST"` },
	} {
		event := abci.Event(settled.ToEvent())
		change(&event)
		_, ok := types.ParsePaymentEvent(event)
		require.False(t, ok, name)
	}
}

// requireSameMessage compares encodings: two numbers may be equal and look different in memory.
func requireSameMessage(t require.TestingT, want, got proto.Message) {
	wanted, err := proto.Marshal(want)
	require.NoError(t, err)
	encoded, err := proto.Marshal(got)
	require.NoError(t, err)
	require.IsType(t, want, got)
	require.Equal(t, wanted, encoded, "want %s, got %s", want, got)
}
