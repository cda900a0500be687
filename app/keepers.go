package app

import (
	"context"

	storetypes "github.com/cosmos/cosmos-sdk/store/v2/types"

	"github.com/cosmos/cosmos-sdk/baseapp"
	"github.com/cosmos/cosmos-sdk/runtime"
	sdk "github.com/cosmos/cosmos-sdk/types"
	authkeeper "github.com/cosmos/cosmos-sdk/x/auth/keeper"
	authtypes "github.com/cosmos/cosmos-sdk/x/auth/types"
	consensuskeeper "github.com/cosmos/cosmos-sdk/x/consensus/keeper"
	consensustypes "github.com/cosmos/cosmos-sdk/x/consensus/types"
	upgradekeeper "github.com/cosmos/cosmos-sdk/x/upgrade/keeper"
	upgradetypes "github.com/cosmos/cosmos-sdk/x/upgrade/types"

	accesskeeper "github.com/zhilian-network/zhilian/x/access/keeper"
	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	consortiumkeeper "github.com/zhilian-network/zhilian/x/consortium/keeper"
	consortiumtypes "github.com/zhilian-network/zhilian/x/consortium/types"
	creditkeeper "github.com/zhilian-network/zhilian/x/credit/keeper"
	credittypes "github.com/zhilian-network/zhilian/x/credit/types"
	disputekeeper "github.com/zhilian-network/zhilian/x/dispute/keeper"
	disputetypes "github.com/zhilian-network/zhilian/x/dispute/types"
	financingkeeper "github.com/zhilian-network/zhilian/x/financing/keeper"
	financingtypes "github.com/zhilian-network/zhilian/x/financing/types"
	ledgerkeeper "github.com/zhilian-network/zhilian/x/ledger/keeper"
	ledgertypes "github.com/zhilian-network/zhilian/x/ledger/types"
	settlementkeeper "github.com/zhilian-network/zhilian/x/settlement/keeper"
	settlementtypes "github.com/zhilian-network/zhilian/x/settlement/types"
	vaultkeeper "github.com/zhilian-network/zhilian/x/vault/keeper"
	vaulttypes "github.com/zhilian-network/zhilian/x/vault/types"
)

// Keepers are the modules' keepers.
type Keepers struct {
	Accounts   authkeeper.AccountKeeper
	Consensus  consensuskeeper.Keeper
	Upgrade    *upgradekeeper.Keeper
	Access     *accesskeeper.Keeper
	Consortium *consortiumkeeper.Keeper
	Ledger     *ledgerkeeper.Keeper
	Settlement *settlementkeeper.Keeper
	Vault      *vaultkeeper.Keeper
	Credit     *creditkeeper.Keeper
	Financing  *financingkeeper.Keeper
	Dispute    *disputekeeper.Keeper
}

// Stores are the keys of the modules' stores.
type Stores struct {
	Persistent map[string]*storetypes.KVStoreKey
	Transient  map[string]*storetypes.TransientStoreKey
}

func newStores() Stores {
	return Stores{
		Persistent: storetypes.NewKVStoreKeys(
			authtypes.StoreKey, consensustypes.StoreKey, upgradetypes.StoreKey,
			accesstypes.StoreKey, consortiumtypes.StoreKey, ledgertypes.StoreKey, settlementtypes.StoreKey,
			vaulttypes.StoreKey, credittypes.StoreKey, financingtypes.StoreKey, disputetypes.StoreKey,
		),
		// Quotas and the block's list of decided payments last for one block and cost no tree write.
		Transient: storetypes.NewTransientStoreKeys(accesstypes.TransientStoreKey, settlementtypes.TransientStoreKey),
	}
}

// Authority is the address that collective decisions act with: the module account of consortium.
func Authority() string {
	SetAddressPrefixes()
	return authtypes.NewModuleAddress(consortiumtypes.ModuleName).String()
}

