package iso20022_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/iso20022"
)

// fixtures are whole, valid files with fictional data.
var fixtures = []string{"pain001v03", "pain001v09", "pain001v11", "pacs008v08"}

// fixtureDay is the day on which the fixtures of 2026 were made.
var fixtureDay = time.Date(2026, 1, 6, 4, 0, 0, 0, time.UTC)

func fixture(t testing.TB, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name+".xml"))
	require.NoError(t, err)
	return string(data)
}

func parse(text string) (*iso20022.Message, error) {
	return iso20022.Parse([]byte(text), iso20022.WithNow(fixtureDay))
}

func accepted(t testing.TB, text string) *iso20022.Message {
	t.Helper()
	message, err := parse(text)
	require.NoError(t, err)
	return message
}

func rejected(t testing.TB, text string) *iso20022.Rejection {
	t.Helper()
	_, err := parse(text)
	var rejection *iso20022.Rejection
	require.ErrorAs(t, err, &rejection)
	return rejection
}

// edited replaces parts of a fixture; every part must be there.
func edited(t testing.TB, name string, oldNew ...string) string {
	t.Helper()
	document := fixture(t, name)
	for i := 0; i < len(oldNew); i += 2 {
		require.Contains(t, document, oldNew[i], "the edit must apply")
		document = strings.Replace(document, oldNew[i], oldNew[i+1], 1)
	}
	return document
}
