package vault_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"
	coretypes "github.com/cometbft/cometbft/rpc/core/types"
	cmttypes "github.com/cometbft/cometbft/types"
	dbm "github.com/cosmos/cosmos-db"
	"github.com/stretchr/testify/require"

	"cosmossdk.io/math"

	"github.com/cosmos/cosmos-sdk/baseapp"
	"github.com/cosmos/cosmos-sdk/store/v2/snapshots"
	snapshottypes "github.com/cosmos/cosmos-sdk/store/v2/snapshots/types"
	storetypes "github.com/cosmos/cosmos-sdk/store/v2/types"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/zhilian-network/zhilian/app"
	"github.com/zhilian-network/zhilian/crypto/seal"
	"github.com/zhilian-network/zhilian/gateway/index"
	"github.com/zhilian-network/zhilian/localnet/network"
	"github.com/zhilian-network/zhilian/testutil/chain"
	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	settlementtypes "github.com/zhilian-network/zhilian/x/settlement/types"
	"github.com/zhilian-network/zhilian/x/vault/types"
)

const plaintext = "PLAINTEXT-of-an-invoice-that-nobody-but-its-readers-may-see"

// records is the default network in which every operator holds all permissions of the vault.
func records(t *testing.T, file *network.File) []byte {
	t.Helper()
	encoding := app.NewEncoding()
	var state map[string]json.RawMessage
	require.NoError(t, json.Unmarshal(chain.Genesis(t, file), &state))
	var access accesstypes.GenesisState
	encoding.Codec.MustUnmarshalJSON(state[accesstypes.ModuleName], &access)
	access.Roles = append(access.Roles, accesstypes.Role{Id: "z-records", Permissions: []string{
		"access.consent", "vault.erase:4", "vault.key", "vault.put:4", "vault.read:4", "vault.request:4", "vault.share:4",
	}})
	for i := range access.Operators {
		access.Operators[i].Roles = append(access.Operators[i].Roles, "z-records")
	}
	for i := range access.Parties {
		access.Parties[i].KycLevel = 3
	}
	state[accesstypes.ModuleName] = encoding.Codec.MustMarshalJSON(&access)
	text, err := json.Marshal(state)
	require.NoError(t, err)
	return text
}

// What is erased is in no store of the newest state, in no snapshot that is taken of it, in no exported genesis, and in
// no file of the gateway's index, which has followed every block. Sealed details of a payment show that the scan of
// the index would find what is there.
func TestAfterErasureNothingSealedIsLeft(t *testing.T) {
	store, err := snapshots.NewStore(dbm.NewMemDB(), t.TempDir())
	require.NoError(t, err)
	file := network.Default()
	c := chain.NewFrom(t, file, records(t, file), 1, baseapp.SetSnapshot(store, snapshottypes.NewSnapshotOptions(0, 0)))
	party := file.Parties[0]
	subject, custodian := accesstypes.Member{InstitutionId: party.Institution, PartyId: party.ID}, accesstypes.Member{InstitutionId: party.Institution}
	by := "party-" + party.ID

	node := follow(t, c)
	mine, banks := key(t, seal.MLKEM768X25519), key(t, seal.SM2)
	node.send(by, &types.MsgRegisterKey{Operator: chain.Address(by), Owner: subject, PublicKey: mine.Public()})
	bank := "bank-" + party.Institution
	node.send(bank, &types.MsgRegisterKey{Operator: chain.Address(bank), Owner: custodian, PublicKey: banks.Public()})
	msg := &types.MsgPut{
		Operator: chain.Address(by), Subject: subject, Level: 3, MediaType: "text/plain", Purpose: accesstypes.Purpose_PURPOSE_FINANCING,
	}
	msg.Envelope, err = seal.Seal([]byte(plaintext), msg.Binding(), seal.AES256GCM, []seal.PublicKey{mine.Public(), banks.Public()})
	require.NoError(t, err)
	number := chain.Response[types.MsgPutResponse](t, node.send(by, msg)).RecordId

	paid := payment(t, mine.Public(), by)
	node.send(by, paid)
	require.True(t, contains(node.indexed(), paid.Details.Ciphertext[:48]), "the scan of the index does not find a payment's details")

	secrets := map[string][]byte{"ciphertext": msg.Envelope.Ciphertext[:48], "key of the subject": nil, "key of the bank": nil}
	secrets["key of the subject"], secrets["key of the bank"] = msg.Envelope.Keys[0].Sealed[:48], msg.Envelope.Keys[1].Sealed[:48]
	places := everything(t, c, store)
	for name, secret := range secrets {
		for where, all := range places {
			require.True(t, contains(all, secret), "the scan of %s does not find the %s before it is erased", where, name)
		}
	}
	node.send(bank, &types.MsgErase{Operator: chain.Address(bank), RecordId: number})
	secrets["plaintext"] = []byte(plaintext)
	places = everything(t, c, store)
	places["index"] = node.indexed()
	for name, secret := range secrets {
		for where, all := range places {
			require.False(t, contains(all, secret), "the %s is in %s", name, where)
		}
	}
	delete(places, "index") // it knows payments alone
	for where, all := range places {
		require.True(t, contains(all, msg.Envelope.Digest), "the digest stays in %s", where)
	}
	violations, err := c.App.Keepers.Vault.CheckInvariants(c.Context())
	require.NoError(t, err)
	require.Empty(t, violations)
}

