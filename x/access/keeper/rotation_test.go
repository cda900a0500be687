package keeper_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	"github.com/cosmos/cosmos-sdk/crypto/keys/secp256k1"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/zhilian-network/zhilian/x/access/types"
)

// newKey is a key that can sign, by its name.
type newKey struct{ private *secp256k1.PrivKey }

func keyNamed(name string) newKey { return newKey{secp256k1.GenPrivKeyFromSecret([]byte(name))} }

func (k newKey) raw() sdk.AccAddress { return sdk.AccAddress(k.private.PubKey().Address()) }

func (k newKey) address() string {
	text, err := addresses.BytesToString(k.raw())
	if err != nil {
		panic(err)
	}
	return text
}

func (k newKey) packed(t testing.TB) *codectypes.Any {
	t.Helper()
	packed, err := codectypes.NewAnyWithValue(k.private.PubKey())
	require.NoError(t, err)
	return packed
}

// proves signs for taking the place of the operator of this name, on a chain.
func (k newKey) proves(t testing.TB, chain, name string) []byte {
	t.Helper()
	old, err := addresses.StringToBytes(address(name))
	require.NoError(t, err)
	proof, err := k.private.Sign(types.KeyRotationBytes(chain, old, k.raw()))
	require.NoError(t, err)
	return proof
}

func (o *desk) rotate(t testing.TB, name string, key newKey) error {
	t.Helper()
	branch, commit := o.ctx.CacheContext()
	_, err := o.messages.RotateKey(branch, &types.MsgRotateKey{
		Operator: address(name), PublicKey: key.packed(t), Proof: key.proves(t, "zhilian-test", name),
	})
	if err == nil {
		commit()
	}
	return err
}

func (o *desk) operatorAt(t testing.TB, text string) types.Operator {
	t.Helper()
	answer, err := o.queries.Operator(o.ctx, &types.QueryOperatorRequest{Address: text})
	require.NoError(t, err)
	return answer.Operator
}

func TestARotatedKeyHasAllThatTheOldOneHad(t *testing.T) {
	o := newDesk(t)
	require.NoError(t, o.keeper.AdmitSigner(o.ctx, mustDecode(address("Ann clerk")), 1500))
	before := o.operator(t, "Ann clerk")
	action := o.propose(t, newParty("x"))
	key := keyNamed("Ann's new key")
	require.NoError(t, o.rotate(t, "Ann clerk", key))

	now := o.operatorAt(t, key.address())
	before.Address = key.address()
	require.Equal(t, before, now)
	old := o.operator(t, "Ann clerk")
	require.Equal(t, closed, old.Status)
	require.Equal(t, key.address(), old.Successor)
	require.Empty(t, old.Roles)
	require.Equal(t, withdrawn, o.action(t, action.Id).Status)
	require.Contains(t, o.accounts.opened, key.address())
	require.ErrorIs(t, o.keeper.AdmitSigner(o.ctx, key.raw(), 501), types.ErrQuotaExceeded, "a new key is no new quota")
	require.Equal(t, &types.EventKeyReplaced{
		OldAddress: address("Ann clerk"), NewAddress: key.address(), Operator: address("Ann clerk"),
	}, eventsNamed[*types.EventKeyReplaced](t, o)[0])
}

func TestDelegationsGoAlongWithAKeyBothWays(t *testing.T) {
	o := newDesk(t)
	state := deskState()
	lend := func(from, to string) {
		state.Delegations = append(state.Delegations, types.Delegation{
			Delegator: address(from), Delegate: address(to), RoleId: "director",
			StartsAt: o.ctx.BlockTime(), ExpiresAt: o.ctx.BlockTime().Add(time.Hour),
		})
	}
	o = newEmptyDesk(t)
	lend("Bob director", "Gus viewer")
	lend("Cid director", "Bob director")
	require.NoError(t, o.keeper.InitGenesis(o.ctx, state))
	key := keyNamed("Bob's new key")
	require.NoError(t, o.rotate(t, "Bob director", key))
	after, err := o.keeper.ExportGenesis(o.ctx)
	require.NoError(t, err)
	var pairs [][2]string
	for _, delegation := range after.Delegations {
		pairs = append(pairs, [2]string{delegation.Delegator, delegation.Delegate})
	}
	require.ElementsMatch(t, [][2]string{{key.address(), address("Gus viewer")}, {address("Cid director"), key.address()}}, pairs)
}

