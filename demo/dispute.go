package demo

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/zhilian-network/zhilian/localnet"
	"github.com/zhilian-network/zhilian/localnet/network"
)

// The files that the people of the dispute story begin with: a small scorecard, how it did on made-up firms, and
// that as it is registered.
var (
	//go:embed files/gearing.model.json
	gearingModel []byte
	//go:embed files/gearing.backtest.json
	gearingBackTest []byte
	//go:embed files/gearing.registered.json
	gearingRegistered string
)

// The two payments of one invoice.
const (
	firstUETR  = "5a1d0c6e-2b7f-4c3d-9e8a-7f6b5c4d3e21"
	secondUETR = "5a1d0c6e-2b7f-4c3d-9e8a-7f6b5c4d3e22"
)

// Who is in the dispute story beside those of the access story.
const (
	mouldings   = "party-jimo-mouldings"
	clerk       = "clerk"
	payeeMember = `{"institution_id":"LSHB","party_id":"laoshan-compressors"}`
)

// arbitrating are the institutions that have no part in the cases. Five of them decide on appeal who have not
// decided before, so there are eight at least.
var arbitrating = []string{"bank-JZWB", "bank-QDCB", "bank-QDFR", "bank-QDTX", "bank-ARB1", "bank-ARB2", "bank-ARB3", "bank-ARB4", "bank-ARB5"}

