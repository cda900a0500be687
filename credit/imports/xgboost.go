package imports

import (
	"encoding/json"
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/zhilian-network/zhilian/x/credit/types"
)

// xgboostModel is what Booster.save_model("….json") writes, as far as it is read.
type xgboostModel struct {
	Learner struct {
		FeatureNames     []string          `json:"feature_names"`
		FeatureTypes     []string          `json:"feature_types"`
		Attributes       map[string]string `json:"attributes"`
		LearnerParameter struct {
			BaseScore  string `json:"base_score"`
			NumClass   string `json:"num_class"`
			NumFeature string `json:"num_feature"`
		} `json:"learner_model_param"`
		Objective struct {
			Name string `json:"name"`
		} `json:"objective"`
		Booster struct {
			Name  string `json:"name"`
			Model struct {
				Trees []xgboostTree `json:"trees"`
			} `json:"model"`
		} `json:"gradient_booster"`
	} `json:"learner"`
}

type xgboostTree struct {
	Left        []int     `json:"left_children"`
	Right       []int     `json:"right_children"`
	Features    []int     `json:"split_indices"`
	Conditions  []float64 `json:"split_conditions"`
	DefaultLeft []flag    `json:"default_left"`
	Cover       []float64 `json:"sum_hessian"`
	Categories  []int     `json:"categories_nodes"`
}

// flag is a truth that some versions write as a number.
type flag bool

func (f *flag) UnmarshalJSON(text []byte) error {
	*f = string(text) == "1" || string(text) == "true"
	if !*f && string(text) != "0" && string(text) != "false" {
		return types.ErrImportForm.Wrapf("%.20q is neither true nor false", text)
	}
	return nil
}

// xgboostNode is a node of Booster.get_dump(dump_format="json", with_stats=True).
type xgboostNode struct {
	ID        int           `json:"nodeid"`
	Split     string        `json:"split"`
	Condition *float64      `json:"split_condition"`
	Yes       int           `json:"yes"`
	No        int           `json:"no"`
	Missing   int           `json:"missing"`
	Children  []xgboostNode `json:"children"`
	Leaf      *float64      `json:"leaf"`
	Cover     *float64      `json:"cover"`
}

// XGBoost reads a model that XGBoost saved as JSON, or a JSON array of its dumped trees. A dump has no base score:
// baseProbability is taken.
func XGBoost(text []byte, baseProbability float64) (*Forest, error) {
	if trimmed := strings.TrimSpace(string(text)); strings.HasPrefix(trimmed, "[") {
		return xgboostDump(text, baseProbability)
	}
	var saved xgboostModel
	if err := decode(text, &saved); err != nil {
		return nil, err
	}
	learner := &saved.Learner
	if booster := learner.Booster.Name; booster != "gbtree" {
		return nil, types.ErrImportKind.Wrapf("booster %.40q; gbtree is", booster)
	}
	if objective := learner.Objective.Name; objective != "binary:logistic" {
		return nil, types.ErrImportKind.Wrapf("objective %.40q; binary:logistic is", objective)
	}
	base, err := strconv.ParseFloat(strings.Trim(learner.LearnerParameter.BaseScore, "[]"), 32)
	if err != nil {
		return nil, types.ErrImportForm.Wrapf("base_score %.40q", learner.LearnerParameter.BaseScore)
	}
	count, err := strconv.Atoi(learner.LearnerParameter.NumFeature)
	if err != nil || count < 0 || count > maxNames {
		return nil, types.ErrImportForm.Wrapf("num_feature %.40q", learner.LearnerParameter.NumFeature)
	}
	forest := &Forest{Features: learner.FeatureNames, Compare: BelowAsSingle, Base: logit(base)}
	for i := len(forest.Features); i < count; i++ {
		forest.Features = append(forest.Features, "f"+strconv.Itoa(i))
	}
	if best, found := learner.Attributes["best_iteration"]; found && best != strconv.Itoa(len(learner.Booster.Model.Trees)-1) {
		return nil, types.ErrImportKind.Wrapf("it stopped early at tree %.20q and has %d trees: save booster[:best_iteration+1]", best, len(learner.Booster.Model.Trees))
	}
	for number, tree := range learner.Booster.Model.Trees {
		nodes, err := tree.nodes()
		if err != nil {
			return nil, types.ErrImportForm.Wrapf("tree %d: %s", number, err)
		}
		if len(tree.Categories) > 0 {
			return nil, types.ErrImportKind.Wrapf("tree %d splits on categories; encode them as numbers", number)
		}
		forest.Trees = append(forest.Trees, nodes)
	}
	return forest, forest.check()
}

