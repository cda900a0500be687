// Package report turns measured figures into build/bench.json and into a table that a person reads.
//
// The keys of the JSON are those of Metrics and of the types here; docs/benchmarks.md explains each,
// and a test compares the two.
package report
