package vault

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/zhilian-network/zhilian/crypto/seal"
	"github.com/zhilian-network/zhilian/crypto/vaultkeys"
	access "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/vault/types"
)

// sealedTo says whose key something was sealed to.
type sealedTo struct {
	Member string `json:"member"`
	KeyID  string `json:"key_id"`
	Suite  string `json:"suite"`
}

// activeKeys are the keys that one seals to for members, each member once. A key that does not fit its id
// or owner is the node's doing; ErrNoActiveKey names all members that have none.
func (s *session) activeKeys(members ...access.Member) ([]seal.PublicKey, []sealedTo, error) {
	var keys []seal.PublicKey
	var names []sealedTo
	var without []string
	seen := map[access.Member]bool{}
	for _, member := range members {
		if seen[member] {
			continue
		}
		seen[member] = true
		registered, err := s.chain.Keys(s.ctx(), member)
		if err != nil {
			return nil, nil, plain(err)
		}
		before := len(keys)
		for _, key := range registered {
			if key.Status != types.KeyStatus_KEY_STATUS_ACTIVE {
				continue
			}
			if err := checkKey(key, member); err != nil {
				return nil, nil, err
			}
			keys = append(keys, key.PublicKey)
			names = append(names, sealedTo{memberText(member), idText(key.Id), suiteText(key.PublicKey.Suite)})
		}
		if len(keys) == before {
			without = append(without, memberText(member))
		}
	}
	if len(without) > 0 {
		return nil, nil, noKeyError(without)
	}
	return keys, names, nil
}

func checkKey(key types.EncryptionKey, owner access.Member) error {
	if !bytes.Equal(key.Id, key.PublicKey.ID()) || key.Owner != owner {
		return fmt.Errorf("key %s of %s: %w", idText(key.Id), memberText(owner), ErrCheat)
	}
	return key.PublicKey.Validate()
}

func noKeyError(members []string) error {
	asks := make([]string, len(members))
	for i, member := range members {
		asks[i] = fmt.Sprintf("zhiliand vault keygen NAME --for %s --from OPERATOR", member)
	}
	return fmt.Errorf("%w of %s: nothing can be sealed to them; ask them to run %s", ErrNoActiveKey,
		strings.Join(members, ", "), strings.Join(asks, "; "))
}

// readable fetches a record that was not erased, with its shares.
func (s *session) readable(id uint64) (types.Record, []types.Share, error) {
	record, shares, err := s.chain.Record(s.ctx(), id)
	if err != nil {
		return record, nil, plain(err)
	}
	if record.Id != id {
		return record, nil, fmt.Errorf("record %d: %w", id, ErrCheat)
	}
	if record.Status == types.RecordStatus_RECORD_STATUS_ERASED {
		return record, nil, fmt.Errorf("%w on %s: its digest and its trail are left (zhiliand vault trail %d)", ErrErased,
			timeText(record.ErasedAt), id)
	}
	return record, shares, nil
}

// unlock opens the private key that a record is sealed to: the named one, or else the first of the key
// files that fits. The envelope has that key's sealed key only, since a record may have more readers than
// an envelope has room for. The caller wipes the key.
func (s *session) unlock(record types.Record, shares []types.Share, name string) (seal.PrivateKey, seal.Envelope, error) {
	sealed := map[string]seal.SealedKey{}
	var ids [][]byte
	for _, share := range shares {
		for _, key := range share.Keys {
			sealed[string(key.KeyId)] = key
			ids = append(ids, key.KeyId)
		}
	}
	named, err := s.keyFile(record.Id, name, ids)
	if err != nil {
		return seal.PrivateKey{}, seal.Envelope{}, err
	}
	key, err := named.Unlock(s.ask)
	if err != nil {
		return seal.PrivateKey{}, seal.Envelope{}, err
	}
	return key, record.Envelope(sealed[string(named.ID())]), nil
}

func (s *session) keyFile(record uint64, name string, ids [][]byte) (vaultkeys.Named, error) {
	fitting, findErr := s.ring.Find(ids...)
	if name == "" {
		if errors.Is(findErr, vaultkeys.ErrNotFound) {
			return fitting, fmt.Errorf("record %d is %w: %w; get the key file, or ask for the record with zhiliand vault request %d",
				record, ErrNotReader, findErr, record)
		}
		return fitting, findErr
	}
	named, err := s.ring.Get(name)
	if err != nil {
		return named, err
	}
	for _, id := range ids {
		if bytes.Equal(id, named.ID()) {
			return named, nil
		}
	}
	advice := fmt.Sprintf("ask for the record with zhiliand vault request %d", record)
	if findErr == nil {
		advice = fmt.Sprintf("but to %s: give --%s %s", fitting.Name, flagKey, fitting.Name)
	}
	return named, fmt.Errorf("record %d is %w: not to %s (%s, %s), %s", record, ErrNotReader, name,
		suiteText(named.File.Public().Suite), shortText(idText(named.ID())), advice)
}
