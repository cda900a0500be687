package keeper_test

import (
	"bytes"
	"testing"

	cmtmldsa65 "github.com/cometbft/cometbft/crypto/mldsa65"
	cmtproto "github.com/cometbft/cometbft/proto/tendermint/types"
	"github.com/stretchr/testify/require"

	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	"github.com/cosmos/cosmos-sdk/crypto/keys/mldsa65"
	consensustypes "github.com/cosmos/cosmos-sdk/x/consensus/types"

	"github.com/zhilian-network/zhilian/x/consortium/types"
)

func postQuantumKey(name string) *codectypes.Any {
	key := bytes.Repeat(hash(name), cmtmldsa65.PubKeySize/32)
	packed, err := codectypes.NewAnyWithValue(&mldsa65.PubKey{Key: key})
	if err != nil {
		panic(err)
	}
	return packed
}

// settings are what a transaction sees of the consensus settings from here on.
func (f *fixture) settings(keyTypes ...string) {
	f.ctx = f.ctx.WithConsensusParams(cmtproto.ConsensusParams{Validator: &cmtproto.ValidatorParams{PubKeyTypes: keyTypes}})
}

func (f *fixture) admitPostQuantum(id string) error {
	_, err := f.msgs.AdmitValidator(f.ctx, &types.MsgAdmitValidator{
		Authority: authority, InstitutionId: id, ConsensusPubkey: postQuantumKey(id), Power: 1,
	})
	return err
}

func TestAPostQuantumKeyIsAdmittedFromTheBlockOnInWhichCometBFTTakesIt(t *testing.T) {
	f := newFixture(t, "AAAA", "BBBB", "CCCC", "DDDD", "EEEE")
	f.withValidators(t, equals("AAAA", "BBBB", "CCCC")...)
	f.beginBlock(t, nil)
	require.ErrorIs(t, f.admitPostQuantum("DDDD"), types.ErrInvalidConsensusKey)
	f.settings("ed25519", "ml_dsa_65") // an earlier transaction of the same block has changed them
	require.ErrorIs(t, f.admitPostQuantum("DDDD"), types.ErrInvalidConsensusKey, "CometBFT would stop at this block's update")
	require.Empty(t, f.endBlock(t))

	f.beginBlock(t, nil)
	require.NoError(t, f.admitPostQuantum("DDDD"))
	require.NoError(t, f.admit("EEEE", "EEEE", 1), "the old type stays")
	updates := f.endBlock(t)
	require.Len(t, updates, 2)
	var postQuantum [][]byte
	for _, update := range updates {
		if key := update.PubKey.GetMldsa65(); key != nil {
			postQuantum = append(postQuantum, key)
		}
	}
	require.Equal(t, [][]byte{postQuantumKey("DDDD").GetCachedValue().(*mldsa65.PubKey).Key}, postQuantum)
}

func TestAValidatorMovesToAPostQuantumKeyInOneDecision(t *testing.T) {
	f := newFixture(t, "AAAA", "BBBB")
	f.settings("ed25519", "ml_dsa_65")
	f.withValidators(t, equals("AAAA", "BBBB")...)
	f.beginBlock(t, nil)
	require.NoError(t, f.remove("AAAA"))
	require.NoError(t, f.admitPostQuantum("AAAA"))
	updates := f.endBlock(t)
	require.Len(t, updates, 2)
	for _, update := range updates {
		require.Equal(t, update.PubKey.GetMldsa65() != nil, update.Power == 1, "the new key in, the old one out")
	}
}

func TestAGenesisOfKeysThatTheSettingsDoNotNameIsRefused(t *testing.T) {
	state := func(status types.ValidatorStatus) *types.GenesisState {
		g := types.DefaultGenesis()
		g.Validators = []types.Validator{validator("AAAA", 1, active), {
			InstitutionId: "BBBB", ConsensusPubkey: postQuantumKey("BBBB"), Power: 1, Status: status,
		}}
		return g
	}
	for status, refused := range map[types.ValidatorStatus]bool{active: true, jailed: true, removed: false, expelled: false} {
		f := newFixture(t, "AAAA", "BBBB")
		_, err := f.keeper.InitGenesis(f.ctx, state(status))
		require.Equal(t, refused, err != nil, "%s: %v", status, err)
		f = newFixture(t, "AAAA", "BBBB")
		f.settings("ml_dsa_65", "ed25519")
		_, err = f.keeper.InitGenesis(f.ctx, state(status))
		require.NoError(t, err, status)
	}
	f := newFixture(t, "AAAA")
	f.settings("ml_dsa_65")
	g := types.DefaultGenesis()
	g.Validators = []types.Validator{validator("AAAA", 1, active)}
	_, err := f.keeper.InitGenesis(f.ctx, g)
	require.ErrorIs(t, err, types.ErrInvalidConsensusKey)
}

func TestAPostQuantumKeyOfAWrongLengthIsRefused(t *testing.T) {
	for _, size := range []int{0, 32, cmtmldsa65.PubKeySize - 1, cmtmldsa65.PubKeySize + 1} {
		packed, err := codectypes.NewAnyWithValue(&mldsa65.PubKey{Key: make([]byte, size)})
		require.NoError(t, err)
		_, err = types.ConsensusPubKey(packed)
		require.ErrorIs(t, err, types.ErrInvalidConsensusKey)
	}
}

// A proposal that was harmless when it was submitted may take a type away by the time it passes.
func TestConsensusSettingsAreJudgedAgainWhenTheyAreExecuted(t *testing.T) {
	f := newFixture(t, "AAAA", "BBBB", "CCCC")
	f.withValidators(t, equals("AAAA", "BBBB", "CCCC")...)
	consensustypes.RegisterInterfaces(f.cdc.InterfaceRegistry())
	consensustypes.RegisterMsgServer(f.router, &consensustypes.UnimplementedMsgServer{})
	f.beginBlock(t, nil)
	id := f.mustSubmit(t, &consensustypes.MsgUpdateParams{
		Authority: authority,
		Block:     &cmtproto.BlockParams{MaxBytes: 8 << 20, MaxGas: -1},
		Validator: &cmtproto.ValidatorParams{PubKeyTypes: []string{"ed25519"}},
	})
	f.settings("ed25519", "ml_dsa_65")
	f.pass(t, id)
	proposal := f.proposal(t, id).Proposal
	require.Equal(t, types.ProposalStatus_PROPOSAL_STATUS_FAILED, proposal.Status)
	require.Contains(t, proposal.Failure, "cannot be taken away")
}
