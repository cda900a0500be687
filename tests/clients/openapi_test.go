package clients

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const (
	documentPath    = "/zhilian/openapi.json"
	documentConfigs = "../../api/openapi"
)

func TestTheOpenAPIDocumentPassesTheLinters(t *testing.T) {
	n := network(t)
	document := filepath.Join(t.TempDir(), "openapi.json")
	require.NoError(t, os.WriteFile(document, n.get(t, documentPath), 0o600))
	for _, linter := range []struct {
		name, config string
		arguments    []string
	}{
		{"redocly", "redocly.yaml", []string{"node_modules/.bin/redocly", "lint", document, "--config"}},
		{"spectral", ".spectral.yaml", []string{"node_modules/.bin/spectral", "lint", document, "--fail-severity", "error", "--ruleset"}},
	} {
		t.Run(linter.name, func(t *testing.T) {
			t.Setenv("REDOCLY_TELEMETRY", "off")
			t.Setenv("REDOCLY_SUPPRESS_UPDATE_NOTICE", "true")
			config, err := filepath.Abs(filepath.Join(documentConfigs, linter.config))
			require.NoError(t, err)
			t.Log(lastLine(n.script(t, n.facts(t), append(linter.arguments, config)...)))
		})
	}
}

func TestTheNodeAnswersAsItsDocumentSays(t *testing.T) {
	n := network(t)
	told := n.facts(t)
	n.sweepFacts(t, &told)
	n.suite(t, told, "openapi.test.mjs")
	n.requireAlive(t)
}

