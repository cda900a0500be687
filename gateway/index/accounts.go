package index

import (
	"context"
	"database/sql"
	"errors"
)

// recentAccounts bounds each of the two halves of what the writer remembers: about 100 bytes an account.
const recentAccounts = 1 << 16

const (
	findAccountSQL   = `SELECT id FROM accounts WHERE address = ?`
	insertAccountSQL = `INSERT INTO accounts (address) VALUES (?)`
)

// accounts gives out the numbers that stand for addresses, and remembers those in use. When the younger
// half is full it becomes the older one, and what was in that is forgotten unless it is used again.
type accounts struct {
	most           int // in each half
	younger, older map[string]int64
}

// forget drops all numbers: some may be of a transaction that was undone.
func (a *accounts) forget() { a.younger, a.older = nil, nil }

// number returns the number of an address, which gets one if it has none.
func (a *accounts) number(ctx context.Context, find, insert *sql.Stmt, address string) (int64, error) {
	if id, known := a.younger[address]; known {
		return id, nil
	}
	id, known := a.older[address]
	if !known {
		err := find.QueryRowContext(ctx, address).Scan(&id)
		if errors.Is(err, sql.ErrNoRows) {
			id, err = insertAccount(ctx, insert, address)
		}
		if err != nil {
			return 0, err
		}
	}
	if a.younger == nil || len(a.younger) >= a.most {
		a.younger, a.older = make(map[string]int64), a.younger
	}
	a.younger[address] = id
	return id, nil
}

func insertAccount(ctx context.Context, insert *sql.Stmt, address string) (int64, error) {
	result, err := insert.ExecContext(ctx, address)
	if err != nil {
		return 0, err
	}
	return result.LastInsertId()
}
