package keeper_test

import (
	"bytes"
	"fmt"
	"math/rand"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/crypto/seal"
	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/vault/types"
)

var names = []string{"bqdq", "hzhz", "acme", "zeta"}

// Whatever is done in whatever order: every share was made on a basis that held then, nothing sealed is left
// of an erased record, the bytes add up, and the state goes through a genesis and back unchanged.
func TestAnyRowOfOperationsLeavesTheVaultSound(t *testing.T) {
	done := map[string]int{}
	for seed := range int64(6) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			f, random := newFixture(t), rand.New(rand.NewSource(seed))
			for step := range 400 {
				act(f, random, done, step)
				if step%50 == 49 {
					f.requireSound()
					requireErasedAreGone(t, f)
					requireSameAfterGenesis(t, f)
				}
			}
		})
	}
	for _, what := range []string{"put", "share", "request", "erase", "revoke", "deny"} {
		require.NotZero(t, done[what], "the test never did: %s", what)
	}
}

func act(f *fixture, random *rand.Rand, done map[string]int, step int) {
	who, reader := names[random.Intn(4)], names[random.Intn(4)]
	records, err := f.keeper.ExportGenesis(f.ctx)
	require.NoError(f.t, err)
	record := uint64(random.Intn(len(records.Records)+1)) + 1
	request := uint64(random.Intn(len(records.Requests)+1)) + 1
	cached, write := f.ctx.CacheContext()
	var what string
	switch random.Intn(8) {
	case 0, 1:
		what = "put"
		msg := f.putMsg(who, f.member(who), uint32(2+random.Intn(3)), who, reader)
		msg.Envelope = envelope(fmt.Sprintf("secret of record %d.", records.NextRecordId), who, reader)
		_, err = f.msg.Put(cached, msg)
	case 2:
		what = "share"
		basis, known := f.access.bases[[2]accesstypes.Scope{f.member(who).Scope(), f.member(reader).Scope()}]
		_, err = f.msg.Share(cached, &types.MsgShare{
			Operator: who, RecordId: record, Reader: f.member(reader), Purpose: financing,
			Keys: []seal.SealedKey{sealed(reader)}, RequestId: request * uint64(random.Intn(2)),
		})
		if err == nil && record <= uint64(len(records.Records)) && records.Records[record-1].Subject == f.member(who) && who != reader &&
			!accesstypes.Own(f.member(who).Scope(), f.member(reader).Scope()) {
			require.True(f.t, known && f.ctx.BlockTime().Before(basis.ExpiresAt), "shared without a basis")
		}
	case 3:
		what = "request"
		_, err = f.msg.RequestAccess(cached, &types.MsgRequestAccess{Operator: reader, RecordId: record, Purpose: financing})
	case 4:
		what = "deny"
		_, err = f.msg.DenyAccess(cached, &types.MsgDenyAccess{Operator: who, RequestId: request})
	case 5:
		what = "revoke"
		_, err = f.msg.Revoke(cached, &types.MsgRevoke{Operator: who, RecordId: record, Reader: f.member(reader)})
	case 6:
		what = "erase"
		_, err = f.msg.Erase(cached, &types.MsgErase{Operator: who, RecordId: record})
	case 7:
		f.access.consent(f.member(who), f.member(reader), uint64(step+1), f.ctx.BlockTime().Add(time.Duration(random.Intn(90))*24*time.Hour))
		f.after(time.Duration(random.Intn(20)) * 24 * time.Hour)
		return
	}
	if err == nil {
		write()
		done[what]++
	}
}

func requireErasedAreGone(t *testing.T, f *fixture) {
	t.Helper()
	state, err := f.keeper.ExportGenesis(f.ctx)
	require.NoError(t, err)
	exported, err := state.Marshal()
	require.NoError(t, err)
	stored := f.stored()
	for _, record := range state.Records {
		secret := []byte(fmt.Sprintf("secret of record %d.", record.Id))
		require.Equal(t, record.Status == types.RecordSealed, bytes.Contains(stored, secret))
		require.Equal(t, record.Status == types.RecordSealed, bytes.Contains(exported, secret))
	}
}

func requireSameAfterGenesis(t *testing.T, f *fixture) {
	t.Helper()
	state, err := f.keeper.ExportGenesis(f.ctx)
	require.NoError(t, err)
	g := newFixture(t)
	iterator := g.ctx.KVStore(g.store).Iterator(nil, nil)
	var keys [][]byte
	for ; iterator.Valid(); iterator.Next() {
		keys = append(keys, bytes.Clone(iterator.Key()))
	}
	require.NoError(t, iterator.Close())
	for _, key := range keys {
		g.ctx.KVStore(g.store).Delete(key)
	}
	g.ctx = g.ctx.WithBlockTime(f.ctx.BlockTime())
	require.NoError(t, g.keeper.InitGenesis(g.ctx, state))
	again, err := g.keeper.ExportGenesis(g.ctx)
	require.NoError(t, err)
	require.Equal(t, state, again)
	g.requireSound()
}
