package types

import (
	"slices"
	"strconv"

	"github.com/cosmos/cosmos-sdk/types/bech32"
)

// DefaultGenesis is a network without currencies, participants or accounts.
func DefaultGenesis() *GenesisState {
	return &GenesisState{Params: DefaultParams()}
}

// Validate checks that the state agrees with itself: every name that it uses exists, nothing is there
// twice, and everything decided is listed to leave state one day. Whether its amounts agree with the
// ledger's is checked when it is stored.
func (s *GenesisState) Validate() error {
	known := newGenesisIndex()
	return firstOf(
		s.Params.Validate(),
		each(s.Currencies, known.addCurrency),
		each(s.Participants, known.addParticipant),
		each(s.Outstandings, known.addOutstanding),
		each(s.Accounts, known.addAccount),
		known.checkOrdinals(s.Accounts),
		each(s.References, known.addReference),
		each(s.Retirements, known.addRetirement),
		each(s.Payments, known.addPayment),
		each(s.Returns, known.addReturned),
		each(s.KeptReturns, known.addKeptReturned),
		each(s.Holds, known.addHold),
		each(s.Instructions, known.addInstruction),
		s.checkLog(),
	)
}

// checkLog wants every payment in the log. Which ones are in it besides has left state.
func (s *GenesisState) checkLog() error {
	if uint64(len(s.Payments)) > s.PaymentLog.Size_ {
		return ErrGenesisInvalid.Wrapf("%d payments are in state, and %d in the log", len(s.Payments), s.PaymentLog.Size_)
	}
	return s.PaymentLog.Validate()
}

func each[T any](items []T, check func(T) error) error {
	for _, item := range items {
		if err := check(item); err != nil {
			return err
		}
	}
	return nil
}

// genesisIndex is what was seen so far; its maps are for looking up only.
type genesisIndex struct {
	seen         map[string]bool // of anything, behind its kind
	payments     map[string]Payment
	participants map[string]Participant
	accounts     map[string]Account
	ordinals     map[string]uint32 // by party: how many accounts it has
	listed       map[string]bool   // keys in retirement lists
	listedAt     map[listing]bool  // the same with the heights of the lists
}

type listing struct {
	key    string
	height int64
}

func newGenesisIndex() *genesisIndex {
	return &genesisIndex{
		seen: map[string]bool{}, payments: map[string]Payment{}, participants: map[string]Participant{}, accounts: map[string]Account{},
		ordinals: map[string]uint32{}, listed: map[string]bool{}, listedAt: map[listing]bool{},
	}
}

// once refuses a second thing of a kind under one name.
func (x *genesisIndex) once(kind, name string) error {
	key := kind + " " + name
	if x.seen[key] {
		return ErrGenesisInvalid.Wrapf("%s %q is there twice", kind, name)
	}
	x.seen[key] = true
	return nil
}

func (x *genesisIndex) has(kind, name string) error {
	if !x.seen[kind+" "+name] {
		return ErrGenesisInvalid.Wrapf("%s %q does not exist", kind, name)
	}
	return nil
}

func (x *genesisIndex) addCurrency(c Currency) error {
	return firstOf(c.Validate(), x.once("currency", c.Code))
}

func (x *genesisIndex) addParticipant(p Participant) error {
	x.participants[p.InstitutionId] = p
	return firstOf(
		checkID("institution", p.InstitutionId),
		x.once("participant", p.InstitutionId),
		checkSortedCurrencies(p.Currencies),
		each(p.Currencies, func(code string) error { return x.has("currency", code) }),
		checkDerived(p.ReserveAddress, ReserveAddress(p.InstitutionId)),
	)
}

func (x *genesisIndex) addOutstanding(o Outstanding) error {
	if o.Deposits.IsNil() || o.Reserves.IsNil() || o.Deposits.IsNegative() || o.Reserves.IsNegative() {
		return ErrGenesisInvalid.Wrapf("outstanding in %s is missing or negative", o.Currency)
	}
	if o.Deposits.GT(OutstandingMax()) || o.Reserves.GT(OutstandingMax()) {
		return ErrGenesisInvalid.Wrapf("outstanding in %s exceeds %s", o.Currency, OutstandingMax())
	}
	return firstOf(x.has("currency", o.Currency), x.once("outstanding", o.Currency))
}

