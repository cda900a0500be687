package keeper

import (
	"context"
	"strconv"
	"time"

	errorsmod "cosmossdk.io/errors"
	"cosmossdk.io/math"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	credittypes "github.com/zhilian-network/zhilian/x/credit/types"
	"github.com/zhilian-network/zhilian/x/dispute/domain"
	"github.com/zhilian-network/zhilian/x/dispute/types"
	financingtypes "github.com/zhilian-network/zhilian/x/financing/types"
	settlementtypes "github.com/zhilian-network/zhilian/x/settlement/types"
	vaulttypes "github.com/zhilian-network/zhilian/x/vault/types"
)

// newMatters are what can be disputed. A kind without one is refused (ErrMatter).
func newMatters(deps Deps) map[types.MatterKind]Disputable {
	return map[types.MatterKind]Disputable{
		types.MatterPayment:     payments{from: deps.Payments},
		types.MatterHold:        holds{from: deps.Payments},
		types.MatterAccount:     accounts{from: deps.Payments},
		types.MatterRating:      ratings{from: deps.Ratings},
		types.MatterAttestation: attestations{from: deps.Ratings},
		types.MatterConsent:     consents{from: deps.Access},
		types.MatterStanding:    standings{from: deps.Access},
		types.MatterRecord:      records{from: deps.Records},
		types.MatterReceivable:  receivables{from: deps.Financing, accounts: deps.Payments},
		types.MatterLoan:        loans{from: deps.Financing},
		types.MatterService:     services{from: deps.Records},
	}
}

// isMoot tells an error that says there was nothing left to do.
func isMoot(err error) bool {
	return errorsmod.IsOf(err,
		accesstypes.ErrConsentEnded, accesstypes.ErrConsentNotFound, accesstypes.ErrInvalidStatus,
		credittypes.ErrAttestationEnded, credittypes.ErrAttestationNotFound,
		financingtypes.ErrLoanNotFound, financingtypes.ErrLoanTransition, financingtypes.ErrNothingToWaive,
		settlementtypes.ErrHoldTransition, settlementtypes.ErrHoldNotFound, settlementtypes.ErrAccountTransition,
		vaulttypes.ErrShareNotFound, vaulttypes.ErrErased,
	)
}

// anyRemedy checks nothing: whatever may be asked of the matter can be tried.
type anyRemedy struct{}

func (anyRemedy) Check(context.Context, types.Facts, types.Remedy) error { return nil }

// granted is what is granted of a case's remedy that moves money.
type granted struct {
	of     types.Case
	remedy types.Remedy
	amount math.Int
	facts  types.Facts
	moment moment
}

// due is what is to be paid, in minor units, and whether something was given besides.
type due struct {
	amount math.Int
	gave   bool
}

// noMoney pays nothing.
type noMoney struct{}

func (noMoney) Due(_ context.Context, grant granted) (due, error) {
	return due{}, types.ErrRemedy.Wrapf("%s", grant.remedy.Kind)
}

// noRemedy carries out nothing: what is granted moves money, or is said.
type noRemedy struct{ anyRemedy }

func (noRemedy) Execute(_ context.Context, _ types.Case, remedy types.Remedy) (string, error) {
	return "", types.ErrRemedy.Wrapf("%s", remedy.Kind)
}

func matterOf(c types.Case, remedy types.Remedy) types.Matter {
	return c.Claimants[remedy.Claimant].Matter
}

type payments struct {
	noRemedy
	from Payments
}

func (p payments) Facts(ctx context.Context, of Complaint) (types.Facts, domain.Subject, error) {
	var facts types.Facts
	payment, err := p.find(ctx, of)
	if err != nil {
		return facts, domain.Subject{}, err
	}
	if facts.ReceiptLeaf, err = p.from.LogLeaf(payment); err != nil {
		return facts, domain.Subject{}, err
	}
	debtor, err := p.from.Account(ctx, payment.Debtor)
	if err != nil {
		return facts, domain.Subject{}, err
	}
	creditor, err := p.from.Account(ctx, payment.Creditor)
	if err != nil {
		return facts, domain.Subject{}, err
	}
	facts.Payment = &payment
	if facts.Returned, err = p.from.ReturnedOf(ctx, payment); err != nil {
		return facts, domain.Subject{}, err
	}
	subject, err := domain.PaymentSubject(payment, facts.Returned, debtor, creditor)
	return facts, subject, err
}

