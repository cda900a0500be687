package domain_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/x/financing/domain"
	"github.com/zhilian-network/zhilian/x/financing/types"
)

// What is legal, in words of its own; all other pairs of a status and an event are refused.
var legalSteps = map[string]string{
	"UNSPECIFIED issue": "ISSUED",
	"ISSUED confirm":    "CONFIRMED", "ISSUED refuse": "REFUSED", "ISSUED cancel": "CANCELLED", "ISSUED lapse": "CANCELLED",
	"CONFIRMED a part payment": "CONFIRMED", "CONFIRMED the last payment": "SETTLED", "CONFIRMED a missed payment": "OVERDUE",
	"CONFIRMED a ruling": "SETTLED", "OVERDUE a ruling": "SETTLED", "DEFAULTED a ruling": "SETTLED",
	"OVERDUE a part payment": "OVERDUE", "OVERDUE the last payment": "SETTLED", "OVERDUE a missed payment": "OVERDUE", "OVERDUE give up": "DEFAULTED",
	"DEFAULTED a part payment": "DEFAULTED", "DEFAULTED the last payment": "SETTLED",
}

func TestAReceivableTakesTheStepsOfTheTableAndNoOther(t *testing.T) {
	const prefix = "RECEIVABLE_STATUS_"
	pairs := 0
	for number := range types.ReceivableStatus_name {
		from := types.ReceivableStatus(number)
		for _, event := range domain.ReceivableEvents {
			pairs++
			to, err := domain.NextReceivableStatus(from, event)
			want, legal := legalSteps[from.String()[len(prefix):]+" "+event.String()]
			if !legal {
				require.ErrorIs(t, err, types.ErrReceivableTransition, "%s, %s", from, event)
				require.Equal(t, from, to)
				continue
			}
			require.NoError(t, err, "%s, %s", from, event)
			require.Equal(t, prefix+want, to.String(), "%s, %s", from, event)
		}
	}
	require.Equal(t, 8*10, pairs)
	require.Equal(t, "unknown event", domain.ReceivableEvent(0).String())
	require.Equal(t, "unknown event", domain.ReceivableEvent(99).String())
}

func TestATermEndsAfterTodayAndWithinTheLongest(t *testing.T) {
	params := types.DefaultParams()
	params.TermDaysMax, params.TermDaysUsual = 365, 180
	for _, c := range []struct {
		name string
		due  uint64
		long bool
		err  error
	}{
		{"a day that is over", 99, false, types.ErrTerm},
		{"today", 100, false, types.ErrTerm},
		{"tomorrow", 101, false, nil},
		{"the longest that one person confirms", 280, false, nil},
		{"a day longer", 281, true, nil},
		{"the longest of all", 465, true, nil},
		{"a day longer than all", 466, false, types.ErrTerm},
	} {
		long, err := domain.CheckTerm(types.Receivable{DueDay: c.due}, 100, params)
		require.ErrorIs(t, err, c.err, c.name)
		require.Equal(t, c.long, long, c.name)
	}
}

func TestWhatIsUnpaidIsOverdueByTheDebtorsFaultOnlyAndDefaultedInTheEnd(t *testing.T) {
	params := types.DefaultParams()
	params.DefaultAfterDays = 3
	calendar := domain.NewCalendar(10)
	for _, c := range []struct {
		name   string
		from   types.ReceivableStatus
		missed uint32
		short  bool
		today  uint64
		want   types.ReceivableStatus
		next   int64
	}{
		{"a holder could not be reached", types.ReceivableConfirmed, 0, false, 100, types.ReceivableConfirmed, 1010},
		{"a holder could not be reached for long", types.ReceivableConfirmed, 0, false, 103, types.ReceivableConfirmed, 1040},
		{"the money was not there", types.ReceivableConfirmed, 0, true, 100, types.ReceivableOverdue, 1010},
		{"nor a day later", types.ReceivableOverdue, 1, true, 101, types.ReceivableOverdue, 1020},
		{"it is there now, and a holder is out of reach", types.ReceivableOverdue, 3, false, 103, types.ReceivableOverdue, 1040},
		{"nor on the last day", types.ReceivableOverdue, 3, true, 103, types.ReceivableDefaulted, 0},
		{"the chain stood still for longer than the days of grace", types.ReceivableConfirmed, 0, true, 110, types.ReceivableOverdue, 1110},
	} {
		before := types.Receivable{Status: c.from, DueDay: 100, NextAt: 1000, Missed: c.missed}
		after, err := domain.AfterCollection(before, domain.Collection{Short: c.short, Today: c.today}, calendar, params)
		require.NoError(t, err, c.name)
		require.Equal(t, c.want, after.Status, c.name)
		require.Equal(t, c.next, after.NextAt, c.name)
	}
}

func TestWhatHasEndedStaysForItsRetention(t *testing.T) {
	params := types.DefaultParams()
	params.RetentionDays = 2
	now := time.Unix(1_005, 0).UTC()
	ended, err := domain.End(types.Receivable{Status: types.ReceivableIssued}, domain.Cancel, now, domain.NewCalendar(10), params)
	require.NoError(t, err)
	require.Equal(t, types.ReceivableCancelled, ended.Status)
	require.Equal(t, now, ended.EndedAt)
	require.Equal(t, int64(1_020), ended.NextAt)
	_, err = domain.End(ended, domain.Cancel, now, domain.NewCalendar(10), params)
	require.ErrorIs(t, err, types.ErrReceivableTransition)
}
