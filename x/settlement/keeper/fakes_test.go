package keeper_test

import (
	"context"
	"fmt"
	"maps"
	"slices"

	corestore "cosmossdk.io/core/store"
	"cosmossdk.io/math"

	sdk "github.com/cosmos/cosmos-sdk/types"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	ledgertypes "github.com/zhilian-network/zhilian/x/ledger/types"
	"github.com/zhilian-network/zhilian/x/settlement/types"
)

// fakeAccess knows institutions, parties and operators, and answers as access does.
type fakeAccess struct {
	institutions map[string]accesstypes.Institution
	parties      map[string]accesstypes.Party
	operators    map[string]fakeOperator
	spent        []accesstypes.Money // what was charged, in order
}

type fakeOperator struct {
	institution, party string
	permissions        []string
}

func (f *fakeAccess) Require(_ context.Context, ask accesstypes.Ask) (accesstypes.Actor, error) {
	operator, permission, scope := ask.Operator, ask.Permission, ask.Scope
	o, known := f.operators[operator]
	if !known {
		return accesstypes.Actor{}, accesstypes.ErrOperatorNotFound
	}
	own := accesstypes.Scope{InstitutionID: o.institution, PartyID: o.party}
	if scope == accesstypes.OwnScope {
		scope = own
	}
	if !slices.Contains(o.permissions, permission) {
		return accesstypes.Actor{}, accesstypes.ErrPermissionDenied
	}
	if !own.Covers(scope) {
		return accesstypes.Actor{}, accesstypes.ErrScopeDenied
	}
	if f.institutions[scope.InstitutionID].Status != accesstypes.MemberStatus_MEMBER_STATUS_ACTIVE {
		return accesstypes.Actor{}, accesstypes.ErrInstitutionInactive
	}
	if scope.PartyID != "" && f.parties[scope.PartyID].Status != accesstypes.MemberStatus_MEMBER_STATUS_ACTIVE {
		return accesstypes.Actor{}, accesstypes.ErrPartyInactive
	}
	return accesstypes.Actor{
		Address: operator, InstitutionID: o.institution, PartyID: o.party, Kind: f.institutions[o.institution].Kind,
	}, nil
}

func (f *fakeAccess) Spend(_ context.Context, _ accesstypes.Actor, money accesstypes.Money) error {
	f.spent = append(f.spent, money)
	return nil
}

func (f *fakeAccess) Institution(_ context.Context, id string) (accesstypes.Institution, error) {
	institution, known := f.institutions[id]
	if !known {
		return institution, accesstypes.ErrInstitutionNotFound
	}
	return institution, nil
}

func (f *fakeAccess) Party(_ context.Context, id string) (accesstypes.Party, error) {
	party, known := f.parties[id]
	if !known {
		return party, accesstypes.ErrPartyNotFound
	}
	return party, nil
}

func (f *fakeAccess) suspendInstitution(id string) {
	institution := f.institutions[id]
	institution.Status = accesstypes.MemberStatus_MEMBER_STATUS_SUSPENDED
	f.institutions[id] = institution
}

func (f *fakeAccess) suspendParty(id string) {
	party := f.parties[id]
	party.Status = accesstypes.MemberStatus_MEMBER_STATUS_SUSPENDED
	f.parties[id] = party
}

// fakeObserver keeps what it is told of, one list for each time, and refuses if it is to.
type fakeObserver struct {
	told    [][]types.SettledPayment
	refusal error
}

func (f *fakeObserver) PaymentsSettled(_ context.Context, settled []types.SettledPayment) error {
	f.told = append(f.told, settled)
	return f.refusal
}

// fakeLedger keeps balances in maps and is as strict as the ledger: denoms are known, postings balance,
// nothing falls below zero. It notes what a store would have to write: one key for each balance and
// supply that changes.
type fakeLedger struct {
	denoms   map[string]ledgertypes.Denom
	balances map[string]math.Int
	supplies map[string]math.Int
	writes   map[string]bool
	reads    []string // denoms of balances that were asked for
	holds    map[string]fakeHold
}

