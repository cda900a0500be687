package clients

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheCodeOfTheManualIsTheCodeThatIsTested(t *testing.T) {
	manual, err := os.ReadFile("../../docs/clients.md")
	require.NoError(t, err)
	code, err := os.ReadFile(filepath.Join(jsFolder, "pay.mjs"))
	require.NoError(t, err)
	require.Contains(t, string(manual), "```js\n"+string(code)+"```\n", "copy js/pay.mjs into docs/clients.md")
}

func TestThePackagesArePinnedAndTheLockFileNamesNoHost(t *testing.T) {
	lock, err := os.ReadFile(filepath.Join(jsFolder, "package-lock.json"))
	require.NoError(t, err)
	require.NotContains(t, string(lock), "://", "write it with js/.npmrc, and take out the funding entries")
	var locked struct {
		Packages map[string]struct {
			Dependencies map[string]string
			Version      string
			Integrity    string
		}
	}
	require.NoError(t, json.Unmarshal(lock, &locked))
	text, err := os.ReadFile(filepath.Join(jsFolder, "package.json"))
	require.NoError(t, err)
	var wanted struct{ Dependencies map[string]string }
	require.NoError(t, json.Unmarshal(text, &wanted))
	require.NotEmpty(t, wanted.Dependencies)
	require.Equal(t, wanted.Dependencies, locked.Packages[""].Dependencies)
	exact := regexp.MustCompile(`^\d+\.\d+\.\d+$`)
	for name, version := range wanted.Dependencies {
		require.Regexp(t, exact, version, name)
		require.Equal(t, version, locked.Packages["node_modules/"+name].Version, name)
	}
	for name, locked := range locked.Packages {
		if strings.HasPrefix(name, "node_modules/") {
			require.NotEmpty(t, locked.Integrity, "%s could be another package tomorrow", name)
		}
	}
}
