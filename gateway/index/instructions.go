package index

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"
	coretypes "github.com/cometbft/cometbft/rpc/core/types"

	"cosmossdk.io/math"

	settlement "github.com/zhilian-network/zhilian/x/settlement/types"
)

const paymentBlocksSQL = `SELECT height, time, payments FROM blocks WHERE payments > 0 AND height < ? ORDER BY height DESC LIMIT ?`

// PaymentBlock is a block that decided payments.
type PaymentBlock struct {
	Height   int64
	Time     time.Time
	Payments int64
}

// PaymentBlocks lists the blocks below a height that decided payments, newest first.
func (s *Store) PaymentBlocks(ctx context.Context, below int64, most int) (blocks []PaymentBlock, err error) {
	rows, err := s.reader.QueryContext(ctx, paymentBlocksSQL, below, most)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		block, err := scanPaymentBlock(rows)
		if err != nil {
			return nil, err
		}
		blocks = append(blocks, block)
	}
	return blocks, rows.Err()
}

func scanPaymentBlock(rows *sql.Rows) (PaymentBlock, error) {
	var block PaymentBlock
	var nanos int64
	err := rows.Scan(&block.Height, &nanos, &block.Payments)
	block.Time = time.Unix(0, nanos).UTC()
	return block, err
}

// Instruction is what one message asked to be paid, as the events of its block tell. What repeated a stored
// payment has no event, and moved nothing. The messages of one action that are of one operator, debtor,
// currency and file are one instruction: events do not tell them apart.
type Instruction struct {
	UETR     string // of its first payment
	Payments uint32
	Operator string
	Debtor   string
	Currency string
	Largest  math.Int // minor units, as all amounts
	Total    math.Int // asked for
	Settled  math.Int // of the total
}

// Instructions reads the instructions of a block, in their order. What cannot be read is left out, as the
// index leaves it out.
func Instructions(results *coretypes.ResultBlockResults) []Instruction {
	var all []Instruction
	for _, result := range results.TxsResults {
		if result == nil || result.Code != abci.CodeTypeOK {
			continue
		}
		at := map[string]int{}
		for _, event := range result.Events {
			if !indexed[event.Type] {
				continue
			}
			line, file, ok := lineOf(event)
			if !ok {
				continue
			}
			key := messageOf(event) + "/" + line.Operator + "/" + line.Debtor + "/" + line.Currency + "/" + strconv.Quote(file)
			if place, known := at[key]; known {
				all[place].add(line)
				continue
			}
			at[key] = len(all)
			all = append(all, line)
		}
	}
	return all
}

// lineOf reads one payment as an instruction of its own, and the digest of the file behind it.
func lineOf(event abci.Event) (line Instruction, file string, ok bool) {
	message, err := parse(event)
	if err != nil {
		return line, "", false
	}
	switch e := message.(type) {
	case *settlement.EventPaymentSettled:
		line = Instruction{UETR: e.Uetr, Operator: e.Operator, Debtor: e.Debtor, Currency: e.Currency, Largest: e.Amount, Total: e.Amount, Settled: e.Amount}
		file = string(e.InstructionDigest)
	case *settlement.EventPaymentRejected:
		line = Instruction{UETR: e.Uetr, Operator: e.Operator, Debtor: e.Debtor, Currency: e.Currency, Largest: e.Amount, Total: e.Amount, Settled: math.ZeroInt()}
		file = string(e.InstructionDigest)
	default:
		return line, "", false
	}
	line.Payments = 1
	return line, file, !line.Total.IsNil()
}

func (i *Instruction) add(line Instruction) {
	i.Payments++
	i.Largest = math.MaxInt(i.Largest, line.Largest)
	i.Total = i.Total.Add(line.Total)
	i.Settled = i.Settled.Add(line.Settled)
}

// messageOf is which message of its transaction an event comes from.
func messageOf(event abci.Event) string {
	for _, attribute := range event.Attributes {
		if attribute.Key == "msg_index" {
			return attribute.Value
		}
	}
	return ""
}
