package keeper_test

import (
	"testing"

	abci "github.com/cometbft/cometbft/abci/types"
	cmtproto "github.com/cometbft/cometbft/proto/tendermint/types"
	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/x/consortium/types"
)

// votes is a last commit: signed by the keys of the first group, not by those of the second.
func votes(signed, missed []string) []abci.VoteInfo {
	var infos []abci.VoteInfo
	add := func(names []string, flag cmtproto.BlockIDFlag) {
		for _, name := range names {
			infos = append(infos, abci.VoteInfo{
				Validator:   abci.Validator{Address: consAddress(name), Power: 1},
				BlockIdFlag: flag,
			})
		}
	}
	add(signed, cmtproto.BlockIDFlagCommit)
	add(missed, cmtproto.BlockIDFlagAbsent)
	return infos
}

func evidence(kind abci.MisbehaviorType, keyName string) abci.Misbehavior {
	return abci.Misbehavior{Type: kind, Validator: abci.Validator{Address: consAddress(keyName), Power: 1}, Height: 1, Time: genesisTime}
}

var four = []string{"AAAA", "BBBB", "CCCC", "DDDD"}

func TestPointsFollowTheVotes(t *testing.T) {
	f := newFixture(t, four...)
	f.withValidators(t, equals(four...)...)
	points := func() uint64 { return f.validator(t, "DDDD").DowntimePoints }

	f.beginBlock(t, votes(four[:3], four[3:]))
	require.EqualValues(t, 10, points())
	f.beginBlock(t, votes(four, nil))
	require.EqualValues(t, 9, points())
	f.beginBlock(t, votes(four[:3], nil))
	require.EqualValues(t, 9, points(), "a block that does not ask for its vote changes nothing")
	for range 9 {
		f.beginBlock(t, votes(four, nil))
	}
	require.Zero(t, points())
	state, err := f.keeper.ExportGenesis(f.ctx)
	require.NoError(t, err)
	require.Empty(t, state.Downtimes, "a healthy validator has no record")
}

func TestAVoteForNilCountsAsPresence(t *testing.T) {
	f := newFixture(t, four...)
	f.withValidators(t, equals(four...)...)
	f.beginBlock(t, []abci.VoteInfo{{
		Validator: abci.Validator{Address: consAddress("DDDD")}, BlockIdFlag: cmtproto.BlockIDFlagNil,
	}})
	require.Zero(t, f.validator(t, "DDDD").DowntimePoints)
}

func TestWhoMissesTooManyBlocksGoesToJail(t *testing.T) {
	f := newFixture(t, four...)
	f.withValidators(t, equals(four...)...)
	for range 2 {
		f.beginBlock(t, votes(four[:3], four[3:]))
		require.Empty(t, f.endBlock(t))
	}
	f.beginBlock(t, votes(four[:3], four[3:]))
	require.Equal(t, map[string]int64{"DDDD": 0}, told(t, f.endBlock(t), four...))

	got := f.validator(t, "DDDD")
	require.Equal(t, jailed, got.Validator.Status)
	require.Equal(t, f.ctx.BlockTime().Add(60e9), got.Validator.JailedUntil)
	require.Zero(t, got.DowntimePoints)
	require.Len(t, events[*types.EventValidatorStatusChanged](t, f), 1)

	// CometBFT still asks it for two blocks.
	f.beginBlock(t, votes(four[:3], four[3:]))
	require.Zero(t, f.validator(t, "DDDD").DowntimePoints)
	require.Empty(t, f.endBlock(t))
}

func TestAJailingThatWouldTakeAThirdWaitsAndIsAnnouncedOnce(t *testing.T) {
	f := newFixture(t, four...)
	f.withValidators(t, equals(four...)...)
	missing := func(blocks int) (announced int) {
		for range blocks {
			f.beginBlock(t, votes(four[:2], four[2:]))
			announced += len(events[*types.EventJailingDelayed](t, f))
			f.endBlock(t)
		}
		return announced
	}
	require.Equal(t, 0, missing(2))
	require.Equal(t, 1, missing(1), "CCCC goes, DDDD waits")
	require.Equal(t, jailed, f.validator(t, "CCCC").Validator.Status)
	require.Equal(t, active, f.validator(t, "DDDD").Validator.Status)
	require.EqualValues(t, 25, f.validator(t, "DDDD").DowntimePoints)
	require.Equal(t, 0, missing(5), "not announced again while it waits")

	// A signed block takes it out of danger; a further miss announces it anew.
	f.beginBlock(t, votes([]string{"AAAA", "BBBB", "DDDD"}, nil))
	require.EqualValues(t, 24, f.validator(t, "DDDD").DowntimePoints)
	require.Equal(t, 1, missing(1))

	// With CCCC removed by vote there is room in jail; but of three no one may go at all.
	require.NoError(t, f.remove("CCCC"))
	require.Equal(t, 0, missing(1))
	require.Equal(t, active, f.validator(t, "DDDD").Validator.Status)
	f.institutions.institutions["EEEE"] = f.institutions.institutions["AAAA"]
	require.NoError(t, f.admit("EEEE", "EEEE", 1))
	missing(1)
	require.Equal(t, jailed, f.validator(t, "DDDD").Validator.Status, "a fourth one makes room at once")
}

