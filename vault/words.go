package vault

import (
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/zhilian-network/zhilian/crypto/seal"
	access "github.com/zhilian-network/zhilian/x/access/types"
)

// shortID is how much of a key id tables show, in bytes.
const shortID = 8

// parseMember reads INSTITUTION or INSTITUTION/PARTY.
func parseMember(flag, text string) (access.Member, error) {
	institution, party, hasParty := strings.Cut(text, "/")
	member := access.Member{InstitutionId: institution, PartyId: party}
	if hasParty && party == "" || member.Validate() != nil {
		return access.Member{}, usagef("--%s must be INSTITUTION or INSTITUTION/PARTY, e.g. BQDQ/acme", flag)
	}
	return member, nil
}

// memberText is empty if there is none.
func memberText(member access.Member) string {
	if member.PartyId == "" {
		return member.InstitutionId
	}
	return member.InstitutionId + "/" + member.PartyId
}

// enumText is "credit-rating" for PURPOSE_CREDIT_RATING.
func enumText(name, prefix string) string {
	return strings.ReplaceAll(strings.ToLower(strings.TrimPrefix(name, prefix)), "_", "-")
}

func purposeText(purpose access.Purpose) string {
	if !purpose.IsSet() {
		return ""
	}
	return enumText(purpose.String(), "PURPOSE_")
}

func purposes() []string {
	var all []string
	for number := range access.Purpose_name {
		if purpose := access.Purpose(number); purpose.IsSet() {
			all = append(all, purposeText(purpose))
		}
	}
	slices.Sort(all)
	return all
}

func parsePurpose(text string) (access.Purpose, error) {
	for number := range access.Purpose_name {
		if purpose := access.Purpose(number); purpose.IsSet() && purposeText(purpose) == text {
			return purpose, nil
		}
	}
	return 0, usagef("--%s must be one of %s", flagPurpose, strings.Join(purposes(), ", "))
}

var suites = map[string]seal.Suite{"hybrid": seal.MLKEM768X25519, "sm2": seal.SM2}

func parseSuite(text string) (seal.Suite, error) {
	suite, known := suites[text]
	if !known {
		return 0, usagef("--%s must be hybrid or sm2", flagSuite)
	}
	return suite, nil
}

func suiteText(suite seal.Suite) string {
	for name, known := range suites {
		if known == suite {
			return name
		}
	}
	return "unknown"
}

var ciphers = map[string]seal.Cipher{"aes256": seal.AES256GCM, "sm4": seal.SM4GCM}

func parseCipher(text string) (seal.Cipher, error) {
	cipher, known := ciphers[text]
	if !known {
		return 0, usagef("--%s must be aes256 or sm4", flagCipher)
	}
	return cipher, nil
}

// parseNumber reads the number of a record or request.
func parseNumber(what, text string) (uint64, error) {
	number, err := strconv.ParseUint(text, 10, 64)
	if err != nil || number == 0 {
		return 0, usagef("%s must be its number, 1 or more", what)
	}
	return number, nil
}

func idText(id []byte) string { return hex.EncodeToString(id) }

func shortText(id string) string {
	if len(id) <= 2*shortID {
		return id
	}
	return id[:2*shortID] + "…"
}

// timeText is empty for the zero time, however it was encoded.
func timeText(t time.Time) string {
	if t.Unix() <= 0 {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
