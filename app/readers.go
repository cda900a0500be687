package app

import (
	"context"

	abci "github.com/cometbft/cometbft/abci/types"
	gogogrpc "github.com/cosmos/gogoproto/grpc"
	"google.golang.org/grpc"

	cryptotypes "github.com/cosmos/cosmos-sdk/crypto/types"
	sdkerrors "github.com/cosmos/cosmos-sdk/types/errors"
	"github.com/cosmos/cosmos-sdk/x/auth/signing"

	"github.com/zhilian-network/zhilian/gateway/door"
	gatewaytypes "github.com/zhilian-network/zhilian/gateway/types"
	accesskeeper "github.com/zhilian-network/zhilian/x/access/keeper"
	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	creditkeeper "github.com/zhilian-network/zhilian/x/credit/keeper"
	disputekeeper "github.com/zhilian-network/zhilian/x/dispute/keeper"
	financingkeeper "github.com/zhilian-network/zhilian/x/financing/keeper"
	settlementkeeper "github.com/zhilian-network/zhilian/x/settlement/keeper"
	settlementtypes "github.com/zhilian-network/zhilian/x/settlement/types"
	vaultkeeper "github.com/zhilian-network/zhilian/x/vault/keeper"
)

// readers is the read door of a node: which of its ways in ask it, and the door itself.
type readers struct {
	door  *door.Door
	modes door.Modes
}

// publicRecords are read raw by anyone, with a proof: the head of the log of payments, that receipts
// rest on.
var publicRecords = []door.Raw{{Store: settlementtypes.StoreKey, Key: settlementtypes.PaymentLogPrefix.Bytes()}}

// AttachReaders puts the read door before the node's queries, as modes say. name tells a person who signs
// which node it is; index knows payments that have left state. Call it before the servers start.
func (app *App) AttachReaders(modes door.Modes, name string, index gatewaytypes.QueryServer) (*door.Door, error) {
	opened, err := door.New(door.Config{
		ChainID: app.ChainID, Node: name, Addresses: app.Encoding.Addresses, Rules: door.ProtoRules{}, State: readState{app},
		Books: door.QueryBooks{
			Access:     accesskeeper.NewQueryServer(app.Keepers.Access),
			Settlement: settlementkeeper.NewQueryServer(app.Keepers.Settlement),
			Vault:      vaultkeeper.NewQueryServer(app.Keepers.Vault),
			Credit:     creditkeeper.NewQueryServer(app.Keepers.Credit),
			Financing:  financingkeeper.NewQueryServer(app.Keepers.Financing),
			Dispute:    disputekeeper.NewQueryServer(app.Keepers.Dispute),
			Index:      index,
		},
	})
	if err != nil {
		return nil, err
	}
	gatewaytypes.RegisterDoorServer(app.GRPCQueryRouter(), door.Service{Door: opened})
	app.readers = readers{door: opened, modes: modes}
	app.door.Guard = func(conn grpc.ClientConnInterface) grpc.ClientConnInterface {
		if modes.REST {
			return door.Conn{ClientConnInterface: conn, Door: opened}
		}
		return door.OwnConn{ClientConnInterface: conn, Door: opened}
	}
	return opened, nil
}

// guarded is a gRPC server behind the read door, if that is asked there.
func (r readers) guarded(server gogogrpc.Server) gogogrpc.Server {
	if r.door == nil || !r.modes.GRPC {
		return server
	}
	return door.Server{Server: server, Door: r.door}
}

// Query answers CometBFT's RPC.
func (app *App) Query(ctx context.Context, request *abci.RequestQuery) (*abci.ResponseQuery, error) {
	if app.readers.door == nil {
		return app.BaseApp.Query(ctx, request)
	}
	return app.readers.door.QueryABCI(request, app.readers.modes.ABCI, func(request *abci.RequestQuery) (*abci.ResponseQuery, error) {
		return app.BaseApp.Query(ctx, request)
	}, publicRecords...)
}

// readState is the newest state, as the read door sees it.
type readState struct{ app *App }

func (s readState) Context() (context.Context, error) { return s.app.CreateQueryContext(0, false) }

func (s readState) Require(ctx context.Context, ask accesstypes.Ask) (accesstypes.Actor, error) {
	return s.app.Keepers.Access.Require(ctx, ask)
}

func (s readState) CheckSharing(ctx context.Context, sharing accesstypes.Sharing) (accesstypes.Basis, error) {
	return s.app.Keepers.Access.CheckSharing(ctx, sharing)
}

func (s readState) CheckActive(ctx context.Context, operator string) error {
	return s.app.Keepers.Access.CheckActive(ctx, operator)
}

func (s readState) Signers(transaction []byte) ([][]byte, error) {
	decoded, err := s.app.Encoding.TxConfig.TxDecoder()(transaction)
	if err != nil {
		return nil, err
	}
	signed, ok := decoded.(signing.SigVerifiableTx)
	if !ok {
		return nil, sdkerrors.ErrTxDecode
	}
	return signed.GetSigners()
}

// KnownKey is the key of an account that has signed before; others have none.
func (s readState) KnownKey(ctx context.Context, address []byte) (cryptotypes.PubKey, error) {
	account := s.app.Keepers.Accounts.GetAccount(ctx, address)
	if account == nil {
		return nil, nil
	}
	return account.GetPubKey(), nil
}
