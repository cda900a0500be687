// Package run measures: it prepares a network, loads it, looks at it, stops it, and checks the money.
//
// One measurement (Measure) goes through these steps, each on a fresh home:
//
//  1. prepare the homes and start the nodes, while transactions are signed;
//  2. saturate: keep a bounded number of transactions on their way, warm up, then measure over a window
//     that begins and ends with a block;
//  3. wait until everything that was accepted is committed;
//  4. send half of the measured rate at planned moments, for the latency, and wait again;
//  5. ask the nodes whether the money is right, and for a sample of balances;
//  6. stop the nodes, read from their disks what was committed and what settled, and compare the sample
//     with the book that the generator has kept.
//
// Bench (All) does this for every kind of payment, interleaved round by round, so that a machine that
// becomes slower or faster does so for all of them.
package run
