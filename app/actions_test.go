package app_test

import (
	"encoding/json"
	"fmt"
	"math"
	"testing"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"
	"github.com/stretchr/testify/require"

	sdkmath "cosmossdk.io/math"

	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	"github.com/cosmos/cosmos-sdk/crypto/keys/mldsa65"
	"github.com/cosmos/cosmos-sdk/crypto/keys/multisig"
	"github.com/cosmos/cosmos-sdk/crypto/keys/secp256k1"
	cryptotypes "github.com/cosmos/cosmos-sdk/crypto/types"
	multi "github.com/cosmos/cosmos-sdk/crypto/types/multisig"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/types/tx/signing"

	"github.com/zhilian-network/zhilian/app"
	"github.com/zhilian-network/zhilian/localnet/network"
	"github.com/zhilian-network/zhilian/testutil/chain"
	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	settlementtypes "github.com/zhilian-network/zhilian/x/settlement/types"
)

const directorKey = "director of huanghai"

// twoPersonChain is the built-in network where the payer's payments of 10,000 fen and more need its director.
// change says what else is different at the beginning; nil if nothing is.
func twoPersonChain(t *testing.T, change func(*accesstypes.GenesisState)) *chain.Chain {
	t.Helper()
	file, encoding := network.Default(), app.NewEncoding()
	var state map[string]json.RawMessage
	require.NoError(t, json.Unmarshal(chain.Genesis(t, file), &state))
	var access accesstypes.GenesisState
	require.NoError(t, encoding.Codec.UnmarshalJSON(state[accesstypes.ModuleName], &access))

	access.Roles = append(access.Roles, accesstypes.Role{Id: "zz-director", Permissions: []string{accesstypes.PermissionApprove}})
	for i, operator := range access.Operators {
		if operator.Address != chain.Address(payerKey) {
			continue
		}
		access.Operators[i].Holder = "accountant"
		director := operator
		director.Address, director.Holder, director.Roles = chain.Address(directorKey), "director", []string{"zz-director"}
		access.Operators = append(access.Operators, director)
		access.Policies = append(access.Policies, accesstypes.ApprovalPolicies{
			InstitutionId: operator.InstitutionId, PartyId: operator.PartyId,
			Policies: []accesstypes.ApprovalPolicy{{
				Id: "large", Permission: settlementtypes.PermissionPay, Currency: "CNY", FromAmount: sdkmath.NewInt(10_000),
				Approvals: 1, Roles: []string{"zz-director"},
			}},
		})
	}
	if change != nil {
		change(&access)
	}
	var err error
	state[accesstypes.ModuleName], err = encoding.Codec.MarshalJSON(&access)
	require.NoError(t, err)
	text, err := json.Marshal(state)
	require.NoError(t, err)
	return chain.NewFrom(t, file, text, 1)
}

func proposeAction(t *testing.T, msgs ...sdk.Msg) *accesstypes.MsgProposeAction {
	t.Helper()
	msg := &accesstypes.MsgProposeAction{Operator: chain.Address(payerKey)}
	for _, inner := range msgs {
		packed, err := codectypes.NewAnyWithValue(inner)
		require.NoError(t, err)
		msg.Messages = append(msg.Messages, packed)
	}
	return msg
}

