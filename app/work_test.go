package app_test

import (
	"fmt"
	"testing"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"
	"github.com/stretchr/testify/require"

	"cosmossdk.io/math"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/zhilian-network/zhilian/app"
	"github.com/zhilian-network/zhilian/localnet/network"
	"github.com/zhilian-network/zhilian/testutil/chain"
	"github.com/zhilian-network/zhilian/testutil/smallmodel"
	credittypes "github.com/zhilian-network/zhilian/x/credit/types"
	financingtypes "github.com/zhilian-network/zhilian/x/financing/types"
	settlementtypes "github.com/zhilian-network/zhilian/x/settlement/types"
)

// payroll is a transaction of so many transfers.
func payroll(c *chain.Chain, name string, transfers int) []byte {
	batch := &settlementtypes.MsgPayBatch{
		Operator: chain.Address(payerKey), Debtor: chain.Account(payer, 0), Currency: "CNY", Mode: settlementtypes.BestEffort,
	}
	for i := range transfers {
		batch.Transfers = append(batch.Transfers, settlementtypes.Transfer{
			Creditor: chain.Account(supplier, 0), Amount: math.OneInt(), EndToEndDigest: digest(fmt.Sprint(name, i)),
		})
	}
	return c.Sign(payerKey, batch)
}

func proposal(t *testing.T, c *chain.Chain, maxBytes int64, txs ...[]byte) [][]byte {
	t.Helper()
	prepared, err := c.App.PrepareProposal(&abci.RequestPrepareProposal{
		Height: c.Height() + 1, Time: chain.Start.Add(time.Hour), Txs: txs, MaxTxBytes: maxBytes,
	})
	require.NoError(t, err)
	return prepared.Txs
}

func judged(t *testing.T, c *chain.Chain, txs ...[]byte) abci.ResponseProcessProposal_ProposalStatus {
	t.Helper()
	processed, err := c.App.ProcessProposal(&abci.RequestProcessProposal{
		Height: c.Height() + 1, Time: chain.Start.Add(time.Hour), Txs: txs,
	})
	require.NoError(t, err)
	return processed.Status
}

func TestABlockHoldsNoMoreWorkThanItMay(t *testing.T) {
	c := chain.New(t, network.Default())
	const each = 900
	var txs [][]byte
	for i := range app.BlockUnitsMax/each + 2 {
		txs = append(txs, payroll(c, fmt.Sprint("p", i), each))
	}
	taken := proposal(t, c, 64<<20, txs...)
	require.Len(t, taken, app.BlockUnitsMax/each)
	require.Equal(t, txs[:len(taken)], taken, "in the order in which they came")
	require.Equal(t, abci.ResponseProcessProposal_ACCEPT, judged(t, c, taken...))
	require.Equal(t, abci.ResponseProcessProposal_REJECT, judged(t, c, txs[:len(taken)+1]...))
}

// A model is up to half a megabyte that every validator reads, checks and writes, or runs.
func TestModelsAndRatingsCountForWhatTheyCost(t *testing.T) {
	const bank = "bank-BQDQ"
	operator := chain.Address(bank)
	for _, each := range []struct {
		units   int
		message sdk.Msg
	}{
		{credittypes.RegistrationUnits, smallmodel.Registration(operator, smallmodel.Model(1), 1, 900_000)},
		{credittypes.RatingUnits, &credittypes.MsgRate{Operator: operator}},
		{credittypes.RatingUnits, &credittypes.MsgPublishRating{Operator: operator}},
		{credittypes.RatingUnits, &credittypes.MsgOpenRating{Operator: operator}},
		{credittypes.AttestationUnits, &credittypes.MsgAttest{Operator: operator, ExpiresAt: chain.Start}},
		{credittypes.AttestationUnits, &credittypes.MsgRevokeAttestation{Operator: operator}},
		{credittypes.BehaviourUnits, &credittypes.MsgEnrolBehaviour{Operator: operator, EndsAt: chain.Start}},
		{credittypes.BehaviourUnits, &credittypes.MsgEndBehaviour{Operator: operator}},
		{1, &credittypes.MsgEndorseModel{Operator: operator}},
	} {
		c := chain.New(t, network.Default())
		var txs [][]byte
		for range app.BlockUnitsMax/each.units + 1 {
			txs = append(txs, c.Sign(bank, each.message))
			if each.units == 1 && len(txs) == 100 {
				break // a hundred are enough to see that they are not counted for more
			}
		}
		require.Len(t, proposal(t, c, 64<<20, txs...), min(app.BlockUnitsMax/each.units, len(txs)), "%T", each.message)
	}
}

