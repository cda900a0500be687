package clients

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
)

// grpcurl builds the pinned grpcurl, or skips the test if its modules cannot be had.
func grpcurl(t *testing.T) string {
	t.Helper()
	path, err := filepath.Abs("../../build/grpcurl")
	require.NoError(t, err)
	build := exec.Command("go", "build", "-o", path, "github.com/fullstorydev/grpcurl/cmd/grpcurl")
	build.Dir = "../../tools/grpcurl"
	if output, err := build.CombinedOutput(); err != nil {
		t.Skipf("grpcurl cannot be built: %v\n%s", err, output)
	}
	return path
}

// rpcError is how grpcurl prints a refusal.
type rpcError struct {
	Code    codes.Code `json:"code"`
	Message string     `json:"message"`
}

type caller struct {
	t       *testing.T
	program string
	address string
}

// ask runs grpcurl; a refusal of the node is the second answer.
func (c caller) ask(arguments ...string) (string, *rpcError) {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), commandBound)
	defer cancel()
	flags, words := []string{"-plaintext", "-format-error", "-max-time", "20"}, arguments
	if len(arguments) == 3 && arguments[0] == "-d" {
		flags, words = append(flags, "-d", arguments[1]), arguments[2:]
	}
	command := exec.CommandContext(ctx, c.program, append(append(flags, c.address), words...)...)
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	err := command.Run()
	if err == nil {
		return stdout.String(), nil
	}
	var exit *exec.ExitError
	var refused rpcError
	if errors.As(err, &exit) && json.Unmarshal(stderr.Bytes(), &refused) == nil && refused.Code != codes.OK {
		return stdout.String(), &refused
	}
	c.t.Fatalf("grpcurl %s: %v\n%s", strings.Join(words, " "), err, stderr.String())
	return "", nil
}

// pipe asks with a request that grpcurl reads from its standard input, and that must be refused.
func (c caller) pipe(request, method string) rpcError {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), commandBound)
	defer cancel()
	command := exec.CommandContext(ctx, c.program, "-plaintext", "-format-error", "-max-time", "20", "-d", "@", c.address, method)
	command.Stdin = strings.NewReader(request)
	var stderr bytes.Buffer
	command.Stderr = &stderr
	require.Error(c.t, command.Run())
	var refused rpcError
	require.NoError(c.t, json.Unmarshal(stderr.Bytes(), &refused), stderr.String())
	return refused
}

func (c caller) lines(arguments ...string) []string {
	c.t.Helper()
	text, refused := c.ask(arguments...)
	require.Nil(c.t, refused)
	return strings.Fields(text)
}

func TestGrpcurlListsAndCallsEveryService(t *testing.T) {
	n := network(t)
	c := caller{t: t, program: grpcurl(t), address: n.node().GRPC()}
	sensible := n.grpcRequests(t)

	services := c.lines("list")
	for _, module := range []string{"access", "consortium", "gateway", "ledger", "settlement"} {
		require.Contains(t, services, "zhilian."+module+".v1.Query")
	}
	var called []string
	for _, service := range services {
		for _, method := range c.lines("list", service) {
			if strings.HasPrefix(method, "grpc.reflection.") {
				continue // it was called to get here
			}
			ours := strings.HasPrefix(method, "zhilian.")
			at := strings.LastIndex(method, ".")
			name := method[:at] + "/" + method[at+1:]
			_, refused := c.ask("-d", "{}", name)
			require.NoError(t, sound(refused, ours), "%s without fields", name)

			request, known := sensible[name]
			require.True(t, known || !ours, "no request is known for %s: add one", name)
			if !known {
				continue
			}
			called = append(called, name)
			text, refused := c.ask("-d", request.body, name)
			if request.code == codes.OK {
				require.Nil(t, refused, name)
				require.Contains(t, text, request.holds, name)
				continue
			}
			require.NotNil(t, refused, name)
			require.Equal(t, request.code, refused.Code, "%s: %s", name, refused.Message)
			require.Contains(t, refused.Message, request.holds, name)
		}
	}
	require.Len(t, called, len(sensible), "requests without a method: %v", missing(sensible, called))
	n.requireAlive(t)
}

