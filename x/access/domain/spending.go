package domain

import "github.com/zhilian-network/zhilian/x/access/types"

// JoinSpending is one record of what two keys of a holder have moved in a currency: of one day the sum, of two
// days the later one, for the earlier is over.
func JoinSpending(a, b types.DailySpending) (types.DailySpending, error) {
	switch {
	case a.Day < b.Day:
		return b, nil
	case a.Day > b.Day:
		return a, nil
	}
	sum, err := a.Amount.SafeAdd(b.Amount)
	if err != nil {
		return types.DailySpending{}, types.ErrInvalidMoney.Wrap(err.Error())
	}
	b.Amount = sum
	return b, nil
}
