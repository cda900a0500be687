package dispute

import (
	"context"

	"github.com/cosmos/gogoproto/proto"

	sdkclient "github.com/cosmos/cosmos-sdk/client"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/zhilian-network/zhilian/gateway/client"
	access "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/dispute/types"
)

// Chain is what the commands need of the network.
type Chain interface {
	// Address is that of the chosen key, bech32.
	Address() string
	// Operator is whom the chosen key acts for.
	Operator(ctx context.Context) (access.Operator, error)
	// Intake is what the ledger knows of a matter.
	Intake(ctx context.Context, claimant access.Member, matter types.Matter) (*types.QueryIntakeResponse, error)
	// Case is a case, and whose turn it is in words.
	Case(ctx context.Context, number uint64) (*types.QueryCaseResponse, error)
	// Send signs a message, waits until it is in a block, and reads the chain's answer into response.
	Send(ctx context.Context, msg sdk.Msg, response proto.Message) (client.Receipt, error)
}

// network is a Chain behind the SDK's client context.
type network struct {
	clientCtx sdkclient.Context
	address   string
	sender    *client.Sender
}

func newNetwork(ctx context.Context, clientCtx sdkclient.Context) (Chain, error) {
	clientCtx, err := client.WithChainID(ctx, clientCtx)
	if err != nil {
		return nil, err
	}
	n := &network{clientCtx: clientCtx}
	if n.sender, err = client.NewContextSender(clientCtx); err != nil {
		return nil, err
	}
	n.address, err = client.Addresses(clientCtx).BytesToString(n.sender.Address())
	return n, err
}

func (n *network) Address() string { return n.address }

func (n *network) Operator(ctx context.Context) (access.Operator, error) {
	return client.NewReader(n.clientCtx).Operator(ctx)
}

// queries carries the caller's deadline: the SDK's context asks under its own otherwise.
func (n *network) queries(ctx context.Context) types.QueryClient {
	return types.NewQueryClient(n.clientCtx.WithCmdContext(ctx))
}

func (n *network) Intake(ctx context.Context, claimant access.Member, matter types.Matter) (*types.QueryIntakeResponse, error) {
	return n.queries(ctx).Intake(ctx, &types.QueryIntakeRequest{
		InstitutionId: claimant.InstitutionId, PartyId: claimant.PartyId, Matter: matter,
	})
}

func (n *network) Case(ctx context.Context, number uint64) (*types.QueryCaseResponse, error) {
	return n.queries(ctx).Case(ctx, &types.QueryCaseRequest{CaseId: number})
}

func (n *network) Send(ctx context.Context, msg sdk.Msg, response proto.Message) (client.Receipt, error) {
	receipt, err := n.sender.Send(ctx, msg)
	if err != nil {
		return receipt, err
	}
	return receipt, receipt.Read(response)
}
