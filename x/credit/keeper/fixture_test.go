package keeper_test

import (
	"bytes"
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cosmos/cosmos-sdk/codec"
	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	"github.com/cosmos/cosmos-sdk/runtime"
	storetypes "github.com/cosmos/cosmos-sdk/store/v2/types"
	"github.com/cosmos/cosmos-sdk/testutil"
	sdk "github.com/cosmos/cosmos-sdk/types"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/credit/keeper"
	"github.com/zhilian-network/zhilian/x/credit/types"
	vaulttypes "github.com/zhilian-network/zhilian/x/vault/types"
)

const (
	rating  = accesstypes.Purpose_PURPOSE_CREDIT_RATING
	dispute = accesstypes.Purpose_PURPOSE_DISPUTE
)

var (
	start = time.Date(2026, 11, 2, 1, 0, 0, 0, time.UTC)
	year  = types.Period{FirstMonth: 202501, LastMonth: 202512}
	acme  = accesstypes.Member{InstitutionId: "BQDQ", PartyId: "acme"}
	zeta  = accesstypes.Member{InstitutionId: "BQDQ", PartyId: "zeta"}
)

func member(institution string) accesstypes.Member {
	return accesstypes.Member{InstitutionId: institution}
}

// fakeAccess knows operators by name, and consents by subject, reader and purpose.
type fakeAccess struct {
	operators map[string]fakeOperator
	consents  map[consentKey]consent
}

type consentKey struct {
	subject, reader accesstypes.Scope
	purpose         accesstypes.Purpose
}

type consent struct {
	level uint32
	until time.Time
	ended bool // withdrawn
}

type fakeOperator struct {
	scope       accesstypes.Scope
	kind        accesstypes.InstitutionKind
	permissions []string
}

func (f *fakeAccess) Require(_ context.Context, ask accesstypes.Ask) (accesstypes.Actor, error) {
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
		return accesstypes.Actor{
			Address: ask.Operator, InstitutionID: operator.scope.InstitutionID, PartyID: operator.scope.PartyID, Kind: operator.kind,
		}, nil
	}
	return accesstypes.Actor{}, accesstypes.ErrPermissionDenied.Wrap(ask.Permission)
}

func (f *fakeAccess) CheckSharing(ctx context.Context, sharing accesstypes.Sharing) (accesstypes.Basis, error) {
	if accesstypes.Own(sharing.Subject, sharing.Reader) {
		return accesstypes.Basis{Kind: accesstypes.BasisOwn}, nil
	}
	given, known := f.consents[consentKey{sharing.Subject, sharing.Reader, sharing.Purpose}]
	if !known || given.level < sharing.Level {
		return accesstypes.Basis{}, accesstypes.ErrConsentMissing
	}
	if given.ended || !sdk.UnwrapSDKContext(ctx).BlockTime().Before(given.until) {
		return accesstypes.Basis{}, accesstypes.ErrConsentEnded
	}
	return accesstypes.Basis{Kind: accesstypes.BasisConsent, ID: 1, ExpiresAt: given.until}, nil
}

// consent is acme's, or another's, to a reader for two years.
func (f *fixture) consent(subject accesstypes.Member, reader string, purpose accesstypes.Purpose, level uint32) {
	f.access.consents[consentKey{subject.Scope(), member(reader).Scope(), purpose}] = consent{level: level, until: start.AddDate(2, 0, 0)}
}

func (f *fixture) withdraw(subject accesstypes.Member, reader string, purpose accesstypes.Purpose) {
	key := consentKey{subject.Scope(), member(reader).Scope(), purpose}
	given := f.access.consents[key]
	given.ended = true
	f.access.consents[key] = given
}

type fakeVault map[uint64]vaulttypes.Record

func (f fakeVault) Record(_ context.Context, number uint64) (vaulttypes.Record, error) {
	record, known := f[number]
	if !known {
		return vaulttypes.Record{}, vaulttypes.ErrRecordNotFound
	}
	return record, nil
}

// fixture is the bank BQDQ with its customers acme and zeta, the bank HZHZ, and the data providers TAXO and
// CUST, which acme has consented to. Operators are named after what they act for and hold every permission;
// officer is a second one of BQDQ, third one of the bank JZWB; clerk, of TAXO, has none.
type fixture struct {
	t      testing.TB
	ctx    sdk.Context
	store  *storetypes.KVStoreKey
	access *fakeAccess
	vault  fakeVault
	keeper *keeper.Keeper
	msg    types.MsgServer
	query  types.QueryServer
}

