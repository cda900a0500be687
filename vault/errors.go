package vault

import (
	"errors"
	"fmt"

	"github.com/zhilian-network/zhilian/gateway"
	"github.com/zhilian-network/zhilian/gateway/client"
)

// What a command says no to.
var (
	// ErrNoActiveKey says that a member has no key that one could seal to.
	ErrNoActiveKey = errors.New("no active key")
	// ErrNotReader says that none of the keys at hand opens the record.
	ErrNotReader = errors.New("not sealed to a key of yours")
	// ErrErased says that a record's content is gone for ever.
	ErrErased = errors.New("record was erased")
	// ErrBinary says that a content would do things to a terminal.
	ErrBinary = errors.New("content is not plain text and is not printed to a terminal; give --" + flagOut + " FILE")
	// ErrExists says that a file is in the way.
	ErrExists = errors.New("file exists and is not overwritten; name another")
	// ErrRequestRefused says that a rule refused an access request, which stands in the record's trail.
	ErrRequestRefused = errors.New("the request was refused")
	// ErrNotConfirmed says that the user did not want it after all.
	ErrNotConfirmed = errors.New("not confirmed; nothing was done")
	// ErrCheat says that a node's answer cannot be true.
	ErrCheat = errors.New("the node's answer cannot be true; ask another node")
)

func usage(text string) error { return &gateway.UsageError{Err: errors.New(text)} }

func usagef(format string, args ...any) error {
	return &gateway.UsageError{Err: fmt.Errorf(format, args...)}
}

// plain says a refusal of the chain without the words of its transport.
func plain(err error) error { return client.Plain(err) }
