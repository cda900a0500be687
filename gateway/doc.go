// Package gateway is the direct-connect door of a node: it follows finished blocks into the read
// model, answers queries from it, and turns ISO 20022 files into payments and back.
//
//	reference/   keyed digests of account numbers and references
//	index/       the read model in SQLite
//	client/      signs, broadcasts, and waits for the block
//	terminal/    text of strangers made inert and aligned
//	payments/    file → payments → answers
//	explain/     where a payment stands, in words
//	arrivals/    what came to this node and is in no block yet
//	live/        events of an account over WebSocket
//	metrics/     what a node measures for Prometheus
//
// Nothing here is part of consensus. A node whose index is broken or late still takes part in the
// network; its answers say at which height they stand.
package gateway
