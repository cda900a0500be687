package rest_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"

	abci "github.com/cometbft/cometbft/abci/types"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"cosmossdk.io/math"

	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	sdk "github.com/cosmos/cosmos-sdk/types"

	ledgerv1 "github.com/zhilian-network/zhilian/api/zhilian/ledger/v1"
	settlementv1 "github.com/zhilian-network/zhilian/api/zhilian/settlement/v1"
	"github.com/zhilian-network/zhilian/app"
	"github.com/zhilian-network/zhilian/gateway/door"
	"github.com/zhilian-network/zhilian/testutil/chain"
	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	consortiumtypes "github.com/zhilian-network/zhilian/x/consortium/types"
	ledgertypes "github.com/zhilian-network/zhilian/x/ledger/types"
	settlementtypes "github.com/zhilian-network/zhilian/x/settlement/types"
)

const (
	paidPath      = "/zhilian/settlement/v1/payments/" + paidUETR
	proposalsPath = "/zhilian/consortium/v1/proposals"
	booksPath     = "/zhilian/settlement/v1/invariants"
)

func startGuarded(t testing.TB) *node {
	return startNodeBehind(t, door.Modes{REST: true, GRPC: true, ABCI: true})
}

// token proves a key over REST, as a program does that has no library of ours.
func (n *node) token(t testing.TB, key string) string {
	t.Helper()
	operator := chain.Address(key)
	asked := n.post("/zhilian/gateway/v1/door/challenge", fmt.Sprintf(`{"operator":%q}`, operator)).json(t)
	document, err := door.SignBytes(operator, asked["statement"].(string))
	require.NoError(t, err)
	signature, err := chain.Key(key).Sign(document)
	require.NoError(t, err)
	packed := fmt.Sprintf(`{"@type":"/cosmos.crypto.secp256k1.PubKey","key":%q}`, base64.StdEncoding.EncodeToString(chain.Key(key).PubKey().Bytes()))
	given := n.post("/zhilian/gateway/v1/door/token", fmt.Sprintf(`{"challenge":%q,"public_key":%s,"signature":%q}`,
		asked["challenge"], packed, base64.StdEncoding.EncodeToString(signature)))
	require.Equal(t, http.StatusOK, given.status, given.body)
	return given.json(t)["token"].(string)
}

func (n *node) getWith(path, token string) reply {
	return n.get(path, "Authorization", "Bearer "+token)
}

func TestTheDocumentSaysWhatWantsAToken(t *testing.T) {
	n := startGuarded(t)
	guarded := 0
	for _, o := range operations(t) {
		if strings.Contains(o.path, "/door/") || o.OperationID == "gatewayEvents" { // which wants a WebSocket first
			continue
		}
		answer := o.askExample(n)
		wants := len(o.Security) == 1
		require.Equal(t, wants, answer.status == http.StatusUnauthorized, "%s: %s", o.OperationID, answer.body)
		require.Equal(t, wants, o.Responses["401"].Content != nil || hasResponse(o, "401"), o.OperationID)
		if wants {
			guarded++
		}
	}
	require.Greater(t, guarded, 30)
}

func hasResponse(o *operation, status string) bool {
	_, ok := o.Responses[status]
	return ok
}

func TestRefusalsNameThePermissionAndNotWhatThereIs(t *testing.T) {
	n := startGuarded(t)
	stranger, own := n.token(t, "party-jimo-mouldings"), n.token(t, payerKey)
	require.Equal(t, http.StatusOK, n.getWith(paidPath, own).status)
	require.Equal(t, http.StatusOK, n.getWith(paidPath, n.token(t, supplierKey)).status)
	require.Equal(t, http.StatusOK, n.getWith(paidPath, n.token(t, "bank-BQDQ")).status, "the payer's bank")

	foreign := n.getWith(paidPath, stranger)
	foreign.requireRefused(t, http.StatusForbidden, "codespace door code 10: permission settlement.read")
	none := n.getWith("/zhilian/settlement/v1/payments/00000000-0000-4000-8000-000000000000", stranger)
	require.Equal(t, foreign.body, none.body)

	n.get(paidPath).requireRefused(t, http.StatusUnauthorized, "codespace door code 2")
	n.getWith(paidPath, "abc").requireRefused(t, http.StatusUnauthorized, "codespace door code 3")
	n.getWith(paidPath, startGuarded(t).token(t, payerKey)).requireRefused(t, http.StatusUnauthorized, "codespace door code 3")

	n.send(supplierKey, &accesstypes.MsgRegisterOperator{
		Operator: chain.Address(supplierKey), Address: chain.Address("clerk"), InstitutionId: "LSHB", PartyId: supplier, Roles: []string{"payer"},
	})
	suspended := n.token(t, "clerk")
	require.Equal(t, http.StatusOK, n.getWith(paidPath, suspended).status)
	n.send(supplierKey, &accesstypes.MsgSetOperatorStatus{
		Operator: chain.Address(supplierKey), Address: chain.Address("clerk"), Status: accesstypes.MemberStatus_MEMBER_STATUS_SUSPENDED,
	})
	n.getWith(paidPath, suspended).requireRefused(t, http.StatusForbidden, "codespace access code")
	n.rotate(t, payerKey)
	n.getWith(paidPath, own).requireRefused(t, http.StatusForbidden, "codespace access code")
	n.getWith("/zhilian/settlement/v1/payments/none", own).requireRefused(t, http.StatusForbidden, "codespace access code")
}

