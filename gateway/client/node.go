package client

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"cosmossdk.io/core/address"

	sdkclient "github.com/cosmos/cosmos-sdk/client"
	sdktx "github.com/cosmos/cosmos-sdk/client/tx"
	sdk "github.com/cosmos/cosmos-sdk/types"
	txtypes "github.com/cosmos/cosmos-sdk/types/tx"
	"github.com/cosmos/cosmos-sdk/types/tx/signing"
	authtypes "github.com/cosmos/cosmos-sdk/x/auth/types"
)

// gasLimit satisfies the form of a transaction; the network charges no gas.
const gasLimit = 10_000_000

// Addresses is the network's way to write addresses.
func Addresses(ctx sdkclient.Context) address.Codec {
	return ctx.InterfaceRegistry.SigningContext().AddressCodec()
}

// ErrOtherNetwork says that a node is not of the network that was asked for.
var ErrOtherNetwork = errors.New("node is of another network")

// WithChainID returns the context with the id of the node's network; ErrOtherNetwork if the context names
// another, since a signature for that one would come back as a refusal.
func WithChainID(ctx context.Context, clientCtx sdkclient.Context) (sdkclient.Context, error) {
	node, err := clientCtx.GetNode()
	if err != nil {
		return clientCtx, err
	}
	status, err := node.Status(ctx)
	if err != nil {
		return clientCtx, fmt.Errorf("node %s does not answer: %w", clientCtx.NodeURI, err)
	}
	network := status.NodeInfo.Network
	if clientCtx.ChainID != "" && clientCtx.ChainID != network {
		return clientCtx, fmt.Errorf("%w: %s is of %s, not %s", ErrOtherNetwork, clientCtx.NodeURI, network, clientCtx.ChainID)
	}
	return clientCtx.WithChainID(network), nil
}

// NewContextSender returns a sender for the operator whose key the context names (--from). The context must
// know its chain id; see WithChainID.
func NewContextSender(ctx sdkclient.Context) (*Sender, error) {
	signer, err := newKeyringSigner(ctx)
	if err != nil {
		return nil, err
	}
	return NewSender(sdkNode{ctx}, signer, DefaultPace()), nil
}

type sdkNode struct{ ctx sdkclient.Context }

func (n sdkNode) Account(ctx context.Context, address sdk.AccAddress) (uint64, uint64, error) {
	text, err := Addresses(n.ctx).BytesToString(address)
	if err != nil {
		return 0, 0, err
	}
	answer, err := authtypes.NewQueryClient(n.ctx.WithCmdContext(ctx)).AccountInfo(ctx, &authtypes.QueryAccountInfoRequest{Address: text})
	if err != nil {
		return 0, 0, err
	}
	if answer.Info == nil {
		return 0, 0, fmt.Errorf("no account at %s", text)
	}
	return answer.Info.AccountNumber, answer.Info.Sequence, nil
}

// Broadcast hands a transaction in by gRPC if the context has a connection (--grpc-addr): a node then need not
// read it out of JSON and base64, which for a batch with details takes a tenth of all that it costs.
func (n sdkNode) Broadcast(ctx context.Context, tx []byte) (Check, error) {
	answer, err := n.broadcast(ctx, tx)
	if err != nil {
		return Check{}, err
	}
	return Check{Codespace: answer.Codespace, Code: answer.Code, Log: answer.RawLog}, nil
}

func (n sdkNode) broadcast(ctx context.Context, tx []byte) (*sdk.TxResponse, error) {
	if n.ctx.GRPCClient == nil {
		return n.ctx.WithCmdContext(ctx).BroadcastTxSync(tx)
	}
	answer, err := txtypes.NewServiceClient(n.ctx.GRPCClient).BroadcastTx(ctx, &txtypes.BroadcastTxRequest{
		TxBytes: tx, Mode: txtypes.BroadcastMode_BROADCAST_MODE_SYNC,
	})
	if err == nil && answer.TxResponse == nil {
		err = errors.New("node's answer to a transaction is empty")
	}
	if err != nil {
		return nil, err
	}
	return answer.TxResponse, nil
}

func (n sdkNode) Find(ctx context.Context, hash []byte) (*Included, error) {
	node, err := n.ctx.GetNode()
	if err != nil {
		return nil, err
	}
	found, err := node.Tx(ctx, hash, false)
	if err != nil {
		// CometBFT has no type for it.
		if strings.Contains(err.Error(), "not found") {
			return nil, nil
		}
		return nil, err
	}
	result := found.TxResult
	return &Included{
		Check:  Check{Codespace: result.Codespace, Code: result.Code, Log: result.Log},
		Height: found.Height, Data: result.Data,
	}, nil
}

type keyringSigner struct {
	ctx     sdkclient.Context
	factory sdktx.Factory
}

// newKeyringSigner signs with the key that the context names (--from).
func newKeyringSigner(ctx sdkclient.Context) (keyringSigner, error) {
	switch {
	case ctx.Keyring == nil || ctx.FromName == "":
		return keyringSigner{}, errors.New("no key is chosen: give --from")
	case ctx.ChainID == "":
		return keyringSigner{}, errors.New("the chain id is not known")
	}
	factory := sdktx.Factory{}.
		WithTxConfig(ctx.TxConfig).
		WithAccountRetriever(ctx.AccountRetriever).
		WithKeybase(ctx.Keyring).
		WithChainID(ctx.ChainID).
		WithFromName(ctx.FromName).
		WithGas(gasLimit).
		WithSignMode(signing.SignMode_SIGN_MODE_DIRECT)
	return keyringSigner{ctx: ctx, factory: factory}, nil
}

func (k keyringSigner) Address() sdk.AccAddress { return k.ctx.FromAddress }

func (k keyringSigner) Sign(ctx context.Context, number, sequence uint64, msgs ...sdk.Msg) ([]byte, error) {
	factory := k.factory.WithAccountNumber(number).WithSequence(sequence)
	builder, err := factory.BuildUnsignedTx(msgs...)
	if err != nil {
		return nil, err
	}
	if err := sdktx.Sign(ctx, factory, k.ctx.FromName, builder, true); err != nil {
		return nil, err
	}
	return k.ctx.TxConfig.TxEncoder()(builder.GetTx())
}
