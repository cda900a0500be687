package client

import (
	"errors"
	"fmt"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/zhilian-network/zhilian/gateway/terminal"
)

// Plain says a refusal of the chain without the words of its transport. Its text is a stranger's.
func Plain(err error) error {
	var refused *Refused
	if errors.As(err, &refused) {
		return &plainRefusal{cause: err, text: fmt.Sprintf("refused by the chain (%s/%d), nothing changed: %s",
			refused.Codespace, refused.Code, terminal.Inert(refused.Log))}
	}
	var unknown *OutcomeUnknown
	if errors.As(err, &unknown) {
		return &plainRefusal{cause: err, text: fmt.Sprintf("it is not known whether transaction %s took effect; look with \"zhiliand query tx %s\" before you do it again: %v",
			unknown.TxHash, unknown.TxHash, unknown.Cause)}
	}
	if answer, isStatus := status.FromError(err); isStatus && answer.Code() != codes.OK {
		return &plainRefusal{cause: err, text: terminal.Inert(answer.Message())}
	}
	return err
}

// plainRefusal has a text of its own and keeps what it stands for.
type plainRefusal struct {
	cause error
	text  string
}

func (r *plainRefusal) Error() string { return r.text }
func (r *plainRefusal) Unwrap() error { return r.cause }