func (x *genesisIndex) addAccount(a Account) error {
	bank := x.participants[a.InstitutionId]
	x.accounts[a.Address] = a
	x.ordinals[a.PartyId]++
	return firstOf(
		checkID("party", a.PartyId),
		x.has("participant", a.InstitutionId),
		x.once("account", a.Address),
		checkSortedCurrencies(a.Currencies),
		each(a.Currencies, func(code string) error { return bank.settles(code) }),
		checkAccountStatus(a),
		checkDerived(a.Address, AccountAddress(a.PartyId, a.Ordinal)),
	)
}

func (p Participant) settles(currency string) error {
	if !slices.Contains(p.Currencies, currency) {
		return ErrGenesisInvalid.Wrapf("%s does not settle %s", p.InstitutionId, currency)
	}
	return nil
}

func checkAccountStatus(a Account) error {
	switch a.Status {
	case AccountOpen, AccountBlocked, AccountClosed:
		return nil
	}
	return ErrGenesisInvalid.Wrapf("account %s has status %s", a.Address, a.Status)
}

// checkOrdinals wants a party's accounts to be numbered from 0 without a gap. Addresses are derived from
// the numbers and differ, so it is enough that no number reaches the count.
func (x *genesisIndex) checkOrdinals(accounts []Account) error {
	return each(accounts, func(a Account) error {
		if count := x.ordinals[a.PartyId]; a.Ordinal >= count || count > AccountsPerPartyMax {
			return ErrGenesisInvalid.Wrapf("account %d of party %s, which has %d", a.Ordinal, a.PartyId, count)
		}
		return nil
	})
}

func (x *genesisIndex) addReference(r AccountReference) error {
	return firstOf(
		CheckDigest("reference", r.Digest),
		x.once("reference", string(r.Digest)),
		x.has("account", r.Address),
	)
}

func (x *genesisIndex) addRetirement(r Retirement) error {
	if len(r.Keys) == 0 {
		return ErrGenesisInvalid.Wrapf("retirement of height %d is empty", r.Height)
	}
	if err := x.once("retirement", strconv.FormatInt(r.Height, 10)); err != nil {
		return err
	}
	return each(r.Keys, func(key []byte) error {
		if len(key) != len(PaymentID{}) && len(key) != DigestLength {
			return ErrGenesisInvalid.Wrapf("retirement of height %d holds a key of %d bytes", r.Height, len(key))
		}
		x.listed[string(key)] = true
		x.listedAt[listing{string(key), r.Height}] = true
		return nil
	})
}

func (x *genesisIndex) addPayment(p Payment) error {
	id, err := ParseUETR(p.Uetr)
	if err != nil {
		return err
	}
	x.payments[p.Uetr] = p
	return firstOf(
		x.once("payment", p.Uetr),
		x.once("end-to-end id", p.Debtor+" "+string(p.EndToEndDigest)),
		p.validate(),
		x.has("account", p.Debtor),
		x.checkCreditor(p),
		x.checkListed(id[:], p.Height),
	)
}

// addReturned wants a settled payment of which no more is returned than it paid.
func (x *genesisIndex) addReturned(r Returned) error {
	if err := firstOf(x.has("payment", r.Uetr), x.once("returned", r.Uetr)); err != nil {
		return err
	}
	original := x.payments[r.Uetr]
	if r.Amount.IsNil() || !r.Amount.IsPositive() || r.Amount.GT(original.Amount) ||
		original.Status != PaymentSettled || original.ReturnOf != "" {
		return ErrGenesisInvalid.Wrapf("%s returned of payment %s", r.Amount, r.Uetr)
	}
	return nil
}

