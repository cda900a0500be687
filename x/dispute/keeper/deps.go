package keeper

import (
	"context"

	"cosmossdk.io/math"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	credittypes "github.com/zhilian-network/zhilian/x/credit/types"
	"github.com/zhilian-network/zhilian/x/dispute/domain"
	"github.com/zhilian-network/zhilian/x/dispute/types"
	financingtypes "github.com/zhilian-network/zhilian/x/financing/types"
	ledgertypes "github.com/zhilian-network/zhilian/x/ledger/types"
	settlementtypes "github.com/zhilian-network/zhilian/x/settlement/types"
	vaulttypes "github.com/zhilian-network/zhilian/x/vault/types"
)

// Complaint is what a claimant brings of a matter.
type Complaint struct {
	Claimant accesstypes.Member
	Matter   types.Matter
	// Receipt proves a payment that has left state; nil if none was brought.
	Receipt *settlementtypes.PaymentProof
}

// Disputable knows one kind of matter: what the ledger has about it, and how what is ruled about it is carried out.
// A module whose decisions can be disputed gets one (matters.go); dispute acts on others through nothing else, but
// for money.
type Disputable interface {
	// Facts are what the ledger knows of a matter, and whom it concerns. What was found out before a refusal is
	// returned with it.
	Facts(ctx context.Context, of Complaint) (types.Facts, domain.Subject, error)
	// Check refuses a remedy that could not be carried out whatever a panel says, such as a correction of what
	// nobody attested.
	Check(ctx context.Context, facts types.Facts, remedy types.Remedy) error
	// Execute carries a granted remedy out that moves no money, and returns the number or UETR of what came of it,
	// if something did. isMoot tells an error that says there was nothing left to do.
	Execute(ctx context.Context, c types.Case, remedy types.Remedy) (reference string, err error)
	// Due is what is to be paid for so much that is granted of a remedy that moves money. What of it is given
	// otherwise, as a debt that is written down, Due gives.
	Due(ctx context.Context, grant granted) (due, error)
}

// Access knows who is who, who may do what, and consents.
type Access interface {
	// Require refuses an operator that may not do something about a scope.
	Require(ctx context.Context, ask accesstypes.Ask) (accesstypes.Actor, error)
	// CheckActive refuses an operator that may not act now.
	CheckActive(ctx context.Context, operator string) error
	// ScopeOf is whom an operator acts for; the zero value if the address is no operator's.
	ScopeOf(ctx context.Context, operator string) (accesstypes.Scope, error)
	Institution(ctx context.Context, id string) (accesstypes.Institution, error)
	Party(ctx context.Context, id string) (accesstypes.Party, error)
	Consent(ctx context.Context, number uint64) (accesstypes.Consent, error)
	// WithdrawByRuling ends a consent that is in force, else ErrConsentEnded.
	WithdrawByRuling(ctx context.Context, number uint64) error
	// ReinstateByRuling ends the suspension of a party, else ErrInvalidStatus.
	ReinstateByRuling(ctx context.Context, id string) error
	// ConsentForCase records that a side lets a member of its panel be given what it brought.
	ConsentForCase(ctx context.Context, consent accesstypes.Consent) (uint64, error)
}

// Holds sets aside what is in dispute. A hold of the ledger's can be spent by nobody but the module that set it
// aside; one of settlement's its payee may capture, which here is the claimant.
type Holds interface {
	Hold(ctx context.Context, key ledgertypes.HoldKey, amount math.Int) error
	Release(ctx context.Context, key ledgertypes.HoldKey) (math.Int, error)
	Held(ctx context.Context, key ledgertypes.HoldKey) (math.Int, error)
}

