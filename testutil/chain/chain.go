// Package chain runs the whole application in a test, without consensus and network: blocks are
// made by calls. Keys and times follow from names and heights, so that two runs give the same chain.
package chain

import (
	"context"
	"crypto/sha256"
	"fmt"
	"testing"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"
	cmtproto "github.com/cometbft/cometbft/proto/tendermint/types"
	dbm "github.com/cosmos/cosmos-db"
	"github.com/stretchr/testify/require"

	"cosmossdk.io/log/v2"

	"github.com/cosmos/cosmos-sdk/baseapp"
	clienttx "github.com/cosmos/cosmos-sdk/client/tx"
	"github.com/cosmos/cosmos-sdk/crypto/keys/ed25519"
	"github.com/cosmos/cosmos-sdk/crypto/keys/secp256k1"
	cryptotypes "github.com/cosmos/cosmos-sdk/crypto/types"
	simtestutil "github.com/cosmos/cosmos-sdk/testutil/sims"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/types/tx/signing"
	authsigning "github.com/cosmos/cosmos-sdk/x/auth/signing"

	"github.com/zhilian-network/zhilian/app"
	"github.com/zhilian-network/zhilian/gateway/reference"
	"github.com/zhilian-network/zhilian/localnet/genesis"
	"github.com/zhilian-network/zhilian/localnet/network"
	settlementtypes "github.com/zhilian-network/zhilian/x/settlement/types"
)

// BlockInterval is the time between two blocks.
const BlockInterval = time.Second

// Start is the time of genesis.
var Start = time.Date(2026, time.November, 2, 1, 0, 0, 0, time.UTC)

// Chain is an application with its blocks.
type Chain struct {
	t   testing.TB
	App *app.App
	// Hashes are the app hashes, by height from the first.
	Hashes [][]byte
	// OnBlock, if set, is told of each block that is made.
	OnBlock func(Block)

	id       string
	height   int64
	now      time.Time
	sequence map[string]uint64
	db       dbm.DB
	options  []func(*baseapp.BaseApp)
}

// Block is a block as consensus would have it, and what came of it.
type Block struct {
	ChainID string
	Height  int64
	Time    time.Time
	Txs     [][]byte
	Result  *abci.ResponseFinalizeBlock
}

// Digests is the reference key of test networks.
var Digests = reference.Key{1, 2, 3}

// New starts a chain from the genesis of a network file. options are those of a node, such as pruning.
func New(t testing.TB, file *network.File, options ...func(*baseapp.BaseApp)) *Chain {
	t.Helper()
	return NewFrom(t, file, Genesis(t, file), 1, options...)
}

// Genesis is the application's first state for a network file.
func Genesis(t testing.TB, file *network.File) []byte {
	t.Helper()
	named, err := file.WithValidators(0)
	require.NoError(t, err)
	encoding := app.NewEncoding()
	facts := genesis.Facts{File: named, Digests: Digests, Addresses: encoding.Addresses}
	for _, validator := range named.Validators.List {
		facts.ConsensusKeys = append(facts.ConsensusKeys, ed25519.GenPrivKeyFromSecret([]byte(validator.Institution)).PubKey())
	}
	for _, actor := range genesis.Actors(named) {
		facts.Operators = append(facts.Operators, genesis.Operator{Actor: actor, Address: Key(actor.Key).PubKey().Address().Bytes()})
	}
	state, err := genesis.Build(facts)
	require.NoError(t, err)
	text, err := state.AppState(encoding.Codec)
	require.NoError(t, err)
	return text
}

// NewFrom starts a chain from a state, at the height of its first block.
func NewFrom(t testing.TB, file *network.File, state []byte, height int64, options ...func(*baseapp.BaseApp)) *Chain {
	t.Helper()
	c := &Chain{
		t: t, id: file.ChainID, height: height - 1, now: Start, sequence: map[string]uint64{},
		db: dbm.NewMemDB(), options: append(options, baseapp.SetChainID(file.ChainID)),
	}
	c.Restart()
	_, err := c.App.InitChain(&abci.RequestInitChain{
		ChainId: c.id, Time: c.now, InitialHeight: height,
		ConsensusParams: simtestutil.DefaultConsensusParams, AppStateBytes: state,
	})
	require.NoError(t, err)
	// Genesis is committed with the first block: nothing can be read or signed before.
	c.Block()
	return c
}

// Restart builds the application anew on what it has stored, as a node does that was stopped.
func (c *Chain) Restart() {
	c.t.Helper()
	c.App = app.New(log.NewNopLogger(), c.db, true, simtestutil.EmptyAppOptions{}, c.options...)
}

// Key is the key of a name.
func Key(name string) cryptotypes.PrivKey { return secp256k1.GenPrivKeyFromSecret([]byte(name)) }

// Address is the address of a name's key.
func Address(name string) string {
	app.SetAddressPrefixes()
	return sdk.AccAddress(Key(name).PubKey().Address()).String()
}

