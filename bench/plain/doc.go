// Package plain is the yardstick: a Cosmos SDK chain that does nothing but send coins.
//
// It mounts auth, bank and consensus, with the SDK's standard ante handler and its server commands,
// as the SDK's documentation wires them. There is no staking: a module without a store hands the
// validators of the genesis to CometBFT. Nothing of Zhilian is in it, so that a figure of ours beside
// one of this chain says what our work costs or saves, on the same machine and in the same run.
package plain
