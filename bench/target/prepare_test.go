package target_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	cmtcfg "github.com/cometbft/cometbft/config"
	txtypes "github.com/cosmos/cosmos-sdk/types/tx"
	genutiltypes "github.com/cosmos/cosmos-sdk/x/genutil/types"

	"github.com/zhilian-network/zhilian/bench/node"
	"github.com/zhilian-network/zhilian/bench/target"
	settlementtypes "github.com/zhilian-network/zhilian/x/settlement/types"
)

func prepare(t *testing.T, kind target.Kind, validators int) *target.Network {
	t.Helper()
	network, err := target.Prepare(target.Options{
		Kind: kind, Dir: filepath.Join(t.TempDir(), "homes"), Validators: validators, Accounts: 36, Payers: 12,
		ZhilianCommand: []string{"zhiliand"}, PlainCommand: []string{"bench", "plain"}, PlainFee: 7, Seed: 1,
	})
	require.NoError(t, err)
	require.Len(t, network.Homes, validators)
	return network
}

// The default configuration is the SDK's own: what differs is only what several nodes on one machine
// need to find each other.
func TestThePlainChainRunsWithTheDefaultsOfTheSDK(t *testing.T) {
	home := prepare(t, target.Plain, 2).Homes[0]
	config, err := node.ReadCometConfig(home.Dir)
	require.NoError(t, err)
	want := cmtcfg.DefaultConfig()
	require.Equal(t, 5*time.Second, config.Consensus.TimeoutCommit, "the SDK's init writes five seconds")
	config.Consensus.TimeoutCommit = want.Consensus.TimeoutCommit
	config.Consensus.RootDir = ""
	require.Equal(t, want.Consensus, config.Consensus)
	config.Mempool.RootDir = ""
	require.Equal(t, want.Mempool, config.Mempool)
	require.Equal(t, want.TxIndex, config.TxIndex)
	require.Equal(t, want.Storage, config.Storage)
	require.Equal(t, want.DBBackend, config.DBBackend)
	settings, err := node.Settings(home)
	require.NoError(t, err)
	require.Equal(t, "0stake", settings["minimum-gas-prices"])
	require.Equal(t, "false", settings["api.enable"])
}

func TestTheTunedPlainChainRunsWithOurSettings(t *testing.T) {
	ours, err := node.Settings(prepare(t, target.PayInside, 1).Homes[0])
	require.NoError(t, err)
	tuned, err := node.Settings(prepare(t, target.PlainTuned, 1).Homes[0])
	require.NoError(t, err)
	require.Equal(t, "0stake", tuned["minimum-gas-prices"])
	delete(ours, "minimum-gas-prices")
	delete(tuned, "minimum-gas-prices")
	require.Equal(t, ours, tuned)
	plain, err := node.Settings(prepare(t, target.Plain, 1).Homes[0])
	require.NoError(t, err)
	require.NotEqual(t, ours, plain)
}

func TestAllNodesOfANetworkHaveOneGenesis(t *testing.T) {
	for _, kind := range []target.Kind{target.PayInside, target.Plain} {
		network := prepare(t, kind, 2)
		first, err := genutiltypes.AppGenesisFromFile(filepath.Join(network.Homes[0].Dir, "config", "genesis.json"))
		require.NoError(t, err)
		second, err := genutiltypes.AppGenesisFromFile(filepath.Join(network.Homes[1].Dir, "config", "genesis.json"))
		require.NoError(t, err)
		require.Equal(t, first, second, kind)
	}
}

