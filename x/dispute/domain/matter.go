package domain

import (
	"slices"
	"time"

	"cosmossdk.io/math"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	credittypes "github.com/zhilian-network/zhilian/x/credit/types"
	"github.com/zhilian-network/zhilian/x/dispute/types"
	financingtypes "github.com/zhilian-network/zhilian/x/financing/types"
	settlementtypes "github.com/zhilian-network/zhilian/x/settlement/types"
	vaulttypes "github.com/zhilian-network/zhilian/x/vault/types"
)

// Subject is what the ledger says of a matter: whose it is, who answers for it, and what money is in it.
type Subject struct {
	Owner      accesstypes.Member
	Respondent accesstypes.Member
	Product    string
	// Account is where money would go, Payer whence it would come; empty if none is in dispute.
	Account, Payer string
	Currency       string
	Disputed       math.Int  // minor units; the cap of refunds, and of penalty to withdraw; what is overdue to a holder
	PaidAt         time.Time // from when interest runs
	// Involved are the operators who did what is disputed: they do not handle the case.
	Involved []string
	// Excluded are remedies of the kind that would change nothing about this matter.
	Excluded []types.RemedyKind
}

func ownerOf(account settlementtypes.Account) accesstypes.Member {
	return accesstypes.Member{InstitutionId: account.InstitutionId, PartyId: account.PartyId}
}

// noMoney is a subject in which no money is.
func noMoney(owner, respondent accesstypes.Member, involved ...string) Subject {
	return Subject{Owner: owner, Respondent: respondent, Disputed: math.ZeroInt(), Involved: involved}
}

// PaymentSubject is a payment that its payer disputes with its payee.
func PaymentSubject(payment settlementtypes.Payment, returned math.Int, debtor, creditor settlementtypes.Account) (Subject, error) {
	if payment.Status != settlementtypes.PaymentSettled || payment.ReturnOf != "" {
		return Subject{}, types.ErrMatter.Wrapf("payment %s did not settle, or is a return", payment.Uetr)
	}
	left := payment.Amount.Sub(returned)
	if !left.IsPositive() {
		return Subject{}, types.ErrMatter.Wrapf("payment %s was returned in full", payment.Uetr)
	}
	return Subject{
		Owner: ownerOf(debtor), Respondent: ownerOf(creditor), Account: debtor.Address, Payer: creditor.Address,
		Currency: payment.Currency, Disputed: left, PaidAt: payment.DecidedAt,
	}, nil
}

// HoldSubject is money that a debtor set aside and wants back.
func HoldSubject(hold settlementtypes.Hold, debtor, creditor settlementtypes.Account) (Subject, error) {
	if hold.Status != settlementtypes.HoldPending {
		return Subject{}, types.ErrMatter.Wrapf("hold %s is over", hold.Uetr)
	}
	return noMoney(ownerOf(debtor), ownerOf(creditor)), nil
}

// RatingSubject is a rating that its subject disputes: with its rater, or with who registered the model that the
// chain computed it by.
func RatingSubject(rating credittypes.Rating, registrant string) Subject {
	subject := noMoney(rating.Subject, rating.Requester, rating.Operator)
	if rating.Kind == credittypes.RatingComputed {
		subject.Respondent, subject.Involved = accesstypes.Member{InstitutionId: registrant}, nil
	}
	subject.Product = rating.Product
	return subject
}

// AttestationSubject is what a provider attests about a subject who says otherwise.
func AttestationSubject(attestation credittypes.Attestation, now time.Time) (Subject, error) {
	if !attestation.IsActive(now) {
		return Subject{}, types.ErrMatter.Wrapf("attestation %d has ended", attestation.Id)
	}
	return noMoney(attestation.Subject, accesstypes.Member{InstitutionId: attestation.ProviderId}, attestation.Operator), nil
}

// ConsentSubject is a consent whose use its subject disputes with the grantee.
func ConsentSubject(consent accesstypes.Consent, now time.Time) (Subject, error) {
	if consent.Withdrawn || IsOver(consent.ExpiresAt, now) {
		return Subject{}, types.ErrMatter.Wrapf("consent %d has ended", consent.Id)
	}
	return noMoney(consent.Subject, consent.Grantee), nil
}

// RecordSubject is a reader's access to a record about somebody.
func RecordSubject(record vaulttypes.Record, reader accesstypes.Member) Subject {
	return noMoney(record.Subject, reader)
}

