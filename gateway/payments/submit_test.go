package payments_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/gateway/client"
	"github.com/zhilian-network/zhilian/gateway/payments"
	"github.com/zhilian-network/zhilian/iso20022/report"
	access "github.com/zhilian-network/zhilian/x/access/types"
	settlement "github.com/zhilian-network/zhilian/x/settlement/types"
)

func TestAFileIsPaidAndAnswered(t *testing.T) {
	c := newChain(t)
	g := gatewayOf(c)
	outcome := submit(t, c, simple("MSG-1",
		order{id: "E1", amount: "100.00", account: otherIBAN},
		order{id: "E2", amount: "1.50", account: worker(1), agent: "<ClrSysMmbId><ClrSysId><Cd>CNAPS</Cd></ClrSysId><MmbId>313452060150</MmbId></ClrSysMmbId>"}))
	require.Equal(t, []string{"ACSC", "ACSC"}, verdicts(outcome))
	require.Equal(t, report.Settled, outcome.Status)
	require.True(t, outcome.AllSettled())
	require.Equal(t, int64(100_00), c.balance(otherIBAN))

	require.Len(t, c.batches, 1)
	sent := c.batches[0]
	require.Equal(t, "CNY", sent.Currency)
	require.Equal(t, settlement.BestEffort, sent.Mode)
	require.Equal(t, key.Message("acme", "MSG-1"), sent.InstructionDigest)
	require.Empty(t, sent.Transfers[0].Uetr, "a UETR that the file lacks is left to the chain")
	require.NoError(t, func() error {
		copied := *sent
		copied.Operator = sent.Debtor // the fixture's operator is no address
		return copied.Validate()
	}())

	answer, err := g.Answer(t.Context(), outcome)
	require.NoError(t, err)
	require.Equal(t, "pain.002.001.10", answer.Kind)
	require.Contains(t, string(answer.Content), "<GrpSts>ACSC</GrpSts>")
	require.Contains(t, string(answer.Content), "<OrgnlEndToEndId>E2</OrgnlEndToEndId>")

	notifications, err := g.Notifications(t.Context(), outcome)
	require.NoError(t, err)
	require.Len(t, notifications, 3, "the debtor and two creditors")
	require.Contains(t, string(notifications[0].Content), "<CdtDbtInd>DBIT</CdtDbtInd>")
	require.Contains(t, string(notifications[1].Content), "<Amt Ccy=\"CNY\">100.00</Amt>")
}

func TestTransfersAreCutIntoBatchesOfAThousandInFileOrder(t *testing.T) {
	c := newChain(t)
	outcome := submit(t, c, simple("BIG", salaries(2_500)...))
	require.Equal(t, 2_500, outcome.Settled())
	var sizes []int
	for _, batch := range c.batches {
		sizes = append(sizes, len(batch.Transfers))
	}
	require.Equal(t, []int{1_000, 1_000, 500}, sizes)
	require.Equal(t, []int{1, 1_000, 1_000, 500}, c.resolved, "the debtor first, then creditors in portions")
	third := c.accounts[string(key.Other("BQDQ", worker(1_002)))].Address
	require.Equal(t, third, c.batches[1].Transfers[2].Creditor)
}

func TestEachDebtorAccountHasItsOwnBatch(t *testing.T) {
	c := newChain(t)
	c.accounts[string(key.IBAN(otherIBAN))].InstitutionId = "BQDQ"
	c.balances[c.accounts[string(key.IBAN(otherIBAN))].Address] = c.balances[c.accounts[string(key.IBAN(payerIBAN))].Address]
	blocks := map[string][]order{
		payerIBAN: {{id: "A", amount: "1", account: worker(1), agent: bqdq}},
		otherIBAN: {{id: "A", amount: "2", account: worker(2), agent: bqdq}},
	}
	outcome := submit(t, c, pain001("TWO", blocks, payerIBAN, otherIBAN))
	require.Equal(t, []string{"ACSC", "ACSC"}, verdicts(outcome))
	require.Len(t, c.batches, 2)
	require.NotEqual(t, c.batches[0].Debtor, c.batches[1].Debtor)
	require.Equal(t, c.batches[0].ContentDigest, c.batches[1].ContentDigest)
}

