package types

import (
	"crypto/sha256"
	"encoding/binary"
	"time"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
)

// Standings of offers, for short.
const (
	OfferNone       = OfferStatus_OFFER_STATUS_UNSPECIFIED
	OfferSealed     = OfferStatus_OFFER_STATUS_SEALED
	OfferStanding   = OfferStatus_OFFER_STATUS_STANDING
	OfferAccepted   = OfferStatus_OFFER_STATUS_ACCEPTED
	OfferDeclined   = OfferStatus_OFFER_STATUS_DECLINED
	OfferWithdrawn  = OfferStatus_OFFER_STATUS_WITHDRAWN
	OfferUnrevealed = OfferStatus_OFFER_STATUS_UNREVEALED
	OfferEnded      = OfferStatus_OFFER_STATUS_ENDED
)

const (
	bidDomain   = "zhilian/financing/bid/1"
	offerDomain = "zhilian/financing/offer-payment/1"
)

// BidCommitment is what a sealed bid commits to: SHA-256 over a domain, salt, request, lender, paying account and
// terms, each behind its length. The salt keeps others from trying terms until one fits; request and lender keep
// them from handing in a commitment that they have seen as their own.
func BidCommitment(request uint64, lender accesstypes.Member, account string, terms OfferTerms, salt []byte) []byte {
	hash := sha256.New()
	for _, part := range [][]byte{
		[]byte(bidDomain), salt, number(request), []byte(lender.InstitutionId), []byte(lender.PartyId), []byte(account),
		[]byte(terms.Price.String()), number(uint64(terms.RatePpm)), number(terms.FacilityId), []byte(terms.WorstGrade),
		flag(terms.RegistrationNeeded),
	} {
		hash.Write(number(uint64(len(part))))
		hash.Write(part)
	}
	return hash.Sum(nil)
}

func number(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }

func flag(set bool) []byte {
	if set {
		return []byte{1}
	}
	return []byte{0}
}

// OfferDigest names the payment that settles an offer.
func OfferDigest(offer uint64) []byte {
	sum := sha256.Sum256(binary.BigEndian.AppendUint64([]byte(offerDomain), offer))
	return sum[:]
}

// RegisterEntry is an entry in the movable-property financing register; empty if there is none.
type RegisterEntry struct {
	Number string
	At     time.Time
}
