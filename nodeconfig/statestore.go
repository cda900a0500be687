package nodeconfig

import (
	"path/filepath"

	dbm "github.com/cosmos/cosmos-db"

	"github.com/zhilian-network/zhilian/internal/statedb"
)

const (
	// stateStore is the database below the state. docs/benchmarks.md has what others cost.
	stateStore = dbm.PebbleDBBackend
	// stateName is the name that the SDK's own commands know the database by.
	stateName = "application"

	// The cache of the state's database holds what has been unpacked of its files: a 32nd of the
	// machine's memory, as that is the operator's to divide.
	stateCacheShare = 32
	stateCacheMin   = 64 << 20
	stateCacheMax   = 1 << 30
)

// OpenState opens the database of the state of a home. It is a server.StartCmdOptions.DBOpener: the
// kind is what the operator's app.toml says.
func OpenState(home string, kind dbm.BackendType) (dbm.DB, error) {
	folder := filepath.Join(home, "data")
	if kind != stateStore {
		return dbm.NewDB(stateName, kind, folder)
	}
	return statedb.Open(stateName, folder, min(max(machineMemory()/stateCacheShare, stateCacheMin), stateCacheMax))
}
