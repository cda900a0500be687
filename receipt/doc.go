// Package receipt makes and checks proofs of single payments that need neither a node nor a network.
//
// A receipt is one JSON file. It leads from the stored payment to the signatures of the validators:
//
//  1. the payment's bytes are in the store "settlement" under its UETR (IAVL proof),
//  2. that store is one of the stores of the state at height H (simple Merkle proof),
//  3. the header of block H+1 names that state (AppHash),
//  4. more than two thirds of the voting power of block H+1 signed that header,
//  5. those validators are the ones that the reader trusts, or are reached from them by headers that
//     each satisfy the rules of CometBFT's light client.
//
// Get asks a node for a receipt; Verify checks one against a Trust, the validators that a reader
// decided to believe. README.md has the format and says what a receipt does not prove.
package receipt
