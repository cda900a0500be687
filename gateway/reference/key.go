package reference

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/zhilian-network/zhilian/internal/secretfile"
)

// KeyFileName is the name of the key file inside a node's config directory.
const KeyFileName = "reference.key"

const keyLength = 32

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
	key, err := secretfile.Read(path)
	switch {
	case errors.Is(err, secretfile.ErrExposed):
		err = fmt.Errorf("%s: %w", path, ErrKeyExposed)
	case errors.Is(err, secretfile.ErrInvalid):
		err = fmt.Errorf("%s: %w", path, ErrKeyInvalid)
	case err != nil:
		err = fmt.Errorf("reference key: %w", err)
	}
	return key, err
}

// Save writes a new key file with mode 0600. It never overwrites one: losing a reference key makes
// every account number of the network unfindable.
func (k Key) Save(path string) error {
	err := secretfile.Create(path, k)
	switch {
	case errors.Is(err, secretfile.ErrInvalid):
		return ErrKeyInvalid
	case errors.Is(err, os.ErrExist):
		return fmt.Errorf("%s: %w", path, ErrKeyExists)
	case err != nil:
		return fmt.Errorf("reference key: %w", err)
	}
	return nil
}

// Format keeps the key out of every printed form.
func (k Key) Format(state fmt.State, _ rune) {
	_, _ = io.WriteString(state, "reference.Key(hidden)")
}
