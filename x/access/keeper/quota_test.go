package keeper_test

import (
	"context"
	"testing"

	corestore "cosmossdk.io/core/store"
	"github.com/stretchr/testify/require"

	"github.com/cosmos/cosmos-sdk/runtime"
	storetypes "github.com/cosmos/cosmos-sdk/store/v2/types"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/zhilian-network/zhilian/x/access/keeper"
	"github.com/zhilian-network/zhilian/x/access/types"
)

func signer(t *testing.T, name string) sdk.AccAddress {
	t.Helper()
	raw, err := addresses.StringToBytes(address(name))
	require.NoError(t, err)
	return raw
}

func TestASignerIsAdmittedUntilItsQuotaIsUsedUp(t *testing.T) {
	f := newFixture(t)
	payer, other := signer(t, "acme payer"), signer(t, "zeta payer")
	before := f.contents(t)

	require.NoError(t, f.keeper.AdmitSigner(f.ctx, payer, 60))
	require.ErrorIs(t, f.keeper.AdmitSigner(f.ctx, payer, 41), types.ErrQuotaExceeded)
	require.NoError(t, f.keeper.AdmitSigner(f.ctx, payer, 40), "a refused transaction uses nothing")
	require.ErrorIs(t, f.keeper.AdmitSigner(f.ctx, payer, 1), types.ErrQuotaExceeded)
	require.NoError(t, f.keeper.AdmitSigner(f.ctx, other, 100), "each operator has its own")
	require.Equal(t, before, f.contents(t), "counting leaves the Merklised store alone")
}

func TestTheNextBlockBeginsWithAFreshQuota(t *testing.T) {
	f := newFixture(t)
	payer := signer(t, "acme payer")
	require.NoError(t, f.keeper.AdmitSigner(f.ctx, payer, 100))
	f.ctx.MultiStore().(storetypes.CommitMultiStore).Commit()
	require.NoError(t, f.keeper.AdmitSigner(f.ctx, payer, 100))
}

func TestAnOperatorsOwnQuotaGoesBeforeTheDefault(t *testing.T) {
	f := newFixture(t)
	_, err := f.messages.RegisterOperator(f.ctx, &types.MsgRegisterOperator{
		Operator: address("BQDQ admin"), Address: address("payroll"), InstitutionId: "BQDQ", PartyId: "acme", QuotaPerBlock: 5_000,
	})
	require.NoError(t, err)
	require.NoError(t, f.keeper.AdmitSigner(f.ctx, signer(t, "payroll"), 5_000))
	require.ErrorIs(t, f.keeper.AdmitSigner(f.ctx, signer(t, "payroll"), 1), types.ErrQuotaExceeded)

	_, err = f.messages.UpdateParams(f.ctx, &types.MsgUpdateParams{Authority: authority, Params: settings(7)})
	require.NoError(t, err)
	require.ErrorIs(t, f.keeper.AdmitSigner(f.ctx, signer(t, "acme payer"), 8), types.ErrQuotaExceeded)
	require.NoError(t, f.keeper.AdmitSigner(f.ctx, signer(t, "acme payer"), 7))
}

func TestASignerWhoMayNotActIsNotAdmitted(t *testing.T) {
	cases := []struct {
		name   string
		given  func(fixture) error
		signer string
		want   error
	}{
		{"a key nobody registered", nil, "nobody", types.ErrOperatorNotFound},
		{"the collective decisions themselves", nil, "collective decisions", types.ErrOperatorNotFound},
		{"a suspended operator", func(f fixture) error { return f.setOperatorStatus("BQDQ admin", "acme payer", suspended) }, "acme payer", types.ErrOperatorInactive},
		{"an operator of a suspended party", func(f fixture) error { return f.setPartyStatus("BQDQ admin", "acme", suspended) }, "acme payer", types.ErrPartyInactive},
		{"an operator of a suspended bank's party", func(f fixture) error { return f.setInstitutionStatus("BQDQ", suspended) }, "acme payer", types.ErrInstitutionInactive},
		{"an operator of a closed bank", func(f fixture) error { return f.setInstitutionStatus("BQDQ", closed) }, "BQDQ admin", types.ErrInstitutionInactive},
		{"another party's operator", func(f fixture) error { return f.setPartyStatus("BQDQ admin", "acme", suspended) }, "zeta payer", nil},
	}
	base := newFixture(t)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			f := base.branch()
			if c.given != nil {
				require.NoError(t, c.given(f))
			}
			err := f.keeper.AdmitSigner(f.ctx, signer(t, c.signer), 1)
			if c.want == nil {
				require.NoError(t, err)
			} else {
				require.ErrorIs(t, err, c.want)
			}
		})
	}
}

// Every transaction pays for this, so the number of records read is part of the contract.
func TestAdmissionReadsTwoToFourRecords(t *testing.T) {
	f := newEmptyFixture(t)
	store := &readCountingService{inner: runtime.NewKVStoreService(f.store)}
	f.keeper = keeper.NewKeeper(f.codec, store, runtime.NewTransientStoreService(f.counters), addresses, f.accounts, authority, f.actions)
	state := network()
	state.Operators[1].QuotaPerBlock, state.Operators[6].QuotaPerBlock = 10, 10
	require.NoError(t, f.keeper.InitGenesis(f.ctx, state))

	cases := []struct {
		name, signer string
		reads        int
	}{
		{"operator and institution", "BQDQ clerk", 2},
		{"operator, institution and the default quota", "BQDQ admin", 3},
		{"operator, institution and party", "acme payer", 3},
		{"operator, institution, party and the default quota", "zeta payer", 4},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			store.reads = 0
			require.NoError(t, f.keeper.AdmitSigner(f.ctx, signer(t, c.signer), 1))
			require.Equal(t, c.reads, store.reads)
		})
	}
}

func TestRequireAboutOnesOwnScopeReadsNothingTwice(t *testing.T) {
	f := newEmptyFixture(t)
	store := &readCountingService{inner: runtime.NewKVStoreService(f.store)}
	f.keeper = keeper.NewKeeper(f.codec, store, runtime.NewTransientStoreService(f.counters), addresses, f.accounts, authority, f.actions)
	require.NoError(t, f.keeper.InitGenesis(f.ctx, network()))
	store.reads = 0
	_, err := f.keeper.Require(f.ctx, types.Ask{Operator: address("acme payer"), Permission: "settlement.pay", Scope: types.Scope{InstitutionID: "BQDQ", PartyID: "acme"}})
	require.NoError(t, err)
	require.Equal(t, 6, store.reads, "operator, institution, party, role, settings for the KYC rule, policies")
	store.reads = 0
	_, err = f.keeper.Require(f.ctx, types.Ask{
		Operator: address("acme payer"), Permission: "settlement.pay", Scope: types.Scope{InstitutionID: "BQDQ", PartyID: "acme"}, Money: cny(5),
		Fresh: func() (types.Money, error) { panic("nothing is refused") },
	})
	require.NoError(t, err)
	require.Equal(t, 6, store.reads, "money is no reason to read more, where neither a limit nor a policy looks at the day")
}

type readCountingService struct {
	inner corestore.KVStoreService
	reads int
}

func (s *readCountingService) OpenKVStore(ctx context.Context) corestore.KVStore {
	return readCountingStore{KVStore: s.inner.OpenKVStore(ctx), service: s}
}

type readCountingStore struct {
	corestore.KVStore
	service *readCountingService
}

func (s readCountingStore) Get(key []byte) ([]byte, error) {
	s.service.reads++
	return s.KVStore.Get(key)
}
