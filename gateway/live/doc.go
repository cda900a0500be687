// Package live tells those who watch an account what happens to it, over WebSocket, as soon as a block
// is indexed.
//
//	hub.go         who watches what; one fan-out per block
//	subscriber.go  one watcher: a bounded queue, then its connection
//	handler.go     GET /zhilian/gateway/v1/accounts/{account}/events
//	message.go     the JSON of an event
//	limits.go      every bound, in one place
//
// A watcher that comes with a cursor is first given what the index holds behind it, in pages, and then
// what blocks bring. It is registered before the last page is read, and each event has a place in one
// order that follows from the chain, so nothing is left out and nothing comes twice.
package live
