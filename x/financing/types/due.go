package types

// Kinds of what falls due, for short.
const (
	DueReceivable = DueKind_DUE_KIND_RECEIVABLE
	DueLoan       = DueKind_DUE_KIND_LOAN
	DueRequest    = DueKind_DUE_KIND_REQUEST
	DueOffer      = DueKind_DUE_KIND_OFFER
	DueCovenant   = DueKind_DUE_KIND_COVENANT
	DueFacility   = DueKind_DUE_KIND_FACILITY
)
