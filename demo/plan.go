package demo

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"cosmossdk.io/math"

	"github.com/zhilian-network/zhilian/iso20022"
	"github.com/zhilian-network/zhilian/iso20022/identifier"
	"github.com/zhilian-network/zhilian/iso20022/money"
	"github.com/zhilian-network/zhilian/localnet/network"
)

// fundingFactor is how many times what its files spend an account or a bank starts with.
const fundingFactor = 2

// plan is the network that payment files imply: the banks, customers and accounts that they name.
type plan struct {
	banks    []*bank
	parties  []*party
	accounts []*account

	bankByKey    map[string]*bank // "bic:…", "cnaps:…", "lei:…", "member:…", "iban:…"
	partyByName  map[string]*party
	accountByKey map[string]*account
}

type bank struct {
	entry   network.Institution
	outflow map[string]math.Int
}

type party struct {
	entry network.Party
}

type account struct {
	bank       *bank
	party      *party
	iban       string
	number     string
	currencies []string
	outflow    map[string]math.Int
}

// newPlan reads the network off the payments that can be settled at all. Refused ones name parties
// that nobody needs.
func newPlan(messages []*iso20022.Message) *plan {
	p := &plan{
		bankByKey:    map[string]*bank{},
		partyByName:  map[string]*party{},
		accountByKey: map[string]*account{},
	}
	// Banks that are named come first, so that an account without a bank finds the one that its
	// IBAN belongs to, whatever the order of the files.
	p.eachSettleable(messages, func(instruction *iso20022.Instruction, transfer *iso20022.Transfer) {
		p.nameBank(instruction.DebtorAgent, instruction.DebtorAccount)
		p.nameBank(transfer.CreditorAgent, transfer.CreditorAccount)
	})
	p.eachSettleable(messages, func(instruction *iso20022.Instruction, transfer *iso20022.Transfer) {
		debtor := p.account(instruction.DebtorAgent, instruction.DebtorAccount, instruction.Debtor, nil)
		creditor := p.account(transfer.CreditorAgent, transfer.CreditorAccount, transfer.Creditor, debtor.bank)
		currency := transfer.Amount.Currency
		debtor.hold(currency)
		creditor.hold(currency)
		add(debtor.outflow, currency, transfer.Amount.Minor)
		if creditor.bank != debtor.bank {
			add(debtor.bank.outflow, currency, transfer.Amount.Minor)
		}
	})
	return p
}

func (p *plan) eachSettleable(messages []*iso20022.Message, visit func(*iso20022.Instruction, *iso20022.Transfer)) {
	for _, message := range messages {
		for i := range message.Instructions {
			instruction := &message.Instructions[i]
			for j := range instruction.Transfers {
				if instruction.Transfers[j].Refusal == nil {
					visit(instruction, &instruction.Transfers[j])
				}
			}
		}
	}
}

// nameBank makes known the bank that an agent names, and which IBANs are its own.
func (p *plan) nameBank(agent iso20022.Agent, account iso20022.Account) {
	keys := agentKeys(agent)
	if len(keys) == 0 {
		return
	}
	bank := p.bankOf(keys, agent)
	if key := ibanKey(account); key != "" && p.bankByKey[key] == nil {
		p.bankByKey[key] = bank
	}
}

func (p *plan) bankOf(keys []string, agent iso20022.Agent) *bank {
	var found *bank
	for _, key := range keys {
		if known := p.bankByKey[key]; known != nil && found == nil {
			found = known
		}
	}
	if found == nil {
		found = &bank{entry: network.Institution{Kind: network.KindBank}, outflow: map[string]math.Int{}}
		p.banks = append(p.banks, found)
	}
	for _, key := range keys {
		if p.bankByKey[key] == nil {
			p.bankByKey[key] = found
		}
	}
	found.learn(agent)
	if found.entry.ID == "" {
		found.entry.ID = p.newBankID(keys[0], agent)
	}
	if found.entry.Name == "" {
		found.entry.Name = found.entry.ID
	}
	return found
}

