package demo

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/zhilian-network/zhilian/gateway/payments"
	"github.com/zhilian-network/zhilian/iso20022/report"
	"github.com/zhilian-network/zhilian/receipt"
)

// trustName is the file with the validators that receipts are verified against.
const trustName = "validators.json"

// receipts writes a receipt for each settled payment, and verifies what was written as a stranger
// would: from the file and the trusted validators alone.
func (d *desk) receipts(ctx context.Context, transactions []TransactionReport, folder string) ([]string, ReceiptReport, error) {
	var counts ReceiptReport
	const firstBlock = 1
	trust, err := receipt.TrustFromRPC(ctx, d.rpc, firstBlock)
	if err != nil {
		return nil, counts, err
	}
	text, err := trust.Encode()
	if err != nil {
		return nil, counts, err
	}
	// An earlier run's validators are another network's.
	if err := os.Remove(filepath.Join(folder, trustName)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, counts, err
	}
	paths, err := payments.Write(folder, []payments.Document{{Kind: "trust", Name: trustName, Content: text}})
	if err != nil {
		return nil, counts, err
	}
	// One head of the log proves all payments of the run.
	head, err := receipt.TakeHead(ctx, d.rpc, trust)
	if err != nil {
		return paths, counts, err
	}
	for _, transaction := range transactions {
		if transaction.Status != string(report.Settled) {
			continue
		}
		path, err := d.receipt(ctx, head, transaction.UETR, trust, folder)
		if path != "" {
			paths = append(paths, path)
			counts.Written++
		}
		if err != nil {
			return paths, counts, fmt.Errorf("receipt of %s: %w", transaction.UETR, err)
		}
		counts.Verified++
	}
	return paths, counts, nil
}

func (d *desk) receipt(ctx context.Context, head *receipt.Head, uetr string, trust receipt.Trust, folder string) (string, error) {
	const newestDecision = 0
	made, err := head.Receipt(ctx, d.rpc, uetr, newestDecision)
	if err != nil {
		return "", err
	}
	text, err := made.Encode()
	if err != nil {
		return "", err
	}
	written, err := payments.Write(folder, []payments.Document{{Kind: "receipt", Name: "receipt-" + uetr + ".json", Content: text}})
	if err != nil {
		return "", err
	}
	stored, err := os.ReadFile(written[0])
	if err != nil {
		return written[0], err
	}
	_, err = receipt.Verify(stored, trust, time.Now())
	return written[0], err
}
