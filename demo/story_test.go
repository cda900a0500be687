package demo

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/localnet"
	"github.com/zhilian-network/zhilian/localnet/network"
)

// speaker is a teller whose program says a sentence, and whether it refuses.
func speaker(t *testing.T, sentence string, refuses bool) *teller {
	t.Helper()
	home := t.TempDir()
	layout := &localnet.Layout{Home: home}
	require.NoError(t, os.MkdirAll(layout.Keys(), 0o700))
	program := filepath.Join(home, "program")
	exit := map[bool]string{true: "1", false: "0"}[refuses]
	require.NoError(t, os.WriteFile(program, []byte("#!/bin/sh\necho '"+sentence+"'\nexit "+exit+"\n"), 0o700))
	return &teller{binary: program, folder: t.TempDir(), homes: filepath.Join(home, "people"), layout: layout, kept: map[string]string{}}
}

func TestAStepIsAsToldOnlyIfTheAnswerIsWhatTheStorySays(t *testing.T) {
	for name, c := range map[string]struct {
		sentence string
		refuses  bool
		scene    scene
		want     bool
	}{
		"the answer":                        {"settled in block 7", false, scene{says: `settled (in block \d+)`}, true},
		"another answer":                    {"pending", false, scene{says: `settled (in block \d+)`}, false},
		"a refusal that must be":            {"no (access/60)", true, scene{says: `(access/60)`, refused: true}, true},
		"a refusal for another reason":      {"no (access/31)", true, scene{says: `(access/60)`, refused: true}, false},
		"a refusal that must not be":        {"settled in block 7", true, scene{says: `settled (in block \d+)`}, false},
		"no refusal where one must be":      {"no (access/60)", false, scene{says: `(access/60)`, refused: true}, false},
		"a refusal that tells all the same": {"no: Invoice 7 (access/60)", true, scene{says: `(access/60)`, refused: true, without: "Invoice"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			c.scene.who, c.scene.run, c.scene.into = "anybody", words("query access params"), "answer.txt"
			teller := speaker(t, c.sentence, c.refuses)
			result := StoryReport{}
			err := teller.tell(t.Context(), &steps{out: io.Discard}, []chapter{{"Once", []scene{c.scene, {who: "anybody", run: words("x"), says: "never"}}}}, &result)
			require.NoError(t, err)
			require.Equal(t, c.want, result.Steps[0].AsTold)
			require.ErrorIs(t, result.verdict(), ErrNotHeld)
			if !c.want {
				require.Len(t, result.Steps, 1, "nothing is told after it")
				require.NoFileExists(t, filepath.Join(teller.folder, "answer.txt"))
			}
		})
	}
}

// stages are the stories that are told in scenes, with their network and their page.
func stages(t *testing.T) map[string]struct {
	chapters []chapter
	file     *network.File
	page     string
} {
	t.Helper()
	finance, err := network.Parse(financeNetwork)
	require.NoError(t, err)
	return map[string]struct {
		chapters []chapter
		file     *network.File
		page     string
	}{
		"access": {accessStory, network.Default(), "access.md"}, "finance": {financeStory, finance, "finance.md"},
		"dispute": {disputeStory, network.Default(), "disputes.md"},
	}
}

func TestEveryWordThatAStoryFillsInWasKeptBefore(t *testing.T) {
	placeholder := regexp.MustCompile(`\{([a-z-]+)\}`)
	for _, stage := range stages(t) {
		kept := map[string]bool{"network": true, "in-a-year": true, "in-half-a-year": true, "in-a-month": true}
		for _, account := range stage.file.Accounts {
			kept[account.Party] = true
		}
		for _, chapter := range stage.chapters {
			for _, scene := range chapter.scenes {
				for _, argument := range append(scene.run, scene.get) {
					for _, found := range placeholder.FindAllStringSubmatch(argument, -1) {
						together := (found[1] == "member" || found[1] == "address") && (scene.each != nil || scene.panel != 0)
						require.True(t, together || kept[found[1]], "%s: {%s}", scene.does, found[1])
					}
				}
				kept[scene.keep] = true
				pattern := regexp.MustCompile(scene.says)
				require.Equal(t, 1, pattern.NumSubexp(), "%s: what is shown is the one group of the pattern", scene.does)
				require.NotEmpty(t, scene.who, scene.does)
			}
		}
	}
}

// The pages in docs walk the stories: a command that one shows is one that is run.
func TestTheWalksInTheDocsHaveTheCommandsOfTheStories(t *testing.T) {
	for _, stage := range stages(t) {
		text, err := os.ReadFile("../docs/" + stage.page)
		require.NoError(t, err)
		told := map[string]bool{}
		for _, chapter := range stage.chapters {
			for _, scene := range chapter.scenes {
				told[verbOf(scene.run)] = true
			}
		}
		shown := 0
		for _, line := range strings.Split(string(text), "\n") {
			if command, found := strings.CutPrefix(line, "z "); found {
				require.True(t, told[verbOf(strings.Fields(command))], line)
				shown++
			}
		}
		require.Greater(t, shown, 15, stage.page)
	}
}

