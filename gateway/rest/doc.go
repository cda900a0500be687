// Package rest is the node's HTTP door: the routes of our modules below /zhilian/, the SDK's own
// beside them, the document that describes them, and the limits that hold for all of them.
//
// A request passes the door (door.go) before any route: what is too long, too much, too often or
// about a height that the node does not have is refused there, in one shape of JSON. What is left
// becomes a gRPC query. docs/rest.md tells callers and operators the rules.
package rest