// disputeStory is the walk of docs/disputes.md.
var disputeStory = []chapter{
	{"Who decides", []scene{
		{who: "arbitrators", each: arbitrating, does: "Nine institutions have an arbitrator each",
			run: words("tx dispute enrol-arbitrator {address} --from {member}"), says: `(in block \d+)`},
	}},
	{"A supplier is paid twice", []scene{
		{who: customer, does: "Huanghai Appliances pays its supplier 20,000.00 CNY",
			run: payTwenty(firstUETR, "A"), says: settledInBlock},
		{who: customer, does: "The same invoice comes again, with another number, and is paid again",
			run: payTwenty(secondUETR, "B"), says: settledInBlock},
		{who: customer, does: "What does the ledger know of the second payment, and what would it ask?",
			get: "/zhilian/dispute/v1/institutions/BQDQ/intake?party_id=huanghai-appliances&matter.kind=MATTER_KIND_PAYMENT&matter.uetr=" + secondUETR, token: customer,
			says: `(?s)(200 OK).*"would_hold": ?"2000000"`},
		{who: customer, does: "The company files a case: it says what is wrong and what would put it right, and nothing else",
			run:  words("dispute file " + secondUETR + " --reason duplicate --ask refund --ask interest --yes --from party-huanghai-appliances"),
			says: `(Case 1 is filed against LSHB/laoshan-compressors; 20000\.00 CNY are held at the payee)`},
		{who: payee, does: "The supplier sees what is held of its balance, and by which module",
			run: words("query ledger holds {laoshan-compressors} --from party-laoshan-compressors"), says: `(?s)("2000000".*dispute|dispute.*"2000000")`},
		{who: customer, does: "It tries to file another about the same payment", refused: true,
			run:  words("dispute file " + secondUETR + " --reason wrong-amount --ask refund --yes --from party-huanghai-appliances"),
			says: `(this matter has a case already: case 1.*)`},
		{who: mouldings, does: "A stranger to the payment tries to complain of it", refused: true,
			run:  words("dispute file " + secondUETR + " --reason duplicate --ask refund --yes --from party-jimo-mouldings"),
			says: `(.*matter is somebody else's.*)`},
		{who: payeeBank, does: "The supplier's bank asks for a receipt", refused: true,
			run:  append(words("tx dispute request-evidence 1 receipt"), consentSubject, "--from", payeeBank),
			says: `(nobody is asked for what the ledger has.*\(dispute/21\))`},
	}},
	{"The bank answers", []scene{
		{who: payeeBank, does: "The supplier's bank takes the case up",
			run: words("tx dispute acknowledge-case 1 --from bank-LSHB"), says: settledInBlock},
		{who: payeeBank, does: "It offers 5,000.00 CNY",
			run: append(words("tx dispute answer-case 1 offer --from bank-LSHB --offer"), `{"grants":[{"remedy":0,"amount":"500000"}]}`), says: settledInBlock},
		{who: customer, does: "The company looks where its case stands, and until when",
			run: words("dispute status 1 --from party-huanghai-appliances"), says: `(?s)(The claimant accepts or declines the offer.*business days left, until .* UTC)\..*number 1: 0 refund of 5000\.00 CNY`},
		{who: customer, does: "It declines",
			run: words("tx dispute decide-offer 1 1 --from party-huanghai-appliances"), says: settledInBlock},
		{who: customer, does: "It wants a panel instead of more talks",
			run: words("tx dispute escalate-case 1 --from party-huanghai-appliances"), says: settledInBlock},
	}},
	{"A panel decides", []scene{
		{who: customer, does: "A later block's hash has drawn three of the nine; the node draws again and gets the same",
			run: words("query dispute panels 1 --from party-huanghai-appliances"), waits: true, says: `(same: true)`},
		{who: "panel", panel: 1, does: "Each of them commits to a vote that nobody sees",
			run: words("dispute vote 1 --grant 0=12000.00 --grant 1 --from {member}"), says: `(the case is reveal)`},
		{who: "panel", panel: 1, does: "Each reveals it: 12,000.00 of 20,000.00 CNY, with interest",
			run: words("dispute reveal 1 --from {member}"), says: `(the case is ruled; transaction \w+ in block \d+)`},
		{who: customer, does: "What is ruled cannot be withdrawn any more", refused: true,
			run: append(words("tx dispute withdraw-case 1 --from party-huanghai-appliances"), consentSubject), says: `(.*what is ruled cannot be withdrawn.*\(dispute/25\))`},
	}},
	{"An appeal", []scene{
		{who: customer, does: "The ruling has no reasons: that is a ground to appeal",
			run: words("tx dispute appeal 1 no-reasons --from party-huanghai-appliances"), says: settledInBlock},
		{who: customer, does: "Five others are drawn; none of the first three is among them",
			run: words("query dispute panels 1 --from party-huanghai-appliances"), waits: true, says: `(?s)same: true.*(same: true)`},
		{who: "panel", panel: 1, does: "They commit",
			run: words("dispute vote 1 --grant 0=15000.00 --grant 1 --from {member}"), says: `(the case is reveal)`},
		{who: "panel", panel: 1, does: "They reveal. The last vote makes the final ruling, and its block pays the refund and closes the case",
			run: words("dispute reveal 1 --from {member}"), says: `(the case is closed; transaction \w+ in block \d+)`},
		{who: customer, does: "The company sees what was carried out",
			run: words("dispute status 1 --from party-huanghai-appliances"), says: `0 refund: done, 15000\.00 CNY of 15000\.00 CNY paid, ([0-9a-f-]{36})`, keep: "refund"},
		{who: customer, does: "The refund is a return that names the payment",
			run: words("query settlement payment {refund} --from party-huanghai-appliances"), says: `(return_of: "?` + secondUETR + `)`},
		{who: payee, does: "At the supplier nothing is held any more",
			run: words("query ledger holds {laoshan-compressors} --from party-laoshan-compressors"), says: `(pagination)`, without: "dispute"},
		{who: stranger, does: "Anyone reads how the case ended, and nobody's name",
			get: "/zhilian/dispute/v1/rulings/1", says: `(?s)(200 OK).*CASE_OUTCOME_PARTLY`, without: "huanghai|laoshan"},
	}},
	{"What the customer thinks of it", []scene{
		{who: customer, does: "The company scores how its complaint was handled",
			run: append(append(words("tx dispute give-feedback"), consentSubject, `{"kind":"INTERACTION_KIND_CASE","number":"1"}`), words("3 --from party-huanghai-appliances")...), says: settledInBlock},
		{who: customer, does: "Once is enough", refused: true,
			run: append(append(words("tx dispute give-feedback"), consentSubject, `{"kind":"INTERACTION_KIND_CASE","number":"1"}`), words("1 --from party-huanghai-appliances")...), says: `(.*\(dispute/104\))`},
		{who: payeeBank, does: "The bank answers in public",
			run: append(words("tx dispute answer-feedback 1"), "We now compare invoices before we credit them twice.", "--from", payeeBank), says: settledInBlock},
		{who: payeeBank, does: "It links what it has changed",
			run: append(words("tx dispute record-change LSHB"), "Invoices with the same amount and day are shown to the payee.", "--feedback-ids", "1", "--from", payeeBank), says: settledInBlock},
		{who: stranger, does: "Anyone reads scores, answers and changes, and not whose they are",
			get: "/zhilian/dispute/v1/institutions/LSHB/reviews", says: `(?s)(200 OK).*"score": ?3.*compare invoices`, without: "huanghai"},
	}},
	{"A wrong rating", []scene{
		{who: customerBank, does: "A bank writes down its rating model for the registry",
			run: append(words("credit model registration gearing.model.json gearing.backtest.json --out . --data"), "made up, 600 rows"), says: `(model\.bin)`},
		{who: customerBank, does: "It registers the model",
			run: append(words("tx credit register-model sme-1y --model model.bin --calibration calibration.bin --scale scale.bin --from bank-BQDQ --training-window"),
				`{"first_month":202001,"last_month":202412}`, "--back-test", strings.TrimSpace(gearingRegistered)), says: settledInBlock},
		{who: "officers", each: []string{payeeBank, thirdBank}, does: "Risk officers of two other banks approve it",
			run: words("tx credit endorse-model 1 approve --from {member}"), says: `(in block \d+)`},
		{who: "officers", each: []string{payeeBank, thirdBank}, does: "They make it the champion",
			run: words("tx credit endorse-model 1 promote --from {member}"), says: `(in block \d+)`},
		{who: customer, does: "The company lets the tax office attest values about it",
			run: append(words("tx access give-consent"), consentSubject, `{"institution_id":"QDTX"}`, "--purposes", "credit-rating",
				"--level", "2", "--expires-at", "{in-a-year}", "--from", customer), says: settledInBlock},
		{who: taxOffice, does: "The tax office attests debt and equity, and mixes them up",
			run: append(append(words("tx credit attest"), consentSubject, `{"first_month":202501,"last_month":202512}`), append(words("{in-a-month} --from bank-QDTX --values"),
				`{"name":"debt","decimals":2,"value":"8500"}`, "--values", `{"name":"equity","decimals":2,"value":"1500"}`)...), says: settledInBlock},
		{who: customer, does: "The company is rated, and badly",
			run: append(append(words("tx credit rate"), consentSubject), words("sme-1y --from party-huanghai-appliances")...), says: settledInBlock},
		{who: customer, does: "It sees the grade",
			run: words("query credit rating 1 --from party-huanghai-appliances"), says: `(grade: CCC)`},
		{who: customer, does: "It files a case about the values: it asks for other values, and for a new rating",
			run:  words("dispute file attestation 1 --reason credit-data --ask correct=debt=15.00,equity=85.00 --ask rerate=sme-1y --yes --from party-huanghai-appliances"),
			says: `(Case 2 is filed against QDTX)`},
		{who: taxOffice, does: "Who attested the values does not handle the case", refused: true,
			run: words("tx dispute acknowledge-case 2 --from bank-QDTX"), says: `(.*\(dispute/33\))`},
		{who: clerk, does: "A clerk of the tax office makes a key",
			run: words("keys add clerk"), says: `address: (zhilian1\w+)`, keep: "clerk"},
		{who: taxOffice, does: "The office lets the clerk answer complaints",
			run: words("tx access register-operator {clerk} QDTX --roles complaints --holder sun --from bank-QDTX"), says: settledInBlock},
		{who: clerk, does: "The clerk takes the case up", run: words("tx dispute acknowledge-case 2 --from clerk"), says: settledInBlock},
		{who: clerk, does: "The clerk looks at the return and accepts: that block corrects the values and rates anew",
			run: words("tx dispute answer-case 2 accept --from clerk"), says: settledInBlock},
		{who: customer, does: "The company sees what was carried out",
			run: words("dispute status 2 --from party-huanghai-appliances"), says: `(?s)closed, accepted.*(0 correct: done, 2).*1 rerate: done, 2`},
		{who: customer, does: "It has another grade",
			run: words("query credit rating 2 --from party-huanghai-appliances"), says: `(grade: BB)`},
	}},
	{"What anyone may know", []scene{
		{who: stranger, does: "Statistics of the last period: groups of at least five cases, and two cases are in none",
			get: "/zhilian/dispute/v1/statistics", says: `(?s)(200 OK).*"groups": ?\[\]`},
		{who: stranger, does: "A period that still runs is not told: whoever watched it would see each case", refused: true,
			get: "/zhilian/dispute/v1/statistics?period=999999999", says: `(.*public when it is over.*)`},
	}},
}

