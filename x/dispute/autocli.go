package dispute

import (
	"slices"

	autocliv1 "cosmossdk.io/api/cosmos/autocli/v1"

	"github.com/zhilian-network/zhilian/x/dispute/types"
)

// AutoCLIOptions describes `zhiliand query dispute …` and `zhiliand tx dispute …`.
func (AppModule) AutoCLIOptions() *autocliv1.ModuleOptions {
	return &autocliv1.ModuleOptions{
		Query: &autocliv1.ServiceCommandDescriptor{
			Service:           types.Query_serviceDesc.ServiceName,
			Short:             "Cases, their facts, panels, rulings and claims",
			RpcCommandOptions: queryCommands(),
		},
		Tx: &autocliv1.ServiceCommandDescriptor{
			Service:           types.Msg_serviceDesc.ServiceName,
			Short:             "File, answer and decide cases",
			RpcCommandOptions: txCommands(),
		},
	}
}

func queryCommands() []*autocliv1.RpcCommandOptions {
	return []*autocliv1.RpcCommandOptions{
		{RpcMethod: "Params", Use: "params", Short: "Show the settings", Example: "zhiliand query dispute params"},
		{
			RpcMethod: "Case", Use: "case [case-id]", Short: "Show a case, whose turn it is, and until when",
			Example: "zhiliand query dispute case 7", PositionalArgs: arguments("case_id"),
		},
		{
			RpcMethod: "Cases", Use: "cases [institution-id]", Short: "List the cases of a member on either side, newest first",
			Example: "zhiliand query dispute cases BQDQ --party-id acme-trading", PositionalArgs: arguments("institution_id"),
		},
		{
			RpcMethod: "Intake", Use: "intake [institution-id] [matter]", Short: "Show what the ledger knows of a matter before a case is filed, and what it asks",
			Example:        `zhiliand query dispute intake BQDQ '{"kind":"MATTER_KIND_PAYMENT","uetr":"7a6c7a6c-58ba-4c7c-9d2e-3f1b0c6d8e21"}' --party-id acme-trading`,
			PositionalArgs: arguments("institution_id", "matter"),
		},
		{
			RpcMethod: "CaseFacts", Use: "facts [case-id]", Short: "Show what the ledger knew when a case was filed",
			Example: "zhiliand query dispute facts 7", PositionalArgs: arguments("case_id"),
		},
		{
			RpcMethod: "Panels", Use: "panels [case-id]", Short: "Show the panels of a case, and draw them again",
			Example: "zhiliand query dispute panels 7", PositionalArgs: arguments("case_id"),
		},
		{
			RpcMethod: "Claim", Use: "claim [claim-id]", Short: "Show what is still owed by a ruling",
			Example: "zhiliand query dispute claim 3", PositionalArgs: arguments("claim_id"),
		},
		{
			RpcMethod: "Claims", Use: "claims [case-id]", Short: "List the claims of a case",
			Example: "zhiliand query dispute claims 7", PositionalArgs: arguments("case_id"),
		},
		{
			RpcMethod: "Arbitrators", Use: "arbitrators [institution-id]", Short: "List the arbitrators of an institution",
			Example: "zhiliand query dispute arbitrators LSHB", PositionalArgs: arguments("institution_id"),
		},
		{
			RpcMethod: "Ruling", Use: "ruling [number]", Short: "Show what anyone may know of a case that was ruled",
			Example: "zhiliand query dispute ruling 7", PositionalArgs: arguments("number"),
		},
		{
			RpcMethod: "Feedback", Use: "feedback [feedback-id]", Short: "Show feedback and what the institution says to it",
			Example: "zhiliand query dispute feedback 3", PositionalArgs: arguments("feedback_id"),
		},
		{
			RpcMethod: "FeedbackOf", Use: "feedback-of [institution-id]", Short: "List the feedback that a member gave, newest first",
			Example: "zhiliand query dispute feedback-of BQDQ --party-id acme-trading", PositionalArgs: arguments("institution_id"),
		},
		{
			RpcMethod: "FeedbackAbout", Use: "feedback-about [institution-id]", Short: "List the feedback that an institution got, newest first",
			Example: "zhiliand query dispute feedback-about BQDQ", PositionalArgs: arguments("institution_id"),
		},
		{
			RpcMethod: "Scores", Use: "scores [institution-id]", Short: "Show how often an institution got which score, by product",
			Example: "zhiliand query dispute scores BQDQ", PositionalArgs: arguments("institution_id"),
		},
		{
			RpcMethod: "Reviews", Use: "reviews [institution-id]", Short: "List the scores that an institution got and what it says to them, newest first",
			Example: "zhiliand query dispute reviews BQDQ", PositionalArgs: arguments("institution_id"),
		},
		{
			RpcMethod: "Changes", Use: "changes [institution-id]", Short: "List what an institution has changed because of feedback",
			Example: "zhiliand query dispute changes BQDQ", PositionalArgs: arguments("institution_id"),
		},
		{
			RpcMethod: "Statistics", Use: "statistics", Short: "Show how cases ended in a period that is over, in groups of at least five",
			Example: "zhiliand query dispute statistics\nzhiliand query dispute statistics --period 229 --institution-id BQDQ",
		},
		{
			RpcMethod: "Recount", Use: "recount [period]", Short: "Count a period again, case by case, and compare",
			Example: "zhiliand query dispute recount 229", PositionalArgs: arguments("period"),
		},
	}
}

