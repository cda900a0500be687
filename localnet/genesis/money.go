package genesis

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"cosmossdk.io/math"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/zhilian-network/zhilian/iso20022/money"
	"github.com/zhilian-network/zhilian/localnet/network"
	ledgertypes "github.com/zhilian-network/zhilian/x/ledger/types"
	settlementtypes "github.com/zhilian-network/zhilian/x/settlement/types"
)

// sums are what a currency's issuers have put in.
type sums struct{ deposits, reserves math.Int }

// participants makes currencies, denoms, participants and their opening reserves.
func (b *builder) participants() error {
	b.state.Ledger = ledgertypes.DefaultGenesis()
	b.state.Settlement = settlementtypes.DefaultGenesis()
	params := &b.state.Settlement.Params
	replace(&params.RetentionPeriod, time.Duration(b.File.Settings.RetentionPeriod))
	replace(&params.RetirementsPerBlockMax, b.File.Settings.RetirementsPerBlockMax)

	for _, code := range b.File.Currencies {
		digits, ok := money.MinorUnits(code)
		if !ok {
			return fmt.Errorf("currency %s is not one of ISO 4217", code)
		}
		b.sums[code] = &sums{deposits: math.ZeroInt(), reserves: math.ZeroInt()}
		b.state.Settlement.Currencies = append(b.state.Settlement.Currencies,
			settlementtypes.Currency{Code: code, MinorUnits: uint32(digits)})
		b.addDenom(settlementtypes.ReserveDenom(code), code, digits)
	}
	for _, bank := range b.File.Institutions {
		if bank.Kind != network.KindBank {
			continue
		}
		if err := b.participant(bank); err != nil {
			return fmt.Errorf("%s: %w", bank.ID, err)
		}
	}
	return nil
}

func (b *builder) participant(bank network.Institution) error {
	reserve := settlementtypes.ReserveAddress(bank.ID)
	text, err := b.Addresses.BytesToString(reserve)
	if err != nil {
		return err
	}
	currencies := slices.Sorted(slices.Values(bank.Currencies))
	b.state.Settlement.Participants = append(b.state.Settlement.Participants, settlementtypes.Participant{
		InstitutionId:  bank.ID,
		ReserveAddress: text,
		Currencies:     currencies,
	})
	for _, code := range currencies {
		digits, _ := money.MinorUnits(code) // a currency of the network, looked up before
		b.addDenom(settlementtypes.DepositDenom(bank.ID, code), code, digits)
	}
	for _, code := range slices.Sorted(maps.Keys(bank.Reserves)) {
		amount, err := b.credit(reserve, settlementtypes.ReserveDenom(code), code, bank.Reserves[code])
		if err != nil {
			return err
		}
		b.sums[code].reserves = b.sums[code].reserves.Add(amount)
	}
	return nil
}

// accounts makes accounts, their references and their opening balances.
func (b *builder) accounts() error {
	banks := make(map[string]string, len(b.File.Parties))
	for _, party := range b.File.Parties {
		banks[party.ID] = party.Institution
	}
	for i, ordinal := range Ordinals(b.File) {
		account := b.File.Accounts[i]
		if err := b.account(account, banks[account.Party], ordinal); err != nil {
			return fmt.Errorf("accounts[%d]: %w", i, err)
		}
	}
	return nil
}

func (b *builder) account(account network.Account, bank string, ordinal uint32) error {
	address := settlementtypes.AccountAddress(account.Party, ordinal)
	text, err := b.Addresses.BytesToString(address)
	if err != nil {
		return err
	}
	b.state.Settlement.Accounts = append(b.state.Settlement.Accounts, settlementtypes.Account{
		Address:       text,
		InstitutionId: bank,
		PartyId:       account.Party,
		Ordinal:       ordinal,
		Currencies:    slices.Sorted(slices.Values(account.Currencies)),
		Status:        settlementtypes.AccountStatus_ACCOUNT_STATUS_OPEN,
	})
	if account.IBAN != "" {
		b.addReference(b.Digests.IBAN(account.IBAN), text)
	}
	if account.Number != "" {
		b.addReference(b.Digests.Other(bank, account.Number), text)
	}
	for _, code := range slices.Sorted(maps.Keys(account.Balances)) {
		amount, err := b.credit(address, settlementtypes.DepositDenom(bank, code), code, account.Balances[code])
		if err != nil {
			return err
		}
		b.sums[code].deposits = b.sums[code].deposits.Add(amount)
	}
	return nil
}

func (b *builder) outstandings() error {
	for _, code := range b.File.Currencies {
		b.state.Settlement.Outstandings = append(b.state.Settlement.Outstandings, settlementtypes.Outstanding{
			Currency: code,
			Deposits: b.sums[code].deposits,
			Reserves: b.sums[code].reserves,
		})
	}
	return nil
}

// Ordinals numbers each account of the file among its party's accounts, from 0.
func Ordinals(file *network.File) []uint32 {
	next := make(map[string]uint32, len(file.Parties))
	ordinals := make([]uint32, len(file.Accounts))
	for i, account := range file.Accounts {
		ordinals[i] = next[account.Party]
		next[account.Party]++
	}
	return ordinals
}

func (b *builder) credit(account sdk.AccAddress, denom, code, majorUnits string) (math.Int, error) {
	amount, err := network.MinorUnits(code, majorUnits)
	if err != nil {
		return math.Int{}, err
	}
	if amount.IsZero() {
		return amount, nil // the ledger keeps no zero balances
	}
	text, err := b.Addresses.BytesToString(account)
	if err != nil {
		return math.Int{}, err
	}
	b.state.Ledger.Balances = append(b.state.Ledger.Balances,
		ledgertypes.AccountBalance{Address: text, Denom: denom, Amount: amount})
	return amount, nil
}

func (b *builder) addDenom(denom, currency string, digits int) {
	b.state.Ledger.Denoms = append(b.state.Ledger.Denoms,
		ledgertypes.Denom{Denom: denom, Exponent: uint32(digits), Currency: currency})
}

func (b *builder) addReference(digest []byte, address string) {
	b.state.Settlement.References = append(b.state.Settlement.References,
		settlementtypes.AccountReference{Digest: digest, Address: address})
}
