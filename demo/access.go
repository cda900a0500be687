package demo

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/zhilian-network/zhilian/localnet"
	"github.com/zhilian-network/zhilian/localnet/network"
)

// The files that the people of the access story begin with.
var (
	//go:embed files/invoice.xml
	invoiceFile []byte
	//go:embed files/balance-sheet.txt
	balanceSheet []byte
	//go:embed files/parts.xml
	partsFile []byte
	//go:embed files/readers.json
	readersFile []byte
)

// invoiceUETR and partsUETR are the ids that the customer's system has given to the payments of invoice.xml and
// parts.xml.
const (
	invoiceUETR = "3f6b2c1d-4e5f-4a6b-8c7d-9e0f1a2b3c4d"
	partsUETR   = "4a7c3d2e-5f60-4b7c-9d8e-0f1a2b3c4d5e"
)

// Who is in the story. The keys are those of the network that localnet builds, and three of its own.
const (
	customer     = "party-huanghai-appliances" // administrator of Huanghai Appliances, a customer of BQDQ
	customerBank = "bank-BQDQ"
	payee        = "party-laoshan-compressors"
	payeeBank    = "bank-LSHB"
	thirdBank    = "bank-JZWB"
	centralBank  = "bank-QDCB"
	regulator    = "bank-QDFR"
	accountant   = "accountant"
	director     = "director"
	stranger     = "stranger"
)

const (
	settledInBlock = `(in block \d+)`
	consentSubject = `{"institution_id":"BQDQ","party_id":"huanghai-appliances"}`
)

