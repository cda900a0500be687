package keeper

import (
	"context"
	"errors"

	errorsmod "cosmossdk.io/errors"
	"cosmossdk.io/math"

	"github.com/zhilian-network/zhilian/x/ledger/domain"
	"github.com/zhilian-network/zhilian/x/ledger/types"
)

// Post carries out a posting, all or nothing. It reads and writes each changed balance and supply
// once, however many entries touch it; a change of zero costs nothing. Nothing is written before
// everything is decided. A debit without cover is a *types.Shortfall; what is held covers none.
func (k *Keeper) Post(ctx context.Context, posting types.Posting) error {
	return k.post(ctx, posting, nil)
}

func (k *Keeper) post(ctx context.Context, posting types.Posting, captures []types.Capture) error {
	net, err := domain.Net(posting)
	if err != nil {
		return err
	}
	if net, err = domain.Capture(net, captures); err != nil {
		return err
	}
	if err := k.requireDenoms(ctx, net.Denoms); err != nil {
		return err
	}
	before, err := k.load(ctx, net)
	if err != nil {
		return err
	}
	after, err := domain.Apply(net, before)
	if err != nil {
		return k.nameAccount(err)
	}
	return k.save(ctx, net, after)
}

func (k *Keeper) requireDenoms(ctx context.Context, denoms []string) error {
	for _, denom := range denoms {
		known, err := k.denoms.Has(ctx, denom)
		if err != nil {
			return err
		}
		if !known {
			return types.ErrUnknownDenom.Wrapf("%.40q", denom)
		}
	}
	return nil
}

func (k *Keeper) load(ctx context.Context, net domain.NetPosting) (domain.Amounts, error) {
	amounts := domain.Amounts{
		Balances: make([]domain.Balance, len(net.Changes)),
		Supplies: make([]math.Int, len(net.Supply)),
	}
	var err error
	for i, change := range net.Changes {
		if amounts.Balances[i], err = k.balance(ctx, change.Account, change.Denom); err != nil {
			return domain.Amounts{}, err
		}
	}
	for i, change := range net.Supply {
		if amounts.Supplies[i], err = k.Supply(ctx, change.Denom); err != nil {
			return domain.Amounts{}, err
		}
	}
	return amounts, nil
}

func (k *Keeper) save(ctx context.Context, net domain.NetPosting, after domain.Amounts) error {
	for i, change := range net.Changes {
		if err := k.setBalance(ctx, change.Account, change.Denom, after.Balances[i]); err != nil {
			return err
		}
	}
	for i, change := range net.Supply {
		if err := k.setSupply(ctx, change.Denom, after.Supplies[i]); err != nil {
			return err
		}
	}
	return nil
}

// nameAccount puts the address before a shortfall; domain does not know the bech32 prefix.
func (k *Keeper) nameAccount(refusal error) error {
	var shortfall *types.Shortfall
	if !errors.As(refusal, &shortfall) {
		return refusal
	}
	account, err := k.addresses.BytesToString(shortfall.Account)
	if err != nil {
		return err
	}
	return errorsmod.Wrapf(shortfall, "account %s", account)
}
