package keeper_test

import (
	"fmt"
	"testing"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"
	"github.com/stretchr/testify/require"

	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	cryptocodec "github.com/cosmos/cosmos-sdk/crypto/codec"
	"github.com/cosmos/cosmos-sdk/crypto/keys/ed25519"
	"github.com/cosmos/cosmos-sdk/crypto/keys/secp256k1"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/consortium/types"
)

// told is the updates as key name to power; a key twice fails the test, as it would halt CometBFT.
func told(t *testing.T, updates []abci.ValidatorUpdate, keyNames ...string) map[string]int64 {
	t.Helper()
	powers := map[string]int64{}
	for _, update := range updates {
		for _, name := range keyNames {
			key, err := cryptocodec.ToCmtProtoPublicKey(&ed25519.PubKey{Key: hash(name)})
			require.NoError(t, err)
			if key.Equal(update.PubKey) {
				require.NotContains(t, powers, name)
				powers[name] = update.Power
			}
		}
	}
	require.Len(t, powers, len(updates), "every update is for a key of the test")
	return powers
}

func TestGenesisTellsOfActiveValidatorsOnly(t *testing.T) {
	f := newFixture(t)
	updates := f.withValidators(t, validator("AAAA", 3, active), validator("BBBB", 4, jailed),
		validator("CCCC", 5, removed), validator("DDDD", 6, expelled))
	require.Equal(t, map[string]int64{"AAAA": 3}, told(t, updates, "AAAA", "BBBB", "CCCC", "DDDD"))
	require.Empty(t, f.endBlock(t), "the first block repeats nothing")
}

func TestCometIsToldOncePerBlockOfWhatCameOut(t *testing.T) {
	cases := []struct {
		name    string
		changes func(t *testing.T, f *fixture)
		want    map[string]int64
	}{
		{"nothing happened", func(*testing.T, *fixture) {}, map[string]int64{}},
		{"admitted", func(t *testing.T, f *fixture) {
			require.NoError(t, f.admit("EEEE", "key", 1))
		}, map[string]int64{"key": 1}},
		{"removed", func(t *testing.T, f *fixture) {
			require.NoError(t, f.remove("AAAA"))
		}, map[string]int64{"AAAA": 0}},
		{"admitted and removed: CometBFT does not know the key and must not hear of it", func(t *testing.T, f *fixture) {
			require.NoError(t, f.admit("EEEE", "key", 1))
			require.NoError(t, f.remove("EEEE"))
		}, map[string]int64{}},
		{"removed and admitted again as before", func(t *testing.T, f *fixture) {
			require.NoError(t, f.remove("AAAA"))
			require.NoError(t, f.admit("AAAA", "AAAA", 1))
		}, map[string]int64{}},
		{"removed and admitted again with another power", func(t *testing.T, f *fixture) {
			require.NoError(t, f.admit("EEEE", "key", 1))
			require.NoError(t, f.admit("FFFF", "other", 1))
			require.NoError(t, f.remove("AAAA"))
			require.NoError(t, f.admit("AAAA", "AAAA", 2))
		}, map[string]int64{"key": 1, "other": 1, "AAAA": 2}},
		{"removed and admitted again with another key", func(t *testing.T, f *fixture) {
			require.NoError(t, f.remove("AAAA"))
			require.NoError(t, f.admit("AAAA", "key", 1))
		}, map[string]int64{"AAAA": 0, "key": 1}},
		{"another key and back to the first", func(t *testing.T, f *fixture) {
			require.NoError(t, f.remove("AAAA"))
			require.NoError(t, f.admit("AAAA", "key", 1))
			require.NoError(t, f.remove("AAAA"))
			require.NoError(t, f.admit("AAAA", "AAAA", 1))
		}, map[string]int64{}},
		{"three keys, the last one counts", func(t *testing.T, f *fixture) {
			for _, key := range []string{"key", "other"} {
				require.NoError(t, f.remove("AAAA"))
				require.NoError(t, f.admit("AAAA", key, 1))
			}
		}, map[string]int64{"AAAA": 0, "other": 1}},
		{"brought back from jail", func(t *testing.T, f *fixture) {
			require.NoError(t, f.unjail("JJJJ"))
		}, map[string]int64{"JJJJ": 1}},
		{"brought back from jail and removed", func(t *testing.T, f *fixture) {
			require.NoError(t, f.unjail("JJJJ"))
			require.NoError(t, f.remove("JJJJ"))
		}, map[string]int64{}},
		{"removed out of jail", func(t *testing.T, f *fixture) {
			require.NoError(t, f.remove("JJJJ"))
		}, map[string]int64{}},
		{"removed out of jail and admitted with another key", func(t *testing.T, f *fixture) {
			require.NoError(t, f.remove("JJJJ"))
			require.NoError(t, f.admit("JJJJ", "key", 1))
		}, map[string]int64{"key": 1}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			f := newFixture(t, "AAAA", "BBBB", "CCCC", "DDDD", "EEEE", "FFFF", "JJJJ")
			f.withValidators(t, append(equals("AAAA", "BBBB", "CCCC", "DDDD"), validator("JJJJ", 1, jailed))...)
			c.changes(t, f)
			require.Equal(t, c.want, told(t, f.endBlock(t), "AAAA", "BBBB", "CCCC", "DDDD", "JJJJ", "key", "other"))
			require.Empty(t, f.endBlock(t), "the next block repeats nothing")
		})
	}
}