func TestALargePaymentTakesTwoPersons(t *testing.T) {
	c := twoPersonChain(t, nil)
	before := balance(t, c, supplier, "LSHB/CNY")
	c.MustSend(payerKey, payment("small", 9_999))
	large := payment("large", 10_000)
	alone := c.Send(payerKey, large)
	require.Equal(t, accesstypes.ErrApprovalNeeded.ABCICode(), alone.Code, alone.Log)

	proposed := chain.Response[accesstypes.MsgProposeActionResponse](t, c.MustSend(payerKey, proposeAction(t, large)))
	require.Equal(t, []string{"large"}, proposed.Policies)
	approval := func(name string) sdk.Msg {
		return &accesstypes.MsgApproveAction{Operator: chain.Address(name), ActionId: proposed.ActionId, Digest: proposed.Digest, Units: 1}
	}
	own := c.Send(payerKey, approval(payerKey))
	require.Equal(t, accesstypes.ErrMakerApproves.ABCICode(), own.Code, own.Log)
	require.Equal(t, before.AddRaw(9_999), balance(t, c, supplier, "LSHB/CNY"))

	raw := c.Sign(directorKey, approval(directorKey))
	results := c.Block(raw, raw).TxResults
	require.Zero(t, results[0].Code, results[0].Log)
	require.NotZero(t, results[1].Code, "the same transaction again")
	require.Equal(t, before.AddRaw(19_999), balance(t, c, supplier, "LSHB/CNY"))
	done := chain.Response[accesstypes.MsgApproveActionResponse](t, results[0])
	require.NoError(t, done.UnpackInterfaces(c.App.Encoding.Registry))
	paid, ok := done.Responses[0].GetCachedValue().(*settlementtypes.MsgPayResponse)
	require.True(t, ok)
	require.Equal(t, settlementtypes.PaymentSettled, paid.Result.Status)
	settled := 0
	for _, event := range results[0].Events {
		if event.Type == "zhilian.settlement.v1.EventPaymentSettled" {
			settled++
		}
	}
	require.Equal(t, 1, settled, "its events are told once, though it was tried before")
	again := c.Send(directorKey, approval(directorKey))
	require.Equal(t, accesstypes.ErrActionDecided.ABCICode(), again.Code, again.Log)
	c.RequireMoneyConserved()
}

func batchOf(name string, transfers int) *settlementtypes.MsgPayBatch {
	batch := &settlementtypes.MsgPayBatch{
		Operator: chain.Address(payerKey), Debtor: chain.Account(payer, 0), Currency: "CNY", Mode: settlementtypes.BestEffort,
	}
	for i := range transfers {
		batch.Transfers = append(batch.Transfers, settlementtypes.Transfer{
			Creditor: chain.Account(supplier, 0), Amount: sdkmath.OneInt(), EndToEndDigest: digest(fmt.Sprint(name, i)),
		})
	}
	return batch
}

func TestAnActionIsCountedAsWhatItHolds(t *testing.T) {
	c := twoPersonChain(t, nil)
	const each = 900
	var txs [][]byte
	for i := range app.BlockUnitsMax/each + 2 {
		txs = append(txs, c.Sign(payerKey, proposeAction(t, batchOf(fmt.Sprint("p", i), each))))
	}
	require.Len(t, proposal(t, c, 64<<20, txs...), app.BlockUnitsMax/each)

	approval := func(units uint64) []byte {
		return c.Sign(directorKey, &accesstypes.MsgApproveAction{Operator: chain.Address(directorKey), ActionId: 1, Digest: digest("x"), Units: units})
	}
	full := [][]byte{approval(app.BlockUnitsMax), approval(1)}
	require.Len(t, proposal(t, c, 64<<20, full...), 1)
	require.Equal(t, abci.ResponseProcessProposal_REJECT, judged(t, c, full...))
	wrapping := [][]byte{approval(math.MaxUint64), approval(math.MaxUint64)}
	require.Equal(t, abci.ResponseProcessProposal_REJECT, judged(t, c, wrapping...), "a sum that wraps around is still too much")
	c.ForgetSequences()
	require.Equal(t, accesstypes.ErrQuotaExceeded.ABCICode(), c.Block(approval(math.MaxUint64)).TxResults[0].Code)
	c.ForgetSequences()
	require.Equal(t, accesstypes.ErrActionNotFound.ABCICode(), c.Block(approval(0)).TxResults[0].Code)
}

