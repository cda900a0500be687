package keeper_test

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"cosmossdk.io/math"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	credittypes "github.com/zhilian-network/zhilian/x/credit/types"
	financingtypes "github.com/zhilian-network/zhilian/x/financing/types"
	ledgertypes "github.com/zhilian-network/zhilian/x/ledger/types"
	settlementtypes "github.com/zhilian-network/zhilian/x/settlement/types"
	vaulttypes "github.com/zhilian-network/zhilian/x/vault/types"
)

// world is what the modules below know. It is no part of a branch of the state that is thrown away: each fake checks
// before it changes anything, so that what is refused has changed nothing.
type world struct {
	operators map[string]operator
	parties   map[string]accesstypes.Party
	consents  map[uint64]accesstypes.Consent

	balances map[string]math.Int // account and currency
	holds    map[string]math.Int // ledger's hold
	holdOf   map[string]string   // ledger's hold: account and currency
	accounts map[string]settlementtypes.Account
	payments map[string]settlementtypes.Payment
	returned map[string]math.Int
	kept     map[string]math.Int // what was returned of payments that have left state, by leaf
	log      paymentLog
	paid     map[string]math.Int // by end-to-end digest
	frozen   bool                // every payment is refused
	setAside map[string]settlementtypes.Hold

	attestations map[uint64]credittypes.Attestation
	ratings      map[uint64]credittypes.Rating
	lost         []accesstypes.Member // rulings, in their order
	records      map[uint64]vaulttypes.Record
	shares       map[string]bool
	numbers      uint64
	loans        map[uint64]*lent
	receivables  map[uint64]*owed
}

// owed is a receivable with the units of its holders, by account.
type owed struct {
	receivable financingtypes.Receivable
	units      map[string]int64
}

// lent is a loan with penalty that is owed and that was paid.
type lent struct {
	loan       financingtypes.Loan
	owed, paid int64
	due        bool  // something else is due
	since      int64 // penalty that has run since the case was filed
}

type operator struct {
	scope       accesstypes.Scope
	kind        accesstypes.InstitutionKind
	permissions []string
	inactive    bool
}

// fakes answer for all modules below.
type fakes struct{ *world }

func (f fakes) Require(_ context.Context, ask accesstypes.Ask) (accesstypes.Actor, error) {
	who, known := f.operators[ask.Operator]
	if !known {
		return accesstypes.Actor{}, accesstypes.ErrOperatorNotFound
	}
	if party, is := f.parties[who.scope.PartyID]; is && party.Status != accesstypes.MemberStatus_MEMBER_STATUS_ACTIVE {
		return accesstypes.Actor{}, accesstypes.ErrPartyInactive
	}
	if !slices.ContainsFunc(who.permissions, func(held string) bool { return held == ask.Permission }) {
		return accesstypes.Actor{}, accesstypes.ErrPermissionDenied.Wrap(ask.Permission)
	}
	if ask.Scope != accesstypes.OwnScope && !who.scope.Covers(ask.Scope) {
		return accesstypes.Actor{}, accesstypes.ErrScopeDenied
	}
	if ask.Quorum.Approvals > 0 && ask.Operator != "approved" {
		return accesstypes.Actor{}, accesstypes.ErrApprovalNeeded
	}
	return accesstypes.Actor{Address: ask.Operator, InstitutionID: who.scope.InstitutionID, PartyID: who.scope.PartyID, Kind: who.kind}, nil
}

func (f fakes) CheckActive(_ context.Context, operator string) error {
	if who, known := f.operators[operator]; !known || who.inactive {
		return accesstypes.ErrOperatorInactive
	}
	return nil
}

func (f fakes) ScopeOf(_ context.Context, operator string) (accesstypes.Scope, error) {
	return f.operators[operator].scope, nil
}

func (f fakes) Institution(_ context.Context, id string) (accesstypes.Institution, error) {
	for _, who := range f.operators {
		if who.scope.InstitutionID == id {
			return accesstypes.Institution{Id: id}, nil
		}
	}
	return accesstypes.Institution{}, accesstypes.ErrInstitutionNotFound
}

func (f fakes) Party(_ context.Context, id string) (accesstypes.Party, error) {
	party, known := f.parties[id]
	if !known {
		return party, accesstypes.ErrPartyNotFound
	}
	return party, nil
}

func (f fakes) Consent(_ context.Context, number uint64) (accesstypes.Consent, error) {
	consent, known := f.consents[number]
	if !known {
		return consent, accesstypes.ErrConsentNotFound
	}
	return consent, nil
}

