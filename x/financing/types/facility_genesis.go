package types

// validateFacilities checks limits and facilities: form, order, references, and that no limit is exceeded.
func (gs GenesisState) validateFacilities() error {
	last := uint64(0)
	for _, facility := range gs.Facilities {
		if facility.Id <= last || facility.Id >= gs.NextFacilityId {
			return ErrInvalidGenesis.Wrapf("facility %d after facility %d, the next one is %d", facility.Id, last, gs.NextFacilityId)
		}
		last = facility.Id
		if err := facility.validate(); err != nil {
			return ErrInvalidGenesis.Wrapf("facility %d: %s", facility.Id, err)
		}
	}
	seen := map[[3]string]bool{}
	for _, limit := range gs.Limits {
		name := [3]string{limit.Lender.InstitutionId + "/" + limit.Lender.PartyId, limit.Currency, limit.Subject()}
		if seen[name] {
			return ErrInvalidGenesis.Wrapf("limit %v stands twice", name)
		}
		seen[name] = true
		if err := limit.validate(); err != nil {
			return ErrInvalidGenesis.Wrapf("limit %v: %s", name, err)
		}
	}
	return gs.validateOpenLoans()
}

func (l Limit) validate() error {
	if err := l.validateSubject(); err != nil {
		return err
	}
	if hasNone(l.Drawn, l.Reserved) {
		return ErrInvalidLimit.Wrap("it lacks a sum")
	}
	if l.Bounded && l.Used().GT(l.Amount) {
		return ErrInvalidLimit.Wrapf("%s are lent and promised of %s", l.Used(), l.Amount)
	}
	return l.Lender.Validate()
}

func (f Facility) validate() error {
	for _, member := range []interface{ Validate() error }{f.Lender, f.Borrower, f.Terms} {
		if err := member.Validate(); err != nil {
			return err
		}
	}
	switch {
	case f.Status < FacilityOffered || f.Status > FacilityClosed:
		return ErrInvalidFacility.Wrapf("status %s", f.Status)
	case hasNone(f.Limit, f.Drawn) || f.Drawn.GT(f.Limit) || f.Limit.GT(MaxPrincipal()):
		return ErrInvalidFacility.Wrapf("%s are drawn of %s", f.Drawn, f.Limit)
	case len(f.Covenants) > MaxCovenants || (f.TestDays == 0) != (len(f.Covenants) == 0):
		return ErrInvalidFacility.Wrapf("%d covenants, tested every %d days", len(f.Covenants), f.TestDays)
	}
	for i, covenant := range f.Covenants {
		if err := covenant.Terms.Validate(); err != nil {
			return err
		}
		if covenant.Status < CovenantMet || covenant.Status > CovenantBroken {
			return ErrInvalidCovenant.Wrapf("%d is %s", i+1, covenant.Status)
		}
	}
	return nil
}

// validateOpenLoans: a facility counts its loans that are owed.
func (gs GenesisState) validateOpenLoans() error {
	open := map[uint64]uint32{}
	known := map[uint64]bool{}
	for _, facility := range gs.Facilities {
		known[facility.Id] = true
	}
	for _, loan := range gs.Loans {
		if loan.IsOwed() && loan.FacilityId != 0 {
			if !known[loan.FacilityId] {
				return ErrInvalidGenesis.Wrapf("loan %d is of facility %d, which does not exist", loan.Id, loan.FacilityId)
			}
			open[loan.FacilityId]++
		}
	}
	for _, facility := range gs.Facilities {
		if open[facility.Id] != facility.OpenLoans {
			return ErrInvalidGenesis.Wrapf("facility %d has %d loans that are owed and counts %d", facility.Id, open[facility.Id], facility.OpenLoans)
		}
	}
	return nil
}
