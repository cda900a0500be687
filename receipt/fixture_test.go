package receipt_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"
	"github.com/cometbft/cometbft/crypto"
	"github.com/cometbft/cometbft/crypto/ed25519"
	"github.com/cometbft/cometbft/crypto/mldsa65"
	cmtbytes "github.com/cometbft/cometbft/libs/bytes"
	cmtproto "github.com/cometbft/cometbft/proto/tendermint/types"
	cmtversion "github.com/cometbft/cometbft/proto/tendermint/version"
	rpcclient "github.com/cometbft/cometbft/rpc/client"
	coretypes "github.com/cometbft/cometbft/rpc/core/types"
	"github.com/cometbft/cometbft/types"
	"github.com/cometbft/cometbft/version"
	"github.com/stretchr/testify/require"

	"cosmossdk.io/math"

	"github.com/cosmos/cosmos-sdk/baseapp"

	"github.com/zhilian-network/zhilian/gateway"
	"github.com/zhilian-network/zhilian/gateway/index"
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
	// first is the height of the chain's first block.
	first int64
	// indexFile is the node's index, and index what is open of it.
	indexFile string
	index     *index.Store
	// lags keeps the index from following: waiting blocks are indexed one at a time, each when the
	// index is asked how it stands, or never.
	lags    lag
	waiting []chain.Block
	// idle is how often the node can be asked how it stands before it makes another block.
	idle, asked int
}

type lag int

const (
	upToDate lag = iota
	oneByOne
	stopped
)

type era struct {
	from int64
	keys []crypto.PrivKey
	set  *types.ValidatorSet
}

// postQuantum begins the names of validators with ML-DSA keys; the others have ed25519.
const postQuantum = "pq "

func consensusKey(name string) crypto.PrivKey {
	if !strings.HasPrefix(name, postQuantum) {
		return ed25519.GenPrivKeyFromSecret([]byte(name))
	}
	seed := sha256.Sum256([]byte(name))
	key, err := mldsa65.GenPrivKeyFromSeed(seed[:])
	if err != nil {
		panic(err)
	}
	return key
}

// members are validators of 10 power each, by name.
func members(from int64, names ...string) era {
	e := era{from: from}
	var list []*types.Validator
	byAddress := map[string]crypto.PrivKey{}
	for _, name := range names {
		key := consensusKey(name)
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
	return newNodeOf(t, network.Default(), eras)
}

func newNodeOf(t testing.TB, file *network.File, eras []era, options ...func(*baseapp.BaseApp)) *node {
	const first = 1
	n := &node{c: chain.New(t, file, options...), id: file.ChainID, eras: eras, first: first}
	n.begin(t, filepath.Join(t.TempDir(), "index.sqlite"))
	return n
}

// begin opens the node's index and follows the chain, which has its first block.
func (n *node) begin(t testing.TB, indexFile string) {
	n.silent, n.pruned, n.indexFile = map[int]bool{}, map[int64]bool{}, indexFile
	n.c.OnBlock = func(block chain.Block) { n.follow(t, block) }
	n.openIndex(t)
	t.Cleanup(func() { _ = n.index.Close() })
	n.follow(t, chain.Block{ChainID: n.id, Height: n.first, Time: chain.Start, Result: &abci.ResponseFinalizeBlock{}})
}

func (n *node) openIndex(t testing.TB) {
	store, err := index.Open(context.Background(), n.indexFile)
	require.NoError(t, err)
	n.index = store
	n.c.App.AttachGateway(gateway.NewQueryServer(store, still{t, n}, nil, nil, nil, n.c.App.Encoding.Addresses, ""))
}

// restart stops the node and starts it again on its data.
func (n *node) restart(t testing.TB) {
	require.NoError(t, n.index.Close())
	n.c.Restart()
	n.openIndex(t)
}

// follow indexes a block, as the node's follower does.
func (n *node) follow(t testing.TB, block chain.Block) {
	t.Helper()
	if n.lags != upToDate {
		n.waiting = append(n.waiting, block)
		return
	}
	n.indexBlock(t, block)
}

func (n *node) indexBlock(t testing.TB, block chain.Block) {
	t.Helper()
	header := types.Header{ChainID: n.id, Height: block.Height, Time: block.Time}
	if block.Height > n.first {
		header.LastBlockID.Hash = fill("block", block.Height-1)
	}
	raw := &coretypes.ResultBlock{
		BlockID: types.BlockID{Hash: fill("block", block.Height)},
		Block:   &types.Block{Header: header, Data: types.Data{Txs: types.ToTxs(block.Txs)}},
	}
	results := &coretypes.ResultBlockResults{
		Height: block.Height, TxsResults: block.Result.TxResults, FinalizeBlockEvents: block.Result.Events,
	}
	rows, err := index.Decode(raw, results, n.c.App.Encoding.Addresses)
	require.NoError(t, err)
	require.Empty(t, rows.Unread)
	require.NoError(t, n.index.Append(context.Background(), rows, n.first))
	problem, err := n.index.LogProblem(context.Background())
	require.NoError(t, err)
	require.Empty(t, problem)
}

// still is the node for its own index: asking how it stands makes no block.
type still struct {
	t testing.TB
	n *node
}

func (s still) Status(context.Context) (*coretypes.ResultStatus, error) {
	if s.n.lags == oneByOne && len(s.n.waiting) > 0 {
		s.n.indexBlock(s.t, s.n.waiting[0])
		s.n.waiting = s.n.waiting[1:]
	}
	return &coretypes.ResultStatus{SyncInfo: coretypes.SyncInfo{LatestBlockHeight: s.n.c.Height()}}, nil
}

func (still) NetInfo(context.Context) (*coretypes.ResultNetInfo, error) {
	return &coretypes.ResultNetInfo{}, nil
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
	if height > n.first {
		header.AppHash = n.c.Hashes[height-n.first-1]
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
	if n.asked++; n.asked > n.idle {
		n.asked = 0
		n.c.Block()
	}
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
	return n.receiptFor(t, uetr, trust), trust
}

func (n *node) receiptFor(t testing.TB, uetr string, trust receipt.Trust) []byte {
	t.Helper()
	r, err := receipt.Get(context.Background(), n, receipt.Request{UETR: uetr, Trust: &trust})
	require.NoError(t, err)
	file, err := r.Encode()
	require.NoError(t, err)
	return file
}

func now() time.Time { return chain.Start.Add(time.Hour) }

// requireWrong wants a failure that names the part.
func requireWrong(t *testing.T, part receipt.Part, err error) {
	t.Helper()
	var wrong *receipt.Error
	require.ErrorAs(t, err, &wrong)
	require.Equal(t, part, wrong.Part, err)
}