func (f fakes) WithdrawByRuling(ctx context.Context, number uint64) error {
	consent, err := f.Consent(ctx, number)
	if err == nil && consent.Withdrawn {
		err = accesstypes.ErrConsentEnded
	}
	consent.Withdrawn = true
	f.consents[number] = consent
	return err
}

func (f fakes) ReinstateByRuling(ctx context.Context, id string) error {
	party, err := f.Party(ctx, id)
	if err == nil && party.Status != accesstypes.MemberStatus_MEMBER_STATUS_SUSPENDED {
		return accesstypes.ErrInvalidStatus
	}
	party.Status = accesstypes.MemberStatus_MEMBER_STATUS_ACTIVE
	f.parties[id] = party
	return err
}

func (f fakes) ConsentForCase(_ context.Context, consent accesstypes.Consent) (uint64, error) {
	f.numbers++
	consent.Id = f.numbers
	f.consents[consent.Id] = consent
	return consent.Id, nil
}

func purse(account []byte, denom string) string {
	return fmt.Sprintf("%s %s", account, denom[len(denom)-3:])
}

func holdName(key ledgertypes.HoldKey) string { return key.Module + " " + key.ID }

func (f fakes) heldIn(purse string) math.Int {
	sum := math.ZeroInt()
	for name, amount := range f.holds {
		if f.holdOf[name] == purse {
			sum = sum.Add(amount)
		}
	}
	return sum
}

func (f fakes) Hold(_ context.Context, key ledgertypes.HoldKey, amount math.Int) error {
	of, name := purse(key.Account, key.Denom), holdName(key)
	if _, exists := f.holds[name]; exists {
		return ledgertypes.ErrHoldExists
	}
	if f.balanceIn(of).Sub(f.heldIn(of)).LT(amount) {
		return ledgertypes.ErrInsufficientBalance
	}
	f.holds[name], f.holdOf[name] = amount, of
	return nil
}

func (f fakes) balanceIn(purse string) math.Int {
	if balance, known := f.balances[purse]; known {
		return balance
	}
	return math.ZeroInt()
}

func (f fakes) Release(_ context.Context, key ledgertypes.HoldKey) (math.Int, error) {
	amount, exists := f.holds[holdName(key)]
	if !exists {
		return math.Int{}, ledgertypes.ErrHoldNotFound
	}
	delete(f.holds, holdName(key))
	return amount, nil
}

func (f fakes) Held(_ context.Context, key ledgertypes.HoldKey) (math.Int, error) {
	if amount, exists := f.holds[holdName(key)]; exists {
		return amount, nil
	}
	return math.ZeroInt(), nil
}

func (f fakes) SettledPayment(_ context.Context, uetr string) (settlementtypes.Payment, error) {
	payment, known := f.payments[uetr]
	if !known {
		return payment, settlementtypes.ErrPaymentNotFound
	}
	return payment, nil
}

func (f fakes) ProvenPayment(_ context.Context, proof settlementtypes.PaymentProof) (settlementtypes.Payment, error) {
	if err := f.log.head().CheckProof(proof); err != nil {
		return settlementtypes.Payment{}, err
	}
	return proof.Decode()
}

func (f fakes) ReturnedOf(_ context.Context, payment settlementtypes.Payment) (math.Int, error) {
	leaf := leafOf(payment)
	returned, known := f.kept[string(leaf)]
	if stored, isStored := f.payments[payment.Uetr]; isStored && bytes.Equal(leafOf(stored), leaf) {
		returned, known = f.returned[payment.Uetr]
	}
	if !known {
		return math.ZeroInt(), nil
	}
	return returned, nil
}

func leafOf(payment settlementtypes.Payment) []byte {
	stored, err := payment.Marshal()
	if err != nil {
		panic(err)
	}
	return settlementtypes.LeafHash(stored)
}

// retire has a payment leave state, as retention does.
func (w *world) retire(uetr string) {
	if returned, known := w.returned[uetr]; known {
		w.kept[string(leafOf(w.payments[uetr]))] = returned
	}
	delete(w.returned, uetr)
	delete(w.payments, uetr)
}

func (f fakes) LogLeaf(payment settlementtypes.Payment) ([]byte, error) { return leafOf(payment), nil }

func (f fakes) Account(_ context.Context, address string) (settlementtypes.Account, error) {
	account, known := f.accounts[address]
	if !known {
		return account, settlementtypes.ErrAccountNotFound
	}
	return account, nil
}

func (f fakes) Available(_ context.Context, account settlementtypes.Account, currency string) (math.Int, error) {
	of := account.Address + " " + currency
	return f.balanceIn(of).Sub(f.heldIn(of)), nil
}

func (f fakes) StoredHold(_ context.Context, uetr string) (settlementtypes.Hold, error) {
	hold, known := f.setAside[uetr]
	if !known {
		return hold, settlementtypes.ErrHoldNotFound
	}
	return hold, nil
}

