package network

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"
)

// File describes a network. One that was made by a program may leave out what a file may; Completed
// fills it in.
type File struct {
	// ChainID is the id of the chain, e.g. "zhilian-local-1".
	ChainID string `json:"chain_id"`
	// Currencies are the ISO 4217 codes that the network settles.
	Currencies []string `json:"currencies"`
	// Institutions are the members.
	Institutions []Institution `json:"institutions"`
	// Parties are the banks' customers.
	Parties []Party `json:"parties,omitempty"`
	// Accounts are the customers' settlement accounts. A party's accounts are numbered in the
	// order of the file, from 0; the number is part of the account's address.
	Accounts []Account `json:"accounts,omitempty"`
	// Validators say how many nodes there are and who runs them.
	Validators Validators `json:"validators,omitzero"`
	// Settings replace the modules' defaults.
	Settings Settings `json:"settings,omitzero"`
}

// Kinds of institutions.
const (
	KindBank        = "bank"
	KindCentralBank = "central_bank"
	KindRegulator   = "regulator"
	KindMember      = "member"
	// KindDataProvider attests facts about parties.
	KindDataProvider = "data_provider"
)

// Institution is a member of the network.
type Institution struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Kind  string `json:"kind"`
	BIC   string `json:"bic,omitempty"`
	CNAPS string `json:"cnaps,omitempty"`
	LEI   string `json:"lei,omitempty"`
	USCC  string `json:"uscc,omitempty"`
	// Country of the seat, ISO 3166-1 alpha-2; one with a BIC needs none.
	Country string `json:"country,omitempty"`
	// ClearingMembers are memberships in other clearing systems, "CODE:MEMBER": "USABA:021000021".
	ClearingMembers []string `json:"clearing_members,omitempty"`
	// Currencies that a bank settles; empty stands for all of the network.
	Currencies []string `json:"currencies,omitempty"`
	// Reserves that a bank starts with, by currency, in major units: "1000000.00".
	Reserves map[string]string `json:"reserves,omitempty"`
}

// Kinds of parties.
const (
	PartyLegal   = "legal"
	PartyNatural = "natural"
)

// Party is a customer of one bank.
type Party struct {
	ID string `json:"id"`
	// Name stays in the file: no personal data goes on the chain.
	Name        string `json:"name,omitempty"`
	Institution string `json:"institution"`
	Kind        string `json:"kind"`
	// KYCLevel is the depth of customer due diligence, 1 to 3; 0 stands for 1.
	KYCLevel uint32 `json:"kyc_level,omitempty"`
}

// Account is a settlement account of a party, found by an IBAN, by the bank's own number, or by both.
type Account struct {
	Party  string `json:"party"`
	IBAN   string `json:"iban,omitempty"`
	Number string `json:"number,omitempty"`
	// Currencies that the account may hold; empty stands for all that its bank settles.
	Currencies []string `json:"currencies,omitempty"`
	// Balances that it starts with, by currency, in major units: "25000.00".
	Balances map[string]string `json:"balances,omitempty"`
}

// Validators is either a count or a list. With a count, institutions take part in the order of the
// file, and members NODE01, NODE02, … are added if there are too few.
type Validators struct {
	Count int
	List  []Validator
}

// Validator is one node that takes part in consensus.
type Validator struct {
	Institution string `json:"institution"`
	// Power is the voting power in consensus; 0 stands for DefaultPower.
	Power int64 `json:"power,omitempty"`
}

// DefaultPower is the voting power of a validator that the file gives none.
const DefaultPower = 10

// Settings replace defaults of the modules; what is zero keeps the default.
type Settings struct {
	// RetentionPeriod is how long a decided payment stays in state.
	RetentionPeriod Duration `json:"retention_period,omitempty"`
	// RetirementsPerBlockMax bounds the payments that leave state in one block.
	RetirementsPerBlockMax uint32 `json:"retirements_per_block_max,omitempty"`
	// OperatorQuotaPerBlock bounds an operator's units of work in one block.
	OperatorQuotaPerBlock uint64 `json:"operator_quota_per_block,omitempty"`
	// VotingPeriod is how long a proposal is open.
	VotingPeriod Duration `json:"voting_period,omitempty"`
	// DowntimePointsPerMiss is what a missed block adds to a validator's downtime.
	DowntimePointsPerMiss uint64 `json:"downtime_points_per_miss,omitempty"`
	// DowntimePointsMax is the downtime at which a validator is jailed.
	DowntimePointsMax uint64 `json:"downtime_points_max,omitempty"`
	// JailPeriod is how long a jailed validator stays out at least.
	JailPeriod Duration `json:"jail_period,omitempty"`
	// BusinessDay is how long a business day of financing and of disputes is: due dates, accruals and deadlines count such days.
	BusinessDay Duration `json:"business_day,omitempty"`
}

// MarshalJSON writes the form that the file had.
func (v Validators) MarshalJSON() ([]byte, error) {
	if v.List != nil {
		return json.Marshal(v.List)
	}
	return json.Marshal(v.Count)
}

// UnmarshalJSON reads a count or a list. Unknown keys have been refused before, with their path.
func (v *Validators) UnmarshalJSON(text []byte) error {
	if strings.HasPrefix(strings.TrimSpace(string(text)), "[") {
		return json.Unmarshal(text, &v.List)
	}
	return json.Unmarshal(text, &v.Count)
}

// Duration is a length of time, written "720h", "90m", or in whole days "30d".
type Duration time.Duration

const day = 24 * time.Hour

// MarshalText writes whole days as days and anything else as Go does.
func (d Duration) MarshalText() ([]byte, error) {
	if length := time.Duration(d); length != 0 && length%day == 0 {
		return []byte(strconv.FormatInt(int64(length/day), 10) + "d"), nil
	}
	return []byte(time.Duration(d).String()), nil
}

// UnmarshalText reads what MarshalText writes.
func (d *Duration) UnmarshalText(text []byte) error {
	length, err := parseDuration(string(text))
	if err != nil || length <= 0 {
		return errors.New(`must be a length of time above 0, such as "720h" or "30d"`)
	}
	*d = Duration(length)
	return nil
}

func parseDuration(text string) (time.Duration, error) {
	days, inDays := strings.CutSuffix(text, "d")
	if !inDays {
		return time.ParseDuration(text)
	}
	n, err := strconv.ParseUint(days, 10, 16) // 179 years; more would overflow nanoseconds
	if err != nil {
		return 0, err
	}
	return time.Duration(n) * day, nil
}