func newFixture(t testing.TB) *fixture {
	t.Helper()
	const bank, provider = accesstypes.InstitutionKind_INSTITUTION_KIND_BANK, accesstypes.InstitutionKind_INSTITUTION_KIND_DATA_PROVIDER
	f := &fixture{
		t: t, store: storetypes.NewKVStoreKey(types.StoreKey), vault: fakeVault{},
		access: &fakeAccess{consents: map[consentKey]consent{}, operators: map[string]fakeOperator{
			"bqdq": {member("BQDQ").Scope(), bank, everything}, "hzhz": {member("HZHZ").Scope(), bank, everything},
			"acme": {acme.Scope(), bank, everything}, "zeta": {zeta.Scope(), bank, everything},
			"taxo": {member("TAXO").Scope(), provider, everything}, "cust": {member("CUST").Scope(), provider, everything},
			"officer": {member("BQDQ").Scope(), bank, everything}, "third": {member("JZWB").Scope(), bank, everything},
			"clerk": {member("TAXO").Scope(), provider, nil},
		}},
	}
	f.consent(acme, "TAXO", rating, 4)
	f.consent(acme, "CUST", rating, 4)
	f.ctx = testutil.DefaultContext(f.store, storetypes.NewTransientStoreKey("transient")).WithBlockTime(start).WithBlockHeight(1)
	f.keeper = keeper.NewKeeper(codec.NewProtoCodec(codectypes.NewInterfaceRegistry()), runtime.NewKVStoreService(f.store), f.access, f.vault, "authority")
	f.msg, f.query = keeper.NewMsgServer(f.keeper), keeper.NewQueryServer(f.keeper)
	require.NoError(t, f.keeper.InitGenesis(f.ctx, types.DefaultGenesis()))
	return f
}

func number(name string, decimals uint32, value int64) types.InputValue {
	return types.InputValue{Name: name, Decimals: decimals, Value: value}
}

func attestMsg(operator string, subject accesstypes.Member, values ...types.InputValue) *types.MsgAttest {
	return &types.MsgAttest{Operator: operator, Subject: subject, Period: year, Values: values, ExpiresAt: start.AddDate(1, 0, 0)}
}

// attest is open values about acme for the year.
func (f *fixture) attest(operator string, values ...types.InputValue) *types.MsgAttestResponse {
	f.t.Helper()
	answer, err := f.msg.Attest(f.ctx, attestMsg(operator, acme, values...))
	require.NoError(f.t, err)
	return answer
}

// seal is a record of the vault of level 4 for sealed values about acme.
func (f *fixture) seal() uint64 {
	number := uint64(len(f.vault) + 1)
	f.vault[number] = vaulttypes.Record{
		Id: number, Subject: acme, CustodianId: "BQDQ", Level: 4, Purpose: rating, Status: vaulttypes.RecordSealed,
	}
	return number
}

var salt = []byte("sixteen random b")

// attestSealed is sealed values about acme for the year.
func (f *fixture) attestSealed(operator string, values ...types.InputValue) uint64 {
	f.t.Helper()
	msg := attestMsg(operator, acme)
	msg.RecordId = f.seal()
	msg.Commitment = types.Commitment(f.access.operators[operator].scope.InstitutionID, acme, year, values, salt)
	answer, err := f.msg.Attest(f.ctx, msg)
	require.NoError(f.t, err)
	return answer.AttestationId
}

func (f *fixture) revoke(operator string, number uint64) error {
	_, err := f.msg.RevokeAttestation(f.ctx, &types.MsgRevokeAttestation{Operator: operator, AttestationId: number})
	return err
}

func (f *fixture) attestation(number uint64) *types.QueryAttestationResponse {
	f.t.Helper()
	answer, err := f.query.Attestation(f.ctx, &types.QueryAttestationRequest{AttestationId: number})
	require.NoError(f.t, err)
	return answer
}

func (f *fixture) after(d time.Duration) {
	f.ctx = f.ctx.WithBlockTime(f.ctx.BlockTime().Add(d)).WithBlockHeight(f.ctx.BlockHeight() + 1)
	require.NoError(f.t, f.keeper.EndBlock(f.ctx))
}

func (f *fixture) requireSound() {
	f.t.Helper()
	violations, err := f.keeper.CheckInvariants(f.ctx)
	require.NoError(f.t, err)
	require.Empty(f.t, violations)
}

// requireSameAfterGenesis exports, starts a chain from it, and exports again.
func (f *fixture) requireSameAfterGenesis() {
	f.t.Helper()
	state, err := f.keeper.ExportGenesis(f.ctx)
	require.NoError(f.t, err)
	g := newFixture(f.t)
	iterator := g.ctx.KVStore(g.store).Iterator(nil, nil)
	var keys [][]byte
	for ; iterator.Valid(); iterator.Next() {
		keys = append(keys, bytes.Clone(iterator.Key()))
	}
	require.NoError(f.t, iterator.Close())
	for _, key := range keys {
		g.ctx.KVStore(g.store).Delete(key)
	}
	g.ctx = g.ctx.WithBlockTime(f.ctx.BlockTime())
	require.NoError(f.t, g.keeper.InitGenesis(g.ctx, state))
	again, err := g.keeper.ExportGenesis(g.ctx)
	require.NoError(f.t, err)
	require.Equal(f.t, state, again)
	require.Equal(f.t, f.stored(), g.stored(), "indexes and queues too")
	g.requireSound()
}

// stored is every key and value of the store.
func (f *fixture) stored() (all [][2]string) {
	iterator := f.ctx.KVStore(f.store).Iterator(nil, nil)
	defer iterator.Close()
	for ; iterator.Valid(); iterator.Next() {
		all = append(all, [2]string{string(iterator.Key()), string(iterator.Value())})
	}
	return all
}
