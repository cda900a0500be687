package genesis

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"cosmossdk.io/core/address"

	"github.com/cosmos/cosmos-sdk/codec"
	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	cryptotypes "github.com/cosmos/cosmos-sdk/crypto/types"
	sdk "github.com/cosmos/cosmos-sdk/types"
	authtypes "github.com/cosmos/cosmos-sdk/x/auth/types"

	"github.com/zhilian-network/zhilian/localnet/network"
	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	consortiumtypes "github.com/zhilian-network/zhilian/x/consortium/types"
	credittypes "github.com/zhilian-network/zhilian/x/credit/types"
	disputetypes "github.com/zhilian-network/zhilian/x/dispute/types"
	financingtypes "github.com/zhilian-network/zhilian/x/financing/types"
	ledgertypes "github.com/zhilian-network/zhilian/x/ledger/types"
	settlementtypes "github.com/zhilian-network/zhilian/x/settlement/types"
	vaulttypes "github.com/zhilian-network/zhilian/x/vault/types"
)

// Digester gives the keyed digests of account numbers; reference.Key of the gateway is one.
type Digester interface {
	IBAN(iban string) []byte
	Other(institutionID, number string) []byte
}

// Operator is an actor with the address of its key.
type Operator struct {
	Actor
	Address sdk.AccAddress
}

// Facts are what a genesis is made of.
type Facts struct {
	File *network.File // valid, with its validators named (network.File.WithValidators)
	// ConsensusKeys are the validators' keys, in the order of File.Validators.List.
	ConsensusKeys []cryptotypes.PubKey
	Operators     []Operator
	Digests       Digester
	Addresses     address.Codec
}

// State is the first state of each module.
type State struct {
	Auth       *authtypes.GenesisState
	Access     *accesstypes.GenesisState
	Consortium *consortiumtypes.GenesisState
	Ledger     *ledgertypes.GenesisState
	Settlement *settlementtypes.GenesisState
	Vault      *vaulttypes.GenesisState
	Credit     *credittypes.GenesisState
	Financing  *financingtypes.GenesisState
	Dispute    *disputetypes.GenesisState
}

// Build makes the state and validates it.
func Build(facts Facts) (*State, error) {
	if want := len(facts.File.Validators.List); len(facts.ConsensusKeys) != want {
		return nil, fmt.Errorf("genesis: %d validators are named, and there are %d consensus keys", want, len(facts.ConsensusKeys))
	}
	b := builder{Facts: facts, sums: map[string]*sums{}}
	b.state.Vault = vaulttypes.DefaultGenesis()   // records come when there are people to put them
	b.state.Credit = credittypes.DefaultGenesis() // and attestations with their consent
	b.financing()
	b.dispute()
	steps := []func() error{b.access, b.auth, b.consortium, b.participants, b.accounts, b.outstandings}
	for _, step := range steps {
		if err := step(); err != nil {
			return nil, fmt.Errorf("genesis: %w", err)
		}
	}
	b.sort()
	if err := b.state.Validate(); err != nil {
		return nil, err
	}
	return &b.state, nil
}

// AppState is the state as it stands in genesis.json.
func (s *State) AppState(cdc codec.JSONCodec) (json.RawMessage, error) {
	modules := map[string]codec.ProtoMarshaler{}
	modules[authtypes.ModuleName] = s.Auth
	modules[accesstypes.ModuleName] = s.Access
	modules[consortiumtypes.ModuleName] = s.Consortium
	modules[ledgertypes.ModuleName] = s.Ledger
	modules[settlementtypes.ModuleName] = s.Settlement
	modules[vaulttypes.ModuleName] = s.Vault
	modules[credittypes.ModuleName] = s.Credit
	modules[financingtypes.ModuleName] = s.Financing
	modules[disputetypes.ModuleName] = s.Dispute

	appState := make(map[string]json.RawMessage, len(modules))
	for name, state := range modules {
		text, err := cdc.MarshalJSON(state)
		if err != nil {
			return nil, fmt.Errorf("genesis of %s: %w", name, err)
		}
		appState[name] = text
	}
	return json.MarshalIndent(appState, "", "  ")
}

