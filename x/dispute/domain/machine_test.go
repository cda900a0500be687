package domain_test

import (
	"fmt"
	"math/rand"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/x/dispute/domain"
	"github.com/zhilian-network/zhilian/x/dispute/types"
)

var start = time.Date(2026, 11, 2, 1, 0, 0, 0, time.UTC)

// legal is the table once more, as README.md has it: a row for each status, event to status.
const legal = `
UNSPECIFIED: file FILED
FILED: acknowledge EVIDENCE, refuse REFUSED, withdraw CLOSED, expire EVIDENCE
EVIDENCE: contest MEDIATION, accept EXECUTED, offer OFFERED, withdraw CLOSED, expire ANSWER
ANSWER: contest MEDIATION, accept EXECUTED, offer OFFERED, withdraw CLOSED, expire DRAWING
OFFERED: agree EXECUTED, decline MEDIATION, accept EXECUTED, withdraw CLOSED, expire MEDIATION
MEDIATION: offer MEDIATION, agree EXECUTED, accept EXECUTED, escalate DRAWING, withdraw CLOSED, expire DRAWING
DRAWING: seat COMMIT, redraw DRAWING, give up CLOSED, stand EXECUTED, withdraw CLOSED, expire DRAWING
COMMIT: commit REVEAL, replace COMMIT, redraw DRAWING, give up CLOSED, stand EXECUTED, withdraw CLOSED, expire REVEAL
REVEAL: rule RULED, rule finally EXECUTED, redraw DRAWING, give up CLOSED, stand EXECUTED, withdraw CLOSED, expire RULED
RULED: appeal DRAWING, expire EXECUTED
EXECUTED: finish CLOSED, expire CLOSED
REFUSED: escalate DRAWING, withdraw CLOSED, expire CLOSED
CLOSED:
`

func parseTable(t *testing.T, text string) map[string]map[string]string {
	t.Helper()
	table := map[string]map[string]string{}
	for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
		from, cells, found := strings.Cut(line, ":")
		require.True(t, found, line)
		table[from] = map[string]string{}
		for _, cell := range strings.Split(cells, ",") {
			if cell = strings.TrimSpace(cell); cell == "" {
				continue
			}
			at := strings.LastIndexByte(cell, ' ')
			table[from][cell[:at]] = cell[at+1:]
		}
	}
	return table
}

func short(status types.CaseStatus) string {
	return strings.TrimPrefix(status.String(), "CASE_STATUS_")
}

func TestEveryStatusTakesTheEventsOfTheTableAndNoOther(t *testing.T) {
	table := parseTable(t, legal)
	require.Len(t, table, len(domain.Statuses), "every status has a row")
	require.Len(t, types.CaseStatus_name, len(domain.Statuses), "every status of the contract is in the list")
	cells := 0
	for _, from := range domain.Statuses {
		for _, event := range domain.Events {
			cells++
			to, err := domain.Next(from, event)
			want, isLegal := table[short(from)][event.String()]
			if !isLegal {
				require.Error(t, err, "%s × %s", from, event)
				require.Equal(t, from, to, "a refusal changes nothing")
				continue
			}
			require.NoError(t, err, "%s × %s", from, event)
			require.Equal(t, want, short(to), "%s × %s", from, event)
		}
	}
	require.Equal(t, 13*21, cells)
}

func TestTheReadmesTableIsTheMachine(t *testing.T) {
	readme, err := os.ReadFile("../README.md")
	require.NoError(t, err)
	for from, row := range parseTable(t, legal) {
		if from == "UNSPECIFIED" {
			from = "none"
		}
		for event, to := range row {
			require.Contains(t, string(readme), fmt.Sprintf("| %s | %s | %s |", from, event, to))
		}
	}
}

func TestEveryStatusButTheLastHasAnExitAndATimeWithAConsequence(t *testing.T) {
	params := types.DefaultParams()
	for _, status := range domain.Statuses[1:] {
		c := types.Case{Status: status, FiledOnClock: start}
		to, err := domain.Next(status, domain.Expire)
		if status == types.Closed {
			require.Error(t, err)
			require.True(t, domain.DueOf(c, start, params).IsZero(), "what is over waits for nobody")
			require.Empty(t, domain.WaitsFor(status))
			continue
		}
		require.NoError(t, err, "%s: silence has a consequence", status)
		require.True(t, to != status || status == types.Drawing, "%s: silence moves it on, or draws again", status)
		require.True(t, domain.DueOf(c, start, params).After(start), "%s has a time", status)
		require.NotEmpty(t, domain.WaitsFor(status), "%s", status)
	}
}

