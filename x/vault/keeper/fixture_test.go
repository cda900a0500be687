package keeper_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cosmos/cosmos-sdk/codec"
	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	"github.com/cosmos/cosmos-sdk/runtime"
	storetypes "github.com/cosmos/cosmos-sdk/store/v2/types"
	"github.com/cosmos/cosmos-sdk/testutil"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/zhilian-network/zhilian/crypto/seal"
	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/vault/keeper"
	"github.com/zhilian-network/zhilian/x/vault/types"
)

const financing = accesstypes.Purpose_PURPOSE_FINANCING

var start = time.Date(2026, 11, 2, 1, 0, 0, 0, time.UTC)

func bank(id string) accesstypes.Member { return accesstypes.Member{InstitutionId: id} }
func party(id string) accesstypes.Member {
	return accesstypes.Member{InstitutionId: "BQDQ", PartyId: id}
}

// fakeAccess knows operators by name with their permissions, and consents by subject and reader.
type fakeAccess struct {
	operators map[string]fakeOperator
	bases     map[[2]accesstypes.Scope]accesstypes.Basis
	asked     []accesstypes.Ask
}

type fakeOperator struct {
	scope       accesstypes.Scope
	permissions []string
}

func (f *fakeAccess) Require(_ context.Context, ask accesstypes.Ask) (accesstypes.Actor, error) {
	f.asked = append(f.asked, ask)
	operator, known := f.operators[ask.Operator]
	if !known {
		return accesstypes.Actor{}, accesstypes.ErrOperatorNotFound
	}
	for _, held := range operator.permissions {
		if !accesstypes.PermissionGives(held, ask.Permission) {
			continue
		}
		if ask.Scope != accesstypes.OwnScope && !operator.scope.Covers(ask.Scope) {
			return accesstypes.Actor{}, accesstypes.ErrScopeDenied
		}
		return accesstypes.Actor{Address: ask.Operator, InstitutionID: operator.scope.InstitutionID, PartyID: operator.scope.PartyID}, nil
	}
	return accesstypes.Actor{}, accesstypes.ErrPermissionDenied.Wrap(ask.Permission)
}

func (f *fakeAccess) CheckSharing(ctx context.Context, sharing accesstypes.Sharing) (accesstypes.Basis, error) {
	if accesstypes.Own(sharing.Subject, sharing.Reader) {
		return accesstypes.Basis{Kind: accesstypes.BasisOwn}, nil
	}
	basis, known := f.bases[[2]accesstypes.Scope{sharing.Subject, sharing.Reader}]
	switch {
	case !known:
		return accesstypes.Basis{}, accesstypes.ErrConsentMissing
	case !sdk.UnwrapSDKContext(ctx).BlockTime().Before(basis.ExpiresAt):
		return accesstypes.Basis{}, accesstypes.ErrConsentEnded
	}
	return basis, nil
}

func (f *fakeAccess) consent(subject, reader accesstypes.Member, number uint64, until time.Time) {
	f.bases[[2]accesstypes.Scope{subject.Scope(), reader.Scope()}] = accesstypes.Basis{Kind: accesstypes.BasisConsent, ID: number, ExpiresAt: until}
}

// fixture is the bank BQDQ with its customers acme and zeta, and the bank HZHZ. Operators are named after
// what they act for and hold every permission up to level 4; junior has none above 2, clerk none at all.
type fixture struct {
	t      testing.TB
	ctx    sdk.Context
	store  *storetypes.KVStoreKey
	access *fakeAccess
	keeper *keeper.Keeper
	msg    types.MsgServer
	query  types.QueryServer
	keys   map[string]seal.PublicKey
}

func newFixture(t testing.TB) *fixture {
	t.Helper()
	all := func(level uint32) []string {
		held := []string{types.PermissionKey}
		for _, permission := range []string{types.PermissionPut, types.PermissionShare, types.PermissionRequest, types.PermissionErase, types.PermissionRead} {
			held = append(held, types.AtLevel(permission, level))
		}
		return held
	}
	f := &fixture{
		t: t, store: storetypes.NewKVStoreKey(types.StoreKey), keys: map[string]seal.PublicKey{},
		access: &fakeAccess{bases: map[[2]accesstypes.Scope]accesstypes.Basis{}, operators: map[string]fakeOperator{
			"bqdq":   {bank("BQDQ").Scope(), all(4)},
			"hzhz":   {bank("HZHZ").Scope(), all(4)},
			"acme":   {party("acme").Scope(), all(4)},
			"zeta":   {party("zeta").Scope(), all(4)},
			"junior": {party("acme").Scope(), all(2)},
			"clerk":  {party("acme").Scope(), nil},
		}},
	}
	f.ctx = testutil.DefaultContext(f.store, storetypes.NewTransientStoreKey("transient")).WithBlockTime(start).WithBlockHeight(1)
	f.keeper = keeper.NewKeeper(codec.NewProtoCodec(codectypes.NewInterfaceRegistry()), runtime.NewKVStoreService(f.store), f.access, "authority")
	f.msg, f.query = keeper.NewMsgServer(f.keeper), keeper.NewQueryServer(f.keeper)
	require.NoError(t, f.keeper.InitGenesis(f.ctx, types.DefaultGenesis()))
	for _, name := range []string{"bqdq", "hzhz", "acme", "zeta"} {
		f.register(name, name)
	}
	return f
}

