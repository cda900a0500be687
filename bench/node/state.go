package node

import (
	"fmt"
	"path/filepath"

	dbm "github.com/cosmos/cosmos-db"
	"github.com/spf13/viper"

	"cosmossdk.io/log/v2"

	"github.com/cosmos/cosmos-sdk/server"
	"github.com/cosmos/cosmos-sdk/store/v2/rootmulti"
	storetypes "github.com/cosmos/cosmos-sdk/store/v2/types"
)

// AppDBBackend is the engine of the application's database, as the node chooses it.
func AppDBBackend(home Home) (dbm.BackendType, error) {
	reader := viper.New()
	for _, file := range []string{"config.toml", "app.toml"} {
		reader.SetConfigFile(filepath.Join(home.Dir, "config", file))
		if err := reader.MergeInConfig(); err != nil {
			return "", err
		}
	}
	return server.GetAppDBBackend(reader), nil
}

// StateGrowth is by how many bytes the state of a stopped node has grown since the block at height:
// keys and values alone, without the tree and the database around them.
func StateGrowth(home Home, height int64) (int64, error) {
	backend, err := AppDBBackend(home)
	if err != nil {
		return 0, err
	}
	db, err := dbm.NewDB("application", backend, home.Data())
	if err != nil {
		return 0, err
	}
	defer func() { _ = db.Close() }() // nothing was written
	multi := rootmulti.NewStore(db, log.NewNopLogger())
	multi.SetIAVLDisableFastNode(true) // else opening could rebuild the index of the newest version
	latest := rootmulti.GetLatestVersion(db)
	info, err := multi.GetCommitInfo(latest)
	if err != nil {
		return 0, err
	}
	var keys []storetypes.StoreKey
	for _, store := range info.StoreInfos {
		key := storetypes.NewKVStoreKey(store.Name)
		keys = append(keys, key)
		multi.MountStoreWithDB(key, storetypes.StoreTypeIAVL, nil)
	}
	if err := multi.LoadLatestVersion(); err != nil {
		return 0, err
	}
	before, err := stateSize(multi, keys, height)
	if err != nil {
		return 0, err
	}
	after, err := stateSize(multi, keys, latest)
	return after - before, err
}

func stateSize(multi *rootmulti.Store, keys []storetypes.StoreKey, height int64) (int64, error) {
	view, err := multi.CacheMultiStoreWithVersion(height)
	if err != nil {
		return 0, fmt.Errorf("state of height %d: %w", height, err)
	}
	var size int64
	for _, key := range keys {
		iterator := view.GetKVStore(key).Iterator(nil, nil)
		for ; iterator.Valid(); iterator.Next() {
			size += int64(len(iterator.Key()) + len(iterator.Value()))
		}
		if err := iterator.Close(); err != nil {
			return 0, err
		}
	}
	return size, nil
}
