// Package client is the chain as a gateway sees it: questions to a node, and messages that one
// operator signs, sends, and waits for until they are in a block.
//
//	sender.go   sequence numbers, broadcasting, waiting, bounded retries
//	refused.go  what the chain said no to, with its ISO reason
//	chain.go    queries and batches in the words of the payment files
//	node.go     the SDK's client context as the few calls that the sender needs
//
// Sending the same instruction twice is safe: the chain settles a payment at most once and gives
// the stored result to a repetition. The sender still asks before it sends again.
package client
