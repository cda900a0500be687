package keeper

import (
	"context"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/settlement/domain"
	"github.com/zhilian-network/zhilian/x/settlement/types"
)

type msgServer struct{ keeper *Keeper }

// NewMsgServer answers the module's messages.
func NewMsgServer(k *Keeper) types.MsgServer { return msgServer{k} }

func (s msgServer) Pay(ctx context.Context, msg *types.MsgPay) (*types.MsgPayResponse, error) {
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	batch := domain.Batch{Currency: msg.Currency, Single: true, Mode: types.BestEffort}
	transfer := types.Transfer{
		Uetr: msg.Uetr, Creditor: msg.Creditor, Amount: msg.Amount, EndToEndDigest: msg.EndToEndDigest,
		Details: msg.Details,
	}
	transfers := []types.Transfer{transfer}
	debtor, actor, err := s.payer(ctx, msg.Operator, msg.Debtor, domain.Money(msg.Currency, transfers), s.keeper.freshOf(ctx, batch, transfers))
	if err != nil {
		return nil, err
	}
	batch.Operator = actor.Address
	result, err := s.keeper.pay(ctx, debtor, batch, transfer)
	if err != nil {
		return nil, err
	}
	settled := domain.Settled(msg.Currency, transfers, []types.TransferResult{result})
	if err := s.keeper.access.Spend(ctx, actor, settled); err != nil {
		return nil, err
	}
	return &types.MsgPayResponse{Result: result}, nil
}

func (s msgServer) PayBatch(ctx context.Context, msg *types.MsgPayBatch) (*types.MsgPayBatchResponse, error) {
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	batch := domain.Batch{
		Currency: msg.Currency, Mode: msg.Mode,
		InstructionDigest: msg.InstructionDigest, ContentDigest: msg.ContentDigest, DetailsGroup: msg.DetailsGroup,
	}
	money := domain.Money(msg.Currency, msg.Transfers)
	debtor, actor, err := s.payer(ctx, msg.Operator, msg.Debtor, money, s.keeper.freshOf(ctx, batch, msg.Transfers))
	if err != nil {
		return nil, err
	}
	batch.Operator = actor.Address
	results, err := s.keeper.payBatch(ctx, debtor, batch, msg.Transfers)
	if err != nil {
		return nil, err
	}
	if err := s.keeper.access.Spend(ctx, actor, domain.Settled(msg.Currency, msg.Transfers, results)); err != nil {
		return nil, err
	}
	return &types.MsgPayBatchResponse{Results: results}, nil
}

func (s msgServer) ReturnPayment(
	ctx context.Context, msg *types.MsgReturnPayment,
) (*types.MsgReturnPaymentResponse, error) {
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	original, err := s.keeper.SettledPayment(ctx, msg.OriginalUetr)
	if err != nil {
		return nil, err
	}
	order := ReturnOrder{Reason: msg.Reason, Transfer: types.Transfer{
		Creditor: original.Debtor, Amount: msg.Amount, EndToEndDigest: msg.EndToEndDigest, Details: msg.Details,
	}}
	transfers := []types.Transfer{order.Transfer}
	fresh := func(debtor types.Account) (accesstypes.Money, error) {
		batch, err := s.keeper.returnBatch(ctx, original, order)
		if err != nil {
			return accesstypes.Money{}, err
		}
		return s.keeper.freshOf(ctx, batch, transfers)(debtor)
	}
	_, actor, err := s.payer(ctx, msg.Operator, original.Creditor, domain.Money(original.Currency, transfers), fresh)
	if err != nil {
		return nil, err
	}
	order.Operator = actor.Address
	result, returned, err := s.keeper.ReturnPayment(ctx, original, order)
	if err != nil {
		return nil, err
	}
	settled := domain.Settled(original.Currency, transfers, []types.TransferResult{result})
	if err := s.keeper.access.Spend(ctx, actor, settled); err != nil {
		return nil, err
	}
	return &types.MsgReturnPaymentResponse{Result: result, Returned: returned}, nil
}

