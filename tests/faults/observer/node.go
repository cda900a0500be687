package observer

import (
	"context"
	"encoding/hex"
	"fmt"

	rpchttp "github.com/cometbft/cometbft/rpc/client/http"

	sdkclient "github.com/cosmos/cosmos-sdk/client"
	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	"github.com/cosmos/cosmos-sdk/types/query"

	gatewaytypes "github.com/zhilian-network/zhilian/gateway/types"
	ledger "github.com/zhilian-network/zhilian/x/ledger/types"
	settlement "github.com/zhilian-network/zhilian/x/settlement/types"
)

const (
	// answerSeconds bounds one question: a node that hangs must not hang its observer.
	answerSeconds = 10
	// headersOfAnAnswer is the most that CometBFT gives at once.
	headersOfAnAnswer = 20
	pageRows          = 200
)

// Node reads one node by its RPC.
type Node struct {
	Name string
	rpc  *rpchttp.HTTP
	ctx  sdkclient.Context
}

// NewNode returns a reader of the node at an RPC address, such as "http://127.0.0.1:26657". Nothing is
// asked yet.
func NewNode(name, rpcAddress string, registry codectypes.InterfaceRegistry) (*Node, error) {
	rpc, err := rpchttp.NewWithTimeout(rpcAddress, "/websocket", answerSeconds)
	if err != nil {
		return nil, err
	}
	return &Node{Name: name, rpc: rpc, ctx: sdkclient.Context{}.WithClient(rpc).WithInterfaceRegistry(registry)}, nil
}

// Height of the node's newest block, and whether the node is still catching up.
func (n *Node) Height(ctx context.Context) (height int64, catchingUp bool, err error) {
	status, err := n.rpc.Status(ctx)
	if err != nil {
		return 0, false, err
	}
	return status.SyncInfo.LatestBlockHeight, status.SyncInfo.CatchingUp, nil
}

// Follow reads the blocks of a node that the book has not read from it yet, up to its newest.
func (n *Node) Follow(ctx context.Context, book *Book) error {
	newest, _, err := n.Height(ctx)
	if err != nil {
		return err
	}
	for height := book.Position(n.Name) + 1; height <= newest; height++ {
		block, err := n.rpc.Block(ctx, &height)
		if err != nil {
			return err
		}
		results, err := n.rpc.BlockResults(ctx, &height)
		if err != nil {
			return err
		}
		read, err := newBlock(block, results)
		if err != nil {
			return fmt.Errorf("%s: %w", n.Name, err)
		}
		book.Read(n.Name, read)
	}
	return nil
}

// CompareHeaders reads the ids of all blocks up to a height again: a node that was restarted may not have
// other blocks than before.
func (n *Node) CompareHeaders(ctx context.Context, book *Book, to int64) error {
	for from := int64(1); from <= to; from += headersOfAnAnswer {
		last := min(from+headersOfAnAnswer-1, to)
		answer, err := n.rpc.BlockchainInfo(ctx, from, last)
		if err != nil {
			return err
		}
		if int64(len(answer.BlockMetas)) != last-from+1 {
			return fmt.Errorf("%s has %d of the blocks %d to %d", n.Name, len(answer.BlockMetas), from, last)
		}
		for _, meta := range answer.BlockMetas {
			book.ReadHeader(n.Name, meta.Header.Height, meta.BlockID.Hash.String(), meta.Header.AppHash.String())
		}
	}
	return nil
}

