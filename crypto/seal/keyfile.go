package seal

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"runtime"

	"golang.org/x/crypto/argon2"
)

const (
	keyfileVersion = 1
	// maxKeyfile is the most bytes of a key file; one of the hybrid suite has some 2,200.
	maxKeyfile = 16 << 10
	// MinPassphrase is the fewest bytes of a passphrase.
	MinPassphrase = 8

	protectionNone     = "none"
	protectionArgon2id = "argon2id+aes256gcm"
)

// keyfileCost is the second choice of RFC 9106, section 4: for machines without gigabytes to spare.
var keyfileCost = argonCost{Time: 3, MemoryKiB: 64 << 10, Threads: 4}

// argonCost are the parameters of Argon2id (RFC 9106).
type argonCost struct {
	Time      uint32 `json:"time"`
	MemoryKiB uint32 `json:"memory_kib"`
	Threads   uint8  `json:"threads"`
	Salt      []byte `json:"salt"`
}

// Keyfile is a private key at rest: JSON, encrypted with a passphrase or, for tests and local networks, in
// the open. Its public part can be read without the passphrase.
type Keyfile struct {
	public PublicKey
	file   keyfileJSON
}

type keyfileJSON struct {
	Version    int        `json:"version"`
	Suite      string     `json:"suite"`
	KeyID      string     `json:"key_id"`
	PublicKey  []byte     `json:"public_key"`
	Protection string     `json:"protection"`
	Argon2id   *argonCost `json:"argon2id,omitempty"`
	// PrivateKey is the 32-byte key, or nonce, encrypted key and tag.
	PrivateKey []byte `json:"private_key"`
}

// EncryptKeyfile protects a key with a passphrase of at least MinPassphrase bytes; ErrWeakPassphrase
// if it is shorter. It takes some 0.2 s and 64 MiB.
func EncryptKeyfile(key PrivateKey, passphrase []byte) ([]byte, error) {
	if len(passphrase) < MinPassphrase {
		return nil, ErrWeakPassphrase.Wrapf("it must have at least %d bytes", MinPassphrase)
	}
	file, err := newKeyfile(key, protectionArgon2id)
	if err != nil {
		return nil, err
	}
	cost := keyfileCost
	cost.Salt = randomBytes(16)
	file.Argon2id = &cost
	secret := cost.key(passphrase)
	defer clear(secret)
	aead, err := rawAEAD(AES256GCM, secret)
	if err != nil {
		return nil, err
	}
	raw := key.Bytes()
	defer clear(raw)
	nonce := randomBytes(nonceSize)
	file.PrivateKey = aead.Seal(nonce, nonce, raw, file.aad())
	return file.encode()
}

// PlainKeyfile writes a key unprotected. Only for tests and local networks.
func PlainKeyfile(key PrivateKey) ([]byte, error) {
	file, err := newKeyfile(key, protectionNone)
	if err != nil {
		return nil, err
	}
	file.PrivateKey = key.Bytes()
	defer clear(file.PrivateKey)
	return file.encode()
}

func newKeyfile(key PrivateKey, protection string) (keyfileJSON, error) {
	if err := key.valid(); err != nil {
		return keyfileJSON{}, err
	}
	public := key.Public()
	return keyfileJSON{
		Version:    keyfileVersion,
		Suite:      public.Suite.String(),
		KeyID:      hex.EncodeToString(public.ID()),
		PublicKey:  public.Key,
		Protection: protection,
	}, nil
}

func (f keyfileJSON) encode() ([]byte, error) {
	out, err := json.MarshalIndent(f, "", "  ")
	return append(out, '\n'), err
}

// aad binds the encrypted key to its public part. The cost needs no binding: with another, the passphrase
// gives another key.
func (f keyfileJSON) aad() []byte {
	return hashOf(useKeyfile, []byte{byte(f.Version), byte(Suite_value[f.Suite])}, f.PublicKey)
}

func (c argonCost) key(passphrase []byte) []byte {
	return argon2.IDKey(passphrase, c.Salt, c.Time, c.MemoryKiB, c.Threads, 32)
}

// valid bounds what a file from elsewhere can make its reader spend: 1 GiB and 16 passes.
func (c argonCost) valid() bool {
	return c.Time >= 1 && c.Time <= 16 && c.MemoryKiB >= 8<<10 && c.MemoryKiB <= 1<<20 &&
		c.Threads >= 1 && c.Threads <= 16 && len(c.Salt) == 16
}

