package imports

import (
	"math"
	"slices"

	"github.com/zhilian-network/zhilian/x/credit/engine"
	"github.com/zhilian-network/zhilian/x/credit/types"
)

const million = 1_000_000

// Convert writes the forest into a model that describes its features, in millionths of log-odds.
func Convert(forest *Forest, model *engine.Model) error {
	if err := forest.check(); err != nil {
		return err
	}
	c := converter{forest: forest, model: model}
	if err := c.findFeatures(); err != nil {
		return err
	}
	base, err := micro(forest.Base)
	if err != nil {
		return err
	}
	model.Base, model.Rises, model.Ensemble, model.Scorecard = base, engine.RisesWithRisk, nil, nil
	for number, tree := range forest.Trees {
		c.nodes, c.fault = nil, nil
		c.add(tree, 0, nil)
		if c.fault != nil {
			return types.ErrScoreOverflow.Wrapf("tree %d: %s", number, c.fault)
		}
		model.Ensemble = append(model.Ensemble, c.nodes)
	}
	return nil
}

// Describe is a model for a forest that nobody has described: each feature a column of numbers with six
// decimals, each its own reason, missing values as the trees say.
func Describe(forest *Forest, model *engine.Model) {
	const decimals = 6
	for _, name := range forest.Features {
		model.Inputs = append(model.Inputs, engine.Input{Name: name, Decimals: decimals})
		model.Features = append(model.Features, engine.Feature{
			Name: name, Reason: name, Kind: engine.FeatureSum, Plus: []string{name}, Decimals: decimals, Missing: engine.MissingRouted,
		})
	}
}

type converter struct {
	forest  *Forest
	model   *engine.Model
	feature []int // from the forest's features to the model's
	nodes   engine.Tree
	fault   error
}

func (c *converter) findFeatures() error {
	used := make([]bool, len(c.forest.Features))
	for _, tree := range c.forest.Trees {
		for _, node := range tree {
			if !node.Leaf {
				used[node.Feature] = true
			}
		}
	}
	c.feature = make([]int, len(used))
	for i, name := range c.forest.Features {
		c.feature[i] = slices.IndexFunc(c.model.Features, func(f engine.Feature) bool { return f.Name == name })
		if used[i] && c.feature[i] < 0 {
			return types.ErrImportFeature.Wrapf("%.80q", name)
		}
	}
	return nil
}

// passed is a split that was passed on the way down: a range of values, and whether a missing one gets here.
type passed struct {
	feature   int
	low, high int64
	missing   bool
}

// add appends the node and all below it, and gives its place. A side that no number on the grid reaches is left
// out, its split with it.
func (c *converter) add(tree []Node, at int, way []passed) int64 {
	node := tree[at]
	place := int64(len(c.nodes))
	if node.Leaf {
		c.nodes = append(c.nodes, engine.Node{Leaf: true, Value: c.leaf(node.Value)})
		return place
	}
	feature := c.feature[node.Feature]
	described := c.model.Features[feature]
	threshold := c.forest.Compare.firstRight(node.Threshold, described.Decimals)
	here := passed{feature: feature, low: -engine.MaxMagnitude, high: engine.MaxMagnitude + 1, missing: described.Missing == engine.MissingRouted}
	for _, before := range way {
		if before.feature == feature {
			here.low, here.high, here.missing = max(here.low, before.low), min(here.high, before.high), here.missing && before.missing
		}
	}
	left, right := here, here
	left.high, left.missing = min(here.high, threshold), here.missing && node.MissingLeft
	right.low, right.missing = max(here.low, threshold), here.missing && !node.MissingLeft
	switch {
	case left.empty():
		return c.add(tree, node.Right, way)
	case right.empty():
		return c.add(tree, node.Left, way)
	}
	c.nodes = append(c.nodes, engine.Node{Feature: int64(feature), Threshold: threshold, Missing: side(described, node), Value: c.leaf(mean(tree, at))})
	leftPlace := c.add(tree, node.Left, append(slices.Clip(way), left))
	rightPlace := c.add(tree, node.Right, append(slices.Clip(way), right))
	c.nodes[place].Left, c.nodes[place].Right = leftPlace, rightPlace
	return place
}

func (p passed) empty() bool { return p.low >= p.high && !p.missing }

func side(feature engine.Feature, node Node) engine.Side {
	switch {
	case feature.Missing != engine.MissingRouted:
		return engine.SideNone
	case node.MissingLeft:
		return engine.SideLeft
	default:
		return engine.SideRight
	}
}

// mean is the mean of the leaves below a node, weighted by what came to them.
func mean(tree []Node, at int) float64 {
	value, weight := below(tree, at)
	if weight == 0 {
		return 0
	}
	return value / weight
}

func below(tree []Node, at int) (value, weight float64) {
	node := tree[at]
	if node.Leaf {
		return node.Value * node.Cover, node.Cover
	}
	leftValue, leftWeight := below(tree, node.Left)
	rightValue, rightWeight := below(tree, node.Right)
	return leftValue + rightValue, leftWeight + rightWeight
}

func (c *converter) leaf(value float64) int32 {
	rounded, err := micro(value)
	if err == nil && (rounded < math.MinInt32 || rounded > math.MaxInt32) {
		err = types.ErrScoreOverflow.Wrapf("a leaf of %g", value)
	}
	if err != nil {
		c.fault = err
		return 0
	}
	return int32(rounded)
}

// micro rounds to millionths, half to even.
func micro(value float64) (int64, error) {
	rounded := math.RoundToEven(value * million)
	if math.Abs(rounded) > engine.MaxScore {
		return 0, types.ErrScoreOverflow.Wrapf("%g", value)
	}
	return int64(rounded), nil
}
