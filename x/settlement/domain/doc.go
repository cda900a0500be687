// Package domain decides what happens to payments, accounts and money. It is pure: facts and a request
// go in, a plan or a refusal comes out, and the keeper does what the plan says.
//
// The heart is Decide (batch.go). A batch is the transfers of one debtor account in one currency; a
// single payment is a batch of one. Its facts are what state holds about the accounts and about the
// names that the transfers use. The plan holds a result for each transfer, the payments to store, one
// netted posting, and the events.
//
// Money has two tiers. Inside a bank a payment moves deposit money. Between banks it burns deposit
// money at the payer's bank, moves reserves, and mints deposit money at the payee's bank, all in one
// posting: the sum of deposits and the sum of reserves stay what issuers made them.
//
// A payment has two names: its UETR, and its debtor with the end-to-end id. Within retention each names
// one payment (identity.go). Of one debtor and end-to-end id there is at most one payment in state, so
// the second name can be rebuilt from the payments.
package domain