func TestOnlyItsSignerTriesATransaction(t *testing.T) {
	n := startGuarded(t)
	raw := base64.StdEncoding.EncodeToString(n.chain.Sign(payerKey, &settlementtypes.MsgPay{
		Operator: chain.Address(payerKey), Debtor: chain.Account(payer, 0), Creditor: chain.Account(supplier, 0),
		Currency: "CNY", Amount: math.NewInt(9_000_000_000_000), EndToEndDigest: digest("try"),
	}))
	try := func(token string) reply {
		return n.ask(http.MethodPost, "/cosmos/tx/v1beta1/simulate", strings.NewReader(`{"tx_bytes":"`+raw+`"}`),
			"Content-Type", "application/json", "Authorization", "Bearer "+token)
	}
	refused := try(n.token(t, "party-jimo-mouldings"))
	refused.requireRefused(t, http.StatusForbidden, "door code 10: permission signer")
	require.NotContains(t, refused.body, "settlement", "what the account holds is not told")
	require.Contains(t, try(n.token(t, payerKey)).body, "account holds less than the amount", "its own signer hears why")
}

func (n *node) rotate(t testing.TB, name string) {
	t.Helper()
	old, err := sdk.AccAddressFromBech32(chain.Address(name))
	require.NoError(t, err)
	next := chain.Key("the next key of " + name)
	packed, err := codectypes.NewAnyWithValue(next.PubKey())
	require.NoError(t, err)
	proof, err := next.Sign(accesstypes.KeyRotationBytes(n.comet.id, old, next.PubKey().Address()))
	require.NoError(t, err)
	n.send(name, &accesstypes.MsgRotateKey{Operator: chain.Address(name), PublicKey: packed, Proof: proof})
}

func TestPublicAnswersAreMaskedByClass(t *testing.T) {
	n, open := startGuarded(t), startNode(t)
	payer, voter := n.token(t, payerKey), n.token(t, "bank-BQDQ")
	for _, c := range []struct {
		path, token, name string
		masked            []string
	}{
		{denoms, "", "anyone", []string{"supply"}},
		{denoms, voter, "a bank, of whose money one row is", []string{"supply"}},
		{booksPath, "", "anyone", []string{"deposits", "reserves", "violations"}},
		{proposalsPath, "", "anyone", []string{"failure"}},
		{proposalsPath, "abc", "one with a token that is none", []string{"failure"}},
		{proposalsPath, payer, "a payer", []string{"failure"}},
		{proposalsPath, voter, "who may vote", nil},
		{"/zhilian/access/v1/institutions", "", "anyone", nil},
		{"/zhilian/settlement/v1/participants", "", "anyone", nil},
	} {
		answer := n.get(c.path)
		if c.token != "" {
			answer = n.getWith(c.path, c.token)
		}
		require.Equal(t, http.StatusOK, answer.status, answer.body)
		taken := map[string]bool{}
		left := unmasked(t, json.RawMessage(open.get(c.path).body), c.masked)
		got := strip(t, json.RawMessage(answer.body), taken)
		require.JSONEq(t, left, got, "%s for %s: what is public is shown as it is, the rest not at all", c.path, c.name)
		var names []string
		for _, name := range c.masked {
			require.True(t, taken[name], "%s for %s names %s: %s", c.path, c.name, name, answer.body)
			names = append(names, name)
		}
		require.Len(t, taken, len(names), "%s for %s", c.path, c.name)
	}
	// The subject reads all of level 2 and what is sealed.
	paid := n.getWith(paidPath, payer)
	require.NotContains(t, paid.body, "@masked")
	require.JSONEq(t, open.get(paidPath).body, paid.body)
}