func TestAccountsAndBanksThatNobodyKnowsAreRefused(t *testing.T) {
	c := newChain(t)
	outcome := submit(t, c, simple("UNKNOWN",
		order{id: "1", amount: "1", account: "FR1420041010050500013M02606"},
		order{id: "2", amount: "1", account: "99999999", agent: bqdq},
		order{id: "3", amount: "1", account: worker(1), agent: "<BICFI>DEUTDEFF</BICFI>"},
		order{id: "4", amount: "1", account: worker(1), agent: "<Nm>Some bank</Nm>"},
		order{id: "5", amount: "1", account: worker(1), agent: "<BICFI>BQDQCNBJ</BICFI><LEI>5493001KJTIIGC8Y1R12</LEI>"},
		order{id: "6", amount: "1", account: worker(1), agent: "<BICFI>BQDQCNBJ110</BICFI>"},
		order{id: "7", amount: "1", account: worker(2)}))
	require.Equal(t, []string{"RJCT AC03", "RJCT AC03", "RJCT RC04", "RJCT RC04", "RJCT RC04", "ACSC", "ACSC"}, verdicts(outcome))
	require.Equal(t, report.Partial, outcome.Status)
	require.Empty(t, outcome.Transfers[0].Creditor)
}

func TestABranchOfTwoMembersIsNobodys(t *testing.T) {
	c := newChain(t)
	c.institutions = append(c.institutions, access.Institution{Id: "BQD2", Bic: "BQDQCNBJ200"})
	outcome := submit(t, c, simple("BRANCH",
		order{id: "1", amount: "1", account: worker(1), agent: "<BICFI>BQDQCNBJ110</BICFI>"},
		order{id: "2", amount: "1", account: worker(1), agent: "<BICFI>BQDQCNBJXXX</BICFI>"}))
	require.Equal(t, []string{"RJCT RC04", "ACSC"}, verdicts(outcome))
}

func TestAnUnknownDebtorIsRefusedAndNothingIsSent(t *testing.T) {
	c := newChain(t)
	blocks := map[string][]order{"FR1420041010050500013M02606": salaries(2)}
	outcome := submit(t, c, pain001("NODEBTOR", blocks, "FR1420041010050500013M02606"))
	require.Equal(t, []string{"RJCT AC02", "RJCT AC02"}, verdicts(outcome))
	require.Equal(t, "AC02", outcome.Reason)
	require.Empty(t, c.batches)
	answer, err := gatewayOf(c).Answer(t.Context(), outcome)
	require.NoError(t, err)
	require.Contains(t, string(answer.Content), "<GrpSts>RJCT</GrpSts>")
}

func TestAnAccountOpenedLaterDoesNotMakeAnOldFilePay(t *testing.T) {
	c := newChain(t)
	file := simple("EARLY", order{id: "1", amount: "5", account: "777777", agent: bqdq}, order{id: "2", amount: "5", account: worker(1), agent: bqdq})
	require.Equal(t, []string{"RJCT AC03", "ACSC"}, verdicts(submit(t, c, file)))
	late := c.open("BQDQ", "late", key.Other("BQDQ", "777777"), 0)
	again := submit(t, c, file)
	require.Equal(t, []string{"RJCT DU04", "ACSC"}, verdicts(again))
	require.True(t, again.Duplicate)
	require.True(t, c.balances[late].IsZero())

	corrected := simple("LATE", order{id: "1", amount: "5", account: "777777", agent: bqdq})
	require.Equal(t, []string{"ACSC"}, verdicts(submit(t, c, corrected)), "a new file may try again")
}

func TestWhatTheFileAloneForbidsIsNotSent(t *testing.T) {
	c := newChain(t)
	outcome := submit(t, c, simple("REFUSAL",
		order{id: "1", amount: "1", account: "DE00370400440532013000"},
		order{id: "2", amount: "1", account: worker(1), agent: bqdq}))
	require.Equal(t, "RJCT", string(outcome.Transfers[0].Status))
	require.NotEmpty(t, outcome.Transfers[0].Reason)
	require.Equal(t, "ACSC", string(outcome.Transfers[1].Status))
	require.Len(t, c.batches[0].Transfers, 1)
}

func TestTheSameBytesNeverPayTwice(t *testing.T) {
	c := newChain(t)
	file := simple("ONCE", order{id: "1", amount: "10", account: otherIBAN}, order{id: "2", amount: "9999999", account: otherIBAN})
	first := submit(t, c, file)
	require.Equal(t, []string{"ACSC", "RJCT AM04"}, verdicts(first))
	before := c.balance(payerIBAN)

	second := submit(t, c, file)
	require.True(t, second.Duplicate)
	require.Equal(t, "DU01", second.Reason)
	require.Equal(t, report.Rejected, second.Status)
	require.Zero(t, second.Settled())
	require.False(t, second.AllSettled())
	require.Equal(t, []string{"ACSC", "RJCT AM04"}, verdicts(second), "what became of it then can still be seen")
	require.Equal(t, first.Transfers[0].Height, second.Transfers[0].Height)
	require.Equal(t, before, c.balance(payerIBAN))

	answer, err := gatewayOf(c).Answer(t.Context(), second)
	require.NoError(t, err)
	require.Contains(t, string(answer.Content), "DU01")
	require.NotContains(t, string(answer.Content), "ACSC")
	notifications, err := gatewayOf(c).Notifications(t.Context(), second)
	require.NoError(t, err)
	require.Empty(t, notifications)
}

