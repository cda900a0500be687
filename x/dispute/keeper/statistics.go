package keeper

import (
	"context"
	"fmt"
	"slices"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"cosmossdk.io/collections"

	"github.com/zhilian-network/zhilian/x/dispute/domain"
	"github.com/zhilian-network/zhilian/x/dispute/types"
)

// cellKey is (period, institution, the other names in one word).
type cellKey = collections.Triple[uint64, string, string]

// keyOf names a cell. No product has a slash.
func keyOf(cell types.StatisticsCell) cellKey {
	return collections.Join3(cell.Period, cell.InstitutionId, fmt.Sprintf("%t/%s/%d/%d", cell.OfCustomers, cell.Product, cell.Reason, cell.Outcome))
}

// storeCase writes a case, and counts it once when its outcome has become clear. Nothing else writes cases.
func (k *Keeper) storeCase(ctx context.Context, c types.Case) error {
	if err := k.count(ctx, c); err != nil {
		return err
	}
	return k.cases.Set(ctx, c.Id, c)
}

func (k *Keeper) count(ctx context.Context, c types.Case) error {
	if c.Outcome == types.OutcomeNone {
		return nil
	}
	params, err := k.params.Get(ctx)
	if err != nil {
		return err
	}
	cell, _ := domain.CellOf(c, params)
	counted, err := k.counted.Has(ctx, collections.Join(cell.Period, c.Id))
	if err != nil || counted {
		return err
	}
	if err := k.counted.Set(ctx, collections.Join(cell.Period, c.Id)); err != nil {
		return err
	}
	key := keyOf(cell)
	before, exists, err := found(k.cells.Get(ctx, key))
	if err != nil {
		return err
	}
	if exists {
		cell = domain.AddCells(before, cell)
	}
	return k.cells.Set(ctx, key, cell)
}

// cellsOf are the cells of a period, of one institution if one is named, by their names.
func (k *Keeper) cellsOf(ctx context.Context, period uint64, institution string) ([]types.StatisticsCell, error) {
	below := collections.NewPrefixedTripleRange[uint64, string, string](period)
	if institution != "" {
		below = collections.NewSuperPrefixedTripleRange[uint64, string, string](period, institution)
	}
	var cells []types.StatisticsCell
	err := k.cells.Walk(ctx, below, func(_ cellKey, cell types.StatisticsCell) (bool, error) {
		cells = append(cells, cell)
		return false, nil
	})
	slices.SortFunc(cells, domain.CompareCells)
	return cells, err
}

// over is a period whose statistics are public; 0 asks for the last.
func (k *Keeper) over(ctx context.Context, period uint64) (types.StatisticsPeriod, error) {
	m, err := k.moment(ctx)
	if err != nil {
		return types.StatisticsPeriod{}, err
	}
	running := domain.PeriodOf(m.now, m.params)
	if period == 0 && running > 0 {
		period = running - 1
	}
	if period >= running {
		return types.StatisticsPeriod{}, types.ErrPeriod.Wrapf("period %d runs until %s", running, domain.PeriodAt(running, m.params).To)
	}
	return domain.PeriodAt(period, m.params), nil
}

func (s queryServer) Statistics(ctx context.Context, request *types.QueryStatisticsRequest) (*types.QueryStatisticsResponse, error) {
	institution := request.GetInstitutionId()
	if institution != "" {
		if err := checkInstitution(institution); err != nil {
			return nil, err
		}
	}
	period, err := s.keeper.over(ctx, request.GetPeriod())
	if err != nil {
		return nil, err
	}
	cells, err := s.keeper.cellsOf(ctx, period.Period, institution)
	if err != nil {
		return nil, err
	}
	groups := domain.Publish(cells)
	if institution != "" { // what is left of one institution is told with the rest of others, never alone
		groups = slices.DeleteFunc(groups, func(group types.StatisticsGroup) bool { return group.InstitutionId == "" })
	}
	return &types.QueryStatisticsResponse{Period: period, Groups: groups}, nil
}

func (s queryServer) Recount(ctx context.Context, request *types.QueryRecountRequest) (*types.QueryRecountResponse, error) {
	period, err := s.keeper.over(ctx, request.GetPeriod())
	if err != nil {
		return nil, err
	}
	cases, err := s.keeper.casesOfPeriod(ctx, period.Period)
	if err != nil {
		return nil, err
	}
	params, err := s.keeper.params.Get(ctx)
	if err != nil {
		return nil, err
	}
	cells, err := s.keeper.cellsOf(ctx, period.Period, "")
	if err != nil {
		return nil, err
	}
	return &types.QueryRecountResponse{Agrees: sameCells(cells, domain.Count(cases, params))}, nil
}

func (k *Keeper) casesOfPeriod(ctx context.Context, period uint64) ([]types.Case, error) {
	var numbers []uint64
	err := k.counted.Walk(ctx, collections.NewPrefixedPairRange[uint64, uint64](period), func(key pairKey) (bool, error) {
		numbers = append(numbers, key.K2())
		return len(numbers) > types.MaxRecountCases, nil
	})
	if err != nil {
		return nil, err
	}
	if len(numbers) > types.MaxRecountCases {
		return nil, status.Errorf(codes.ResourceExhausted, "more than %d cases ended in the period; count an export again", types.MaxRecountCases)
	}
	cases := make([]types.Case, len(numbers))
	for i, number := range numbers {
		if cases[i], err = k.Case(ctx, number); err != nil {
			return nil, err
		}
	}
	return cases, nil
}

func sameCells(a, b []types.StatisticsCell) bool {
	return slices.EqualFunc(a, b, func(x, y types.StatisticsCell) bool { return x.String() == y.String() })
}

// checkCounted compares what is counted with what there is to count.
func (k *Keeper) checkCounted(ctx context.Context, state *types.GenesisState) ([]string, error) {
	var violations []string
	var cells []types.StatisticsCell
	err := k.cells.Walk(ctx, nil, func(_ cellKey, cell types.StatisticsCell) (bool, error) {
		cells = append(cells, cell)
		return false, nil
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(cells, domain.CompareCells)
	if !sameCells(cells, domain.Count(state.Cases, state.Params)) {
		violations = append(violations, "the statistics are not those of the cases")
	}
	type of struct{ institution, product string }
	scores := map[of]types.Scores{}
	for _, feedback := range state.Feedback {
		key := of{feedback.InstitutionId, feedback.Product}
		sum := scores[key]
		sum.InstitutionId, sum.Product = feedback.InstitutionId, feedback.Product
		scores[key] = domain.Score(sum, feedback.Score)
	}
	stored := 0
	err = k.scores.Walk(ctx, nil, func(key textKey, sum types.Scores) (bool, error) {
		stored++
		want := scores[of{key.K1(), key.K2()}]
		if sum.String() != want.String() {
			violations = append(violations, fmt.Sprintf("scores of %s for %s are not those of the feedback", key.K1(), key.K2()))
		}
		return false, nil
	})
	if stored != len(scores) {
		violations = append(violations, fmt.Sprintf("scores of %d products are counted, there are %d", stored, len(scores)))
	}
	return violations, err
}
