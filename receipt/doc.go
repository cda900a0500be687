// Package receipt makes and checks proofs of single payments that need neither a node nor a network.
//
// A receipt is one JSON file. It leads from the stored payment to the signatures of the validators:
//
//  1. the payment's bytes are a leaf of the network's log of payments (RFC 6962),
//  2. the log's head is in the store "settlement" (IAVL proof),
//  3. that store is one of the stores of the state at height H (simple Merkle proof),
//  4. the header of block H+1 names that state (AppHash),
//  5. more than two thirds of the voting power of block H+1 signed that header,
//  6. those validators are the ones that the reader trusts, or are reached from them by headers that
//     each satisfy the rules of CometBFT's light client.
//
// Payments leave the state, the log does not forget them: a receipt can be got at any time.
//
// Get asks a node for a receipt, and Head for many of one state; Verify checks one against a Trust, the
// validators that a reader decided to believe. README.md has the format and says what a receipt does
// not prove.
package receipt
