package types

import (
	"bytes"
	"cmp"

	"github.com/zhilian-network/zhilian/crypto/seal"
	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
)

// DefaultGenesis has no keys and no records.
func DefaultGenesis() *GenesisState {
	return &GenesisState{Params: DefaultParams(), NextRecordId: 1, NextRequestId: 1}
}

// Validate checks every record, the order of every list and every reference between them. Whether members
// exist is for access, which comes first.
func (gs GenesisState) Validate() error {
	if err := gs.Params.Validate(); err != nil {
		return err
	}
	keys, err := indexKeys(gs.Keys)
	if err != nil {
		return err
	}
	records, err := indexRecords(gs.Records, gs.NextRecordId)
	if err != nil {
		return err
	}
	if err := validateShares(gs.Shares, records, keys); err != nil {
		return err
	}
	if err := validateRequests(gs.Requests, records, gs.NextRequestId); err != nil {
		return err
	}
	return validateTrail(gs.Trail, records)
}

func indexKeys(keys []EncryptionKey) (map[string]EncryptionKey, error) {
	type slot struct {
		owner accesstypes.Member
		suite seal.Suite
	}
	index, active := make(map[string]EncryptionKey, len(keys)), map[slot]bool{}
	for i, key := range keys {
		if err := key.Validate(); err != nil {
			return nil, err
		}
		if i > 0 && bytes.Compare(keys[i-1].Id, key.Id) >= 0 {
			return nil, ErrInvalidGenesis.Wrapf("key %x is doubled or not in order", key.Id)
		}
		index[string(key.Id)] = key
		if key.Status != KeyActive {
			continue
		}
		place := slot{key.Owner, key.PublicKey.Suite}
		if active[place] {
			return nil, ErrInvalidGenesis.Wrapf("key %x is the second active one of its suite", key.Id)
		}
		active[place] = true
	}
	return index, nil
}

func indexRecords(records []Record, next uint64) (map[uint64]Record, error) {
	index := make(map[uint64]Record, len(records))
	var last uint64
	for _, record := range records {
		if record.Id <= last || record.Id >= next {
			return nil, ErrInvalidGenesis.Wrapf("record %d comes after %d, and the next is to be %d", record.Id, last, next)
		}
		last = record.Id
		if err := record.validate(); err != nil {
			return nil, err
		}
		index[record.Id] = record
	}
	return index, nil
}

// validate checks a stored record with its ciphertext.
func (r Record) validate() error {
	if err := r.validateContents(); err != nil {
		return err
	}
	switch {
	case r.CustodianId != r.Subject.InstitutionId:
		return ErrInvalidGenesis.Wrapf("record %d is kept by another institution than its subject's", r.Id)
	case r.Operator == "":
		return ErrInvalidGenesis.Wrapf("record %d was put by nobody", r.Id)
	case r.Status != RecordSealed && r.Status != RecordErased:
		return ErrInvalidGenesis.Wrapf("record %d: status %d is unknown", r.Id, r.Status)
	case r.InlineBytes() != uint64(len(r.Ciphertext)):
		return ErrInvalidGenesis.Wrapf("record %d has %d bytes of ciphertext, not %d", r.Id, len(r.Ciphertext), r.InlineBytes())
	case (r.Status == RecordErased) == r.ErasedAt.IsZero():
		return ErrInvalidGenesis.Wrapf("record %d: status and time of erasure contradict each other", r.Id)
	}
	return r.validateSealed()
}

// validateSealed checks the form of what is sealed. Of an erased inline record only its digest is left.
func (r Record) validateSealed() error {
	envelope := seal.Envelope{Cipher: r.Cipher, Digest: r.Digest, Ciphertext: r.Ciphertext}
	limits := seal.Limits{MaxContent: MaxInlineBytes - SealedOverhead, Detached: r.Outside() || r.Status == RecordErased}
	if r.Outside() && (len(r.OutsideDigest) != DigestLength || r.Size_ == 0 || r.Size_ > MaxOutsideBytes) {
		return ErrInvalidGenesis.Wrapf("record %d: what is kept outside is not described", r.Id)
	}
	return envelope.ValidateBasic(limits)
}

func validateShares(shares []Share, records map[uint64]Record, keys map[string]EncryptionKey) error {
	readers := map[uint64]int{}
	for i, share := range shares {
		if i > 0 && compareShares(shares[i-1], share) >= 0 {
			return ErrInvalidGenesis.Wrapf("share %d of record %d is doubled or not in order", i, share.RecordId)
		}
		record, known := records[share.RecordId]
		if !known || record.Status != RecordSealed {
			return ErrInvalidGenesis.Wrapf("record %d is shared and does not exist, or is erased", share.RecordId)
		}
		if readers[share.RecordId]++; readers[share.RecordId] > MaxReadersPerRecord {
			return ErrTooManyReaders.Wrapf("record %d", share.RecordId)
		}
		if err := share.validate(keys); err != nil {
			return err
		}
		if !share.HasBasis(record) {
			return ErrInvalidGenesis.Wrapf("record %d: the share of %s %s rests on nothing, or on two things",
				share.RecordId, share.Reader.InstitutionId, share.Reader.PartyId)
		}
	}
	return nil
}

