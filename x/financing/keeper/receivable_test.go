package keeper_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cosmossdk.io/math"

	"github.com/zhilian-network/zhilian/testutil/chain"
	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/financing/types"
	settlementtypes "github.com/zhilian-network/zhilian/x/settlement/types"
)

func TestADebtorPaysOnTheDueDayWhoeverHoldsTheUnitsThen(t *testing.T) {
	f := newFixture(t)
	id := f.confirmed(3, whole("A1", 900))
	require.Equal(t, [2]int64{900, 0}, f.units(id, "acme"))
	f.MustSend(key("acme"), transfer(id, "acme", false, to("beta", 500), to("gamma", 100)))
	f.MustSend(key("beta"), transfer(id, "beta", false, to("delta", 200)))
	f.sound()
	require.Equal(t, [2]int64{10_000, 10_000}, f.money("core"), "not before the due day")

	f.days(1)
	require.Equal(t, types.ReceivableSettled, f.status(id))
	for party, want := range map[string]int64{"core": 9_100, "acme": 300, "beta": 1_300, "gamma": 1_100, "delta": 1_200} {
		require.Equal(t, want, f.money(party)[0], party)
	}
	require.Empty(t, f.receivable(id).Holdings)
	f.requireSameAfterExport()

	f.days(8)
	_, err := f.query().Receivable(f.Context(), &types.QueryReceivableRequest{ReceivableId: id})
	require.ErrorIs(t, err, types.ErrReceivableNotFound)
	answer, err := f.query().Receivables(f.Context(), &types.QueryReceivablesRequest{Account: account("acme")})
	require.NoError(t, err)
	require.Empty(t, answer.Receivables)
}

func TestAReceivableIsListedForAllThatItConcerns(t *testing.T) {
	f := newFixture(t)
	id := f.confirmed(20, whole("A1", 900))
	f.MustSend(key("acme"), transfer(id, "acme", false, to("beta", 900)))
	listed := func(party string) int {
		answer, err := f.query().Receivables(f.Context(), &types.QueryReceivablesRequest{Account: account(party)})
		require.NoError(t, err)
		return len(answer.Receivables)
	}
	require.Equal(t, []int{1, 1, 1, 0}, []int{listed("core"), listed("acme"), listed("beta"), listed("gamma")})
	f.MustSend(key("beta"), transfer(id, "beta", false, to("gamma", 900)))
	require.Equal(t, []int{1, 1, 0, 1}, []int{listed("core"), listed("acme"), listed("beta"), listed("gamma")})
}

func TestWhatIsNotConfirmedEndsAndItsInvoicesAreFreeAgain(t *testing.T) {
	f := newFixture(t)
	refused := f.issue(9, whole("A1", 100))
	f.MustSend(key("core"), &types.MsgRefuseReceivable{Operator: operator("core"), ReceivableId: refused, Reason: "goods were returned"})
	require.Equal(t, "goods were returned", f.receivable(refused).Receivable.Reason)
	cancelled := f.issue(9, whole("A1", 100))
	f.MustSend(key("acme"), &types.MsgCancelReceivable{Operator: operator("acme"), ReceivableId: cancelled})
	lapsed := f.issue(2, whole("A1", 100))
	f.days(2)
	require.Equal(t, types.ReceivableRefused, f.status(refused))
	require.Equal(t, types.ReceivableCancelled, f.status(cancelled))
	require.Equal(t, types.ReceivableCancelled, f.status(lapsed))
	f.issue(9, whole("A1", 100))
	f.sound()
}

func TestOnlyTheDebtorConfirmsAndOnlyTheHolderTransfers(t *testing.T) {
	f := newFixture(t)
	id := f.issue(9, whole("A1", 100))
	for _, party := range []string{"acme", "beta", "gamma"} {
		f.refused(accesstypes.ErrScopeDenied, party, &types.MsgConfirmReceivable{Operator: operator(party), ReceivableId: id})
	}
	f.refused(accesstypes.ErrScopeDenied, "core", &types.MsgCancelReceivable{Operator: operator("core"), ReceivableId: id})
	f.MustSend("bank-BQDQ", &types.MsgConfirmReceivable{Operator: chain.Address("bank-BQDQ"), ReceivableId: id})
	stolen := transfer(id, "acme", false, to("beta", 10))
	stolen.Operator = operator("beta")
	f.refused(accesstypes.ErrScopeDenied, "beta", stolen)
}

