package imports

import (
	"bufio"
	"bytes"
	"strconv"
	"strings"

	"github.com/zhilian-network/zhilian/x/credit/types"
)

// lightgbmDump is what Booster.dump_model() gives, as far as it is read.
type lightgbmDump struct {
	Objective     string   `json:"objective"`
	NumClass      int      `json:"num_class"`
	AverageOutput bool     `json:"average_output"`
	FeatureNames  []string `json:"feature_names"`
	TreeInfo      []struct {
		Structure lightgbmNode `json:"tree_structure"`
	} `json:"tree_info"`
}

type lightgbmNode struct {
	SplitFeature *int          `json:"split_feature"`
	Threshold    any           `json:"threshold"`
	DecisionType string        `json:"decision_type"`
	DefaultLeft  bool          `json:"default_left"`
	MissingType  string        `json:"missing_type"`
	Left         *lightgbmNode `json:"left_child"`
	Right        *lightgbmNode `json:"right_child"`
	LeafValue    *float64      `json:"leaf_value"`
	LeafCount    float64       `json:"leaf_count"`
}

// LightGBM reads a text model (Booster.save_model) or a JSON dump (Booster.dump_model).
func LightGBM(text []byte) (*Forest, error) {
	if strings.HasPrefix(strings.TrimSpace(string(text)), "{") {
		return lightgbmJSON(text)
	}
	return lightgbmText(text)
}

func lightgbmJSON(text []byte) (*Forest, error) {
	var dump lightgbmDump
	if err := decode(text, &dump); err != nil {
		return nil, err
	}
	if err := checkLightGBM(dump.Objective, dump.NumClass, dump.AverageOutput); err != nil {
		return nil, err
	}
	forest := &Forest{Features: dump.FeatureNames, Compare: AtMost}
	for number := range dump.TreeInfo {
		var nodes []Node
		if _, err := dump.TreeInfo[number].Structure.add(&nodes); err != nil {
			return nil, types.ErrImportKind.Wrapf("tree %d: %s", number, err)
		}
		forest.Trees = append(forest.Trees, nodes)
	}
	return forest, forest.check()
}

// checkLightGBM takes binary models whose leaves add up to log-odds.
func checkLightGBM(objective string, classes int, average bool) error {
	name, parameters, _ := strings.Cut(objective, " ")
	if name != "binary" || (parameters != "" && parameters != "sigmoid:1") || classes != 1 || average {
		return types.ErrImportKind.Wrapf("objective %.60q, %d classes, averaged %t; binary with sigmoid:1, 1 class, added up is", objective, classes, average)
	}
	return nil
}

func (n *lightgbmNode) add(nodes *[]Node) (int, error) {
	place := len(*nodes)
	if n.LeafValue != nil {
		*nodes = append(*nodes, Node{Leaf: true, Value: *n.LeafValue, Cover: max(n.LeafCount, 1)})
		return place, nil
	}
	threshold, isNumber := asNumber(n.Threshold)
	if n.SplitFeature == nil || n.Left == nil || n.Right == nil || n.DecisionType != "<=" || !isNumber {
		return 0, types.ErrImportKind.Wrapf("a split by %.20q at %v; <= at a number is", n.DecisionType, n.Threshold)
	}
	missingLeft, err := missingSide(n.MissingType, n.DefaultLeft, threshold)
	if err != nil {
		return 0, err
	}
	*nodes = append(*nodes, Node{Feature: *n.SplitFeature, Threshold: threshold, MissingLeft: missingLeft})
	left, err := n.Left.add(nodes)
	if err != nil {
		return 0, err
	}
	right, err := n.Right.add(nodes)
	(*nodes)[place].Left, (*nodes)[place].Right = left, right
	return place, err
}

// asNumber takes a number, or, as some writers of dumps have it, the text of one.
func asNumber(value any) (float64, bool) {
	switch v := value.(type) {
	case float64:
		return v, true
	case string:
		number, err := strconv.ParseFloat(v, 64)
		return number, err == nil
	default:
		return 0, false
	}
}

// missingSide says whether a missing value goes left. Where LightGBM has met none in training, it takes zero for
// it. Where it takes zeros for missing values, the model cannot tell them apart, and is refused.
func missingSide(kind string, defaultLeft bool, threshold float64) (bool, error) {
	switch kind {
	case "NaN":
		return defaultLeft, nil
	case "None":
		return 0 <= threshold, nil
	default:
		return false, types.ErrImportKind.Wrapf("zeros stand for missing values (missing_type %.20q): train with zero_as_missing=false", kind)
	}
}