func TestARefusalThatTheChainDoesNotKeepLeavesAFileADuplicate(t *testing.T) {
	c := newChain(t)
	submit(t, c, simple("FIRST", order{id: "used", amount: "10", account: otherIBAN}))
	file := simple("SECOND", order{id: "used", amount: "11", account: otherIBAN}, order{id: "new", amount: "1", account: otherIBAN})
	first := submit(t, c, file)
	require.Equal(t, []string{"RJCT DU04", "ACSC"}, verdicts(first))
	require.False(t, first.Duplicate)
	require.True(t, submit(t, c, file).Duplicate)
}

func TestAFileOfUsedIDsOnlyIsRefusedAndNoDuplicate(t *testing.T) {
	c := newChain(t)
	submit(t, c, simple("FIRST", order{id: "used", amount: "10", account: otherIBAN}))
	outcome := submit(t, c, simple("SECOND", order{id: "used", amount: "11", account: otherIBAN}))
	require.Equal(t, "DU04", outcome.Reason)
	require.False(t, outcome.Duplicate)
}

func TestAnotherFileUnderAUsedMessageIDIsRefused(t *testing.T) {
	c := newChain(t)
	submit(t, c, simple("SAME", order{id: "1", amount: "10", account: otherIBAN}))
	outcome := submit(t, c, simple(" SAME", order{id: "2", amount: "11", account: otherIBAN}))
	require.Equal(t, []string{"RJCT DU01"}, verdicts(outcome))
	require.Equal(t, "DU01", outcome.Reason)
	require.False(t, outcome.Duplicate)
	require.Equal(t, int64(10_00), c.balance(otherIBAN))
}

func TestAFileThatWasInterruptedIsCompleted(t *testing.T) {
	for name, break2 := range map[string]func(c *chain){
		"before the second batch took effect": func(c *chain) {
			c.fail = func(n int) error { return onBatch(n, 1) }
		},
		"after it took effect and before the reply came": func(c *chain) {
			c.loseReply = func(n int) error { return onBatch(n, 1) }
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := newChain(t)
			break2(c)
			file := simple("BIG", salaries(2_500)...)
			first := submit(t, c, file)
			require.ErrorIs(t, first.Incomplete, context.DeadlineExceeded)
			require.Equal(t, 1_000, first.Settled())
			require.Equal(t, 1_500, first.Undecided())
			require.Equal(t, report.Partial, first.Status)
			require.False(t, first.AllSettled())
			answer, err := gatewayOf(c).Answer(t.Context(), first)
			require.NoError(t, err)
			require.Contains(t, string(answer.Content), "<TxSts>PDNG</TxSts>")

			second := submit(t, c, file)
			require.NoError(t, second.Incomplete)
			require.Equal(t, 2_500, second.Settled())
			require.False(t, second.Duplicate)
			require.True(t, second.Transfers[0].Replayed)
			require.False(t, second.Transfers[2_499].Replayed)
			require.Equal(t, int64(1_000_000_00-2_500*10_00), c.balance(payerIBAN))

			require.True(t, submit(t, c, file).Duplicate)
		})
	}
}

func onBatch(n, want int) error {
	if n == want {
		return &client.OutcomeUnknown{TxHash: "AB", Cause: context.DeadlineExceeded}
	}
	return nil
}

func TestARefusedBatchIsRefusedInFullAndTheOthersGoOn(t *testing.T) {
	c := newChain(t)
	c.fail = func(n int) error {
		if n == 0 {
			return &client.Refused{Codespace: "access", Code: 4, Log: "operator does not act for this institution or party"}
		}
		return nil
	}
	c.accounts[string(key.IBAN(otherIBAN))].InstitutionId = "BQDQ"
	c.balances[c.accounts[string(key.IBAN(otherIBAN))].Address] = c.balances[c.accounts[string(key.IBAN(payerIBAN))].Address]
	blocks := map[string][]order{payerIBAN: salaries(2), otherIBAN: salaries(1)}
	outcome := submit(t, c, pain001("SIGNER", blocks, payerIBAN, otherIBAN))
	require.Equal(t, []string{"RJCT DS0H", "RJCT DS0H", "ACSC"}, verdicts(outcome))
}

