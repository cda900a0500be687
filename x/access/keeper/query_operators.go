package keeper

import (
	"context"

	errorsmod "cosmossdk.io/errors"
	"cosmossdk.io/math"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/zhilian-network/zhilian/x/access/domain"
	"github.com/zhilian-network/zhilian/x/access/types"
)

func (s queryServer) Policies(ctx context.Context, request *types.QueryPoliciesRequest) (*types.QueryPoliciesResponse, error) {
	scope := types.Scope{InstitutionID: request.GetInstitutionId(), PartyID: request.GetPartyId()}
	if _, _, err := s.keeper.scopeRecords(ctx, scope); err != nil {
		return nil, err
	}
	policies, err := s.keeper.policiesOf(ctx, scope)
	if err != nil {
		return nil, err
	}
	return &types.QueryPoliciesResponse{Policies: policies}, nil
}

// Delegations answers with expired ones too, until another delegation takes their place.
func (s queryServer) Delegations(ctx context.Context, request *types.QueryDelegationsRequest) (*types.QueryDelegationsResponse, error) {
	address, err := s.keeper.decode(request.GetAddress())
	if err != nil {
		return nil, err
	}
	if _, err := s.keeper.operatorAt(ctx, address); err != nil {
		return nil, err
	}
	delegations, err := s.keeper.delegationsTo(ctx, address)
	if err != nil {
		return nil, err
	}
	return &types.QueryDelegationsResponse{Delegations: delegations}, nil
}

// Explain judges a question as Require does, by the same facts and the same rules, and says what each rule
// said. It changes nothing.
func (s queryServer) Explain(ctx context.Context, request *types.QueryExplainRequest) (*types.QueryExplainResponse, error) {
	ask, err := s.keeper.askOf(request)
	if err != nil {
		return nil, err
	}
	if ask.Permission == types.CollectiveDecision && ask.Operator == s.keeper.authority {
		return &types.QueryExplainResponse{Allowed: true, Permission: ask.Permission, Rules: []types.RuleOutcome{
			{Rule: "role", Held: true, Explanation: "a collective decision may do this"},
		}}, nil
	}
	facts := domain.Facts{Explain: true}
	if err := s.keeper.loadFacts(ctx, &ask, &facts); err != nil {
		return nil, err
	}
	unfit := s.keeper.loadApprovers(ctx, request.GetApprovers(), &facts)
	decision := domain.Decide(&facts, &ask)
	response := &types.QueryExplainResponse{
		Allowed:    decision.Err == nil,
		Permission: ask.Permission,
		Rules:      append(decision.Outcomes, unfit...),
	}
	for _, unmet := range decision.Unmet {
		response.ApprovalsNeeded = max(response.ApprovalsNeeded, unmet.Needed)
	}
	if decision.Err != nil {
		response.Codespace, response.Code, _ = errorsmod.ABCIInfo(decision.Err, false)
	}
	return response, nil
}

// loadApprovers adds those who would approve to the facts, and says of the others why they could not.
func (k *Keeper) loadApprovers(ctx context.Context, addresses []string, facts *domain.Facts) []types.RuleOutcome {
	if len(addresses) == 0 || facts.OperatorErr != nil {
		return nil
	}
	facts.Approvals = &types.Approvals{Maker: facts.Operator.Address, Holder: facts.Operator.Holder}
	var unfit []types.RuleOutcome
	for _, address := range addresses {
		approver, err := k.approver(ctx, address, facts.Actor(types.Money{}))
		if err != nil {
			unfit = append(unfit, types.RuleOutcome{Rule: "approver", Explanation: err.Error()})
			continue
		}
		facts.Approvals.Approvers = append(facts.Approvals.Approvers, approver)
	}
	return unfit
}

// askOf reads a question from outside.
func (k *Keeper) askOf(request *types.QueryExplainRequest) (types.Ask, error) {
	ask := types.Ask{Operator: request.GetOperator(), Permission: request.GetPermission(), Scope: types.OwnScope}
	if request.GetMessageType() != "" {
		permission, known := types.MessagePermissions()[request.GetMessageType()]
		if !known {
			return ask, status.Errorf(codes.InvalidArgument, "message type %.100q is unknown: give one such as /zhilian.settlement.v1.MsgPay", request.GetMessageType())
		}
		ask.Permission = permission
	}
	switch {
	case ask.Permission == "" || request.GetMessageType() != "" && request.GetPermission() != "":
		return ask, status.Error(codes.InvalidArgument, "either a message type or a permission is needed")
	case len(request.GetApprovers()) > types.MaxExplainApprovers:
		return ask, status.Errorf(codes.InvalidArgument, "%d approvers, at most %d", len(request.GetApprovers()), types.MaxExplainApprovers)
	case request.GetInstitutionId() != "":
		ask.Scope = types.Scope{InstitutionID: request.GetInstitutionId(), PartyID: request.GetPartyId()}
	case request.GetPartyId() != "":
		return ask, status.Error(codes.InvalidArgument, "a party is named by its institution and its id")
	}
	if request.GetAccount() != "" {
		address, err := k.decode(request.GetAccount())
		if err != nil {
			return ask, err
		}
		if ask.Account, err = k.addresses.BytesToString(address); err != nil {
			return ask, types.ErrInvalidAddress.Wrap(err.Error())
		}
	}
	var err error
	ask.Money, err = moneyOf(request.GetCurrency(), request.GetAmount())
	return ask, err
}

// moneyOf reads an amount from outside; 0 and empty move nothing.
func moneyOf(currency, text string) (types.Money, error) {
	if text == "" {
		return types.Money{}, nil
	}
	if len(text) > len("1")+types.MaxAmountBits/3 {
		return types.Money{}, status.Error(codes.InvalidArgument, "the amount is too long")
	}
	amount, ok := math.NewIntFromString(text)
	if !ok || amount.IsNegative() {
		return types.Money{}, status.Errorf(codes.InvalidArgument, "amount %q is not a number of minor units", text)
	}
	if amount.IsZero() {
		return types.Money{}, nil
	}
	money := types.MoneyOf(currency, amount)
	if !money.Moves() {
		return types.Money{}, status.Error(codes.InvalidArgument, "an amount needs its currency")
	}
	return money, domain.CheckMoney(money)
}
