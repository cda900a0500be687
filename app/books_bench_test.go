package app_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"

	abci "github.com/cometbft/cometbft/abci/types"
	cmtproto "github.com/cometbft/cometbft/proto/tendermint/types"
	dbm "github.com/cosmos/cosmos-db"
	"github.com/stretchr/testify/require"

	"cosmossdk.io/log/v2"
	"cosmossdk.io/math"

	"github.com/cosmos/cosmos-sdk/baseapp"
	simtestutil "github.com/cosmos/cosmos-sdk/testutil/sims"

	"github.com/zhilian-network/zhilian/app"
	ledgertypes "github.com/zhilian-network/zhilian/x/ledger/types"
	settlementtypes "github.com/zhilian-network/zhilian/x/settlement/types"

	"github.com/zhilian-network/zhilian/localnet/network"
	"github.com/zhilian-network/zhilian/testutil/chain"
)

const (
	booksPerParty = 1000
	booksBlocks   = 20
	// booksNodesPerMillion is the cache of a node, scaled: what fits into it must not decide.
	booksNodesPerMillion = 781_250
)

// BenchmarkBooks is a check of the books on pebble, as a query would make it: at the newest height,
// and at an older one, whose tree is read node by node. The caches are cold.
func BenchmarkBooks(b *testing.B) {
	for _, accounts := range []int{10_000, 100_000} {
		dir := b.TempDir()
		newest := fillBooks(b, dir, accounts)
		for _, at := range []struct {
			name   string
			height int64
		}{{"newest", newest}, {"older", newest - 1}} {
			b.Run(fmt.Sprintf("%d accounts/%s height", accounts, at.name), func(b *testing.B) {
				for range b.N {
					b.StopTimer()
					a := openBooks(b, dir, accounts)
					ctx, err := a.CreateQueryContext(at.height, false)
					require.NoError(b, err)
					b.StartTimer()
					violations, err := a.Keepers.Settlement.CheckInvariants(ctx)
					b.StopTimer()
					require.NoError(b, err)
					require.Empty(b, violations)
					require.NoError(b, a.Close())
				}
				b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*accounts), "µs/account")
			})
		}
	}
}

func openBooks(b *testing.B, dir string, accounts int) *app.App {
	b.Helper()
	db, err := dbm.NewDB("application", dbm.PebbleDBBackend, dir)
	require.NoError(b, err)
	return app.New(log.NewNopLogger(), db, true, simtestutil.EmptyAppOptions{}, baseapp.SetChainID(network.Default().ChainID),
		baseapp.SetIAVLCacheSize(booksNodesPerMillion*accounts/1_000_000))
}

// fillBooks makes a chain of as many accounts, whose balances were written in many blocks: keys that
// are neighbours do not lie beside each other on disk.
func fillBooks(b *testing.B, dir string, accounts int) (newest int64) {
	b.Helper()
	a := openBooks(b, dir, 1_000_000)
	_, err := a.InitChain(&abci.RequestInitChain{
		ChainId: network.Default().ChainID, Time: chain.Start, InitialHeight: 1,
		ConsensusParams: simtestutil.DefaultConsensusParams, AppStateBytes: booksGenesis(b, a, accounts),
	})
	require.NoError(b, err)
	random := rand.New(rand.NewPCG(1, 2))
	for newest = 1; newest <= booksBlocks; newest++ {
		commitBooks(b, a, newest, func(ctx context.Context) {
			for range accounts / booksBlocks / 10 {
				pay(b, a, ctx, random.IntN(accounts), random.IntN(accounts))
			}
		})
	}
	require.NoError(b, a.Close())
	return newest - 1
}

func commitBooks(b *testing.B, a *app.App, height int64, write func(context.Context)) {
	b.Helper()
	_, err := a.FinalizeBlock(&abci.RequestFinalizeBlock{Height: height, Time: chain.Start})
	require.NoError(b, err)
	write(a.NewUncachedContext(false, cmtproto.Header{Height: height}))
	_, err = a.Commit()
	require.NoError(b, err)
}

func pay(b *testing.B, a *app.App, ctx context.Context, from, to int) {
	b.Helper()
	if from == to {
		return
	}
	entry := func(account int, delta int64) ledgertypes.Entry {
		return ledgertypes.Entry{
			Account: settlementtypes.AccountAddress(benchParty(account/booksPerParty), uint32(account%booksPerParty)),
			Denom:   settlementtypes.DepositDenom("BQDQ", "CNY"), Delta: math.NewInt(delta),
		}
	}
	require.NoError(b, a.Keepers.Ledger.Post(ctx, ledgertypes.Posting{Entries: []ledgertypes.Entry{entry(from, -1), entry(to, 1)}}))
}

// booksGenesis adds accounts to a small network: a network file may not have so many.
func booksGenesis(b *testing.B, a *app.App, accounts int) []byte {
	b.Helper()
	var state map[string]json.RawMessage
	require.NoError(b, json.Unmarshal(chain.Genesis(b, network.Default()), &state))
	var ledger ledgertypes.GenesisState
	var settlement settlementtypes.GenesisState
	a.Encoding.Codec.MustUnmarshalJSON(state[ledgertypes.ModuleName], &ledger)
	a.Encoding.Codec.MustUnmarshalJSON(state[settlementtypes.ModuleName], &settlement)
	issued := math.NewInt(100_000_000)
	for i := range accounts {
		party, ordinal := benchParty(i/booksPerParty), uint32(i%booksPerParty)
		address := chain.Account(party, ordinal)
		settlement.Accounts = append(settlement.Accounts, settlementtypes.Account{
			Address: address, InstitutionId: "BQDQ", PartyId: party, Ordinal: ordinal,
			Currencies: []string{"CNY"}, Status: settlementtypes.AccountOpen,
		})
		ledger.Balances = append(ledger.Balances, ledgertypes.AccountBalance{
			Address: address, Denom: settlementtypes.DepositDenom("BQDQ", "CNY"), Amount: issued,
		})
	}
	for i, outstanding := range settlement.Outstandings {
		if outstanding.Currency == "CNY" {
			settlement.Outstandings[i].Deposits = outstanding.Deposits.Add(issued.MulRaw(int64(accounts)))
		}
	}
	state[ledgertypes.ModuleName] = a.Encoding.Codec.MustMarshalJSON(&ledger)
	state[settlementtypes.ModuleName] = a.Encoding.Codec.MustMarshalJSON(&settlement)
	text, err := json.Marshal(state)
	require.NoError(b, err)
	return text
}
