package keeper_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	codectypes "github.com/cosmos/cosmos-sdk/codec/types"

	"github.com/zhilian-network/zhilian/x/consortium/types"
)

func TestExportAndImportKeepEverything(t *testing.T) {
	f := newFixture(t, "AAAA", "BBBB", "CCCC", "DDDD", "EEEE")
	f.withValidators(t, append(equals(four...), validator("XXXX", 9, expelled))...)
	require.NoError(t, f.remove("BBBB"))
	require.NoError(t, f.admit("BBBB", "new", 1))
	f.institutions.voting = four
	passed := f.mustSubmit(t, newParams(2*time.Hour))
	require.Equal(t, executed, f.pass(t, passed))
	open := f.mustSubmit(t, newParams(3*time.Hour), &types.MsgAdmitValidator{
		Authority: authority, InstitutionId: "EEEE", ConsensusPubkey: pubKey("EEEE"), Power: 1,
	})
	_, err := f.vote(open, "AAAA", yes)
	require.NoError(t, err)
	f.beginBlock(t, votes(four[:3], four[3:]))
	f.endBlock(t)

	copied := requireSameAfterImport(t, f, []string{"AAAA", "BBBB", "CCCC", "DDDD", "EEEE"})
	copied.institutions.voting = four
	require.EqualValues(t, 10, copied.validator(t, "DDDD").DowntimePoints)
	require.ErrorIs(t, copied.admit("EEEE", "BBBB", 1), types.ErrConsensusKeyUsed, "a replaced key stays taken")
	require.EqualValues(t, 3, copied.mustSubmit(t, newParams(time.Hour)), "ids go on")
	for _, institutionID := range four[1:2] {
		_, err := copied.vote(open, institutionID, yes)
		require.NoError(t, err)
	}
	status, err := copied.vote(open, "CCCC", yes)
	require.NoError(t, err)
	require.Equal(t, executed, status, "an open proposal is decided after the import")
	require.Equal(t, map[string]int64{"EEEE": 1}, told(t, copied.endBlock(t), "EEEE"))
}