func (s msgServer) PlaceHold(ctx context.Context, msg *types.MsgPlaceHold) (*types.MsgPlaceHoldResponse, error) {
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	money := accesstypes.MoneyOf(msg.Currency, msg.Amount)
	order := types.HoldOrder{
		Debtor: msg.Debtor, Creditor: msg.Creditor, Currency: msg.Currency, Amount: msg.Amount,
		EndToEndDigest: msg.EndToEndDigest, ExpiresAt: msg.ExpiresAt,
	}
	debtor, actor, err := s.payer(ctx, msg.Operator, msg.Debtor, money, func(types.Account) (accesstypes.Money, error) {
		return s.keeper.freshHold(ctx, order)
	})
	if err != nil {
		return nil, err
	}
	order.Operator = actor.Address
	hold, replayed, err := s.keeper.PlaceHold(ctx, debtor, order)
	if err != nil {
		return nil, err
	}
	// Whoever sets money aside has committed it: it counts against the day now, not when it is captured.
	if !replayed {
		if err := s.keeper.access.Spend(ctx, actor, money); err != nil {
			return nil, err
		}
	}
	return &types.MsgPlaceHoldResponse{Hold: hold, Replayed: replayed}, nil
}

func (s msgServer) CaptureHold(ctx context.Context, msg *types.MsgCaptureHold) (*types.MsgCaptureHoldResponse, error) {
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	hold, actor, err := s.payee(ctx, msg.Operator, msg.Uetr)
	if err != nil {
		return nil, err
	}
	result, hold, err := s.keeper.CaptureHold(ctx, hold, actor.Address, msg.Amount, msg.EndToEndDigest)
	if err != nil {
		return nil, err
	}
	return &types.MsgCaptureHoldResponse{Result: result, Hold: hold}, nil
}

func (s msgServer) ReleaseHold(ctx context.Context, msg *types.MsgReleaseHold) (*types.MsgReleaseHoldResponse, error) {
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	hold, actor, err := s.payee(ctx, msg.Operator, msg.Uetr)
	if err != nil {
		return nil, err
	}
	hold, err = s.keeper.ReleaseHold(ctx, hold, actor.Address)
	if err != nil {
		return nil, err
	}
	return &types.MsgReleaseHoldResponse{Hold: hold}, nil
}

// payee loads a hold and makes sure that the operator may collect for the account that it is for. No money is
// named: what comes in is bounded by the hold, and limits are for what goes out.
func (s msgServer) payee(ctx context.Context, operator, uetr string) (types.Hold, accesstypes.Actor, error) {
	hold, err := s.keeper.StoredHold(ctx, uetr)
	if err != nil {
		return types.Hold{}, accesstypes.Actor{}, err
	}
	account, err := s.keeper.account(ctx, hold.Creditor, types.ErrCreditorUnknown)
	if err != nil {
		return types.Hold{}, accesstypes.Actor{}, err
	}
	actor, err := s.keeper.access.Require(ctx, accesstypes.Ask{
		Operator: operator, Permission: types.PermissionCollect, Account: account.Address,
		Scope: accesstypes.Scope{InstitutionID: account.InstitutionId, PartyID: account.PartyId},
	})
	return hold, actor, err
}

// payer loads the debtor and makes sure that the operator may pay from its account. Receiving asks
// nothing of access: a suspended creditor is still paid. What repeats what is stored is looked up, by fresh, only
// where amounts are refused, so that a retry gets its first result and nobody else learns what was paid.
func (s msgServer) payer(
	ctx context.Context, operator, debtor string, money accesstypes.Money, fresh func(types.Account) (accesstypes.Money, error),
) (types.Account, accesstypes.Actor, error) {
	account, err := s.keeper.account(ctx, debtor, types.ErrDebtorUnknown)
	if err != nil {
		return types.Account{}, accesstypes.Actor{}, err
	}
	actor, err := s.keeper.access.Require(ctx, accesstypes.Ask{
		Operator: operator, Permission: types.PermissionPay, Account: account.Address, Money: money,
		Scope: accesstypes.Scope{InstitutionID: account.InstitutionId, PartyID: account.PartyId},
		Fresh: func() (accesstypes.Money, error) { return fresh(account) },
	})
	return account, actor, err
}

