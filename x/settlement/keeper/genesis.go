package keeper

import (
	"context"
	"strings"

	"cosmossdk.io/collections"

	"github.com/zhilian-network/zhilian/x/settlement/types"
)

// InitGenesis stores a genesis state. The ledger's must be stored before: the books of both are compared.
func (k *Keeper) InitGenesis(ctx context.Context, state *types.GenesisState) error {
	if err := state.Validate(); err != nil {
		return err
	}
	for _, store := range []func(context.Context, *types.GenesisState) error{
		k.initMoney, k.initAccounts, k.initPayments, k.initHolds, k.initRetirements, k.initLog,
	} {
		if err := store(ctx, state); err != nil {
			return err
		}
	}
	violations, err := k.CheckInvariants(ctx)
	if err != nil {
		return err
	}
	if len(violations) > 0 {
		return types.ErrGenesisInvalid.Wrap(strings.Join(violations, "; "))
	}
	return nil
}

// initMoney stores settings, currencies, participants and outstanding amounts, and registers the denoms.
func (k *Keeper) initMoney(ctx context.Context, state *types.GenesisState) error {
	if err := k.params.Set(ctx, state.Params); err != nil {
		return err
	}
	for _, currency := range state.Currencies {
		if err := k.currencies.Set(ctx, currency.Code, currency); err != nil {
			return err
		}
		if err := k.registerDenom(ctx, types.ReserveDenom(currency.Code), currency); err != nil {
			return err
		}
	}
	if err := k.checkDetailsReaders(ctx, state.Params.DetailsReaders); err != nil {
		return err
	}
	for _, outstanding := range state.Outstandings {
		if err := k.outstandings.Set(ctx, outstanding.Currency, outstanding); err != nil {
			return err
		}
	}
	for _, bank := range state.Participants {
		if err := k.initParticipant(ctx, bank); err != nil {
			return err
		}
	}
	return nil
}

func (k *Keeper) initParticipant(ctx context.Context, bank types.Participant) error {
	settled, err := k.settledOf(ctx, bank.Currencies)
	if err != nil {
		return err
	}
	for _, currency := range settled {
		if err := k.registerDenom(ctx, types.DepositDenom(bank.InstitutionId, currency.Code), currency); err != nil {
			return err
		}
	}
	return k.participants.Set(ctx, bank.InstitutionId, bank)
}

// initAccounts stores accounts and references. Counts are not in the state: a party's accounts have the
// ordinals from 0 without a gap, since no account ever leaves state.
func (k *Keeper) initAccounts(ctx context.Context, state *types.GenesisState) error {
	for _, account := range state.Accounts {
		if err := k.setAccount(ctx, account); err != nil {
			return err
		}
		count, _, err := found(k.accountCounts.Get(ctx, account.PartyId))
		if err != nil {
			return err
		}
		if err := k.accountCounts.Set(ctx, account.PartyId, max(count, uint64(account.Ordinal)+1)); err != nil {
			return err
		}
	}
	for _, reference := range state.References {
		address, err := k.addresses.StringToBytes(reference.Address)
		if err != nil {
			return types.ErrAddressInvalid.Wrap(err.Error())
		}
		if err := k.references.Set(ctx, reference.Digest, address); err != nil {
			return err
		}
	}
	return nil
}

// initPayments stores payments and gives those with a UETR of their own their second name.
func (k *Keeper) initPayments(ctx context.Context, state *types.GenesisState) error {
	for _, payment := range state.Payments {
		id, err := types.ParseUETR(payment.Uetr)
		if err != nil {
			return err
		}
		derived, err := k.derivedID(payment)
		if err != nil {
			return err
		}
		if err := k.payments.Set(ctx, id[:], payment); err != nil {
			return err
		}
		if id == derived {
			continue
		}
		if err := k.paymentNames.Set(ctx, derived[:], id[:]); err != nil {
			return err
		}
	}
	for _, returned := range state.Returns {
		if err := k.setReturned(ctx, returned); err != nil {
			return err
		}
	}
	for _, kept := range state.KeptReturns {
		if err := k.setKeptReturned(ctx, kept); err != nil {
			return err
		}
	}
	return nil
}

// initHolds stores holds; what is held of balances the ledger has stored.
func (k *Keeper) initHolds(ctx context.Context, state *types.GenesisState) error {
	for _, hold := range state.Holds {
		if err := k.setHold(ctx, hold); err != nil {
			return err
		}
	}
	return nil
}

func (k *Keeper) initRetirements(ctx context.Context, state *types.GenesisState) error {
	for _, instruction := range state.Instructions {
		if err := k.instructions.Set(ctx, instruction.Digest, instruction); err != nil {
			return err
		}
	}
	for _, list := range state.Retirements {
		if err := k.retirements.Set(ctx, list.Height, list); err != nil {
			return err
		}
	}
	return nil
}

// initLog goes on with the log of the chain that was exported. That of a new network has no record yet.
func (k *Keeper) initLog(ctx context.Context, state *types.GenesisState) error {
	if state.PaymentLog.Size_ == 0 {
		return nil
	}
	return k.paymentLog.Set(ctx, state.PaymentLog)
}

// ExportGenesis reads the module's whole state, each part by its key.
func (k *Keeper) ExportGenesis(ctx context.Context) (*types.GenesisState, error) {
	params, err := k.params.Get(ctx)
	if err != nil {
		return nil, err
	}
	state := &types.GenesisState{Params: params}
	for _, read := range []func() error{
		into(ctx, k.currencies, &state.Currencies),
		into(ctx, k.participants, &state.Participants),
		into(ctx, k.accounts, &state.Accounts),
		into(ctx, k.outstandings, &state.Outstandings),
		into(ctx, k.payments, &state.Payments),
		into(ctx, k.returns, &state.Returns),
		into(ctx, k.keptReturns, &state.KeptReturns),
		into(ctx, k.holds, &state.Holds),
		into(ctx, k.instructions, &state.Instructions),
		into(ctx, k.retirements, &state.Retirements),
		func() error { return k.exportReferences(ctx, state) },
		func() error { return k.exportLog(ctx, state) },
	} {
		if err := read(); err != nil {
			return nil, err
		}
	}
	return state, nil
}

func into[K, V any](ctx context.Context, records collections.Map[K, V], target *[]V) func() error {
	return func() error {
		values, err := all(ctx, records)
		*target = values
		return err
	}
}

func (k *Keeper) exportReferences(ctx context.Context, state *types.GenesisState) error {
	return k.references.Walk(ctx, nil, func(digest, address []byte) (bool, error) {
		text, err := k.addresses.BytesToString(address)
		state.References = append(state.References, types.AccountReference{Digest: digest, Address: text})
		return err != nil, err
	})
}

func (k *Keeper) exportLog(ctx context.Context, state *types.GenesisState) error {
	head, err := k.logHead(ctx)
	state.PaymentLog = head
	return err
}
