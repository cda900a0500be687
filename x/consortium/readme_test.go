package consortium_test

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/x/consortium/domain"
	"github.com/zhilian-network/zhilian/x/consortium/types"
)

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(text)
}

func TestReadmeListsEveryErrorWithItsCode(t *testing.T) {
	declared := regexp.MustCompile(`(Err\w+)\s+= errorsmod\.Register\w*\(ModuleName, (\d+)`).FindAllStringSubmatch(read(t, "types/errors.go"), -1)
	listed := regexp.MustCompile("\\| `(Err\\w+)` \\| (\\d+) \\|").FindAllStringSubmatch(read(t, "README.md"), -1)
	require.Len(t, listed, len(declared))
	codes := map[string]bool{}
	for i := range declared {
		require.Equal(t, declared[i][1:], listed[i][1:])
		require.False(t, codes[declared[i][2]], "code %s is used once", declared[i][2])
		codes[declared[i][2]] = true
	}
}

func TestReadmeListsEveryEventAndMessage(t *testing.T) {
	readme := read(t, "README.md")
	for path, pattern := range map[string]string{
		"../../proto/zhilian/consortium/v1/events.proto": `message (Event\w+) \{`,
		"../../proto/zhilian/consortium/v1/tx.proto":     `rpc \w+\((Msg\w+)\)`,
	} {
		names := regexp.MustCompile(pattern).FindAllStringSubmatch(read(t, path), -1)
		require.NotEmpty(t, names)
		for _, name := range names {
			require.Contains(t, readme, "| `"+name[1]+"` |")
		}
	}
}

func TestReadmeListsTheBounds(t *testing.T) {
	readme := read(t, "README.md")
	for name, bound := range map[string]int{
		"ValidatorsMax": types.ValidatorsMax, "ValidatorRecordsMax": types.ValidatorRecordsMax, "PowerMax": types.PowerMax,
		"ProposalMessagesMax": types.ProposalMessagesMax, "ProposalBytesMax": types.ProposalBytesMax,
		"TitleCharactersMax": types.TitleCharactersMax, "OpenProposalsMax": types.OpenProposalsMax,
		"OpenProposalsPerInstitutionMax": types.OpenProposalsPerInstitutionMax,
		"ExpirationsPerBlockMax":         types.ExpirationsPerBlockMax, "FailureBytesMax": types.FailureBytesMax,
		"PageRowsMax": types.PageRowsMax,
	} {
		row := regexp.MustCompile(`\| ([\d,]+) \| ` + "`" + name + "` \\|").FindStringSubmatch(readme)
		require.NotNil(t, row, name)
		require.Equal(t, fmt.Sprint(bound), strings.ReplaceAll(row[1], ",", ""), name)
	}
}

// The diagram is what the domain does: every status with every event, legal or not.
func TestReadmeDrawsTheLifeOfAValidator(t *testing.T) {
	diagram := strings.SplitAfterN(read(t, "README.md"), "```", 3)[1]
	var drawn []string
	for _, arrow := range regexp.MustCompile(`(\S+) --> (\S+): (\w+)`).FindAllStringSubmatch(diagram, -1) {
		drawn = append(drawn, strings.Join(arrow[1:], " "))
	}
	events := map[string]func(types.Validator) (types.Validator, error){
		"admit":  func(v types.Validator) (types.Validator, error) { return domain.Admit(v, types.ConsensusKey{}, 1) },
		"jail":   func(v types.Validator) (types.Validator, error) { return domain.Jail(v, time.Time{}) },
		"unjail": func(v types.Validator) (types.Validator, error) { return domain.Unjail(v, time.Time{}) },
		"remove": domain.Remove,
		"expel":  domain.Expel,
	}
	short := func(status types.ValidatorStatus) string {
		if status == types.ValidatorStatus_VALIDATOR_STATUS_UNSPECIFIED {
			return "[*]"
		}
		return strings.TrimPrefix(status.String(), "VALIDATOR_STATUS_")
	}
	var done []string
	for from := range types.ValidatorStatus_name {
		for name, apply := range events {
			before := types.Validator{Status: types.ValidatorStatus(from)}
			if after, err := apply(before); err == nil {
				done = append(done, strings.Join([]string{short(before.Status), short(after.Status), name}, " "))
			}
		}
	}
	slices.Sort(drawn)
	slices.Sort(done)
	require.Equal(t, done, drawn)
}
