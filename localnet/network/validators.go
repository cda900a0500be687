package network

import (
	"fmt"
	"slices"
)

// WithValidators returns a completed copy of the file in which every validator is named. A count takes the
// institutions that vote, in the order of the file, one node each; if there are too few, members
// NODE01, NODE02, … are added, numbered by their place among the validators. count 0 asks for what
// the file says.
func (f *File) WithValidators(count int) (*File, error) {
	f = f.Completed()
	named := *f
	if f.Validators.List != nil {
		if count != 0 && count != len(f.Validators.List) {
			return nil, fmt.Errorf("the network file names %d validators: leave the number out, or change the file", len(f.Validators.List))
		}
		return &named, nil
	}
	if count == 0 {
		count = f.Validators.Count
	}
	if count < 1 || count > MaxValidators {
		return nil, fmt.Errorf("the number of validators must be 1 to %d", MaxValidators)
	}
	named.Institutions = slices.Clone(f.Institutions)
	named.Validators = Validators{List: make([]Validator, 0, count)}
	for _, institution := range f.Institutions {
		if len(named.Validators.List) < count && MayValidate(institution.Kind) {
			named.addValidator(institution.ID)
		}
	}
	for len(named.Validators.List) < count {
		member := addedMember(len(named.Validators.List) + 1)
		named.Institutions = append(named.Institutions, member)
		named.addValidator(member.ID)
	}
	return &named, named.Validate()
}

func (f *File) addValidator(institution string) {
	f.Validators.List = append(f.Validators.List, Validator{Institution: institution, Power: DefaultPower})
}

// addedMember runs a node and nothing else. One institution has at most one validator, so a network
// of many nodes needs as many institutions.
func addedMember(number int) Institution {
	return Institution{
		ID:   fmt.Sprintf("NODE%02d", number),
		Name: fmt.Sprintf("Node operator %d", number),
		Kind: KindMember,
	}
}
