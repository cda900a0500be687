package keeper

import (
	"context"

	"cosmossdk.io/math"

	sdk "github.com/cosmos/cosmos-sdk/types"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	ledgertypes "github.com/zhilian-network/zhilian/x/ledger/types"
	"github.com/zhilian-network/zhilian/x/settlement/types"
)

// Authoriser knows who is who and who may do what.
type Authoriser interface {
	// Require refuses unless the operator has the permission in the scope.
	Require(ctx context.Context, ask accesstypes.Ask) (accesstypes.Actor, error)
	// Spend charges to the actor's day what it has moved; it writes only if a limit bounds the day.
	Spend(ctx context.Context, actor accesstypes.Actor, money accesstypes.Money) error
	Institution(ctx context.Context, id string) (accesstypes.Institution, error)
	Party(ctx context.Context, id string) (accesstypes.Party, error)
}

// Observer is told of what has settled. It stands above this module and changes nothing of it: what it returns but
// nil fails the transaction.
type Observer interface {
	// PaymentsSettled is told once of all that one message has settled, in the order of settlement. What other
	// modules make of their own accord is not among it, such as the legs of an exchange: what comes in there was given
	// for something else, a loan for instance. See domain.Batch.Trade.
	PaymentsSettled(ctx context.Context, settled []types.SettledPayment) error
}

// Ledger holds the money. It is the only writer of balances and supplies.
type Ledger interface {
	// RegisterDenom changes nothing if the same denom is known.
	RegisterDenom(ctx context.Context, denom ledgertypes.Denom) error
	// Post carries out a posting whole or not at all.
	Post(ctx context.Context, posting ledgertypes.Posting) error
	Balance(ctx context.Context, account sdk.AccAddress, denom string) (math.Int, error)
	// Available is the balance less what is held of it.
	Available(ctx context.Context, account sdk.AccAddress, denom string) (math.Int, error)
	// Hold sets an amount of a balance aside under a name.
	Hold(ctx context.Context, key ledgertypes.HoldKey, amount math.Int) error
	// Capture is Post, and spends from holds what the posting debits.
	Capture(ctx context.Context, posting ledgertypes.Posting, captures ...ledgertypes.Capture) error
	// Release ends a hold and returns what was left of it.
	Release(ctx context.Context, key ledgertypes.HoldKey) (math.Int, error)
	Supply(ctx context.Context, denom string) (math.Int, error)
	// CheckHoldings reads every balance and returns what is wrong, in words, and the sums of those that
	// counted says yes to, by denom. It asks for each balance, the shorter addresses first, those of one
	// length in the order of their bytes; counted must not keep the address. holds is told of each hold.
	CheckHoldings(
		ctx context.Context, counted func(holder []byte, denom string) (bool, error),
		holds func(key ledgertypes.HoldKey, left math.Int) error,
	) (violations []string, held map[string]math.Int, err error)
}
