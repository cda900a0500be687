package iso20022

import (
	"strconv"

	"github.com/zhilian-network/zhilian/iso20022/internal/xmltree"
	"github.com/zhilian-network/zhilian/iso20022/money"
)

// totals counts transfers and adds up their amounts as plain decimals, over
// different currencies too, as ISO 20022 defines a control sum.
type totals struct {
	count    int
	sum      money.Decimal
	currency string
	mixed    bool // more than one currency
}

func (t *totals) add(a Amount) {
	// The amount has been read before, so it parses.
	d, _ := money.ParseDecimal(trim(a.Text), money.TotalDigits, money.AmountFractionDigits)
	t.mixed = t.mixed || (t.count > 0 && a.Currency != t.currency)
	t.currency = a.Currency
	t.sum = t.sum.Add(d)
	t.count++
}

// check compares with NbOfTxs and CtrlSum of a group header or PmtInf, where
// they are given.
func (t *totals) check(n *xmltree.Node) *fault {
	if declared := n.Child("NbOfTxs"); declared != nil {
		if number, err := strconv.Atoi(declared.Text); err != nil || number != t.count {
			return faultAt(declared, ReasonCount, "%s transactions are announced and %d are there", declared.Text, t.count)
		}
	}
	return t.checkSum(n.Child("CtrlSum"))
}

func (t *totals) checkSum(declared *xmltree.Node) *fault {
	if declared == nil {
		return nil
	}
	d, err := money.ParseDecimal(trim(declared.Text), money.TotalDigits, money.SumFractionDigits)
	if err != nil || !d.Equal(t.sum) {
		return faultAt(declared, ReasonControlSum, "the sum %s is announced and the amounts add up to %s", trim(declared.Text), t.sum)
	}
	return nil
}

// checkSettlementTotal compares with the total of a pacs.008, which has a
// currency and so is a total in that currency alone.
func (t *totals) checkSettlementTotal(declared *xmltree.Node) *fault {
	if declared == nil {
		return nil
	}
	if code, _ := declared.Attr("Ccy"); t.mixed || code != t.currency {
		return faultAt(declared, ReasonControlSum, "the total is in %s and a transfer is in another currency", code)
	}
	return t.checkSum(declared)
}