// find is the payment as the ledger has it: by its name in state, or by a receipt that stands in the log. Both are the
// same bytes while the record is in state; when it has left, its name may be that of another one, and the receipt says
// which is meant.
func (p payments) find(ctx context.Context, of Complaint) (settlementtypes.Payment, error) {
	if of.Receipt == nil {
		payment, err := p.from.SettledPayment(ctx, of.Matter.Uetr)
		if errorsmod.IsOf(err, settlementtypes.ErrPaymentNotFound) {
			err = types.ErrReceiptNeeded.Wrap(of.Matter.Uetr)
		}
		return payment, err
	}
	payment, err := p.from.ProvenPayment(ctx, *of.Receipt)
	if err == nil && payment.Uetr != of.Matter.Uetr {
		err = types.ErrReceipt.Wrapf("it is of %s", payment.Uetr)
	}
	return payment, err
}

// Due of a payment is the refund, or the interest on it.
func (payments) Due(_ context.Context, grant granted) (due, error) {
	if grant.remedy.Kind == types.RemedyInterest {
		return due{amount: interestOf(grant.of, grant.remedy.Claimant, grant.moment)}, nil
	}
	return due{amount: grant.amount}, nil
}

type holds struct {
	anyRemedy
	noMoney
	from Payments
}

func (h holds) Facts(ctx context.Context, of Complaint) (types.Facts, domain.Subject, error) {
	var facts types.Facts
	hold, err := h.from.StoredHold(ctx, of.Matter.Uetr)
	if err != nil {
		return facts, domain.Subject{}, err
	}
	debtor, err := h.from.Account(ctx, hold.Debtor)
	if err != nil {
		return facts, domain.Subject{}, err
	}
	creditor, err := h.from.Account(ctx, hold.Creditor)
	if err != nil {
		return facts, domain.Subject{}, err
	}
	facts.Hold = &hold
	subject, err := domain.HoldSubject(hold, debtor, creditor)
	return facts, subject, err
}

func (h holds) Execute(ctx context.Context, c types.Case, remedy types.Remedy) (string, error) {
	uetr := matterOf(c, remedy).Uetr
	return uetr, h.from.ReleaseByRuling(ctx, uetr)
}

type accounts struct {
	anyRemedy
	noMoney
	from Payments
}

func (a accounts) Facts(ctx context.Context, of Complaint) (types.Facts, domain.Subject, error) {
	account, err := a.from.Account(ctx, of.Matter.Account)
	if err != nil {
		return types.Facts{}, domain.Subject{}, err
	}
	subject, err := domain.AccountSubject(account)
	return types.Facts{Account: &account}, subject, err
}

func (a accounts) Execute(ctx context.Context, c types.Case, remedy types.Remedy) (string, error) {
	return "", a.from.UnblockByRuling(ctx, matterOf(c, remedy).Account)
}

// rerate is the new rating of a claimant by a product's champion, asked for by the operator who filed the case.
func rerate(ctx context.Context, from Ratings, c types.Case, remedy types.Remedy) (string, error) {
	number, err := from.RateByRuling(ctx, c.Operator, c.Claimants[remedy.Claimant].Member, remedy.Product)
	return strconv.FormatUint(number, 10), err
}

type ratings struct {
	anyRemedy
	noMoney
	from Ratings
}

func (r ratings) Facts(ctx context.Context, of Complaint) (types.Facts, domain.Subject, error) {
	rating, err := r.from.Rating(ctx, of.Matter.Number)
	if err != nil {
		return types.Facts{}, domain.Subject{}, err
	}
	model, err := r.from.Model(ctx, rating.ModelId)
	if err != nil {
		return types.Facts{}, domain.Subject{}, err
	}
	return types.Facts{Rating: &rating}, domain.RatingSubject(rating, model.InstitutionId), nil
}

func (r ratings) Execute(ctx context.Context, c types.Case, remedy types.Remedy) (string, error) {
	return rerate(ctx, r.from, c, remedy)
}

type attestations struct {
	noMoney
	from Ratings
}

func (a attestations) Facts(ctx context.Context, of Complaint) (types.Facts, domain.Subject, error) {
	attestation, err := a.from.Attestation(ctx, of.Matter.Number)
	if err != nil {
		return types.Facts{}, domain.Subject{}, err
	}
	subject, err := domain.AttestationSubject(attestation, blockTime(ctx))
	return types.Facts{Attestation: &attestation}, subject, err
}

func (a attestations) Check(ctx context.Context, facts types.Facts, remedy types.Remedy) error {
	if remedy.Kind != types.RemedyCorrect {
		return nil
	}
	return a.from.CheckCorrection(ctx, *facts.Attestation, remedy.Correction())
}