func TestAdmissionIsRefused(t *testing.T) {
	secp, err := codectypes.NewAnyWithValue(&secp256k1.PubKey{Key: make([]byte, 33)})
	require.NoError(t, err)
	short, err := codectypes.NewAnyWithValue(&ed25519.PubKey{Key: make([]byte, 31)})
	require.NoError(t, err)
	admission := func(change func(*types.MsgAdmitValidator)) *types.MsgAdmitValidator {
		msg := &types.MsgAdmitValidator{Authority: authority, InstitutionId: "EEEE", ConsensusPubkey: pubKey("key"), Power: 1}
		change(msg)
		return msg
	}
	cases := []struct {
		name string
		msg  *types.MsgAdmitValidator
		want error
	}{
		{"to anyone but the authority", admission(func(m *types.MsgAdmitValidator) { m.Authority = operatorOf("AAAA") }), types.ErrNotAuthority},
		{"without an institution", admission(func(m *types.MsgAdmitValidator) { m.InstitutionId = "" }), types.ErrInvalidInstitutionID},
		{"for an institution that is not there", admission(func(m *types.MsgAdmitValidator) { m.InstitutionId = "ZZZZ" }), accesstypes.ErrInstitutionNotFound},
		{"for a suspended institution", admission(func(m *types.MsgAdmitValidator) { m.InstitutionId = "SSSS" }), types.ErrInstitutionNotActive},
		{"without a key", admission(func(m *types.MsgAdmitValidator) { m.ConsensusPubkey = nil }), types.ErrInvalidConsensusKey},
		{"with a key of another type", admission(func(m *types.MsgAdmitValidator) { m.ConsensusPubkey = secp }), types.ErrInvalidConsensusKey},
		{"with a key of a wrong length", admission(func(m *types.MsgAdmitValidator) { m.ConsensusPubkey = short }), types.ErrInvalidConsensusKey},
		{"with no power", admission(func(m *types.MsgAdmitValidator) { m.Power = 0 }), types.ErrInvalidPower},
		{"with too much power", admission(func(m *types.MsgAdmitValidator) { m.Power = types.PowerMax + 1 }), types.ErrInvalidPower},
		{"with a third of the power", admission(func(m *types.MsgAdmitValidator) { m.Power = 2 }), types.ErrPowerTooConcentrated},
		{"with the key of an active validator", admission(func(m *types.MsgAdmitValidator) { m.ConsensusPubkey = pubKey("AAAA") }), types.ErrConsensusKeyUsed},
		{"with the key of a removed validator", admission(func(m *types.MsgAdmitValidator) { m.ConsensusPubkey = pubKey("RRRR") }), types.ErrConsensusKeyUsed},
		{"with the key of an expelled validator", admission(func(m *types.MsgAdmitValidator) { m.ConsensusPubkey = pubKey("XXXX") }), types.ErrConsensusKeyUsed},
		{"while active", admission(func(m *types.MsgAdmitValidator) { m.InstitutionId = "AAAA" }), types.ErrIllegalStatusChange},
		{"while jailed", admission(func(m *types.MsgAdmitValidator) { m.InstitutionId = "JJJJ" }), types.ErrIllegalStatusChange},
		{"after expulsion, also with a new key", admission(func(m *types.MsgAdmitValidator) { m.InstitutionId = "XXXX" }), types.ErrIllegalStatusChange},
	}
	f := newFixture(t, "AAAA", "BBBB", "CCCC", "EEEE", "JJJJ", "RRRR", "SSSS", "XXXX")
	f.institutions.institutions["SSSS"] = accesstypes.MemberStatus_MEMBER_STATUS_SUSPENDED
	f.withValidators(t, append(equals("AAAA", "BBBB", "CCCC"),
		validator("JJJJ", 1, jailed), validator("RRRR", 1, removed), validator("XXXX", 1, expelled))...)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := f.msgs.AdmitValidator(f.ctx, c.msg)
			require.ErrorIs(t, err, c.want)
			require.Empty(t, f.endBlock(t), "a refusal tells CometBFT nothing")
		})
	}
}

