package keeper_test

import (
	"bytes"
	"slices"

	"encoding/binary"
	"strconv"
	"testing"
	"time"

	"github.com/cosmos/cosmos-sdk/types/query"
	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/crypto/seal"
	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/vault/types"
)

func TestANewKeyRotatesTheOneBeforeIt(t *testing.T) {
	f := newFixture(t)
	f.after(time.Hour)
	f.register("acme", "acme 2")
	answer, err := f.query.Keys(f.ctx, &types.QueryKeysRequest{InstitutionId: "BQDQ", PartyId: "acme"})
	require.NoError(t, err)
	require.Len(t, answer.Keys, 2)
	require.Equal(t, publicKey("acme 2").ID(), answer.Keys[0].Id, "newest first")
	require.Equal(t, []types.KeyStatus{types.KeyActive, types.KeyRotated}, []types.KeyStatus{answer.Keys[0].Status, answer.Keys[1].Status})
	f.requireSound()
}

func TestKeysThatAreRefused(t *testing.T) {
	f := newFixture(t)
	off := publicKey("x")
	off.Key = append([]byte{}, off.Key...)
	off.Key[10] ^= 1
	for name, c := range map[string]struct {
		operator string
		owner    accesstypes.Member
		key      seal.PublicKey
		want     error
	}{
		"one that somebody else registered": {"hzhz", bank("HZHZ"), publicKey("acme"), types.ErrKeyTaken},
		"one's own again":                   {"acme", party("acme"), publicKey("acme"), types.ErrKeyTaken},
		"one off the curve":                 {"acme", party("acme"), off, seal.ErrInvalidKey},
		"one for a stranger":                {"hzhz", party("acme"), publicKey("x"), accesstypes.ErrScopeDenied},
		"one by a clerk":                    {"clerk", party("acme"), publicKey("x"), accesstypes.ErrPermissionDenied},
	} {
		_, err := f.msg.RegisterKey(f.ctx, &types.MsgRegisterKey{Operator: c.operator, Owner: c.owner, PublicKey: c.key})
		require.ErrorIs(t, err, c.want, name)
	}
	_, err := f.msg.RegisterKey(f.ctx, &types.MsgRegisterKey{Operator: "bqdq", Owner: party("acme"), PublicKey: publicKey("x")})
	require.NoError(t, err, "its bank may register one for it")
	for i := 2; i < types.MaxKeysPerMember; i++ {
		f.register("acme", "many"+strconv.Itoa(i))
	}
	_, err = f.msg.RegisterKey(f.ctx, &types.MsgRegisterKey{Operator: "acme", Owner: party("acme"), PublicKey: publicKey("y")})
	require.ErrorIs(t, err, types.ErrTooManyKeys)
}

func TestAFullMembersOldestRevokedKeyMakesRoom(t *testing.T) {
	f := newFixture(t)
	for i := 1; i < types.MaxKeysPerMember; i++ {
		f.register("acme", "many"+strconv.Itoa(i))
	}
	for _, name := range []string{"many7", "many3"} {
		_, err := f.msg.RevokeKey(f.ctx, &types.MsgRevokeKey{Operator: "acme", KeyId: publicKey(name).ID()})
		require.NoError(t, err)
	}
	known := func(name string) bool {
		key, err := f.query.Keys(f.ctx, &types.QueryKeysRequest{InstitutionId: "BQDQ", PartyId: "acme", Pagination: &query.PageRequest{Limit: 200}})
		require.NoError(t, err)
		return slices.ContainsFunc(key.Keys, func(k types.EncryptionKey) bool { return bytes.Equal(k.Id, publicKey(name).ID()) })
	}
	f.register("acme", "one more")
	require.True(t, known("one more"))
	require.NotEqual(t, known("many3"), known("many7"), "one of the two has left")
	f.register("acme", "two more")
	require.False(t, known("many3") || known("many7"))
	_, err := f.msg.RegisterKey(f.ctx, &types.MsgRegisterKey{Operator: "acme", Owner: party("acme"), PublicKey: publicKey("y")})
	require.ErrorIs(t, err, types.ErrTooManyKeys, "a rotated key does not leave by itself: something may be sealed to it")
	f.requireSound()
}

