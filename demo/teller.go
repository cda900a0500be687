package demo

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/zhilian-network/zhilian/app"
	"github.com/zhilian-network/zhilian/gateway/terminal"
	"github.com/zhilian-network/zhilian/localnet"
	"github.com/zhilian-network/zhilian/localnet/network"
)

// StoryReport is what became of a story that is told in scenes. The names are a contract with whoever reads it.
type StoryReport struct {
	Story      string `json:"story"`
	Validators int    `json:"validators"`
	// AsTold says that everything was answered as the story says.
	AsTold bool `json:"as_told"`
	// Steps in the order of the story, up to the first that was not as told.
	Steps      []StepReport    `json:"steps"`
	Invariants InvariantReport `json:"invariants"`
	// Written are the paths of the files that people handed in and got.
	Written []string `json:"written"`
}

// StepReport is one thing that somebody did.
type StepReport struct {
	Chapter string `json:"chapter"`
	Who     string `json:"who"`
	Does    string `json:"does"`
	Command string `json:"command"`
	// Refused says that the answer was no; in some steps it must be.
	Refused bool `json:"refused"`
	// Code is that of the refusal, such as access/60 or 403; empty if the program on the person's own machine refused.
	Code   string `json:"code"`
	Answer string `json:"answer"`
	AsTold bool   `json:"as_told"`
}

// teller plays the scenes of a story.
type teller struct {
	binary string
	folder string // where everybody's files lie
	homes  string // each person's keys
	layout *localnet.Layout
	desk   *desk
	kept   map[string]string
	// played is how many scenes were played so far, and playing how long that took.
	played  int
	playing time.Duration
}

// tellScenes tells chapters on a network of its own. given are the files that people begin with.
func tellScenes(ctx context.Context, s *steps, file *network.File, options Options, chapters []chapter, given map[string][]byte) (err error) {
	result := StoryReport{Story: options.Story, Steps: []StepReport{}, Written: []string{}}
	folder, err := os.MkdirTemp("", "zhilian-story-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	err = withNetwork(ctx, s, file, options, func(layout *localnet.Layout) error {
		result.Validators = len(layout.Nodes)
		t, err := newTeller(ctx, layout, options.Binary, folder, given)
		if err != nil {
			return err
		}
		return t.tell(ctx, s, chapters, &result)
	})
	// What was told so far is worth reading, whatever came then.
	written, copyErr := keepFiles(folder, filepath.Dir(options.Report))
	result.Written = append(result.Written, written...)
	if err := errors.Join(err, copyErr, save(result, options.Report)); err != nil {
		return err
	}
	fmt.Fprintf(s.out, "\n  %s told, %s refused as they must be\n  report: %s, with %s beside it\n\n", counted(len(result.Steps), "step"),
		countRefused(result.Steps), options.Report, counted(len(result.Written), "file"))
	return result.verdict()
}

func countRefused(steps []StepReport) string {
	refused := 0
	for _, step := range steps {
		if step.Refused && step.AsTold {
			refused++
		}
	}
	return fmt.Sprint(refused)
}

func (r StoryReport) verdict() error {
	if !r.AsTold {
		last := r.Steps[len(r.Steps)-1]
		return fmt.Errorf("%w: %s (%s) was answered: %s", ErrNotHeld, last.Does, last.Command, last.Answer)
	}
	if !r.Invariants.MoneyConserved {
		return fmt.Errorf("%w: the money invariants are violated", ErrNotHeld)
	}
	return nil
}

func newTeller(ctx context.Context, layout *localnet.Layout, binary, folder string, given map[string][]byte) (*teller, error) {
	d, err := newDesk(ctx, layout, app.NewEncoding())
	if err != nil {
		return nil, err
	}
	if err := d.awaitQueries(ctx); err != nil {
		return nil, fmt.Errorf("the node does not answer: %w", err)
	}
	for name, content := range given {
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o600); err != nil {
			return nil, err
		}
	}
	t := &teller{binary: binary, folder: folder, homes: filepath.Join(layout.Home, "people"), layout: layout, desk: d, kept: map[string]string{
		"network": layout.ChainID, "in-a-year": time.Now().UTC().AddDate(1, 0, 0).Format(time.RFC3339),
		"in-half-a-year": time.Now().UTC().AddDate(0, 6, 0).Format(time.RFC3339),
		"in-a-month":     time.Now().UTC().AddDate(0, 1, 0).Format(time.RFC3339),
	}}
	for _, account := range layout.Accounts {
		if _, known := t.kept[account.Party]; !known {
			t.kept[account.Party] = account.Address
		}
	}
	return t, nil
}