func txCommands() []*autocliv1.RpcCommandOptions {
	return slices.Concat(sideCommands(), panelCommands(), feedbackCommands())
}

// sideCommands are those of claimants and respondents.
func sideCommands() []*autocliv1.RpcCommandOptions {
	return []*autocliv1.RpcCommandOptions{
		{RpcMethod: "UpdateParams", Skip: true},
		{
			RpcMethod: "FileCase", Use: "file-case [claimant] [matter] [reason]",
			Short: "File a case; members, matters and remedies are given as JSON. `zhiliand dispute file` asks for less",
			Example: `zhiliand tx dispute file-case '{"institution_id":"BQDQ","party_id":"acme-trading"}' \
  '{"kind":"MATTER_KIND_PAYMENT","uetr":"7a6c7a6c-58ba-4c7c-9d2e-3f1b0c6d8e21"}' duplicate \
  --remedies '{"kind":"REMEDY_KIND_REFUND","amount":"100000"}' --remedies '{"kind":"REMEDY_KIND_INTEREST","amount":"1"}' --from acme-accountant`,
			PositionalArgs: arguments("claimant", "matter", "reason"),
		},
		{
			RpcMethod: "JoinCase", Use: "join-case [case-id] [claimant] [matter]", Short: "Join a collective case with a matter of one's own",
			Example: `zhiliand tx dispute join-case 7 '{"institution_id":"BQDQ","party_id":"zeta"}' \
  '{"kind":"MATTER_KIND_PAYMENT","uetr":"7a6c7a6c-58ba-4c7c-9d2e-3f1b0c6d8e22"}' --remedies '{"kind":"REMEDY_KIND_REFUND","amount":"500"}' --from zeta`,
			PositionalArgs: arguments("case_id", "claimant", "matter"),
		},
		{
			RpcMethod: "WithdrawCase", Use: "withdraw-case [case-id] [claimant]", Short: "Withdraw a claimant before the ruling, or one's appeal",
			Example:        `zhiliand tx dispute withdraw-case 7 '{"institution_id":"BQDQ","party_id":"acme-trading"}' --from acme-accountant`,
			PositionalArgs: arguments("case_id", "claimant"),
		},
		{
			RpcMethod: "BringEvidence", Use: "bring-evidence [case-id] [record-id]", Short: "Add a sealed record of the vault to a case",
			Example: "zhiliand tx dispute bring-evidence 7 12 --from acme-accountant", PositionalArgs: arguments("case_id", "record_id"),
		},
		{
			RpcMethod: "RequestEvidence", Use: "request-evidence [case-id] [kind] [of]", Short: "Ask the other side for something that the ledger does not have",
			Example:        `zhiliand tx dispute request-evidence 7 invoice '{"institution_id":"BQDQ","party_id":"acme-trading"}' --from handler`,
			PositionalArgs: arguments("case_id", "kind", "of"),
		},
		{
			RpcMethod: "AcknowledgeCase", Use: "acknowledge-case [case-id]", Short: "Take a case up; --complex takes the longer time to answer",
			Example: "zhiliand tx dispute acknowledge-case 7 --complex --from handler", PositionalArgs: arguments("case_id"),
		},
		{
			RpcMethod: "RefuseCase", Use: "refuse-case [case-id] [refusal]", Short: "Refuse a case for a reason; the claimant may contest it",
			Example: "zhiliand tx dispute refuse-case 7 not-concerned --from handler", PositionalArgs: arguments("case_id", "refusal"),
		},
		{
			RpcMethod: "ExtendCase", Use: "extend-case [case-id] [reason]",
			Short:   "Ask for more time to answer, once; propose it as an action, so that a second person can approve",
			Example: "zhiliand tx dispute extend-case 7 expert --from handler --generate-only > extend.json\nzhiliand tx access propose-action extend.json --from handler",

			PositionalArgs: arguments("case_id", "reason"),
		},
		{
			RpcMethod: "AnswerCase", Use: "answer-case [case-id] [answer]", Short: "Contest a case, accept all, or offer a part",
			Example: `zhiliand tx dispute answer-case 7 offer --offer '{"grants":[{"remedy":0,"amount":"60000"}]}' --from handler
zhiliand tx dispute answer-case 7 contest --from handler`,
			PositionalArgs: arguments("case_id", "answer"),
		},
		{
			RpcMethod: "DecideOffer", Use: "decide-offer [case-id] [offers]", Short: "Accept (--accept) or decline the newest offer, by its number",
			Example: "zhiliand tx dispute decide-offer 7 1 --accept --from acme-accountant", PositionalArgs: arguments("case_id", "offers"),
		},
		{
			RpcMethod: "EscalateCase", Use: "escalate-case [case-id]", Short: "Ask for a panel: out of mediation, or against a refusal",
			Example: "zhiliand tx dispute escalate-case 7 --from acme-accountant", PositionalArgs: arguments("case_id"),
		},
		{
			RpcMethod: "Appeal", Use: "appeal [case-id] [ground]", Short: "Have a larger panel decide again, once, on a listed ground",
			Example: "zhiliand tx dispute appeal 7 procedure --from acme-accountant", PositionalArgs: arguments("case_id", "ground"),
		},
		{
			RpcMethod: "WaiveClaim", Use: "waive-claim [claim-id]", Short: "Give up what is left of a claim",
			Example: "zhiliand tx dispute waive-claim 3 --from acme-accountant", PositionalArgs: arguments("claim_id"),
		},
	}
}