// accessStory is the walk of docs/access.md.
var accessStory = []chapter{
	{"Who is who", []scene{
		{who: accountant, does: "Liu, an accountant of Huanghai Appliances, makes a key",
			run: words("keys add accountant"), says: `address: (zhilian1\w+)`, keep: "accountant"},
		{who: director, does: "Wang, a director, makes one too, of the national kind (国密 SM2)",
			run: words("keys add director --algo sm2"), says: `address: (zhilian1\w+)`, keep: "director"},
		{who: customer, does: "The company's administrator lets the accountant pay",
			run: words("tx access register-operator {accountant} BQDQ --party-id huanghai-appliances --roles payer --holder liu --from party-huanghai-appliances"), says: settledInBlock},
		{who: customer, does: "It lets the director approve",
			run: words("tx access register-operator {director} BQDQ --party-id huanghai-appliances --roles approver --holder wang --from party-huanghai-appliances"), says: settledInBlock},
		{who: customer, does: "It makes a rule: from 10,000.00 CNY on, a director must agree",
			run: append(words("tx access set-policies BQDQ --party-id huanghai-appliances --from party-huanghai-appliances --policies"),
				`{"id":"large","permission":"settlement.pay","currency":"CNY","from_amount":"1000000","approvals":1,"roles":["approver"]}`), says: settledInBlock},
		{who: customer, does: "Whoever is to read sealed text registers an encryption key. The company does",
			run: words("vault keygen customer --plain --for BQDQ/huanghai-appliances --register --from party-huanghai-appliances"), says: `(registered for .*)`},
		{who: customerBank, does: "Its bank does",
			run: words("vault keygen customer-bank --plain --for BQDQ --register --from bank-BQDQ"), says: `(registered for .*)`},
		{who: payee, does: "Its supplier, Laoshan Compressor Works, does",
			run: words("vault keygen supplier --plain --for LSHB/laoshan-compressors --register --from party-laoshan-compressors"), says: `(registered for .*)`},
		{who: payeeBank, does: "The supplier's bank does",
			run: words("vault keygen supplier-bank --plain --for LSHB --register --from bank-LSHB"), says: `(registered for .*)`},
		{who: thirdBank, does: "A third bank does, which has no part in the payment",
			run: words("vault keygen third-bank --plain --for JZWB --register --from bank-JZWB"), says: `(registered for .*)`},
	}},
	{"Two persons for a large payment (经办/复核)", []scene{
		{who: accountant, does: "What may the accountant do alone, and which rule says so?",
			run: words("query access explain {accountant} --message-type /zhilian.settlement.v1.MsgPay --institution-id BQDQ --party-id huanghai-appliances --currency CNY --amount 2000000"), says: `(?s)approvals_needed: 1.*(rule: policy large)`},
		{who: accountant, does: "The accountant hands in an invoice of 20,000.00 CNY alone", refused: true,
			run: words("iso submit invoice.xml --from accountant"), says: `(needs the approval of others.*\(access/60\))`},
		{who: accountant, does: "So the accountant prepares it for somebody else's approval; its text is sealed on this machine",
			run: words("iso submit invoice.xml --from accountant --generate-only"), into: "pay.json", says: `"(/zhilian\.settlement\.v1\.MsgPayBatch)"`, without: "Invoice 2026-881"},
		{who: accountant, does: "The accountant proposes it",
			run: words("tx access propose-action pay.json --from accountant"), says: settledInBlock},
		{who: director, does: "The director sees what waits",
			run: words("query access action 1"), says: `(ACTION_STATUS_PENDING)`},
		{who: accountant, does: "The accountant tries to approve it as well", refused: true,
			run: words("tx access approve-action 1 --from accountant"), says: `(nobody approves what they proposed.*\(access/66\))`},
		{who: director, does: "The director approves; that was all it needed, so it is executed in the same block",
			run: words("tx access approve-action 1 --from director"), says: settledInBlock},
		{who: accountant, does: "The accountant sees that the payment has settled",
			run: words("iso status invoice.xml --from accountant"), says: `(1 settled, 0 refused.*)`},
		{who: customer, does: "What would a looser rule have made of it? The company asks before it sets one",
			run: append(words("query gateway simulate-policies BQDQ --party-id huanghai-appliances --last 50 --from party-huanghai-appliances --policies"),
				`{"id":"day","permission":"settlement.pay","currency":"CNY","from_amount":"3000000","approvals":1,"roles":["approver"],"per_day":true}`),
			says: `(?s)current: SIMULATED_VERDICT_NEEDS_APPROVAL.*(proposed: SIMULATED_VERDICT_ALLOWED)`},
		{who: customer, does: "A rule that names a role nobody has is no rule", refused: true,
			run: append(words("query gateway simulate-policies BQDQ --party-id huanghai-appliances --last 50 --from party-huanghai-appliances --policies"),
				`{"id":"day","permission":"settlement.pay","from_amount":"1","approvals":1,"roles":["ghost"]}`), says: `(.*ghost.*)`},
	}},
	{"Text that only its readers see", []scene{
		{who: payee, does: "The payee opens the text of the payment: what was it for?",
			run: words("iso details " + invoiceUETR + " --key supplier"), into: "remittance.txt", says: `RmtInf/Ustrd\[1\] +(Invoice 2026-881.*)`},
		{who: thirdBank, does: "The third bank tries, with its registered key", refused: true,
			run: words("iso details " + invoiceUETR + " --key third-bank"), says: `(no key is sealed for this reader)`, without: "Invoice 2026-881"},
		{who: stranger, does: "A stranger makes a key", run: words("keys add stranger"), says: `address: (zhilian1\w+)`, keep: "stranger"},
		{who: stranger, does: "The stranger makes a key for sealed text, too", run: words("vault keygen stranger --plain --offline"), says: `(Key stranger .*)`},
		{who: stranger, does: "The stranger tries to open the text", refused: true,
			run: words("iso details " + invoiceUETR + " --key stranger"), says: `(no key is sealed for this reader)`, without: "Invoice 2026-881"},
		{who: stranger, does: "The stranger asks a node for a token to read with", refused: true,
			run: words("door token --from stranger"), says: `code = (NotFound .*operator is not registered)`},
		{who: stranger, does: "The stranger writes a payment from the company's account",
			run: append(words("tx settlement pay {huanghai-appliances} {laoshan-compressors} CNY 100"), strings.Repeat("A", 43)+"=", "--from", "stranger", "--generate-only"), into: "theft.json", says: `"(/zhilian\.settlement\.v1\.MsgPay)"`},
		{who: stranger, does: "The stranger signs it with its own key", run: words("tx sign theft.json --from stranger --offline --account-number 0 --sequence 0 --chain-id {network}"), into: "signed.json", says: `"(signatures)"`},
		{who: stranger, does: "The stranger sends it; it does not get past the first node", refused: true,
			run: words("tx broadcast signed.json"), says: `(.*\(access/30\))`},
		{who: stranger, does: "A node tells nothing about accounts without a token", refused: true,
			get: "/zhilian/gateway/v1/accounts/{huanghai-appliances}/payments", says: `(401 .*)`},
		{who: thirdBank, does: "It tells the third bank nothing about those of others", refused: true,
			get: "/zhilian/gateway/v1/accounts/{huanghai-appliances}/payments", token: thirdBank, says: `(403 .*)`},
		{who: customer, does: "With its key the company reads its payments",
			run: words("query gateway payments {huanghai-appliances} --from party-huanghai-appliances"), says: `(ACSC)`},
		{who: customer, does: "It gets a receipt, which anyone can verify without a node",
			run: words("receipt get " + invoiceUETR + " --from party-huanghai-appliances"), into: "receipt.json", says: `"(zhilian-receipt-2)"`},
		{who: customer, does: "The company's program reads its payments over REST", into: "payments.json",
			get: "/zhilian/gateway/v1/accounts/{huanghai-appliances}/payments", token: customer, says: `(200 OK)`},
	}},
	{"What a regulator sees", []scene{
		{who: regulator, does: "How much money is there? The regulator's operator proves its key and reads the sums",
			get: "/zhilian/settlement/v1/invariants", token: regulator, says: `(?s)(200 OK).*"deposits": ?"\d`, without: "@masked"},
		{who: customerBank, does: "A bank reads with its key that the books are right, and no sums",
			get: "/zhilian/settlement/v1/invariants", token: customerBank, says: `(?s)(200 OK).*"@masked"`, without: `"deposits": ?"`},
		{who: centralBank, does: "The members decide that the regulator reads the text of payments of 1,000.00 CNY and more",
			run: append(words("tx consortium submit-proposal"), "QDFR reads from 1,000 yuan on", "readers.json", "--from", centralBank), says: settledInBlock},
		{who: "members", each: []string{centralBank, customerBank, payeeBank}, does: "Three of four say yes",
			run: words("tx consortium cast-vote 1 yes --from {member}"), says: `(?s)(in block \d+)`},
		{who: stranger, does: "Anyone sees the decision",
			run: words("query settlement params"), says: `(?s)from_amount: "100000".*(institution_id: QDFR)`},
		{who: accountant, does: "The accountant pays for spare parts, 2,000.00 CNY; the regulator has no key yet, so nothing is sent", refused: true,
			run: words("iso submit parts.xml --from accountant"), says: `(QDFR, a regulator, .*payments/2.*)`},
		{who: regulator, does: "The regulator registers an encryption key",
			run: words("vault keygen supervisor --plain --for QDFR --register --from bank-QDFR"), says: `(registered for .*)`},
		{who: accountant, does: "Now it is paid, and the accountant is told who can read it",
			run: words("iso submit parts.xml --from accountant"), says: `(QDFR, a regulator, can read the details of 1 payment.*)`},
		{who: regulator, does: "The regulator opens the text of this payment",
			run: words("iso details " + partsUETR + " --key supervisor"), says: `RmtInf/Ustrd\[1\] +(Invoice 2026-882.*)`},
		{who: regulator, does: "It cannot open the earlier one", refused: true,
			run: words("iso details " + invoiceUETR + " --key supervisor"), says: `(no key is sealed for this reader)`, without: "Invoice 2026-881"},
	}},
	{"Records, and consents to read them", []scene{
		{who: customer, does: "The company keeps its balance sheet, sealed to itself and its bank",
			run: words("vault put balance-sheet.txt --level 3 --subject BQDQ/huanghai-appliances --purpose credit-rating --from party-huanghai-appliances"), says: `(Record 1 .*)`},
		{who: thirdBank, does: "The third bank asks for it", refused: true,
			run: words("vault request 1 --purpose financing --from bank-JZWB"), says: `(refused by rule access/80.*)`},
		{who: payeeBank, does: "So does the supplier's bank, which considers a loan", refused: true,
			run: words("vault request 1 --purpose financing --from bank-LSHB"), says: `(refused by rule access/80.*)`},
		{who: customer, does: "The company consents, for the supplier's bank and for financing only",
			run: append(words("tx access give-consent"), consentSubject, `{"institution_id":"LSHB"}`, "--purposes", "financing",
				"--level", "3", "--expires-at", "{in-a-year}", "--from", customer), says: settledInBlock},
		{who: payeeBank, does: "The supplier's bank asks again: now it has a basis",
			run: words("vault request 1 --purpose financing --from bank-LSHB"), says: `(Request 3 for record 1: open)`},
		{who: customer, does: "The company shares the record with it",
			run: words("vault share 1 --with LSHB --purpose financing --request 3 --from party-huanghai-appliances"), says: `(Record 1 is shared with LSHB for financing)`},
		{who: payeeBank, does: "The consent is used: the supplier's bank opens the record, and says so in its trail",
			run: words("vault open 1 --key supplier-bank --note --from bank-LSHB"), into: "opened.txt", says: `(assets 4,200,000.*)`},
		{who: thirdBank, does: "The third bank still cannot", refused: true,
			run: words("vault open 1 --key third-bank --from bank-JZWB"), says: `(record 1 is not sealed to a key of yours)`, without: "assets"},
		{who: customer, does: "The company withdraws its consent",
			run: words("tx access withdraw-consent 1 --from party-huanghai-appliances"), says: settledInBlock},
		{who: payeeBank, does: "From that block on the supplier's bank gets no key to it any more", refused: true,
			run: words("vault open 1 --key supplier-bank --from bank-LSHB"), says: `(record 1 is not sealed to a key of yours)`, without: "assets"},
		{who: payeeBank, does: "A node does not let it read the record either", refused: true,
			get: "/zhilian/vault/v1/records/1", token: payeeBank, says: `(403 .*)`},
		{who: customer, does: "A new sharing has nothing to rest on", refused: true,
			run: words("vault share 1 --with LSHB --purpose financing --from party-huanghai-appliances"), says: `(access/83.*)`},
	}},
	{"Who asked, who got what, and why", []scene{
		{who: customer, does: "The company reads the trail of its record",
			run: words("vault trail 1 --from party-huanghai-appliances"), into: "trail.txt", says: `(?s)(WHEN .*refused +JZWB .*refused +LSHB .*requested +LSHB .*consent 1.*shared .*consent 1.*opened +LSHB .*consent 1)`},
	}},
	{"Erased is gone", []scene{
		{who: customer, does: "The company erases the record",
			run: words("vault erase 1 --yes --from party-huanghai-appliances"), says: `(Record 1 is erased\..*)`},
		{who: customer, does: "Nobody opens it now, not even the company", refused: true,
			run: words("vault open 1 --key customer --from party-huanghai-appliances"), says: `(record was erased.*)`, without: "assets"},
		{who: customer, does: "A node has neither its ciphertext nor a sealed key; its digest proves that there was one",
			get: "/zhilian/vault/v1/records/1", token: customer, into: "erased.json", says: `(?s)(200 OK).*RECORD_STATUS_ERASED.*"shares": ?\[\]`, without: `"ciphertext": ?"[^"]`},
		{who: customer, does: "The trail stays",
			run: words("vault trail 1 --from party-huanghai-appliances"), says: `(erased +BQDQ/huanghai-appliances)`},
	}},
}

func words(text string) []string { return strings.Fields(text) }

// tellAccess tells accessStory on the network that localnet builds by default, whose nodes want a token for what is
// sensitive, as a bank's node does.
func tellAccess(ctx context.Context, options Options, s *steps) error {
	s.title(fmt.Sprintf("Zhilian 直联  who may act and who may read, on a network of %d validators", options.Validators))
	options.prepared = closeDoors
	given := map[string][]byte{"invoice.xml": invoiceFile, "balance-sheet.txt": balanceSheet, "parts.xml": partsFile, "readers.json": readersFile}
	return tellScenes(ctx, s, network.Default(), options, accessStory, given)
}

// closeDoors lets the nodes of a local network answer as others do.
func closeDoors(layout *localnet.Layout) error {
	for _, node := range layout.Nodes {
		path := filepath.Join(layout.NodeHome(node), "config", "app.toml")
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		closed := strings.Replace(string(text), `rest = "open"`, `rest = "token"`, 1)
		if closed == string(text) {
			return fmt.Errorf("%s has no open door to close", path)
		}
		if err := os.WriteFile(path, []byte(closed), 0o600); err != nil {
			return err
		}
	}
	return nil
}