// tell plays scene after scene, until one is not answered as told.
func (t *teller) tell(ctx context.Context, s *steps, chapters []chapter, result *StoryReport) error {
	for _, c := range chapters {
		s.chapter(c.title)
		for _, scene := range c.scenes {
			step, err := t.play(ctx, c.title, scene)
			if err != nil {
				return fmt.Errorf("%s: %w", scene.does, err)
			}
			result.Steps = append(result.Steps, step)
			s.scene(step)
			if !step.AsTold {
				return nil
			}
		}
	}
	result.AsTold = true
	check, err := t.desk.invariants(ctx)
	if err != nil {
		return fmt.Errorf("invariants: %w", err)
	}
	result.Invariants.MoneyConserved = check.MoneyConserved
	fmt.Fprintln(s.out)
	if check.MoneyConserved {
		s.done("check", "no money was created, lost or doubled")
	} else {
		s.failed("check", fmt.Sprint(check.Violations))
	}
	return nil
}

// reply is what a person got.
type reply struct {
	command string
	text    string
	refused bool
}

// waitBound is how long a scene waits for what happens by itself.
const waitBound = 3 * time.Minute

// scenePause is how long a scene that waits does before it asks again.
const scenePause = 200 * time.Millisecond

func (t *teller) play(ctx context.Context, title string, scene scene) (StepReport, error) {
	for began := time.Now(); ; {
		step, err := t.playOnce(ctx, title, scene)
		if !scene.waits {
			t.played, t.playing = t.played+1, t.playing+time.Since(began)
		}
		if err != nil || step.AsTold || !scene.waits || time.Since(began) > waitBound {
			return step, err
		}
		select {
		case <-ctx.Done():
			return StepReport{}, ctx.Err()
		case <-time.After(scenePause):
		}
	}
}

func (t *teller) playOnce(ctx context.Context, title string, scene scene) (StepReport, error) {
	var got reply
	var err error
	switch {
	case scene.get != "":
		got, err = t.ask(ctx, scene)
	case scene.panel != 0 || scene.each != nil:
		got, err = t.doTogether(ctx, scene)
	default:
		got, err = t.do(ctx, scene)
	}
	if err != nil {
		return StepReport{}, err
	}
	step := StepReport{Chapter: title, Who: scene.who, Does: scene.does, Command: got.command, Refused: got.refused, Answer: got.text}
	if got.refused {
		step.Code = codeOf(got.text)
	}
	found := regexp.MustCompile(scene.says).FindStringSubmatch(got.text)
	leaked := scene.without != "" && regexp.MustCompile(scene.without).MatchString(got.text)
	step.AsTold = got.refused == scene.refused && found != nil && !leaked
	if !step.AsTold {
		return step, nil
	}
	if step.Answer = found[1]; scene.plain {
		text := strings.Join(strings.FieldsFunc(step.Answer, isMark), " ")
		step.Answer = wrapped(strings.NewReplacer(" :", ":", " ,", ",").Replace(text))
	}
	if scene.keep != "" {
		t.kept[scene.keep] = found[1]
	}
	if scene.into != "" {
		err = os.WriteFile(filepath.Join(t.folder, scene.into), []byte(got.text), 0o600)
	}
	return step, err
}

// wrapped breaks a text between words where a line is full.
func wrapped(text string) string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && len(line)+1+len(word) > answerColumns {
			lines, line = append(lines, line), ""
		}
		line = strings.TrimSpace(line + " " + word)
	}
	return strings.Join(append(lines, line), "\n")
}

// isMark tells what gives JSON its form, but for colons and commas.
func isMark(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(`{}[]"`, r) }

var (
	chainCode = regexp.MustCompile(`\b([a-z]+/\d+)\b`)
	restCode  = regexp.MustCompile(`^(\d{3}) `)
)

func codeOf(text string) string {
	for _, pattern := range []*regexp.Regexp{restCode, chainCode} {
		if found := pattern.FindStringSubmatch(text); found != nil {
			return found[1]
		}
	}
	return ""
}

// commandBound is how long one command may take.
const commandBound = 30 * time.Second