func (a attestations) Execute(ctx context.Context, c types.Case, remedy types.Remedy) (string, error) {
	number := matterOf(c, remedy).Number
	switch remedy.Kind {
	case types.RemedyCorrect:
		corrected, err := a.from.CorrectByRuling(ctx, number, remedy.Correction())
		return strconv.FormatUint(corrected, 10), err
	case types.RemedyRerate:
		return rerate(ctx, a.from, c, remedy)
	}
	return "", a.from.RevokeAttestationByRuling(ctx, number)
}

type consents struct {
	anyRemedy
	noMoney
	from Access
}

func (c consents) Facts(ctx context.Context, of Complaint) (types.Facts, domain.Subject, error) {
	consent, err := c.from.Consent(ctx, of.Matter.Number)
	if err != nil {
		return types.Facts{}, domain.Subject{}, err
	}
	subject, err := domain.ConsentSubject(consent, blockTime(ctx))
	return types.Facts{Consent: &consent}, subject, err
}

func (c consents) Execute(ctx context.Context, of types.Case, remedy types.Remedy) (string, error) {
	return "", c.from.WithdrawByRuling(ctx, matterOf(of, remedy).Number)
}

type standings struct {
	anyRemedy
	noMoney
	from Access
}

// Facts are about the claimant itself: no other is named.
func (s standings) Facts(ctx context.Context, of Complaint) (types.Facts, domain.Subject, error) {
	party, err := s.from.Party(ctx, of.Claimant.PartyId)
	if err != nil {
		return types.Facts{}, domain.Subject{}, err
	}
	subject, err := domain.StandingSubject(party)
	return types.Facts{Party: &party}, subject, err
}

func (s standings) Execute(ctx context.Context, c types.Case, remedy types.Remedy) (string, error) {
	return "", s.from.ReinstateByRuling(ctx, c.Claimants[remedy.Claimant].Member.PartyId)
}

type records struct {
	anyRemedy
	noMoney
	from Records
}

func (r records) Facts(ctx context.Context, of Complaint) (types.Facts, domain.Subject, error) {
	record, err := r.from.Record(ctx, of.Matter.Number)
	if err != nil {
		return types.Facts{}, domain.Subject{}, err
	}
	has, err := r.from.HasShare(ctx, of.Matter.Number, of.Matter.Other)
	if err != nil {
		return types.Facts{}, domain.Subject{}, err
	}
	if !has {
		return types.Facts{}, domain.Subject{}, types.ErrMatter.Wrapf("%s has no access to record %d", of.Matter.Other.Text(), of.Matter.Number)
	}
	facts := types.Facts{Record: &record}
	facts.Trail, err = r.from.NewestTrail(ctx, of.Matter.Number, types.MaxTrailEntries)
	return facts, domain.RecordSubject(record, of.Matter.Other), err
}

func (r records) Execute(ctx context.Context, c types.Case, remedy types.Remedy) (string, error) {
	matter := matterOf(c, remedy)
	return "", r.from.RevokeByRuling(ctx, matter.Number, matter.Other)
}

type services struct {
	noRemedy
	noMoney
	from Records
}

func (s services) Facts(ctx context.Context, of Complaint) (types.Facts, domain.Subject, error) {
	record, err := s.from.Record(ctx, of.Matter.Number)
	if err != nil {
		return types.Facts{}, domain.Subject{}, err
	}
	subject, err := domain.ServiceSubject(of.Matter, record)
	return types.Facts{Record: &record}, subject, err
}

type receivables struct {
	noRemedy
	from     Financing
	accounts Payments
}

// Facts are those of the debtor's case against the supplier, or of a holder's against the debtor: who the claimant is
// says which.
func (r receivables) Facts(ctx context.Context, of Complaint) (types.Facts, domain.Subject, error) {
	receivable, err := r.from.Receivable(ctx, of.Matter.Number)
	if err != nil {
		return types.Facts{}, domain.Subject{}, err
	}
	debtor, err := r.accounts.Account(ctx, receivable.Debtor)
	if err != nil {
		return types.Facts{}, domain.Subject{}, err
	}
	facts := types.Facts{Receivable: &receivable}
	if debtor.Owner() != of.Claimant {
		holding, holder, err := r.heldBy(ctx, of.Matter.Number, of.Claimant)
		if err != nil {
			return facts, domain.Subject{}, err
		}
		if holder.Address == "" {
			return facts, domain.Subject{}, types.ErrNotConcerned.Wrapf("receivable %d", of.Matter.Number)
		}
		facts.Holding = &holding
		return facts, domain.HoldingSubject(receivable, holding, holder, debtor), nil
	}
	supplier, err := r.accounts.Account(ctx, receivable.Supplier)
	if err != nil {
		return facts, domain.Subject{}, err
	}
	holding, _, err := r.heldBy(ctx, of.Matter.Number, supplier.Owner())
	if err != nil {
		return facts, domain.Subject{}, err
	}
	facts.Holding = &holding
	subject, err := domain.ReceivableSubject(receivable, debtor, supplier)
	return facts, subject, err
}