// payTwenty is a payment of 20,000.00 CNY under an id and a reference of its own.
func payTwenty(uetr, letter string) []string {
	return append(words("tx settlement pay {huanghai-appliances} {laoshan-compressors} CNY 2000000"), strings.Repeat(letter, 42)+"A=", "--uetr", uetr, "--from", customer)
}

// disputeNetwork is the network of localnet with a tax office and five members that only arbitrate. A business day is
// a second long.
func disputeNetwork() *network.File {
	file := network.Default()
	file.Settings.BusinessDay = network.Duration(time.Second)
	file.Institutions = append(file.Institutions, network.Institution{ID: "QDTX", Name: "Qingdao Tax Office", Kind: network.KindDataProvider, Country: "CN"})
	for number := 1; number <= 5; number++ {
		file.Institutions = append(file.Institutions, network.Institution{
			ID: fmt.Sprintf("ARB%d", number), Name: fmt.Sprintf("Qingdao Arbitration House %d", number), Kind: network.KindMember,
		})
	}
	return file
}

// tellDispute tells disputeStory.
func tellDispute(ctx context.Context, options Options, s *steps) error {
	s.title(fmt.Sprintf("Zhilian 直联  a case, a panel, an appeal, and remedies that execute themselves, on a network of %d validators", options.Validators))
	options.prepared = func(layout *localnet.Layout) error {
		if err := closeDoors(layout); err != nil {
			return err
		}
		return lengthen(layout)
	}
	given := map[string][]byte{"gearing.model.json": gearingModel, "gearing.backtest.json": gearingBackTest}
	return tellScenes(ctx, s, disputeNetwork(), options, disputeStory, given)
}