// learn fills in the identifiers that an agent adds to what is known of its bank.
func (b *bank) learn(agent iso20022.Agent) {
	if b.entry.BIC == "" {
		b.entry.BIC = agent.BIC
	}
	if b.entry.LEI == "" {
		b.entry.LEI = agent.LEI
	}
	if isCNAPS(agent) && b.entry.CNAPS == "" {
		b.entry.CNAPS = agent.MemberID
	}
	if member := clearingMember(agent); member != "" && !slices.Contains(b.entry.ClearingMembers, member) {
		b.entry.ClearingMembers = append(b.entry.ClearingMembers, member)
		slices.Sort(b.entry.ClearingMembers)
	}
	if b.entry.Name == "" {
		b.entry.Name = agent.Name
	}
}

// newBankID makes an id out of the identifier that the file gives: "ICBKCNBJ", "CNAPS102100099996".
func (p *plan) newBankID(key string, agent iso20022.Agent) string {
	kind, value, _ := strings.Cut(key, ":")
	var id string
	switch {
	case agent.BIC != "":
		id = strings.TrimSuffix(agent.BIC, "XXX")
	case kind == "iban":
		id = value
	default:
		id = strings.ToUpper(kind) + keepAlphanumeric(strings.ToUpper(value))
	}
	if id == "" || id[0] < 'A' || id[0] > 'Z' {
		id = "B" + id
	}
	const longest = 28 // leaves room for a number within 32
	id = id[:min(len(id), longest)]
	for candidate, n := id, 2; ; n++ {
		if !slices.ContainsFunc(p.banks, func(b *bank) bool { return b.entry.ID == candidate }) {
			return candidate
		}
		candidate = fmt.Sprintf("%sN%d", id, n)
	}
}

// account finds or opens the account. A bank that the file does not name is the one that the IBAN
// belongs to, or else the fallback.
func (p *plan) account(agent iso20022.Agent, named iso20022.Account, owner iso20022.Party, fallback *bank) *account {
	if named.IBAN != "" {
		if known := p.accountByKey["iban:"+named.IBAN]; known != nil {
			return known
		}
	}
	home := p.homeBank(agent, named, fallback)
	key := "iban:" + named.IBAN
	if named.IBAN == "" {
		key = "number:" + home.entry.ID + ":" + named.Other
	}
	if known := p.accountByKey[key]; known != nil {
		return known
	}
	opened := &account{
		bank: home, party: p.party(home, owner, key),
		iban: named.IBAN, outflow: map[string]math.Int{},
	}
	if named.IBAN == "" {
		opened.number = named.Other
	}
	p.accounts = append(p.accounts, opened)
	p.accountByKey[key] = opened
	return opened
}

func (p *plan) homeBank(agent iso20022.Agent, named iso20022.Account, fallback *bank) *bank {
	if keys := agentKeys(agent); len(keys) > 0 {
		return p.bankOf(keys, agent)
	}
	if key := ibanKey(named); key != "" {
		return p.bankOf([]string{key}, iso20022.Agent{})
	}
	if fallback != nil {
		return fallback
	}
	return p.bankOf([]string{"house:BANK"}, iso20022.Agent{Name: agent.Name})
}

// party is one customer for each name at each bank; a customer without a name has one account.
func (p *plan) party(home *bank, owner iso20022.Party, accountKey string) *party {
	key := home.entry.ID + "\x00" + owner.Name
	if owner.Name == "" {
		key = accountKey
	}
	if known := p.partyByName[key]; known != nil {
		return known
	}
	kind := network.PartyLegal
	if owner.Person {
		kind = network.PartyNatural
	}
	added := &party{entry: network.Party{
		ID:          fmt.Sprintf("P%04d", len(p.parties)+1),
		Name:        owner.Name,
		Institution: home.entry.ID,
		Kind:        kind,
	}}
	p.parties = append(p.parties, added)
	p.partyByName[key] = added
	return added
}