// Account is the address of a party's settlement account.
func Account(party string, ordinal uint32) string {
	app.SetAddressPrefixes()
	return settlementtypes.AccountAddress(party, ordinal).String()
}

// Height of the newest block.
func (c *Chain) Height() int64 { return c.height }

// Context reads the newest committed state.
func (c *Chain) Context() context.Context {
	return c.App.NewUncachedContext(false, cmtproto.Header{ChainID: c.id, Height: c.height, Time: c.now})
}

// Sign makes a transaction of the named key, with the nonce that follows its last one.
func (c *Chain) Sign(name string, msgs ...sdk.Msg) []byte {
	c.t.Helper()
	raw := c.SignAt(name, c.nextSequence(name), msgs...)
	c.sequence[name]++
	return raw
}

// SignAt makes a transaction with a nonce of one's own.
func (c *Chain) SignAt(name string, sequence uint64, msgs ...sdk.Msg) []byte {
	c.t.Helper()
	config := c.App.Encoding.TxConfig
	builder := config.NewTxBuilder()
	require.NoError(c.t, builder.SetMsgs(msgs...))
	mode := signing.SignMode_SIGN_MODE_DIRECT
	key := Key(name)
	require.NoError(c.t, builder.SetSignatures(signing.SignatureV2{
		PubKey: key.PubKey(), Data: &signing.SingleSignatureData{SignMode: mode}, Sequence: sequence,
	}))
	data := authsigning.SignerData{
		ChainID: c.id, Address: Address(name), AccountNumber: c.accountNumber(name), Sequence: sequence, PubKey: key.PubKey(),
	}
	signature, err := clienttx.SignWithPrivKey(context.Background(), mode, data, builder, key, config, sequence)
	require.NoError(c.t, err)
	require.NoError(c.t, builder.SetSignatures(signature))
	raw, err := config.TxEncoder()(builder.GetTx())
	require.NoError(c.t, err)
	return raw
}

func (c *Chain) accountNumber(name string) uint64 {
	account := c.App.Keepers.Accounts.GetAccount(c.Context(), Key(name).PubKey().Address().Bytes())
	if account == nil {
		return 0
	}
	return account.GetAccountNumber()
}

func (c *Chain) nextSequence(name string) uint64 {
	if known, ok := c.sequence[name]; ok {
		return known
	}
	account := c.App.Keepers.Accounts.GetAccount(c.Context(), Key(name).PubKey().Address().Bytes())
	if account != nil {
		c.sequence[name] = account.GetSequence()
	}
	return c.sequence[name]
}

// Halt lets time pass without a block.
func (c *Chain) Halt(length time.Duration) { c.now = c.now.Add(length) }

// Time of the newest block.
func (c *Chain) Time() time.Time { return c.now }

// Block makes a block of transactions and commits it.
func (c *Chain) Block(txs ...[]byte) *abci.ResponseFinalizeBlock {
	c.t.Helper()
	c.height++
	c.now = c.now.Add(BlockInterval)
	hash := sha256.Sum256(fmt.Appendf(nil, "%s %d", c.id, c.height))
	result, err := c.App.FinalizeBlock(&abci.RequestFinalizeBlock{Height: c.height, Time: c.now, Txs: txs, Hash: hash[:]})
	require.NoError(c.t, err)
	_, err = c.App.Commit()
	require.NoError(c.t, err)
	c.Hashes = append(c.Hashes, result.AppHash)
	if c.OnBlock != nil {
		c.OnBlock(Block{ChainID: c.id, Height: c.height, Time: c.now, Txs: txs, Result: result})
	}
	return result
}

// ForgetSequences has nonces read from state again: transactions refused at the door used none.
func (c *Chain) ForgetSequences() { clear(c.sequence) }

// Send makes a block of one transaction and returns its result.
func (c *Chain) Send(name string, msgs ...sdk.Msg) *abci.ExecTxResult {
	c.t.Helper()
	result := c.Block(c.Sign(name, msgs...)).TxResults[0]
	c.ForgetSequences()
	return result
}

// MustSend is Send that must succeed.
func (c *Chain) MustSend(name string, msgs ...sdk.Msg) *abci.ExecTxResult {
	c.t.Helper()
	result := c.Send(name, msgs...)
	require.Zero(c.t, result.Code, result.Log)
	return result
}

// Response decodes the response of a transaction's only message.
func Response[T any, P interface {
	*T
	Unmarshal(bytes []byte) error
}](t testing.TB, result *abci.ExecTxResult) *T {
	t.Helper()
	var data sdk.TxMsgData
	require.NoError(t, data.Unmarshal(result.Data))
	require.Len(t, data.MsgResponses, 1)
	response := new(T)
	require.NoError(t, P(response).Unmarshal(data.MsgResponses[0].Value))
	return response
}

// RequireMoneyConserved checks every invariant of money in the newest state.
func (c *Chain) RequireMoneyConserved() {
	c.t.Helper()
	violations, err := c.App.Keepers.Settlement.CheckInvariants(c.Context())
	require.NoError(c.t, err)
	require.Empty(c.t, violations)
}
