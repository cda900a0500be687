package keeper

import (
	"context"

	"cosmossdk.io/math"

	"github.com/zhilian-network/zhilian/x/ledger/types"
)

// InitGenesis fills an empty ledger. Supplies are the sums of the balances.
func (k *Keeper) InitGenesis(ctx context.Context, state *types.GenesisState) error {
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
		if err := k.setBalance(ctx, account, balance.Denom, balance.Amount); err != nil {
			return err
		}
	}
	return nil
}

// ExportGenesis reads the whole ledger: denoms by name, balances by address and denom.
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
	return state, nil
}

func (k *Keeper) exportBalance(key balanceKey, amount math.Int) (types.AccountBalance, error) {
	account, err := k.addresses.BytesToString(key.K1())
	if err != nil {
		return types.AccountBalance{}, err
	}
	return types.AccountBalance{Address: account, Denom: key.K2(), Amount: amount}, nil
}
