package vault

import (
	"errors"
	"fmt"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/zhilian-network/zhilian/gateway"
	"github.com/zhilian-network/zhilian/gateway/client"
	"github.com/zhilian-network/zhilian/gateway/terminal"
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

// plain says a refusal of the chain without the words of its transport. Its text is a stranger's.
func plain(err error) error {
	var refused *client.Refused
	if errors.As(err, &refused) {
		return &refusal{cause: err, text: fmt.Sprintf("refused by the chain (%s/%d), nothing changed: %s",
			refused.Codespace, refused.Code, terminal.Inert(refused.Log))}
	}
	var unknown *client.OutcomeUnknown
	if errors.As(err, &unknown) {
		return &refusal{cause: err, text: fmt.Sprintf("it is not known whether transaction %s took effect; look with \"zhiliand query tx %s\" before you do it again: %v",
			unknown.TxHash, unknown.TxHash, unknown.Cause)}
	}
	if answer, isStatus := status.FromError(err); isStatus && answer.Code() != codes.OK {
		return &refusal{cause: err, text: terminal.Inert(answer.Message())}
	}
	return err
}

// refusal has a text of its own and keeps what it stands for.
type refusal struct {
	cause error
	text  string
}

func (r *refusal) Error() string { return r.text }
func (r *refusal) Unwrap() error { return r.cause }