func TestRotationsUseUpNoPlaces(t *testing.T) {
	o := newDesk(t)
	count := func() int {
		page, err := o.queries.Operators(o.ctx, &types.QueryOperatorsRequest{InstitutionId: "BQDQ"})
		require.NoError(t, err)
		return len(page.Operators)
	}
	before, last := count(), address("Gus viewer")
	for i := range types.MaxOperatorsPerScope + 5 {
		key := keyNamed(string(rune('A' + i)))
		old, err := addresses.StringToBytes(last)
		require.NoError(t, err)
		proof, err := key.private.Sign(types.KeyRotationBytes("zhilian-test", old, key.raw()))
		require.NoError(t, err)
		_, err = o.messages.RotateKey(o.ctx, &types.MsgRotateKey{Operator: last, PublicKey: key.packed(t), Proof: proof})
		require.NoError(t, err)
		last = key.address()
	}
	require.Equal(t, before, count())
	state, err := o.keeper.ExportGenesis(o.ctx)
	require.NoError(t, err)
	again := newEmptyDesk(t)
	require.NoError(t, again.keeper.InitGenesis(again.ctx, state), "those who left their place take none in a genesis either")
	require.NoError(t, again.registerOperator("Ada admin", "one more", "BQDQ", ""))
}

func TestKeyReplacementsAreRefused(t *testing.T) {
	key := keyNamed("new")
	for name, test := range map[string]struct {
		change func(*testing.T, *desk, *types.MsgRotateKey)
		want   error
	}{
		"without a key":         {func(_ *testing.T, _ *desk, m *types.MsgRotateKey) { m.PublicKey = nil }, types.ErrInvalidKey},
		"without a proof":       {func(_ *testing.T, _ *desk, m *types.MsgRotateKey) { m.Proof = nil }, types.ErrInvalidKey},
		"with an endless proof": {func(_ *testing.T, _ *desk, m *types.MsgRotateKey) { m.Proof = make([]byte, 1<<20) }, types.ErrInvalidKey},
		"with a flipped bit":    {func(_ *testing.T, _ *desk, m *types.MsgRotateKey) { m.Proof[5] ^= 1 }, types.ErrInvalidKey},
		"with what is no key":   {func(t *testing.T, _ *desk, m *types.MsgRotateKey) { m.PublicKey = pack(t, newParty("x"))[0] }, types.ErrInvalidKey},
		"with a proof for another": {func(t *testing.T, _ *desk, m *types.MsgRotateKey) {
			m.Proof = key.proves(t, "zhilian-test", "Bob director")
		}, types.ErrInvalidKey},
		"with another chain's proof": {func(t *testing.T, _ *desk, m *types.MsgRotateKey) {
			m.Proof = key.proves(t, "zhilian-2", "Ann clerk")
		}, types.ErrInvalidKey},
		"by a suspended operator": {func(t *testing.T, o *desk, _ *types.MsgRotateKey) { o.setStatus(t, "Ann clerk", suspended) }, types.ErrOperatorInactive},
		"to a key of another operator": {func(t *testing.T, o *desk, _ *types.MsgRotateKey) {
			require.NoError(t, o.rotate(t, "Bob director", key))
		}, types.ErrOperatorExists},
		"a second time with the same proof": {func(t *testing.T, o *desk, _ *types.MsgRotateKey) {
			require.NoError(t, o.rotate(t, "Ann clerk", key))
		}, types.ErrOperatorInactive},
	} {
		t.Run(name, func(t *testing.T) {
			o := newDesk(t)
			msg := &types.MsgRotateKey{
				Operator: address("Ann clerk"), PublicKey: key.packed(t), Proof: key.proves(t, "zhilian-test", "Ann clerk"),
			}
			test.change(t, o, msg)
			before := o.contents(t)
			branch, _ := o.ctx.CacheContext()
			_, err := o.messages.RotateKey(branch, msg)
			require.ErrorIs(t, err, test.want)
			require.Equal(t, before, o.contents(t))
		})
	}
}

// recovery is what Ada proposes when Ann has lost her key.
func recovery(t testing.TB, by, lost string, key newKey) sdk.Msg {
	return &types.MsgRecoverOperator{
		Operator: address(by), Address: address(lost), PublicKey: key.packed(t), Proof: key.proves(t, "zhilian-test", lost),
	}
}

func (o *desk) proposeBy(t testing.TB, maker string, msgs ...sdk.Msg) types.Action {
	t.Helper()
	response, err := o.try(maker, pack(t, msgs...))
	require.NoError(t, err)
	return o.action(t, response.ActionId)
}

// withAdministrators adds operators who administer the bank and may do whatever a director may.
func (o *desk) withAdministrators(t testing.TB, names ...string) {
	t.Helper()
	for _, name := range names {
		_, err := o.messages.RegisterOperator(o.ctx, &types.MsgRegisterOperator{
			Operator: address("Ada admin"), Address: address(name), InstitutionId: "BQDQ", Roles: []string{"institution-admin"}, Holder: name,
		})
		require.NoError(t, err)
	}
}

