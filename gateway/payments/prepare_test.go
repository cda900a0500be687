package payments_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/crypto/seal"
	"github.com/zhilian-network/zhilian/gateway/payments"
)

func TestWhatIsPreparedIsWhatSubmittingSendsAndNothingIsSent(t *testing.T) {
	c := newChain(t)
	file := simple("MSG-1",
		order{id: "E1", amount: "100.00", account: otherIBAN},
		order{id: "E2", amount: "1.50", account: worker(1), agent: bqdq})
	prepared, _, err := gatewayOf(c).Prepare(t.Context(), file, payments.Options{})
	require.NoError(t, err)
	require.Empty(t, c.batches)
	require.Zero(t, c.balance(otherIBAN))
	submit(t, c, file)
	require.Equal(t, c.batches, prepared)
}

func TestAFileThatIsPayableInPartIsNotPrepared(t *testing.T) {
	for name, file := range map[string][]byte{
		"one that is no XML":                  []byte("<Document"),
		"one with an unknown payee":           simple("A", order{id: "E1", amount: "1", account: worker(1), agent: bqdq}, order{id: "E2", amount: "1", account: "999", agent: bqdq}),
		"one with an unknown payee's bank":    simple("B", order{id: "E1", amount: "1", account: "77", agent: "<BICFI>NOBODYXX</BICFI>"}),
		"one that has an end-to-end id twice": simple("C", order{id: "E1", amount: "1", account: worker(1), agent: bqdq}, order{id: "E1", amount: "2", account: worker(1), agent: bqdq}),
	} {
		prepared, _, err := gatewayOf(newChain(t)).Prepare(t.Context(), file, payments.Options{})
		require.ErrorIs(t, err, payments.ErrNotPayable, name)
		require.Empty(t, prepared, name)
	}
}

// An approver's digest covers the sealed details too: what is approved is what settles, and its readers open it.
func TestPreparedDetailsOpenAfterSomebodyElseHasSentThem(t *testing.T) {
	c, keys := newChain(t), newKeyring(t, seal.SM2, everybody...)
	g := sealingGateway(c, keys, "")
	file := detailed("Invoice 7")
	prepared, told, err := g.Prepare(t.Context(), file, payments.Options{RequireDetails: true})
	require.NoError(t, err)
	require.Equal(t, 2, told.Sealed)
	_, err = c.PayBatch(t.Context(), prepared[0])
	require.NoError(t, err)
	outcome, err := g.Lookup(t.Context(), file)
	require.NoError(t, err)
	require.Equal(t, []string{"ACSC", "ACSC"}, verdicts(outcome))
	opening, err := payments.OpenDetails(keys.of("HKBK/beta"), answerOf(t, prepared[0], 0))
	require.NoError(t, err)
	text, err := payments.DetailsText(opening.Content)
	require.NoError(t, err)
	require.Contains(t, string(text), "Invoice 7")
}