// longTimes are what people at a keyboard need where a day is a second: as many days as the settings allow.
var longTimes = map[string]uint32{
	"acknowledge_days": 30, "evidence_days": 40, "simple_days": 90, "complex_days": 180, "offer_days": 30, "mediation_days": 60, "redraw_days": 10,
	"commit_days": 60, "reveal_days": 30, "appeal_days": 60,
}

// lengthen sets longTimes in the genesis of every node.
func lengthen(layout *localnet.Layout) error {
	for _, node := range layout.Nodes {
		path := filepath.Join(layout.NodeHome(node), "config", "genesis.json")
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if text, err = withTimes(text); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		if err := os.WriteFile(path, text, 0o600); err != nil {
			return err
		}
	}
	return nil
}

func withTimes(genesis []byte) ([]byte, error) {
	levels := []string{"app_state", "dispute", "params"}
	objects := make([]map[string]json.RawMessage, len(levels)+1)
	text := json.RawMessage(genesis)
	for i := range objects {
		if err := json.Unmarshal(text, &objects[i]); err != nil {
			return nil, err
		}
		if i < len(levels) {
			text = objects[i][levels[i]]
		}
	}
	for name, days := range longTimes {
		objects[len(levels)][name] = json.RawMessage(fmt.Sprint(days))
	}
	for i := len(levels) - 1; i >= 0; i-- {
		inner, err := json.Marshal(objects[i+1])
		if err != nil {
			return nil, err
		}
		objects[i][levels[i]] = inner
	}
	return json.MarshalIndent(objects[0], "", "  ")
}
