package app

import (
	"context"
	"errors"

	"cosmossdk.io/collections"
	storetypes "github.com/cosmos/cosmos-sdk/store/v2/types"

	"github.com/cosmos/cosmos-sdk/codec"
	"github.com/cosmos/cosmos-sdk/runtime"
	sdk "github.com/cosmos/cosmos-sdk/types"
	authkeeper "github.com/cosmos/cosmos-sdk/x/auth/keeper"
	authtypes "github.com/cosmos/cosmos-sdk/x/auth/types"
)

// nonces are the accounts of x/auth, written without their index: x/auth removes an account from the
// index of account numbers and puts it back whenever it is stored, which is half of the tree writes
// of a nonce, and a number never changes.
type nonces struct {
	authkeeper.AccountKeeper
	records collections.Map[sdk.AccAddress, sdk.AccountI]
}

func newNonces(accounts authkeeper.AccountKeeper, store *storetypes.KVStoreKey, cdc codec.Codec) nonces {
	schema := collections.NewSchemaBuilder(runtime.NewKVStoreService(store))
	return nonces{
		AccountKeeper: accounts,
		records: collections.NewMap(schema, authtypes.AddressStoreKeyPrefix, "accounts",
			sdk.AccAddressKey, codec.CollInterfaceValue[sdk.AccountI](cdc)),
	}
}

func (n nonces) Get(ctx context.Context, address sdk.AccAddress) (sdk.AccountI, error) {
	account, err := n.records.Get(ctx, address)
	if errors.Is(err, collections.ErrNotFound) {
		return nil, nil
	}
	return account, err
}

func (n nonces) Update(ctx context.Context, address sdk.AccAddress, account sdk.AccountI) error {
	return n.records.Set(ctx, address, account)
}

func (n nonces) SignaturesMax(ctx context.Context) uint64 {
	return n.GetParams(ctx).TxSigLimit
}
