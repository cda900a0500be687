package door

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestACommandPrintsNoZeroForWhatWasMasked(t *testing.T) {
	const denoms = "/zhilian.ledger.v1.Query/Denoms"
	for name, c := range map[string]struct {
		text          bool
		printed, want string
	}{
		"json":           {false, "{\n  \"denoms\": [\n    {\"supply\": \"0\"}\n  ]\n}\n", "{\n  \"denoms\": [\n    {\n      \"@masked\": [\n        \"supply\"\n      ]\n    }\n  ]\n}\n"},
		"json in a line": {false, `{"denoms":[{"supply":"0"}]}` + "\n", `{"denoms":[{"@masked":["supply"]}]}` + "\n"},
		"text":           {true, "denoms:\n- supply: \"0\"\n", "denoms:\n- '@masked':\n  - supply\n"},
	} {
		var out bytes.Buffer
		written, err := maskedOutput{to: &out, method: denoms, text: c.text}.Write([]byte(c.printed))
		require.NoError(t, err, name)
		require.Equal(t, len(c.printed), written, name)
		require.Equal(t, c.want, out.String(), name)
	}
	var out bytes.Buffer
	_, err := maskedOutput{to: &out, method: denoms}.Write([]byte("denoms with a supply of 5\n"))
	require.Error(t, err)
	require.Empty(t, out.String(), "what cannot be masked is not shown")
}
