package keeper

import (
	"context"
	"time"

	"cosmossdk.io/collections"
	"cosmossdk.io/core/address"
	corestore "cosmossdk.io/core/store"

	"github.com/cosmos/cosmos-sdk/codec"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/gogoproto/proto"

	"github.com/zhilian-network/zhilian/x/dispute/types"
)

type (
	// numberOfMemberKey is (institution, party or empty, case): a prefix of two lists those of one member.
	numberOfMemberKey = collections.Triple[string, string, uint64]
	// memberKey is (member, case).
	memberKey = collections.Pair[string, uint64]
	// pairKey is (case, claimant or instance), or (case, claim).
	pairKey = collections.Pair[uint64, uint64]
	// dueKey is (when, case).
	dueKey = collections.Pair[time.Time, uint64]
	// drawKey is (height, case).
	drawKey = collections.Pair[int64, uint64]
	// claimKey is (payer, priority, claim): the order in which what a payer has is spent.
	claimKey = collections.Triple[string, uint32, uint64]
	// textKey is (arbitrator, member), or (institution, arbitrator).
	textKey = collections.Pair[string, string]
)

// Keeper holds cases, panels and claims.
type Keeper struct {
	deps      Deps
	matters   map[types.MatterKind]Disputable
	addresses address.Codec
	authority string

	params collections.Item[types.Params]

	cases    collections.Map[uint64, types.Case]
	nextCase collections.Sequence
	// casesOf lists the cases of each member, on either side.
	casesOf collections.KeySet[numberOfMemberKey]
	// openCases lists those of each claimant that are not closed.
	openCases collections.KeySet[memberKey]
	facts     collections.Map[pairKey, types.Facts]
	// caseOfFacts is which case a matter of a claimant has, or had.
	caseOfFacts collections.Map[[]byte, uint64]
	// due is when the time of an open case is over, on the clock of cases.
	due collections.KeySet[dueKey]
	// draws are the panels that are to be drawn, by height.
	draws  collections.KeySet[drawKey]
	panels collections.Map[pairKey, types.Panel]

	claims        collections.Map[uint64, types.Claim]
	nextClaim     collections.Sequence
	claimsOfPayer collections.KeySet[claimKey]
	claimsOfCase  collections.KeySet[pairKey]
	claimCursor   collections.Item[string]

	arbitrators   collections.Map[string, types.Arbitrator]
	arbitratorsOf collections.KeySet[textKey]
	// interests are those that arbitrators declared; sat is until when they do not decide about those whose case
	// they sat in.
	interests collections.KeySet[textKey]
	sat       collections.Map[textKey, int64]
	// seats lists the panels that an arbitrator is on.
	seats collections.KeySet[memberKey]

	frivolous   collections.Map[string, uint64]
	depositsDue collections.KeySet[dueKey]

	feedback     collections.Map[uint64, types.Feedback]
	nextFeedback collections.Sequence
	// feedbackOf lists the feedback of each author, feedbackAbout that about each institution, feedbackOn is which
	// feedback an interaction of an author has.
	feedbackOf    collections.KeySet[numberOfMemberKey]
	feedbackAbout collections.KeySet[memberKey]
	feedbackOn    collections.Map[[]byte, uint64]
	scores        collections.Map[textKey, types.Scores]
	changes       collections.Map[uint64, types.Change]
	nextChange    collections.Sequence
	changesOf     collections.KeySet[memberKey]

	// cells count the cases that have ended; counted lists these, by period.
	cells   collections.Map[cellKey, types.StatisticsCell]
	counted collections.KeySet[pairKey]

	halted   collections.Item[int64]
	lastTick collections.Item[int64]
}