func (f fakes) Pay(ctx context.Context, order settlementtypes.Order) (settlementtypes.TransferResult, error) {
	from, known := f.accounts[order.Debtor]
	if !known || f.frozen {
		return settlementtypes.TransferResult{}, settlementtypes.ErrAccountBlocked
	}
	available, err := f.Available(ctx, from, order.Currency)
	if err != nil || available.LT(order.Amount) {
		return settlementtypes.TransferResult{}, settlementtypes.ErrInsufficientBalance
	}
	if _, repeated := f.paid[string(order.EndToEndDigest)]; repeated {
		return settlementtypes.TransferResult{}, settlementtypes.ErrDuplicateEndToEnd
	}
	f.paid[string(order.EndToEndDigest)] = order.Amount
	debit, credit := order.Debtor+" "+order.Currency, order.Creditor+" "+order.Currency
	f.balances[debit] = f.balanceIn(debit).Sub(order.Amount)
	f.balances[credit] = f.balanceIn(credit).Add(order.Amount)
	return settlementtypes.TransferResult{Uetr: fmt.Sprintf("paid-%x", order.EndToEndDigest[:4])}, nil
}

func (f fakes) RefundByRuling(ctx context.Context, uetr string, leaf []byte, amount math.Int, _ string, digest []byte) (settlementtypes.TransferResult, error) {
	payment, err := f.SettledPayment(ctx, uetr)
	if err != nil {
		return settlementtypes.TransferResult{}, err
	}
	if !bytes.Equal(leafOf(payment), leaf) {
		return settlementtypes.TransferResult{}, settlementtypes.ErrPaymentNotFound
	}
	before, _ := f.ReturnedOf(ctx, payment)
	if before.Add(amount).GT(payment.Amount) {
		return settlementtypes.TransferResult{}, settlementtypes.ErrReturnTooLarge
	}
	result, err := f.Pay(ctx, settlementtypes.Order{
		Debtor: payment.Creditor, Creditor: payment.Debtor, Currency: payment.Currency, Amount: amount, EndToEndDigest: digest,
	})
	if err == nil {
		f.returned[uetr] = before.Add(amount)
	}
	return result, err
}

func (f fakes) ReleaseByRuling(ctx context.Context, uetr string) error {
	hold, err := f.StoredHold(ctx, uetr)
	if err == nil && hold.Status != settlementtypes.HoldPending {
		return settlementtypes.ErrHoldTransition
	}
	hold.Status = settlementtypes.HoldReleased
	f.setAside[uetr] = hold
	return err
}

func (f fakes) UnblockByRuling(ctx context.Context, address string) error {
	account, err := f.Account(ctx, address)
	if err == nil && account.Status != settlementtypes.AccountBlocked {
		return settlementtypes.ErrAccountTransition
	}
	account.Status = settlementtypes.AccountOpen
	f.accounts[address] = account
	return err
}

func (f fakes) Attestation(_ context.Context, number uint64) (credittypes.Attestation, error) {
	attestation, known := f.attestations[number]
	if !known {
		return attestation, credittypes.ErrAttestationNotFound
	}
	return attestation, nil
}

func (f fakes) Rating(_ context.Context, number uint64) (credittypes.Rating, error) {
	rating, known := f.ratings[number]
	if !known {
		return rating, credittypes.ErrRatingNotFound
	}
	return rating, nil
}

func (f fakes) Model(context.Context, uint64) (credittypes.ModelEntry, error) {
	return credittypes.ModelEntry{InstitutionId: "LSHB"}, nil
}

func (f fakes) CheckCorrection(_ context.Context, attestation credittypes.Attestation, correction credittypes.Correction) error {
	if attestation.Sealed() != correction.Sealed() {
		return credittypes.ErrInvalidAttestation
	}
	return correction.Validate()
}

func (f fakes) CorrectByRuling(ctx context.Context, number uint64, correction credittypes.Correction) (uint64, error) {
	if err := f.RevokeAttestationByRuling(ctx, number); err != nil {
		return 0, err
	}
	f.numbers++
	corrected := f.attestations[number]
	corrected.Id, corrected.Corrects, corrected.Values, corrected.Status = f.numbers, number, correction.Values, credittypes.AttestationActive
	corrected.Commitment, corrected.RecordId = correction.Commitment, correction.RecordID
	f.attestations[corrected.Id] = corrected
	return corrected.Id, nil
}

func (f fakes) RevokeAttestationByRuling(ctx context.Context, number uint64) error {
	attestation, err := f.Attestation(ctx, number)
	if err == nil && attestation.Status != credittypes.AttestationActive {
		return credittypes.ErrAttestationEnded
	}
	attestation.Status = credittypes.AttestationRevoked
	f.attestations[number] = attestation
	return err
}