// newKeepers builds the keepers up the tiers: what a constructor takes is what the module may call.
func newKeepers(encoding Encoding, stores Stores, base *baseapp.BaseApp, home string, skipUpgrades map[int64]bool) Keepers {
	var k Keepers
	authority := Authority()
	persistent := func(name string) *storetypes.KVStoreKey { return stores.Persistent[name] }

	k.Consensus = consensuskeeper.NewKeeper(encoding.Codec,
		runtime.NewKVStoreService(persistent(consensustypes.StoreKey)), authority, runtime.EventService{})
	k.Accounts = authkeeper.NewAccountKeeper(encoding.Codec,
		runtime.NewKVStoreService(persistent(authtypes.StoreKey)), authtypes.ProtoBaseAccount,
		map[string][]string{}, encoding.Addresses, Bech32Prefix, authority)
	k.Upgrade = upgradekeeper.NewKeeper(skipUpgrades,
		runtime.NewKVStoreService(persistent(upgradetypes.StoreKey)), encoding.Codec, home, base, authority)

	// Tier 0.
	k.Access = accesskeeper.NewKeeper(encoding.Codec,
		runtime.NewKVStoreService(persistent(accesstypes.StoreKey)),
		runtime.NewTransientStoreService(stores.Transient[accesstypes.TransientStoreKey]),
		encoding.Addresses, accountOpener{k.Accounts}, authority,
		accesskeeper.ActionDeps{Router: base.MsgServiceRouter(), Units: contentUnits, Keys: keyProofs{k.Accounts}})

	// Tier 1.
	k.Consortium = consortiumkeeper.NewKeeper(encoding.Codec,
		runtime.NewKVStoreService(persistent(consortiumtypes.StoreKey)),
		encoding.Addresses, encoding.ConsensusAddresses, k.Access, base.MsgServiceRouter(), authority)
	k.Ledger = ledgerkeeper.NewKeeper(encoding.Codec,
		runtime.NewKVStoreService(persistent(ledgertypes.StoreKey)), encoding.Addresses)

	k.Vault = vaultkeeper.NewKeeper(encoding.Codec,
		runtime.NewKVStoreService(persistent(vaulttypes.StoreKey)), k.Access, authority)

	// Tier 4, before settlement, which tells it what has settled: it calls nothing of settlement.
	k.Credit = creditkeeper.NewKeeper(encoding.Codec,
		runtime.NewKVStoreService(persistent(credittypes.StoreKey)), k.Access, k.Vault, authority)

	// Tier 3.
	k.Settlement = settlementkeeper.NewKeeper(encoding.Codec,
		runtime.NewKVStoreService(persistent(settlementtypes.StoreKey)),
		runtime.NewTransientStoreService(stores.Transient[settlementtypes.TransientStoreKey]),
		encoding.Addresses, k.Access, k.Ledger, k.Credit, authority)

	// Tier 5.
	k.Financing = financingkeeper.NewKeeper(encoding.Codec,
		runtime.NewKVStoreService(persistent(financingtypes.StoreKey)), encoding.Addresses,
		financingkeeper.Deps{Access: k.Access, Ledger: k.Ledger, Settlement: k.Settlement, Ratings: k.Credit, Behaviour: k.Credit}, authority)

	// Tier 6.
	k.Dispute = disputekeeper.NewKeeper(encoding.Codec,
		runtime.NewKVStoreService(persistent(disputetypes.StoreKey)), encoding.Addresses,
		disputekeeper.Deps{Access: k.Access, Holds: k.Ledger, Payments: k.Settlement, Ratings: k.Credit, Records: k.Vault, Financing: k.Financing}, authority)
	return k
}

// accountOpener lets access give an operator's key the account that holds its nonce.
type accountOpener struct{ accounts authkeeper.AccountKeeper }

func (o accountOpener) EnsureAccount(ctx context.Context, address sdk.AccAddress) error {
	if !o.accounts.HasAccount(ctx, address) {
		o.accounts.SetAccount(ctx, o.accounts.NewAccountWithAddress(ctx, address))
	}
	return nil
}
