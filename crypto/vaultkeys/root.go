package vaultkeys

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/zhilian-network/zhilian/crypto/seal"
)

const (
	rootName = "groups.root"
	rootMode = 0o600
	// maxRootBytes is the hexadecimal root and an end of line.
	maxRootBytes = 2*len(seal.Root{}) + 2
)

// Refusals of the root's file.
var (
	ErrRootExposed = errors.New("root of groups of readers can be read by others: run chmod 600 on it")
	ErrRootInvalid = errors.New("root of groups of readers must be 64 hexadecimal digits and nothing else; without the file a new one is drawn, and the next payments tell their keys again")
)

// Root reads the root of this home's groups of readers, HOME/vault/groups.root, and draws one if there is none.
// Nothing is lost with it: what was sealed opens for its readers all the same.
func (r Ring) Root() (seal.Root, error) {
	path := filepath.Join(r.folder, rootName)
	root, err := readRoot(path)
	if !errors.Is(err, os.ErrNotExist) {
		return root, err
	}
	if err := os.MkdirAll(r.folder, folderMode); err != nil {
		return seal.Root{}, err
	}
	root = seal.NewRoot()
	err = writeRoot(path, root)
	if errors.Is(err, os.ErrExist) {
		return readRoot(path) // another command was faster
	}
	return root, err
}

func readRoot(path string) (seal.Root, error) {
	// Stat first: opening a pipe would wait for a writer for ever.
	info, err := os.Stat(path)
	if err != nil {
		return seal.Root{}, err
	}
	if !info.Mode().IsRegular() {
		return seal.Root{}, fmt.Errorf("%s: %w", path, ErrRootInvalid)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return seal.Root{}, fmt.Errorf("%s: %w", path, ErrRootExposed)
	}
	file, err := os.Open(path)
	if err != nil {
		return seal.Root{}, err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, int64(maxRootBytes)+1))
	if err != nil {
		return seal.Root{}, err
	}
	raw, err := hex.DecodeString(strings.TrimRight(string(text), "\r\n"))
	if err != nil || len(raw) != len(seal.Root{}) || seal.Root(raw) == (seal.Root{}) {
		return seal.Root{}, fmt.Errorf("%s: %w", path, ErrRootInvalid)
	}
	return seal.Root(raw), nil
}

// writeRoot gives the file its name when it is whole: a reader never finds half of one.
func writeRoot(path string, root seal.Root) error {
	file, err := os.CreateTemp(filepath.Dir(path), rootName+".*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(file.Name()) }()
	_, err = file.WriteString(hex.EncodeToString(root[:]) + "\n")
	if err = errors.Join(err, file.Chmod(rootMode), file.Sync(), file.Close()); err != nil {
		return err
	}
	return os.Link(file.Name(), path) // unlike a rename it fails if the name is taken
}
