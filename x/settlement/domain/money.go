package domain

import (
	"cosmossdk.io/math"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/settlement/types"
)

// Money is what the transfers of a batch move together, and the largest of them.
func Money(currency string, transfers []types.Transfer) accesstypes.Money {
	money := accesstypes.MoneyOf(currency, math.ZeroInt())
	for _, transfer := range transfers {
		money.Total = money.Total.Add(transfer.Amount)
		money.Largest = math.MaxInt(money.Largest, transfer.Amount)
	}
	return money
}

// Settled is what has moved: transfers that were rejected, and those that are answered with an earlier
// result, moved nothing. Results are in the order of the transfers.
func Settled(currency string, transfers []types.Transfer, results []types.TransferResult) accesstypes.Money {
	money := accesstypes.MoneyOf(currency, math.ZeroInt())
	for at, result := range results {
		if result.Status == types.PaymentSettled && !result.Replayed {
			money.Total = money.Total.Add(transfers[at].Amount)
			money.Largest = math.MaxInt(money.Largest, transfers[at].Amount)
		}
	}
	return money
}

// Fresh is the money of a batch without the lines that repeat a stored payment, and so move nothing. It needs
// the stored payments only.
func Fresh(b Batch, f Facts) accesstypes.Money {
	used := newNames(len(b.Lines))
	var fresh []types.Transfer
	for _, line := range b.Lines {
		who := identify(b, f, line, used)
		if who.refusal == nil {
			used.add(line, who)
		}
		if !who.replay {
			fresh = append(fresh, line.Transfer)
		}
	}
	return Money(b.Currency, fresh)
}
