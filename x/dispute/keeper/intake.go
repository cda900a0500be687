package keeper

import (
	"context"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"cosmossdk.io/math"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/dispute/domain"
	"github.com/zhilian-network/zhilian/x/dispute/types"
)

// Intake looks a matter up as filing it would, and changes nothing.
func (s queryServer) Intake(ctx context.Context, request *types.QueryIntakeRequest) (*types.QueryIntakeResponse, error) {
	claimant := accesstypes.Member{InstitutionId: request.GetInstitutionId(), PartyId: request.GetPartyId()}
	if err := claimant.Validate(); err != nil {
		return nil, status.Error(codes.InvalidArgument, err.Error())
	}
	if err := request.Matter.Validate(); err != nil {
		return nil, err
	}
	disputable, known := s.keeper.matters[request.Matter.Kind]
	if !known {
		return nil, types.ErrMatter.Wrapf("%s", request.Matter.Kind)
	}
	answer := &types.QueryIntakeResponse{Disputed: math.ZeroInt(), WouldHold: math.ZeroInt()}
	var err error
	if answer.CaseId, _, err = found(s.keeper.caseOfFacts.Get(ctx, request.Matter.FactsKey(claimant))); err != nil {
		return nil, err
	}
	_, subject, err := disputable.Facts(ctx, request.Matter, claimant)
	if err != nil {
		return nil, err
	}
	if err := domain.CheckConcerned(subject, claimant); err != nil {
		return nil, err
	}
	answer.Respondent, answer.Product, answer.Currency = subject.Respondent, request.Matter.Product(), subject.Currency
	if subject.Product != "" {
		answer.Product = subject.Product
	}
	if !subject.Disputed.IsNil() {
		answer.Disputed = subject.Disputed
	}
	answer.Attached = domain.Attached(request.Matter.Kind)
	answer.Reasons, answer.Remedies = domain.ReasonsOf(request.Matter.Kind), domain.Choices(request.Matter.Kind, subject)
	return answer, s.keeper.foresee(ctx, answer, claimant, subject)
}

// foresee adds what filing would hold and need.
func (k *Keeper) foresee(ctx context.Context, answer *types.QueryIntakeResponse, claimant accesstypes.Member, subject domain.Subject) error {
	params, err := k.params.Get(ctx)
	if err != nil {
		return err
	}
	open, err := k.openOf(ctx, claimant)
	if err != nil {
		return err
	}
	answer.TooManyOpen = len(open) >= int(params.OpenCasesMax)
	frivolous, _, err := found(k.frivolous.Get(ctx, claimant.Text()))
	if err != nil {
		return err
	}
	if frivolous >= uint64(params.FrivolousFree) {
		answer.Deposits = params.Deposits
	}
	if subject.Payer == "" {
		return nil
	}
	payer, err := k.deps.Payments.Account(ctx, subject.Payer)
	if err != nil {
		return err
	}
	available, err := k.deps.Payments.Available(ctx, payer, subject.Currency)
	if err != nil {
		return err
	}
	holds, before, err := k.heldFor(ctx, claimant, subject.Currency)
	if err != nil {
		return err
	}
	all := []types.Remedy{{Kind: types.RemedyRefund, Amount: subject.Disputed}}
	answer.WouldHold = domain.HoldAmount(all, available, holds, before, subject.Currency, params)
	return nil
}