func TestARevokedKeyIsSealedToNoMore(t *testing.T) {
	f := newFixture(t)
	revoke := func(operator string) error {
		_, err := f.msg.RevokeKey(f.ctx, &types.MsgRevokeKey{Operator: operator, KeyId: publicKey("acme").ID()})
		return err
	}
	require.ErrorIs(t, revoke("hzhz"), accesstypes.ErrScopeDenied)
	require.NoError(t, revoke("acme"))
	require.ErrorIs(t, revoke("acme"), types.ErrKeyRevoked)
	_, err := f.msg.Put(f.ctx, f.putMsg("acme", party("acme"), 3, "acme", "bqdq"))
	require.ErrorIs(t, err, types.ErrWrongKey)
	f.register("acme", "acme 2")
	f.requireSound()
}

func TestARecordIsKeptWithItsReaders(t *testing.T) {
	f := newFixture(t)
	f.access.consent(party("acme"), bank("HZHZ"), 7, start.Add(time.Hour))
	answer, err := f.msg.Put(f.ctx, f.putMsg("bqdq", party("acme"), 4, "hzhz", "bqdq"))
	require.NoError(t, err)
	kept, err := f.query.Record(f.ctx, &types.QueryRecordRequest{RecordId: answer.RecordId})
	require.NoError(t, err)
	require.Equal(t, envelope("ciphertext").Ciphertext, kept.Record.Ciphertext)
	require.EqualValues(t, len(kept.Record.Ciphertext), kept.Record.Size_)
	require.Equal(t, "BQDQ", kept.Record.CustodianId)
	require.Len(t, kept.Shares, 2)
	require.EqualValues(t, 7, kept.Shares[1].ConsentId)
	require.Equal(t, start.Add(time.Hour), kept.Shares[1].ExpiresAt)
	require.True(t, kept.Shares[0].ExpiresAt.IsZero(), "what is one's own does not end")
	require.Equal(t, []string{"PUT bqdq / own", "SHARED bqdq BQDQ/ own", "SHARED bqdq HZHZ/ consent 7"}, f.trail(answer.RecordId))
	list, err := f.query.Records(f.ctx, &types.QueryRecordsRequest{InstitutionId: "BQDQ", PartyId: "acme"})
	require.NoError(t, err)
	require.Len(t, list.Records, 1)
	require.Empty(t, list.Records[0].Ciphertext)
	f.requireSound()
}

func TestRecordsThatAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*fixture, *types.MsgPut)
		want   error
	}{
		"level 1":                        {func(_ *fixture, m *types.MsgPut) { m.Level = 1 }, types.ErrInvalidRecord},
		"level 5":                        {func(_ *fixture, m *types.MsgPut) { m.Level = 5 }, types.ErrInvalidRecord},
		"no purpose":                     {func(_ *fixture, m *types.MsgPut) { m.Purpose = 0 }, types.ErrInvalidRecord},
		"a media type with a name in it": {func(_ *fixture, m *types.MsgPut) { m.MediaType = "text/plain; name=Li" }, types.ErrInvalidRecord},
		"a ciphertext above 64 KiB": {func(_ *fixture, m *types.MsgPut) {
			m.Envelope.Ciphertext = make([]byte, types.MaxInlineBytes+1)
		}, types.ErrTooLarge},
		"no ciphertext":       {func(_ *fixture, m *types.MsgPut) { m.Envelope.Ciphertext = nil }, seal.ErrInvalidEnvelope},
		"inline and outside":  {func(_ *fixture, m *types.MsgPut) { m.OutsideDigest, m.OutsideSize = make([]byte, 32), 9 }, seal.ErrInvalidEnvelope},
		"a size and no place": {func(_ *fixture, m *types.MsgPut) { m.OutsideSize = 9 }, types.ErrInvalidRecord},
		"no keys":             {func(_ *fixture, m *types.MsgPut) { m.Envelope.Keys = nil }, seal.ErrInvalidEnvelope},
		"an unknown key":      {func(_ *fixture, m *types.MsgPut) { m.Envelope = envelope("x", "acme", "nobody") }, types.ErrWrongKey},
		"a key of another suite": {func(_ *fixture, m *types.MsgPut) {
			m.Envelope.Keys[0].Sealed = make([]byte, seal.HybridSealedSize)
		}, types.ErrWrongKey},
		"a reader without a consent":   {func(_ *fixture, m *types.MsgPut) { m.Envelope = envelope("x", "acme", "hzhz") }, accesstypes.ErrConsentMissing},
		"another customer of the bank": {func(_ *fixture, m *types.MsgPut) { m.Envelope = envelope("x", "acme", "zeta") }, accesstypes.ErrConsentMissing},
		"nobody who answers for it": {func(f *fixture, m *types.MsgPut) {
			f.access.consent(party("acme"), bank("HZHZ"), 1, start.Add(time.Hour))
			m.Envelope = envelope("x", "hzhz")
		}, types.ErrNoOwnKey},
		"a stranger's word":          {func(_ *fixture, m *types.MsgPut) { m.Operator = "hzhz" }, accesstypes.ErrScopeDenied},
		"a level above the operator": {func(_ *fixture, m *types.MsgPut) { m.Operator = "junior" }, accesstypes.ErrPermissionDenied},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			msg := f.putMsg("acme", party("acme"), 3, "acme", "bqdq")
			c.change(f, msg)
			cached, _ := f.ctx.CacheContext()
			_, err := f.msg.Put(cached, msg)
			require.ErrorIs(t, err, c.want)
			require.NotContains(t, err.Error(), "ciphertext\x00")
		})
	}
}

