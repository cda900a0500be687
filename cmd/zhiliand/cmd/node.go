package cmd

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"

	abci "github.com/cometbft/cometbft/abci/types"
	dbm "github.com/cosmos/cosmos-db"
	"github.com/spf13/cast"
	"golang.org/x/sync/errgroup"

	"cosmossdk.io/log/v2"

	"github.com/cosmos/cosmos-sdk/client"
	"github.com/cosmos/cosmos-sdk/client/flags"
	"github.com/cosmos/cosmos-sdk/server"
	servertypes "github.com/cosmos/cosmos-sdk/server/types"
	"github.com/cosmos/cosmos-sdk/version"

	"github.com/zhilian-network/zhilian/app"
	"github.com/zhilian-network/zhilian/gateway"
	"github.com/zhilian-network/zhilian/gateway/door"
	"github.com/zhilian-network/zhilian/gateway/live"
	"github.com/zhilian-network/zhilian/gateway/metrics"
	"github.com/zhilian-network/zhilian/gateway/rest"
	"github.com/zhilian-network/zhilian/nodeconfig"
)

// nodeServices is what runs beside consensus in a node: the index of its payments, the stream of
// events, and the metrics.
type nodeServices struct {
	index      *gateway.Service
	validators gateway.ValidatorCounter
	// ownToken lets the node ask itself, behind its own read door.
	ownToken string
}

// startRefused is why a node does not start: the SDK lets a constructor only panic.
type startRefused struct{ error }

// newApp builds the application of a node.
func (n *nodeServices) newApp(logger log.Logger, db dbm.DB, options servertypes.AppOptions) servertypes.Application {
	nodeconfig.TuneMemory()
	application := app.New(logger, db, true, options, server.DefaultBaseappOptions(options)...)
	if err := n.openIndex(application, options); err != nil {
		panic(startRefused{err})
	}
	return observed{application, n.index}
}

// observed is an application whose door is watched: what becomes of a transaction is told to the node's
// services after the application has answered, so that they cannot change the answer.
type observed struct {
	*app.App
	index *gateway.Service
}

func (o observed) CheckTx(request *abci.RequestCheckTx) (*abci.ResponseCheckTx, error) {
	answer, err := o.App.CheckTx(request)
	if err == nil {
		o.index.Checked(request, answer)
	}
	return answer, err
}

func (n *nodeServices) openIndex(application *app.App, options servertypes.AppOptions) error {
	folder := filepath.Join(cast.ToString(options.Get(flags.FlagHome)), "data")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	service, err := gateway.OpenService(context.Background(), filepath.Join(folder, "index.sqlite"),
		application.Encoding.Addresses, version.Version)
	if err != nil {
		return fmt.Errorf("open the index: %w", err)
	}
	n.index, n.validators = service, application.Keepers.Consortium
	queries := service.QueryServer(application.Keepers.Access)
	application.AttachGateway(queries)
	modes, err := door.ReadModes(options)
	if err != nil {
		return err
	}
	readers, err := application.AttachReaders(modes, cast.ToString(options.Get("moniker")), queries)
	if err != nil {
		return err
	}
	n.ownToken = readers.NodeToken()
	var admit func(*http.Request, string) (func() error, error)
	if modes.REST {
		admit = readers.Admit
	}
	application.AttachRoutes(
		rest.Route{Path: live.Path, Handler: service.EventsHandler(admit), Streams: true},
		rest.Route{Path: metrics.Path, Handler: service.MetricsHandler()},
	)
	return nil
}

// postSetup starts following the chain once the node's servers are up.
func (n *nodeServices) postSetup(serverCtx *server.Context, clientCtx client.Context, ctx context.Context, group *errgroup.Group) error {
	blocks, ok := clientCtx.Client.(gateway.Blocks)
	if !ok {
		serverCtx.Logger.Info("the index is off: it needs the API or the gRPC server")
		return nil
	}
	group.Go(func() error {
		// It ends when the node stops, and for no other reason: that is no fault of the node.
		_ = n.index.Follow(ctx, blocks, n.validators, gateway.NewState(clientCtx, n.ownToken), serverCtx.Logger)
		return n.index.Close()
	})
	return nil
}

// exportState writes the state of a stopped node as a genesis.
func exportState(logger log.Logger, db dbm.DB, height int64, forZeroHeight bool, _ []string,
	options servertypes.AppOptions, modules []string,
) (servertypes.ExportedApp, error) {
	if forZeroHeight {
		return servertypes.ExportedApp{}, errors.New("an export for height zero is not offered: import the export as it is")
	}
	const newest = -1
	application := app.New(logger, db, height == newest, options)
	if height != newest {
		if err := application.LoadVersion(height); err != nil {
			return servertypes.ExportedApp{}, err
		}
	}
	return application.Export(modules)
}
