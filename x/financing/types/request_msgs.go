package types

import (
	"slices"
	"strings"

	"cosmossdk.io/math"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	credittypes "github.com/zhilian-network/zhilian/x/credit/types"
	settlementtypes "github.com/zhilian-network/zhilian/x/settlement/types"
)

// Validate checks the message alone. ErrInvalidRequest. Periods are judged with the time of the block.
func (m *MsgRequestFinance) Validate() error {
	if err := settlementtypes.CheckAccount("account", m.Account); err != nil {
		return ErrInvalidRequest.Wrap(err.Error())
	}
	if err := settlementtypes.CheckCurrencyCode(m.Currency); err != nil {
		return ErrInvalidRequest.Wrap(err.Error())
	}
	if err := settlementtypes.CheckAmount(m.Amount); err != nil {
		return ErrInvalidRequest.Wrap(err.Error())
	}
	if m.Mode != ModeOpen && m.Mode != ModeSealed {
		return ErrInvalidRequest.Wrapf("bidding mode %d is unknown", m.Mode)
	}
	if m.Product != "" && !credittypes.IsProduct(m.Product) {
		return ErrInvalidRequest.Wrapf("%.40q is no product", m.Product)
	}
	for _, check := range []func() error{m.validateKind, m.validateUnits, m.validateLenders} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

func (m *MsgRequestFinance) validateKind() error {
	switch {
	case !m.Kind.IsLoan() && m.Kind != KindPurchase:
		return ErrInvalidRequest.Wrapf("kind %d is unknown", m.Kind)
	case m.Kind.IsLoan() != (m.Repayment != nil):
		return ErrInvalidRequest.Wrap("a loan has terms of repayment, a purchase has none")
	case m.Recourse && m.Kind != KindPurchase:
		return ErrInvalidRequest.Wrap("a borrower owes its loan anyway: recourse is of a purchase")
	case m.Kind.IsLoan():
		return m.Repayment.Validate()
	}
	return nil
}

func (m *MsgRequestFinance) validateUnits() error {
	units := m.NormalUnits()
	if m.Kind.MovesUnits() {
		if m.ReceivableId == 0 {
			return ErrInvalidRequest.Wrap("a receivable is needed, or ask for an unsecured loan")
		}
		if err := settlementtypes.CheckAmount(units); err != nil {
			return ErrInvalidRequest.Wrapf("units: %s", err)
		}
		if m.Amount.GT(units) {
			return ErrInvalidRequest.Wrapf("%s is asked for %s units, each of which will pay 1", m.Amount, units)
		}
		return nil
	}
	if m.ReceivableId != 0 || !units.IsZero() {
		return ErrInvalidRequest.Wrap("an unsecured loan has no receivable and no units")
	}
	return nil
}

func (m *MsgRequestFinance) validateLenders() error {
	if n := len(m.Lenders); n == 0 || n > MaxLenders {
		return ErrInvalidRequest.Wrapf("%d lenders: 1 to %d are needed", n, MaxLenders)
	}
	for i, lender := range m.Lenders {
		if err := lender.Validate(); err != nil {
			return err
		}
		if slices.Contains(m.Lenders[:i], lender) {
			return ErrInvalidRequest.Wrapf("lender %s %s is named twice", lender.InstitutionId, lender.PartyId)
		}
	}
	return nil
}

// NormalUnits are the units, zero where nothing was said.
func (m *MsgRequestFinance) NormalUnits() math.Int {
	if m.Units.IsNil() {
		return math.ZeroInt()
	}
	return m.Units
}

// NewRequest is the request that the message asks for, without number, deadlines and standing.
func (m *MsgRequestFinance) NewRequest(borrower accesstypes.Member) Request {
	return Request{
		Borrower: borrower, Account: m.Account, Operator: m.Operator, Kind: m.Kind, Mode: m.Mode, ReceivableId: m.ReceivableId,
		Units: m.NormalUnits(), Currency: m.Currency, Amount: m.Amount, Repayment: m.Repayment, Recourse: m.Recourse,
		Product: m.Product, Lenders: sortedMembers(m.Lenders),
	}
}

func sortedMembers(members []accesstypes.Member) []accesstypes.Member {
	return slices.SortedFunc(slices.Values(members), compareMembers)
}

func compareMembers(a, b accesstypes.Member) int {
	if order := strings.Compare(a.InstitutionId, b.InstitutionId); order != 0 {
		return order
	}
	return strings.Compare(a.PartyId, b.PartyId)
}

// Validate checks the message alone; whether the terms are of the request's kind is judged with the request.
func (m *MsgMakeOffer) Validate() error { return validatePayer(m.Account) }

// Validate checks the message alone.
func (m *MsgCommitOffer) Validate() error {
	if n := len(m.Commitment); n != BidLength {
		return ErrInvalidOffer.Wrapf("commitment of %d bytes: %d are needed", n, BidLength)
	}
	return validatePayer(m.Account)
}

// Validate checks the message alone.
func (m *MsgRevealOffer) Validate() error {
	if n := len(m.Salt); n < MinBidSalt || n > MaxBidSalt {
		return ErrInvalidOffer.Wrapf("salt of %d bytes: %d to %d are needed", n, MinBidSalt, MaxBidSalt)
	}
	return nil
}

func validatePayer(account string) error {
	if err := settlementtypes.CheckAccount("account", account); err != nil {
		return ErrInvalidOffer.Wrap(err.Error())
	}
	return nil
}
