package domain

import (
	"bytes"
	"slices"
	"time"

	"cosmossdk.io/math"

	"github.com/zhilian-network/zhilian/crypto/seal"
	"github.com/zhilian-network/zhilian/x/settlement/types"
)

// Batch is what an operator asks for: transfers of one debtor account in one currency.
type Batch struct {
	Operator string // bech32
	Debtor   string // bech32
	Currency string // ISO 4217
	Lines    []Line // in the order in which they settle
	Mode     types.BatchMode
	// InstructionDigest and ContentDigest name the file behind the batch; both empty without one.
	InstructionDigest []byte
	ContentDigest     []byte
	// DetailsGroups are groups of readers whose keys came with the message.
	DetailsGroups []seal.GroupKeys
	// DetailsApart: the batch's message is in no transaction of this block, so events must carry its details.
	// They do not otherwise: all that a node stores of results would hold the same bytes again.
	DetailsApart bool
	// Return makes the batch's one line the return of a payment; nil for every other.
	Return *Return
	// Single marks MsgPay, which fails as a whole and is not stored when it is refused.
	Single bool
	// Trade marks what a debtor's operator instructs, captures and returns included: the module above is told of it.
	// What another module makes, such as a leg of an exchange, is none unless it says so: what comes in may be lent.
	Trade bool
}

// Facts are what state says at the moment of the decision. The maps are for looking up only.
type Facts struct {
	// CurrencySettled: the network settles the batch's currency.
	CurrencySettled bool
	Debtor          types.Account
	// Balance is what is available of the debtor's deposit money, in minor units.
	Balance math.Int
	// Reserve is what is available of its bank's reserves, in minor units.
	Reserve math.Int
	// Creditors holds the known ones of the batch's creditor accounts, by address.
	Creditors map[string]types.Account
	// Payments holds the stored payments whose ids the batch uses or Names leads to.
	Payments map[types.PaymentID]types.Payment
	// Names leads from a derived id to the id of a payment that stated a UETR of its own.
	Names map[types.PaymentID]types.PaymentID
	// ContentDigest belongs to the file that used the batch's message id; nil if none did.
	ContentDigest []byte
	Height        int64
	Time          time.Time
}

// Plan is what a decision does.
type Plan struct {
	// Results holds the outcome of each line, in order.
	Results []types.TransferResult
	// Payments are to be stored, in order of decision.
	Payments []StoredPayment
	// Names are to be set: derived id to id.
	Names []Name
	// Removed are rejected payments whose end-to-end id is tried again under another UETR.
	Removed []types.PaymentID
	// RemovedNames are derived ids that lead nowhere any more.
	RemovedNames []types.PaymentID
	// Returned is to be stored: what was paid back of a payment in all; nil if nothing is paid back.
	Returned *types.Returned
	// Instruction is to be stored; nil if no file stands behind the batch, or it is known.
	Instruction *types.Instruction
	// Posting moves the money; it is empty if nothing settles.
	Posting Posting
	// Settled is what settles of trade, in order.
	Settled []types.SettledPayment
	// Events tell what happened, in order of decision.
	Events []Event
	// untold are the places of the batch's groups whose keys no event has told, by commitment.
	untold map[string]int

	refusal error // the first of the batch
}

// StoredPayment is a payment with its key.
type StoredPayment struct {
	ID      types.PaymentID
	Payment types.Payment
}

// Name leads from a derived id to the id of a payment.
type Name struct {
	Derived types.PaymentID
	ID      types.PaymentID
}

// outcome is the decision about one line.
type outcome struct {
	identity
	creditor types.Account
	refusal  error // nil: it settles, or it is a replay of a settled payment
	stored   bool  // the payment is stored: it owns its names
}

// Decide settles a batch. It returns ErrDuplicateFile if the message id was used for another content,
// and otherwise a plan, in which transfers may be refused.
//
// Best effort: the lines are decided one after the other, and each sees what the earlier ones left. All
// or nothing: the same, and if any line is refused, the sound ones are refused with ErrBatchRefused.
func Decide(b Batch, f Facts) (Plan, error) {
	if err := checkFile(b, f); err != nil {
		return Plan{}, err
	}
	outcomes := decideLines(b, f)
	if b.Mode == types.AllOrNothing {
		outcomes = refuseAllIfAny(outcomes)
	}
	plan, err := buildPlan(b, f, outcomes)
	if err != nil {
		return Plan{}, err
	}
	if err := plan.check(b, f); err != nil {
		return Plan{}, err
	}
	return plan, nil
}

// DecidePayment settles a batch of one, or returns why it is refused.
func DecidePayment(b Batch, f Facts) (Plan, error) {
	plan, err := Decide(b, f)
	if err != nil {
		return Plan{}, err
	}
	if plan.refusal != nil {
		return Plan{}, plan.refusal
	}
	return plan, nil
}

func checkFile(b Batch, f Facts) error {
	if f.ContentDigest != nil && !bytes.Equal(f.ContentDigest, b.ContentDigest) {
		return types.ErrDuplicateFile
	}
	return nil
}

// available is what earlier lines have left of the money that lines are paid from.
type available struct {
	balance math.Int
	reserve math.Int
}

