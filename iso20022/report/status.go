package report

// Status is an ISO 20022 payment status. PART belongs to groups only.
type Status string

const (
	Received  Status = "RCVD" // received, nothing decided
	Pending   Status = "PDNG" // awaits approval or liquidity
	Validated Status = "ACTC" // authentic, well formed and complete
	InProcess Status = "ACSP" // accepted for settlement
	Settled   Status = "ACSC" // settled, final
	Rejected  Status = "RJCT"
	// Cancelled is written RJCT with reason DS02 unless another reason is given:
	// the code list reserves CANC for APIs, the 2009 schemas do not know it, and
	// no group status exists for it.
	Cancelled Status = "CANC"
	Partial   Status = "PART"
)

type statusClass int

const (
	classUnknown statusClass = iota
	classOpen
	classAccepted
	classSettled
	classRefused
)

func (s Status) class() statusClass {
	switch s {
	case Received, Pending:
		return classOpen
	case Validated, InProcess:
		return classAccepted
	case Settled:
		return classSettled
	case Rejected, Cancelled:
		return classRefused
	default:
		return classUnknown
	}
}

// GroupStatus sums up the statuses of the members of a group.
//
// Equal members give their own status. All refused is RJCT; all accepted, of
// which some are settled, is ACSP or ACTC, whichever is less far; all open is
// PDNG. Everything else is PART, including refused beside pending: a reader who
// stops at the group must not take a refusal for something that may still come.
// No member gives the empty status.
func GroupStatus(members []Status) Status {
	if len(members) == 0 {
		return ""
	}
	seen := map[Status]bool{}
	classes := map[statusClass]bool{}
	for _, s := range members {
		seen[s.written()] = true
		classes[s.class()] = true
	}
	refused, open := classes[classRefused], classes[classOpen]
	switch {
	case classes[classUnknown]:
		return Partial // a member that is itself PART
	case len(seen) == 1:
		return members[0].written()
	case len(classes) == 1 && open:
		return Pending
	case refused || open:
		return Partial
	case seen[Validated]:
		return Validated
	}
	return InProcess
}

// written is the code that stands in a message for the status.
func (s Status) written() Status {
	if s == Cancelled {
		return Rejected
	}
	return s
}

// writtenIn is the code of a single transfer in a generation of messages.
func (s Status) writtenIn(g generation) Status {
	// pain.002.001.03 has RCVD for groups but not for transfers. PDNG is the
	// nearest: checks and a status will follow.
	if g == generation2009 && s == Received {
		return Pending
	}
	return s.written()
}

// derived is the status given by the caller or else the sum of the members. It
// stays empty if they are fewer than the sender counted: a report of the
// exceptions only is usual, and says nothing about the rest.
func derived(given Status, members []Status, listed, counted int) Status {
	if given != "" || listed < counted {
		return given
	}
	return GroupStatus(members)
}

// supports reports whether a group status given by the caller claims no more
// than the members listed allow.
func (s Status) supports(members []Status) bool {
	for _, m := range members {
		class := m.class()
		switch s.class() {
		case classSettled:
			if class != classSettled {
				return false
			}
		case classAccepted:
			if class != classAccepted && class != classSettled {
				return false
			}
		case classRefused:
			if class != classRefused {
				return false
			}
		default: // an open or partial group claims nothing of its members
		}
	}
	return true
}
