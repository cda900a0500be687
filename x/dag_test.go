package x_test

import (
	"bufio"
	"bytes"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const module = "github.com/zhilian-network/zhilian/"

// tiers say who may call whom: a module may know the types of a module of a lower tier, and
// nothing else of it.
var tiers = map[string]int{
	"access":     0,
	"consortium": 1,
	"ledger":     1,
	"vault":      1,
	"settlement": 3,
	"credit":     4,
	"financing":  5,
	"dispute":    6,
}

// impure are the packages that a decision must not depend on: two validators would decide
// differently, or the decision could not be tested without a store.
var impure = map[string]string{
	"context":                               "a decision takes its facts as values",
	"crypto/rand":                           "a decision is the same on every node",
	"math/rand":                             "a decision is the same on every node",
	"math/rand/v2":                          "a decision is the same on every node",
	"net":                                   "a decision knows nothing outside the chain",
	"net/http":                              "a decision knows nothing outside the chain",
	"os":                                    "a decision knows nothing outside the chain",
	"sync":                                  "a decision runs alone",
	"sync/atomic":                           "a decision runs alone",
	"reflect":                               "a decision is plain code",
	"unsafe":                                "a decision is plain code",
	"database/sql":                          "a decision reads no store",
	"log":                                   "a decision writes nothing",
	"encoding/json":                         "a decision works on values, not on texts",
	"cosmossdk.io/collections":              "a decision reads no store",
	"cosmossdk.io/core/store":               "a decision reads no store",
	"github.com/cosmos/cosmos-sdk/store/v2": "a decision reads no store",
	"github.com/cosmos/cosmos-sdk/runtime":  "a decision reads no store",
	"github.com/cosmos/cosmos-sdk/types/module": "a decision knows no plumbing",
}

func TestModulesCallDownTheTiersOnly(t *testing.T) {
	for _, p := range listPackages(t) {
		from, room := moduleOf(p.path)
		if from == "" {
			continue
		}
		require.Contains(t, tiers, from, "give module %s a tier", from)
		for _, imported := range p.imports {
			to, toRoom := moduleOf(imported)
			if to == "" || to == from {
				continue
			}
			require.Equal(t, "types", toRoom, "%s imports %s: only the types of another module may be known", p.path, imported)
			require.Greater(t, tiers[from], tiers[to], "%s imports %s: calls go down the tiers", p.path, imported)
		}
		if room == "domain" || room == "engine" {
			requirePure(t, p)
		}
	}
}

func requirePure(t *testing.T, p listed) {
	t.Helper()
	for _, imported := range p.imports {
		reason, banned := impure[imported]
		require.False(t, banned, "%s imports %s: %s", p.path, imported, reason)
		require.False(t, strings.HasSuffix(imported, "/keeper"), "%s imports %s: a decision reads no store", p.path, imported)
	}
}

func TestOnlyTheApplicationKnowsKeepers(t *testing.T) {
	for _, p := range listPackages(t) {
		own, _ := moduleOf(p.path)
		for _, imported := range p.imports {
			to, room := moduleOf(imported)
			if room != "keeper" && room != "domain" || to == own {
				continue
			}
			require.Equal(t, module+"app", p.path, "%s imports %s: modules meet in app", p.path, imported)
		}
	}
}

func TestMessagesInAndOutKnowNoChain(t *testing.T) {
	for _, p := range listPackages(t) {
		if !strings.HasPrefix(p.path, module+"iso20022") {
			continue
		}
		for _, imported := range p.imports {
			if strings.HasPrefix(imported, module) {
				require.True(t, strings.HasPrefix(imported, module+"iso20022"),
					"%s imports %s: the messages must be usable without the chain", p.path, imported)
			}
			require.False(t, strings.HasPrefix(imported, "github.com/cosmos/"),
				"%s imports %s: the messages must be usable without the chain", p.path, imported)
		}
	}
}

// What modules share below internal must not lead from one module to another, nor up the tiers.
func TestSharedPackagesKnowNothingOfOurs(t *testing.T) {
	for _, p := range listPackages(t) {
		if !strings.HasPrefix(p.path, module+"internal/") {
			continue
		}
		for _, imported := range p.imports {
			require.False(t, strings.HasPrefix(imported, module), "%s imports %s: what all modules share stands below all of them", p.path, imported)
		}
	}
}

// The REST door passes queries on as they are: a door that knew the modules' Go types would decide
// things that gRPC callers do not get.
func TestTheDoorKnowsModulesByTheirContractOnly(t *testing.T) {
	for _, p := range listPackages(t) {
		if p.path != module+"gateway/rest" {
			continue
		}
		for _, imported := range p.imports {
			require.False(t, strings.HasPrefix(imported, module+"x/"), "%s imports %s: it knows the types below api", p.path, imported)
		}
	}
}

type listed struct {
	path    string
	imports []string
}

func listPackages(t *testing.T) []listed {
	t.Helper()
	command := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "./...")
	command.Dir = ".."
	output, err := command.Output()
	require.NoError(t, err)
	var packages []listed
	scanner := bufio.NewScanner(bytes.NewReader(output))
	scanner.Buffer(nil, 1<<20)
	for scanner.Scan() {
		fields := strings.Fields(scanner.Text())
		packages = append(packages, listed{path: fields[0], imports: fields[1:]})
	}
	require.NoError(t, scanner.Err())
	require.NotEmpty(t, packages)
	return packages
}

// moduleOf splits ".../x/settlement/keeper" into "settlement" and "keeper".
func moduleOf(path string) (name, room string) {
	rest, ok := strings.CutPrefix(path, module+"x/")
	if !ok {
		return "", ""
	}
	name, room, _ = strings.Cut(rest, "/")
	return name, room
}
