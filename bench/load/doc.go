// Package load makes transactions and sends them to nodes on this machine.
//
// Transactions are signed before they are needed. There are two ways to send them:
//
//   - Saturate is a closed loop: a bounded number of transactions is on its way, and each that is
//     committed makes room for the next. It shows how much the network can carry.
//   - Pace is an open loop: transactions are sent at fixed moments, whatever the network does. A
//     latency counts from the moment that was planned, so that a network that stalls is charged for
//     every transaction that had to wait, also for those that were sent late because of it.
//
// What was committed is not decided here: package node reads it from the blocks.
package load
