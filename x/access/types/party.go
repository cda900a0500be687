package types

// Validate checks a party's form.
func (p Party) Validate() error {
	if err := validatePartyID(p.Id); err != nil {
		return err
	}
	if err := validateInstitutionID(p.InstitutionId); err != nil {
		return err
	}
	if p.Kind != PartyKind_PARTY_KIND_LEGAL_PERSON && p.Kind != PartyKind_PARTY_KIND_NATURAL_PERSON {
		return ErrInvalidParty.Wrapf("%s: kind %d is unknown", p.Id, p.Kind)
	}
	if !p.Status.IsSet() {
		return ErrInvalidParty.Wrapf("%s: status %d is unknown", p.Id, p.Status)
	}
	return validateKyc(p.Id, p.KycLevel, p.IdentityCommitment)
}

func validateKyc(id string, level uint32, commitment []byte) error {
	if level < MinKYCLevel || level > MaxKYCLevel {
		return ErrInvalidParty.Wrapf("%s: KYC level %d: %d to %d is needed", id, level, MinKYCLevel, MaxKYCLevel)
	}
	if n := len(commitment); n != 0 && n != IdentityCommitmentLength {
		return ErrInvalidParty.Wrapf("%s: identity commitment has %d bytes: %d or none are needed", id, n, IdentityCommitmentLength)
	}
	return nil
}

func validatePartyID(id string) error {
	allowed := func(c byte) bool {
		return isUpper(c) || isLower(c) || isDigit(c) || c == '-' || c == '_' || c == '.'
	}
	if id == "" || len(id) > MaxPartyIDLength || !consistsOf(id, allowed) {
		return ErrInvalidParty.Wrapf("id %.70q: 1 to %d of A-Z, a-z, 0-9 and -_. are needed", id, MaxPartyIDLength)
	}
	return nil
}
