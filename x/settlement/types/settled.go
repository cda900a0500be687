package types

import (
	"cosmossdk.io/math"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
)

// SettledPayment is a payment that has settled, as the module above is told of it.
type SettledPayment struct {
	Debtor, Creditor accesstypes.Member // whose the accounts are
	Currency         string
	Amount           math.Int // minor units
	// Return is true if it pays an earlier payment back.
	Return bool
}

// Owner is whose an account is.
func (a Account) Owner() accesstypes.Member {
	return accesstypes.Member{InstitutionId: a.InstitutionId, PartyId: a.PartyId}
}