func TestPaymentsReachTheAccountsThatTheirKindMay(t *testing.T) {
	const payers, perPayer, banks = 12, 3, 3
	bank := func(account uint32) int { return int(account) / perPayer % banks }
	for _, kind := range []target.Kind{target.PayInside, target.PayBetween, target.Batch, target.PayInsideDetails} {
		network := prepare(t, kind, 1)
		creditors := map[uint32]bool{}
		for payer := range payers {
			for sequence := range uint64(30) {
				tx, err := network.Make(payer, sequence)
				require.NoError(t, err)
				require.Len(t, tx.Moves, kind.Payments())
				for _, move := range tx.Moves {
					require.EqualValues(t, payer*perPayer, move.From, kind)
					require.NotEqual(t, move.From, move.To, kind)
					require.Equal(t, kind == target.PayBetween, bank(move.From) != bank(move.To), kind)
					require.Positive(t, move.Amount)
					creditors[move.To] = true
				}
			}
		}
		require.Len(t, creditors, payers*perPayer, "%s reaches every account", kind)
	}
}

func TestThePlainChainPaysEveryAccountButThePayers(t *testing.T) {
	network := prepare(t, target.Plain, 1)
	creditors := map[uint32]bool{}
	for payer := range 12 {
		for sequence := range uint64(60) {
			tx, err := network.Make(payer, sequence)
			require.NoError(t, err)
			require.EqualValues(t, payer, tx.Moves[0].From)
			require.NotEqual(t, tx.Moves[0].From, tx.Moves[0].To)
			require.EqualValues(t, 7, tx.Fee)
			creditors[tx.Moves[0].To] = true
		}
	}
	require.Len(t, creditors, 36)
}

func TestTheSameSeedGivesTheSamePayment(t *testing.T) {
	first, err := prepare(t, target.PayInside, 1).Make(5, 9)
	require.NoError(t, err)
	second, err := prepare(t, target.PayInside, 1).Make(5, 9)
	require.NoError(t, err)
	require.Equal(t, first.Moves, second.Moves)
	other, err := prepare(t, target.PayInside, 1).Make(5, 10)
	require.NoError(t, err)
	require.NotEqual(t, first.Raw, other.Raw)
}

func TestAccountsAreSharedOutEvenlyOrNotAtAll(t *testing.T) {
	_, err := target.Prepare(target.Options{Kind: target.PayInside, Dir: t.TempDir(), Validators: 1, Accounts: 37, Payers: 12})
	require.ErrorContains(t, err, "evenly")
}

// What is measured with details is what the gateway sends: the chain takes its form, and no reader is missing.
func TestDetailsOfALoadAreOnesThatTheChainTakes(t *testing.T) {
	single := prepare(t, target.PayInsideDetails, 1)
	for sequence := range uint64(20) {
		message := messageOf[settlementtypes.MsgPay](t, single, 3, sequence)
		require.NoError(t, message.Validate())
		require.NotEmpty(t, message.Details.Groups())
		require.Empty(t, message.DetailsGroups)
		require.Greater(t, message.Details.Size(), 256)
		first := messageOf[settlementtypes.MsgPay](t, prepare(t, target.PayInsideFirst, 1), 3, sequence)
		require.NoError(t, first.Validate())
		require.Len(t, first.DetailsGroups, len(first.Details.Groups()))
	}
	batch := messageOf[settlementtypes.MsgPayBatch](t, prepare(t, target.BatchDetails, 1), 3, 0)
	require.NoError(t, batch.Validate())
	ciphertexts := map[string]bool{}
	for _, transfer := range batch.Transfers {
		ciphertexts[string(transfer.Details.Ciphertext)] = true
	}
	require.Len(t, ciphertexts, 500, "a database cannot pack what is sealed")
}

func messageOf[T any, M interface {
	*T
	Unmarshal([]byte) error
}](t *testing.T, network *target.Network, payer int, sequence uint64) *T {
	t.Helper()
	tx, err := network.Make(payer, sequence)
	require.NoError(t, err)
	var raw txtypes.TxRaw
	require.NoError(t, raw.Unmarshal(tx.Raw))
	var body txtypes.TxBody
	require.NoError(t, body.Unmarshal(raw.BodyBytes))
	message := new(T)
	require.NoError(t, M(message).Unmarshal(body.Messages[0].Value))
	return message
}
