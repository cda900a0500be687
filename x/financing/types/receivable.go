package types

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"cosmossdk.io/math"

	ledgertypes "github.com/zhilian-network/zhilian/x/ledger/types"
)

// Statuses, for short.
const (
	ReceivableNone      = ReceivableStatus_RECEIVABLE_STATUS_UNSPECIFIED
	ReceivableIssued    = ReceivableStatus_RECEIVABLE_STATUS_ISSUED
	ReceivableConfirmed = ReceivableStatus_RECEIVABLE_STATUS_CONFIRMED
	ReceivableOverdue   = ReceivableStatus_RECEIVABLE_STATUS_OVERDUE
	ReceivableDefaulted = ReceivableStatus_RECEIVABLE_STATUS_DEFAULTED
	ReceivableSettled   = ReceivableStatus_RECEIVABLE_STATUS_SETTLED
	ReceivableRefused   = ReceivableStatus_RECEIVABLE_STATUS_REFUSED
	ReceivableCancelled = ReceivableStatus_RECEIVABLE_STATUS_CANCELLED
)

// denomPrefix begins the denom of every receivable's units. No bank's id has small letters.
const denomPrefix = "receivable/"

// paymentDomain keeps the names of payments on receivables apart from all others.
const paymentDomain = "zhilian/financing/receivable-payment/1"

// UnitDenom names the units of a receivable in the ledger, e.g. "receivable/7".
func UnitDenom(receivable uint64) string { return denomPrefix + strconv.FormatUint(receivable, 10) }

// BoundKey names what of a holder's units is bound, in the ledger.
func BoundKey(account []byte, receivable uint64) ledgertypes.HoldKey {
	return ledgertypes.HoldKey{Account: account, Denom: UnitDenom(receivable), Module: ModuleName, ID: "bound"}
}

// PaymentDigest names a payment on a receivable by its number among them.
func PaymentDigest(receivable, payment uint64) []byte {
	text := binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64([]byte(paymentDomain), receivable), payment)
	sum := sha256.Sum256(text)
	return sum[:]
}

// HasUnits reports whether units of the receivable may exist.
func (r Receivable) HasUnits() bool {
	return r.Status == ReceivableConfirmed || r.Status == ReceivableOverdue || r.Status == ReceivableDefaulted
}

// HasEnded reports whether nothing more will happen to it but that it leaves state.
func (r Receivable) HasEnded() bool {
	return r.Status == ReceivableSettled || r.Status == ReceivableRefused || r.Status == ReceivableCancelled
}

// CheckUnits admits 1 to 2^127-1: what may be paid in one step of settlement.
func CheckUnits(units math.Int) error {
	if units.IsNil() || !units.IsPositive() || units.BigIntMut().BitLen() >= ledgertypes.MaxAmountBits {
		return ErrUnitsInvalid.Wrap("1 or more are needed, and fewer than 2^127")
	}
	return nil
}

// CheckRegistration admits a number of the movable-property financing register, or none.
func CheckRegistration(number string) error {
	if len(number) > MaxRegistrationLength || strings.ContainsFunc(number, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') && r != '-'
	}) {
		return ErrRegistrationInvalid.Wrapf("%.50q: at most %d letters, digits and -", number, MaxRegistrationLength)
	}
	return nil
}

// Validate checks the message alone.
func (m *MsgIssueReceivable) Validate() error {
	if m.Supplier == m.Debtor {
		return ErrSameParty.Wrap("they are one account")
	}
	if err := CheckUnits(m.Amount); err != nil {
		return err
	}
	return CheckParts(m.Parts, m.Amount)
}

// Validate checks the message alone.
func (m *MsgRefuseReceivable) Validate() error {
	switch {
	case strings.TrimSpace(m.Reason) == "":
		return ErrReasonInvalid.Wrap("the supplier is told why: a reason is needed")
	case !utf8.ValidString(m.Reason) || strings.ContainsFunc(m.Reason, unicode.IsControl):
		return ErrReasonInvalid.Wrap("it is not UTF-8, or has control characters")
	case utf8.RuneCountInString(m.Reason) > MaxReasonLength:
		return ErrReasonInvalid.Wrapf("it is longer than %d characters", MaxReasonLength)
	}
	return nil
}

// Validate checks the message alone: parts add up to what is given, each account once.
func (m *MsgTransferReceivable) Validate() error {
	if err := CheckUnits(m.Units); err != nil {
		return err
	}
	if n := len(m.Parts); n == 0 || n > MaxUnitParts {
		return ErrSplitSum.Wrapf("%d parts: 1 to %d are needed", n, MaxUnitParts)
	}
	sum := math.ZeroInt()
	for i, part := range m.Parts {
		if err := CheckUnits(part.Units); err != nil {
			return err
		}
		if part.Account == m.Creditor {
			return ErrTransferTarget.Wrap("the holder has them already")
		}
		if slices.ContainsFunc(m.Parts[:i], func(other UnitPart) bool { return other.Account == part.Account }) {
			return ErrTransferTarget.Wrapf("%s is named twice", part.Account)
		}
		sum = sum.Add(part.Units)
	}
	if !sum.Equal(m.Units) {
		return ErrSplitSum.Wrapf("parts are %s in all, and %s are given", sum, m.Units)
	}
	return CheckRegistration(m.RegistrationNumber)
}

// Validate checks the message alone.
func (m *MsgPledgeReceivable) Validate() error {
	if err := CheckUnits(m.Units); err != nil {
		return err
	}
	if m.Pledgee == m.Creditor {
		return ErrTransferTarget.Wrap("nobody pledges to themselves")
	}
	if (m.RegistrationNumber == "") != m.RegisteredAt.IsZero() {
		return ErrRegistrationInvalid.Wrap("a registration has a number and a time")
	}
	return CheckRegistration(m.RegistrationNumber)
}

// Validate checks the message alone.
func (m *MsgPayReceivable) Validate() error { return CheckUnits(m.Amount) }

// NewReceivable is the receivable that the message asks for, without its number. dueAt is when its day begins.
func (m *MsgIssueReceivable) NewReceivable(now time.Time, dueDay uint64, dueAt time.Time) Receivable {
	return Receivable{
		Supplier: m.Supplier, Debtor: m.Debtor, Currency: m.Currency, Amount: m.Amount, Unpaid: math.ZeroInt(), Reduced: math.ZeroInt(),
		DueDay: dueDay, DueAt: dueAt, Status: ReceivableNone, Parts: m.Parts, IssuedAt: now, NextAt: dueAt.Unix(),
	}
}

// IsOverdue reports whether the debtor has not paid on the due day.
func (r Receivable) IsOverdue() bool {
	return r.Status == ReceivableOverdue || r.Status == ReceivableDefaulted
}