func TestInlineBytesAreBounded(t *testing.T) {
	f := newFixture(t)
	one := uint64(len(envelope("ciphertext").Ciphertext))
	_, err := f.msg.UpdateParams(f.ctx, &types.MsgUpdateParams{Authority: "acme", Params: types.DefaultParams()})
	require.ErrorIs(t, err, types.ErrNotAuthority)
	_, err = f.msg.UpdateParams(f.ctx, &types.MsgUpdateParams{Authority: "authority", Params: types.Params{RequestLifetime: time.Hour, InlineBytesPerInstitution: 2*one + 1}})
	require.NoError(t, err)
	first := f.put()
	f.put()
	_, err = f.msg.Put(f.ctx, f.putMsg("zeta", party("zeta"), 2, "zeta"))
	require.ErrorIs(t, err, types.ErrBudgetExceeded, "of the institution with all its parties")
	outside := f.putMsg("zeta", party("zeta"), 2, "zeta")
	outside.Envelope.Ciphertext, outside.OutsideDigest, outside.OutsideSize = nil, make([]byte, 32), 1<<30
	_, err = f.msg.Put(f.ctx, outside)
	require.NoError(t, err, "what is outside costs nothing")
	_, err = f.msg.Erase(f.ctx, &types.MsgErase{Operator: "acme", RecordId: first})
	require.NoError(t, err)
	f.put()
	f.requireSound()
}

func TestSharingNeedsABasisWhoeverShares(t *testing.T) {
	f := newFixture(t)
	record := f.put()
	require.ErrorIs(t, f.share("acme", record, "hzhz", 0), accesstypes.ErrConsentMissing, "also of the subject itself")
	require.ErrorIs(t, f.share("bqdq", record, "hzhz", 0), accesstypes.ErrConsentMissing)
	f.access.consent(party("acme"), bank("HZHZ"), 7, start.Add(time.Hour))
	require.ErrorIs(t, f.share("hzhz", record, "hzhz", 0), accesstypes.ErrScopeDenied)
	require.ErrorIs(t, f.share("zeta", record, "hzhz", 0), accesstypes.ErrScopeDenied)
	require.ErrorIs(t, f.share("junior", record, "hzhz", 0), accesstypes.ErrPermissionDenied)
	require.ErrorIs(t, f.share("acme", 99, "hzhz", 0), types.ErrRecordNotFound)
	_, err := f.msg.Share(f.ctx, &types.MsgShare{
		Operator: "acme", RecordId: record, Reader: bank("HZHZ"), Purpose: financing, Keys: []seal.SealedKey{sealed("zeta")},
	})
	require.ErrorIs(t, err, types.ErrWrongKey, "a key of somebody else")
	require.NoError(t, f.share("bqdq", record, "hzhz", 0))
	require.Equal(t, "SHARED bqdq HZHZ/ consent 7", f.trail(record)[3])

	note := func(operator string) error {
		_, err := f.msg.NoteOpening(f.ctx, &types.MsgNoteOpening{Operator: operator, RecordId: record})
		return err
	}
	require.NoError(t, note("hzhz"))
	require.ErrorIs(t, note("zeta"), types.ErrShareNotFound)
	f.after(time.Hour)
	require.ErrorIs(t, note("hzhz"), types.ErrShareExpired)
	require.ErrorIs(t, f.share("acme", record, "hzhz", 0), accesstypes.ErrConsentEnded, "the consent has ended")
	require.NoError(t, note("acme"))
	f.requireSound()
}

