package demo

import (
	"encoding/json"
	"os"
	"path/filepath"
)

// Report is what a demonstration did. The names are a contract with whoever reads it.
type Report struct {
	// Validators that took part in consensus.
	Validators int `json:"validators"`
	// Files in the order given.
	Files []FileReport `json:"files"`
	// Transactions in the order of the files.
	Transactions []TransactionReport `json:"transactions"`
	// Receipts that were written and verified offline.
	Receipts ReceiptReport `json:"receipts"`
	// Invariants that were checked on the running network after the last file.
	Invariants InvariantReport `json:"invariants"`
	// Written are the paths of the answers.
	Written []string `json:"written"`
}

// FileReport is what became of one file.
type FileReport struct {
	Path      string `json:"path"`
	MessageID string `json:"message_id"`
	// GroupStatus is ACSC, PART or RJCT.
	GroupStatus string `json:"group_status"`
	// Reason is the ISO reason of a refusal; empty otherwise.
	Reason   string `json:"reason"`
	Settled  int    `json:"settled"`
	Rejected int    `json:"rejected"`
	// Sums are what settled, in minor units, by currency.
	Sums map[string]int64 `json:"sums"`

	explanation string
}

// TransactionReport is what became of one payment.
type TransactionReport struct {
	File        string `json:"file"`
	EndToEndID  string `json:"end_to_end_id"`
	UETR        string `json:"uetr"`
	Currency    string `json:"currency"`
	AmountMinor int64  `json:"amount_minor"`
	Status      string `json:"status"`
	Reason      string `json:"reason"`
	// Height of the block that decided it; 0 if it never reached the chain.
	Height int64 `json:"height"`
	// LatencyMS from handing it in to knowing that it is final, in milliseconds.
	LatencyMS int64 `json:"latency_ms"`

	creditor string
}

// ReceiptReport counts receipts.
type ReceiptReport struct {
	Written  int `json:"written"`
	Verified int `json:"verified"`
}

// InvariantReport says whether the money was right.
type InvariantReport struct {
	MoneyConserved bool `json:"money_conserved"`
}

// save writes a report, for its reader's sake never half of it.
func save(report any, path string) error {
	text, err := json.MarshalIndent(report, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	unfinished := path + ".part"
	if err := os.WriteFile(unfinished, append(text, '\n'), 0o644); err != nil {
		return err
	}
	return os.Rename(unfinished, path)
}
