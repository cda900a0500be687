// Package target knows the two chains that are measured: how to prepare their nodes with many
// accounts, what a payment looks like on each, and how to ask whether the money is right.
//
// Both get the same load: as many keys that pay, each from one account of its own; creditors drawn at
// random from all accounts that the kind of payment may reach; amounts of 1 to 9 of the smallest unit.
// Both have the keys' public halves in their genesis, so that no transaction pays for making them known.
package target