func TestGenesisIsRefused(t *testing.T) {
	proposal := func(change func(*types.Proposal)) []types.Proposal {
		proposal := types.Proposal{
			Id: 1, InstitutionId: "AAAA", Title: "t", Status: open, ExpiresAt: genesisTime,
			Messages: []*codectypes.Any{{TypeUrl: "/any"}},
		}
		change(&proposal)
		return []types.Proposal{proposal}
	}
	vote := types.Vote{ProposalId: 1, InstitutionId: "AAAA", Option: yes}
	cases := []struct {
		name   string
		change func(*types.GenesisState)
		want   error
	}{
		{"settings out of bounds", func(g *types.GenesisState) { g.Params.JailPeriod = 0 }, types.ErrInvalidParams},
		{"no validators", func(g *types.GenesisState) { g.Validators = nil }, types.ErrInvalidGenesis},
		{"no active validator", func(g *types.GenesisState) { g.Validators[0].Status = jailed }, types.ErrInvalidGenesis},
		{"a validator of no institution", func(g *types.GenesisState) { g.Validators[0].InstitutionId = "" }, types.ErrInvalidInstitutionID},
		{"a validator without a status", func(g *types.GenesisState) { g.Validators[0].Status = 0 }, types.ErrInvalidGenesis},
		{"a validator with an unknown status", func(g *types.GenesisState) { g.Validators[0].Status = 9 }, types.ErrInvalidGenesis},
		{"a validator without power", func(g *types.GenesisState) { g.Validators[0].Power = 0 }, types.ErrInvalidPower},
		{"a validator without a key", func(g *types.GenesisState) { g.Validators[0].ConsensusPubkey = nil }, types.ErrInvalidConsensusKey},
		{"two validators of one institution", func(g *types.GenesisState) {
			g.Validators = append(g.Validators, types.Validator{InstitutionId: "AAAA", ConsensusPubkey: pubKey("b"), Power: 1, Status: active})
		}, types.ErrInvalidGenesis},
		{"two validators with one key", func(g *types.GenesisState) {
			g.Validators = append(g.Validators, types.Validator{InstitutionId: "BBBB", ConsensusPubkey: pubKey("AAAA"), Power: 1, Status: expelled})
		}, types.ErrConsensusKeyUsed},
		{"more validators than the set takes", func(g *types.GenesisState) {
			for i := range types.ValidatorsMax {
				g.Validators = append(g.Validators, validator(string(rune('a'+i)), 1, jailed))
			}
		}, types.ErrTooManyValidators},
		{"a retired key that is in use", func(g *types.GenesisState) {
			g.RetiredKeys = []types.ConsensusKey{{InstitutionId: "AAAA", ConsensusPubkey: pubKey("AAAA")}}
		}, types.ErrConsensusKeyUsed},
		{"a retired key of nobody", func(g *types.GenesisState) {
			g.RetiredKeys = []types.ConsensusKey{{InstitutionId: "BBBB", ConsensusPubkey: pubKey("b")}}
		}, types.ErrInvalidGenesis},
		{"downtime of nobody", func(g *types.GenesisState) {
			g.Downtimes = []types.Downtime{{InstitutionId: "BBBB", Points: 1}}
		}, types.ErrInvalidGenesis},
		{"downtime twice", func(g *types.GenesisState) {
			g.Downtimes = []types.Downtime{{InstitutionId: "AAAA", Points: 1}, {InstitutionId: "AAAA", Points: 1}}
		}, types.ErrInvalidGenesis},
		{"downtime of 0", func(g *types.GenesisState) { g.Downtimes = []types.Downtime{{InstitutionId: "AAAA"}} }, types.ErrInvalidGenesis},
		{"proposal ids from 0", func(g *types.GenesisState) { g.NextProposalId = 0 }, types.ErrInvalidGenesis},
		{"a proposal with an id to come", func(g *types.GenesisState) { g.Proposals = proposal(func(p *types.Proposal) { p.Id = 2 }) }, types.ErrInvalidGenesis},
		{"a proposal twice", func(g *types.GenesisState) {
			g.Proposals = append(proposal(func(*types.Proposal) {}), proposal(func(*types.Proposal) {})...)
		}, types.ErrInvalidGenesis},
		{"a proposal without a title", func(g *types.GenesisState) { g.Proposals = proposal(func(p *types.Proposal) { p.Title = "" }) }, types.ErrInvalidTitle},
		{"a proposal without messages", func(g *types.GenesisState) { g.Proposals = proposal(func(p *types.Proposal) { p.Messages = nil }) }, types.ErrInvalidMessages},
		{"a proposal without a status", func(g *types.GenesisState) { g.Proposals = proposal(func(p *types.Proposal) { p.Status = 0 }) }, types.ErrInvalidGenesis},
		{"a vote on no proposal", func(g *types.GenesisState) { g.Votes = []types.Vote{vote} }, types.ErrInvalidGenesis},
		{"a vote twice", func(g *types.GenesisState) {
			g.Proposals, g.Votes = proposal(func(*types.Proposal) {}), []types.Vote{vote, vote}
		}, types.ErrInvalidGenesis},
		{"a vote for nothing", func(g *types.GenesisState) {
			g.Proposals, g.Votes = proposal(func(*types.Proposal) {}), []types.Vote{{ProposalId: 1, InstitutionId: "AAAA"}}
		}, types.ErrInvalidVote},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			state := types.DefaultGenesis()
			state.NextProposalId = 2
			state.Validators = equals("AAAA")
			require.NoError(t, state.Validate())
			c.change(state)
			require.ErrorIs(t, state.Validate(), c.want)
			f := newFixture(t, "AAAA")
			_, err := f.keeper.InitGenesis(f.ctx, state)
			require.ErrorIs(t, err, c.want, "a chain does not start on it")
		})
	}
}

func TestDefaultSettingsAreValidAndTheDefaultGenesisNeedsAValidator(t *testing.T) {
	require.NoError(t, types.DefaultParams().Validate())
	state := types.DefaultGenesis()
	require.ErrorIs(t, state.Validate(), types.ErrInvalidGenesis)
	state.Validators = equals("AAAA")
	require.NoError(t, state.Validate())
}

func TestSettingsHaveBounds(t *testing.T) {
	for name, change := range map[string]func(*types.Params){
		"voting too short":         func(p *types.Params) { p.VotingPeriod = types.VotingPeriodMin - 1 },
		"voting too long":          func(p *types.Params) { p.VotingPeriod = types.VotingPeriodMax + 1 },
		"jail too short":           func(p *types.Params) { p.JailPeriod = types.JailPeriodMin - 1 },
		"jail too long":            func(p *types.Params) { p.JailPeriod = types.JailPeriodMax + 1 },
		"no points to jail":        func(p *types.Params) { p.DowntimePointsMax = 0 },
		"too many points to jail":  func(p *types.Params) { p.DowntimePointsMax = types.DowntimePointsLimit + 1 },
		"a miss costs nothing":     func(p *types.Params) { p.DowntimePointsPerMiss = 0 },
		"a miss costs beyond jail": func(p *types.Params) { p.DowntimePointsPerMiss = p.DowntimePointsMax + 1 },
	} {
		params := types.DefaultParams()
		change(&params)
		require.ErrorIs(t, params.Validate(), types.ErrInvalidParams, name)
	}
}
