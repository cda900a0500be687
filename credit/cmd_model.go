package credit

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	errorsmod "cosmossdk.io/errors"

	"github.com/zhilian-network/zhilian/gateway/terminal"
	"github.com/zhilian-network/zhilian/x/credit/document"
	"github.com/zhilian-network/zhilian/x/credit/engine"
)

func newCheckCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "check FILE",
		Short: "Check a model file: form, digests, bounds, trees, and that its parts fit",
		Example: `  zhiliand credit model check models/us-ensemble.model.json
  zhiliand credit model check my.model.json -o json`,
		Args: cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, args []string) error {
			command.SilenceUsage = true
			doc, rater, err := readModel(command.InOrStdin(), args[0], "")
			if err != nil {
				return err
			}
			return respond(command, summarise(doc, rater), func(w io.Writer) error {
				fmt.Fprintf(w, "%s is valid: %s version %d, digest %s\n", terminal.Inert(args[0]), doc.Model.Name, doc.Model.Version, doc.Digests.Model)
				return nil
			})
		},
	}
	addOutputFlag(command)
	return command
}

func newShowCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "show FILE",
		Short: "Say what a model reads, how it is built, and what its scores and grades mean",
		Example: `  zhiliand credit model show models/us-scorecard.model.json
  zhiliand credit model show models/us-scorecard.model.json -o json`,
		Args: cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, args []string) error {
			command.SilenceUsage = true
			doc, rater, err := readModel(command.InOrStdin(), args[0], "")
			if err != nil {
				return err
			}
			shown := summarise(doc, rater)
			return respond(command, shown, func(w io.Writer) error { return shown.write(w, doc) })
		},
	}
	addOutputFlag(command)
	return command
}

func newStampCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "stamp DRAFT",
		Short: "Give a draft its digests and its one form, so that it can be checked and approved",
		Long: `Give a draft its digests and its one form. A draft is a model file in which the format, the digests and the
calibration's model may be missing and the layout is free; training scripts write one.`,
		Example: `  zhiliand credit model stamp draft.json --out my.model.json`,
		Args:    cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, args []string) error {
			command.SilenceUsage = true
			draft, err := readFile(command.InOrStdin(), args[0], document.MaxBytes)
			if err != nil {
				return err
			}
			doc, _, err := document.ReadDraft(draft)
			if err != nil {
				return errorsmod.Wrap(err, args[0])
			}
			content, err := doc.Write()
			if err != nil {
				return err
			}
			return deliver(command.OutOrStdout(), text(command, flagOut), content)
		},
	}
	command.Flags().String(flagOut, "", "file to write (default: standard output)")
	return command
}

const (
	kindScorecard = "scorecard"
	kindEnsemble  = "ensemble"
)

var article = map[string]string{kindScorecard: "a scorecard", kindEnsemble: "an ensemble"}

// summary is what a model file holds, in figures.
type summary struct {
	Name           string           `json:"name"`
	Version        uint32           `json:"version"`
	Kind           string           `json:"kind"`
	HorizonMonths  uint32           `json:"horizon_months"`
	RisesWith      engine.Rises     `json:"score_rises_with"`
	Training       string           `json:"training"`
	Inputs         int              `json:"inputs"`
	Features       []featureText    `json:"features"`
	Trees          int              `json:"trees"`
	Depth          int              `json:"depth"`
	Nodes          int              `json:"nodes"`
	LeastScore     int64            `json:"least_score"`
	MostScore      int64            `json:"most_score"`
	CanonicalBytes int              `json:"canonical_bytes"`
	Digests        document.Digests `json:"digests"`
}

type featureText struct {
	Name    string `json:"name"`
	Reason  string `json:"reason"`
	Made    string `json:"made_of"`
	Missing string `json:"missing"`
	// Uses are the splits or attributes that read it.
	Uses int `json:"uses"`
	// Monotone says in which direction a scorecard's points go with the value.
	Monotone string `json:"monotone,omitempty"`
}

