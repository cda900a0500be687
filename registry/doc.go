// Package registry writes what wallets and explorers want to be told before they talk to a network:
// chain.json and assetlist.json in the form of the Cosmos chain registry, and the chain-info JSON
// with which a web page suggests a network to a Keplr-like wallet.
//
//  1. Collect asks a running node who it is, which currencies and denoms the network has, and who its
//     members are, and refuses answers that contradict each other.
//  2. Files makes the three files of these facts and of the endpoints that its caller knows: a node
//     cannot tell under which address the world reaches it.
//
// The files are the same for the same facts, byte for byte. `zhiliand registry` writes them, and `zhiliand
// localnet start` leaves them in the home of a local network, in registry/.
package registry