// Payments knows payments, accounts and holds, and carries out what is ruled about them.
type Payments interface {
	SettledPayment(ctx context.Context, uetr string) (settlementtypes.Payment, error)
	// ProvenPayment is a payment that stands in the log of payments as its proof says.
	ProvenPayment(ctx context.Context, proof settlementtypes.PaymentProof) (settlementtypes.Payment, error)
	// ReturnedOf is what was returned of a payment, in minor units, also if it has left state.
	ReturnedOf(ctx context.Context, payment settlementtypes.Payment) (math.Int, error)
	LogLeaf(payment settlementtypes.Payment) ([]byte, error)
	Account(ctx context.Context, address string) (settlementtypes.Account, error)
	// Available is what an account can spend, in minor units.
	Available(ctx context.Context, account settlementtypes.Account, currency string) (math.Int, error)
	StoredHold(ctx context.Context, uetr string) (settlementtypes.Hold, error)
	// Pay settles a payment that names no other.
	Pay(ctx context.Context, order settlementtypes.Order) (settlementtypes.TransferResult, error)
	// RefundByRuling pays the payment of a leaf back, in full or in part; ErrPaymentNotFound if it has left state.
	RefundByRuling(ctx context.Context, uetr string, leaf []byte, amount math.Int, reason string, digest []byte) (settlementtypes.TransferResult, error)
	ReleaseByRuling(ctx context.Context, uetr string) error
	UnblockByRuling(ctx context.Context, address string) error
}

// Ratings knows attestations and ratings, and carries out what is ruled about them.
type Ratings interface {
	// RecordDisputeLost counts a ruling against a party that has enrolled for the keeping of its behaviour.
	RecordDisputeLost(ctx context.Context, party accesstypes.Member) error
	Attestation(ctx context.Context, number uint64) (credittypes.Attestation, error)
	Rating(ctx context.Context, number uint64) (credittypes.Rating, error)
	Model(ctx context.Context, number uint64) (credittypes.ModelEntry, error)
	CheckCorrection(ctx context.Context, attestation credittypes.Attestation, correction credittypes.Correction) error
	CorrectByRuling(ctx context.Context, number uint64, correction credittypes.Correction) (uint64, error)
	RevokeAttestationByRuling(ctx context.Context, number uint64) error
	RateByRuling(ctx context.Context, operator string, subject accesstypes.Member, product string) (uint64, error)
}

// Records knows sealed records, their readers and trails.
type Records interface {
	Record(ctx context.Context, number uint64) (vaulttypes.Record, error)
	HasShare(ctx context.Context, number uint64, reader accesstypes.Member) (bool, error)
	NewestTrail(ctx context.Context, number uint64, most int) ([]vaulttypes.TrailEntry, error)
	RevokeByRuling(ctx context.Context, number uint64, reader accesstypes.Member) error
}

// Financing knows receivables and loans, and carries out what is ruled about them.
type Financing interface {
	Receivable(ctx context.Context, id uint64) (financingtypes.Receivable, error)
	// Holdings are what the holders of a receivable have of it, by address.
	Holdings(ctx context.Context, id uint64) ([]financingtypes.Holding, error)
	// ReduceByRuling takes off a receivable, up to an amount, what its supplier has of it free, and returns how much.
	ReduceByRuling(ctx context.Context, id uint64, amount math.Int) (math.Int, error)
	// LoanToday is a loan as it stands today, and what of its penalty a ruling could withdraw, in minor units.
	LoanToday(ctx context.Context, id uint64) (financingtypes.Loan, math.Int, error)
	// WaiveByRuling withdraws penalty, up to an amount, and what has run since a loan stood as it did then on what was
	// unpaid; it returns what of it is to be paid back.
	WaiveByRuling(ctx context.Context, id uint64, amount math.Int, then *financingtypes.Loan) (back math.Int, err error)
	// LiftDefaultByRuling takes a default back of a loan of which nothing is due, else ErrStillDue of financing.
	LiftDefaultByRuling(ctx context.Context, id uint64) error
}

// Deps are the modules below.
type Deps struct {
	Access    Access
	Holds     Holds
	Payments  Payments
	Ratings   Ratings
	Records   Records
	Financing Financing
}
