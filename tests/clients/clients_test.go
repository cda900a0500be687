package clients

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestCosmJSReadsPaysAndListens(t *testing.T) {
	n := network(t)
	told := n.facts(t)
	told.Operators["late"] = n.lateOperator(t)
	n.suite(t, told, "cosmjs.test.mjs")
	n.requireAlive(t)
}

func TestTheRegistryFilesAreTakenByThoseTheyAreMadeFor(t *testing.T) {
	n := network(t)
	n.suite(t, n.facts(t), "registry.test.mjs")
}

func TestTheSnippetOfTheManualPays(t *testing.T) {
	n := network(t)
	told := n.facts(t)
	before := n.balance(t, "supplier", "CNY")
	digest := "00000000000000000000000000000000000000000000000000000000000000d0"
	output := n.script(t, told, "pay.mjs", told.RPC, told.Operators["buyer"].Key,
		told.Accounts["buyer"].Address, told.Accounts["supplier"].Address, "CNY", "200", digest)
	require.Contains(t, output, "is final in block")
	require.NotEqual(t, before, n.balance(t, "supplier", "CNY"))
}

// lateOperator gives the buyer another key on the running chain: its account number is drawn by the
// SDK from 64 bits, unlike those of genesis, which count from 0.
func (n *testNetwork) lateOperator(t *testing.T) jsOperator {
	t.Helper()
	const name = "late"
	n.run(t, "keys", "add", name, "--keyring-backend", "test")
	var key struct{ Address string }
	require.NoError(t, json.Unmarshal([]byte(n.run(t, "keys", "show", name, "--output", "json")), &key))
	n.run(t, "tx", "access", "register-operator", key.Address, "XMPL", "--party-id", "buyer", "--roles", "payer",
		"--from", "bank-XMPL", "--yes")
	var answer struct {
		Account struct {
			Value struct {
				AccountNumber string `json:"account_number"`
			}
		}
	}
	require.Eventually(t, func() bool {
		text, err := n.try("query", "auth", "account", key.Address, "-o", "json", "--home", n.layout.Keys())
		return err == nil && json.Unmarshal([]byte(text), &answer) == nil
	}, 10*time.Second, 200*time.Millisecond, "the key got no account")
	return jsOperator{Address: key.Address, Key: n.exportKey(t, name), AccountNumber: answer.Account.Value.AccountNumber}
}