// keeps loads an account and makes sure that the operator acts for the bank that keeps it: the scope is
// the bank itself, so no operator of the customer qualifies.
func (s msgServer) keeps(
	ctx context.Context, operator, permission, address string, money accesstypes.Money,
) (types.Account, accesstypes.Actor, error) {
	account, err := s.keeper.account(ctx, address, types.ErrAccountNotFound)
	if err != nil {
		return types.Account{}, accesstypes.Actor{}, err
	}
	actor, err := s.keeper.access.Require(ctx, accesstypes.Ask{
		Operator: operator, Permission: permission, Account: account.Address, Money: money,
		Scope: accesstypes.Scope{InstitutionID: account.InstitutionId},
	})
	return account, actor, err
}

func (s msgServer) IssueDeposit(
	ctx context.Context, msg *types.MsgIssueDeposit,
) (*types.MsgIssueDepositResponse, error) {
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	account, actor, err := s.keeps(ctx, msg.Operator, types.PermissionDeposit, msg.Account, accesstypes.MoneyOf(msg.Currency, msg.Amount))
	if err != nil {
		return nil, err
	}
	if err := s.keeper.issueDeposit(ctx, actor, account, msg.Currency, msg.Amount); err != nil {
		return nil, err
	}
	if err := s.keeper.access.Spend(ctx, actor, accesstypes.MoneyOf(msg.Currency, msg.Amount)); err != nil {
		return nil, err
	}
	return &types.MsgIssueDepositResponse{}, nil
}

func (s msgServer) RedeemDeposit(
	ctx context.Context, msg *types.MsgRedeemDeposit,
) (*types.MsgRedeemDepositResponse, error) {
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	account, actor, err := s.keeps(ctx, msg.Operator, types.PermissionDeposit, msg.Account, accesstypes.MoneyOf(msg.Currency, msg.Amount))
	if err != nil {
		return nil, err
	}
	if err := s.keeper.redeemDeposit(ctx, actor, account, msg.Currency, msg.Amount); err != nil {
		return nil, err
	}
	if err := s.keeper.access.Spend(ctx, actor, accesstypes.MoneyOf(msg.Currency, msg.Amount)); err != nil {
		return nil, err
	}
	return &types.MsgRedeemDepositResponse{}, nil
}

// centralBank makes sure that the operator acts for an issuer of reserves. OwnScope is the
// operator's own institution: reserves are given to other institutions than that.
func (s msgServer) centralBank(ctx context.Context, operator string, money accesstypes.Money) (accesstypes.Actor, error) {
	actor, err := s.keeper.access.Require(ctx, accesstypes.Ask{
		Operator: operator, Permission: types.PermissionReserve, Scope: accesstypes.OwnScope, Money: money,
	})
	if err != nil {
		return accesstypes.Actor{}, err
	}
	if actor.Kind != accesstypes.InstitutionKind_INSTITUTION_KIND_CENTRAL_BANK || actor.PartyID != "" {
		return accesstypes.Actor{}, types.ErrNotCentralBank.Wrapf("%s acts for %s", actor.Address, actor.InstitutionID)
	}
	return actor, nil
}

func (s msgServer) IssueReserve(
	ctx context.Context, msg *types.MsgIssueReserve,
) (*types.MsgIssueReserveResponse, error) {
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	actor, err := s.centralBank(ctx, msg.Operator, accesstypes.MoneyOf(msg.Currency, msg.Amount))
	if err != nil {
		return nil, err
	}
	if err := s.keeper.issueReserve(ctx, actor, msg.InstitutionId, msg.Currency, msg.Amount); err != nil {
		return nil, err
	}
	if err := s.keeper.access.Spend(ctx, actor, accesstypes.MoneyOf(msg.Currency, msg.Amount)); err != nil {
		return nil, err
	}
	return &types.MsgIssueReserveResponse{}, nil
}

