// Package genesis turns a network file into the first state of the chain.
//
// What the file says in words and major units becomes institutions, parties, operators and roles of
// access, validators of consortium, denoms and balances of ledger, and participants, accounts,
// references and outstanding amounts of settlement. Every amount is written twice, by two ways —
// as balances, and as what issuers have put in — and Validate compares them, so that a network
// cannot start with money that nobody issued.
//
// Names of parties and account numbers do not enter: of a number, only its keyed digest does.
package genesis
