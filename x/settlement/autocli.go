package settlement

import (
	"slices"
	"strings"

	autocliv1 "cosmossdk.io/api/cosmos/autocli/v1"

	"github.com/zhilian-network/zhilian/x/settlement/types"
)

// What the examples are about; a test checks that they are what they look like.
const (
	exampleDebtor   = "zhilian12zewj8s2krep7z6ypdlzy6339307k3j4y8vuku"
	exampleCreditor = "zhilian149s3rkz0vtlvhzkfs2049z050d9sk96lepq83v"
	exampleDigest   = "UNhY4JhezH9gQYqvDMWrWH9CwlcKiECVqejMrND2VFw="
	exampleUETR     = "8a562c67-ca16-48ba-b074-65581be6f001"
)

// AutoCLIOptions describes `zhiliand query settlement …` and `zhiliand tx settlement …`.
func (AppModule) AutoCLIOptions() *autocliv1.ModuleOptions {
	return &autocliv1.ModuleOptions{
		Query: &autocliv1.ServiceCommandDescriptor{
			Service:           types.Query_serviceDesc.ServiceName,
			Short:             "Payments, accounts, participants and reserves",
			RpcCommandOptions: queryCommands(),
		},
		Tx: &autocliv1.ServiceCommandDescriptor{
			Service:           types.Msg_serviceDesc.ServiceName,
			Short:             "Pay, issue and redeem money, keep accounts",
			RpcCommandOptions: txCommands(),
		},
	}
}

func queryCommands() []*autocliv1.RpcCommandOptions {
	return []*autocliv1.RpcCommandOptions{
		query("Params", "params", "Show the settings", ""),
		query("Payment", "payment", "Show a payment by its UETR", exampleUETR, "uetr"),
		query("PaymentByEndToEnd", "payment-by-end-to-end", "Show a payment by debtor and digest of the end-to-end id",
			exampleDebtor+" "+exampleDigest, "debtor", "end_to_end_digest"),
		query("Hold", "hold", "Show a hold by its UETR; query ledger holds lists those of an account", exampleUETR, "uetr"),
		query("Account", "account", "Show a settlement account", exampleDebtor, "address"),
		query("ResolveReferences", "resolve-references", "Find accounts by the keyed digests of their numbers",
			"--digests "+exampleDigest),
		query("Currencies", "currencies", "List the currencies that the network settles", "--page-limit 200"),
		query("Participants", "participants", "List the banks that settle", "--page-limit 200"),
		query("Reserves", "reserves", "Show what a bank holds in reserves and owes in deposits", "BQDQ", "institution_id"),
		query("PaymentLog", "payment-log", "Show the head of the log of all payments, which receipts rest on", ""),
		query("Invariants", "invariants", "Check that no money was created or lost (reads every balance)", ""),
	}
}

func txCommands() []*autocliv1.RpcCommandOptions {
	return []*autocliv1.RpcCommandOptions{
		tx("Pay", "pay", "Pay from a settlement account; amounts are in minor units",
			exampleDebtor+" "+exampleCreditor+" CNY 12050 "+exampleDigest,
			"debtor", "creditor", "currency", "amount", "end_to_end_digest"),
		tx("PayBatch", "pay-batch", "Pay up to 1,000 creditors from one settlement account",
			exampleDebtor+` CNY --mode best-effort --transfers '{"creditor":"`+exampleCreditor+
				`","amount":"12050","end_to_end_digest":"`+exampleDigest+`"}'`,
			"debtor", "currency"),
		tx("ReturnPayment", "return-payment", "Pay a settled payment back, in full or in part, with an ISO reason (MD06, DUPL, AM09, …)",
			exampleUETR+" 12050 MD06 "+exampleDigest, "original_uetr", "amount", "reason", "end_to_end_digest"),
		tx("PlaceHold", "place-hold", "Set money aside for a payee, who captures it in full or in part, or releases it",
			exampleDebtor+" "+exampleCreditor+" CNY 12050 "+exampleDigest+" 2027-01-31T16:00:00Z",
			"debtor", "creditor", "currency", "amount", "end_to_end_digest", "expires_at"),
		tx("CaptureHold", "capture-hold", "Pay an account out of a hold for it",
			exampleUETR+" 12050 "+exampleDigest, "uetr", "amount", "end_to_end_digest"),
		tx("ReleaseHold", "release-hold", "Give up what is left of a hold", exampleUETR, "uetr"),
		tx("IssueDeposit", "issue-deposit", "Credit a customer with new deposit money of its bank",
			exampleDebtor+" CNY 100000", "account", "currency", "amount"),
		tx("RedeemDeposit", "redeem-deposit", "Take deposit money of a customer out",
			exampleDebtor+" CNY 100000", "account", "currency", "amount"),
		tx("IssueReserve", "issue-reserve", "Credit a bank with new reserves (central bank)",
			"BQDQ CNY 100000000", "institution_id", "currency", "amount"),
		tx("RedeemReserve", "redeem-reserve", "Take reserves of a bank out (central bank)",
			"BQDQ CNY 100000000", "institution_id", "currency", "amount"),
		tx("OpenAccount", "open-account", "Open a settlement account for a party",
			"acme-trading --currencies CNY,EUR --references "+exampleDigest, "party_id"),
		tx("AddAccountReference", "add-account-reference", "Let an account be found by one more number's digest",
			exampleDebtor+" "+exampleDigest, "account", "digest"),
		tx("SetAccountStatus", "set-account-status", "Block, open or close an account",
			exampleDebtor+" blocked", "account", "status"),
		{RpcMethod: "AdmitCurrency", Skip: true},
		{RpcMethod: "AdmitParticipant", Skip: true},
		{RpcMethod: "UpdateParams", Skip: true},
	}
}

func query(method, name, short, example string, arguments ...string) *autocliv1.RpcCommandOptions {
	return command(method, name, short, join("zhiliand query settlement", name, example), arguments)
}

func tx(method, name, short, example string, arguments ...string) *autocliv1.RpcCommandOptions {
	return command(method, name, short, join("zhiliand tx settlement", name, example, "--from operator"), arguments)
}

func command(method, name, short, example string, arguments []string) *autocliv1.RpcCommandOptions {
	options := &autocliv1.RpcCommandOptions{RpcMethod: method, Use: name, Short: short, Example: example}
	for _, argument := range arguments {
		options.Use += " [" + strings.ReplaceAll(argument, "_", "-") + "]"
		options.PositionalArgs = append(options.PositionalArgs, &autocliv1.PositionalArgDescriptor{ProtoField: argument})
	}
	return options
}

func join(words ...string) string {
	return strings.Join(slices.DeleteFunc(words, func(word string) bool { return word == "" }), " ")
}