// builder collects the state step by step.
type builder struct {
	Facts
	state State
	sums  map[string]*sums
}

// firstHolder is the person who holds the first key of each institution and party, by a name of its own.
const firstHolder = "administrator"

func (b *builder) access() error {
	genesis := accesstypes.DefaultGenesis()
	genesis.Roles = Roles()
	if quota := b.File.Settings.OperatorQuotaPerBlock; quota > 0 {
		genesis.Params.DefaultQuotaPerBlock = quota
	}
	for _, institution := range b.File.Institutions {
		genesis.Institutions = append(genesis.Institutions, accesstypes.Institution{
			Id:              institution.ID,
			Name:            institution.Name,
			Kind:            institutionKind(institution.Kind),
			Status:          accesstypes.MemberStatus_MEMBER_STATUS_ACTIVE,
			Bic:             institution.BIC,
			Lei:             institution.LEI,
			Uscc:            institution.USCC,
			Cnaps:           institution.CNAPS,
			Country:         institution.Country,
			ClearingMembers: slices.Sorted(slices.Values(institution.ClearingMembers)),
		})
	}
	for _, party := range b.File.Parties {
		genesis.Parties = append(genesis.Parties, accesstypes.Party{
			Id:            party.ID,
			InstitutionId: party.Institution,
			Kind:          partyKind(party.Kind),
			Status:        accesstypes.MemberStatus_MEMBER_STATUS_ACTIVE,
			KycLevel:      party.KYCLevel,
		})
	}
	for _, operator := range b.Operators {
		text, err := b.Addresses.BytesToString(operator.Address)
		if err != nil {
			return err
		}
		genesis.Operators = append(genesis.Operators, accesstypes.Operator{
			Address:       text,
			InstitutionId: operator.Institution,
			PartyId:       operator.Party,
			Roles:         operator.Roles,
			Status:        accesstypes.MemberStatus_MEMBER_STATUS_ACTIVE,
			Holder:        firstHolder,
		})
	}
	b.state.Access = genesis
	return nil
}

// financing has no receivables yet; the file says how long its days are.
func (b *builder) financing() {
	b.state.Financing = financingtypes.DefaultGenesis()
	replace(&b.state.Financing.Params.BusinessDaySeconds, uint32(time.Duration(b.File.Settings.BusinessDay)/time.Second))
}

// dispute has no cases yet; the file says how long its days are.
func (b *builder) dispute() {
	b.state.Dispute = disputetypes.DefaultGenesis()
	replace(&b.state.Dispute.Params.BusinessDaySeconds, uint32(time.Duration(b.File.Settings.BusinessDay)/time.Second))
}

// auth opens an account per operator, for its sequence; it holds no money.
func (b *builder) auth() error {
	genesis := authtypes.DefaultGenesisState()
	accounts := make([]authtypes.GenesisAccount, len(b.Operators))
	for i, operator := range b.Operators {
		text, err := b.Addresses.BytesToString(operator.Address)
		if err != nil {
			return err
		}
		accounts[i] = &authtypes.BaseAccount{Address: text, AccountNumber: uint64(i)}
	}
	packed, err := authtypes.PackAccounts(accounts)
	if err != nil {
		return err
	}
	genesis.Accounts = packed
	b.state.Auth = genesis
	return nil
}

func (b *builder) consortium() error {
	genesis := consortiumtypes.DefaultGenesis()
	settings := b.File.Settings
	replace(&genesis.Params.VotingPeriod, time.Duration(settings.VotingPeriod))
	replace(&genesis.Params.JailPeriod, time.Duration(settings.JailPeriod))
	replace(&genesis.Params.DowntimePointsPerMiss, settings.DowntimePointsPerMiss)
	replace(&genesis.Params.DowntimePointsMax, settings.DowntimePointsMax)
	for i, validator := range b.File.Validators.List {
		key, err := codectypes.NewAnyWithValue(b.ConsensusKeys[i])
		if err != nil {
			return err
		}
		genesis.Validators = append(genesis.Validators, consortiumtypes.Validator{
			InstitutionId:   validator.Institution,
			ConsensusPubkey: key,
			Power:           validator.Power,
			Status:          consortiumtypes.ValidatorStatus_VALIDATOR_STATUS_ACTIVE,
			JailedUntil:     time.Unix(0, 0).UTC(),
		})
	}
	b.state.Consortium = genesis
	return nil
}

