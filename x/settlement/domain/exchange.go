package domain

import (
	"strings"

	"cosmossdk.io/math"

	"github.com/zhilian-network/zhilian/x/settlement/types"
)

// Leg is one side of an exchange: an amount of a denom from one account to another.
type Leg struct {
	Payer  types.Account
	Payee  types.Account
	Denom  string
	Amount math.Int
}

// Currency is the currency of a leg in deposit money of the payer's bank; false for an asset.
func (l Leg) Currency() (string, bool) {
	holder, currency, _ := strings.Cut(l.Denom, "/")
	return currency, holder == l.Payer.InstitutionId
}

// CheckLegs wants two legs between the same two accounts, in opposite directions and in different things. An
// asset is what a module issues under a name in lower case: neither reserves nor any bank's deposit money, whose
// payments have rules of their own.
func CheckLegs(legs [2]Leg) error {
	if legs[0].Payer.Address != legs[1].Payee.Address || legs[0].Payee.Address != legs[1].Payer.Address {
		return types.ErrLegsInvalid.Wrap("they are not between the same two accounts")
	}
	if legs[0].Payer.Address == legs[0].Payee.Address {
		return types.ErrSameAccount
	}
	var things [2]string
	for i, leg := range legs {
		if err := types.CheckAmount(leg.Amount); err != nil {
			return err
		}
		currency, isMoney := leg.Currency()
		if things[i] = leg.Denom; isMoney {
			things[i] = currency
			continue
		}
		if err := checkAsset(leg); err != nil {
			return err
		}
	}
	if things[0] == things[1] {
		return types.ErrLegsInvalid.Wrapf("both are in %s", things[0])
	}
	return nil
}

func checkAsset(leg Leg) error {
	holder, _, named := strings.Cut(leg.Denom, "/")
	if !named || holder == "" || holder[0] < 'a' || holder[0] > 'z' || leg.Denom == types.ReserveDenom(leg.Denom[len(holder)+1:]) {
		return types.ErrLegsInvalid.Wrapf("%.40q is neither an asset nor money of the payer's bank", leg.Denom)
	}
	if leg.Payer.Status != types.AccountOpen {
		return types.ErrAccountBlocked.Wrapf("payer of %s is %s", leg.Denom, leg.Payer.Status)
	}
	if leg.Payee.Status != types.AccountOpen {
		return types.ErrAccountBlocked.Wrapf("payee of %s is %s", leg.Denom, leg.Payee.Status)
	}
	return nil
}

// AssetPosting moves an asset.
func AssetPosting(leg Leg) Posting {
	moves := newTally()
	moves.add(leg.Payer.Address, leg.Denom, leg.Amount.Neg())
	moves.add(leg.Payee.Address, leg.Denom, leg.Amount)
	return Posting{Deposits: moves.entries()}
}

// Join makes one posting of two, so that they settle together or not at all.
func (p Posting) Join(other Posting) (Posting, error) {
	net := newNetting()
	for _, posting := range []Posting{p, other} {
		for _, entry := range posting.Deposits {
			net.deposits.add(entry.Holder, entry.Denom, entry.Delta)
		}
		for _, entry := range posting.Reserves {
			net.reserves.add(entry.Holder, entry.Denom, entry.Delta)
		}
		for _, entry := range posting.Supply {
			net.supply.add(entry.Holder, entry.Denom, entry.Delta)
		}
	}
	joined := net.posting()
	return joined, joined.check()
}
