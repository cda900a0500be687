package domain

import (
	"cmp"
	"slices"

	"github.com/zhilian-network/zhilian/crypto/seal"
	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/vault/types"
)

// Addressed is a sealed key with the registered key that it is sealed to.
type Addressed struct {
	Sealed seal.SealedKey
	To     types.EncryptionKey
}

// Reader is a member with the keys that are sealed to it, sorted by id.
type Reader struct {
	Member accesstypes.Member
	Keys   []seal.SealedKey
}

// CheckAddressed refuses a key that nobody may seal to, or that was sealed by another suite than the key's.
// Whether it opens, no validator can tell.
func CheckAddressed(key Addressed) error {
	if !key.To.Usable() {
		return types.ErrWrongKey.Wrapf("key %x is revoked", key.To.Id)
	}
	if key.Sealed.Suite() != key.To.PublicKey.Suite {
		return types.ErrWrongKey.Wrapf("key %x is of another suite", key.To.Id)
	}
	return nil
}

// Readers are the members that keys are sealed to, sorted. keys are sorted by id, at most seal.MaxReaders.
// ErrInvalidShare if one has too many.
func Readers(keys []Addressed) ([]Reader, error) {
	var readers []Reader
	for _, key := range keys {
		at, found := slices.BinarySearchFunc(readers, key.To.Owner, func(r Reader, m accesstypes.Member) int { return Compare(r.Member, m) })
		if !found {
			readers = slices.Insert(readers, at, Reader{Member: key.To.Owner})
		}
		if len(readers[at].Keys) == types.MaxKeysPerReader {
			return nil, types.ErrInvalidShare.Wrapf("%s %s has more than %d keys",
				key.To.Owner.InstitutionId, key.To.Owner.PartyId, types.MaxKeysPerReader)
		}
		readers[at].Keys = append(readers[at].Keys, key.Sealed)
	}
	return readers, nil
}

// CheckOwnReader refuses a record that neither its subject nor the institution that serves it can open:
// nobody who answers for it could give it on.
func CheckOwnReader(subject accesstypes.Member, readers []Reader) error {
	for _, reader := range readers {
		if accesstypes.Own(subject.Scope(), reader.Member.Scope()) {
			return nil
		}
	}
	return types.ErrNoOwnKey
}

// Compare orders members by institution, then by party; an institution comes before its parties.
func Compare(a, b accesstypes.Member) int {
	return cmp.Or(cmp.Compare(a.InstitutionId, b.InstitutionId), cmp.Compare(a.PartyId, b.PartyId))
}

// UseBudget adds inline bytes to those of an institution; most 0 is no bound.
func UseBudget(used, more, most uint64) (uint64, error) {
	if most != 0 && (used > most || more > most-used) {
		return 0, types.ErrBudgetExceeded.Wrapf("%d of %d bytes are used, %d more are asked for", used, most, more)
	}
	return used + more, nil
}