// sort brings every list into the order in which the chain exports it.
func (b *builder) sort() {
	s := &b.state
	slices.SortFunc(s.Access.Institutions, func(x, y accesstypes.Institution) int { return compare(x.Id, y.Id) })
	slices.SortFunc(s.Access.Parties, func(x, y accesstypes.Party) int { return compare(x.Id, y.Id) })
	slices.SortFunc(s.Access.Operators, func(x, y accesstypes.Operator) int { return b.compareAddresses(x.Address, y.Address) })
	slices.SortFunc(s.Consortium.Validators, func(x, y consortiumtypes.Validator) int { return compare(x.InstitutionId, y.InstitutionId) })
	slices.SortFunc(s.Ledger.Denoms, func(x, y ledgertypes.Denom) int { return compare(x.Denom, y.Denom) })
	slices.SortFunc(s.Ledger.Balances, func(x, y ledgertypes.AccountBalance) int {
		return cmp.Or(b.compareAddresses(x.Address, y.Address), compare(x.Denom, y.Denom))
	})
	slices.SortFunc(s.Settlement.Currencies, func(x, y settlementtypes.Currency) int { return compare(x.Code, y.Code) })
	slices.SortFunc(s.Settlement.Participants, func(x, y settlementtypes.Participant) int { return compare(x.InstitutionId, y.InstitutionId) })
	slices.SortFunc(s.Settlement.Accounts, func(x, y settlementtypes.Account) int { return b.compareAddresses(x.Address, y.Address) })
	slices.SortFunc(s.Settlement.References, func(x, y settlementtypes.AccountReference) int { return bytes.Compare(x.Digest, y.Digest) })
	slices.SortFunc(s.Settlement.Outstandings, func(x, y settlementtypes.Outstanding) int { return compare(x.Currency, y.Currency) })
}

// compareAddresses orders as the store does, by bytes; the builder has written both itself.
func (b *builder) compareAddresses(x, y string) int {
	left, errLeft := b.Addresses.StringToBytes(x)
	right, errRight := b.Addresses.StringToBytes(y)
	if errLeft != nil || errRight != nil {
		return compare(x, y)
	}
	return bytes.Compare(left, right)
}

func compare(x, y string) int { return cmp.Compare(x, y) }

// replace sets a value that the file gives.
func replace[T comparable](target *T, value T) {
	var zero T
	if value != zero {
		*target = value
	}
}

func institutionKind(kind string) accesstypes.InstitutionKind {
	switch kind {
	case network.KindBank:
		return accesstypes.InstitutionKind_INSTITUTION_KIND_BANK
	case network.KindCentralBank:
		return accesstypes.InstitutionKind_INSTITUTION_KIND_CENTRAL_BANK
	case network.KindRegulator:
		return accesstypes.InstitutionKind_INSTITUTION_KIND_REGULATOR
	case network.KindMember:
		return accesstypes.InstitutionKind_INSTITUTION_KIND_MEMBER
	case network.KindDataProvider:
		return accesstypes.InstitutionKind_INSTITUTION_KIND_DATA_PROVIDER
	}
	return accesstypes.InstitutionKind_INSTITUTION_KIND_UNSPECIFIED // refused by Validate
}

func partyKind(kind string) accesstypes.PartyKind {
	switch kind {
	case network.PartyLegal:
		return accesstypes.PartyKind_PARTY_KIND_LEGAL_PERSON
	case network.PartyNatural:
		return accesstypes.PartyKind_PARTY_KIND_NATURAL_PERSON
	}
	return accesstypes.PartyKind_PARTY_KIND_UNSPECIFIED // refused by Validate
}