type fakeHold struct {
	key  ledgertypes.HoldKey
	left math.Int
}

func newFakeLedger() *fakeLedger {
	return &fakeLedger{
		holds:  map[string]fakeHold{},
		denoms: map[string]ledgertypes.Denom{}, balances: map[string]math.Int{},
		supplies: map[string]math.Int{}, writes: map[string]bool{},
	}
}

func (f *fakeLedger) RegisterDenom(_ context.Context, denom ledgertypes.Denom) error {
	if err := denom.Validate(); err != nil {
		return err
	}
	if known, exists := f.denoms[denom.Denom]; exists && known != denom {
		return ledgertypes.ErrDenomConflict
	}
	f.denoms[denom.Denom] = denom
	return nil
}

// held adds up the holds of a balance.
func (f *fakeLedger) held(account sdk.AccAddress, denom string) math.Int {
	sum := math.ZeroInt()
	for _, hold := range f.holds {
		if balanceKey(hold.key.Account, hold.key.Denom) == balanceKey(account, denom) {
			sum = sum.Add(hold.left)
		}
	}
	return sum
}

func holdName(key ledgertypes.HoldKey) string {
	return balanceKey(key.Account, key.Denom) + " " + key.Module + " " + key.ID
}

func (f *fakeLedger) Hold(ctx context.Context, key ledgertypes.HoldKey, amount math.Int) error {
	if _, exists := f.holds[holdName(key)]; exists {
		return ledgertypes.ErrHoldExists
	}
	if available, _ := f.Available(ctx, key.Account, key.Denom); available.LT(amount) {
		return ledgertypes.ErrInsufficientBalance
	}
	f.holds[holdName(key)] = fakeHold{key, amount}
	f.writes["hold "+holdName(key)], f.writes[balanceKey(key.Account, key.Denom)] = true, true
	return nil
}

func (f *fakeLedger) Release(_ context.Context, key ledgertypes.HoldKey) (math.Int, error) {
	hold, exists := f.holds[holdName(key)]
	if !exists {
		return math.Int{}, ledgertypes.ErrHoldNotFound
	}
	delete(f.holds, holdName(key))
	f.writes["hold "+holdName(key)], f.writes[balanceKey(key.Account, key.Denom)] = true, true
	return hold.left, nil
}

func (f *fakeLedger) Capture(ctx context.Context, posting ledgertypes.Posting, captures ...ledgertypes.Capture) error {
	before := maps.Clone(f.holds)
	for _, capture := range captures {
		hold, exists := f.holds[holdName(capture.Hold)]
		if !exists || hold.left.LT(capture.Amount) {
			f.holds = before
			return ledgertypes.ErrHoldTooSmall
		}
		hold.left = hold.left.Sub(capture.Amount)
		f.holds[holdName(capture.Hold)] = hold
		if hold.left.IsZero() {
			delete(f.holds, holdName(capture.Hold))
		}
	}
	if err := f.Post(ctx, posting); err != nil {
		f.holds = before
		return err
	}
	for _, capture := range captures {
		f.writes["hold "+holdName(capture.Hold)] = true
	}
	return nil
}

