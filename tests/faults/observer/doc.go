// Package observer watches a network from outside and keeps a book of its own: what was asked for,
// what each node answered, and what the blocks say is final. It trusts no single node: every block is
// read from every node and compared, and in the end balances, supplies and indexes of every node
// are compared with the book.
//
//	payment.go  what clients asked for, and what they were told
//	block.go    a block as one node has it
//	book.go     the book: asks, answers, blocks
//	check.go    what is wrong: forks, lost and doubled payments, wrong answers
//	money.go    what every account must hold, and how a node's figures compare
//	node.go     reads a node by its RPC
//	opening.go  reads the opening balances from a genesis file
//
// The book gives its findings as sentences. An empty list means that nothing is wrong.
package observer
