// Package metrics measures a node for Prometheus: payments, refusals, latency, the index, validators.
//
//	metrics.go    the counters and histograms, and what feeds them
//	gauges.go     the values of the moment, from the newest sample
//	liveness.go   which validators signed
//	sampler.go    asks the node every few seconds
//	handler.go    GET /metrics
//
// What is told from consensus code (a transaction that was checked) does atomic additions and nothing
// else. Everything else happens beside consensus: on the follower of finished blocks, or on a sampler.
// A scrape reads memory; it asks the node nothing. Amounts of money are not measured: a bank's turnover
// by the minute is nobody's business who can reach the port.
//
// Labels are bounded: statuses, admitted currencies, validators, and the codes of registered errors.
package metrics
