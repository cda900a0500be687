package domain

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"time"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/dispute/types"
)

const drawDomain = "zhilian/dispute/draw/1"

// Prospect is an arbitrator with what decides whether it can be drawn.
type Prospect struct {
	types.Arbitrator
	Active bool
	// Interests are those that it declared, and those of cases in which it sat.
	Interests []types.Interest
	// SatHere is true if it was on an earlier panel of this case.
	SatHere bool
}

// Eligible parts the arbitrators of a network into those who can be drawn for a case and those who cannot, each in
// the order of prospects. sides are the members of both sides.
func Eligible(prospects []Prospect, sides []accesstypes.Member, now time.Time) (candidates []types.Candidate, excluded []types.Excluded) {
	for _, prospect := range prospects {
		if reason := exclusionOf(prospect, sides, now); reason != types.Exclusion_EXCLUSION_UNSPECIFIED {
			excluded = append(excluded, types.Excluded{Arbitrator: prospect.Arbitrator.Arbitrator, InstitutionId: prospect.InstitutionId, Exclusion: reason})
			continue
		}
		candidates = append(candidates, types.Candidate{Arbitrator: prospect.Arbitrator.Arbitrator, InstitutionId: prospect.InstitutionId})
	}
	return candidates, excluded
}

func exclusionOf(p Prospect, sides []accesstypes.Member, now time.Time) types.Exclusion {
	if slices.ContainsFunc(sides, func(side accesstypes.Member) bool { return side.InstitutionId == p.InstitutionId }) {
		return types.ExcludedInstitution
	}
	if p.SatHere {
		return types.ExcludedEarlier
	}
	for _, interest := range p.Interests {
		if !concerns(interest, sides) {
			continue
		}
		if interest.Until.IsZero() {
			return types.ExcludedInterest
		}
		if !IsOver(interest.Until, now) {
			return types.ExcludedEarlier
		}
	}
	if !p.Active {
		return types.ExcludedInactive
	}
	return types.Exclusion_EXCLUSION_UNSPECIFIED
}

// concerns reports whether an interest is in one of the sides. One in an institution is in its parties as well, if it
// was declared; that an arbitrator sat in a case of an institution says nothing of all its customers.
func concerns(interest types.Interest, sides []accesstypes.Member) bool {
	return slices.ContainsFunc(sides, func(side accesstypes.Member) bool {
		declared := interest.Until.IsZero() && interest.Member.PartyId == "" && interest.Member.InstitutionId == side.InstitutionId
		return interest.Member == side || declared
	})
}

// Draw orders candidates at random by the hash of a block: one of each institution, every institution and each of
// its arbitrators with the same chance. Whoever has the same hash and candidates draws the same. candidates are
// sorted by institution and address.
func Draw(blockHash []byte, caseID uint64, instance, attempt uint32, candidates []types.Candidate) []types.Candidate {
	chance := newChance(blockHash, caseID, instance, attempt)
	var institutions [][]types.Candidate
	for _, candidate := range candidates {
		if n := len(institutions); n > 0 && institutions[n-1][0].InstitutionId == candidate.InstitutionId {
			institutions[n-1] = append(institutions[n-1], candidate)
			continue
		}
		institutions = append(institutions, []types.Candidate{candidate})
	}
	for i := len(institutions) - 1; i > 0; i-- {
		j := chance.below(i + 1)
		institutions[i], institutions[j] = institutions[j], institutions[i]
	}
	drawn := make([]types.Candidate, len(institutions))
	for i, of := range institutions {
		drawn[i] = of[chance.below(len(of))]
	}
	return drawn
}

// chance gives numbers that follow from a seed.
type chance struct {
	seed    [sha256.Size]byte
	counter uint64
}

func newChance(blockHash []byte, caseID uint64, instance, attempt uint32) *chance {
	seed := binary.BigEndian.AppendUint32([]byte(drawDomain), uint32(len(blockHash)))
	seed = append(seed, blockHash...)
	seed = binary.BigEndian.AppendUint64(seed, caseID)
	seed = binary.BigEndian.AppendUint32(seed, instance)
	seed = binary.BigEndian.AppendUint32(seed, attempt)
	return &chance{seed: sha256.Sum256(seed)}
}

// below is a number from 0 to n-1. Hashes that would favour small numbers are passed over: one in 2^50, for the few
// hundred that n is at most.
func (c *chance) below(n int) int {
	most := ^uint64(0) - ^uint64(0)%uint64(n)
	for {
		hash := sha256.Sum256(binary.BigEndian.AppendUint64(c.seed[:], c.counter))
		c.counter++
		if number := binary.BigEndian.Uint64(hash[:8]); number < most {
			return int(number % uint64(n))
		}
	}
}

