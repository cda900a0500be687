package reference

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// KeyFileName is the name of the key file inside a node's config directory.
const KeyFileName = "reference.key"

const (
	keyLength = 32
	keyMode   = 0o600
	// maxKeyFileBytes is the hexadecimal key and room for an end of line.
	maxKeyFileBytes = 2*keyLength + 2
)

// Refusals of a key file.
var (
	ErrKeyExposed = errors.New("reference key file can be read by others: run chmod 600 on it")
	ErrKeyInvalid = errors.New("reference key file must hold 64 hexadecimal digits and nothing else")
	ErrKeyExists  = errors.New("reference key file exists already and is not overwritten")
)

// Key is the network's reference key. It prints as a placeholder, so that no log shows it.
type Key [keyLength]byte

// Generate draws a new key from the system's randomness.
func Generate() (Key, error) {
	var key Key
	if _, err := rand.Read(key[:]); err != nil {
		return Key{}, fmt.Errorf("draw a reference key: %w", err)
	}
	return key, nil
}

// KeyPath is where a node's key file is kept under its home directory.
func KeyPath(home string) string {
	return filepath.Join(home, "config", KeyFileName)
}

// Load reads a key file. It refuses a file that others may read, one that is not a regular file,
// and one that holds anything but a key.
func Load(path string) (Key, error) {
	// Stat first: opening a pipe would wait for a writer for ever.
	before, err := os.Stat(path)
	if err != nil {
		return Key{}, fmt.Errorf("reference key: %w", err)
	}
	if !before.Mode().IsRegular() {
		return Key{}, fmt.Errorf("%s: %w", path, ErrKeyInvalid)
	}
	file, err := os.Open(path)
	if err != nil {
		return Key{}, fmt.Errorf("reference key: %w", err)
	}
	defer file.Close()

	info, err := file.Stat()
	if err != nil {
		return Key{}, fmt.Errorf("reference key: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return Key{}, fmt.Errorf("%s: %w", path, ErrKeyExposed)
	}
	text, err := io.ReadAll(io.LimitReader(file, maxKeyFileBytes+1))
	if err != nil {
		return Key{}, fmt.Errorf("reference key: %w", err)
	}
	key, err := parse(string(text))
	if err != nil {
		return Key{}, fmt.Errorf("%s: %w", path, err)
	}
	return key, nil
}

// Save writes a new key file with mode 0600. It never overwrites one: losing a reference key makes
// every account number of the network unfindable.
func (k Key) Save(path string) error {
	if k == (Key{}) {
		return ErrKeyInvalid
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, keyMode)
	if errors.Is(err, os.ErrExist) {
		return fmt.Errorf("%s: %w", path, ErrKeyExists)
	}
	if err != nil {
		return fmt.Errorf("reference key: %w", err)
	}
	if _, err := file.WriteString(hex.EncodeToString(k[:]) + "\n"); err != nil {
		file.Close()
		return fmt.Errorf("reference key: %w", err)
	}
	if err := file.Sync(); err != nil {
		file.Close()
		return fmt.Errorf("reference key: %w", err)
	}
	return file.Close()
}

// Format keeps the key out of every printed form.
func (k Key) Format(state fmt.State, _ rune) {
	_, _ = io.WriteString(state, "reference.Key(hidden)")
}

func parse(text string) (Key, error) {
	digits := strings.TrimRight(text, "\r\n")
	if len(digits) != 2*keyLength {
		return Key{}, ErrKeyInvalid
	}
	raw, err := hex.DecodeString(digits)
	if err != nil {
		return Key{}, ErrKeyInvalid
	}
	key := Key(raw)
	if key == (Key{}) {
		// An all-zero key is a file that was never filled.
		return Key{}, ErrKeyInvalid
	}
	return key, nil
}
