package domain

import (
	"slices"

	"cosmossdk.io/math"

	"github.com/zhilian-network/zhilian/x/settlement/types"
)

// Issuance is new money, or money taken out: what to post, and what is outstanding afterwards.
type Issuance struct {
	Posting     Posting
	Outstanding types.Outstanding
}

// IssueDeposit gives an account new deposit money of its bank.
func IssueDeposit(account types.Account, amount math.Int, before types.Outstanding) (Issuance, error) {
	if err := refuseCreditor(account, before.Currency); err != nil {
		return Issuance{}, err
	}
	return changeDeposits(account, amount, before)
}

// RedeemDeposit takes deposit money of an account out. balance is what the account holds.
func RedeemDeposit(account types.Account, balance, amount math.Int, before types.Outstanding) (Issuance, error) {
	if err := refuseDebtor(account, before.Currency); err != nil {
		return Issuance{}, err
	}
	if balance.LT(amount) {
		return Issuance{}, types.ErrInsufficientBalance.Wrapf("available %s, needed %s", balance, amount)
	}
	return changeDeposits(account, amount.Neg(), before)
}

// IssueReserve gives a bank new reserves.
func IssueReserve(bank types.Participant, amount math.Int, before types.Outstanding) (Issuance, error) {
	if err := refuseBank(bank, before.Currency); err != nil {
		return Issuance{}, err
	}
	return changeReserves(bank, amount, before)
}

// RedeemReserve takes reserves of a bank out. balance is what the bank holds.
func RedeemReserve(bank types.Participant, balance, amount math.Int, before types.Outstanding) (Issuance, error) {
	if err := refuseBank(bank, before.Currency); err != nil {
		return Issuance{}, err
	}
	if balance.LT(amount) {
		return Issuance{}, types.ErrInsufficientReserve.Wrapf("available %s, needed %s", balance, amount)
	}
	return changeReserves(bank, amount.Neg(), before)
}

func refuseBank(bank types.Participant, currency string) error {
	if !slices.Contains(bank.Currencies, currency) {
		return types.ErrCurrencyNotSettled.Wrapf("%s at %s", currency, bank.InstitutionId)
	}
	return nil
}

func changeDeposits(account types.Account, delta math.Int, before types.Outstanding) (Issuance, error) {
	denom := types.DepositDenom(account.InstitutionId, before.Currency)
	after := before
	after.Deposits = before.Deposits.Add(delta)
	return Issuance{
		Posting:     Posting{Deposits: []Entry{{account.Address, denom, delta}}, Supply: []Entry{{"", denom, delta}}},
		Outstanding: after,
	}.checked(after.Deposits)
}

func changeReserves(bank types.Participant, delta math.Int, before types.Outstanding) (Issuance, error) {
	denom := types.ReserveDenom(before.Currency)
	after := before
	after.Reserves = before.Reserves.Add(delta)
	return Issuance{
		Posting:     Posting{Reserves: []Entry{{bank.InstitutionId, denom, delta}}, Supply: []Entry{{"", denom, delta}}},
		Outstanding: after,
	}.checked(after.Reserves)
}

// checked refuses an outstanding amount out of bounds. Below zero would mean that more was taken out than
// ever came in: the books would be wrong already.
func (i Issuance) checked(outstanding math.Int) (Issuance, error) {
	if outstanding.IsNegative() {
		return Issuance{}, types.ErrBooksUnbalanced.Wrapf("outstanding would be %s", outstanding)
	}
	if outstanding.GT(types.OutstandingMax()) {
		return Issuance{}, types.ErrOutstandingTooLarge.Wrapf("%s", i.Outstanding.Currency)
	}
	return i, i.Posting.check()
}