func TestAChainThatCannotBeAskedIsAnErrorAndNothingIsSent(t *testing.T) {
	c := newChain(t)
	broken := brokenChain{c}
	_, err := payments.New(broken, key, addresses).Submit(t.Context(), simple("X", salaries(1)...), payments.Options{})
	require.ErrorContains(t, err, "node is away")
	require.Empty(t, c.batches)
}

type brokenChain struct{ *chain }

func (brokenChain) Resolve(context.Context, [][]byte) ([]*settlement.Account, error) {
	return nil, errors.New("node is away")
}

func TestIDsThatStandTwiceInAFileAreRefusedTheSecondTime(t *testing.T) {
	const uetr = "3f2a8d1e-5b4c-4d6e-8f70-a1b2c3d4e5f6"
	c := newChain(t)
	outcome := submit(t, c, simple("TWICE",
		order{id: "A", amount: "1", account: otherIBAN},
		order{id: "A", amount: "1", account: otherIBAN},
		order{id: "B", uetr: uetr, amount: "1", account: otherIBAN},
		order{id: "C", uetr: uetr, amount: "1", account: otherIBAN}))
	require.Equal(t, []string{"ACSC", "RJCT DU04", "ACSC", "RJCT DU03"}, verdicts(outcome))
	require.Equal(t, int64(2_00), c.balance(otherIBAN))
	require.Equal(t, uetr, c.batches[0].Transfers[1].Uetr)
}

func TestTransfersWithoutAnIDAreToldApartByTheirPlace(t *testing.T) {
	c := newChain(t)
	file := simple("NOID",
		order{id: "NOTPROVIDED", amount: "1", account: otherIBAN},
		order{id: "NOTPROVIDED", amount: "1", account: otherIBAN})
	require.Equal(t, []string{"ACSC", "ACSC"}, verdicts(submit(t, c, file)))
	require.True(t, submit(t, c, file).Duplicate)
	require.Equal(t, []string{"ACSC"}, verdicts(submit(t, c, simple("NOID-2", order{id: "NOTPROVIDED", amount: "1", account: otherIBAN}))))
	require.Equal(t, int64(3_00), c.balance(otherIBAN))
}

func TestAllOrNothing(t *testing.T) {
	all := payments.Options{AllOrNothing: true}
	t.Run("is passed to the chain", func(t *testing.T) {
		c := newChain(t)
		_, err := gatewayOf(c).Submit(t.Context(), simple("A", salaries(2)...), all)
		require.NoError(t, err)
		require.Equal(t, settlement.AllOrNothing, c.batches[0].Mode)
	})
	t.Run("sends nothing if one transfer cannot be sent", func(t *testing.T) {
		c := newChain(t)
		bad := append(salaries(2), order{id: "bad", amount: "1", account: "DE00370400440532013000"})
		outcome, err := gatewayOf(c).Submit(t.Context(), simple("A", bad...), all)
		require.NoError(t, err)
		require.Equal(t, "RJCT ED05", verdicts(outcome)[0])
		require.Zero(t, outcome.Settled())
		require.Empty(t, c.batches)
	})
	t.Run("is refused where it could not be kept", func(t *testing.T) {
		c := newChain(t)
		outcome, err := gatewayOf(c).Submit(t.Context(), simple("A", salaries(1_001)...), all)
		require.NoError(t, err)
		require.Equal(t, 1_001, outcome.Rejected())
		require.Empty(t, c.batches)
	})
}

func TestAFileThatCannotBeReadIsAnsweredAndNotSent(t *testing.T) {
	for name, c := range map[string]struct {
		file string
		kind string
	}{
		"no XML":                     {"{H:01", "admi.002.001.01"},
		"another message":            {`<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.056.001.08"><X/></Document>`, "admi.002.001.01"},
		"a wrong number of payments": {strings.Replace(string(simple("M", salaries(1)...)), "<NbOfTxs>1<", "<NbOfTxs>2<", 1), "pain.002.001.10"},
	} {
		t.Run(name, func(t *testing.T) {
			fake := newChain(t)
			outcome := submit(t, fake, []byte(c.file))
			require.NotNil(t, outcome.Rejection)
			require.Equal(t, report.Rejected, outcome.Status)
			require.False(t, outcome.AllSettled())
			require.Empty(t, fake.batches)
			answer, err := gatewayOf(fake).Answer(t.Context(), outcome)
			require.NoError(t, err)
			require.Equal(t, c.kind, answer.Kind)
		})
	}
}