func TestAWithdrawnConsentHoldsNoMore(t *testing.T) {
	f := newFixture(t)
	f.access.consent(party("acme"), bank("HZHZ"), 7, start.Add(time.Hour))
	record := f.put()
	require.NoError(t, f.share("acme", record, "hzhz", 0))
	readers := func() (all []string) {
		answer, err := f.query.Record(f.ctx, &types.QueryRecordRequest{RecordId: record})
		require.NoError(t, err)
		for _, share := range answer.Shares {
			all = append(all, share.Reader.InstitutionId+"/"+share.Reader.PartyId)
		}
		return all
	}
	note := func() error {
		_, err := f.msg.NoteOpening(f.ctx, &types.MsgNoteOpening{Operator: "hzhz", RecordId: record})
		return err
	}
	require.Equal(t, []string{"BQDQ/", "BQDQ/acme", "HZHZ/"}, readers())
	require.NoError(t, note())
	delete(f.access.bases, [2]accesstypes.Scope{party("acme").Scope(), bank("HZHZ").Scope()})
	require.Equal(t, []string{"BQDQ/", "BQDQ/acme"}, readers(), "its sealed key is given to nobody")
	require.ErrorIs(t, note(), types.ErrShareExpired)
	f.access.consent(party("acme"), bank("HZHZ"), 8, start.Add(time.Hour))
	require.NoError(t, note())
	require.Equal(t, "OPENED hzhz HZHZ/ consent 8", f.trail(record)[5], "what it rests on now")
	f.after(time.Hour)
	require.Equal(t, []string{"BQDQ/", "BQDQ/acme"}, readers(), "a consent that has ended by itself, too")
	f.requireSound()
}

func TestARequestIsAnsweredOnce(t *testing.T) {
	f := newFixture(t)
	f.access.consent(party("acme"), bank("HZHZ"), 7, start.Add(90*24*time.Hour))
	record, other := f.put(), f.put()
	answer, err := f.request("hzhz", record)
	require.NoError(t, err)
	require.Equal(t, types.RequestOpen, answer.Status)
	_, err = f.request("hzhz", record)
	require.ErrorIs(t, err, types.ErrTooManyRequests)
	require.ErrorIs(t, f.share("acme", other, "hzhz", answer.RequestId), types.ErrRequestMismatch)
	require.NoError(t, f.share("acme", record, "hzhz", answer.RequestId))
	require.ErrorIs(t, f.share("acme", record, "hzhz", answer.RequestId), types.ErrRequestDecided)
	deny := func(operator string, request uint64) error {
		_, err := f.msg.DenyAccess(f.ctx, &types.MsgDenyAccess{Operator: operator, RequestId: request})
		return err
	}
	require.ErrorIs(t, deny("acme", answer.RequestId), types.ErrRequestDecided)
	answer, err = f.request("hzhz", other)
	require.NoError(t, err)
	require.ErrorIs(t, deny("hzhz", answer.RequestId), accesstypes.ErrScopeDenied)
	require.NoError(t, deny("bqdq", answer.RequestId))
	require.Equal(t, []string{"REQUESTED hzhz HZHZ/ consent 7", "DENIED bqdq HZHZ/ "}, f.trail(other)[3:])
	answer, err = f.request("hzhz", other)
	require.NoError(t, err, "a denied one may ask again")
	f.after(types.DefaultParams().RequestLifetime)
	request, err := f.keeper.Request(f.ctx, answer.RequestId)
	require.NoError(t, err)
	require.Equal(t, types.RequestExpired, request.Status)
	list, err := f.query.Requests(f.ctx, &types.QueryRequestsRequest{InstitutionId: "BQDQ", PartyId: "acme", Pagination: &query.PageRequest{Limit: 1}})
	require.NoError(t, err)
	require.Equal(t, answer.RequestId, list.Requests[0].Id, "newest first")
	f.requireSound()
}

