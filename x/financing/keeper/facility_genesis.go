package keeper

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"cosmossdk.io/collections"
	"cosmossdk.io/math"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/financing/domain"
	"github.com/zhilian-network/zhilian/x/financing/types"
)

// initFacilities fills an empty store with the limits and facilities of a valid genesis, after its loans.
func (k *Keeper) initFacilities(ctx context.Context, state *types.GenesisState) error {
	for _, limit := range state.Limits {
		if err := k.setLimitRecord(ctx, limit); err != nil {
			return err
		}
	}
	for _, facility := range state.Facilities {
		if err := k.insertFacility(ctx, facility); err != nil {
			return err
		}
		if err := k.restoreDay(ctx, facility.NextDay, types.DueFacility, facility.Id); err != nil {
			return err
		}
		if err := k.restoreDay(ctx, facility.NextTestDay, types.DueCovenant, facility.Id); err != nil {
			return err
		}
	}
	for _, loan := range state.Loans {
		if loan.FacilityId == 0 || !loan.IsOwed() {
			continue
		}
		if err := k.loansOfFacility.Set(ctx, collections.Join(loan.FacilityId, loan.Id)); err != nil {
			return err
		}
	}
	return k.nextFacility.Set(ctx, state.NextFacilityId)
}

func (k *Keeper) exportFacilities(ctx context.Context, state *types.GenesisState) (err error) {
	if state.Limits, err = all(ctx, k.limits); err != nil {
		return err
	}
	if state.Facilities, err = all(ctx, k.facilities); err != nil {
		return err
	}
	state.NextFacilityId, err = k.nextFacility.Peek(ctx)
	return err
}

// checkFacilities: a block will look at each on its days, and what counts as drawn is what its loans say.
func (k *Keeper) checkFacilities(ctx context.Context, state *types.GenesisState) ([]string, error) {
	outstanding := map[uint64]math.Int{}
	for _, loan := range state.Loans {
		if loan.FacilityId != 0 {
			outstanding[loan.FacilityId] = orZero(outstanding[loan.FacilityId]).Add(loan.Outstanding())
		}
	}
	var wrong []string
	for _, facility := range state.Facilities {
		lent := orZero(outstanding[facility.Id])
		if isRevolving := facility.Terms.Schedule == types.Revolving; lent.GT(facility.Drawn) || isRevolving && !lent.Equal(facility.Drawn) {
			wrong = append(wrong, fmt.Sprintf("facility %d counts %s as drawn, its loans are %s", facility.Id, facility.Drawn, lent))
		}
		isQueued, err := k.isQueued(ctx, facility.NextDay, types.DueFacility, facility.Id)
		if err != nil {
			return nil, err
		}
		isTested, err := k.isQueued(ctx, facility.NextTestDay, types.DueCovenant, facility.Id)
		if err != nil {
			return nil, err
		}
		if !isQueued || !isTested {
			wrong = append(wrong, fmt.Sprintf("facility %d is not in the queue for days %d and %d", facility.Id, facility.NextDay, facility.NextTestDay))
		}
	}
	return wrong, nil
}

func orZero(amount math.Int) math.Int {
	if amount.IsNil() {
		return math.ZeroInt()
	}
	return amount
}

// checkLimits counts again what each lender has lent and promised.
func (k *Keeper) checkLimits(_ context.Context, state *types.GenesisState) ([]string, error) {
	books := exposures{groups: map[string]string{}, sums: map[string]domain.Exposure{}}
	for _, limit := range state.Limits {
		if limit.Kind == types.LimitBorrower {
			books.groups[nameOf(limit)] = limit.Group
		}
	}
	for _, loan := range state.Loans {
		books.add(loan.Lender, loan.Borrower, loan.Currency, domain.Exposure{Drawn: loan.Outstanding(), Reserved: math.ZeroInt()})
	}
	for _, facility := range state.Facilities {
		books.add(facility.Lender, facility.Borrower, facility.Currency, domain.Exposure{Drawn: math.ZeroInt(), Reserved: domain.Promised(facility)})
	}
	var wrong []string
	for _, limit := range state.Limits {
		sum, counted := books.sums[nameOf(limit)]
		if !counted {
			sum = domain.Exposure{Drawn: math.ZeroInt(), Reserved: math.ZeroInt()}
		}
		if !sum.Drawn.Equal(limit.Drawn) || !sum.Reserved.Equal(limit.Reserved) {
			wrong = append(wrong, fmt.Sprintf("limit %s counts %s lent and %s promised; it is %s and %s", nameOf(limit), limit.Drawn, limit.Reserved, sum.Drawn, sum.Reserved))
		}
		delete(books.sums, nameOf(limit))
	}
	for _, name := range slices.Sorted(maps.Keys(books.sums)) {
		if sum := books.sums[name]; !sum.Drawn.IsZero() || !sum.Reserved.IsZero() {
			wrong = append(wrong, fmt.Sprintf("limit %s does not count %s lent and %s promised", name, sum.Drawn, sum.Reserved))
		}
	}
	return wrong, nil
}

// exposures are sums of loans and promises, by the name of the limit that counts them.
type exposures struct {
	groups map[string]string // of borrowers, by the name of their limit
	sums   map[string]domain.Exposure
}

func nameOf(limit types.Limit) string {
	return limit.Lender.Text() + " " + limit.Currency + " " + limit.Subject()
}

func (e exposures) add(lender, borrower accesstypes.Member, currency string, change domain.Exposure) {
	own := types.Limit{Lender: lender, Kind: types.LimitBorrower, Borrower: borrower, Currency: currency}
	names := []string{nameOf(own), nameOf(types.Limit{Lender: lender, Kind: types.LimitLender, Currency: currency})}
	if group := e.groups[nameOf(own)]; group != "" {
		names = append(names, nameOf(types.Limit{Lender: lender, Kind: types.LimitGroup, Group: group, Currency: currency}))
	}
	for _, name := range names {
		sum := e.sums[name]
		e.sums[name] = domain.Exposure{Drawn: orZero(sum.Drawn).Add(change.Drawn), Reserved: orZero(sum.Reserved).Add(change.Reserved)}
	}
}
