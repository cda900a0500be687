package vault_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"testing"

	dbm "github.com/cosmos/cosmos-db"
	"github.com/stretchr/testify/require"

	"github.com/cosmos/cosmos-sdk/baseapp"
	"github.com/cosmos/cosmos-sdk/store/v2/snapshots"
	snapshottypes "github.com/cosmos/cosmos-sdk/store/v2/snapshots/types"
	storetypes "github.com/cosmos/cosmos-sdk/store/v2/types"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/zhilian-network/zhilian/app"
	"github.com/zhilian-network/zhilian/crypto/seal"
	"github.com/zhilian-network/zhilian/localnet/network"
	"github.com/zhilian-network/zhilian/testutil/chain"
	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
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

// What is erased is in no store of the newest state, in no snapshot that is taken of it, and in no exported
// genesis. The read model of the gateway is filled from payments' logs and events: trail entries are all
// that it could get, and they hold nothing sealed (TestEventsTellTheTrailAndNothingSealed).
func TestAfterErasureNothingSealedIsLeft(t *testing.T) {
	store, err := snapshots.NewStore(dbm.NewMemDB(), t.TempDir())
	require.NoError(t, err)
	file := network.Default()
	c := chain.NewFrom(t, file, records(t, file), 1, baseapp.SetSnapshot(store, snapshottypes.NewSnapshotOptions(0, 0)))
	party := file.Parties[0]
	subject, custodian := accesstypes.Member{InstitutionId: party.Institution, PartyId: party.ID}, accesstypes.Member{InstitutionId: party.Institution}
	by := "party-" + party.ID

	mine, banks := key(t, seal.MLKEM768X25519), key(t, seal.SM2)
	c.MustSend(by, &types.MsgRegisterKey{Operator: chain.Address(by), Owner: subject, PublicKey: mine.Public()})
	bank := "bank-" + party.Institution
	c.MustSend(bank, &types.MsgRegisterKey{Operator: chain.Address(bank), Owner: custodian, PublicKey: banks.Public()})
	msg := &types.MsgPut{
		Operator: chain.Address(by), Subject: subject, Level: 3, MediaType: "text/plain", Purpose: accesstypes.Purpose_PURPOSE_FINANCING,
	}
	msg.Envelope, err = seal.Seal([]byte(plaintext), msg.Binding(), seal.AES256GCM, []seal.PublicKey{mine.Public(), banks.Public()})
	require.NoError(t, err)
	number := chain.Response[types.MsgPutResponse](t, c.MustSend(by, msg)).RecordId

	secrets := map[string][]byte{"ciphertext": msg.Envelope.Ciphertext[:48], "key of the subject": nil, "key of the bank": nil}
	secrets["key of the subject"], secrets["key of the bank"] = msg.Envelope.Keys[0].Sealed[:48], msg.Envelope.Keys[1].Sealed[:48]
	places := everything(t, c, store)
	for name, secret := range secrets {
		for where, all := range places {
			require.True(t, contains(all, secret), "the scan of %s does not find the %s before it is erased", where, name)
		}
	}
	c.MustSend(bank, &types.MsgErase{Operator: chain.Address(bank), RecordId: number})
	secrets["plaintext"] = []byte(plaintext)
	places = everything(t, c, store)
	for name, secret := range secrets {
		for where, all := range places {
			require.False(t, contains(all, secret), "the %s is in %s", name, where)
		}
	}
	for where, all := range places {
		require.True(t, contains(all, msg.Envelope.Digest), "the digest stays in %s", where)
	}
	violations, err := c.App.Keepers.Vault.CheckInvariants(c.Context())
	require.NoError(t, err)
	require.Empty(t, violations)
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