// do runs a command on a person's machine.
func (t *teller) do(ctx context.Context, scene scene) (reply, error) {
	home, err := t.homeOf(scene.who)
	if err != nil {
		return reply{}, err
	}
	arguments := t.fill(scene.run)
	got := reply{command: shown(arguments, scene.into)}
	if arguments, err = t.withContents(arguments); err != nil {
		return reply{}, err
	}
	sends := arguments[0] == "tx" && !slices.Contains(arguments, "--generate-only") && arguments[1] != "sign"
	if sends {
		arguments = append(slices.Clone(arguments), "--yes", "--output", "json")
	}
	output, problem, failed, err := t.exec(ctx, append(slices.Clone(arguments), "--home", home))
	if err != nil {
		return got, err
	}
	got.text, got.refused = output, failed
	if failed {
		got.text = strings.TrimSpace(output + "\n" + problem)
	}
	if sends && !failed {
		err = t.await(ctx, &got)
	}
	return got, err
}

func (t *teller) exec(ctx context.Context, arguments []string) (output, errorText string, failed bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, commandBound)
	defer cancel()
	command := exec.CommandContext(ctx, t.binary, arguments...) //nolint:gosec // the program is this one
	command.Dir = t.folder
	var out, problems strings.Builder
	command.Stdout, command.Stderr = &out, &problems
	err = command.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) && ctx.Err() == nil {
		return out.String(), problems.String(), true, nil
	}
	return out.String(), problems.String(), false, err
}

// await waits until what a command has sent is in a block, and says what the network made of it.
func (t *teller) await(ctx context.Context, got *reply) error {
	var sent struct {
		TxHash    string `json:"txhash"`
		Code      uint32 `json:"code"`
		Codespace string `json:"codespace"`
		RawLog    string `json:"raw_log"`
	}
	if err := json.Unmarshal([]byte(got.text), &sent); err != nil {
		return fmt.Errorf("the answer is none to a transaction: %.200s", got.text)
	}
	if sent.Code != 0 {
		got.refused, got.text = true, fmt.Sprintf("%s (%s/%d)", sent.RawLog, sent.Codespace, sent.Code)
		return nil
	}
	hash, err := hex.DecodeString(sent.TxHash)
	if err != nil {
		return err
	}
	return await(ctx, commandBound, func(ctx context.Context) error {
		found, err := t.desk.rpc.Tx(ctx, hash, false)
		if err != nil {
			return err
		}
		if result := found.TxResult; result.Code != 0 {
			log := strings.TrimPrefix(result.Log, "failed to execute message; message index: 0: ")
			got.refused, got.text = true, fmt.Sprintf("%s (%s/%d)", log, result.Codespace, result.Code)
			return nil
		}
		got.text = fmt.Sprintf("in block %d", found.Height)
		return nil
	})
}

// ask asks the REST door of a node, with a token that it gives for a person's key.
func (t *teller) ask(ctx context.Context, scene scene) (reply, error) {
	path := t.fill([]string{scene.get})[0]
	url := quoted("NODE" + path)
	got := reply{command: "curl " + url}
	ctx, cancel := context.WithTimeout(ctx, commandBound)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, t.layout.Nodes[0].API()+path, nil)
	if err != nil {
		return got, err
	}
	if scene.token != "" {
		home, err := t.homeOf(scene.who)
		if err != nil {
			return got, err
		}
		token, problem, failed, err := t.exec(ctx, []string{"door", "token", "--from", scene.token, "--home", home})
		if err != nil || failed {
			return got, errors.Join(err, fmt.Errorf("token of %s: %s", scene.token, problem))
		}
		request.Header.Set("Authorization", "Bearer "+strings.TrimSpace(token))
		got.command = fmt.Sprintf(`curl -H "Authorization: Bearer $(zhiliand door token --from %s)" %s`, scene.token, url)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return got, err
	}
	defer response.Body.Close()
	const answerMax = 1 << 20
	body, err := io.ReadAll(io.LimitReader(response.Body, answerMax))
	if err != nil {
		return got, err
	}
	got.refused = response.StatusCode != http.StatusOK
	got.text = fmt.Sprintf("%s\n%s", response.Status, body)
	if got.refused {
		got.text = fmt.Sprintf("%s %s", response.Status, body)
	}
	return got, nil
}

// homeOf is a person's own machine: the network's keys, as the test network gives them to everybody, and encryption
// keys of the person's own.
func (t *teller) homeOf(who string) (string, error) {
	home := filepath.Join(t.homes, who)
	if _, err := os.Stat(home); err == nil {
		return home, nil
	}
	return home, copyPrivate(t.layout.Keys(), home)
}

