package reference

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"strings"

	sdk "github.com/cosmos/cosmos-sdk/types"
)

// DigestLength is the length in bytes of every digest of this package.
const DigestLength = sha256.Size

// Tags of the purposes. Changing one makes every stored digest of that purpose unfindable.
const (
	tagIBAN     = "zhilian/reference/v1/iban"
	tagOther    = "zhilian/reference/v1/other"
	tagEndToEnd = "zhilian/reference/v1/end-to-end"
	tagMessage  = "zhilian/reference/v1/message"
)

// IBAN is the digest of an international account number. Spaces and case do not matter: the
// printed form ("DE89 3704 …") and the electronic form name the same account.
func (k Key) IBAN(iban string) []byte {
	return k.digest(tagIBAN, []byte(strings.ToUpper(withoutSpaces(iban))))
}

// Other is the digest of a bank's own account number. It is unique only within that bank, so the
// institution's id is part of it. Spaces do not matter; case does.
func (k Key) Other(institutionID, number string) []byte {
	return k.digest(tagOther, []byte(institutionID), []byte(withoutSpaces(number)))
}

// EndToEnd is the digest of a payment's end-to-end id, which is unique within the debtor account.
func (k Key) EndToEnd(debtorAddress sdk.AccAddress, endToEndID string) []byte {
	return k.digest(tagEndToEnd, debtorAddress, []byte(NormaliseID(endToEndID)))
}

// Message is the digest of a file's message id. scope is the id of the submitting operator's party,
// or of its institution if it acts for the institution itself: two customers may use one MsgId.
func (k Key) Message(scope, messageID string) []byte {
	return k.digest(tagMessage, []byte(scope), []byte(NormaliseID(messageID)))
}

// NormaliseID drops the white space around an id and makes each run of it inside one space, so that
// a pretty-printed copy of a file has the ids of the original.
func NormaliseID(id string) string {
	return strings.Join(strings.Fields(id), " ")
}

func withoutSpaces(number string) string {
	return strings.Join(strings.Fields(number), "")
}

func (k Key) digest(tag string, parts ...[]byte) []byte {
	mac := hmac.New(sha256.New, k[:])
	// hash.Hash documents that Write never returns an error.
	mac.Write([]byte(tag))
	mac.Write([]byte{0})
	for _, part := range parts {
		var length [8]byte
		binary.BigEndian.PutUint64(length[:], uint64(len(part)))
		mac.Write(length[:])
		mac.Write(part)
	}
	return mac.Sum(nil)
}
