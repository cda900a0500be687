package explain

import (
	"fmt"
	"time"

	"github.com/zhilian-network/zhilian/gateway/index"
	"github.com/zhilian-network/zhilian/gateway/terminal"
	gatewaytypes "github.com/zhilian-network/zhilian/gateway/types"
	settlement "github.com/zhilian-network/zhilian/x/settlement/types"
)

const timeLayout = "2006-01-02 at 15:04:05 UTC"

// reasons are the words of the ISO 20022 reasons that a payment is rejected with.
var reasons = map[string]string{
	settlement.ReasonAccountNumberInvalid: "an account's address is not valid",
	settlement.ReasonDebtorUnknown:        "the debtor's account is not known",
	settlement.ReasonCreditorUnknown:      "the creditor's account is not known",
	settlement.ReasonDebtorClosed:         "the debtor's account is closed",
	settlement.ReasonAccountBlocked:       "one of the accounts is blocked",
	settlement.ReasonCreditorClosed:       "the creditor's account is closed",
	settlement.ReasonAccountCurrency:      "one of the accounts does not hold the currency",
	settlement.ReasonForbidden:            "the payment is not allowed: both accounts are the same, or the party is suspended",
	settlement.ReasonAgentSuspended:       "the bank is suspended",
	settlement.ReasonAmountZero:           "the amount is zero",
	settlement.ReasonCurrencyNotAllowed:   "the network does not settle the currency",
	settlement.ReasonInsufficientFunds:    "the debtor's account, or its bank's reserves, held less than the amount",
	settlement.ReasonCurrencyInvalid:      "the currency code is not valid",
	settlement.ReasonAmountInvalid:        "the amount is not valid or too large",
	settlement.ReasonSignerNotAllowed:     "the signer is not allowed to pay from the account",
	settlement.ReasonDuplicateFile:        "the message id was used for another file",
	settlement.ReasonDuplicateUETR:        "the UETR was used for another payment",
	settlement.ReasonDuplicateEndToEnd:    "the debtor used the end-to-end id for another payment",
	settlement.ReasonSettlementFailed:     "another transfer of the same all-or-nothing batch was refused",
	settlement.ReasonTimeout:              "the time for it is over",
	settlement.ReasonAmountWrong:          "the amount is more than may still be taken or paid back",
	settlement.ReasonRequested:            "the payee gave it up",
	settlement.ReasonDateInvalid:          "the date is not valid",
	settlement.ReasonNoOriginal:           "no payment of that UETR is known, or it has left the state",
	settlement.ReasonNarrative:            "the instruction is not well formed",
}

// reason is an ISO code and its words.
func reason(code string) string {
	words, known := reasons[code]
	if !known {
		return terminal.Inert(code)
	}
	return code + ", " + words
}

// Payment says where a payment stands.
func Payment(row gatewaytypes.PaymentRow) string {
	switch row.Status {
	case index.StatusSettled:
		text := fmt.Sprintf("Settled in block %d on %s; final.", row.Height, at(row.DecidedAt))
		if row.ReturnOf != "" {
			text += fmt.Sprintf(" Pays back %s, for the reason %s.", terminal.Inert(row.ReturnOf), terminal.Inert(row.ReturnReason))
		}
		return text
	case index.StatusRejected:
		return fmt.Sprintf("Rejected in block %d on %s: %s; no money moved.", row.Height, at(row.DecidedAt), reason(row.Reason))
	}
	return fmt.Sprintf("Stands at %s since block %d.", terminal.Inert(row.Status), row.Height)
}

// Payments adds its words to each row.
func Payments(rows []gatewaytypes.PaymentRow) {
	for i := range rows {
		rows[i].Explanation = Payment(rows[i])
	}
}

func at(moment time.Time) string { return moment.UTC().Format(timeLayout) }