// Fill seats a panel from who was drawn, in that order. false if too few were: then the panel is not seated, unless
// it is the last draw, which takes the largest odd number that there is.
func Fill(panel types.Panel, drawn []types.Candidate, last bool) (types.Panel, bool) {
	size := int(panel.Size_)
	if len(drawn) < size {
		if !last || len(drawn) == 0 {
			return panel, false
		}
		size = len(drawn) - (1 - len(drawn)%2)
	}
	panel.Size_ = uint32(size)
	panel.Seats, panel.Reserves = nil, nil
	for _, member := range drawn[:size] {
		panel.Seats = append(panel.Seats, seat(member))
	}
	panel.Reserves = slices.Clone(drawn[size:min(len(drawn), 2*size, size+types.MaxReserves)])
	return panel, true
}

func seat(member types.Candidate) types.Seat {
	return types.Seat{Arbitrator: member.Arbitrator, InstitutionId: member.InstitutionId, Status: types.Seated}
}

// quorum is how many votes make a ruling: more than half of the panel.
func quorum(panel types.Panel) int { return int(panel.Size_)/2 + 1 }

// CountVotes are the votes that were committed to and those that were revealed, of members who decide.
func CountVotes(panel types.Panel) (committed int, votes []types.Award) {
	for _, seat := range panel.Seats {
		if seat.Status != types.Seated {
			continue
		}
		if len(seat.Commitment) > 0 {
			committed++
		}
		if seat.Vote != nil {
			votes = append(votes, *seat.Vote)
		}
	}
	return committed, votes
}

// Deciding counts the members who decide.
func Deciding(panel types.Panel) int {
	deciding := 0
	for _, seat := range panel.Seats {
		if seat.Status == types.Seated {
			deciding++
		}
	}
	return deciding
}

// Unseat takes a member off a panel and, while votes can still be committed to, seats the next reserve.
func Unseat(panel types.Panel, at int, status types.SeatStatus, replace bool) types.Panel {
	panel.Seats = slices.Clone(panel.Seats)
	panel.Seats[at].Status, panel.Seats[at].Vote = status, nil
	if replace && len(panel.Reserves) > 0 {
		panel.Seats = append(panel.Seats, seat(panel.Reserves[0]))
		panel.Reserves = panel.Reserves[1:]
	}
	return panel
}

// AfterCommit is what the end of the time to commit does: silent members are replaced by reserves, who get a time
// of their own; without enough reserves those who have committed decide, if they are a quorum.
func AfterCommit(panel types.Panel) (types.Panel, Event) {
	replaced := false
	for at := range len(panel.Seats) {
		if seat := panel.Seats[at]; seat.Status == types.Seated && len(seat.Commitment) == 0 {
			replaced = replaced || len(panel.Reserves) > 0
			panel = Unseat(panel, at, types.Silent, true)
		}
	}
	committed, _ := CountVotes(panel)
	switch {
	case replaced && Deciding(panel) >= quorum(panel):
		return panel, Replace
	case committed >= quorum(panel):
		return panel, Commit
	}
	return panel, Redraw
}

// AfterReveal is what the end of the time to reveal does: whoever was silent has no vote, and a quorum rules.
func AfterReveal(panel types.Panel) (types.Panel, []types.Award, Event) {
	panel.Seats = slices.Clone(panel.Seats)
	for at := range panel.Seats {
		if seat := &panel.Seats[at]; seat.Status == types.Seated && seat.Vote == nil {
			seat.Status = types.Silent
		}
	}
	_, votes := CountVotes(panel)
	if len(votes) < quorum(panel) {
		return panel, nil, Redraw
	}
	return panel, votes, Rule
}

// CanDecide reports whether enough members are left to rule.
func CanDecide(panel types.Panel) bool { return Deciding(panel) >= quorum(panel) }

// IsInterested reports whether a declared interest in a member concerns one of the sides.
func IsInterested(member accesstypes.Member, sides []accesstypes.Member) bool {
	return concerns(types.Interest{Member: member}, sides)
}

// SameDraw reports whether a panel was seated from a draw, whoever was replaced since.
func SameDraw(panel types.Panel, drawn []types.Candidate) bool {
	if len(panel.Seats) > len(drawn) {
		return false
	}
	for i, seat := range panel.Seats {
		if seat.Arbitrator != drawn[i].Arbitrator {
			return false
		}
	}
	return true
}
