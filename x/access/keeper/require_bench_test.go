package keeper_test

import (
	"fmt"
	"testing"

	storetypes "github.com/cosmos/cosmos-sdk/store/v2/types"

	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/x/access/types"
)

// BenchmarkRequire asks whether a party's payer may pay, on a committed IAVL tree with the operators of
// 5,000 parties, each time through a fresh cache as a transaction does.
func BenchmarkRequire(b *testing.B) {
	f := newEmptyFixture(b)
	state := network()
	for i := range 5_000 {
		party := fmt.Sprintf("party-%d", i)
		state.Parties = append(state.Parties, types.Party{Id: party, InstitutionId: "BQDQ", Kind: 1, Status: active, KycLevel: 2})
		state.Operators = append(state.Operators, types.Operator{
			Address: address(party), InstitutionId: "BQDQ", PartyId: party, Roles: []string{"payer"}, Status: active,
		})
	}
	require.NoError(b, f.keeper.InitGenesis(f.ctx, state))
	f.ctx.MultiStore().(storetypes.CommitMultiStore).Commit()
	asks := make([]types.Ask, 512)
	for i := range asks {
		party := fmt.Sprintf("party-%d", i*9)
		asks[i] = payAsk(address(party), party)
	}
	b.ReportAllocs()
	b.ResetTimer()
	for i := 0; b.Loop(); i++ {
		ctx, _ := f.ctx.CacheContext()
		if _, err := f.keeper.Require(ctx, asks[i%len(asks)]); err != nil {
			b.Fatal(err)
		}
	}
}

func payAsk(operator, party string) types.Ask {
	return types.Ask{
		Operator: operator, Permission: "settlement.pay", Scope: types.Scope{InstitutionID: "BQDQ", PartyID: party}, Money: cny(100),
	}
}