// State holds requests of the last two lifetimes; who asked, and what came of it, stays in the trail.
func TestARequestThatEndedLeavesStateAndStaysInTheTrail(t *testing.T) {
	f := newFixture(t)
	lifetime := types.DefaultParams().RequestLifetime
	f.access.consent(party("acme"), bank("HZHZ"), 7, start.Add(5*lifetime))
	denied, shared, forgotten := f.put(), f.put(), f.put()
	before := len(f.stored())
	for _, record := range []uint64{denied, shared, forgotten} {
		_, err := f.request("hzhz", record)
		require.NoError(t, err)
	}
	_, err := f.request("zeta", forgotten)
	require.NoError(t, err, "refused, and it is an answer")
	_, err = f.msg.DenyAccess(f.ctx, &types.MsgDenyAccess{Operator: "acme", RequestId: 1})
	require.NoError(t, err)
	require.NoError(t, f.share("acme", shared, "hzhz", 2))
	left := func() int {
		state, err := f.keeper.ExportGenesis(f.ctx)
		require.NoError(t, err)
		list, err := f.query.Requests(f.ctx, &types.QueryRequestsRequest{InstitutionId: "BQDQ", PartyId: "acme"})
		require.NoError(t, err)
		require.Len(t, list.Requests, len(state.Requests))
		requireSameAfterGenesis(t, f)
		return len(state.Requests)
	}
	f.after(lifetime)
	require.Equal(t, 4, left(), "what ended can still be read")
	f.after(lifetime - time.Second)
	require.Equal(t, 4, left())
	f.after(time.Second)
	require.Zero(t, left())
	_, err = f.keeper.Request(f.ctx, 1)
	require.ErrorIs(t, err, types.ErrRequestNotFound)
	require.Equal(t, []string{"REQUESTED hzhz HZHZ/ consent 7", "DENIED acme HZHZ/ "}, f.trail(denied)[3:])
	require.Equal(t, []string{"REQUESTED hzhz HZHZ/ consent 7", "REFUSED zeta BQDQ/zeta access/80"}, f.trail(forgotten)[3:])
	require.Less(t, len(f.stored())-before, 1_200, "a share and six entries of trails are what is left")
	f.requireSound()
}

func TestARefusalStandsInTheTrailAndOnlyOnce(t *testing.T) {
	f := newFixture(t)
	record := f.put()
	answer, err := f.request("hzhz", record)
	require.NoError(t, err, "a refusal is an answer")
	require.Equal(t, types.RequestRefused, answer.Status)
	require.Equal(t, "access/80", answer.Refusal)
	require.Equal(t, "REFUSED hzhz HZHZ/ access/80", f.trail(record)[3])
	_, err = f.request("hzhz", record)
	require.ErrorIs(t, err, types.ErrTooManyRequests, "nobody fills the trail of another")
	require.ErrorIs(t, f.share("acme", record, "hzhz", answer.RequestId), types.ErrRequestDecided, "what was refused is not granted")

	f.access.consent(party("acme"), bank("HZHZ"), 7, start.Add(90*24*time.Hour))
	again, err := f.request("hzhz", record)
	require.NoError(t, err, "there is a consent now")
	require.Equal(t, types.RequestOpen, again.Status)
	f.after(types.DefaultParams().RequestLifetime)
	_, err = f.request("hzhz", record)
	require.NoError(t, err)
	f.requireSound()
}

func TestARequestAfterTheConsentHasEndedStandsInTheTrail(t *testing.T) {
	f := newFixture(t)
	record := f.put()
	f.access.consent(party("acme"), bank("HZHZ"), 7, start.Add(time.Hour))
	f.after(time.Hour)
	answer, err := f.request("hzhz", record)
	require.NoError(t, err)
	require.Equal(t, types.RequestRefused, answer.Status)
	require.Equal(t, "REFUSED hzhz HZHZ/ access/83", f.trail(record)[3], "the subject sees who came after its consent was over")
	f.requireSound()
}

func TestAReaderAsksForSoManyAtATime(t *testing.T) {
	f := newFixture(t)
	for range types.MaxPendingPerReader {
		_, err := f.request("hzhz", f.put())
		require.NoError(t, err)
	}
	_, err := f.request("hzhz", f.put())
	require.ErrorIs(t, err, types.ErrTooManyRequests)
	_, err = f.request("zeta", 1)
	require.NoError(t, err, "another reader may")
	f.after(types.DefaultParams().RequestLifetime)
	_, err = f.request("hzhz", 1)
	require.NoError(t, err)
}

