package genesis

import (
	"fmt"
	"strings"

	"cosmossdk.io/math"

	settlementtypes "github.com/zhilian-network/zhilian/x/settlement/types"
)

// Validate asks every module, and then compares the modules with each other: what the ledger holds
// of deposit money and reserves must be what settlement says was issued.
func (s *State) Validate() error {
	if err := s.Access.Validate(); err != nil {
		return fmt.Errorf("genesis of access: %w", err)
	}
	if err := s.Consortium.Validate(); err != nil {
		return fmt.Errorf("genesis of consortium: %w", err)
	}
	if err := s.Ledger.Validate(); err != nil {
		return fmt.Errorf("genesis of ledger: %w", err)
	}
	if err := s.Settlement.Validate(); err != nil {
		return fmt.Errorf("genesis of settlement: %w", err)
	}
	return s.validateSums()
}

func (s *State) validateSums() error {
	deposits, reserves := map[string]math.Int{}, map[string]math.Int{}
	currencies := make(map[string]string, len(s.Ledger.Denoms))
	for _, denom := range s.Ledger.Denoms {
		currencies[denom.Denom] = denom.Currency
	}
	for _, balance := range s.Ledger.Balances {
		code := currencies[balance.Denom]
		held := deposits
		if balance.Denom == settlementtypes.ReserveDenom(code) {
			held = reserves
		}
		held[code] = sum(held[code], balance.Amount)
	}
	var wrong []string
	for _, issued := range s.Settlement.Outstandings {
		if held := sum(deposits[issued.Currency], math.ZeroInt()); !held.Equal(issued.Deposits) {
			wrong = append(wrong, fmt.Sprintf("deposits in %s: issued %s, held %s", issued.Currency, issued.Deposits, held))
		}
		if held := sum(reserves[issued.Currency], math.ZeroInt()); !held.Equal(issued.Reserves) {
			wrong = append(wrong, fmt.Sprintf("reserves in %s: issued %s, held %s", issued.Currency, issued.Reserves, held))
		}
	}
	if len(wrong) > 0 {
		return fmt.Errorf("genesis does not add up: %s", strings.Join(wrong, "; "))
	}
	return nil
}

// sum adds to a total that may not have begun.
func sum(total, amount math.Int) math.Int {
	if total.IsNil() {
		return amount
	}
	return total.Add(amount)
}