func TestAKeyStaysItsInstitutionsAfterItWasReplaced(t *testing.T) {
	f := newFixture(t, "AAAA", "BBBB", "CCCC")
	f.withValidators(t, equals("AAAA", "BBBB")...)
	require.NoError(t, f.remove("AAAA"))
	require.NoError(t, f.admit("AAAA", "new", 1))
	require.ErrorIs(t, f.admit("CCCC", "AAAA", 1), types.ErrConsensusKeyUsed)

	require.NoError(t, f.remove("AAAA"))
	require.NoError(t, f.admit("AAAA", "AAAA", 1), "it may use its own old key again")
	require.ErrorIs(t, f.admit("CCCC", "new", 1), types.ErrConsensusKeyUsed)
}

func TestStatusChangesAreTold(t *testing.T) {
	f := newFixture(t, "AAAA", "BBBB")
	f.withValidators(t, equals("AAAA")...)
	require.NoError(t, f.admit("BBBB", "key", 1))
	require.NoError(t, f.remove("BBBB"))
	got := events[*types.EventValidatorStatusChanged](t, f)
	require.Len(t, got, 2)
	require.Equal(t, "BBBB", got[0].InstitutionId)
	require.Contains(t, got[0].ConsensusAddress, "zhilianvalcons1")
	require.Equal(t, types.ValidatorStatus_VALIDATOR_STATUS_UNSPECIFIED, got[0].OldStatus)
	require.Equal(t, active, got[0].NewStatus)
	require.EqualValues(t, 1, got[0].Power)
	require.Equal(t, active, got[1].OldStatus)
	require.Equal(t, removed, got[1].NewStatus)
	require.Zero(t, got[1].Power)
}

func TestTheLastActiveValidatorIsNotRemoved(t *testing.T) {
	f := newFixture(t, "AAAA", "BBBB")
	f.withValidators(t, validator("AAAA", 1, active), validator("BBBB", 5, jailed))
	require.ErrorIs(t, f.remove("AAAA"), types.ErrSetWouldBeEmpty)
	require.NoError(t, f.unjail("BBBB"))
	require.NoError(t, f.remove("AAAA"))
}

func TestRemovalIsRefused(t *testing.T) {
	f := newFixture(t, "AAAA", "BBBB")
	f.withValidators(t, append(equals("AAAA", "BBBB"), validator("RRRR", 1, removed), validator("XXXX", 1, expelled))...)
	require.ErrorIs(t, f.remove("ZZZZ"), types.ErrValidatorNotFound)
	require.ErrorIs(t, f.remove("RRRR"), types.ErrIllegalStatusChange)
	require.ErrorIs(t, f.remove("XXXX"), types.ErrIllegalStatusChange)
	_, err := f.msgs.RemoveValidator(f.ctx, &types.MsgRemoveValidator{Authority: operatorOf("AAAA"), InstitutionId: "AAAA"})
	require.ErrorIs(t, err, types.ErrNotAuthority)
}

func TestAnInstitutionBringsItsOwnValidatorBackAfterItsTime(t *testing.T) {
	f := newFixture(t, "AAAA", "BBBB")
	inJail := validator("BBBB", 1, jailed)
	inJail.JailedUntil = genesisTime.Add(time.Minute)
	f.withValidators(t, validator("AAAA", 1, active), inJail)

	require.ErrorIs(t, f.unjail("BBBB"), types.ErrStillJailed)
	f.ctx = f.ctx.WithBlockTime(genesisTime.Add(time.Minute))
	f.institutions.withheld[types.PermissionUnjail] = true
	require.ErrorIs(t, f.unjail("BBBB"), accesstypes.ErrPermissionDenied)
	f.institutions.withheld[types.PermissionUnjail] = false
	require.ErrorIs(t, f.unjail("AAAA"), types.ErrIllegalStatusChange, "only what is in jail comes back")
	require.NoError(t, f.unjail("BBBB"))
	require.Equal(t, active, f.validator(t, "BBBB").Validator.Status)
}

func TestTheRecordOfValidatorsIsBounded(t *testing.T) {
	f := newFixture(t, "AAAA", "EEEE", "old-0")
	validators := equals("AAAA")
	for i := range types.ValidatorRecordsMax - 1 {
		validators = append(validators, validator(fmt.Sprintf("old-%d", i), 1, removed))
	}
	f.withValidators(t, validators...)
	require.ErrorIs(t, f.admit("EEEE", "key", 1), types.ErrTooManyValidators)
	require.NoError(t, f.admit("old-0", "key", 1), "who is on record already may come back")
}
