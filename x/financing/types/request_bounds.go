package types

import "time"

// Bounds of requests and offers.
const (
	// MaxLenders bounds whom a request is put to, and so the offers that a block ends with it: a lender has one.
	MaxLenders = 20
	// MaxRequestPeriod bounds each of the times for bidding, revealing and deciding.
	MaxRequestPeriod = 90 * 24 * time.Hour
	// RequestUnits is the work of what touches all lenders or all offers of a request, in units of app/work.go: 30 keys,
	// as many as ten payments inside a bank write.
	RequestUnits = 10
	BidLength    = 32 // bytes of a commitment
	MinBidSalt   = 16 // bytes
	MaxBidSalt   = 64 // bytes
	// MaxGradeLength is that of a grade's name on a master scale.
	MaxGradeLength = 64
)
