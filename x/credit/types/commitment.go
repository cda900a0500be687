package types

import (
	"crypto/sha256"
	"encoding/binary"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
)

// commitmentPrefix begins what is committed to; another form is another version.
const commitmentPrefix = "zhilian/credit/attestation/v1\x00"

// Commitment binds a provider to what it attests without telling it: SHA-256 over a prefix, the salt, the
// provider, the subject, the period and the values in the order of their names. Texts have their length
// before them and numbers are of fixed size, so that no two attestations have the same bytes. Without a salt
// of 16 random bytes or more, values could be guessed; that of open values is empty.
func Commitment(provider string, subject accesstypes.Member, period Period, values []InputValue, salt []byte) []byte {
	out := []byte(commitmentPrefix)
	text := func(parts ...string) {
		for _, part := range parts {
			out = binary.BigEndian.AppendUint32(out, uint32(len(part)))
			out = append(out, part...)
		}
	}
	text(string(salt), provider, subject.InstitutionId, subject.PartyId)
	out = binary.BigEndian.AppendUint32(out, period.FirstMonth)
	out = binary.BigEndian.AppendUint32(out, period.LastMonth)
	out = binary.BigEndian.AppendUint32(out, uint32(len(values)))
	for _, value := range values {
		text(value.Name, value.Code)
		out = binary.BigEndian.AppendUint32(out, value.Decimals)
		out = binary.BigEndian.AppendUint64(out, uint64(value.Value))
	}
	sum := sha256.Sum256(out)
	return sum[:]
}
