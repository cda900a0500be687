package vaultkeys

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/zhilian-network/zhilian/crypto/seal"
	"github.com/zhilian-network/zhilian/internal/secretfile"
)

const rootName = "groups.root"

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
	err = secretfile.Create(path, root)
	if errors.Is(err, os.ErrExist) {
		return readRoot(path) // another command was faster
	}
	return root, err
}

func readRoot(path string) (seal.Root, error) {
	root, err := secretfile.Read(path)
	switch {
	case errors.Is(err, secretfile.ErrExposed):
		err = fmt.Errorf("%s: %w", path, ErrRootExposed)
	case errors.Is(err, secretfile.ErrInvalid):
		err = fmt.Errorf("%s: %w", path, ErrRootInvalid)
	}
	return root, err
}
