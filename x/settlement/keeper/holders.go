package keeper

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"

	"cosmossdk.io/math"

	"github.com/cosmos/cosmos-sdk/types/bech32"

	"github.com/zhilian-network/zhilian/internal/scan"
	"github.com/zhilian-network/zhilian/x/settlement/types"
)

// violationsMax bounds the accounts that a report names; the ledger bounds its own part.
const violationsMax = 100

// checkHoldings has the ledger check its balances, and meanwhile goes through the accounts beside
// them: both are in the order of addresses, so that each is read once and no account takes memory.
// held says by denom how much deposit money lies in accounts of the bank that owes it.
func (k *Keeper) checkHoldings(ctx context.Context) (found []string, held map[string]math.Int, err error) {
	roll, err := k.openRoll(ctx)
	if err != nil {
		return nil, nil, err
	}
	defer roll.accounts.Close()
	own := heldRoll{keeper: k, ctx: ctx, report: roll}
	found, held, err = k.ledger.CheckHoldings(ctx, roll.holds, own.compare)
	if err != nil {
		return nil, nil, err
	}
	if err := own.finish(); err != nil {
		return nil, nil, err
	}
	// Those behind the last balance hold nothing, but are looked at too.
	for !roll.ended {
		if err := roll.next(); err != nil {
			return nil, nil, err
		}
	}
	return append(found, roll.violations...), held, nil
}

// roll is the accounts in the order of their addresses.
type roll struct {
	accounts   *scan.Scan
	prefix     string // of addresses in bech32
	current    types.Account
	address    []byte // of current; empty before the first account
	ended      bool
	violations []string
}

func (k *Keeper) openRoll(ctx context.Context) (*roll, error) {
	text, err := k.addresses.BytesToString(make([]byte, types.AddressLength))
	if err != nil {
		return nil, err
	}
	prefix, _, err := bech32.DecodeAndConvert(text)
	if err != nil {
		return nil, err
	}
	accounts, err := scan.Open(ctx, k.store, types.AccountsPrefix.Bytes())
	return &roll{accounts: accounts, prefix: prefix}, err
}

// holds says whether the holder is an account that may hold the denom. Holders of one length come in
// the order of their bytes.
func (r *roll) holds(holder []byte, denom string) (bool, error) {
	if len(holder) != types.AddressLength {
		return false, nil
	}
	for !r.ended && bytes.Compare(r.address, holder) < 0 {
		if err := r.next(); err != nil {
			return false, err
		}
	}
	if r.ended || !bytes.Equal(r.address, holder) {
		return false, nil
	}
	currency, ofBank := strings.CutPrefix(denom, r.current.InstitutionId)
	currency, separated := strings.CutPrefix(currency, "/")
	return ofBank && separated && slices.Contains(r.current.Currencies, currency), nil
}

// next goes to the next account whose record is where it says.
func (r *roll) next() error {
	for r.accounts.Next() {
		r.current = types.Account{}
		if err := r.current.Unmarshal(r.accounts.Value()); err != nil {
			return err
		}
		r.address = r.accounts.Key()
		if r.isAt(r.address) {
			return nil
		}
		r.report("account %s is stored at %X", r.current.Address, r.address)
	}
	r.ended = true
	return r.accounts.Err()
}

func (r *roll) report(format string, args ...any) {
	if len(r.violations) < violationsMax {
		r.violations = append(r.violations, fmt.Sprintf(format, args...))
	}
}

// isAt does not ask the address codec: that of the application remembers addresses, and would forget
// those of payments for these.
func (r *roll) isAt(key []byte) bool {
	prefix, address, err := bech32.DecodeAndConvert(r.current.Address)
	return err == nil && prefix == r.prefix && len(key) == types.AddressLength && bytes.Equal(address, key)
}
