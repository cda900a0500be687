package keeper

// What loans offer to the rest of the module, for tests.
var (
	OpenLoan       = (*Keeper).openLoan
	ApplyRepayment = (*Keeper).applyRepayment
	OwedToday      = (*Keeper).owed
)
