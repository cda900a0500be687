package clients

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// Each file orders two payments, one to the supplier at another bank and one inside the bank.
const (
	supplierCents  = 25050
	neighbourCents = 100
)

func TestPaymentFilesOfOtherProgramsSettle(t *testing.T) {
	n := network(t)
	told := n.facts(t)
	orders, answers := t.TempDir(), t.TempDir()
	n.script(t, told, "write-payments.mjs", orders)
	files, err := filepath.Glob(filepath.Join(orders, "*.xml"))
	require.NoError(t, err)
	require.Len(t, files, 4, "pain.001.001.03, .08 and .09 of sepa, and .03 of iso20022.js")

	before := n.cents(t)
	for _, file := range files {
		output := n.run(t, "iso", "submit", file, "--from", "party-buyer", "--out", answers)
		require.Contains(t, output, "2 settled, 0 refused, 0 undecided: ACSC", filepath.Base(file))
	}
	after := n.cents(t)
	count := len(files)
	require.Equal(t, before["buyer"]-count*(supplierCents+neighbourCents), after["buyer"])
	require.Equal(t, before["supplier"]+count*supplierCents, after["supplier"])
	require.Equal(t, before["neighbour"]+count*neighbourCents, after["neighbour"])

	t.Run("each is answered by a pain.002 of both payments", func(t *testing.T) {
		reports, err := filepath.Glob(filepath.Join(answers, "*pain.002*"))
		require.NoError(t, err)
		require.Len(t, reports, count)
		for _, path := range reports {
			text, err := os.ReadFile(path)
			require.NoError(t, err)
			require.Regexp(t, `<GrpSts>ACSC</GrpSts>`, string(text))
		}
	})
	t.Run("iso20022.js reads the status reports", func(t *testing.T) {
		told.Answers, told.Files = answers, count
		n.suite(t, told, "answers.test.mjs")
	})
	t.Run("a file that is handed in again is a duplicate and moves nothing", func(t *testing.T) {
		_, err := n.try("iso", "submit", files[0], "--from", "party-buyer", "--home", n.layout.Keys())
		require.ErrorContains(t, err, "DU01")
		require.Equal(t, after, n.cents(t))
	})
	n.requireAlive(t)
}

// cents is what each party holds, in minor units of EUR.
func (n *testNetwork) cents(t *testing.T) map[string]int {
	t.Helper()
	held := map[string]int{}
	for _, account := range n.layout.Accounts {
		amount, err := strconv.Atoi(n.balance(t, account.Party, "EUR"))
		require.NoError(t, err)
		held[account.Party] = amount
	}
	return held
}
