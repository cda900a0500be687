// Package door lets an operator prove its key to a node, and answers sensitive queries only for what
// that operator may read.
//
// An operator asks for a challenge, signs it (ADR-036, so any wallet can, and no such signature is ever
// a transaction), and gets a token for a quarter of an hour. The token names the operator; what it may
// read is asked of access at each query, in the newest state: who is suspended reads nothing more,
// whatever tokens they hold. Tokens are sealed with a secret that the node draws when it starts, and
// hold on this node only. Nothing about them is stored.
//
// What a query is about is read off its request: an institution, a party, an account, a payment. A
// refusal says which permission is missing; it does not say whether the thing exists. What anyone may ask
// is answered without the fields that are not public.
//
// Connect is the other side: a command's queries prove its key where a node wants that.
package door
