package keeper

import (
	"context"
	"time"

	"cosmossdk.io/math"

	sdk "github.com/cosmos/cosmos-sdk/types"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	credittypes "github.com/zhilian-network/zhilian/x/credit/types"
	ledgertypes "github.com/zhilian-network/zhilian/x/ledger/types"
	settlementtypes "github.com/zhilian-network/zhilian/x/settlement/types"
)

// Deps are the modules that this one asks.
type Deps struct {
	Access     Access
	Ledger     Ledger
	Settlement Settlement
	Ratings    Ratings
	Behaviour  Behaviour
}

// Access says who may do what, and what a sharing rests on.
type Access interface {
	// Require refuses an operator that may not do something about a scope.
	Require(ctx context.Context, ask accesstypes.Ask) (accesstypes.Actor, error)
	// Spend charges to the actor's day what it has committed.
	Spend(ctx context.Context, actor accesstypes.Actor, money accesstypes.Money) error
	// CheckSharing returns the basis for giving data of a subject to a reader, or ErrConsentMissing.
	CheckSharing(ctx context.Context, sharing accesstypes.Sharing) (accesstypes.Basis, error)
}

// Ledger holds the units.
type Ledger interface {
	RegisterDenom(ctx context.Context, denom ledgertypes.Denom) error
	// RetireDenom forgets a denom of which nothing exists.
	RetireDenom(ctx context.Context, name string) error
	// Post carries out a posting whole or not at all.
	Post(ctx context.Context, posting ledgertypes.Posting) error
	Balance(ctx context.Context, account sdk.AccAddress, denom string) (math.Int, error)
	// Available is the balance less what is held of it.
	Available(ctx context.Context, account sdk.AccAddress, denom string) (math.Int, error)
	Supply(ctx context.Context, denom string) (math.Int, error)
	// Hold sets an amount of a balance aside under a name.
	Hold(ctx context.Context, key ledgertypes.HoldKey, amount math.Int) error
	// Held is what is left of a hold; zero if there is none.
	Held(ctx context.Context, key ledgertypes.HoldKey) (math.Int, error)
	// Release ends a hold and returns what was left of it.
	Release(ctx context.Context, key ledgertypes.HoldKey) (math.Int, error)
	// Capture is Post, and spends from holds what the posting debits.
	Capture(ctx context.Context, posting ledgertypes.Posting, captures ...ledgertypes.Capture) error
}

// Settlement moves money. None of its methods asks for permission: the caller has the consent of who pays.
type Settlement interface {
	// Account returns a settlement account, or ErrAccountNotFound of settlement.
	Account(ctx context.Context, address string) (settlementtypes.Account, error)
	// Currency returns a currency that the network settles.
	Currency(ctx context.Context, code string) (settlementtypes.Currency, error)
	// Available is what an account can spend, in minor units.
	Available(ctx context.Context, account settlementtypes.Account, currency string) (math.Int, error)
	// SettledPayment returns a payment that was decided, or ErrPaymentNotFound of settlement.
	SettledPayment(ctx context.Context, uetr string) (settlementtypes.Payment, error)
	// Pay settles one payment, or refuses it and leaves nothing behind.
	Pay(ctx context.Context, order settlementtypes.Order) (settlementtypes.TransferResult, error)
	// Exchange settles two legs in one posting, or neither.
	Exchange(ctx context.Context, operator string, legs [2]settlementtypes.Leg) (uetrs [2]string, err error)
	// PlaceHold sets money of a debtor aside for a payee, and tells whether an equal order did so before.
	PlaceHold(ctx context.Context, debtor settlementtypes.Account, order settlementtypes.HoldOrder) (settlementtypes.Hold, bool, error)
}

// Behaviour keeps how those meet their obligations who have enrolled for it.
type Behaviour interface {
	RecordPunctuality(ctx context.Context, party accesstypes.Member, obligation credittypes.Obligation) error
	// TakeBackDefault takes back what was recorded at a time as given up.
	TakeBackDefault(ctx context.Context, party accesstypes.Member, obligation credittypes.Obligation, at time.Time) error
}

// Ratings knows what enterprises are rated, and what is attested about them.
type Ratings interface {
	// GradeInForce is the grade of a subject's newest rating for a product, or ErrRatingNotFound of credit if it has
	// none that is valid now.
	GradeInForce(ctx context.Context, subject accesstypes.Member, product string) (credittypes.GradeInForce, error)
	// FigureInForce is the newest attested value of an input that is in force about a subject: ErrNoInputs of credit
	// if there is none, ErrInputConflict if providers say different things.
	FigureInForce(ctx context.Context, subject accesstypes.Member, input string) (credittypes.InputValue, error)
}
