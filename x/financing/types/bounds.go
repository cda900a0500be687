package types

// Bounds of days and of a block's work.
const (
	MinBusinessDaySeconds = 1
	MaxBusinessDaySeconds = 864_000
	MaxTermDays           = 3_660
	MaxRetentionDays      = 36_600
	// DueWorkPerBlock bounds what a block works off of what is due, in payments and records written; the rest
	// waits for the next block, the earliest first. An item that has begun is finished.
	DueWorkPerBlock = 200
	// MaxExplanationLength bounds why an item is stuck, in bytes: it stands in state.
	MaxExplanationLength = 200
)
