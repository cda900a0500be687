package types

import (
	"cosmossdk.io/math"

	ledgertypes "github.com/zhilian-network/zhilian/x/ledger/types"
)

// Leg is one side of an exchange.
type Leg struct {
	Payer  string // settlement account, bech32
	Payee  string // settlement account, bech32
	Denom  string // an asset, or deposit money of the payer's bank
	Amount math.Int
	// EndToEndDigest names the payment, if the leg is money; 32 bytes. It must be new for the payer.
	EndToEndDigest []byte
	// Hold is what of the caller's holds the leg spends; nil if it spends what is available.
	Hold *ledgertypes.Capture
}

// Order is a payment that another module makes from the account of a debtor who agreed to it beforehand.
type Order struct {
	Operator       string // bech32; empty if time makes it
	Debtor         string // settlement account, bech32
	Creditor       string // settlement account, bech32
	Currency       string // ISO 4217
	Amount         math.Int
	EndToEndDigest []byte // names the payment; 32 bytes, new for the debtor
}
