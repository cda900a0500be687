package domain

import (
	"time"

	"github.com/zhilian-network/zhilian/x/financing/types"
)

const secondsPerCalendarDay = 24 * 60 * 60

// civil is the date of a business day on the calendar that counts business days, not hours: with a day of 24
// hours it is the date in UTC.
func civil(day int64) time.Time { return time.Unix(day*secondsPerCalendarDay, 0).UTC() }

func dayOfCivil(date time.Time) int64 { return date.Unix() / secondsPerCalendarDay }

// dueDay is the day of an instalment, from 1. Months are counted from the opening, so that a loan of the 31st
// falls due on the 28th of February and on the 31st of March.
func dueDay(period types.Period, openedDay int64, instalment uint32) int64 {
	count := int64(period.Count) * int64(instalment)
	if period.Unit == types.UnitDay {
		return openedDay + count
	}
	opened := civil(openedDay)
	first := time.Date(opened.Year(), opened.Month()+time.Month(count), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return dayOfCivil(first.AddDate(0, 0, min(opened.Day(), last)-1))
}
