package payments

import (
	"slices"
	"strings"

	"github.com/zhilian-network/zhilian/iso20022"
	"github.com/zhilian-network/zhilian/iso20022/identifier"
	access "github.com/zhilian-network/zhilian/x/access/types"
)

const (
	clearingCNAPS = "CNAPS"
	// clearingZhilian is the proprietary name under which a file may give an institution's id.
	clearingZhilian = "ZHILIAN"
	headOfficeBIC   = 8
)

// directory finds institutions by what a file says of them.
type directory struct{ institutions []access.Institution }

// isActiveRegulator reports whether an id is that of a regulator in good standing.
func (d directory) isActiveRegulator(id string) bool {
	return slices.ContainsFunc(d.institutions, func(i access.Institution) bool {
		return i.Id == id && i.Kind == access.InstitutionKind_INSTITUTION_KIND_REGULATOR && i.Status == access.MemberStatus_MEMBER_STATUS_ACTIVE
	})
}

// named reports whether the agent says anything by which an institution could be found. A name is
// such a word too: an agent that is only named is unknown, not absent.
func named(agent iso20022.Agent) bool { return agent != (iso20022.Agent{}) }

// find returns the id of the institution that all identifiers which are known here agree on.
func (d directory) find(agent iso20022.Agent) (string, bool) {
	id := ""
	for _, match := range []string{
		d.byBIC(agent.BIC),
		d.byMember(agent.ClearingSystem, agent.MemberID),
		d.by(agent.LEI, func(i access.Institution) string { return i.Lei }),
		d.byName(agent),
	} {
		switch {
		case match == "" || match == id:
		case id == "":
			id = match
		default:
			return "", false
		}
	}
	return id, id != ""
}

func (d directory) by(value string, of func(access.Institution) string) string {
	if value == "" {
		return ""
	}
	for _, institution := range d.institutions {
		if of(institution) == value {
			return institution.Id
		}
	}
	return ""
}

func (d directory) byMember(system, member string) string {
	switch system {
	case clearingZhilian:
		return d.by(member, func(i access.Institution) string { return i.Id })
	case clearingCNAPS, "":
		return d.by(member, func(i access.Institution) string { return i.Cnaps })
	}
	for _, institution := range d.institutions {
		if member != "" && slices.Contains(institution.ClearingMembers, system+":"+member) {
			return institution.Id
		}
	}
	return ""
}

// byName takes the legal name, if an agent says nothing else and only one institution has it.
func (d directory) byName(agent iso20022.Agent) string {
	if agent != (iso20022.Agent{Name: agent.Name}) {
		return ""
	}
	id := ""
	for _, institution := range d.institutions {
		switch {
		case agent.Name == "" || institution.Name != agent.Name:
		case id != "":
			return ""
		default:
			id = institution.Id
		}
	}
	return id
}

// byBIC prefers the very office (XXX and eight characters are the head office), and takes a branch
// for its bank if exactly one institution has the bank's first eight characters.
func (d directory) byBIC(bic string) string {
	if len(bic) < headOfficeBIC {
		return ""
	}
	bank := ""
	several := false
	for _, institution := range d.institutions {
		if institution.Bic == "" {
			continue
		}
		if identifier.SameBIC(institution.Bic, bic) {
			return institution.Id
		}
		if strings.HasPrefix(institution.Bic, bic[:headOfficeBIC]) {
			several = bank != ""
			bank = institution.Id
		}
	}
	if several {
		return ""
	}
	return bank
}

func (d directory) institution(id string) (access.Institution, bool) {
	for _, institution := range d.institutions {
		if institution.Id == id {
			return institution, true
		}
	}
	return access.Institution{}, false
}
