package domain_test

import (
	"testing"

	"cosmossdk.io/math"
	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/x/settlement/domain"
	"github.com/zhilian-network/zhilian/x/settlement/types"
)

// peel is one fault after the other taken away from a payment in which everything is wrong: what is left
// must be refused for the next reason in the order of precedence.
var peel = []struct {
	step    string
	repair  func(*world, *request)
	refusal error
	reason  string
}{
	{"everything is wrong", func(*world, *request) {}, types.ErrDuplicateFile, "DU01"},
	{"the message id is new", func(_ *world, q *request) { q.file = "file 2" }, types.ErrDuplicateUETR, "DU03"},
	{"the uetr is new", func(_ *world, q *request) { q.transfers[0].Uetr = drawnUETRs[1] }, types.ErrDuplicateEndToEnd, "DU04"},
	{"the end-to-end id is new", func(_ *world, q *request) {
		q.transfers[0].EndToEndDigest = digestOf("new")
	}, types.ErrCurrencyNotSettled, "AM03"},
	{"the network settles the currency", func(w *world, _ *request) { w.settled["CNY"] = true }, types.ErrDebtorClosed, "AC05"},
	{"the debtor is blocked, not closed", status("debtor", types.AccountBlocked), types.ErrAccountBlocked, "AC06"},
	{"the debtor is open", status("debtor", types.AccountOpen), types.ErrAccountCurrency, "AC09"},
	{"the debtor holds the currency", currencies("debtor", "CNY"), types.ErrSameAccount, "AG01"},
	{"the creditor is another account", func(_ *world, q *request) { q.transfers[0].Creditor = "nobody" }, types.ErrCreditorUnknown, "AC03"},
	{"the creditor exists", func(_ *world, q *request) { q.transfers[0].Creditor = "creditor" }, types.ErrCreditorClosed, "AC07"},
	{"the creditor is blocked, not closed", status("creditor", types.AccountBlocked), types.ErrAccountBlocked, "AC06"},
	{"the creditor is open", status("creditor", types.AccountOpen), types.ErrAccountCurrency, "AC09"},
	{"the creditor holds the currency", currencies("creditor", "CNY"), types.ErrInsufficientBalance, "AM04"},
	{"the debtor has the money", func(w *world, _ *request) { w.deposit("debtor", "CNY", 100) }, types.ErrInsufficientReserve, "AM04"},
	{"its bank has the reserves", func(w *world, _ *request) { w.endow("BQDQ", "CNY", 100) }, nil, ""},
}

func status(name string, to types.AccountStatus) func(*world, *request) {
	return func(w *world, _ *request) {
		account := w.accounts[name]
		account.Status = to
		w.accounts[name] = account
	}
}

func currencies(name string, codes ...string) func(*world, *request) {
	return func(w *world, _ *request) {
		account := w.accounts[name]
		account.Currencies = codes
		w.accounts[name] = account
	}
}

func TestRefusalsComeInOrderOfPrecedence(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.open("debtor", "BQDQ", types.AccountClosed, "EUR")
	w.open("creditor", "HXNB", types.AccountClosed, "EUR")
	w.files[string(types.FileKey("debtor", digestOf("file 1")))] = digestOf("another content")
	for _, taken := range []types.Payment{
		{Uetr: drawnUETRs[0], Debtor: "somebody", EndToEndDigest: digestOf("used")},
		{Uetr: drawnUETRs[2], Debtor: "debtor", EndToEndDigest: digestOf("used"), Amount: math.OneInt()},
	} {
		taken.Status = types.PaymentSettled
		id, err := types.ParseUETR(taken.Uetr)
		require.NoError(t, err)
		w.payments[id] = taken
		w.names[types.DerivePaymentID(addressOf(taken.Debtor), taken.EndToEndDigest)] = id
	}
	q := request{
		debtor: "debtor", currency: "CNY", mode: types.BestEffort, file: "file 1", content: "content",
		transfers: []types.Transfer{{
			Uetr: drawnUETRs[0], Creditor: "debtor", Amount: math.NewInt(100), EndToEndDigest: digestOf("used"),
		}},
	}
	for _, row := range peel {
		row.repair(w, &q)
		single := q
		single.single = true
		_, err := w.clone().decide(single)
		if row.refusal == nil {
			require.NoError(t, err, row.step)
			continue
		}
		require.ErrorIs(t, err, row.refusal, row.step)
		require.Equal(t, row.reason, types.ISOReason(err), row.step)
	}
}