func TestAProposalEndsWhereATransactionDoesNotFit(t *testing.T) {
	c := chain.New(t, network.Default())
	small, large, next := c.Sign(payerKey, payment("1", 1)), payroll(c, "large", 100), c.Sign(payerKey, payment("2", 1))
	taken := proposal(t, c, int64(len(small)+len(next)+100), small, large, next)
	require.Equal(t, [][]byte{small}, taken, "the one behind it carries a later nonce of the same operator")
}

func TestWhatCannotBeDecodedIsNotProposedAndStopsNoBlock(t *testing.T) {
	c := chain.New(t, network.Default())
	good := c.Sign(payerKey, payment("1", 1))
	require.Equal(t, [][]byte{good}, proposal(t, c, 1<<20, []byte("garbage"), good))
	require.Equal(t, abci.ResponseProcessProposal_ACCEPT, judged(t, c, []byte("garbage"), good))
	results := c.Block([]byte("garbage"), good).TxResults
	require.NotZero(t, results[0].Code)
	require.Zero(t, results[1].Code)
}

// A decoded transaction is shared between the check, the proposal and the block.
func TestExecutionLeavesADecodedTransactionAsItWas(t *testing.T) {
	c := chain.New(t, network.Default())
	raw := payroll(c, "shared", 20)
	require.Zero(t, checkCode(t, c, raw))
	before, err := c.App.TxDecode(raw)
	require.NoError(t, err)
	require.Zero(t, c.Block(raw).TxResults[0].Code)
	after, err := c.App.TxDecode(raw)
	require.NoError(t, err)
	require.Same(t, before, after, "it was remembered")
	encoded, err := c.App.TxEncode(after)
	require.NoError(t, err)
	require.Equal(t, raw, encoded)
	fresh, err := c.App.Encoding.TxConfig.TxDecoder()(raw)
	require.NoError(t, err)
	require.Equal(t, fresh.GetMsgs(), after.GetMsgs())
}

func TestTheSameBlocksGiveTheSameStateWithAndWithoutACheckBefore(t *testing.T) {
	checked, unchecked := chain.New(t, network.Default()), chain.New(t, network.Default())
	for i := range 5 {
		raw := checked.Sign(payerKey, payment(fmt.Sprint("p", i), int64(1+i)))
		unchecked.Sign(payerKey, payment("keeps the nonces in step", 1))
		require.Zero(t, checkCode(t, checked, raw))
		with, without := checked.Block(raw), unchecked.Block(raw)
		require.Equal(t, with.TxResults, without.TxResults)
		require.Equal(t, with.AppHash, without.AppHash)
	}
}

// A receivable is paid to up to fifty holders, and a split has up to twenty parts: each is a payment or a move.
func TestReceivablesCountForWhatTheyCost(t *testing.T) {
	c := chain.New(t, network.Default())
	operator := chain.Address(payerKey)
	split := &financingtypes.MsgTransferReceivable{
		Operator: operator, ReceivableId: 1, Creditor: chain.Account(payer, 0), Units: math.OneInt(), Parts: make([]financingtypes.UnitPart, 20),
	}
	for i := range split.Parts {
		split.Parts[i] = financingtypes.UnitPart{Account: operator, Units: math.OneInt()}
	}
	for _, each := range []struct {
		units   int
		message sdk.Msg
	}{
		{financingtypes.RequestUnits, &financingtypes.MsgWithdrawRequest{Operator: operator, RequestId: 1}},
		{financingtypes.RequestUnits, &financingtypes.MsgAcceptOffer{Operator: operator, OfferId: 1}},
		{financingtypes.CollectUnits, &financingtypes.MsgPayReceivable{Operator: operator, ReceivableId: 1, Amount: math.OneInt()}},
		{20, split},
	} {
		var txs [][]byte
		for range app.BlockUnitsMax/each.units + 2 {
			txs = append(txs, c.Sign(payerKey, each.message))
		}
		require.Len(t, proposal(t, c, 64<<20, txs...), app.BlockUnitsMax/each.units, "%T", each.message)
	}
}
