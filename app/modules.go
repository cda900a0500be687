package app

import (
	autocliv1 "cosmossdk.io/api/cosmos/autocli/v1"

	"github.com/cosmos/cosmos-sdk/types/module"
	"github.com/cosmos/cosmos-sdk/x/auth"
	authtypes "github.com/cosmos/cosmos-sdk/x/auth/types"
	"github.com/cosmos/cosmos-sdk/x/consensus"
	consensustypes "github.com/cosmos/cosmos-sdk/x/consensus/types"
	"github.com/cosmos/cosmos-sdk/x/upgrade"
	upgradetypes "github.com/cosmos/cosmos-sdk/x/upgrade/types"

	"github.com/zhilian-network/zhilian/x/access"
	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/consortium"
	consortiumtypes "github.com/zhilian-network/zhilian/x/consortium/types"
	"github.com/zhilian-network/zhilian/x/credit"
	credittypes "github.com/zhilian-network/zhilian/x/credit/types"
	"github.com/zhilian-network/zhilian/x/dispute"
	disputetypes "github.com/zhilian-network/zhilian/x/dispute/types"
	"github.com/zhilian-network/zhilian/x/financing"
	financingtypes "github.com/zhilian-network/zhilian/x/financing/types"
	"github.com/zhilian-network/zhilian/x/ledger"
	ledgertypes "github.com/zhilian-network/zhilian/x/ledger/types"
	"github.com/zhilian-network/zhilian/x/settlement"
	settlementtypes "github.com/zhilian-network/zhilian/x/settlement/types"
	"github.com/zhilian-network/zhilian/x/vault"
	vaulttypes "github.com/zhilian-network/zhilian/x/vault/types"
)

// basics are the modules without keepers: enough to register types and to build commands, so that a
// command needs no application behind it.
func basics() []module.AppModuleBasic {
	return []module.AppModuleBasic{
		auth.AppModule{},
		consensus.AppModuleBasic{},
		upgrade.AppModuleBasic{},
		access.AppModule{},
		consortium.AppModule{},
		ledger.AppModule{},
		settlement.AppModule{},
		vault.AppModule{},
		credit.AppModule{},
		financing.AppModule{},
		dispute.AppModule{},
	}
}

// newManager sets every order of the modules, each with its reason. newest tells the newest height that
// is committed.
func newManager(encoding Encoding, k Keepers, newest func() int64) *module.Manager {
	manager := module.NewManager(
		auth.NewAppModule(encoding.Codec, k.Accounts, nil),
		consensus.NewAppModule(encoding.Codec, k.Consensus),
		upgrade.NewAppModule(k.Upgrade, encoding.Addresses),
		access.NewAppModule(encoding.Codec, k.Access),
		consortium.NewAppModule(encoding.Codec, k.Consortium),
		ledger.NewAppModule(encoding.Codec, k.Ledger),
		settlement.NewAppModule(encoding.Codec, k.Settlement, newest),
		vault.NewAppModule(encoding.Codec, k.Vault),
		credit.NewAppModule(encoding.Codec, k.Credit),
		financing.NewAppModule(encoding.Codec, k.Financing),
		dispute.NewAppModule(encoding.Codec, k.Dispute),
	)
	// An upgrade must run before anything reads state that it changes.
	manager.SetOrderPreBlockers(upgradetypes.ModuleName, authtypes.ModuleName)
	// Misbehaviour is judged before the block's transactions.
	manager.SetOrderBeginBlockers(consortiumtypes.ModuleName)
	// What access decided long ago leaves state, requests to the vault and attestations expire; after that what
	// financing has due is paid, on ratings that are in force, and cases pay what is ruled and owed. Settlement comes
	// after all that pays: it seals the block's log of payments. The validator set is settled last.
	manager.SetOrderEndBlockers(accesstypes.ModuleName, vaulttypes.ModuleName, credittypes.ModuleName,
		financingtypes.ModuleName, disputetypes.ModuleName, settlementtypes.ModuleName, consortiumtypes.ModuleName)
	// Up the tiers, so that each finds what it builds on; consortium, which returns the validators,
	// after access, which knows their institutions.
	order := []string{
		authtypes.ModuleName, consensustypes.ModuleName, upgradetypes.ModuleName,
		accesstypes.ModuleName, consortiumtypes.ModuleName, ledgertypes.ModuleName, vaulttypes.ModuleName, settlementtypes.ModuleName,
		credittypes.ModuleName, financingtypes.ModuleName, disputetypes.ModuleName,
	}
	manager.SetOrderInitGenesis(order...)
	manager.SetOrderExportGenesis(order...)
	return manager
}

// CommandOptions says which services become commands. The bank's is read-only: the ledger answers
// it for wallets.
func CommandOptions() map[string]*autocliv1.ModuleOptions {
	return map[string]*autocliv1.ModuleOptions{
		authtypes.ModuleName:       auth.AppModule{}.AutoCLIOptions(),
		consensustypes.ModuleName:  {Query: consensus.AppModule{}.AutoCLIOptions().Query},
		upgradetypes.ModuleName:    {Query: upgrade.AppModule{}.AutoCLIOptions().Query},
		accesstypes.ModuleName:     access.AppModule{}.AutoCLIOptions(),
		consortiumtypes.ModuleName: consortium.AppModule{}.AutoCLIOptions(),
		ledgertypes.ModuleName:     ledger.AppModule{}.AutoCLIOptions(),
		settlementtypes.ModuleName: settlement.AppModule{}.AutoCLIOptions(),
		vaulttypes.ModuleName:      vault.AppModule{}.AutoCLIOptions(),
		credittypes.ModuleName:     credit.AppModule{}.AutoCLIOptions(),
		financingtypes.ModuleName:  financing.AppModule{}.AutoCLIOptions(),
		disputetypes.ModuleName:    dispute.AppModule{}.AutoCLIOptions(),
	}
}
