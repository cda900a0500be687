package demo

import (
	"context"
	_ "embed"
	"fmt"
	"strings"

	"github.com/zhilian-network/zhilian/localnet/network"
)

// The network and the model of the finance story.
var (
	//go:embed files/finance.yaml
	financeNetwork []byte
	//go:embed files/sme.model.json
	smeModel []byte
)

// Who is in the finance story, besides the people of the access story.
const (
	sme          = "party-jimo-mouldings"      // a small supplier, customer of JZWB
	core         = "party-huanghai-appliances" // a core enterprise, customer of BQDQ
	steel        = "party-steel-supply"        // the supplier's supplier
	harbourBank  = "bank-BQDQ"
	laoshanBank  = "bank-LSHB"
	jiaozhouBank = "bank-JZWB"
	taxOffice    = "bank-QDTX"
	powerCompany = "bank-QDPW"
)

const smeSubject = `{"institution_id":"JZWB","party_id":"jimo-mouldings"}`

// financeStory is the walk of docs/finance.md.
var financeStory = []chapter{
	{"A model that three banks agree on", []scene{
		{who: harbourBank, does: "A risk officer of Qingdao Harbour Bank has a scorecard for small firms, integers from end to end",
			run: words("credit model check sme.model.json"), says: `(sme-cash version 1, digest [0-9a-f]{12})`},
		{who: harbourBank, does: "The officer tests it on firms of past years",
			run: words("credit model backtest sme.model.json outcomes.csv --outcome bad --reference training.csv -o json"), into: "backtest.json", says: `("auc_ppm": ?\d+)`},
		{who: harbourBank, does: "The officer makes the files of a registration",
			run: words("credit model registration sme.model.json backtest.json --data made-up --out ."), says: `(\S.*)`},
		{who: harbourBank, does: "The officer registers it",
			run: append(words("tx credit register-model sme-1y --model model.bin --calibration calibration.bin --scale scale.bin --from bank-BQDQ"),
				"--training-window", `{"first_month":202001,"last_month":202412}`, "--back-test", "<back-test.json"), says: settledInBlock},
		{who: laoshanBank, does: "Officers of two other banks approve it", run: words("tx credit endorse-model 1 approve --from bank-LSHB"), says: settledInBlock},
		{who: jiaozhouBank, does: "And of the third", run: words("tx credit endorse-model 1 approve --from bank-JZWB"), says: settledInBlock},
		{who: laoshanBank, does: "Both promote it", run: words("tx credit endorse-model 1 promote --from bank-LSHB"), says: settledInBlock},
		{who: jiaozhouBank, does: "From now on it rates small firms", run: words("tx credit endorse-model 1 promote --from bank-JZWB"), says: settledInBlock},
	}},
	{"Consent, attested figures, a rating with its reasons", []scene{
		{who: taxOffice, does: "The tax office says what it knows of Jimo Precision Mouldings, which has not been asked", refused: true,
			run: append(append(words("tx credit attest"), smeSubject, lastYear, "{in-a-year}", "--from", taxOffice), taxValues...), says: `(.*\(access/80\))`},
		{who: sme, does: "Jimo consents: the tax office may tell figures for a rating",
			run: append(words("tx access give-consent"), smeSubject, `{"institution_id":"QDTX"}`, "--purposes", "credit-rating", "--level", "2",
				"--expires-at", "{in-a-year}", "--from", sme), says: settledInBlock},
		{who: sme, does: "So may the power company",
			run: append(words("tx access give-consent"), smeSubject, `{"institution_id":"QDPW"}`, "--purposes", "credit-rating", "--level", "2",
				"--expires-at", "{in-a-year}", "--from", sme), says: settledInBlock},
		{who: taxOffice, does: "The tax office attests debt, equity, sales, profit, and how late taxes were paid",
			run: append(append(words("tx credit attest"), smeSubject, lastYear, "{in-half-a-year}", "--from", taxOffice), taxValues...), says: settledInBlock},
		{who: powerCompany, does: "The power company attests how much more power was used than the year before",
			run: append(words("tx credit attest"), smeSubject, lastYear, "{in-half-a-year}", "--from", powerCompany,
				"--values", `{"name":"power_growth_pct","decimals":1,"value":"65"}`), says: settledInBlock},
		{who: laoshanBank, does: "A bank that Jimo has not consented to asks for a rating", refused: true,
			run: append(words("tx credit rate"), smeSubject, "sme-1y", "--from", laoshanBank), says: `(.*\(access/80\))`},
		{who: sme, does: "Jimo has itself rated; every validator computes the same",
			run: append(words("tx credit rate"), smeSubject, "sme-1y", "--from", sme), says: settledInBlock},
		{who: sme, does: "It sees its grade",
			run: words("query credit rating 1 --from party-jimo-mouldings"), into: "rating.yaml", says: `(grade: B\b.*)`},
		{who: sme, does: "And the strongest reasons, above zero what made it riskier",
			run: words("query credit rating 1 --from party-jimo-mouldings -o json"), plain: true, says: `(?s)"reasons": ?\[(.*?)\]`},
		{who: sme, does: "What would raise the grade by one?",
			run: words("query credit improvement 1 --from party-jimo-mouldings"), says: `(grade: B\+)`},
		{who: sme, does: "It consents to Laoshan Commercial Bank, for financing",
			run: append(words("tx access give-consent"), smeSubject, `{"institution_id":"LSHB"}`, "--purposes", "financing", "--level", "2",
				"--expires-at", "{in-a-year}", "--from", sme), says: settledInBlock},
		{who: sme, does: "And to Qingdao Harbour Bank; its own bank, Jiaozhou Bay Rural Bank, needs none",
			run: append(words("tx access give-consent"), smeSubject, `{"institution_id":"BQDQ"}`, "--purposes", "financing", "--level", "2",
				"--expires-at", "{in-a-year}", "--from", sme), says: settledInBlock},
		{who: laoshanBank, does: "Now the bank reads the rating",
			run: words("query credit ratings JZWB --party-id jimo-mouldings --from bank-LSHB"), says: `(grade: B)`},
	}},
	{"What a core enterprise owes, for certain", []scene{
		{who: sme, does: "Jimo has an invoice of 500,000.00 CNY for mouldings; keyed digests of it go to the network, the invoice stays here",
			run:  words("iso invoice --seller 91370200MA999902XK --buyer 91370200MA999901XJ --number 24372000000012345678 --date 2026-10-31 --amount 500000.00"),
			into: "invoice.json", says: `"(digest)":".{44}"`},
		{who: sme, does: "It issues a receivable on it, due in some weeks: a business day takes a second here",
			run: append(words("tx financing issue {jimo-mouldings} {huanghai-appliances} CNY 50000000 {in-70-steps} --from party-jimo-mouldings"),
				"--parts", "<invoice.json"), says: settledInBlock},
		{who: sme, does: "The same invoice a second time", refused: true,
			run: append(words("tx financing issue {jimo-mouldings} {huanghai-appliances} CNY 50000000 {in-70-steps} --from party-jimo-mouldings"),
				"--parts", "<invoice.json"), says: `(.*\(financing/42\))`},
		{who: sme, does: "Asking for finance before the debtor has confirmed it", refused: true,
			run: append(words("tx financing request-finance {jimo-mouldings} advance CNY 40000000 --receivable-id 1 --units 50000000 --mode sealed --from party-jimo-mouldings"), asks...), says: `(.*\(financing/64\))`},
		{who: core, does: "Huanghai Appliances confirms it: the network will collect it on the due day",
			run: words("tx financing confirm 1 --from party-huanghai-appliances"), says: settledInBlock},
	}},
	{"Three lenders bid, and nobody sees what", []scene{
		{who: sme, does: "Jimo asks three banks for 400,000.00 CNY on it, at 8 % a year at most: bids are sealed",
			run: append(words("tx financing request-finance {jimo-mouldings} advance CNY 40000000 --receivable-id 1 --units 50000000 --mode sealed --from party-jimo-mouldings"), asks...), says: settledInBlock},
		{who: laoshanBank, does: "Laoshan Commercial Bank bids 5.2 % for grade B or better; the network gets a commitment, the bid stays in a file",
			run: words("tx financing commit-offer 1 {lshb-lending} --rate-ppm 52000 --worst-grade B --bid laoshan.bid.json --from bank-LSHB"), says: settledInBlock},
		{who: harbourBank, does: "Qingdao Harbour Bank bids 4.8 %",
			run: words("tx financing commit-offer 1 {bqdq-lending} --rate-ppm 48000 --worst-grade B --bid harbour.bid.json --from bank-BQDQ"), says: settledInBlock},
		{who: steel, does: "A firm that nobody asked would lend, too", refused: true,
			run: words("tx financing commit-offer 1 {steel-supply} --rate-ppm 1 --bid steel.bid.json --from party-steel-supply"), says: `(.*\(financing/65\))`},
		{who: harbourBank, does: "Harbour Bank would like to show its bid before the others have bid", refused: true,
			run: words("tx financing reveal-offer 2 --bid harbour.bid.json --from bank-BQDQ"), says: `(.*\(financing/73\))`},
		{who: jiaozhouBank, does: "Jiaozhou Bay Rural Bank bids 4.5 %, though its loan book holds 300,000.00 CNY only",
			run: words("tx financing commit-offer 1 {jzwb-lending} --rate-ppm 45000 --bid jiaozhou.bid.json --from bank-JZWB"), says: settledInBlock},
		{who: sme, does: "That was the last one: bidding is closed, by itself",
			run: words("query financing request 1 --from party-jimo-mouldings"), says: `(REQUEST_STATUS_REVEALING)`},
		{who: laoshanBank, does: "A bid after the close", refused: true,
			run: words("tx financing commit-offer 1 {lshb-lending} --rate-ppm 44000 --bid late.bid.json --from bank-LSHB"), says: `(.*\(financing/69\))`},
		{who: laoshanBank, does: "So Laoshan tries to reveal that one instead of what it has committed to", refused: true,
			run: words("tx financing reveal-offer 1 --bid late.bid.json --from bank-LSHB"), says: `(.*\(financing/75\))`},
		{who: laoshanBank, does: "It reveals what it has bid", run: words("tx financing reveal-offer 1 --bid laoshan.bid.json --from bank-LSHB"), says: settledInBlock},
		{who: harbourBank, does: "So does Harbour Bank", run: words("tx financing reveal-offer 2 --bid harbour.bid.json --from bank-BQDQ"), says: settledInBlock},
		{who: jiaozhouBank, does: "And Jiaozhou Bay", run: words("tx financing reveal-offer 3 --bid jiaozhou.bid.json --from bank-JZWB"), says: settledInBlock},
		{who: sme, does: "All is revealed, so nobody waits any longer",
			run: words("query financing request 1 --from party-jimo-mouldings"), says: `(REQUEST_STATUS_DECIDING)`},
		{who: sme, does: "Jimo sees the bids, the best first",
			run: words("query financing offers 1 --from party-jimo-mouldings"), into: "offers.yaml", says: `(?s)(rate_ppm: 45000.*rate_ppm: 48000.*rate_ppm: 52000)`},
	}},
	{"Security against money, in one step", []scene{
		{who: sme, does: "Jimo passes over the best of sealed bids", refused: true,
			run: words("tx financing accept-offer 2 --from party-jimo-mouldings"), says: `(.*\(financing/80\))`},
		{who: sme, does: "It accepts the best, whose lender has not the money", refused: true,
			run: words("tx financing accept-offer 3 --from party-jimo-mouldings"), says: `(.*\(settlement/13\))`},
		{who: sme, does: "Nothing has moved: Jimo has what it had, 80,000.00 CNY",
			run: words("query ledger balance {jimo-mouldings} JZWB/CNY --from party-jimo-mouldings"), says: `(amount: "8000000")`},
		{who: sme, does: "It declines that bid, for all to see",
			run: words("tx financing decline-offer 3 --from party-jimo-mouldings"), says: settledInBlock},
		{who: sme, does: "It accepts the next best: money, security and loan in one step",
			run: words("tx financing accept-offer 2 --from party-jimo-mouldings"), says: settledInBlock},
		{who: sme, does: "A second acceptance", refused: true,
			run: words("tx financing accept-offer 1 --from party-jimo-mouldings"), says: `(.*\(financing/79\))`},
		{who: sme, does: "The payment that came with it",
			run: words("query financing offer 2 --from party-jimo-mouldings"), keep: "draw", says: `payment_uetr: (\S+)`},
		{who: sme, does: "With the money Jimo pays for its steel",
			run: append(words("tx settlement pay {jimo-mouldings} {steel-supply} CNY 35000000"), strings.Repeat("A", 43)+"=", "--uetr", steelUETR, "--from", sme), says: settledInBlock},
		{who: sme, does: "And says that this is what the loan was for",
			run: words("tx financing trace-use 1 " + steelUETR + " --from party-jimo-mouldings"), says: settledInBlock},
	}},
	{"The debtor pays, the lender is repaid, the rest is Jimo's", []scene{
		{who: core, does: "On the due day the network collects from Huanghai Appliances, with nobody's doing", waits: true,
			run: words("query financing receivable 1 --from party-huanghai-appliances"), says: `(RECEIVABLE_STATUS_SETTLED)`},
		{who: harbourBank, does: "Harbour Bank's loan is repaid with interest, out of that money",
			run: words("query financing loan 1 --from bank-BQDQ"), into: "loan.yaml", says: `(LOAN_STATUS_REPAID)`},
		{who: harbourBank, does: "How the payment was split",
			run: words("query financing repayments 1 --from bank-BQDQ"), into: "repayments.yaml", says: `(receivable/1)`},
		{who: harbourBank, does: "The way of the money: the loan to Jimo, Jimo to its supplier, the receivable back to the bank",
			run: words("query financing trace 1 --from bank-BQDQ -o json"), into: "trace.json", plain: true, says: `(?s)(\{.*` + steelUETR + `.*\})`},
		{who: harbourBank, does: "The bank's loan book has more than the 10,000,000.00 CNY that it had: the interest",
			run: words("query ledger balance {bqdq-lending} BQDQ/CNY --from bank-BQDQ"), says: `(amount: "1000\d{6}")`, without: `"1000000000"`},
		{who: sme, does: "What was left of 500,000.00 CNY has gone to Jimo: that makes 80,000 + 400,000 - 350,000 + 100,000, less the interest",
			run: words("query ledger balance {jimo-mouldings} JZWB/CNY --from party-jimo-mouldings"), says: `(amount: "22\d{6}")`},
	}},
}

