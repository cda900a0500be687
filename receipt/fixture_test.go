package receipt_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"testing"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"
	"github.com/cometbft/cometbft/crypto/ed25519"
	cmtbytes "github.com/cometbft/cometbft/libs/bytes"
	cmtproto "github.com/cometbft/cometbft/proto/tendermint/types"
	cmtversion "github.com/cometbft/cometbft/proto/tendermint/version"
	rpcclient "github.com/cometbft/cometbft/rpc/client"
	coretypes "github.com/cometbft/cometbft/rpc/core/types"
	"github.com/cometbft/cometbft/types"
	"github.com/cometbft/cometbft/version"
	"github.com/stretchr/testify/require"

	"cosmossdk.io/math"

	"github.com/zhilian-network/zhilian/localnet/network"
	"github.com/zhilian-network/zhilian/receipt"
	"github.com/zhilian-network/zhilian/testutil/chain"
	settlement "github.com/zhilian-network/zhilian/x/settlement/types"
)

const payerKey = "party-huanghai-appliances"

func pay(endToEnd string, fen int64) *settlement.MsgPay {
	digest := sha256.Sum256([]byte(endToEnd))
	return &settlement.MsgPay{
		Operator: chain.Address(payerKey), Debtor: chain.Account("huanghai-appliances", 0),
		Creditor: chain.Account("laoshan-compressors", 0), Currency: "CNY", Amount: math.NewInt(fen), EndToEndDigest: digest[:],
	}
}

// node is a chain with the headers that its validators would have signed.
type node struct {
	c  *chain.Chain
	id string
	// eras are the validators from a height on.
	eras []era
	// silent validators, by index in the set, do not sign.
	silent map[int]bool
	// pruned heights are not proven.
	pruned map[int64]bool
}

type era struct {
	from int64
	keys []ed25519.PrivKey
	set  *types.ValidatorSet
}

// members are validators of 10 power each, by name.
func members(from int64, names ...string) era {
	e := era{from: from}
	var list []*types.Validator
	byAddress := map[string]ed25519.PrivKey{}
	for _, name := range names {
		key := ed25519.GenPrivKeyFromSecret([]byte(name))
		list = append(list, types.NewValidator(key.PubKey(), 10))
		byAddress[string(key.PubKey().Address())] = key
	}
	e.set = types.NewValidatorSet(list)
	for _, v := range e.set.Validators {
		e.keys = append(e.keys, byAddress[string(v.Address)])
	}
	return e
}

func newNode(t testing.TB, eras ...era) *node {
	file := network.Default()
	return &node{c: chain.New(t, file), id: file.ChainID, eras: eras, silent: map[int]bool{}, pruned: map[int64]bool{}}
}

func fourBanks() era { return members(1, "a", "b", "c", "d") }

func (n *node) era(height int64) era {
	found := n.eras[0]
	for _, e := range n.eras {
		if e.from <= height {
			found = e
		}
	}
	return found
}

func fill(text string, height int64) []byte {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %d", text, height))
	return sum[:]
}

func (n *node) signed(height int64) *types.SignedHeader {
	e := n.era(height)
	header := &types.Header{
		Version: cmtversion.Consensus{Block: version.BlockProtocol}, ChainID: n.id, Height: height,
		Time:           chain.Start.Add(time.Duration(height) * chain.BlockInterval),
		LastBlockID:    types.BlockID{Hash: fill("block", height-1), PartSetHeader: types.PartSetHeader{Total: 1, Hash: fill("part", height-1)}},
		LastCommitHash: fill("commit", height), DataHash: fill("data", height), ConsensusHash: fill("consensus", 0),
		LastResultsHash: fill("results", height), EvidenceHash: fill("evidence", height),
		ValidatorsHash: e.set.Hash(), NextValidatorsHash: n.era(height + 1).set.Hash(),
		ProposerAddress: e.set.Validators[0].Address,
	}
	if height > 1 {
		header.AppHash = n.c.Hashes[height-2]
	}
	return &types.SignedHeader{Header: header, Commit: n.sign(header, e)}
}