func TestRevokingDeletesTheSealedKeys(t *testing.T) {
	f := newFixture(t)
	f.access.consent(party("acme"), bank("HZHZ"), 7, start.Add(time.Hour))
	record := f.put()
	require.NoError(t, f.share("acme", record, "hzhz", 0))
	require.True(t, bytes.Contains(f.stored(), []byte("sealed for hzhz")))
	revoke := func(operator string) error {
		_, err := f.msg.Revoke(f.ctx, &types.MsgRevoke{Operator: operator, RecordId: record, Reader: bank("HZHZ")})
		return err
	}
	require.ErrorIs(t, revoke("zeta"), accesstypes.ErrScopeDenied)
	branch, _ := f.ctx.CacheContext()
	_, err := f.msg.Revoke(branch, &types.MsgRevoke{Operator: "hzhz", RecordId: record, Reader: bank("HZHZ")})
	require.NoError(t, err, "the reader may be rid of it")
	require.NoError(t, revoke("acme"))
	require.ErrorIs(t, revoke("acme"), types.ErrShareNotFound)
	require.False(t, bytes.Contains(f.stored(), []byte("sealed for hzhz")))
	require.Equal(t, "REVOKED acme HZHZ/ consent 7", f.trail(record)[4])
	f.requireSound()
}

func TestErasingLeavesDigestAndTrail(t *testing.T) {
	f := newFixture(t)
	record := f.put()
	erase := func(operator string) error {
		_, err := f.msg.Erase(f.ctx, &types.MsgErase{Operator: operator, RecordId: record})
		return err
	}
	require.ErrorIs(t, erase("hzhz"), accesstypes.ErrScopeDenied)
	require.ErrorIs(t, erase("junior"), accesstypes.ErrPermissionDenied)
	require.NoError(t, erase("acme"))
	require.ErrorIs(t, erase("acme"), types.ErrErased)
	require.ErrorIs(t, f.share("acme", record, "bqdq", 0), types.ErrErased)
	_, err := f.request("hzhz", record)
	require.ErrorIs(t, err, types.ErrErased)
	_, err = f.msg.NoteOpening(f.ctx, &types.MsgNoteOpening{Operator: "acme", RecordId: record})
	require.ErrorIs(t, err, types.ErrErased)
	answer, err := f.query.Record(f.ctx, &types.QueryRecordRequest{RecordId: record})
	require.NoError(t, err)
	require.Empty(t, answer.Record.Ciphertext)
	require.Empty(t, answer.Shares)
	require.Equal(t, envelope("ciphertext").Digest, answer.Record.Digest)
	require.NotZero(t, answer.Record.Size_)
	require.Equal(t, "ERASED acme / own", f.trail(record)[3])
	for _, secret := range []string{"sealed for", "ciphertext"} {
		require.False(t, bytes.Contains(f.stored(), []byte(secret)), secret)
	}
	f.requireSound()
}