// View reads what a node says of the money at a height, and what its index holds.
func (n *Node) View(ctx context.Context, opening Opening, height int64) (View, error) {
	view := View{
		Node: n.Name, Height: height,
		Balances: map[Holding]int64{}, Supplies: map[string]int64{}, Index: map[string][]Row{},
	}
	at := n.ctx.WithHeight(height).WithCmdContext(ctx)
	accounts := keysOf(opening.Banks)
	for _, bank := range keysOf(opening.Reserves) {
		accounts = append(accounts, opening.Reserves[bank])
	}
	for _, account := range accounts {
		if err := readBalances(ctx, at, account, view.Balances); err != nil {
			return view, fmt.Errorf("%s: balances: %w", n.Name, err)
		}
	}
	if err := readSupplies(ctx, at, view.Supplies); err != nil {
		return view, fmt.Errorf("%s: supplies: %w", n.Name, err)
	}
	check, err := settlement.NewQueryClient(at).Invariants(ctx, &settlement.QueryInvariantsRequest{})
	if err != nil {
		return view, fmt.Errorf("%s: invariants: %w", n.Name, err)
	}
	view.Violations = check.Violations
	if !check.MoneyConserved && len(check.Violations) == 0 {
		view.Violations = []string{"money is not conserved"}
	}
	return view, n.readIndex(ctx, keysOf(opening.Banks), &view)
}

func readBalances(ctx context.Context, at sdkclient.Context, account string, balances map[Holding]int64) error {
	var next []byte
	for {
		answer, err := ledger.NewQueryClient(at).Balances(ctx, &ledger.QueryBalancesRequest{
			Address: account, Pagination: &query.PageRequest{Key: next, Limit: pageRows},
		})
		if err != nil {
			return err
		}
		for _, coin := range answer.Balances {
			if balances[Holding{account, coin.Denom}], err = minorUnits(coin.Amount); err != nil {
				return err
			}
		}
		if answer.Pagination == nil || len(answer.Pagination.NextKey) == 0 {
			return nil
		}
		next = answer.Pagination.NextKey
	}
}

func readSupplies(ctx context.Context, at sdkclient.Context, supplies map[string]int64) error {
	var next []byte
	for {
		answer, err := ledger.NewQueryClient(at).Denoms(ctx, &ledger.QueryDenomsRequest{
			Pagination: &query.PageRequest{Key: next, Limit: pageRows},
		})
		if err != nil {
			return err
		}
		for _, row := range answer.Denoms {
			if supplies[row.Denom.Denom], err = minorUnits(row.Supply); err != nil {
				return err
			}
		}
		if answer.Pagination == nil || len(answer.Pagination.NextKey) == 0 {
			return nil
		}
		next = answer.Pagination.NextKey
	}
}

func (n *Node) readIndex(ctx context.Context, accounts []string, view *View) error {
	client := gatewaytypes.NewQueryClient(n.ctx.WithCmdContext(ctx))
	status, err := client.Status(ctx, &gatewaytypes.QueryStatusRequest{})
	if err != nil {
		return fmt.Errorf("%s: index: %w", n.Name, err)
	}
	view.IndexedHeight, view.CompleteFrom = status.IndexedHeight, status.CompleteFromHeight
	for _, account := range accounts {
		cursor := ""
		for {
			page, err := client.Payments(ctx, &gatewaytypes.QueryPaymentsRequest{Account: account, Limit: pageRows, Cursor: cursor})
			if err != nil {
				return fmt.Errorf("%s: index: %w", n.Name, err)
			}
			for _, payment := range page.Payments {
				row, err := newRow(payment)
				if err != nil {
					return fmt.Errorf("%s: index: %w", n.Name, err)
				}
				view.Index[account] = append(view.Index[account], row)
			}
			if cursor = page.NextCursor; cursor == "" {
				break
			}
		}
	}
	return nil
}

func newRow(payment gatewaytypes.PaymentRow) (Row, error) {
	amount, err := minorUnits(payment.Amount)
	if err != nil {
		return Row{}, err
	}
	return Row{
		Decision: Decision{
			Payment: Payment{
				UETR: payment.Uetr, EndToEnd: hex.EncodeToString(payment.EndToEndDigest),
				Debtor: payment.Debtor, Creditor: payment.Creditor, Currency: payment.Currency, Amount: amount,
			},
			Status: Status(payment.Status), Reason: payment.Reason, TxHash: payment.TxHash,
		},
		Height: payment.Height,
	}, nil
}
