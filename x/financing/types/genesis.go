package types

// DefaultGenesis has no receivables.
func DefaultGenesis() *GenesisState {
	return &GenesisState{Params: DefaultParams(), NextReceivableId: 1, NextSecurityId: 1, NextRequestId: 1, NextOfferId: 1, NextLoanId: 1, NextFacilityId: 1}
}

// Validate checks every record, the order of every list and every reference between them. Whether accounts
// and units exist is for settlement and the ledger, which come first.
func (gs GenesisState) Validate() error {
	for _, validate := range []func() error{
		gs.Params.Validate, gs.validateStuck, gs.validateReceivables, gs.validateHolders, gs.validateSecurities, gs.validateRecourses,
		gs.validateInvoices, gs.validateRegistrations,
		gs.validateRequests,
		gs.validateLoans, gs.validateFacilities,
	} {
		if err := validate(); err != nil {
			return err
		}
	}
	return nil
}

func (gs GenesisState) validateStuck() error {
	for i, item := range gs.Stuck {
		if _, known := DueKind_name[int32(item.Kind)]; !known || item.Kind == DueKind_DUE_KIND_UNSPECIFIED || item.Id == 0 || item.Attempts == 0 {
			return ErrInvalidGenesis.Wrapf("stuck item %d: kind %d, number %d, %d attempts", i, item.Kind, item.Id, item.Attempts)
		}
		if i == 0 {
			continue
		}
		if last := gs.Stuck[i-1]; last.Kind > item.Kind || last.Kind == item.Kind && last.Id >= item.Id {
			return ErrInvalidGenesis.Wrapf("stuck items are not in order at %s %d", item.Kind, item.Id)
		}
	}
	return nil
}