func (t *xgboostTree) nodes() ([]Node, error) {
	count := len(t.Left)
	for _, length := range []int{len(t.Right), len(t.Features), len(t.Conditions), len(t.DefaultLeft), len(t.Cover)} {
		if length != count {
			return nil, types.ErrImportForm.Wrap("its lists have different lengths")
		}
	}
	nodes := make([]Node, count)
	for i := range nodes {
		if t.Left[i] < 0 {
			nodes[i] = Node{Leaf: true, Value: t.Conditions[i], Cover: t.Cover[i]}
			continue
		}
		nodes[i] = Node{
			Feature: t.Features[i], Threshold: t.Conditions[i], Left: t.Left[i], Right: t.Right[i],
			MissingLeft: bool(t.DefaultLeft[i]), Cover: t.Cover[i],
		}
	}
	return nodes, nil
}

func xgboostDump(text []byte, baseProbability float64) (*Forest, error) {
	var roots []xgboostNode
	if err := decode(text, &roots); err != nil {
		return nil, err
	}
	forest := &Forest{Compare: BelowAsSingle, Base: logit(baseProbability)}
	names := names{}
	for number := range roots {
		var nodes []Node
		if _, err := roots[number].add(&nodes, names); err != nil {
			return nil, types.ErrImportForm.Wrapf("tree %d: %s", number, err)
		}
		forest.Trees = append(forest.Trees, nodes)
	}
	forest.Features = names.sorted()
	return forest, forest.check()
}

func (n *xgboostNode) add(nodes *[]Node, names names) (int, error) {
	place := len(*nodes)
	if n.Cover == nil {
		return 0, types.ErrImportForm.Wrapf("node %d has no cover: dump with statistics (with_stats=True)", n.ID)
	}
	if n.Leaf != nil {
		*nodes = append(*nodes, Node{Leaf: true, Value: *n.Leaf, Cover: *n.Cover})
		return place, nil
	}
	if n.Condition == nil || len(n.Children) != 2 {
		return 0, types.ErrImportForm.Wrapf("node %d is neither a leaf nor a split in two", n.ID)
	}
	*nodes = append(*nodes, Node{Feature: names.index(n.Split), Threshold: *n.Condition, MissingLeft: n.Missing == n.Yes, Cover: *n.Cover})
	for i := range n.Children {
		child, err := n.Children[i].add(nodes, names)
		if err != nil {
			return 0, err
		}
		switch n.Children[i].ID {
		case n.Yes:
			(*nodes)[place].Left = child
		case n.No:
			(*nodes)[place].Right = child
		default:
			return 0, types.ErrImportForm.Wrapf("node %d has a child %d that is neither yes nor no", n.ID, n.Children[i].ID)
		}
	}
	return place, nil
}

// names numbers names in the order in which they are met.
type names map[string]int

func (n names) index(name string) int {
	if _, found := n[name]; !found {
		n[name] = len(n)
	}
	return n[name]
}

func (n names) sorted() []string {
	list := make([]string, len(n))
	for name, index := range n {
		list[index] = name
	}
	return list
}

func logit(probability float64) float64 { return math.Log(probability / (1 - probability)) }

// maxNames bounds the features of an export.
const maxNames = 10_000

// notFinite finds NaN and infinities where JSON has a number.
var notFinite = regexp.MustCompile(`[\[:,]\s*[-+]?(?i:nan|inf|infinity)\s*[,\]}]`)

// decode reads JSON. Python writes NaN and Infinity, which are not JSON: they get their own refusal.
func decode(text []byte, into any) error {
	err := json.Unmarshal(text, into)
	if err == nil {
		return nil
	}
	if notFinite.Match(text) {
		return types.ErrNotFinite.Wrap(err.Error())
	}
	return types.ErrImportForm.Wrap(err.Error())
}