// follower is a chain with the index of a gateway beside it.
type follower struct {
	*testing.T
	chain *chain.Chain
	index *index.Store
	path  string
}

func follow(t *testing.T, c *chain.Chain) *follower {
	t.Helper()
	path := filepath.Join(t.TempDir(), "index.sqlite")
	opened, err := index.Open(t.Context(), path)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, opened.Close()) })
	return &follower{T: t, chain: c, index: opened, path: path}
}

// send has a transaction executed, and the index see its block.
func (f *follower) send(name string, msg sdk.Msg) *abci.ExecTxResult {
	f.Helper()
	tx := f.chain.Sign(name, msg)
	results := f.chain.Block(tx)
	require.Zero(f, results.TxResults[0].Code, results.TxResults[0].Log)
	height := f.chain.Height()
	block := cmttypes.MakeBlock(height, []cmttypes.Tx{tx}, &cmttypes.Commit{}, nil)
	block.Time = chain.Start.Add(time.Duration(height) * chain.BlockInterval)
	hash := func(height int64) cmttypes.BlockID {
		sum := sha256.Sum256([]byte(strconv.FormatInt(height, 10)))
		return cmttypes.BlockID{Hash: sum[:]}
	}
	block.ChainID, block.LastBlockID = "records", hash(height-1)
	rows, err := index.Decode(&coretypes.ResultBlock{BlockID: hash(height), Block: block}, &coretypes.ResultBlockResults{
		Height: height, TxsResults: results.TxResults, FinalizeBlockEvents: results.Events,
	}, f.chain.App.Encoding.Addresses)
	require.NoError(f, err)
	require.NoError(f, f.index.Append(f.Context(), rows, height))
	return results.TxResults[0]
}

// indexed is every byte of the index's files.
func (f *follower) indexed() (all []byte) {
	f.Helper()
	files, err := filepath.Glob(f.path + "*")
	require.NoError(f, err)
	require.NotEmpty(f, files)
	for _, file := range files {
		content, err := os.ReadFile(file)
		require.NoError(f, err)
		all = append(all, content...)
	}
	return all
}

// payment is one with sealed details from the account of a customer to another.
func payment(t *testing.T, reader seal.PublicKey, by string) *settlementtypes.MsgPay {
	t.Helper()
	details, err := seal.Seal([]byte(plaintext), []byte("a payment"), seal.AES256GCM, []seal.PublicKey{reader})
	require.NoError(t, err)
	digest := sha256.Sum256([]byte("end to end"))
	file := network.Default()
	return &settlementtypes.MsgPay{
		Operator: chain.Address(by), Debtor: chain.Account(file.Parties[0].ID, 0), Creditor: chain.Account(file.Parties[1].ID, 0),
		Currency: "CNY", Amount: math.NewInt(100), EndToEndDigest: digest[:], Details: &details,
	}
}

func key(t *testing.T, suite seal.Suite) seal.PrivateKey {
	t.Helper()
	made, err := seal.GenerateKey(suite)
	require.NoError(t, err)
	return made
}

// contains looks for bytes as they are, and as genesis writes them.
func contains(all, secret []byte) bool {
	return bytes.Contains(all, secret) || bytes.Contains(all, []byte(base64.StdEncoding.EncodeToString(secret[:len(secret)/3*3])))
}

// everything is the newest state of all stores, a snapshot of it with its chunks unpacked, and the genesis.
func everything(t *testing.T, c *chain.Chain, store *snapshots.Store) map[string][]byte {
	t.Helper()
	places := map[string][]byte{}
	ctx := sdk.UnwrapSDKContext(c.Context())
	stores, ok := c.App.CommitMultiStore().(interface {
		StoreKeysByName() map[string]storetypes.StoreKey
	})
	require.True(t, ok)
	for name, key := range stores.StoreKeysByName() {
		if _, transient := key.(*storetypes.TransientStoreKey); transient {
			continue
		}
		iterator := ctx.KVStore(key).Iterator(nil, nil)
		for ; iterator.Valid(); iterator.Next() {
			places["state"] = append(append(places["state"], iterator.Key()...), iterator.Value()...)
		}
		require.NoError(t, iterator.Close(), name)
	}
	height := uint64(c.Height())
	_, err := c.App.SnapshotManager().Create(height)
	require.NoError(t, err)
	_, chunks, err := store.Load(height, snapshottypes.CurrentFormat)
	require.NoError(t, err)
	reader, err := snapshots.NewStreamReader(chunks)
	require.NoError(t, err)
	for {
		var item snapshottypes.SnapshotItem
		err := reader.ReadMsg(&item)
		if err == io.EOF {
			break
		}
		require.NoError(t, err)
		if node := item.GetIAVL(); node != nil {
			places["snapshot"] = append(append(places["snapshot"], node.Key...), node.Value...)
		}
	}
	require.NoError(t, reader.Close())
	exported, err := c.App.Export(nil)
	require.NoError(t, err)
	places["genesis"] = exported.AppState
	return places
}