// Nobody makes a trail grow without end, and those who fill it first cannot keep the subject from sharing, or from
// ending what was shared.
func TestAFullTrailRefusesReadersBeforeTheSubjectAndNeverAnEnd(t *testing.T) {
	f := newFixture(t)
	f.access.consent(party("acme"), bank("HZHZ"), 7, start.Add(time.Hour))
	record := f.put()
	note := func() error {
		cached, write := f.ctx.CacheContext()
		_, err := f.msg.NoteOpening(cached, &types.MsgNoteOpening{Operator: "acme", RecordId: record})
		if err == nil {
			write()
		}
		return err
	}
	length := func() int {
		state, err := f.keeper.ExportGenesis(f.ctx)
		require.NoError(t, err)
		return len(state.Trail)
	}
	fill := func(upTo int) {
		for n := length(); n < upTo; n++ {
			require.NoError(t, note())
		}
	}
	refused := func(operator string) error {
		cached, _ := f.ctx.CacheContext()
		answer, err := f.msg.RequestAccess(cached, &types.MsgRequestAccess{Operator: operator, RecordId: record, Purpose: financing})
		if err == nil {
			require.Equal(t, types.RequestRefused, answer.Status)
		}
		return err
	}
	fill(types.MaxTrailEntries/4 - 1)
	require.NoError(t, refused("zeta"))
	fill(types.MaxTrailEntries / 4)
	require.ErrorIs(t, refused("zeta"), types.ErrTrailFull, "a stranger first")
	fill(types.MaxTrailEntries / 2)
	require.ErrorIs(t, note(), types.ErrTrailFull, "then who opens")
	answer, err := f.request("hzhz", record)
	require.NoError(t, err, "who has a basis may still ask")
	require.NoError(t, f.share("acme", record, "hzhz", answer.RequestId))
	for n := length(); n < types.MaxTrailEntries; n++ {
		require.NoError(t, f.share("acme", record, "hzhz", 0))
	}
	_, err = f.request("hzhz", record)
	require.ErrorIs(t, err, types.ErrTrailFull)
	cached, _ := f.ctx.CacheContext()
	_, err = f.msg.Share(cached, &types.MsgShare{Operator: "acme", RecordId: record, Reader: bank("HZHZ"), Purpose: financing, Keys: []seal.SealedKey{sealed("hzhz")}})
	require.ErrorIs(t, err, types.ErrTrailFull)
	_, err = f.msg.Revoke(f.ctx, &types.MsgRevoke{Operator: "acme", RecordId: record, Reader: bank("HZHZ")})
	require.NoError(t, err)
	_, err = f.msg.Erase(f.ctx, &types.MsgErase{Operator: "acme", RecordId: record})
	require.NoError(t, err)
	require.Equal(t, types.MaxTrailEntries+2, length())
	f.requireSound()
}

func TestRecordsOfASubjectAreBoundedErasedOnesIncluded(t *testing.T) {
	f := newFixture(t)
	record := f.put()
	_, err := f.msg.Erase(f.ctx, &types.MsgErase{Operator: "acme", RecordId: record})
	require.NoError(t, err)
	count := append(types.RecordCountsPrefix.Bytes(), "BQDQ/acme"...)
	store := f.ctx.KVStore(f.store)
	require.Equal(t, binary.BigEndian.AppendUint64(nil, 1), store.Get(count))
	store.Set(count, binary.BigEndian.AppendUint64(nil, types.MaxRecordsPerSubject-1))
	violations, err := f.keeper.CheckInvariants(f.ctx)
	require.NoError(t, err)
	require.NotEmpty(t, violations, "a wrong count is found")
	f.put()
	_, err = f.msg.Put(f.ctx, f.putMsg("acme", party("acme"), 3, "acme", "bqdq"))
	require.ErrorIs(t, err, types.ErrTooManyRecords)
	_, err = f.msg.Put(f.ctx, f.putMsg("zeta", party("zeta"), 3, "zeta"))
	require.NoError(t, err, "another subject may")
}

func TestEventsTellTheTrailAndNothingSealed(t *testing.T) {
	f := newFixture(t)
	f.put()
	for _, event := range f.ctx.EventManager().Events() {
		for _, attribute := range event.Attributes {
			require.NotContains(t, attribute.Value, "sealed")
			require.NotContains(t, attribute.Value, "Y2lwaGVydGV4d") // "ciphertext" in base64
		}
	}
}

func TestTheLevelOfTheRecordIsAskedFor(t *testing.T) {
	f := newFixture(t)
	f.access.asked = nil
	record := f.put()
	_ = f.share("acme", record, "bqdq", 0)
	_, _ = f.request("bqdq", record)
	_, _ = f.msg.DenyAccess(f.ctx, &types.MsgDenyAccess{Operator: "acme", RequestId: 1})
	_, _ = f.msg.NoteOpening(f.ctx, &types.MsgNoteOpening{Operator: "acme", RecordId: record})
	_, _ = f.msg.Revoke(f.ctx, &types.MsgRevoke{Operator: "acme", RecordId: record, Reader: bank("BQDQ")})
	_, _ = f.msg.Erase(f.ctx, &types.MsgErase{Operator: "acme", RecordId: record})
	var asked []string
	for _, ask := range f.access.asked {
		asked = append(asked, ask.Permission)
	}
	require.Equal(t, []string{"vault.put:3", "vault.share:3", "vault.request:3", "vault.share:3", "vault.read:3", "vault.share:3", "vault.erase:3"}, asked)
}
