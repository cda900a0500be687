package domain

import "github.com/zhilian-network/zhilian/x/financing/types"

// daysBetween are the days for which interest runs from one day to another. All three ways add up: from a to b
// and from b to c is from a to c, so that it does not matter how often a loan is looked at.
func daysBetween(count types.DayCount, from, to int64) int64 {
	if count == types.Thirty360 {
		return thirties(to) - thirties(from)
	}
	return to - from
}

// thirties counts days of months of 30 days, up to a day.
func thirties(day int64) int64 {
	date := civil(day)
	return int64(date.Year())*360 + int64(date.Month())*30 + int64(min(date.Day(), 30))
}

// daysOfYear is what a year has under a day count.
func daysOfYear(count types.DayCount) int64 {
	if count == types.Act365 {
		return 365
	}
	return 360
}
