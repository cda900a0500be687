// Package dispute is `zhiliand dispute`: file a case by answering the little that the ledger does not know, see where
// it stands and until when, and vote on a panel.
package dispute
