// Package explain says in words where a payment or a transaction stands, so that a cashier knows
// what happened and what to do. It is pure: facts in, one or two sentences out. What a sender or the
// chain's log wrote is made inert before it gets into a sentence.
package explain