// A supervisor needs a permission that banks cannot give themselves.
func TestARegulatorReadsTheTotalsOfEveryInstitutionAndNobodyElseDoes(t *testing.T) {
	const regulator, reserves, foreignReserves, supply = "bank-QDFR", "/zhilian/settlement/v1/participants/BQDQ/reserves",
		"/zhilian/settlement/v1/participants/LSHB/reserves", "/zhilian/ledger/v1/supply?denom=LSHB/CNY"
	n, open := startGuarded(t), startNode(t)
	appoint := func(by, key, institution, party string, roles ...string) string {
		n.send(by, &accesstypes.MsgRegisterOperator{
			Operator: chain.Address(by), Address: chain.Address(key), InstitutionId: institution, PartyId: party, Roles: roles,
		})
		return n.token(t, key)
	}
	supervisor := appoint(regulator, "a supervisor", "QDFR", "", "supervisor")
	reviewer := appoint(regulator, "a reviewer", "QDFR", "", "reviewer", "voter")
	pretender := appoint("bank-BQDQ", "a bank's own supervisor", "BQDQ", "", "supervisor", "treasury")

	for name, token := range map[string]string{"a supervisor": supervisor, "the regulator's administrator": n.token(t, regulator)} {
		for _, path := range []string{booksPath, reserves, foreignReserves} {
			answer := n.getWith(path, token)
			require.Equal(t, http.StatusOK, answer.status, "%s %s: %s", name, path, answer.body)
			require.NotContains(t, answer.body, "@masked", name)
		}
		want, got := open.get(booksPath).json(t), n.getWith(booksPath, token).json(t)
		require.Equal(t, want["outstandings"], got["outstandings"], name)
		require.NotEmpty(t, got["outstandings"].([]any)[0].(map[string]any)["deposits"])
		require.Contains(t, got, "violations")
		require.JSONEq(t, open.get(foreignReserves).body, n.getWith(foreignReserves, token).body)
	}
	// It opens sums and nothing of a customer's.
	require.Contains(t, n.getWith(denoms, supervisor).body, `"@masked":["supply"]`, "a receivable's is a customer's")
	for _, path := range []string{paidPath, supply, "/zhilian/ledger/v1/accounts/" + chain.Account(payer, 0) + "/balances", "/zhilian/gateway/v1/accounts/" + chain.Account(payer, 0) + "/payments"} {
		n.getWith(path, supervisor).requireRefused(t, http.StatusForbidden, "codespace door code 10: permission settlement.read")
	}

	for name, token := range map[string]string{"a bank that gave itself the role": pretender, "a regulator's operator without the role": reviewer,
		"a bank's administrator": n.token(t, "bank-BQDQ"), "a customer": n.token(t, payerKey)} {
		answer := n.getWith(booksPath, token)
		require.Equal(t, http.StatusOK, answer.status, "%s: %s", name, answer.body)
		require.Contains(t, answer.body, "@masked", name)
		walk(answer.json(t), func(object map[string]any) {
			require.NotContains(t, object, "deposits", name)
			require.NotContains(t, object, "reserves", name)
			require.NotContains(t, object, "violations", name)
		})
		n.getWith(foreignReserves, token).requireRefused(t, http.StatusForbidden, "codespace door code 10: permission settlement.read")
	}
	require.Equal(t, http.StatusOK, n.getWith(reserves, pretender).status, "its own bank's, as before")

	n.decide(t, &accesstypes.MsgSetInstitutionStatus{
		Authority: app.Authority(), InstitutionId: "QDFR", Status: accesstypes.MemberStatus_MEMBER_STATUS_SUSPENDED,
	})
	require.Contains(t, n.getWith(booksPath, supervisor).body, "@masked", "a suspended regulator")
	n.getWith(foreignReserves, supervisor).requireRefused(t, http.StatusForbidden, "codespace access code 11")
}

// decide has all banks vote for a message.
func (n *node) decide(t testing.TB, message sdk.Msg) {
	t.Helper()
	packed, err := codectypes.NewAnyWithValue(message)
	require.NoError(t, err)
	n.send("bank-BQDQ", &consortiumtypes.MsgSubmitProposal{
		Operator: chain.Address("bank-BQDQ"), Title: "decided by the test", Messages: []*codectypes.Any{packed},
	})
	proposals := n.get(proposalsPath).json(t)["proposals"].([]any)
	id, err := strconv.ParseUint(proposals[len(proposals)-1].(map[string]any)["id"].(string), 10, 64)
	require.NoError(t, err)
	for _, bank := range []string{"QDCB", "BQDQ", "LSHB"} {
		n.send("bank-"+bank, &consortiumtypes.MsgCastVote{
			Operator: chain.Address("bank-" + bank), ProposalId: id, Option: consortiumtypes.VoteOption_VOTE_OPTION_YES,
		})
	}
	n.send("bank-BQDQ")
}

