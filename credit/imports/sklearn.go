package imports

import "github.com/zhilian-network/zhilian/x/credit/types"

// SklearnFormat names the form that scripts/credit/export_sklearn.py writes; scikit-learn has none of its own.
const SklearnFormat = "zhilian-sklearn-1"

type sklearnExport struct {
	Format   string        `json:"format"`
	Kind     string        `json:"kind"`
	Features []string      `json:"features"`
	Base     float64       `json:"base"`
	Trees    []sklearnTree `json:"trees"`
}

type sklearnTree struct {
	Feature     []int     `json:"feature"`
	Threshold   []float64 `json:"threshold"`
	Left        []int     `json:"left"`
	Right       []int     `json:"right"`
	MissingLeft []bool    `json:"missing_left"`
	Value       []float64 `json:"value"`
	Cover       []float64 `json:"cover"`
}

var sklearnKinds = map[string]Compare{
	"GradientBoostingClassifier":     AtMostAsSingle,
	"HistGradientBoostingClassifier": AtMost,
}

// Sklearn reads what scripts/credit/export_sklearn.py wrote of a gradient boosting classifier.
func Sklearn(text []byte) (*Forest, error) {
	var export sklearnExport
	if err := decode(text, &export); err != nil {
		return nil, err
	}
	if export.Format != SklearnFormat {
		return nil, types.ErrImportForm.Wrapf("format %.40q; write the export with scripts/credit/export_sklearn.py", export.Format)
	}
	compare, known := sklearnKinds[export.Kind]
	if !known {
		return nil, types.ErrImportKind.Wrapf("%.60q; GradientBoostingClassifier and HistGradientBoostingClassifier are: their leaves add up to log-odds", export.Kind)
	}
	forest := &Forest{Features: export.Features, Base: export.Base, Compare: compare}
	for number, tree := range export.Trees {
		nodes, err := tree.nodes()
		if err != nil {
			return nil, types.ErrImportForm.Wrapf("tree %d: %s", number, err)
		}
		forest.Trees = append(forest.Trees, nodes)
	}
	return forest, forest.check()
}

func (t *sklearnTree) nodes() ([]Node, error) {
	count := len(t.Left)
	for _, length := range []int{len(t.Right), len(t.Feature), len(t.Threshold), len(t.MissingLeft), len(t.Value), len(t.Cover)} {
		if length != count {
			return nil, types.ErrImportForm.Wrap("its lists have different lengths")
		}
	}
	nodes := make([]Node, count)
	for i := range nodes {
		if t.Left[i] < 0 {
			nodes[i] = Node{Leaf: true, Value: t.Value[i], Cover: t.Cover[i]}
			continue
		}
		nodes[i] = Node{
			Feature: t.Feature[i], Threshold: t.Threshold[i], Left: t.Left[i], Right: t.Right[i],
			MissingLeft: t.MissingLeft[i], Cover: t.Cover[i],
		}
	}
	return nodes, nil
}
