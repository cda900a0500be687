package rest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// nasty are values that break those who trust their callers.
var nasty = []string{
	"0", "-1", "1", "200", "201", "1000000000", "9223372036854775807", "9223372036854775808", "18446744073709551615",
	"18446744073709551616", "1e9", "0x10", "1.5", "NaN", "null", "true", "[]", "{}", `"`, "'", `\`, "%00", "\x00", "\x1b[31m",
	"\r\nX-Injected: 1", "\u202e直联", "../../../etc/passwd", "..", ".", "a/b", "?", "#", "&a=b", ";", "<script>alert(1)</script>",
	"' OR 1=1 --", "${jndi:ldap://x}", "\xff\xfe", "zhilian1", "zhilian1wq5f70lwlds8wx7zvtc09g9wdxzzfs67hu87hr",
	"cosmos1qypqxpq9qcrsszgszyfpx9q4zct3sxfqj4c9kv", "3F1A9C52-7D0E-4B6A-9A51-2C8E4D7B6F10", "00000000-0000-0000-0000-000000000000",
	"AAAA", "=", "////", "QQ", strings.Repeat("A", 300), strings.Repeat("A", 7000), strings.Repeat("/", 50), strings.Repeat("直", 200),
}

const answerTimeMax = 5 * time.Second

// requireSane is what every answer must be, whatever was asked.
func requireSane(t require.TestingT, asked string, r reply) {
	require.Less(t, r.status, http.StatusInternalServerError, "%s: %s", asked, r.body)
	require.Less(t, r.took, answerTimeMax, asked)
	require.NotRegexp(t, regexp.MustCompile(`goroutine|panic|\.go:\d|runtime error`), r.body, asked)
	require.Empty(t, r.header.Get("X-Injected"), asked)
	if r.status < http.StatusBadRequest {
		return
	}
	var told struct {
		Code    *int      `json:"code"`
		Message *string   `json:"message"`
		Details *[]string `json:"details"`
	}
	decoder := json.NewDecoder(strings.NewReader(r.body))
	decoder.DisallowUnknownFields()
	require.NoError(t, decoder.Decode(&told), "%s: %s", asked, r.body)
	require.NotNil(t, told.Code, r.body)
	require.NotNil(t, told.Details, r.body)
	require.NotEmpty(t, *told.Message, asked)
}

func (n *node) sweep(t require.TestingT, o *operation, value func(parameter) string, body string) {
	path, headers := o.target(value)
	if _, err := url.Parse(path); err != nil {
		return // no server would ever see it
	}
	if o.RequestBody == nil {
		requireSane(t, o.method+" "+path, n.ask(o.method, path, nil, headers...))
		return
	}
	requireSane(t, fmt.Sprintf("%s %s %.200q", o.method, path, body), n.ask(o.method, path, strings.NewReader(body), headers...))
}

func TestNastyValuesOfEveryParameterAreRefusedInWords(t *testing.T) {
	n := startNode(t)
	for _, o := range operations(t) {
		body := ""
		if o.RequestBody != nil {
			body = string(o.RequestBody.Content["application/json"].Example)
		}
		for _, fuzzed := range o.Parameters {
			for _, value := range nasty {
				n.sweep(t, o, func(p parameter) string {
					if p.Name == fuzzed.Name {
						return value
					}
					return example(p)
				}, body)
			}
		}
		n.sweepMethods(t, o)
	}
}

func (n *node) sweepMethods(t *testing.T, o *operation) {
	path, _ := o.target(example)
	for _, method := range []string{http.MethodPut, http.MethodDelete, http.MethodPatch, http.MethodTrace, http.MethodOptions, "BREW", "get"} {
		answer := n.ask(method, path, nil)
		requireSane(t, method+" "+path, answer)
		require.Equal(t, http.StatusMethodNotAllowed, answer.status, "%s %s: %s", method, path, answer.body)
		require.NotEmpty(t, answer.header.Get("Allow"))
	}
}

var nastyBodies = []string{
	"", "{", "}", "nope", "null", "[]", `""`, "0", "-1", `{"digests":null}`, `{"digests":"x"}`, `{"digests":[1]}`, `{"digests":["!"]}`,
	`{"digests":[""]}`, `{"digests":["AAAA"]}`, `{"digests":[null]}`, `{"digests":[[]]}`, `{"digests":{},"digests":[]}`, `{"unknown":1}`,
	`{"tx_bytes":1}`, `{"tx_bytes":""}`, `{"tx_bytes":"AAAA"}`, `{"tx_bytes":"AAAA","mode":7}`, `{"tx_bytes":"AAAA","mode":"x"}`,
	`{"tx_bytes":"AAAA","mode":"BROADCAST_MODE_SYNC"}`, `{"tx_bytes":"AAAA","mode":"BROADCAST_MODE_BLOCK"}`, `{"tx":{}}`,
	`{"tx":{"body":{"messages":[{"@type":"/nope"}]}}}`, `{"tx":{"body":{"messages":[{"@type":"/zhilian.settlement.v1.MsgPay"}]}}}`,
	"\x00\x01\x02", "\xff\xfe{}", strings.Repeat("[", 20_000), strings.Repeat(`{"a":`, 5_000), `{"digests":["` + strings.Repeat("A", 200_000) + `"]}`,
	`{"digests":[` + strings.Repeat(`"AAAA",`, 30_000) + `"AAAA"]}`, strings.Repeat(" ", 200_000) + "{}", strings.Repeat("x", 5<<20),
}

func TestNastyBodiesAreRefusedInWords(t *testing.T) {
	n := startNode(t)
	for _, o := range operations(t) {
		if o.RequestBody == nil {
			continue
		}
		for _, body := range nastyBodies {
			n.sweep(t, o, example, body)
		}
	}
}

// The SDK serves more than the document names; that is behind the door too.
func TestUndocumentedRoutesOfTheSDKKeepTheRules(t *testing.T) {
	n := startNode(t)
	for _, path := range []string{"encode", "decode", "encode/amino", "decode/amino", "simulate", "txs", "nope"} {
		for _, body := range nastyBodies {
			requireSane(t, path+" "+body[:min(len(body), 100)], n.post("/cosmos/tx/v1beta1/"+path, body))
		}
	}
	for _, path := range []string{
		"/cosmos/auth/v1beta1/params", "/cosmos/auth/v1beta1/module_accounts", "/cosmos/auth/v1beta1/module_accounts/", "/cosmos/auth/v1beta1/bech32",
		"/cosmos/auth/v1beta1/bech32/", "/cosmos/auth/v1beta1/address_by_id/", "/cosmos/bank/v1beta1/params", "/cosmos/bank/v1beta1/denom_owners/",
		"/cosmos/bank/v1beta1/send_enabled", "/cosmos/bank/v1beta1/denoms_metadata/", "/cosmos/tx/v1beta1/txs/block/", "/cosmos/staking/v1beta1/validators",
		"/cosmos/base/tendermint/v1beta1/validatorsets/", "/cosmos/base/tendermint/v1beta1/abci_query?path=/store/ledger/key&data=", "/cosmos/", "/nope",
	} {
		for _, value := range append(nasty, "") {
			requireSane(t, path+value, n.get(path+url.PathEscape(value)))
		}
	}
}

func TestRandomRequestsAreAnsweredInOrder(t *testing.T) {
	n := startNode(t)
	all := operations(t)
	rapid.Check(t, func(t *rapid.T) {
		o := rapid.SampledFrom(all).Draw(t, "operation")
		value := rapid.OneOf(
			rapid.SampledFrom(nasty), rapid.String(), rapid.StringMatching(`[A-Za-z0-9+/=_-]{1,90}`),
			rapid.Custom(func(t *rapid.T) string { return fmt.Sprint(rapid.Int64().Draw(t, "number")) }))
		body := ""
		if o.RequestBody != nil {
			body = damaged(t, string(o.RequestBody.Content["application/json"].Example))
		}
		n.sweep(t, o, func(p parameter) string {
			if rapid.Bool().Draw(t, "example of "+p.Name) {
				return example(p)
			}
			return value.Draw(t, p.Name)
		}, body)
	})
}

// damaged is a body with some of its bytes changed, left out or doubled.
func damaged(t *rapid.T, body string) string {
	bytes := []byte(body)
	for range rapid.IntRange(1, 4).Draw(t, "damages") {
		at := rapid.IntRange(0, len(bytes)-1).Draw(t, "at")
		switch rapid.IntRange(0, 2).Draw(t, "kind") {
		case 0:
			bytes[at] = rapid.Byte().Draw(t, "byte")
		case 1:
			bytes = append(bytes[:at], bytes[min(at+1, len(bytes)):]...)
			if len(bytes) == 0 {
				return ""
			}
		case 2:
			bytes = append(bytes[:at], append([]byte(strings.Repeat(string(bytes[at]), 9)), bytes[at:]...)...)
		}
	}
	return string(bytes)
}