func TestVotesOfStrangersAndOldKeysCountForNobody(t *testing.T) {
	f := newFixture(t, four...)
	f.withValidators(t, equals(four...)...)
	require.NoError(t, f.remove("DDDD"))
	require.NoError(t, f.admit("DDDD", "new", 1))
	f.endBlock(t)
	for range 5 {
		f.beginBlock(t, votes(nil, []string{"stranger", "DDDD"}))
		require.Empty(t, f.endBlock(t))
	}
	require.Zero(t, f.validator(t, "DDDD").DowntimePoints)
	f.beginBlock(t, votes(nil, []string{"new"}))
	require.EqualValues(t, 10, f.validator(t, "DDDD").DowntimePoints)
}

func TestSigningAgainstTheProtocolExpels(t *testing.T) {
	for _, kind := range []abci.MisbehaviorType{abci.MisbehaviorType_DUPLICATE_VOTE, abci.MisbehaviorType_LIGHT_CLIENT_ATTACK} {
		for _, status := range []types.ValidatorStatus{active, jailed, removed, expelled} {
			t.Run(kind.String()+" of a validator that is "+status.String(), func(t *testing.T) {
				f := newFixture(t, four...)
				f.withValidators(t, append(equals("AAAA", "BBBB"), validator("CCCC", 1, status))...)
				f.beginBlock(t, nil, evidence(kind, "CCCC"), evidence(kind, "CCCC"))
				require.Equal(t, expelled, f.validator(t, "CCCC").Validator.Status)
				want := map[string]int64{}
				if status == active {
					want["CCCC"] = 0
				}
				require.Equal(t, want, told(t, f.endBlock(t), four...))
				changes := events[*types.EventValidatorStatusChanged](t, f)
				require.Len(t, changes, map[bool]int{true: 0, false: 1}[status == expelled])
			})
		}
	}
}

func TestOtherEvidenceAndEvidenceAgainstStrangersIsIgnored(t *testing.T) {
	f := newFixture(t, four...)
	f.withValidators(t, equals("AAAA", "BBBB")...)
	f.beginBlock(t, nil, evidence(abci.MisbehaviorType_UNKNOWN, "AAAA"), evidence(abci.MisbehaviorType_DUPLICATE_VOTE, "stranger"))
	require.Empty(t, f.endBlock(t))
}

func TestEvidenceAgainstAnOldKeyExpelsItsInstitution(t *testing.T) {
	f := newFixture(t, four...)
	f.withValidators(t, equals("AAAA", "BBBB")...)
	require.NoError(t, f.remove("BBBB"))
	require.NoError(t, f.admit("BBBB", "new", 1))
	f.endBlock(t)
	f.beginBlock(t, nil, evidence(abci.MisbehaviorType_DUPLICATE_VOTE, "BBBB"))
	require.Equal(t, map[string]int64{"new": 0}, told(t, f.endBlock(t), "BBBB", "new"))
	require.Equal(t, expelled, f.validator(t, "BBBB").Validator.Status)
}

func TestTheLastActiveValidatorIsNotExpelled(t *testing.T) {
	f := newFixture(t, four...)
	f.withValidators(t, equals("AAAA", "BBBB")...)
	f.beginBlock(t, nil, evidence(abci.MisbehaviorType_DUPLICATE_VOTE, "AAAA"), evidence(abci.MisbehaviorType_DUPLICATE_VOTE, "BBBB"))
	require.Equal(t, map[string]int64{"AAAA": 0}, told(t, f.endBlock(t), four...))
	require.Equal(t, active, f.validator(t, "BBBB").Validator.Status)
	changes := events[*types.EventValidatorStatusChanged](t, f)
	require.Len(t, changes, 2)
	require.Equal(t, "BBBB", changes[1].InstitutionId)
	require.Equal(t, changes[1].OldStatus, changes[1].NewStatus, "the network is told, though nothing changed")
	require.Contains(t, changes[1].Reason, "last active validator")
}

func TestExpulsionComesBeforeJailing(t *testing.T) {
	f := newFixture(t, four...)
	f.withValidators(t, equals(four...)...)
	for range 2 {
		f.beginBlock(t, votes(four[:3], four[3:]))
		f.endBlock(t)
	}
	f.beginBlock(t, votes(four[:3], four[3:]), evidence(abci.MisbehaviorType_DUPLICATE_VOTE, "DDDD"))
	require.Equal(t, expelled, f.validator(t, "DDDD").Validator.Status)
	require.Equal(t, map[string]int64{"DDDD": 0}, told(t, f.endBlock(t), four...))
}
