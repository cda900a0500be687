package vaultkeys

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/cosmos/cosmos-sdk/client/input"

	"github.com/zhilian-network/zhilian/crypto/seal"
)

// Env is the environment variable that a passphrase is taken from, for programs that nobody sits at.
const Env = "ZHILIAN_VAULT_PASSPHRASE"

// ErrDifferent says that a new passphrase was not typed the same twice.
var ErrDifferent = errors.New("the two passphrases differ; nothing was written")

// Ask gets passphrases.
type Ask struct {
	lookup func(string) (string, bool)
	in     *bufio.Reader
}

// NewAsk takes passphrases from the environment, or else asks for them: on the terminal without showing
// them, or as a line of in if that is no terminal.
func NewAsk(in io.Reader) Ask { return Ask{lookup: os.LookupEnv, in: bufio.NewReader(in)} }

// Passphrase gets the passphrase of a key.
func (a Ask) Passphrase(prompt string) ([]byte, error) {
	if given, found := a.lookup(Env); found {
		return []byte(given), nil
	}
	typed, err := input.GetPassword(prompt, a.in)
	if err != nil {
		// The reader's error says how short the line was, or that there was none.
		return nil, fmt.Errorf("no passphrase (type it, or set %s): %w", Env, err)
	}
	return []byte(typed), nil
}

// NewPassphrase gets one for a new key, typed twice; seal.ErrWeakPassphrase if it is short.
func (a Ask) NewPassphrase(name string) ([]byte, error) {
	first, err := a.Passphrase("New passphrase for key " + name + ":")
	if err != nil {
		return nil, err
	}
	if len(first) < seal.MinPassphrase {
		return nil, seal.ErrWeakPassphrase.Wrapf("it must have at least %d bytes", seal.MinPassphrase)
	}
	if _, found := a.lookup(Env); found {
		return first, nil
	}
	second, err := a.Passphrase("Again:")
	if err != nil {
		return nil, err
	}
	defer clear(second)
	if !bytes.Equal(first, second) {
		clear(first)
		return nil, ErrDifferent
	}
	return first, nil
}