func TestALongTermNeedsASecondPersonOfTheDebtor(t *testing.T) {
	f := newFixture(t)
	id := f.issue(250, whole("A1", 100))
	confirm := &types.MsgConfirmReceivable{Operator: operator("core"), ReceivableId: id}
	f.refused(accesstypes.ErrApprovalNeeded, "core", confirm)
	require.Equal(t, types.ReceivableIssued, f.status(id))
	f.refused(types.ErrTerm, "acme", f.issueMsg(302, whole("A2", 100)))
}

func TestRefusalsOfReceivables(t *testing.T) {
	f := newFixture(t)
	blocked := func(party, bank string, status settlementtypes.AccountStatus) {
		f.MustSend("bank-"+bank, &settlementtypes.MsgSetAccountStatus{Operator: chain.Address("bank-" + bank), Account: account(party), Status: status})
	}
	issue := func(change func(*types.MsgIssueReceivable)) *types.MsgIssueReceivable {
		msg := f.issueMsg(20, whole("new", 100))
		change(msg)
		return msg
	}
	f.refused(types.ErrInvoiceSum, "acme", issue(func(m *types.MsgIssueReceivable) { m.Amount = math.NewInt(101) }))
	f.refused(types.ErrInvoiceParts, "acme", issue(func(m *types.MsgIssueReceivable) { m.Parts = nil }))
	f.refused(types.ErrInvoiceParts, "acme", issue(func(m *types.MsgIssueReceivable) {
		m.Parts, m.Amount = append(m.Parts, m.Parts[0]), math.NewInt(200)
	}), "one invoice twice")
	f.refused(types.ErrInvoiceParts, "acme", issue(func(m *types.MsgIssueReceivable) { m.Parts[0].Digest = []byte("short") }))
	f.refused(types.ErrInvoiceParts, "acme", issue(func(m *types.MsgIssueReceivable) { m.Parts[0].Amends = m.Parts[0].Digest }))
	f.refused(types.ErrInvoiceFinanced, "acme", issue(func(m *types.MsgIssueReceivable) { m.Parts[0].InvoiceAmount = math.NewInt(99) }))
	f.refused(types.ErrUnitsInvalid, "acme", issue(func(m *types.MsgIssueReceivable) { m.Amount = math.ZeroInt() }))
	f.refused(types.ErrSameParty, "acme", issue(func(m *types.MsgIssueReceivable) { m.Debtor = m.Supplier }))
	f.refused(types.ErrTerm, "acme", issue(func(m *types.MsgIssueReceivable) { m.DueAt = f.Time() }))
	f.refused(types.ErrAccountUnfit, "acme", issue(func(m *types.MsgIssueReceivable) { m.Currency = "EUR" }))
	f.refused(settlementtypes.ErrAccountNotFound, "acme", issue(func(m *types.MsgIssueReceivable) { m.Debtor = account("nobody") }))
	f.refused(types.ErrReceivableNotFound, "core", &types.MsgConfirmReceivable{Operator: operator("core"), ReceivableId: 99})

	id := f.issue(40, whole("A1", 100))
	f.refused(types.ErrReasonInvalid, "core", &types.MsgRefuseReceivable{Operator: operator("core"), ReceivableId: id, Reason: "  "})
	f.refused(types.ErrReceivableTransition, "core", &types.MsgPayReceivable{Operator: operator("core"), ReceivableId: id, Amount: math.NewInt(1)})
	f.refused(types.ErrReceivableTransition, "acme", transfer(id, "acme", false, to("beta", 10)), "it has no units yet")
	blocked("core", "BQDQ", settlementtypes.AccountBlocked)
	f.refused(types.ErrAccountUnfit, "core", &types.MsgConfirmReceivable{Operator: operator("core"), ReceivableId: id})
	blocked("core", "BQDQ", settlementtypes.AccountOpen)
	f.MustSend("party-core", &types.MsgConfirmReceivable{Operator: operator("core"), ReceivableId: id})
	f.refused(types.ErrReceivableTransition, "core", &types.MsgConfirmReceivable{Operator: operator("core"), ReceivableId: id})
	f.refused(types.ErrReceivableTransition, "core", &types.MsgRefuseReceivable{Operator: operator("core"), ReceivableId: id, Reason: "late"})
	f.refused(types.ErrReceivableTransition, "acme", &types.MsgCancelReceivable{Operator: operator("acme"), ReceivableId: id})

	split := func(change func(*types.MsgTransferReceivable)) *types.MsgTransferReceivable {
		msg := transfer(id, "acme", false, to("beta", 30), to("gamma", 20))
		change(msg)
		return msg
	}
	f.refused(types.ErrSplitSum, "acme", split(func(m *types.MsgTransferReceivable) { m.Units = math.NewInt(51) }), "a split that does not sum")
	f.refused(types.ErrSplitSum, "acme", split(func(m *types.MsgTransferReceivable) { m.Units = math.NewInt(49) }), "nor one of too much")
	f.refused(types.ErrSplitSum, "acme", split(func(m *types.MsgTransferReceivable) { m.Parts = nil }))
	f.refused(types.ErrUnitsInvalid, "acme", split(func(m *types.MsgTransferReceivable) {
		m.Parts[1].Units, m.Units = math.NewInt(-20), math.NewInt(10)
	}))
	f.refused(types.ErrTransferTarget, "acme", split(func(m *types.MsgTransferReceivable) { m.Parts[1].Account = account("beta") }))
	f.refused(types.ErrTransferTarget, "acme", split(func(m *types.MsgTransferReceivable) { m.Parts[1].Account = account("acme") }))
	f.refused(types.ErrTransferTarget, "acme", split(func(m *types.MsgTransferReceivable) { m.Parts[1].Account = account("core") }))
	f.refused(types.ErrNotHolder, "acme", transfer(id, "acme", false, to("beta", 60), to("gamma", 41)))
	f.refused(types.ErrNotHolder, "beta", transfer(id, "beta", false, to("gamma", 1)))
	f.refused(types.ErrRegistrationInvalid, "acme", split(func(m *types.MsgTransferReceivable) { m.RegistrationNumber = "a b" }))
	blocked("beta", "JZWB", settlementtypes.AccountBlocked)
	f.refused(types.ErrAccountUnfit, "acme", split(func(*types.MsgTransferReceivable) {}))
	require.Equal(t, [2]int64{100, 0}, f.units(id, "acme"), "all parts or none")

	f.refused(types.ErrOverpaid, "core", &types.MsgPayReceivable{Operator: operator("core"), ReceivableId: id, Amount: math.NewInt(101)})
	f.refused(types.ErrReceivableTransition, "acme", &types.MsgExerciseRecourse{
		Operator: operator("acme"), ReceivableId: id, Creditor: account("acme"), Seller: account("beta"),
	})
	f.sound()
}