// ParseKeyfile reads the form and the public part; ErrInvalidKeyfile if they are not right.
func ParseKeyfile(data []byte) (Keyfile, error) {
	if len(data) > maxKeyfile {
		return Keyfile{}, ErrInvalidKeyfile.Wrapf("file has more than %d bytes", maxKeyfile)
	}
	var file keyfileJSON
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&file); err != nil {
		// The decoder's error may quote the file, which may hold a secret.
		return Keyfile{}, ErrInvalidKeyfile.Wrap("file is not the JSON of a key file")
	}
	if _, err := decoder.Token(); err != io.EOF {
		return Keyfile{}, ErrInvalidKeyfile.Wrap("something follows the key")
	}
	if file.Version != keyfileVersion {
		return Keyfile{}, ErrInvalidKeyfile.Wrapf("version %d is not known, this program reads %d", file.Version, keyfileVersion)
	}
	public := PublicKey{Suite: Suite(Suite_value[file.Suite]), Key: file.PublicKey}
	if err := public.Validate(); err != nil {
		return Keyfile{}, ErrInvalidKeyfile.Wrap("public key is not valid")
	}
	if file.KeyID != hex.EncodeToString(public.ID()) {
		return Keyfile{}, ErrInvalidKeyfile.Wrap("key id is not that of the public key")
	}
	if err := file.validateSecret(); err != nil {
		return Keyfile{}, err
	}
	return Keyfile{public: public, file: file}, nil
}

func (f keyfileJSON) validateSecret() error {
	switch f.Protection {
	case protectionNone:
		if f.Argon2id != nil || len(f.PrivateKey) != secretSize {
			return ErrInvalidKeyfile.Wrap("plaintext private key is not well formed")
		}
	case protectionArgon2id:
		if f.Argon2id == nil || !f.Argon2id.valid() {
			return ErrInvalidKeyfile.Wrap("argon2id parameters are missing or out of range")
		}
		if len(f.PrivateKey) != nonceSize+secretSize+tagSize {
			return ErrInvalidKeyfile.Wrap("encrypted private key is not well formed")
		}
	default:
		return ErrInvalidKeyfile.Wrap("protection is not known")
	}
	return nil
}

// Public is the public key.
func (k Keyfile) Public() PublicKey {
	return PublicKey{Suite: k.public.Suite, Key: bytes.Clone(k.public.Key)}
}

// Encrypted says whether Unlock needs a passphrase.
func (k Keyfile) Encrypted() bool { return k.file.Protection != protectionNone }

// Unlock gives the private key. Passphrase is not looked at if the file is not encrypted. ErrPassphrase if
// it is wrong; ErrInvalidKeyfile if the private key is not that of the public key.
func (k Keyfile) Unlock(passphrase []byte) (PrivateKey, error) {
	raw := bytes.Clone(k.file.PrivateKey)
	defer func() { clear(raw) }()
	if k.Encrypted() {
		var err error
		if raw, err = k.file.decrypt(passphrase); err != nil {
			return PrivateKey{}, err
		}
	}
	key, err := ParsePrivateKey(k.public.Suite, raw)
	if err != nil {
		return PrivateKey{}, ErrInvalidKeyfile.Wrap("private key is not valid")
	}
	if !bytes.Equal(key.public.Key, k.public.Key) {
		key.Wipe()
		return PrivateKey{}, ErrInvalidKeyfile.Wrap("private key is not that of the public key")
	}
	return key, nil
}

func (f keyfileJSON) decrypt(passphrase []byte) ([]byte, error) {
	if f.Argon2id == nil {
		return nil, ErrInvalidKeyfile.Wrap("key file is empty")
	}
	secret := f.Argon2id.key(passphrase)
	defer clear(secret)
	aead, err := rawAEAD(AES256GCM, secret)
	if err != nil {
		return nil, err
	}
	raw, err := aead.Open(nil, f.PrivateKey[:nonceSize], f.PrivateKey[nonceSize:], f.aad())
	if err != nil {
		return nil, ErrPassphrase
	}
	return raw, nil
}

// WriteKeyfile writes data for the owner's eyes only (mode 0600) and lasting. It never overwrites:
// ErrKeyfileExists.
func WriteKeyfile(path string, data []byte) (err error) {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return ErrKeyfileExists.Wrap(path)
	}
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			file.Close()
			err = errors.Join(err, os.Remove(path))
		}
	}()
	if _, err := file.Write(data); err != nil {
		return err
	}
	if err := file.Sync(); err != nil {
		return err
	}
	return file.Close()
}

// ReadKeyfile reads and parses a key file. A plaintext one that others can read is refused with
// ErrKeyfileMode, where the system has file modes.
func ReadKeyfile(path string) (Keyfile, error) {
	file, err := os.Open(path)
	if err != nil {
		return Keyfile{}, err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxKeyfile+1))
	if err != nil {
		return Keyfile{}, err
	}
	defer clear(data)
	key, err := ParseKeyfile(data)
	if err != nil {
		return Keyfile{}, err
	}
	info, err := file.Stat()
	if err != nil {
		return Keyfile{}, err
	}
	if !key.Encrypted() && runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return Keyfile{}, ErrKeyfileMode.Wrap(path)
	}
	return key, nil
}
