package money

// Reason is a code of the ISO 20022 external status reason list.
type Reason string

// The reasons for which an amount is refused.
const (
	ReasonZero            Reason = "AM01"
	ReasonTooLarge        Reason = "AM02"
	ReasonUnknownCurrency Reason = "AM03"
	ReasonInvalid         Reason = "AM12"
)

// Error is a refused amount.
type Error struct {
	Reason Reason
	Text   string // a sentence for the sender
}

func (e *Error) Error() string { return string(e.Reason) + ": " + e.Text }

func invalid(text string) error { return &Error{ReasonInvalid, text} }
