package keeper_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/cosmos/cosmos-sdk/types/query"

	"github.com/zhilian-network/zhilian/x/consortium/types"
)

func TestQueriesOfWhatIsNotThereSayNotFound(t *testing.T) {
	f := fourValidators(t)
	_, err := f.queries.Validator(f.ctx, &types.QueryValidatorRequest{InstitutionId: "ZZZZ"})
	require.Equal(t, codes.NotFound, status.Code(err))
	_, err = f.queries.Proposal(f.ctx, &types.QueryProposalRequest{ProposalId: 9})
	require.Equal(t, codes.NotFound, status.Code(err))
	_, err = f.queries.Proposals(f.ctx, nil)
	require.Equal(t, codes.InvalidArgument, status.Code(err))
}

func TestListsComeInPages(t *testing.T) {
	f := fourValidators(t)
	first, err := f.queries.Validators(f.ctx, &types.QueryValidatorsRequest{Pagination: &query.PageRequest{Limit: 3}})
	require.NoError(t, err)
	require.Len(t, first.Validators, 3)
	rest, err := f.queries.Validators(f.ctx, &types.QueryValidatorsRequest{Pagination: &query.PageRequest{Key: first.Pagination.NextKey}})
	require.NoError(t, err)
	require.Len(t, rest.Validators, 1)
	require.Equal(t, "DDDD", rest.Validators[0].InstitutionId)
}

func TestAPageIsNeverLongerThanTheMaximum(t *testing.T) {
	f := fourValidators(t)
	for range types.PageRowsMax/types.OpenProposalsPerInstitutionMax + 1 {
		for range types.OpenProposalsPerInstitutionMax {
			f.mustSubmit(t, newParams(time.Hour))
		}
		f.ctx = f.ctx.WithBlockTime(f.ctx.BlockTime().Add(time.Hour))
		f.endBlock(t)
	}
	_, err := f.queries.Proposals(f.ctx, &types.QueryProposalsRequest{Pagination: &query.PageRequest{Limit: 10_000}})
	require.Equal(t, codes.InvalidArgument, status.Code(err))
	page, err := f.queries.Proposals(f.ctx, &types.QueryProposalsRequest{})
	require.NoError(t, err)
	require.Len(t, page.Proposals, types.PageRowsMax)
	require.NotEmpty(t, page.Pagination.NextKey)
}