func (f fakes) RecordDisputeLost(_ context.Context, party accesstypes.Member) error {
	f.lost = append(f.lost, party)
	return nil
}

func (f fakes) RateByRuling(_ context.Context, operator string, subject accesstypes.Member, product string) (uint64, error) {
	if product == "none" {
		return 0, credittypes.ErrNoChampion
	}
	f.numbers++
	f.ratings[f.numbers] = credittypes.Rating{Id: f.numbers, Subject: subject, Operator: operator, Product: product}
	return f.numbers, nil
}

func (f fakes) Record(_ context.Context, number uint64) (vaulttypes.Record, error) {
	record, known := f.records[number]
	if !known {
		return record, vaulttypes.ErrRecordNotFound
	}
	return record, nil
}

func shareName(number uint64, reader accesstypes.Member) string {
	return fmt.Sprintf("%d %s %s", number, reader.InstitutionId, reader.PartyId)
}

func (f fakes) HasShare(_ context.Context, number uint64, reader accesstypes.Member) (bool, error) {
	return f.shares[shareName(number, reader)], nil
}

func (f fakes) NewestTrail(_ context.Context, number uint64, most int) ([]vaulttypes.TrailEntry, error) {
	return []vaulttypes.TrailEntry{{RecordId: number, Sequence: 1, Kind: vaulttypes.TrailPut}}[:min(1, most)], nil
}

func (f fakes) RevokeByRuling(_ context.Context, number uint64, reader accesstypes.Member) error {
	if !f.shares[shareName(number, reader)] {
		return vaulttypes.ErrShareNotFound
	}
	delete(f.shares, shareName(number, reader))
	return nil
}

func (f fakes) LoanToday(_ context.Context, id uint64) (financingtypes.Loan, math.Int, error) {
	known, exists := f.loans[id]
	if !exists {
		return financingtypes.Loan{}, math.Int{}, financingtypes.ErrLoanNotFound
	}
	return known.loan, math.NewInt(known.owed + known.paid), nil
}

func (f fakes) WaiveByRuling(ctx context.Context, id uint64, amount math.Int, then *financingtypes.Loan) (math.Int, error) {
	if _, waivable, err := f.LoanToday(ctx, id); err != nil || waivable.IsZero() {
		return math.Int{}, cmp.Or(err, error(financingtypes.ErrNothingToWaive))
	}
	known := f.loans[id]
	if then != nil {
		amount = amount.AddRaw(known.since)
	}
	written := min(amount.Int64(), known.owed)
	back := min(amount.Int64()-written, known.paid)
	known.owed, known.paid = known.owed-written, known.paid-back
	return math.NewInt(back), nil
}

func (f fakes) LiftDefaultByRuling(ctx context.Context, id uint64) error {
	loan, _, err := f.LoanToday(ctx, id)
	switch {
	case err != nil:
		return err
	case loan.Status != financingtypes.LoanDefaulted:
		return financingtypes.ErrLoanTransition
	case f.loans[id].due:
		return financingtypes.ErrStillDue
	}
	f.loans[id].loan.Status = financingtypes.LoanActive
	return nil
}

func (f fakes) Receivable(_ context.Context, id uint64) (financingtypes.Receivable, error) {
	known, exists := f.receivables[id]
	if !exists {
		return financingtypes.Receivable{}, financingtypes.ErrReceivableNotFound
	}
	return known.receivable, nil
}

func (f fakes) Holdings(_ context.Context, id uint64) ([]financingtypes.Holding, error) {
	var holdings []financingtypes.Holding
	if known, exists := f.receivables[id]; exists {
		for _, address := range slices.Sorted(maps.Keys(known.units)) {
			holdings = append(holdings, financingtypes.Holding{ReceivableId: id, Account: address, Units: math.NewInt(known.units[address]), Bound: math.ZeroInt()})
		}
	}
	return holdings, nil
}

func (f fakes) ReduceByRuling(ctx context.Context, id uint64, amount math.Int) (math.Int, error) {
	receivable, err := f.Receivable(ctx, id)
	if err != nil {
		return math.Int{}, err
	}
	units := min(amount.Int64(), f.receivables[id].units[receivable.Supplier])
	f.receivables[id].units[receivable.Supplier] -= units
	return math.NewInt(units), nil
}

// plainAddresses has addresses in text and in bytes the same.
type plainAddresses struct{}

func (plainAddresses) StringToBytes(text string) ([]byte, error)  { return []byte(text), nil }
func (plainAddresses) BytesToString(bytes []byte) (string, error) { return string(bytes), nil }