// publicKey is an SM2 key of a name: cheap, and every validator takes it.
func publicKey(name string) seal.PublicKey {
	scalar := sha256.Sum256([]byte(name))
	scalar[0] = 1 // below the order of the curve
	key, err := seal.ParsePrivateKey(seal.SM2, scalar[:])
	if err != nil {
		panic(err)
	}
	return key.Public()
}

func (f *fixture) member(operator string) accesstypes.Member {
	return accesstypes.MemberOf(f.access.operators[operator].scope)
}

// register registers the key of a name for what an operator acts for.
func (f *fixture) register(operator, name string) []byte {
	f.t.Helper()
	answer, err := f.msg.RegisterKey(f.ctx, &types.MsgRegisterKey{Operator: operator, Owner: f.member(operator), PublicKey: publicKey(name)})
	require.NoError(f.t, err)
	f.keys[name] = publicKey(name)
	return answer.KeyId
}

// sealed is something of the form of a sealed key; no validator could tell whether it opens.
func sealed(name string) seal.SealedKey {
	bytes := make([]byte, seal.SM2SealedSize)
	copy(bytes, "\x04sealed for "+name)
	return seal.SealedKey{KeyId: publicKey(name).ID(), Sealed: bytes}
}

func envelope(content string, readers ...string) seal.Envelope {
	digest := sha256.Sum256([]byte(content))
	e := seal.Envelope{Cipher: seal.SM4GCM, Digest: digest[:], Ciphertext: append(make([]byte, types.SealedOverhead), content...)}
	for _, reader := range readers {
		var err error
		if e.Keys, err = seal.InsertKey(e.Keys, sealed(reader)); err != nil {
			panic(err)
		}
	}
	return e
}

func (f *fixture) putMsg(operator string, subject accesstypes.Member, level uint32, readers ...string) *types.MsgPut {
	return &types.MsgPut{
		Operator: operator, Subject: subject, Level: level, MediaType: "application/pdf", Purpose: financing,
		Envelope: envelope("ciphertext", readers...),
	}
}

// put is a record of level 3 about acme that acme and its bank read.
func (f *fixture) put() uint64 {
	f.t.Helper()
	answer, err := f.msg.Put(f.ctx, f.putMsg("acme", party("acme"), 3, "acme", "bqdq"))
	require.NoError(f.t, err)
	return answer.RecordId
}

func (f *fixture) share(operator string, record uint64, reader string, request uint64) error {
	_, err := f.msg.Share(f.ctx, &types.MsgShare{
		Operator: operator, RecordId: record, Reader: f.member(reader), Purpose: financing,
		Keys: []seal.SealedKey{sealed(reader)}, RequestId: request,
	})
	return err
}

func (f *fixture) request(operator string, record uint64) (*types.MsgRequestAccessResponse, error) {
	return f.msg.RequestAccess(f.ctx, &types.MsgRequestAccess{Operator: operator, RecordId: record, Purpose: financing})
}

func (f *fixture) after(d time.Duration) {
	f.ctx = f.ctx.WithBlockTime(f.ctx.BlockTime().Add(d)).WithBlockHeight(f.ctx.BlockHeight() + 1)
	require.NoError(f.t, f.keeper.EndBlock(f.ctx))
}

// trail is a record's trail in words.
func (f *fixture) trail(record uint64) []string {
	f.t.Helper()
	answer, err := f.query.Trail(f.ctx, &types.QueryTrailRequest{RecordId: record})
	require.NoError(f.t, err)
	var lines []string
	for i, entry := range answer.Entries {
		require.EqualValues(f.t, i+1, entry.Sequence)
		lines = append(lines, fmt.Sprintf("%s %s %s/%s %s", entry.Kind.String()[len("TRAIL_KIND_"):], entry.Operator,
			entry.Reader.InstitutionId, entry.Reader.PartyId, entry.Basis))
	}
	return lines
}

func (f *fixture) requireSound() {
	f.t.Helper()
	violations, err := f.keeper.CheckInvariants(f.ctx)
	require.NoError(f.t, err)
	require.Empty(f.t, violations)
}

// stored is every byte of the store.
func (f *fixture) stored() (all []byte) {
	iterator := f.ctx.KVStore(f.store).Iterator(nil, nil)
	defer iterator.Close()
	for ; iterator.Valid(); iterator.Next() {
		all = append(append(all, iterator.Key()...), iterator.Value()...)
	}
	return all
}