// lightgbmText reads "key=value" lines: those of the model first, then those of each tree after "Tree=n".
func lightgbmText(text []byte) (*Forest, error) {
	sections := []map[string]string{{}}
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, len(text)+1)
	for lines.Scan() {
		key, value, found := strings.Cut(strings.TrimSpace(lines.Text()), "=")
		if key == "end of trees" {
			break
		}
		if key == "Tree" {
			sections = append(sections, map[string]string{})
		}
		if found || key == "average_output" {
			sections[len(sections)-1][key] = value
		}
	}
	if err := lines.Err(); err != nil {
		return nil, types.ErrImportForm.Wrap(err.Error())
	}
	head := sections[0]
	classes, err := strconv.Atoi(head["num_class"])
	if err != nil {
		return nil, types.ErrImportForm.Wrap("it is neither a LightGBM text model nor a JSON dump: no num_class")
	}
	_, average := head["average_output"]
	if err := checkLightGBM(head["objective"], classes, average); err != nil {
		return nil, err
	}
	forest := &Forest{Features: strings.Fields(head["feature_names"]), Compare: AtMost}
	for number, section := range sections[1:] {
		if linear := section["is_linear"]; linear != "" && linear != "0" {
			return nil, types.ErrImportKind.Wrapf("tree %d has linear leaves", number)
		}
		nodes, err := lightgbmSection(section)
		if err != nil {
			return nil, err
		}
		if nodes == nil {
			return nil, types.ErrImportForm.Wrapf("tree %d: its lists have different lengths", number)
		}
		forest.Trees = append(forest.Trees, nodes)
	}
	return forest, forest.check()
}

// Bits of LightGBM's decision_type.
const (
	lightgbmCategorical = 1
	lightgbmDefaultLeft = 2
	lightgbmMissingAt   = 2
)

var lightgbmMissing = []string{"None", "Zero", "NaN"}

// lightgbmSection is one tree: splits first, then leaves. A child below zero is the leaf -child-1.
func lightgbmSection(section map[string]string) ([]Node, error) {
	lists := map[string][]float64{}
	for _, key := range []string{"split_feature", "threshold", "decision_type", "left_child", "right_child", "leaf_value", "leaf_count"} {
		for _, field := range strings.Fields(section[key]) {
			number, err := strconv.ParseFloat(field, 64)
			if err != nil {
				return nil, types.ErrImportForm.Wrapf("%s: %.40q is not a number", key, field)
			}
			if !finite(number) {
				return nil, types.ErrNotFinite.Wrapf("%s: %.40q", key, field)
			}
			lists[key] = append(lists[key], number)
		}
	}
	splits, leaves := lists["split_feature"], lists["leaf_value"]
	if len(leaves) != len(splits)+1 {
		return nil, nil
	}
	for _, key := range []string{"threshold", "decision_type", "left_child", "right_child"} {
		if len(lists[key]) != len(splits) {
			return nil, nil
		}
	}
	place := func(child float64) int {
		if child < 0 {
			return len(splits) - int(child) - 1
		}
		return int(child)
	}
	nodes := make([]Node, 0, len(splits)+len(leaves))
	for i := range splits {
		decision := int(lists["decision_type"][i])
		missing := decision >> lightgbmMissingAt & 3
		if decision&lightgbmCategorical != 0 || missing >= len(lightgbmMissing) {
			return nil, types.ErrImportKind.Wrapf("decision_type %d: encode categories as numbers", decision)
		}
		threshold := lists["threshold"][i]
		missingLeft, err := missingSide(lightgbmMissing[missing], decision&lightgbmDefaultLeft != 0, threshold)
		if err != nil {
			return nil, err
		}
		nodes = append(nodes, Node{
			Feature: int(splits[i]), Threshold: threshold, MissingLeft: missingLeft,
			Left: place(lists["left_child"][i]), Right: place(lists["right_child"][i]),
		})
	}
	for i, value := range leaves {
		cover := 1.0
		if len(lists["leaf_count"]) == len(leaves) {
			cover = max(lists["leaf_count"][i], 1)
		}
		nodes = append(nodes, Node{Leaf: true, Value: value, Cover: cover})
	}
	return nodes, nil
}
