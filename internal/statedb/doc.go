// Package statedb is the database below the state: Pebble, with settings for what a tree of payments
// asks of it. Most reads are for keys that are not there (is this payment new?), most writes are small
// and random.
//
// The SDK's own opener takes no settings: its Pebble has a block cache of 8 MiB, a memtable of 4 MiB
// and no filters, and looking for a payment that does not exist then read and unpacked a block of each
// level of the disk, which was a third of what a transfer of a batch cost. The files are the same: a home
// can be opened by either.
package statedb
