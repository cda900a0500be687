package types

import (
	"time"

	"cosmossdk.io/math"

	sdk "github.com/cosmos/cosmos-sdk/types"
)

// Short names of the generated enum values.
const (
	HoldNone     = HoldStatus_HOLD_STATUS_UNSPECIFIED
	HoldPending  = HoldStatus_HOLD_STATUS_PDNG
	HoldCaptured = HoldStatus_HOLD_STATUS_ACSC
	HoldReleased = HoldStatus_HOLD_STATUS_CANC
)

const (
	// HoldPeriodMax is the longest that money may be set aside.
	HoldPeriodMax = 366 * 24 * time.Hour
	// HoldsDuePerBlockMax is the most holds that expire or leave state in one block; the rest waits for the
	// next. Each writes five keys at most, a fraction of what a full block of payments writes.
	HoldsDuePerBlockMax = 500

	holdDomain    = "zhilian/settlement/hold/1"
	captureDomain = "zhilian/settlement/capture/1"
)

// Left is what can still be captured or released, in minor units.
func (h Hold) Left() math.Int {
	if h.Status != HoldPending {
		return math.ZeroInt()
	}
	return h.Amount.Sub(h.Captured)
}

// DeriveHoldID is the id of a hold, of debtor and digest of the end-to-end id: a UETR in shape, in a name
// space of its own, so that a hold and a payment may have the same end-to-end id.
func DeriveHoldID(debtor sdk.AccAddress, endToEndDigest []byte) PaymentID {
	return shapeUETR(derive(holdDomain, debtor, endToEndDigest))
}

// CaptureDigest stands for the end-to-end id of the payment that captures a hold. The debtor's own ids are
// not its payee's to use up: so it is derived from the hold and the payee's id.
func CaptureDigest(holdUETR string, endToEndDigest []byte) []byte {
	return derive(captureDomain, []byte(holdUETR), endToEndDigest)
}

// validate checks a stored hold by itself.
func (h Hold) validate() error {
	_, err := ParseUETR(h.Uetr)
	err = firstOf(err, CheckAccount("debtor", h.Debtor), CheckAccount("creditor", h.Creditor), CheckCurrencyCode(h.Currency),
		CheckAmount(h.Amount), CheckDigest("end-to-end digest", h.EndToEndDigest))
	if err != nil {
		return err
	}
	if h.Captured.IsNil() || h.Captured.IsNegative() || h.Captured.GT(h.Amount) {
		return ErrGenesisInvalid.Wrapf("hold %s of %s has %s captured", h.Uetr, h.Amount, h.Captured)
	}
	rest := h.Amount.Sub(h.Captured)
	pending := h.Status == HoldPending && rest.IsPositive() && h.Reason == "" && h.DueAt.Equal(h.ExpiresAt)
	captured := h.Status == HoldCaptured && rest.IsZero() && h.Reason == ""
	released := h.Status == HoldReleased && rest.IsPositive() && h.Reason != ""
	if !pending && !captured && !released {
		return ErrGenesisInvalid.Wrapf("hold %s has status %s, reason %q and %s left", h.Uetr, h.Status, h.Reason, rest)
	}
	return nil
}

// Validate checks the shape of a hold that is asked for.
func (m *MsgPlaceHold) Validate() error {
	return firstOf(
		checkSigner("operator", m.Operator),
		CheckAccount("debtor", m.Debtor),
		CheckAccount("creditor", m.Creditor),
		CheckCurrencyCode(m.Currency),
		CheckAmount(m.Amount),
		CheckDigest("end-to-end digest", m.EndToEndDigest),
		checkMoment(m.ExpiresAt),
	)
}

// checkMoment admits what the queue of due holds can order: nanoseconds from 1970 on, in 64 bits.
func checkMoment(at time.Time) error {
	if at.Before(time.Unix(0, 0)) || at.After(time.Unix(0, 1<<63-1)) {
		return ErrExpiryInvalid.Wrapf("%s", at)
	}
	return nil
}

// Validate checks the shape of a capture.
func (m *MsgCaptureHold) Validate() error {
	_, err := ParseUETR(m.Uetr)
	return firstOf(checkSigner("operator", m.Operator), err, CheckAmount(m.Amount), CheckDigest("end-to-end digest", m.EndToEndDigest))
}

// Validate checks the shape of a release.
func (m *MsgReleaseHold) Validate() error {
	_, err := ParseUETR(m.Uetr)
	return firstOf(checkSigner("operator", m.Operator), err)
}

// HoldOrder is what a debtor asks for.
type HoldOrder struct {
	Operator       string // bech32; empty if a module asks
	Debtor         string // bech32
	Creditor       string // bech32
	Currency       string // ISO 4217
	Amount         math.Int
	EndToEndDigest []byte
	ExpiresAt      time.Time
}