// copyPrivate copies a folder for its owner's eyes only: programs refuse keys that others can read.
func copyPrivate(from, to string) error {
	return filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		inside, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		if entry.IsDir() {
			return os.MkdirAll(filepath.Join(to, inside), 0o700)
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, inside), content, 0o600)
	})
}

// inSteps is when a number of steps will have been taken: a due date of a story must leave its people the time that
// this machine needs.
var inSteps = regexp.MustCompile(`\{in-(\d+)-steps\}`)

// leastPace is how long a step takes at least.
const leastPace = time.Second / 2

// timeFor is how long so many steps take, by those that were taken, in whole seconds.
func (t *teller) timeFor(steps string) time.Duration {
	count, _ := strconv.Atoi(steps) // digits
	pace := max(leastPace, t.playing/time.Duration(max(1, t.played)))
	return (time.Duration(count) * pace).Truncate(time.Second) + time.Second
}

func (t *teller) fill(arguments []string) []string {
	filled := make([]string, len(arguments))
	for i, argument := range arguments {
		for name, value := range t.kept {
			argument = strings.ReplaceAll(argument, "{"+name+"}", value)
		}
		argument = inSteps.ReplaceAllStringFunc(argument, func(found string) string {
			return time.Now().UTC().Add(t.timeFor(inSteps.FindStringSubmatch(found)[1])).Format(time.RFC3339)
		})
		filled[i] = argument
	}
	return filled
}

// contentMark begins an argument that is the content of a file of the story, as a shell's $(cat FILE) is.
const contentMark = "<"

func (t *teller) withContents(arguments []string) ([]string, error) {
	filled := slices.Clone(arguments)
	for i, argument := range arguments {
		if name, marked := strings.CutPrefix(argument, contentMark); marked {
			content, err := os.ReadFile(filepath.Join(t.folder, name))
			if err != nil {
				return nil, err
			}
			filled[i] = string(content)
		}
	}
	return filled, nil
}

// quoted is an argument as a shell takes it for one: what begins another command or stands for files is quoted.
func quoted(argument string) string {
	if !strings.ContainsAny(argument, "{}\" \t\n&;|<>()$*?#`'\\") {
		return argument
	}
	return "'" + strings.ReplaceAll(argument, "'", `'\''`) + "'"
}

// shown is a command as one would type it.
func shown(arguments []string, into string) string {
	var text strings.Builder
	text.WriteString("zhiliand")
	for _, argument := range arguments {
		if name, marked := strings.CutPrefix(argument, contentMark); marked {
			argument = `"$(cat ` + name + `)"`
		} else {
			argument = quoted(argument)
		}
		text.WriteString(" " + argument)
	}
	if into != "" {
		text.WriteString(" > " + into)
	}
	return text.String()
}

// keepFiles copies a story's files to where its report goes; those of an earlier run with these names are replaced.
func keepFiles(from, to string) ([]string, error) {
	entries, err := os.ReadDir(from)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(to, 0o755); err != nil {
		return nil, err
	}
	var written []string
	for _, entry := range entries {
		content, err := os.ReadFile(filepath.Join(from, entry.Name()))
		if err != nil {
			return written, err
		}
		path := filepath.Join(to, entry.Name())
		if err := os.WriteFile(path, content, 0o600); err != nil {
			return written, err
		}
		written = append(written, path)
	}
	return written, nil
}

// chapter prints a title.
func (s *steps) chapter(title string) { fmt.Fprintf(s.out, "\n  %s\n\n", title) }

// answerColumns keeps an answer on one line; the report holds all of what was matched.
const answerColumns = 180

// scene prints what somebody did, how, and what they were told.
func (s *steps) scene(step StepReport) {
	fmt.Fprintf(s.out, "  %s\n      $ %s\n", step.Does, terminal.Inert(step.Command))
	lines := strings.Split(strings.TrimSpace(step.Answer), "\n")
	mark := "✔"
	switch {
	case !step.AsTold:
		mark = "✘ not as told:"
	case step.Refused:
		mark = "✔ refused:"
	}
	for i, line := range lines {
		if step.AsTold {
			line = terminal.Shorten(line, answerColumns)
		}
		if i == 0 {
			line = mark + " " + terminal.Inert(line)
		} else {
			line = "  " + terminal.Inert(line)
		}
		fmt.Fprintf(s.out, "    %s\n", line)
	}
}
