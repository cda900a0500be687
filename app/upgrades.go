package app

import (
	"context"

	upgradetypes "github.com/cosmos/cosmos-sdk/x/upgrade/types"

	"github.com/cosmos/cosmos-sdk/types/module"
)

// upgrades names each coordinated upgrade of the network and what it does beside the modules' own
// migrations. The first release has none.
var upgrades = []struct {
	name string
}{}

func (app *App) registerUpgrades() {
	for _, upgrade := range upgrades {
		app.Keepers.Upgrade.SetUpgradeHandler(upgrade.name,
			func(ctx context.Context, _ upgradetypes.Plan, from module.VersionMap) (module.VersionMap, error) {
				return app.modules.RunMigrations(ctx, app.configurator, from)
			})
	}
}
