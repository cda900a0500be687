package types

// validateSharing checks consents, legal bases and emergency accesses: their form, that each list is in the
// order of its numbers, and that their members exist.
func (gs GenesisState) validateSharing(institutions map[string]Institution, parties map[string]Party) error {
	known := func(members ...Member) error { return validateKnown(institutions, parties, members...) }
	var last uint64
	for _, consent := range gs.Consents {
		if err := consent.Validate(); err != nil {
			return err
		}
		if err := inOrder("consent", &last, consent.Id, gs.NextConsentId); err != nil {
			return err
		}
		if err := known(consent.Subject, consent.Grantee); err != nil {
			return err
		}
	}
	last = 0
	for _, basis := range gs.LegalBases {
		if err := basis.Validate(); err != nil {
			return err
		}
		if err := inOrder("legal basis", &last, basis.Id, gs.NextLegalBasisId); err != nil {
			return err
		}
		if err := known(basis.Subject, basis.Grantee); err != nil {
			return err
		}
	}
	last = 0
	for _, access := range gs.BreakGlasses {
		if err := access.Validate(); err != nil {
			return err
		}
		if err := inOrder("emergency access", &last, access.Id, gs.NextBreakGlassId); err != nil {
			return err
		}
		if err := known(access.Subject, MemberOf(access.Regulator())); err != nil {
			return err
		}
		if institutions[access.RegulatorId].Kind != InstitutionKind_INSTITUTION_KIND_REGULATOR {
			return ErrNotRegulator.Wrapf("%s, of emergency access %d", access.RegulatorId, access.Id)
		}
	}
	return nil
}

// inOrder refuses a number that is not between the one before it in its list and the next one to give.
func inOrder(what string, last *uint64, number, next uint64) error {
	if number <= *last || number >= next {
		return ErrInvalidGenesis.Wrapf("%s %d comes after %d, and the next is to be %d", what, number, *last, next)
	}
	*last = number
	return nil
}

func validateKnown(institutions map[string]Institution, parties map[string]Party, members ...Member) error {
	for _, member := range members {
		if _, known := institutions[member.InstitutionId]; !known {
			return ErrInstitutionNotFound.Wrap(member.InstitutionId)
		}
		if member.PartyId == "" {
			continue
		}
		if party, known := parties[member.PartyId]; !known || party.InstitutionId != member.InstitutionId {
			return ErrPartyNotFound.Wrapf("%s at %s", member.PartyId, member.InstitutionId)
		}
	}
	return nil
}