func (n *node) sign(header *types.Header, e era) *types.Commit {
	id := types.BlockID{Hash: header.Hash(), PartSetHeader: types.PartSetHeader{Total: 1, Hash: fill("part", header.Height)}}
	commit := &types.Commit{Height: header.Height, BlockID: id}
	for i, key := range e.keys {
		if n.silent[i] {
			commit.Signatures = append(commit.Signatures, types.NewCommitSigAbsent())
			continue
		}
		vote := &types.Vote{
			Type: cmtproto.PrecommitType, Height: header.Height, BlockID: id, Timestamp: header.Time,
			ValidatorAddress: key.PubKey().Address(), ValidatorIndex: int32(i),
		}
		signature, err := key.Sign(types.VoteSignBytes(header.ChainID, vote.ToProto()))
		if err != nil {
			panic(err)
		}
		vote.Signature = signature
		commit.Signatures = append(commit.Signatures, vote.CommitSig())
	}
	return commit
}

func (n *node) ABCIQueryWithOptions(
	ctx context.Context, path string, data cmtbytes.HexBytes, opts rpcclient.ABCIQueryOptions,
) (*coretypes.ResultABCIQuery, error) {
	if opts.Prove && n.pruned[opts.Height] {
		return &coretypes.ResultABCIQuery{Response: abci.ResponseQuery{Code: 1, Log: "pruned"}}, nil
	}
	answer, err := n.c.App.Query(ctx, &abci.RequestQuery{Path: path, Data: data, Height: opts.Height, Prove: opts.Prove})
	if err != nil {
		return nil, err
	}
	return &coretypes.ResultABCIQuery{Response: *answer}, nil
}

func (n *node) Commit(_ context.Context, height *int64) (*coretypes.ResultCommit, error) {
	if *height > n.c.Height() {
		return nil, errors.New("height must be less than or equal to the current blockchain height")
	}
	return &coretypes.ResultCommit{SignedHeader: *n.signed(*height), CanonicalCommit: true}, nil
}

// Validators gives pages of 3, so that sets do not fit on one.
func (n *node) Validators(_ context.Context, height *int64, page, _ *int) (*coretypes.ResultValidators, error) {
	const perPage = 3
	all := n.era(*height).set.Copy().Validators
	from := min(len(all), (*page-1)*perPage)
	some := all[from:min(len(all), from+perPage)]
	return &coretypes.ResultValidators{BlockHeight: *height, Validators: some, Count: len(some), Total: len(all)}, nil
}

// Status makes a block, as time does.
func (n *node) Status(context.Context) (*coretypes.ResultStatus, error) {
	n.c.Block()
	return &coretypes.ResultStatus{SyncInfo: coretypes.SyncInfo{LatestBlockHeight: n.c.Height()}}, nil
}

// paid settles a payment and returns its UETR.
func (n *node) paid(t testing.TB, message *settlement.MsgPay) string {
	t.Helper()
	return chain.Response[settlement.MsgPayResponse](t, n.c.MustSend(payerKey, message)).Result.Uetr
}

// rejected has a batch with one transfer that the balance does not cover.
func (n *node) rejected(t testing.TB) string {
	t.Helper()
	message := pay("too much", 1<<62)
	batch := &settlement.MsgPayBatch{
		Operator: message.Operator, Debtor: message.Debtor, Currency: "CNY", Mode: settlement.BestEffort,
		Transfers:         []settlement.Transfer{{Creditor: message.Creditor, Amount: message.Amount, EndToEndDigest: message.EndToEndDigest}},
		InstructionDigest: fill("file", 1), ContentDigest: fill("content", 1),
	}
	return chain.Response[settlement.MsgPayBatchResponse](t, n.c.MustSend(payerKey, batch)).Results[0].Uetr
}

// receipt makes a receipt's file for the validators of a height.
func (n *node) receipt(t testing.TB, uetr string, trusted int64) ([]byte, receipt.Trust) {
	t.Helper()
	trust, err := receipt.TrustFromRPC(context.Background(), n, trusted)
	require.NoError(t, err)
	r, err := receipt.GetFor(context.Background(), n, uetr, trust)
	require.NoError(t, err)
	file, err := r.Encode()
	require.NoError(t, err)
	return file, trust
}

func now() time.Time { return chain.Start.Add(time.Hour) }

// requireWrong wants a failure that names the part.
func requireWrong(t *testing.T, part receipt.Part, err error) {
	t.Helper()
	var wrong *receipt.Error
	require.ErrorAs(t, err, &wrong)
	require.Equal(t, part, wrong.Part, err)
}
