package types

import "cosmossdk.io/collections"

const (
	// ModuleName names the module, its error codespace, and its holds in the ledger.
	ModuleName = "financing"
	// StoreKey names the store.
	StoreKey = ModuleName
)

// Prefixes of the store. A prefix is never reused: 1 to 39 are of receivables and what all share, 40 to 79 of
// requests and offers, 80 to 119 of facilities and loans.
var (
	ParamsPrefix                    = collections.NewPrefix(1)
	DuePrefix                       = collections.NewPrefix(2)
	StuckPrefix                     = collections.NewPrefix(3)
	ReceivablesPrefix               = collections.NewPrefix(4)
	NextReceivablePrefix            = collections.NewPrefix(5)
	ReceivablesOfAccountPrefix      = collections.NewPrefix(6)
	HoldersPrefix                   = collections.NewPrefix(7)
	SecuritiesPrefix                = collections.NewPrefix(8)
	NextSecurityPrefix              = collections.NewPrefix(9)
	SecuritiesOfReceivablePrefix    = collections.NewPrefix(10)
	SecuritiesOfLoanPrefix          = collections.NewPrefix(11)
	RecoursesPrefix                 = collections.NewPrefix(12)
	InvoicesPrefix                  = collections.NewPrefix(13)
	AlikeInvoicesPrefix             = collections.NewPrefix(14)
	InvoicesToForgetPrefix          = collections.NewPrefix(15)
	RegistrationsPrefix             = collections.NewPrefix(16)
	OverdueOfDebtorPrefix           = collections.NewPrefix(17)
	RegistrationsOfReceivablePrefix = collections.NewPrefix(18)

	RequestsPrefix           = collections.NewPrefix(40)
	NextRequestPrefix        = collections.NewPrefix(41)
	RequestsOfBorrowerPrefix = collections.NewPrefix(42)
	RequestsOfLenderPrefix   = collections.NewPrefix(43)
	OffersPrefix             = collections.NewPrefix(44)
	NextOfferPrefix          = collections.NewPrefix(45)
	OffersOfRequestPrefix    = collections.NewPrefix(46)

	ClockPrefix         = collections.NewPrefix(80)
	LoansPrefix         = collections.NewPrefix(81)
	NextLoanPrefix      = collections.NewPrefix(82)
	LoansOfMemberPrefix = collections.NewPrefix(83)
	RepaymentsPrefix    = collections.NewPrefix(84)
	DrawsPrefix         = collections.NewPrefix(85)
	UsesPrefix          = collections.NewPrefix(86)
	UsesCountedPrefix   = collections.NewPrefix(87)

	LimitsPrefix             = collections.NewPrefix(90)
	FacilitiesPrefix         = collections.NewPrefix(91)
	NextFacilityPrefix       = collections.NewPrefix(92)
	FacilitiesOfMemberPrefix = collections.NewPrefix(93)
	LoansOfFacilityPrefix    = collections.NewPrefix(94)
)
