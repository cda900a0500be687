package financing

import (
	autocliv1 "cosmossdk.io/api/cosmos/autocli/v1"

	"github.com/zhilian-network/zhilian/x/financing/types"
)

// AutoCLIOptions describes `zhiliand query financing …` and `zhiliand tx financing …`.
func (AppModule) AutoCLIOptions() *autocliv1.ModuleOptions {
	return &autocliv1.ModuleOptions{
		Query: &autocliv1.ServiceCommandDescriptor{
			Service:           types.Query_serviceDesc.ServiceName,
			Short:             "Receivables, and what they are financed with",
			RpcCommandOptions: append(queryCommands(), requestQueries()...),
		},
		Tx: &autocliv1.ServiceCommandDescriptor{
			Service:           types.Msg_serviceDesc.ServiceName,
			Short:             "Issue, confirm, split, pledge, finance and pay receivables",
			RpcCommandOptions: append(txCommands(), requestTxs()...),
		},
	}
}

func queryCommands() []*autocliv1.RpcCommandOptions {
	return []*autocliv1.RpcCommandOptions{
		{RpcMethod: "Params", Use: "params", Short: "Show the settings, and which business day it is", Example: "zhiliand query financing params"},
		{
			RpcMethod: "Loan", Use: "loan [loan-id]", Short: "Show a loan as it stands today: what is owed, what is due, and the plan",
			Example: "zhiliand query financing loan 3", PositionalArgs: arguments("loan_id"),
		},
		{
			RpcMethod: "Loans", Use: "loans [institution-id] [party-id]", Short: "List what a member has borrowed and lent, newest first",
			Example: "zhiliand query financing loans BQDQ acme", PositionalArgs: memberArguments(),
		},
		{
			RpcMethod: "Repayments", Use: "repayments [loan-id]", Short: "List the payments that a loan received and how they were split, newest first",
			Example: "zhiliand query financing repayments 3", PositionalArgs: arguments("loan_id"),
		},
		{
			RpcMethod: "Receivable", Use: "receivable [receivable-id]", Short: "Show a receivable, who holds its units, and what binds them",
			Example: "zhiliand query financing receivable 7", PositionalArgs: arguments("receivable_id"),
		},
		{
			RpcMethod: "Receivables", Use: "receivables [account]", Short: "List the receivables that an account issued, owes, or holds units of, newest first",
			Example: "zhiliand query financing receivables $ACCOUNT", PositionalArgs: arguments("account"),
		},
		{
			RpcMethod: "Invoice", Use: "invoice [digest]", Short: "Say how much of an invoice receivables have taken, to whoever can compute its digest",
			Example: "zhiliand query financing invoice BASE64", PositionalArgs: arguments("digest"),
		},
		{RpcMethod: "Stuck", Use: "stuck", Short: "List what was due and could not be worked off", Example: "zhiliand query financing stuck"},
		{
			RpcMethod: "Trace", Use: "trace [loan-id]", Short: "Follow a loan's money: to the borrower, to whom it was paid on, and what repaid it",
			Example: "zhiliand query financing trace 3", PositionalArgs: arguments("loan_id"),
		},
		{
			RpcMethod: "Facility", Use: "facility [facility-id]", Short: "Show a facility, what can be drawn, and its loans",
			Example: "zhiliand query financing facility 2", PositionalArgs: arguments("facility_id"),
		},
		{
			RpcMethod: "Facilities", Use: "facilities [institution-id] [party-id]", Short: "List what a member may draw and has promised, newest first",
			Example: "zhiliand query financing facilities BQDQ acme", PositionalArgs: memberArguments(),
		},
		{
			RpcMethod: "Limits", Use: "limits [institution-id] [party-id]", Short: "List what a lender has lent and promised, and how much it allows",
			Example: "zhiliand query financing limits BQDQ", PositionalArgs: memberArguments(),
		},
	}
}

