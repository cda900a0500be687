package domain_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"cosmossdk.io/math"
	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/x/settlement/domain"
	"github.com/zhilian-network/zhilian/x/settlement/types"
)

var update = flag.Bool("update", false, "rewrite testdata/*.txt with what happens now; read the diff before you keep it")

// TestScenariosEndAsTheyAreWritten runs the stories of testdata. A line that begins with "=" is what the
// network answers to the lines above it.
func TestScenariosEndAsTheyAreWritten(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			want, err := os.ReadFile(file)
			require.NoError(t, err)
			have, err := play(string(want))
			require.NoError(t, err)
			if *update {
				require.NoError(t, os.WriteFile(file, []byte(have), 0o644))
				return
			}
			require.Equal(t, string(want), have)
		})
	}
}

// story is a scenario while it is played.
type story struct {
	world *world
	out   []string
	open  *request // a batch that still takes lines
}

func play(text string) (string, error) {
	s := &story{world: newWorld()}
	for number, line := range strings.Split(strings.TrimRight(text, "\n"), "\n") {
		if strings.HasPrefix(line, "=") {
			continue
		}
		if !strings.HasPrefix(line, "  ") {
			s.close()
		}
		s.out = append(s.out, line)
		if err := s.do(line); err != nil {
			return "", fmt.Errorf("line %d: %q: %w", number+1, line, err)
		}
	}
	s.close()
	if err := s.world.audit(); err != nil {
		return "", err
	}
	return strings.Join(s.out, "\n") + "\n", nil
}

func (s *story) say(format string, args ...any) {
	s.out = append(s.out, strings.TrimRight("= "+fmt.Sprintf(format, args...), " "))
}

func (s *story) do(line string) error {
	words := strings.Fields(line)
	if len(words) == 0 || strings.HasPrefix(line, "#") {
		return nil
	}
	switch words[0] {
	case "settle":
		for _, currency := range words[1:] {
			s.world.settled[currency] = true
		}
	case "bank":
		return s.bank(words[1:])
	case "account":
		return s.account(words[1:])
	case "pay":
		return s.pay(words[1:])
	case "batch":
		return s.batch(words[1:])
	case "to":
		return s.transfer(words[1:])
	case "set":
		return s.set(words[1:])
	case "show":
		s.show()
	default:
		return fmt.Errorf("not a command")
	}
	return nil
}

// bank NAME AMOUNT CURRENCY …
func (s *story) bank(words []string) error {
	for i := 1; i+1 < len(words); i += 2 {
		amount, err := strconv.ParseInt(words[i], 10, 64)
		if err != nil {
			return err
		}
		s.world.endow(words[0], words[i+1], amount)
	}
	return nil
}

// account NAME at BANK AMOUNT CURRENCY …
func (s *story) account(words []string) error {
	var currencies []string
	for i := 4; i < len(words); i += 2 {
		currencies = append(currencies, words[i])
	}
	s.world.open(words[0], words[2], types.AccountOpen, currencies...)
	for i := 3; i+1 < len(words); i += 2 {
		amount, err := strconv.ParseInt(words[i], 10, 64)
		if err != nil {
			return err
		}
		s.world.deposit(words[0], words[i+1], amount)
	}
	return nil
}

// set NAME open|blocked|closed
func (s *story) set(words []string) error {
	status, known := types.AccountStatus_value["ACCOUNT_STATUS_"+strings.ToUpper(words[1])]
	if !known {
		return fmt.Errorf("no such status")
	}
	account := s.world.accounts[words[0]]
	account.Status = types.AccountStatus(status)
	s.world.accounts[words[0]] = account
	return nil
}

// pay DEBTOR CURRENCY CREDITOR AMOUNT END-TO-END-ID [uetr UETR]
func (s *story) pay(words []string) error {
	transfer, err := readTransfer(words[2:])
	if err != nil {
		return err
	}
	s.settle(request{debtor: words[0], currency: words[1], transfers: []types.Transfer{transfer}, single: true})
	return nil
}

// batch DEBTOR CURRENCY best-effort|all-or-nothing [file MESSAGE-ID CONTENT], then lines
func (s *story) batch(words []string) error {
	mode := map[string]types.BatchMode{"best-effort": types.BestEffort, "all-or-nothing": types.AllOrNothing}[words[2]]
	s.open = &request{debtor: words[0], currency: words[1], mode: mode}
	if len(words) > 3 {
		s.open.file, s.open.content = words[4], words[5]
	}
	return nil
}

// to CREDITOR AMOUNT END-TO-END-ID [uetr UETR]
func (s *story) transfer(words []string) error {
	transfer, err := readTransfer(words)
	s.open.transfers = append(s.open.transfers, transfer)
	return err
}

func readTransfer(words []string) (types.Transfer, error) {
	amount, err := strconv.ParseInt(words[1], 10, 64)
	transfer := types.Transfer{Creditor: words[0], Amount: math.NewInt(amount), EndToEndDigest: digestOf(words[2])}
	if len(words) > 3 {
		transfer.Uetr = words[4]
	}
	return transfer, err
}

// close settles the batch that is open.
func (s *story) close() {
	if s.open == nil {
		return
	}
	s.settle(*s.open)
	s.open = nil
}

func (s *story) settle(q request) {
	s.world.height++
	plan, err := s.world.decide(q)
	if err != nil {
		s.say("refused %s: %s", types.ISOReason(err), err)
		return
	}
	for i, result := range plan.Results {
		s.say("%d %s %s", i+1, strings.TrimPrefix(result.Status.String(), "PAYMENT_STATUS_"), detailsOf(result))
	}
	for _, entries := range [][]domain.Entry{plan.Posting.Deposits, plan.Posting.Reserves} {
		for _, e := range entries {
			s.say("  %-8s %+6d %s", e.Holder, e.Delta.Int64(), e.Denom)
		}
	}
	for _, e := range plan.Posting.Supply {
		s.say("  %-8s %+6d %s", "supply", e.Delta.Int64(), e.Denom)
	}
}

func detailsOf(result types.TransferResult) string {
	var details []string
	if result.Reason != "" {
		details = append(details, result.Reason, result.Explanation)
	}
	if result.Replayed {
		details = append(details, fmt.Sprintf("(replayed, decided at height %d)", result.Height))
	}
	return strings.Join(details, " ")
}

// show lists what everyone holds.
func (s *story) show() {
	for _, book := range []map[holding]math.Int{s.world.money, s.world.reserves} {
		keys := slices.SortedFunc(maps.Keys(book), func(a, b holding) int {
			return strings.Compare(a.holder+a.denom, b.holder+b.denom)
		})
		for _, key := range keys {
			s.say("  %-8s %6s %s", key.holder, book[key], key.denom)
		}
	}
}