func compareShares(a, b Share) int {
	return cmp.Or(cmp.Compare(a.RecordId, b.RecordId),
		cmp.Compare(a.Reader.InstitutionId+"/"+a.Reader.PartyId, b.Reader.InstitutionId+"/"+b.Reader.PartyId))
}

func (s Share) validate(keys map[string]EncryptionKey) error {
	if err := s.Reader.Validate(); err != nil {
		return err
	}
	if !s.Purpose.IsSet() {
		return ErrInvalidShare.Wrapf("purpose %d is unknown", s.Purpose)
	}
	if err := validateSealedKeys(s.Keys); err != nil {
		return err
	}
	for _, sealed := range s.Keys {
		if key, known := keys[string(sealed.KeyId)]; !known || key.Owner != s.Reader || key.PublicKey.Suite != sealed.Suite() {
			return ErrWrongKey.Wrapf("key %x of record %d", sealed.KeyId, s.RecordId)
		}
	}
	return nil
}

// HasBasis reports whether a share rests on exactly one thing: it is the reader's own record, or there is
// one consent, legal basis or emergency access, with an end.
func (s Share) HasBasis(record Record) bool {
	bases := 0
	for _, id := range []uint64{s.ConsentId, s.LegalBasisId, s.BreakGlassId} {
		if id != 0 {
			bases++
		}
	}
	if accesstypes.Own(record.Subject.Scope(), s.Reader.Scope()) {
		return bases == 0 && s.ExpiresAt.IsZero()
	}
	return bases == 1 && s.SharedAt.Before(s.ExpiresAt)
}

func validateRequests(requests []AccessRequest, records map[uint64]Record, next uint64) error {
	var last uint64
	for _, request := range requests {
		if request.Id <= last || request.Id >= next {
			return ErrInvalidGenesis.Wrapf("request %d comes after %d, and the next is to be %d", request.Id, last, next)
		}
		last = request.Id
		if _, known := records[request.RecordId]; !known {
			return ErrInvalidGenesis.Wrapf("request %d: record %d does not exist", request.Id, request.RecordId)
		}
		if err := request.Reader.Validate(); err != nil {
			return err
		}
		_, known := RequestStatus_name[int32(request.Status)]
		if !known || request.Status == RequestStatus_REQUEST_STATUS_UNSPECIFIED || !request.Purpose.IsSet() {
			return ErrInvalidGenesis.Wrapf("request %d: status or purpose is unknown", request.Id)
		}
		if !request.RequestedAt.Before(request.ExpiresAt) {
			return ErrInvalidGenesis.Wrapf("request %d ends before it begins", request.Id)
		}
		if (request.Refusal != "") != (request.Status == RequestRefused) {
			return ErrInvalidGenesis.Wrapf("request %d: status and refusal contradict each other", request.Id)
		}
	}
	return nil
}

// validateTrail wants every record's trail whole: numbered from 1, without a gap.
func validateTrail(trail []TrailEntry, records map[uint64]Record) error {
	last := TrailEntry{}
	seen := map[uint64]bool{}
	for _, entry := range trail {
		if _, known := records[entry.RecordId]; !known {
			return ErrInvalidGenesis.Wrapf("trail of record %d, which does not exist", entry.RecordId)
		}
		if entry.RecordId != last.RecordId {
			if entry.RecordId < last.RecordId || entry.Sequence != 1 || entry.Kind != TrailPut {
				return ErrInvalidGenesis.Wrapf("trail of record %d is out of order, or does not begin with its putting", entry.RecordId)
			}
		} else if entry.Sequence != last.Sequence+1 {
			return ErrInvalidGenesis.Wrapf("trail of record %d has a gap after %d", entry.RecordId, last.Sequence)
		}
		if _, known := TrailKind_name[int32(entry.Kind)]; !known || entry.Kind == TrailKind_TRAIL_KIND_UNSPECIFIED {
			return ErrInvalidGenesis.Wrapf("trail of record %d: kind %d is unknown", entry.RecordId, entry.Kind)
		}
		last, seen[entry.RecordId] = entry, true
	}
	if len(seen) != len(records) {
		return ErrInvalidGenesis.Wrapf("%d of %d records have no trail", len(records)-len(seen), len(records))
	}
	return nil
}