func TestAThousandTransfersNetToOneEntryForEachAccount(t *testing.T) {
	t.Parallel()
	w := newWorld("CNY")
	w.open("debtor", "BQDQ", types.AccountOpen, "CNY")
	w.open("near", "BQDQ", types.AccountOpen, "CNY")
	w.open("far", "HXNB", types.AccountOpen, "CNY")
	w.deposit("debtor", "CNY", 5_000)
	w.endow("BQDQ", "CNY", 5_000)
	q := request{debtor: "debtor", currency: "CNY", mode: types.AllOrNothing}
	for i := range types.TransfersPerBatchMax {
		q.transfers = append(q.transfers, types.Transfer{
			Creditor: []string{"near", "far"}[i%2], Amount: math.NewInt(5), EndToEndDigest: digestOf(string(rune(i + 1))),
		})
	}
	plan, err := w.decide(q)
	require.NoError(t, err)
	require.Len(t, plan.Payments, types.TransfersPerBatchMax)
	require.Equal(t, []string{"debtor -5000 BQDQ/CNY", "near 2500 BQDQ/CNY", "far 2500 HXNB/CNY"}, words(plan.Posting.Deposits))
	require.Equal(t, []string{"BQDQ -2500 reserve/CNY", "HXNB 2500 reserve/CNY"}, words(plan.Posting.Reserves))
	require.Equal(t, []string{" -2500 BQDQ/CNY", " 2500 HXNB/CNY"}, words(plan.Posting.Supply))
	require.NoError(t, w.audit())
}

func words(entries []domain.Entry) []string {
	var lines []string
	for _, e := range entries {
		lines = append(lines, e.Holder+" "+e.Delta.String()+" "+e.Denom)
	}
	return lines
}

func TestTheLargestAmountOverTheLargestBatchDoesNotOverflow(t *testing.T) {
	t.Parallel()
	w := newWorld("CNY")
	w.open("debtor", "BQDQ", types.AccountOpen, "CNY")
	w.open("creditor", "BQDQ", types.AccountOpen, "CNY")
	w.money[holding{"debtor", "BQDQ/CNY"}] = types.OutstandingMax()
	w.supply["BQDQ/CNY"] = types.OutstandingMax()
	q := request{debtor: "debtor", currency: "CNY", mode: types.BestEffort}
	for i := range types.TransfersPerBatchMax {
		q.transfers = append(q.transfers, types.Transfer{
			Creditor: "creditor", Amount: types.AmountMax(), EndToEndDigest: digestOf(string(rune(i + 1))),
		})
	}
	_, err := w.decide(q)
	require.NoError(t, err)
	require.Equal(t, types.AmountMax().MulRaw(1_000), w.money[holding{"creditor", "BQDQ/CNY"}])
}

func TestAnAmountOutOfBoundsNeverMovesMoney(t *testing.T) {
	t.Parallel()
	for _, amount := range []math.Int{math.ZeroInt(), math.NewInt(-5), types.AmountMax().AddRaw(1)} {
		w := newWorld("CNY")
		w.open("debtor", "BQDQ", types.AccountOpen, "CNY")
		w.open("creditor", "BQDQ", types.AccountOpen, "CNY")
		w.money[holding{"debtor", "BQDQ/CNY"}] = types.OutstandingMax()
		_, err := w.decide(request{
			debtor: "debtor", currency: "CNY", mode: types.BestEffort,
			transfers: []types.Transfer{{Creditor: "creditor", Amount: amount, EndToEndDigest: digestOf("x")}},
		})
		require.Error(t, err, "%s", amount)
		require.True(t, zeroIfNil(w.money[holding{"creditor", "BQDQ/CNY"}]).IsZero())
	}
}

func TestEventsTellWhatWasDecidedAndReplaysTellNothing(t *testing.T) {
	t.Parallel()
	w := newWorld("CNY")
	w.open("debtor", "BQDQ", types.AccountOpen, "CNY")
	w.open("creditor", "HXNB", types.AccountOpen, "CNY")
	w.deposit("debtor", "CNY", 10)
	w.endow("BQDQ", "CNY", 10)
	q := request{debtor: "debtor", currency: "CNY", mode: types.BestEffort, file: "file", content: "content", transfers: []types.Transfer{
		{Creditor: "creditor", Amount: math.NewInt(10), EndToEndDigest: digestOf("one")},
		{Creditor: "creditor", Amount: math.NewInt(1), EndToEndDigest: digestOf("two")},
		{Creditor: "creditor", Amount: math.NewInt(1), EndToEndDigest: digestOf("two")},
	}}
	plan, err := w.decide(q)
	require.NoError(t, err)
	one := types.DeriveUETR(addressOf("debtor"), digestOf("one"))
	two := types.DeriveUETR(addressOf("debtor"), digestOf("two"))
	rejected := types.EventPaymentRejected{
		Uetr: two, Debtor: "debtor", Creditor: "creditor", Currency: "CNY", Amount: math.NewInt(1),
		EndToEndDigest: digestOf("two"), InstructionDigest: digestOf("file"), Operator: "operator",
		OldStatus: types.PaymentReceived, NewStatus: types.PaymentRejected, Reason: "AM04", Stored: true,
	}
	twin := rejected
	twin.Reason, twin.Stored = "DU04", false
	require.Equal(t, []domain.Event{
		&types.EventPaymentSettled{
			Uetr: one, Debtor: "debtor", DebtorInstitution: "BQDQ", Creditor: "creditor", CreditorInstitution: "HXNB",
			Currency: "CNY", Amount: math.NewInt(10), EndToEndDigest: digestOf("one"), InstructionDigest: digestOf("file"),
			Operator: "operator", OldStatus: types.PaymentReceived, NewStatus: types.PaymentSettled,
		},
		&rejected, &twin,
	}, plan.Events)
	require.Equal(t, digestOf("content"), plan.Instruction.ContentDigest)

	again, err := w.decide(q)
	require.NoError(t, err)
	require.Len(t, again.Events, 1, "only the twin is refused again")
	require.Empty(t, again.Payments)
	require.Nil(t, again.Instruction)
	require.True(t, again.Posting.IsEmpty())
}

