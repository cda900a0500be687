package vaultkeys

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/zhilian-network/zhilian/crypto/seal"
)

const (
	folderName      = "vault"
	extension       = ".json"
	folderMode      = 0o700
	maxKeys         = 10_000
	namePattern     = `^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`
	nameDescription = `1 to 64 characters A-Z, a-z, 0-9, ".", "_", "-", the first a letter or digit`
)

var validName = regexp.MustCompile(namePattern)

// ErrName says that a name is none of a key file.
var ErrName = errors.New("name of a key must have " + nameDescription)

// ErrNotFound says that there is no such key file.
var ErrNotFound = errors.New("no key file")

// Ring is the key files below one home.
type Ring struct{ folder string }

// New returns the key files of a home. The folder need not exist yet.
func New(home string) Ring { return Ring{filepath.Join(home, folderName)} }

// Folder is where the key files lie.
func (r Ring) Folder() string { return r.folder }

// Path is the file of a name; ErrName if it is none, so that no name leads out of the folder.
func (r Ring) Path(name string) (string, error) {
	if !validName.MatchString(name) {
		return "", fmt.Errorf("%w", ErrName)
	}
	return filepath.Join(r.folder, name+extension), nil
}

// Absent says whether a name is free: seal.ErrKeyfileExists if not. Ask before a passphrase is asked for.
func (r Ring) Absent(name string) error {
	path, err := r.Path(name)
	if err != nil {
		return err
	}
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		if err != nil {
			return err
		}
		return seal.ErrKeyfileExists.Wrap(path)
	}
	return nil
}

// Save writes a new key file with mode 0600, protected by the passphrase, or plain if it is nil. It never
// overwrites (seal.ErrKeyfileExists). It returns the file's path.
func (r Ring) Save(name string, key seal.PrivateKey, passphrase []byte) (string, error) {
	path, err := r.Path(name)
	if err != nil {
		return "", err
	}
	var data []byte
	if passphrase == nil {
		data, err = seal.PlainKeyfile(key)
	} else {
		data, err = seal.EncryptKeyfile(key, passphrase)
	}
	if err != nil {
		return "", err
	}
	defer clear(data)
	if err := os.MkdirAll(r.folder, folderMode); err != nil {
		return "", err
	}
	return path, seal.WriteKeyfile(path, data)
}

// Named is a key file with its name.
type Named struct {
	Name string
	File seal.Keyfile
}

// ID is the id of its public key; 32 bytes.
func (n Named) ID() []byte { return n.File.Public().ID() }

// Get reads a key file; ErrNotFound if there is none of this name.
func (r Ring) Get(name string) (Named, error) {
	path, err := r.Path(name)
	if err != nil {
		return Named{}, err
	}
	file, err := seal.ReadKeyfile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Named{}, fmt.Errorf("%w %s", ErrNotFound, path)
	}
	if err != nil {
		return Named{}, fmt.Errorf("%s: %w", path, err)
	}
	return Named{Name: name, File: file}, nil
}

// List reads all key files, by name. What is no key file is named in the error, beside those that are.
func (r Ring) List() ([]Named, error) {
	entries, err := os.ReadDir(r.folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if len(entries) > maxKeys {
		return nil, fmt.Errorf("%s has more than %d files", r.folder, maxKeys)
	}
	var keys []Named
	var broken []error
	for _, entry := range entries {
		name, isKey := strings.CutSuffix(entry.Name(), extension)
		if !isKey || entry.IsDir() || !validName.MatchString(name) {
			continue
		}
		key, err := r.Get(name)
		if err != nil {
			broken = append(broken, err)
			continue
		}
		keys = append(keys, key)
	}
	return keys, errors.Join(broken...)
}

// Find returns the first key file, by name, whose key id is one of ids; ErrNotFound if there is none. A
// file that cannot be read matters only then.
func (r Ring) Find(ids ...[]byte) (Named, error) {
	keys, broken := r.List()
	for _, key := range keys {
		for _, id := range ids {
			if bytes.Equal(key.ID(), id) {
				return key, nil
			}
		}
	}
	return Named{}, errors.Join(fmt.Errorf("%w in %s is of any of these keys", ErrNotFound, r.folder), broken)
}

// Unlock opens the key; ask is called only if the file is protected. The caller wipes the key.
func (n Named) Unlock(ask Ask) (seal.PrivateKey, error) {
	var passphrase []byte
	if n.File.Encrypted() {
		var err error
		if passphrase, err = ask.Passphrase("Passphrase of key " + n.Name + ":"); err != nil {
			return seal.PrivateKey{}, err
		}
		defer clear(passphrase)
	}
	key, err := n.File.Unlock(passphrase)
	if err != nil {
		return seal.PrivateKey{}, fmt.Errorf("key %s: %w", n.Name, err)
	}
	return key, nil
}