func TestANewKeyMovesNoMoney(t *testing.T) {
	c := twoPersonChain(t, nil)
	c.MustSend(payerKey, payment("before", 100))
	payerBefore, supplierBefore := balance(t, c, payer, "BQDQ/CNY"), balance(t, c, supplier, "LSHB/CNY")
	old, err := sdk.AccAddressFromBech32(chain.Address(payerKey))
	require.NoError(t, err)
	const successor = "the payer's next key"
	key := chain.Key(successor)
	packed, err := codectypes.NewAnyWithValue(key.PubKey())
	require.NoError(t, err)
	proof, err := key.Sign(accesstypes.KeyRotationBytes(network.Default().ChainID, old, key.PubKey().Address()))
	require.NoError(t, err)
	c.MustSend(payerKey, &accesstypes.MsgRotateKey{Operator: chain.Address(payerKey), PublicKey: packed, Proof: proof})

	require.Equal(t, payerBefore, balance(t, c, payer, "BQDQ/CNY"))
	require.Equal(t, supplierBefore, balance(t, c, supplier, "LSHB/CNY"))
	c.RequireMoneyConserved()
	gone := c.Send(payerKey, payment("after", 100))
	require.Equal(t, accesstypes.ErrOperatorInactive.ABCICode(), gone.Code, gone.Log)
	paid := payment("after", 100)
	paid.Operator = chain.Address(successor)
	c.MustSend(successor, paid)
	require.Equal(t, payerBefore.SubRaw(100), balance(t, c, payer, "BQDQ/CNY"), "out of the same account")
}

func TestActionsWaitThroughARestartAndExpire(t *testing.T) {
	c := twoPersonChain(t, nil)
	msg := proposeAction(t, payment("late", 20_000))
	msg.ExpiresAt = chain.Start.Add(5 * time.Second)
	id := chain.Response[accesstypes.MsgProposeActionResponse](t, c.MustSend(payerKey, msg)).ActionId
	c.Restart()
	var expired bool
	for range 6 {
		for _, event := range c.Block().Events {
			expired = expired || event.Type == "zhilian.access.v1.EventActionDecided"
		}
	}
	require.True(t, expired)
	late := c.Send(directorKey, &accesstypes.MsgApproveAction{Operator: chain.Address(directorKey), ActionId: id, Digest: digest("x"), Units: 1})
	require.Equal(t, accesstypes.ErrActionDecided.ABCICode(), late.Code, late.Log)
}

func TestAMultisigProvesItselfByTheSignaturesOfItsMembers(t *testing.T) {
	c := chain.New(t, network.Default())
	proofs := c.App.KeyProofs()
	post, err := mldsa65.GenPrivKey()
	require.NoError(t, err)
	members := []cryptotypes.PrivKey{secp256k1.GenPrivKeyFromSecret([]byte("a")), &post, secp256k1.GenPrivKeyFromSecret([]byte("c"))}
	publics := make([]cryptotypes.PubKey, len(members))
	for i, member := range members {
		publics[i] = member.PubKey()
	}
	key, message := multisig.NewLegacyAminoPubKey(2, publics), []byte("message")
	prove := func(text []byte, signers ...int) []byte {
		data := multi.NewMultisig(len(members))
		for _, i := range signers {
			signature, err := members[i].Sign(text)
			require.NoError(t, err)
			require.NoError(t, multi.AddSignatureFromPubKey(data, &signing.SingleSignatureData{SignMode: signing.SignMode_SIGN_MODE_DIRECT, Signature: signature}, publics[i], publics))
		}
		proof, err := signing.SignatureDataToProto(data).Marshal()
		require.NoError(t, err)
		return proof
	}
	require.NoError(t, proofs.CheckKey(c.Context(), key))
	require.NoError(t, proofs.CheckProof(c.Context(), key, message, prove(message, 0, 1)))
	for name, proof := range map[string][]byte{
		"of too few":         prove(message, 1),
		"of something else":  prove([]byte("other"), 0, 1),
		"that is no proof":   []byte("garbage"),
		"that is empty":      nil,
		"of one, not of all": func() []byte { s, _ := members[0].Sign(message); return s }(),
	} {
		require.Error(t, proofs.CheckProof(c.Context(), key, message, proof), name)
	}
	many := make([]cryptotypes.PubKey, 8)
	for i := range many {
		many[i] = secp256k1.GenPrivKeyFromSecret([]byte{byte(i)}).PubKey()
	}
	require.Error(t, proofs.CheckKey(c.Context(), multisig.NewLegacyAminoPubKey(1, many)), "it could never sign a transaction")
	require.Error(t, proofs.CheckKey(c.Context(), nil))
}
