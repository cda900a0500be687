package types

// Validate checks an operator's form, but for the bech32 prefix of its address, which the keeper
// knows.
func (o Operator) Validate() error {
	if o.Address == "" {
		return ErrInvalidAddress.Wrap("an operator's address is needed")
	}
	if err := validateInstitutionID(o.InstitutionId); err != nil {
		return err
	}
	if o.PartyId != "" {
		if err := validatePartyID(o.PartyId); err != nil {
			return err
		}
	}
	if !o.Status.IsSet() {
		return ErrInvalidOperator.Wrapf("status %d is unknown", o.Status)
	}
	if o.QuotaPerBlock > MaxQuotaPerBlock {
		return ErrInvalidOperator.Wrapf("quota %d: at most %d units per block", o.QuotaPerBlock, MaxQuotaPerBlock)
	}
	return validateRoleIDs(o.Roles)
}
