package keeper

import (
	"context"
	"fmt"

	"cosmossdk.io/math"

	"github.com/zhilian-network/zhilian/x/settlement/types"
)

// CheckInvariants reads every account and balance and returns what is wrong with the books, in words:
//   - what the ledger finds;
//   - per currency, deposit money of all banks is what they issued and did not redeem;
//   - per currency, reserves are what was issued and not redeemed, and banks hold all of them;
//   - per bank and currency, its customers' accounts hold all its deposit money;
//   - each account is stored at the address that it states.
//
// It runs on demand, at genesis and in tests, not in blocks. It ends with the error of ctx when ctx is
// done.
func (k *Keeper) CheckInvariants(ctx context.Context) ([]string, error) {
	// First, while ctx is fresh: see scan.Open.
	violations, held, err := k.checkHoldings(ctx)
	if err != nil {
		return nil, err
	}
	banks, err := all(ctx, k.participants)
	if err != nil {
		return nil, err
	}
	wrong, err := k.checkOutstanding(ctx, banks)
	if err != nil {
		return nil, err
	}
	violations = append(violations, wrong...)
	wrong, err = k.checkHeld(ctx, banks, held)
	return append(violations, wrong...), err
}

// checkOutstanding compares what exists with what issuers put in and did not take out.
func (k *Keeper) checkOutstanding(ctx context.Context, banks []types.Participant) ([]string, error) {
	currencies, err := all(ctx, k.currencies)
	if err != nil {
		return nil, err
	}
	var violations []string
	for _, currency := range currencies {
		outstanding, err := k.outstanding(ctx, currency.Code)
		if err != nil {
			return nil, err
		}
		books, err := k.booksOf(ctx, currency.Code, banks)
		if err != nil {
			return nil, err
		}
		violations = append(violations, books.compare(outstanding)...)
	}
	return violations, nil
}

// books is the money of one currency as the ledger has it.
type books struct {
	deposits      math.Int // deposit money of all banks
	reserves      math.Int // supply of reserves
	reservesAtAll math.Int // reserves that banks hold
}

func (k *Keeper) booksOf(ctx context.Context, currency string, banks []types.Participant) (books, error) {
	b := books{deposits: math.ZeroInt(), reservesAtAll: math.ZeroInt()}
	var err error
	if b.reserves, err = k.ledger.Supply(ctx, types.ReserveDenom(currency)); err != nil {
		return b, err
	}
	for _, bank := range banks {
		position, err := k.position(ctx, bank.InstitutionId, currency)
		if err != nil {
			return b, err
		}
		b.deposits = b.deposits.Add(position.Deposits)
		b.reservesAtAll = b.reservesAtAll.Add(position.Reserves)
	}
	return b, nil
}

func (b books) compare(outstanding types.Outstanding) []string {
	var violations []string
	if !b.deposits.Equal(outstanding.Deposits) {
		violations = append(violations, fmt.Sprintf("deposits in %s are %s, outstanding are %s",
			outstanding.Currency, b.deposits, outstanding.Deposits))
	}
	if !b.reserves.Equal(outstanding.Reserves) {
		violations = append(violations, fmt.Sprintf("reserves in %s are %s, outstanding are %s",
			outstanding.Currency, b.reserves, outstanding.Reserves))
	}
	if !b.reservesAtAll.Equal(b.reserves) {
		violations = append(violations, fmt.Sprintf("reserves in %s are %s, banks hold %s",
			outstanding.Currency, b.reserves, b.reservesAtAll))
	}
	return violations
}

// checkHeld compares each bank's deposit money with what its accounts hold.
func (k *Keeper) checkHeld(ctx context.Context, banks []types.Participant, held map[string]math.Int) ([]string, error) {
	var violations []string
	for _, bank := range banks {
		for _, currency := range bank.Currencies {
			denom := types.DepositDenom(bank.InstitutionId, currency)
			supply, err := k.ledger.Supply(ctx, denom)
			if err != nil {
				return nil, err
			}
			if sum := orZero(held[denom]); !sum.Equal(supply) {
				violations = append(violations, fmt.Sprintf("supply of %s is %s, accounts hold %s", denom, supply, sum))
			}
		}
	}
	return violations, nil
}

func orZero(amount math.Int) math.Int {
	if amount.IsNil() {
		return math.ZeroInt()
	}
	return amount
}