func TestLookupTellsWhatBecameOfAFileWithoutSending(t *testing.T) {
	c := newChain(t)
	g := gatewayOf(c)
	file := simple("LOOK", order{id: "1", amount: "10", account: otherIBAN}, order{id: "2", amount: "1", account: "777777", agent: bqdq})
	_, err := g.Lookup(t.Context(), file)
	require.ErrorIs(t, err, payments.ErrNotSubmitted)

	submit(t, c, file)
	sent := len(c.batches)
	found, err := g.Lookup(t.Context(), file)
	require.NoError(t, err)
	require.Equal(t, []string{"ACSC", "RJCT AC03"}, verdicts(found))
	require.False(t, found.Duplicate)
	require.Len(t, c.batches, sent)

	_, err = g.Lookup(t.Context(), simple("OTHER", order{id: "1", amount: "10", account: otherIBAN}))
	require.ErrorIs(t, err, payments.ErrNotSubmitted, "another file that was never handed in has the same ids")

	c.operator = access.Operator{Address: "teller", InstitutionId: "BQDQ"}
	_, err = g.Lookup(t.Context(), file)
	require.ErrorIs(t, err, payments.ErrNotSubmitted, "it was handed in with another key; what was paid is not called refused")
}

func TestNoSenderChoosesAFileName(t *testing.T) {
	folder := t.TempDir()
	c := newChain(t)
	g := gatewayOf(c)
	for _, id := range []string{"../../etc/passwd", "/abs", "a\\b", "con", "..", "x;rm -rf", "名前"} {
		outcome := submit(t, c, simple(id, order{id: id, amount: "1", account: otherIBAN}))
		require.True(t, outcome.AllSettled(), id)
		answer, err := g.Answer(t.Context(), outcome)
		require.NoError(t, err)
		notifications, err := g.Notifications(t.Context(), outcome)
		require.NoError(t, err)
		paths, err := payments.Write(folder, append(notifications, answer))
		require.NoError(t, err)
		for _, path := range paths {
			require.Equal(t, folder, filepath.Dir(path))
			require.Regexp(t, `^[a-z]{4}\.\d{3}\.001\.\d{2}-[0-9a-f]{16}(-\d{5})?(\.\d+)?\.xml$`, filepath.Base(path))
		}
	}
}

func TestAnAnswerIsNeverOverwritten(t *testing.T) {
	folder := t.TempDir()
	document := payments.Document{Kind: "x", Name: "answer.xml", Content: []byte("first")}
	_, err := payments.Write(folder, []payments.Document{document})
	require.NoError(t, err)
	document.Content = []byte("second")
	paths, err := payments.Write(folder, []payments.Document{document})
	require.NoError(t, err)
	require.Equal(t, "answer.2.xml", filepath.Base(paths[0]))
	first, err := os.ReadFile(filepath.Join(folder, "answer.xml"))
	require.NoError(t, err)
	require.Equal(t, "first", string(first))
	info, err := os.Stat(paths[0])
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())

	_, err = payments.Write(folder, []payments.Document{{Name: "../escape.xml"}})
	require.Error(t, err)
}

func TestAnAccountAtAnotherBankThanTheFileNamesIsNotPaid(t *testing.T) {
	c := newChain(t)
	outcome := submit(t, c, simple("CLAIMED",
		order{id: "A", amount: "1", account: otherIBAN, agent: bqdq},
		order{id: "B", amount: "2", account: otherIBAN, agent: "<BICFI>HKBKHKHH</BICFI>"},
	))
	require.Equal(t, []string{"RJCT AC03", "ACSC"}, verdicts(outcome), "HKBK keeps the account, whoever is named")
}

func TestAFileWithoutReferencesIsPaidOnceWhoeverHandsItIn(t *testing.T) {
	c := newChain(t)
	file := simple("TWICE", order{id: "NOTPROVIDED", amount: "10", account: worker(1), agent: bqdq})
	require.Equal(t, []string{"ACSC"}, verdicts(submit(t, c, file)))
	before := c.balance(payerIBAN)

	c.operator = access.Operator{Address: "teller", InstitutionId: "BQDQ"}
	require.Zero(t, submit(t, c, file).Settled(), "the bank's own operator hands the customer's file in again")
	require.Equal(t, before, c.balance(payerIBAN))
}
