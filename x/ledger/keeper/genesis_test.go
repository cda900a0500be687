package keeper_test

import (
	"strings"
	"testing"

	"cosmossdk.io/math"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	addresscodec "github.com/cosmos/cosmos-sdk/codec/address"

	"github.com/zhilian-network/zhilian/x/ledger/types"
)

func TestExportedLedgersImportAsTheSame(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		first := newFixture(t)
		for range rapid.IntRange(0, 20).Draw(rt, "steps") {
			_ = first.act(drawAction(rt)) // refused ones change nothing
		}
		exported, err := first.keeper.ExportGenesis(first.ctx)
		require.NoError(rt, err)
		require.NoError(rt, exported.Validate())

		second := newEmptyFixture(t)
		require.NoError(rt, second.keeper.InitGenesis(second.ctx, throughJSON(rt, second, exported)))
		require.Equal(rt, first.contents(t), second.contents(t))
		again, err := second.keeper.ExportGenesis(second.ctx)
		require.NoError(rt, err)
		require.Equal(rt, first.codec.MustMarshalJSON(exported), second.codec.MustMarshalJSON(again))
		second.requireSound(rt)
	})
}

func throughJSON(t require.TestingT, f fixture, state *types.GenesisState) *types.GenesisState {
	var read types.GenesisState
	require.NoError(t, f.codec.UnmarshalJSON(f.codec.MustMarshalJSON(state), &read))
	return &read
}

func TestGenesisThatContradictsItselfIsRefused(t *testing.T) {
	account := text(t, alice)
	denom := types.Denom{Denom: deposit, Exponent: 2, Currency: "CNY"}
	holds := func(address, denom string, amount math.Int) types.AccountBalance {
		return types.AccountBalance{Address: address, Denom: denom, Amount: amount}
	}
	one := math.OneInt()
	cases := []struct {
		name  string
		state types.GenesisState
		want  error
	}{
		{"a denom twice", types.GenesisState{Denoms: []types.Denom{denom, denom}}, types.ErrInvalidGenesis},
		{"an invalid denom", types.GenesisState{Denoms: []types.Denom{{Denom: deposit, Currency: "cny"}}}, types.ErrInvalidDenom},
		{"a balance in an unknown denom", genesis(denom, holds(account, other, one)), types.ErrInvalidGenesis},
		{"a balance of zero", genesis(denom, holds(account, deposit, math.ZeroInt())), types.ErrInvalidGenesis},
		{"a negative balance", genesis(denom, holds(account, deposit, one.Neg())), types.ErrInvalidGenesis},
		{"a balance without amount", genesis(denom, holds(account, deposit, math.Int{})), types.ErrInvalidGenesis},
		{"a balance above the ceiling", genesis(denom, holds(account, deposit, ceiling.AddRaw(1))), types.ErrAmountOverflow},
		{"balances that add up above the ceiling", genesis(denom, holds(account, deposit, ceiling), holds(text(t, bob), deposit, one)), types.ErrAmountOverflow},
		{"a balance twice", genesis(denom, holds(account, deposit, one), holds(account, deposit, one)), types.ErrInvalidGenesis},
		{"a balance twice, once in capitals", genesis(denom, holds(account, deposit, one), holds(strings.ToUpper(account), deposit, one)), types.ErrInvalidGenesis},
		{"a hold without balance", withHolds(genesis(denom), hold(account, deposit, "a", one)), types.ErrInvalidGenesis},
		{"a hold above its balance", withHolds(genesis(denom, holds(account, deposit, one)), hold(account, deposit, "a", one.AddRaw(1))), types.ErrInvalidGenesis},
		{"holds that add up above their balance", withHolds(genesis(denom, holds(account, deposit, one)), hold(account, deposit, "a", one), hold(account, deposit, "b", one)), types.ErrInvalidGenesis},
		{"a hold twice", withHolds(genesis(denom, holds(account, deposit, one.MulRaw(5))), hold(account, deposit, "a", one), hold(account, deposit, "a", one)), types.ErrInvalidGenesis},
		{"a hold of nothing", withHolds(genesis(denom, holds(account, deposit, one)), hold(account, deposit, "a", math.ZeroInt())), types.ErrInvalidGenesis},
		{"a hold without amount", withHolds(genesis(denom, holds(account, deposit, one)), hold(account, deposit, "a", math.Int{})), types.ErrInvalidGenesis},
		{"a hold without id", withHolds(genesis(denom, holds(account, deposit, one)), hold(account, deposit, "", one)), types.ErrInvalidGenesis},
		{"an address that is none", genesis(denom, holds("alice", deposit, one)), types.ErrInvalidGenesis},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			require.ErrorIs(t, c.state.Validate(), c.want)
			f := newEmptyFixture(t)
			require.ErrorIs(t, f.keeper.InitGenesis(f.ctx, &c.state), c.want)
		})
	}
}

func TestGenesisOfAnotherNetworkIsRefused(t *testing.T) {
	f := newEmptyFixture(t)
	foreign, err := addresscodec.NewBech32Codec("elsewhere").BytesToString(alice)
	require.NoError(t, err)
	state := genesis(types.Denom{Denom: deposit, Exponent: 2, Currency: "CNY"},
		types.AccountBalance{Address: foreign, Denom: deposit, Amount: math.OneInt()})
	require.NoError(t, state.Validate())
	require.ErrorIs(t, f.keeper.InitGenesis(f.ctx, &state), types.ErrInvalidGenesis)
}

func genesis(denom types.Denom, balances ...types.AccountBalance) types.GenesisState {
	return types.GenesisState{Denoms: []types.Denom{denom}, Balances: balances}
}

func hold(address, denom, id string, amount math.Int) types.AccountHold {
	return types.AccountHold{Address: address, Denom: denom, Module: "m", Id: id, Amount: amount}
}

func withHolds(state types.GenesisState, holds ...types.AccountHold) types.GenesisState {
	state.Holds = holds
	return state
}