func decideLines(b Batch, f Facts) []outcome {
	left := available{f.Balance, f.Reserve}
	used := newNames(len(b.Lines))
	outcomes := make([]outcome, len(b.Lines))
	for i, line := range b.Lines {
		outcomes[i], left = decideLine(b, f, line, used, left)
	}
	return outcomes
}

// decideLine decides one line, notes its names in used, and returns what is left.
func decideLine(b Batch, f Facts, line Line, used names, left available) (outcome, available) {
	who := identify(b, f, line, used)
	if who.refusal != nil {
		return outcome{identity: who, refusal: who.refusal}, left
	}
	used.add(line, who)
	if who.replay {
		return outcome{identity: who, refusal: rejectionOf(*who.stored)}, left
	}
	creditor := f.Creditors[line.Creditor]
	if err := refuse(b, f, line, left); err != nil {
		return outcome{identity: who, creditor: creditor, refusal: err, stored: true}, left
	}
	return outcome{identity: who, creditor: creditor, stored: true}, left.less(line, f.Debtor, creditor)
}

func (a available) less(line Line, debtor, creditor types.Account) available {
	a.balance = a.balance.Sub(line.Amount)
	if debtor.InstitutionId != creditor.InstitutionId {
		a.reserve = a.reserve.Sub(line.Amount)
	}
	return a
}

// rejectionOf is the refusal that a stored payment was rejected with; nil if it settled. State keeps the
// reason and not the words, so these are the general ones.
func rejectionOf(stored types.Payment) error {
	if stored.Status != types.PaymentRejected {
		return nil
	}
	if err := types.Refusal(stored.Reason); err != nil {
		return err
	}
	return types.ErrBatchRefused.Wrapf("reason %s", stored.Reason)
}

// refuse gives the first reason that a line cannot settle, in this order: currency, debtor, debtor
// against creditor, creditor, what may still be returned, money of the debtor, reserves of its bank.
func refuse(b Batch, f Facts, line Line, left available) error {
	if err := refuseParties(b, f, line); err != nil {
		return err
	}
	if err := b.Return.refuse(line.Amount); err != nil {
		return err
	}
	if err := refuseAmount(left.balance, line.Amount); err != nil {
		return err
	}
	// The customer is told that its bank is short, not by how much.
	if f.Creditors[line.Creditor].InstitutionId != f.Debtor.InstitutionId && left.reserve.LT(line.Amount) {
		return types.ErrInsufficientReserve.Wrapf("%s", f.Debtor.InstitutionId)
	}
	return nil
}

func refuseAmount(available, amount math.Int) error {
	if available.LT(amount) {
		return types.ErrInsufficientBalance.Wrapf("available %s, needed %s", available, amount)
	}
	return nil
}

// refuseParties looks at currency and accounts.
func refuseParties(b Batch, f Facts, line Line) error {
	if !f.CurrencySettled {
		return types.ErrCurrencyNotSettled.Wrap(b.Currency)
	}
	if err := refuseDebtor(f.Debtor, b.Currency); err != nil {
		return err
	}
	if line.Creditor == b.Debtor {
		return types.ErrSameAccount
	}
	creditor, known := f.Creditors[line.Creditor]
	if !known {
		return types.ErrCreditorUnknown
	}
	return refuseCreditor(creditor, b.Currency)
}

func refuseDebtor(account types.Account, currency string) error {
	switch {
	case account.Status == types.AccountClosed:
		return types.ErrDebtorClosed
	case account.Status != types.AccountOpen:
		return types.ErrAccountBlocked.Wrap("debtor")
	case !slices.Contains(account.Currencies, currency):
		return types.ErrAccountCurrency.Wrapf("debtor, %s", currency)
	}
	return nil
}

func refuseCreditor(account types.Account, currency string) error {
	switch {
	case account.Status == types.AccountClosed:
		return types.ErrCreditorClosed
	case account.Status != types.AccountOpen:
		return types.ErrAccountBlocked.Wrap("creditor")
	case !slices.Contains(account.Currencies, currency):
		return types.ErrAccountCurrency.Wrapf("creditor, %s", currency)
	}
	return nil
}

// refuseAllIfAny lets no line settle if one was refused. Refused lines keep their own reasons, so that
// the customer sees every fault of a file at once.
func refuseAllIfAny(outcomes []outcome) []outcome {
	first := slices.IndexFunc(outcomes, func(o outcome) bool { return o.refusal != nil })
	if first < 0 {
		return outcomes
	}
	cause := types.ErrBatchRefused.Wrapf("transfer %d: %s", first+1, types.ISOReason(outcomes[first].refusal))
	refused := slices.Clone(outcomes)
	for i := range refused {
		if refused[i].refusal == nil { // a replay is answered with what is stored all the same
			refused[i].refusal = cause
		}
	}
	return refused
}

// paymentOf finds the payment of the debtor and end-to-end id of a line.
func (f Facts) paymentOf(b Batch, line Line) (types.Payment, bool) {
	stored, exists := f.Payments[f.idOf(line.Derived)]
	return stored, exists && sameNames(b, line, stored)
}

// idOf leads from a derived id to where its payment stands.
func (f Facts) idOf(derived types.PaymentID) types.PaymentID {
	if id, named := f.Names[derived]; named {
		return id
	}
	return derived
}