// AccountSubject is an account that its bank has blocked.
func AccountSubject(account settlementtypes.Account) (Subject, error) {
	if account.Status != settlementtypes.AccountBlocked {
		return Subject{}, types.ErrMatter.Wrapf("account %s is not blocked", account.Address)
	}
	return noMoney(ownerOf(account), accesstypes.Member{InstitutionId: account.InstitutionId}), nil
}

// StandingSubject is a customer whom its institution has suspended.
func StandingSubject(party accesstypes.Party) (Subject, error) {
	if party.Status != accesstypes.MemberStatus_MEMBER_STATUS_SUSPENDED {
		return Subject{}, types.ErrMatter.Wrapf("%s is not suspended", party.Id)
	}
	return noMoney(accesstypes.Member{InstitutionId: party.InstitutionId, PartyId: party.Id}, accesstypes.Member{InstitutionId: party.InstitutionId}), nil
}

// ServiceSubject is an institution's service. What only the claimant knows lies in a record about it.
func ServiceSubject(matter types.Matter, record vaulttypes.Record) (Subject, error) {
	if matter.Other.PartyId != "" {
		return Subject{}, types.ErrInvalidCase.Wrap("service is that of an institution")
	}
	if err := CheckRecord(record, record.Subject); err != nil {
		return Subject{}, err
	}
	return noMoney(record.Subject, matter.Other), nil
}

// LoanSubject is a loan that its borrower disputes with its lender: its penalty, of which so much could be withdrawn, or
// its default.
func LoanSubject(loan financingtypes.Loan, waivable math.Int) Subject {
	subject := Subject{
		Owner: loan.Borrower, Respondent: loan.Lender, Account: loan.BorrowerAccount, Payer: loan.LenderAccount,
		Currency: loan.Currency, Disputed: waivable,
	}
	if !waivable.IsPositive() {
		subject.Excluded = append(subject.Excluded, types.RemedyWaive)
	}
	if loan.Status != financingtypes.LoanDefaulted {
		subject.Excluded = append(subject.Excluded, types.RemedyLift)
	}
	return subject
}

// ReceivableSubject is a receivable that its debtor disputes with its supplier. Whoever else holds units of it has
// nothing to do with that: once it is confirmed, the debtor's defences do not reach them (Civil Code Art. 763).
func ReceivableSubject(receivable financingtypes.Receivable, debtor, supplier settlementtypes.Account) (Subject, error) {
	if !receivable.HasUnits() && receivable.Status != financingtypes.ReceivableSettled {
		return Subject{}, types.ErrMatter.Wrapf("receivable %d is %s: what is not confirmed is not owed", receivable.Id, receivable.Status)
	}
	return Subject{
		Owner: ownerOf(debtor), Respondent: ownerOf(supplier), Account: debtor.Address, Payer: supplier.Address,
		Currency: receivable.Currency, Disputed: receivable.Amount.Sub(receivable.Reduced), Excluded: []types.RemedyKind{types.RemedyInterest},
	}, nil
}

// HoldingSubject is what a holder has of a receivable, which it disputes with the debtor: the delay, if it is overdue.
func HoldingSubject(receivable financingtypes.Receivable, holding financingtypes.Holding, holder, debtor settlementtypes.Account) Subject {
	subject := Subject{
		Owner: ownerOf(holder), Respondent: ownerOf(debtor), Account: holder.Address, Payer: debtor.Address, Currency: receivable.Currency,
		Disputed: holding.Units, PaidAt: receivable.DueAt, Excluded: []types.RemedyKind{types.RemedyRefund},
	}
	if !receivable.IsOverdue() {
		subject.Excluded = append(subject.Excluded, types.RemedyInterest)
	}
	return subject
}

// CheckRecord refuses a record that is no evidence of a side.
func CheckRecord(record vaulttypes.Record, of accesstypes.Member) error {
	if record.Subject != of || record.Status != vaulttypes.RecordSealed || record.Purpose != accesstypes.Purpose_PURPOSE_DISPUTE {
		return types.ErrEvidence.Wrapf("record %d", record.Id)
	}
	return nil
}

// CheckConcerned refuses a claimant whose matter it is not, and one who would complain of itself.
func CheckConcerned(subject Subject, claimant accesstypes.Member) error {
	if subject.Owner != claimant {
		return types.ErrNotConcerned
	}
	if subject.Respondent == claimant {
		return types.ErrNotConcerned.Wrap("nobody complains of itself")
	}
	return nil
}