func missing(requests map[string]grpcRequest, called []string) []string {
	var names []string
	for name := range requests {
		if !slices.Contains(called, name) {
			names = append(names, name)
		}
	}
	return names
}

var insides = regexp.MustCompile(`(?i)goroutine \d+|runtime error|panic|\.go:\d+|nil pointer`)

// sound refuses an answer that no caller can do anything about. The SDK's own methods may say
// Unimplemented, as the bank's owners by denom do, and have no codes for some refusals.
func sound(refused *rpcError, ours bool) error {
	if refused == nil {
		return nil
	}
	if insides.MatchString(refused.Message) {
		return fmt.Errorf("tells its insides: %s", refused.Message)
	}
	switch refused.Code {
	case codes.Unimplemented, codes.Internal, codes.Unknown, codes.DataLoss, codes.Unavailable, codes.DeadlineExceeded:
		if ours {
			return fmt.Errorf("%s: %s", refused.Code, refused.Message)
		}
	}
	return nil
}

// grpcRequest is a request, and what the answer, or the refusal with a code, must hold.
type grpcRequest struct {
	body  string
	code  codes.Code
	holds string
}

func (n *testNetwork) grpcRequests(t *testing.T) map[string]grpcRequest {
	t.Helper()
	told := n.facts(t)
	n.sweepFacts(t, &told)
	known, operator := told.Known, told.Operators["buyer"].Address
	say := func(format string, values ...any) string { return fmt.Sprintf(format, values...) }
	return map[string]grpcRequest{
		"zhilian.access.v1.Query/Action":       {body: `{"action_id": 1}`, code: codes.NotFound, holds: "action"},
		"zhilian.access.v1.Query/Actions":      {body: `{"institution_id": "XMPL"}`, holds: "{"},
		"zhilian.access.v1.Query/BreakGlass":   {body: `{"break_glass_id": 1}`, code: codes.NotFound, holds: "emergency"},
		"zhilian.access.v1.Query/BreakGlasses": {body: `{"institution_id": "XMPL"}`, holds: "{"},
		"zhilian.access.v1.Query/Consent":      {body: `{"consent_id": 1}`, code: codes.NotFound, holds: "consent"},
		"zhilian.access.v1.Query/Consents":     {body: `{"institution_id": "XMPL"}`, holds: "{"},
		"zhilian.access.v1.Query/Delegations":  {body: say(`{"address": %q}`, operator), holds: "{"},
		"zhilian.access.v1.Query/Explain": {
			body:  say(`{"operator": %q, "message_type": "/zhilian.settlement.v1.MsgPay", "currency": "CNY", "amount": "1"}`, operator),
			holds: `"allowed": true`,
		},
		"zhilian.access.v1.Query/LegalBases":   {body: `{"institution_id": "XMPL"}`, holds: "{"},
		"zhilian.access.v1.Query/Policies":     {body: `{"institution_id": "XMPL"}`, holds: "policies"},
		"zhilian.access.v1.Query/Institution":  {body: `{"institution_id": "XMPL"}`, holds: "Example Bank"},
		"zhilian.access.v1.Query/Institutions": {body: `{"pagination": {"limit": 2}}`, holds: "nextKey"},
		"zhilian.access.v1.Query/Operator":     {body: say(`{"address": %q}`, operator), holds: "settlement.pay"},
		"zhilian.access.v1.Query/Operators":    {body: `{"institution_id": "XMPL"}`, holds: operator},
		"zhilian.access.v1.Query/Params":       {body: `{}`, holds: "params"},
		"zhilian.access.v1.Query/Parties":      {body: `{"institution_id": "XMPL"}`, holds: "neighbour"},
		"zhilian.access.v1.Query/Party":        {body: `{"party_id": "buyer"}`, holds: "XMPL"},
		"zhilian.access.v1.Query/Roles":        {body: `{}`, holds: "payer"},

		"zhilian.consortium.v1.Query/Params":     {body: `{}`, holds: "params"},
		"zhilian.consortium.v1.Query/Proposal":   {body: `{"proposal_id": 1}`, code: codes.NotFound, holds: "proposal"},
		"zhilian.consortium.v1.Query/Proposals":  {body: `{}`, holds: "{"},
		"zhilian.consortium.v1.Query/Validator":  {body: `{"institution_id": "AUTH"}`, holds: "VALIDATOR_STATUS_ACTIVE"},
		"zhilian.consortium.v1.Query/Validators": {body: `{}`, holds: "AUTH"},

		"zhilian.gateway.v1.Query/Entries":       {body: say(`{"account": %q}`, known["account"]), holds: known["uetr"]},
		"zhilian.gateway.v1.Query/FindPayments":  {body: say(`{"reference": %q}`, known["hash"]), holds: known["uetr"]},
		"zhilian.gateway.v1.Door/Challenge":      {body: say(`{"operator": %q}`, operator), holds: "prove your key"},
		"zhilian.gateway.v1.Door/Enter":          {body: `{"challenge": "AA"}`, code: codes.InvalidArgument, holds: "challenge"},
		"zhilian.gateway.v1.Query/DetailsGroups": {body: say(`{"debtor": %q}`, known["debtor"]), holds: "indexedHeight"},
		"zhilian.gateway.v1.Query/PaymentDetails": {
			body: say(`{"uetr": %q}`, known["uetr"]), code: codes.NotFound, holds: "no sealed details",
		},
		"zhilian.gateway.v1.Query/PaymentProof": {body: say(`{"uetr": %q}`, known["uetr"]), holds: "logSize"},
		"zhilian.gateway.v1.Query/Payments":     {body: say(`{"account": %q}`, known["account"]), holds: known["uetr"]},
		"zhilian.gateway.v1.Query/Status":       {body: `{}`, holds: n.layout.ChainID},
		"zhilian.gateway.v1.Query/SimulatePolicies": {
			body: `{"institution_id": "XMPL", "last": 10, "policies": [` +
				`{"id": "all", "permission": "settlement.pay", "from_amount": "1", "approvals": 1, "roles": ["approver"]}]}`,
			holds: "lockouts",
		},

		"zhilian.ledger.v1.Query/Balance":  {body: say(`{"address": %q, "denom": "XMPL/CNY"}`, known["address"]), holds: "XMPL/CNY"},
		"zhilian.ledger.v1.Query/Balances": {body: say(`{"address": %q}`, known["address"]), holds: "XMPL/EUR"},
		"zhilian.ledger.v1.Query/Denoms":   {body: `{}`, holds: "reserve/JPY"},
		"zhilian.ledger.v1.Query/Holds":    {body: say(`{"address": %q}`, known["address"]), holds: "{"},
		"zhilian.ledger.v1.Query/Supply":   {body: `{"denom": "reserve/CNY"}`, holds: "2000000000"},

		"zhilian.settlement.v1.Query/Account":      {body: say(`{"address": %q}`, known["address"]), holds: "buyer"},
		"zhilian.settlement.v1.Query/Currencies":   {body: `{}`, holds: "JPY"},
		"zhilian.settlement.v1.Query/Hold":         {body: say(`{"uetr": %q}`, known["uetr"]), code: codes.NotFound, holds: "hold"},
		"zhilian.settlement.v1.Query/Invariants":   {body: `{}`, holds: `"moneyConserved": true`},
		"zhilian.settlement.v1.Query/Params":       {body: `{}`, holds: "params"},
		"zhilian.settlement.v1.Query/Participants": {body: `{}`, holds: "CUST"},
		"zhilian.settlement.v1.Query/Payment":      {body: say(`{"uetr": %q}`, known["uetr"]), holds: "PAYMENT_STATUS_ACSC"},
		"zhilian.settlement.v1.Query/PaymentByEndToEnd": {
			body:  say(`{"debtor": %q, "end_to_end_digest": %q}`, known["debtor"], known["end_to_end_digest"]),
			holds: known["uetr"],
		},
		"zhilian.settlement.v1.Query/PaymentLog":        {body: `{}`, holds: "{"},
		"zhilian.settlement.v1.Query/Reserves":          {body: `{"institution_id": "XMPL"}`, holds: "deposits"},
		"zhilian.settlement.v1.Query/ResolveReferences": {body: say(`{"digests": [%q]}`, known["end_to_end_digest"]), holds: "references"},

		"zhilian.credit.v1.Query/Attestation":  {body: `{"attestation_id": 1}`, code: codes.NotFound, holds: "attestation"},
		"zhilian.credit.v1.Query/Attestations": {body: `{"institution_id": "XMPL"}`, holds: "{"},
		"zhilian.credit.v1.Query/Behaviour":    {body: `{"institution_id": "XMPL"}`, code: codes.NotFound, holds: "enrol"},
		"zhilian.credit.v1.Query/Champion":     {body: `{"product": "sme-1y"}`, code: codes.NotFound, holds: "champion"},
		"zhilian.credit.v1.Query/Model":        {body: `{"model_id": 1}`, code: codes.NotFound, holds: "model"},
		"zhilian.credit.v1.Query/Models":       {body: `{}`, holds: "{"},
		"zhilian.credit.v1.Query/Rating":       {body: `{"rating_id": 1}`, code: codes.NotFound, holds: "rating"},
		"zhilian.credit.v1.Query/Ratings":      {body: `{"institution_id": "XMPL"}`, holds: "{"},
		"zhilian.credit.v1.Query/Improvement":  {body: `{"rating_id": 1}`, code: codes.NotFound, holds: "rating"},
		"zhilian.credit.v1.Query/Params":       {body: `{}`, holds: "params"},

		"zhilian.dispute.v1.Query/Arbitrators":   {body: `{"institution_id": "XMPL"}`, holds: "{"},
		"zhilian.dispute.v1.Query/Case":          {body: `{"case_id": 1}`, code: codes.NotFound, holds: "case"},
		"zhilian.dispute.v1.Query/CaseFacts":     {body: `{"case_id": 1}`, code: codes.NotFound, holds: "case"},
		"zhilian.dispute.v1.Query/Cases":         {body: `{"institution_id": "XMPL"}`, holds: "{"},
		"zhilian.dispute.v1.Query/Changes":       {body: `{"institution_id": "XMPL"}`, holds: "{"},
		"zhilian.dispute.v1.Query/Claim":         {body: `{"claim_id": 1}`, code: codes.NotFound, holds: "claim"},
		"zhilian.dispute.v1.Query/Claims":        {body: `{"case_id": 1}`, code: codes.NotFound, holds: "case"},
		"zhilian.dispute.v1.Query/Feedback":      {body: `{"feedback_id": 1}`, code: codes.NotFound, holds: "feedback"},
		"zhilian.dispute.v1.Query/FeedbackAbout": {body: `{"institution_id": "XMPL"}`, holds: "{"},
		"zhilian.dispute.v1.Query/FeedbackOf":    {body: `{"institution_id": "XMPL"}`, holds: "{"},
		"zhilian.dispute.v1.Query/Intake": {
			body: say(`{"institution_id": "XMPL", "matter": {"kind": "MATTER_KIND_PAYMENT", "uetr": %q}}`, known["uetr"]),
			code: codes.PermissionDenied, holds: "somebody else's",
		},
		"zhilian.dispute.v1.Query/Panels":     {body: `{"case_id": 1}`, code: codes.NotFound, holds: "case"},
		"zhilian.dispute.v1.Query/Params":     {body: `{}`, holds: "params"},
		"zhilian.dispute.v1.Query/Recount":    {body: `{}`, holds: "{"},
		"zhilian.dispute.v1.Query/Reviews":    {body: `{"institution_id": "XMPL"}`, holds: "{"},
		"zhilian.dispute.v1.Query/Ruling":     {body: `{"number": 1}`, code: codes.NotFound, holds: "case"},
		"zhilian.dispute.v1.Query/Scores":     {body: `{"institution_id": "XMPL"}`, holds: "{"},
		"zhilian.dispute.v1.Query/Statistics": {body: `{}`, holds: "{"},

		"zhilian.financing.v1.Query/Facilities":  {body: `{"institution_id": "XMPL"}`, holds: "{"},
		"zhilian.financing.v1.Query/Facility":    {body: `{"facility_id": 1}`, code: codes.NotFound, holds: "facility"},
		"zhilian.financing.v1.Query/Invitations": {body: `{"institution_id": "XMPL"}`, holds: "{"},
		"zhilian.financing.v1.Query/Invoice":     {body: say(`{"digest": %q}`, known["end_to_end_digest"]), holds: "{"},
		"zhilian.financing.v1.Query/Limits":      {body: `{"institution_id": "XMPL"}`, holds: "{"},
		"zhilian.financing.v1.Query/Loan":        {body: `{"loan_id": 1}`, code: codes.NotFound, holds: "loan"},
		"zhilian.financing.v1.Query/Loans":       {body: `{"institution_id": "XMPL"}`, holds: "{"},
		"zhilian.financing.v1.Query/Offer":       {body: `{"offer_id": 1}`, code: codes.NotFound, holds: "offer"},
		"zhilian.financing.v1.Query/Offers":      {body: `{"request_id": 1}`, code: codes.NotFound, holds: "request"},
		"zhilian.financing.v1.Query/Params":      {body: `{}`, holds: "today"},
		"zhilian.financing.v1.Query/Receivable":  {body: `{"receivable_id": 1}`, code: codes.NotFound, holds: "receivable"},
		"zhilian.financing.v1.Query/Receivables": {body: say(`{"account": %q}`, known["account"]), holds: "{"},
		"zhilian.financing.v1.Query/Repayments":  {body: `{"loan_id": 1}`, code: codes.NotFound, holds: "loan"},
		"zhilian.financing.v1.Query/Request":     {body: `{"request_id": 1}`, code: codes.NotFound, holds: "request"},
		"zhilian.financing.v1.Query/Requests":    {body: `{"institution_id": "XMPL"}`, holds: "{"},
		"zhilian.financing.v1.Query/Stuck":       {body: `{}`, holds: "{"},
		"zhilian.financing.v1.Query/Trace":       {body: `{"loan_id": 1}`, code: codes.NotFound, holds: "loan"},

		"zhilian.vault.v1.Query/Keys":     {body: `{"institution_id": "XMPL"}`, holds: "{"},
		"zhilian.vault.v1.Query/Params":   {body: `{}`, holds: "params"},
		"zhilian.vault.v1.Query/Record":   {body: `{"record_id": 1}`, code: codes.NotFound, holds: "record"},
		"zhilian.vault.v1.Query/Records":  {body: `{"institution_id": "XMPL"}`, holds: "{"},
		"zhilian.vault.v1.Query/Requests": {body: `{"institution_id": "XMPL"}`, holds: "{"},
		"zhilian.vault.v1.Query/Trail":    {body: `{"record_id": 1}`, code: codes.NotFound, holds: "record"},

		"cosmos.auth.v1beta1.Query/AccountInfo":             {body: say(`{"address": %q}`, operator), holds: "accountNumber"},
		"cosmos.bank.v1beta1.Query/AllBalances":             {body: say(`{"address": %q}`, known["address"]), holds: "XMPL/CNY"},
		"cosmos.base.node.v1beta1.Service/Status":           {body: `{}`, holds: "height"},
		"cosmos.base.tendermint.v1beta1.Service/GetSyncing": {body: `{}`, holds: "{"},
		"cosmos.consensus.v1.Query/Params":                  {body: `{}`, holds: "maxBytes"},
		"cosmos.tx.v1beta1.Service/GetTx":                   {body: say(`{"hash": %q}`, known["hash"]), holds: "MsgPay"},
		"cosmos.upgrade.v1beta1.Query/Authority":            {body: `{}`, holds: "zhilian1"},
	}
}
