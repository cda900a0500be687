package demo

import (
	"context"
	"fmt"
	"time"

	"github.com/zhilian-network/zhilian/gateway/payments"
	gatewaytypes "github.com/zhilian-network/zhilian/gateway/types"
	"github.com/zhilian-network/zhilian/iso20022/report"
	"github.com/zhilian-network/zhilian/localnet"
	settlement "github.com/zhilian-network/zhilian/x/settlement/types"
)

// statements writes today's camt.053 for every account of the network.
func (d *desk) statements(ctx context.Context) ([]payments.Document, error) {
	if err := d.awaitIndex(ctx); err != nil {
		return nil, err
	}
	now := time.Now()
	documents := make([]payments.Document, 0, len(d.layout.Accounts))
	for _, account := range d.layout.Accounts {
		document, err := payments.Statement(ctx, d.reader, d.statementRequest(account, now), now)
		if err != nil {
			return documents, err
		}
		documents = append(documents, document)
	}
	return documents, nil
}

func (d *desk) statementRequest(account localnet.Account, now time.Time) payments.StatementRequest {
	from, to := payments.Period(payments.Today(now), payments.Today(now))
	request := payments.StatementRequest{
		Address: account.Address,
		From:    from, To: to, Known: d.known,
		Account: report.AccountDetail{Account: report.Account{IBAN: account.IBAN, Other: account.Number}},
	}
	for _, currency := range account.Currencies {
		request.Holdings = append(request.Holdings, payments.Holding{
			Currency: currency, Denom: settlement.DepositDenom(account.Institution, currency),
		})
	}
	return request
}

// awaitIndex waits until the node's index has caught up with its chain.
func (d *desk) awaitIndex(ctx context.Context) error {
	const wait = 15 * time.Second
	return await(ctx, wait, func(ctx context.Context) error {
		status, err := gatewaytypes.NewQueryClient(d.base).Status(ctx, &gatewaytypes.QueryStatusRequest{})
		if err == nil && status.IndexedHeight < status.Height {
			err = fmt.Errorf("the index is at block %d of %d", status.IndexedHeight, status.Height)
		}
		return err
	})
}

// awaitQueries waits until the node answers: with a large genesis it commits its first block a moment
// before it serves that block's state.
func (d *desk) awaitQueries(ctx context.Context) error {
	const wait = 30 * time.Second
	return await(ctx, wait, func(ctx context.Context) error {
		_, err := d.reader.Institutions(ctx)
		return err
	})
}

// await asks until the answer is no error, and returns the last one when the time is over.
func await(ctx context.Context, wait time.Duration, ask func(context.Context) error) error {
	const pause = 100 * time.Millisecond
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	for {
		err := ask(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(pause):
		}
	}
}