func TestAStatedUETRMustBeOne(t *testing.T) {
	t.Parallel()
	_, err := domain.Lines(addressOf("a"), []types.Transfer{{Uetr: "not a uetr"}})
	require.ErrorIs(t, err, types.ErrUETRInvalid)
}

func TestAPaymentTriedAgainUnderItsDerivedUETRNeedsNoSecondName(t *testing.T) {
	t.Parallel()
	w := newWorld("CNY")
	w.open("debtor", "BQDQ", types.AccountOpen, "CNY")
	w.open("creditor", "BQDQ", types.AccountOpen, "CNY")
	q := request{debtor: "debtor", currency: "CNY", mode: types.BestEffort, file: "1", content: "1", transfers: []types.Transfer{
		{Uetr: drawnUETRs[0], Creditor: "creditor", Amount: math.OneInt(), EndToEndDigest: digestOf("rent")},
	}}
	_, err := w.decide(q)
	require.NoError(t, err)
	require.Len(t, w.names, 1)

	w.deposit("debtor", "CNY", 1)
	q.file, q.content = "2", "2"
	q.transfers[0].Uetr = types.DeriveUETR(addressOf("debtor"), digestOf("rent"))
	plan, err := w.decide(q)
	require.NoError(t, err)
	require.Equal(t, types.PaymentSettled, plan.Results[0].Status)
	require.Len(t, w.payments, 1, "the rejected payment gave way")
	require.NoError(t, w.audit())
}

func TestARetryIsEqualInEveryFieldOrADuplicate(t *testing.T) {
	t.Parallel()
	sound := request{debtor: "debtor", currency: "CNY", mode: types.BestEffort, file: "file", content: "content"}
	line := types.Transfer{Creditor: "creditor", Amount: math.NewInt(5), EndToEndDigest: digestOf("rent")}
	for _, row := range []struct {
		story  string
		change func(*request, *types.Transfer)
		want   answer
	}{
		{"nothing differs", func(*request, *types.Transfer) {}, answer{types.PaymentSettled, "", true}},
		{"the uetr that was derived is stated", func(_ *request, l *types.Transfer) {
			l.Uetr = types.DeriveUETR(addressOf("debtor"), digestOf("rent"))
		}, answer{types.PaymentSettled, "", true}},
		{"the creditor differs", func(_ *request, l *types.Transfer) { l.Creditor = "other" }, answer{types.PaymentRejected, "DU04", false}},
		{"the amount differs", func(_ *request, l *types.Transfer) { l.Amount = math.NewInt(6) }, answer{types.PaymentRejected, "DU04", false}},
		{"the currency differs", func(q *request, _ *types.Transfer) { q.currency = "EUR" }, answer{types.PaymentRejected, "DU04", false}},
		{"the file differs", func(q *request, _ *types.Transfer) { q.file = "another" }, answer{types.PaymentRejected, "DU04", false}},
		{"there is no file", func(q *request, _ *types.Transfer) { q.file, q.content = "", "" }, answer{types.PaymentRejected, "DU04", false}},
		{"the uetr differs", func(_ *request, l *types.Transfer) { l.Uetr = drawnUETRs[0] }, answer{types.PaymentRejected, "DU04", false}},
		{"the mode differs", func(q *request, _ *types.Transfer) { q.mode = types.AllOrNothing }, answer{types.PaymentSettled, "", true}},
	} {
		w := newWorld("CNY", "EUR")
		for _, name := range []string{"debtor", "creditor", "other"} {
			w.open(name, "BQDQ", types.AccountOpen, "CNY", "EUR")
			w.deposit(name, "CNY", 100)
			w.deposit(name, "EUR", 100)
		}
		first := sound
		first.transfers = []types.Transfer{line}
		_, err := w.decide(first)
		require.NoError(t, err)
		second, again := sound, line
		row.change(&second, &again)
		second.transfers = []types.Transfer{again}
		plan, err := w.decide(second)
		require.NoError(t, err)
		require.Equal(t, []answer{row.want}, answersOf(plan), row.story)
		require.True(t, plan.Posting.IsEmpty(), row.story)
	}
}
