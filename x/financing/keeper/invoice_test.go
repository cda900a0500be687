package keeper_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"cosmossdk.io/math"

	"github.com/zhilian-network/zhilian/testutil/chain"
	"github.com/zhilian-network/zhilian/x/financing/types"
)

func (f *fixture) invoice(number string) *types.QueryInvoiceResponse {
	f.Helper()
	answer, err := f.query().Invoice(f.Context(), &types.QueryInvoiceRequest{Digest: digest(number)})
	require.NoError(f, err)
	return answer
}

// Two banks' customers of one supplier, or one supplier twice: the digest is the same, and the second is refused,
// also if both come in one block.
func TestAnInvoiceIsFinancedOnceAlsoAtOneHeight(t *testing.T) {
	f := newFixture(t)
	first, second := f.issueMsg(20, whole("A1", 100)), f.issueMsg(30, whole("A1", 100))
	second.Operator = chain.Address("bank-LSHB")
	results := f.Block(f.Sign(key("acme"), first), f.Sign("bank-LSHB", second)).TxResults
	f.ForgetSequences()
	require.Zero(t, results[0].Code, results[0].Log)
	requireRefused(t, types.ErrInvoiceFinanced, results[1])
	require.Equal(t, &types.QueryInvoiceResponse{Known: true, TakenPpm: 1_000_000}, f.invoice("A1"))
	f.sound()
}

func TestPartsOfAnInvoiceAddUpToAllOfItAtMost(t *testing.T) {
	f := newFixture(t)
	f.confirmed(20, partOf("A1", 1_000, 600), whole("A2", 50))
	require.Equal(t, uint32(600_000), f.invoice("A1").TakenPpm)
	f.refused(types.ErrInvoiceFinanced, "acme", f.issueMsg(20, partOf("A1", 1_000, 401)))
	f.refused(types.ErrInvoiceMismatch, "acme", f.issueMsg(20, partOf("A1", 2_000, 401)), "the digest is that of 1,000")
	f.confirmed(20, partOf("A1", 1_000, 400))
	require.Equal(t, uint32(1_000_000), f.invoice("A1").TakenPpm)
	require.Equal(t, &types.QueryInvoiceResponse{}, f.invoice("A9"))
	f.sound()
}

func TestAnInvoiceThatWasPaidIsNotFinancedAgainUntilItIsForgotten(t *testing.T) {
	f := newFixture(t)
	f.confirmed(1, whole("A1", 100))
	f.days(10)
	f.refused(types.ErrInvoiceFinanced, "acme", f.issueMsg(20, whole("A1", 100)))
	f.days(3)
	require.False(t, f.invoice("A1").Known, "an invoice of so long ago")
	f.requireSameAfterExport()
}

func TestNearEqualInvoicesRaiseAnAlert(t *testing.T) {
	f := newFixture(t)
	f.issue(20, whole("A1", 100))
	near := whole("A1 with another amount", 110)
	near.NearDigest = digest("near A1")
	result := f.MustSend(key("acme"), f.issueMsg(20, near))
	require.Equal(t, uint32(1), chain.Response[types.MsgIssueReceivableResponse](t, result).Alike)
	require.Equal(t, uint32(1), f.invoice("A1 with another amount").Alike)
	alerts := 0
	for _, event := range result.Events {
		if event.Type == "zhilian.financing.v1.EventInvoicesAlike" {
			alerts++
		}
	}
	require.Equal(t, 1, alerts)
}

func TestAnAmendedInvoiceInheritsWhatWasFinanced(t *testing.T) {
	f := newFixture(t)
	financed := f.issue(30, partOf("A1", 1_000, 700))
	amended := partOf("A1 amended", 1_200, 500)
	amended.NearDigest, amended.Amends = digest("near A1"), digest("A1")
	result := f.MustSend(key("acme"), f.issueMsg(30, amended))
	require.Zero(t, chain.Response[types.MsgIssueReceivableResponse](t, result).Alike, "it says what it amends")
	require.Equal(t, uint32(1_000_000), f.invoice("A1 amended").TakenPpm)
	require.True(t, f.invoice("A1").Amended)
	f.refused(types.ErrInvoiceAmended, "acme", f.issueMsg(30, partOf("A1", 1_000, 10)))
	unknown := partOf("A2 amended", 10, 10)
	unknown.Amends = digest("A2")
	f.refused(types.ErrInvoiceUnknown, "acme", f.issueMsg(30, unknown))

	f.MustSend(key("core"), &types.MsgRefuseReceivable{Operator: operator("core"), ReceivableId: financed, Reason: "not owed"})
	require.Equal(t, uint32(416_667), f.invoice("A1 amended").TakenPpm, "500 of 1,200")
	f.sound()
	f.requireSameAfterExport()
}

func TestAnInvoiceOfManyReceivablesLivesAsLongAsOneOfThem(t *testing.T) {
	f := newFixture(t)
	short := f.confirmed(2, partOf("A1", 1_000, 100))
	long := f.confirmed(40, partOf("A1", 1_000, 100))
	f.days(20)
	_, err := f.query().Receivable(f.Context(), &types.QueryReceivableRequest{ReceivableId: short})
	require.ErrorIs(t, err, types.ErrReceivableNotFound)
	require.Equal(t, uint32(200_000), f.invoice("A1").TakenPpm)
	require.Equal(t, math.NewInt(100), f.receivable(long).Receivable.Unpaid)
}
