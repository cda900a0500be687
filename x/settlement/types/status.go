package types

// Short names of the generated enum values.
const (
	PaymentNone     = PaymentStatus_PAYMENT_STATUS_UNSPECIFIED
	PaymentReceived = PaymentStatus_PAYMENT_STATUS_RCVD
	PaymentSettled  = PaymentStatus_PAYMENT_STATUS_ACSC
	PaymentRejected = PaymentStatus_PAYMENT_STATUS_RJCT

	BestEffort   = BatchMode_BATCH_MODE_BEST_EFFORT
	AllOrNothing = BatchMode_BATCH_MODE_ALL_OR_NOTHING

	AccountNone    = AccountStatus_ACCOUNT_STATUS_UNSPECIFIED
	AccountOpen    = AccountStatus_ACCOUNT_STATUS_OPEN
	AccountBlocked = AccountStatus_ACCOUNT_STATUS_BLOCKED
	AccountClosed  = AccountStatus_ACCOUNT_STATUS_CLOSED
)
