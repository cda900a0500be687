// Package domain decides for dispute, on values alone: where a case may go, whose turn it is, who sits on a panel,
// what a vote and a ruling give, and who is paid first.
package domain
