package types

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"strings"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/zhilian-network/zhilian/iso20022/identifier"
)

// Domains keep the derivations apart: the same input gives unrelated bytes for an account, a reserve
// account and a payment.
const (
	accountDomain = "zhilian/settlement/account/1"
	reserveDomain = "zhilian/settlement/reserve/1"
	uetrDomain    = "zhilian/settlement/uetr/1"
	fileDomain    = "zhilian/settlement/file/1"
)

// derivedMark begins every derived UETR. A stated UETR that begins with it is refused unless it is
// the payment's own: otherwise whoever can guess a debtor's next reference could take its name. What
// is left of the hash, 90 bits, is far from colliding within the payments that state holds.
var derivedMark = [4]byte{0x7a, 0x6c, 0x7a, 0x6c} // "zlzl"

// reserveDenomHolder cannot be an institution's id, which has capitals and digits only.
const reserveDenomHolder = "reserve"

// AccountAddress is the address of a party's settlement account: 20 bytes derived from the party's id
// and the ordinal of the account. No key has this address, so no key can lose the money.
func AccountAddress(ownerID string, ordinal uint32) sdk.AccAddress {
	return derive(accountDomain, []byte(ownerID), binary.BigEndian.AppendUint32(nil, ordinal))[:AddressLength]
}

// ReserveAddress is the address of an institution's reserve account: 20 bytes derived from its id.
func ReserveAddress(institutionID string) sdk.AccAddress {
	return derive(reserveDomain, []byte(institutionID))[:AddressLength]
}

// DepositDenom names the deposit money of a bank, e.g. "BQDQ/CNY".
func DepositDenom(institutionID, currency string) string { return institutionID + "/" + currency }

// ReserveDenom names the reserves of a currency, e.g. "reserve/CNY".
func ReserveDenom(currency string) string { return reserveDenomHolder + "/" + currency }

// PaymentID is the key of a payment: the 16 bytes of its UETR.
type PaymentID [16]byte

// DeriveUETR is the UETR of a payment that was given none: a UUID version 4 in shape, from SHA-256 of
// debtor and digest of the end-to-end id. One mark under it serves both uniqueness rules.
func DeriveUETR(debtor sdk.AccAddress, endToEndDigest []byte) string {
	return DerivePaymentID(debtor, endToEndDigest).UETR()
}

// DerivePaymentID is DeriveUETR in bytes.
func DerivePaymentID(debtor sdk.AccAddress, endToEndDigest []byte) PaymentID {
	return shapeUETR(derive(uetrDomain, debtor, endToEndDigest))
}

// shapeUETR makes a derived UETR of a hash.
func shapeUETR(hash []byte) PaymentID {
	var id PaymentID
	copy(id[:], hash)
	copy(id[:], derivedMark[:])
	id[6] = id[6]&0x0f | 0x40
	id[8] = id[8]&0x3f | 0x80
	return id
}

// IsDerived tells an id that was derived, or looks like one.
func (id PaymentID) IsDerived() bool { return [4]byte(id[:4]) == derivedMark }

// FileKey is the key under which a file is remembered: message ids of one debtor account are its own,
// so that nobody can use up another's.
func FileKey(debtor string, instructionDigest []byte) []byte {
	return derive(fileDomain, []byte(debtor), instructionDigest)
}

// ParseUETR reads a UETR. It returns ErrUETRInvalid for anything but a lower-case UUID version 4.
func ParseUETR(uetr string) (PaymentID, error) {
	var id PaymentID
	if err := identifier.CheckUETR(uetr); err != nil {
		return id, ErrUETRInvalid.Wrap(err.Error())
	}
	if _, err := hex.Decode(id[:], []byte(strings.ReplaceAll(uetr, "-", ""))); err != nil {
		return id, ErrUETRInvalid.Wrap(err.Error())
	}
	return id, nil
}

// UETR is the text of the id: lower case with hyphens.
func (id PaymentID) UETR() string {
	text := hex.EncodeToString(id[:])
	return strings.Join([]string{text[:8], text[8:12], text[12:16], text[16:20], text[20:]}, "-")
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