// heldBy is what a member has of a receivable, in all its accounts, and the first of them; no account if it has none.
func (r receivables) heldBy(ctx context.Context, id uint64, member accesstypes.Member) (financingtypes.Holding, settlementtypes.Account, error) {
	sum := financingtypes.Holding{ReceivableId: id, Units: math.ZeroInt(), Bound: math.ZeroInt()}
	var first settlementtypes.Account
	holdings, err := r.from.Holdings(ctx, id)
	if err != nil {
		return sum, first, err
	}
	for _, holding := range holdings {
		account, err := r.accounts.Account(ctx, holding.Account)
		if err != nil {
			return sum, first, err
		}
		if account.Owner() != member {
			continue
		}
		if first.Address == "" {
			first, sum.Account = account, account.Address
		}
		sum.Units, sum.Bound = sum.Units.Add(holding.Units), sum.Bound.Add(holding.Bound)
	}
	return sum, first, nil
}

// Due of a refund is what the supplier has no units for: those are taken off the receivable. Of one that is forgotten
// nothing is left to take off.
func (r receivables) Due(ctx context.Context, grant granted) (due, error) {
	number := matterOf(grant.of, grant.remedy).Number
	if grant.remedy.Kind == types.RemedyInterest {
		return r.delay(ctx, grant, number)
	}
	reduced, err := r.from.ReduceByRuling(ctx, number, grant.amount)
	if errorsmod.IsOf(err, financingtypes.ErrReceivableNotFound) {
		return due{amount: grant.amount}, nil
	}
	if err != nil {
		return due{}, err
	}
	return due{amount: grant.amount.Sub(reduced), gave: true}, nil
}

func (r receivables) delay(ctx context.Context, grant granted, number uint64) (due, error) {
	claimant := grant.of.Claimants[grant.remedy.Claimant]
	holding, _, err := r.heldBy(ctx, number, claimant.Member)
	if err != nil {
		return due{}, err
	}
	daysTo := func(end time.Time) int64 {
		return int64(end.Sub(claimant.PaidAt) / grant.moment.params.BusinessDays(1))
	}
	return due{amount: domain.DelayInterest(claimant.Disputed, holding.Units, grant.moment.params.InterestPpm,
		daysTo(grant.moment.block), daysTo(grant.of.FiledAt))}, nil
}

type loans struct {
	anyRemedy
	from Financing
}

func (l loans) Facts(ctx context.Context, of Complaint) (types.Facts, domain.Subject, error) {
	loan, waivable, err := l.from.LoanToday(ctx, of.Matter.Number)
	if err != nil {
		return types.Facts{}, domain.Subject{}, err
	}
	return types.Facts{Loan: &loan}, domain.LoanSubject(loan, waivable), nil
}

func (l loans) Execute(ctx context.Context, c types.Case, remedy types.Remedy) (string, error) {
	return "", l.from.LiftDefaultByRuling(ctx, matterOf(c, remedy).Number)
}

// Due of penalty that is withdrawn is what of it was paid: what is owed is written down, and what is due is paid with
// it first. Who gets all that there was when it filed gets what has run since on the same debt. A loan that is forgotten
// was paid, with its penalty.
func (l loans) Due(ctx context.Context, grant granted) (due, error) {
	var then *financingtypes.Loan
	if grant.amount.Equal(grant.of.Claimants[grant.remedy.Claimant].Disputed) {
		then = grant.facts.Loan
	}
	back, err := l.from.WaiveByRuling(ctx, matterOf(grant.of, grant.remedy).Number, grant.amount, then)
	if errorsmod.IsOf(err, financingtypes.ErrLoanNotFound) {
		return due{amount: grant.amount}, nil
	}
	return due{amount: back, gave: true}, err
}

// year is how long a consent for a case lasts at most; it is withdrawn when the panel is done.
const year = 365 * 24 * time.Hour