func (s msgServer) RedeemReserve(
	ctx context.Context, msg *types.MsgRedeemReserve,
) (*types.MsgRedeemReserveResponse, error) {
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	actor, err := s.centralBank(ctx, msg.Operator, accesstypes.MoneyOf(msg.Currency, msg.Amount))
	if err != nil {
		return nil, err
	}
	if err := s.keeper.redeemReserve(ctx, actor, msg.InstitutionId, msg.Currency, msg.Amount); err != nil {
		return nil, err
	}
	if err := s.keeper.access.Spend(ctx, actor, accesstypes.MoneyOf(msg.Currency, msg.Amount)); err != nil {
		return nil, err
	}
	return &types.MsgRedeemReserveResponse{}, nil
}

func (s msgServer) OpenAccount(ctx context.Context, msg *types.MsgOpenAccount) (*types.MsgOpenAccountResponse, error) {
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	party, err := s.keeper.access.Party(ctx, msg.PartyId)
	if err != nil {
		return nil, err
	}
	scope := accesstypes.Scope{InstitutionID: party.InstitutionId}
	actor, err := s.keeper.access.Require(ctx, accesstypes.Ask{Operator: msg.Operator, Permission: types.PermissionAccount, Scope: scope})
	if err != nil {
		return nil, err
	}
	account, err := s.keeper.openAccount(ctx, actor, party, msg.Currencies, msg.References)
	if err != nil {
		return nil, err
	}
	return &types.MsgOpenAccountResponse{Address: account.Address}, nil
}

func (s msgServer) AddAccountReference(
	ctx context.Context, msg *types.MsgAddAccountReference,
) (*types.MsgAddAccountReferenceResponse, error) {
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	account, actor, err := s.keeps(ctx, msg.Operator, types.PermissionAccount, msg.Account, accesstypes.Money{})
	if err != nil {
		return nil, err
	}
	if err := s.keeper.addReference(ctx, actor, account, msg.Digest); err != nil {
		return nil, err
	}
	return &types.MsgAddAccountReferenceResponse{}, nil
}

func (s msgServer) SetAccountStatus(
	ctx context.Context, msg *types.MsgSetAccountStatus,
) (*types.MsgSetAccountStatusResponse, error) {
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	account, actor, err := s.keeps(ctx, msg.Operator, types.PermissionAccount, msg.Account, accesstypes.Money{})
	if err != nil {
		return nil, err
	}
	if err := s.keeper.setAccountStatus(ctx, actor, account, msg.Status); err != nil {
		return nil, err
	}
	return &types.MsgSetAccountStatusResponse{}, nil
}

// requireAuthority refuses anyone but the collective decisions.
func (s msgServer) requireAuthority(address string) error {
	if address != s.keeper.authority {
		return types.ErrNotAuthority.Wrapf("%s is needed, not %s", s.keeper.authority, address)
	}
	return nil
}

func (s msgServer) AdmitCurrency(
	ctx context.Context, msg *types.MsgAdmitCurrency,
) (*types.MsgAdmitCurrencyResponse, error) {
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	if err := s.requireAuthority(msg.Authority); err != nil {
		return nil, err
	}
	if err := s.keeper.admitCurrency(ctx, msg.Currency); err != nil {
		return nil, err
	}
	return &types.MsgAdmitCurrencyResponse{}, nil
}

func (s msgServer) AdmitParticipant(
	ctx context.Context, msg *types.MsgAdmitParticipant,
) (*types.MsgAdmitParticipantResponse, error) {
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	if err := s.requireAuthority(msg.Authority); err != nil {
		return nil, err
	}
	if err := s.keeper.admitParticipant(ctx, msg.InstitutionId, msg.Currencies); err != nil {
		return nil, err
	}
	return &types.MsgAdmitParticipantResponse{}, nil
}

func (s msgServer) UpdateParams(
	ctx context.Context, msg *types.MsgUpdateParams,
) (*types.MsgUpdateParamsResponse, error) {
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	if err := s.requireAuthority(msg.Authority); err != nil {
		return nil, err
	}
	if err := s.keeper.updateParams(ctx, msg.Params); err != nil {
		return nil, err
	}
	return &types.MsgUpdateParamsResponse{}, nil
}