// From every status that can be reached the end can be reached, by silence and the chain's own events alone.
func TestTheEndIsReachedWithoutAnybodysHelp(t *testing.T) {
	ofChain := []domain.Event{domain.Expire, domain.GiveUp, domain.Finish, domain.RuleFinally}
	for _, status := range domain.Statuses[1:] {
		for step := 0; status != types.Closed; step++ {
			require.Less(t, step, len(domain.Statuses), "from %s", status)
			for at := len(ofChain) - 1; at >= 0; at-- {
				if to, err := domain.Next(status, ofChain[at]); err == nil && to != status {
					status = to
					break
				}
			}
		}
	}
}

func TestWhatPeopleDoMustBeInTimeAndTheChainIsNeverLate(t *testing.T) {
	params := types.DefaultParams()
	due := start.Add(time.Hour)
	c := types.Case{Status: types.Answering, FiledOnClock: start, DueOnClock: due}
	answered, err := domain.Move(c, domain.Contest, due.Add(-time.Nanosecond), due, params)
	require.NoError(t, err, "the last moment is in time")
	require.Equal(t, types.Mediation, answered.Status)

	_, err = domain.Move(c, domain.Contest, due, due, params)
	require.ErrorIs(t, err, types.ErrDeadline, "the end is not")
	late, err := domain.Move(c, domain.Expire, due, due, params)
	require.NoError(t, err)
	require.Equal(t, types.Drawing, late.Status)
	require.Equal(t, []types.Lapse{{Status: types.Answering, At: due}}, late.Lapses)

	_, err = domain.Move(late, domain.Contest, due, due, params)
	require.ErrorIs(t, err, types.ErrDeadline, "an answer after the deadline is told so, wherever the case is by then")
	_, err = domain.Move(late, domain.Acknowledge, due, due, params)
	require.ErrorIs(t, err, types.ErrTransition, "what was never late is simply not possible")
}

func TestAWithdrawalThatLosesTheRaceWithTheRulingHasItsOwnRefusal(t *testing.T) {
	for _, status := range []types.CaseStatus{types.Ruled, types.Executed} {
		_, err := domain.Next(status, domain.Withdraw)
		require.ErrorIs(t, err, types.ErrRuled)
	}
	_, err := domain.Next(types.Closed, domain.Withdraw)
	require.ErrorIs(t, err, types.ErrTransition)
}

func TestAnOfferMoreDoesNotProlongMediation(t *testing.T) {
	params := types.DefaultParams()
	due := start.Add(time.Hour)
	c, err := domain.Move(types.Case{Status: types.Mediation, DueOnClock: due}, domain.Offer, start, start, params)
	require.NoError(t, err)
	require.Equal(t, due, c.DueOnClock)
}

func TestTheTimeToAnswerRunsFromTheFilingAndIsExtendedOnce(t *testing.T) {
	params := types.DefaultParams()
	answering := types.Case{Status: types.Answering, FiledOnClock: start}
	for _, row := range []struct {
		complex, extended bool
		days              int
	}{{false, false, 15}, {true, false, 30}, {false, true, 45}, {true, true, 60}} {
		c := answering
		c.Complex, c.Extended = row.complex, row.extended
		require.Equal(t, start.AddDate(0, 0, row.days), domain.DueOf(c, start.Add(time.Hour), params))
	}
}

// A random walk over cases: any event that is legal, by people in time or by time. However it goes, it ends, in
// no more steps than the bounds of offers, draws and panels allow.
func TestARandomWalkAlwaysEnds(t *testing.T) {
	params := types.DefaultParams()
	const walks, most = 3000, 400
	longest := 0
	for seed := range walks {
		random := rand.New(rand.NewSource(int64(seed)))
		c := types.Case{Status: types.Filed, FiledOnClock: start, DueOnClock: start.Add(time.Hour)}
		now, offers, draws, replaced, appealed, steps := start, 0, 0, 0, false, 0
		for c.Status != types.Closed {
			steps++
			require.Less(t, steps, most, "seed %d hangs at %s", seed, c.Status)
			event := domain.Events[random.Intn(len(domain.Events))]
			switch {
			// These are the bounds that the keeper keeps.
			case event == domain.Offer && offers == types.MaxOffers,
				(event == domain.Redraw || event == domain.Expire && c.Status == types.Drawing) && draws == int(params.DrawsMax)*2,
				event == domain.Replace && replaced == types.MaxReserves, event == domain.Appeal && appealed:
				continue
			case event == domain.Expire:
				now = c.DueOnClock
			}
			from := c.Status
			moved, err := domain.Move(c, event, now, now, params)
			if err != nil {
				require.Equal(t, c.Status, moved.Status)
				steps--
				continue
			}
			c = moved
			switch event {
			case domain.Offer:
				offers++
			case domain.Redraw:
				draws++
			case domain.Replace:
				replaced++
			case domain.Appeal:
				appealed = true
			case domain.Expire:
				if from == types.Drawing {
					draws++
				}
			}
		}
		longest = max(longest, steps)
		require.True(t, c.DueOnClock.IsZero(), "nothing is waited for any more")
	}
	t.Logf("%d walks, the longest of %d steps", walks, longest)
}