// steelUETR is the id that Jimo gives to the payment for its steel.
const steelUETR = "5d0c8b4e-2f3a-4b1c-9d6e-7f8091a2b3c4"

const (
	lastYear  = `{"first_month":202501,"last_month":202512}`
	repayment = `{"schedule":"SCHEDULE_KIND_BULLET","day_count":"DAY_COUNT_ACT_360","rate_ppm":80000,"instalments":1,` +
		`"period":{"unit":"PERIOD_UNIT_DAY","count":90},"grace_days":3,"default_days":30}`
)

var (
	taxValues = []string{
		"--values", `{"name":"debt","decimals":2,"value":"310000000"}`, "--values", `{"name":"equity","decimals":2,"value":"260000000"}`,
		"--values", `{"name":"profit","decimals":2,"value":"101200000"}`, "--values", `{"name":"sales","decimals":2,"value":"1840000000"}`,
		"--values", `{"name":"tax_days_late","value":"2"}`,
	}
	// asks are whom the request is put to, for how long, and how the loan is repaid.
	asks = []string{
		"--lenders", `{"institution_id":"LSHB"}`, "--lenders", `{"institution_id":"BQDQ"}`, "--lenders", `{"institution_id":"JZWB"}`,
		"--repayment", repayment, "--product", "sme-1y", "--bidding-period", "2m", "--reveal-period", "2m", "--decision-period", "5m",
	}
)

// tellFinance tells financeStory on a network whose business day takes a second.
func tellFinance(ctx context.Context, options Options, s *steps) error {
	s.title(fmt.Sprintf("Zhilian 直联  a small firm gets finance for what it is owed, on a network of %d validators", options.Validators))
	file, err := network.Parse(financeNetwork)
	if err != nil {
		return err
	}
	const firms = 1500
	given := map[string][]byte{"sme.model.json": smeModel, "outcomes.csv": smeOutcomes(1, firms), "training.csv": smeOutcomes(2, firms)}
	return tellScenes(ctx, s, file, options, financeStory, given)
}
