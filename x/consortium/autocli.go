package consortium

import (
	autocliv1 "cosmossdk.io/api/cosmos/autocli/v1"
)

// AutoCLIOptions describes the module's commands.
func (AppModule) AutoCLIOptions() *autocliv1.ModuleOptions {
	return &autocliv1.ModuleOptions{
		Query: &autocliv1.ServiceCommandDescriptor{
			Service:           "zhilian.consortium.v1.Query",
			RpcCommandOptions: queryCommands(),
		},
		Tx: &autocliv1.ServiceCommandDescriptor{
			Service:           "zhilian.consortium.v1.Msg",
			RpcCommandOptions: txCommands(),
		},
	}
}

func queryCommands() []*autocliv1.RpcCommandOptions {
	return []*autocliv1.RpcCommandOptions{
		{
			RpcMethod: "Params",
			Use:       "params",
			Short:     "Show the settings of voting and jailing",
			Example:   "zhiliand query consortium params",
		},
		{
			RpcMethod:      "Validator",
			Use:            "validator [institution-id]",
			Short:          "Show an institution's validator and its downtime points",
			Example:        "zhiliand query consortium validator BQDQ",
			PositionalArgs: []*autocliv1.PositionalArgDescriptor{{ProtoField: "institution_id"}},
		},
		{
			RpcMethod: "Validators",
			Use:       "validators",
			Short:     "List validators of every status",
			Example:   "zhiliand query consortium validators --page-limit 50",
		},
		{
			RpcMethod:      "Proposal",
			Use:            "proposal [proposal-id]",
			Short:          "Show a proposal with its votes",
			Example:        "zhiliand query consortium proposal 1",
			PositionalArgs: []*autocliv1.PositionalArgDescriptor{{ProtoField: "proposal_id"}},
		},
		{
			RpcMethod: "Proposals",
			Use:       "proposals",
			Short:     "List proposals",
			Example:   "zhiliand query consortium proposals --page-reverse --page-limit 10",
		},
	}
}

func txCommands() []*autocliv1.RpcCommandOptions {
	return []*autocliv1.RpcCommandOptions{
		{
			RpcMethod: "SubmitProposal",
			Use:       "submit-proposal [title] [messages...]",
			Short:     "Propose messages for the institutions to decide on",
			Long: "Propose messages for the institutions to decide on. Each message is a JSON text, or the name of a file " +
				"that ends in .json, with its type under \"@type\" and the module's address as authority. They are executed " +
				"together as soon as more than two thirds of the voting institutions say yes.",
			Example: `zhiliand tx consortium submit-proposal "Admit the validator of BQDQ" admit.json --from operator`,
			PositionalArgs: []*autocliv1.PositionalArgDescriptor{
				{ProtoField: "title"},
				{ProtoField: "messages", Varargs: true},
			},
		},
		{
			RpcMethod: "CastVote",
			Use:       "cast-vote [proposal-id] [option]",
			Short:     "Answer a proposal for your institution: yes or no",
			Example:   "zhiliand tx consortium cast-vote 1 yes --from operator",
			PositionalArgs: []*autocliv1.PositionalArgDescriptor{
				{ProtoField: "proposal_id"},
				{ProtoField: "option"},
			},
		},
		{
			RpcMethod: "UnjailValidator",
			Use:       "unjail-validator",
			Short:     "Bring your institution's validator back from jail",
			Example:   "zhiliand tx consortium unjail-validator --from operator",
		},
		{RpcMethod: "AdmitValidator", Skip: true},
		{RpcMethod: "RemoveValidator", Skip: true},
		{RpcMethod: "UpdateParams", Skip: true},
	}
}
