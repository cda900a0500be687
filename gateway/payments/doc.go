// Package payments turns an ISO 20022 file into payments on the chain, and what became of them into
// ISO 20022 answers.
//
//	directory.go      which institution an agent of a file is
//	plan.go           file → accounts → batches; what the file alone or the accounts forbid
//	submit.go         batches → chain → outcome
//	lookup.go         the outcome of a file that was sent earlier, without sending
//	outcome.go        what became of a file and of each transfer
//	answer.go         pain.002, pacs.002, admi.002
//	details.go        who reads the details of each payment; sealing them
//	content.go        what is sealed, and what a reader makes of it
//	open.go           opening details
//	notification.go   camt.054
//	statement.go      camt.053
//	document.go       answers as files, with names that no sender can choose
//
// The same bytes make the same batches, so handing a file in again repeats its payments exactly,
// and the chain answers a repetition with the stored result instead of paying twice. Three choices
// serve that:
//
//   - Batches are cut by what stands in the file and by the debtor account, never by what settled.
//   - A transfer to an account that nobody has is sent all the same, to an address that no account
//     can have. The chain refuses it as AC03 and remembers the refusal, so that the same file does
//     not pay it later, when the account exists and the payer may have paid in another way.
//   - A transfer without an end-to-end id gets one from the file's id and its place in the file.
package payments
