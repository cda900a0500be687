package clients

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/testutil/shareddata"
)

const (
	jsFolder = "js"
	// cacheFolder keeps what npm has installed; make clean removes it.
	cacheFolder  = "../../build/clients"
	installBound = 10 * time.Minute
	scriptBound  = 2 * time.Minute
)

var packages struct {
	once   sync.Once
	folder string // with node_modules and a copy of js/
	reason string // why there is none
}

// javaScript returns the folder to run scripts in, or skips the test.
func javaScript(t *testing.T) string {
	t.Helper()
	packages.once.Do(func() { packages.folder, packages.reason = installPackages() })
	if packages.reason != "" {
		t.Skip(packages.reason)
	}
	return packages.folder
}

// installPackages installs what js/package-lock.json pins. A folder is named after the lock file, so
// that a second run, and one of another version beside it, find what they need.
func installPackages() (folder, reason string) {
	for _, program := range []string{"node", "npm"} {
		if _, err := exec.LookPath(program); err != nil {
			return "", fmt.Sprintf("%s is not installed: Node.js 20.14 or newer is needed for the JavaScript clients", program)
		}
	}
	lock, err := os.ReadFile(filepath.Join(jsFolder, "package-lock.json"))
	if err != nil {
		return "", err.Error()
	}
	digest := sha256.Sum256(lock)
	folder, err = filepath.Abs(filepath.Join(cacheFolder, hex.EncodeToString(digest[:6])))
	if err != nil {
		return "", err.Error()
	}
	if _, err := os.Stat(filepath.Join(folder, "node_modules")); err != nil {
		if err := install(folder); err != nil {
			return "", fmt.Sprintf("npm cannot install the JavaScript clients: %v", err)
		}
	}
	if err := copyScripts(folder); err != nil {
		return "", err.Error()
	}
	return folder, ""
}

// install works in a folder of its own and renames it: what is there is whole.
func install(folder string) error {
	if err := os.MkdirAll(filepath.Dir(folder), 0o755); err != nil {
		return err
	}
	unfinished, err := os.MkdirTemp(filepath.Dir(folder), "installing-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(unfinished)
	if err := copyScripts(unfinished); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), installBound)
	defer cancel()
	npm := exec.CommandContext(ctx, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	npm.Dir = unfinished
	if output, err := npm.CombinedOutput(); err != nil {
		return fmt.Errorf("%w\n%s", err, output)
	}
	err = os.Rename(unfinished, folder)
	if errors.Is(err, os.ErrExist) {
		return nil // another run was quicker
	}
	return err
}

// copyScripts puts js/ where its packages are: Node.js looks for them beside the script.
func copyScripts(folder string) error {
	entries, err := os.ReadDir(jsFolder)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		content, err := os.ReadFile(filepath.Join(jsFolder, entry.Name()))
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(folder, entry.Name()), content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// facts is what scripts are told of the network; js/network.mjs reads it.
type facts struct {
	ChainID   string                `json:"chainId"`
	RPC       string                `json:"rpc"`
	REST      string                `json:"rest"`
	GRPC      string                `json:"grpc"`
	Accounts  map[string]jsAccount  `json:"accounts"`
	Operators map[string]jsOperator `json:"operators"`
	Registry  string                `json:"registry"`
	Schemas   string                `json:"schemas"`
	// Answers is a folder with answers to so many Files.
	Answers string `json:"answers"`
	Files   int    `json:"files"`
	// Known are values of parameters that the network can answer, KnownOf those of one path; Bodies
	// are requests of one path, and Expected are the statuses of routes that do not answer 200.
	Known    map[string]string            `json:"known"`
	KnownOf  map[string]map[string]string `json:"knownOf"`
	Bodies   map[string]any               `json:"bodies"`
	Expected map[string]int               `json:"expected"`
}

type jsAccount struct {
	Address string `json:"address"`
	Denom   string `json:"denom"` // deposit money in CNY
	IBAN    string `json:"iban"`
	BIC     string `json:"bic"`
	Name    string `json:"name"`
}

type jsOperator struct {
	Address       string `json:"address"`
	Key           string `json:"key"` // private, hexadecimal
	AccountNumber string `json:"accountNumber,omitempty"`
}

func (n *testNetwork) facts(t *testing.T) facts {
	t.Helper()
	schemas, found := shareddata.Find("chain-registry")
	if !found {
		schemas = "" // the checks against them are skipped, with words
	}
	f := facts{
		ChainID: n.layout.ChainID, RPC: n.node().RPC(), REST: n.node().API(), GRPC: n.node().GRPC(),
		Accounts: map[string]jsAccount{}, Operators: map[string]jsOperator{},
		Registry: filepath.Join(n.layout.Home, "registry"), Schemas: schemas,
	}
	names := map[string]string{"buyer": "Example LLC", "neighbour": "Neighbour LLC", "supplier": "Example Supplier"}
	banks := map[string]string{"XMPL": "XMPLDEM0XXX", "CUST": "CUSTDEM0XXX"}
	for _, account := range n.layout.Accounts {
		f.Accounts[account.Party] = jsAccount{
			Address: account.Address, Denom: account.Institution + "/CNY",
			IBAN: account.IBAN, BIC: banks[account.Institution], Name: names[account.Party],
		}
	}
	for _, operator := range n.layout.Operators {
		if operator.Party != "" {
			f.Operators[operator.Party] = jsOperator{Address: operator.Address, Key: n.exportKey(t, operator.Name)}
		}
	}
	return f
}

func (n *testNetwork) exportKey(t *testing.T, name string) string {
	t.Helper()
	command := exec.Command(n.binary, "keys", "export", name, "--unarmored-hex", "--unsafe", "--yes", "--home", n.layout.Keys())
	output, err := command.CombinedOutput() // the key goes to standard error
	require.NoError(t, err, "%s", output)
	return strings.TrimSpace(string(output))
}

// script runs a JavaScript file with Node.js and returns what it prints.
func (n *testNetwork) script(t *testing.T, told facts, arguments ...string) string {
	t.Helper()
	folder := javaScript(t)
	text, err := json.Marshal(told)
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "network.json")
	require.NoError(t, os.WriteFile(path, text, 0o600))
	ctx, cancel := context.WithTimeout(context.Background(), scriptBound)
	defer cancel()
	node := exec.CommandContext(ctx, "node", arguments...)
	node.Dir = folder
	node.Env = append(os.Environ(), "ZHILIAN_NETWORK="+path, "NO_COLOR=1")
	output, err := node.CombinedOutput()
	require.NoError(t, err, "node %s\n%s", strings.Join(arguments, " "), output)
	return string(output)
}

var counted = regexp.MustCompile(`(?m)^# (tests|pass|skipped) (\d+)$`)

// suite runs a file of tests with Node.js's own runner. It must hold tests: a file that does not load
// tests nothing.
func (n *testNetwork) suite(t *testing.T, told facts, file string) {
	t.Helper()
	// CosmJS opens a WebSocket again that it was told to close, so a file would not end by itself.
	output := n.script(t, told, "--test", "--test-force-exit", "--test-reporter=tap", file)
	counts := map[string]string{}
	for _, match := range counted.FindAllStringSubmatch(output, -1) {
		counts[match[1]] = match[2]
	}
	require.NotEmpty(t, counts["pass"], output)
	require.NotEqual(t, "0", counts["pass"], output)
	t.Logf("%s: %s tests, %s passed, %s skipped", file, counts["tests"], counts["pass"], counts["skipped"])
	for _, line := range strings.Split(output, "\n") {
		if strings.Contains(line, "# SKIP") {
			t.Log(strings.TrimSpace(line))
		}
	}
}