// sweepFacts makes a payment, so that every route has something to show, and tells what the routes
// may be asked.
func (n *testNetwork) sweepFacts(t *testing.T, told *facts) {
	t.Helper()
	buyer := told.Accounts["buyer"]
	digest := digestOf(t.Name())
	out := n.run(t, "tx", "settlement", "pay", buyer.Address, told.Accounts["supplier"].Address, "CNY", "300", digest,
		"--from", "party-buyer", "--yes", "-o", "json")
	var sent struct{ TxHash string }
	require.NoError(t, json.Unmarshal([]byte(out), &sent))
	var row struct{ Payments []struct{ UETR string } }
	require.Eventually(t, func() bool {
		return json.Unmarshal(n.get(t, "/zhilian/gateway/v1/payments?reference="+sent.TxHash), &row) == nil && len(row.Payments) == 1
	}, 15*time.Second, 200*time.Millisecond, "the payment is not found by its transaction")

	told.Known = map[string]string{
		"address": buyer.Address, "account": buyer.Address, "debtor": buyer.Address, "denom": buyer.Denom,
		"institution_id": "XMPL", "party_id": "buyer", "uetr": row.Payments[0].UETR, "hash": sent.TxHash,
		"end_to_end_digest": digest, "reference": row.Payments[0].UETR, "proposal_id": "1",
		"action_id": "1", "consent_id": "1", "break_glass_id": "1", "record_id": "1", "attestation_id": "1", "model_id": "1", "rating_id": "1", "product": "sme-1y",
		"digest": digest, "receivable_id": "1", "request_id": "1", "offer_id": "1", "loan_id": "1", "facility_id": "1",
		"case_id": "1", "claim_id": "1", "feedback_id": "1", "number": "1", "period": "0",
		"matter.kind": "MATTER_KIND_PAYMENT", "matter.uetr": row.Payments[0].UETR,
		"query": "tx.height>0", "height": "1", "limit": "10",
	}
	operator := told.Operators["buyer"].Address
	told.KnownOf = map[string]map[string]string{
		"/zhilian/access/v1/operators/{address}":             {"address": operator},
		"/zhilian/access/v1/operators/{address}/delegations": {"address": operator},
		"/zhilian/access/v1/explain":                         {"operator": operator, "permission": "settlement.pay"},
		"/cosmos/auth/v1beta1/accounts/{address}":            {"address": operator},
		"/cosmos/auth/v1beta1/account_info/{address}":        {"address": operator},
		"/zhilian/consortium/v1/validators/{institution_id}": {"institution_id": "AUTH"},
	}
	told.Bodies = map[string]any{
		"/zhilian/settlement/v1/resolve_references":                             map[string]any{"digests": []string{digest}},
		"/zhilian/gateway/v1/institutions/{institution_id}/policies/simulation": map[string]any{"last": 10},
		"/cosmos/tx/v1beta1/simulate":                                           map[string]string{"tx_bytes": n.signed(t, "1")},
		// No account holds that much.
		"refused": map[string]string{"tx_bytes": n.signed(t, "99999999999999")},
	}
	// Nothing was voted on, proposed, consented to or sealed yet, and no challenge was signed.
	told.Expected = map[string]int{
		"GET /zhilian/gateway/v1/payments/{uetr}/details":                http.StatusNotFound,
		"POST /zhilian/gateway/v1/door/token":                            http.StatusBadRequest,
		"GET /zhilian/access/v1/actions/{action_id}":                     http.StatusNotFound,
		"GET /zhilian/access/v1/consents/{consent_id}":                   http.StatusNotFound,
		"GET /zhilian/access/v1/break_glass/{break_glass_id}":            http.StatusNotFound,
		"GET /zhilian/settlement/v1/holds/{uetr}":                        http.StatusNotFound,
		"GET /zhilian/vault/v1/records/{record_id}":                      http.StatusNotFound,
		"GET /zhilian/vault/v1/records/{record_id}/trail":                http.StatusNotFound,
		"GET /zhilian/consortium/v1/proposals/{proposal_id}":             http.StatusNotFound,
		"GET /zhilian/credit/v1/ratings/{rating_id}":                     http.StatusNotFound,
		"GET /zhilian/credit/v1/institutions/{institution_id}/behaviour": http.StatusNotFound,
		"GET /zhilian/credit/v1/ratings/{rating_id}/improvement":         http.StatusNotFound,
		"GET /zhilian/credit/v1/models/{model_id}":                       http.StatusNotFound,
		"GET /zhilian/credit/v1/products/{product}/champion":             http.StatusNotFound,
		"GET /zhilian/credit/v1/attestations/{attestation_id}":           http.StatusNotFound,
		"GET /zhilian/financing/v1/receivables/{receivable_id}":          http.StatusNotFound,
		"GET /zhilian/financing/v1/requests/{request_id}":                http.StatusNotFound,
		"GET /zhilian/financing/v1/requests/{request_id}/offers":         http.StatusNotFound,
		"GET /zhilian/financing/v1/offers/{offer_id}":                    http.StatusNotFound,
		"GET /zhilian/financing/v1/loans/{loan_id}":                      http.StatusNotFound,
		"GET /zhilian/financing/v1/loans/{loan_id}/repayments":           http.StatusNotFound,
		"GET /zhilian/financing/v1/loans/{loan_id}/trace":                http.StatusNotFound,
		"GET /zhilian/financing/v1/facilities/{facility_id}":             http.StatusNotFound,
		"GET /zhilian/dispute/v1/cases/{case_id}":                        http.StatusNotFound,
		"GET /zhilian/dispute/v1/cases/{case_id}/facts":                  http.StatusNotFound,
		"GET /zhilian/dispute/v1/cases/{case_id}/panels":                 http.StatusNotFound,
		"GET /zhilian/dispute/v1/cases/{case_id}/claims":                 http.StatusNotFound,
		"GET /zhilian/dispute/v1/claims/{claim_id}":                      http.StatusNotFound,
		"GET /zhilian/dispute/v1/rulings/{number}":                       http.StatusNotFound,
		"GET /zhilian/dispute/v1/feedback/{feedback_id}":                 http.StatusNotFound,
	}
}

// signed is a payment of the buyer that was not sent, in base64.
func (n *testNetwork) signed(t *testing.T, amount string) string {
	t.Helper()
	folder := t.TempDir()
	buyer, supplier := n.account(t, "buyer").Address, n.account(t, "supplier").Address
	unsigned := n.run(t, "tx", "settlement", "pay", buyer, supplier, "CNY", amount, digestOf(t.Name()+amount),
		"--from", "party-buyer", "--generate-only")
	path, signed := filepath.Join(folder, "unsigned.json"), filepath.Join(folder, "signed.json")
	require.NoError(t, os.WriteFile(path, []byte(unsigned), 0o600))
	n.run(t, "tx", "sign", path, "--from", "party-buyer", "--output-document", signed)
	return strings.TrimSpace(n.run(t, "tx", "encode", signed))
}

// digestOf stands for a payer's reference, in base64.
func digestOf(reference string) string {
	digest := sha256.Sum256([]byte(reference))
	return base64.StdEncoding.EncodeToString(digest[:])
}

// get asks the node's REST door, which must answer 200.
func (n *testNetwork) get(t *testing.T, path string) []byte {
	t.Helper()
	client := http.Client{Timeout: 10 * time.Second}
	response, err := client.Get(n.node().API() + path)
	require.NoError(t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, response.StatusCode, "%s\n%.500s", path, body)
	return body
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.TrimSpace(lines[len(lines)-1])
}
