package node

import (
	"crypto/sha256"
	"fmt"

	dbm "github.com/cometbft/cometbft-db"
	abci "github.com/cometbft/cometbft/abci/types"
	cmtcfg "github.com/cometbft/cometbft/config"
	cmtstate "github.com/cometbft/cometbft/state"
	"github.com/cometbft/cometbft/store"
)

// History reads the blocks of a stopped node and what came of their transactions, from its disk: the
// node is not asked, so that reading costs it nothing while it is measured.
type History struct {
	blocks  *store.BlockStore
	results cmtstate.Store
	opened  []dbm.DB
}

// OpenHistory opens the databases of a home whose node has stopped.
func OpenHistory(home Home) (*History, error) {
	config, err := ReadCometConfig(home.Dir)
	if err != nil {
		return nil, err
	}
	h := &History{}
	open := func(name string) (dbm.DB, error) {
		db, err := cmtcfg.DefaultDBProvider(&cmtcfg.DBContext{ID: name, Config: config})
		if err != nil {
			return nil, fmt.Errorf("open %s of %s: %w", name, home.Name, err)
		}
		h.opened = append(h.opened, db)
		return db, nil
	}
	blocks, err := open("blockstore")
	if err != nil {
		return nil, err
	}
	results, err := open("state")
	if err != nil {
		h.Close()
		return nil, err
	}
	h.blocks = store.NewBlockStore(blocks)
	h.results = cmtstate.NewStore(results, cmtstate.StoreOptions{})
	return h, nil
}

// Close closes the databases.
func (h *History) Close() {
	for _, db := range h.opened {
		_ = db.Close() // nothing was written
	}
}

// Each gives every transaction of the chain in order, by its hash, with its height and result.
func (h *History) Each(visit func(height int64, hash [sha256.Size]byte, result *abci.ExecTxResult) error) error {
	for height := max(h.blocks.Base(), 1); height <= h.blocks.Height(); height++ {
		block := h.blocks.LoadBlock(height)
		if block == nil {
			return fmt.Errorf("block %d is not on the disk", height)
		}
		if len(block.Txs) == 0 {
			continue
		}
		response, err := h.results.LoadFinalizeBlockResponse(height)
		if err != nil {
			return fmt.Errorf("what came of block %d is not on the disk: %w", height, err)
		}
		if len(response.TxResults) != len(block.Txs) {
			return fmt.Errorf("block %d has %d transactions and %d results", height, len(block.Txs), len(response.TxResults))
		}
		for i, tx := range block.Txs {
			if err := visit(height, sha256.Sum256(tx), response.TxResults[i]); err != nil {
				return err
			}
		}
	}
	return nil
}
