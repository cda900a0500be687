package imports

import (
	"math"

	"github.com/zhilian-network/zhilian/x/credit/types"
)

// Forest is an ensemble whose leaves add up to log-odds.
type Forest struct {
	Features []string
	// Base is added to the leaves.
	Base  float64
	Trees [][]Node
	// Compare is how the library sends a value left.
	Compare Compare
}

// Compare is a way to compare a value with a threshold.
type Compare int

const (
	// BelowAsSingle: the value as float32 is below the threshold as float32 (XGBoost).
	BelowAsSingle Compare = iota
	// AtMostAsSingle: the value as float32 is at most the threshold (scikit-learn's gradient boosting).
	AtMostAsSingle
	// AtMost: the value is at most the threshold (LightGBM, scikit-learn's histogram gradient boosting).
	AtMost
)

// Node is a node of a tree, the root first. Cover is the weight of the training rows that came by.
type Node struct {
	Leaf        bool
	Feature     int
	Threshold   float64
	Left, Right int
	MissingLeft bool
	Value       float64
	Cover       float64
}

// Left says whether a value goes left at a threshold.
func (c Compare) Left(value, threshold float64) bool {
	switch c {
	case BelowAsSingle:
		return float32(value) < float32(threshold)
	case AtMostAsSingle:
		return float64(float32(value)) <= threshold
	default:
		return value <= threshold
	}
}

// LogOdds evaluates the forest as its library does. NaN is a missing value. It also gives the leaf reached in
// each tree.
func (f *Forest) LogOdds(values []float64) (total float64, leaves []int) {
	total = f.Base
	for _, tree := range f.Trees {
		at := 0
		for !tree[at].Leaf {
			node := tree[at]
			left := node.MissingLeft
			if value := values[node.Feature]; !math.IsNaN(value) {
				left = f.Compare.Left(value, node.Threshold)
			}
			if at = node.Right; left {
				at = node.Left
			}
		}
		total += tree[at].Value
		leaves = append(leaves, at)
	}
	return total, leaves
}

// check refuses what the readers of exports could let pass: numbers that are none, nodes that are not there,
// and roads that do not end.
func (f *Forest) check() error {
	if !finite(f.Base) {
		return types.ErrNotFinite.Wrap("base score")
	}
	if len(f.Trees) == 0 {
		return types.ErrImportForm.Wrap("it has no trees")
	}
	for number, tree := range f.Trees {
		if err := f.checkTree(number, tree); err != nil {
			return err
		}
	}
	return nil
}

func (f *Forest) checkTree(number int, tree []Node) error {
	if len(tree) == 0 {
		return types.ErrImportForm.Wrapf("tree %d has no node", number)
	}
	parents := make([]int, len(tree))
	for i, node := range tree {
		if !finite(node.Value) || !finite(node.Threshold) || !finite(node.Cover) {
			return types.ErrNotFinite.Wrapf("tree %d, node %d", number, i)
		}
		if node.Leaf {
			continue
		}
		if node.Feature < 0 || node.Feature >= len(f.Features) {
			return types.ErrImportFeature.Wrapf("tree %d, node %d: feature %d of %d", number, i, node.Feature, len(f.Features))
		}
		for _, child := range []int{node.Left, node.Right} {
			if child <= 0 || child >= len(tree) {
				return types.ErrTreeShape.Wrapf("tree %d: node %d leads to node %d of %d", number, i, child, len(tree))
			}
			if parents[child]++; parents[child] > 1 {
				return types.ErrCycle.Wrapf("tree %d: node %d is reached twice", number, child)
			}
		}
	}
	return checkReached(number, tree)
}

// maxExportDepth bounds how deep a tree of an export may be, far above what a model may be.
const maxExportDepth = 64

// checkReached walks down from the root. With one parent at most, and none for the root, no walk can come back;
// a circle beside the tree is never reached.
func checkReached(number int, tree []Node) error {
	type place struct{ node, depth int }
	reached, open := 0, []place{{}}
	for len(open) > 0 {
		here := open[len(open)-1]
		open, reached = open[:len(open)-1], reached+1
		if here.depth > maxExportDepth {
			return types.ErrTooDeep.Wrapf("tree %d: more than %d splits in a row", number, maxExportDepth)
		}
		if node := tree[here.node]; !node.Leaf {
			open = append(open, place{node.Left, here.depth + 1}, place{node.Right, here.depth + 1})
		}
	}
	if reached != len(tree) {
		return types.ErrCycle.Wrapf("tree %d: %d of %d nodes cannot be reached from its root", number, len(tree)-reached, len(tree))
	}
	return nil
}

func finite(value float64) bool { return !math.IsNaN(value) && !math.IsInf(value, 0) }
