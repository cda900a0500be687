package types

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"
)

// Short names of the generated enum values.
const (
	Seated  = SeatStatus_SEAT_STATUS_SEATED
	Silent  = SeatStatus_SEAT_STATUS_SILENT
	Recused = SeatStatus_SEAT_STATUS_RECUSED

	ExcludedInstitution = Exclusion_EXCLUSION_INSTITUTION
	ExcludedEarlier     = Exclusion_EXCLUSION_EARLIER_CASE
	ExcludedInterest    = Exclusion_EXCLUSION_INTEREST
	ExcludedInactive    = Exclusion_EXCLUSION_INACTIVE

	ClaimOpen   = ClaimStatus_CLAIM_STATUS_OPEN
	ClaimPaid   = ClaimStatus_CLAIM_STATUS_PAID
	ClaimWaived = ClaimStatus_CLAIM_STATUS_WAIVED
	ClaimLapsed = ClaimStatus_CLAIM_STATUS_LAPSED

	PriorityPerson     = ClaimPriority_CLAIM_PRIORITY_PERSON
	PriorityEnterprise = ClaimPriority_CLAIM_PRIORITY_ENTERPRISE
	PriorityInterest   = ClaimPriority_CLAIM_PRIORITY_INTEREST
)

const (
	voteDomain  = "zhilian/dispute/vote/1"
	factsDomain = "zhilian/dispute/facts/1"
)

// VoteCommitment is what a member of a panel commits to: SHA-256 over case, instance, its address, the vote and a
// salt. The salt keeps others from trying the few votes that are likely.
func VoteCommitment(caseID uint64, instance uint32, arbitrator string, vote Award, salt []byte) []byte {
	parts := [][]byte{number(caseID), number(uint64(instance)), []byte(arbitrator), salt, {boolByte(vote.Frivolous)}}
	for _, grant := range vote.Grants {
		parts = append(parts, number(uint64(grant.Remedy)), []byte(grant.Amount.String()))
	}
	return derive(voteDomain, parts...)
}

// Seat is the place of an arbitrator who decides, -1 if there is none.
func (p Panel) Seat(arbitrator string) int {
	return slices.IndexFunc(p.Seats, func(s Seat) bool { return s.Arbitrator == arbitrator && s.Status == Seated })
}

// IsOpen reports whether something is still owed.
func (c Claim) IsOpen() bool { return c.Status == ClaimOpen }

func number(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }

func boolByte(b bool) byte {
	if b {
		return 1
	}
	return 0
}

// derive hashes a domain and parts, each behind its length, so that no two inputs run together.
func derive(domain string, parts ...[]byte) []byte {
	hash := sha256.New()
	for _, part := range append([][]byte{[]byte(domain)}, parts...) {
		hash.Write(binary.BigEndian.AppendUint32(nil, uint32(len(part))))
		hash.Write(part)
	}
	return hash.Sum(nil)
}
