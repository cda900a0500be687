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
	of := Complaint{Claimant: claimant, Matter: request.Matter}
	if request.Receipt != nil && len(request.Receipt.Payment) > 0 { // a URL's query may name the fields and leave them empty
		of.Receipt = request.Receipt
	}
	if err := of.Matter.ValidateWith(of.Receipt); err != nil {
		return nil, err
	}
	disputable, known := s.keeper.matters[request.Matter.Kind]
	if !known {
		return nil, types.ErrMatter.Wrapf("%s", request.Matter.Kind)
	}
	answer := &types.QueryIntakeResponse{Disputed: math.ZeroInt(), WouldHold: math.ZeroInt()}
	facts, subject, err := disputable.Facts(ctx, of)
	if err != nil {
		return nil, err
	}
	if err := domain.CheckConcerned(subject, claimant); err != nil {
		return nil, err
	}
	if answer.CaseId, _, err = found(s.keeper.caseOfFacts.Get(ctx, of.Matter.FactsKey(claimant, facts.ReceiptLeaf))); err != nil {
		return nil, err
	}
	params, err := s.keeper.params.Get(ctx)
	if err != nil {
		return nil, err
	}
	if err := domain.CheckLimitation(subject, blockTime(ctx), params); err != nil && answer.CaseId == 0 {
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
	return answer, s.keeper.foresee(ctx, answer, request.Matter.Kind, claimant, subject, params)
}

// foresee adds what filing would hold and need.
func (k *Keeper) foresee(
	ctx context.Context, answer *types.QueryIntakeResponse, kind types.MatterKind, claimant accesstypes.Member, subject domain.Subject,
	params types.Params,
) error {
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
	if !domain.CanRefund(kind, subject) {
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
