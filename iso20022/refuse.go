package iso20022

import (
	"time"

	"github.com/zhilian-network/zhilian/iso20022/identifier"
	"github.com/zhilian-network/zhilian/iso20022/internal/xmltree"
	"github.com/zhilian-network/zhilian/iso20022/money"
)

// Bounds on a requested date, in days. Earlier or later is a slip of the pen:
// a file is paid near the day it was made, and payments are not kept for later.
const (
	maxDaysBeforeCreation = 30
	maxDaysAfterCreation  = 366
	maxDaysAhead          = 1
)

// networkTime is the civil time by which "today" is meant.
var networkTime = time.FixedZone("CST", 8*60*60)

func firstFault(faults ...*fault) *fault {
	for _, f := range faults {
		if f != nil {
			return f
		}
	}
	return nil
}

func dayOf(t time.Time) time.Time {
	year, month, day := t.Date()
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

// dateFault judges a requested date. How long ago the file was made does not
// matter, so that an archive can be read.
func (r *reader) dateFault(n *xmltree.Node, requested time.Time) *fault {
	created, today := dayOf(r.message.CreatedAt), dayOf(r.now.In(networkTime))
	switch {
	case n == nil:
		return nil
	case requested.Before(created.AddDate(0, 0, -maxDaysBeforeCreation)):
		return faultAt(n, ReasonDate, "the requested date is more than %d days before the file was created", maxDaysBeforeCreation)
	case requested.After(created.AddDate(0, 0, maxDaysAfterCreation)):
		return faultAt(n, ReasonDate, "the requested date is more than %d days after the file was created", maxDaysAfterCreation)
	case requested.After(today.AddDate(0, 0, maxDaysAhead)):
		return faultAt(n, ReasonDate, "the requested date is in the future; send the file on the day")
	}
	return nil
}

// methodFault refuses cheques: money is moved, not printed.
func methodFault(n *xmltree.Node) *fault {
	if method := n.Value(); method != "TRF" && method != "TRA" {
		return faultAt(n, ReasonMethod, "the payment method %s is not offered; use TRF", method)
	}
	return nil
}

// transferFault judges what pain.001 and pacs.008 say alike of the creditor.
func transferFault(n *xmltree.Node) *fault {
	creditorAccount := accountFault(n.Child("CdtrAcct"), ReasonCreditorAccount)
	if n.Child("CdtrAcct") == nil {
		creditorAccount = faultAt(n, ReasonCreditorAccount, "the creditor account is missing")
	}
	return firstFault(
		partyFault(n.Child("UltmtDbtr"), ReasonDebtorID),
		agentFault(n.Child("CdtrAgt"), ReasonCreditorAgent),
		partyFault(n.Child("Cdtr"), ReasonCreditorID),
		creditorAccount,
		partyFault(n.Child("UltmtCdtr"), ReasonCreditorID),
	)
}

// refused makes a fault of an error about the node, nil of nil.
func refused(n *xmltree.Node, reason string, err error) *fault {
	if err == nil {
		return nil
	}
	return faultAt(n, reason, "%s", whyNot(err))
}

// checked applies a check to a node that may be missing.
func checked(n *xmltree.Node, reason string, check func(string) error) *fault {
	if n == nil {
		return nil
	}
	return refused(n, reason, check(n.Text))
}

func partyFault(n *xmltree.Node, reason string) *fault {
	id := n.At("Id", "OrgId")
	return firstFault(
		checked(id.Child("LEI"), reason, identifier.CheckLEI),
		checked(id.Child("AnyBIC"), ReasonBIC, identifier.CheckBIC),
		checked(id.Child("BICOrBEI"), ReasonBIC, identifier.CheckBIC),
	)
}

// clearingCNAPS is the ISO code of the clearing system whose numbers have a
// check digit that is known here.
const clearingCNAPS = "CNAPS"

func agentFault(n *xmltree.Node, reason string) *fault {
	id := n.Child("FinInstnId")
	member := id.Child("ClrSysMmbId")
	var number *fault
	if member.At("ClrSysId", "Cd").Value() == clearingCNAPS {
		number = checked(member.Child("MmbId"), reason, identifier.CheckCNAPS)
	}
	return firstFault(
		checked(id.Child("BICFI"), ReasonBIC, identifier.CheckBIC),
		checked(id.Child("BIC"), ReasonBIC, identifier.CheckBIC),
		number,
		checked(id.Child("LEI"), reason, identifier.CheckLEI),
	)
}

// accountFault judges an account that must have a number.
func accountFault(n *xmltree.Node, reason string) *fault {
	if n != nil && readAccount(n).Number() == "" {
		return faultAt(n, reason, "the account has no number; a proxy alone is not resolved here")
	}
	return checkedIBAN(n, reason)
}

func checkedIBAN(n *xmltree.Node, reason string) *fault {
	return checked(n.At("Id", "IBAN"), reason, identifier.CheckIBAN)
}

func currencyFault(n *xmltree.Node) *fault {
	if _, ok := money.MinorUnits(n.Value()); !ok {
		return faultAt(n, ReasonCurrency, "the currency is not one of ISO 4217 that can be paid")
	}
	return nil
}

// headerFault compares sender and receiver of the header with the agents that
// instruct and are instructed, of the group and of each transfer.
func (r *reader) headerFault() *fault {
	if r.header == nil {
		return nil
	}
	ends := []struct {
		who    *xmltree.Node
		header Agent
		field  string
	}{
		{r.header.Child("Fr"), r.message.Header.From, "InstgAgt"},
		{r.header.Child("To"), r.message.Header.To, "InstdAgt"},
	}
	holders := append(r.body.All("GrpHdr"), r.body.All("CdtTrfTxInf")...)
	for _, end := range ends {
		for _, holder := range holders {
			if contradicts(end.header, readAgent(holder.Child(end.field))) {
				return faultAt(end.who, ReasonUnsupported, "the header names another institution than %s",
					pathOf(holder.Child(end.field)))
			}
		}
	}
	return nil
}

// contradicts reports whether two descriptions can not be of one institution.
// What only one of them gives contradicts nothing.
func contradicts(a, b Agent) bool {
	differ := func(x, y string) bool { return x != "" && y != "" && x != y }
	return (a.BIC != "" && b.BIC != "" && !identifier.SameBIC(a.BIC, b.BIC)) ||
		differ(a.LEI, b.LEI) ||
		(!differ(a.ClearingSystem, b.ClearingSystem) && differ(a.MemberID, b.MemberID))
}