func summarise(doc *document.Document, rater *engine.Rater) *summary {
	model := rater.Model()
	s := &summary{
		Name: model.Name, Version: model.Version, Kind: kindEnsemble, HorizonMonths: model.HorizonMonths, RisesWith: model.Rises,
		Training: model.Training, Inputs: len(model.Inputs), Trees: len(model.Ensemble), CanonicalBytes: len(model.Canonical()),
		Digests: doc.Digests, Features: []featureText{},
	}
	if len(model.Scorecard) > 0 {
		s.Kind = kindScorecard
	}
	s.LeastScore, s.MostScore = model.ScoreRange()
	uses := make([]int, len(model.Features))
	for _, tree := range model.Ensemble {
		s.Nodes += len(tree)
		s.Depth = max(s.Depth, depth(tree))
		for _, node := range tree {
			if !node.Leaf {
				uses[node.Feature]++
			}
		}
	}
	for i, feature := range model.Features {
		s.Features = append(s.Features, describe(model, feature, uses[i]))
	}
	return s
}

func depth(tree engine.Tree) int {
	depths, deepest := make([]int, len(tree)), 0
	for i, node := range tree {
		deepest = max(deepest, depths[i])
		if !node.Leaf {
			depths[node.Left], depths[node.Right] = depths[i]+1, depths[i]+1
		}
	}
	return deepest
}

func describe(model *engine.Model, feature engine.Feature, uses int) featureText {
	shown := featureText{Name: feature.Name, Reason: feature.Reason, Made: madeOf(feature), Missing: string(feature.Missing), Uses: uses}
	if feature.Fill != nil {
		shown.Missing = "taken as " + engine.FormatDecimal(*feature.Fill, feature.Decimals)
	}
	for _, attribute := range model.Scorecard {
		if attribute.Feature == feature.Name {
			shown.Uses++
			shown.Monotone = direction(attribute.Points)
		}
	}
	return shown
}

func direction(points []int32) string {
	falling := slices.Clone(points)
	slices.Reverse(falling)
	switch {
	case slices.IsSorted(points):
		return "rising"
	case slices.IsSorted(falling):
		return "falling"
	default:
		return "neither"
	}
}

func madeOf(feature engine.Feature) string {
	switch feature.Kind {
	case engine.FeatureTable:
		return "table of " + feature.Plus[0]
	case engine.FeatureSame:
		return feature.Plus[0] + " = " + feature.Plus[1]
	}
	above := strings.Join(feature.Plus, " + ")
	if len(feature.Minus) > 0 {
		above += " - " + strings.Join(feature.Minus, " - ")
	}
	if feature.Kind == engine.FeatureSum {
		return above
	}
	return fmt.Sprintf("(%s) / (%s)", above, strings.Join(feature.Over, " + "))
}

func (s *summary) write(w io.Writer, doc *document.Document) error {
	fmt.Fprintf(w, "%s version %d, %s for %d months; a higher score has more %s.\n", s.Name, s.Version, article[s.Kind], s.HorizonMonths, s.RisesWith)
	fmt.Fprintf(w, "%s\n\n", terminal.Inert(s.Training))
	fmt.Fprintf(w, "model        %s\ncalibration  %s  %s version %d\nscale        %s  %s version %d\n",
		s.Digests.Model, s.Digests.Calibration, doc.Calibration.Name, doc.Calibration.Version,
		s.Digests.Scale, doc.Scale.Name, doc.Scale.Version)
	if s.Trees > 0 {
		fmt.Fprintf(w, "%d trees, depth %d, %d nodes; ", s.Trees, s.Depth, s.Nodes)
	}
	fmt.Fprintf(w, "scores from %d to %d; %d canonical bytes; grades no better than for %s %%\n\n",
		s.LeastScore, s.MostScore, s.CanonicalBytes, percent(doc.Calibration.GradeFloorPpm))
	rows := make([][]string, 0, len(s.Features))
	for _, f := range s.Features {
		rows = append(rows, []string{f.Name, f.Made, f.Reason, f.Missing, fmt.Sprint(f.Uses), f.Monotone})
	}
	return terminal.WriteTable(w, []string{"FEATURE", "MADE OF", "REASON", "MISSING", "USES", "POINTS"}, map[int]bool{4: true}, rows)
}