func (f *fakeLedger) Post(_ context.Context, posting ledgertypes.Posting) error {
	sums, after := map[string]math.Int{}, map[string]math.Int{}
	for _, e := range posting.Entries {
		key := balanceKey(e.Account, e.Denom)
		if _, twice := after[key]; twice || e.Delta.IsZero() {
			return fmt.Errorf("%s: entry is not netted", key)
		}
		if _, known := f.denoms[e.Denom]; !known {
			return ledgertypes.ErrUnknownDenom.Wrap(e.Denom)
		}
		after[key] = orZero(f.balances[key]).Add(e.Delta)
		if after[key].LT(f.held(e.Account, e.Denom)) {
			return ledgertypes.ErrInsufficientBalance
		}
		sums[e.Denom] = orZero(sums[e.Denom]).Add(e.Delta)
	}
	for _, s := range posting.Supply {
		sums[s.Denom] = orZero(sums[s.Denom]).Sub(s.Delta)
	}
	for _, sum := range sums {
		if !sum.IsZero() {
			return ledgertypes.ErrUnbalancedPosting
		}
	}
	for key, amount := range after {
		f.balances[key], f.writes[key] = amount, true
	}
	for _, s := range posting.Supply {
		f.supplies[s.Denom], f.writes["supply "+s.Denom] = orZero(f.supplies[s.Denom]).Add(s.Delta), true
	}
	return nil
}

func balanceKey(account sdk.AccAddress, denom string) string {
	return fmt.Sprintf("%X %s", []byte(account), denom)
}

func orZero(amount math.Int) math.Int {
	if amount.IsNil() {
		return math.ZeroInt()
	}
	return amount
}

func (f *fakeLedger) Balance(_ context.Context, account sdk.AccAddress, denom string) (math.Int, error) {
	f.reads = append(f.reads, denom)
	return orZero(f.balances[balanceKey(account, denom)]), nil
}

func (f *fakeLedger) Available(ctx context.Context, account sdk.AccAddress, denom string) (math.Int, error) {
	balance, err := f.Balance(ctx, account, denom)
	return balance.Sub(f.held(account, denom)), err
}

func (f *fakeLedger) Supply(_ context.Context, denom string) (math.Int, error) {
	return orZero(f.supplies[denom]), nil
}

// CheckHoldings goes over the holders in order, as the ledger does.
func (f *fakeLedger) CheckHoldings(
	_ context.Context, counted func([]byte, string) (bool, error), holds func(ledgertypes.HoldKey, math.Int) error,
) (violations []string, held map[string]math.Int, err error) {
	sums, held := map[string]math.Int{}, map[string]math.Int{}
	for _, key := range slices.Sorted(maps.Keys(f.balances)) {
		var address []byte
		var denom string
		if _, err := fmt.Sscanf(key, "%X %s", &address, &denom); err != nil {
			return nil, nil, err
		}
		sums[denom] = orZero(sums[denom]).Add(f.balances[key])
		counts, err := counted(address, denom)
		if err != nil {
			return nil, nil, err
		}
		if counts {
			held[denom] = orZero(held[denom]).Add(f.balances[key])
		}
	}
	for _, name := range slices.Sorted(maps.Keys(f.holds)) {
		if err := holds(f.holds[name].key, f.holds[name].left); err != nil {
			return nil, nil, err
		}
	}
	for denom, supply := range f.supplies {
		if !orZero(sums[denom]).Equal(supply) {
			violations = append(violations, "supply of "+denom)
		}
	}
	return violations, held, nil
}

// countingStores notes which keys of the Merklised store are written or deleted.
type countingStores struct {
	corestore.KVStoreService
	writes map[string]bool
	walked *int // records that iterators have stepped over
}

func (c *countingStores) OpenKVStore(ctx context.Context) corestore.KVStore {
	return countingStore{c.KVStoreService.OpenKVStore(ctx), c.writes, c.walked}
}

type countingStore struct {
	corestore.KVStore
	writes map[string]bool
	walked *int
}

func (c countingStore) Iterator(start, end []byte) (corestore.Iterator, error) {
	iterator, err := c.KVStore.Iterator(start, end)
	return countingIterator{iterator, c.walked}, err
}

type countingIterator struct {
	corestore.Iterator
	walked *int
}

func (c countingIterator) Next() {
	*c.walked++
	c.Iterator.Next()
}

func (c countingStore) Set(key, value []byte) error {
	c.writes[string(key)] = true
	return c.KVStore.Set(key, value)
}

func (c countingStore) Delete(key []byte) error {
	c.writes[string(key)] = true
	return c.KVStore.Delete(key)
}