func TestASceneThatWaitsAsksUntilItHasHappened(t *testing.T) {
	teller := speaker(t, "", false)
	program := "#!/bin/sh\nif [ -e happened ]; then echo 'it is SETTLED'; else touch happened; echo 'it is OPEN'; fi\n"
	require.NoError(t, os.WriteFile(teller.binary, []byte(program), 0o700))
	told := scene{who: "anybody", run: words("query x"), says: `(SETTLED)`}
	step, err := teller.play(t.Context(), "Once", told)
	require.NoError(t, err)
	require.False(t, step.AsTold)
	require.NoError(t, os.Remove(filepath.Join(teller.folder, "happened")))
	told.waits = true
	step, err = teller.play(t.Context(), "Once", told)
	require.NoError(t, err)
	require.True(t, step.AsTold)
}

func TestACommandTakesTheContentOfAFile(t *testing.T) {
	teller := speaker(t, "", false)
	require.NoError(t, os.WriteFile(teller.binary, []byte("#!/bin/sh\necho \"$2\"\n"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(teller.folder, "test.json"), []byte(`{"a": 1}`), 0o600))
	step, err := teller.play(t.Context(), "Once", scene{who: "anybody", run: []string{"say", "<test.json"}, says: `(?s)(\{.*\})`, plain: true})
	require.NoError(t, err)
	require.Equal(t, "a: 1", step.Answer)
	require.Equal(t, `zhiliand say "$(cat test.json)"`, step.Command)
}

// verbOf is what is done: "tx access approve-action", "vault open".
func verbOf(arguments []string) string {
	nouns := map[string]int{"tx": 3, "query": 3}
	if len(arguments) == 0 {
		return ""
	}
	length := nouns[arguments[0]]
	if length == 0 {
		length = 2
	}
	return strings.Join(arguments[:min(length, len(arguments))], " ")
}

// A line that a story prints can be pasted into a shell, which takes each argument for what it is.
func TestAPrintedCommandIsTakenByAShellAsItIs(t *testing.T) {
	var arguments []string
	for _, stage := range stages(t) {
		for _, chapter := range stage.chapters {
			for _, scene := range chapter.scenes {
				for _, argument := range append(slices.Clone(scene.run), "NODE"+scene.get) {
					if !strings.HasPrefix(argument, contentMark) { // what is in a file is told as "$(cat FILE)"
						arguments = append(arguments, argument)
					}
				}
			}
		}
	}
	arguments = append(arguments, "a&b", "it's", `say "no"`, "*", "$HOME", "a;b", "#", "a\\b", "x y")
	text := make([]string, len(arguments))
	for i, argument := range arguments {
		text[i] = quoted(argument)
	}
	taken, err := exec.CommandContext(t.Context(), "sh", "-c", "printf '%s\\0' "+strings.Join(text, " ")).Output()
	require.NoError(t, err)
	require.Equal(t, strings.Join(arguments, "\x00")+"\x00", string(taken))
}

func TestAnUnknownStoryNamesThoseThatThereAre(t *testing.T) {
	err := Run(t.Context(), Options{Story: "weather"}, io.Discard)
	require.ErrorIs(t, err, ErrUnknownStory)
	require.ErrorContains(t, err, "payments, access, finance")
}

// Several who do something at once are told as one step, which is refused if one of them is.
func TestWhatSeveralDoIsOneStep(t *testing.T) {
	for name, refuses := range map[string]bool{"done": false, "refused": true} {
		teller := speaker(t, "counted", refuses)
		step, err := teller.play(t.Context(), "Once", scene{
			who: "all", each: []string{"one", "two"}, run: words("query {member} {address}"), says: `(?s)(one: counted.*two: counted)`, refused: refuses,
		})
		require.NoError(t, err, name)
		require.True(t, step.AsTold, name)
		require.Equal(t, refuses, step.Refused)
		require.Equal(t, "zhiliand query MEMBER ADDRESS", step.Command)
	}
}

// A genesis has other times and is the same otherwise.
func TestOnlyTheTimesOfAGenesisAreLengthened(t *testing.T) {
	text, err := withTimes([]byte(`{"chain_id":"z","app_state":{"dispute":{"params":{"commit_days":7,"panel_size":3},"cases":[]},"auth":{"n":"1"}}}`))
	require.NoError(t, err)
	for _, want := range []string{`"chain_id": "z"`, `"commit_days": 60`, `"panel_size": 3`, `"cases": []`, `"n": "1"`} {
		require.Contains(t, string(text), want)
	}
	_, err = withTimes([]byte(`{}`))
	require.Error(t, err)
}