// CheckLimitation refuses a matter that is too old to be complained of. Of what has no payment in it, none is.
func CheckLimitation(subject Subject, block time.Time, params types.Params) error {
	if subject.PaidAt.IsZero() {
		return nil
	}
	if last := subject.PaidAt.Add(params.BusinessDays(params.LimitationDays)); IsOver(last, block) {
		return types.ErrLimitation.Wrapf("it was over at %s", last.UTC().Format(time.RFC3339))
	}
	return nil
}

// remediesOf are what may be asked for, by what the case is about. A finding and an apology always may.
var remediesOf = map[types.MatterKind][]types.RemedyKind{
	types.MatterPayment:     {types.RemedyRefund, types.RemedyInterest},
	types.MatterHold:        {types.RemedyRelease},
	types.MatterRating:      {types.RemedyRerate},
	types.MatterAttestation: {types.RemedyCorrect, types.RemedyRerate, types.RemedyRevoke},
	types.MatterConsent:     {types.RemedyRevoke},
	types.MatterRecord:      {types.RemedyRevoke},
	types.MatterAccount:     {types.RemedyLift},
	types.MatterStanding:    {types.RemedyLift},
	types.MatterReceivable:  {types.RemedyRefund, types.RemedyInterest},
	types.MatterLoan:        {types.RemedyWaive, types.RemedyLift},
	types.MatterService:     {},
}

// remediesFor are what may be asked for of a matter, besides a finding and an apology.
func remediesFor(kind types.MatterKind, subject Subject) []types.RemedyKind {
	return slices.DeleteFunc(slices.Clone(remediesOf[kind]), func(remedy types.RemedyKind) bool { return slices.Contains(subject.Excluded, remedy) })
}

// CanRefund reports whether a refund may be asked for, for which money is held.
func CanRefund(kind types.MatterKind, subject Subject) bool {
	return slices.Contains(remediesFor(kind, subject), types.RemedyRefund)
}

// CheckRemedies refuses what cannot be asked for of a matter, and more than is in dispute.
func CheckRemedies(kind types.MatterKind, subject Subject, remedies []types.Remedy) error {
	if n := len(remedies); n == 0 || n > types.MaxRemediesPerClaimant {
		return types.ErrRemedy.Wrapf("%d remedies: 1 to %d are needed", n, types.MaxRemediesPerClaimant)
	}
	hasRefund := false
	for i, remedy := range remedies {
		if err := remedy.Validate(); err != nil {
			return err
		}
		if slices.ContainsFunc(remedies[:i], func(r types.Remedy) bool { return r.Kind == remedy.Kind }) {
			return types.ErrRemedy.Wrapf("%s is asked for twice", remedy.Kind)
		}
		always := remedy.Kind == types.RemedyFinding || remedy.Kind == types.RemedyApology
		if !always && !slices.Contains(remediesFor(kind, subject), remedy.Kind) {
			return types.ErrRemedy.Wrapf("%s of a matter of kind %s", remedy.Kind, kind)
		}
		hasRefund = hasRefund || remedy.Kind == types.RemedyRefund
		if remedy.Kind.HasAmount() && remedy.Amount.GT(subject.Disputed) {
			return types.ErrAmount.Wrapf("%s of %s", remedy.Amount, subject.Disputed)
		}
	}
	if !hasRefund && CanRefund(kind, subject) && slices.ContainsFunc(remedies, func(r types.Remedy) bool { return r.Kind == types.RemedyInterest }) {
		return types.ErrRemedy.Wrap("interest is on a refund; ask for one")
	}
	return nil
}

// HoldAmount is how much of what is asked for is held at the payer: no more than it has, than the claimant may have
// held, and nothing if that claimant has its most holds.
func HoldAmount(remedies []types.Remedy, available math.Int, holds int, heldBefore math.Int, currency string, params types.Params) math.Int {
	if holds >= int(params.HoldsMax) {
		return math.ZeroInt()
	}
	amount := math.ZeroInt()
	for _, remedy := range remedies {
		if remedy.Kind == types.RemedyRefund {
			amount = remedy.Amount
		}
	}
	if limit, bounded := params.HoldCap(currency); bounded {
		amount = math.MinInt(amount, math.MaxInt(limit.Sub(heldBefore), math.ZeroInt()))
	}
	return math.MinInt(amount, available)
}