// NewKeeper builds dispute over its store; authority is the bech32 address of collective decisions. It panics if
// the schema is wrong, at start.
func NewKeeper(cdc codec.BinaryCodec, store corestore.KVStoreService, addresses address.Codec, deps Deps, authority string) *Keeper {
	sb := collections.NewSchemaBuilder(store)
	pair := collections.PairKeyCodec(collections.Uint64Key, collections.Uint64Key)
	texts := collections.PairKeyCodec(collections.StringKey, collections.StringKey)
	ofMember := collections.PairKeyCodec(collections.StringKey, collections.Uint64Key)
	due := collections.PairKeyCodec(sdk.TimeKey, collections.Uint64Key)
	k := &Keeper{
		deps: deps, matters: newMatters(deps), addresses: addresses, authority: authority,

		params: collections.NewItem(sb, types.ParamsPrefix, "params", codec.CollValue[types.Params](cdc)),

		cases:    collections.NewMap(sb, types.CasesPrefix, "cases", collections.Uint64Key, codec.CollValue[types.Case](cdc)),
		nextCase: collections.NewSequence(sb, types.NextCasePrefix, "next_case"),
		casesOf: collections.NewKeySet(sb, types.CasesOfMemberPrefix, "cases_of_member",
			collections.TripleKeyCodec(collections.StringKey, collections.StringKey, collections.Uint64Key)),
		openCases:   collections.NewKeySet(sb, types.OpenCasesPrefix, "open_cases", ofMember),
		facts:       collections.NewMap(sb, types.FactsPrefix, "facts", pair, codec.CollValue[types.Facts](cdc)),
		caseOfFacts: collections.NewMap(sb, types.CaseOfFactsPrefix, "case_of_facts", collections.BytesKey, collections.Uint64Value),
		due:         collections.NewKeySet(sb, types.DuePrefix, "due", due),
		draws: collections.NewKeySet(sb, types.DrawsPrefix, "draws",
			collections.PairKeyCodec(collections.Int64Key, collections.Uint64Key)),
		panels: collections.NewMap(sb, types.PanelsPrefix, "panels", pair, codec.CollValue[types.Panel](cdc)),

		claims:    collections.NewMap(sb, types.ClaimsPrefix, "claims", collections.Uint64Key, codec.CollValue[types.Claim](cdc)),
		nextClaim: collections.NewSequence(sb, types.NextClaimPrefix, "next_claim"),
		claimsOfPayer: collections.NewKeySet(sb, types.ClaimsOfPayerPrefix, "claims_of_payer",
			collections.TripleKeyCodec(collections.StringKey, collections.Uint32Key, collections.Uint64Key)),
		claimsOfCase: collections.NewKeySet(sb, types.ClaimsOfCasePrefix, "claims_of_case", pair),
		claimCursor:  collections.NewItem(sb, types.ClaimCursorPrefix, "claim_cursor", collections.StringValue),

		arbitrators:   collections.NewMap(sb, types.ArbitratorsPrefix, "arbitrators", collections.StringKey, codec.CollValue[types.Arbitrator](cdc)),
		arbitratorsOf: collections.NewKeySet(sb, types.ArbitratorsOfPrefix, "arbitrators_of_institution", texts),
		interests:     collections.NewKeySet(sb, types.InterestsPrefix, "interests", texts),
		sat:           collections.NewMap(sb, types.SatPrefix, "sat", texts, collections.Int64Value),
		seats:         collections.NewKeySet(sb, types.SeatsOfArbitratorPrefix, "seats_of_arbitrator", ofMember),

		frivolous:   collections.NewMap(sb, types.FrivolousPrefix, "frivolous", collections.StringKey, collections.Uint64Value),
		depositsDue: collections.NewKeySet(sb, types.DepositsDuePrefix, "deposits_due", due),

		feedback:     collections.NewMap(sb, types.FeedbackPrefix, "feedback", collections.Uint64Key, codec.CollValue[types.Feedback](cdc)),
		nextFeedback: collections.NewSequence(sb, types.NextFeedbackPrefix, "next_feedback"),
		feedbackOf: collections.NewKeySet(sb, types.FeedbackOfPrefix, "feedback_of_member",
			collections.TripleKeyCodec(collections.StringKey, collections.StringKey, collections.Uint64Key)),
		feedbackAbout: collections.NewKeySet(sb, types.FeedbackAboutPrefix, "feedback_about_institution", ofMember),
		feedbackOn:    collections.NewMap(sb, types.FeedbackOnPrefix, "feedback_on_interaction", collections.BytesKey, collections.Uint64Value),
		scores:        collections.NewMap(sb, types.ScoresPrefix, "scores", texts, codec.CollValue[types.Scores](cdc)),
		changes:       collections.NewMap(sb, types.ChangesPrefix, "changes", collections.Uint64Key, codec.CollValue[types.Change](cdc)),
		nextChange:    collections.NewSequence(sb, types.NextChangePrefix, "next_change"),
		changesOf:     collections.NewKeySet(sb, types.ChangesOfPrefix, "changes_of_institution", ofMember),

		cells: collections.NewMap(sb, types.CellsPrefix, "cells",
			collections.TripleKeyCodec(collections.Uint64Key, collections.StringKey, collections.StringKey), codec.CollValue[types.StatisticsCell](cdc)),
		counted: collections.NewKeySet(sb, types.CountedPrefix, "counted", pair),

		halted:   collections.NewItem(sb, types.HaltedPrefix, "halted", collections.Int64Value),
		lastTick: collections.NewItem(sb, types.LastTickPrefix, "last_tick", collections.Int64Value),
	}
	if _, err := sb.Build(); err != nil {
		panic(err)
	}
	return k
}

func blockTime(ctx context.Context) time.Time { return sdk.UnwrapSDKContext(ctx).BlockTime() }

// emit adds an event to the transaction or the block; if it cannot, that fails.
func emit(ctx context.Context, event proto.Message) error {
	return sdk.UnwrapSDKContext(ctx).EventManager().EmitTypedEvent(event)
}
