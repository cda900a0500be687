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

// Bounds of receivables and invoices.
const (
	// MaxInvoiceParts bounds the invoices of a receivable; MaxUnitParts the parts of a split.
	MaxInvoiceParts = 20
	MaxUnitParts    = 20
	// MaxHolders bounds who holds units of a receivable: a block that collects it pays each of them.
	MaxHolders = 50
	// MaxSecurities bounds what binds units of a receivable, and the promises to take them back.
	MaxSecurities         = 50
	MaxRegistrationLength = 35
	MaxReasonLength       = 140
	DigestLength          = 32 // bytes
	// MaxAlike bounds how many invoices that look alike are counted.
	MaxAlike = 100
	// MaxAmendments bounds how many invoices amend each other in a row.
	MaxAmendments = 10
	// MaxInvoicesForgottenPerBlock bounds the invoices that leave state in a block.
	MaxInvoicesForgottenPerBlock = 50
	// PledgeProceedsDays is how long money for pledged units is set aside for pledgees, in business days.
	PledgeProceedsDays = 90
	// CollectUnits is the work of paying a receivable, in units of app/work.go: a payment for each holder.
	CollectUnits = MaxHolders
)
