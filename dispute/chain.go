package dispute

import (
	"context"

	"github.com/cosmos/gogoproto/proto"

	sdkclient "github.com/cosmos/cosmos-sdk/client"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/zhilian-network/zhilian/gateway/client"
	gatewaytypes "github.com/zhilian-network/zhilian/gateway/types"
	access "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/dispute/types"
	settlement "github.com/zhilian-network/zhilian/x/settlement/types"
)

// Chain is what the commands need of the network.
type Chain interface {
	// Address is that of the chosen key, bech32.
	Address() string
	// Operator is whom the chosen key acts for.
	Operator(ctx context.Context) (access.Operator, error)
	// Intake is what the ledger knows of a matter, with a receipt if a payment has left state.
	Intake(ctx context.Context, claimant access.Member, matter types.Matter, receipt *settlement.PaymentProof) (*types.QueryIntakeResponse, error)
	// Receipt is what proves a payment by the newest log that the node's index knows.
	Receipt(ctx context.Context, uetr string) (*settlement.PaymentProof, error)
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

func (n *network) Intake(
	ctx context.Context, claimant access.Member, matter types.Matter, receipt *settlement.PaymentProof,
) (*types.QueryIntakeResponse, error) {
	return n.queries(ctx).Intake(ctx, &types.QueryIntakeRequest{
		InstitutionId: claimant.InstitutionId, PartyId: claimant.PartyId, Matter: matter, Receipt: receipt,
	})
}

func (n *network) Receipt(ctx context.Context, uetr string) (*settlement.PaymentProof, error) {
	proof, err := gatewaytypes.NewQueryClient(n.clientCtx.WithCmdContext(ctx)).PaymentProof(ctx, &gatewaytypes.QueryPaymentProofRequest{Uetr: uetr})
	if err != nil {
		return nil, err
	}
	return &settlement.PaymentProof{Payment: proof.Payment, LogIndex: proof.LogIndex, LogSize: proof.LogSize, Path: proof.Path}, nil
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