// unmasked is an answer without some fields, wherever they stand.
func unmasked(t testing.TB, text json.RawMessage, names []string) string {
	t.Helper()
	var value any
	require.NoError(t, json.Unmarshal(text, &value))
	walk(value, func(object map[string]any) {
		for _, name := range names {
			delete(object, name)
		}
	})
	out, err := json.Marshal(value)
	require.NoError(t, err)
	return string(out)
}

// strip takes out the notes of what was masked, and collects them.
func strip(t testing.TB, text json.RawMessage, taken map[string]bool) string {
	t.Helper()
	var value any
	require.NoError(t, json.Unmarshal(text, &value))
	walk(value, func(object map[string]any) {
		if note, ok := object["@masked"].([]any); ok {
			for _, name := range note {
				taken[name.(string)] = true
			}
		}
		delete(object, "@masked")
	})
	out, err := json.Marshal(value)
	require.NoError(t, err)
	return string(out)
}

func walk(value any, visit func(map[string]any)) {
	switch v := value.(type) {
	case map[string]any:
		visit(v)
		for _, inner := range v {
			walk(inner, visit)
		}
	case []any:
		for _, inner := range v {
			walk(inner, visit)
		}
	}
}

func TestGRPCAndTheRPCAskTheDoorToo(t *testing.T) {
	n := startGuarded(t)
	own := door.WithToken(context.Background(), n.token(t, payerKey))
	stranger := door.WithToken(context.Background(), n.token(t, "party-jimo-mouldings"))
	payments := settlementv1.NewQueryClient(n.grpc)
	request := &settlementv1.QueryPaymentRequest{Uetr: paidUETR}
	_, err := payments.Payment(context.Background(), request)
	require.Equal(t, codes.Unauthenticated, status.Code(err), "%v", err)
	_, err = payments.Payment(stranger, request)
	require.Equal(t, codes.PermissionDenied, status.Code(err), "%v", err)
	paid, err := payments.Payment(own, request)
	require.NoError(t, err)
	require.Equal(t, paidUETR, paid.Payment.Uetr)

	var headers metadata.MD
	listed, err := ledgerv1.NewQueryClient(n.grpc).Denoms(context.Background(), &ledgerv1.QueryDenomsRequest{}, grpc.Header(&headers))
	require.NoError(t, err)
	require.Equal(t, "BQDQ/CNY", listed.Denoms[0].Denom.Denom)
	require.Empty(t, listed.Denoms[0].Supply, "not a zero: nothing")
	_, masked := door.Masked(headers)
	require.True(t, masked)

	ask := func(path string, data []byte) *abci.ResponseQuery {
		answer, err := n.chain.App.Query(context.Background(), &abci.RequestQuery{Path: path, Data: data})
		require.NoError(t, err)
		return answer
	}
	answer := ask("/zhilian.ledger.v1.Query/Denoms", nil)
	require.True(t, answer.IsOK(), answer.Log)
	var rows ledgertypes.QueryDenomsResponse
	require.NoError(t, rows.Unmarshal(answer.Value))
	require.Equal(t, "BQDQ/CNY", rows.Denoms[0].Denom.Denom)
	require.True(t, rows.Denoms[0].Supply.IsNil(), "not a zero: nothing")
	refused := ask("/zhilian.settlement.v1.Query/Payment", nil)
	require.Equal(t, door.Codespace, refused.Codespace)
	require.Equal(t, door.ErrTokenNeeded.ABCICode(), refused.Code)
	refused = ask("/store/bank/key", []byte{2})
	require.Equal(t, door.ErrLocalOnly.ABCICode(), refused.Code)
	refused = ask("/cosmos.bank.v1beta1.Query/TotalSupply", nil)
	require.Equal(t, door.ErrTokenNeeded.ABCICode(), refused.Code)
	refused = ask("/cosmos.tx.v1beta1.Service/GetTxsEvent", nil)
	require.Equal(t, door.ErrTokenNeeded.ABCICode(), refused.Code)
}

func TestRESTThatAnswersEveryoneDoesSoOverAGuardedGRPC(t *testing.T) {
	n := startNodeBehind(t, door.Modes{GRPC: true})
	require.Equal(t, http.StatusOK, n.get(paidPath).status)
	require.Equal(t, http.StatusOK, n.getWith(paidPath, "abc").status)
	require.NotContains(t, n.get(denoms).body, "@masked")
}