// addKeptReturned knows the payment by its leaf alone: it has left state.
func (x *genesisIndex) addKeptReturned(r KeptReturned) error {
	if r.Amount.IsNil() || !r.Amount.IsPositive() || r.Amount.GT(AmountMax()) || r.DecidedAt.IsZero() {
		return ErrGenesisInvalid.Wrapf("%s returned of the payment with the leaf %x", r.Amount, r.Leaf)
	}
	return firstOf(CheckDigest("leaf", r.Leaf), x.once("kept return", string(r.Leaf)))
}

// checkReturnOf wants a return to name a payment and a reason, and no other payment to do so. The original
// may have left state.
func (p Payment) checkReturnOf() error {
	if p.ReturnOf == "" && p.ReturnReason == "" {
		return nil
	}
	_, err := ParseUETR(p.ReturnOf)
	return firstOf(err, checkReason(p.ReturnReason))
}

func (x *genesisIndex) addHold(h Hold) error {
	return firstOf(
		h.validate(),
		x.once("hold", h.Uetr),
		x.has("account", h.Debtor),
		x.has("account", h.Creditor),
	)
}

// validate checks a stored payment by itself.
func (p Payment) validate() error {
	err := firstOf(
		CheckAccount("creditor", p.Creditor),
		CheckCurrencyCode(p.Currency),
		CheckAmount(p.Amount),
		CheckDigest("end-to-end digest", p.EndToEndDigest),
		p.checkReturnOf(),
	)
	if err != nil {
		return err
	}
	if len(p.InstructionDigest) != 0 && len(p.InstructionDigest) != DigestLength {
		return ErrGenesisInvalid.Wrapf("payment %s has an instruction digest of %d bytes", p.Uetr, len(p.InstructionDigest))
	}
	if len(p.DetailsDigest) != 0 && (len(p.DetailsDigest) != DigestLength || p.Status != PaymentSettled) {
		return ErrGenesisInvalid.Wrapf("payment %s of status %s has a digest of details of %d bytes", p.Uetr, p.Status, len(p.DetailsDigest))
	}
	settled := p.Status == PaymentSettled && p.Reason == ""
	rejected := p.Status == PaymentRejected && p.Reason != ""
	if !settled && !rejected {
		return ErrGenesisInvalid.Wrapf("payment %s has status %s and reason %q", p.Uetr, p.Status, p.Reason)
	}
	return nil
}

// checkCreditor wants the creditor of a settled payment to exist; a rejected one may have named nobody.
func (x *genesisIndex) checkCreditor(p Payment) error {
	if p.Status != PaymentSettled {
		return nil
	}
	return x.has("account", p.Creditor)
}

// checkListed wants a payment in the list of the block that decided it: else it would stay for ever.
func (x *genesisIndex) checkListed(key []byte, height int64) error {
	if !x.listedAt[listing{string(key), height}] {
		return ErrGenesisInvalid.Wrapf("%x of height %d is not listed to leave state then", key, height)
	}
	return nil
}

func (x *genesisIndex) addInstruction(i Instruction) error {
	err := firstOf(
		CheckDigest("instruction digest", i.Digest),
		CheckDigest("content digest", i.ContentDigest),
		x.once("instruction", string(i.Digest)),
	)
	if err == nil && !x.listed[string(i.Digest)] {
		return ErrGenesisInvalid.Wrapf("instruction %x is not listed to leave state", i.Digest)
	}
	return err
}

func checkSortedCurrencies(codes []string) error {
	if !slices.IsSorted(codes) {
		return ErrGenesisInvalid.Wrap("currencies are not sorted")
	}
	return CheckCurrencies(codes)
}

// checkDerived compares the bytes of a bech32 address with those that it must be derived from.
func checkDerived(address string, want []byte) error {
	_, bytes, err := bech32.DecodeAndConvert(address)
	if err != nil {
		return ErrAddressInvalid.Wrap(err.Error())
	}
	if !slices.Equal(bytes, want) {
		return ErrGenesisInvalid.Wrapf("%s is not the address of its owner", address)
	}
	return nil
}
