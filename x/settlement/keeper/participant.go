package keeper

import (
	"context"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	ledgertypes "github.com/zhilian-network/zhilian/x/ledger/types"
	"github.com/zhilian-network/zhilian/x/settlement/domain"
	"github.com/zhilian-network/zhilian/x/settlement/types"
)

// admitCurrency lets the network settle one more currency. A currency is never taken back or changed:
// amounts in state count its minor units.
func (k *Keeper) admitCurrency(ctx context.Context, currency types.Currency) error {
	known, err := k.currencies.Has(ctx, currency.Code)
	if err != nil {
		return err
	}
	if known {
		return types.ErrCurrencyExists.Wrap(currency.Code)
	}
	if err := k.currencies.Set(ctx, currency.Code, currency); err != nil {
		return err
	}
	if err := k.registerDenom(ctx, types.ReserveDenom(currency.Code), currency); err != nil {
		return err
	}
	return emit(ctx, &types.EventCurrencyAdmitted{Code: currency.Code, MinorUnits: currency.MinorUnits})
}

// admitParticipant lets an active bank settle in currencies, beside those that it settles already.
func (k *Keeper) admitParticipant(ctx context.Context, institutionID string, currencies []string) error {
	if err := k.requireBank(ctx, institutionID); err != nil {
		return err
	}
	before, err := k.participantOrNew(ctx, institutionID)
	if err != nil {
		return err
	}
	settled, err := k.settledOf(ctx, currencies)
	if err != nil {
		return err
	}
	after, err := domain.AdmitParticipant(before, currencies, codesOf(settled))
	if err != nil {
		return err
	}
	if err := k.participants.Set(ctx, institutionID, after); err != nil {
		return err
	}
	for _, currency := range settled {
		if err := k.registerDenom(ctx, types.DepositDenom(institutionID, currency.Code), currency); err != nil {
			return err
		}
	}
	return emit(ctx, &types.EventParticipantAdmitted{InstitutionId: institutionID, Currencies: after.Currencies})
}

func (k *Keeper) requireBank(ctx context.Context, institutionID string) error {
	institution, err := k.access.Institution(ctx, institutionID)
	if err != nil {
		return err
	}
	if institution.Kind != accesstypes.InstitutionKind_INSTITUTION_KIND_BANK {
		return types.ErrNotBank.Wrap(institutionID)
	}
	if institution.Status != accesstypes.MemberStatus_MEMBER_STATUS_ACTIVE {
		return types.ErrInstitutionNotActive.Wrap(institutionID)
	}
	return nil
}

func (k *Keeper) participantOrNew(ctx context.Context, institutionID string) (types.Participant, error) {
	participant, exists, err := found(k.participants.Get(ctx, institutionID))
	if err != nil || exists {
		return participant, err
	}
	address, err := k.addresses.BytesToString(types.ReserveAddress(institutionID))
	if err != nil {
		return participant, types.ErrAddressInvalid.Wrap(err.Error())
	}
	return types.Participant{InstitutionId: institutionID, ReserveAddress: address}, nil
}

// settledOf are those of some currencies that the network settles.
func (k *Keeper) settledOf(ctx context.Context, currencies []string) ([]types.Currency, error) {
	var settled []types.Currency
	for _, code := range currencies {
		currency, exists, err := found(k.currencies.Get(ctx, code))
		if err != nil {
			return nil, err
		}
		if exists {
			settled = append(settled, currency)
		}
	}
	return settled, nil
}

func codesOf(currencies []types.Currency) []string {
	codes := make([]string, len(currencies))
	for i, currency := range currencies {
		codes[i] = currency.Code
	}
	return codes
}

func (k *Keeper) registerDenom(ctx context.Context, denom string, currency types.Currency) error {
	return k.ledger.RegisterDenom(ctx, ledgertypes.Denom{
		Denom: denom, Exponent: currency.MinorUnits, Currency: currency.Code,
	})
}

func (k *Keeper) updateParams(ctx context.Context, params types.Params) error {
	before, err := k.params.Get(ctx)
	if err != nil {
		return err
	}
	if err := k.checkDetailsReaders(ctx, params.DetailsReaders); err != nil {
		return err
	}
	if err := k.params.Set(ctx, params); err != nil {
		return err
	}
	return emit(ctx, &types.EventParamsUpdated{OldParams: before, NewParams: params})
}

// checkDetailsReaders wants regulators, of whatever standing, and currencies that are settled: a slip of the pen
// would have nobody read.
func (k *Keeper) checkDetailsReaders(ctx context.Context, readers []types.DetailsReader) error {
	for _, reader := range readers {
		institution, err := k.access.Institution(ctx, reader.InstitutionId)
		if err != nil {
			return err
		}
		if institution.Kind != accesstypes.InstitutionKind_INSTITUTION_KIND_REGULATOR {
			return types.ErrNotRegulator.Wrap(reader.InstitutionId)
		}
		settled, err := k.currencies.Has(ctx, reader.Currency)
		if err != nil {
			return err
		}
		if !settled {
			return types.ErrCurrencyNotSettled.Wrapf("%s, in which %s is to read details", reader.Currency, reader.InstitutionId)
		}
	}
	return nil
}
