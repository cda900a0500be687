package keeper_test

import (
	"context"
	"math/big"
	"testing"

	corestore "cosmossdk.io/core/store"
	"cosmossdk.io/math"
	"github.com/stretchr/testify/require"

	"github.com/cosmos/cosmos-sdk/codec"
	addresscodec "github.com/cosmos/cosmos-sdk/codec/address"
	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	"github.com/cosmos/cosmos-sdk/runtime"
	storetypes "github.com/cosmos/cosmos-sdk/store/v2/types"
	"github.com/cosmos/cosmos-sdk/testutil"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/zhilian-network/zhilian/x/ledger/keeper"
	"github.com/zhilian-network/zhilian/x/ledger/types"
)

var (
	alice = sdk.AccAddress("alice---------------")
	bob   = sdk.AccAddress("bob-----------------")
	carol = sdk.AccAddress("carol---------------")
	bqdqR = sdk.AccAddress("BQDQ's reserves-----")
	hzhzR = sdk.AccAddress("HZHZ's reserves-----")
)

const (
	deposit = "BQDQ/CNY"
	other   = "HZHZ/CNY"
	reserve = "reserve/CNY"
)

// ceiling is 2^128-1.
var ceiling = math.NewIntFromBigInt(new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 128), big.NewInt(1)))

type fixture struct {
	ctx    sdk.Context
	keeper *keeper.Keeper
	store  *countingService
	codec  *codec.ProtoCodec
}

// newFixture is a ledger over a real store, with the three denoms registered.
func newFixture(tb testing.TB) fixture {
	tb.Helper()
	f := newEmptyFixture(tb)
	for _, name := range []string{deposit, other, reserve} {
		require.NoError(tb, f.keeper.RegisterDenom(f.ctx, types.Denom{Denom: name, Exponent: 2, Currency: "CNY"}))
	}
	return f
}

func newEmptyFixture(tb testing.TB) fixture {
	tb.Helper()
	key := storetypes.NewKVStoreKey(types.StoreKey)
	ctx := testutil.DefaultContext(key, storetypes.NewTransientStoreKey("unused"))
	store := &countingService{inner: runtime.NewKVStoreService(key)}
	cdc := codec.NewProtoCodec(codectypes.NewInterfaceRegistry())
	return fixture{ctx: ctx, keeper: keeper.NewKeeper(cdc, store, addresses), store: store, codec: cdc}
}

var addresses = addresscodec.NewBech32Codec("zhilian")

func text(tb testing.TB, account sdk.AccAddress) string {
	tb.Helper()
	s, err := addresses.BytesToString(account)
	require.NoError(tb, err)
	return s
}

func entry(account sdk.AccAddress, denom string, delta int64) types.Entry {
	return types.Entry{Account: account, Denom: denom, Delta: math.NewInt(delta)}
}

func issue(account sdk.AccAddress, denom string, amount math.Int) types.Posting {
	return types.Posting{
		Entries: []types.Entry{{Account: account, Denom: denom, Delta: amount}},
		Supply:  []types.SupplyChange{{Denom: denom, Delta: amount}},
	}
}

func transfer(from, to sdk.AccAddress, denom string, amount int64) types.Posting {
	return types.Posting{Entries: []types.Entry{entry(from, denom, -amount), entry(to, denom, amount)}}
}

// interbank is a payment from a customer of BQDQ to one of HZHZ.
func interbank(from, to sdk.AccAddress, amount int64) types.Posting {
	return types.Posting{
		Entries: []types.Entry{
			entry(from, deposit, -amount), entry(to, other, amount),
			entry(bqdqR, reserve, -amount), entry(hzhzR, reserve, amount),
		},
		Supply: []types.SupplyChange{
			{Denom: deposit, Delta: math.NewInt(-amount)}, {Denom: other, Delta: math.NewInt(amount)},
		},
	}
}

func (f fixture) balance(tb testing.TB, account sdk.AccAddress, denom string) string {
	tb.Helper()
	amount, err := f.keeper.Balance(f.ctx, account, denom)
	require.NoError(tb, err)
	return amount.String()
}

func (f fixture) supply(tb testing.TB, denom string) string {
	tb.Helper()
	amount, err := f.keeper.Supply(f.ctx, denom)
	require.NoError(tb, err)
	return amount.String()
}

func (f fixture) requireSound(tb require.TestingT) {
	violations, err := f.keeper.CheckInvariants(f.ctx)
	require.NoError(tb, err)
	require.Empty(tb, violations)
}

// contents is every key and value of the store.
func (f fixture) contents(tb testing.TB) [][2]string {
	tb.Helper()
	iterator, err := f.store.inner.OpenKVStore(f.ctx).Iterator(nil, nil)
	require.NoError(tb, err)
	defer iterator.Close()
	var all [][2]string
	for ; iterator.Valid(); iterator.Next() {
		all = append(all, [2]string{string(iterator.Key()), string(iterator.Value())})
	}
	return all
}

// countingService counts what the keeper does to its store.
type countingService struct {
	inner                 corestore.KVStoreService
	reads, sets, removals int
}

func (s *countingService) OpenKVStore(ctx context.Context) corestore.KVStore {
	return countingStore{KVStore: s.inner.OpenKVStore(ctx), service: s}
}

func (s *countingService) reset() { s.reads, s.sets, s.removals = 0, 0, 0 }

type countingStore struct {
	corestore.KVStore
	service *countingService
}

func (s countingStore) Get(key []byte) ([]byte, error) {
	s.service.reads++
	return s.KVStore.Get(key)
}

func (s countingStore) Has(key []byte) (bool, error) {
	s.service.reads++
	return s.KVStore.Has(key)
}

func (s countingStore) Set(key, value []byte) error {
	s.service.sets++
	return s.KVStore.Set(key, value)
}

func (s countingStore) Delete(key []byte) error {
	s.service.removals++
	return s.KVStore.Delete(key)
}
