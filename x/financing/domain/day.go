package domain

import "time"

// Calendar counts business days of one length from 1970 in UTC.
type Calendar struct{ SecondsPerDay int64 }

// NewCalendar has days of a length in seconds, which settings keep above 0.
func NewCalendar(secondsPerDay uint32) Calendar {
	return Calendar{SecondsPerDay: max(1, int64(secondsPerDay))}
}

// Day is the number of the day that a time lies in; 0 before 1970.
func (c Calendar) Day(at time.Time) uint64 {
	return uint64(max(0, at.Unix()) / c.SecondsPerDay)
}

// StartSeconds is when a day begins, in seconds since 1970.
func (c Calendar) StartSeconds(day uint64) int64 { return int64(day) * c.SecondsPerDay }

// Start is when a day begins.
func (c Calendar) Start(day uint64) time.Time { return time.Unix(c.StartSeconds(day), 0).UTC() }

// AfterDays is the start of the day that comes a number of days after that of a time.
func (c Calendar) AfterDays(at time.Time, days uint32) time.Time {
	return c.Start(c.Day(at) + uint64(days))
}
