package engine

import "math"

// Missing is what stands in a row for a value that is not known.
const Missing = math.MinInt64

// MaxMagnitude bounds inputs, features and thresholds. What is larger is put at the bound, so that sums of
// MaxTerms values stay far inside an int64.
const MaxMagnitude = 1_000_000_000_000_000

// MaxScore bounds what a score can reach in either direction, whatever the row.
const MaxScore = 1_000_000_000_000

// Bounds of a model. A rating visits at most MaxTrees*(MaxDepth+1) nodes.
const (
	MaxInputs      = 128
	MaxFeatures    = 128
	MaxTerms       = 8
	MaxCodes       = 512
	MaxDecimals    = 9
	MaxTrees       = 300
	MaxDepth       = 6
	MaxNodes       = 32_768
	MaxCuts        = 64
	MaxNameLength  = 64
	MaxTextLength  = 1_000
	MaxCanonical   = 512 << 10
	MaxHorizon     = 600
	MaxGrades      = 64
	MaxPDPpm       = 1_000_000
	MaxReasonCount = 4
)

// Rises says what a higher score means.
type Rises string

// RisesWithRisk and RisesWithQuality are the two directions of a score.
const (
	RisesWithRisk    Rises = "risk"
	RisesWithQuality Rises = "quality"
)

// Model turns inputs into a score. It has either a scorecard or an ensemble.
type Model struct {
	Name    string `json:"name"`
	Version uint32 `json:"version"`
	// HorizonMonths is the time within which the bad event was looked for.
	HorizonMonths uint32 `json:"horizon_months"`
	// Rises says whether a higher score is riskier or better.
	Rises Rises `json:"score_rises_with"`
	// Training says in words what the model was fitted on and by what.
	Training string    `json:"training"`
	Inputs   []Input   `json:"inputs"`
	Features []Feature `json:"features"`
	Base     int64     `json:"base"`
	// Scorecard gives points for each attribute; the score is their sum and the base.
	Scorecard []Attribute `json:"scorecard,omitempty"`
	// Ensemble is a sum of trees; the score is the sum of the leaves that a row reaches and the base.
	Ensemble []Tree `json:"ensemble,omitempty"`
}

// Input is a column of the raw data: a number with decimals, or one of some codes, whose value in a row is its
// index. A code that is not listed is a missing value.
type Input struct {
	Name     string   `json:"name"`
	Decimals uint32   `json:"decimals"`
	Codes    []string `json:"codes,omitempty"`
}

// FeatureKind says how a feature is made of inputs.
type FeatureKind string

const (
	// FeatureSum is the sum of the inputs in Plus less those in Minus.
	FeatureSum FeatureKind = "sum"
	// FeatureRatio is that sum over the sum of the inputs in Over, rounded down; without a value if that is zero.
	FeatureRatio FeatureKind = "ratio"
	// FeatureTable is the value that Table gives to the code of its one input.
	FeatureTable FeatureKind = "table"
	// FeatureSame is 1 if its two inputs, which have the same codes, hold the same one, else 0.
	FeatureSame FeatureKind = "same"
)

// MissingPolicy says what happens where a feature has no value.
type MissingPolicy string

const (
	// MissingRefused: a row without the value is not rated.
	MissingRefused MissingPolicy = "refuse"
	// MissingFilled: Fill stands in.
	MissingFilled MissingPolicy = "fill"
	// MissingRouted: each node, and each attribute of a scorecard, says what to do.
	MissingRouted MissingPolicy = "route"
)

// Feature is what trees and attributes read. It has no value where an input that it is made of has none.
type Feature struct {
	Name string `json:"name"`
	// Reason is the code under which the feature's contributions are added up.
	Reason   string        `json:"reason"`
	Kind     FeatureKind   `json:"kind"`
	Plus     []string      `json:"plus"`
	Minus    []string      `json:"minus,omitempty"`
	Over     []string      `json:"over,omitempty"`
	Table    []int64       `json:"table,omitempty"`
	Decimals uint32        `json:"decimals"`
	Missing  MissingPolicy `json:"missing"`
	Fill     *int64        `json:"fill,omitempty"`
}

// Attribute gives Points[i] to a value with i cuts at or below it.
type Attribute struct {
	Feature string  `json:"feature"`
	Cuts    []int64 `json:"cuts"`
	Points  []int32 `json:"points"`
	// MissingPoints are for a feature whose missing values are routed.
	MissingPoints *int32 `json:"missing_points,omitempty"`
}

// Tree is its nodes, the root first and each child after its parent.
type Tree []Node

// Side says which way a missing value goes.
type Side int64

// SideNone is for features that are never without a value.
const (
	SideNone Side = iota
	SideLeft
	SideRight
)

// Node is a leaf, or sends a row left where the feature is below the threshold, else right. In JSON it is an
// array: [value] or [feature, threshold, left, right, missing, value]; feature is an index into the features,
// left and right are indexes into the tree, missing is 0 (never), 1 (left) or 2 (right).
type Node struct {
	Leaf      bool
	Feature   int64
	Threshold int64
	Left      int64
	Right     int64
	Missing   Side
	// Value is a leaf's score. At an inner node it is the mean of the training rows that came by, which
	// reasons are measured from; the score does not depend on it.
	Value int32
}
