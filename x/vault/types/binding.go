package types

import (
	"encoding/binary"

	"github.com/zhilian-network/zhilian/crypto/seal"
	access "github.com/zhilian-network/zhilian/x/access/types"
)

// bindingPrefix begins what records are sealed for; another format is another version.
const bindingPrefix = "zhilian/vault/record/v1\x00"

// Binding is what a record is sealed for: whoever opens it knows that its subject, level, media type,
// purpose and the operator who put it are those that its sealer meant. All of it stands in MsgPut and never
// changes in the Record. The operator is part of it so that nobody else can put the same ciphertext again:
// a copy would outlive the erasure of the original.
//
// It holds no chain id: a network that moves to a new one keeps its records, and they must still open.
func Binding(subject access.Member, operator string, level uint32, mediaType string, purpose access.Purpose) []byte {
	out := []byte(bindingPrefix)
	for _, text := range []string{subject.InstitutionId, subject.PartyId, operator, mediaType} {
		out = binary.BigEndian.AppendUint32(out, uint32(len(text)))
		out = append(out, text...)
	}
	out = binary.BigEndian.AppendUint32(out, level)
	return binary.BigEndian.AppendUint32(out, uint32(purpose))
}

// Binding is what the message's envelope is sealed for.
func (m *MsgPut) Binding() []byte {
	return Binding(m.Subject, m.Operator, m.Level, m.MediaType, m.Purpose)
}

// Binding is what the record is sealed for; the same as that of the message which put it.
func (r *Record) Binding() []byte {
	return Binding(r.Subject, r.Operator, r.Level, r.MediaType, r.Purpose)
}

// Envelope is the record as crypto/seal opens it, with sealed keys of its shares, sorted by key id.
func (r *Record) Envelope(keys ...seal.SealedKey) seal.Envelope {
	return seal.Envelope{Cipher: r.Cipher, Digest: r.Digest, Ciphertext: r.Ciphertext, Keys: keys}
}