func TestARegistrationNumberIsUsedOnce(t *testing.T) {
	f := newFixture(t)
	first, second := f.confirmed(20, whole("A1", 100)), f.confirmed(20, whole("A2", 100))
	registered := transfer(first, "acme", false, to("beta", 10))
	registered.RegistrationNumber = "07234567001122334455"
	f.MustSend(key("acme"), registered)
	again := transfer(second, "acme", false, to("beta", 10))
	again.RegistrationNumber = registered.RegistrationNumber
	f.refused(types.ErrRegistrationTaken, "acme", again)
}

func TestARestartOrAnExportKeepsWhatIsDue(t *testing.T) {
	f := newFixture(t)
	id := f.confirmed(6, whole("A1", 600))
	f.MustSend(key("acme"), transfer(id, "acme", true, to("beta", 200)))
	f.requireSameAfterExport()
	f.Restart()
	f.days(6)
	require.Equal(t, types.ReceivableSettled, f.status(id))
}

func TestWhatFellDueWhileTheChainStoodStillIsPaidWhenItIsBack(t *testing.T) {
	f := newFixture(t)
	paid, short := f.confirmed(3, whole("A1", 9_000)), f.confirmed(10, whole("A2", 5_000))
	f.Halt(500 * time.Second)
	f.days(1)
	require.Equal(t, types.ReceivableSettled, f.status(paid), "the earlier first")
	require.Equal(t, types.ReceivableOverdue, f.status(short))
	require.Equal(t, uint32(1), f.receivable(short).Receivable.Missed, "the halt is not held against the debtor")
}