func txCommands() []*autocliv1.RpcCommandOptions {
	return []*autocliv1.RpcCommandOptions{
		{RpcMethod: "UpdateParams", Skip: true},
		{
			RpcMethod: "IssueReceivable", Use: "issue [supplier] [debtor] [currency] [amount] [due-at]",
			Short: "Issue a receivable for its debtor to confirm; each part of an invoice is given as JSON",
			Example: `zhiliand tx financing issue $SUPPLIER $DEBTOR CNY 5000000 2027-05-31T00:00:00Z \
  --parts '{"digest":"BASE64","near_digest":"BASE64","invoice_amount":"5000000","amount":"5000000"}' --from supplier`,
			PositionalArgs: arguments("supplier", "debtor", "currency", "amount", "due_at"),
		},
		{
			RpcMethod: "CancelReceivable", Use: "cancel [receivable-id]", Short: "Take back a receivable that its debtor has not confirmed",
			Example: "zhiliand tx financing cancel 7 --from supplier", PositionalArgs: arguments("receivable_id"),
		},
		{
			RpcMethod: "ConfirmReceivable", Use: "confirm [receivable-id]", Short: "Confirm a receivable: on its due day the network collects it from the debtor's account",
			Example: "zhiliand tx financing confirm 7 --from debtor", PositionalArgs: arguments("receivable_id"),
		},
		{
			RpcMethod: "RefuseReceivable", Use: "refuse [receivable-id] [reason]", Short: "Say that a receivable is not owed",
			Example: `zhiliand tx financing refuse 7 "goods were returned" --from debtor`, PositionalArgs: arguments("receivable_id", "reason"),
		},
		{
			RpcMethod: "TransferReceivable", Use: "transfer [receivable-id] [holder] [units]",
			Short: "Split units of a holder among other accounts, with notice to the debtor; each part is given as JSON",
			Example: `zhiliand tx financing transfer 7 $HOLDER 3000000 --parts '{"account":"zhilian1…","units":"1000000"}' \
  --parts '{"account":"zhilian1…","units":"2000000"}' --recourse --from supplier`,
			PositionalArgs: arguments("receivable_id", "creditor", "units"),
		},
		{
			RpcMethod: "PledgeReceivable", Use: "pledge [receivable-id] [holder] [pledgee] [units]", Short: "Pledge units for a debt outside of this network",
			Example:        "zhiliand tx financing pledge 7 $HOLDER $PLEDGEE 1000000 --registration-number 07234567001122334455 --registered-at 2026-11-02T08:00:00Z --from supplier",
			PositionalArgs: arguments("receivable_id", "creditor", "pledgee", "units"),
		},
		{
			RpcMethod: "ReleasePledge", Use: "release-pledge [security-id]", Short: "Give up a pledge, as its pledgee",
			Example: "zhiliand tx financing release-pledge 3 --from pledgee", PositionalArgs: arguments("security_id"),
		},
		{
			RpcMethod: "PayReceivable", Use: "pay [receivable-id] [amount]", Short: "Pay a receivable before its due day, or what of it is overdue, all or a part",
			Example: "zhiliand tx financing pay 7 2000000 --from debtor", PositionalArgs: arguments("receivable_id", "amount"),
		},
		{
			RpcMethod: "ExerciseRecourse", Use: "recourse [receivable-id] [holder] [seller]", Short: "Have a seller take units of a defaulted receivable back at par",
			Example: "zhiliand tx financing recourse 7 $HOLDER $SELLER --from holder", PositionalArgs: arguments("receivable_id", "creditor", "seller"),
		},
		{
			RpcMethod: "RepayLoan", Use: "repay [loan-id] [amount]", Short: "Pay on a loan before its instalments are collected, or what of it is overdue",
			Example: "zhiliand tx financing repay 3 1500000 --from borrower", PositionalArgs: arguments("loan_id", "amount"),
		},
		{
			RpcMethod: "ReverseRepayment", Use: "reverse-repayment [loan-id] [number]", Short: "Give a loan's last payment back, on the day of its receipt",
			Example: "zhiliand tx financing reverse-repayment 3 2 --from lender", PositionalArgs: arguments("loan_id", "number"),
		},
		{
			RpcMethod: "WriteOffLoan", Use: "write-off [loan-id]", Short: "Give up the principal of a loan in default; it stays owed",
			Example: "zhiliand tx financing write-off 3 --from risk", PositionalArgs: arguments("loan_id"),
		},
		{
			RpcMethod: "SetLimit", Use: "set-limit [kind] [currency]", Short: "Set how much a lender lends and promises to a borrower, a group or in all; members are given as JSON",
			Example: `zhiliand tx financing set-limit limit-kind-borrower CNY --lender '{"institution_id":"BQDQ"}' \
  --borrower '{"institution_id":"HXNB","party_id":"acme"}' --group acme-group --bounded --amount 500000000 --from risk`,
			PositionalArgs: arguments("kind", "currency"),
		},
		{
			RpcMethod: "OfferFacility", Use: "offer-facility [lender-account] [borrower-account] [currency] [limit] [open-days]",
			Short: "Promise loans to a borrower, up to a limit and to a day; terms and covenants are given as JSON",
			Example: `zhiliand tx financing offer-facility $LENDER $BORROWER CNY 100000000 365 \
  --terms '{"schedule":"SCHEDULE_KIND_EQUAL_INSTALMENT","day_count":"DAY_COUNT_ACT_360","rate_ppm":43500,"penalty_ppm":21750,"instalments":12,"period":{"unit":"PERIOD_UNIT_MONTH","count":1},"grace_days":3,"default_days":90}' \
  --test-days 30 --covenants '{"kind":"COVENANT_KIND_GRADE","product":"sme-1y","grade":"B","cure_days":30,"action":"COVENANT_ACTION_SUSPEND"}' --from lender`,
			PositionalArgs: arguments("lender_account", "borrower_account", "currency", "limit", "open_days"),
		},
		{
			RpcMethod: "AcceptFacility", Use: "accept-facility [facility-id]", Short: "Accept a facility with its covenants: instalments will be collected from the account",
			Example: "zhiliand tx financing accept-facility 2 --from borrower", PositionalArgs: arguments("facility_id"),
		},
		{
			RpcMethod: "SuspendFacility", Use: "suspend-facility [facility-id]", Short: "Stop draws of a facility, or let them go on",
			Example: "zhiliand tx financing suspend-facility 2 --resume --from lender", PositionalArgs: arguments("facility_id"),
		},
		{
			RpcMethod: "CloseFacility", Use: "close-facility [facility-id]", Short: "End a facility; its loans go on",
			Example: "zhiliand tx financing close-facility 2 --from lender", PositionalArgs: arguments("facility_id"),
		},
		{
			RpcMethod: "DrawFacility", Use: "draw [facility-id] [amount]", Short: "Draw money: the lender pays it out at once",
			Example: "zhiliand tx financing draw 2 50000000 --from borrower", PositionalArgs: arguments("facility_id", "amount"),
		},
		{
			RpcMethod: "TraceUse", Use: "trace-use [loan-id] [payment-uetr]", Short: "Say which payment used a loan",
			Example: "zhiliand tx financing trace-use 3 7a562c67-ca16-48ba-b074-65581be6f066 --from borrower", PositionalArgs: arguments("loan_id", "payment_uetr"),
		},
	}
}

func memberArguments() []*autocliv1.PositionalArgDescriptor {
	return []*autocliv1.PositionalArgDescriptor{{ProtoField: "institution_id"}, {ProtoField: "party_id", Optional: true}}
}

func arguments(fields ...string) []*autocliv1.PositionalArgDescriptor {
	descriptors := make([]*autocliv1.PositionalArgDescriptor, len(fields))
	for i, field := range fields {
		descriptors[i] = &autocliv1.PositionalArgDescriptor{ProtoField: field}
	}
	return descriptors
}
