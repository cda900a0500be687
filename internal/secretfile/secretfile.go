// Package secretfile keeps a secret of 32 bytes in a file of its own, as 64 hexadecimal digits that nobody but
// the owner may read.
package secretfile

import (
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
)

const (
	size = 32 // bytes of a secret
	mode = 0o600
	// maxBytes is the digits and an end of line.
	maxBytes = 2*size + 2
)

// Refusals. They name no path, and never what the file holds; who calls says which secret it is.
var (
	ErrExposed = errors.New("file can be read by others: run chmod 600 on it")
	ErrInvalid = errors.New("file must hold 64 hexadecimal digits and nothing else")
)

// Read reads a secret: ErrExposed if others may read the file; ErrInvalid if it is no regular one, or holds
// anything but a secret; zeros are a file that was never filled. Other errors are the system's.
func Read(path string) ([size]byte, error) {
	// Stat first: opening a pipe would wait for a writer for ever.
	before, err := os.Stat(path)
	if err != nil {
		return [size]byte{}, err
	}
	if !before.Mode().IsRegular() {
		return [size]byte{}, ErrInvalid
	}
	file, err := os.Open(path)
	if err != nil {
		return [size]byte{}, err
	}
	defer file.Close()
	// Of the file that was opened, which may be another by now.
	info, err := file.Stat()
	if err != nil {
		return [size]byte{}, err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return [size]byte{}, ErrExposed
	}
	text, err := io.ReadAll(io.LimitReader(file, maxBytes+1))
	if err != nil {
		return [size]byte{}, err
	}
	raw, err := hex.DecodeString(strings.TrimRight(string(text), "\r\n"))
	if err != nil || len(raw) != size || [size]byte(raw) == [size]byte{} {
		return [size]byte{}, ErrInvalid
	}
	return [size]byte(raw), nil
}

// Create writes a secret to a new file: os.ErrExist if there is one of that name, which stays as it is, and
// ErrInvalid for a secret of zeros. The file gets its name when it is whole: nobody finds half of one.
func Create(path string, secret [size]byte) error {
	if secret == [size]byte{} {
		return ErrInvalid
	}
	file, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(file.Name()) }()
	_, err = file.WriteString(hex.EncodeToString(secret[:]) + "\n")
	if err = errors.Join(err, file.Chmod(mode), file.Sync(), file.Close()); err != nil {
		return err
	}
	return os.Link(file.Name(), path) // unlike a rename it fails if the name is taken
}