func (a *account) hold(currency string) {
	if !slices.Contains(a.currencies, currency) {
		a.currencies = append(a.currencies, currency)
		slices.Sort(a.currencies)
	}
}

// file writes the plan as a network file with funds for everything that the payments need.
func (p *plan) file(validators int) *network.File {
	if len(p.banks) == 0 {
		// No payment can be settled; a network is still needed to say so.
		file := network.Default()
		file.Validators = network.Validators{Count: validators}
		return file
	}
	file := &network.File{ChainID: "zhilian-demo-1", Validators: network.Validators{Count: validators}}
	file.Institutions = append(file.Institutions, network.Institution{
		ID: "ZLSETTLE", Name: "Settlement agent of the demonstration", Kind: network.KindCentralBank,
	})
	for _, bank := range p.banks {
		bank.entry.Reserves = funds(bank.outflow)
		file.Institutions = append(file.Institutions, bank.entry)
	}
	for _, party := range p.parties {
		file.Parties = append(file.Parties, party.entry)
	}
	for _, account := range p.accounts {
		file.Accounts = append(file.Accounts, network.Account{
			Party: account.party.entry.ID, IBAN: account.iban, Number: account.number,
			Currencies: account.currencies, Balances: funds(account.outflow),
		})
		for _, currency := range account.currencies {
			if !slices.Contains(file.Currencies, currency) {
				file.Currencies = append(file.Currencies, currency)
			}
		}
	}
	sort.Strings(file.Currencies)
	return file
}

// funds gives what is spent several times over, as far as an amount can go.
func funds(outflow map[string]math.Int) map[string]string {
	amounts := map[string]string{}
	most := math.NewInt(1<<63 - 1)
	for currency, spent := range outflow {
		amounts[currency] = money.FormatMinor(currency, math.MinInt(spent.MulRaw(fundingFactor), most))
	}
	return amounts
}

func add(sums map[string]math.Int, currency string, amount math.Int) {
	if sum, ok := sums[currency]; ok {
		amount = sum.Add(amount)
	}
	sums[currency] = amount
}

// agentKeys are the names under which an agent's bank is known, the strongest first.
func agentKeys(agent iso20022.Agent) []string {
	var keys []string
	if agent.BIC != "" {
		keys = append(keys, "bic:"+strings.TrimSuffix(agent.BIC, "XXX"))
	}
	if isCNAPS(agent) {
		keys = append(keys, "cnaps:"+agent.MemberID)
	}
	if agent.LEI != "" {
		keys = append(keys, "lei:"+agent.LEI)
	}
	if member := clearingMember(agent); member != "" {
		keys = append(keys, "member:"+member)
	}
	if len(keys) == 0 && agent.Name != "" && agent.MemberID == "" {
		keys = append(keys, "name:"+agent.Name)
	}
	return keys
}

// isCNAPS tells a CNAPS bank number, which some systems write without naming CNAPS.
func isCNAPS(agent iso20022.Agent) bool {
	switch agent.ClearingSystem {
	case "CNAPS", "":
		return agent.MemberID != "" && identifier.CheckCNAPS(agent.MemberID) == nil
	}
	return false
}

// clearingMember names a member of another clearing system: "USABA:021000021".
func clearingMember(agent iso20022.Agent) string {
	if agent.MemberID == "" || agent.ClearingSystem == "" || isCNAPS(agent) {
		return ""
	}
	return agent.ClearingSystem + ":" + agent.MemberID
}

// ibanKey names the bank that an IBAN belongs to by country and the first four characters of the
// bank code: enough to tell the banks of one file apart.
func ibanKey(account iso20022.Account) string {
	const checkDigitsEnd, bankCodeEnd = 4, 8
	if len(account.IBAN) < bankCodeEnd {
		return ""
	}
	return "iban:" + account.IBAN[:2] + account.IBAN[checkDigitsEnd:bankCodeEnd]
}

func keepAlphanumeric(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, text)
}
