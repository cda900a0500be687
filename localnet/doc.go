// Package localnet makes, starts, watches and stops a whole network of validators on one machine.
//
// The way of a network:
//
//  1. Prepare turns a network file into a home: a directory with one home per node, the keys of all
//     operators, one genesis, and localnet.json, which says where everything listens.
//  2. Start runs one process per node, detached, and waits until all of them have committed a block.
//     Run does the same in the foreground: its nodes end with it.
//  3. Status asks the nodes. Stop ends them, StopNode one of them. Starting a home again continues with
//     its data.
//
// What a home holds:
//
//	localnet.json    chain id, nodes with ports and process ids, operators, accounts
//	network.yaml     the network file, complete, as it was used
//	keys/            keyring (backend "test", unprotected) and client.toml: a client's --home
//	node0/           the first node's home: config/, data/, node.log
//	registry/        what wallets and explorers are told: chain.json, assetlist.json, wallet.json
//
// Everything listens on 127.0.0.1 only. The keys are unprotected: for tests and demonstrations.
package localnet
