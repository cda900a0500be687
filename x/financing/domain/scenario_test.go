package domain_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"cosmossdk.io/math"
	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/x/financing/domain"
	"github.com/zhilian-network/zhilian/x/financing/types"
)

var update = flag.Bool("update", false, "rewrite testdata/*.txt with what happens now; read the diff before you keep it")

// TestScenariosEndAsTheyAreWritten runs the stories of testdata. A line that begins with "=" is what happens after
// the lines above it.
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

// story is a scenario while it is played: one loan and the calendar.
type story struct {
	out   []string
	clock domain.Clock
	loan  types.Loan
	last  types.Repayment
}

func play(text string) (string, error) {
	s := &story{}
	for number, line := range strings.Split(strings.TrimRight(text, "\n"), "\n") {
		if strings.HasPrefix(line, "=") {
			continue
		}
		s.out = append(s.out, line)
		if err := s.do(strings.Fields(line)); err != nil {
			return "", fmt.Errorf("line %d: %q: %w", number+1, line, err)
		}
	}
	if err := domain.CheckBooks(s.loan); err != nil {
		return "", err
	}
	return strings.Join(s.out, "\n") + "\n", nil
}

func (s *story) say(format string, args ...any) {
	s.out = append(s.out, strings.TrimRight("= "+fmt.Sprintf(format, args...), " "))
}

func (s *story) do(words []string) error {
	if len(words) == 0 || strings.HasPrefix(words[0], "#") {
		return nil
	}
	switch words[0] {
	case "lend":
		return s.lend(words[1:])
	case "day":
		return s.day(words[1])
	case "halt":
		return s.halt(words[2])
	case "pay":
		return s.pay(words[1])
	case "draw":
		return s.draw(words[1])
	case "plan":
		for i, row := range domain.Plan(s.loan) {
			s.say("%3d %s  principal %9s  interest %7s  payment %9s", i+1, dateOf(row.DueDay), row.Principal, row.Interest, row.Principal.Add(row.Interest))
		}
	case "owed":
		s.say("%s owed, %s of it due; %s, %s", domain.Owed(s.loan), domain.DueNow(s.loan), nameOf(s.loan.Status.String()), nameOf(s.loan.Class.String()))
	case "reverse":
		err := s.tell(domain.Reverse(s.loan, s.last))
		s.last.Reversed = true
		return err
	case "waive":
		return s.waive(words[1])
	case "lift":
		return s.tell(domain.LiftDefault(s.loan))
	case "accelerate":
		return s.tell(domain.Accelerate(s.loan))
	case "write-off":
		return s.tell(domain.GiveUp(s.loan))
	default:
		return fmt.Errorf("not a command")
	}
	return nil
}

// lend AMOUNT on DATE SCHEDULE N x COUNT days|months DAYCOUNT RATE ppm [penalty PPM] [grace DAYS] [default DAYS] [fee PPM]
func (s *story) lend(words []string) error {
	opened, err := dayOf(words[2])
	if err != nil {
		return err
	}
	number := func(word string) uint32 {
		n, parseErr := strconv.ParseUint(word, 10, 32)
		err = parseErr
		return uint32(n)
	}
	terms := types.RepaymentTerms{
		Schedule: types.ScheduleKind(types.ScheduleKind_value["SCHEDULE_KIND_"+enumOf(words[3])]), Instalments: number(words[4]),
		Period:   types.Period{Unit: map[string]types.PeriodUnit{"days": types.UnitDay, "months": types.UnitMonth}[words[7]], Count: number(words[6])},
		DayCount: types.DayCount(types.DayCount_value["DAY_COUNT_"+enumOf(words[8])]), RatePpm: number(words[9]), DefaultDays: 90,
	}
	for i := 11; i+1 < len(words); i += 2 {
		value := number(words[i+1])
		switch words[i] {
		case "penalty":
			terms.PenaltyPpm = value
		case "grace":
			terms.GraceDays = value
		case "default":
			terms.DefaultDays = value
		case "fee":
			terms.EarlyFeePpm = value
		}
	}
	if err != nil {
		return err
	}
	principal, err := strconv.ParseInt(words[0], 10, 64)
	if err != nil {
		return err
	}
	s.clock.Day = opened
	loan, refusal := domain.Open(termsOf(principal, terms), parties, s.clock)
	s.loan = loan
	if refusal != nil {
		s.say("refused: %s", refusal)
	}
	return nil
}

