// Package stage says on which part of its work a node spends its CPU time.
//
// A node gives a CPU profile: stacks, and how often each was seen. A stack belongs to the stage whose
// mark it bears; stages are asked in a fixed order, so that what a collector does in the middle of an
// execution counts as collection. What bears no mark is "other".
package stage
