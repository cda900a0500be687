package financing

import autocliv1 "cosmossdk.io/api/cosmos/autocli/v1"

func requestQueries() []*autocliv1.RpcCommandOptions {
	return []*autocliv1.RpcCommandOptions{
		{
			RpcMethod: "Request", Use: "request [request-id]", Short: "Show a request for finance",
			Example: "zhiliand query financing request 7", PositionalArgs: arguments("request_id"),
		},
		{
			RpcMethod: "Requests", Use: "requests [institution-id]", Short: "List the requests of a borrower, newest first",
			Example: "zhiliand query financing requests JZWB --party-id jimo-mouldings", PositionalArgs: arguments("institution_id"),
		},
		{
			RpcMethod: "Invitations", Use: "invitations [institution-id]", Short: "List the requests that were put to a lender, newest first",
			Example: "zhiliand query financing invitations LSHB", PositionalArgs: arguments("institution_id"),
		},
		{
			RpcMethod: "Offer", Use: "offer [offer-id]", Short: "Show an offer",
			Example: "zhiliand query financing offer 12", PositionalArgs: arguments("offer_id"),
		},
		{
			RpcMethod: "Offers", Use: "offers [request-id]", Short: "List the offers of a request, the best that stands first",
			Example: "zhiliand query financing offers 7", PositionalArgs: arguments("request_id"),
		},
	}
}

func requestTxs() []*autocliv1.RpcCommandOptions {
	return []*autocliv1.RpcCommandOptions{
		{
			RpcMethod: "RequestFinance", Use: "request-finance [account] [kind] [currency] [amount]",
			Short: "Ask lenders to buy units of a receivable, to lend on them, or to lend without security; lenders and terms of repayment are given as JSON",
			Example: `zhiliand tx financing request-finance zhilian1… purchase CNY 97000000 --receivable-id 7 --units 100000000 --mode open \
  --lenders '{"institution_id":"LSHB"}' --lenders '{"institution_id":"BQDQ"}' --bidding-period 24h --decision-period 24h --from jimo
zhiliand tx financing request-finance zhilian1… advance CNY 80000000 --receivable-id 7 --units 100000000 --mode sealed --product sme-1y \
  --repayment '{"schedule":"SCHEDULE_KIND_BULLET","day_count":"DAY_COUNT_ACT_360","rate_ppm":60000,"instalments":1,"period":{"unit":"PERIOD_UNIT_DAY","count":90},"grace_days":3,"default_days":30}' \
  --lenders '{"institution_id":"LSHB"}' --lenders '{"institution_id":"BQDQ"}' --bidding-period 24h --reveal-period 24h --decision-period 24h --from jimo`,
			PositionalArgs: arguments("account", "kind", "currency", "amount"),
		},
		{
			RpcMethod: "WithdrawRequest", Use: "withdraw-request [request-id]", Short: "Take a request for finance back",
			Example: "zhiliand tx financing withdraw-request 7 --from jimo", PositionalArgs: arguments("request_id"),
		},
		{
			RpcMethod: "MakeOffer", Use: "make-offer [request-id] [account] [terms]", Short: "Make an open offer, paid from an account; its terms are given as JSON",
			Example: `zhiliand tx financing make-offer 7 zhilian1… '{"price":"98500000"}' --from bank-LSHB
zhiliand tx financing make-offer 8 zhilian1… '{"rate_ppm":43500,"facility_id":"3","worst_grade":"BB"}' --from bank-LSHB`,
			PositionalArgs: arguments("request_id", "account", "terms"),
		},
		{
			RpcMethod: "WithdrawOffer", Use: "withdraw-offer [offer-id]", Short: "Take an open offer back",
			Example: "zhiliand tx financing withdraw-offer 12 --from bank-LSHB", PositionalArgs: arguments("offer_id"),
		},
		{
			RpcMethod: "DeclineOffer", Use: "decline-offer [offer-id]", Short: "Say that an offer is not wanted; of sealed bids the next one is then the best",
			Example: "zhiliand tx financing decline-offer 12 --from jimo", PositionalArgs: arguments("offer_id"),
		},
		{
			RpcMethod: "AcceptOffer", Use: "accept-offer [offer-id]", Short: "Accept an offer: units, money and loan move in one step, or nothing does",
			Example:        "zhiliand tx financing accept-offer 12 --registration-number 0123456789 --registered-at 2026-11-30T09:00:00Z --from jimo",
			PositionalArgs: arguments("offer_id"),
		},
		// What is secret about a sealed bid is made on its lender's machine: package client has these.
		{RpcMethod: "CommitOffer", Skip: true},
		{RpcMethod: "RevealOffer", Skip: true},
	}
}