// panelCommands are those of arbitrators and of who enrols them.
func panelCommands() []*autocliv1.RpcCommandOptions {
	return []*autocliv1.RpcCommandOptions{
		{
			RpcMethod: "EnrolArbitrator", Use: "enrol-arbitrator [arbitrator]", Short: "Have an operator of one's institution drawn for panels",
			Example: "zhiliand tx dispute enrol-arbitrator zhilian1… --from institution-admin", PositionalArgs: arguments("arbitrator"),
		},
		{
			RpcMethod: "StrikeArbitrator", Use: "strike-arbitrator [arbitrator]", Short: "Have it drawn no more",
			Example: "zhiliand tx dispute strike-arbitrator zhilian1… --from institution-admin", PositionalArgs: arguments("arbitrator"),
		},
		{
			RpcMethod: "DeclareInterest", Use: "declare-interest [member]", Short: "Keep off cases of a member, and leave the panels that are about it",
			Example: `zhiliand tx dispute declare-interest '{"institution_id":"LSHB"}' --from arbitrator`, PositionalArgs: arguments("member"),
		},
		{
			RpcMethod: "CommitVote", Use: "commit-vote [case-id]", Short: "Commit to a vote without telling it",
			Example: "zhiliand tx dispute commit-vote 7 --commitment BASE64 --from arbitrator", PositionalArgs: arguments("case_id"),
		},
		{
			RpcMethod: "RevealVote", Use: "reveal-vote [case-id] [vote]", Short: "Tell the vote that was committed to, given as JSON",
			Example:        `zhiliand tx dispute reveal-vote 7 '{"grants":[{"remedy":0,"amount":"60000"}]}' --salt BASE64 --from arbitrator`,
			PositionalArgs: arguments("case_id", "vote"),
		},
		{
			RpcMethod: "PublishReasons", Use: "publish-reasons [case-id] [reasons]", Short: "Publish the reasons of the newest ruling, without personal data",
			Example: `zhiliand tx dispute publish-reasons 7 "Both invoices have the same number and date." --from arbitrator`, PositionalArgs: arguments("case_id", "reasons"),
		},
	}
}

// feedbackCommands are those of customers and institutions beside cases.
func feedbackCommands() []*autocliv1.RpcCommandOptions {
	return []*autocliv1.RpcCommandOptions{
		{
			RpcMethod: "GiveFeedback", Use: "give-feedback [author] [interaction] [score]",
			Short: "Score a payment, a rating, attested values or a closed case, from 1 to 5, once",
			Example: `zhiliand tx dispute give-feedback '{"institution_id":"BQDQ","party_id":"acme-trading"}' \
  '{"kind":"INTERACTION_KIND_PAYMENT","uetr":"7a6c7a6c-58ba-4c7c-9d2e-3f1b0c6d8e21"}' 4 --record-id 12 --from acme-accountant`,
			PositionalArgs: arguments("author", "interaction", "score"),
		},
		{
			RpcMethod: "AnswerFeedback", Use: "answer-feedback [feedback-id] [text]", Short: "Answer feedback in public; --record-id for words to its author alone",
			Example: `zhiliand tx dispute answer-feedback 3 "We now confirm payments within the hour." --from handler`, PositionalArgs: arguments("feedback_id", "text"),
		},
		{
			RpcMethod: "RecordChange", Use: "record-change [institution-id] [text]", Short: "Tell what has changed because of feedback",
			Example:        `zhiliand tx dispute record-change BQDQ "Payments are confirmed within the hour." --feedback-ids 3,5 --from handler`,
			PositionalArgs: arguments("institution_id", "text"),
		},
	}
}

func arguments(fields ...string) []*autocliv1.PositionalArgDescriptor {
	descriptors := make([]*autocliv1.PositionalArgDescriptor, len(fields))
	for i, field := range fields {
		descriptors[i] = &autocliv1.PositionalArgDescriptor{ProtoField: field}
	}
	return descriptors
}
