package credit

import (
	autocliv1 "cosmossdk.io/api/cosmos/autocli/v1"

	"github.com/zhilian-network/zhilian/x/credit/types"
)

// AutoCLIOptions describes `zhiliand query credit …` and `zhiliand tx credit …`.
func (AppModule) AutoCLIOptions() *autocliv1.ModuleOptions {
	return &autocliv1.ModuleOptions{
		Query: &autocliv1.ServiceCommandDescriptor{
			Service:           types.Query_serviceDesc.ServiceName,
			Short:             "Attestations of data providers, behaviour, the registry of models, and ratings",
			RpcCommandOptions: queryCommands(),
		},
		Tx: &autocliv1.ServiceCommandDescriptor{
			Service:           types.Msg_serviceDesc.ServiceName,
			Short:             "Attest and revoke, enrol for behaviour, register and endorse models, rate, publish and open ratings",
			RpcCommandOptions: txCommands(),
		},
	}
}

func queryCommands() []*autocliv1.RpcCommandOptions {
	return []*autocliv1.RpcCommandOptions{
		{RpcMethod: "Params", Use: "params", Short: "Show the settings", Example: "zhiliand query credit params"},
		{
			RpcMethod: "Attestation", Use: "attestation [attestation-id]", Short: "Show an attestation and whether it is in force",
			Example: "zhiliand query credit attestation 7", PositionalArgs: arguments("attestation_id"),
		},
		{
			RpcMethod: "Attestations", Use: "attestations [institution-id]", Short: "List the attestations about a subject, newest first",
			Example: "zhiliand query credit attestations BQDQ --party-id acme-trading", PositionalArgs: arguments("institution_id"),
		},
		{
			RpcMethod: "Model", Use: "model [model-id]", Short: "Show an entry of the model registry, with the canonical bytes of its objects",
			Example: "zhiliand query credit model 3", PositionalArgs: arguments("model_id"),
		},
		{
			RpcMethod: "Models", Use: "models", Short: "List the entries of the model registry, newest first",
			Example: "zhiliand query credit models --product sme-1y",
		},
		{
			RpcMethod: "Champion", Use: "champion [product]", Short: "Show the model that rates for a product",
			Example: "zhiliand query credit champion sme-1y", PositionalArgs: arguments("product"),
		},
		{
			RpcMethod: "Rating", Use: "rating [rating-id]", Short: "Show a rating with its reasons and inputs, and whether it is valid",
			Example: "zhiliand query credit rating 5", PositionalArgs: arguments("rating_id"),
		},
		{
			RpcMethod: "Ratings", Use: "ratings [institution-id]", Short: "List the ratings of a subject, newest first",
			Example: "zhiliand query credit ratings BQDQ --party-id acme-trading", PositionalArgs: arguments("institution_id"),
		},
		{
			RpcMethod: "Improvement", Use: "improvement [rating-id]", Short: "Say what would raise the grade of a rating by one",
			Example: "zhiliand query credit improvement 5", PositionalArgs: arguments("rating_id"),
		},
		{
			RpcMethod: "Behaviour", Use: "behaviour [institution-id]", Short: "Show what is kept of a subject's behaviour, and the inputs of models that follow from it",
			Example: "zhiliand query credit behaviour BQDQ --party-id acme-trading", PositionalArgs: arguments("institution_id"),
		},
	}
}

func txCommands() []*autocliv1.RpcCommandOptions {
	return []*autocliv1.RpcCommandOptions{
		{RpcMethod: "UpdateParams", Skip: true},
		{
			RpcMethod: "Attest", Use: "attest [subject] [period] [expires-at]",
			Short: "Attest values of a subject for a period, open or sealed; members, periods and values are given as JSON",
			Example: `zhiliand tx credit attest '{"institution_id":"BQDQ","party_id":"acme-trading"}' '{"first_month":202501,"last_month":202512}' 2027-06-30T00:00:00Z \
  --values '{"name":"sales","decimals":2,"value":"125000000"}' --values '{"name":"staff","value":"31"}' --from tax-office
zhiliand tx credit attest '{"institution_id":"BQDQ","party_id":"acme-trading"}' '{"first_month":202501,"last_month":202512}' 2027-06-30T00:00:00Z \
  --commitment BASE64 --record-id 7 --from tax-office`,
			PositionalArgs: arguments("subject", "period", "expires_at"),
		},
		{
			RpcMethod: "RevokeAttestation", Use: "revoke-attestation [attestation-id]", Short: "End an attestation of one's own",
			Example: "zhiliand tx credit revoke-attestation 7 --from tax-office", PositionalArgs: arguments("attestation_id"),
		},
		{
			RpcMethod: "EnrolBehaviour", Use: "enrol-behaviour [subject] [ends-at]",
			Short:          "Have the chain keep figures of one's own payments for ratings, or prolong that; the subject is given as JSON",
			Example:        `zhiliand tx credit enrol-behaviour '{"institution_id":"BQDQ","party_id":"acme-trading"}' 2028-12-31T00:00:00Z --currencies CNY --from acme-admin`,
			PositionalArgs: arguments("subject", "ends_at"),
		},
		{
			RpcMethod: "EndBehaviour", Use: "end-behaviour [subject]", Short: "End that, and have erased what was kept",
			Example:        `zhiliand tx credit end-behaviour '{"institution_id":"BQDQ","party_id":"acme-trading"}' --from acme-admin`,
			PositionalArgs: arguments("subject"),
		},
		{
			RpcMethod: "RegisterModel", Use: "register-model [product]",
			Short: "Register a model with its calibration, scale and back-test; `zhiliand credit model registration` makes the files",
			Example: `zhiliand tx credit register-model sme-1y --model registration/model.bin --calibration registration/calibration.bin \
  --scale registration/scale.bin --training-window '{"first_month":202001,"last_month":202412}' \
  --back-test "$(cat registration/back-test.json)" --from risk-officer`,
			PositionalArgs: arguments("product"),
		},
		{
			RpcMethod: "EndorseModel", Use: "endorse-model [model-id] [step]", Short: "Endorse for one's institution that a model is approved, promoted or retired",
			Example: "zhiliand tx credit endorse-model 3 promote --from risk-officer", PositionalArgs: arguments("model_id", "step"),
		},
		{
			RpcMethod: "Rate", Use: "rate [subject] [product]", Short: "Have the chain rate a subject, given as JSON, on its open values",
			Example:        `zhiliand tx credit rate '{"institution_id":"BQDQ","party_id":"acme-trading"}' sme-1y --from acme-accountant`,
			PositionalArgs: arguments("subject", "product"),
		},
		{
			RpcMethod: "PublishRating", Use: "publish-rating [subject] [product] [score]",
			Short: "Publish what a rater computed on sealed values (zhiliand credit rate, explain)",
			Example: `zhiliand tx credit publish-rating '{"institution_id":"BQDQ","party_id":"acme-trading"}' sme-1y 612 --attestation-ids 7,8 \
  --reasons '{"code":"leverage","contribution":"100"}' --reasons '{"code":"size","contribution":"35"}' --from rater`,
			PositionalArgs: arguments("subject", "product", "score"),
		},
		{
			RpcMethod: "OpenRating", Use: "open-rating [rating-id]",
			Short: "Reveal the values of a published rating to the network, recompute it, and record whether it agrees",
			Example: `zhiliand tx credit open-rating 5 --openings '{"attestation_id":"7","values":[{"name":"debt","decimals":2,"value":"600"}],"salt":"BASE64"}' \
  --from arbitrator`,
			PositionalArgs: arguments("rating_id"),
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