func (s *story) day(date string) error {
	day, err := dayOf(date)
	if err != nil {
		return err
	}
	for s.clock.Day < day {
		s.clock.Day++
		s.look()
	}
	return nil
}

// look is a block: it tells what changes.
func (s *story) look() {
	if s.loan.NextDay == 0 || s.loan.NextDay > s.clock.Day {
		s.loan = domain.Advance(s.loan, s.clock)
		return
	}
	before := s.loan
	s.loan = domain.Collected(domain.Advance(s.loan, s.clock))
	for i, instalment := range s.loan.Instalments {
		if instalment.Due() && !before.Instalments[i].Due() {
			s.say("%s instalment %d is called: principal %s, interest %s", dateOf(s.clock.Day), i+1, instalment.UnpaidPrincipal(), instalment.UnpaidInterest())
		}
	}
	s.changes(before)
}

func (s *story) changes(before types.Loan) {
	if before.Status != s.loan.Status || before.Class != s.loan.Class {
		s.say("%s %s, %s", dateOf(s.clock.Day), nameOf(s.loan.Status.String()), nameOf(s.loan.Class.String()))
	}
}

// halt until DATE: no block until then.
func (s *story) halt(date string) error {
	day, err := dayOf(date)
	if err != nil {
		return err
	}
	s.clock.HaltedDays += day - s.clock.Day - 1
	s.clock.Day = day
	s.look()
	return nil
}

func (s *story) pay(word string) error {
	amount, err := strconv.ParseInt(word, 10, 64)
	if err != nil {
		return err
	}
	before := s.loan
	after, parts, surplus, refusal := domain.Allocate(s.loan, math.NewInt(amount))
	if refusal != nil {
		s.say("refused: %s", refusal)
		return nil
	}
	after.Repayments++
	s.loan, s.last = after, types.Repayment{Number: after.Repayments, Day: s.clock.Day, Parts: parts, StatusBefore: before.Status}
	s.tellParts(parts)
	if surplus.IsPositive() {
		s.say("%s too much", surplus)
	}
	s.changes(before)
	return nil
}

func (s *story) tellParts(parts []types.AllocationPart) {
	for _, part := range parts {
		line := fmt.Sprintf("%s %s", part.Amount, nameOf(part.Bucket.String()))
		if part.Instalment > 0 {
			line += fmt.Sprintf(" of instalment %d", part.Instalment)
		}
		if part.Fee.IsPositive() {
			line += fmt.Sprintf(", fee %s", part.Fee)
		}
		s.say("%s", line)
	}
}

func (s *story) waive(word string) error {
	amount, err := strconv.ParseInt(word, 10, 64)
	if err != nil {
		return err
	}
	after, waiver, refusal := domain.Waive(s.loan, math.NewInt(amount))
	if refusal == nil {
		s.say("%s written down, %s set off, %s back", waiver.WrittenDown, waiver.SetOff, waiver.Back)
		s.tellParts(waiver.Parts)
	}
	return s.tell(after, refusal)
}

func (s *story) draw(word string) error {
	amount, err := strconv.ParseInt(word, 10, 64)
	if err != nil {
		return err
	}
	return s.tell(domain.Redraw(s.loan, math.NewInt(amount)))
}

func (s *story) tell(after types.Loan, refusal error) error {
	if refusal != nil {
		s.say("refused: %s", refusal)
		return nil
	}
	before := s.loan
	s.loan = after
	s.changes(before)
	return nil
}

func dayOf(date string) (int64, error) {
	at, err := time.Parse(time.DateOnly, date)
	return at.Unix() / 86_400, err
}

func dateOf(day int64) string { return time.Unix(day*86_400, 0).UTC().Format(time.DateOnly) }

func enumOf(word string) string {
	return strings.ToUpper(strings.NewReplacer("-", "_", "/", "_").Replace(word))
}

// nameOf is the name of a value in lower case without what all values of its kind begin with.
func nameOf(value string) string {
	for _, prefix := range []string{"LOAN_STATUS_", "LOAN_CLASS_", "BUCKET_"} {
		value = strings.TrimPrefix(value, prefix)
	}
	return strings.ToLower(strings.ReplaceAll(value, "_", " "))
}
