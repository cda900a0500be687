package network

import (
	"errors"
	"fmt"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"cosmossdk.io/math"

	"github.com/zhilian-network/zhilian/iso20022/identifier"
	"github.com/zhilian-network/zhilian/iso20022/money"
)

// Values of what the file may leave out.
const (
	DefaultChainID    = "zhilian-local-1"
	DefaultValidators = 4
)

// MaxValidators bounds the nodes of one machine.
const MaxValidators = 64

// Bounds of a network file. The first seven are those of the chain.
const (
	maxNameRunes       = 140
	maxCurrencies      = 32
	maxKYCLevel        = 3
	maxClearingMembers = 8
	maxClearingMember  = 64
	maxPower           = 1_000_000
	maxBusinessDay     = 2 * day // the times of disputes in such days are within what x/settlement keeps
	maxInstitutions    = 500
	maxParties         = 20_000
	maxAccounts        = 100_000
	maxNumberRunes     = 34 // of ISO 20022's account identification
	// maxAmountDigits keeps the sum over all accounts within what may be outstanding, 2^127-1.
	maxAmountDigits    = 30
	minDowntimeHeadway = 2 // misses that a validator may have before it is jailed, at least
)

var (
	chainIDForm     = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9-]{2,49}$`)
	institutionForm = regexp.MustCompile(`^[A-Z][A-Z0-9]{3,31}$`)
	partyForm       = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)
	amountForm      = regexp.MustCompile(`^[0-9]+(\.[0-9]+)?$`)
	// A clearing system's code or own name, and the member's id in it; ISO 20022 gives each 35.
	countryForm  = regexp.MustCompile(`^[A-Z]{2}$`)
	clearingForm = regexp.MustCompile(`^[A-Za-z0-9]{1,35}:[!-~]{1,35}$`)
)

// Validate reports everything that is wrong, as Problems. Account numbers are never repeated in a
// message.
func (f *File) Validate() error {
	return f.Completed().validate()
}

func (f *File) validate() error {
	var p Problems
	if !chainIDForm.MatchString(f.ChainID) {
		p.add("chain_id", "must be 3 to 50 letters, digits and hyphens, a letter first")
	}
	p.checkCurrencies(f)
	p.checkInstitutions(f)
	p.checkParties(f)
	p.checkAccounts(f)
	p.checkValidators(f)
	p.checkSettings(f.Settings)
	if len(p) > 0 {
		return p
	}
	return nil
}

func (p *Problems) checkCurrencies(f *File) {
	if len(f.Currencies) == 0 {
		p.add("currencies", "is missing; name at least one ISO 4217 code, such as [CNY]")
	}
	p.checkCount("currencies", len(f.Currencies), maxCurrencies)
	for i, code := range f.Currencies {
		path := at("currencies", i)
		if _, ok := money.MinorUnits(code); !ok {
			p.add(path, quoted(code)+" is not an ISO 4217 currency that can be paid")
		}
		if slices.Index(f.Currencies, code) < i {
			p.add(path, code+" stands here twice")
		}
	}
}

func (p *Problems) checkInstitutions(f *File) {
	if len(f.Institutions) == 0 {
		p.add("institutions", "is missing; a network has at least one")
	}
	p.checkCount("institutions", len(f.Institutions), maxInstitutions)
	var seen uniqueness
	for i, institution := range f.Institutions {
		path := at("institutions", i)
		p.checkInstitution(path, institution, f.Currencies)
		p.checkUnique(&seen, path+".id", "id", institution.ID)
		p.checkUnique(&seen, path+".bic", "bic", fullBIC(institution.BIC))
		p.checkUnique(&seen, path+".cnaps", "cnaps", institution.CNAPS)
		p.checkUnique(&seen, path+".lei", "lei", institution.LEI)
		p.checkUnique(&seen, path+".uscc", "uscc", institution.USCC)
		for k, member := range institution.ClearingMembers {
			p.checkUnique(&seen, at(path+".clearing_members", k), "clearing_members", member)
		}
	}
}

func (p *Problems) checkInstitution(path string, institution Institution, network []string) {
	if !institutionForm.MatchString(institution.ID) {
		p.add(path+".id", "must be 4 to 32 characters A-Z and 0-9, a letter first, such as BQDQ")
	}
	if length := utf8.RuneCountInString(institution.Name); length == 0 || length > maxNameRunes {
		p.add(path+".name", fmt.Sprintf("must be the legal name, 1 to %d characters", maxNameRunes))
	}
	p.checkIdentifier(path+".bic", institution.BIC, identifier.CheckBIC)
	p.checkIdentifier(path+".cnaps", institution.CNAPS, identifier.CheckCNAPS)
	p.checkIdentifier(path+".lei", institution.LEI, identifier.CheckLEI)
	p.checkIdentifier(path+".uscc", institution.USCC, identifier.CheckUSCC)
	if institution.Country != "" && !countryForm.MatchString(institution.Country) {
		p.add(path+".country", "must be two capital letters, such as CN (ISO 3166-1 alpha-2)")
	}

	p.checkCount(path+".clearing_members", len(institution.ClearingMembers), maxClearingMembers)
	for i, member := range institution.ClearingMembers {
		if len(member) > maxClearingMember || !clearingForm.MatchString(member) {
			p.add(at(path+".clearing_members", i), "must be CODE:MEMBER, such as USABA:021000021, at most 64 characters")
		}
	}

	switch institution.Kind {
	case KindBank:
		p.checkSubset(path+".currencies", institution.Currencies, network, "the network")
		p.checkOpening(path+".reserves", institution.Reserves, institution.Currencies, "the bank")
	case KindCentralBank, KindRegulator, KindMember, KindDataProvider:
		if len(institution.Reserves) > 0 || len(institution.Currencies) > 0 {
			p.add(path, "only an institution of kind bank has currencies and reserves")
		}
	default:
		p.add(path+".kind", "must be bank, central_bank, regulator, member or data_provider")
	}
}

func (p *Problems) checkParties(f *File) {
	p.checkCount("parties", len(f.Parties), maxParties)
	kinds := make(map[string]string, len(f.Institutions))
	for _, institution := range f.Institutions {
		kinds[institution.ID] = institution.Kind
	}
	var seen uniqueness
	for i, party := range f.Parties {
		path := at("parties", i)
		if !partyForm.MatchString(party.ID) {
			p.add(path+".id", "must be 1 to 64 characters A-Z, a-z, 0-9, hyphen, underscore or point")
		}
		p.checkUnique(&seen, path+".id", "id", party.ID)
		if _, taken := kinds[party.ID]; taken {
			p.add(path+".id", "is the id of an institution")
		}
		if kinds[party.Institution] != KindBank {
			p.add(path+".institution", quoted(party.Institution)+" is not a bank of this file")
		}
		if party.Kind != PartyLegal && party.Kind != PartyNatural {
			p.add(path+".kind", "must be legal or natural")
		}
		if party.KYCLevel < 1 || party.KYCLevel > maxKYCLevel {
			p.add(path+".kyc_level", "must be 1, 2 or 3")
		}
	}
}

func (p *Problems) checkAccounts(f *File) {
	p.checkCount("accounts", len(f.Accounts), maxAccounts)
	banks := f.banksOfParties()
	var seen uniqueness
	for i, account := range f.Accounts {
		path := at("accounts", i)
		bank, ok := banks[account.Party]
		if !ok {
			p.add(path+".party", quoted(account.Party)+" is not a party of this file")
			continue
		}
		p.checkNumbers(&seen, path, account, bank.ID)
		p.checkSubset(path+".currencies", account.Currencies, bank.Currencies, "its bank")
		p.checkOpening(path+".balances", account.Balances, account.Currencies, "the account")
	}
}

func (p *Problems) checkNumbers(seen *uniqueness, path string, account Account, bank string) {
	if account.IBAN == "" && account.Number == "" {
		p.add(path, "needs an iban or a number: an account without one can never be paid by a file")
	}
	if account.IBAN != "" {
		p.checkIdentifier(path+".iban", account.IBAN, identifier.CheckIBAN)
		p.checkUnique(seen, path+".iban", "iban", account.IBAN)
	}
	if account.Number == "" {
		return
	}
	number := withoutSpaces(account.Number)
	if length := utf8.RuneCountInString(account.Number); number == "" || length > maxNumberRunes || strings.ContainsFunc(number, isUnprintable) {
		p.add(path+".number", fmt.Sprintf("must be 1 to %d characters that can be printed", maxNumberRunes))
	}
	p.checkUnique(seen, path+".number", "number at "+bank, number)
}

// withoutSpaces is how the digest of a number sees it.
func withoutSpaces(number string) string { return strings.Join(strings.Fields(number), "") }

func isUnprintable(r rune) bool { return !unicode.IsPrint(r) }

func (p *Problems) checkValidators(f *File) {
	if f.Validators.List == nil {
		if f.Validators.Count < 1 || f.Validators.Count > MaxValidators {
			p.add("validators", fmt.Sprintf("must be 1 to %d", MaxValidators))
		}
		return
	}
	if len(f.Validators.List) == 0 {
		p.add("validators", "is an empty list; a network has at least one validator")
	}
	p.checkCount("validators", len(f.Validators.List), MaxValidators)
	var seen uniqueness
	for i, validator := range f.Validators.List {
		path := at("validators", i)
		place := slices.IndexFunc(f.Institutions, func(in Institution) bool { return in.ID == validator.Institution })
		if place < 0 || !MayValidate(f.Institutions[place].Kind) {
			p.add(path+".institution", quoted(validator.Institution)+" is not a bank, central bank or member of this file")
		}
		p.checkUnique(&seen, path+".institution", "institution", validator.Institution)
		if validator.Power < 1 || validator.Power > maxPower {
			p.add(path+".power", fmt.Sprintf("must be 1 to %d", maxPower))
		}
	}
}

func (p *Problems) checkSettings(settings Settings) {
	points, most := settings.DowntimePointsPerMiss, settings.DowntimePointsMax
	if points > 0 && most > 0 && most/points < minDowntimeHeadway {
		p.add("settings.downtime_points_max", "must be at least twice downtime_points_per_miss: one missed block must not jail")
	}
	if length := time.Duration(settings.BusinessDay); length%time.Second != 0 || length > maxBusinessDay {
		p.add("settings.business_day", "must be whole seconds, at most 2d")
	}
}

// MayValidate reports whether an institution of a kind takes part in consensus: those that vote.
func MayValidate(kind string) bool {
	return kind == KindBank || kind == KindCentralBank || kind == KindMember
}

// checkSubset checks the currencies of a bank or an account.
func (p *Problems) checkSubset(path string, codes, allowed []string, owner string) {
	if len(codes) == 0 && len(allowed) > 0 {
		p.add(path, "is empty")
	}
	for i, code := range codes {
		if !slices.Contains(allowed, code) {
			p.add(at(path, i), quoted(code)+" is not a currency of "+owner)
		}
		if slices.Index(codes, code) < i {
			p.add(at(path, i), quoted(code)+" stands here twice")
		}
	}
}

func (p *Problems) checkOpening(path string, amounts map[string]string, allowed []string, owner string) {
	for _, code := range sortedKeys(amounts) {
		if !slices.Contains(allowed, code) {
			p.add(below(path, code), quoted(code)+" is not a currency of "+owner)
			continue
		}
		if _, err := MinorUnits(code, amounts[code]); err != nil {
			p.add(below(path, code), err.Error())
		}
	}
}

// MinorUnits reads an opening amount such as "1000000.00" exactly. 0 is allowed, and more than one
// payment can move: an opening balance may be the sum of many.
func MinorUnits(code, text string) (math.Int, error) {
	digits, ok := money.MinorUnits(code)
	if !ok {
		return math.Int{}, errors.New("is not an amount of an ISO 4217 currency")
	}
	if !amountForm.MatchString(text) {
		return math.Int{}, errors.New(`must be digits with at most one point between them, such as "1000000.00"`)
	}
	whole, fraction, _ := strings.Cut(text, ".")
	if len(fraction) > digits {
		return math.Int{}, fmt.Errorf("%s has %d decimals, the amount has %d", code, digits, len(fraction))
	}
	if len(whole) > maxAmountDigits {
		return math.Int{}, fmt.Errorf("has more than %d digits before the point", maxAmountDigits)
	}
	padded := whole + fraction + strings.Repeat("0", digits-len(fraction))
	// Not math.NewIntFromString: it takes a leading zero for octal.
	minor, ok := new(big.Int).SetString(padded, 10)
	if !ok {
		return math.Int{}, errors.New("is not a number") // the form is checked above
	}
	return math.NewIntFromBigInt(minor), nil
}

func (p *Problems) checkIdentifier(path, value string, check func(string) error) {
	if value == "" {
		return
	}
	if err := check(value); err != nil {
		p.add(path, err.Error())
	}
}

func (p *Problems) checkCount(path string, n, most int) {
	if n > most {
		p.add(path, fmt.Sprintf("has %d entries; %d is the most", n, most))
	}
}

// uniqueness remembers values by scheme and where each was seen first.
type uniqueness map[[2]string]string

func (p *Problems) checkUnique(seen *uniqueness, path, scheme, value string) {
	if value == "" {
		return
	}
	if *seen == nil {
		*seen = make(uniqueness)
	}
	key := [2]string{scheme, value}
	if first, ok := (*seen)[key]; ok {
		p.add(path, "is the same as "+first)
		return
	}
	(*seen)[key] = path
}

// banksOfParties maps each party to its bank; parties of unknown banks are left out.
func (f *File) banksOfParties() map[string]Institution {
	institutions := make(map[string]Institution, len(f.Institutions))
	for _, institution := range f.Institutions {
		institutions[institution.ID] = institution
	}
	banks := make(map[string]Institution, len(f.Parties))
	for _, party := range f.Parties {
		banks[party.ID] = institutions[party.Institution]
	}
	return banks
}

// fullBIC makes BIC8 and the head office's BIC11 one.
func fullBIC(bic string) string {
	if len(bic) == 8 {
		return bic + identifier.HeadOffice
	}
	return bic
}

func at(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }

// quoted shows a value of the file, shortened: it may be anything.
func quoted(value string) string {
	const most = 40
	if utf8.RuneCountInString(value) > most {
		value = string([]rune(value)[:most]) + "…"
	}
	return strconv.Quote(value)
}
