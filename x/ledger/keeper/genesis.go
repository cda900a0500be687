package keeper

import (
	"context"

	"cosmossdk.io/math"

	"github.com/zhilian-network/zhilian/x/ledger/domain"
	"github.com/zhilian-network/zhilian/x/ledger/types"
)

// InitGenesis fills an empty ledger. Supplies are the sums of the balances, what is held of a balance is
// the sum of its holds.
func (k *Keeper) InitGenesis(ctx context.Context, state *types.GenesisState) error {
	if err := state.Validate(); err != nil {
		return err
	}
	supplies, err := state.Supplies()
	if err != nil {
		return err
	}
	for i, denom := range state.Denoms {
		if err := k.denoms.Set(ctx, denom.Denom, denom); err != nil {
			return err
		}
		if err := k.setSupply(ctx, denom.Denom, supplies[i]); err != nil {
			return err
		}
	}
	for _, balance := range state.Balances {
		account, err := k.addresses.StringToBytes(balance.Address)
		if err != nil {
			return types.ErrInvalidGenesis.Wrapf("balance of %.100q: %s", balance.Address, err)
		}
		if err := k.setBalance(ctx, account, balance.Denom, domain.Balance{Amount: balance.Amount, Held: math.ZeroInt()}); err != nil {
			return err
		}
	}
	for _, hold := range state.Holds {
		account, err := k.addresses.StringToBytes(hold.Address)
		if err != nil {
			return types.ErrInvalidGenesis.Wrapf("hold of %.100q: %s", hold.Address, err)
		}
		key := types.HoldKey{Account: account, Denom: hold.Denom, Module: hold.Module, ID: hold.Id}
		if err := k.Hold(ctx, key, hold.Amount); err != nil {
			return err
		}
	}
	return nil
}

// ExportGenesis reads the whole ledger: denoms by name, balances by address and denom, holds by address,
// denom, module and id.
func (k *Keeper) ExportGenesis(ctx context.Context) (*types.GenesisState, error) {
	state := types.DefaultGenesis()
	err := k.denoms.Walk(ctx, nil, func(_ string, denom types.Denom) (bool, error) {
		state.Denoms = append(state.Denoms, denom)
		return false, nil
	})
	if err != nil {
		return nil, err
	}
	err = k.balances.Walk(ctx, nil, func(key balanceKey, balance types.Balance) (bool, error) {
		exported, err := k.exportBalance(key, balance.Amount)
		state.Balances = append(state.Balances, exported)
		return false, err
	})
	if err != nil {
		return nil, err
	}
	err = k.holds.Walk(ctx, nil, func(key holdKey, left math.Int) (bool, error) {
		exported, err := k.exportHold(key, left)
		state.Holds = append(state.Holds, exported)
		return false, err
	})
	if err != nil {
		return nil, err
	}
	return state, nil
}

func (k *Keeper) exportHold(key holdKey, left math.Int) (types.AccountHold, error) {
	account, err := k.addresses.BytesToString(key.K1())
	if err != nil {
		return types.AccountHold{}, err
	}
	return types.AccountHold{Address: account, Denom: key.K2(), Module: key.K3(), Id: key.K4(), Amount: left}, nil
}

func (k *Keeper) exportBalance(key balanceKey, amount math.Int) (types.AccountBalance, error) {
	account, err := k.addresses.BytesToString(key.K1())
	if err != nil {
		return types.AccountBalance{}, err
	}
	return types.AccountBalance{Address: account, Denom: key.K2(), Amount: amount}, nil
}
