package domain

import (
	"slices"

	"github.com/zhilian-network/zhilian/x/settlement/types"
)

// AccountEvent is what happens to an account.
type AccountEvent int

// The events of an account's life.
const (
	// Open opens a new account, or a blocked one again.
	Open AccountEvent = iota + 1
	// Block stops payments from and to the account.
	Block
	// Close ends the account; it must be empty.
	Close
)

// accountTransitions is the state machine of an account. Closed is final: its address is never reused.
var accountTransitions = map[types.AccountStatus]map[AccountEvent]types.AccountStatus{
	types.AccountNone:    {Open: types.AccountOpen},
	types.AccountOpen:    {Block: types.AccountBlocked, Close: types.AccountClosed},
	types.AccountBlocked: {Open: types.AccountOpen, Close: types.AccountClosed},
}

// NextAccountStatus is the status after an event, or ErrAccountTransition.
func NextAccountStatus(from types.AccountStatus, event AccountEvent) (types.AccountStatus, error) {
	to, legal := accountTransitions[from][event]
	if !legal {
		return from, types.ErrAccountTransition.Wrapf("%s does not take %s", from, event)
	}
	return to, nil
}

// String names the event in messages.
func (e AccountEvent) String() string {
	switch e {
	case Open:
		return "open"
	case Block:
		return "block"
	case Close:
		return "close"
	}
	return "unknown event"
}

// accountEvents leads from the standing that an operator asks for to the event that brings it about.
var accountEvents = map[types.AccountStatus]AccountEvent{
	types.AccountOpen:    Open,
	types.AccountBlocked: Block,
	types.AccountClosed:  Close,
}

// OpenAccount is a new account of a party at a participant. ordinal counts the party's accounts so far.
func OpenAccount(
	bank types.Participant, partyID, address string, ordinal uint32, currencies []string,
) (types.Account, error) {
	if ordinal >= types.AccountsPerPartyMax {
		return types.Account{}, types.ErrTooManyAccounts.Wrapf("%s has %d", partyID, ordinal)
	}
	for _, currency := range currencies {
		if !slices.Contains(bank.Currencies, currency) {
			return types.Account{}, types.ErrCurrencyNotSettled.Wrapf("%s at %s", currency, bank.InstitutionId)
		}
	}
	status, err := NextAccountStatus(types.AccountNone, Open)
	if err != nil {
		return types.Account{}, err
	}
	return types.Account{
		Address:       address,
		InstitutionId: bank.InstitutionId,
		PartyId:       partyID,
		Ordinal:       ordinal,
		Currencies:    slices.Sorted(slices.Values(currencies)),
		Status:        status,
	}, nil
}

// ChangeAccountStatus brings an account to a standing. isEmpty tells that it holds no money; only then
// can it be closed.
func ChangeAccountStatus(account types.Account, to types.AccountStatus, isEmpty bool) (types.Account, error) {
	event, known := accountEvents[to]
	if !known {
		return account, types.ErrAccountTransition.Wrapf("%s cannot be asked for", to)
	}
	status, err := NextAccountStatus(account.Status, event)
	if err != nil {
		return account, err
	}
	if event == Close && !isEmpty {
		return account, types.ErrAccountNotEmpty
	}
	account.Status = status
	return account, nil
}

// AddReference checks that an account may be given one more number.
func AddReference(account types.Account) error {
	if account.Status == types.AccountClosed {
		return types.ErrAccountTransition.Wrapf("%s takes no reference", account.Status)
	}
	return nil
}