func TestALostKeyIsReplacedByMoreThanHalfOfTheOtherAdministrators(t *testing.T) {
	o := newDesk(t)
	o.withAdministrators(t, "Kim", "Lee", "Max")
	key := keyNamed("Ann's new key")
	_, err := o.messages.RecoverOperator(o.ctx, recovery(t, "Ada admin", "Ann clerk", key).(*types.MsgRecoverOperator))
	require.ErrorIs(t, err, types.ErrApprovalNeeded, "nobody does it alone")

	action := o.proposeBy(t, "Ada admin", recovery(t, "Ada admin", "Ann clerk", key))
	require.Equal(t, []string{"recovery"}, action.Policies)
	_, err = o.approve("Ann director", action)
	require.ErrorIs(t, err, types.ErrNotApprover, "she administers nothing")
	_, err = o.approve("Fay approver", action)
	require.ErrorIs(t, err, types.ErrNotApprover)
	require.Equal(t, uint32(1), o.approved(t, "Kim", action).ApprovalsNeeded, "two of three: Kim, Lee and Max")
	require.Equal(t, executed, o.approved(t, "Max", action).Status)
	require.Equal(t, closed, o.operator(t, "Ann clerk").Status)
	require.Equal(t, []string{"clerk", "institution-admin"}, o.operatorAt(t, key.address()).Roles)
	require.True(t, eventsNamed[*types.EventKeyReplaced](t, o)[0].Recovered)
}

func TestNobodyBringsBackALostKeyThatMayDoMoreThanThemselves(t *testing.T) {
	o := newDesk(t)
	o.withAdministrators(t, "Kim", "Lee")
	action := o.proposeBy(t, "Ada admin", recovery(t, "Ada admin", "Bob director", keyNamed("taken over")))
	o.approved(t, "Kim", action)
	response := o.approved(t, "Lee", action)
	require.Equal(t, failed, response.Status)
	require.Contains(t, response.Reason, "(access 42)")
	require.Equal(t, active, o.operator(t, "Bob director").Status)
}

func TestASuspendedOperatorStaysSuspendedUnderItsNewKey(t *testing.T) {
	o := newDesk(t)
	o.withAdministrators(t, "Kim")
	o.setStatus(t, "Ann clerk", suspended)
	key := keyNamed("new")
	action := o.proposeBy(t, "Ada admin", recovery(t, "Ada admin", "Ann clerk", key))
	require.Equal(t, executed, o.approved(t, "Kim", action).Status)
	require.Equal(t, suspended, o.operatorAt(t, key.address()).Status)
}

func TestReplacingTheAdministratorsOfAnInstitution(t *testing.T) {
	o := newDesk(t)
	replace := &types.MsgReplaceAdministrator{
		Authority: authority, InstitutionId: "BQDQ", Administrator: address("new admin"), Holder: "nora", Reference: "Decision 2026-7",
	}
	for name, test := range map[string]struct {
		change func(*types.MsgReplaceAdministrator)
		want   error
	}{
		"by an operator":               {func(m *types.MsgReplaceAdministrator) { m.Authority = address("Ada admin") }, types.ErrNotAuthority},
		"of an unknown institution":    {func(m *types.MsgReplaceAdministrator) { m.InstitutionId = "NONE" }, types.ErrInstitutionNotFound},
		"without a holder":             {func(m *types.MsgReplaceAdministrator) { m.Holder = "" }, types.ErrHolderMissing},
		"without a reference":          {func(m *types.MsgReplaceAdministrator) { m.Reference = "" }, types.ErrInvalidOperator},
		"with a key that is in office": {func(m *types.MsgReplaceAdministrator) { m.Administrator = address("Gus viewer") }, types.ErrOperatorExists},
	} {
		changed := *replace
		test.change(&changed)
		branch, _ := o.ctx.CacheContext()
		_, err := o.messages.ReplaceAdministrator(branch, &changed)
		require.ErrorIs(t, err, test.want, name)
	}
	_, err := o.messages.ReplaceAdministrator(o.ctx, replace)
	require.NoError(t, err)
	for name, want := range map[string]types.MemberStatus{
		"Ada admin": suspended, "Ann clerk": suspended, "new admin": active, "Bob director": active, "Hal director": active, "Ina of acme": active,
	} {
		require.Equal(t, want, o.operator(t, name).Status, name)
	}
	require.Equal(t, []string{types.AdministratorRole}, o.operator(t, "new admin").Roles)
	require.Equal(t, "Decision 2026-7", eventsNamed[*types.EventAdministratorReplaced](t, o)[0].Reference)
}

func mustDecode(text string) sdk.AccAddress {
	raw, err := addresses.StringToBytes(text)
	if err != nil {
		panic(err)
	}
	return raw
}
