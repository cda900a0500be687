package types

import (
	"slices"

	"github.com/cosmos/cosmos-sdk/types/bech32"
)

// DefaultGenesis has no members, and the one role that registering an institution needs.
func DefaultGenesis() *GenesisState {
	return &GenesisState{
		Params: DefaultParams(),
		Roles:  []Role{{Id: AdministratorRole, Permissions: []string{PermissionOperator, PermissionParty}}},
	}
}

// Validate checks every record and every reference between them. The bech32 prefix of addresses is
// checked by the keeper, which knows it.
func (gs GenesisState) Validate() error {
	if err := gs.Params.Validate(); err != nil {
		return err
	}
	roles, err := indexRoles(gs.Roles)
	if err != nil {
		return err
	}
	institutions, err := indexInstitutions(gs.Institutions)
	if err != nil {
		return err
	}
	parties, err := indexParties(gs.Parties, institutions)
	if err != nil {
		return err
	}
	if err := gs.validateAuthority(roles, institutions, parties); err != nil {
		return err
	}
	if err := gs.validateActions(); err != nil {
		return err
	}
	if err := gs.validateSharing(institutions, parties); err != nil {
		return err
	}
	return validateOperators(gs.Operators, roles, institutions, parties)
}

func indexRoles(roles []Role) (map[string]Role, error) {
	index := make(map[string]Role, len(roles))
	for _, role := range roles {
		if err := role.Validate(); err != nil {
			return nil, err
		}
		if !slices.IsSorted(role.Permissions) {
			return nil, ErrInvalidGenesis.Wrapf("permissions of role %s are not sorted", role.Id)
		}
		if _, twice := index[role.Id]; twice {
			return nil, ErrInvalidGenesis.Wrapf("role %s is listed twice", role.Id)
		}
		index[role.Id] = role
	}
	return index, nil
}

func indexInstitutions(institutions []Institution) (map[string]Institution, error) {
	if n := len(institutions); n > MaxInstitutions {
		return nil, ErrTooManyInstitutions.Wrapf("%d in genesis, at most %d", n, MaxInstitutions)
	}
	index := make(map[string]Institution, len(institutions))
	for i, institution := range institutions {
		if err := institution.Validate(); err != nil {
			return nil, err
		}
		if _, twice := index[institution.Id]; twice {
			return nil, ErrInvalidGenesis.Wrapf("institution %s is listed twice", institution.Id)
		}
		for _, earlier := range institutions[:i] {
			if shared := institution.SharesIdentifier(earlier); shared != "" {
				return nil, ErrIdentifierTaken.Wrapf("%s and %s have the same %s", earlier.Id, institution.Id, shared)
			}
		}
		index[institution.Id] = institution
	}
	return index, nil
}

func indexParties(parties []Party, institutions map[string]Institution) (map[string]Party, error) {
	index := make(map[string]Party, len(parties))
	for _, party := range parties {
		if err := party.Validate(); err != nil {
			return nil, err
		}
		if _, twice := index[party.Id]; twice {
			return nil, ErrInvalidGenesis.Wrapf("party %s is listed twice", party.Id)
		}
		if _, taken := institutions[party.Id]; taken {
			return nil, ErrIDTaken.Wrapf("party %s has the id of an institution", party.Id)
		}
		institution, known := institutions[party.InstitutionId]
		if !known {
			return nil, ErrInstitutionNotFound.Wrapf("%s, of party %s", party.InstitutionId, party.Id)
		}
		if !institution.Kind.ServesParties() {
			return nil, ErrPartyNotServed.Wrapf("%s, of party %s", institution.Id, party.Id)
		}
		index[party.Id] = party
	}
	return index, nil
}

func validateOperators(operators []Operator, roles map[string]Role, institutions map[string]Institution, parties map[string]Party) error {
	seen := make(map[string]struct{}, len(operators))
	counts := map[Scope]int{}
	for _, operator := range operators {
		if err := operator.Validate(); err != nil {
			return err
		}
		_, address, err := bech32.DecodeAndConvert(operator.Address)
		if err != nil {
			return ErrInvalidAddress.Wrapf("%.100q is not bech32", operator.Address)
		}
		// By bytes: bech32 has a lower and an upper case spelling of each address.
		if _, twice := seen[string(address)]; twice {
			return ErrOperatorExists.Wrapf("%s is listed twice", operator.Address)
		}
		seen[string(address)] = struct{}{}
		if operator.Successor != "" {
			if operator.Status != MemberStatus_MEMBER_STATUS_CLOSED {
				return ErrInvalidGenesis.Wrapf("operator %s has a successor and is not closed", operator.Address)
			}
		} else if counts[operator.Scope()]++; counts[operator.Scope()] > MaxOperatorsPerScope {
			return ErrTooManyOperators.Wrapf("%s %s", operator.InstitutionId, operator.PartyId)
		}
		if err := validateReferences(operator, roles, institutions, parties); err != nil {
			return err
		}
	}
	return nil
}

func validateReferences(operator Operator, roles map[string]Role, institutions map[string]Institution, parties map[string]Party) error {
	if _, known := institutions[operator.InstitutionId]; !known {
		return ErrInstitutionNotFound.Wrapf("%s, of operator %s", operator.InstitutionId, operator.Address)
	}
	if operator.PartyId != "" {
		party, known := parties[operator.PartyId]
		if !known || party.InstitutionId != operator.InstitutionId {
			return ErrPartyNotFound.Wrapf("%s at %s, of operator %s", operator.PartyId, operator.InstitutionId, operator.Address)
		}
	}
	if !slices.IsSorted(operator.Roles) {
		return ErrInvalidGenesis.Wrapf("roles of operator %s are not sorted", operator.Address)
	}
	if err := validateRolesKnown(operator.Roles, roles, "operator "+operator.Address); err != nil {
		return err
	}
	return validateAccountRoleLists(operator, roles)
}
