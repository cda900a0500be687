package report

import "errors"

var (
	// ErrInvalid says that an input cannot be expressed in the message; the text names the field.
	ErrInvalid = errors.New("report: invalid input")
	// ErrUnbalanced says that opening + credits - debits is not the closing balance.
	ErrUnbalanced = errors.New("report: statement does not balance")
	// ErrNoAnswer says that no status report is defined for the original message.
	ErrNoAnswer = errors.New("report: no status report answers this message")
)
